"""Committee, PMC, convening, notice and tick-count vectors of domain §3.15: `cases/bodies.toml`, for a lawyer to read."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from linli.kernel.bodies import (
    agenda_in_time,
    committee_decides,
    committee_may_meet,
    committee_size,
    earliest_meeting,
    enough_members_ask,
    next_meeting_by,
    pmc_composition,
    pmc_decides,
    pmc_may_meet,
    reserved_to_owners,
    result_due,
    result_shown_until,
    topics_in_time,
)
from linli.kernel.clock import Calendar, period_end
from linli.kernel.convening import enough_ask, latest_notice, least_persons, notice_in_time, voting_window
from linli.kernel.profiles import UNWRITTEN, profile
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
    assert own and own.article.startswith("北京") and inherited and inherited.article == UNWRITTEN


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


# ── before a meeting, and after ─────────────────────────────────────────────────────────────────────────────────────

TOLD = date(2026, 3, 24)


def test_agenda_is_shown_seven_days_before_and_topics_told_five():
    default = profile("national_default")
    assert agenda_in_time(default, TOLD, date(2026, 3, 31)) is None
    assert key(agenda_in_time(default, TOLD, date(2026, 3, 30))) == "agenda_late"
    assert topics_in_time(default, TOLD, date(2026, 3, 29)) is None
    assert key(topics_in_time(default, TOLD, date(2026, 3, 28))) == "topics_late"
    assert earliest_meeting(default, TOLD) == date(2026, 3, 31)


def test_late_agenda_cites_the_rule_that_the_days_come_from():
    late = [topics_in_time(profile(name), TOLD, TOLD) for name in ("beijing", "weifang", "hangzhou")]
    assert [no and no.article[:2] for no in late] == ["北京", "潍坊", "法律"]


@pytest.mark.parametrize("number", range(1, 10))
def test_what_is_reserved_to_owners_cites_its_item(number):
    no = reserved_to_owners(number)
    assert (no.key, no.article) == ("reserved", f"民法典第278条第{number}项")


@pytest.mark.parametrize(
    ("members", "asking", "enough"), [(7, 2, False), (7, 3, True), (6, 2, True), (9, 3, True), (5, 1, False), (0, 0, False)]
)  # fmt: skip
def test_a_third_of_the_members_make_it_meet(members, asking, enough):
    assert enough_members_ask(members, asking) is enough


def test_a_committee_meets_every_two_months():
    assert next_meeting_by(profile("shanghai"), date(2025, 12, 31)) == date(2026, 2, 28)


def test_result_is_posted_within_three_days_and_stays_as_long_as_the_place_says():
    friday = date(2026, 3, 27)
    assert result_due(profile("beijing"), friday, Calendar()) == date(2026, 3, 30)
    assert result_shown_until(profile("beijing"), friday, Calendar(), pmc=True) == date(2026, 4, 13)
    assert result_shown_until(profile("qingyuan"), friday, Calendar(), pmc=True) == date(2026, 4, 7)
    assert result_shown_until(profile("beijing"), friday, Calendar(), pmc=False) == date(2026, 4, 3)
