"""The same home twice in one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from .cells import HomeCells, Row, State, refuse
from .notes import Note

_COMPARED = {
    "area": "建筑面积", "inner_area": "套内面积", "shared_area": "分摊面积", "kind": "用途", "floor": "楼层",
    "title_no": "产权证号", "delivered_on": "交房日期", "area_source": "面积依据",
}  # fmt: skip


def compare(rows: Iterable[Row]) -> None:
    """The same home twice: the same again is set aside, a contradiction stops both rows."""
    seen: dict[tuple[str, str, str], list[tuple[Row, HomeCells]]] = {}
    for row in rows:
        if row.state not in (State.GOOD, State.CONFLICT):
            continue
        repeats = [_compare_home(row, home, seen.setdefault(home.key, [])) for home in row.homes]
        if row.state is State.GOOD and repeats and None not in repeats:
            row.state, row.note = (
                State.REPEAT,
                Note("和%(other)s相同，不重复导入", other=_name(cast(Row, repeats[0]), row)),
            )


def _compare_home(row: Row, home: HomeCells, before: list[tuple[Row, HomeCells]]) -> Row | None:
    """The earlier row that says the same, if there is one; contradictions are marked on both."""
    repeated = None
    for other, earlier in before:
        if differences := _differences(home, earlier) + _other_owners(row, other):
            _clash(row, other, home, differences)
        elif _adds_nothing(home, earlier, row, other):
            repeated = repeated or other
    before.append((row, home))
    return repeated


def _name(other: Row, row: Row) -> Note:
    if other.sheet == row.sheet:
        return Note("第 %(number)s 行", number=other.number)
    return Note("“%(sheet)s”第 %(number)s 行", sheet=other.sheet, number=other.number)


def _differences(home: HomeCells, earlier: HomeCells) -> list[Note]:
    differing = []
    for name, label in _COMPARED.items():
        mine, theirs = getattr(home, name), getattr(earlier, name)
        if mine not in (None, "") and theirs not in (None, "") and mine != theirs:
            differing.append(Note(label))
    return differing


def _other_owners(row: Row, other: Row) -> list[Note]:
    if any(o.relation in ("co_owner", "family", "tenant", "other") for r in (row, other) for o in r.owners):
        # One row per person: the co-owner's row adds to the owner's.
        return []
    mine, theirs = _people_of(row), _people_of(other)
    return [Note("业主")] if mine and theirs and mine != theirs else []


def _people_of(row: Row) -> set[tuple[str, str]]:
    return {(o.name, o.identity.number if o.identity else "") for o in row.owners}


def _adds_nothing(home: HomeCells, earlier: HomeCells, row: Row, other: Row) -> bool:
    news = any(getattr(home, n) not in (None, "") and getattr(earlier, n) in (None, "") for n in _COMPARED)
    return not news and home.occupied in (None, earlier.occupied) and all(o in other.owners for o in row.owners)


def _clash(row: Row, other: Row, home: HomeCells, differences: Sequence[Note]) -> None:
    name = "-".join(d.display for d in (home.building, home.entrance, home.room) if d.display)
    for one, two in ((row, other), (other, row)):
        says = Note(
            "%(home)s 和%(other)s的%(what)s不一样，请核对后只留一行",
            home=name, other=_name(two, one), what=tuple(differences),
        )  # fmt: skip
        refuse(one, "", says, State.CONFLICT)
