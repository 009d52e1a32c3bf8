"""The parts of a session's page that are about its box."""

from datetime import datetime
from typing import Any

from linli.kernel.tally.sheet import percent
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import numbered
from linli.plumbing.moments import whole

from ..access import parts_in
from ..models import Session
from ..queries.casting import voices, window
from ..queries.turnout import by_building, heads
from ..rules.casting import refuse_online, refuse_time
from ..rules.sessions import PUBLIC, Act, State, allowed

BEGUN = PUBLIC - {State.NOTICED, State.CANCELLED}


def shown(session: Session, by: Actor, slug: str, now: datetime) -> dict[str, Any]:
    if session.state not in BEGUN:
        return {}
    open_now = refuse_time(window(session), now) is None
    votes = open_now and refuse_online(session.rules, session.profile) is None and bool(voices(session, by))
    receives = open_now and Act.RECEIVE in allowed(State(session.state), parts_in(session, by))
    return {
        "vote": numbered("assembly:cast", slug, session.number) if votes else "",
        "receive": numbered("assembly:returned", slug, session.number) if receives else "",
        "cells": [
            {"label": c.label, "voted": c.voted, "parties": c.parties, "percent": percent(c.voted, c.parties)}
            for c in by_building(session)
        ],
        "heads": [{"on": whole(h.on), "size": h.size, "root": h.head["root"]} for h in heads(session)],
    }  # fmt: skip
