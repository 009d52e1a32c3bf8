"""Signed tree heads, put out day by day and when the box closes (docs/proof.md)."""

from datetime import datetime
from uuid import UUID

from linli.kernel.merkle import Frontier
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..models import Head, Log, Session
from ..rules.dates import local
from ..rules.sessions import State
from . import log

DAILY, CLOSED = "daily", "closed"


@one_act()
def publish_head(*, session_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """False where today's is out already, nothing is in the box, or it has closed since."""
    session = Session.objects.select_for_update().get(compound_id=compound_id, pk=session_id)
    today = local(at)
    rows = Head.objects.filter(compound_id=compound_id, session=session, kind=DAILY)
    box = log.locked(session)
    if rows.filter(on=today).exists() or not box.size or session.state != State.OPEN:
        return False
    publish(session, box, DAILY, at)
    return True


def publish_closing(session: Session, at: datetime) -> None:
    """Part of closing, by whomever: from here on nothing comes before what the count writes. Also of an empty box."""
    publish(session, log.locked(session), CLOSED, at)


def publish(session: Session, box: Log, kind: str, at: datetime) -> Head:
    tree = Frontier(box.size, tuple(bytes.fromhex(root) for root in box.frontier))
    return Head.objects.create(
        id=uuid7(), compound_id=session.compound_id, session=session, size=box.size, on=local(at), kind=kind,
        head=log.head(session, tree, at),
    )  # fmt: skip
