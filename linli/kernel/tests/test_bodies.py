"""Committee, PMC, convening, notice and tick-count vectors of domain §3.15: `cases/bodies.toml`, for a lawyer to read."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from linli.kernel.bodies import (
    committee_decides,
    committee_may_meet,
    committee_size,
    pmc_composition,
    pmc_decides,
    pmc_may_meet,
)
from linli.kernel.clock import Calendar, period_end
from linli.kernel.convening import enough_ask, latest_notice, least_persons, notice_in_time, voting_window
from linli.kernel.profiles import profile
from linli.kernel.tally.tests.examples import area
from linli.kernel.tally.thresholds import Weight
from linli.kernel.ticks import count_ticks

CASES = tomllib.loads((Path(__file__).parent / "cases" / "bodies.toml").read_text("utf-8"))


def cases(kind):
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES[kind]])


def local(case):
    return profile(case.get("profile", "national_default"))


def key(refusal):
    return refusal.key if refusal else ""


@cases("committee_meeting")
def test_a_committee_meets_and_decides(case):
    assert (committee_may_meet(local(case), case["members"], case["present"]) is None) == case["meets"]
    assert committee_decides(case["members"], case["signed"]) == case["decides"]


@cases("committee_size")
def test_size_of_a_committee(case):
    found = committee_size(local(case), case["size"], case.get("homes", 500), area(case.get("area", "90000.00")))
    assert key(found) == case["refused"]


@cases("pmc")
def test_what_a_pmc_is_made_of(case):
    assert key(pmc_composition(local(case), case["members"], case["owners"])) == case["refused"]


def test_a_refusal_cites_the_rule_that_the_value_comes_from():
    own, inherited = pmc_composition(profile("beijing"), 5, 3), pmc_composition(profile("weifang"), 13, 7)
    assert own and own.article.startswith("北京") and inherited and "指导规则" in inherited.article


@cases("pmc_meeting")
def test_a_pmc_meets(case):
    found = pmc_may_meet(case["members"], case["owners"], case["present"], case["owners_present"])
    assert key(found) == case["refused"]


@cases("pmc_decision")
def test_a_pmc_decides(case):
    assert [pmc_decides(case["members"], case[n]) for n in ("fails", "passes")] == [False, True]


@cases("convening")
def test_how_many_must_ask_for_a_session(case):
    assert least_persons(local(case), Weight(1_000_000, case["persons"])) == case["least"]


@cases("asking")
def test_whether_those_who_ask_are_enough(case):
    total = Weight(area(case["area"]), case["persons"])
    no = enough_ask(local(case), total, Weight(area(case["asking_area"]), case["asking_persons"]))
    assert (no is None) == case["enough"]
    assert no is None or ("140" in str(no) and no.article)


@cases("notice")
def test_notice_is_counted_back_from_the_session(case):
    rule, interim = local(case), case.get("interim", False)
    assert latest_notice(case["session"], rule, interim) == case["latest"]
    assert notice_in_time(case["latest"], case["session"], rule, interim) is None
    assert key(notice_in_time(case["latest"] + timedelta(1), case["session"], rule, interim)) == "notice_late"


@cases("posting")
def test_a_public_notice_ends_with_its_last_day_or_the_next_that_is_worked(case):
    calendar = Calendar(overrides={case["closed"]: False}) if "closed" in case else Calendar()
    assert period_end(case["posted"], case["days"], calendar) == case["ends"]


@cases("window")
def test_the_voting_window(case):
    opens = CASES["posting"][0]["posted"]
    assert key(voting_window(opens, opens + timedelta(case["days"]), local(case))) == case["refused"]


@cases("ticks")
def test_ticks_are_ranked_by_homes_then_area_then_lots(case):
    forms = [(area(row["area"]), list(row["ticks"])) for row in case["forms"] for _ in range(row["homes"])]
    found = count_ticks(forms, "abcdefghi", case["most"], case["homes"], lots=case["lots"])
    assert (found.returned, found.valid, found.low_reach) == (case["returned"], case["valid"], case["low_reach"])
    if "seventh" in case:
        seventh, eighth = found.ranking[6:8]
        assert seventh.name == case["seventh"] and seventh.homes == eighth.homes == 14
        assert (seventh.area, eighth.area) == (area(case["area_of_seventh"]), area(case["area_of_eighth"]))
    assert "tie" not in case or tuple(case["tie"]) in found.ties
