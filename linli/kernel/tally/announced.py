"""Whether an announced result follows from article 278, by the figures that were published."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .case import MOST, Malformed, loaded
from .sheet import RESULTS, compare
from .thresholds import ARTICLE, Comparison, Result, Weight, approval, quorum

IN_FORCE = "2021-01-01"
FIGURES = ("total", "participating", "approve")
_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_NAMES = {"quorum": "参与比例", "approval": "同意比例"}
_MEASURES = {"area": "面积", "persons": "人数"}


@dataclass(frozen=True, slots=True)
class Figures:
    """A figure is None where it was not published."""

    area: int | None
    persons: int | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """`date` as published: a year, a month or a day."""

    matter_no: int
    total: Figures
    participating: Figures
    approve: Figures
    announced: Result | None
    date: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """`follows` is None where the figures do not tell, or nothing was announced."""

    result: Result | None
    follows: bool | None
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "result": self.result.value if self.result else None,
            "follows": self.follows,
            "reasons": list(self.reasons),
        }


def read(text: str | bytes) -> Announcement:
    """Raises Malformed, also for figures that cannot be."""
    return announcement_of(loaded(text))


def announcement_of(found: Mapping[str, Any]) -> Announcement:
    for key in ("matter_no", *FIGURES, "announced"):
        if key not in found:
            raise Malformed(f"$.{key}", "missing")
    matter_no = found["matter_no"]
    if not isinstance(matter_no, int) or isinstance(matter_no, bool) or not 1 <= matter_no <= 9:
        raise Malformed("$.matter_no", "must be 1 to 9")
    total, participating, approve = (_figures(found[key], f"$.{key}") for key in FIGURES)
    for key, part, whole in (
        ("participating", participating, total), ("approve", approve, participating), ("approve", approve, total),
    ):  # fmt: skip
        for measure in _MEASURES:
            less, more = getattr(part, measure), getattr(whole, measure)
            if less is not None and more is not None and less > more:
                raise Malformed(f"$.{key}.{measure}", "more than there can be")
    return Announcement(
        matter_no, total, participating, approve, _announced(found["announced"]), _date(found.get("date"))
    )


def _figures(value: Any, path: str) -> Figures:
    if value is None:
        return Figures(None, None)
    if not isinstance(value, dict):
        raise Malformed(path, "must be an object or null")
    for measure in _MEASURES:
        if measure not in value:
            raise Malformed(f"{path}.{measure}", "missing")
        figure = value[measure]
        if figure is not None and (not isinstance(figure, int) or isinstance(figure, bool) or not 0 <= figure <= MOST):
            raise Malformed(f"{path}.{measure}", f"must be a whole number from 0 to {MOST}, or null")
    return Figures(value["area"], value["persons"])


def _announced(value: Any) -> Result | None:
    if value is None:
        return None
    try:
        return Result(value)
    except ValueError:
        raise Malformed("$.announced", f"must be one of {', '.join(Result)}, or null") from None


def _date(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Malformed("$.date", "must be like 2023-11-09, 2023-11 or 2023")
    return value


def check(given: Announcement) -> Finding:
    if given.date and given.date < IN_FORCE[: len(given.date)]:
        return Finding(None, None, (f"早于民法典施行（{IN_FORCE}），当时的比例不同，不作判断",))
    reasons: list[str] = []
    met = _holds(given, "quorum", reasons)
    enough = _holds(given, "approval", reasons)
    possible = {
        result
        for result, could in (
            (Result.QUORUM_NOT_MET, met is not True),
            (Result.REJECTED, met is not False and enough is not True),
            (Result.PASSED, met is not False and enough is not False),
        )
        if could
    }
    result = possible.pop() if len(possible) == 1 else None
    if given.announced is None:
        follows = None
    elif result is not None:
        follows = result == given.announced
    else:
        follows = None if given.announced in possible else False
    if result:
        reasons.append(f"依{ARTICLE}，结果是：{RESULTS[result]}")
    else:
        reasons.append(
            "公布的数字不够，得不出唯一的结果；可能是：" + "、".join(RESULTS[r] for r in Result if r in possible)
        )
    return Finding(result, follows, tuple(reasons))


def _holds(given: Announcement, of: str, reasons: list[str]) -> bool | None:
    """One comparison that fails decides, whatever is missing beside it."""
    part, whole = (given.participating, given.total) if of == "quorum" else (given.approve, given.participating)
    found: list[bool | None] = []
    for measure in _MEASURES:
        one, all_ = getattr(part, measure), getattr(whole, measure)
        label = f"{_NAMES[of]}（{_MEASURES[measure]}）"
        if of == "quorum" and one == 0:
            found.append(False)
            reasons.append(f"{label}：没有人参与，未达到")
            continue
        if one is None or all_ is None:
            found.append(None)
            reasons.append(f"{label}：没有公布，无法核对")
            continue
        comparison = _comparison(given.matter_no, of, measure, one, all_)
        found.append(comparison.holds)
        reasons.append(f"{label}：{compare(comparison)}")
    return False if False in found else None if None in found else True


def _comparison(matter_no: int, of: str, measure: str, part: int, whole: int) -> Comparison:
    pair = {measure: part}, {measure: whole}
    one, all_ = Weight(**pair[0]), Weight(**pair[1])
    by_area, by_persons = quorum(all_, one) if of == "quorum" else approval(matter_no, all_, one)
    return by_area if measure == "area" else by_persons
