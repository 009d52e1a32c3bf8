"""Names under the count, what is announced of it, and what may still change it: lots, another look, a recount."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refusal, Refused, ask
from linli.kernel.tally.thresholds import ARTICLE, Result, Weight
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..access import parts_in
from ..models import CountSignature, Item, LookAgain, Lots, OfficialResult, Outcome, Paper, Session
from ..queries import results
from ..queries.counting import changed_since, last_outcomes
from ..queries.reading import is_candidate, names, readings, stands
from ..queries.voiding import upheld
from ..rules.counting import missing_signers, refuse_lots
from ..rules.numbers import read
from ..rules.officers import SCHEME
from ..rules.official import Chosen, election, refuse_chosen, refuse_figures
from ..rules.sessions import Act, Office, State
from .afterwards import set_clock
from .base import Step, begin, finish, together
from .bulletins import publish
from .count import count_items
from .elections.reseating import tell_reseating
from .objections import refuse_result

SIGNS = (Office.SCRUTINEER, Office.TELLER)
MOST_BYTES = 20_000_000


def sign(*, session: Session, by: Actor, at: datetime, once: UUID | None = None) -> CountSignature | None:
    """A teller's or scrutineer's name under the last count. With two of each the count stands, and no sooner."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.SIGN_COUNT, at=at, once=once)
        if step.done_before:
            return None
        outcomes = list(last_outcomes(step.session).values())
        _may_be_signed(step, outcomes)
        made = _signed(step, outcomes[0].turn)
        tellers, scrutineers = results.signed(step.session, outcomes[0].turn)
        if missing_signers(tellers, scrutineers) == (0, 0):
            step.session.state, step.session.counted_at = State.COUNTED, at
            set_clock(step.session, at)
        finish(step, data={"turn": outcomes[0].turn, "office": made.office})
    return made


def _may_be_signed(step: Step, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        ask(Refusal("not_counted", "还没计票，算出来再签字", SCHEME))
    if not step.session.rules.get("official_evote_required") and any(results.ties_of(one) for one in outcomes):
        ask(Refusal("lots_first", "有人并列，当众抽签以后再签字", "以当地选举办法为准"))
    if any(not paper.entered for paper in stands(step.session)):
        ask(Refusal("looking", "有票要再看一遍，看完重新计票再签字", SCHEME))
    if changed_since(step.session, outcomes):
        ask(Refusal("count_again", "算出来以后又有票改了，重新计票再签字", SCHEME))
    if is_candidate(step.session, step.by.account_id):
        ask(Refusal("candidate", "候选人不能录票、计票", SCHEME))


def _signed(step: Step, turn: int) -> CountSignature:
    session, by = step.session, step.by
    assert by.account_id
    key = {"compound_id": session.compound_id, "session": session, "turn": turn}
    if CountSignature.objects.filter(**key, account_id=by.account_id).exists():
        ask(Refusal("signed", "您签过了", SCHEME))
    parts = {part.value for part in parts_in(session, by)}
    office = next(office for office in SIGNS if office in parts)
    name = names(session).get(by.account_id, by.label)
    return CountSignature.objects.create(
        id=uuid7(), **key, office=office, account_id=by.account_id, name=name, at=step.at
    )


def announce(*, session: Session, by: Actor, at: datetime, once: UUID | None = None) -> Session:
    """Within three days (`result_by`): later is still announced, and the story says how late."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.ANNOUNCE, at=at, once=once)
        if step.done_before:
            return step.session
        if step.session.rules.get("official_evote_required"):
            _official_is_here(step.session)
        step.session.announced_at = at
        set_clock(step.session, at)
        outcomes = last_outcomes(step.session)
        publish(step, outcomes)
        finish(step, data={"results": {str(one.item_id): one.result for one in outcomes.values()}})
        tell_reseating(step.session, at)
    return step.session


def _official_is_here(session: Session) -> None:
    held = results.official(session)
    lacking = [
        item
        for item in results.items_of(session)
        if item.pk not in held or (item.form != "approve" and not held[item.pk].election)
    ]
    if lacking:
        ask(
            Refusal(
                "official_first", "当地要用官方电子投票系统，先导入它的结果，还差 %(n)s 项", "当地物业管理条例", {"n": len(lacking)}
            )
        )  # fmt: skip


def recount(*, session: Session, by: Actor, words: str, at: datetime, once: UUID | None = None) -> Session:
    """Back to counting, with the reason. What was found before stays; the next count is another turn."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.RECOUNT, at=at, once=once)
        if not step.done_before:
            ask(refuse_recount(step.session, at))
            set_clock(step.session, at)
            finish(step, words=words)
    return step.session


def take_back(*, session: Session, by: Actor, words: str, at: datetime, once: UUID | None = None) -> Session:
    """After its days of objections a result is counted again where an objection was found right since it was announced, once chair
    and scrutineer both say so."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.TAKE_BACK, at=at, once=once)
        if not step.done_before:
            ask(refuse_take_back(step.session, at))
            turn = max(one.turn for one in last_outcomes(step.session).values())
            if together(step, turn=turn):
                set_clock(step.session, at)
            finish(step, words=words)
    return step.session


def refuse_recount(session: Session, at: datetime) -> Refusal | None:
    """One alone does it until the days of objections are over; what is being counted again was taken back by its own right."""
    if not _published_is_last(session) or refuse_result(session, at) is None:
        return None
    return Refusal("days_over", "结果的异议期过了，异议期里提出的异议成立，主持人和监票人都按了，才能重新计票", SCHEME)


def refuse_take_back(session: Session, at: datetime) -> Refusal | None:
    since = session.announced_at
    if since and session.state == State.ANNOUNCED and refuse_result(session, at) is None:
        return Refusal("days_run", "异议期还没过，主持人写明原因就可以重新计票", SCHEME)
    if since and any(one.answered_at and one.answered_at >= since for one in upheld(session)):
        return None
    return Refusal("no_objection", "结果的异议期过了或者备案了，异议期里提出的异议成立，才能重新计票", SCHEME)


def _published_is_last(session: Session) -> bool:
    turns = [one.turn for one in last_outcomes(session).values()]
    return bool(turns) and results.published_turn(session) == max(turns)


def look_again(
    *, session: Session, by: Actor, number: str, words: str, at: datetime, once: UUID | None = None
) -> LookAgain | None:
    """A settled paper is read once more by two clerks; the entry before stays in the log."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.LOOK_AGAIN, at=at, once=once)
        if step.done_before:
            return None
        rows = Paper.objects.select_for_update().filter(
            compound_id=session.compound_id, session=session, number=read(number) or number.strip().upper()
        )
        paper = rows.first()
        stand = next((one for one in stands(step.session) if paper and one.number == paper.number), None)
        if paper is None or stand is None or not stand.entered:
            ask(Refusal("not_entered", "这张票没有录完，不用再看", SCHEME), "number")
            raise AssertionError
        made = LookAgain.objects.create(
            id=uuid7(), compound_id=session.compound_id, paper=paper, turn=len(readings(paper)), words=words, at=at,
            account_id=by.account_id,
        )  # fmt: skip
        finish(step, words=words, data={"paper": paper.number})
    return made


def draw_lots(
    *, session: Session, by: Actor, item: Item, order: Sequence[str], drawn_by: str, witnesses: Sequence[str], at: datetime,
    words: str = "", once: UUID | None = None,
) -> list[Outcome]:  # fmt: skip
    """Writes down what was drawn in public, and counts again with it."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.DRAW_LOTS, at=at, once=once)
        found = last_outcomes(step.session)
        if step.done_before:
            return list(found.values())
        outcome = found.get(item.pk)
        ask(refuse_lots(order, results.ties_of(outcome) if outcome else (), witnesses), "order")
        Lots.objects.create(
            id=uuid7(), compound_id=session.compound_id, item=item, order=list(order), drawn_by=drawn_by, words=words, at=at,
            witnesses=[name.strip() for name in witnesses if name.strip()], account_id=by.account_id,
        )  # fmt: skip
        made = count_items(step)
        finish(step, words=words, data={"item": item.place, "order": list(order), "drawn_by": drawn_by, "witnesses": list(witnesses)})  # fmt: skip
    return made


def import_official(
    *, session: Session, by: Actor, item: Item, result: str, figures: Mapping[str, Any], name: str, data: bytes, at: datetime,
    chosen: Sequence[Chosen] = (), once: UUID | None = None,
) -> OfficialResult | None:  # fmt: skip
    """What the official system found decides; ours is opinion (`official_evote_required`). A later import holds."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.IMPORT_OFFICIAL, at=at, once=once)
        if step.done_before:
            return None
        if not step.session.rules.get("official_evote_required"):
            ask(Refusal("not_official", "这次会议按本系统的票计，不用导入", ARTICLE))
        if not data.startswith(b"%PDF-") or len(data) > MOST_BYTES:
            ask(Refusal("no_document", "请传官方系统出具的结果文件（PDF，20 MB 以内）", "当地物业管理条例"), "document")
        total = Weight(item.total_area, item.total_parties)
        elects = item.form != "approve"
        if no := refuse_figures(item.matter_no, Result(result), total, figures, elects=elects):
            raise Refused(*no)
        if elects and (no := refuse_chosen(Result(result), item.seats or 1, chosen, figures["participating"])):
            raise Refused(*no)
        made = OfficialResult.objects.create(
            id=uuid7(), compound_id=session.compound_id, item=item, result=Result(result).value, figures=dict(figures), name=name,
            election=election(Result(result), chosen) if elects else None,
            digest=sha256(data).hexdigest(), file=vault.keep_sealed(session.compound_id, data), account_id=by.account_id, at=at,
        )  # fmt: skip
        finish(step, data={"item": item.place, "result": result, "digest": made.digest})
    return made
