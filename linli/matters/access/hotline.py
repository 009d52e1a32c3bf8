"""Of the hotline: who may mind it sees all of the compound's; the views' guards hold the right."""

from uuid import UUID

from linli.places.models import Compound

from ..models import HotlineImport, HotlineOrder, ProposedTopic


def hotline_order_for(*, compound: Compound, pk: UUID) -> HotlineOrder | None:
    rows = HotlineOrder.objects.select_related("matter", "likely")
    return rows.filter(compound_id=compound.pk, pk=pk).first()


def hotline_import_for(*, compound: Compound, pk: UUID) -> HotlineImport | None:
    return HotlineImport.objects.filter(compound_id=compound.pk, pk=pk).first()


def topic_for(*, compound: Compound, pk: UUID) -> ProposedTopic | None:
    return ProposedTopic.objects.filter(compound_id=compound.pk, pk=pk).first()
