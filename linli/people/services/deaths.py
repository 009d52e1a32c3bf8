"""That somebody has died: proposed with a paper, in force when a second confirms; a wrong record is corrected by another."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused, written
from linli.people.access import may_propose_owners
from linli.people.models import Assistance, Binding, Ownership, Person, Post, RegisterChange, Residency
from linli.people.rules.bindings import same_name
from linli.people.rules.tenure import refuse_unproved
from linli.people.signals import told
from linli.places.models import Home
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7

from .bindings import end_binding
from .evidence import sealed
from .posts import end_with_holder

DIED, ALIVE = "died", "alive"
DEATHS = (DIED, ALIVE)


@transaction.atomic
def propose_death(
    *, by: Actor, home: Home, person: Person, day: date | None, reason: str, paper: bytes, at: datetime, alive: bool = False,
    once: UUID | None = None,
) -> RegisterChange:  # fmt: skip
    """`day`: of death; `alive`: the death on record is wrong. Raises Refused."""
    if by.account_id is None:
        raise ValueError("a change of the register has an author")
    compound_id = home.compound_id
    if earlier := done_before(compound_id, once):
        return RegisterChange.objects.get(compound_id=compound_id, pk=earlier.subject_id)
    person = Person.objects.select_for_update().get(compound_id=compound_id, pk=person.pk)
    today = timezone.localdate(at)
    _belongs(person, home)
    if alive:
        day = today
        if person.deceased_on is None:
            raise Refused(Refusal("as_it_is", _("没有登记过去世，不用更正")))
    elif day is None or day > today:
        raise Refused(Refusal("day", _("写去世的日期，今天或者以前"), _("民法典第十五条")), "day")
    elif day == person.deceased_on:
        raise Refused(Refusal("as_it_is", _("已经登记的就是这一天")), "day")
    if RegisterChange.objects.filter(
        compound_id=compound_id, person=person, kind__in=DEATHS, state="proposed"
    ).exists():
        raise Refused(Refusal("proposed", _("这一条已经提过，等第二个人确认")))
    owns = Ownership.objects.filter(compound_id=compound_id, person=person, to_day=None).exists()
    if owns and (no := may_propose_owners(by, compound_id, today)):
        raise Refused(no)
    if unproved := refuse_unproved(bool(paper), _("民法典第十五条")):
        raise Refused(*unproved)
    change = RegisterChange(
        id=uuid7(), compound_id=compound_id, kind=ALIVE if alive else DIED, home=home, person=person, day=day,
        reason=written(reason, "reason", 200), paper=sealed(compound_id, paper), proposed_by=by.account_id, proposed_at=at,
    )  # fmt: skip
    change.save(force_insert=True)
    record(
        by=by, act="propose_death", subject_kind="register_change", subject_id=change.pk, at=at, compound_id=compound_id,
        person_id=person.pk, words=change.reason, data={"kind": change.kind, "home": str(home.pk)}, once=once,
    )  # fmt: skip
    return change


def _belongs(person: Person, home: Home) -> None:
    here = {"compound_id": home.compound_id, "home": home, "person": person}
    if person.is_organisation or not any(rows.objects.filter(**here).exists() for rows in (Ownership, Residency)):
        raise Refused(Refusal("not_here", _("名册里这一户没有这个人")))


def take_effect(*, by: Actor, change: RegisterChange, at: datetime) -> None:
    """What was said and done in lifetime stays; nobody speaks for the dead from now on. Ownership does not end: the heirs hold
    from that day (Civil Code 230), and are entered as owners by hand. A correction brings back the person and nothing else."""
    person = change.person
    person.deceased_on = change.day if change.kind == DIED else None
    person.save(update_fields=["deceased_on"])
    if change.kind == ALIVE:
        return
    here = {"compound_id": change.compound_id, "person": person}
    reason = _("名册登记：本人已经去世，账号不能再替他说话、投票")
    bindings = list(Binding.objects.filter(**here, state__in=("confirmed", "asked")).order_by("pk"))
    homes = _homes(person)
    Residency.objects.filter(**here, to_day=None).update(to_day=change.day)
    Assistance.objects.filter(**here, ends_at__gt=at).update(ends_at=at)
    for post in _posts(change, [one.account_id for one in bindings if one.state == "confirmed"]):
        end_with_holder(by=by, post=post, day=change.day, reason=reason, at=at)
    for binding in bindings:
        end_binding(by=by, binding=binding, reason=reason, at=at)
    _tell_household(change, homes, at)


def _homes(person: Person) -> set[UUID]:
    here = {"compound_id": person.compound_id, "person": person, "to_day": None}
    owned = Ownership.objects.filter(**here).values_list("home_id", flat=True)
    return {*owned, *Residency.objects.filter(**here).values_list("home_id", flat=True)}


def _posts(change: RegisterChange, accounts: list[UUID]) -> list[Post]:
    """Held here under this person's name: the telephone may be somebody else's, too."""
    compound = change.compound
    rows = Post.objects.select_related("organisation", "account").filter(
        Q(organisation__compound=compound) | Q(organisation__compound=None, organisation__community=compound.community_id),
        account__in=accounts,
    )  # fmt: skip
    return [post for post in rows.order_by("pk") if same_name(post.holder_name, change.person.name)]


def _tell_household(change: RegisterChange, homes: set[UUID], at: datetime) -> None:
    """Owners and family with an account: they see that it is on record, and where to say that it is wrong."""
    rows = Binding.objects.filter(
        compound_id=change.compound_id, home__in=homes, state="confirmed", relation__in=("owner", "family")
    )
    labels: dict[UUID, str] = {}
    for account, home in rows.order_by("home__label").values_list("account_id", "home__label"):
        labels.setdefault(account, home)
    for account, home in labels.items():
        told.send(
            sender=RegisterChange, compound_id=change.compound_id, account_id=account, kind="confirm_death",
            title=_("%(home)s：%(name)s 已登记去世") % {"home": home, "name": masks.name(change.person.name)},
            body=_("房子在继承中，业主大会照样把这一户算在内。继承人请带证明找社区登记；登记错了，也请马上告诉社区。"),
            subject_kind="register_change", subject_id=change.pk, key=f"confirm_death:{change.pk}:{account}", at=at,
        )  # fmt: skip
