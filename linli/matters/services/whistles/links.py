"""A liaison's way in without an account: a signed link to one ask, for a time, taken back by sending another."""

from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To
from linli.plumbing.acts import Actor
from linli.plumbing.whole import one_act

from ...models import Ask, Whistle
from ...rules.whistles import Do, Level, Step
from .base import begin, finish, put, tell_asked
from .tokens import link_of, renew


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
    if move.its.step == Step.UNTOLD and move.its.link_phone:
        put(move, move.its)
    renew(move.its, site, at)
    entry = finish(move)
    if move.its.link_phone:
        title = f"哨单第 {whistle.number} 号：{whistle.title}"
        tell_asked(move, move.its, title, to=[To(phone=move.its.link_phone)], entry=entry)
    return move.its, link_of(move.its, at)


@one_act()
def see_link(
    *, by: Actor, whistle: Whistle, ask: Ask, site: str, at: datetime, once: UUID | None = None
) -> tuple[Ask, str]:
    """The link that holds, to be handed over by other ways. Whoever has it may answer, so who saw it is written down."""
    move = begin(whistle, by=by, act=Do.SEE_LINK, at=at, ask=ask, once=once)
    move.its.site = site.rstrip("/") or move.its.site
    link = link_of(move.its, at)
    if not link:
        raise Refused(Refusal("no_link_now", "现在没有能用的链接，请重发一个"))
    if not move.done_before:
        finish(move)
    return move.its, link


@one_act()
def stop_link(*, by: Actor, whistle: Whistle, ask: Ask, at: datetime, once: UUID | None = None) -> Ask:
    move = begin(whistle, by=by, act=Do.STOP_LINK, at=at, ask=ask, once=once)
    if not move.done_before:
        move.its.link_serial += 1
        move.its.link_until = None
        finish(move)
    return move.its
