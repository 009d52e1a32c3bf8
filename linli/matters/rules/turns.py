"""Whose turn it is, on which level, and which kept counts a matter belongs to."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from .states import AT_DESK, OPEN, State

PARTIES = {
    "property": "物业",
    "committee": "业委会",
    "community": "社区",
    "agency": "部门",
    "reporter": "您",
    "nobody": "",
}
# The three parties of a compound (domain M41), from the outer ring to the inner one.
THREE = ("community", "committee", "property")
LEVELS = {"building": "楼栋里", "compound": "小区里", "community": "社区里", "agency": "请部门"}
LEVEL_NAMES = {"building": "微事", "compound": "小事", "community": "大事", "agency": "吹哨"}
LEVEL_ORDER = ("building", "compound", "community", "agency")
AGENCY = LEVEL_ORDER[-1]
# Days that a solution took are kept one by one for two weeks, then by these bounds; the last is "longer".
DAY_BOUNDS = (*range(1, 15), 21, 30, 45, 60, 90, 180, 365, 9999)
# Fewer solutions than this have no half worth a sentence.
TOOK_LEAST = 5
TOOK_MONTHS = 3
DAY = "day:"


def turn(state: str, desk: str, handler: str | None, is_merged: bool = False) -> str:
    """`desk` the party that minds the desk, `handler` the handler's party."""
    s = State(state)
    if s in AT_DESK:
        return desk
    if s in {State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED}:
        return handler or desk
    if s == State.RESOLVED:
        return "reporter"
    return "nobody"


def desk_party(level: str, category: str, has_property: bool) -> str:
    """Who minds the desk: the property's front desk for what stays in the compound, the community otherwise."""
    if category.startswith("11") or level in {"community", "agency"} or not has_property:
        return "community"
    return "property"


def settled_level(level: str, handler_party: str | None) -> str:
    """Where it was settled in the end (M39): the level it stood on, never below it."""
    return "agency" if handler_party == "agency" else level


def buckets(
    *,
    state: str,
    category: str,
    turn: str,
    overdue: bool,
    outcome: str,
    level_settled: str,
    reported_at: datetime,
    closed_at: datetime | None,
    resolved_at: datetime | None = None,
    triaged_at: datetime | None = None,
    listed: bool = False,
) -> dict[str, int]:
    """The kept counts this matter adds one to. Months and days are local."""
    s = State(state)
    top = category[:2] or "--"
    names = [f"state:{s}", f"month:{reported_at:%Y-%m}:raised"]
    if s in OPEN:
        names += ["open", f"open:turn:{turn}", f"open:category:{top}"]
        if overdue:
            names.append("open:overdue")
        if s in {State.SUBMITTED, State.ACCEPTED, State.REOPENED}:
            names.append("open:untriaged")
    if listed:  # done and confirmed it may still wait for its visit
        names.append("open:listed")
    if s in {State.CLOSED} and outcome:
        names += [f"outcome:{outcome}", f"closed:category:{top}"]
        if outcome == "fixed":
            names.append("fixed")
            if level_settled:
                names.append(f"fixed:level:{level_settled}")
            if closed_at:
                names.append(f"month:{closed_at:%Y-%m}:fixed")
                names.append(f"took:{closed_at:%Y-%m}:{took((resolved_at or closed_at) - reported_at)}")
    if triaged_at:
        names.append(triaged_on(triaged_at))
    if s not in {State.MERGED, State.DECLINED}:
        names.append(f"category:{top}")
    return dict.fromkeys(names, 1)


def triaged_on(day: date) -> str:
    """The kept count of what was sorted that day; of use for that day alone."""
    return f"{DAY}{day:%Y-%m-%d}:triaged"


def took(span: timedelta) -> int:
    """Within how many days, by the kept bounds."""
    days = -(-span // timedelta(days=1))
    return next((bound for bound in DAY_BOUNDS if days <= bound), DAY_BOUNDS[-1])


def half_took(counts: Mapping[str, int], today: date) -> int | None:
    """Within how many days half of what was fixed in this month and the two before was solved; None: nothing to say."""
    month, by_days = today.replace(day=1), dict.fromkeys(DAY_BOUNDS, 0)
    for _ in range(TOOK_MONTHS):
        for bound in DAY_BOUNDS:
            by_days[bound] += max(0, counts.get(f"took:{month:%Y-%m}:{bound}", 0))
        month = (month - timedelta(days=1)).replace(day=1)
    total, sofar = sum(by_days.values()), 0
    for bound in DAY_BOUNDS[:-1]:
        sofar += by_days[bound]
        if total >= TOOK_LEAST and 2 * sofar >= total:
            return bound
    return None


def change(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {
        name: after.get(name, 0) - before.get(name, 0)
        for name in {*before, *after}
        if after.get(name, 0) != before.get(name, 0)
    }
