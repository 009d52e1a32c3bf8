"""What a resident's pages read: what waits for them, what they raised or follow, places to choose from."""

from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.people.rules import PARTY_OF_BODY, RESIDENTS, Body
from linli.places.models import Building, Compound, Entrance, Home
from linli.plumbing.acts import Actor
from linli.plumbing.moments import lasting, moment
from linli.plumbing.prepared import Prepared
from linli.plumbing.sheets import Table

from ..models import Clock, Follower, Matter
from ..rules.states import OPEN, State
from ..words import MARKS, PAUSE_REASONS, STATES, TO_YOU

PAGE = 20
RUNNING = OPEN - {State.RESOLVED, State.VISITED}
FIELDS = (
    "id", "kind", "matter_id", "matter__number", "matter__leg", "matter__title", "matter__state", "matter__turn", "matter__due_at",
    "matter__next_due_at", "matter__pause_reason", "matter__paused_at", "matter__outcome", "matter__reporter_account_id",
    "matter__place", "matter__public_title", "matter__handler_body__kind", "matter__asked",
)  # fmt: skip


ENDED = {
    "fixed": gettext_lazy("办好了"), "explained": gettext_lazy("解释清楚了"), "legal_bar": gettext_lazy("法律不允许，说明过了"),
    "not_ours": gettext_lazy("不归小区管，说明过了"), "not_confirmed": gettext_lazy("没有人回话，先归档"), "": gettext_lazy("办结了"),
}  # fmt: skip
LEFT = {
    State.DECLINED: gettext_lazy("没有受理"),
    State.MERGED: gettext_lazy("并到另一件一起办"),
    State.WITHDRAWN: gettext_lazy("撤回了"),
}


class _Line(NamedTuple):
    """FIELDS of one row."""

    id: UUID
    kind: str
    matter_id: UUID
    number: int
    leg: int
    title: str
    state: str
    turn: str
    due_at: datetime | None
    next_due_at: datetime | None
    pause_reason: str
    paused_at: datetime | None
    outcome: str
    reporter_account_id: UUID | None
    place: str
    public_title: str
    handler_kind: str | None
    asked: str


class Row(NamedTuple):
    """One line of a resident's list. `own`: they raised it themselves. `asked`: a question waits for their answer."""

    key: UUID
    matter_id: UUID
    number: int
    label: str
    title: str
    note: str
    mark: str
    waits: bool
    open: bool
    own: bool
    place: str
    pill: str = ""
    kind: str = ""
    party: str = ""
    asked: str = ""


def _followed(compound_id: UUID, account_id: UUID) -> QuerySet[Follower]:
    return Follower.objects.filter(compound_id=compound_id, account_id=account_id, left_at=None).order_by("-id")


_mine = Prepared(lambda **who: _followed(**who).values_list(*FIELDS)[: PAGE + 1])
_mine_after = Prepared(lambda after, **who: _followed(**who).filter(id__lt=after).values_list(*FIELDS)[: PAGE + 1])


def mine(*, compound: Compound, account_id: UUID | None, now: datetime, after: UUID | None = None) -> list[Row]:
    """What the account raised or follows, newest first; one query whatever the number. One more than PAGE tells of a next page."""
    given = {"compound_id": compound.pk, "account_id": account_id}
    rows = _mine_after.all(**given, after=after) if after else _mine.all(**given)
    return [_row(_Line._make(values), account_id, now) for values in rows]


def _row(v: _Line, account_id: UUID | None, now: datetime) -> Row:
    own, state = v.reporter_account_id == account_id, v.state
    waits = own and state == State.RESOLVED
    is_open = state in OPEN
    asked = v.asked if own and is_open else ""
    pill = _pill(v, now) if state in RUNNING and not asked else ""
    return Row(
        key=v.id, matter_id=v.matter_id, number=v.number, label=f"{v.number:04d}" + (f"-{v.leg}" if v.leg > 1 else ""),
        title=v.title if own else v.public_title, note=_note(v, own, now) if is_open else ended(state, v.outcome),
        mark=("you" if waits or asked else _mark(v.turn)) if is_open else "done" if state == State.CLOSED else "nobody",
        waits=waits, open=is_open, own=own, place=v.place if own else "", kind=v.kind, pill=pill,
        party=TO_YOU[PARTY_OF_BODY[Body(v.handler_kind)]] if v.handler_kind else "", asked=asked,
    )  # fmt: skip


def _mark(turn: str) -> str:
    return MARKS.get(turn, "nobody") if turn != "reporter" else "nobody"


def late(due: datetime | None, paused_at: datetime | None, now: datetime) -> bool:
    return due is not None and paused_at is None and due < now


def _pill(v: _Line, now: datetime) -> str:
    """How late it is, while somebody still works on it."""
    due = v.due_at or v.next_due_at
    return _("超 %(span)s") % {"span": lasting(now - due)} if due and late(due, v.paused_at, now) else ""


def _note(v: _Line, own: bool, now: datetime) -> str:
    if v.state == State.RESOLVED:
        return _("请您看一看") if own else _("说办好了，等报告人看")
    if own and v.asked:
        return _("问了您，等您回答")
    turn = _("轮到%(party)s") % {"party": TO_YOU.get(v.turn, "")}
    if v.state == State.SUSPENDED and v.paused_at:
        given = {"reason": PAUSE_REASONS.get(v.pause_reason, ""), "span": lasting(now - v.paused_at)}
        return _("%(turn)s · %(reason)s，时钟停了 %(span)s") % {"turn": turn, **given}
    due = v.due_at or v.next_due_at
    if due is None or due < now:
        return turn
    return _("%(turn)s · 答应%(when)s 前") % {"turn": turn, "when": moment(due, now)}


def ended(state: str, outcome: str) -> str:
    said = ENDED.get(outcome, ENDED[""]) if state == State.CLOSED else LEFT.get(State(state), "")
    return str(said)


_running = Prepared(
    lambda compound_id, matter_id: Clock.objects.filter(
        compound_id=compound_id, matter_id=matter_id, done_at=None
    ).order_by("due_at")
)


def clock_of(matter: Matter) -> Clock | None:
    """The promise people are shown: to finish, if there is one; else the nearest that runs."""
    rows = _running.all(compound_id=matter.compound_id, matter_id=matter.pk)
    clocks = [clock for clock in rows if clock.leg == matter.leg]
    return next((c for c in clocks if c.kind == "finish"), clocks[0] if clocks else None)


class Stair(NamedTuple):
    """An entrance as the place chips offer it; rows of models only for the one that is chosen."""

    pk: UUID
    compound_id: UUID
    key: str
    label: str
    building_id: UUID
    building_key: str
    building_label: str

    @property
    def name(self) -> str:
        return self.label or self.key

    @property
    def building(self) -> Building:
        return Building(
            id=self.building_id, compound_id=self.compound_id, key=self.building_key, label=self.building_label
        )

    @property
    def entrance(self) -> Entrance:
        return Entrance(
            id=self.pk, compound_id=self.compound_id, building=self.building, key=self.key, label=self.label
        )


_home = Prepared(
    lambda compound_id, pk: Home.objects.select_related("building", "entrance").filter(compound_id=compound_id, pk=pk)
)
_stairs = Prepared(
    lambda compound_id: (
        Entrance.objects.filter(compound_id=compound_id)
        .order_by("building__position", "building__key", "position", "key")
        .values_list("id", "compound_id", "key", "label", "building_id", "building__key", "building__label")
    )
)


class Places:
    """What the place chips offer: the own home, the own building's entrances, all other buildings and entrances.

    One query for the home, and one for the rest if it is asked for.
    """

    def __init__(self, *, compound: Compound, home_id: UUID | None) -> None:
        self.compound_id = compound.pk
        self.home: Home | None = _home.first(compound_id=compound.pk, pk=home_id) if home_id else None

    @cached_property
    def entrances(self) -> dict[str, Stair]:
        return {str(row[0]): Stair(*row) for row in _stairs.all(compound_id=self.compound_id)}

    @property
    def own(self) -> list[Stair]:
        return [e for e in self.entrances.values() if self.home and e.building_id == self.home.building_id]

    @property
    def buildings(self) -> list[tuple[str, list[tuple[str, str]]]]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, e in self.entrances.items():
            rows = groups.get(e.building_label)
            if rows is None:
                unsure = (f"b:{e.building_id}", _("%(building)s，说不清单元") % {"building": e.building_label})
                rows = groups.setdefault(e.building_label, [unsure])
            rows.append((f"e:{key}", f"{e.building_label}{e.name}"))
        return list(groups.items())


def names_for(*, compound_id: UUID, by: Actor, numbers: Collection[int]) -> dict[int, str]:
    """What matters told of in a resident's inbox are called: by the reporter's words to the reporter alone."""
    if by.role not in RESIDENTS or by.account_id is None or not numbers:
        return {}
    rows = Matter.objects.filter(compound_id=compound_id, number__in=numbers).values_list(
        "number", "title", "public_title", "reporter_account_id"
    )
    return {n: title if account == by.account_id else public for n, title, public, account in rows}


def raised_by(*, compound: Compound, account_id: UUID, now: datetime) -> Table:
    """What the account raised, whole, for its own copy; newest first."""
    rows = Matter.objects.filter(compound_id=compound.pk, reporter_account_id=account_id).order_by("-id")
    return Table(
        _("我说过的事"),
        [_("编号"), _("什么时候"), _("写了什么"), _("到哪一步")],
        [[m.label, moment(m.reported_at, now), m.words, str(STATES[State(m.state)])] for m in rows],
    )
