"""A body's term is over: another took its place, a committee was elected, or its last day has passed (domain M11)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from linli.people.models import Organisation, Post
from linli.people.rules import COMMITTEE, PMC, Role
from linli.people.services.posts import end_elected, hand_on
from linli.people.signals import succeeded
from linli.plumbing.acts import CLOCK, Actor, record

from ...models import Formation, Seat
from ...queries import offices
from ...rules.elections.office import ENDED, Ended
from ...rules.elections.states import IN_OFFICE, Kind, State
from .base import SUBJECT, Step

MEMBERS = {Kind.COMMITTEE: [*COMMITTEE, Role.ALTERNATE_MEMBER], Kind.PMC: list(PMC)}


def supersede(step: Step, kind: Kind, body: Organisation, why: Ended) -> None:
    """Whoever holds a post in that body held it until yesterday, and its formations are over."""
    last_day = step.today - timedelta(days=1)
    for held in offices.posts_of(body, MEMBERS[kind], step.today):
        end_elected(by=step.by, post=held, last_day=last_day, reason=ENDED[why], at=step.at)
    for made in offices.in_office(step.formation.compound_id, kind):
        if made.pk != step.formation.pk:
            _over(made, by=step.by, why=why, last_day=last_day, at=step.at)


def pass_on(step: Step, body: Organisation) -> None:
    """What another body had in hand and had ordered is from now on the one's that was elected: its members hold their posts."""
    assert step.formation.made
    hand_on(by=step.by, old=body, new=step.formation.made, at=step.at)
    succeeded.send(Organisation, body=body, by=step.by, at=step.at)


@transaction.atomic
def end_term(*, formation_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Its last day has passed; nobody holds a post of it any more, and what a property management committee ordered goes on with others."""
    made = Formation.objects.select_for_update(of=("self",)).get(compound_id=compound_id, pk=formation_id)
    if made.state not in IN_OFFICE or made.term_to is None or made.term_to >= timezone.localdate(at):
        return False
    _over(made, by=CLOCK, why=Ended.TERM, last_day=made.term_to, at=at)
    if (
        made.kind == Kind.PMC
        and made.made
        and not offices.posts_of(made.made, MEMBERS[Kind.PMC], timezone.localdate(at))
    ):
        succeeded.send(Organisation, body=made.made, by=CLOCK, at=at)
    return True


def _over(made: Formation, *, by: Actor, why: Ended, last_day: date, at: datetime) -> None:
    sat = [row.pk for row in offices.holding(made)]
    Seat.objects.filter(compound_id=made.compound_id, pk__in=sat).update(to_day=last_day, ended_why=ENDED[why])
    made.state = State.ENDED
    made.save(update_fields=["state"])
    record(
        by=by, act="formation_ended", subject_kind=SUBJECT, subject_id=made.pk, at=at, compound_id=made.compound_id, words=ENDED[why],
        data={"why": why},
    )  # fmt: skip


def let_go(step: Step, seat: Seat, last_day: date, why: str) -> None:
    """The post that goes with a seat."""
    held = (
        Post.objects.select_related("organisation__compound").filter(pk=seat.post_id).first() if seat.post_id else None
    )
    if held:
        end_elected(by=step.by, post=held, last_day=last_day, reason=why, at=step.at)
