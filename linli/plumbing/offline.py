"""Work without a signal: whose a phone's kept pages and acts are, and what a phone's word on the moment is worth."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from .acts import Actor
from .vault import keyed_hash

CHANNEL = "offline"
OLDEST = timedelta(hours=72)


def holder(by: Actor | None) -> str:
    """Marks what a phone keeps: the account, a dot, the one standing of it. Nothing is kept while helping somebody."""
    if by is None or by.account_id is None or by.assistance_id is not None:
        return ""
    account = keyed_hash(f"phone:{by.account_id}")[:16]
    standing = keyed_hash(f"phone:{by.account_id}:{by.compound_id}:{by.role_id}")[:16]
    return f"{account}.{standing}"


def done_at(said: Mapping[str, str], now: datetime, *, since: datetime) -> datetime:
    """When it was done, from how long ago that is by the phone's own clock (`done`, `sent`: milliseconds).

    The clock may be wrong, the span is not. A span below nothing or above 72 hours counts as none; and nothing was done
    before what it was done about (`since`).
    """
    try:
        ago = timedelta(milliseconds=int(said["sent"]) - int(said["done"]))
    except (KeyError, ValueError, OverflowError):
        return now
    if not timedelta(0) <= ago <= OLDEST:
        return now
    return min(now, max(now - ago, since))
