"""When a body that sits is renewed, and who steps in where it is not (domain §3.9, §3.10)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
GROUP_DAYS = 60
GROUP = "北京市物业管理条例第四十九条"
ORDERS = "北京市物业管理条例第三十六条、上海市住宅物业管理规定第二十五条"
ENDS_BEFORE, VOTES = (
    timedelta(days=45),
    timedelta(days=14),
)  # a suggestion: time to post candidates, vote, count and hand over
LEAST_AHEAD = timedelta(days=45)


def late_day(renewal_on: date, term_to: date) -> date:
    """The last day on which the renewal may begin: within sixty days, and before the term is over."""
    return min(renewal_on + timedelta(days=GROUP_DAYS), term_to)


def suggested(term_to: date, today: date) -> tuple[datetime, datetime]:
    """Voting opens and closes: early enough to be over before the term, late enough for candidates and notice."""
    first = max(term_to - ENDS_BEFORE, today + LEAST_AHEAD)
    opens = datetime.combine(first, time(9), SHANGHAI)
    return opens, datetime.combine(first + VOTES, time(18), SHANGHAI)
