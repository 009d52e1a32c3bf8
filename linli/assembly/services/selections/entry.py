"""The contract, its filing, the new company's coming, what is handed over, and the old one's going."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from linli.kernel.clock import months_later
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.notices.services import To, queue
from linli.people.models import Organisation
from linli.people.rules import Body
from linli.people.services.posts import bring_in, hand_on, send_away
from linli.places.models import Compound
from linli.places.services import change_compound
from linli.plumbing.acts import CLOCK, Actor, record
from linli.plumbing.counters import next_value
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...access.selections import parts_in, starts
from ...models import HandOver, Selection, ServiceContract
from ...queries import selections as queries
from ...rules import selections as rules
from ...rules.dates import local
from ...rules.selections import Act, Ground, State, Who
from ..handing import hand
from ..keeping import kept
from .base import SUBJECT, Step, ask_at, begin, finish, in_chinese, post

NAME_MOST, REASON_MOST, SEAL_MOST, PAPER_MOST, FILING_MOST, WITH_MOST = 40, 200, 40, 120, 60, 80
CONTRACT = "service_contract"


# ── the contract ────────────────────────────────────────────────────────────────────────────────────────────────────


@one_act()
def sign(
    *, by: Actor, selection: Selection, price_fen: int, months: int, signed_on: date, starts_on: date, notice_days: int,
    clauses: Sequence[str], signer: str, company_signer: str, seal_line: str, handover_until: date, file: BinaryIO, name: str,
    at: datetime, once: UUID | None = None,
) -> ServiceContract:  # fmt: skip
    """What owners chose, at the price they voted on: signed by the committee, in writing (民法典 938, 939). Raises Refused."""
    step = begin(selection, by=by, act=Act.SIGN, at=at, once=once)
    one = step.selection
    if step.done_before:
        return _signed(one)
    _ask_sign(step, price_fen, months, signed_on, starts_on, handover_until)
    made = _contract(
        step, price_fen=price_fen, months=months, signed_on=signed_on, starts_on=starts_on, notice_days=notice_days, clauses=clauses,
        signer=signer, company_signer=company_signer, seal_line=seal_line, file=file, name=name,
    )  # fmt: skip
    one.signed_at, one.handover_until = at, handover_until
    with in_chinese():
        words = (
            f"{one.body.name}与{made.company_name}签订物业服务合同，{whole(made.starts_on)} 到 {whole(made.ends_on)}，"
            f"住宅每平方米每月 {made.price_fen // 100}.{made.price_fen % 100:02} 元。合同对全体业主有约束力（{rules.BINDING_ARTICLE}）。"
        )
        post(step, "disclosure", "物业服务合同", words)
    finish(step, data={"contract": made.number})
    return made


@one_act()
def correct(
    *, by: Actor, selection: Selection, reason: str, price_fen: int, months: int, signed_on: date, starts_on: date, notice_days: int,
    clauses: Sequence[str], signer: str, company_signer: str, seal_line: str, handover_until: date, file: BinaryIO, name: str,
    at: datetime, once: UUID | None = None,
) -> ServiceContract:  # fmt: skip
    """Written down wrongly: another row, which names the first. Raises Refused."""
    step = begin(selection, by=by, act=Act.CORRECT, at=at, once=once)
    one, first = step.selection, _signed(step.selection)
    if step.done_before:
        return first
    _ask_sign(step, price_fen, months, signed_on, starts_on, handover_until)
    made = _contract(
        step, price_fen=price_fen, months=months, signed_on=signed_on, starts_on=starts_on, notice_days=notice_days, clauses=clauses,
        signer=signer, company_signer=company_signer, seal_line=seal_line, file=file, name=name, corrects=first,
        reason=written(reason, "reason", REASON_MOST),
    )  # fmt: skip
    one.handover_until = handover_until
    finish(step, words=made.reason, data={"contract": made.number})
    return made


def _signed(one: Selection) -> ServiceContract:
    found = queries.contract_of(one)
    assert found
    return found


def _ask_sign(step: Step, price: int, months: int, signed_on: date, starts_on: date, until: date) -> None:
    one = step.selection
    assert one.chosen and one.chosen.price_fen and one.months
    no = rules.may_sign(
        price=price, voted=one.chosen.price_fen, months=months, planned=one.months, signed_on=signed_on, starts_on=starts_on,
        until=until, today=step.today,
    )  # fmt: skip
    ask_at(no)


def _contract(step: Step, *, months: int, starts_on: date, clauses: Sequence[str], signer: str, company_signer: str,
              seal_line: str, file: BinaryIO, name: str, **more: Any) -> ServiceContract:  # fmt: skip
    one = step.selection
    assert one.chosen
    made = ServiceContract(
        id=uuid7(), compound_id=one.compound_id, number=next_value(one.compound_id, CONTRACT), once=step.once, selection=one, body=one.body,
        company_name=one.chosen.company, starts_on=starts_on, ends_on=last_day(starts_on, months), months=months,
        fee_model=one.fee_model, clauses=[key for key in rules.CLAUSES if key in clauses], signer=written(signer, "signer", NAME_MOST),
        company_signer=written(company_signer, "company_signer", NAME_MOST), seal_line=seal_line.strip()[:SEAL_MOST],
        name=written(name, "name", PAPER_MOST), at=step.at, account_id=step.by.account_id, **kept(one.compound_id, file), **more,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def last_day(starts_on: date, months: int) -> date:
    return months_later(starts_on, months) - timedelta(days=1)


@one_act()
def record_contract(
    *, by: Actor, compound: Compound, company: Organisation | None, price_fen: int, fee_model: str, months: int, signed_on: date,
    starts_on: date, notice_days: int, clauses: Sequence[str], signer: str, company_signer: str, file: BinaryIO, name: str,
    at: datetime, once: UUID | None = None,
) -> ServiceContract:  # fmt: skip
    """One that was there before this program: for owners to read, and for its standards. Raises Refused."""
    if by.compound_id != compound.pk or not starts(by):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    assert by.body_id
    if once and (first := ServiceContract.objects.filter(compound_id=compound.pk, once=once).first()):
        return first
    if company is None or company.kind != Body.PROPERTY or company.compound_id != compound.pk:
        raise Refused(Refusal("company", "选一家本小区的物业公司"), "company")
    if fee_model not in rules.FEE_MODELS:
        raise Refused(Refusal("fee_model", "选一种收费方式"), "fee_model")
    if price_fen < 1 or months < 1:
        raise Refused(Refusal("price", "写清楚单价和合同期"), "price_fen")
    made = ServiceContract(
        id=uuid7(), compound_id=compound.pk, number=next_value(compound.pk, CONTRACT), once=once, body_id=by.body_id, company=company,
        company_name=company.name, signed_on=signed_on, starts_on=starts_on, ends_on=last_day(starts_on, months), months=months,
        fee_model=fee_model, price_fen=price_fen, notice_days=notice_days, clauses=[key for key in rules.CLAUSES if key in clauses],
        signer=written(signer, "signer", NAME_MOST), company_signer=written(company_signer, "company_signer", NAME_MOST),
        name=written(name, "name", PAPER_MOST), at=at, account_id=by.account_id, **kept(compound.pk, file),
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        by=by,
        act="contract_record",
        subject_kind=CONTRACT,
        subject_id=made.pk,
        at=at,
        compound_id=compound.pk,
        once=None,
    )
    return made


@one_act()
def file(
    *, by: Actor, selection: Selection, filing_no: str, filed_on: date, filed_with: str, at: datetime, once: UUID | None = None
) -> Selection:  # fmt: skip
    """With the street or the housing authority, as the place rules. Raises Refused."""
    step = begin(selection, by=by, act=Act.FILE, at=at, once=once)
    if step.done_before:
        return step.selection
    one = step.selection
    if filed_on > step.today:
        raise Refused(Refusal("future", "备案以后再来记"), "filed_on")
    one.filing_no, one.filed_on = written(filing_no, "filing_no", FILING_MOST), filed_on
    one.filed_with = written(filed_with, "filed_with", WITH_MOST)
    finish(step, data={"filed_on": filed_on.isoformat()})
    return one


# ── coming and going ────────────────────────────────────────────────────────────────────────────────────────────────


@one_act()
def admit(
    *, by: Actor, selection: Selection, manager: str, phone: str, at: datetime, once: UUID | None = None
) -> Selection:
    """The new company is here, its manager has a post; what comes in from now on goes to it. Raises Refused."""
    step = begin(selection, by=by, act=Act.ADMIT, at=at, once=once)
    if step.done_before:
        return step.selection
    one, contract = step.selection, _signed(step.selection)
    ask(queries.refuse_admit(one, contract, step.today))
    one.new = bring_in(
        by=by,
        compound=one.compound,
        name=contract.company_name,
        phone=phone,
        head=written(manager, "manager", NAME_MOST),
        at=at,
    )
    one.entered_at = at
    with in_chinese():
        words = (
            f"{contract.company_name}从 {whole(step.today)} 起服务本小区。设施、资料和账目还在交接，进度在选聘那一页。"
        )
        post(step, "announcement", "新物业公司进场", words)
    finish(step, data={"body": str(one.new.pk)})
    if one.ground == Ground.NONE:
        change_compound(by=by, compound=one.compound, at=at, is_unmanaged=False)
        _done(step)
    return one


@one_act()
def hand_on_work(*, by: Actor, selection: Selection, at: datetime, once: UUID | None = None) -> Selection:
    """What the old company has not done is the new one's, all of it; who raised it is told. Raises Refused."""
    step = begin(selection, by=by, act=Act.HAND_ON, at=at, once=once)
    if step.done_before:
        return step.selection
    one = step.selection
    ask(rules.may_leave(left=one.left_at is not None, none=one.old is None))
    assert one.old and one.new
    moved = hand_on(by=by, old=one.old, new=one.new, at=at)
    finish(step, data={"matters": moved})
    return one


@one_act()
def leave(*, by: Actor, selection: Selection, at: datetime, once: UUID | None = None) -> Selection:
    """The old company's posts end with it; first its open matters go to another. Raises Refused."""
    step = begin(selection, by=by, act=Act.LEAVE, at=at, once=once)
    if step.done_before:
        return step.selection
    one = step.selection
    ask(rules.may_leave(left=one.left_at is not None, none=one.old is None))
    assert one.old
    send_away(by=by, body=one.old, last_day=step.today, reason="业主大会选聘了新的物业公司", at=at)
    one.left_at = at
    finish(step, data={"body": str(one.old.pk)})
    _done_if_all(step)
    return one


# ── handing over ────────────────────────────────────────────────────────────────────────────────────────────────────


@one_act()
def give(
    *, by: Actor, selection: Selection, key: str, what: str, name: str = "", at: datetime, once: UUID | None = None
) -> HandOver | None:  # fmt: skip
    """The old company's manager writes what he gave; where he will not, the body enters the list he signed. Raises Refused."""
    step = begin(selection, by=by, act=Act.GIVE, at=at, once=once)
    if step.done_before:
        return None
    rows = _rows(step, key, gives=True)
    who = by.label if Who.OLD in parts_in(step.selection, by) else _on_paper(step, name)
    made = hand(by=by, of=step.selection, key=key, what=what, at=at, side="gave", turn=_turn(rows), gave=who[:120])
    finish(step, data={"key": key})
    return made


def _on_paper(step: Step, name: str) -> str:
    assert step.selection.old
    return f"{step.selection.old.name} {written(name, 'name', NAME_MOST)}（纸质清单）"


@one_act()
def take(
    *, by: Actor, selection: Selection, key: str, what: str, lacking: str = "", at: datetime, once: UUID | None = None
) -> HandOver | None:  # fmt: skip
    """Another, from another post, says what he got and what is lacking: that stays open. Raises Refused."""
    step = begin(selection, by=by, act=Act.TAKE, at=at, once=once)
    if step.done_before:
        return None
    rows = _rows(step, key, gives=False)
    made = hand(
        by=by, of=step.selection, key=key, what=what, at=at, side="took", turn=rows[-1].turn, took=by.label[:120],
        lacking=lacking.strip()[:REASON_MOST],
    )  # fmt: skip
    finish(step, data={"key": key, "lacking": bool(made.lacking)})
    _done_if_all(step)
    return made


def _rows(step: Step, key: str, *, gives: bool) -> list[HandOver]:
    if key not in rules.HANDED:
        raise Refused(Refusal("key", "没有这一条"))
    rows = queries.handed(step.selection)[key]
    same = bool(rows) and rows[-1].account_id == step.by.account_id
    ask_at(rules.may_hand(thing=queries.thing_of(rows), gives=gives, same=same))
    return rows


def _turn(rows: Sequence[HandOver]) -> int:
    return rows[-1].turn + 1 if rows else 1


def _done_if_all(step: Step) -> None:
    things = [queries.thing_of(rows) for rows in queries.handed(step.selection).values()]
    if rules.complete(things, left=step.selection.left_at is not None):
        _done(step)


def _done(step: Step) -> None:
    step.to(State.DONE)
    step.selection.done_at = step.at
    step.selection.save(update_fields=["state", "turn_since", "done_at"])


# ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────────


@one_act()
def tell_late(*, selection_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """The day is over and things are lacking: both companies, the committee and the community are told, once."""
    rows = Selection.objects.select_for_update(of=("self",)).select_related("compound", "old")
    one = rows.get(compound_id=compound_id, pk=selection_id)
    if one.told_at or one.handover_until is None or one.state not in rules.HANDING:
        return False
    open_ = [key for key, held in queries.handed(one).items() if queries.thing_of(held) != rules.Thing.DONE]
    one.told_at = at
    one.save(update_fields=["told_at"])
    if not open_:
        return False
    today = local(at)
    with in_chinese():
        names = "、".join(rules.HANDED[key] for key in open_)
        queue(
            compound_id=compound_id, to=[To(account_id=pk) for pk in queries.who_minds(one, today)], kind="hand_over_late",
            title="物业交接超期了", body=f"{whole(one.handover_until)} 前要交清，还缺：{names}。{rules.HAND_OVER_ARTICLE}。",
            subject_kind=SUBJECT, subject_id=one.pk, number=one.number, key=f"hand_over:{one.pk}", at=at,
        )  # fmt: skip
    record(
        by=CLOCK,
        act="selection_hand_over_late",
        subject_kind=SUBJECT,
        subject_id=one.pk,
        at=at,
        compound_id=compound_id,
    )
    return True
