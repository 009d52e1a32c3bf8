"""The signed links that open one ask: made, read, kept open as long as the ask is promised for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from django.core import signing

from linli.plumbing.addresses import address

from ...models import Ask
from ...rules import promises

_signer = signing.Signer(salt="linli.matters.whistle-link")


def token_of(ask: Ask) -> str:
    plain = ask.compound_id.bytes + ask.pk.bytes + ask.link_serial.to_bytes(2, "big")
    return _signer.sign(urlsafe_b64encode(plain).decode().rstrip("=")).replace(":", ".")


def read_token(token: str) -> tuple[UUID, UUID, int] | None:
    """(compound, ask, serial) of a link that we made; None for any other."""
    try:
        plain = _signer.unsign(token.replace(".", ":"))
        raw = urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except (signing.BadSignature, ValueError):
        return None
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), int.from_bytes(raw[32:], "big")


def renew(ask: Ask, site: str, at: datetime) -> None:
    """A new link, all earlier ones dead; the caller saves the ask."""
    ask.link_serial += 1
    ask.site, ask.link_until = site.rstrip("/"), promises.link_until(at, ask.due_at)


def lengthen(ask: Ask, at: datetime) -> None:
    """The link that holds goes on as long as what is promised now."""
    if ask.link_until and ask.link_until > at:
        ask.link_until = max(ask.link_until, promises.link_until(at, ask.due_at))


def link_of(ask: Ask, at: datetime) -> str:
    """The link that holds, or "" where none does."""
    holds = ask.site and ask.link_until is not None and ask.link_until > at
    return ask.site + address("matters:link", token_of(ask)) if holds else ""
