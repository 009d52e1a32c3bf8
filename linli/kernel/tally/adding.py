"""Sums over voting parties that are already settled, silent ones by the mode that the rules name (domain §3.7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .thresholds import Judgement, Result, Weight, judge


class Stand(StrEnum):
    """How one party stands at the count. `SILENT` was reached and sent nothing; `UNREACHED` has no evidence of delivery."""

    APPROVE = "approve"
    AGAINST = "against"
    ABSTAIN = "abstain"
    FOLLOW_MAJORITY = "follow_majority"
    INVALID = "invalid"
    SILENT = "silent"
    UNREACHED = "unreached"


class Silence(StrEnum):
    NOT_COUNTED = "A"
    JOINS_AFTER_QUORUM = "B"
    DELIVERY_IS_PARTICIPATION = "C"


EXPLICIT = (Stand.APPROVE, Stand.AGAINST, Stand.ABSTAIN)
NOBODY = Weight()


@dataclass(frozen=True, slots=True)
class Sums:
    """`leading` is what those who follow, and those who are silent, join: ahead by area and by persons, or abstain."""

    total: Weight
    participating: Weight
    approve: Weight
    against: Weight
    abstain: Weight
    leading: Stand
    followed: Weight
    joined: Weight
    judgement: Judgement
    mode_a: Judgement

    @property
    def result(self) -> Result:
        return self.judgement.result


def gather(parties: Iterable[tuple[int, Stand]]) -> dict[Stand, Weight]:
    """Area and number of parties of each stand; a million in a second."""
    areas = dict.fromkeys(Stand, 0)
    numbers = dict.fromkeys(Stand, 0)
    for area, stand in parties:
        areas[stand] += area
        numbers[stand] += 1
    return {stand: Weight(areas[stand], numbers[stand]) for stand in Stand}


def leader(found: dict[Stand, Weight]) -> Stand:
    """Strictly ahead of both others on area and on persons among what was said outright; none is: abstain."""
    for one in EXPLICIT:
        others = [found[other] for other in EXPLICIT if other != one]
        if all(found[one].area > o.area and found[one].persons > o.persons for o in others):
            return one
    return Stand.ABSTAIN


def add_up(found: dict[Stand, Weight], total: Weight, matter_no: int, silence: Silence) -> Sums:
    """`found` from `gather`; `total` is all parties of the electorate, whatever they did."""
    said = {stand: found[stand] for stand in EXPLICIT}
    leading = leader(found)
    followed = found[Stand.FOLLOW_MAJORITY]
    said[leading] += followed
    voted = sum(said.values(), NOBODY)
    mode_a = judge(matter_no, total, voted, said[Stand.APPROVE])
    joins = silence == Silence.DELIVERY_IS_PARTICIPATION or (
        silence == Silence.JOINS_AFTER_QUORUM and mode_a.quorum_met
    )
    joined = found[Stand.SILENT] if joins else NOBODY
    said[leading] += joined
    part = voted + joined
    judgement = judge(matter_no, total, part, said[Stand.APPROVE]) if joins else mode_a
    return Sums(
        total=total, participating=part, approve=said[Stand.APPROVE], against=said[Stand.AGAINST], abstain=said[Stand.ABSTAIN],
        leading=leading, followed=followed, joined=joined, judgement=judgement, mode_a=mode_a,
    )  # fmt: skip
