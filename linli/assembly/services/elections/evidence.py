"""What stands behind a condition that was looked at, as a file: kept sealed, and shown to who examines, which is written down."""

from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from linli.plumbing.acts import Actor, record
from linli.plumbing.tenancy import uuid7

from ...models import Evidence, Formation, Nominee
from ..keeping import kept
from .base import SUBJECT, Step

NAME_MOST = 80


def keep(step: Step, nominee: Nominee, key: str, file: BinaryIO, name: str) -> Evidence:
    """The same file for the same condition is kept once. Raises Refused."""
    paper = kept(nominee.compound_id, file)
    old = Evidence.objects.filter(
        compound_id=nominee.compound_id, nominee=nominee, key=key, digest=paper["digest"]
    ).first()
    if old:
        return old
    made = Evidence(
        id=uuid7(), compound_id=nominee.compound_id, nominee=nominee, key=key, name=plain(name), at=step.at,
        account_id=step.by.account_id, **paper,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def plain(name: str) -> str:
    """A file's own name, without folders and ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return (last.rpartition(".")[0] or last)[:NAME_MOST]


@transaction.atomic
def shown(*, by: Actor, formation: Formation, evidence: Evidence, at: datetime) -> None:
    record(
        by=by, act="formation_evidence_shown", subject_kind=SUBJECT, subject_id=formation.pk, at=at,
        compound_id=formation.compound_id, data={"nominee": str(evidence.nominee_id), "evidence": str(evidence.pk)}, internal=True,
    )  # fmt: skip
