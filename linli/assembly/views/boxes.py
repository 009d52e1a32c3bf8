"""The parts of a session's page that are about its box."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.tally.sheet import percent
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.labels import article, label, said
from linli.plumbing.moments import moment, whole

from ..access import parts_in
from ..models import Session
from ..papers.common import short
from ..queries import opinions as heard
from ..queries.casting import able, apart_words, came_by_party, disputable, papers_of, receipts_of, voices, window
from ..queries.turnout import by_building, heads
from ..rules.casting import refuse_online, refuse_time
from ..rules.dates import local
from ..rules.opinions import READS, source
from ..rules.sessions import PUBLIC, Act, State, allowed
from ..words.casting import HANDED_IN

BEGUN = PUBLIC - {State.NOTICED, State.CANCELLED}


def shown(session: Session, by: Actor, slug: str, now: datetime) -> dict[str, Any]:
    if session.state not in BEGUN:
        return {}
    open_now = refuse_time(window(session), now) is None
    elsewhere = refuse_online(session.rules, session.profile) if open_now else None
    online = open_now and elsewhere is None
    mine = voices(session, by) if online else []
    parties = [voice.party for voice in mine]
    came = came_by_party(session, parties) if parties else {}
    receives = open_now and Act.RECEIVE in allowed(State(session.state), parts_in(session, by))
    return {
        "elsewhere": said(elsewhere) if elsewhere else "",
        "elsewhere_article": article(elsewhere) if elsewhere else "",
        "closes": moment(session.closes_at, now) if elsewhere and session.closes_at else "",
        "vote": numbered("assembly:cast", slug, session.number) if parties else "",
        "objects": numbered("assembly:objection", slug, session.number) if came and disputable(able(mine, by, local(now)), came) else "",
        "waits": len(came) < len({party.pk for party in parties}),
        "apart": apart_words(came.values()),
        "receipts": [
            {"title": _("您的异议已入箱，看回执") if leaf.kind == Kind.OBJECTION else _("您的票已入箱，看回执"), "note": _("%(home)s · 第 %(place)s 张 · %(when)s") % {"home": leaf.row.label, "place": leaf.index + 1, "when": moment(leaf.at, now)},
             "href": address("assembly:receipt", slug, session.number, leaf.index), "turn": "done"}
            for leaf in receipts_of(session, by)
        ]
        + [
            {"title": label(HANDED_IN[leaf.kind]),
             "note": _("第 %(place)s 张 · %(when)s") % {"place": leaf.index + 1, "when": moment(leaf.at, now)},
             "href": address("assembly:slip", slug, session.number, leaf.index), "turn": "done"}
            for leaf in papers_of(session, by)
        ],
        **_opinions(session, by, slug, now, open_now=open_now),
        "receive": numbered("assembly:returned", slug, session.number) if receives else "",
        "desk": _desk(session, by, slug),
        "cells": [
            {"label": c.label, "voted": c.voted, "parties": c.parties, "percent": percent(c.voted, c.parties)}
            for c in by_building(session)
        ],
        "heads": [{"on": whole(h.on), "size": h.size, "root": short(h.head["root"])} for h in heads(session)],
    }  # fmt: skip


def _opinions(session: Session, by: Actor, slug: str, now: datetime, *, open_now: bool) -> dict[str, Any]:
    """In place of the vote where only the official system takes it; how they stand only when it is over."""
    speakers = heard.speakers(session, by, now) if open_now else []
    figures = heard.figures(session)
    reads = bool(figures) and bool(parts_in(session, by) & READS)
    return {
        "opinion": numbered("assembly:opinion", slug, session.number) if speakers else "",
        "spoke": bool(speakers) and {v.party.pk for v in speakers} <= heard.spoke(session, by),
        "opinions": figures,
        "opinions_source": label(source(session.profile)) if figures else "",
        "opinion_words": numbered("assembly:opinion-words", slug, session.number) if reads else "",
    }


def _desk(session: Session, by: Actor, slug: str) -> list[dict[str, Any]]:
    """What those who take in papers have to do besides."""
    can = allowed(State(session.state), parts_in(session, by))
    rows = (
        (Act.SCAN, "assembly:scans", _("扫描件"), _("读二维码归到票号，封到开箱")),
        (Act.STATE, "assembly:statements", _("共有人"), _("收到两张票的，请业主一起签一份共同声明；收书面异议")),
        (Act.REGISTER_PROXY, "assembly:proxies", _("委托"), _("登记、撤回授权委托书")),
    )
    return [
        {"title": title, "note": note, "href": address(name, slug, session.number), "icon": "file"}
        for act, name, title, note in rows
        if act in can
    ]
