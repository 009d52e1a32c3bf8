"""Reads worth a name: bindings, registers, bodies, and who looked at whose data."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.places.models import Compound
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment
from linli.plumbing.tenancy import unscoped

from .models import Binding, Organisation, Post
from .words import BODIES, CROSS_FLAGS, ROLES

Row = Mapping[str, Any]


def compounds_named(words: str, limit: int = 20) -> list[Compound]:
    return list(Compound.objects.select_related("community").filter(name__icontains=words).order_by("ordinal")[:limit])


def asked_bindings(account_id: UUID) -> list[Row]:
    """What the account asked for and nobody has answered, and the last refusals, over all compounds."""
    with unscoped("an account's own requests"):
        rows = list(
            Binding.objects.select_related("home", "compound")
            .filter(account_id=account_id, state="asked")
            .order_by("-asked_at")[:20]
        )
    return [
        {"compound": b.compound.name, "slug": b.compound.slug, "home": b.home.label, "name": b.claimed_name, "pk": b.pk}
        for b in rows
    ]


def looks_at(account_id: UUID, now: datetime, limit: int = 50) -> list[Row]:
    """Who saw the phone number of a person whom the account speaks for: post, body, reason, when. Newest first."""
    with unscoped("who looked at my data"):
        mine = set(
            Binding.objects.filter(account_id=account_id, state="confirmed", person__isnull=False).values_list(
                "compound_id", "person_id", "person__name"
            )
        )
    names = {person: masks.name(name) for _compound, person, name in mine}
    entries: list[AuditEntry] = []
    for compound_id in {row[0] for row in mine}:
        entries += AuditEntry.objects.filter(compound_id=compound_id, act="show_phone", subject_id__in=names).order_by(
            "-id"
        )[:limit]
    entries.sort(key=lambda e: e.at, reverse=True)
    return [
        {
            "title": f"{e.data.get('body') or BODIES.get(e.data.get('body_kind', ''), '')} {ROLES.get(e.role, e.role)}".strip(),
            "note": f"{moment(e.at, now)} · {e.words}",
            "whose": names[e.subject_id],
        }  # fmt: skip
        for e in entries[:limit]
    ]


# ── bodies and posts ────────────────────────────────────────────────────────────────────────────────────────────────


def bodies_of(compound: Compound) -> list[Organisation]:
    """All that act in a compound: its own, its community's, its subdistrict's."""
    return list(
        Organisation.objects.filter(
            Q(compound=compound)
            | Q(compound=None, community=compound.community_id)
            | Q(compound=None, community=None, subdistrict=compound.community.subdistrict_id),
            ended_on=None,
        ).order_by("compound", "kind", "name")
    )


def bodies_of_community(community_id: UUID) -> list[Organisation]:
    return list(Organisation.objects.filter(community=community_id, compound=None, ended_on=None).order_by("kind", "name"))


def posts_of(organisations: list[UUID], today: date) -> dict[UUID, list[Row]]:
    """Held now, to come, and the last that ended, with their terms in words."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    rows = Post.objects.filter(organisation__in=organisations).order_by("kind", "-from_day", "pk").values_list(
        "pk", "organisation_id", "kind", "account_id", "holder_name", "from_day", "to_day", "cross_flags", "account__verified_at"
    )  # fmt: skip
    for pk, body, kind, account, name, start, end, flags, verified in rows:
        ended = end is not None and end < today
        term = (
            _("%(from)s 起") % {"from": start.isoformat()}
            if end is None
            else _("%(from)s 到 %(to)s") % {"from": start.isoformat(), "to": end.isoformat()}
        )
        found[body].append({
            "pk": pk, "kind": kind, "label": ROLES.get(kind, kind), "name": name, "term": term, "account": account,
            "holds": not ended, "waiting": verified is None and not ended, "flags": [CROSS_FLAGS[f] for f in flags or () if not ended],
        })  # fmt: skip
    return {body: sorted(posts, key=lambda p: not p["holds"]) for body, posts in found.items()}
