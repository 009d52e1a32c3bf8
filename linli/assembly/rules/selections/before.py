"""From the written notice to the vote: what each step must have before it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from linli.kernel.refusal import Refusal

from ..dates import SHANGHAI
from .states import AFTER_VOTE, GROUND_ARTICLES, NOTICE_DAYS, OWN_RULE, VOTE_ARTICLE, G, Ground

# ── the end of the present contract ─────────────────────────────────────────────────────────────────────────────────


def notice_days(ground: str, agreed: int | None) -> int:
    return agreed if agreed is not None else NOTICE_DAYS[Ground(ground)]


def too_short(ground: str, *, given_on: date, ends_on: date, days: int) -> bool:
    return (ends_on - given_on).days < days


def may_give_notice(
    *, ground: str, decided: bool, given: bool, given_on: date, ends_on: date, agreed: int | None, clause: str, today: date
) -> tuple[Refusal, str] | None:  # fmt: skip
    """`decided`: owners have voted. The company's own notice (947) is written down also when it came too late."""
    if ground == G.NONE:
        return Refusal("no_company", "现在没有物业公司，不用通知"), ""
    if given:
        return Refusal("given", "通知已经记下了"), ""
    if ground in AFTER_VOTE and not decided:
        return Refusal("undecided", "解聘由业主共同决定，表决通过以后才能通知", VOTE_ARTICLE), ""
    if given_on > today:
        return Refusal("future", "通知送到以后再来记"), "given_on"
    if agreed is not None and not clause.strip():
        return Refusal("no_clause", "写清楚合同第几条这样约定"), "clause"
    days = notice_days(ground, agreed)
    if ground != G.LEAVES and too_short(ground, given_on=given_on, ends_on=ends_on, days=days):
        latest = ends_on - timedelta(days=days)
        return Refusal(
            "too_short",
            "要提前 %(days)s 天书面通知，这一天结束最晚 %(latest)s 通知",
            GROUND_ARTICLES[Ground(ground)],
            {"days": days, "latest": latest},
        ), "ends_on"
    return None


# ── the plan ────────────────────────────────────────────────────────────────────────────────────────────────────────

FEE_MODELS = {"lump_sum": "包干制", "commission": "酬金制"}
SIDES = {"owner": "业主", "committee": "业委会", "community": "社区", "expert": "外请的"}
POINTS = 100
CRITERIA_LEAST, CRITERIA_MOST = 2, 12
SCORERS_LEAST = 3
COMMENT_DAYS = 7
BID_DAYS = 15
BIDDERS_LEAST = 3
Criteria = Sequence[tuple[str, int]]


def check_criteria(rows: Criteria) -> Refusal | None:
    """Whole points that make a hundred."""
    if not CRITERIA_LEAST <= len(rows) <= CRITERIA_MOST:
        values = {"least": CRITERIA_LEAST, "most": CRITERIA_MOST}
        return Refusal("criteria", "评分项目写 %(least)s 到 %(most)s 项", values=values)
    if len({label for label, _ in rows}) < len(rows):
        return Refusal("twice", "有一项写了两次")
    if any(points < 1 for _, points in rows):
        return Refusal("points", "每一项至少 1 分")
    if (total := sum(points for _, points in rows)) != POINTS:
        return Refusal("total", "各项加起来要 %(all)s 分，现在是 %(n)s 分", values={"all": POINTS, "n": total})
    return None


def may_plan(
    *, ground: str, given: bool, set_: bool, criteria: Criteria, scorers: int, until: date | None, today: date
) -> Refusal | None:
    if ground not in AFTER_VOTE | {G.NONE} and not given:
        return Refusal("no_notice", "先把原合同到期的书面通知记下来", GROUND_ARTICLES[Ground(ground)])
    if not set_ or until is None:
        return Refusal("no_plan", "先写选聘方案")
    if no := check_criteria(criteria):
        return no
    if no := _scorers(scorers):
        return no
    if (until - today).days < COMMENT_DAYS:
        return Refusal("comments", "方案至少公示 %(days)s 天", OWN_RULE, {"days": COMMENT_DAYS})
    return None


def _scorers(scorers: int) -> Refusal | None:
    if scorers < SCORERS_LEAST or not scorers % 2:
        values = {"least": SCORERS_LEAST, "n": scorers}
        return Refusal("scorers", "评委要 %(least)s 人以上的单数，现在是 %(n)s 人", OWN_RULE, values)
    return None


def may_call(*, comments_until: date, open_objections: int, until: date, today: date) -> tuple[Refusal, str] | None:
    if today <= comments_until:
        return Refusal("commenting", "方案公示到 %(until)s，过了才能招标", values={"until": comments_until}), ""
    if open_objections:
        return Refusal("objections", "还有 %(n)s 条意见没答复", values={"n": open_objections}), ""
    if (until - today).days < BID_DAYS:
        return Refusal("too_short", "至少给 %(days)s 天投标", OWN_RULE, {"days": BID_DAYS}), "until"
    return None


# ── bids ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def may_extend(*, until: date, new: date) -> tuple[Refusal, str] | None:
    return (
        (Refusal("earlier", "新的截止日要比 %(until)s 晚", values={"until": until}), "until") if new <= until else None
    )


def may_receive(*, until: date, today: date, again: bool) -> tuple[Refusal, str] | None:
    if today > until:
        return Refusal("late", "投标 %(until)s 截止了，晚到的不收", values={"until": until}), ""
    return (Refusal("again", "这家公司已经投过了"), "company") if again else None


def may_open(
    *, until: date, today: date, bids: int, least: int, extended: bool, scorers: int, witnesses: Sequence[str]
) -> tuple[Refusal, str] | None:
    """Nobody knows a price before; with too few bids the time is given once more, and then it may go on."""
    if today <= until:
        return Refusal("bidding", "投标到 %(until)s，过了才能开标", values={"until": until}), ""
    if not bids:
        return Refusal("no_bids", "没有公司投标，延长时间再等，或者不办了"), ""
    if bids < least and not extended:
        return Refusal(
            "too_few", "只有 %(n)s 家，方案要 %(least)s 家，先延长一次", OWN_RULE, {"n": bids, "least": least}
        ), ""
    if no := _scorers(scorers):
        return no, ""
    if len(set(witnesses)) < 2:
        return Refusal("witnesses", "开标要两个人在场见证"), "witnesses"
    return None


def may_enter(*, price: int, cap: int | None, scored: bool) -> tuple[Refusal, str] | None:
    if scored:
        return Refusal("scored", "已经有人按这份投标书评分，不能改了"), ""
    if price < 1:
        return Refusal("price", "写清楚报价"), "price_fen"
    if cap and price > cap:
        return Refusal("cap", "报价超过方案的最高价，请判定不合格并写明原因"), "price_fen"
    return None


# ── scores ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_points(criteria: Criteria, points: Sequence[int]) -> Refusal | None:
    """One whole number an item, none above its weight."""
    if len(points) != len(criteria):
        return Refusal("missing", "每一项都要打分")
    for (label, most), given in zip(criteria, points, strict=True):
        if not 0 <= given <= most:
            return Refusal("range", "“%(label)s”打 0 到 %(most)s 分", values={"label": label, "most": most})
    return None


def may_score(*, entered: bool, ruled_out: bool, before: bool, reason: str) -> tuple[Refusal, str] | None:
    if ruled_out:
        return Refusal("ruled_out", "这家公司已经不在评分里了"), ""
    if not entered:
        return Refusal("unopened", "这份投标书还没录，录了才能评"), ""
    if before and not reason.strip():
        return Refusal("no_reason", "改分要写为什么，原来的分留着"), "reason"
    return None


def may_publish(*, bids: int, missing: int) -> Refusal | None:
    if not bids:
        return Refusal("no_bids", "没有一家可以提请表决，只能不办了，重新来过")
    if missing:
        return Refusal("missing", "还有 %(n)s 份评分没交", values={"n": missing})
    return None


def sums(criteria: int, scores: Sequence[Sequence[int]]) -> tuple[int, list[int]]:
    """The whole sum of a company, and that of each item."""
    each = [sum(points[n] for points in scores) for n in range(criteria)]
    return sum(each), each


def average(total: int, n: int) -> str:
    """To two decimals, half up; for the eye alone."""
    hundredths = (200 * total + n) // (2 * n) if n else 0
    return f"{hundredths // 100}.{hundredths % 100:02}"


def ranks(totals: Mapping[int, int]) -> list[tuple[int, int]]:
    """(rank, number of the bid): best first, equal sums equal ranks; a tie is shown, not settled."""
    ordered = sorted(totals, key=lambda number: (-totals[number], number))
    return [(1 + sum(t > totals[number] for t in totals.values()), number) for number in ordered]


# ── the vote ────────────────────────────────────────────────────────────────────────────────────────────────────────


def may_put(
    *, matter_no: int, plain: bool, same_body: bool, ahead: bool, taken: bool, named: bool, dismissed: bool, first: bool, reason: str,
    objections: int,
) -> tuple[Refusal, str] | None:  # fmt: skip
    """`ahead`: nobody votes on the item yet. `named`: the item says which company, and (`dismissed`) that the present one is
    dismissed, where it is for the owners to do so; `first`: none was scored higher."""
    if objections:
        return Refusal("objections", "还有 %(n)s 条意见没答复", values={"n": objections}), ""
    if matter_no != 4 or not plain or not same_body or taken:
        return Refusal("item", "选自己召集的会议上“选聘物业服务企业”的那一项", VOTE_ARTICLE), "item"
    if not ahead:
        return Refusal("opened", "这次会议已经开始投票，换一次会议"), "item"
    if not named:
        return Refusal(
            "unnamed", "那一项没写是哪家公司，没有公告的事不能表决，先改议题", "物业管理条例第十四条"
        ), "item"
    if not dismissed:
        return Refusal(
            "not_dismissed", "那一项没写解聘现在的物业公司，解聘也由业主大会表决，先改议题", VOTE_ARTICLE
        ), "item"
    if not first and not reason.strip():
        return Refusal("not_first", "不是得分最高的一家，写清楚为什么，会公布"), "reason"
    return None


PREPARES = 7  # days: a suggestion


def suggested(today: date, values: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Voting opens and closes: late enough to prepare it and for its notice."""
    first = today + timedelta(days=PREPARES + values["notice_days"])
    last = first + timedelta(days=values["voting_days_default"])
    return datetime.combine(first, time(9), SHANGHAI), datetime.combine(last, time(18), SHANGHAI)


def may_decide(
    *, cancelled: bool, announced: bool, until: date | None, today: date, objections: int, result: str
) -> Refusal | None:
    if cancelled:
        return None
    if not announced or until is None or not result:
        return Refusal("not_announced", "表决结果还没公布")
    if today <= until:
        return Refusal("objecting", "结果异议期到 %(until)s，过了才生效", values={"until": until})
    if objections:
        return Refusal("objections", "还有 %(n)s 条异议没答复", values={"n": objections})
    return None
