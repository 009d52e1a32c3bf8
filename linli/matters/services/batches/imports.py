"""The office's list into a batch case: read and judged, shown, then taken; faulty rows go back as a file with why."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.kernel.rosters import plans as planning
from linli.kernel.rosters import rows as parsing
from linli.kernel.rosters.cells import Row, State
from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import Sheet, Unreadable, read_sheets
from linli.kernel.rosters.text import plain
from linli.people.queries.chunks import pack, unpack
from linli.people.rules import Became
from linli.people.services.imports.register import HomeState as Known
from linli.people.services.imports.register import Register
from linli.people.words.imports import keep, said
from linli.places.models import Home
from linli.plumbing import sheets as files
from linli.plumbing import vault
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...models import Batch, BatchHome, BatchImport
from ...queries.batches import homes_in, papers_of
from ...rules import batches as rules
from ...rules import certificates as reading
from ...rules.batches import HomeState, Paper
from ...rules.certificates import Facts
from .base import SUBJECT, locked, must, must_be_open
from .moving import Move, lacks_text, stand, values_of, write
from .opening import joined

MAX_BYTES = 10_000_000
ROWS_MOST = 5000
_BECAME = {State.REFUSED: Became.REFUSED, State.CONFLICT: Became.CONFLICT, State.SKIPPED: Became.SKIPPED}
TAKEN = (Became.NEW, Became.CHANGED)
NOT_TAKEN = (Became.REFUSED, Became.CONFLICT)

# One row: s sheet, n number in the file, st what becomes of it, p the home in words, e why not, c what changes,
# raw the cells of a row not taken or not taken yet, h the home, f the facts, w the mark of its row when it was looked at.
Rec = dict[str, Any]


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
    recs = _judged(batch, sheets, plans, timezone.localdate(at))
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
        "name": plan.name, "headers": list(plan.header.headers) if plan.header else [], "why_not": plan.why_not, "hidden": sorted(_hidden(plan)),
        "kept": reading.not_known(plan.kept.values(), papers), "left": [*plan.ignored.values()], "sensitive": [*plan.sensitive.values()],
    }  # fmt: skip


def _hidden(plan: planning.SheetPlan) -> set[int]:
    """Columns that are not given back either."""
    mapping = plan.header.mapping if plan.header else {}
    return {*plan.sensitive, *(c for c in plan.ignored if mapping.get(c) in ("identity_no", "phone", "phone2"))}


# ── judging ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Judge:
    """The register and the case as they stand, and what earlier rows of the file have said."""

    def __init__(self, batch: Batch, today: date) -> None:
        self.batch, self.today, self.papers = batch, today, papers_of(batch)
        self.register = Register(batch.compound_id).load(people=False)
        self.inside = {row.home_id: row for row in homes_in(batch)}
        self.names = {p.key: p.label for p in self.papers}

    def home(self, row: Row) -> Known | Note:
        if len(row.homes) != 1:
            return Note("一行写一户")
        h = row.homes[0]
        found = self.register.homes.get((h.building.key, h.entrance.key, h.room.key))
        same_room = self.register.rooms.get((h.building.key, h.room.key), ())
        if found is None and h.entrance.key == "0" and len(same_room) == 1:
            return same_room[0]
        if found is None and h.entrance.key == "0" and len(same_room) > 1:
            return Note("这栋楼有 %(n)s 个单元都有这个房号，请写明单元", n=len(same_room))
        return found or Note("房屋台账里没有这一户，先补到房屋台账里")

    def facts(self, row: Row, home: Known | Note) -> Facts | list[Note]:
        title = row.homes[0].title_no if row.homes else ""
        found = reading.read(row.extra or {}, self.papers, remark=row.remark, title_no=title, today=self.today)
        here = None if isinstance(home, Note) else self.inside.get(home.id)
        if here is None or isinstance(found, list):
            return found
        return reading.anew(found, reason=here.reason, words=here.reason_words, remark=here.remark)

    def verdict(self, home_id: UUID, facts: Facts) -> tuple[str, list[Note]]:
        """What would become of the home, and what would change in words, or why not."""
        row = self.inside.get(home_id)
        if row is None:
            return Became.NEW, []
        if facts.state and rules.goes_back(HomeState(row.state), HomeState(facts.state)):
            return Became.CONFLICT, [_goes_back(facts)]
        changes = self._changes(row, facts)
        return (Became.CHANGED, changes) if changes else (Became.SAME, [])

    def _changes(self, row: BatchHome, facts: Facts) -> list[Note]:
        now = _after(row, facts, self.papers)
        found = []
        if now["state"] != row.state:
            found.append(
                Note(
                    "%(old)s改成%(new)s",
                    old=Note(rules.STATES[HomeState(row.state)]),
                    new=Note(rules.STATES[HomeState(now["state"])]),
                )
            )
        for key, name in self.names.items():
            before, after = bool(row.have.get(key)), bool(now["have"].get(key))
            if before != after:
                found.append(
                    Note("有了%(paper)s", paper=Note(name)) if after else Note("缺%(paper)s", paper=Note(name))
                )
        if any(
            now[name] != getattr(row, name)
            for name in ("reason", "reason_words", "contract_no", "certified_on", "title_no", "remark", "extra")
        ):
            found.append(Note("别的栏目"))
        return found


def _goes_back(facts: Facts) -> Note:
    words = Note(rules.STATES[HomeState(facts.state)])
    return Note("这一户已经拿到证，表里写的是“%(state)s”。真是记错了，由牵头的人在这一户的页面更正", state=words)


def _after(row: BatchHome, facts: Facts, papers: Sequence[Paper]) -> dict[str, Any]:
    """The row's values once the facts are taken: what the file does not say stays."""
    have = {k: v for k, v in {**row.have, **facts.have}.items() if v}
    unsaid = not facts.state and not facts.have and row.state
    # Where the file says nothing of how far it is, what an agency has stays with the agency.
    if unsaid or (not facts.state and HomeState(row.state) not in rules.GATHERING):
        state = HomeState(row.state)
    else:
        state = reading.state_after(facts, papers, have)
    if state in rules.AT_AGENCY or state == HomeState.CERTIFIED:
        have = {p.key: have.get(p.key) or "yes" for p in papers}
    blocked = state == HomeState.BLOCKED
    certified = state == HomeState.CERTIFIED
    same = facts.reason in {"", row.reason}
    return {
        "state": str(state), "have": have, "reason": (facts.reason or row.reason) if blocked else "",
        "reason_words": (facts.reason_words or (row.reason_words if same else "")) if blocked else "", "contract_no": facts.contract_no or row.contract_no,
        "certified_on": (facts.certified_on or row.certified_on) if certified else None,
        "title_no": (facts.title_no or row.title_no) if certified else "", "remark": facts.remark or row.remark,
        "extra": {**row.extra, **facts.extra},
    }  # fmt: skip


def _judged(batch: Batch, sheets: Sequence[Sheet], plans: Sequence[planning.SheetPlan], today: date) -> list[Rec]:
    judge, place = _Judge(batch, today), {p.name: i for i, p in enumerate(plans)}
    recs: list[Rec] = []
    said_of: dict[UUID, list[tuple[Rec, Facts]]] = defaultdict(list)
    for row in parsing.parse(sheets, plans, "homes").rows:
        rec: Rec = {"s": place[row.sheet], "n": row.number, "p": _place(row)}
        recs.append(rec)
        if row.state in _BECAME and row.state != State.CONFLICT:
            rec["st"], rec["e"] = _BECAME[row.state], [keep(f.says, f.where) for f in row.errors] or [keep(row.note)]
        else:
            _judge_row(judge, row, rec, said_of)
        if rec["st"] in (*NOT_TAKEN, *TAKEN):
            rec["raw"] = _raw(row, plans[rec["s"]])
    for told in said_of.values():
        _compare(told)
    for rec in recs:
        if rec["st"] in NOT_TAKEN and "raw" not in rec:
            rec["raw"] = _raw_again(sheets, plans, rec)
    return recs


def _judge_row(judge: _Judge, row: Row, rec: Rec, said_of: dict[UUID, list[tuple[Rec, Facts]]]) -> None:
    home = judge.home(row)
    facts = judge.facts(row, home)
    wrong = ([home] if isinstance(home, Note) else []) + (facts if isinstance(facts, list) else [])
    if wrong or isinstance(home, Note) or isinstance(facts, list):
        rec["st"], rec["e"] = Became.REFUSED, [keep(note) for note in wrong]
        return
    rec["p"], rec["h"], rec["f"] = home.label, str(home.id), _kept(facts)
    rec["st"], notes = judge.verdict(home.id, facts)
    rec["w"] = mark_of(judge.inside.get(home.id))
    rec["e" if rec["st"] == Became.CONFLICT else "c"] = [keep(note) for note in notes]
    said_of[home.id].append((rec, facts))


def _compare(told: Sequence[tuple[Rec, Facts]]) -> None:
    """The same home twice: the same again is set aside, a contradiction stops all its rows."""
    first, facts = told[0]
    if all(other == facts for _rec, other in told):
        for rec, _facts in told[1:]:
            rec["st"], rec["e"] = Became.REPEAT, [keep(Note("和第 %(n)s 行相同，不重复导入", n=first["n"]))]
        return
    numbers = [rec["n"] for rec, _facts in told]
    for rec, _facts in told:
        others = "、".join(str(n) for n in numbers if n != rec["n"])
        rec["st"], rec["e"] = (
            Became.CONFLICT,
            [keep(Note("同一户在第 %(others)s 行说的不一样，请核对后只留一行", others=others))],
        )


def _place(row: Row) -> str:
    return "、".join("".join(d.display for d in (h.building, h.entrance, h.room)) for h in row.homes)


def _raw(row: Row, plan: planning.SheetPlan) -> list[str]:
    hidden = _hidden(plan)
    return ["" if i in hidden else plain(c) for i, c in enumerate(row.cells)]


def _raw_again(sheets: Sequence[Sheet], plans: Sequence[planning.SheetPlan], rec: Rec) -> list[str]:
    cells = sheets[rec["s"]].rows[rec["n"] - 1]
    hidden = _hidden(plans[rec["s"]])
    return ["" if i in hidden else plain(c) for i, c in enumerate(cells)]


def mark_of(row: BatchHome | None) -> str:
    """Stands for all that is in the row; "" while the home is not in the case."""
    if row is None or row.left_at:
        return ""
    return sha256(json.dumps(values_of(row), sort_keys=True).encode()).hexdigest()[:16]


def _kept(facts: Facts) -> dict[str, Any]:
    return {
        **facts.__dict__,
        "have": dict(facts.have),
        "extra": dict(facts.extra),
        "certified_on": str(facts.certified_on) if facts.certified_on else "",
    }


def _facts(kept: Mapping[str, Any]) -> Facts:
    day = kept["certified_on"]
    return replace(Facts(), **{**kept, "certified_on": date.fromisoformat(day) if day else None})


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
        row, facts = rows.get(rec["h"]), _facts(rec["f"])
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
        return _goes_back(facts)
    return Note(
        "表传上来以后，这一户又办过，现在是“%(state)s”。核对后再传一次", state=Note(rules.STATES[HomeState(row.state)])
    )


def _take(row: BatchHome, facts: Facts, papers: Sequence[Paper], at: datetime) -> bool:
    """Whether anything changed."""
    now = _after(row, facts, papers)
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
