"""Numbers and keys as they stand in an address or a form."""

import re
from uuid import UUID

_SHORT = re.compile(r"[0-9]{1,9}")


def number_in(text: str) -> int | None:
    """None for anything but one to nine plain digits: `isdigit` also takes "²", which `int` does not, and no number is longer."""
    return int(text) if _SHORT.fullmatch(text) else None


def uuid_in(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
