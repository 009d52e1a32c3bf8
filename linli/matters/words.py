"""The screen's words for states and sources, as the desk and the workbench say them; residents read sentences instead."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from linli.plumbing.labels import Labels, label

from .rules import (
    alerts,
    batches,
    categories,
    checkins,
    funding,
    gates,
    help,
    orders,
    plans,
    promises,
    states,
    times,
    turns,
    whistles,
)
from .rules.states import State

DECLINE_REASONS, PAUSE_REASONS = Labels(states.DECLINE_REASONS), Labels(states.PAUSE_REASONS)
CONTACTS = Labels(states.CONTACTS)
ENDINGS, RATINGS, SOLVED = Labels(states.OUTCOMES), Labels(states.RATINGS), Labels(states.SOLVED)
NEEDS = Labels(states.NEEDS)
URGENCIES, CLOCKS = Labels(times.URGENCIES), Labels(times.CLOCKS)
LEVELS = Labels(turns.LEVELS)
GATE_PLANS, GATE_LINES, GATE_RESULTS, GATE_BODIES = (
    Labels(gates.PLANNED),
    Labels(gates.LINES),
    Labels(gates.RESULTS),
    Labels(gates.BODIES),
)
PLAN_KINDS, PLAN_DIRECTIONS, PLAN_VOICES = Labels(plans.KINDS), Labels(plans.DIRECTIONS), Labels(plans.VOICES)
PLAN_STEPS = Labels({f"{kind}:{step}": zh for kind, steps in plans.STEPS.items() for step, zh in steps.items()})
GATE_SOURCES = Labels({words: words for row in gates.GATES.values() for words in (row.source, row.majority) if words})
GATE_PAPERS = Labels(gates.PAPER_NAMES)
GATE_VERDICTS = Labels({zh: zh for table in (gates.VERDICTS, *gates.VERDICTS_OF.values()) for zh in table.values()})
GATE_PAPER_SOURCES, GATE_WAITS_PAPERS = Labels(gates.PAPER_SOURCES), Labels(gates.WAITS_PAPERS)
GATE_ALSO = Labels({row.also: row.also for row in gates.GATES.values() if row.also})
ALERT_STATES, SIGNS, SEEN, ANSWERS = (
    Labels(alerts.STATES),
    Labels(alerts.SIGNS),
    Labels(alerts.SEEN),
    Labels(alerts.ANSWERS),
)
NOBODY_COMES = Labels(alerts.NOBODY)
RELATIONS, ENTERED_WITH = (
    Labels(alerts.RELATIONS),
    Labels(alerts.WITH_HOUSEHOLD | alerts.WITH_OTHERS | alerts.WITH_BEFORE),
)
CHECK_TOPICS, CHECK_WAYS = Labels(checkins.TOPICS), Labels(checkins.WAYS)
DOERS, HELP_STATES, PAYERS = Labels(help.DOERS), Labels(help.STATES), Labels(help.PAYERS)

STATES = Labels(
    {
        State.SUBMITTED: gettext_noop("待受理"),
        State.ACCEPTED: gettext_noop("待分类"),
        State.TRIAGED: gettext_noop("待派单"),
        State.DISPATCHED: gettext_noop("已派单"),
        State.RETURNED: gettext_noop("被退回"),
        State.IN_PROGRESS: gettext_noop("处理中"),
        State.SUSPENDED: gettext_noop("时钟停了"),
        State.RESOLVED: gettext_noop("待居民确认"),
        State.VISITED: gettext_noop("回访过"),
        State.REOPENED: gettext_noop("重新办"),
        State.CLOSED: gettext_noop("办结"),
        State.DECLINED: gettext_noop("没受理"),
        State.MERGED: gettext_noop("并走了"),
        State.WITHDRAWN: gettext_noop("本人撤回"),
    }
)
# Residents read of themselves as you; the desk reads of the reporter.
TO_YOU = Labels(turns.PARTIES)
_PARTIES = {
    "property": gettext_noop("物业"),
    "committee": gettext_noop("业委会"),
    "community": gettext_noop("社区"),
    "agency": gettext_noop("部门"),
    "reporter": gettext_noop("报告人"),
    "nobody": gettext_noop("没有人"),
}
PARTIES = Labels(_PARTIES)
# What may be done without a signal.
STEPS = {
    "take": _("接单"),
    "arrive": _("到场了"),
    "make_safe": _("控制住了"),
    "resume": _("接着办"),
    "resolve": _("办好了"),
    "note": _("补充一句"),
}
# Whose turn it is, as the mark's rings say it.
MARKS = {
    "property": "inner",
    "committee": "middle",
    "community": "outer",
    "agency": "outside",
    "reporter": "you",
    "nobody": "nobody",
}
ORDER_STATES = {
    orders.State.GATHERING: _("在收集"),
    orders.State.PLACED: _("下单了"),
    orders.State.ACCEPTED: _("接单了"),
    orders.State.REFUSED: _("没有接"),
    orders.State.IN_PROGRESS: _("在办"),
    orders.State.DONE: _("等验收"),
    orders.State.CHECKED: _("验收了"),
    orders.State.TOLD: _("告诉大家了"),
    orders.State.REVIEWED: _("办完了"),
    orders.State.CANCELLED: _("撤了"),
}
SOURCES = Labels(
    {
        "resident_online": gettext_noop("手机"),
        "resident_phone": gettext_noop("电话"),
        "front_desk": gettext_noop("前台"),
        "chat_group": gettext_noop("群消息"),
        "home_visit": gettext_noop("走访"),
        "patrol": gettext_noop("巡查"),
        "council_meeting": gettext_noop("议事会"),
        "committee": gettext_noop("业委会"),
        "hotline": gettext_noop("12345"),
        "agency_transfer": gettext_noop("部门转来"),
        "asset_check": gettext_noop("设备检查"),
        "care_check": gettext_noop("平安检查"),
        "mediation": gettext_noop("调解"),
        "party_branch": gettext_noop("党支部"),
    }
)
BATCH_STATES, BATCH_STEPS, BATCH_MOVES = Labels(batches.STATES), Labels(batches.STEPS), Labels(batches.MOVES)
BATCH_PARTIES = Labels(_PARTIES | {"owner": gettext_noop("业主")})
CONTACT_REASONS = {
    "ask": _("问清情况"),
    "appoint": _("约上门时间"),
    "tell": _("告诉办理情况"),
    "visit": _("回访"),
}


def clock_words(kind: str, urgency: str) -> str:
    """What must be done by then; "" where no clock runs."""
    return CLOCKS.get(times.clock_name(kind, urgency), "")


def level_names(own: Mapping[str, str]) -> dict[str, str]:
    """The compound's own words for the levels (小事不出小区 and the like); the identifiers are everywhere the same."""
    return {level: own.get(level) or str(LEVELS[level]) for level in turns.LEVEL_ORDER}


def category_name(code: str, own: categories.Catalogue) -> str:
    return label(own.label(code))


def category_groups(own: categories.Catalogue) -> list[tuple[str, list[tuple[str, str]]]]:
    """(top, its (code, name)s), for a long list to choose from."""
    return [(label(zh), [(c.code, label(c.zh)) for c in subs]) for zh, subs in own.offered.values()]


def state(value: str, pause_reason: str = "") -> str:
    """等配件 says more than that a clock stands."""
    if value == State.SUSPENDED and pause_reason in PAUSE_REASONS:
        return PAUSE_REASONS[pause_reason]
    return STATES[value]


# Whistles.
WHISTLE_URGENCIES, WHISTLE_CAUSES = Labels(whistles.URGENCIES), Labels(whistles.CAUSES)
WHISTLE_SIGNS = Labels(whistles.SIGNS)
WHISTLE_LEVELS, WHISTLE_WAYS, WHISTLE_SCORES = (
    Labels(whistles.LEVELS),
    Labels(whistles.WAYS),
    Labels(whistles.SCORES),
)
WHISTLE_STATES, WHISTLE_STEPS = Labels(whistles.STATES), Labels(whistles.STEPS)
WHISTLE_CLOCKS, WHISTLE_MONEY = Labels(promises.CLOCKS), Labels(funding.MONEY)
WHISTLE_DECISIONS, WHISTLE_WHOSE = Labels(funding.DECISIONS), Labels(whistles.WHOSE)
