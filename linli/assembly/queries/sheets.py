"""Where each sheet of the key is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ..models import Session, SheetUse
from ..rules.sheets import HANDED, KEEPERS, LOST


@dataclass(frozen=True, slots=True)
class Sheet:
    """`keeper` and `since`: to whom it was handed last; `lost`: since when."""

    place: int
    office: str
    keeper: str
    account: UUID | None
    since: datetime | None
    lost: datetime | None
    acts: tuple[SheetUse, ...]


def sheets(session: Session) -> list[Sheet]:
    """Of the key that holds today; one statement."""
    uses: dict[int, list[SheetUse]] = {place: [] for place in range(1, len(session.sheets) + 1)}
    for row in SheetUse.objects.filter(compound_id=session.compound_id, session=session).order_by("id"):
        if 0 < row.place <= len(session.sheets) and row.digest == session.sheets[row.place - 1]:
            uses[row.place].append(row)
    return [_sheet(place, rows) for place, rows in uses.items()]


def _sheet(place: int, rows: list[SheetUse]) -> Sheet:
    held = next((row for row in reversed(rows) if row.act == HANDED), None)
    lost = next((row.at for row in rows if row.act == LOST), None)
    office = held.office if held else KEEPERS[place - 1]
    return Sheet(
        place, office, held.name if held else "", held.account_id if held else None, held.at if held else None, lost, tuple(rows)
    )  # fmt: skip


def lost(session: Session) -> list[int]:
    return [sheet.place for sheet in sheets(session) if sheet.lost]
