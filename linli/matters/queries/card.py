"""The turn card of one matter: whose turn, since when, what was promised, how much of the time is gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from linli.kernel.clock import Calendar, Span, elapsed_share
from linli.people.rules import PARTY_OF_BODY, Body
from linli.plumbing.moments import day, lasting, moment, short

from ..models import Clock, Matter
from ..rules import times
from ..rules.states import OPEN, State
from ..words import MARKS, PAUSE_REASONS, TO_YOU
from .resident import ended

NEAR = 80


@dataclass(frozen=True)
class Card:
    """`promise`: the clock's kind, for the sentence; `state` as the clock bar's: '', near, stopped, late."""

    mark: str
    title: str
    note: str
    late: bool = False
    promise: str = ""
    when: str = ""
    share: int = 0
    left: str = ""
    right: str = ""
    state: str = ""
    due_at: datetime | None = None


def card(matter: Matter, clock: Clock | None, calendar: Calendar, *, own: bool, now: datetime) -> Card:
    mark, title, note = _turn(matter, own, now)
    if clock is None or matter.state not in OPEN or matter.state == State.RESOLVED:
        return Card(mark, title, note)
    state, right = _right(matter, clock, now)
    gone, total = _share(clock, calendar, clock.paused_at or now)
    share = 100 * gone // total
    if state == "" and share >= NEAR:
        state = "near"
    return Card(
        mark, title, note, late=state == "late", promise=clock.kind, when=moment(clock.due_at, now), share=share,
        left=short(clock.started_at), right=right, state=state, due_at=clock.due_at,
    )  # fmt: skip


def handler_name(matter: Matter) -> str:
    body = matter.handler_body
    return TO_YOU[PARTY_OF_BODY[Body(body.kind)]] if body else TO_YOU.get(matter.desk, "")


def handed_to(matter: Matter) -> str:
    """The body and, where one is named, the person: for those who work here."""
    body = matter.handler_body.name if matter.handler_body else ""
    post = matter.handler_post.holder_name if matter.handler_post else ""
    return f"{body} {post}".strip()


def _turn(matter: Matter, own: bool, now: datetime) -> tuple[str, str, str]:
    state = State(matter.state)
    if state not in OPEN:
        since = moment(matter.closed_at or matter.turn_since, now)
        if own and matter.visit_due_at:
            since = _("%(when)s · 还会有人来问您一声") % {"when": since}
        return ("done" if state == State.CLOSED else "nobody"), ended(state, matter.outcome), since
    if state == State.RESOLVED:
        said = _("%(party)s说办好了，请您看一看") if own else _("%(party)s说办好了，等报告人看一看")
        said %= {"party": handler_name(matter)}
        return ("you", _("轮到您"), said) if own else ("nobody", _("轮到报告人"), said)
    title = _("轮到%(party)s") % {"party": TO_YOU.get(matter.turn, "")}
    if state == State.SUSPENDED and matter.review_at:
        given = {"reason": PAUSE_REASONS.get(matter.pause_reason, ""), "day": day(matter.review_at, now)}
        return MARKS[matter.turn], title, _("%(reason)s，%(day)s再看") % given
    given = {"since": moment(matter.turn_since, now), "span": lasting(now - matter.turn_since)}
    since = _("%(since)s 起 · 已经 %(span)s") if now - matter.turn_since >= timedelta(minutes=1) else _("%(since)s 起")
    return MARKS[matter.turn], title, since % given


def _right(matter: Matter, clock: Clock, now: datetime) -> tuple[str, str]:
    if clock.paused_at:
        given = {"reason": PAUSE_REASONS.get(matter.pause_reason, _("在等")), "span": lasting(now - clock.paused_at)}
        return "stopped", _("%(reason)s，停了 %(span)s") % given
    if now > clock.due_at:
        return "late", _("超 %(span)s") % {"span": lasting(now - clock.due_at)}
    return "", _("还有 %(span)s") % {"span": lasting(clock.due_at - now)}


def _share(clock: Clock, calendar: Calendar, now: datetime) -> tuple[int, int]:
    # A promise of its own date (a project's) has no standard length: it runs as the calendar does.
    span = times.span(clock.kind, clock.urgency) or Span.minutes(1)
    return elapsed_share(clock.started_at, clock.due_at, now, span, calendar)
