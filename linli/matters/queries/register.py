"""A filtered list as 诉求登记表 (domain §7.4): masked, a row at a time, however long."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from linli.kernel import masks
from linli.places.models import Compound
from linli.plumbing import search
from linli.plumbing.acts import Actor
from linli.plumbing.moments import lasting
from linli.plumbing.sheets import FORBIDDEN

from ..models import Matter, ReturnVisit
from ..rules.categories import Catalogue
from ..rules.categories import of as catalogue
from ..words import RATINGS, SOLVED, SOURCES, URGENCIES, category_name, state
from .desk import Filters, filtered

MOST = 50_000
CHUNK = 500
COLUMNS = (
    "编号", "时间", "来源", "反映人", "房号", "电话", "类别", "内容", "紧急程度", "首接人", "承办", "时限", "办理情况", "回访", "满意度", "超时",
)  # fmt: skip
WIDTHS = (8, 17, 10, 8, 18, 8, 16, 60, 10, 16, 16, 17, 40, 12, 10, 12)
_SLOTS = (
    "id", "number", "leg", "reported_at", "source", "reporter_name", "reporter_person__name", "place", "category", "words", "urgency",
    "first_receiver__name", "handler_body__name", "due_at", "state", "pause_reason", "done_words", "rating", "next_due_at", "paused_at",
)  # fmt: skip


def rows(compound: Compound, by: Actor, f: Filters, at: datetime) -> Iterator[list[str]]:
    """Newest first. Names are masked, telephone numbers left out, numbers in the words covered."""
    zone, own = timezone.get_current_timezone(), catalogue(compound.settings)
    before: int | None = None
    for _n in range(MOST // CHUNK):
        chunk, before = _chunk(compound, by, f, at, before)
        visits = _visits(compound, [r[0] for r in chunk])
        for r in chunk:
            yield [*_line(r[:-2], visits.get(r[0], ("", "")), zone, own), _late(r[-2], r[-1], at)]
        if before is None:
            return


def _chunk(
    compound: Compound, by: Actor, f: Filters, at: datetime, before: int | None
) -> tuple[list[tuple], int | None]:
    """And the number below which the next one begins; None at the end. Of what was searched a chunk may hold less, or nothing."""
    found = filtered(compound, by, f, at)
    if f.q:
        numbers = search.find(
            compound_id=compound.pk, ordinal=compound.ordinal, kind="matter", text=f.q, before=before, limit=CHUNK
        )
        if f.view == "open":
            found = (
                Matter.objects.filter(pk__in=[])
                | filtered(compound, by, Filters(**{**f.__dict__, "view": "ended"}), at)
                | found
            )
        found = found.filter(number__in=numbers)
    elif before is not None:
        found = found.filter(number__lt=before)
    got = list(found.order_by("-number").values_list(*_SLOTS)[:CHUNK])
    seen = numbers if f.q else [r[1] for r in got]
    return got, seen[-1] if len(seen) == CHUNK else None


def _visits(compound: Compound, ids: list[Any]) -> dict[Any, tuple[str, str]]:
    made = ReturnVisit.objects.filter(compound_id=compound.pk, matter_id__in=ids).order_by("at")
    return {
        pk: (_("没联系上") if not contacted else SOLVED.get(solved, ""), RATINGS.get(satisfied, ""))
        for pk, contacted, solved, satisfied in made.values_list("matter_id", "contacted", "solved", "satisfied")
    }


def _late(due: datetime | None, paused: datetime | None, at: datetime) -> str:
    """By how much the running clock is over, as the desk shows it; a stopped one is never late."""
    return lasting(at - due) if due and not paused and due <= at else ""


def _line(r: tuple, visit: tuple[str, str], zone: Any, own: Catalogue) -> list[str]:
    (
        _id, number, leg, reported, source, caller, person, place, category, words, urgency, first, handler, due, at_state, pause, done, rating,
    ) = r  # fmt: skip
    name = person or caller
    progress = state(at_state, pause) + (f"：{done}" if done else "")
    return [
        f"{number:04d}" + (f"-{leg}" if leg > 1 else ""),
        f"{reported.astimezone(zone):%Y-%m-%d %H:%M}",
        str(SOURCES.get(source, source)),
        masks.name(name) if name else "",
        place,
        "",
        category_name(category, own),
        masks.scrub(words),
        URGENCIES.get(urgency, ""),
        first or "",
        handler or "",
        f"{due.astimezone(zone):%Y-%m-%d %H:%M}" if due else "",
        masks.scrub(progress),
        visit[0],
        visit[1] or RATINGS.get(rating, ""),
    ]


def workbook(compound: Compound, by: Actor, f: Filters, at: datetime) -> IO[bytes]:
    """An open file at its beginning; written row by row, so that a long list takes no more memory than a short one."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("诉求登记表"))
    for i, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + i)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_(c) for c in COLUMNS])
    for line in rows(compound, by, f, at):
        sheet.append([_cell(sheet, value) for value in line])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(file)
    file.seek(0)
    return file


def _cell(sheet: Any, value: str) -> Any:
    """Words stay words: what begins like a formula is never reckoned."""
    value = value.translate(FORBIDDEN)
    if value[:1] in ("=", "+", "-", "@"):
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
        cell.quotePrefix = True
        return cell
    return value
