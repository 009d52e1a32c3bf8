"""A liaison's way in without an account: a signed link to one ask, for a time, taken back by sending another."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.whole import one_act

from ...models import Ask, Whistle
from ...rules.whistles import Do, Level
from .base import begin, finish, tell

LASTS = timedelta(days=30)
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


def link_for(ask: Ask, site: str, at: datetime) -> str:
    """A new link, all earlier ones dead; the caller saves the ask."""
    ask.link_serial += 1
    ask.link_until = at + LASTS
    return site.rstrip("/") + address("matters:link", token_of(ask))


@one_act()
def send_link(
    *, by: Actor, whistle: Whistle, ask: Ask, phone: str = "", site: str, at: datetime, once: UUID | None = None
) -> tuple[Ask, str]:
    """Sent anew, to the number that the list of agencies has or to another; what was sent before is worthless."""
    move = begin(whistle, by=by, act=Do.SEND_LINK, at=at, ask=ask, once=once)
    if move.done_before:
        return move.its, ""
    if whistle.level != Level.AGENCIES:
        raise Refused(Refusal("no_link", "社区和街道登录以后办，不用链接"))
    move.its.link_phone = phone or move.its.link_phone or move.its.body.liaison_phone
    link = link_for(move.its, site, at)
    entry = finish(move)
    if move.its.link_phone:
        title = f"哨单第 {whistle.number} 号：{whistle.title}"
        tell(move, [To(phone=move.its.link_phone)], title, body=f"请打开 {link}", entry=entry)
    return move.its, link


@one_act()
def see_link(
    *, by: Actor, whistle: Whistle, ask: Ask, site: str, at: datetime, once: UUID | None = None
) -> tuple[Ask, str]:
    """The link that holds, to be handed over by other ways. Whoever has it may answer, so who saw it is written down."""
    move = begin(whistle, by=by, act=Do.SEE_LINK, at=at, ask=ask, once=once)
    if move.its.link_until is None or move.its.link_until <= at:
        raise Refused(Refusal("no_link_now", "现在没有能用的链接，请重发一个"))
    if not move.done_before:
        finish(move)
    return move.its, site.rstrip("/") + address("matters:link", token_of(move.its))


@one_act()
def stop_link(*, by: Actor, whistle: Whistle, ask: Ask, at: datetime, once: UUID | None = None) -> Ask:
    move = begin(whistle, by=by, act=Do.STOP_LINK, at=at, ask=ask, once=once)
    if not move.done_before:
        move.its.link_serial += 1
        move.its.link_until = None
        finish(move)
    return move.its
