"""Decision gates (domain §4.8): who must decide, and what waits for it."""

from itertools import product

import pytest

from linli.matters.rules import categories, gates
from linli.matters.rules.gates import NO, Decider, Planned
from linli.matters.rules.states import Act, State, Who
from linli.people.rules import Role

# Read from domain §4.8 row by row: what is planned, who decides, by which item.
DOMAIN = {
    "contract_repair": ("property", "物业服务合同", ""),
    "as_planned": ("committee", "规划已批，不算改变用途", ""),
    "small_spending": ("committee", "业主大会议事规则的限额", ""),
    "company": ("ordinary", "民法典第278条第4项", "普通多数"),
    "service_terms": ("ordinary", "民法典第278条第9项", "普通多数"),
    "fund": ("ordinary", "民法典第278条第5项", "普通多数"),
    "fund_emergency": ("committee", "维修资金应急使用", ""),
    "common_land": ("special", "民法典第278条第8项", "特别多数"),
    "structure": ("special", "民法典第278条第7项", "特别多数"),
    "gift": ("posted", "个人信息保护法第55条", ""),
    "gift_by_covenant": ("ordinary", "民法典第278条第9项", "普通多数"),
    "traffic": ("council", "议事会商量、征求意见、公示", ""),
    "traffic_by_rules": ("ordinary", "民法典第278条第9项", "普通多数"),
    "fee_waiver": ("payer", "谁承担费用谁决定", ""),
    "public_income": ("ordinary", "民法典第278条第9项", "普通多数"),
    "income_in_limit": ("committee", "业主大会议事规则的限额", ""),
}


@pytest.mark.parametrize("planned", list(Planned))
def test_row_says_what_the_domain_says(planned):
    row = gates.GATES[planned]
    assert (str(row.decider), row.source, row.majority) == DOMAIN[planned]
    assert row.holds is (planned != "fund_emergency")
    assert planned in gates.PLANNED and row.decider in gates.LINES and row.decider in gates.WAITS


def test_every_category_suggests_and_charging_a_special_vote():
    for code in categories.known():
        assert set(gates.suggested(code)) <= set(Planned)
    assert gates.suggested("0504")[0] == Planned.COMMON_LAND
    assert gates.suggested("0107")[0] == Planned.STRUCTURE
    assert gates.suggested("0405")[0] == Planned.TRAFFIC
    assert gates.suggested("9901") == gates.USUAL


@pytest.mark.parametrize(("decider", "role"), list(product(Decider, Role)))
def test_recorded_by_whom_the_domain_names(decider, role):
    """§4.9: committee decisions by its members, a council by who may call it, results by who leads the session."""
    heads = {"committee_chair", "committee_vice_chair", "pmc_chair"}
    members = heads | {"committee_member", "pmc_member"}
    who = {
        "property": {"property_manager"}, "committee": members, "posted": members, "ordinary": heads | {"subdistrict_officer"},
        "special": heads | {"subdistrict_officer"}, "payer": {"property_manager", "committee_chair", "pmc_chair"},
        "council": {"community_secretary", "branch_secretary", "committee_chair", "pmc_chair"},
    }[decider]  # fmt: skip
    assert (gates.refuse_decide(decider, role, True) is None) is (role in who)
    assert gates.refuse_decide(decider, role, False) is not None


@pytest.mark.parametrize(("act", "urgency"), list(product(Act, ["emergency", "urgent", "normal", "project", ""])))
def test_what_an_open_gate_holds_up(act, urgency):
    at_once = urgency in {"emergency", "urgent"}
    held = act in {"resolve", "merge"} or act in {"arrive", "resume"} and not at_once
    assert (gates.blocks(act, "common_land", urgency=urgency) is not None) is held
    assert gates.blocks(act, "", urgency=urgency) is None
    assert gates.blocks(Act.MAKE_SAFE, "common_land", urgency=urgency) is None
    assert gates.blocks(Act.RESUME, "common_land", urgency=urgency, clock=True) is None


def test_a_no_leaves_explaining_alone():
    no = NO + "common_land"
    assert gates.blocks(Act.RESOLVE, no, urgency="normal", outcome="fixed").key == "gate_failed"
    assert gates.blocks(Act.RESOLVE, no, urgency="normal", outcome="explained") is None
    assert gates.blocks(Act.ARRIVE, no, urgency="normal").key == "gate_failed"
    assert gates.blocks(Act.RESUME, no, urgency="normal") is None


def test_shown_is_the_no_then_what_is_open():
    assert (
        gates.shown([])
        == gates.shown([("fund", "passed", False)])
        == gates.shown([("fund_emergency", "", False)])
        == ""
    )
    assert gates.shown([("fund", "passed", False), ("common_land", "", False)]) == "common_land"
    assert gates.shown([("fund", "", False), ("common_land", "failed", False)]) == "!common_land"


@pytest.mark.parametrize("planned", Planned)
def test_whose_turn_it_is_while_it_waits(planned):
    want = {"property": "property", "council": "community", "payer": ""}
    assert gates.party(planned) == want.get(gates.GATES[planned].decider, "committee")
    assert gates.party("") == gates.party(NO + planned) == ""


@pytest.mark.parametrize(("state", "who"), list(product(State, Who)))
def test_set_by_desk_and_committee_while_under_way(state, who):
    may = who in {Who.DESK, Who.COMMITTEE} and state not in {
        "resolved", "visited", "closed", "declined", "merged", "withdrawn",
    }  # fmt: skip
    assert (gates.refuse_set(state, frozenset({who})) is None) is may
