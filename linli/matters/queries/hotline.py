"""What the desk reads of the hotline: an export before it is taken in, orders by their own limit, what may be the same, topics."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.kernel.masks import scrub
from linli.kernel.rosters.orders import LABELS, Book, Order, read
from linli.kernel.rosters.reading import Sheet
from linli.places.models import Building, Compound
from linli.places.queries import calendar
from linli.plumbing.labels import label
from linli.plumbing.moments import lasting, moment
from linli.plumbing.numbers import page_in, page_key

from ..models import HotlineOrder, HotlineReply, Matter, ProposedTopic, ReturnVisit
from ..rules import hotline as rules
from ..rules.states import JUDGED, State
from ..words import ENDINGS, RATINGS, SOLVED, state

WRITTEN, EXPORTED = "written", "exported"
CHECKED, TAKEN, DROPPED = "checked", "taken", "dropped"
MOST_ROWS = 2000
PAGE = 40
ANSWERED = JUDGED | {State.DECLINED}


# ── an export before it is taken in ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LookRow:
    """`result`: new, same, refused. `words` without the caller."""

    row: int
    result: str
    why: str
    number: str
    when: datetime | None
    words: str
    category: str
    due: datetime | None
    secret: bool
    order: Order | None
    cells: tuple[str, ...]
    joins: str = ""  # what it surely repeats: a matter, or an order above it


@dataclass(frozen=True, slots=True)
class Known:
    """What is in hand of a subject: how it is called, the matter where there is one already, and the last order's time."""

    name: str
    matter: UUID | None
    last_at: datetime


ANYWHERE = "*"


class Subjects:
    """Which subjects are in hand, those that came in before and those of the file so far; and who called about each, done or
    not. One query."""

    def __init__(self, compound: Compound, orders: Iterable[Order]) -> None:
        self._known: dict[rules.Key, Known] = {}
        self._heard: dict[rules.Key, set[UUID]] = {}
        first = min((o.at for o in orders), default=None)
        if first is None:
            return
        rows = HotlineOrder.objects.filter(
            compound_id=compound.pk, received_at__gte=first - rules.TOPIC_WINDOW
        ).exclude(matter__privacy="secret")
        slots = (
            "id",
            "matter_id",
            "matter__number",
            "matter__open",
            "origin__words",
            "origin__building__key",
            "origin__place",
            "received_at",
        )
        for pk, matter, number, is_open, words, building, place, at in rows.order_by("received_at", "id").values_list(
            *slots
        ):
            keys = rules.subjects(words, building or "", place)
            self.hear(keys, pk)
            if is_open:
                self.add(keys, Known(_("第 %(label)s 号") % {"label": f"{number:04d}"}, matter, at))

    def find(self, keys: list[rules.Key], at: datetime) -> Known | None:
        """Where two places are named it is never one matter by itself; an order that names none may be about either."""
        tries = [key._replace(place=p) for key in keys for p in ((key.place, "") if key.place else (ANYWHERE,))]
        found = (self._known.get(key) for key in tries)
        return next((one for one in found if one and abs(at - one.last_at) <= rules.TOPIC_WINDOW), None)

    def add(self, keys: list[rules.Key], one: Known) -> None:
        self._known.update({key._replace(place=p): one for key in keys for p in (key.place, ANYWHERE)})

    def hear(self, keys: list[rules.Key], order: UUID) -> None:
        for key in keys:
            self._heard.setdefault(key, set()).add(order)

    def heard(self, keys: list[rules.Key]) -> set[UUID]:
        """Who called about it."""
        return set().union(*(self._heard.get(key, set()) for key in keys))


@dataclass(frozen=True)
class Look:
    book: Book
    rows: list[LookRow]

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(r.result for r in self.rows))

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Header, and what it is taken for; what is not known is not kept."""
        return [(header, label(LABELS[field]) if field else "") for header, field in self.book.columns]


def look(compound: Compound, sheets: list[Sheet], at: datetime) -> Look | None:
    book = read(sheets, at, calendar(compound))
    if book is None:
        return None
    numbers = [line.order.number for line in book.lines if line.order]
    known = set(_known(compound, numbers))
    seen = Subjects(compound, [line.order for line in book.lines if line.order])
    here = set(Building.objects.filter(compound_id=compound.pk).values_list("key", flat=True))
    return Look(book, [_repeats(_look_row(line, known), seen, here) for line in book.lines])


def _repeats(row: LookRow, seen: Subjects, here: set[str]) -> LookRow:
    """With what it repeats, if it is new."""
    if row.result != "new" or row.order is None:
        return row
    o = row.order
    keys = rules.keys_of(o, o.building if o.building in here else "")
    found = seen.find(keys, o.at)
    name = found.name if found else _("工单 %(number)s") % {"number": o.number}
    seen.add(keys, Known(name, None, o.at))
    return replace(row, joins=found.name if found else "")


def _known(compound: Compound, numbers: list[str]) -> Iterable[str]:
    for start in range(0, len(numbers), 500):
        rows = HotlineOrder.objects.filter(compound_id=compound.pk, number__in=numbers[start : start + 500])
        yield from rows.values_list("number", flat=True)


def _look_row(line: Any, known: set[str]) -> LookRow:
    order: Order | None = line.order
    if order is None:
        faults = (label(why.sentence) % why.values if why.values else label(why.sentence) for why in line.faults)
        return LookRow(
            line.row, "refused", _("；").join(faults), line.number, None, "", "", None, False, None, line.cells
        )
    words, _place = rules.shown(order)
    return LookRow(
        line.row, "same" if order.number in known else "new", "", order.number, order.at, words, order.category, order.due,
        order.secret, order, line.cells,
    )  # fmt: skip


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    pk: UUID
    number: str
    matter: int
    label: str
    title: str
    count: int
    secret: bool
    due: str
    due_late: bool
    ours: str
    ours_late: bool
    state: str
    answer: str
    why_not: str
    likely: tuple[str, str] | None


@dataclass(frozen=True)
class Lines:
    rows: list[Line]
    next: str


_SLOTS = (
    "id", "number", "secret", "due_at", "exported_at", "touched_at", "waits", "matter__number", "matter__leg", "matter__title", "matter__hotline",
    "matter__next_due_at", "matter__state", "matter__pause_reason", "likely__number", "likely__title",
)  # fmt: skip


def lines(compound: Compound, at: datetime, *, waits: bool = True, after: str = "") -> Lines:
    """Those that wait for an answer by the hotline's limit; the answered ones, newest limit last. One query."""
    rows = HotlineOrder.objects.filter(compound_id=compound.pk, waits__in=(waits,))
    if begin := page_in(after):
        rows = rows.filter(Q(due_at__gt=begin[0]) | Q(due_at=begin[0], id__gt=begin[1]))
    got = list(rows.order_by("due_at", "id").values_list(*_SLOTS)[: PAGE + 1])
    following = page_key(got[PAGE - 1][3], got[PAGE - 1][0]) if len(got) > PAGE else ""
    return Lines([_line(r, at) for r in got[:PAGE]], following)


def _line(r: tuple, at: datetime) -> Line:
    (
        pk,
        number,
        secret,
        due,
        exported,
        touched,
        waits,
        matter,
        leg,
        title,
        count,
        ours,
        at_state,
        pause,
        likely,
        likely_title,
    ) = r
    answer = (
        "" if exported is None else _("答复后又变了") if touched else _("%(when)s导出") % {"when": moment(exported, at)}
    )
    return Line(
        pk=pk, number=number, matter=matter, label=f"{matter:04d}" + (f"-{leg}" if leg > 1 else ""), title=title, count=count, secret=secret,
        due=_until(due, at) if waits else moment(due, at), due_late=waits and due <= at,
        ours=_until(ours, at) if ours else "", ours_late=ours is not None and ours <= at,
        state=state(at_state, pause), answer=answer, why_not=why_not(at_state, pause),
        likely=(f"{likely:04d}", likely_title) if likely else None,
    )  # fmt: skip


def _until(due: datetime, at: datetime) -> str:
    given = {"when": moment(due, at), "span": lasting(abs(due - at))}
    return _("%(when)s，超 %(span)s") % given if due <= at else _("%(when)s，还有 %(span)s") % given


def of_matter(matter: Matter) -> list[HotlineOrder]:
    if not matter.hotline:
        return []
    rows = HotlineOrder.objects.filter(compound_id=matter.compound_id, matter=matter)
    return list(rows.order_by("received_at", "id"))


def due_of(matter: Matter) -> datetime | None:
    """The hotline's own limit, beside ours: the earliest that still waits."""
    return min((o.due_at for o in of_matter(matter) if o.waits), default=None)


def clock_words(due: datetime | None, at: datetime) -> str:
    return _("%(until)s要答复") % {"until": _until(due, at)} if due else ""


def topics(compound: Compound) -> list[ProposedTopic]:
    rows = ProposedTopic.objects.filter(compound_id=compound.pk, state="proposed").select_related("matter")
    return list(rows.order_by("-proposed_at")[:20])


# ── the answers ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Answer:
    """One line as the hotline wants it; nothing in it of the caller but whether and when they were spoken with."""

    pk: UUID
    number: str
    received_at: datetime
    handling: str
    result: str
    done_at: datetime | None
    contacted_at: datetime | None
    solved: str
    satisfied: str


def answers(compound: Compound, pks: Iterable[UUID]) -> list[Answer]:
    """Of those that have an answer. Three queries."""
    rows = HotlineOrder.objects.filter(compound_id=compound.pk, pk__in=list(pks), matter__state__in=ANSWERED)
    got = list(rows.select_related("matter").order_by("received_at", "id"))
    visits, written = _visits(compound, got), _written(compound, [o.pk for o in got])
    return [_answer(o, visits.get(o.pk), written.get(o.pk)) for o in got]


def _written(compound: Compound, orders: list[UUID]) -> dict[UUID, HotlineReply]:
    """The last text that somebody put right, of each."""
    rows = HotlineReply.objects.filter(compound_id=compound.pk, order_id__in=orders, kind=WRITTEN)
    return {reply.order_id: reply for reply in rows.order_by("at", "id")}


def answer_of(order: HotlineOrder) -> Answer | None:
    """As it would leave now; None while there is none."""
    return next(iter(answers(Compound(pk=order.compound_id), [order.pk])), None)


def exported(order: HotlineOrder) -> list[HotlineReply]:
    """What left, newest first."""
    rows = HotlineReply.objects.filter(compound_id=order.compound_id, order=order, kind=EXPORTED)
    return list(rows.order_by("-at", "-id")[:PAGE])


def why_not(value: str, pause_reason: str = "") -> str:
    """Why an order is in no export; "" where it may be."""
    if value in ANSWERED:
        return ""
    if value == State.WITHDRAWN:
        return _("撤回了，没有要答复的")
    if value == State.MERGED:
        return _("并到别的事里了，在那里答复")
    return _("还没有办好：%(state)s") % {"state": state(value, pause_reason)}


def _visits(compound: Compound, orders: list[HotlineOrder]) -> dict[UUID | None, ReturnVisit]:
    """Of each caller the last: what one of them says is not another's answer."""
    made = ReturnVisit.objects.filter(
        compound_id=compound.pk, matter_id__in=[o.matter_id for o in orders], order_id__isnull=False, contacted=True
    )
    return {visit.order_id: visit for visit in made.order_by("at")}


def _answer(order: HotlineOrder, visit: ReturnVisit | None, written: HotlineReply | None) -> Answer:
    m = order.matter
    if written and m.resolved_at and written.at < m.resolved_at:
        written = None  # it was about what was done before
    if visit and m.resolved_at and visit.at < m.resolved_at:
        visit = None
    spoken = [when for when in (order.contacted_at, visit.at if visit else None) if when]
    return Answer(
        pk=order.pk, number=order.number, received_at=order.received_at, handling=scrub(written.words if written else m.done_words or m.title),
        result=ENDINGS.get(m.outcome, "") or state(m.state), done_at=m.resolved_at or m.closed_at,
        contacted_at=max(spoken) if spoken else None, solved=SOLVED.get(visit.solved, "") if visit else "",
        satisfied=RATINGS.get(visit.satisfied, "") if visit else "",
    )  # fmt: skip
