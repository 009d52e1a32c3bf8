"""Who keeps the list of a batch case, and who sees how far it is."""

from uuid import UUID

from linli.people.rules import RESIDENTS, RIGHTS
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import Batch, BatchHome, BatchImport, BatchVisit
from ..queries.batches import homes_in, homes_of_resident
from ..rules import batches as rules


def batch_part(batch: Batch, by: Actor) -> rules.Part | None:
    if by.compound_id != batch.compound_id:
        return None
    return rules.part(by.role, leads=RIGHTS[Right.OPEN_BATCH], keeps=RIGHTS[Right.KEEP_BATCH])


def batch_for(*, compound: Compound, number: int, by: Actor | None) -> Batch | None:
    """For those who keep its list."""
    batch = Batch.objects.select_related("matter").filter(compound_id=compound.pk, number=number).first()
    if batch is None or by is None or batch_part(batch, by) is None:
        return None
    batch.compound = compound
    return batch


def batch_progress_for(*, compound: Compound, number: int, by: Actor | None) -> Batch | None:
    """Its progress: for everybody where compound and case allow it, else for whoever has a standing here."""
    batch = Batch.objects.filter(compound_id=compound.pk, number=number).first()
    if batch is None:
        return None
    inside = by is not None and by.compound_id == compound.pk
    return batch if inside or (compound.public_page and batch.public) else None


def batch_homes_for(*, batch: Batch, by: Actor) -> list[BatchHome]:
    """A resident's own homes in it: as owner or the owner's family, never as a tenant (domain §6.3)."""
    if by.role not in RESIDENTS or by.compound_id != batch.compound_id or by.account_id is None:
        return []
    return homes_of_resident(batch, by.account_id, by.home_id)


def batch_home_for(*, batch: Batch, home_id: UUID) -> BatchHome | None:
    """Of a batch that `batch_for` gave."""
    return homes_in(batch).select_related("home", "building").filter(home_id=home_id).first()


def batch_import_for(*, batch: Batch, import_id: UUID) -> BatchImport | None:
    return BatchImport.objects.filter(compound_id=batch.compound_id, batch=batch, pk=import_id).first()


def batch_visit_for(*, batch: Batch, visit_id: UUID) -> BatchVisit | None:
    return BatchVisit.objects.filter(compound_id=batch.compound_id, batch=batch, pk=visit_id).first()
