"""The office's list into a batch case: read and judged, shown, then taken; faulty rows go back as a file with why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.kernel.rosters import plans as planning
from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import Unreadable, read_sheets
from linli.people.queries.chunks import pack, unpack
from linli.people.rules.imports import NOT_TAKEN, TAKEN, Became
from linli.people.words.imports import keep, said
from linli.places.models import Home
from linli.plumbing import sheets as files
from linli.plumbing import vault
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...models import Batch, BatchHome, BatchImport
from ...queries.batches import papers_of
from ...rules import batches as rules
from ...rules import certificates as reading
from ...rules.batches import HomeState, Paper
from ...rules.certificates import Facts
from .base import SUBJECT, locked, must, must_be_open
from .judging import Rec, facts_of, hidden_columns, judged, mark_of, note_back, values_after
from .moving import Move, lacks_text, stand, values_of, write
from .opening import joined

MAX_BYTES = 10_000_000
ROWS_MOST = 5000


def check_import(
    *, by: Actor, batch: Batch, filename: str, data: bytes, at: datetime, once: UUID | None = None
) -> BatchImport:  # fmt: skip
    """Read the file and judge each row; nothing else changes. Raises Refused."""
    must(by, batch)
    must_be_open(batch)
    if once and (again := BatchImport.objects.filter(compound_id=batch.compound_id, once=once).first()):
        return again
    if len(data) > MAX_BYTES:
        raise Refused(
            Refusal("too_large", "文件超过 %(most)s MB，请分成几个文件。", values={"most": MAX_BYTES // 1_000_000}),
            "file",
        )
    try:
        sheets = read_sheets(data, filename)
    except Unreadable as unreadable:
        note = unreadable.sentence
        raise Refused(Refusal("unreadable", note.sentence, values=note.values), "file") from unreadable
    plans = [reading.with_states(p) for p in planning.plan(sheets, "homes")]
    if not any(p.is_read for p in plans):
        raise Refused(Refusal("no_header", next((p.why_not for p in plans if p.why_not), "没有认出表头")), "file")
    recs = judged(batch, sheets, plans, timezone.localdate(at))
    if len(recs) > ROWS_MOST:
        raise Refused(Refusal("too_many_rows", "一次最多 %(most)s 行。", values={"most": ROWS_MOST}), "file")
    made = BatchImport(
        id=uuid7(), compound_id=batch.compound_id, batch=batch, filename=Path(filename).name[:200], digest=vault.digest(batch.compound_id, data),
        counts=Counter(rec["st"] for rec in recs), sheets=[_sheet(p, papers_of(batch)) for p in plans], rows=pack(recs), once=once, uploaded_at=at,
        uploaded_by=by.account_id,
    )  # fmt: skip
    with one_act():
        made.save(force_insert=True)
        record(
            by=by, act="check_batch_list", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, internal=True,
            data={"import": str(made.pk), "counts": dict(made.counts)},
        )  # fmt: skip
    return made


def _sheet(plan: planning.SheetPlan, papers: Sequence[Paper]) -> dict[str, Any]:
    return {
        "name": plan.name, "headers": list(plan.header.headers) if plan.header else [], "why_not": plan.why_not, "hidden": sorted(hidden_columns(plan)),
        "kept": reading.not_known(plan.kept.values(), papers), "left": [*plan.ignored.values()], "sensitive": [*plan.sensitive.values()],
    }  # fmt: skip


# ── taking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@one_act()
def apply_import(
    *, by: Actor, batch: Batch, roster: BatchImport, at: datetime, once: UUID | None = None
) -> BatchImport:
    """Take the good rows of homes that are still as they were looked at; the others become conflicts, and the counts say
    what really happened. A second time changes nothing. Raises Refused."""
    must(by, batch)
    batch = locked(batch)
    roster = BatchImport.objects.select_for_update().get(compound_id=batch.compound_id, pk=roster.pk)
    if roster.state == "applied" or done_before(batch.compound_id, once):
        return roster
    must_be_open(batch)
    if roster.state != "checked":
        raise Refused(Refusal("dropped", "这份表已经不要了，请再传一次"))
    recs = unpack(roster.rows)
    moves = _moves(batch, [rec for rec in recs if rec["st"] in TAKEN], at)
    counts = Counter(rec["st"] for rec in recs)
    entry = write(
        batch, moves, by=by, act="apply_batch_list", at=at, once=once, data={"import": str(roster.pk), "counts": counts}
    )
    roster.state, roster.applied_at, roster.entry_id, roster.counts = "applied", at, entry.pk, counts
    roster.rows = pack([{k: v for k, v in rec.items() if k != "raw" or rec["st"] in NOT_TAKEN} for rec in recs])
    roster.save(update_fields=["state", "applied_at", "entry_id", "counts", "rows"])
    return roster


def _moves(batch: Batch, recs: Sequence[Rec], at: datetime) -> list[Move]:
    """What taking these changes; a row that cannot be taken any more becomes a conflict, with why."""
    papers, moves = papers_of(batch), []
    homes = Home.objects.select_related("building", "entrance").filter(
        compound_id=batch.compound_id, pk__in=[rec["h"] for rec in recs]
    )
    known = {str(home.pk): home for home in homes}
    rows = {str(row.home_id): row for row in BatchHome.objects.filter(compound_id=batch.compound_id, batch=batch)}
    for rec in recs:
        row, facts = rows.get(rec["h"]), facts_of(rec["f"])
        if no := _overtaken(row, facts, rec):
            rec["st"], rec["e"] = Became.CONFLICT, [keep(no)]
            continue
        comes = row is None or row.left_at is not None
        before = values_of(row) if row else {}
        move = Move.of(row, "import") if row and not comes else joined(batch, known[rec["h"]], row, at, "import")
        move.before = before or values_of(move.row) | {"left_at": at.isoformat()}
        if _take(move.row, facts, papers, at) or comes:
            moves.append(move)
    return moves


def _overtaken(row: BatchHome | None, facts: Facts, rec: Rec) -> Note | None:
    """Why a row that was good when it was looked at is not taken any more."""
    if rec.get("w") == mark_of(row):
        return None
    if row is None or row.left_at:
        return Note("表传上来以后，这一户不在名单里了，请再传一次")
    if facts.state and rules.goes_back(HomeState(row.state), HomeState(facts.state)):
        return note_back(facts)
    return Note(
        "表传上来以后，这一户又办过，现在是“%(state)s”。核对后再传一次", state=Note(rules.STATES[HomeState(row.state)])
    )


def _take(row: BatchHome, facts: Facts, papers: Sequence[Paper], at: datetime) -> bool:
    """Whether anything changed."""
    now = values_after(row, facts, papers)
    if all(getattr(row, name) == value for name, value in now.items()):
        return False
    stand(row, HomeState(now.pop("state")), at, reason=now.pop("reason"), words=now.pop("reason_words"))
    for name, value in now.items():
        setattr(row, name, value)
    row.lacks = lacks_text(rules.missing(papers, row.have))
    return True


@one_act()
def drop_import(*, by: Actor, batch: Batch, roster: BatchImport, at: datetime) -> BatchImport:
    """Not wanted; what was read of it goes. Raises Refused."""
    must(by, batch)
    roster = BatchImport.objects.select_for_update().get(compound_id=batch.compound_id, pk=roster.pk)
    if roster.state == "applied":
        raise Refused(Refusal("applied", "这份表已经收进了"))
    if roster.state == "checked":
        roster.state, roster.rows = "dropped", None
        roster.save(update_fields=["state", "rows"])
        record(
            by=by, act="drop_batch_list", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, internal=True,
            data={"import": str(roster.pk)},
        )  # fmt: skip
    return roster


# ── shown, and given back ───────────────────────────────────────────────────────────────────────────────────────────


def shown(roster: BatchImport, wanted: Callable[[str], bool], limit: int) -> list[Rec]:
    """Rows for the preview, their remarks in the reader's language."""
    found = [rec for rec in unpack(roster.rows) if wanted(rec["st"])][:limit]
    return [{**rec, "lines": [said(line) for line in rec.get("e") or rec.get("c") or ()]} for rec in found]


def refused_file(roster: BatchImport, form: str) -> bytes:
    """The rows not taken: the columns as they came, and two more that say which row and why."""
    tables: dict[int, list[list[str]]] = defaultdict(list)
    for rec in unpack(roster.rows):
        if rec["st"] in NOT_TAKEN:
            width = len(roster.sheets[rec["s"]]["headers"])
            cells = [*rec["raw"], *[""] * width][:width]
            tables[rec["s"]].append([*cells, str(rec["n"]), _("；").join(map(said, rec["e"]))])
    headers = [_("行号"), _("没有收进的原因")]
    made = [
        files.Table(roster.sheets[s]["name"], [*roster.sheets[s]["headers"], *headers], rows)
        for s, rows in tables.items()
    ]
    made = made or [files.Table(_("没有收进的行"), headers, [])]
    return files.as_xlsx(made, nameless=_("表")) if form == "xlsx" else files.as_csv(made)
