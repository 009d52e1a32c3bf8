"""What holds for any electorate."""

import ast
import inspect
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel import tally
from linli.kernel.tally.case import case_of
from linli.kernel.tally.count import count
from linli.kernel.tally.thresholds import Result

AGENTS = "ABCD"
NAMES = ("c", "d", "e")
CHOICES = ("approve", "against", "abstain", "blank", "double", "follow_majority")


@st.composite
def cases(draw, elections=True, repeats=True):
    size = draw(st.integers(1, 14))
    owners = draw(st.lists(st.sampled_from(["p", "q", "r", "s", "t", "u", "v", "w"]), min_size=size, max_size=size))
    homes = [
        {
            "id": f"h{n}", "kind": draw(st.sampled_from(["residence", "shop", "parking_space"])), "area": draw(st.integers(1, 20_000)),
            "owners": [owner] if draw(st.booleans()) else [owner, "x"], "delivered": draw(st.booleans()),
        }
        for n, owner in enumerate(owners)
    ]  # fmt: skip
    election = (
        {
            "seats": draw(st.integers(1, 3)), "candidates": list(NAMES), "least": 1, "lots": draw(st.sampled_from([[], list(NAMES)])),
            "form": draw(st.sampled_from(["per_candidate", "choose_up_to_N"])),
        }
        if elections and draw(st.booleans())
        else None
    )  # fmt: skip
    choices = st.sampled_from(CHOICES)
    ballots = [
        {
            "id": f"b{n}", "home": (home := draw(st.sampled_from(homes)))["id"], "owner": draw(st.sampled_from([*home["owners"], "z"])),
            "channel": draw(st.sampled_from(["paper", "online", "meeting"])),
            "at": f"2026-03-{draw(st.integers(1, 12)):02d}T09:00:00+08:00", "valid": draw(st.sampled_from([True, True, True, False])),
            **({"choices": draw(st.dictionaries(st.sampled_from(NAMES), choices))} if election else {"choice": draw(choices)}),
        }
        for n in range(draw(st.integers(0, 20)))
    ]  # fmt: skip
    objections = [
        {"home": (home := draw(st.sampled_from(homes)))["id"], "owner": draw(st.sampled_from([*home["owners"], "z"])),
         "at": f"2026-03-{draw(st.integers(6, 12)):02d}T09:00:00+08:00"}
        for _ in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    people = sorted({owner for home in homes for owner in home["owners"]})
    agents = st.lists(st.sampled_from(AGENTS), min_size=1, max_size=2, unique=True)
    proxies = [
        {
            "owner": draw(st.sampled_from(people)), "agents": draw(agents), "severally": draw(st.sampled_from([False, False, True])),
            "registered_at": f"2026-03-{draw(st.integers(1, 12)):02d}T09:00:00+08:00",
        }
        for _ in range(draw(st.integers(0, 6)))
    ]  # fmt: skip
    given = {paper["owner"]: paper["agents"] for paper in proxies}
    for ballot in ballots:
        if ballot["owner"] in given and draw(st.booleans()):
            ballot["agents"] = draw(st.lists(st.sampled_from(given[ballot["owner"]]), min_size=1, unique=True))
        elif repeats and ballots and draw(st.integers(0, 4)) == 0:
            ballot["id"] = draw(st.sampled_from(ballots))["id"]
    scope = draw(st.none() | st.lists(st.sampled_from([home["id"] for home in homes]), unique=True))
    found = {
        "matter_no": 3 if election else draw(st.integers(1, 9)), "profile": "national_default", "closes_at": "2026-03-10T18:00:00+08:00",
        "rules": {
            "silence_mode": draw(st.sampled_from("ABC")), "count_parking": draw(st.booleans()), "follow_majority": draw(st.booleans()),
            "duplicate_rule": draw(st.sampled_from(["first_valid_wins", "last_valid_wins", "paper_wins", "online_wins"])),
            "per_home_ballot": draw(st.booleans()),
        },
        "homes": homes, "ballots": ballots, "proxies": proxies, "scope": scope,
        "objections": objections,
    }  # fmt: skip
    return found | ({"election": election} if election else {})


def counted(case):
    return count(case_of(case)).as_dict()


@settings(max_examples=100, deadline=None)
@given(cases(), st.randoms())
def test_the_order_of_ballots_and_homes_in_the_file_never_matters(case, random):
    other = deepcopy(case)
    random.shuffle(other["ballots"])
    random.shuffle(other["homes"])
    random.shuffle(other["proxies"])
    first, second = counted(case), counted(other)
    assert {k: v for k, v in first.items() if k != "notes"} == {k: v for k, v in second.items() if k != "notes"}
    assert sorted(map(str, first["notes"])) == sorted(map(str, second["notes"]))


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(2, 1000))
def test_areas_scale(case, times):
    other = deepcopy(case)
    for home in other["homes"]:
        home["area"] *= times
    first, second = counted(case), counted(other)
    assert first["result"] == second["result"] and first["disputed"] == second["disputed"]
    for key in ("total", "participating", "approve", "against", "abstain", "invalid"):
        assert first[key] is None is second[key] or second[key] == {
            "area": first[key]["area"] * times,
            "persons": first[key]["persons"],
        }


@settings(max_examples=150, deadline=None)
@given(cases(elections=False), st.integers(1, 30_000))
def test_one_more_party_that_approves_never_loses_an_item(case, area):
    """Its home was there and silent, undelivered; now it approves."""
    quiet = deepcopy(case)
    # Where silence speaks, another silent party's side may change with the lead; that is the rule, not the count.
    quiet["rules"]["silence_mode"] = "A"
    quiet["ballots"] = [b for b in quiet["ballots"] if b["choice"] != "follow_majority"]
    quiet["scope"] = None if case["scope"] is None else [*case["scope"], "new"]
    quiet["homes"].append({"id": "new", "kind": "residence", "area": area, "owners": ["new"], "delivered": False})
    loud = deepcopy(quiet)
    loud["ballots"].append(
        {"id": "new", "home": "new", "owner": "new", "choice": "approve", "channel": "paper", "at": "2026-03-01T09:00:00+08:00", "valid": True}
    )  # fmt: skip
    before, after = counted(quiet), counted(loud)
    if before["result"] == "passed":
        assert after["result"] == "passed"
    assert after["approve"]["persons"] == before["approve"]["persons"] + 1


@settings(max_examples=100, deadline=None)
@given(cases(repeats=False), st.data())
def test_a_ballot_may_name_any_home_of_its_party(case, data):
    """Of homes with the same owners, in scope or not; a space that does not count is none."""
    case["rules"]["per_home_ballot"] = False
    counts = [h for h in case["homes"] if h["kind"] != "parking_space" or case["rules"]["count_parking"]]
    owners = {h["id"]: set(h["owners"]) for h in counts}
    moved = deepcopy(case)
    for ballot in moved["ballots"]:
        if ballot["home"] in owners:
            ballot["home"] = data.draw(st.sampled_from([h for h in owners if owners[h] == owners[ballot["home"]]]))
    assert counted(moved) == counted(case)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_sums_hold_together(case):
    found = counted(case)
    for measure in ("area", "persons"):
        for sums in found["election"]["candidates"] if "election" in found else [found]:
            said = sum(sums[key][measure] for key in ("approve", "against", "abstain"))
            assert said == sums["participating"][measure] <= found["participating"][measure] <= found["total"][measure]
        assert found["invalid"][measure] <= found["total"][measure]
    assert (found["also"] is None) == (case["rules"]["silence_mode"] == "A")
    assert found["quorum_met"] == (found["result"] != Result.QUORUM_NOT_MET)


@pytest.mark.parametrize("path", sorted(Path(inspect.getfile(tally)).parent.glob("*.py")), ids=lambda p: p.name)
def test_no_float_anywhere(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
        assert not (isinstance(node, ast.Name) and node.id in {"float", "round"})
