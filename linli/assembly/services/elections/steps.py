"""A formation itself: announced, or given up."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.models import Organisation
from linli.people.rules import COMMITTEE, PMC, Body, may
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.counters import next_value
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7

from ...models import Candidate, Formation
from ...queries import elections as queries
from ...queries.renewals import pmc_renewing
from ...rules.elections.candidates import may_cancel
from ...rules.elections.nominees import may_announce
from ...rules.elections.states import Act, Kind
from .base import SUBJECT, Step, ask_at, begin, finish, in_chinese, post

CONTACT_MOST = 80
REASON_MOST = 200


def announce_pmc(
    *, by: Actor, compound: Compound, seats: int, owner_seats: int, households: int | None = None, until: date, contact: str,
    at: datetime, once: UUID | None = None,
) -> Formation:  # fmt: skip
    """The first of five steps, by the community for the subdistrict; the notice goes out with it. Raises Refused."""
    if by.compound_id != compound.pk or by.body_id is None or not _leads(by):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if once and (first := Formation.objects.filter(compound_id=compound.pk, once=once).first()):
        return first
    rules, today = profile(compound.profile), timezone.localdate(at)
    homes = len(queries.homes_with_forms(compound.pk))
    sits = queries.holders(compound.pk, Body.PMC, PMC, today) and pmc_renewing(compound.pk) is None
    no = may_announce(
        profile=rules, seats=seats, owner_seats=owner_seats, homes=homes, until=until, today=today,
        committee=queries.holders(compound.pk, Body.COMMITTEE, COMMITTEE, today),
        running=queries.running(compound.pk, Kind.PMC) or sits,
    )  # fmt: skip
    ask_at(no)
    contact = written(contact, "contact", CONTACT_MOST)
    households = households or rules.values["joint_recommendation_households"]
    made = Formation(
        id=uuid7(), compound=compound, number=0, once=once, kind=Kind.PMC, title=f"{compound.name}物业管理委员会",
        body=Organisation.objects.get(pk=by.body_id), profile=compound.profile, seats=seats, owner_seats=owner_seats,
        most=owner_seats, households=households, contact=contact, recommend_until=until, announced_at=at, homes=homes,
    )  # fmt: skip
    with in_chinese():
        words = announcement(made)
    return announced(by, made, at, once, f"关于组建{made.title}的公告", words)


def _leads(by: Actor) -> bool:
    return may(by.role, Right.ORGANISE_PMC) and may(by.role, Right.ISSUE_NOTICE)


def announced(by: Actor, made: Formation, at: datetime, once: UUID | None, title: str, words: str) -> Formation:
    try:
        with transaction.atomic():
            made.number = next_value(made.compound_id, SUBJECT)
            made.save(force_insert=True)
            step = Step(made, by, Act.ANNOUNCE, at, once)
            post(step, "public_notice", title, words)
            finish(step, data={"seats": made.seats, "owner_seats": made.owner_seats})
            return made
    except IntegrityError:
        again = Formation.objects.filter(compound_id=made.compound_id, once=once).first() if once else None
        if again is None:
            raise
        return again


def announcement(made: Formation) -> str:
    return (
        f"{made.compound.name}全体业主：\n"
        f"一、{made.title}共 {made.seats} 人，其中业主 {made.owner_seats} 人。委员会组织业主共同决定，不代替业主大会作决定。\n"
        f"二、业主可以自荐，也可以由 {made.households} 户以上联名推荐；社区党组织、居委会也可以推荐。被推荐人要书面同意。\n"
        f"三、推荐到 {whole(made.recommend_until)} 为止。一户可以联名推荐几个人，不超过 {made.owner_seats} 人。\n"
        f"四、候选人名单公布后，由两人一组挨家逐户送划票表，每户一张，最多划 {made.most} 人。\n"
        f"五、联系：{made.contact}。"
    )


@transaction.atomic
def cancel(*, by: Actor, formation: Formation, reason: str, at: datetime, once: UUID | None = None) -> Formation:
    """Everybody reads why. An election item is free again, for others to be asked for or to be dropped; once its notice is out it goes
    with the session alone. Raises Refused."""
    step = begin(formation, by=by, act=Act.CANCEL, at=at, once=once)
    if not step.done_before:
        ask(may_cancel(noticed=queries.agenda_out(step.formation)))
        step.formation.cancelled_at, step.formation.reason = at, written(reason, "reason", REASON_MOST)
        if item := step.formation.item:
            Candidate.objects.filter(compound_id=item.compound_id, item=item).delete()
            step.formation.item = None
        finish(step, words=step.formation.reason)
    return step.formation
