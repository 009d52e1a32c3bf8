"""Signed tree heads, put out day by day (docs/proof.md)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.merkle import Frontier
from linli.plumbing.tenancy import uuid7

from ..models import Head, Session
from ..rules.dates import local
from . import log

DAILY = "daily"


def publish_head(*, session_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """False where today's is out already, or nothing is in the box."""
    with transaction.atomic():
        session = Session.objects.select_for_update().get(compound_id=compound_id, pk=session_id)
        today = local(at)
        rows = Head.objects.filter(compound_id=compound_id, session=session, kind=DAILY)
        box = log.locked(session)
        if rows.filter(on=today).exists() or not box.size:
            return False
        tree = Frontier(box.size, tuple(bytes.fromhex(root) for root in box.frontier))
        Head(
            id=uuid7(), compound_id=compound_id, session=session, size=box.size, on=today, kind=DAILY,
            head=log.head(session, tree, at),
        ).save(force_insert=True)  # fmt: skip
        return True
