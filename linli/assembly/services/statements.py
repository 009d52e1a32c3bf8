"""One party, two ballots: its owners are asked for one word together, and give it on paper (domain §3.4, 3.9)."""

from collections.abc import Collection
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refusal, Refused, ask
from linli.plumbing.acts import Actor
from linli.plumbing.moments import moment
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..models import Invitation, Leaf, Party, Session
from ..queries import proxies as queries
from ..queries.casting import came_of, window
from ..rules.casting import refuse_time
from ..rules.proxies import refuse_statement
from ..rules.sessions import Act
from .base import begin, finish, key_of
from .box import kept_before
from .enclosing import drawn, numbered
from .telling import people_of, tell_owners


@one_act()
def state(
    *, by: Actor, session: Session, party: Party, signed: Collection[str], witness: str, photo: BinaryIO | None, at: datetime, once: UUID
) -> Leaf:  # fmt: skip
    """It holds choices, so it is a paper like a ballot: numbered, its pages sealed, what it says entered by two at the count, where it goes
    before the ballots of its party. `signed`: marks of the owners whose names stand under it. Raises Refused."""
    once = key_of(once, session, by, party.pk, sorted(signed))
    kept = kept_before(session, by, once, Kind.STATEMENT)
    if kept:
        return kept
    pages = drawn(photo)
    step = begin(session, by=by, act=Act.STATE, at=at, once=None)
    kept = kept_before(session, by, once, Kind.STATEMENT)
    if kept:
        return kept
    ask(refuse_time(window(step.session), at))
    held = Party.objects.select_for_update().get(compound_id=session.compound_id, session=session, pk=party.pk)
    no = refuse_statement(owners=queries.owners_of(held), signed=signed, came=came_of(held).times)
    if no:
        raise Refused(*no)
    leaf = numbered(step, pages, kind=Kind.STATEMENT, party=held, witness=witness, once=once)
    finish(step, data={"leaf": leaf.index, "ballot": leaf.ballot}, internal=True)
    return leaf


@one_act()
def invite(*, by: Actor, session: Session, party: Party, at: datetime, once: UUID | None = None) -> int:
    """Its owners are told that two ballots are there, or that one of them objects, never what they say: once, or again where no message
    reached them. How many were told. Raises Refused."""
    step = begin(session, by=by, act=Act.INVITE, at=at, once=once)
    if step.done_before:
        return 0
    ask(refuse_time(window(step.session), at))
    came = came_of(party)
    if came.times < 2 and not came.objected:
        raise Refused(Refusal("one_ballot", "这一户只收到一张，不用声明"))
    before = Invitation.objects.filter(compound_id=session.compound_id, party=party, told__gt=0).first()
    if before:
        return before.told
    told = tell_owners(
        step.session, people_of(step.session, parties=[party.pk]), key=f"joint:{party.pk.hex}", at=at,
        title=_("您家的票有共有人提了书面异议") if came.objected else _("您家收到了不止一张票"),
        body=_("%(title)s：请业主一起签一份共同声明，%(to)s 前交给会议联系人。内容不同或者有异议，又没有声明的，共有人的票算无效。")
        % {"title": session.title, "to": moment(session.closes_at, at) if session.closes_at else ""},
    )  # fmt: skip
    Invitation(
        id=uuid7(), compound_id=session.compound_id, session=step.session, party=party, told=told, at=at, account_id=by.account_id
    ).save(force_insert=True)  # fmt: skip
    finish(step, data={"party": party.number, "told": told}, internal=True)
    return told
