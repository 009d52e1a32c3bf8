from linli.kernel.tally.thresholds import Weight

from ..models import Asking, Party, RegisterOwner, Session


def asking(session: Session) -> Weight:
    """Parties of which an owner has signed, and their area; a party counts once however many of its owners sign."""
    marks = Asking.objects.filter(compound_id=session.compound_id, session=session).values("mark")
    signed = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, mark__in=marks)
    rows = Party.objects.filter(
        compound_id=session.compound_id, session=session, pk__in=signed.values("row__party")
    ).values_list("area", flat=True)
    areas = list(rows)
    return Weight(sum(areas), len(areas))


def signatures(session: Session) -> list[Asking]:
    return list(Asking.objects.filter(compound_id=session.compound_id, session=session).order_by("-id")[:500])
