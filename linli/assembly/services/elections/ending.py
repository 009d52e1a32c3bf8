"""A body's term is over: another took its place, a committee was elected, or its last day has passed (domain M11)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from linli.notices.services import To, queue
from linli.people.models import Organisation, Post
from linli.people.rules import COMMITTEE, PMC, Role
from linli.people.services.posts import end_elected, hand_on
from linli.people.signals import succeeded
from linli.plumbing.acts import CLOCK, Actor, record
from linli.plumbing.moments import whole

from ...models import Formation, Seat
from ...queries import elections as queries
from ...queries import offices, renewals
from ...rules.elections.office import ENDED, HANDED_WORDS, Ended, last_hand_over
from ...rules.elections.renewal import ORDERS
from ...rules.elections.states import IN_OFFICE, Kind, State
from .base import SUBJECT, Step, in_chinese

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
    """Its last day has passed; nobody holds a post of it any more, and what it ordered goes on with others."""
    made = Formation.objects.select_for_update(of=("self",)).get(compound_id=compound_id, pk=formation_id)
    if made.state not in IN_OFFICE or made.term_to is None or made.term_to >= timezone.localdate(at):
        return False
    _over(made, by=CLOCK, why=Ended.TERM, last_day=made.term_to, at=at)
    if made.made is None or offices.in_office(compound_id, Kind(made.kind)).exists():
        return True
    clock = replace(CLOCK, compound_id=compound_id)
    for held in offices.posts_of(made.made, MEMBERS[Kind(made.kind)], timezone.localdate(at)):
        end_elected(by=clock, post=held, last_day=made.term_to, reason=ENDED[Ended.TERM], at=at)
    succeeded.send(Organisation, body=made.made, by=CLOCK, at=at)
    if renewals.lapsed(compound_id, timezone.localdate(at)):
        _tell_lapsed(made, at)
    return True


def _tell_lapsed(made: Formation, at: datetime) -> None:
    """The community and the subdistrict that nobody sits; those who sat that only the handover is left to them."""
    assert made.term_to
    day, today = whole(last_hand_over(made.term_to, queries.rules_of(made).values)), timezone.localdate(at)
    with in_chinese():
        for kind, accounts, body in (
            ("orders", renewals.who_orders(made, today), f"请街道责令召开业主大会选举，逾期由街道组织（{ORDERS}）。原委员只办交接，{day}前交完。"),
            ("sat", renewals.who_sat(made), f"任期届满，不再履职，只办交接：{HANDED_WORDS}，{day}前交完。"),
        ):  # fmt: skip
            queue(
                compound_id=made.compound_id, to=[To(account_id=pk) for pk in accounts], kind="renewal_due",
                title=f"{made.title}任期届满，没有下一届", body=body, subject_kind=SUBJECT, subject_id=made.pk, number=made.number,
                key=f"lapsed:{kind}:{made.pk}", at=at,
            )  # fmt: skip


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
