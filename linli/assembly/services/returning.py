"""A numbered paper came back. What is on it nobody reads before the count."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refusal, Refused, ask
from linli.plumbing.acts import Actor

from ..models import Leaf, Paper, Party, RegisterHome, Session
from ..queries.casting import asked_of, window
from ..rules.casting import NOTICE, PAPER, refuse_time
from ..rules.numbers import read
from ..rules.sessions import Act
from .base import begin, finish
from .box import take_in


@transaction.atomic
def receive(*, by: Actor, session: Session, number: str, at: datetime, once: UUID) -> Leaf:
    """The number goes into the log; the same press twice gives the same leaf. Raises Refused for a number that is misread, unknown
    to this session, void, or back already."""
    kept = Leaf.objects.filter(compound_id=session.compound_id, session=session, once=once).first()
    if kept:
        return kept
    step = begin(session, by=by, act=Act.RECEIVE, at=at, once=None)
    kept = Leaf.objects.filter(compound_id=session.compound_id, session=session, once=once).first()
    if kept:
        return kept
    ask(refuse_time(window(step.session), at), "number")
    paper = _paper(step.session, number)
    party = Party.objects.select_for_update().get(compound_id=session.compound_id, pk=paper.party_id)
    row = RegisterHome.objects.filter(compound_id=session.compound_id, party=party).order_by("place").first()
    assert row is not None
    paper.state = "returned"
    paper.save(update_fields=["state"])
    leaf = take_in(
        step.session, by=by, kind=Kind.RETURNED, party=party, row=row, items=[a.item for a in asked_of(step.session, party)],
        ballot=paper.number, opening={"home": row.label, "channel": PAPER}, channel=PAPER, at=at, once=once,
    )  # fmt: skip
    finish(step, data={"leaf": leaf.index, "ballot": leaf.ballot}, internal=True)
    return leaf


def _paper(session: Session, number: str) -> Paper:
    printed = read(number)
    if printed is None:
        raise Refused(Refusal("misread", "这个编号不对，看一看是不是抄错了一位"), "number")
    paper = Paper.objects.select_for_update().filter(
        compound_id=session.compound_id, session=session, number=printed
    ).first()  # fmt: skip
    if paper is None:
        raise Refused(Refusal("unknown_number", "这次会议没有发过这个编号的票，不能收", NOTICE), "number")
    if paper.state == "void":
        raise Refused(Refusal("void_number", "这张票作废了，换发过新票，不能收", NOTICE), "number")
    if paper.state == "returned":
        raise Refused(Refusal("used_number", "这个编号的票已经收过一次，不能再收", NOTICE), "number")
    return paper
