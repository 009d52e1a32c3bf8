"""Who answers for a promise of time, who is told when it is broken, and the word of those who press for it (督办)."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from linli.notices.services import To, queue
from linli.people.models import Organisation, Post
from linli.people.queries import in_term
from linli.people.rules import Role
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.moments import day_and_hour
from linli.plumbing.whole import one_act

from ..models import Clock, Matter
from ..rules.danger import AT_ONCE
from ..rules.states import AT_DESK, Act, State
from ..rules.times import CLOCKS, URGENCIES, ClockKind, Urgency
from .bodies import HEADS, TOLD_MOST, at_desk, holders
from .intake import responsible
from .steps import SUBJECT, begin, finish, running

# The tripartite meeting: branch, committee (or PMC), property company (domain §1.3); the community sees that it is called.
TRIPARTITE = (Role.BRANCH_SECRETARY, Role.COMMITTEE_CHAIR, Role.PMC_CHAIR, Role.PROPERTY_MANAGER)


def body_of(matter: Matter, clock: Clock | None, compound: Compound) -> Organisation | None:
    """Who answers for the time: the handler, while nobody has it the desk's own body."""
    if State(matter.state) not in AT_DESK and matter.handler_body:
        return matter.handler_body
    return (
        matter.first_receiver
        or (clock and clock.body)
        or responsible(compound, matter.desk)
        or responsible(compound, "community")
    )


def in_charge(matter: Matter, body: Organisation | None, today: date) -> list[To]:
    if State(matter.state) not in AT_DESK and matter.handler_post:
        return [To(matter.handler_post.account_id)]
    return at_desk(body, today) if body else []


def call_the_hands(matter: Matter, body: Organisation, *, by: Actor, key: str, at: datetime) -> None:
    """What runs day and night does not wait until somebody looks at a list."""
    if matter.urgency not in AT_ONCE or matter.next_due_at is None:
        return
    to = [one for one in in_charge(matter, body, timezone.localdate(at)) if one.account_id != by.account_id]
    due = f"{day_and_hour(matter.next_due_at)} 前{CLOCKS[ClockKind(matter.next_clock)]}"
    queue(
        compound_id=matter.compound_id, to=to, kind="hands", title=f"{URGENCIES[Urgency(matter.urgency)]}：第 {matter.label} 号派给您了，{due}",
        body=matter.title, subject_kind=SUBJECT, subject_id=matter.pk, number=matter.number, key=key, at=at, rank=0,
    )  # fmt: skip


def superiors(body: Organisation | None, compound: Compound, today: date) -> list[To]:
    """A body without a head of its own answers to the community."""
    return (holders(body, today, HEADS) if body else []) or community_heads(compound, today)


def community_heads(compound: Compound, today: date) -> list[To]:
    community = responsible(compound, "community")
    return holders(community, today, HEADS) if community else []


def tripartite(compound: Compound, today: date) -> list[To]:
    posts = Post.objects.filter(
        in_term(today), organisation__compound_id=compound.pk, organisation__ended_on=None,
        kind__in=TRIPARTITE, account__is_active=True,
    )  # fmt: skip
    community = responsible(compound, "community")
    heads = holders(community, today, (Role.COMMUNITY_SECRETARY,)) if community else []
    return [*map(To, posts.order_by("from_day", "id").values_list("account_id", flat=True)[:TOLD_MOST]), *heads]


@one_act()
def supervise(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    """A head of the tripartite meeting, or of the community, presses for it in public: the reporter reads it in the
    timeline, the handler and the handler's head are told."""
    step = begin(matter, by=by, act=Act.SUPERVISE, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    m, today = step.matter, timezone.localdate(at)
    entry = finish(step)
    body = body_of(m, next(iter(running(m)), None), step.compound)
    to = {t.account_id: t for t in [*in_charge(m, body, today), *superiors(body, step.compound, today)]}
    to.pop(by.account_id, None)
    queue(
        compound_id=m.compound_id, to=to.values(), kind=Act.SUPERVISE, title=f"第 {m.label} 号被督办了", body=step.words,
        subject_kind=SUBJECT, subject_id=m.pk, number=m.number, key=str(entry.pk), at=at, rank=0,
    )  # fmt: skip
    return m
