"""The count sheet in Chinese: what was counted, each comparison with its figures and article, what is noted."""

from collections.abc import Iterator

from ..clock import SHANGHAI
from .adding import Silence, Stand, Sums
from .case import Duplicates
from .count import Count
from .electing import Candidate, Elected
from .settling import RULE_WORDS
from .thresholds import ARTICLE, MATTERS, SPECIAL, Comparison, Result, Weight

RESULTS = {Result.PASSED: "通过", Result.REJECTED: "未通过", Result.QUORUM_NOT_MET: "未达到法定参与比例"}
OUTCOMES = {
    "formed": "选举有效，业主委员会成立", "not_formed": "当选人数不足，业主委员会未成立，空缺席位另行选举",
    "quorum_not_met": "未达到法定参与比例", "lots_needed": "有人并列，须当众抽签后再定",
}  # fmt: skip
LEADING = {Stand.APPROVE: "同意", Stand.AGAINST: "反对", Stand.ABSTAIN: "弃权"}
SILENCE = {
    Silence.NOT_COUNTED: "未投票的不计入参与",
    Silence.JOINS_AFTER_QUORUM: "达到法定参与比例后，已送达未投票的计入多数",
    Silence.DELIVERY_IS_PARTICIPATION: "送达即参与，已送达未投票的计入多数",
}
AREA_OF, PERSONS_OF = "专有部分面积", "人数"
NUMERALS = "零一二三四五六七八九"


def area(value: int) -> str:
    """0.01 m² as square metres."""
    return f"{value // 100:,}.{value % 100:02d}"


def percent(part: int, whole: int) -> str:
    """Two places, half up; for the eye only."""
    if not whole:
        return "—"
    hundredths = (2 * 10_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def weight(w: Weight) -> str:
    return f"{w.persons:,} 人，{area(w.area)} 平方米"


def compare(c: Comparison) -> str:
    """`3 × 600.00 = 1,800.00 ≥ 2 × 900.00 = 1,800.00`, with whether it holds."""
    say = area if c.measure == "area" else (lambda n: f"{n:,}")
    sign = (">" if c.strict else "≥") if c.holds else ("≤" if c.strict else "<")
    left, right = c.denominator * c.part, c.numerator * c.whole
    times = f"{c.numerator} × {say(c.whole)} = {say(right)}" if c.numerator > 1 else say(c.whole)
    share = percent(c.part, c.whole)
    return (
        f"{c.denominator} × {say(c.part)} = {say(left)} {sign} {times}（{share}）{'，达到' if c.holds else '，未达到'}"
    )


def explain(count: Count) -> str:
    return "\n".join(_lines(count)) + "\n"


def _lines(count: Count) -> Iterator[str]:
    case = count.case
    kind = "特别事项" if case.matter_no in SPECIAL else "一般事项"
    yield "计票单"
    yield f"事项：（{NUMERALS[case.matter_no]}）{MATTERS[case.matter_no]}，{kind}（{ARTICLE}第一款第{NUMERALS[case.matter_no]}项）"
    source = f"规则：{case.profile.name}（{case.profile.source}）"
    yield source + ("，尚未与当地规定核对" if case.profile.to_check else "")
    yield f"截止：{case.closes_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    yield f"未投票：{SILENCE[case.rules.silence]}；同一业主投几张：{RULE_WORDS[Duplicates(case.rules.duplicates)]}"
    if case.profile.values["official_evote_required"]:
        yield "当地要求用官方电子投票系统，本系统的线上票只作征求意见"
    yield ""
    yield f"全体业主：{weight(count.total)}" + ("（限表决范围内）" if case.scope is not None else "")
    yield f"参与表决：{weight(count.participating)}"
    yield f"无效：{weight(count.invalid)}"
    if count.sums:
        yield from _item(count.sums)
    if count.elected:
        yield from _election(count.elected)
    yield ""
    yield from _end(count)


def _item(sums: Sums) -> Iterator[str]:
    for stand, found in zip(LEADING.values(), (sums.approve, sums.against, sums.abstain), strict=True):
        yield f"{stand}：{weight(found)}"
    if sums.followed.persons:
        yield f"　其中选“从多”的 {weight(sums.followed)}，计入{LEADING[sums.leading]}"
    if sums.joined.persons:
        yield f"　其中已送达未投票的 {weight(sums.joined)}，计入{LEADING[sums.leading]}"
    yield ""
    yield from _comparisons(sums)


def _comparisons(sums: Sums) -> Iterator[str]:
    by_area, by_persons, approve_area, approve_persons = sums.judgement.comparisons
    two_thirds = "参与表决的专有部分面积占比三分之二以上的业主且人数占比三分之二以上的业主"
    yield f"一、是否达到法定参与比例（{ARTICLE}第二款：{two_thirds}）"
    yield f"　{AREA_OF}：{compare(by_area)}"
    yield f"　{PERSONS_OF}：{compare(by_persons)}"
    share = "过半数" if approve_area.strict else "四分之三以上"
    yield f"二、是否同意（{ARTICLE}第二款：参与表决专有部分面积{share}且参与表决人数{share}的业主同意）"
    yield f"　{AREA_OF}：{compare(approve_area)}"
    yield f"　{PERSONS_OF}：{compare(approve_persons)}"


def _election(elected: Elected) -> Iterator[str]:
    yield f"应选：{elected.seats} 人，至少 {elected.least} 人才能成立"
    for candidate in elected.candidates:
        yield ""
        yield from _candidate(candidate, elected)


def _candidate(candidate: Candidate, elected: Elected) -> Iterator[str]:
    place = "当选" if candidate.name in elected.elected else "候补" if candidate.name in elected.alternates else ""
    passed = "达到" if candidate.passes else RESULTS[candidate.sums.result]
    yield f"候选人 {candidate.name}：{place or passed}"
    yield f"　同意 {weight(candidate.sums.approve)}；反对 {weight(candidate.sums.against)}；弃权 {weight(candidate.sums.abstain)}"
    for line in _comparisons(candidate.sums):
        yield f"　{line}"


def _seated(elected: Elected | None) -> str:
    plain = elected and elected.plain
    if not plain:
        return ""
    return f"；当选：{'、'.join(plain.elected) or '无'}；候补：{'、'.join(plain.alternates) or '无'}"


def _end(count: Count) -> Iterator[str]:
    if count.elected:
        yield f"结果：{OUTCOMES[count.elected.outcome]}"
        if count.elected.elected:
            yield f"当选：{'、'.join(count.elected.elected)}"
        if count.elected.alternates:
            yield f"候补（按顺序）：{'、'.join(count.elected.alternates)}"
        for tie in count.elected.ties:
            yield f"须抽签：{'、'.join(tie)}"
    else:
        yield f"结果：{RESULTS[count.result]}"
    if count.also:
        yield f"按“{SILENCE[Silence.NOT_COUNTED]}”另算：{RESULTS[count.also]}" + _seated(count.elected)
    if count.disputed:
        yield "共有人意见不一致、书面异议或各户选择不同：" + "；".join("、".join(ids) for ids in count.disputed)
    if count.notes:
        yield "记录："
        for note in count.notes:
            about = f"票 {note.ballot} " if note.ballot else f"房屋 {'、'.join(note.homes)} " if note.homes else ""
            yield f"　{about}{note.words}"
