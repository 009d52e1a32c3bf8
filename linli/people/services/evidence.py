from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refused
from linli.people.models import Assistance, RegisterChange
from linli.plumbing import images, vault
from linli.plumbing.acts import CLOCK, record

KEEP_EVIDENCE = timedelta(days=30)  # from the day it came (domain §6.4)


def sealed(compound_id: UUID, paper: bytes) -> str:
    """The picture of what proves a change of the register, for the second person; what is none is said beside the field."""
    try:
        photo = images.photo(paper)
    except Refused as no:
        raise Refused(no.refusal, "paper") from no
    return vault.keep_sealed(compound_id, photo.small)


def without(given: Mapping[str, Any], gone: Container[str]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key not in gone}


@transaction.atomic
def forget_evidence(*, change_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """The picture goes, what was decided by it stays; what nobody decided is refused with it, as nothing proves it any more."""
    change = RegisterChange.objects.select_for_update().get(compound_id=compound_id, pk=change_id)
    if not change.paper or change.proposed_at + KEEP_EVIDENCE > at:
        return False
    paper, change.paper = change.paper, ""
    if change.state == "proposed":
        change.state, change.decided_at, change.given = "refused", at, without(change.given, {"phone", "name"})
    change.save()
    if not any(
        kind.objects.filter(compound_id=compound_id, paper=paper).exists() for kind in (RegisterChange, Assistance)
    ):
        vault.forget_sealed(paper)
    record(
        by=CLOCK, act="forget_evidence", subject_kind="register_change", subject_id=change.pk, at=at, compound_id=compound_id,
        person_id=change.person_id,
    )  # fmt: skip
    return True
