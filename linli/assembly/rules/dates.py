"""By when each step of a session must or may be done, and the article that says so (domain §3.9)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from linli.kernel.clock import Calendar, period_end
from linli.kernel.convening import latest_notice, notice_in_time, voting_window
from linli.kernel.profiles import Profile
from linli.kernel.refusal import Refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTICE_ARTICLE = "物业管理条例第十四条"
REGISTER_DAYS, REGISTER_DAYS_FIRST = 7, 15
RECORD_DAYS = 30  # our own default, where neither law nor rules name one
FILING_DAYS = 30
FILING_ARTICLE = (
    "物业管理条例第十六条"  # of a committee that was elected; other decisions are filed where the place asks for it
)
FILING_LOCAL = "以当地规定和本小区议事规则为准"
BY_PLACE, BY_RULES = "以当地规定为准", "以本小区议事规则为准"
ARTICLES = {
    "notice": NOTICE_ARTICLE,
    "filing": FILING_ARTICLE,
    "filing_local": FILING_LOCAL,
    "officers": "业主大会和业主委员会指导规则",
    "delivery": BY_RULES,
}


def filing_article(*, elects: bool) -> str:
    return FILING_ARTICLE if elects else FILING_LOCAL


def local(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Dates:
    """As drafted. `interim` sessions may have a shorter notice by the local rule."""

    opens_at: datetime
    closes_at: datetime
    interim: bool = False


def refuse_dates(dates: Dates, profile: Profile) -> tuple[Refusal, str] | None:
    """Whether the voting window is lawful; and the field that the refusal is about."""
    if dates.closes_at <= dates.opens_at:
        return Refusal("closes_first", "结束要在开始之后"), "closes_at"
    no = voting_window(local(dates.opens_at), local(dates.closes_at), profile)
    return (no, "closes_at") if no else None


def notice_by(dates: Dates, profile: Profile) -> date:
    return latest_notice(local(dates.opens_at), profile, dates.interim)


def record_day(record_on: date | None, at: datetime) -> date:
    """Where none is named, the day before the notice: a register built sooner is built anew when that is given."""
    return record_on or local(at) - timedelta(days=1)


def refuse_record_day(record_on: date | None, notice: date) -> tuple[Refusal, str] | None:
    """Neither after the notice nor so long before it that whoever calls would choose who votes."""
    if record_on is None:
        return None
    if record_on < (first := notice - timedelta(days=RECORD_DAYS)):
        return Refusal("record_early", "名册的基准日太早，最早 %(day)s", BY_RULES, {"day": first}), "record_on"
    if record_on <= notice:
        return None
    return Refusal("record_day", "名册的基准日不能晚于公告，最晚 %(day)s", BY_RULES, {"day": notice}), "record_on"


def refuse_notice(dates: Dates, profile: Profile, at: datetime) -> Refusal | None:
    """The session meets when voting opens: it is told of so many days before."""
    return notice_in_time(local(at), local(dates.opens_at), profile, dates.interim)


def register_until(published_at: datetime, opens_at: datetime, calendar: Calendar, *, first: bool) -> date:
    """The last day on which the register may be objected to: what was objected is answered before the session (domain §3.1).
    One that is published anew just before it may be objected to for a whole day."""
    published = local(published_at)
    whole = period_end(published, REGISTER_DAYS_FIRST if first else REGISTER_DAYS, calendar)
    return max(min(whole, local(opens_at) - timedelta(days=1)), published + timedelta(days=1))


def refuse_freeze(*, until: date | None, at: datetime, open_objections: int, uncorrected: int, lacking: int) -> Refusal | None:  # fmt: skip
    """`until`: the last day of objections; None before the register is published. `uncorrected`: upheld after it was last built."""
    if until is None:
        return Refusal("not_published", "名册公布以后才能锁定", BY_PLACE)
    if lacking:
        return Refusal("lacking", "名册里还有 %(n)s 户缺面积，补齐再锁定", values={"n": lacking})
    if open_objections:
        return Refusal("open_objections", "还有 %(n)s 条异议没答复", values={"n": open_objections})
    if uncorrected:
        return Refusal("uncorrected", "有 %(n)s 条异议成立，改好登记、再建一次名册", values={"n": uncorrected})
    if local(at) <= until:
        return Refusal("objecting", "名册公示到 %(day)s，过了才能锁定", values={"day": until})
    return None


def refuse_open(*, frozen: bool, opens_at: datetime, closes_at: datetime, at: datetime) -> Refusal | None:
    if not frozen:
        return Refusal("not_frozen", "名册锁定以后才能开始投票", "民法典第二百七十八条")
    if at < opens_at:
        return Refusal("too_early", "公告写明的时间还没到", BY_RULES)
    if at >= closes_at:
        return Refusal("too_late", "公告写明的时间已经过了", BY_RULES)
    return None


def refuse_extend(*, allowed_days: int, extended: bool, closes_at: datetime, until: datetime, at: datetime) -> Refusal | None:  # fmt: skip
    if not allowed_days:
        return Refusal("no_extension", "公告没有写可以延长", BY_RULES)
    if extended:
        return Refusal("extended", "只能延长一次，已经延长过了", BY_RULES)
    if at >= closes_at:
        return Refusal("closed", "截止以前公告了才能延长，现在已经截止", BY_RULES)
    if not closes_at < until <= closes_at + timedelta(days=allowed_days):
        return Refusal("too_long", "往后延，最多 %(n)s 天", BY_RULES, {"n": allowed_days})
    return None


def refuse_close(*, closes_at: datetime, at: datetime) -> Refusal | None:
    """Nobody ends a vote early: who meant to come on the last evening would be shut out."""
    return Refusal("not_yet", "公告写明的截止时间还没到", BY_RULES) if at < closes_at else None


def result_by(profile: Profile, calendar: Calendar, counted_at: datetime) -> date:
    return period_end(local(counted_at), profile.values["result_posting_days"], calendar)


def objections_until(profile: Profile, calendar: Calendar, announced_at: datetime) -> date:
    return period_end(local(announced_at), profile.values["result_objection_days"], calendar)


def filing_by(calendar: Calendar, announced_at: datetime) -> date:
    return period_end(local(announced_at), FILING_DAYS, calendar)
