"""What an owner's home page shows of the sessions: a ballot that is asked for, and the way back to the receipt."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.people.rules import RESIDENTS
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.labels import label, said
from linli.plumbing.moments import moment

from ..models import Session
from ..rules.casting import refuse_online
from ..rules.dates import local
from ..rules.sessions import STATES, State
from .casting import Came, Voice, able, came_by_party, in_the_box, papers_of, receipts_of, together_words, voices

# From the first ballot until the result is filed.
KEPT_AT_HOME = (State.OPEN, State.CLOSED, State.COUNTING, State.COUNTED, State.ANNOUNCED)


def at_home(by: Actor, slug: str, now: datetime) -> list[dict[str, Any]]:
    """On an owner's home page: a card for a session that is open, until something came in of each of their parties; and from
    then a cell, the way back to the receipt, until the result is filed. Who has a guardian is asked nothing."""
    shown: list[dict[str, Any]] = []
    for session, found, came in _sessions(by, now):
        href = numbered("assembly:session", slug, session.number)
        voting = session.state == State.OPEN and session.closes_at is not None and now <= session.closes_at
        mine = {voice.party.pk: voice.party for voice in able(found, by, local(now))} if voting else {}
        no = refuse_online(session.rules, session.profile)
        until = _("%(when)s 截止") % {"when": moment(session.closes_at, now)} if voting and session.closes_at else ""
        vote = numbered("assembly:cast", slug, session.number)
        if mine.keys() - came.keys():
            shown.append({
                "lead": _("业主大会在投票"), "until": until, "title": session.title, "href": href,
                "note": said(no) if no else "",
                "answers": [{"label": _("看怎么投") if no else _("去投票"), "href": href if no else vote, "main": True}],
            })  # fmt: skip
        if apart := [pk for pk in mine if pk in came and came[pk].apart]:
            shown.append({
                "lead": _("业主大会在投票"), "until": until, "href": href, "note": together_words(session, [came[apart[0]]]),
                "title": _apart_words(mine[apart[0]].label, came[apart[0]]),
                "answers": [{"label": _("看怎么办"), "href": href if no else vote, "main": True}],
            })  # fmt: skip
        if came:
            shown.append(_receipt_cell(session, by, slug))
    return shown


def receipts_under_council(by: Actor, slug: str, now: datetime) -> list[dict[str, Any]]:
    return [_receipt_cell(session, by, slug) for session, _found, came in _sessions(by, now) if came]


def _sessions(by: Actor, now: datetime) -> Iterator[tuple[Session, list[Voice], dict[UUID, Came]]]:
    """Each session that runs or is not filed, this reader's voices in it, and what came in of them."""
    if by.role not in RESIDENTS or by.compound_id is None:
        return
    for session in Session.objects.filter(compound_id=by.compound_id, state__in=KEPT_AT_HOME, opens_at__lte=now):
        found = voices(session, by)
        yield session, found, came_by_party(session, [voice.party for voice in found])


def _receipt_cell(session: Session, by: Actor, slug: str) -> dict[str, Any]:
    """Of several, the session's page has each at its top."""
    own = receipts_of(session, by)
    alone = len(own) == 1 and not papers_of(session, by)
    return {
        "title": _("%(what)s，看回执") % {"what": in_the_box(own)} if own else in_the_box(own), "note": f"{session.title} · {label(STATES[State(session.state)])}",
        "href": address("assembly:receipt", slug, session.number, own[0].index) if alone else numbered("assembly:session", slug, session.number),
        "icon": "council",
    }  # fmt: skip


def _apart_words(home: str, came: Came) -> str:
    values = {"home": home, "n": came.times}
    if came.objected:
        return _("%(home)s的票有共有人提了异议，请一起签一份共同声明") % values
    return _("%(home)s收到了 %(n)s 张票，请一起签一份共同声明") % values
