"""The call, envelopes that come in, their opening before witnesses, and what is in them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from linli.kernel.refusal import written
from linli.people.rules.bindings import same_name
from linli.plumbing.acts import Actor
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...models import Bid, BidPaper, Score, Selection
from ...queries import selections as queries
from ...rules import selections as rules
from ...rules.selections import Act
from ..keeping import kept
from .base import ask_at, begin, finish, in_chinese, post

COMPANY_MOST, NAME_MOST, PHONE_MOST, PROMISE_MOST, REASON_MOST, PAPER_MOST = 80, 40, 20, 500, 200, 120


@one_act()
def call(*, by: Actor, selection: Selection, until: date, at: datetime, once: UUID | None = None) -> Selection:
    """The plan has stood: companies are called. Raises Refused."""
    step = begin(selection, by=by, act=Act.CALL, at=at, once=once)
    if step.done_before:
        return step.selection
    made = step.selection
    ask_at(queries.refuse_call(made, step.today, until))
    made.called_at, made.bids_until = at, until
    with in_chinese():
        words = (
            f"{made.compound.name}选聘物业服务企业，条件见已公示的方案。\n"
            f"一、投标书密封，{whole(until)} 以前交到{made.body.name}。晚到的不收。\n"
            f"二、截止以后当众开标；开标以前谁也不知道报价。\n三、联系：{made.contact}。"
        )
        post(step, "announcement", "选聘物业服务企业招标公告", words)
    finish(step, data={"until": until.isoformat()})
    return made


@one_act()
def extend(
    *, by: Actor, selection: Selection, until: date, reason: str, at: datetime, once: UUID | None = None
) -> Selection:
    """More time for every company; everybody reads why. Raises Refused."""
    step = begin(selection, by=by, act=Act.EXTEND, at=at, once=once)
    if step.done_before:
        return step.selection
    made = step.selection
    assert made.bids_until
    ask_at(rules.may_extend(until=max(made.bids_until, step.today), new=until))
    reason = written(reason, "reason", REASON_MOST)
    made.extended_from, made.bids_until = made.bids_until, until
    with in_chinese():
        post(step, "announcement", "招标时间延长", f"投标截止延长到 {whole(until)}。原因：{reason}")
    finish(step, words=reason, data={"until": until.isoformat()})
    return made


@one_act()
def receive(
    *, by: Actor, selection: Selection, company: str, contact: str, phone: str, at: datetime, once: UUID | None = None
) -> Bid:
    """A closed envelope, in the order in which it came; what is in it nobody knows yet. Raises Refused."""
    step = begin(selection, by=by, act=Act.RECEIVE, at=at, once=once)
    made = step.selection
    if step.done_before:
        return Bid.objects.get(compound_id=made.compound_id, once=once)
    company, there = written(company, "company", COMPANY_MOST), queries.bids(made)
    assert made.bids_until
    again = any(same_name(row.company, company) and row.out_at is None for row in there)
    ask_at(rules.may_receive(until=made.bids_until, today=step.today, again=again))
    bid = Bid(
        id=uuid7(), compound_id=made.compound_id, selection=made, once=once, number=len(there) + 1, company=company,
        contact=written(contact, "contact", NAME_MOST), phone=written(phone, "phone", PHONE_MOST), received_at=at,
    )  # fmt: skip
    bid.save(force_insert=True)
    finish(step, data={"bid": bid.number}, internal=True)
    return bid


@one_act()
def rule_out(*, by: Actor, selection: Selection, bid: Bid, reason: str, at: datetime, once: UUID | None = None) -> Bid:
    """Withdrawn, or not as the plan asks: stays in the list, with the reason. Raises Refused."""
    step = begin(selection, by=by, act=Act.RULE_OUT, at=at, once=once)
    fresh = Bid.objects.get(compound_id=step.selection.compound_id, pk=bid.pk)
    if step.done_before or fresh.out_at:
        return fresh
    fresh.out_at, fresh.out_why = at, written(reason, "reason", REASON_MOST)
    fresh.save(update_fields=["out_at", "out_why"])
    finish(step, words=fresh.out_why, data={"bid": fresh.number})
    return fresh


@one_act()
def open_bids(
    *, by: Actor, selection: Selection, witnesses: Sequence[str], at: datetime, once: UUID | None = None
) -> Selection:
    """All envelopes at once, before two witnesses, after the last day. Raises Refused."""
    step = begin(selection, by=by, act=Act.OPEN, at=at, once=once)
    if step.done_before:
        return step.selection
    made = step.selection
    names = [name for one in witnesses if (name := one.strip()[:NAME_MOST])]
    ask_at(queries.refuse_open(made, step.today, names))
    made.opened_at, made.witnesses = at, names
    finish(step, data={"witnesses": len(names)})
    return made


@one_act()
def enter(
    *, by: Actor, selection: Selection, bid: Bid, price_fen: int, promise: str, at: datetime, once: UUID | None = None
) -> Bid:
    """What was in the envelope; it stands as soon as somebody has scored it. Raises Refused."""
    step = begin(selection, by=by, act=Act.ENTER, at=at, once=once)
    fresh = Bid.objects.get(compound_id=step.selection.compound_id, pk=bid.pk)
    if step.done_before:
        return fresh
    scored = Score.objects.filter(compound_id=fresh.compound_id, bid=fresh).exists()
    ask_at(rules.may_enter(price=price_fen, cap=step.selection.price_cap, scored=scored))
    before, fresh.price_fen, fresh.entered_at = fresh.price_fen, price_fen, at
    fresh.promise = written(promise, "promise", PROMISE_MOST)
    fresh.save(update_fields=["price_fen", "promise", "entered_at"])
    finish(step, data={"bid": fresh.number, "price": price_fen, "before": before})
    return fresh


@one_act()
def add_paper(
    *, by: Actor, selection: Selection, bid: Bid, file: BinaryIO, name: str, at: datetime, once: UUID | None = None
) -> BidPaper | None:  # fmt: skip
    """A document out of the envelope: PDF or a picture. Raises Refused."""
    step = begin(selection, by=by, act=Act.ADD_PAPER, at=at, once=once)
    if step.done_before:
        return None
    made = BidPaper(
        id=uuid7(), compound_id=bid.compound_id, bid=bid, name=written(name, "name", PAPER_MOST), added_at=at,
        **kept(bid.compound_id, file),
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, data={"bid": bid.number}, internal=True)
    return made
