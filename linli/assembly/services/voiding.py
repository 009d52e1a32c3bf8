"""An online ballot that a recount finds to be no vote: said by two, written into the log as a record of its own (docs/proof.md)."""

import secrets
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.notices.services import To, queue
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..access import parts_in
from ..models import Leaf, Objection, Session, Voiding
from ..queries.voiding import turn_of, waiting
from ..rules.counting import VOID_ARTICLES, VOID_REASONS
from ..rules.numbers import read
from ..rules.officers import SCHEME
from ..rules.sessions import Act, Office
from . import log
from .base import KIND, SUBJECT, Step, begin, finish
from .count import enter

WORDS_MOST = 200


@one_act()
def void(
    *, session: Session, by: Actor, number: str, reason: str, objection: UUID, words: str, at: datetime, once: UUID | None = None
) -> Leaf | None:  # fmt: skip
    """The leaf that voids it once chair and scrutineer have said the same, each by himself, at this recount; until then None.

    Raises Refused."""
    step = begin(session, by=by, act=Act.VOID, at=at, once=once)
    if step.done_before:
        return None
    if reason not in VOID_REASONS:
        raise Refused(Refusal("no_reason", "选一个原因", SCHEME), "reason")
    ballot, upheld = _ballot(step.session, number), _upheld(step.session, objection)
    words, office = written(words, "words", WORDS_MOST), _office(step)
    held = [one for one in waiting(step.session) if one.leaf_id == ballot.pk]
    alike = [one for one in held if (one.reason, one.objection_id) == (reason, upheld.pk)]
    if any(one.account_id == by.account_id for one in alike):
        raise Refused(Refusal("said_before", "您已经认定了，还要另一位"))
    assert by.account_id
    Voiding(
        id=uuid7(), compound_id=session.compound_id, session=step.session, turn=turn_of(step.session), leaf=ballot, objection=upheld,
        reason=reason, words=words, office=office, account_id=by.account_id, at=at,
    ).save(force_insert=True)  # fmt: skip
    made = _write(step, ballot, reason) if any(one.office != office for one in alike) else None
    data = {"ballot": ballot.ballot, "reason": reason, "article": VOID_ARTICLES[reason], "half": made is None}
    finish(step, words=words, data=data, internal=True)
    return made


def _ballot(session: Session, number: str) -> Leaf:
    plain = read(number) or number.strip().upper()
    rows = Leaf.objects.filter(compound_id=session.compound_id, session=session, ballot=plain)
    kinds = {leaf.kind: leaf for leaf in rows}
    if Kind.VOIDED in kinds:
        raise Refused(Refusal("voided", "这张票已经认定无效了", SCHEME), "number")
    if Kind.RETURNED in kinds:
        raise Refused(Refusal("paper", "这是纸质票，用“再看一张票”由两个人重录", SCHEME), "number")
    if Kind.CAST not in kinds:
        raise Refused(Refusal("no_ballot", "票箱里没有这个编号的票", SCHEME), "number")
    return kinds[Kind.CAST]


def _upheld(session: Session, pk: UUID) -> Objection:
    found = Objection.objects.filter(
        compound_id=session.compound_id, session=session, about="result", upheld=True, pk=pk
    ).first()
    if found is None:
        ask(Refusal("not_upheld", "先答复对结果的异议，异议成立的才能改", SCHEME), "objection")
        raise AssertionError
    return found


def _office(step: Step) -> Office:
    parts = {part.value for part in parts_in(step.session, step.by)}
    return Office.CHAIR if Office.CHAIR in parts else Office.SCRUTINEER


def _write(step: Step, ballot: Leaf, reason: str) -> Leaf:
    """The box is open, so the vault keeps the opening from now. Whoever cast it is told, and why."""
    session = step.session
    opening = {
        "salt": secrets.token_hex(log.SALT_BYTES), "kind": Kind.VOIDED.value, "ballot": ballot.ballot, "reason": reason,
        "article": VOID_ARTICLES[reason],
    }  # fmt: skip
    made = log.append(
        log.locked(session), session, kind=Kind.VOIDED, ballot=ballot.ballot, opening=opening, channel="online", at=step.at,
        account_id=step.by.account_id,
    )  # fmt: skip
    enter(session, made, opening, step.at)
    if ballot.account_id:
        queue(
            compound_id=session.compound_id, to=[To(account_id=ballot.account_id)], kind=KIND, title=_("您的票重新计票时认定无效"),
            body=_("%(title)s：%(number)s 号票不计，原因是%(why)s（%(article)s）。可以看结果、提异议，也可以向法院起诉。") % {
                "title": session.title, "number": ballot.ballot, "why": _(VOID_REASONS[reason]), "article": _(VOID_ARTICLES[reason]),
            },
            subject_kind=SUBJECT, subject_id=session.pk, number=session.number, key=f"session:{session.pk}:void:{ballot.index}", at=step.at,
        )  # fmt: skip
    return made
