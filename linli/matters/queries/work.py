"""What somebody on site reads: what is given to them, by the time it is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.places.models import Compound
from linli.plumbing import search
from linli.plumbing.acts import Actor
from linli.plumbing.moments import WEEKDAYS, lasting, month, short

from ..models import Matter
from ..rules.parts import ONLY_NAMED
from ..rules.states import State, piece_of_work
from ..rules.times import BEGINS, UNTRIAGED, ClockKind, Urgency
from ..words import MARKS, PAUSE_REASONS, state
from .desk import visible

MOST = 60
IN_HAND = (State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED)
NOON = 12


@dataclass(frozen=True, slots=True)
class Task:
    """One card: `when` large at the left, `left` under it, one wide next act."""

    number: int
    label: str
    title: str
    note: str
    when: str
    left: str
    late: bool
    act: str
    has_phone: bool
    piece: str = ""


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    tasks: list[Task]


def given_to(by: Actor) -> Q:
    """Named to this post, or to its body without a person."""
    named = Q(handler_post_id=by.role_id)
    return named if by.role in ONLY_NAMED else named | Q(handler_body_id=by.body_id, handler_post=None)


_SLOTS = (
    "number", "leg", "title", "place", "state", "urgency", "next_clock", "next_due_at", "paused_at", "pause_reason", "arrived_at",
    "reporter_name", "reporter_person__name", "home__label", "reporter_phone", "reporter_person__phone", "reporter_account_id",
    "dispatched_at",
)  # fmt: skip


def tasks(compound: Compound, by: Actor, at: datetime) -> list[Group]:
    """One query, grouped: overdue, before noon (or 18:00), the rest of today, later, without a time."""
    if by.role_id is None or by.body_id is None:
        return []
    rows = Matter.objects.filter(given_to(by), compound_id=compound.pk, open__in=(True,), state__in=IN_HAND)
    got = rows.order_by(F("next_due_at").asc(nulls_last=True), "id").values_list(*_SLOTS)[:MOST]
    return _grouped(got, at)


def _grouped(got: Iterable[tuple], at: datetime) -> list[Group]:
    now = timezone.localtime(at)
    noon = now.replace(hour=NOON, minute=0, second=0, microsecond=0)
    night = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    titles = {
        "late": _("已超时"),
        "noon": _("12:00 前"),
        "today": _("今天"),
        "later": _("以后"),
        "stopped": _("时钟停了"),
        "none": _("没有期限"),
    }
    groups: dict[str, list[Task]] = {key: [] for key in titles}
    for r in got:
        due, paused = r[7], r[8]
        if paused:
            key = "stopped"
        elif due is None:
            key = "none"
        elif due <= at:
            key = "late"
        elif due < night:
            key = "noon" if now < noon and due <= noon else "today"
        else:
            key = "later"
        groups[key].append(_task(r, at, key))
    return [Group(key, titles[key], rows) for key, rows in groups.items() if rows]


def _task(r: tuple, at: datetime, key: str) -> Task:
    (
        number, leg, title, place, at_state, urgency, next_clock, due, paused, pause_reason, arrived, caller, person, home, phone, person_phone, account, dispatched,
    ) = r  # fmt: skip
    who = masks.name(person or caller) if person or caller else ""
    said = _("%(who)s 报") % {"who": " ".join(filter(None, [home if home != place else "", who]))} if who else ""
    when, left = _when(due, paused, pause_reason, at, key)
    if arrived and key not in {"late", "stopped"}:
        left = _("已到场")
    return Task(
        number=number,
        label=f"{number:04d}" + (f"-{leg}" if leg > 1 else ""),
        title=title,
        note=" · ".join(filter(None, [place, said])),
        when=when,
        left=left,
        late=key == "late",
        act=next_act(at_state, urgency, next_clock, arrived is not None),
        has_phone=bool(phone or person_phone or account),
        piece=piece_of_work(leg, dispatched),
    )


def _when(due: datetime | None, paused: datetime | None, reason: str, at: datetime, key: str) -> tuple[str, str]:
    if paused:
        return PAUSE_REASONS.get(reason, ""), _("停了 %(span)s") % {"span": lasting(at - paused)}
    if due is None:
        return "—", ""
    local = timezone.localtime(due)
    clock = f"{local.hour}:{local.minute:02d}"
    if key == "late":
        days = (timezone.localtime(at).date() - local.date()).days
        word = {0: clock, 1: _("昨天")}.get(days) or short(due)
        return word, _("超 %(span)s") % {"span": lasting(at - due)}
    if key == "later":
        return _later_day(local, timezone.localtime(at)), clock
    return clock, _("还有 %(span)s") % {"span": lasting(due - at)}


def _later_day(local: datetime, now: datetime) -> str:
    days = (local.date() - now.date()).days
    if days == 1:
        return _("明天")
    if days < 7:
        return _(WEEKDAYS[local.weekday()])
    return _("%(month)s%(day)s日") % {"month": month(local), "day": local.day}


def next_act(at_state: str, urgency: str, next_clock: str, arrived: bool) -> str:
    """The one wide button: take, be there, make safe where somebody could be hurt, then show it done."""
    if at_state == State.DISPATCHED:
        return "take"
    if at_state == State.SUSPENDED:
        return "resume"
    begins = BEGINS.get(Urgency(urgency or UNTRIAGED), "")
    if begins and next_clock == ClockKind.START:
        return begins
    if not arrived and not begins:
        return "arrive"
    if urgency in {"emergency", "urgent"} and next_clock == "make_safe":
        return "make_safe"
    return "resolve"


@dataclass(frozen=True, slots=True)
class Found:
    number: int
    label: str
    title: str
    note: str
    mark: str


def find(compound: Compound, by: Actor, text: str, before: int | None = None, most: int = 30) -> list[Found]:
    numbers = search.find(
        compound_id=compound.pk, ordinal=compound.ordinal, kind="matter", text=text, before=before, limit=most
    )
    rows = visible(Matter.objects.filter(compound_id=compound.pk), by).filter(number__in=numbers).order_by("-number")
    return [
        Found(n, f"{n:04d}" + (f"-{leg}" if leg > 1 else ""), title, " · ".join(filter(None, [place, state(s, why)])), MARKS.get(turn, "nobody"))
        for n, leg, title, place, s, why, turn in rows.values_list(
            "number", "leg", "title", "place", "state", "pause_reason", "turn"
        )
    ]  # fmt: skip
