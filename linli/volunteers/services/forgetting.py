"""Years after it was over a call is kept as what neighbours did, no longer as whose it was (domain §6.4). Who helped stays: it is
the volunteer's own record."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.matters.rules.keeping import FORGET, before
from linli.matters.services.forgetting import clean, rest_of
from linli.notices import services as notices
from linli.people.rules import RESIDENTS
from linli.places.models import Compound
from linli.plumbing import vault
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.erasing import erase
from linli.plumbing.whole import one_act

from ..models import Call, CallPhoto, Claim
from ..rules import Act, State
from .steps import SUBJECT

WORDS = ("words", "result", "thanks", "materials")


@one_act()
def forget(*, call_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """False if another worker did."""
    rows = Call.objects.select_for_update(of=("self",)).select_related("caller_account", "caller_person")
    call = rows.get(compound_id=compound_id, pk=call_id)
    settings = Compound.objects.values_list("settings", flat=True).get(pk=compound_id)
    if call.forgotten_at or call.state == State.OPEN or call.since >= before(at, settings):
        return False
    known = {who.name for who in (call.caller_account, call.caller_person) if who and who.name}
    clean(call, WORDS, known)
    for claim in Claim.objects.filter(compound_id=compound_id, call=call).exclude(reason=""):
        clean(claim, ("reason",), known)
    call.caller_account = call.caller_person = call.home = None
    call.raised_by = None if call.raised_role in RESIDENTS else call.raised_by
    call.forgotten_at = at
    call.save(update_fields=["caller_account", "caller_person", "home", "raised_by", "forgotten_at"])
    notices.forget(compound_id=compound_id, subject_kind=SUBJECT, subject_id=call.pk)
    erase(
        compound_id=compound_id, subject_kind=SUBJECT, subject_id=call.pk, at=at,
        clean=lambda entry: rest_of(entry, known, words=entry.words if entry.act == Act.FINISH else ""),
    )  # fmt: skip
    photos = CallPhoto.objects.filter(compound_id=compound_id, call=call).exclude(sealed="")
    files = set(photos.values_list("sealed", flat=True))
    photos.update(sealed="")
    files -= set(CallPhoto.objects.filter(compound_id=compound_id, sealed__in=files).values_list("sealed", flat=True))
    record(
        by=CLOCK, act=FORGET, subject_kind=SUBJECT, subject_id=call.pk, at=at, compound_id=compound_id, internal=True,
        data={"files": len(files)},
    )  # fmt: skip
    transaction.on_commit(lambda: _delete(files))
    return True


def _delete(files: set[str]) -> None:
    for name in files:
        vault.forget_sealed(name)
