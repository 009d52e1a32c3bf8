"""Whistles against domain §4.6 and §4.9, transcribed a second time by hand, and walked completely."""

from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from linli.kernel.clock import Calendar
from linli.matters.rules import promises
from linli.matters.rules import whistles as rules
from linli.matters.rules.promises import Clock
from linli.matters.rules.whistles import PART, WHOLE, Do, Facts, Level, Side, State, Step, Who
from linli.people.rules import Body, Role

# act: ({state or step it starts from}, who, where it ends; "-" stays)
EXPECTED_WHOLE = {
    "edit": ({"drafted"}, {"drafter"}, "-"),
    "send_back": ({"drafted"}, {"approver"}, "-"),
    "drop": ({"drafted"}, {"drafter", "approver"}, "dropped"),
    "approve": ({"drafted"}, {"approver"}, "approved"),
    "blow": ({"approved"}, {"approver", "blower"}, "blown"),
    "call": ({"blown"}, {"blower"}, "-"),
    "call_off": ({"blown"}, {"blower"}, "-"),
    "minutes": ({"blown"}, {"blower"}, "-"),
    "sign": ({"blown", "closed", "blown_again"}, {"drafter", "approver", "blower", "watcher"}, "-"),
    "fund": ({"blown"}, {"blower"}, "-"),
    "fund_step": ({"blown", "closed", "blown_again"}, {"blower"}, "-"),
    "close": ({"blown"}, {"blower"}, "closed"),
    "blow_again": ({"blown"}, {"blower"}, "blown_again"),
}
HELD = {"reported_in", "consulted", "tasks_assigned", "working"}
OPEN_STEPS = {"untold", "blown", "received", "declined", "answered", "checked", "scored"} | HELD
EXPECTED_PART = {
    "tell": ({"untold"}, {"blower"}, "blown"),
    "receive": ({"untold", "blown"}, {"receiver"}, "received"),
    "report_in": ({"untold", "blown", "received"}, {"receiver"}, "reported_in"),
    "decline": ({"untold", "blown", "received", "reported_in"}, {"receiver"}, "declined"),
    "pass_on": ({"declined"}, {"blower"}, "passed_on"),
    "decide": ({"declined"}, {"decider"}, "passed_on"),
    "assign": ({"reported_in", "consulted", "tasks_assigned"}, {"blower"}, "tasks_assigned"),
    "start": ({"reported_in", "consulted", "tasks_assigned"}, {"receiver"}, "working"),
    "answer": (HELD, {"receiver"}, "answered"),
    "check": ({"answered"}, {"blower"}, "checked"),
    "redo": ({"answered"}, {"blower"}, "working"),
    "score": ({"checked"}, {"blower"}, "scored"),
    "score_back": ({"answered", "checked", "scored"}, {"receiver"}, "-"),
    "sign_for": (OPEN_STEPS | {"passed_on", "ended"}, {"receiver"}, "-"),
    "send_link": (OPEN_STEPS, {"blower"}, "-"),
    "see_link": (OPEN_STEPS, {"blower"}, "-"),
    "end_ask": ({"untold", "blown", "received", "declined"} | HELD, {"blower"}, "ended"),
    "stop_link": (OPEN_STEPS | {"passed_on", "ended"}, {"blower"}, "-"),
}


def test_tables_name_every_act():
    assert {str(act) for act in WHOLE} == set(EXPECTED_WHOLE)
    assert {str(act) for act in PART} == set(EXPECTED_PART)


@pytest.mark.parametrize("act", WHOLE)
def test_acts_on_the_whole_for_every_state_and_part(act):
    froms, who, to = EXPECTED_WHOLE[act]
    for state, part in product(State, Who):
        yes = rules.refuse(act, state, None, frozenset({part})) is None
        assert yes == (state in froms and part in who), (act, state, part)
    assert str(WHOLE[act].to or "-") == to


@pytest.mark.parametrize("act", PART)
def test_acts_on_one_ask_for_every_step_and_part(act):
    froms, who, to = EXPECTED_PART[act]
    for step, part in product(Step, Who):
        yes = rules.refuse(act, State.BLOWN, step, frozenset({part})) is None
        assert yes == (step in froms and part in who), (act, step, part)
    assert str(PART[act].to or "-") == to


@pytest.mark.parametrize("state", [s for s in State if s != State.BLOWN])
def test_nothing_is_done_with_an_ask_unless_the_whistle_is_blown(state):
    everything = frozenset(Who)
    open_acts = {act for act, step in product(PART, Step) if rules.refuse(act, state, step, everything) is None}
    ended = state in {State.CLOSED, State.BLOWN_AGAIN, State.DROPPED}
    assert open_acts == ({Do.SCORE_BACK, Do.SIGN_FOR, Do.STOP_LINK} if ended else set())


COMMITTEE = {"committee_chair", "committee_vice_chair", "committee_member"}
PMC = {"pmc_chair", "pmc_member"}
COMMUNITY = {"community_secretary", "community_worker"}
DRAFT = {
    "community": COMMITTEE | PMC,
    "subdistrict": COMMITTEE | PMC | COMMUNITY,
    "agencies": COMMITTEE | PMC | COMMUNITY,
}
APPROVE = {"community": "committee_chair", "subdistrict": "community_secretary", "agencies": "subdistrict_officer"}
RECEIVE = {
    "community": COMMUNITY | {"subdistrict_officer"},
    "subdistrict": {"subdistrict_officer"},
    "agencies": {"agency_liaison"},
}


@pytest.mark.parametrize(("role", "level"), list(product(Role, Level)))
def test_role_has_the_parts_of_its_level(role, level):
    facts = Facts(level, drafted_body="own", drafted_kind="owners_committee", asked="asked")
    own, asked, other = (rules.parts(facts, Side(role, body)) for body in ("own", "asked", "other"))
    assert (Who.DRAFTER in own) == (role in DRAFT[level])
    assert (Who.APPROVER in other) == (role == APPROVE[level])
    assert (Who.RECEIVER in asked) == (role in RECEIVE[level])
    assert Who.RECEIVER not in other and Who.DRAFTER not in other


@pytest.mark.parametrize(("role", "level", "bounced"), list(product(Role, Level, (False, True))))
def test_the_subdistrict_alone_decides_what_the_community_declined_twice(role, level, bounced):
    facts = Facts(level, drafted_body="own", drafted_kind="owners_committee", asked="community", bounced=bounced)
    decides = Who.DECIDER in rules.parts(facts, Side(role, "office"))
    assert decides == (role == Role.SUBDISTRICT_OFFICER and level == Level.COMMUNITY and bounced)


def test_whoever_is_asked_never_checks_itself():
    for kind in (Body.COMMITTEE, Body.PMC):
        facts = Facts(Level.COMMUNITY, drafted_body="own", drafted_kind=kind, asked="community")
        for role in COMMUNITY:
            assert Who.BLOWER not in rules.parts(facts, Side(role, "community"))


def test_a_management_committee_is_approved_by_the_secretary():
    assert rules.approver(Level.COMMUNITY, Body.PMC) == Role.COMMUNITY_SECRETARY
    assert rules.approver(Level.AGENCIES, Body.PMC) == Role.SUBDISTRICT_OFFICER


@pytest.mark.parametrize("level", [Level.SUBDISTRICT, Level.AGENCIES])
@pytest.mark.parametrize("kind", [Body.COMMUNITY, Body.COMMITTEE, Body.BRANCH, Body.VOLUNTEERS])
def test_community_is_not_handed_the_main_duty(level, kind):
    assert rules.may_lead(level, kind).key == "not_theirs"
    assert rules.may_be_asked(level, kind).key == "not_theirs"


@pytest.mark.parametrize(
    ("level", "kind"),
    [
        ("community", Body.COMMUNITY),
        ("subdistrict", Body.SUBDISTRICT),
        ("agencies", Body.AGENCY),
        ("agencies", Body.SUBDISTRICT),
    ],
)
def test_each_level_asks_its_own_bodies(level, kind):
    assert rules.may_be_asked(Level(level), kind) is None


ZONE = ZoneInfo("Asia/Shanghai")


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("clock", "urgency", "start", "due"),
    [
        (Clock.RECEIVE, "normal", at(24, 10), at(24, 16)),  # 2 h to noon, 2 h from 14:00
        (Clock.RECEIVE, "normal", at(27, 16), at(30, 11)),  # Friday 16:00: 1.5 h, then Monday 8:30 and 2.5 h
        (Clock.RECEIVE, "urgent", at(28, 23, 45), at(29, 0, 15)),
        (Clock.REPORT, "normal", at(24, 10), at(25, 17, 30)),
        (Clock.REPORT, "urgent", at(24, 10), at(24, 12)),
        (Clock.PLAN, "normal", at(24, 10), at(27, 17, 30)),
        (Clock.FINISH, "normal", at(16, 10), at(30, 17, 30)),
    ],
)  # fmt: skip
def test_promise_is_due(clock, urgency, start, due):
    assert promises.plan(clock, urgency, start, Calendar()).due_at == due


def test_task_with_a_day_of_its_own_is_due_then():
    plan = promises.plan(Clock.FINISH, "normal", at(16, 10), Calendar(), due=at(31, 17, 30))
    assert plan.due_at == at(31, 17, 30) and plan.half_at < plan.late_at < plan.due_at


@pytest.mark.parametrize(
    ("state", "steps", "turn"),
    [
        ("drafted", ["waiting"], "approver"),
        ("approved", ["waiting"], "blower"),
        ("blown", ["blown", "working"], "receiver"),
        ("blown", ["reported_in", "blown"], "blower"),
        ("blown", ["consulted", "working"], "blower"),
        ("blown", ["declined", "working"], "blower"),
        ("blown", ["answered", "scored"], "blower"),
        ("blown", ["scored", "passed_on"], "blower"),
        ("blown", ["scored", "ended"], "blower"),
        ("blown", ["scored", "working"], "receiver"),
        ("closed", ["scored"], "nobody"),
    ],
)
def test_turn(state, steps, turn):
    assert rules.turn(state, steps) == turn


def test_a_draft_that_was_sent_back_is_its_drafters_turn():
    assert rules.turn("drafted", ["waiting"], sent_back=True) == "blower"


@pytest.mark.parametrize(
    ("state", "steps", "found", "sent_back", "act"),
    [
        ("drafted", ["waiting"], {"approver"}, False, "approve"),
        ("drafted", ["waiting"], {"drafter", "blower"}, False, None),
        ("drafted", ["waiting"], {"drafter", "blower"}, True, "edit"),
        ("drafted", ["waiting"], {"approver"}, True, None),
        ("approved", ["waiting"], {"drafter", "blower"}, False, "blow"),
        ("approved", ["waiting"], {"watcher"}, False, None),
        ("blown", ["scored", "ended"], {"blower"}, False, "close"),
        ("blown", ["scored", "checked"], {"blower"}, False, None),
        ("blown", ["scored"], {"watcher"}, False, None),
        ("closed", ["scored"], {"blower"}, False, None),
    ],
)
def test_next_of_the_whole(state, steps, found, sent_back, act):
    assert (
        rules.next_of_whole(State(state), [Step(s) for s in steps], frozenset(map(Who, found)), sent_back=sent_back)
        == act
    )


@pytest.mark.parametrize(("state", "step", "who"), list(product(State, Step, Who)))
def test_what_is_next_with_an_ask_may_be_done(state, step, who):
    act = rules.next_of_ask(state, step, frozenset({who}))
    assert act is None or rules.refuse(act, state, step, frozenset({who})) is None
    due = {"blower": rules.BLOWERS_TURN, "receiver": set(Step) - rules.SETTLED - rules.BLOWERS_TURN - {Step.WAITING}}
    due["receiver"] |= {Step.REPORTED_IN, Step.CONSULTED}  # who begins by itself waits for no task
    due["decider"] = {Step.DECLINED}
    assert (act is not None) == (state == "blown" and step in due.get(who, ()))


@pytest.mark.parametrize(
    ("proper", "key"),
    [
        ("区住建局", "housing"), ("住建局", "housing"), ("市住建局物业科", "housing"), ("自然资源和规划局", "land"), (" 交警 ", "traffic"),
        ("公安", ""), ("", ""), ("局", ""), ("住建局和交警大队", ""),
    ],
)  # fmt: skip
def test_a_name_that_was_written_means_one_agency_or_none(proper, key):
    bodies = [
        ("housing", ("区住建局", "住建局")),
        ("land", ("规划局", "自然资源和规划局")),
        ("traffic", ("交警大队", "交警")),
    ]
    assert rules.named(proper, bodies) == key
