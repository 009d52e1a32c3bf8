"""What a resident's pages read: what waits for them, what they raised or follow, places to choose from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.people.rules import PARTY_OF_BODY, Body
from linli.places.models import Building, Compound, Entrance, Home
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import lasting, moment
from linli.plumbing.prepared import Prepared

from ..models import Clock, Follower, Matter
from ..rules.states import OPEN, Act, State
from ..words import MARKS, PAUSE_REASONS, TO_YOU
from .timeline import question_open

PAGE = 20
FIELDS = (
    "id", "kind", "matter_id", "matter__number", "matter__leg", "matter__title", "matter__state", "matter__turn", "matter__due_at",
    "matter__next_due_at", "matter__overdue", "matter__pause_reason", "matter__paused_at", "matter__outcome",
    "matter__reporter_account_id", "matter__place", "matter__open", "matter__merged_into_id", "matter__public_title",
    "matter__reported_at", "matter__handler_body__kind",
)  # fmt: skip


@dataclass
class Row:
    """One line of a resident's list. `own`: they raised it themselves."""

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


def _followed(compound_id: UUID, account_id: UUID) -> QuerySet[Follower]:
    return Follower.objects.filter(compound_id=compound_id, account_id=account_id, left_at=None).order_by("-id")


_mine = Prepared(lambda **who: _followed(**who).values_list(*FIELDS)[: PAGE + 1])
_mine_after = Prepared(lambda after, **who: _followed(**who).filter(id__lt=after).values_list(*FIELDS)[: PAGE + 1])


def mine(*, compound: Compound, account_id: UUID | None, now: datetime, after: UUID | None = None) -> list[Row]:
    """What the account raised or follows, newest first; one query whatever the number. One more than PAGE tells of a next page."""
    given = {"compound_id": compound.pk, "account_id": account_id}
    rows = _mine_after.all(**given, after=after) if after else _mine.all(**given)
    return [_row(dict(zip(FIELDS, values, strict=True)), account_id, now) for values in rows]


def _row(v: dict[str, Any], account_id: UUID | None, now: datetime) -> Row:
    own = v["matter__reporter_account_id"] == account_id
    state = State(v["matter__state"])
    waits = own and state == State.RESOLVED
    leg = v["matter__leg"]
    return Row(
        key=v["id"], matter_id=v["matter_id"], number=v["matter__number"], label=f"{v['matter__number']:04d}" + (f"-{leg}" if leg > 1 else ""),
        title=v["matter__title"] if own else v["matter__public_title"] or v["matter__title"], note=_note(v, state, own, now),
        mark="done" if state == State.CLOSED else "nobody" if state not in OPEN else ("you" if waits else _mark(v["matter__turn"])),
        waits=waits, open=state in OPEN, own=own, place=v["matter__place"] if own else "", kind=v["kind"],
        pill=_pill(v, state, now),
        party=TO_YOU[PARTY_OF_BODY[Body(v["matter__handler_body__kind"])]] if v["matter__handler_body__kind"] else "",
    )  # fmt: skip


def _mark(turn: str) -> str:
    return MARKS.get(turn, "nobody") if turn != "reporter" else "nobody"


def late(due: datetime | None, paused_at: datetime | None, now: datetime) -> bool:
    return due is not None and paused_at is None and due < now


def _pill(v: dict[str, Any], state: State, now: datetime) -> str:
    """How late it is, while somebody still works on it."""
    due = v["matter__due_at"] or v["matter__next_due_at"]
    if due is None or state not in OPEN - {State.RESOLVED, State.VISITED} or not late(due, v["matter__paused_at"], now):
        return ""
    return _("超 %(span)s") % {"span": lasting(now - due)}


def _note(v: dict[str, Any], state: State, own: bool, now: datetime) -> str:
    if state not in OPEN:
        return ended(state, v["matter__outcome"])
    if state == State.RESOLVED:
        return _("请您看一看") if own else _("说办好了，等报告人看")
    turn = _("轮到%(party)s") % {"party": TO_YOU.get(v["matter__turn"], "")}
    if state == State.SUSPENDED and v["matter__paused_at"]:
        given = {
            "reason": PAUSE_REASONS.get(v["matter__pause_reason"], ""),
            "span": lasting(now - v["matter__paused_at"]),
        }
        return _("%(turn)s · %(reason)s，时钟停了 %(span)s") % {"turn": turn, **given}
    due = v["matter__due_at"] or v["matter__next_due_at"]
    if due is None or late(due, None, now):
        return turn
    return _("%(turn)s · 答应%(when)s 前") % {"turn": turn, "when": moment(due, now)}


def ended(state: str, outcome: str) -> str:
    if state == State.CLOSED:
        told = {
            "fixed": _("办好了"), "explained": _("解释清楚了"), "legal_bar": _("法律不允许，说明过了"),
            "not_ours": _("不归小区管，说明过了"), "not_confirmed": _("没有人回话，先归档"),
        }  # fmt: skip
        return told.get(outcome, _("办结了"))
    return {State.DECLINED: _("没有受理"), State.MERGED: _("并到另一件一起办"), State.WITHDRAWN: _("撤回了")}.get(
        State(state), ""
    )


def asked(*, compound: Compound, rows: list[Row]) -> dict[UUID, str]:
    """Of these own matters, those whose last question waits for the reporter, with the question; one query."""
    ids = [row.matter_id for row in rows if row.own and row.open]
    if not ids:
        return {}
    talk = list(
        AuditEntry.objects.filter(compound_id=compound.pk, subject_id__in=ids, act__in=[Act.ASK, Act.ANSWER]).order_by(
            "-at", "-id"
        )
    )
    found = {pk: question_open([e for e in talk if e.subject_id == pk], to_reporter=True) for pk in ids}
    return {pk: words for pk, words in found.items() if words}


def clock_of(matter: Matter) -> Clock | None:
    """The promise people are shown: to finish, if there is one; else the nearest that runs."""
    clocks = list(
        Clock.objects.filter(compound_id=matter.compound_id, matter=matter, leg=matter.leg, done_at=None).order_by(
            "due_at"
        )
    )
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


@dataclass
class Places:
    """What the place chips offer: the own home, the own building's entrances, all other buildings and entrances."""

    home: Home | None
    own: list[Stair]
    buildings: list[tuple[str, list[tuple[str, str]]]]
    entrances: dict[str, Stair]


_home = Prepared(lambda compound_id, pk: Home.objects.filter(compound_id=compound_id, pk=pk))
_stairs = Prepared(
    lambda compound_id: (
        Entrance.objects.filter(compound_id=compound_id)
        .order_by("building__position", "building__key", "position", "key")
        .values_list("id", "compound_id", "key", "label", "building_id", "building__key", "building__label")
    )
)


def places(*, compound: Compound, home_id: UUID | None) -> Places:
    """Two queries, the second for the home alone."""
    entrances = {str(row[0]): Stair(*row) for row in _stairs.all(compound_id=compound.pk)}
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, e in entrances.items():
        rows = groups.get(e.building_label)
        if rows is None:
            unsure = (f"b:{e.building_id}", _("%(building)s，说不清单元") % {"building": e.building_label})
            rows = groups.setdefault(e.building_label, [unsure])
        rows.append((f"e:{key}", f"{e.building_label}{e.name}"))
    home = _home.first(compound_id=compound.pk, pk=home_id) if home_id else None
    if home:
        home.entrance = entrances[str(home.entrance_id)].entrance
        home.building = home.entrance.building
    own = [e for e in entrances.values() if home and e.building_id == home.building_id]
    return Places(home, own, list(groups.items()), entrances)
