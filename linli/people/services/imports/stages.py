"""How an import moves from one stage to the next: by whom, and what is kept of it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.kernel.rosters.notes import Note
from linli.people.access import may_propose_owners
from linli.people.models import RosterImport
from linli.people.rules import Act, may
from linli.people.rules.imports import Stage
from linli.people.words.imports import keep
from linli.places.models import Compound
from linli.plumbing.acts import Actor

ACTS = {"homes": Act.IMPORT_HOMES, "owners": Act.IMPORT_OWNERS}
TWO_PEOPLE = frozenset({"owners"})
KEEP_ORIGINAL = timedelta(days=30)  # after it was taken in, or nobody went on with it


def no(key: str, sentence: str, field: str = "") -> Refused:
    return Refused(Refusal(key, sentence), field)


def may_import(by: Actor, kind: str) -> None:
    if kind not in ACTS or not may(by.role, ACTS[kind]):
        raise no("no_right", _("您的岗位不能导入这种台账"), "kind")


def proposer(by: Actor, compound: Compound, at: datetime) -> None:
    if refusal := may_propose_owners(by, compound.pk, timezone.localdate(at)):
        raise Refused(refusal, "kind")


def locked(roster_id: UUID, compound_id: UUID) -> RosterImport:
    return RosterImport.objects.select_for_update().get(compound_id=compound_id, pk=roster_id)


def moved(
    roster: RosterImport, stage: Stage, *, by: Actor | None = None, at: datetime | None = None, **fields: Any
) -> None:
    """`at` where a person moved it on, or it was applied: from then on the original is kept for a while."""
    roster.state, roster.started_at, roster.failure = stage, None, ""
    if at is not None:
        roster.original_until = at + KEEP_ORIGINAL
    if by is not None:
        roster.summary = {**roster.summary, "actor": kept_actor(by)}
    for name, value in fields.items():
        setattr(roster, name, value)
    roster.save()


def failed(roster: RosterImport, *why: Note) -> None:
    """`failure` is for the log and the eye; what a page says comes from the summary, in the reader's language."""
    roster.failure = "；".join(why)[:200]
    roster.summary = {**roster.summary, "why": list(map(keep, why))}
    roster.save(update_fields=["failure", "summary"])


def kept_actor(by: Actor) -> dict[str, Any]:
    return {k: str(v) if isinstance(v, UUID) else v for k, v in asdict(by).items() if k != "scope" and v}


def actor_of(roster: RosterImport) -> Actor:
    """Who asked for the step that is under way."""
    kept = dict(roster.summary.get("actor", {}))
    for name in ("account_id", "role_id", "body_id", "person_id", "home_id", "compound_id", "assistance_id"):
        if name in kept:
            kept[name] = UUID(kept[name])
    return Actor(**kept)


@contextmanager
def no_collector() -> Iterator[None]:
    """A hundred thousand living objects make the collector look again and again, and find nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
