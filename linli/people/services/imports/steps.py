"""The verbs: upload, look, choose columns, check, confirm, confirm again, apply, undo, drop.

A step that may take long is two: the person's word puts the import into a stage of WORKING, in one short transaction;
`work` does it, in the same request when the file is small, else in the worker. A worker that dies leaves the stage as
it was, and after LEASE another one starts the step anew.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from pathlib import PurePath
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.kernel.rosters import rows as parsing
from linli.kernel.rosters.cells import State
from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import MAX_BYTES, Sheet, Unreadable, read_sheets
from linli.kernel.rosters.sheetreader import UNUSED
from linli.people.models import Organisation, RosterChunk, RosterImport
from linli.people.queries import chunks
from linli.people.rules import NOT_TAKEN, TAKEN, WORKING, Act, Became, Body, Role, Stage, may
from linli.people.words.imports import keep, said
from linli.places.models import Compound, Grid
from linli.plumbing import vault
from linli.plumbing.acts import Actor, record
from linli.plumbing.models import AuditEntry

from .compare import Comparer, stale
from .reading import SheetCleaner, first_plans, hidden_columns, is_large, plans_as_chosen, proposal, sheets_of
from .refused import as_csv, as_xlsx
from .register import Register
from .undoing import Undoing
from .writing import size, write

log = structlog.get_logger("linli.people")

ACTS = {"homes": Act.IMPORT_HOMES, "owners": Act.IMPORT_OWNERS}
TWO_PEOPLE = frozenset({"owners"})
SMALL_ROWS = 2000
LEASE = timedelta(minutes=15)
KEPT_MOST = 500
GAVE_UP = Note("中途出了错，名册没有动。请再试一次，还不行请联系运营的人")
COMMITTEES = (Body.COMMITTEE, Body.PMC, Body.PREPARATORY, Body.RENEWAL)


def _no(key: str, sentence: str, field: str = "") -> Refused:
    return Refused(Refusal(key, sentence), field)


def _may(by: Actor, kind: str) -> None:
    if kind not in ACTS or not may(by.role, ACTS[kind]):
        raise _no("no_right", _("您的岗位不能导入这种台账"), "kind")


def _locked(roster_id: UUID, compound_id: UUID) -> RosterImport:
    return RosterImport.objects.select_for_update().get(compound_id=compound_id, pk=roster_id)


def _moved(roster: RosterImport, stage: Stage, *, by: Actor | None = None, **fields: Any) -> None:
    roster.state, roster.started_at, roster.failure = stage, None, ""
    if by is not None:
        roster.summary = {**roster.summary, "actor": _kept_actor(by)}
    for name, value in fields.items():
        setattr(roster, name, value)
    roster.save()


def _kept_actor(by: Actor) -> dict[str, Any]:
    return {k: str(v) if isinstance(v, UUID) else v for k, v in asdict(by).items() if k != "scope" and v}


def actor_of(roster: RosterImport) -> Actor:
    """Who asked for the step that is under way."""
    kept = dict(roster.summary.get("actor", {}))
    for name in ("account_id", "role_id", "body_id", "person_id", "home_id", "compound_id", "assistance_id"):
        if name in kept:
            kept[name] = UUID(kept[name])
    return Actor(**kept)


# ── upload and columns ──────────────────────────────────────────────────────────────────────────────────────────────


def upload(
    *, by: Actor, compound: Compound, kind: str, filename: str, data: bytes, once: UUID | None, at: datetime
) -> RosterImport:
    """Keeps the file sealed and proposes what its columns are; a large file is looked at later, see `work`."""
    _may(by, kind)
    if kind == "owners":
        _proposer(by, compound)
    if once and (before := AuditEntry.objects.filter(compound_id=compound.pk, once=once).first()):
        return RosterImport.objects.get(compound_id=compound.pk, pk=before.subject_id)
    if len(data) > MAX_BYTES:
        raise _no("too_big", _("文件超过 %(most)s MB，请分成几个文件。") % {"most": MAX_BYTES // 1_000_000}, "file")
    filename = PurePath(filename.replace("\\", "/")).name[-200:]
    large = is_large(data)
    sheets = [] if large else _read(data, filename)
    return _keep(by, compound, kind, filename, data, sheets, once, at)


def _read(data: bytes, filename: str) -> list[Sheet]:
    try:
        return read_sheets(data, filename)
    except Unreadable as unreadable:
        raise _no("unreadable", said(keep(unreadable.sentence)), "file") from None


@transaction.atomic
def _keep(
    by: Actor, compound: Compound, kind: str, filename: str, data: bytes, sheets: Sequence[Sheet], once: UUID | None,
    at: datetime,
) -> RosterImport:  # fmt: skip
    roster = RosterImport(
        compound=compound, kind=kind, state=Stage.READING, filename=filename, digest=vault.digest(compound.pk, data),
        stored=vault.keep_sealed(compound.pk, data), uploaded_at=at, uploaded_by=by.account_id,
        summary={"actor": _kept_actor(by), "by": by.label},
    )  # fmt: skip
    if sheets:
        _propose(roster, sheets)
    roster.save(force_insert=True)
    record(
        by=by, act="upload_roster", subject_kind="roster", subject_id=roster.pk, at=at, data={"kind": kind}, once=once
    )
    return roster


def _proposer(by: Actor, compound: Compound) -> None:
    """The owners' register is the committee's: the community proposes only where there is none (domain 4.9)."""
    if by.role == Role.REGISTER_CLERK:
        return
    theirs = Organisation.objects.filter(compound=compound, kind__in=COMMITTEES, ended_on=None)
    if theirs.filter(post__kind=Role.REGISTER_CLERK, post__to_day=None).exists():
        raise _no("committee_has_it", _("这个小区有名册管理员，业主名册由他导入，社区来确认"), "kind")


def _propose(roster: RosterImport, sheets: Sequence[Sheet]) -> None:
    plans = first_plans(sheets, roster.kind)
    roster.mapping = {"sheets": proposal(sheets, plans, roster.kind)}
    roster.total = sum(s["rows"] for s in roster.mapping["sheets"] if s["read"])
    roster.state = Stage.UPLOADED


def is_small(roster: RosterImport) -> bool:
    return roster.state != Stage.READING and roster.total < SMALL_ROWS


@transaction.atomic
def choose_columns(
    *, by: Actor, roster: RosterImport, fields: Mapping[tuple[int, int], str], sheets: Sequence[int],
    keep: Sequence[tuple[int, int]], reason: str, sure: bool, at: datetime,
) -> RosterImport:  # fmt: skip
    """What each (sheet, column) is, which sheets are read, which sensitive columns are kept and why. Starts the check."""
    _may(by, roster.kind)
    roster = _locked(roster.pk, roster.compound_id)
    if roster.state not in (Stage.UPLOADED, Stage.CHECKED):
        raise _no("not_now", _("这份表已经往下走了，请看最新的一页"))
    chosen = [_chosen(i, s, fields, sheets, keep) for i, s in enumerate(roster.mapping["sheets"])]
    read = [s for s in chosen if s["read"]]
    if not read:
        raise _no("nothing_read", _("至少选一张工作表"), "sheets")
    if any(s["looks_like"] for s in read) and not sure:
        raise _no(
            "looks_like",
            _("这张表像%(book)s。确实要当名册导入，请在下面打勾") % {"book": read[0]["looks_like"]},
            "sure",
        )
    for sheet in read:
        _check_columns(sheet)
    if any(s.get("keep") for s in read) and len(reason.strip()) < 4:
        raise _no("why_sensitive", _("要存敏感的栏目，请写明用在哪里"), "reason")
    _moved(
        roster, Stage.CHECKING, by=by, mapping={"sheets": chosen}, reason=reason.strip()[:200], progress=0,
        total=sum(s["rows"] for s in read),
    )  # fmt: skip
    return roster


def _chosen(
    index: int, sheet: Mapping[str, Any], fields: Mapping[tuple[int, int], str], sheets: Sequence[int],
    keep: Sequence[tuple[int, int]],
) -> dict[str, Any]:  # fmt: skip
    columns = []
    for column, letter, header, field, state, examples in sheet["columns"]:
        columns.append([column, letter, header, fields.get((index, column), field), state, examples])
    kept = [c[2] for c in columns if c[4] == "sensitive" and (index, c[0]) in keep]
    return {**sheet, "columns": columns, "keep": kept, "read": bool(sheet["columns"]) and index in sheets}


def _check_columns(sheet: Mapping[str, Any]) -> None:
    said = Counter(c[3] for c in sheet["columns"] if c[3] not in ("", "-", "serial"))
    for field, times in said.items():
        if times > 1:
            headers = "、".join(c[2] for c in sheet["columns"] if c[3] == field)
            raise _no(
                "twice",
                _("“%(sheet)s”里 %(headers)s 选成了同一项，只留一列") % {"sheet": sheet["name"], "headers": headers},
                "columns",
            )


# ── check ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _no_collector() -> Iterator[None]:
    """A hundred thousand living objects make the collector look again and again, and find nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
            gc.collect()


def check(*, roster: RosterImport, at: datetime) -> None:
    """Reads the file under the chosen columns and judges each row against the register. Changes nothing else."""
    with _no_collector():
        try:
            sheets = sheets_of(roster.stored, roster.filename)
        except Unreadable as unreadable:
            _moved(roster, Stage.FAILED)
            _fail(roster, unreadable.sentence)
            return
        plans = plans_as_chosen(sheets, roster.kind, roster.mapping["sheets"])
        if not any(p.is_read for p in plans):
            _moved(roster, Stage.UPLOADED)
            _fail(roster, *(Note(p.why_not) for p in plans if p.why_not))
            return
        parsed = parsing.parse(sheets, plans, roster.kind, tick=_teller(roster))
        del sheets
        totals = [[t.sheet, t.number, t.stated, t.found] for t in parsed.totals]
        area, rows, parsed.rows = parsed.area, parsed.rows, []
        recs: Iterable[chunks.Rec] = _clean(rows, plans)
        comparer = _comparer(roster)
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
        _moved(roster, Stage.CHECKED, summary=summary, progress=roster.total)


def _fail(roster: RosterImport, *why: Note) -> None:
    """`failure` is for the log and the eye; what a page says comes from the summary, in the reader's language."""
    roster.failure = "；".join(why)[:200]
    roster.summary = {**roster.summary, "why": list(map(keep, why))}
    roster.save(update_fields=["failure", "summary"])


def _plan_summary(plan: Any) -> dict[str, Any]:
    return {
        "name": plan.name, "read": plan.is_read, "kept": list(plan.kept.values()),
        "sensitive": list(plan.sensitive.values()), "ignored": list(plan.ignored.values()),
        "headers": list(plan.header.headers) if plan.header else [], "hidden": sorted(hidden_columns(plan)),
    }  # fmt: skip


def _teller(roster: RosterImport) -> Callable[[int], None]:
    """Every few thousand rows, so that the page can say how far it is."""

    def tell(done: int) -> None:
        if done % 5000 == 0:
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


def _comparer(roster: RosterImport) -> Comparer:
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


# ── confirm and apply ───────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def confirm(*, by: Actor, roster: RosterImport, at: datetime) -> RosterImport:
    """Homes are applied; an owners' register is proposed, and waits for a second person. Twice is once."""
    _may(by, roster.kind)
    roster = _locked(roster.pk, roster.compound_id)
    if roster.state == Stage.PROPOSED and roster.kind in TWO_PEOPLE:
        return _confirm_second(by, roster, at)
    if roster.state != Stage.CHECKED:
        if roster.state in (Stage.APPLYING, Stage.APPLIED):
            return roster
        raise _no("not_now", _("这份表已经往下走了，请看最新的一页"))
    if not any(roster.summary["counts"].get(b) for b in TAKEN):
        raise _no("nothing_to_take", _("没有要收进名册的行"))
    if roster.kind in TWO_PEOPLE:
        _proposer(by, roster.compound)
        _moved(roster, Stage.PROPOSED, by=by, confirmed_by=by.account_id)
        record(by=by, act="propose_roster", subject_kind="roster", subject_id=roster.pk, at=at, data=_told(roster))
    else:
        _moved(roster, Stage.APPLYING, by=by, confirmed_by=by.account_id)
    return roster


def _confirm_second(by: Actor, roster: RosterImport, at: datetime) -> RosterImport:
    if by.account_id in (None, roster.confirmed_by):
        raise _no("same_person", _("业主名册要另一个有这个权限的人来确认，提出的人不能自己确认"))
    _moved(roster, Stage.APPLYING, by=by, second_by=by.account_id)
    return roster


def _told(roster: RosterImport) -> dict[str, Any]:
    return {"kind": roster.kind, "counts": roster.summary.get("counts", {})}


@transaction.atomic
def apply(*, roster: RosterImport, at: datetime) -> None:
    """Judges every row again and writes what still holds, in one transaction; what no longer holds joins the refused."""
    by = actor_of(roster)
    with _no_collector():
        roster = _locked(roster.pk, roster.compound_id)
        if roster.state != Stage.APPLYING:
            return
        comparer = _comparer(roster)
        if comparer.register.has_owners:
            for _, run in chunks.each(roster.compound_id, roster.pk):
                comparer.hear(run)
        told: Counter[str] = Counter()
        taken: Counter[str] = Counter()
        for position, run in chunks.each(roster.compound_id, roster.pk):
            counts, changed = _take(run, comparer, taken)
            told.update(counts)
            if changed:
                _chunk(roster, position).update(counts=counts, rows=chunks.pack(run))
        _keep_journal(roster, write(comparer, roster.compound_id, timezone.localdate(at)), size(comparer))
    made = {
        "buildings": len(comparer.new_buildings), "homes": len(comparer.new_homes), "people": len(comparer.new_people),
        "ownerships": len(comparer.ownerships), "residencies": len(comparer.residencies),
    }  # fmt: skip
    summary = {**roster.summary, "counts": dict(told), "taken": dict(taken), "made": made}
    _moved(roster, Stage.APPLIED, summary=summary, applied_at=at)
    record(
        by=by, act="apply_roster", subject_kind="roster", subject_id=roster.pk, at=at,
        data={**_told(roster), "taken": dict(taken), "made": made},
    )  # fmt: skip


def _take(run: list[chunks.Rec], comparer: Comparer, taken: Counter[str]) -> tuple[dict[str, int], bool]:
    counts: Counter[str] = Counter()
    changed = False
    for rec in run:
        if rec["st"] in TAKEN or rec["st"] == Became.SAME:
            verdict = comparer.judge(rec)
            if reasons := verdict.errors or stale(rec, verdict):
                rec |= {"st": Became.CONFLICT, "e": list(map(keep, reasons))}
                changed = True
            else:
                comparer.take(verdict)
                taken[verdict.became] += 1
        counts[rec["st"]] += 1
        if rec.get("w"):
            counts["warned"] += 1
    return dict(counts), changed


def _chunk(roster: RosterImport, position: int) -> Any:
    return RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster, position=position)


def _keep_journal(roster: RosterImport, journal: Iterator[list[Any]], entries: int) -> None:
    positions = list(
        RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster)
        .order_by("position")
        .values_list("position", flat=True)
    )
    share = -(-entries // len(positions)) or 1
    for position in positions:
        if part := list(islice(journal, share)):
            _chunk(roster, position).update(changes=chunks.pack(part))


# ── undo, drop ──────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def undo(*, by: Actor, roster: RosterImport, reason: str, at: datetime) -> RosterImport:
    """Homes are undone at once; an owners' register when a second person agrees, for that changes the register too."""
    _may(by, roster.kind)
    roster = _locked(roster.pk, roster.compound_id)
    if roster.state == Stage.UNDO_ASKED:
        if by.account_id is None or str(by.account_id) == roster.summary.get("undo_by"):
            raise _no("same_person", _("撤回业主名册要另一个有这个权限的人来确认，提出的人不能自己确认"))
        _moved(roster, Stage.UNDOING, by=by)
        return roster
    if roster.state != Stage.APPLIED:
        if roster.state in (Stage.UNDOING, Stage.UNDONE):
            return roster
        raise _no("not_now", _("这份表还没有收进名册，没有可撤回的"))
    if len(reason.strip()) < 2:
        raise _no("why_undo", _("写一句为什么撤回"), "reason")
    summary = {**roster.summary, "undo_by": str(by.account_id), "undo_reason": reason.strip()[:200]}
    roster.summary = summary
    _moved(roster, Stage.UNDO_ASKED if roster.kind in TWO_PEOPLE else Stage.UNDOING, by=by)
    if roster.state == Stage.UNDO_ASKED:
        record(
            by=by,
            act="ask_undo_roster",
            subject_kind="roster",
            subject_id=roster.pk,
            at=at,
            words=summary["undo_reason"],
        )
    return roster


@transaction.atomic
def keep_applied(*, by: Actor, roster: RosterImport, at: datetime) -> RosterImport:
    """The second person, or the one who asked, does not want it undone."""
    _may(by, roster.kind)
    roster = _locked(roster.pk, roster.compound_id)
    if roster.state == Stage.UNDO_ASKED:
        _moved(roster, Stage.APPLIED)
        record(by=by, act="keep_roster", subject_kind="roster", subject_id=roster.pk, at=at)
    return roster


@transaction.atomic
def run_undo(*, roster: RosterImport, at: datetime) -> None:
    by = actor_of(roster)
    with _no_collector():
        roster = _locked(roster.pk, roster.compound_id)
        if roster.state != Stage.UNDOING:
            return
        parts = RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster).order_by("position")
        journal = [entry for part in parts.values_list("changes", flat=True) for entry in chunks.unpack(part)]
        undoing = Undoing(roster.compound_id, journal)
        kept = undoing.run()
    summary = {
        **roster.summary,
        "kept": list(map(keep, kept[:KEPT_MOST])),
        "kept_count": len(kept),
        "undone": undoing.undone,
    }
    _moved(roster, Stage.UNDONE, summary=summary, undone_at=at)
    record(
        by=by, act="undo_roster", subject_kind="roster", subject_id=roster.pk, at=at,
        words=roster.summary.get("undo_reason", ""), data={"undone": undoing.undone, "kept": len(kept)},
    )  # fmt: skip


@transaction.atomic
def drop(*, by: Actor, roster: RosterImport, at: datetime) -> RosterImport:
    """Not wanted, by whoever may import; what was read of it goes, with the file."""
    _may(by, roster.kind)
    roster = _locked(roster.pk, roster.compound_id)
    if roster.state == Stage.DROPPED:
        return roster
    if roster.state not in (Stage.READING, Stage.UPLOADED, Stage.CHECKED, Stage.PROPOSED, Stage.FAILED):
        raise _no("not_now", _("这份表已经收进名册了，要撤回整份"))
    RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster).delete()
    _moved(roster, Stage.DROPPED)
    record(by=by, act="drop_roster", subject_kind="roster", subject_id=roster.pk, at=at)
    return roster


# ── work ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def work(*, roster_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Does the step an import waits for; False if somebody else has it in hand. Needs the compound's scope."""
    free = RosterImport.objects.filter(compound_id=compound_id, pk=roster_id, state__in=WORKING)
    taken = free.filter(started_at=None).update(started_at=at) or free.filter(started_at__lt=at - LEASE).update(
        started_at=at
    )
    if not taken:
        return False
    roster = RosterImport.objects.get(compound_id=compound_id, pk=roster_id)
    step = {Stage.READING: look, Stage.CHECKING: check, Stage.APPLYING: apply, Stage.UNDOING: run_undo}[
        Stage(roster.state)
    ]
    try:
        step(roster=roster, at=at)
    except Exception:
        log.exception("import step failed", step=roster.state, id=str(roster.pk))
        _gave_up(roster)
    return True


def _gave_up(roster: RosterImport) -> None:
    """Back to where the person can ask again, with nothing half done."""
    back = {
        Stage.READING: Stage.FAILED, Stage.CHECKING: Stage.UPLOADED, Stage.UNDOING: Stage.APPLIED,
        Stage.APPLYING: Stage.PROPOSED if roster.kind in TWO_PEOPLE else Stage.CHECKED,
    }[Stage(roster.state)]  # fmt: skip
    roster = RosterImport.objects.get(compound_id=roster.compound_id, pk=roster.pk)
    _moved(roster, back)
    _fail(roster, GAVE_UP)


def look(*, roster: RosterImport, at: datetime) -> None:
    """The first look at a large file."""
    try:
        with _no_collector():
            _propose(roster, sheets_of(roster.stored, roster.filename))
    except Unreadable as unreadable:
        _moved(roster, Stage.FAILED)
        _fail(roster, unreadable.sentence)
        return
    _moved(roster, Stage.UPLOADED)


@transaction.atomic
def download_refused(*, by: Actor, roster: RosterImport, form: str, at: datetime) -> bytes:
    """The rows not taken go back to the one who has to mend them; who took them is on record."""
    _may(by, roster.kind)
    record(
        by=by, act="download_refused", subject_kind="roster", subject_id=roster.pk, at=at,
        data={"form": form, "rows": sum(roster.summary.get("counts", {}).get(b, 0) for b in NOT_TAKEN)},
    )  # fmt: skip
    return as_xlsx(roster) if form == "xlsx" else as_csv(roster)
