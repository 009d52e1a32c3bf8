"""The states of a matter against domain §4.4, transcribed a second time by hand, and walked completely."""

from dataclasses import replace
from itertools import product

import pytest

from linli.matters.rules.parts import Facts, Side, parts
from linli.matters.rules.states import OPEN, TABLE, Act, State, Who, allowed, rule_for

# act: {state it starts from: (who may, state it ends in)}; "-" stays. Read from the table of §4.4 line by line.
STAYS = "-"
INTAKE, DESK, REPORTER, VOICE = {"intake"}, {"desk"}, {"reporter"}, {"voice"}
HANDLER, MANAGER, VISITOR = {"handler"}, {"manager"}, {"visitor"}
EXPECTED = {
    "accept": {"submitted": (INTAKE, "accepted")},
    "decline": {"submitted": (INTAKE, "declined")},
    "merge": {
        "submitted": (INTAKE, "merged"),
        "accepted": (DESK, "merged"),
        "triaged": (DESK, "merged"),
        "dispatched": (DESK, "merged"),
        "in_progress": (DESK, "merged"),
    },
    "unmerge": {"merged": (DESK, STAYS)},  # the state before is in the merge's own record
    "withdraw": dict.fromkeys(("submitted", "accepted", "triaged", "dispatched"), (REPORTER, "withdrawn")),
    "triage": dict.fromkeys(("accepted", "triaged", "reopened"), (DESK, "triaged")),
    # M46: the committee gives out what it gathered into its own order.
    "dispatch": dict.fromkeys(("triaged", "returned"), ({"desk", "orderer"}, "dispatched")),
    "not_mine": dict.fromkeys(("resolved", "visited", "closed"), ({"ordered"}, "reopened")),
    "back": {"resolved": ({"orderer"}, "in_progress")},
    "return": {"dispatched": (HANDLER, "returned")},
    # 首接负责: "until formally handed over" – the desk can always do that.
    "recall": dict.fromkeys(("dispatched", "in_progress", "suspended"), ({"desk", "community"}, "triaged")),
    "take": {"dispatched": (HANDLER, "in_progress")},
    "arrive": {"in_progress": (HANDLER, STAYS)},
    "make_safe": {"in_progress": (HANDLER, STAYS)},
    # §4.5: "first meeting", "plan"; while its clock stands too
    **{
        act: dict.fromkeys(("in_progress", "suspended"), ({"handler", "committee", "community"}, STAYS))
        for act in ("meet", "propose")
    },
    "suspend": {"in_progress": ({"manager", "clock"}, "suspended")},  # §4.8: by itself, where a vote comes first
    "resume": {"suspended": ({"handler", "clock"}, "in_progress")},
    "escalate": {"in_progress": ({"handler", "committee", "community"}, "triaged")},  # §4.3: the new level settles it
    # §4.5: once, where the urgency allows it at all
    "extend": dict.fromkeys(("dispatched", "in_progress"), ({"handler", "manager", "community"}, STAYS)),
    "resolve": {"in_progress": (HANDLER, "resolved")},
    "confirm": {"resolved": (REPORTER, "closed")},
    "close": {"resolved": ({"desk", "clock"}, "closed"), "visited": (DESK, "closed")},
    # §4.7: the reporter confirmed it, callers of the hotline are still to be asked
    "visit": {"resolved": (VISITOR, "visited"), "closed": (VISITOR, STAYS)},
    "reopen": {
        "resolved": (VOICE, "reopened"),
        "visited": ({"manager", "community", "clock"}, "reopened"),
        "closed": (VOICE, "reopened"),
    },
    # §4.7: explained to the caller, sent back by the hotline
    "explain": dict.fromkeys(
        ("submitted", "accepted", "triaged", "dispatched", "returned", "in_progress", "suspended", "resolved", "visited", "reopened"),
        ({"line"}, STAYS),
    ),
    "sent_back": {
        **dict.fromkeys(("resolved", "visited", "closed"), ({"line"}, "reopened")), "declined": ({"line"}, "submitted"),
    },
    "ask": dict.fromkeys(
        ("submitted", "accepted", "triaged", "dispatched", "returned", "in_progress", "suspended", "resolved", "visited", "reopened"),
        ({"reporter", "handler", "desk"}, STAYS),
    ),
}  # fmt: skip
ENDED = {"closed", "declined", "merged", "withdrawn"}


@pytest.mark.parametrize("act", EXPECTED)
def test_table_says_for_every_state_and_part_what_the_domain_says(act):
    for state, who in product(State, Who):
        expected_who, expected_to = EXPECTED[act].get(str(state), (set(), ""))
        rule = rule_for(Act(act), state, frozenset({who}))
        assert (rule is not None) == (str(who) in expected_who), f"{act} from {state} by {who}"
        if rule:
            assert (str(rule.to) if rule.to else STAYS) == expected_to, f"{act} from {state}"


def test_open_states_are_those_that_no_act_ends():
    assert {str(s) for s in State} - {str(s) for s in OPEN} == ENDED


def test_only_a_visit_ends_by_what_it_finds():
    """§4.4 and §4.7: twice nobody answers: closed; once: it stays resolved; "not solved" reopens by itself."""
    found = {act: {str(s) for rule in rules for s in rule.ends} for act, rules in TABLE.items()}
    assert {str(act): ends for act, ends in found.items() if ends} == {"visit": {"resolved", "closed", "reopened"}}


def test_nobody_may_change_a_state_by_an_act_outside_the_table():
    quiet = {
        "note", "internal_note", "answer", "urge", "follow", "unfollow", "rate", "correct_category", "hide_photo", "public_title", "supervise",
    }  # fmt: skip
    for state, who in product(State, Who):
        for act in allowed(state, frozenset({who})):
            if act not in EXPECTED:
                assert str(act) in quiet
                rule = rule_for(act, state, frozenset({who}))
                assert rule is not None and rule.to is None


def test_what_each_act_must_bring():
    needs = {
        str(act): {n for rule in [rule_for(act, s, frozenset({w})) for s, w in product(State, Who)] if rule for n in rule.needs}
        for act in Act
    }  # fmt: skip
    assert needs["decline"] == {"reason"}
    assert needs["merge"] == {"target"}
    assert needs["unmerge"] == {"reason"}
    assert needs["triage"] == {"category", "level", "urgency"}
    assert needs["dispatch"] == {"body"}
    assert needs["return"] == {"reason", "proposed_body"}
    assert needs["recall"] == {"reason"}
    assert needs["take"] == {"words"}
    assert needs["suspend"] == {"pause_reason", "review_at"}
    assert needs["escalate"] == {"level", "reason", "due_at"}
    assert needs["resolve"] == {"words", "outcome"}
    assert needs["visit"] == {"contacted"}
    assert needs["reopen"] == {"reason"}


# ── who has which part ──────────────────────────────────────────────────────────────────────────────────────────────


def facts(**more) -> Facts:
    given = {
        "state": State.IN_PROGRESS, "category": "0101", "level": "compound", "first_body": "firm", "handler_body": "firm", "handler_post": "p1",
        **more,
    }  # fmt: skip
    return Facts(**given)


def side(role, **more) -> Side:
    return Side(role=role, **{"body": "firm", "body_kind": "property_company", "post": "p9", "account": "a9", **more})


def has(part, found) -> bool:
    return Who(part) in found


@pytest.mark.parametrize(
    "role", ["steward", "grid_worker", "committee_secretary", "front_desk", "community_worker", "property_manager"]
)
def test_intake_is_the_duty_desk_stewards_grid_workers_and_the_committee_secretary(role):
    assert has(
        "intake", parts(facts(state=State.SUBMITTED, level="", handler_body=None, handler_post=None), side(role))
    )


@pytest.mark.parametrize(
    "role", ["engineer", "guard", "cleaner", "volunteer", "building_captain", "committee_chair", "subdistrict_officer"]
)
def test_others_take_nothing_in(role):
    found = parts(
        facts(state=State.SUBMITTED, level="", handler_body=None, handler_post=None), side(role, body="other")
    )
    assert not has("intake", found) and not has("desk", found)


@pytest.mark.parametrize(
    ("level", "is_desk"), [("", True), ("building", True), ("compound", True), ("community", False), ("agency", False)]
)
def test_front_desk_keeps_what_has_no_level_or_stays_in_the_compound(level, is_desk):
    found = parts(facts(level=level), side("front_desk"))
    assert has("desk", found) == is_desk


@pytest.mark.parametrize(("category", "is_desk"), [("1201", True), ("1305", True), ("0101", False)])
def test_committee_secretary_is_a_desk_for_the_owners_business_only(category, is_desk):
    found = parts(facts(category=category, handler_body="firm"), side("committee_secretary", body="committee"))
    assert has("desk", found) == is_desk


@pytest.mark.parametrize("state", list(State))
def test_handler_never_visits_their_own_work(state):
    named = parts(facts(state=state), side("grid_worker", post="p1"))
    assert has("handler", named) and not has("visitor", named)
    unnamed = parts(facts(state=state, handler_post=None), side("grid_worker"))
    assert has("handler", unnamed) and not has("visitor", unnamed)
    once = parts(facts(state=state, handlers=frozenset({"a9"})), side("grid_worker", body="community"))
    assert not has("visitor", once)


def test_named_handler_alone_handles():
    colleague = parts(facts(), side("engineer", post="p2"))
    assert not has("handler", colleague)
    assert has("handler", parts(facts(), side("engineer", post="p1")))


def test_a_complaint_about_a_firm_is_not_visited_by_that_firm():
    complaint = facts(state=State.RESOLVED, is_complaint=True, handler_body="committee")
    assert not has("visitor", parts(complaint, side("committee_member", body="committee")))
    assert has("visitor", parts(complaint, side("grid_worker", body="community")))
    assert not has("visitor", parts(complaint, side("grid_worker", body="community", of_firm=True)))


def test_a_complaint_that_the_community_handled_is_visited_by_a_colleague_never_by_who_did_it():
    complaint = facts(state=State.RESOLVED, is_complaint=True, handler_body="community", hotline=True)
    colleague = side("community_worker", body="community", of_firm=True)
    assert has("visitor", parts(complaint, colleague))
    did_it = replace(complaint, handlers=frozenset({"a9"}))
    assert not has("visitor", parts(did_it, colleague))


@pytest.mark.parametrize(
    ("role", "plain", "secret"),
    [("community_worker", True, True), ("grid_worker", True, False), ("committee_member", False, False)],
)
def test_a_hotline_s_caller_is_called_only_by_who_may_have_the_number(role, plain, secret):
    """§6.3: the community, the grid in its case, never the committee; who asks for secrecy: the duty desk alone."""
    mine = side(role, body="other")
    assert has("visitor", parts(facts(state=State.RESOLVED, hotline=True), mine)) == plain
    assert has("visitor", parts(facts(state=State.RESOLVED, hotline=True, caller_secret=True), mine)) == secret


@pytest.mark.parametrize("role", ["front_desk", "property_manager", "committee_secretary", "grid_worker", "engineer"])
def test_only_the_community_speaks_with_the_hotline(role):
    assert not has("line", parts(facts(hotline=True), side(role)))
    assert not has("line", parts(facts(), side("community_worker")))
    assert has("line", parts(facts(hotline=True), side("community_worker")))


@pytest.mark.parametrize("role", ["engineer", "front_desk", "volunteer", "steward", "subdistrict_officer"])
def test_only_community_grid_and_committee_visit(role):
    assert not has("visitor", parts(facts(state=State.RESOLVED), side(role, body="other")))


def test_a_resident_has_no_part_but_their_own():
    assert parts(facts(), side("owner", body=None)) == frozenset()
    assert parts(facts(), side("owner", body=None, reports=True)) == {Who.REPORTER, Who.VOICE, Who.FOLLOWER}
    assert parts(facts(), side("owner", body=None, voices=True)) == {Who.VOICE, Who.FOLLOWER}
