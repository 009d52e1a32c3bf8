"""The comparisons of Civil Code article 278, by cross-multiplication: areas in 0.01 m², persons as voting parties."""

from dataclasses import dataclass
from enum import StrEnum

ARTICLE = "民法典第二百七十八条"

MATTERS = {
    1: "制定和修改业主大会议事规则",
    2: "制定和修改管理规约",
    3: "选举业主委员会或者更换业主委员会成员",
    4: "选聘和解聘物业服务企业或者其他管理人",
    5: "使用建筑物及其附属设施的维修资金",
    6: "筹集建筑物及其附属设施的维修资金",
    7: "改建、重建建筑物及其附属设施",
    8: "改变共有部分的用途或者利用共有部分从事经营活动",
    9: "有关共有和共同管理权利的其他重大事项",
}
SPECIAL = frozenset({6, 7, 8})


class Result(StrEnum):
    PASSED = "passed"
    REJECTED = "rejected"
    QUORUM_NOT_MET = "quorum_not_met"


@dataclass(frozen=True, slots=True)
class Weight:
    """What stands for something: area in 0.01 m² and voting parties."""

    area: int = 0
    persons: int = 0

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.area + other.area, self.persons + other.persons)

    def as_dict(self) -> dict[str, int]:
        return {"area": self.area, "persons": self.persons}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`part` of `whole` against numerator / denominator; `strict`: more than (过半数), else at least (以上)."""

    of: str
    measure: str
    part: int
    whole: int
    numerator: int
    denominator: int
    strict: bool

    @property
    def holds(self) -> bool:
        left, right = self.denominator * self.part, self.numerator * self.whole
        return left > right if self.strict else left >= right


QUORUM = 2, 3


def fewest(total: int) -> int:
    """Who take part in a quorum by one measure."""
    top, bottom = QUORUM
    return -(-top * total // bottom)


def quorum(total: Weight, taking_part: Weight) -> tuple[Comparison, Comparison]:
    """Two thirds of all, inclusive, by area and by persons."""
    return (
        Comparison("quorum", "area", taking_part.area, total.area, *QUORUM, strict=False),
        Comparison("quorum", "persons", taking_part.persons, total.persons, *QUORUM, strict=False),
    )


def approval(matter_no: int, taking_part: Weight, approving: Weight) -> tuple[Comparison, Comparison]:
    """Of those taking part: three quarters, inclusive, for a special matter; else more than half."""
    top, bottom, strict = (3, 4, False) if matter_no in SPECIAL else (1, 2, True)
    return (
        Comparison("approval", "area", approving.area, taking_part.area, top, bottom, strict),
        Comparison("approval", "persons", approving.persons, taking_part.persons, top, bottom, strict),
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """All four comparisons are kept, also where the quorum decides alone."""

    result: Result
    comparisons: tuple[Comparison, ...]

    @property
    def quorum_met(self) -> bool:
        return self.result != Result.QUORUM_NOT_MET


def judge(matter_no: int, total: Weight, taking_part: Weight, approving: Weight) -> Judgement:
    met = quorum(total, taking_part)
    enough = approval(matter_no, taking_part, approving)
    if not taking_part.area or not taking_part.persons or not all(c.holds for c in met):
        result = Result.QUORUM_NOT_MET
    else:
        result = Result.PASSED if all(c.holds for c in enough) else Result.REJECTED
    return Judgement(result, met + enough)
