"""One-time codes: six digits from the system's random source. Only a keyed hash is kept."""

import hmac
import secrets
from datetime import timedelta

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
