"""An owner says what he thinks of the items, where only the official system takes his vote."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused, ask
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import shift
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..models import Opinion, Party, Session
from ..queries.casting import Voice, asked_of, window
from ..queries.opinions import own, speakers
from ..rules.opinions import Said, counted_as, refuse_helped, refuse_place, refuse_said, refuse_time
from .base import SUBJECT, sent_before
from .casting import WHICH_HOME, no_voice


@one_act()
def give(
    *, by: Actor, session: Session, party: Party, said: Mapping[str, Said], at: datetime, once: UUID | None = None
) -> list[Opinion]:
    """One for each item of which something is said, by its place. No ballot, no receipt; the last of the party holds.

    Raises Refused.
    """
    held = Session.objects.select_for_update().get(compound_id=session.compound_id, pk=session.pk)
    if sent_before(session, by, "session_opinion", once):
        return _kept(session, by, once)
    ask(refuse_entry(held, by, at))
    voice = _voice(held, by, party, at)
    asked = {one.no: one for one in asked_of(held, voice.party)}
    said = {no: Said(one.choice, one.words.strip()) for no, one in said.items()}
    ask(refuse_said({no: one.question for no, one in asked.items()}, said))
    before, mine = _last(held, voice.party), own(held, voice.party, by)
    made = [
        Opinion(
            id=uuid7(), compound_id=held.compound_id, session=held, item=asked[no].item, party=voice.party, person_id=voice.person_id,
            choice=one.choice, words=one.words, at=at, once=once, account_id=by.account_id,
        )
        for no, one in said.items()
        if one.choice or one.words or no in mine
    ]  # fmt: skip
    Opinion.objects.bulk_create(made)
    _count(held, before, made)
    record(
        by=by, act="session_opinion", subject_kind=SUBJECT, subject_id=held.pk, at=at, compound_id=held.compound_id, internal=True,
        person_id=voice.person_id, data={"party": voice.party.number, "items": [row.item.place for row in made]}, once=once,
    )  # fmt: skip
    return made


def refuse_entry(session: Session, by: Actor, at: datetime) -> Refusal | None:
    no = refuse_place(session.rules) or refuse_time(window(session), at)
    return refuse_helped() if no is None and by.assistance_id else no


def _voice(session: Session, by: Actor, party: Party, at: datetime) -> Voice:
    found = speakers(session, by, at)
    if not found:
        raise Refused(no_voice(session, by))
    chosen = next((one for one in found if one.party.pk == party.pk), None)
    if chosen is None:
        raise Refused(WHICH_HOME)
    return chosen


def _kept(session: Session, by: Actor, once: UUID | None) -> list[Opinion]:
    rows = Opinion.objects.filter(compound_id=session.compound_id, session=session, once=once, account_id=by.account_id)
    return list(rows.order_by("id"))


def _last(session: Session, party: Party) -> dict[UUID, str]:
    rows = Opinion.objects.filter(compound_id=session.compound_id, session=session, party=party).order_by("id")
    return dict(rows.values_list("item_id", "choice"))


def _count(session: Session, before: Mapping[UUID, str], made: list[Opinion]) -> None:
    changes: dict[str, int] = {}
    for row in made:
        for choice, change in ((before.get(row.item_id, ""), -1), (row.choice, 1)):
            name = f"{counted_as(session.pk)}{row.item.place}:{choice}"
            if choice:
                changes[name] = changes.get(name, 0) + change
    shift(session.compound_id, changes)
