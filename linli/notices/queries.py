from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from linli.plumbing.tenancy import unscoped

from .models import Message, Posting

POSTINGS_MOST = 30


def oldest_queued() -> datetime | None:
    """When the message that waits longest was due to be sent, over all compounds."""
    with unscoped("age of the message queue"):
        return (
            Message.objects.filter(state="queued").order_by("next_try_at").values_list("next_try_at", flat=True).first()
        )


def due_messages(at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(message, compound), the longest waiting first."""
    with unscoped("the message queue"):
        rows = Message.objects.filter(state="queued", next_try_at__lte=at).order_by("next_try_at")
        return list(rows.values_list("id", "compound_id")[:limit])


def stuck_messages(at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(message, compound) whose sending should have ended by now. Reads the whole table: ask seldom."""
    with unscoped("messages left in sending"):
        rows = Message.objects.filter(state="sending", next_try_at__lte=at)
        return list(rows.values_list("id", "compound_id")[:limit])


PAGE = 20


def unread(*, compound_id: UUID, account_id: UUID | None, most: int = 10) -> int:
    """How many messages were not opened yet, counted no further than `most`."""
    if account_id is None:
        return 0
    rows = Message.objects.filter(compound_id=compound_id, account_id=account_id, read_at=None)
    return len(rows.order_by("-created_at").values_list("id", flat=True)[:most])


def inbox(*, compound_id: UUID, account_id: UUID | None, after: UUID | None = None, limit: int = PAGE) -> list[Message]:
    """The account's messages here, newest first by when it happened; one more than `limit` tells of a next page."""
    rows = Message.objects.filter(compound_id=compound_id, account_id=account_id)
    if after:
        last = rows.filter(pk=after).values_list("created_at", flat=True).first()
        if last is None:
            return []
        rows = rows.filter(Q(created_at__lt=last) | Q(created_at=last, id__lt=after))
    return list(rows.order_by("-created_at", "-id")[: limit + 1])


# Their texts carry a link that answers for whoever has it: nobody reads such a text to another.
BY_LINK = ("alert", "whistle")
UNREACHED = ("todo", "failed")


def in_person(*, compound_id: UUID, after: UUID | None = None, limit: int = PAGE) -> list[Message]:
    """Of whom no wire reaches, or did not: the longest waiting first; one more than `limit` tells of a next page."""
    rows = Message.objects.filter(compound_id=compound_id, state__in=UNREACHED).exclude(subject_kind__in=BY_LINK)
    if after:
        rows = rows.filter(id__gt=after)
    return list(rows.select_related("person").order_by("id")[: limit + 1])


def to_tell(*, compound_id: UUID, pk: UUID) -> Message | None:
    rows = Message.objects.filter(compound_id=compound_id, pk=pk, state__in=(*UNREACHED, "done"), account=None)
    return rows.exclude(subject_kind__in=BY_LINK).select_related("person").first()


def postings(*, compound_id: UUID, drafts_of: UUID | None = None) -> list[Posting]:
    """What everybody may read, newest first, and the drafts of a body to those who make them."""
    shown = Q(state__in=("issued", "taken_down"))
    rows = Posting.objects.filter(shown | Q(by_body_id=drafts_of) if drafts_of else shown, compound_id=compound_id)
    said = Coalesce("issued_at", "drafted_at")
    return list(rows.select_related("by_body").order_by(said.desc(), "-id")[:POSTINGS_MOST])


def posting(*, compound_id: UUID, pk: UUID, drafts_of: UUID | None = None) -> Posting | None:
    row = Posting.objects.filter(compound_id=compound_id, pk=pk).select_related("by_body").first()
    return None if row is None or (row.state == "draft" and row.by_body_id != drafts_of) else row


def drafted(key: str) -> set[UUID]:
    """The compounds that have a posting of this occasion."""
    with unscoped("the clock drafts for every compound"):
        return set(Posting.objects.filter(key=key).values_list("compound_id", flat=True))
