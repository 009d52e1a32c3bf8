"""As what an account may act in a compound, today. The only place where a session becomes an actor."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal
from linli.places.models import Community, Compound, Home
from linli.plumbing.acts import Actor
from linli.plumbing.numbers import uuid_in
from linli.plumbing.prepared import Prepared
from linli.plumbing.tenancy import unscoped

from .models import Account, Assistance, Binding, DataRequest, ExportRequest, Organisation, Person, Post, RegisterChange
from .queries import in_term
from .rules import DESK, PARTY_OF_BODY, RESIDENTS, RIGHTS, Act, Body, Role, may, may_see_paper
from .words import RELATIONS, ROLES

__all__ = [
    "Place",
    "Standing",
    "communities",
    "community_standing",
    "may_act",
    "places_of",
    "standing_by_key",
    "standings",
]

# A subdistrict may have hundreds of compounds; nobody chooses from a list that long.
PLACES_MOST = 300


@dataclass(frozen=True)
class Standing:
    """One way to act here. `key` goes into the session, `label` onto every page."""

    key: str
    label: str
    actor: Actor
    account: Account
    party: str


def reaches(organisation: Organisation, compound: Compound) -> bool:
    """A compound's body acts there; a community's in all its compounds; a subdistrict's in all below it."""
    if organisation.compound_id:
        return organisation.compound_id == compound.pk
    if organisation.community_id:
        return organisation.community_id == compound.community_id
    return organisation.subdistrict_id is not None and organisation.subdistrict_id == compound.community.subdistrict_id


def _from_post(post: Post, compound: Compound) -> Standing:
    body = post.organisation
    label = f"{body.name} {ROLES.get(post.kind, post.kind)}"
    actor = Actor(
        account_id=post.account_id, role=post.kind, role_id=post.pk, body_id=body.pk, body_kind=body.kind,
        compound_id=compound.pk, label=label, scope={"buildings": post.buildings, "specialties": post.specialties},
    )  # fmt: skip
    return Standing(f"post:{post.pk}", label, actor, post.account, PARTY_OF_BODY.get(Body(body.kind), "community"))


def _from_binding(binding: Binding, compound: Compound) -> Standing:
    role = Role.OWNER if binding.relation == "owner" else Role.OCCUPANT
    name = masks.name(binding.person.name) if binding.person else masks.name(binding.claimed_name)
    label = f"{binding.home.label} {name} {RELATIONS.get(binding.relation, '')}".strip()
    actor = Actor(
        account_id=binding.account_id, role=role, role_id=binding.pk, person_id=binding.person_id,
        home_id=binding.home_id, compound_id=compound.pk, label=label,
    )  # fmt: skip
    return Standing(f"binding:{binding.pk}", label, actor, binding.account, "reporter")


def _posts(today: date, compound_id: UUID, community_id: UUID, subdistrict_id: UUID):
    return Post.objects.select_related("account", "organisation").filter(
        in_term(today),
        Q(organisation__compound_id=compound_id)
        | Q(organisation__compound=None, organisation__community_id=community_id)
        | Q(organisation__compound=None, organisation__community=None, organisation__subdistrict_id=subdistrict_id),
        account__is_active=True,
    )


SHOWN = (
    "relation",
    "claimed_name",
    "compound_id",
    "person__compound_id",
    "person__name",
    "home__compound_id",
    "home__label",
)


def _bindings(compound_id: UUID):
    return Binding.objects.select_related("account", "person", "home").filter(
        compound_id=compound_id, state="confirmed", account__is_active=True
    )


_post = Prepared(lambda pk, account_id, **where: _posts(**where).filter(pk=pk, account_id=account_id))
_binding = Prepared(
    lambda pk, account_id, compound_id: (
        _bindings(compound_id)
        .filter(pk=pk, account_id=account_id)
        .only(*SHOWN, *(f"account__{f.name}" for f in Account._meta.fields))
    )
)


def _reach(compound: Compound) -> dict[str, UUID]:
    return {
        "compound_id": compound.pk,
        "community_id": compound.community_id,
        "subdistrict_id": compound.community.subdistrict_id,
    }


def standings(account_id: UUID, compound: Compound, today: date) -> list[Standing]:
    found: Iterable[Standing] = [
        _from_post(p, compound) for p in _posts(today, **_reach(compound)).filter(account_id=account_id)
    ]
    return [
        *found,
        *(
            _from_binding(b, compound)
            for b in _bindings(compound.pk).filter(account_id=account_id).order_by("asked_at")
        ),
    ]


def standing_by_key(key: str, account_id: UUID, compound: Compound, today: date) -> Standing | None:
    """The standing the session names, if it still holds today and here; one query, account included."""
    kind, _, raw = key.partition(":")
    pk = uuid_in(raw)
    if pk is None:
        return None
    if kind == "post":
        post = _post.first(pk=pk, account_id=account_id, today=today, **_reach(compound))
        return _from_post(post, compound) if post else None
    if kind == "binding":
        binding = _binding.first(pk=pk, account_id=account_id, compound_id=compound.pk)
        return _from_binding(binding, compound) if binding else None
    return None


@dataclass(frozen=True)
class Place:
    """A compound and every way in which an account may act there."""

    compound: Compound
    standings: list[Standing]


def places_of(account_id: UUID, today: date) -> list[Place]:
    """All of an account's own places, in three queries however many they are."""
    posts = list(_held(account_id, today))
    with unscoped("an account's own places"):
        bindings = list(
            Binding.objects.select_related("account", "person", "home")
            .filter(account_id=account_id, state="confirmed", account__is_active=True)
            .order_by("asked_at")
        )
    bodies = [post.organisation for post in posts]
    own = {b.compound_id for b in bindings} | {b.compound_id for b in bodies if b.compound_id}
    compounds = (
        Compound.objects.select_related("community__subdistrict")
        .filter(
            Q(pk__in=own)
            | Q(community__in={b.community_id for b in bodies if b.community_id and not b.compound_id})
            | Q(
                community__subdistrict__in={b.subdistrict_id for b in bodies if b.subdistrict_id and not b.community_id}
            )
        )
        .order_by("ordinal")[:PLACES_MOST]
    )
    return [
        Place(
            compound,
            [_from_post(p, compound) for p in posts if reaches(p.organisation, compound)]
            + [_from_binding(b, compound) for b in bindings if b.compound_id == compound.pk],
        )
        for compound in compounds
    ]


def _held(account_id: UUID, today: date):
    return (
        Post.objects.select_related("account", "organisation")
        .filter(in_term(today), account_id=account_id, account__is_active=True)
        .order_by("from_day", "pk")
    )


def communities(account_id: UUID, today: date) -> list[Community]:
    """Where the account is secretary today: it may make compounds there."""
    held = _held(account_id, today).filter(kind=Role.COMMUNITY_SECRETARY, organisation__compound=None)
    return list(Community.objects.select_related("subdistrict").filter(pk__in=held.values("organisation__community")))


def community_standing(account_id: UUID, community_id: UUID, today: date) -> Standing | None:
    """As what an account acts for a community as a whole, in no single compound."""
    held = _held(account_id, today).filter(organisation__community=community_id, organisation__compound=None)
    found = sorted(held, key=lambda post: post.kind != Role.COMMUNITY_SECRETARY)
    if not found:
        return None
    post, body = found[0], found[0].organisation
    label = f"{body.name} {ROLES.get(post.kind, post.kind)}"
    actor = Actor(
        account_id=post.account_id, role=post.kind, role_id=post.pk, body_id=body.pk, body_kind=body.kind, label=label
    )
    return Standing(f"post:{post.pk}", label, actor, post.account, PARTY_OF_BODY.get(Body(body.kind), "community"))


def may_act(actor: Actor | None, act: Act, compound: Compound) -> bool:
    return actor is not None and actor.compound_id == compound.pk and may(actor.role, act)


def holders(act: Act, compound: Compound, today: date) -> set[UUID]:
    """The accounts that hold a right here today by a post."""
    return posted(RIGHTS[act], compound, today)


def posted(roles: Collection[str], compound: Compound, today: date) -> set[UUID]:
    """The accounts that hold such a post here today."""
    rows = _posts(today, **_reach(compound)).filter(kind__in=roles)
    return set(rows.values_list("account_id", flat=True))


def on_duty(compound: Compound, today: date) -> list[tuple[UUID, str, str]]:
    """Account, name and post of everybody who holds one here today; of several posts the first."""
    rows = _posts(today, **_reach(compound)).order_by("holder_name", "pk")
    found: dict[UUID, tuple[UUID, str, str]] = {}
    for account, name, kind in rows.values_list("account_id", "holder_name", "kind"):
        found.setdefault(account, (account, name, kind))
    return list(found.values())


def may_propose_owners(by: Actor, compound_id: UUID, today: date) -> Refusal | None:
    """The owners' register is kept by a register clerk; the community proposes a change only where there is none (domain §4.9)."""
    if by.role == Role.REGISTER_CLERK:
        return None
    clerks = Post.objects.filter(
        in_term(today), kind=Role.REGISTER_CLERK, organisation__compound=compound_id, organisation__ended_on=None,
        account__is_active=True,
    )  # fmt: skip
    if not clerks.exists():
        return None
    return Refusal("committee_has_it", _("这个小区有名册管理员，业主的变动由名册管理员提，社区来确认"))


def members_of(body_id: UUID, today: date) -> list[Post]:
    """Who sits in a committee or a PMC today, the head first; who holds two posts of it sits once."""
    rows = Post.objects.filter(
        in_term(today), organisation=body_id, kind__in=RIGHTS[Act.SIT_IN_BODY], account__is_active=True
    )
    found: dict[UUID, Post] = {}
    order = list(Role)
    for post in sorted(rows, key=lambda p: (order.index(Role(p.kind)), p.from_day, p.pk)):
        found.setdefault(post.account_id, post)
    return list(found.values())


def owners_among(accounts: Collection[UUID], compound_id: UUID) -> set[UUID]:
    """Of these accounts, those that speak for an owner of the compound."""
    rows = Binding.objects.filter(compound_id=compound_id, account__in=accounts, state="confirmed", relation="owner")
    return set(rows.values_list("account_id", flat=True))


@dataclass(frozen=True)
class Assisted:
    actor: Actor
    label: str


def assisted(actor: Actor, key: str, compound: Compound, at: datetime) -> Assisted | None:
    """The worker as acting for the person of a running assistance; it ends by itself and with the post."""
    found = (
        Assistance.objects.select_related("person", "home")
        .filter(pk=key, compound_id=compound.pk, account_id=actor.account_id, post_id=actor.role_id, ends_at__gt=at)
        .first()
    )
    if found is None:
        return None
    minutes = max(1, round((found.ends_at - at).total_seconds() / 60))
    label = _("正在替 %(who)s 办事，还有 %(minutes)s 分钟") % {
        "who": f"{found.home.label if found.home else ''} {masks.name(found.person.name)}".strip(), "minutes": minutes,
    }  # fmt: skip
    standing_in = replace(
        actor, person_id=found.person_id, home_id=found.home_id, assistance_id=found.pk, channel=found.channel
    )
    return Assisted(standing_in, label)


# ── the only getters that take an id from outside ───────────────────────────────────────────────────────────────────


def home_for(compound: Compound, pk: UUID) -> Home | None:
    return Home.objects.select_related("building", "entrance").filter(compound_id=compound.pk, pk=pk).first()


def person_for(compound: Compound, pk: UUID) -> Person | None:
    return Person.objects.filter(compound_id=compound.pk, pk=pk).first()


def binding_for(compound: Compound, pk: UUID, *, account_id: UUID | None = None) -> Binding | None:
    """Of this compound; with an account, only one of its own."""
    rows = Binding.objects.select_related("account", "home", "person").filter(compound_id=compound.pk, pk=pk)
    return (rows.filter(account_id=account_id) if account_id else rows).first()


def paper_for(compound: Compound, pk: UUID, by: Actor) -> Assistance | None:
    """An assistance whose paper is kept and may be seen by this worker."""
    rows = Assistance.objects.select_related("person", "home", "account")
    found = rows.filter(compound_id=compound.pk, pk=pk).exclude(paper="").first()
    if found is None or not may_see_paper(by_role=by.role, own=found.account_id == by.account_id):
        return None
    return found


def organisation_for(
    pk: UUID, *, compound: Compound | None = None, community_id: UUID | None = None
) -> Organisation | None:
    """One that acts in the compound, or the community's own."""
    found = Organisation.objects.filter(pk=pk).first()
    if found is None:
        return None
    if compound is not None:
        return found if reaches(found, compound) else None
    return found if found.community_id == community_id and not found.compound_id else None


def post_for(pk: UUID, *, compound: Compound | None = None, community_id: UUID | None = None) -> Post | None:
    found = Post.objects.select_related("organisation", "account").filter(pk=pk).first()
    body = found and organisation_for(found.organisation_id, compound=compound, community_id=community_id)
    return found if body else None


def change_for(compound: Compound, pk: UUID) -> RegisterChange | None:
    rows = RegisterChange.objects.select_related("home", "person")
    return rows.filter(compound_id=compound.pk, pk=pk, state="proposed").first()


def data_request_for(compound: Compound, pk: UUID) -> DataRequest | None:
    rows = DataRequest.objects.select_related("account", "person", "compound")
    return rows.filter(compound_id=compound.pk, pk=pk, state="asked").first()


def change_paper_for(compound: Compound, pk: UUID) -> RegisterChange | None:
    """A change whose evidence is kept, decided or not."""
    rows = RegisterChange.objects.select_related("home", "person")
    return rows.filter(compound_id=compound.pk, pk=pk).exclude(paper="").first()


def export_for(compound: Compound, number: int, by: Actor) -> ExportRequest | None:
    """One's own, and any to whoever may decide."""
    rows = ExportRequest.objects.filter(compound_id=compound.pk, number=number)
    return (rows if may(by.role, Act.APPROVE_EXPORT) else rows.filter(asked_by=by.account_id)).first()


# Where those begin who neither keep a desk nor work on matters; the rest where everybody's notices hang.
DOORS = {
    Role.REGISTER_CLERK: "people:register",
    Role.PREPARATORY_MEMBER: "assembly:sessions",
    Role.AGENCY_LIAISON: "matters:whistles",
}


def door(role: str) -> str:
    """The name of the page at which a role begins: one that it may open."""
    if role in RESIDENTS:
        return "matters:home"
    if role in DESK or role == Role.SUBDISTRICT_OFFICER:
        return "matters:desk"
    return "matters:work" if may(role, Act.WORK_ON_MATTERS) else DOORS.get(Role(role), "notices:council")


def frame(by: Actor, compound: Compound) -> dict[str, Any]:
    """For a template that residents, workers and the desk share: the frame that this reader's other pages have. The desk's for
    who keeps lists there, and for the committee, which orders there."""
    resident = by.role in RESIDENTS
    desk = not resident and any(may_act(by, act, compound) for act in (Act.EXPORT_LIST, Act.PLACE_ORDER))
    shell = "base_resident.html" if resident else "base_desk.html" if desk else "base_work.html"
    return {"shell": shell, "desk_shell": desk, "resident": resident}
