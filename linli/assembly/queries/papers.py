from uuid import UUID

from ..models import ItemPaper, Session


def paper_for(session: Session, pk: UUID) -> ItemPaper | None:
    return ItemPaper.objects.filter(compound_id=session.compound_id, item__session=session, pk=pk).first()
