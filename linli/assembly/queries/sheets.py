"""Where each sheet of the key is."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ..models import Session, SheetUse
from ..rules.sessions import Act
from ..rules.sheets import FOUND, HANDED, KEEPERS, LOST
from .officers import assents


@dataclass(frozen=True, slots=True)
class Sheet:
    """`keeper` and `since`: to whom it was handed last; `lost`: since when; `turn`: how many of this place were lost, of older keys too."""

    place: int
    office: str
    keeper: str
    account: UUID | None
    since: datetime | None
    lost: datetime | None
    turn: int
    acts: tuple[SheetUse, ...]


def sheets(session: Session) -> list[Sheet]:
    """Of the key that holds today; one statement."""
    uses: dict[int, list[SheetUse]] = {place: [] for place in range(1, len(session.sheets) + 1)}
    turns = Counter[int]()
    for row in SheetUse.objects.filter(compound_id=session.compound_id, session=session).order_by("id"):
        turns[row.place] += row.act == LOST
        if 0 < row.place <= len(session.sheets) and row.digest == session.sheets[row.place - 1]:
            uses[row.place].append(row)
    return [_sheet(place, rows, turns[place]) for place, rows in uses.items()]


def _sheet(place: int, rows: list[SheetUse], turn: int) -> Sheet:
    held = next((row for row in reversed(rows) if row.act == HANDED), None)
    last = next((row for row in reversed(rows) if row.act in {LOST, FOUND}), None)
    lost = last.at if last and last.act == LOST else None
    office = held.office if held else KEEPERS[place - 1]
    return Sheet(
        place, office, held.name if held else "", held.account_id if held else None, held.at if held else None, lost, turn, tuple(rows)
    )  # fmt: skip


def lost(session: Session) -> list[int]:
    return [sheet.place for sheet in sheets(session) if sheet.lost]


def finders(session: Session) -> dict[str, tuple[str, UUID]]:
    """(office, account) of whoever says that a lost sheet is back, by what `rules.sheets.finding` calls it."""
    given = {
        act.partition(":")[2]: held for act, held in assents(session).items() if act.startswith(f"{Act.FIND_SHEET}:")
    }
    return {of: next(iter(held.items())) for of, held in given.items()}


def found_again(session: Session) -> int:
    """How often a sheet was found: what was agreed while it was lost holds no longer."""
    return SheetUse.objects.filter(compound_id=session.compound_id, session=session, act=FOUND).count()
