import json

import pytest

from linli.kernel.tally.announced import announcement_of, check, read
from linli.kernel.tally.case import Malformed

FULL = {"persons": 900, "area": 90000}


def of(persons, area):
    return {"persons": persons, "area": area}


def found(announced="passed", *, matter_no=5, total=FULL, participating=of(600, 60000), approve=of(400, 40000), **more):
    given = {
        "matter_no": matter_no, "total": total, "participating": participating, "approve": approve, "announced": announced, **more,
    }  # fmt: skip
    return check(announcement_of(given))


@pytest.mark.parametrize(
    ("given", "result", "follows"),
    [
        ({}, "passed", True),
        ({"announced": "rejected"}, "passed", False),
        ({"announced": None}, "passed", None),
        ({"approve": of(300, 30000)}, "rejected", False),
        ({"participating": of(599, 60000)}, "quorum_not_met", False),
        ({"participating": of(599, 60000), "announced": "quorum_not_met"}, "quorum_not_met", True),
        ({"matter_no": 6}, "rejected", False),
        ({"matter_no": 6, "approve": of(450, 45000)}, "passed", True),
        # A figure missing beside one that fails.
        ({"participating": of(None, 59999), "approve": None}, "quorum_not_met", False),
        ({"approve": of(None, 30000)}, "rejected", False),
        # The quorum unknown, the approval failing.
        ({"total": None, "approve": of(300, 30000)}, None, False),
        ({"total": None, "approve": of(300, 30000), "announced": "rejected"}, None, None),
        ({"total": None}, None, None),
        ({"total": None, "announced": "rejected"}, None, False),
        ({"approve": None}, None, None),
        ({"approve": None, "announced": "quorum_not_met"}, None, False),
        # Who approve took part, and nobody beyond all did.
        ({"participating": None, "approve": of(750, 75000)}, "passed", True),
        ({"participating": None, "approve": of(750, 75000), "announced": "rejected"}, "passed", False),
        ({"participating": of(None, 60000), "approve": of(600, 40000)}, "passed", True),
        ({"participating": None, "approve": of(500, 50000), "announced": "rejected"}, None, False),
        ({"participating": None, "approve": of(400, 40000)}, None, None),
        # However many took part, half of those who meet the quorum is more than approved.
        ({"participating": None, "approve": of(300, 40000)}, None, False),
        ({"participating": None, "approve": of(301, 30001)}, None, None),
        ({"participating": None, "approve": of(300, 30000), "announced": "rejected"}, None, None),
        ({"participating": of(None, 60000), "approve": of(300, 40000)}, None, False),
        ({"participating": None, "approve": of(0, 0)}, None, False),
        ({"participating": of(0, 0), "approve": of(0, 0)}, "quorum_not_met", False),
        ({"date": "2020-12-31"}, None, None),
        ({"date": "2017"}, None, None),
        ({"date": "2021-01-01"}, "passed", True),
        ({"date": "2021"}, "passed", True),
    ],
)
def test_what_follows(given, result, follows):
    answer = found(**given)
    assert (answer.result, answer.follows) == (result, follows)
    assert answer.reasons and all("None" not in reason for reason in answer.reasons)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"approve": of(601, 40000)}, "$.approve.persons"),
        ({"participating": of(600, 90001)}, "$.participating.area"),
        ({"participating": None, "approve": of(901, 1)}, "$.approve.persons"),
        ({"approve": of(1.5, 2)}, "$.approve.persons"),
        ({"approve": of(True, 2)}, "$.approve.persons"),
        ({"approve": of(-1, 2)}, "$.approve.persons"),
        ({"approve": {"persons": 3}}, "$.approve.area"),
        ({"announced": "ok"}, "$.announced"),
        ({"matter_no": 10}, "$.matter_no"),
        ({"date": "yesterday"}, "$.date"),
        ({"total": 5}, "$.total"),
    ],
)
def test_what_cannot_be_is_refused_with_its_path(given, path):
    with pytest.raises(Malformed) as no:
        found(**given)
    assert no.value.path == path


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"matter_no": 5}', "\xff"])
def test_what_is_no_announcement_is_refused(text):
    with pytest.raises(Malformed):
        read(text)


def test_a_real_announcement():
    """Leshan 2023-43: 36 homes, use of the maintenance fund, 25 agree."""
    given = {
        "matter_no": 5, "total": of(36, 350853), "participating": of(36, 350853), "approve": of(25, 233940), "announced": "passed",
        "date": "2023-11-09",
    }  # fmt: skip
    answer = check(read(json.dumps(given)))
    assert (answer.result, answer.follows) == ("passed", True)
