"""The list of the tripartite meeting: what is still not done a day after its promise was broken."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day, lasting, moment
from linli.plumbing.numbers import page_in, page_key

from ..models import Ask, HotlineOrder, Matter, Order, Whistle
from ..rules.parts import HEADS_OF_THREE
from ..rules.states import TABLE, Act, State
from ..words import MARKS, ORDER_STATES, PARTIES, WHISTLE_CLOCKS, clock_words
from .desk import visible
from .whistles import open_to, party, watches

PAGE = 40
PRESSED = frozenset().union(*(rule.states for rule in TABLE[Act.SUPERVISE]))
_SLOTS = (
    "listed_at", "id", "number", "leg", "title", "place", "turn", "next_clock", "urgency", "next_due_at", "handler_body__name", "visit_due_at", "state",
)  # fmt: skip
_HOTLINE = (
    "listed_at", "id", "matter__number", "matter__leg", "matter__title", "matter__place", "matter__turn", "matter__handler_body__name",
    "matter__state", "due_at",
)  # fmt: skip
_ORDER = ("listed_at", "id", "number", "title", "state", "turn", "due_at", "by_body__name", "to_body__name")
_ASK = (
    "listed_at", "id", "whistle__number", "whistle__title", "whistle__level", "body__name", "clock", "due_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """`kind`: matter, order or whistle, which its `number` counts; `broken`: which promise, since when; `press`: whether it can
    still be pressed for; `pressed`: what was said to press for it last."""

    kind: str
    number: int
    label: str
    title: str
    note: str
    mark: str
    broken: str
    press: bool = False
    pressed: str = ""


@dataclass(frozen=True)
class Listed:
    """`count` is kept; `next`: where the following page begins."""

    rows: list[Row]
    count: int
    next: str


def listed(compound: Compound, by: Actor, at: datetime, *, after: str = "") -> Listed:
    """Longest on the list first, matters, orders of the hotline, joint orders and asks of agencies together; asks for the heads of the three
    and whoever may open the whistle. As many queries however many there are."""
    told = by.role in HEADS_OF_THREE
    whistles = open_to(Whistle.objects.filter(compound_id=compound.pk), by, [compound.pk], told=told)
    asks = Ask.objects.filter(compound_id=compound.pk, whistle__in=whistles.values("id"))
    matters = visible(Matter.objects.filter(compound_id=compound.pk), by)
    kinds: list[tuple[QuerySet, tuple[str, ...], Callable[..., Row]]] = [
        (matters, _SLOTS, _matter), (HotlineOrder.objects.filter(compound_id=compound.pk, matter__in=matters.values("id")), _HOTLINE, _hotline),
        (Order.objects.filter(compound_id=compound.pk), _ORDER, _order), (asks, _ASK, _ask)
    ]  # fmt: skip
    begin = page_in(after)
    got = [(values, row) for rows, slots, row in kinds for values in _first(rows, slots, begin)]
    got.sort(key=lambda one: one[0][:2])
    page = got[:PAGE]
    counts = kept(compound.pk, "open:listed") | kept(compound.pk, "listed:")
    if not told and not watches(by):
        counts.pop("listed:ask", None)
    pressed = _pressed(compound, [values[1] for values, row in page if row is _matter], at)
    last = page[-1][0] if page else ()
    return Listed(
        [replace(row(*values[2:], at=at), pressed=pressed.get(values[1], "")) for values, row in page],
        sum(max(0, n) for n in counts.values()),
        page_key(last[0], last[1]) if len(got) > PAGE else "",
    )


def _first(rows: QuerySet, slots: tuple[str, ...], begin: tuple[datetime, UUID] | None) -> list[tuple]:
    rows = rows.filter(listed_at__isnull=False)
    if begin:
        rows = rows.filter(Q(listed_at__gt=begin[0]) | Q(listed_at=begin[0], id__gt=begin[1]))
    return list(rows.order_by("listed_at", "id").values_list(*slots)[: PAGE + 1])


def _pressed(compound: Compound, ids: list[UUID], at: datetime) -> dict[UUID, str]:
    if not ids:
        return {}
    rows = AuditEntry.objects.filter(compound_id=compound.pk, subject_id__in=ids, act=Act.SUPERVISE).order_by("id")
    return {
        pk: _("%(day)s 督办：%(words)s") % {"day": day(when, at), "words": words}
        for pk, when, words in rows.values_list("subject_id", "at", "words")
    }


def _matter(number, leg, title, place, turn, clock, urgency, due, body, visit_due, at_state, *, at: datetime) -> Row:
    what = clock_words(clock, urgency)
    if due is None and visit_due:
        due, what = visit_due, _("归档") if at_state == State.VISITED else _("回访")
    return Row(
        "matter", number, f"{number:04d}" + (f"-{leg}" if leg > 1 else ""), title,
        " · ".join(filter(None, [place, body or str(PARTIES.get(turn, ""))])), MARKS[turn], _broken(due, what, at), at_state in PRESSED,
    )  # fmt: skip


def _hotline(number, leg, title, place, turn, body, at_state, due, *, at: datetime) -> Row:
    """The hotline's own limit, beside the promise to the reporter."""
    row = _matter(number, leg, title, place, turn, "", None, "", body, None, at_state, at=at)
    return replace(row, broken=_broken(due, _("答复 12345"), at))


def _order(number, title, state, turn, due, by_body, to_body, *, at: datetime) -> Row:
    note = " · ".join(filter(None, [to_body if turn == "property" else by_body, str(ORDER_STATES[state])]))
    label = _("订单第 %(n)s 号") % {"n": number}
    return Row("order", number, label, title, note, MARKS[turn], _broken(due, _("有结果"), at))


def _ask(number, title, level, body, clock, due, *, at: datetime) -> Row:
    mark = MARKS[party(turn="receiver", level=level, drafted_kind="")]
    label = _("哨单第 %(n)s 号") % {"n": number}
    return Row("whistle", number, label, title, body, mark, _broken(due, WHISTLE_CLOCKS.get(clock, ""), at))


def _broken(due: datetime | None, what: str, at: datetime) -> str:
    said = {"when": moment(due, at), "clock": what, "late": lasting(at - due)} if due else {}
    return _("该在 %(when)s 前%(clock)s，超了 %(late)s") % said if said else ""
