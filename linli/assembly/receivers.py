"""What lower contexts ask becomes one call here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from linli.notices.signals import gathering, voting, waiting

from .access import votes_on
from .queries import election_pages, home, selection_pages
from .queries.sessions import under_council


@receiver(gathering, dispatch_uid="assembly.gathering")
def session_under_council(
    sender: Any, *, compound_id: UUID, by: Any, slug: str, now: datetime, signal: Any = None, **asked: Any
) -> list[dict[str, Any]]:
    return under_council(compound_id, slug, now) + home.receipts_under_council(by, slug, now)


@receiver(gathering, dispatch_uid="assembly.elections_under_council")
def elections_under_council(
    sender: Any, *, compound_id: UUID, by: Any, slug: str, now: datetime, signal: Any = None, **asked: Any
) -> list[dict[str, Any]]:
    return election_pages.under_council(compound_id, by, slug)


@receiver(gathering, dispatch_uid="assembly.selections_under_council")
def selections_under_council(
    sender: Any, *, compound_id: UUID, by: Any, slug: str, now: datetime, signal: Any = None, **asked: Any
) -> list[dict[str, Any]]:
    return selection_pages.under_council(compound_id, by, slug)


@receiver(waiting, dispatch_uid="assembly.waiting")
def votes_waiting(
    sender: Any, *, by: Any, slug: str, now: datetime, signal: Any = None, **asked: Any
) -> list[dict[str, Any]]:
    return home.at_home(by, slug, now)


@receiver(waiting, dispatch_uid="assembly.lapsed")
def committee_lapsed(
    sender: Any, *, by: Any, slug: str, now: datetime, signal: Any = None, **asked: Any
) -> list[dict[str, Any]]:
    return election_pages.lapsed_at_home(by.compound_id, slug, now)


@receiver(voting, dispatch_uid="assembly.voting")
def votes_on_what_waits(sender: Any, *, signal: Any = None, **asked: Any) -> list[tuple[str, str]]:
    return votes_on(**asked)
