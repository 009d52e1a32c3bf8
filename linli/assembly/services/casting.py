"""A ballot goes into the box, online by its owner and nobody else."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refusal, Refused, ask
from linli.plumbing.acts import Actor, record

from ..models import Leaf, Party, Session
from ..queries.casting import Voice, able, asked_of, spoke_for_the_dead, voices, window
from ..rules.casting import NOTICE, ONLINE, REGISTER, refuse_choices, refuse_helped, refuse_online, refuse_time
from ..rules.dates import local
from .base import SUBJECT
from .box import kept_before, take_in
from .calls import Call, entered, refuse_hand
from .papers import fresh_number

NOT_THERE = Refusal(
    "not_in_register", "锁定的名册上没有您，不能投票。名册以锁定那天为准；后来买房的，可以凭证明用原业主的纸质票", REGISTER
)  # fmt: skip

DEAD = Refusal(
    "dead", "您的账号替的那位业主已经登记去世，不能再用这个账号投票。生前投的票照样算；继承人请带证明找社区登记", "民法典第十三条"
)  # fmt: skip

WHICH_HOME = Refusal("no_voice", "选一户：替哪一户投票", NOTICE)
WARD = Refusal(
    "ward", "登记了监护人的业主，由监护人投票：用登记的那个手机号的账号，或者填纸质票由监护人签名", "民法典第二十三条"
)

NO_CALL = Refusal("no_call", "先写下通话时间、号码和见证人", NOTICE)


def cast(
    *, by: Actor, session: Session, voice: str, choices: Mapping[str, Any], at: datetime, once: UUID, call: Call | None = None
) -> Leaf:  # fmt: skip
    """The leaf with its receipt; the same `once` gives the same one again. Another ballot of the same party is kept, too, and marked:
    which one counts is decided at the count by the printed rule. `voice` is the key of a `queries.casting.Voice`; `call`: whose owner
    is on the telephone.

    Raises Refused. By then nothing is written.
    """
    kept = kept_before(session, by, once, Kind.CAST)
    if kept:
        return kept
    ask(refuse_entry(session, by, at))
    if (call is None) == bool(by.assistance_id):
        raise Refused(NO_CALL)
    chosen = voice_of(session, by, voice, at)
    asked = asked_of(session, chosen.party, chosen.alone)
    wrong = refuse_choices((a.question for a in asked), choices, follow=bool(session.rules.get("follow_majority")))
    if wrong:
        raise Refused(wrong[1], f"choice_{wrong[0]}")
    opening = {
        "choices": {a.no: choices[a.no] for a in asked}, "owner": chosen.owner, "agent": "",
        "home": chosen.row.label, "channel": ONLINE,
    }  # fmt: skip
    try:
        with transaction.atomic():
            held = Session.objects.select_for_update().get(compound_id=session.compound_id, pk=session.pk)
            kept = kept_before(session, by, once, Kind.CAST)
            if kept:
                return kept
            ask(refuse_time(window(held), at))
            party = Party.objects.select_for_update().get(compound_id=session.compound_id, pk=chosen.party.pk)
            leaf = take_in(
                held, by=by, kind=Kind.CAST, party=party, row=chosen.row, items=[a.item for a in asked], ballot=fresh_number(held),
                opening=opening, channel=ONLINE, at=at, person_id=chosen.person_id, once=once,
            )  # fmt: skip
            heard = (
                {"witness": str(call.witness), "told": entered(by=by, session=held, leaf=leaf, call=call, at=at)}
                if call
                else {}
            )
            record(
                by=by, act="session_cast", subject_kind=SUBJECT, subject_id=held.pk, at=at, compound_id=held.compound_id, internal=True,
                person_id=chosen.person_id, data={"leaf": leaf.index, "ballot": leaf.ballot, **heard},
            )  # fmt: skip
            return leaf
    except IntegrityError:
        kept = kept_before(session, by, once, Kind.CAST)
        if kept is None:
            raise
        return kept


def refuse_entry(session: Session, by: Actor, at: datetime) -> Refusal | None:
    """Before anything is asked: may this session take an online ballot of this hand at all?"""
    no = refuse_online(session.rules, session.profile) or refuse_time(window(session), at)
    if no or not by.assistance_id:
        return no
    return refuse_helped(session.rules, by.channel) or refuse_hand(session, by, at)


def no_voice(session: Session, by: Actor) -> Refusal:
    return DEAD if spoke_for_the_dead(session, by) else NOT_THERE


def voices_of(session: Session, by: Actor, at: datetime) -> list[Voice]:
    """Those that this account may use now. Raises Refused where there is none."""
    every = voices(session, by)
    if not every:
        raise Refused(no_voice(session, by))
    found = able(every, by, local(at))
    if not found:
        raise Refused(WARD)
    return found


def voice_of(session: Session, by: Actor, key: str, at: datetime) -> Voice:
    found = voices_of(session, by, at)
    chosen = next((one for one in found if one.key == key), None)
    if chosen is None:
        raise Refused(WHICH_HOME, "voice")
    return chosen
