"""What the city's own voting system found is typed from its document: figures that cannot be, or give another result, were misread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.kernel.refusal import Refusal
from linli.kernel.tally.announced import announcement_of, check
from linli.kernel.tally.case import Malformed
from linli.kernel.tally.thresholds import ARTICLE, Result, Weight, approval

Measures = Mapping[str, int | None]
Figures = Mapping[str, Measures]
ELECTED, ALTERNATE = "elected", "alternate"
OUTCOMES = {Result.PASSED: "formed", Result.REJECTED: "not_formed", Result.QUORUM_NOT_MET: "quorum_not_met"}
MATTER = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the document says of a candidate. `place`: elected, alternate with his rank, or nothing."""

    code: str
    name: str
    place: str
    rank: int
    approve: Measures


def refuse_figures(
    matter_no: int, result: Result, total: Weight, figures: Figures, *, elects: bool
) -> tuple[Refusal, str] | None:
    """And the field it is about. `figures`: of who took part and who approved, as far as the document says; `total` of the register."""
    said = {"matter_no": matter_no, "total": {"area": total.area, "persons": total.persons}, "announced": result.value}
    try:
        given = announcement_of({**said, "participating": figures["participating"], "approve": figures["approve"]})
    except Malformed:
        return Refusal(
            "impossible", "同意的不会多过参与的，参与的不会多过全体，对着文件再看一遍"
        ), "participating_persons"
    if not elects and check(given).follows is False:
        return Refusal("not_following", "照这些数字得不出这个结果，对着文件再看一遍", ARTICLE), "result"
    return None


def refuse_chosen(
    result: Result, seats: int, rows: Sequence[Chosen], participating: Measures
) -> tuple[Refusal, str] | None:
    """Elected are never more than the seats, nor is one whom not more than half approved; more than half of the seats make a committee
    (domain §3.10)."""
    elected = [row for row in rows if row.place == ELECTED]
    if len(elected) > seats:
        return Refusal("too_many", "应选 %(n)s 名，当选的不会更多", values={"n": seats}), "result"
    if result == Result.QUORUM_NOT_MET and any(row.place for row in rows):
        return Refusal("no_quorum", "没有达到法定参与比例，就没有人当选", ARTICLE), "result"
    if result == Result.PASSED and 2 * len(elected) <= seats:
        return Refusal("too_few", "当选的没有过应选人数的一半，委员会不能成立，对着文件再看一遍"), "result"
    for row in rows:
        if row.place and not _may_pass(row.approve, participating):
            no = Refusal("not_half", "同意%(name)s的没有过参与的一半，对着文件再看一遍", ARTICLE, {"name": row.name})
            return no, f"place-{row.code}"
    ranks = sorted(row.rank for row in rows if row.place == ALTERNATE)
    if ranks != list(range(1, len(ranks) + 1)):
        return Refusal("ranks", "候补从第 1 位排起，一位接一位"), "result"
    return None


def _may_pass(approve: Measures, participating: Measures) -> bool:
    """As far as the document says."""
    for one in approval(MATTER, *(Weight(of["area"] or 0, of["persons"] or 0) for of in (participating, approve))):
        if approve[one.measure] is not None and participating[one.measure] is not None and not one.holds:
            return False
    return True


def election(result: Result, rows: Sequence[Chosen]) -> dict[str, Any]:
    """As the count of this system would have it said."""
    return {
        "outcome": OUTCOMES[result], "elected": [row.code for row in rows if row.place == ELECTED],
        "alternates": [row.code for row in sorted(rows, key=lambda row: row.rank) if row.place == ALTERNATE],
        "candidates": [{"name": row.code, "approve": dict(row.approve)} for row in rows],
    }  # fmt: skip
