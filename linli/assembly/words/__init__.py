"""What screens say of results and comparisons."""

from collections.abc import Mapping

from linli.kernel.tally.thresholds import Result

RESULTS: Mapping[str, str] = {
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
# The same in short, beside a bar.
MEASURED: Mapping[tuple[str, str], str] = {
    ("quorum", "area"): "参与的面积",
    ("quorum", "persons"): "参与的人数",
    ("approval", "area"): "同意的面积",
    ("approval", "persons"): "同意的人数",
}
NEEDS: Mapping[tuple[int, int], str] = {(2, 3): "三分之二以上", (3, 4): "四分之三以上", (1, 2): "超过一半"}
FOLLOWS: Mapping[bool | None, str] = {
    True: "公布的结果和数字相符",
    False: "公布的结果和数字不符",
    None: "公布的数字不够，判断不了",
}
FIGURES: Mapping[str, str] = {"total": "全体业主", "participating": "参与表决", "approve": "同意"}
NUMERALS = dict(enumerate("一二三四五六七八九", 1))
# What can stand in one box row of a paper, as a clerk reads it (domain §3.6).
BALLOT_CHOICES: Mapping[str, str] = {
    "approve": "同意",
    "against": "反对",
    "abstain": "弃权",
    "blank": "没选",
    "double": "选了两个以上",
}
FOLLOW: Mapping[str, str] = {"follow_majority": "从多"}
OUTCOME_FIGURES: Mapping[str, str] = {
    **FIGURES,
    "against": "反对",
    "abstain": "弃权",
    "invalid": "无效",
}
ELECTIONS: Mapping[str, str] = {
    "formed": "选举有效，业主委员会成立",
    "not_formed": "当选人数不足，业主委员会没有成立，空缺的席位另行选举",
    "quorum_not_met": "未达到法定参与比例",
    "lots_needed": "有人并列，要当众抽签",
}
PLACES: Mapping[str, str] = {"elected": "当选", "alternate": "候补"}
# What the verifier (kernel/verifier.py) contradicts, said in Chinese.
CONTRADICTIONS: Mapping[str, str] = {
    r"head (?P<n>\d+) is not signed by it": "第 %(n)s 号签名不是这次投票的密钥签的",
    r"a later head is smaller than an earlier one": "后公布的票箱指纹比先公布的还小",
    r"the log is not the one whose head (?P<n>\d+) was published": "票箱里有票被删、被改或者被加，和公布过的第 %(n)s 号指纹对不上",
    r"the last head does not cover the whole log": "最后公布的指纹没有包住全部的票",
    r"the register is not the one whose fingerprint was published": "名册不是公布过指纹的那一份",
    r"a home is in the register twice": "名册里有一户写了两次",
    r"the number of parties is another": "名册上的人数对不上",
    r"the total area is another": "名册上的总面积对不上",
    r"parties are not the sets of owners": "名册里业主合并得不对",
    r"the receipt is of another vote": "这张回执是另一次投票的",
    r"the receipt names another register": "回执上写的是另一份名册",
    r"the receipt's head is not signed by the key": "回执上的签名不是这次投票的密钥签的",
    r"the receipt's ballot is not in the log": "回执上的票不在票箱里",
    r"the log was changed after the receipt was given": "给了回执以后，票箱被改过",
    r"(?P<n>\S+) was not opened": "%(n)s 号票没有打开",
    r"(?P<n>\S+) does not say what was sealed": "%(n)s 号票打开的和投进去的不一样",
    r"(?P<n>\S+) was opened as another": "%(n)s 号票被当成了另一张",
    r"(?P<n>\S+) was entered and never came back": "%(n)s 号票没有收回来，却录了",
    r"(?P<n>\S+) came back and was not entered": "%(n)s 号票收回来了，没有录",
    r"(?P<n>\S+) was voided otherwise": "%(n)s 号票认定无效的原因和包里写的不一样",
    r"(?P<n>\S+) is refused without a ground": "%(n)s 号票列为无效，却没有这样的原因",
    r"(?P<n>\S+) is no vote and not among the refused": "%(n)s 号票不能算，却没有列为无效",
    r"a ballot that was voided is not among the refused": "有票认定无效，却没有列出来",
    r"a ballot that never came is said not to count": "列出来的无效票里，有的票箱里根本没有",
    r"item (?P<n>\d+): what does not count is not listed": "第 %(n)s 项有票没有计入，却没有列出来",
    r"item (?P<n>\d+): the electorate is another": "第 %(n)s 项的总人数或者总面积对不上",
    r"item (?P<n>\d+) (?P<who>.*): .* when added up again": "第 %(n)s 项%(who)s，重新加一遍，数字不一样",
    r"item (?P<n>\d+) (?P<who>.*): the result is .*": "第 %(n)s 项%(who)s，重新算一遍，结果不一样",
    r"item (?P<n>\d+) (?P<who>.*): the figures do not fit together": "第 %(n)s 项%(who)s，数字之间对不上",
    r"item (?P<n>\d+) : the quorum is said otherwise": "第 %(n)s 项是不是够法定参与，写得不对",
    r"item (?P<n>\d+) : without silence the result is .*": "第 %(n)s 项，没投票的不计入参与，结果不一样",
    r"item (?P<n>\d+): those who passed do not sit by rank": "第 %(n)s 项当选和候补的人不对：有人没过半数，或者没按得票排",
}
PRINTS: Mapping[str, str] = {
    "notice": "会议公告",
    "register": "业主名册（隐去部分姓名）",
    "ballots": "表决票",
    "delivery": "送达登记表",
    "count": "计票记录",
    "result": "结果公告",
    "filing": "备案材料清单",
    "request": "20% 联名提议书",
}
