"""Each row read under the chosen columns and judged against the register; nothing else changes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.kernel.rosters import rows as parsing
from linli.kernel.rosters.cells import State
from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import Unreadable
from linli.kernel.rosters.sheetowners import UNUSED
from linli.people.models import RosterChunk, RosterImport
from linli.people.queries import chunks
from linli.people.rules.imports import Became, Stage
from linli.people.words.imports import keep
from linli.places.models import Compound, Grid

from .compare import Comparer
from .reading import SheetCleaner, hidden_columns, plans_as_chosen, sheets_of
from .register import Register
from .stages import failed, moved, no_collector


def check(*, roster: RosterImport, at: datetime) -> None:
    """Reads the file under the chosen columns and judges each row against the register. Changes nothing else."""
    with no_collector():
        try:
            sheets = sheets_of(roster.stored, roster.filename)
        except Unreadable as unreadable:
            moved(roster, Stage.FAILED)
            failed(roster, unreadable.sentence)
            return
        plans = plans_as_chosen(sheets, roster.kind, roster.mapping["sheets"])
        if not any(p.is_read for p in plans):
            moved(roster, Stage.UPLOADED)
            failed(roster, *(Note(p.why_not) for p in plans if p.why_not))
            return
        parsed = parsing.parse(sheets, plans, roster.kind, tick=_teller(roster))
        del sheets
        totals = [[t.sheet, t.number, t.stated, t.found] for t in parsed.totals]
        area, rows, parsed.rows = parsed.area, parsed.rows, []
        recs: Iterable[chunks.Rec] = _clean(rows, plans)
        comparer = comparer_of(roster)
        packed, told = [], Counter[str]()
        if comparer.register.has_owners:
            recs = list(recs)  # the owners of a home may stand in several rows
            comparer.hear(recs)
        for run in _runs(recs):
            counts = _judge(run, comparer)
            told.update(counts)
            packed.append((counts, chunks.pack(run)))
    summary = {
        **roster.summary, "counts": told, "totals": totals, "area": area,
        "homes": len(comparer.new_homes), "people": len(comparer.new_people),
        "plans": [_plan_summary(p) for p in plans],
    }  # fmt: skip
    with transaction.atomic():
        RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster).delete()
        RosterChunk.objects.bulk_create(
            RosterChunk(compound_id=roster.compound_id, roster=roster, position=i, counts=counts, rows=rows)
            for i, (counts, rows) in enumerate(packed)
        )
        moved(roster, Stage.CHECKED, summary=summary, progress=roster.total)


def _plan_summary(plan: Any) -> dict[str, Any]:
    return {
        "name": plan.name, "read": plan.is_read, "kept": list(plan.kept.values()),
        "sensitive": list(plan.sensitive.values()), "ignored": list(plan.ignored.values()),
        "headers": list(plan.header.headers) if plan.header else [], "hidden": sorted(hidden_columns(plan)),
    }  # fmt: skip


def _teller(roster: RosterImport) -> Callable[[int], None]:
    """Every few thousand rows, so that the page can say how far it is."""

    def tell(done: int) -> None:
        if done % 2000 == 0:
            RosterImport.objects.filter(compound_id=roster.compound_id, pk=roster.pk).update(progress=done)

    return tell


def _clean(rows: list[Any], plans: Sequence[Any]) -> Iterator[chunks.Rec]:
    """In the order of the file; each parsed row is let go as it is read."""
    extras = {id(r.owners): r.extra for r in rows if not r.homes and r.owners and r.extra}
    cleaners = {p.name: SheetCleaner(i, p, extras) for i, p in enumerate(plans)}
    people = {p.name for p in plans if p.layout == "people"}
    for at, row in enumerate(rows):
        rows[at] = None
        rec = cleaners[row.sheet].clean_row(row)
        if row.sheet in people and row.state is State.GOOD:
            lost = [keep(w.says) for w in row.warnings if w.says.sentence == UNUSED]
            rec.pop("w", None)
            rec |= {"st": Became.REFUSED, "e": lost, "raw": cleaners[row.sheet].raw(row)} if lost else {
                "st": Became.SKIPPED, "e": [keep(Note("业主资料，跟着他的房屋一起登记"))]
            }  # fmt: skip
        yield rec


def _runs(recs: Any) -> Iterator[list[chunks.Rec]]:
    run: list[chunks.Rec] = []
    for rec in recs:
        run.append(rec)
        if len(run) == chunks.ROWS:
            yield run
            run = []
    if run:
        yield run


def comparer_of(roster: RosterImport) -> Comparer:
    community = Compound.objects.values_list("community_id", flat=True).get(pk=roster.compound_id)
    grids = dict(Grid.objects.filter(community_id=community).values_list("name", "id"))
    return Comparer(Register(roster.compound_id).load(people=roster.kind == "owners"), grids)


def _judge(run: list[chunks.Rec], comparer: Comparer) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for rec in run:
        if not rec["st"]:
            verdict = comparer.judge(rec)
            rec["st"] = verdict.became
            if verdict.errors:
                rec["e"] = list(map(keep, verdict.errors))
            if verdict.changes:
                rec["c"] = verdict.changes
            if verdict.notes:
                rec["w"] = rec.get("w", []) + list(map(keep, verdict.notes))
            if not verdict.errors:
                comparer.take(verdict)
        counts[rec["st"]] += 1
        if rec.get("w"):
            counts["warned"] += 1
    return dict(counts)
