"""Numbers and keys as they stand in an address or a form."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHORT = re.compile(r"[0-9]{1,9}")


def number_in(text: str) -> int | None:
    """None for anything but one to nine plain digits: `isdigit` also takes "²", which `int` does not, and no number is longer."""
    return int(text) if _SHORT.fullmatch(text) else None


def uuid_in(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def page_key(at: datetime, pk: UUID) -> str:
    """Where the next page of a list by time begins, for its address."""
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}_{pk}"


def page_in(text: str) -> tuple[datetime, UUID] | None:
    moment, _sep, pk = text.partition("_")
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), UUID(pk)
    except (ValueError, OverflowError):
        return None
