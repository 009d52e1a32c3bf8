"""Reads worth a name: bindings, registers, bodies, and who looked at whose data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel import masks
from linli.places.models import Compound
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment
from linli.plumbing.tenancy import unscoped

from .models import Binding
from .words import BODIES, ROLES

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
    names = {person: masks.name(name) for _, person, name in mine}
    entries: list[AuditEntry] = []
    for compound_id in {c for c, _, _ in mine}:
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
