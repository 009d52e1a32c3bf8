"""What screens say of results and comparisons."""

from collections.abc import Mapping

from linli.kernel.tally.thresholds import Result

RESULTS: Mapping[Result, str] = {
    Result.PASSED: "通过",
    Result.REJECTED: "未通过",
    Result.QUORUM_NOT_MET: "未达到法定参与比例",
}
STEPS: Mapping[tuple[str, str], str] = {
    ("quorum", "area"): "参与表决的面积占全体",
    ("quorum", "persons"): "参与表决的人数占全体",
    ("approval", "area"): "同意的面积占参与",
    ("approval", "persons"): "同意的人数占参与",
}
NEEDS: Mapping[tuple[int, int], str] = {(2, 3): "三分之二以上", (3, 4): "四分之三以上", (1, 2): "超过一半"}
FOLLOWS: Mapping[bool | None, str] = {
    True: "公布的结果和数字相符",
    False: "公布的结果和数字不符",
    None: "公布的数字不够，判断不了",
}
FIGURES: Mapping[str, str] = {"total": "全体业主", "participating": "参与表决", "approve": "同意"}
NUMERALS = dict(enumerate("一二三四五六七八九", 1))
