"""The rows that were not taken, as a file: the columns as they came, and two more that say which row and why."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel.rosters.reading import Sheet, Unreadable
from linli.people.models import RosterChunk, RosterImport
from linli.people.queries.chunks import Rec, unpack
from linli.people.rules.imports import NOT_TAKEN
from linli.people.words.imports import said
from linli.plumbing import sheets as files
from linli.plumbing import vault

from .reading import NUMBER_HEADER, REASON_HEADER, raw_cells, sheets_of


def rows_not_taken(compound_id: UUID, roster_id: UUID) -> Iterator[Rec]:
    chunks = RosterChunk.objects.filter(compound_id=compound_id, roster_id=roster_id).order_by("position")
    wanted = [p for p, counts in chunks.values_list("position", "counts") if any(counts.get(b) for b in NOT_TAKEN)]
    for sealed in chunks.filter(position__in=wanted).values_list("rows", flat=True).iterator(chunk_size=10):
        yield from (r for r in unpack(sealed) if r["st"] in NOT_TAKEN)


class _File:
    """The rows that looked good in the file and met something in the register: read again, if the file is still here."""

    def __init__(self, roster: RosterImport) -> None:
        self.roster = roster
        self.sheets: list[Sheet] | None = None

    def row(self, sheet: int, number: int) -> list[str]:
        if self.sheets is None:
            try:
                self.sheets = sheets_of(self.roster.stored, self.roster.filename)
            except (OSError, vault.Unopened, Unreadable):
                self.sheets = []
        if not self.sheets:
            return []
        return raw_cells(self.sheets[sheet].rows[number - 1], self.roster.summary["plans"][sheet]["hidden"])


def _tables(roster: RosterImport) -> dict[int, tuple[str, list[str], list[list[str]]]]:
    """sheet -> (name, headers, rows)."""
    found: dict[int, tuple[str, list[str], list[list[str]]]] = {}
    plans, file = roster.summary["plans"], _File(roster)
    for rec in rows_not_taken(roster.compound_id, roster.pk):
        plan = plans[rec["s"]]
        _name, headers, rows = found.setdefault(rec["s"], (plan["name"], plan["headers"], []))
        cells = rec.get("raw") or file.row(rec["s"], rec["n"])
        cells = [*cells, *[""] * (len(headers) - len(cells))][: max(len(headers), 1)]
        rows.append([*cells, str(rec["n"]), _("；").join(map(said, rec.get("e", [])))])
    return found


def _headed(headers: Sequence[str]) -> list[str]:
    return [*headers, _(NUMBER_HEADER), _(REASON_HEADER)]


def _files(roster: RosterImport) -> list[files.Table]:
    return [files.Table(name, _headed(headers), rows) for name, headers, rows in _tables(roster).values()]


def as_xlsx(roster: RosterImport) -> bytes:
    none = files.Table(_("没有收进的行"), _headed([]), [])
    return files.as_xlsx(_files(roster) or [none], nameless=_("表"))


def as_csv(roster: RosterImport) -> bytes:
    return files.as_csv(_files(roster))
