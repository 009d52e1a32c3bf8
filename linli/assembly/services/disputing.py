"""One co-owner objects in writing to what another sent for their home: on paper at the desk, or online in his own name (domain §3.4)."""

from collections.abc import Collection
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refusal, Refused, ask
from linli.plumbing.acts import Actor, record
from linli.plumbing.moments import moment
from linli.plumbing.whole import one_act

from ..models import Leaf, Party, Session
from ..queries import proxies as queries
from ..queries.casting import asked_of, came_of, window
from ..rules.casting import NOTICE, ONLINE, refuse_time
from ..rules.counting import OBJECTS
from ..rules.sessions import Act
from .base import SUBJECT, begin, finish, key_of
from .box import kept_before, take_in
from .casting import refuse_entry, voice_of
from .enclosing import drawn, numbered
from .papers import fresh_number
from .telling import people_of, tell_owners

NOT_HELPED = Refusal("helped", "不能替别人在网上提异议。请本人写一份书面异议，交给会议联系人", NOTICE)


@one_act()
def object_on_paper(
    *, by: Actor, session: Session, party: Party, owner: str, witness: str, photo: BinaryIO | None, at: datetime, once: UUID
) -> Leaf:  # fmt: skip
    """It may say a choice, so it is a paper like a ballot: numbered, sealed, entered by two at the count. `owner`: mark of who signed it.

    Raises Refused."""
    once = key_of(once, session, by, party.pk, owner)
    kept = kept_before(session, by, once, Kind.OBJECTION)
    if kept:
        return kept
    pages = drawn(photo)
    step = begin(session, by=by, act=Act.DISPUTE, at=at, once=None)
    kept = kept_before(session, by, once, Kind.OBJECTION)
    if kept:
        return kept
    ask(refuse_time(window(step.session), at))
    held = _locked(party)
    person = queries.owners_of(held).get(owner)
    if person is None:
        raise Refused(Refusal("no_owner", "选一下是哪位共有人写的", NOTICE), "owner")
    _may(held, person, "owner")
    leaf = numbered(step, pages, kind=Kind.OBJECTION, party=held, witness=witness, once=once, person_id=person)
    told = _tell(step.session, held, person, leaf)
    finish(step, data={"leaf": leaf.index, "ballot": leaf.ballot, "told": told}, internal=True)
    return leaf


@one_act()
def object_online(*, by: Actor, session: Session, voice: str, items: Collection[str], at: datetime, once: UUID) -> Leaf:
    """By who is an owner himself, once, with a receipt as a ballot has. `items`: places of what he objects to. Raises Refused."""
    kept = kept_before(session, by, once, Kind.OBJECTION)
    if kept:
        return kept
    ask(refuse_here(session, by, at))
    chosen = voice_of(session, by, voice, at)
    asked = [one.no for one in asked_of(session, chosen.party)]
    if not items or not set(items) <= set(asked):
        raise Refused(Refusal("no_item", "选一下对哪几项有异议"), "items")
    held = Session.objects.select_for_update().get(compound_id=session.compound_id, pk=session.pk)
    kept = kept_before(session, by, once, Kind.OBJECTION)
    if kept:
        return kept
    ask(refuse_time(window(held), at))
    party = _locked(chosen.party)
    _may(party, chosen.person_id, "voice")
    opening = {
        "choices": {no: OBJECTS for no in asked if no in items}, "owner": chosen.owner, "agent": "", "home": chosen.row.label,
        "channel": ONLINE,
    }  # fmt: skip
    leaf = take_in(
        held, by=by, kind=Kind.OBJECTION, party=party, row=chosen.row, items=[], ballot=fresh_number(held), opening=opening, channel=ONLINE,
        at=at, person_id=chosen.person_id, once=once,
    )  # fmt: skip
    told = _tell(held, party, chosen.person_id, leaf)
    record(
        by=by, act=f"session_{Act.DISPUTE}", subject_kind=SUBJECT, subject_id=held.pk, at=at, compound_id=held.compound_id, internal=True,
        person_id=chosen.person_id, data={"leaf": leaf.index, "ballot": leaf.ballot, "told": told},
    )  # fmt: skip
    return leaf


def refuse_here(session: Session, by: Actor, at: datetime) -> Refusal | None:
    """Before anything is asked: may this session take an objection online of this hand at all?"""
    return NOT_HELPED if by.assistance_id else refuse_entry(session, by, at)


def _locked(party: Party) -> Party:
    return Party.objects.select_for_update().get(compound_id=party.compound_id, pk=party.pk)


def _may(party: Party, person: UUID, field: str) -> None:
    ask(came_of(party).refuse_objection(person), field)


def _tell(session: Session, party: Party, person: UUID, leaf: Leaf) -> int:
    """The other co-owners, one of whom voted: that somebody objects, never who or to what."""
    others = [one for one in people_of(session, parties=[party.pk]) if one.to.person_id != person]
    until = moment(session.closes_at, leaf.at) if session.closes_at else ""
    return tell_owners(
        session, others, key=f"objection:{leaf.pk.hex}", at=leaf.at, title=_("您家的票有共有人提了书面异议"),
        body=_("%(title)s：%(to)s 截止时没有共同声明，有异议的事项，您家的票算无效。请共有人一起签一份共同声明，截止前交给会议联系人。")
        % {"title": session.title, "to": until},
    )  # fmt: skip
