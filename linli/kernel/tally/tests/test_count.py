"""Corners that no worked example shows."""

import pytest

from linli.kernel.tally.case import case_of
from linli.kernel.tally.count import count
from linli.kernel.tally.sheet import explain

from .examples import ballots, made

NINE = [{"rooms": "1-9", "area": "100.00"}]
TWELVE = [{"rooms": "1-12", "area": "100.00"}]


def counted(rows, homes=NINE, rules=None, matter_no=4, **more):
    given = made({"homes": homes, "matter_no": matter_no}, {"ballots": rows, **more})
    given["rules"] |= rules or {}
    return count(case_of(given)).as_dict()


def row(rooms, choice="approve", **more):
    return {"rooms": rooms, "choice": choice, **more}


def codes(found):
    return [(n["code"], n.get("ballot", "")) for n in found["notes"]]


def test_a_number_used_twice_counts_once_the_earliest():
    found = counted([row("1-6"), row("7", "against", id="b1", day=2)])
    assert found["participating"]["persons"] == 6 and ("used_id", "b1") in codes(found)
    assert found["invalid"] == {"area": 10000, "persons": 1}


@pytest.mark.parametrize(
    ("ballot", "code"),
    [
        (row("99"), "unknown_home"),
        (row("7", owner="somebody"), "not_an_owner"),
        (row("7", valid=False), "void"),
        (row("7", at="2026-04-01T00:00:00+08:00"), "late"),
    ],
)
def test_an_unlawful_ballot_is_noted_and_counts_for_nothing(ballot, code):
    found = counted([row("1-6"), ballot])
    assert found["participating"]["persons"] == 6
    assert codes(found) == [(code, f"b{ballot['rooms']}")]


def test_whoever_sent_something_by_closing_is_never_silent():
    rows = [row("1-6"), row("7", valid=False), row("8", at="2026-04-01T00:00:00+08:00")]
    found = counted(rows, rules={"silence_mode": "C"})
    assert found["participating"]["persons"] == 8  # 8 was late, so silent; 9 was silent; 7 was not
    assert found["invalid"]["persons"] == 2


def test_a_double_beside_another_ballot_is_dropped_before_the_rule_is_asked():
    rows = [row("1", "double", day=1), row("1", "approve", id="again", day=2), row("2-6")]
    found = counted(rows)
    assert found["approve"]["persons"] == 6 and ("double_dropped", "b1") in codes(found)


def test_within_the_winning_channel_the_earliest_counts():
    rows = [
        row("1", "against", channel="online", id="o", day=1),
        row("1", "approve", channel="paper", id="k1", day=2),
        row("1", "against", channel="paper", id="k2", day=3),
        row("2-6"),
    ]
    assert counted(rows, rules={"duplicate_rule": "paper_wins"})["approve"]["persons"] == 6
    assert counted(rows, rules={"duplicate_rule": "online_wins"})["approve"]["persons"] == 5
    only_meeting = [
        row("1", "approve", channel="meeting", id="m1"),
        row("1", "against", channel="meeting", id="m2", day=2),
    ]
    assert counted([*only_meeting, row("2-6")], rules={"duplicate_rule": "paper_wins"})["approve"]["persons"] == 6


@pytest.mark.parametrize("rule", ["first_valid_wins", "last_valid_wins", "paper_wins", "online_wins"])
def test_no_rule_settles_co_owners_who_disagree(rule):
    homes = [{"rooms": "1", "area": "100.00", "owners": ["X", "Y"]}, {"rooms": "2-9", "area": "100.00"}]
    rows = [row("1", owner="X", id="x", channel="online"), row("1", "abstain", owner="Y", id="y", day=2), row("2-6")]
    found = counted(rows, homes, rules={"duplicate_rule": rule})
    assert found["disputed"] == [["1"]] and found["invalid"]["persons"] == 1
    blank = [row("1", "blank", owner="X", id="x"), row("1", "abstain", owner="Y", id="y", day=2), row("2-6")]
    assert counted(blank, homes)["disputed"] == []


def test_who_follows_the_majority_joins_what_leads_on_both():
    rows = [row("1-5"), row("6-8", "against"), row("9", "follow_majority")]
    assert counted(rows)["approve"]["persons"] == 6
    assert counted(rows, rules={"follow_majority": False})["abstain"]["persons"] == 1
    level = [row("1-4"), row("5-8", "against"), row("9", "follow_majority")]
    assert counted(level)["abstain"]["persons"] == 1


def test_silent_homes_abstain_where_nothing_leads():
    rows = [row("1-4"), row("5-8", "against")]
    found = counted(rows, TWELVE, {"silence_mode": "B"})
    assert (found["abstain"]["persons"], found["result"], found["also"]) == (4, "rejected", "rejected")


def test_abstaining_may_lead_too():
    rows = [row("1-3"), row("4-9", "abstain")]
    found = counted(rows, TWELVE, {"silence_mode": "C"})
    assert found["abstain"]["persons"] == 9


def test_each_home_by_itself_adds_area_and_counts_the_person_once():
    homes = [{"rooms": "1-2", "area": "100.00", "owners": ["Z"]}, {"rooms": "3-5", "area": "100.00"}]
    one = [row("1", owner="Z"), row("3-5")]
    found = counted(one, homes, {"per_home_ballot": True})
    assert found["approve"] == {"area": 40000, "persons": 4}
    assert counted(one, homes)["approve"] == {"area": 50000, "persons": 4}
    apart = [row("1", owner="Z"), row("2", "against", owner="Z"), row("3-5")]
    assert counted(apart, homes, {"per_home_ballot": True})["disputed"] == [["1", "2"]]


def test_the_owner_in_person_goes_before_the_agent_whatever_the_rule():
    rows = [row("1", "against", agents=["a"], id="agent", day=5), row("1", "approve", id="self", day=2), row("2-6")]
    proxies = [{"room": "1", "agents": ["a"]}]
    found = counted(rows, rules={"duplicate_rule": "last_valid_wins"}, proxies=proxies)
    assert found["approve"]["persons"] == 6 and ("in_person", "agent") in codes(found)


def test_an_agent_without_a_paper_is_no_owner():
    assert codes(counted([row("1", agents=["a"]), row("2-6")])) == [("not_an_owner", "b1")]


def test_homes_without_a_known_owner_stay_in_the_total_each_for_itself():
    homes = [{"rooms": "1-2", "area": "100.00", "owners": []}, {"rooms": "3-9", "area": "100.00"}]
    found = counted([row("3-9")], homes)
    assert found["total"]["persons"] == 9 and [c for c, _ in codes(found)] == ["nobody_named"] * 2


def election(rows, seats, candidates, form="per_candidate", homes=TWELVE, **more):
    given = made({"homes": homes, "matter_no": 3}, {"ballots": rows})
    given["election"] = {"seats": seats, "candidates": candidates, "form": form, **more}
    return count(case_of(given)).as_dict()


def ticks(rooms, *names, **more):
    return {"rooms": rooms, "choices": dict.fromkeys(names, "approve"), **more}


def test_more_ticks_than_seats_is_no_vote_fewer_are_one():
    found = election(
        [ticks("1-8", "a", "b"), ticks("9", "a", "b", "c"), ticks("10", "a")],
        2,
        ["a", "b", "c"],
        "choose_up_to_N",
        least=1,
    )
    assert found["invalid"]["persons"] == 1 and found["participating"]["persons"] == 9
    assert found["election"]["elected"] == ["a", "b"]


def test_a_tie_over_the_last_seat_waits_for_lots_and_takes_them():
    rows = [ticks("1-9", "a", "b", "c")]
    found = election(rows, 2, ["a", "b", "c"], least=1)
    assert found["election"]["outcome"] == "lots_needed" and found["election"]["lots_needed"] == [["a", "b", "c"]]
    drawn = election(rows, 2, ["a", "b", "c"], least=1, lots=["c", "a", "b"])
    assert drawn["election"]["elected"] == ["c", "a"] and drawn["election"]["alternates"] == ["b"]


def test_a_tie_within_the_seats_needs_no_lots():
    found = election([ticks("1-9", "a", "b")], 2, ["a", "b", "c"], least=1)
    assert found["election"]["elected"] == ["a", "b"] and found["election"]["lots_needed"] == []


def test_too_few_take_part():
    found = election([ticks("1-7", "a")], 1, ["a"], least=1)
    assert (found["result"], found["election"]["outcome"]) == ("quorum_not_met", "quorum_not_met")


def test_the_sheet_of_an_election_names_who_won_and_each_comparison():
    given = made({"homes": TWELVE, "matter_no": 3}, {"ballots": [ticks("1-9", "a")]})
    given["election"] = {"seats": 1, "candidates": ["a", "b"], "form": "per_candidate", "least": 1}
    sheet = explain(count(case_of(given)))
    assert "当选：a" in sheet and "候选人 b：未通过" in sheet and sheet.count("2 × 9 = 18 > 9") == 1


def test_every_choice_the_examples_make_is_a_ballot_each():
    assert len(list(ballots(row("1-4")))) == 4


# ── who sent something, and who may sign ────────────────────────────────────────────────────────────────────────────


def test_who_sent_a_ballot_for_a_space_that_does_not_count_is_not_silent():
    homes = [*NINE, {"rooms": "20", "area": "12.00", "kind": "parking_space", "owners": ["p1"]}]
    found = counted([row("20", "against", owner="p1"), row("2-6")], homes, {"silence_mode": "C"})
    assert (found["participating"]["persons"], found["invalid"]["persons"]) == (8, 1)


@pytest.mark.parametrize("each, against, invalid", [(False, 1, 0), (True, 0, 1)])
def test_a_party_votes_on_a_building_from_its_home_in_another(each, against, invalid):
    """Only the homes in scope weigh; where each home votes by itself, the one out of scope has no vote."""
    homes = [*NINE, {"rooms": "20", "area": "80.00", "owners": ["p1"]}]
    found = counted([row("20", "against", owner="p1"), row("2-6")], homes, {"per_home_ballot": each}, scope="1-9")
    assert (found["against"]["persons"], found["invalid"]["persons"]) == (against, invalid)
    assert found["against"]["area"] == against * 10000


def test_two_ballots_of_one_number_and_moment_count_alike_in_any_order():
    first, second = row("1", "approve", id="x"), row("1", "against", id="x")
    assert counted([first, second]) == counted([second, first])


def test_silence_that_seats_others_is_a_legal_risk_and_they_are_named():
    """Both ways a committee stands; by silence d and e are in it, without it they are not."""
    ticks = dict.fromkeys("abc", "approve")
    rows = [
        row("1-4", choices=ticks | {"d": "approve", "e": "approve"}),
        row("5-7", choices=ticks | {"d": "against", "e": "against"}), row("8", choices=ticks),
    ]  # fmt: skip
    election = {"seats": 5, "candidates": list("abcde"), "form": "per_candidate", "least": 3}
    homes = [{"rooms": "1-12", "area": "100.00"}]
    found = counted(rows, homes, {"silence_mode": "C"}, matter_no=3, election=election)
    assert (found["result"], found["also"]) == ("passed", "passed") and ("legal_risk", "") in codes(found)
    assert found["election"]["elected"] == list("abcde") and found["election"]["also"]["elected"] == list("abc")


def test_a_joint_statement_may_name_any_home_of_the_party():
    homes = [
        {"rooms": "1", "area": "100.00", "owners": ["X", "Y"]}, {"rooms": "2-9", "area": "100.00"},
        {"rooms": "20", "area": "12.00", "kind": "parking_space", "owners": ["Y", "X"]},
    ]  # fmt: skip
    rows = [row("1", owner="X"), row("1", "against", owner="Y", id="y"), row("2-6")]
    said = [{"room": "20", "choice": "approve", "day": 3}]
    found = counted(rows, homes, joint_statements=said)
    assert (found["disputed"], found["approve"]["persons"]) == ([], 6)
    nowhere = counted(rows, homes, joint_statements=[{"room": "77", "choice": "approve", "day": 3}])
    assert nowhere["disputed"] == [["1"]] and ("statement_of_nobody", "") in codes(nowhere)


PAPER = {"room": "1", "agents": ["P", "Q"]}
REST = row("2-6")


@pytest.mark.parametrize(
    ("rows", "proxies", "persons"),
    [
        ([row("1", agents=["R"])], [PAPER, {"room": "1", "agents": ["R"]}], 6),
        ([row("1", owner="P", agents=["P", "Q"])], [PAPER], 6),
        ([row("1", owner="P", agents=["Q"])], [PAPER], 6),
        ([row("1", owner="P")], [PAPER], 5),
        ([row("1", owner="P", agents=["X"])], [PAPER], 5),
        ([row("1", agents=["P", "Q"]), row("1", "against", agents=["P"], id="alone", day=2)], [PAPER], 6),
        ([row("1", "double", agents=["P", "Q"]), row("1", agents=["P", "Q"], id="again", day=2)], [PAPER], 6),
        ([row("1", owner="R")], [{"room": "1", "agents": ["R"], "severally": True}], 6),
    ],
)
def test_agents_sign_together_under_one_paper(rows, proxies, persons):
    assert counted([*rows, REST], proxies=proxies)["approve"]["persons"] == persons


def test_agents_who_sign_twice_are_settled_by_the_rule():
    rows = [row("1", "against", agents=["P", "Q"]), row("1", agents=["P", "Q"], id="again", day=2), REST]
    for rule, approve in (("first_valid_wins", 5), ("last_valid_wins", 6)):
        assert counted(rows, rules={"duplicate_rule": rule}, proxies=[PAPER])["approve"]["persons"] == approve


def test_agents_who_sign_each_home_add_its_area():
    homes = [{"rooms": "1-2", "area": "100.00", "owners": ["p1"]}, {"rooms": "3-6", "area": "100.00"}]
    rows = [row(room, owner="p1", agents=[agent], id=f"{agent}{room}") for agent in "PQ" for room in "12"]
    found = counted([*rows, row("3-6")], homes, {"per_home_ballot": True}, proxies=[PAPER])
    assert found["approve"] == {"area": 60000, "persons": 5}


def test_a_paper_that_comes_after_closing_gives_nothing_and_takes_no_place_under_the_cap():
    late = counted(
        [row("1", agents=["P"]), REST], proxies=[{"room": "1", "agents": ["P"], "at": "2026-04-05T09:00:00+08:00"}]
    )
    assert late["approve"]["persons"] == 5 and [c for c, _ in codes(late)] == ["late_paper", "not_an_owner"]


def test_an_agent_of_two_co_owners_speaks_for_both():
    homes = [{"rooms": "1", "area": "100.00", "owners": ["pX", "pY"]}, {"rooms": "2-9", "area": "100.00"}]
    rows = [row("1", "against", owner="A"), row("1", owner="pX", id="self", day=2), row("2-7")]
    found = counted(rows, homes, proxies=[{"room": "X", "agents": ["A"]}, {"room": "Y", "agents": ["A"]}])
    assert found["disputed"] == [["1"]]


def test_a_paper_over_the_cap_is_named_by_its_homes():
    proxies = [{"room": str(n), "agents": ["P"], "day": n} for n in range(1, 7)]
    found = counted([row("1-6", agents=["P"])], proxies=proxies)
    assert [n["homes"] for n in found["notes"] if n["code"] == "over_proxy_cap"] == [["4"], ["5"], ["6"]]


def test_too_many_ticks_are_called_that():
    election = {"seats": 1, "candidates": ["a", "b"], "form": "choose_up_to_N"}
    rows = [{"rooms": "1-7", "choices": {"a": "approve"}}, {"rooms": "8", "choices": {"a": "approve", "b": "approve"}}]
    found = counted(rows, matter_no=3, election=election)
    assert codes(found) == [("over_ticked", "b8")]


def test_where_the_city_has_its_own_system_online_ballots_are_opinion():
    given = made({"homes": NINE, "matter_no": 4}, {"ballots": [row("1-7", channel="online")]})
    assert codes(count(case_of(given | {"profile": "beijing"})).as_dict()) == [("official_evote_required", "")]


def test_many_papers_and_many_homes_of_one_owner_take_no_longer_for_each():
    homes = [{"rooms": "1-6000", "area": "100.00"}]
    proxies = [{"room": str(n), "agents": [f"a{n}", f"b{n}"]} for n in range(1, 6001)]
    assert counted([row("1-6000", agents=["x"])], homes, proxies=proxies)["invalid"]["persons"] == 6000
    mine = [{"rooms": "1-6000", "area": "1.00", "owners": ["Z"]}]
    found = counted([row("1-6000", owner="Z")], mine, {"per_home_ballot": True})
    assert found["approve"] == {"area": 600_000, "persons": 1}
