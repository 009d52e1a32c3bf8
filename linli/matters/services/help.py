"""Household help on one call (M28): the price list, the order, the quote that is answered before work begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import queue
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..access import help_parts, parts_in
from ..models import HelpOrder, Matter, Price, Quote
from ..queries.help import agreed, order_of
from ..rules import categories, help
from ..rules.beside import has, put
from ..rules.help import KIND, Help, HelpAct, Part, yuan
from ..rules.states import FINAL, State, Who
from .intake import raise_with_photos
from .steps import SUBJECT, followers, locked
from .taken import took

SET_PRICE = "set_price"
ASK_HELP = "ask_help"
TOP, SMALL_REPAIRS = "03", "0307"
LINES_MOST = 8
FEN_MOST = 10_000_000


# ── the price list ──────────────────────────────────────────────────────────────────────────────────────────────────


def set_price(
    *, by: Actor, compound: Compound, name: str, category: str, paid: bool, price_fen: int, unit: str, doer: str, from_day: date, note: str = "",
    line: UUID | None = None, dropped: bool = False, reason: str = "", at: datetime, once: UUID | None = None,
) -> Price:  # fmt: skip
    """A new line, or with `line` a new version of one; what was published before stays readable. Raises Refused."""
    if by.compound_id != compound.pk or not may(by.role, Right.SET_PRICES):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    try:
        with one_act():
            return _set_price(
                by, compound, line, at, once, name=name.strip()[:30], category=category, paid=paid, price_fen=price_fen if paid else 0,
                unit=unit.strip()[:10], doer=doer, from_day=from_day, note=note.strip()[:80], dropped=dropped, reason=reason.strip()[:120],
            )  # fmt: skip
    except IntegrityError:
        raise Refused(Refusal("changed_meanwhile", "刚才有人改过，请重新打开再改")) from None


def _set_price(by: Actor, compound: Compound, line: UUID | None, at: datetime, once: UUID | None, **what: Any) -> Price:
    before = Price.objects.filter(compound_id=compound.pk, line=line).order_by("-version").first() if line else None
    if done_before(compound.pk, once):
        return before or Price.objects.filter(compound_id=compound.pk).order_by("-id")[0]
    _check_price(compound, before, line, **what)
    made = Price(
        compound_id=compound.pk, line=line or uuid7(), version=before.version + 1 if before else 1, at=at, by=by.account_id, **what
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        by=by, act=SET_PRICE, subject_kind="price", subject_id=made.line, at=at, compound_id=compound.pk, words=made.reason, once=once,
        data={"version": made.version, "name": made.name, "price_fen": made.price_fen, "paid": made.paid, "dropped": made.dropped},
    )  # fmt: skip
    return made


def _check_price(compound: Compound, before: Price | None, line: UUID | None, **what: Any) -> None:
    if line and before is None:
        raise Refused(Refusal("unknown_line", "价目表里没有这一项"))
    if not what["name"]:
        raise Refused(Refusal("no_name", "请写这一项叫什么"), field="name")
    if what["paid"] and not 0 < what["price_fen"] <= FEN_MOST:
        raise Refused(Refusal("no_price", "收费的要写多少元"), field="price_fen")
    if what["doer"] not in help.DOERS:
        raise Refused(Refusal("no_doer", "请选谁来做"), field="doer")
    own = categories.of(compound.settings)
    if not own.may_take(what["category"], already=before.category if before else ""):
        raise Refused(Refusal("unknown_category", "没有这个类别，请重新选"), field="category")
    if before and not what["reason"]:
        raise Refused(Refusal("no_reason", "请写为什么改"), field="reason")
    if before and what["from_day"] < before.from_day:
        raise Refused(Refusal("too_early", "不能早于上一次定价开始的那天"), field="from_day")


# ── an order ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_help(
    *, by: Actor, compound: Compound, words: str, price: Price | None = None, files: Sequence[UploadedFile] = (), at: datetime,
    once: UUID | None = None, **what: Any,
) -> Matter:  # fmt: skip
    """`open_matter` of category 03, with the order beside it. Nobody is asked whether their fees are paid. Raises Refused."""
    with one_act():
        matter = raise_with_photos(
            by=by, compound=compound, words=words, files=files, at=at, once=once, category=price.category if price else _usual(compound), **what
        )  # fmt: skip
        if not has(matter, KIND):
            put_beside(by=by, matter=matter, price=price, at=at)
    return matter


def _usual(compound: Compound) -> str:
    """Small repairs, until the desk knows better; where the compound does not use them, what it does use of 03."""
    own = categories.of(compound.settings)
    return next((c for c in (SMALL_REPAIRS, *(c.code for c in own.under(TOP))) if own.may_take(c)), "")


def put_beside(*, by: Actor, matter: Matter, price: Price | None, at: datetime) -> HelpOrder:
    """The order of a matter; a free item of the list needs no quote."""
    free = price is not None and not price.paid
    order = HelpOrder(
        compound_id=matter.compound_id, matter=matter, price=price, state=Help.FREE if free else Help.ASKED, since=at, asked_at=at
    )  # fmt: skip
    order.save(force_insert=True)
    put(matter, KIND)
    matter.save(update_fields=["beside"])
    data = {"name": price.name, "paid": price.paid, "price_fen": price.price_fen, "unit": price.unit} if price else {}
    record(
        by=by,
        act=ASK_HELP,
        subject_kind=SUBJECT,
        subject_id=matter.pk,
        at=at,
        compound_id=matter.compound_id,
        data=data,
    )
    took(matter.compound_id, [matter.pk], by=by, act=ASK_HELP, at=at)
    return order


@one_act()
def count_as_help(
    *, by: Actor, matter: Matter, price: Price | None = None, at: datetime, once: UUID | None = None
) -> Matter:
    """A worker finds that what was raised is help in a home, which may cost the household something. Raises Refused."""
    fresh = locked(matter)
    if has(fresh, KIND) or done_before(fresh.compound_id, once):
        return fresh
    if not parts_in(fresh, by) & {Who.DESK, Who.HANDLER} or State(fresh.state) in FINAL:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    put_beside(by=by, matter=fresh, price=price, at=at)
    return fresh


@dataclass
class _Turn:
    matter: Matter
    order: HelpOrder
    parts: frozenset[Part]
    to: Help
    repeat: bool = False


def _begin(matter: Matter, *, by: Actor, act: HelpAct, once: UUID | None) -> _Turn:
    fresh = locked(matter)
    order = order_of(fresh)
    if order is None:
        raise Refused(Refusal("no_help", "这件事没有报价这一步"))
    parts, state = help_parts(fresh, by), Help(order.state)
    if done_before(fresh.compound_id, once):
        return _Turn(fresh, order, parts, state, repeat=True)
    if no := help.refuse(act, state, parts):
        raise Refused(no)
    rule = help.rule_for(act, state, parts)
    assert rule is not None
    return _Turn(fresh, order, parts, help.reached(rule, started=order.started_at is not None))


def _finish(turn: _Turn, *, by: Actor, act: str, at: datetime, once: UUID | None, tell: str, words: str = "", **data: Any) -> Matter:  # fmt: skip
    order, matter = turn.order, turn.matter
    data |= {"from": order.state, "to": str(turn.to)}
    order.state, order.since = turn.to, at
    order.save(update_fields=["state", "since", "started_at"])
    entry = record(
        by=by, act=act, subject_kind=SUBJECT, subject_id=matter.pk, at=at, compound_id=matter.compound_id, words=words, data=data, once=once
    )  # fmt: skip
    took(matter.compound_id, [matter.pk], by=by, act=act, at=at)
    to = [t for t in followers(matter) if t.account_id is None or t.account_id != by.account_id]
    queue(
        compound_id=matter.compound_id, to=to, kind=act, title=tell, body=words, subject_kind=SUBJECT, subject_id=matter.pk,
        number=matter.number, key=str(entry.pk), at=at,
    )  # fmt: skip
    return matter


@one_act()
def quote(
    *,
    by: Actor,
    matter: Matter,
    lines: Sequence[tuple[str, int]],
    note: str = "",
    at: datetime,
    once: UUID | None = None,
) -> Matter:
    """What it will cost, line by line; one that still waits is replaced. Raises Refused."""
    turn = _begin(matter, by=by, act=HelpAct.QUOTE, once=once)
    if turn.repeat:
        return turn.matter
    kept = [(words.strip()[:40], fen) for words, fen in lines]
    total = sum(fen for _, fen in kept)
    if not kept or any(not words or fen < 0 for words, fen in kept) or len(kept) > LINES_MOST:
        raise Refused(Refusal("no_lines", "每一项都要写是什么、多少元"), field="line_1")
    if not 0 < total <= FEN_MOST:
        raise Refused(Refusal("no_total", "总数是 0 的，记成不收钱"), field="line_1")
    rows = Quote.objects.filter(compound_id=turn.order.compound_id, order=turn.order)
    rows.filter(answer="").update(answer="replaced", answered_at=at)
    version = (rows.order_by("-version").values_list("version", flat=True).first() or 0) + 1
    Quote(
        compound_id=turn.order.compound_id, order=turn.order, version=version, lines=[list(line) for line in kept], total_fen=total,
        note=note.strip()[:200], at=at, by=by.account_id,
    ).save(force_insert=True)  # fmt: skip
    tell = f"第 {turn.matter.label} 号报价 {yuan(total)} 元，您同意了才动工"
    return _finish(turn, by=by, act=HelpAct.QUOTE, at=at, once=once, tell=tell, version=version, total_fen=total)


@one_act()
def mark_free(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    turn = _begin(matter, by=by, act=HelpAct.MARK_FREE, once=once)
    if turn.repeat:
        return turn.matter
    Quote.objects.filter(compound_id=turn.order.compound_id, order=turn.order, answer="").update(
        answer="replaced", answered_at=at
    )
    return _finish(turn, by=by, act=HelpAct.MARK_FREE, at=at, once=once, tell=f"第 {turn.matter.label} 号不收钱")


@one_act()
def agree(
    *, by: Actor, matter: Matter, version: int | None, heard: str = "", at: datetime, once: UUID | None = None
) -> Matter:
    """The household says yes to the quote of this version; heard on the phone, the desk writes how. Raises Refused."""
    turn = _begin(matter, by=by, act=HelpAct.AGREE, once=once)
    if turn.repeat:
        return turn.matter
    total = _answer(turn, "agreed", version, by=by, heard=heard, at=at)
    tell = f"第 {turn.matter.label} 号的 {yuan(total)} 元说好了"
    return _finish(turn, by=by, act=HelpAct.AGREE, at=at, once=once, tell=tell, words=heard.strip(), total_fen=total)


@one_act()
def disagree(
    *, by: Actor, matter: Matter, version: int | None, heard: str = "", at: datetime, once: UUID | None = None
) -> Matter:
    """The household says no; what it agreed to before still binds. Raises Refused."""
    turn = _begin(matter, by=by, act=HelpAct.DISAGREE, once=once)
    if turn.repeat:
        return turn.matter
    total = _answer(turn, "refused", version, by=by, heard=heard, at=at)
    tell = f"第 {turn.matter.label} 号的 {yuan(total)} 元没有同意"
    return _finish(turn, by=by, act=HelpAct.DISAGREE, at=at, once=once, tell=tell, words=heard.strip(), total_fen=total)


def _answer(turn: _Turn, answer: str, version: int | None, *, by: Actor, heard: str, at: datetime) -> int:
    waiting = Quote.objects.get(compound_id=turn.order.compound_id, order=turn.order, answer="")
    if waiting.version != version:
        raise Refused(Refusal("other_quote", "报价刚改过，请再看一眼"))
    if Part.HOUSEHOLD not in turn.parts and not heard.strip():
        raise Refused(Refusal("no_heard", "请写住户怎么说的、哪天说的"), field="heard")
    waiting.answer, waiting.answered_at, waiting.answered_by, waiting.heard = (
        answer,
        at,
        by.account_id,
        heard.strip()[:200],
    )
    waiting.save(update_fields=["answer", "answered_at", "answered_by", "heard"])
    return waiting.total_fen


@one_act()
def start_paid(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    turn = _begin(matter, by=by, act=HelpAct.START, once=once)
    if turn.repeat:
        return turn.matter
    turn.order.started_at = turn.order.started_at or at
    return _finish(turn, by=by, act=HelpAct.START, at=at, once=once, tell=f"第 {turn.matter.label} 号动工了")


def settle_cost(*, matter: Matter, outcome: str, cost_fen: int | None, paid_by: str, at: datetime) -> None:
    """Called when the matter is said to be done: never above what was agreed, nothing of a household without. Raises Refused."""
    order = order_of(matter)
    if order is None:
        if no := help.refuse_household(paid_by, cost_fen or 0):
            raise Refused(no, field="paid_by")
        return
    bound = agreed(order)
    no = help.refuse_cost(
        Help(order.state), fixed=outcome == "fixed", cost_fen=cost_fen or 0, agreed_fen=bound.total_fen if bound else None
    )  # fmt: skip
    if no:
        raise Refused(no, field="cost_fen")
    order.done_at = at
    if order.state == Help.REQUOTED:  # done for what was agreed: the further quote asks nobody any more
        rows = Quote.objects.filter(compound_id=order.compound_id, order=order, answer="")
        rows.update(answer="replaced", answered_at=at)
    if order.state in {Help.AGREED, Help.REQUOTED, Help.WORKING}:
        order.state, order.since = Help.DONE, at
    order.save(update_fields=["state", "since", "done_at"])
