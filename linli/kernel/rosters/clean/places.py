"""Buildings, entrances, rooms and floors, in the many ways offices write them."""

from __future__ import annotations

import re
from functools import lru_cache

from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import Cell
from linli.kernel.rosters.text import NUMERAL, figure, is_blank, squeezed

from .base import (
    NO_ENTRANCE,
    Cleaned,
    Label,
    Place,
    broken,
    misfit_of,
    short,
)

_BUILDING_TAIL = re.compile(r"(?:号楼栋|栋号|幢号|楼栋|号楼|号栋|号幢|#楼|#栋|#幢|楼幢|栋|幢|座|楼|号|#)$")
_ENTRANCE_TAIL = re.compile(r"(?:单元门|单元号|单元|号门|门栋|门洞|号梯|门|梯|号|#)$")
_ROOM_TAIL = re.compile(r"(?:号房|房号|室|房|号|户)$")
_STEMS = {c: i + 1 for i, c in enumerate("甲乙丙丁戊己庚辛壬癸")}
_PART = re.compile(rf"({NUMERAL}+)(?=期|区|组团|栋|幢|号|座|$)")


def _key(text: str) -> str:
    """Figures for numerals, no leading zeros, capital letters."""
    text = _PART.sub(lambda m: str(figure(m[1])), text)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", text).upper()


_LETTER_FIRST, _NO_NUMBER = 100_000_000, 200_000_000


def order_of(key: str) -> int:
    """Where a building or an entrance stands among its neighbours: 1, 2, 10, then A, B; 1期2 before 1期10. Ties go by key."""
    numbers = [int(n) for n in re.findall(r"\d{1,4}", key)][:2]
    if re.match(r"[A-Z]", key):
        return _LETTER_FIRST + ord(key[0]) * 10_000 + (numbers or [0])[0]
    if not numbers:
        return _NO_NUMBER
    return numbers[0] if len(numbers) == 1 else numbers[0] * 10_000 + numbers[1]


# The caches are typed: to a dict TRUE and 1 are one key, to an office they are not.
@lru_cache(maxsize=8192, typed=True)
def building_key(cell: Cell | None) -> Cleaned[Label | None]:
    """1, 1#, 1栋, 1幢, 1号楼, 一号楼 are one building; A座 is A."""
    if misfit := misfit_of(cell):
        return Cleaned(None, error=misfit)
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if error := broken(text):
        return Cleaned(None, error=error)
    bare = _BUILDING_TAIL.sub("", text.removeprefix("第")) or text
    if len(bare) > 20:
        return Cleaned(None, error=Note("楼栋太长，读不懂：“%(text)s”", text=short(text)))
    return Cleaned(Label(_key(bare), text))


@lru_cache(maxsize=8192, typed=True)
def entrance_key(cell: Cell | None) -> Cleaned[Label]:
    """1单元, 一单元, 甲单元, 1门 are one entrance; none is "0"."""
    if misfit := misfit_of(cell):
        return Cleaned(NO_ENTRANCE, error=misfit)
    text = squeezed(cell)
    if is_blank(text) or text in ("无单元", "没有"):
        return Cleaned(NO_ENTRANCE)
    if error := broken(text):
        return Cleaned(NO_ENTRANCE, error=error)
    bare = _ENTRANCE_TAIL.sub("", text.removeprefix("第")) or text
    if len(bare) > 20:
        return Cleaned(NO_ENTRANCE, error=Note("单元太长，读不懂：“%(text)s”", text=short(text)))
    key = str(_STEMS[bare]) if bare in _STEMS else _key(bare)
    return Cleaned(Label(key, text) if key != "0" else NO_ENTRANCE)


@lru_cache(maxsize=16384, typed=True)
def room_no(cell: Cell | None) -> Cleaned[Label | None]:
    """0301, 301, 301室 are one room; S-05 stays as it is."""
    if misfit := misfit_of(cell):
        return Cleaned(None, error=misfit)
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if error := broken(text):
        return Cleaned(None, error=error)
    bare = _ROOM_TAIL.sub("", text) or text
    if len(bare) > 30:
        return Cleaned(None, error=Note("房号太长，读不懂：“%(text)s”", text=short(text)))
    return Cleaned(Label(_room_key(bare), bare))


def _room_key(bare: str) -> str:
    return (bare.lstrip("0") or "0") if bare.isdecimal() else re.sub(r"^0+(?=\d)", "", bare).upper()


_SIGN = rf"(?:\d{{1,4}}[A-Z]?|[A-Z]{{1,2}}-?\d{{0,3}}|{NUMERAL}{{1,4}}|[甲乙丙丁东西南北中])"
_PHASE = rf"(?:(?:\d{{1,2}}|{NUMERAL}{{1,3}}|[A-Z东南西北中])(?:期|区|组团)-?)"
_BUILDING = rf"(?P<b>{_PHASE}?(?:第)?{_SIGN})(?:号楼|栋|幢|号栋|#楼|#|座|{{weak}})-?"
_ENTRANCE = rf"(?:(?P<e>\d{{1,2}}|[A-Z]|{NUMERAL}{{1,3}}|[甲乙丙丁戊己庚辛东西南北中])(?:单元门|单元|门栋|号门|门|梯)-?|(?P<e2>\d{{1,2}})-(?=\w))?"
_FLOOR = rf"(?:(?P<f>-?\d{{1,2}}|{NUMERAL}{{1,3}}|负{NUMERAL}{{1,2}})(?:层|楼)-?)?"
_ROOM = r"(?P<r>[A-Z]{0,3}-?\d{1,5}[A-Z]?(?:-\d{1,2})?|[A-Z]\d{0,4})(?:号房|室|房|号|户)?"
_WRITTEN = re.compile(_BUILDING.replace("{weak}", "(?!)") + _ENTRANCE + _FLOOR + _ROOM + "$")
_WRITTEN_HAO = re.compile(_BUILDING.replace("{weak}", "号") + _ENTRANCE + _FLOOR + _ROOM + "$")
_WITHIN = re.compile(_ENTRANCE.removesuffix("?") + _FLOOR + _ROOM + "$")
_THREE = re.compile(
    r"(?:.*[^\dA-Z-])?([A-Z]?\d{1,4}[A-Z]?|[A-Z])-(\d{1,2})-([A-Z]?\d{1,5}[A-Z]?)(?:号房|室|房|号|户)?$"
)
_TWO = re.compile(r"([A-Z]?\d{1,4}|[A-Z])-([A-Z]?\d{1,5}[A-Z]?)(?:号房|室|房|号|户)?$")
_ONE = re.compile(r"([A-Z]{0,3}-?\d{1,5}[A-Z]?)(?:号房|室|房|号|户)?$")
_HOMES = re.compile(r"[、,;/;\n和及]|,")


def place(cell: Cell | None) -> Cleaned[tuple[Place, ...]]:
    """An address as offices write it, one home or several: "3-1-301", "3栋1单元301室", "1栋301、302".

    "1-101" without more is building 1, room 101; the row decides otherwise if its building has a column.
    """
    if misfit := misfit_of(cell):
        return Cleaned((), error=misfit)
    text = squeezed(cell).upper()
    if is_blank(text):
        return Cleaned(())
    if error := broken(text):
        return Cleaned((), error=error)
    places: list[Place] = []
    for part in filter(None, _HOMES.split(text)):
        found = _one_place(part, places[-1] if places else None)
        if found is None:
            return Cleaned(
                (), error=Note("从“%(text)s”读不出楼栋和房号，请写成“3栋1单元301”或“3-1-301”", text=short(text))
            )
        if places and places[-1].building is None and found.room.key == places[-1].room.key:
            places[-1] = found  # "101室/1-101": one room twice, the fuller form counts
        elif found not in places:
            places.append(found)
    return Cleaned(tuple(places))


def _one_place(part: str, before: Place | None) -> Place | None:
    if written := _WRITTEN.search(part):
        return _written(written, building_key(written["b"]).value, None)
    if three := _THREE.fullmatch(part):
        return Place(building_key(three[1]).value, entrance_key(three[2]).value, _room(three[3]))
    if written := _WRITTEN_HAO.search(part):
        return _written(written, building_key(written["b"]).value, None)
    within = _WITHIN.fullmatch(part)
    # A bare "1-" is an entrance only after a home whose entrance was said; else "1-101、1-102" are in building 1.
    if within is not None and (within["e"] or (before is not None and before.entrance is not None)):
        return _written(within, before and before.building, before)
    if (two := _TWO.fullmatch(part)) and not is_range(part):
        return Place(building_key(two[1]).value, None, _room(two[2]))
    if one := _ONE.fullmatch(part):
        return Place(before and before.building, before and before.entrance, _room(one[1]))
    return None


_RANGE = re.compile(r"(\d{3,5})-(\d{3,5})")


def is_range(text: str) -> bool:
    """The text "101-103" means rooms 101 to 103, not building 101: to be written out."""
    match = _RANGE.fullmatch(text)
    return match is not None and len(match[1]) == len(match[2]) and int(match[1]) < int(match[2])


def _written(match: re.Match[str], building: Label | None, before: Place | None) -> Place:
    said = match["e"] or match["e2"]
    entrance = _entrance_as_written(match, said) if said else (before.entrance if before else None)
    return Place(building, entrance, _room(match["r"]), floor(match["f"]).value if match["f"] else None)


def _entrance_as_written(match: re.Match[str], said: str) -> Label:
    return entrance_key(said + "单元" if match["e"] else said).value


def _room(text: str) -> Label:
    return Label(_room_key(text), text)


_FLOOR_FORM = re.compile(
    rf"(?:第)?(?P<down>地下|负|-|B(?=\d))?(?P<n>\d{{1,3}}|{NUMERAL}{{1,4}})(?:层|楼|F)?(?:/\d+.*)?$"
)


@lru_cache(maxsize=1024, typed=True)
def floor(cell: Cell | None) -> Cleaned[int | None]:
    """3, 3层, 3F, 三楼, -1, 负一层, B1; "3/18" is the third of eighteen."""
    text = squeezed(cell).upper()
    if is_blank(text):
        return Cleaned(None)
    if misfit := misfit_of(cell):
        return Cleaned(None, error=misfit)
    match = _FLOOR_FORM.fullmatch(text)
    number = None if match is None else int(match["n"]) if match["n"].isdecimal() else figure(match["n"])
    if match is None or number is None or number > 150 or (number == 0):
        return Cleaned(None, (Note("楼层“%(text)s”读不懂，未采用", text=short(text)),))
    return Cleaned(-number if match["down"] else number)
