"""Service standards of a property company (domain M5): what is promised, how often it is looked at, and what the checks say."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from linli.kernel.clock import months_later
from linli.kernel.refusal import Refusal

PROMISE_ARTICLE = "民法典第九百三十八条"
REPORT_ARTICLE = "民法典第九百四十三条"
ARTICLES = {"promise": PROMISE_ARTICLE, "report": REPORT_ARTICLE}


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


EVERY = {
    Every.DAY: "每天",
    Every.WEEK: "每周",
    Every.MONTH: "每月",
    Every.QUARTER: "每季度",
    Every.YEAR: "每年",
}


class Stage(StrEnum):
    PROPOSED = "proposed"
    PLEDGED = "pledged"
    PUBLISHED = "published"
    ENDED = "ended"


STAGES = {
    Stage.PROPOSED: "写好了，等物业公司承诺",
    Stage.PLEDGED: "物业公司承诺了，等公布",
    Stage.PUBLISHED: "公布了",
    Stage.ENDED: "不再执行",
}


def stage(*, pledged: bool, published: bool, ended: bool) -> Stage:
    if ended:
        return Stage.ENDED
    return Stage.PUBLISHED if published else Stage.PLEDGED if pledged else Stage.PROPOSED


def next_check(every: str, last: date) -> date:
    """The last day by which it is looked at again."""
    if every in {Every.DAY, Every.WEEK}:
        return last + timedelta(days=1 if every == Every.DAY else 7)
    return months_later(last, {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}[Every(every)])


def may_check(
    *, published: bool, ended: date | None, on: date, since: date, today: date, words: str, holds: bool, corrects: bool
) -> tuple[Refusal, str] | None:  # fmt: skip
    """What was checked while a standard held is put right afterwards, too."""
    if not published or (ended and not corrects):
        return Refusal("not_published", "公布了的、还在执行的标准才检查"), ""
    if not since <= on <= today:
        return Refusal("day", "检查的日子在公布以后、今天以前"), "on"
    if ended and on > ended:
        return Refusal("day", "检查的日子在不再执行以前"), "on"
    if not holds and not words.strip():
        return Refusal("no_words", "没达到的写清楚差在哪里"), "words"
    return None


def kept_share(checks: Sequence[tuple[bool, bool]]) -> tuple[int, int]:
    """(held, all) of those that somebody else than the company made: its own checks tell nothing about it."""
    others = [holds for holds, own in checks if not own]
    return sum(others), len(others)
