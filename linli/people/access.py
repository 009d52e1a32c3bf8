"""As what an account may act in a compound, today. The only place where a session becomes an actor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from linli.kernel import masks
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from .models import Account, Binding, Organisation, Post
from .rules import PARTY_OF_BODY, Act, Body, Role, may
from .words import RELATIONS, ROLES

__all__ = ["Standing", "may_act", "standing_by_key", "standings"]


@dataclass(frozen=True)
class Standing:
    """One way to act here. `key` goes into the session, `label` onto every page."""

    key: str
    label: str
    actor: Actor
    account: Account
    party: str


def _in_term(today: date) -> Q:
    return Q(from_day__lte=today) & (Q(to_day__isnull=True) | Q(to_day__gte=today))


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


def _posts(compound: Compound, today: date):
    return Post.objects.select_related("account", "organisation").filter(
        _in_term(today),
        Q(organisation__compound=compound)
        | Q(organisation__compound=None, organisation__community=compound.community_id)
        | Q(
            organisation__compound=None,
            organisation__community=None,
            organisation__subdistrict=compound.community.subdistrict_id,
        ),
        account__is_active=True,
    )


def _bindings(compound: Compound):
    return Binding.objects.select_related("account", "person", "home").filter(
        compound_id=compound.pk, state="confirmed", account__is_active=True
    )


def standings(account_id: UUID, compound: Compound, today: date) -> list[Standing]:
    found: Iterable[Standing] = [_from_post(p, compound) for p in _posts(compound, today).filter(account_id=account_id)]
    return [
        *found,
        *(_from_binding(b, compound) for b in _bindings(compound).filter(account_id=account_id).order_by("asked_at")),
    ]


def standing_by_key(key: str, account_id: UUID, compound: Compound, today: date) -> Standing | None:
    """The standing the session names, if it still holds today and here; one query, account included."""
    kind, _, raw = key.partition(":")
    try:
        pk = UUID(raw)
    except ValueError:
        return None
    if kind == "post":
        post = _posts(compound, today).filter(pk=pk, account_id=account_id).first()
        return _from_post(post, compound) if post else None
    if kind == "binding":
        binding = _bindings(compound).filter(pk=pk, account_id=account_id).first()
        return _from_binding(binding, compound) if binding else None
    return None


def may_act(actor: Actor | None, act: Act, compound: Compound) -> bool:
    return actor is not None and actor.compound_id == compound.pk and may(actor.role, act)
