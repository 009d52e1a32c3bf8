"""Ballots with names leave on paper: who had them printed, and how many."""

from datetime import datetime

from django.db import transaction

from linli.plumbing.acts import Actor, record

from ..models import Session
from .base import SUBJECT


@transaction.atomic
def printed(*, by: Actor, session: Session, what: str, sheets: int, at: datetime) -> None:
    record(
        by=by, act="session_print", subject_kind=SUBJECT, subject_id=session.pk, at=at, compound_id=session.compound_id,
        words=what, data={"sheets": sheets}, internal=True,
    )  # fmt: skip
