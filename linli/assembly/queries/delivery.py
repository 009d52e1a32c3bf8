"""Who has a ballot in hand and who has not, by building; and each attempt with what proves it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.plumbing.moments import moment

from ..models import Delivery, Paper, Party, RegisterOwner, Session
from ..rules.delivery import ALL
from ..rules.returning import OF_THE_PARTY

PAGE = 50


@dataclass(frozen=True)
class Block:
    """A building: of `parties` so many are `delivered`."""

    building: UUID
    label: str
    parties: int
    delivered: int


def blocks(session: Session) -> list[Block]:
    rows = (
        Party.objects.filter(compound_id=session.compound_id, session=session)
        .values("building_id", "building__label", "building__position")
        .annotate(n=Count("id"), done=Count("id", filter=Q(delivered_at__isnull=False)))
        .order_by("building__position", "building_id")
    )
    return [Block(row["building_id"], row["building__label"], row["n"], row["done"]) for row in rows]


@dataclass(frozen=True)
class Line:
    """A party at the delivery desk. `tried`: the last attempt in words."""

    number: int
    label: str
    owners: str
    paper: str
    delivered: bool
    reach: str
    tried: str


def parties(
    session: Session, now: datetime, *, building: UUID | None = None, waiting: bool = False, words: str = "", after: int = 0
) -> list[Line]:  # fmt: skip
    """Four queries; one more than PAGE tells of a next page."""
    rows = Party.objects.filter(compound_id=session.compound_id, session=session, number__gt=after)
    if building:
        rows = rows.filter(building_id=building)
    if waiting:
        rows = rows.filter(delivered_at=None)
    if words:
        rows = rows.filter(label__icontains=words)
    return lines(session, list(rows.order_by("number")[: PAGE + 1]), now)


def lines(session: Session, found: list[Party], now: datetime) -> list[Line]:
    ids = [party.pk for party in found]
    owners, papers, tried = _owners(session, ids), _papers(session, ids), _last(session, ids, now)
    return [
        Line(p.number, p.label, owners.get(p.pk, ""), papers.get(p.pk, ""), p.delivered_at is not None, p.reach, tried.get(p.pk, ""))
        for p in found
    ]  # fmt: skip


def _owners(session: Session, ids: list[UUID]) -> dict[UUID, str]:
    names: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, row__party_id__in=ids)
    for party, mark, name in rows.order_by("id").values_list("row__party_id", "mark", "name"):
        names[party].setdefault(mark, masks.name(name))
    return {party: "、".join(found.values()) for party, found in names.items()}


def _papers(session: Session, ids: list[UUID]) -> dict[UUID, str]:
    rows = (
        Paper.objects.filter(compound_id=session.compound_id, party_id__in=ids)
        .exclude(state__in=("void", *OF_THE_PARTY))
        .order_by("id")
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for party, number in rows.values_list("party_id", "number"):
        found[party].append(number)
    return {party: "、".join(numbers) for party, numbers in found.items()}


def _last(session: Session, ids: list[UUID], now: datetime) -> dict[UUID, str]:
    rows = Delivery.objects.filter(compound_id=session.compound_id, party_id__in=ids).order_by("id")
    return {
        party: f"{_(ALL[evidence])} · {moment(at, now)}"
        for party, evidence, at in rows.values_list("party_id", "evidence", "at")
    }


def party_at(session: Session, number: int) -> Party | None:
    return Party.objects.filter(compound_id=session.compound_id, session=session, number=number).first()


def attempts(session: Session, party: Party) -> list[Delivery]:
    return list(Delivery.objects.filter(compound_id=session.compound_id, party=party).order_by("-id")[:50])


def photo_of(session: Session, party: Party, attempt: UUID) -> str:
    """The name of its sealed file; empty where there is none."""
    rows = Delivery.objects.filter(compound_id=session.compound_id, session=session, party=party, pk=attempt)
    return rows.values_list("file", flat=True).first() or ""


def papers_of(session: Session, party: Party) -> list[Paper]:
    """In their hands: one, or one for each home where each votes by itself."""
    rows = Paper.objects.filter(compound_id=session.compound_id, session=session, party=party, state="printed")
    return list(rows.order_by("row__place", "id"))


def unreached(session: Session) -> int:
    """Parties without a ballot in hand."""
    return Party.objects.filter(compound_id=session.compound_id, session=session, delivered_at=None).count()


def first_parties(session: Session, n: int) -> list[Party]:
    return list(Party.objects.filter(compound_id=session.compound_id, session=session).order_by("number")[:n])
