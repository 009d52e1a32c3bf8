"""Each row of the office's list beside the register and the case: what would become of it, and why not."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from linli.kernel.rosters import plans as planning
from linli.kernel.rosters import rows as parsing
from linli.kernel.rosters.cells import Row, State
from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import Sheet
from linli.kernel.rosters.text import plain
from linli.people.rules.imports import NOT_TAKEN, TAKEN, Became
from linli.people.services.imports.register import HomeState as Known
from linli.people.services.imports.register import Register
from linli.people.words.imports import keep

from ...models import Batch, BatchHome
from ...queries.batches import homes_in, papers_of
from ...rules import batches as rules
from ...rules import certificates as reading
from ...rules.batches import HomeState, Paper
from ...rules.certificates import Facts
from .moving import values_of

_BECAME = {State.REFUSED: Became.REFUSED, State.CONFLICT: Became.CONFLICT, State.SKIPPED: Became.SKIPPED}

# One row: s sheet, n number in the file, st what becomes of it, p the home in words, e why not, c what changes,
# raw the cells of a row not taken or not taken yet, h the home, f the facts, w the mark of its row when it was looked at.
Rec = dict[str, Any]


def hidden_columns(plan: planning.SheetPlan) -> set[int]:
    """Columns that are not given back either."""
    mapping = plan.header.mapping if plan.header else {}
    return {*plan.sensitive, *(c for c in plan.ignored if mapping.get(c) in ("identity_no", "phone", "phone2"))}


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
            return Became.CONFLICT, [note_back(facts)]
        changes = self._changes(row, facts)
        return (Became.CHANGED, changes) if changes else (Became.SAME, [])

    def _changes(self, row: BatchHome, facts: Facts) -> list[Note]:
        now = values_after(row, facts, self.papers)
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


def note_back(facts: Facts) -> Note:
    words = Note(rules.STATES[HomeState(facts.state)])
    return Note("这一户已经拿到证，表里写的是“%(state)s”。真是记错了，由牵头的人在这一户的页面更正", state=words)


def values_after(row: BatchHome, facts: Facts, papers: Sequence[Paper]) -> dict[str, Any]:
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


def judged(batch: Batch, sheets: Sequence[Sheet], plans: Sequence[planning.SheetPlan], today: date) -> list[Rec]:
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
    hidden = hidden_columns(plan)
    return ["" if i in hidden else plain(c) for i, c in enumerate(row.cells)]


def _raw_again(sheets: Sequence[Sheet], plans: Sequence[planning.SheetPlan], rec: Rec) -> list[str]:
    cells = sheets[rec["s"]].rows[rec["n"] - 1]
    hidden = hidden_columns(plans[rec["s"]])
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


def facts_of(kept: Mapping[str, Any]) -> Facts:
    day = kept["certified_on"]
    return replace(Facts(), **{**kept, "certified_on": date.fromisoformat(day) if day else None})
