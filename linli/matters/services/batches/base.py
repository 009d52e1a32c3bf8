"""What every act with a batch case asks first."""

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor

from ...access.batches import batch_part
from ...models import Batch
from ...rules.batches import Part

SUBJECT = "batch"


def must(by: Actor, batch: Batch, *parts: Part) -> Part:
    found = batch_part(batch, by)
    if found is None or (parts and found not in parts):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    return found


def must_be_open(batch: Batch) -> None:
    if batch.closed_at:
        raise Refused(Refusal("closed", "这件事已经办结，不能再改"))


def locked(batch: Batch) -> Batch:
    return Batch.objects.select_for_update().get(compound_id=batch.compound_id, pk=batch.pk)
