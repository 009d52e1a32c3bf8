"""What must follow a vote, and by when: the signed count is announced, the result is filed, the papers are put away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from linli.kernel.clock import Calendar
from linli.kernel.profiles import Profile

from .dates import SHANGHAI, filing_by, local, result_by
from .sessions import State

ARCHIVE_DAYS = 30
HOUR = 9
AHEAD = {State.COUNTED: 1, State.ANNOUNCED: 7, State.FILED: 7}
WAITS: Mapping[str, str] = {
    State.COUNTED.value: "结果该公布了",
    State.ANNOUNCED.value: "结果该送街道备案了",
    State.FILED.value: "票和材料该归档了",
}
LATE: Mapping[str, str] = {
    State.COUNTED.value: "结果过了期限还没公布",
    State.ANNOUNCED.value: "结果过了期限还没备案",
    State.FILED.value: "票和材料过了期限还没归档",
}
ARTICLES: Mapping[str, str] = {
    State.COUNTED.value: "以当地规定和本小区议事规则为准",
    State.FILED.value: "以当地档案规定为准",
}


def archive_by(filed_at: datetime) -> date:
    return local(filed_at) + timedelta(days=ARCHIVE_DAYS)


@dataclass(frozen=True)
class Clock:
    """`by`: the last day on which it is done in time; `remind` the day before which somebody is reminded."""

    state: State
    by: date
    remind: date

    def next(self, at: datetime) -> datetime | None:
        """The next morning on which it rings: to remind, and the day after the last day. None once it has rung twice."""
        mornings = (datetime.combine(day, time(HOUR), SHANGHAI) for day in (self.remind, self.by + timedelta(days=1)))
        return next((one for one in mornings if one > at), None)

    def is_late(self, at: datetime) -> bool:
        return local(at) > self.by


def clock(
    state: str, *, counted_at: datetime | None, announced_at: datetime | None, filed_at: datetime | None, profile: Profile, calendar: Calendar
) -> Clock | None:  # fmt: skip
    by: date | None = None
    if state == State.COUNTED and counted_at:
        by = result_by(profile, calendar, counted_at)
    elif state == State.ANNOUNCED and announced_at:
        by = filing_by(calendar, announced_at)
    elif state == State.FILED and filed_at:
        by = archive_by(filed_at)
    return Clock(State(state), by, by - timedelta(days=AHEAD[State(state)])) if by else None
