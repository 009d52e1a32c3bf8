"""Committee, PMC, convening, notice and tick-count vectors of domain §3.15."""

from datetime import date

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
from linli.kernel.tally.thresholds import Weight
from linli.kernel.ticks import count_ticks

CHINA, SHANDONG = profile("national_default"), profile("shandong")


def key(refusal):
    return refusal.key if refusal else ""


@pytest.mark.parametrize(
    ("present", "signed", "meets", "decides"), [(4, 3, "", False), (4, 4, "", True), (3, 3, "absent", False)]
)
def test_a_committee_of_seven(present, signed, meets, decides):
    assert key(committee_may_meet(CHINA, 7, present)) == meets
    assert committee_decides(7, signed) == decides


def test_shandong_wants_two_thirds_present():
    assert [key(committee_may_meet(SHANDONG, 7, present)) for present in (4, 5)] == ["absent", ""]


@pytest.mark.parametrize(
    ("place", "size", "homes", "want"),
    [("national_default", 5, 80, ""), ("national_default", 3, 80, "size"), ("national_default", 6, 500, "even"), ("national_default", 13, 500, "size"), ("beijing", 13, 500, ""), ("hangzhou", 13, 500, "size"), ("beijing", 3, 100, ""), ("beijing", 3, 101, "size")],
)  # fmt: skip
def test_size_of_a_committee(place, size, homes, want):
    assert key(committee_size(profile(place), size, homes, 9_000_000)) == want


def test_shanghai_goes_by_area_for_small_compounds():
    assert key(committee_size(profile("shanghai"), 3, 400, 1_000_000)) == ""
    assert key(committee_size(profile("shanghai"), 3, 400, 1_000_001)) == "size"


@pytest.mark.parametrize(("members", "owners", "want"), [(7, 4, ""), (7, 3, "owners"), (8, 5, "even"), (3, 3, "size")])
def test_what_a_pmc_is_made_of(members, owners, want):
    assert key(pmc_composition(profile("beijing"), members, owners)) == want


def test_a_pmc_by_the_local_rule_alone():
    assert pmc_composition(profile("beijing"), 13, 7) is None  # seven or more
    assert key(pmc_composition(profile("hangzhou"), 13, 7)) == "size"
    assert pmc_composition(profile("qingyuan"), 7, 3) is None  # the subdistrict sets how many are owners


def test_a_refusal_cites_the_rule_that_the_value_comes_from():
    local, inherited = pmc_composition(profile("beijing"), 5, 3), pmc_composition(profile("weifang"), 13, 7)
    assert local and local.article.startswith("北京") and inherited and "指导规则" in inherited.article


@pytest.mark.parametrize(("present", "owners_present", "want"), [(5, 2, "owners_absent"), (5, 3, ""), (4, 4, "absent")])
def test_a_pmc_of_nine_with_five_owners(present, owners_present, want):
    assert key(pmc_may_meet(9, 5, present, owners_present)) == want
    assert (pmc_decides(9, 4), pmc_decides(9, 5)) == (False, True)


@pytest.mark.parametrize(("persons", "least"), [(61, 13), (60, 12), (700, 140), (1, 1)])
def test_how_many_must_ask_for_a_session(persons, least):
    total = Weight(1_000_000, persons)
    assert least_persons(CHINA, total) == least
    assert enough_ask(CHINA, total, Weight(200_000, least)) is None
    assert key(enough_ask(CHINA, total, Weight(200_000, least - 1))) == "too_few"


def test_a_fifth_of_the_persons_with_less_than_a_fifth_of_the_area_is_not_enough():
    no = enough_ask(CHINA, Weight(1_000_000, 700), Weight(199_900, 140))
    assert no and "140" in str(no) and no.article


def test_notice_is_counted_back_from_the_session():
    session = date(2026, 3, 31)
    assert latest_notice(session, CHINA) == date(2026, 3, 16)
    assert notice_in_time(date(2026, 3, 16), session, CHINA) is None
    assert key(notice_in_time(date(2026, 3, 17), session, CHINA)) == "notice_late"
    assert notice_in_time(date(2026, 3, 24), session, profile("hangzhou"), interim=True) is None


def test_a_public_notice_ends_with_its_last_day_or_the_next_that_is_worked():
    assert period_end(date(2026, 4, 1), 7, Calendar()) == date(2026, 4, 8)
    closed = Calendar(overrides={date(2026, 4, 8): False})
    assert period_end(date(2026, 4, 1), 7, closed) == date(2026, 4, 9)


@pytest.mark.parametrize(("days", "want"), [(4, "window"), (5, ""), (60, ""), (61, "window")])
def test_the_voting_window(days, want):
    assert key(voting_window(date(2026, 1, 1), date.fromordinal(date(2026, 1, 1).toordinal() + days), CHINA)) == want


def forms(area_of_eighth: int):
    """31 of 40 homes, nine names: six ticked everywhere, g and h tie at 14 homes, one form has eight ticks."""
    rows = [(9000, list("abcdef")) for _ in range(2)]
    rows += [(9000, [*"abcdef", "g"]) for _ in range(14)]
    rows += [(9000, [*"abcdef", "h"]) for _ in range(13)] + [(area_of_eighth, [*"abcdef", "h"])]
    return [*rows, (9000, list("abcdefgh"))]


def test_ticks_are_ranked_by_homes_then_area_then_lots():
    found = count_ticks(forms(10550), "abcdefghi", 7, 40)
    assert (found.returned, found.valid, found.low_reach) == (31, 30, False)
    g, h = (next(p for p in found.ranking if p.name == name) for name in "gh")
    assert (g.homes, g.area, h.homes, h.area) == (14, 126000, 14, 127550)
    assert [p.name for p in found.ranking[6:8]] == ["h", "g"]
    level = count_ticks(forms(9000), "abcdefghi", 7, 40)
    assert ("g", "h") in level.ties
    drawn = count_ticks(forms(9000), "abcdefghi", 7, 40, lots=["h", "g", *"abcdef"])
    assert drawn.ties == () and [p.name for p in drawn.ranking[6:8]] == ["h", "g"]


def test_fewer_than_half_of_the_homes_is_a_warning():
    assert count_ticks([(9000, ["a"])] * 19, "ab", 1, 40).low_reach
    assert not count_ticks([(9000, ["a"])] * 20, "ab", 1, 40).low_reach
