"""What the city's own voting system found is typed from its document: figures that cannot be, or give another result, were misread."""

from collections.abc import Mapping

from linli.kernel.refusal import Refusal
from linli.kernel.tally.announced import announcement_of, check
from linli.kernel.tally.case import Malformed
from linli.kernel.tally.thresholds import ARTICLE, Result, Weight

Figures = Mapping[str, Mapping[str, int | None]]


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
