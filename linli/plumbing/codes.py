"""One-time codes: six digits from the system's random source. Only a keyed hash is kept."""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from .moments import moment
from .vault import keyed_hash

LIFE = timedelta(minutes=5)
TRIES_MOST = 5


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def digest(purpose: str, phone: str, code: str) -> str:
    """Bound to the number and to what it is for: a code for signing in changes no number."""
    return keyed_hash(f"code:{purpose}:{phone}:{code}")


def same(kept: str, given: str) -> bool:
    return hmac.compare_digest(kept, given)


def kept(code: str, at: datetime) -> dict[str, Any]:
    """For the session of who asked. `code`: a demo's, empty where codes are not shown."""
    return {"code": code, "until": (at + LIFE).timestamp()}


def sent(held: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What a page says of it: an old one is not shown as good."""
    until = datetime.fromtimestamp(held["until"], UTC)
    return {"code": held["code"], "until": moment(until, now), "over": until <= now}
