"""A numbered paper came back. What is on it nobody reads before the count."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refused, ask
from linli.plumbing.acts import Actor

from ..models import Leaf, Paper, Party, RegisterHome, Session
from ..queries.casting import asked_of, window
from ..rules.casting import PAPER, refuse_time
from ..rules.numbers import read
from ..rules.returning import MISREAD, refuse_paper
from ..rules.sessions import Act, State
from .base import Step, begin, finish, key_of
from .box import take_in


@transaction.atomic
def receive(*, by: Actor, session: Session, number: str, at: datetime, once: UUID) -> Leaf:
    """The number goes into the log; the same press twice gives the same leaf. Raises Refused for a number that is misread, unknown
    to this session, void, or back already."""
    once = key_of(once, session, by, read(number))
    kept = Leaf.objects.filter(compound_id=session.compound_id, session=session, once=once).first()
    if kept:
        return kept
    if session.state not in {
        State.DRAFTING,
        State.NOTICED,
        State.OPEN,
    }:  # however far the session has gone on, it came too late, and by which article
        ask(refuse_time(window(session), at), "number")
    step = begin(session, by=by, act=Act.RECEIVE, at=at, once=None)
    kept = Leaf.objects.filter(compound_id=session.compound_id, session=session, once=once).first()
    if kept:
        return kept
    paper = paper_of(step.session, number)
    ask(refuse_time(window(step.session), at) or refuse_paper(paper.state if paper else None), "number")
    assert paper
    leaf = come_back(step, paper, once)
    finish(step, data={"leaf": leaf.index, "ballot": leaf.ballot}, internal=True)
    return leaf


def come_back(step: Step, paper: Paper, once: UUID | None = None) -> Leaf:
    """A printed paper, locked, in time: what `receive` and a scan do alike."""
    session = step.session
    party = Party.objects.select_for_update().get(compound_id=session.compound_id, pk=paper.party_id)
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, party=party)
    row = (rows.filter(pk=paper.row_id) if paper.row_id else rows.order_by("place")).first()
    assert row is not None
    paper.state = "returned"
    paper.save(update_fields=["state"])
    return take_in(
        session, by=step.by, kind=Kind.RETURNED, party=party, row=row, items=[a.item for a in asked_of(session, party, paper.row_id)],
        ballot=paper.number, opening={"home": row.label, "channel": PAPER}, channel=PAPER, at=step.at, once=once,
    )  # fmt: skip


def paper_of(session: Session, number: str) -> Paper | None:
    """Locked. Raises Refused for what is no number of ours."""
    printed = read(number)
    if printed is None:
        raise Refused(MISREAD, "number")
    rows = Paper.objects.select_for_update().filter(
        compound_id=session.compound_id, session=session, number=printed
    )  # fmt: skip
    return rows.first()
