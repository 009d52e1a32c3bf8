"""Whether an announced result follows from article 278, by the figures that were published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .case import MOST, Malformed, loaded
from .sheet import RESULTS, compare
from .thresholds import ARTICLE, Comparison, Result, Weight, approval, fewest, quorum

IN_FORCE = "2021-01-01"
FIGURES = ("total", "participating", "approve")
_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_NAMES = {"quorum": "参与比例", "approval": "同意比例"}
_BOUNDS = {
    ("quorum", True): "参与的没有公布，不会少于同意的，", ("approval", True): "参与的没有公布，不会多于全体，",
    ("approval", False): "参与的没有公布，按达到法定参与的最少算，",
}  # fmt: skip
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
class Step:
    """One of the four comparisons; without `comparison` a figure was not published, or nobody took part (`nobody`).

    `bound`: how many took part was not published, and it is so for any number there could have been; an approval that fails, for any
    with which the quorum is met.
    """

    of: str
    measure: str
    comparison: Comparison | None
    nobody: bool = False
    bound: bool = False

    @property
    def holds(self) -> bool | None:
        return False if self.nobody else self.comparison.holds if self.comparison else None

    @property
    def words(self) -> str:
        label = f"{_NAMES[self.of]}（{_MEASURES[self.measure]}）"
        if self.nobody:
            return f"{label}：没有人参与，未达到"
        if not self.comparison:
            return f"{label}：没有公布，无法核对"
        said = _BOUNDS[self.of, self.comparison.holds] if self.bound else ""
        return f"{label}：{said}{compare(self.comparison)}"


@dataclass(frozen=True, slots=True)
class Finding:
    """`follows` is None where the figures do not tell, or nothing was announced; `possible`: what they leave open."""

    result: Result | None
    follows: bool | None
    steps: tuple[Step, ...] = ()
    possible: tuple[Result, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        if not self.steps:
            return (f"早于民法典施行（{IN_FORCE}），当时的比例不同，不作判断",)
        if self.result:
            end = f"依{ARTICLE}，结果是：{RESULTS[self.result]}"
        else:
            end = "公布的数字不够，得不出唯一的结果；可能是：" + "、".join(RESULTS[r] for r in self.possible)
        return (*(step.words for step in self.steps), end)

    def as_dict(self) -> dict[str, Any]:
        result = self.result.value if self.result else None
        return {"result": result, "follows": self.follows, "reasons": list(self.reasons)}


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
        return Finding(None, None)
    quorum_steps, approval_steps = _steps(given, "quorum"), _steps(given, "approval")
    met, enough = _all_hold(quorum_steps), _all_hold(approval_steps)
    possible = tuple(
        result
        for result, could in (
            (Result.PASSED, met is not False and enough is not False),
            (Result.REJECTED, met is not False and enough is not True),
            (Result.QUORUM_NOT_MET, met is not True),
        )
        if could
    )
    result = possible[0] if len(possible) == 1 else None
    if given.announced is None:
        follows = None
    elif result is not None:
        follows = result == given.announced
    else:
        follows = None if given.announced in possible else False
    return Finding(result, follows, (*quorum_steps, *approval_steps), possible)


def _all_hold(steps: Sequence[Step]) -> bool | None:
    """One comparison that fails decides, whatever is missing beside it."""
    found = [step.holds for step in steps]
    return False if False in found else None if None in found else True


def _steps(given: Announcement, of: str) -> tuple[Step, ...]:
    figures = (given.total, given.participating, given.approve)
    return tuple(_step(given.matter_no, of, m, *(getattr(one, m) for one in figures)) for m in _MEASURES)


def _step(matter_no: int, of: str, measure: str, total: int | None, voted: int | None, yes: int | None) -> Step:
    if of == "quorum" and voted == 0:
        return Step(of, measure, None, nobody=True)
    bound = voted is None
    part, whole = (yes if bound else voted, total) if of == "quorum" else (yes, total if bound else voted)
    if part is None or whole is None:
        return Step(of, measure, None)
    found = _comparison(matter_no, of, measure, part, whole)
    if not bound or (part and found.holds):
        return Step(of, measure, found, bound=bound)
    if of == "approval":  # the fewer took part, the more of them approved: the fewest that meet the quorum
        found = _comparison(matter_no, of, measure, part, max(fewest(whole), part, 1))
        if not found.holds:
            return Step(of, measure, found, bound=True)
    return Step(of, measure, None)


def _comparison(matter_no: int, of: str, measure: str, part: int, whole: int) -> Comparison:
    pair = {measure: part}, {measure: whole}
    one, all_ = Weight(**pair[0]), Weight(**pair[1])
    by_area, by_persons = quorum(all_, one) if of == "quorum" else approval(matter_no, all_, one)
    return by_area if measure == "area" else by_persons
