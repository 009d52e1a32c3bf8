"""What the desk reads: the list with its filters, and the counts above it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, F, IntegerField, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people.rules import COMMUNITY
from linli.places.models import Compound
from linli.plumbing import search
from linli.plumbing.acts import Actor
from linli.plumbing.models import Tally
from linli.plumbing.moments import WEEKDAYS, lasting, month
from linli.plumbing.numbers import number_in, uuid_in
from linli.plumbing.prepared import Prepared

from ..models import Matter
from ..rules import categories, turns
from ..rules.parts import MANAGERS, ONLY_NAMED, OWNERS_BUSINESS
from ..rules.states import BEFORE_WORK, State
from ..rules.times import Urgency
from ..words import MARKS, PARTIES, SOURCES, category_name, state

PAGE = 40
HITS = 200
EITHER = "either"  # what was searched is open or ended
VIEWS = ("open", "untriaged", "overdue", "today", "ended")
# Beside them stands what was sorted today.
COUNTED = {"open": "open", "untriaged": "open:untriaged", "overdue": "open:overdue"}
UNTRIAGED = (State.SUBMITTED, State.ACCEPTED, State.REOPENED)
NEAR = timedelta(hours=1)
# No promise of an emergency is further off before somebody works on it; and whether the list has one, beside each line.
WITHIN = timedelta(hours=2)
WAITS = "waits"
# Written out, not handed over as a value: only so is the partial index found.
EMERGENCY = Exact(F("urgency"), RawSQL(f"'{Urgency.EMERGENCY}'", ()))


@dataclass(frozen=True)
class Filters:
    """What the address of the desk says. `after` is where the page before ended."""

    view: str = "open"
    category: str = ""
    turn: str = ""
    building: str = ""
    source: str = ""
    q: str = ""
    after: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Filters":
        """From a query string; what is unknown is left out, never an error."""
        view = given.get("view", "open")
        category, building = given.get("category", ""), given.get("building", "")
        return cls(
            view=view if view in VIEWS else "open",
            category=category if category == "--" or categories.well_formed(category) else "",
            turn=given.get("turn", "") if given.get("turn") in PARTIES else "",
            building=building if uuid_in(building) else "",
            source=given.get("source", "") if given.get("source") in SOURCES else "",
            q=given.get("q", "").replace("\x00", "").strip()[:60],
            after=given.get("after", "")[:80],
        )

    @property
    def chosen(self) -> dict[str, str]:
        """Name and value of everything that narrows the list, as the address says it."""
        return self._chosen()

    def _chosen(self, **changed: str) -> dict[str, str]:
        named = {
            "view": self.view,
            "category": self.category,
            "turn": self.turn,
            "building": self.building,
            "source": self.source,
            "q": self.q,
            **changed,
        }
        return {name: value for name, value in named.items() if value and (name, value) != ("view", "open")}

    def address(self, **changed: str) -> str:
        """The query string of the same list with something changed; a change goes back to the first page."""
        return "?" + urlencode(self._chosen(**changed))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, every word ready; `key` is the number as addresses have it."""

    number: int
    key: str
    label: str
    title: str
    more: str
    place: str
    category: str
    mark: str
    party: str
    state: str
    due: str
    due_kind: str
    source: str


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next: str
    counts: dict[str, int]


_SLOTS = (
    "id", "number", "leg", "title", "voices", "place", "category", "turn", "state", "pause_reason", "paused_at", "next_due_at",
    "overdue", "source", "handler_body__name", "closed_at",
)  # fmt: skip


def visible(rows: QuerySet[Matter], by: Actor) -> QuerySet[Matter]:
    """Without the secret ones that somebody in this role has no part in; `access.matter_for` says the same for one."""
    if by.role in COMMUNITY:
        return rows
    if by.body_id is None:
        return rows.exclude(privacy="secret")
    ours = Q(handler_post_id=by.role_id)
    if by.role not in ONLY_NAMED:
        ours |= Q(handler_body_id=by.body_id, handler_post=None)
    if by.role in MANAGERS:
        ours |= Q(handler_body_id=by.body_id)
    if by.role in {"front_desk", "property_manager"}:
        ours |= Q(level__in=("", "building", "compound"))
    if by.role == "committee_secretary":
        ours |= Q(category__startswith=OWNERS_BUSINESS[0]) | Q(category__startswith=OWNERS_BUSINESS[1])
    return rows.filter(~Q(privacy="secret") | ours)


def filtered(compound: Compound, by: Actor, f: Filters, at: datetime) -> QuerySet[Matter]:
    return _narrowed(f.view, by.role, _given(compound, by, f, at))


def _given(compound: Compound, by: Actor, f: Filters, at: datetime) -> dict[str, Any]:
    """What narrows the list, as plain values; None where nothing does."""
    start, end = _today(at) if f.view == "today" else (None, None)
    return {
        "compound_id": compound.pk, "role_id": by.role_id, "body_id": by.body_id, "start": start, "end": end,
        "codes": _codes(compound, f.category) if f.category else None, "turn": f.turn or None,
        "building_id": uuid_in(f.building), "source": f.source or None,
    }  # fmt: skip


def _narrowed(view: str, role: str, given: Mapping[str, Any]) -> QuerySet[Matter]:
    rows = Matter.objects.filter(compound_id=given["compound_id"])
    if view != EITHER:
        # `open=True` is written as a bare column, which SQLite matches with no index; `IN (1)` it takes for an equality.
        rows = rows.filter(open__in=(view != "ended",))
    rows = visible(rows, Actor(role=role, role_id=given["role_id"], body_id=given["body_id"]))
    if view == "untriaged":
        rows = rows.filter(state__in=UNTRIAGED)
    if view == "overdue":
        rows = rows.filter(overdue=True)
    if given["start"]:
        rows = rows.filter(next_due_at__gte=given["start"], next_due_at__lt=given["end"])
    if given["codes"]:
        rows = rows.filter(category__in=given["codes"])
    return rows.filter(**{name: given[name] for name in ("turn", "building_id", "source") if given[name]})


def _today(at: datetime) -> tuple[datetime, datetime]:
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def _codes(compound: Compound, category: str) -> tuple[str, ...]:
    if category == "--":
        return ("",)
    return (category, *(c.code for c in categories.of(compound.settings).under(category)))


def page(compound: Compound, by: Actor, f: Filters, at: datetime, size: int = PAGE) -> Page:
    """One page: open ones by the time they are due, ended ones by number, found ones newest first; one query.

    The kept counts ride along with the rows, so that the whole table costs no second question.
    """
    if f.q:
        return _found(compound, by, f, at, size)
    given = _given(compound, by, f, at) | {"sorted": _counted(at)["sorted"], "until": at + WITHIN}

    def ask(part: str, most: int, **more: Any) -> list[tuple]:
        return _prepared(part, f.view, by.role, most).all(**given, **more)

    if f.view == "ended":
        return _page(compound, ask("ended", size + 1, before=number_in(f.after)), f, at, size)
    got = _due_page(ask, f, size)
    # Danger that nobody works on yet stands above whatever is late, and is asked for only where there is any.
    first = [] if f.after or (got and not got[0][-1]) else ask("danger", PAGE)
    return _page(compound, got, f, at, size, first)


def _page(
    compound: Compound, got: list[tuple], f: Filters, at: datetime, size: int, first: Sequence[tuple] = ()
) -> Page:
    last = got[size - 1] if len(got) > size else None
    following = f.address(after=_cursor(last, f)) if last else ""
    if got:
        numbers = {name: int(n or 0) for name, n in zip(_counted(at), got[0][len(_SLOTS) :], strict=False)}
    else:
        numbers = counts(compound, at)
    clock, own = _Clock(at), categories.of(compound.settings)
    return Page([_row(r, clock, own) for r in (*first, *got[:size])], following, numbers)


def _counted(at: datetime) -> dict[str, str]:
    return COUNTED | {"sorted": turns.triaged_on(timezone.localtime(at))}


def counts(compound: Compound, at: datetime) -> dict[str, int]:
    """The kept counts of the saved views, and of today."""
    names = _counted(at)
    found = dict(Tally.objects.filter(compound_id=compound.pk, name__in=names.values()).values_list("name", "value"))
    return {view: found.get(name, 0) for view, name in names.items()}


def _slots(
    rows: QuerySet[Matter], compound_id: UUID, counted: Mapping[str, str], *more: str
) -> QuerySet[Matter, tuple]:
    """With the kept counts."""
    kept = {
        f"kept_{view}": Subquery(
            Tally.objects.filter(compound_id=compound_id, name=name).values("value")[:1], output_field=IntegerField()
        )
        for view, name in counted.items()
    }
    return rows.annotate(**kept).values_list(*_SLOTS, *kept, *more)


def _cursor(last: tuple, f: Filters) -> str:
    if f.view == "ended" or f.q:
        return str(last[1])
    due = last[_SLOTS.index("next_due_at")]
    return f"{due.timestamp() if due else 'z'}~{last[0]}"


@cache
def _prepared(part: str, view: str, role: str, most: int) -> Prepared[tuple]:
    """The statement of a part of the list is made once; what it is narrowed by are its values."""

    def make(**given: Any) -> QuerySet[Matter, tuple]:
        rows = _ordered(part, _narrowed(view, role, given), given)
        if part == "danger":
            return rows.values_list(*_SLOTS)[:most]
        counted = COUNTED | {"sorted": given["sorted"]}
        return _slots(rows, given["compound_id"], counted, *([WAITS] if part == "first" else []))[:most]

    return Prepared(make)


def _ordered(part: str, rows: QuerySet[Matter], given: Mapping[str, Any]) -> QuerySet[Matter]:
    if part == "ended":
        return (rows.filter(number__lt=given["before"]) if given["before"] else rows).order_by("-number")
    if part == "found":
        return rows.filter(number__in=given["numbers"]).order_by("-number")
    danger = Q(EMERGENCY, state__in=BEFORE_WORK, next_due_at__lte=given["until"])
    waits, others = rows.filter(danger), rows.exclude(danger)
    if part == "danger":
        return waits.order_by("next_due_at", "id")
    if part == "first":
        # By due time, what has none at the end. The index is walked in this order on both databases.
        return others.annotate(**{WAITS: Exists(waits)}).order_by(F("next_due_at").asc(nulls_last=True), "id")
    if part == "timed":
        due, last = given["due"], given["last"]
        return others.filter(next_due_at__gte=due).exclude(next_due_at=due, id__lte=last).order_by("next_due_at", "id")
    rest = others.filter(next_due_at=None)
    return (rest.filter(id__gt=given["last"]) if given["last"] else rest).order_by("id")


def _due_page(ask: Callable[..., list[tuple]], f: Filters, size: int) -> list[tuple]:
    moment, _, key = f.after.partition("~")
    if not (last := uuid_in(key)):
        return ask("first", size + 1)
    try:
        due = datetime.fromtimestamp(float(moment), tz=timezone.get_current_timezone())
    except (ValueError, OverflowError, OSError):
        return ask("untimed", size + 1, last=last)
    got = ask("timed", size + 1, due=due, last=last)
    return got if len(got) > size else got + ask("untimed", size + 1 - len(got), last=None)


def _found(compound: Compound, by: Actor, f: Filters, at: datetime, size: int) -> Page:
    """Newest first. Words are found in open and ended ones alike unless a view was chosen."""
    before = number_in(f.after)
    numbers = search.find(
        compound_id=compound.pk, ordinal=compound.ordinal, kind="matter", text=f.q, before=before, limit=HITS
    )
    if not numbers:
        return _page(compound, [], f, at, size)
    # As many as there may be, so that it is the same statement.
    wanted = (*numbers, *numbers[-1:] * (HITS - len(numbers)))
    given = _given(compound, by, f, at) | {"sorted": _counted(at)["sorted"], "numbers": wanted}
    view = EITHER if f.view == "open" else f.view
    made = _page(compound, _prepared("found", view, by.role, size + 1).all(**given), f, at, size)
    if not made.next and len(numbers) == HITS:
        return replace(made, next=f.address(after=str(numbers[-1])))
    return made


class _Clock:
    """Now, cut up once for a whole table."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.zone = timezone.get_current_timezone()
        self.today: date = timezone.localtime(at).date()
        self.near = {0: _("今天"), -1: _("昨天"), 1: _("明天")}

    def due(self, due: datetime | None, paused_at: datetime | None) -> tuple[str, str]:
        """Words and kind ("late", "near" or ""); a stopped clock is never late."""
        if paused_at:
            return _("停钟 %(span)s") % {"span": lasting(self.at - paused_at)}, ""
        if due is None:
            return "—", ""
        if due <= self.at:
            return _("超 %(span)s") % {"span": lasting(self.at - due)}, "late"
        if due - self.at <= NEAR:
            return _("%(span)s后") % {"span": lasting(due - self.at)}, "near"
        return self.moment(due), ""

    def moment(self, when: datetime) -> str:
        local = when.astimezone(self.zone)
        days = (local.date() - self.today).days
        clock = f"{local.hour}:{local.minute:02d}"
        if days in self.near:
            return f"{self.near[days]} {clock}"
        if 0 < days < 7:
            return f"{_(WEEKDAYS[local.weekday()])} {clock}"
        values = {"month": month(local), "day": local.day, "year": local.year}
        if local.year == self.today.year:
            return _("%(month)s%(day)s日") % values
        return _("%(year)s年%(month)s%(day)s日") % values


def _row(r: tuple, clock: _Clock, own: categories.Catalogue) -> Row:
    (
        _id, number, leg, title, voices, place, category, turn, at_state, pause, paused_at, due, _overdue, source, body, closed_at,
    ) = r[: len(_SLOTS)]  # fmt: skip
    ended = due is None and closed_at is not None
    words, kind = (clock.moment(closed_at), "") if ended else clock.due(due, paused_at)
    return Row(
        number=number,
        key=str(number),
        label=f"{number:04d}" + (f"-{leg}" if leg > 1 else ""),
        title=title,
        more=f"+{voices - 1}" if voices > 1 else "",
        place=place or "—",
        category=category_name(category, own) or "—",
        mark="done" if at_state == State.CLOSED else MARKS.get(turn, "nobody"),
        party=body if turn == "agency" and body else PARTIES.get(turn, ""),
        state=state(at_state, pause),
        due=words,
        due_kind=kind,
        source=SOURCES.get(source, source),
    )


def row(compound: Compound, number: int, at: datetime) -> Row | None:
    """One line of the table as it stands now."""
    got = Matter.objects.filter(compound_id=compound.pk, number=number).values_list(*_SLOTS).first()
    return _row(got, _Clock(at), categories.of(compound.settings)) if got else None


def fits(compound: Compound, by: Actor, f: Filters, number: int, at: datetime) -> bool:
    """Whether a line still belongs to the list somebody looks at."""
    return filtered(compound, by, f, at).filter(number=number).exists()
