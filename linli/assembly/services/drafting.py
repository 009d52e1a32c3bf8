"""From the first idea to what will stand on the notice: title, ground, dates, rules, and each thing to vote on."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from linli.kernel.profiles import DEFAULT, Profile
from linli.kernel.profiles import profile as profile_of
from linli.kernel.refusal import Refusal, Refused, written
from linli.kernel.tally.thresholds import MATTERS
from linli.people.rules import Act as Right
from linli.people.rules import Body, may
from linli.places.models import Building, Compound, Entrance
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import next_value
from linli.plumbing.tenancy import uuid7

from ..models import Candidate, Formation, Item, ItemPaper, Put, Recall, Session
from ..queries.held import has_rules
from ..rules.dates import Dates, notice_by, refuse_dates, refuse_record_day
from ..rules.elections.states import State as Forming
from ..rules.printed import from_profile, refuse_rules
from ..rules.sessions import GROUNDS, INTERIM, Act, State, is_first
from .base import SUBJECT, begin, finish
from .keeping import kept

FIXED = ("official_evote_required", "phone_entry")  # by the place alone
TITLE_MOST, WORDS_MOST, PLACE_MOST, SUMMARY_MOST = 80, 300, 80, 500
ITEMS_MOST = 30
CALLERS = {
    "committee": {Body.COMMITTEE, Body.PMC, Body.PREPARATORY, Body.RENEWAL},
    "regular": {Body.COMMITTEE, Body.PMC},
    "subdistrict": {Body.SUBDISTRICT, Body.COMMITTEE, Body.PMC, Body.PREPARATORY, Body.RENEWAL},
}


def profile(session: Session | Compound) -> Profile:
    try:
        return profile_of(session.profile)
    except KeyError:
        return profile_of(DEFAULT)


@transaction.atomic
def draft_session(
    *, by: Actor, compound: Compound, title: str, ground: str, opens_at: datetime, closes_at: datetime, at: datetime, once: UUID | None = None,
    ground_words: str = "", place: str = "", contact: str = "", count_at: datetime | None = None, record_on: date | None = None,
) -> Session:  # fmt: skip
    """By whoever may call the assembly, for the own body. Raises Refused."""
    if by.compound_id != compound.pk or not may(by.role, Right.CREATE_ASSEMBLY_SESSION) or by.body_id is None:
        raise Refused(
            Refusal("not_yours", "业主大会由业委会、物管会、筹备组召集，或者由街道责令召开", "物业管理条例第十条")
        )
    if once and (again := Session.objects.filter(compound_id=compound.pk, once=once).first()):
        return again
    session = Session(
        id=uuid7(), compound_id=compound.pk, number=next_value(compound.pk, "session"), once=once, body_id=by.body_id, profile=compound.profile,
        rules=from_profile(profile(compound)), drafted_at=at, salt=secrets.token_hex(16), state=State.DRAFTING,
    )  # fmt: skip
    _fill(
        session, by, title=title, ground=ground, ground_words=ground_words, place=place, contact=contact,
        opens_at=opens_at, closes_at=closes_at, count_at=count_at, record_on=record_on,
    )  # fmt: skip
    session.save(force_insert=True)
    record(
        by=by, act=f"session_{Act.DRAFT}", subject_kind=SUBJECT, subject_id=session.pk, at=at, compound_id=compound.pk, internal=True
    )  # fmt: skip
    return session


@transaction.atomic
def edit_session(*, by: Actor, session: Session, at: datetime, once: UUID | None = None, **given: Any) -> Session:
    """All that was asked when it was drafted, anew. Raises Refused."""
    step = begin(session, by=by, act=Act.EDIT, at=at, once=once)
    if not step.done_before:
        before = _of_register(step.session)
        _fill(step.session, by, **given)
        _forget_other_register(step.session, before)
        finish(step, internal=True)
    return step.session


def _forget_other_register(session: Session, before: list[Any]) -> None:
    """A register that was built by another day or other rules is built anew before the notice."""
    if before != _of_register(session):
        session.register_parties = 0


def _of_register(session: Session) -> list[Any]:
    return [session.record_on, *map(session.rules.get, ("count_parking", "area_basis", "developer"))]


def _fill(
    session: Session, by: Actor, *, title: str, ground: str, opens_at: datetime, closes_at: datetime, ground_words: str = "",
    place: str = "", contact: str = "", count_at: datetime | None = None, record_on: date | None = None,
) -> None:  # fmt: skip
    session.title, session.ground = written(title, "title", TITLE_MOST), ground
    _ask_ground(by, ground, ground_words)
    session.ground_words, session.interim = ground_words.strip()[:WORDS_MOST], ground in INTERIM
    session.first = is_first(by.body_kind, has_rules=has_rules(session.compound_id))
    session.place, session.contact = place.strip()[:PLACE_MOST], contact.strip()[:PLACE_MOST]
    session.opens_at, session.closes_at = opens_at, closes_at
    session.count_at = count_at or closes_at + timedelta(hours=1)
    dates = Dates(opens_at, closes_at, session.interim)
    if no := refuse_dates(dates, profile(session)) or refuse_record_day(record_on, notice_by(dates, profile(session))):
        raise Refused(*no)
    if not closes_at <= session.count_at <= closes_at + timedelta(days=1):
        raise Refused(Refusal("count_day", "计票在截止当天或者第二天公开进行", "以本小区议事规则为准"), "count_at")
    session.record_on = record_on
    if session.first:
        session.rules = {**session.rules, "silence_mode": "A", "silence_basis": ""}


def _ask_ground(by: Actor, ground: str, words: str) -> None:
    if ground not in GROUNDS:
        raise Refused(Refusal("ground", "选一个召集的依据", "物业管理条例第十三条"), "ground")
    if ground in CALLERS and by.body_kind not in CALLERS[ground]:
        raise Refused(Refusal("ground_body", "您的组织不能按这个依据召集", "物业管理条例第十五条"), "ground")
    if ground in {"subdistrict", "emergency"} and not words.strip():
        raise Refused(
            Refusal("ground_words", "写清楚是哪份文件，或者出了什么事", "物业管理条例第十三条"), "ground_words"
        )


@transaction.atomic
def set_rules(*, by: Actor, session: Session, rules: Mapping[str, Any], at: datetime, once: UUID | None = None) -> Session:  # fmt: skip
    """The whole printed rules; what the place has fixed stays. Raises Refused."""
    step = begin(session, by=by, act=Act.SET_RULES, at=at, once=once)
    if step.done_before:
        return step.session
    local_rule = profile(step.session)
    wanted = {**from_profile(local_rule), **step.session.rules, **rules}
    wanted |= {key: local_rule.values[key] for key in FIXED}
    wanted["silence_basis"] = "" if wanted["silence_mode"] == "A" else wanted["silence_basis"].strip()
    if no := refuse_rules(wanted, local_rule, first=step.session.first):
        raise Refused(*no)
    before = _of_register(step.session)
    step.session.rules = wanted
    _forget_other_register(step.session, before)
    finish(step, internal=True)
    return step.session


# ── what is voted on ────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_item(
    *, by: Actor, session: Session, matter_no: int, title: str, at: datetime, once: UUID | None = None, summary: str = "", form: str = "approve",
    seats: int | None = None, buildings: Sequence[UUID] = (), entrances: Sequence[UUID] = (),
    matter_id: UUID | None = None,
) -> Item | None:  # fmt: skip
    """One thing more on the agenda; None where it was there already. Raises Refused."""
    step = begin(session, by=by, act=Act.ADD_ITEM, at=at, once=once)
    if step.done_before:
        return None
    if matter_no not in MATTERS:
        raise Refused(Refusal("matter_no", "选一类表决事项", "民法典第二百七十八条"), "matter_no")
    _ask_election(form, matter_no, seats)
    last = Item.objects.filter(compound_id=session.compound_id, session=session).aggregate(last=Max("place"))["last"]
    place = (last or 0) + 1
    if place > ITEMS_MOST:
        raise Refused(Refusal("too_many_items", "一次最多表决 %(n)s 件事", values={"n": ITEMS_MOST}))
    item = Item(
        id=uuid7(), compound_id=session.compound_id, session=step.session, place=place, matter_no=matter_no, title=written(title, "title", TITLE_MOST),
        summary=summary.strip()[:SUMMARY_MOST], scope=_scope(session, buildings, entrances), form=form, seats=seats if form != "approve" else None,
        matter_id=matter_id,
    )  # fmt: skip
    item.save(force_insert=True)
    finish(step, data={"item": str(item.pk)}, internal=True)
    return item


def _ask_election(form: str, matter_no: int, seats: int | None) -> None:
    if form == "approve":
        return
    if matter_no != 3:
        raise Refused(Refusal("not_an_election", "按候选人投票的只有选举", "民法典第二百七十八条"), "form")
    if not seats or seats < 1:
        raise Refused(Refusal("seats", "写清楚要选几位"), "seats")


def _scope(session: Session, buildings: Sequence[UUID], entrances: Sequence[UUID]) -> dict[str, list[str]]:
    """Of this compound; empty: everybody."""
    found = {}
    for key, model, wanted in (("buildings", Building, buildings), ("entrances", Entrance, entrances)):
        ids = model.objects.filter(compound_id=session.compound_id, pk__in=wanted).order_by("position", "key")
        if kept := [str(pk) for pk in ids.values_list("pk", flat=True)]:
            found[key] = kept
    return found


@transaction.atomic
def drop_item(*, by: Actor, session: Session, item: Item, at: datetime, once: UUID | None = None) -> None:
    """Before the notice the agenda is a draft. Raises Refused."""
    step = begin(session, by=by, act=Act.DROP_ITEM, at=at, once=once)
    if step.done_before:
        return
    if ItemPaper.objects.filter(compound_id=session.compound_id, item=item).exists():
        raise Refused(Refusal("has_papers", "已经放了材料的不能删，取消这次会议重新起草"))
    if Formation.objects.filter(compound_id=session.compound_id, item=item).exists():
        raise Refused(Refusal("has_candidates", "已经在征集候选人，不能删"))
    if Recall.objects.filter(compound_id=session.compound_id, item=item).exists():
        raise Refused(Refusal("has_recall", "已经提议罢免，不能删"))
    if Put.objects.filter(compound_id=session.compound_id, item=item).exists():
        raise Refused(Refusal("has_company", "这一项连着物业选聘，不能删"))
    typed = Candidate.objects.filter(compound_id=session.compound_id, item=item)
    typed.delete()  # from before lists were made of nominees
    gone = Item.objects.filter(compound_id=session.compound_id, pk=item.pk)
    gone._raw_delete(gone.db)  # a plain delete looks for what points at it in every compound, which the guard refuses
    rest = Item.objects.filter(compound_id=session.compound_id, session=session, place__gt=item.place)
    for later in rest.order_by("place"):
        later.place -= 1
        later.save(update_fields=["place"])
    finish(step, words=item.title, internal=True)


@transaction.atomic
def add_paper(
    *, by: Actor, session: Session, item: Item, file: BinaryIO, name: str, at: datetime, once: UUID | None = None
) -> ItemPaper | None:  # fmt: skip
    """Material of an item: PDF or a picture. Raises Refused."""
    step = begin(session, by=by, act=Act.ADD_PAPER, at=at, once=once)
    if step.done_before:
        return None
    paper = ItemPaper(
        id=uuid7(), compound_id=session.compound_id, item=item, name=written(name, "name", 120), added_at=at,
        **kept(session.compound_id, file),
    )  # fmt: skip
    paper.save(force_insert=True)
    finish(step, words=paper.name, internal=True)
    return paper


@transaction.atomic
def cancel(*, by: Actor, session: Session, reason: str, at: datetime, once: UUID | None = None) -> Session:
    """Before voting opens, with the candidates asked for; everybody reads why. Raises Refused."""
    step = begin(session, by=by, act=Act.CANCEL, at=at, once=once)
    if not step.done_before:
        step.session.cancelled_at, step.session.reason = at, written(reason, "reason", 200)
        step.session.due_at = None
        Formation.objects.filter(
            compound_id=session.compound_id, item__session=session, state__in=(Forming.RECOMMENDING, Forming.LISTED)
        ).update(state=Forming.CANCELLED, cancelled_at=at, reason=step.session.reason)  # fmt: skip
        finish(step, words=step.session.reason)
    return step.session
