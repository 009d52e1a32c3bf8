import copy
import inspect
import json
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from linli.kernel import tally
from linli.kernel.profiles import profiles
from linli.kernel.tally.case import Malformed, case_of, read
from linli.kernel.tally.count import count

from .examples import examples

GOOD = {
    "matter_no": 4, "profile": "national_default", "closes_at": "2026-03-31T18:00:00+08:00",
    "rules": {"silence_mode": "A", "duplicate_rule": "first_valid_wins", "count_parking": False},
    "homes": [{"id": "1-1-101", "kind": "residence", "area": 8950, "owners": ["p1"], "delivered": True}],
    "ballots": [
        {"id": "b1", "home": "1-1-101", "owner": "p1", "choice": "approve", "channel": "paper", "at": "2026-03-01T09:00:00+08:00", "valid": True}
    ],
}  # fmt: skip


@cache
def schema(name):
    text = (Path(inspect.getfile(tally)).parent / f"{name}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


GONE = object()


def changed(*where, to):
    case = copy.deepcopy(GOOD)
    at = case
    for key in where[:-1]:
        at = at[key]
    if to is GONE:
        del at[where[-1]]
    else:
        at[where[-1]] = to
    return case


def test_the_example_of_the_format_is_read():
    case = case_of(GOOD)
    assert (case.homes[0].area, case.ballots[0].choices[""], case.scope) == (8950, "approve", None)


@pytest.mark.parametrize(
    ("where", "to", "path"),
    [
        (("matter_no",), 0, "$.matter_no"),
        (("matter_no",), "4", "$.matter_no"),
        (("matter_no",), True, "$.matter_no"),
        (("profile",), "atlantis", "$.profile"),
        (("closes_at",), "soon", "$.closes_at"),
        (("closes_at",), GONE, "$.closes_at"),
        (("rules",), GONE, "$.rules"),
        (("rules", "silence_mode"), "D", "$.rules.silence_mode"),
        (("rules", "duplicate_rule"), "best", "$.rules.duplicate_rule"),
        (("rules", "count_parking"), 0, "$.rules.count_parking"),
        (("rules", "follow_majority"), "yes", "$.rules.follow_majority"),
        (("homes",), {}, "$.homes"),
        (("homes", 0), 3, "$.homes[0]"),
        (("homes", 0, "area"), 0, "$.homes[0].area"),
        (("homes", 0, "area"), 89.5, "$.homes[0].area"),
        (("homes", 0, "kind"), "castle", "$.homes[0].kind"),
        (("homes", 0, "owners"), "p1", "$.homes[0].owners"),
        (("homes", 0, "owners"), [1], "$.homes[0].owners[0]"),
        (("homes", 0, "delivered"), GONE, "$.homes[0].delivered"),
        (("homes", 0, "id"), "", "$.homes[0].id"),
        (("homes",), GOOD["homes"] * 2, "$.homes[1].id"),
        (("ballots", 0, "choice"), "yes", "$.ballots[0].choice"),
        (("ballots", 0, "channel"), "fax", "$.ballots[0].channel"),
        (("ballots", 0, "at"), 5, "$.ballots[0].at"),
        (("ballots", 0, "valid"), "true", "$.ballots[0].valid"),
        (("ballots", 0, "owner"), GONE, "$.ballots[0].owner"),
        (("scope",), ["nowhere"], "$.scope[0]"),
        (("joint_statements",), [{"home": "x"}], "$.joint_statements[0].choice"),
        (("objections",), [{"home": "x", "owner": "p1"}], "$.objections[0].at"),
        (("objections",), [{"home": "x", "at": "2026-03-01T09:00:00+08:00"}], "$.objections[0].owner"),
        (("homes", 0, "area"), 10**40, "$.homes[0].area"),
        (("homes", 0, "id"), "1\n结果：通过", "$.homes[0].id"),
        (("profile",), "a" * 300, "$.profile"),
        (("closes_at",), "2026-03-31", "$.closes_at"),
        (("closes_at",), "2026-W14-2", "$.closes_at"),
        (("proxies",), [{"owner": "p1", "agents": []}], "$.proxies[0].agents"),
        (("election",), {"seats": 1, "candidates": ["a"], "form": "per_candidate"}, "$.matter_no"),
    ],
)
def test_what_is_malformed_is_refused_with_its_path(where, to, path):
    with pytest.raises(Malformed) as no:
        case_of(changed(*where, to=to))
    assert no.value.path == path and no.value.why
    # A schema cannot say what one thing is to another: a number used twice, a home that is not in the file.
    assert schema("tally").is_valid(changed(*where, to=to)) == (path in {"$.homes[1].id", "$.scope[0]"})


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(text):
    with pytest.raises(Malformed):
        read(text)


def test_an_election_names_candidates_once_and_ballots_only_them():
    case = changed("matter_no", to=3)
    case["election"] = {"seats": 1, "candidates": ["a", "a"], "form": "per_candidate"}
    with pytest.raises(Malformed, match=r"\$\.election\.candidates\[1\]"):
        case_of(case)
    case["election"]["candidates"] = ["a", "b"]
    case["ballots"][0] |= {"choices": {"c": "approve"}}
    with pytest.raises(Malformed, match=r"\$\.ballots\[0\]\.choices\.c"):
        case_of(case)


@pytest.mark.parametrize(("name", "given", "_"), list(examples()))
def test_what_is_read_and_answered_is_as_the_schemas_say(name, given, _):
    schema("tally").validate(given)
    schema("result").validate(count(case_of(given)).as_dict())


def test_every_profile_is_in_the_schema():
    known = schema("tally").schema["properties"]["profile"]["enum"]
    assert sorted(known) == sorted(p.key for p in profiles())


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_a_moment_beyond_the_calendar_is_malformed(text):
    with pytest.raises(Malformed, match=r"^\$\.closes_at"):
        case_of(changed("closes_at", to=text))
