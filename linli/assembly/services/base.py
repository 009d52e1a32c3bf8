"""The one path by which a session changes: lock, ask the rules, change, write the entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from linli.kernel.refusal import Refusal, Refused, ask
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7

from ..access import parts_in
from ..models import Assent, Formation, Selection, Session
from ..queries.officers import assents
from ..rules.sessions import TABLE, Act, State, refuse

SUBJECT = "session"
KIND = "assembly"  # of its messages


@dataclass
class Step:
    """A change under way; `done_before`: the same submit came twice, change nothing."""

    session: Session
    by: Actor
    act: Act
    at: datetime
    once: UUID | None
    done_before: bool = False


def key_of(once: UUID, session: Session, by: Actor, *what: object) -> UUID:
    """Of a form and what was in it: pressed twice it is one act, sent again with something else in it another."""
    return uuid5(once, repr((session.pk, by.account_id, *what)))


def sent_before(subject: Session | Formation | Selection, by: Actor, act: str, once: UUID | None) -> bool:
    """The same press again: nothing more is done. Raises Refused for the key of another act, or of somebody else's: it did nothing of
    this kind, and must not read as done."""
    entry = done_before(subject.compound_id, once)
    if entry and (entry.subject_id, entry.act, entry.account_id) != (subject.pk, act, by.account_id):
        raise Refused(Refusal("sent_before", "这一页交过了，请重新打开再填"))
    return entry is not None


def begin(session: Session, *, by: Actor, act: Act, at: datetime, once: UUID | None) -> Step:
    """Must run inside the caller's transaction; the session's row lock orders whoever writes at it. Raises Refused."""
    fresh = Session.objects.select_for_update().get(compound_id=session.compound_id, pk=session.pk)
    step = Step(fresh, by, act, at, once)
    if sent_before(fresh, by, f"session_{act}", once):
        step.done_before = True
        return step
    ask(refuse(act, State(fresh.state), parts_in(fresh, by)))
    rule = TABLE[act]
    if rule.to and not rule.both:
        fresh.state = rule.to
    return step


def together(step: Step, *, turn: int | str = 1) -> bool:
    """For acts that need two: keeps this one's assent; True when with it each office has pressed. Then the state moves on.

    The same account never stands for both. `turn`: which time or of what, for what may be done again.
    """
    session, rule, act = step.session, TABLE[step.act], str(step.act) if turn == 1 else f"{step.act}:{turn}"
    offices = sorted(str(who) for who in parts_in(session, step.by) & rule.who)
    held = assents(session).get(act, {})
    if step.by.account_id is None or step.by.account_id in held.values():
        raise Refused(Refusal("said_before", "您已经同意了，还要另一位"))
    office = next((one for one in offices if one not in held), None)
    if office is None:
        raise Refused(Refusal("said_before", "您已经同意了，还要另一位"))
    Assent(
        id=uuid7(), compound_id=session.compound_id, session=session, act=act, office=office, account_id=step.by.account_id, at=step.at
    ).save(force_insert=True)  # fmt: skip
    if {*held, office} != {str(who) for who in rule.who}:
        return False
    if rule.to:
        session.state = rule.to
    return True


def finish(step: Step, *, words: str = "", data: Mapping[str, Any] | None = None, internal: bool = False) -> None:
    session = step.session
    session.save()
    record(
        by=step.by, act=f"session_{step.act}", subject_kind=SUBJECT, subject_id=session.pk, at=step.at,
        compound_id=session.compound_id, words=words, data=data, once=step.once, internal=internal,
    )  # fmt: skip
