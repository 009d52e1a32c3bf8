"""The verifier against the count: two programs that share nothing must agree, and whatever is tampered with is found."""

import json
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel import verifier
from linli.kernel.bulletins import VERIFIER, bulletin, packed
from linli.kernel.receipts import fingerprint, holds
from linli.kernel.tally.tests.examples import examples
from linli.kernel.tally.tests.test_properties import cases
from linli.kernel.verifier import Contradiction, check

from .votes import made

PLAIN = [given for _, given, _ in examples() if not given.get("joint_statements")]


def one():
    """Twelve homes of which ten vote, two of them on paper, one twice."""
    homes = [
        {"id": f"1-{n}", "kind": "residence", "area": 9000 + n, "owners": [f"p{n}"], "delivered": True}
        for n in range(12)
    ]
    ballots = [
        {
            "id": f"b{n}", "home": f"1-{n % 10}", "owner": f"p{n % 10}", "choice": "approve" if n % 3 else "against",
            "channel": "paper" if n in {2, 3} else "online", "at": f"2026-03-{n + 1:02d}T09:00:00+08:00", "valid": n != 5,
        }
        for n in range(11)
    ]  # fmt: skip
    return {
        "matter_no": 4, "profile": "national_default", "closes_at": "2026-03-31T18:00:00+08:00", "homes": homes, "ballots": ballots,
        "rules": {
            "silence_mode": "A", "duplicate_rule": "first_valid_wins", "count_parking": False, "follow_majority": True, "per_home_ballot": False,
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def vote():
    return made(one())


def test_it_is_one_short_file_of_the_standard_library_alone():
    text = VERIFIER.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    names = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert names <= sys.stdlib_module_names


@settings(max_examples=150, deadline=None)
@given(cases(repeats=False))
def test_two_counts_that_share_no_line_agree(case):
    vote, _ = made(case)
    check(bulletin(vote, inspection=True))


@pytest.mark.parametrize("given_", PLAIN)
def test_the_examples_of_the_law_hold(given_):
    case = deepcopy(given_)
    case["rules"] |= {"follow_majority": case["rules"].get("follow_majority", True)}
    case["rules"] |= {"per_home_ballot": case["rules"].get("per_home_ballot", False)}
    vote, _ = made(case)
    check(bulletin(vote, inspection=True))


@st.composite
def with_agents(draw):
    """Some owners gave papers to agents; some ballots are signed by agents, and say another thing on a second item."""
    case = draw(cases(elections=False, repeats=False))
    owners = sorted({owner for home in case["homes"] for owner in home["owners"]})
    case["proxies"] = [
        {
            "owner": draw(st.sampled_from(owners)), "agents": draw(st.lists(st.sampled_from("ABC"), min_size=1, unique=True)),
            "severally": draw(st.sampled_from([False, False, True])), "registered_at": f"2026-03-0{draw(st.integers(1, 9))}T09:00:00+08:00",
        }
        for _ in range(draw(st.integers(1, 5)))
    ]  # fmt: skip
    given = {paper["owner"]: paper["agents"] for paper in case["proxies"]}
    for ballot in case["ballots"]:
        if ballot["owner"] in given and draw(st.integers(0, 3)):
            ballot["agents"] = draw(st.lists(st.sampled_from(given[ballot["owner"]]), min_size=1, unique=True))
    other = deepcopy(case)
    for ballot in other["ballots"]:
        ballot["choice"] = draw(st.sampled_from(["approve", "against", ballot["choice"]]))
    return case, other


@settings(max_examples=250, deadline=None)
@given(with_agents())
def test_two_counts_agree_where_agents_sign(both):
    vote, _ = made(*both)
    check(bulletin(vote, inspection=True))


def test_agents_who_agree_on_one_item_and_not_on_another():
    """Civil Code 166: they act together. One word on the first item, none on the second; the bulletin that says so is true."""
    first = one()
    first["proxies"] = [
        {"owner": "p11", "agents": ["P", "Q"], "severally": False, "registered_at": "2026-03-01T09:00:00+08:00"}
    ]
    sent = {"home": "1-11", "owner": "p11", "channel": "online", "valid": True, "choice": "approve"}
    first["ballots"] += [
        {**sent, "id": f"j{agent}", "agents": [agent], "at": f"2026-03-2{n}T09:00:00+08:00"}
        for n, agent in enumerate("PQ")
    ]
    second = deepcopy(first)
    second["ballots"][-1]["choice"] = "against"
    vote, _ = made(first, second)
    parts = [item["participating"]["persons"] for item in vote.items]
    assert parts[0] == parts[1] + 1 and not {"jP", "jQ"} & set(vote.refused)
    check(bulletin(vote, inspection=True))
    assert vote.items[1]["not_counted"] == {**vote.items[0]["not_counted"], "jP": "joint_agents", "jQ": "joint_agents"}
    found = bulletin(vote, inspection=True)
    found["proxies"] = []
    with pytest.raises(Contradiction, match="when added up again"):
        check(found)


def test_co_owners_at_odds_are_listed_with_the_reason():
    case = one()
    case["homes"][0]["owners"].append("q0")
    case["ballots"].append(
        dict(case["ballots"][0], id="bq", owner="q0", choice="approve", at="2026-03-20T09:00:00+08:00")
    )
    case["ballots"][10]["choice"] = "against"
    vote, _ = made(case)
    listed = vote.items[0]["not_counted"]
    assert {number for number, code in listed.items() if code == "disputed"} == {"b0", "b10", "bq"} and listed[
        "b5"
    ] == "void"
    for kind in (False, True):
        assert (
            check(bulletin(vote, inspection=kind))
            and bulletin(vote, inspection=kind)["items"][0]["not_counted"] == listed
        )
    found = deepcopy(bulletin(vote, inspection=True))
    del found["items"][0]["not_counted"]["bq"]
    with pytest.raises(Contradiction, match="what does not count is not listed"):
        check(found)
    found = deepcopy(bulletin(vote, inspection=False))
    found["items"][0]["not_counted"]["b99"] = "disputed"
    with pytest.raises(Contradiction, match="never came"):
        check(found)


def test_an_objection_cannot_be_passed_over():
    """A leaf of its own: without it the log is another, and figures that leave it out are contradicted."""
    case = one()
    case["homes"][1]["owners"].append("q1")
    plain, _ = made(case)
    case["objections"] = [{"home": "1-1", "owner": "q1", "at": "2026-03-20T09:00:00+08:00"}]
    vote, receipts = made(case)
    assert vote.items[0]["not_counted"]["b1"] == "objected"
    for kind in (False, True):
        assert check(bulletin(vote, inspection=kind), receipts[-2] | {"register": fingerprint(vote.register)})
    with pytest.raises(Contradiction, match="when added up again"):
        check(bulletin(replace(vote, items=plain.items), inspection=True))
    hidden = bulletin(vote, inspection=False)
    hidden["leaves"] = [leaf for leaf in hidden["leaves"] if leaf["kind"] != "objection"]
    with pytest.raises(Contradiction, match="log is not the one"):
        check(hidden)


def test_a_ballot_voided_at_a_recount_is_refused_by_a_leaf_of_its_own():
    """The leaf is there for ever; the one that voids it says why, and both bulletins must list it."""
    case = one()
    case["ballots"][1]["valid"] = False
    vote, receipts = made(case, voided={"b1": "not_the_owner"})
    vote = replace(vote, refused={**vote.refused, "b1": "not_the_owner"})
    for kind in (False, True):
        assert check(bulletin(vote, inspection=kind), receipts[1] | {"register": fingerprint(vote.register)})
        hidden = deepcopy(bulletin(vote, inspection=kind))
        del hidden["refused"]["b1"]
        with pytest.raises(Contradiction, match="voided is not among the refused"):
            check(hidden)
    found = bulletin(vote, inspection=True)
    found["refused"]["b1"] = "late"
    with pytest.raises(Contradiction, match="b1 was voided otherwise"):
        check(found)


def test_receipts_hold_and_are_found_in_either_bulletin(vote):
    counted, receipts = vote
    for kind in (False, True):
        found = bulletin(counted, inspection=kind)
        for receipt in receipts:
            receipt = receipt | {"register": fingerprint(counted.register)}
            assert holds(receipt) and check(found, receipt)


def changed(found, path, value):
    for key in path[:-1]:
        found = found[key]
    if value is None:
        del found[path[-1]]
    else:
        found[path[-1]] = value


TAMPERED = {
    "a ballot removed": (("leaves", 3), None),
    "a ballot changed": (("leaves", 3, "commitment"), "00" * 32),
    "a number changed": (("leaves", 3, "ballot"), "b99"),
    "a head forged": (("heads", 0, "root"), "00" * 32),
    "another key": (("session", "key"), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    "a home's area": (("register", "rows", 0, "area"), 1),
    "a home struck off": (("register", "rows", 0), None),
    "a party merged": (("register", "rows", 0, "party"), 2),
    "fewer parties said": (("register", "parties"), 11),
}


@pytest.mark.parametrize("what", TAMPERED)
@pytest.mark.parametrize("kind", [False, True])
def test_what_is_tampered_with_is_found(vote, what, kind):
    found = deepcopy(bulletin(vote[0], inspection=kind))
    changed(found, *TAMPERED[what])
    with pytest.raises(Contradiction):
        check(found)


def test_a_ballot_added_is_found(vote):
    found = deepcopy(bulletin(vote[0], inspection=False))
    found["leaves"].append(dict(found["leaves"][0], ballot="b99"))
    with pytest.raises(Contradiction):
        check(found)


@pytest.mark.parametrize("path, value", [
    (("openings", 0, "choices", "1"), "approve"), (("items", 0, "approve", "area"), 1), (("items", 0, "result"), "rejected"),
    (("items", 0, "total", "persons"), 11), (("openings", 0), False), (("items", 0, "invalid"), {"area": 9, "persons": 1}),
    (("items", 0, "quorum_met"), False), (("items", 0, "also"), "rejected"), (("refused", "b5"), None), (("refused", "b5"), "late"),
    (("refused", "b1"), "late"),
])  # fmt: skip
def test_an_opening_or_a_sum_that_is_not_so_is_found(vote, path, value):
    found = deepcopy(bulletin(vote[0], inspection=True))
    changed(found, path, value)
    with pytest.raises((Contradiction, TypeError)):
        check(found)


@pytest.mark.parametrize("path, value", [
    (("items", 0, "total"), {"area": 1, "persons": 1}), (("items", 0, "approve", "area"), 10**9), (("items", 0, "result"), "rejected"),
    (("items", 0, "against", "persons"), -1), (("items", 0, "quorum_met"), False), (("items", 0, "invalid", "persons"), 13),
])  # fmt: skip
def test_public_figures_that_do_not_fit_are_found(vote, path, value):
    found = deepcopy(bulletin(vote[0], inspection=False))
    changed(found, path, value)
    with pytest.raises(Contradiction):
        check(found)


def test_a_good_ballot_struck_as_refused_is_found_though_every_sum_was_made_again():
    """As if it had been void all along: sums, result and list agree with each other, and not with what was opened."""
    whole, _ = made(one())
    struck = one()
    struck["ballots"][1]["valid"] = False
    other, _ = made(struck)
    found = bulletin(replace(whole, items=other.items, refused=other.refused), inspection=True)
    assert "b1" in found["refused"] and found["items"] != bulletin(whole, inspection=True)["items"]
    with pytest.raises(Contradiction):
        check(found)


def elections(form="per_candidate", **more):
    """Ten of twelve vote; b and c are level behind a, and d does not pass."""
    case = one() | {
        "matter_no": 3,
        "election": {"seats": 2, "candidates": ["a", "b", "c", "d"], "form": form, "least": 1, **more},
    }
    for n, ballot in enumerate(case["ballots"]):
        del ballot["choice"]
        ticks = "a" if n == 2 else "abc" if form == "per_candidate" else ("ab", "ac")[n % 2]
        ballot["choices"] = dict.fromkeys(ticks, "approve")
    for home in case["homes"]:
        home["area"] = 9000
    return case


@pytest.mark.parametrize("path, value", [
    (("elected",), ["a"]), (("elected",), ["a", "d"]), (("elected",), ["b", "c"]), (("alternates",), []), (("alternates",), ["d"]),
    (("outcome",), "not_formed"), (("empty_seats",), 1), (("lots_needed",), [["b", "c"]]), (("candidates", 0, "result"), "rejected"),
])  # fmt: skip
@pytest.mark.parametrize("kind", [False, True])
def test_who_is_seated_and_who_waits_is_checked(path, value, kind):
    counted, _ = made(elections(lots=["b", "c"]))
    found = deepcopy(bulletin(counted, inspection=kind))
    election = found["items"][0]["election"]
    assert check(found) and (election["elected"], election["alternates"]) == (["a", "b"], ["c"])
    changed(election, path, value)
    with pytest.raises(Contradiction):
        check(found)


def test_a_tie_that_waits_for_lots_holds_and_cannot_be_hidden():
    counted, _ = made(elections())
    found = deepcopy(bulletin(counted, inspection=True))
    assert check(found) and found["items"][0]["election"]["outcome"] == "lots_needed"
    found["items"][0]["election"] |= {"lots_needed": [], "outcome": "formed"}
    with pytest.raises(Contradiction):
        check(found)


def test_a_tick_for_who_withdrew_counts_for_nobody():
    """The opening keeps it; the count does not know the name."""
    case = elections("choose_up_to_N")
    case["homes"][0]["owners"].append("q0")
    first = case["ballots"][0]
    case["ballots"].append(first | {"id": "bq", "owner": "q0", "at": "2026-03-20T09:00:00+08:00"})
    counted, _ = made(case)
    ticked = deepcopy(case)
    ticked["ballots"][0]["choices"]["w"] = "approve"
    ticked["election"]["candidates"].append("w")
    opened, _ = made(ticked)
    check(bulletin(replace(opened, items=counted.items), inspection=True))


def test_a_receipt_of_a_ballot_that_was_left_out_is_found(vote):
    counted, receipts = vote
    other, _ = made({**one(), "ballots": one()["ballots"][:4]})
    receipt = receipts[-1] | {"register": fingerprint(counted.register)}
    with pytest.raises(Contradiction):
        check(bulletin(other, inspection=False), receipt)
    forged = deepcopy(receipt) | {"index": 0}
    with pytest.raises(Contradiction):
        check(bulletin(counted, inspection=False), forged)
    assert not holds(forged)


def run(*args):
    command = [sys.executable, "-I", str(VERIFIER), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_alone_it_tells_by_its_exit_code(vote, tmp_path):
    counted, receipts = vote
    public, inspected, bad, receipt = (tmp_path / name for name in ("p.zip", "i.zip", "b.zip", "r.json"))
    public.write_bytes(packed(bulletin(counted, inspection=False)))
    inspected.write_bytes(packed(bulletin(counted, inspection=True)))
    receipt.write_text(json.dumps(receipts[2] | {"register": fingerprint(counted.register)}), encoding="utf-8")
    tampered = bulletin(counted, inspection=False)
    tampered["leaves"][0]["ballot"] = "x"
    bad.write_bytes(packed(tampered))
    done = run(public, "--receipt", receipt)
    assert done.returncode == 0 and "no sum could be recomputed" in done.stdout and done.stdout.endswith("HOLDS\n")
    assert "every sum recomputed" in run(inspected).stdout
    assert run(bad).returncode == 1 and run(tmp_path / "none.zip").returncode == 2 and run().returncode == 2
    (tmp_path / "junk.zip").write_bytes(b"junk")
    assert run(tmp_path / "junk.zip").returncode == 2
    assert packed(bulletin(counted, inspection=False)) == public.read_bytes()


def test_a_damaged_download_is_unreadable_or_contradicted(vote, tmp_path, capsys):
    data = packed(bulletin(vote[0], inspection=False))
    for at in range(30, len(data), 131):
        bad = bytearray(data)
        bad[at] ^= 0xFF
        (tmp_path / "x.zip").write_bytes(bad)
        assert verifier.main([str(tmp_path / "x.zip")]) in {0, 1, 2}, (
            at
        )  # 0: the byte is in another file of the archive
    assert capsys.readouterr().err.count("unreadable") > 9


def test_it_checks_signatures_as_rfc_8032_does():
    """The second test vector of section 7.1, and the same with one bit changed."""
    key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    h = int.from_bytes(verifier.sha512(bytes.fromhex(signature[:64] + key) + b"\x72").digest(), "little") % verifier.Q
    left = verifier.times(int.from_bytes(bytes.fromhex(signature[64:]), "little"), verifier.BASE)
    right = verifier.plus(
        verifier.point(bytes.fromhex(signature[:64])), verifier.times(h, verifier.point(bytes.fromhex(key)))
    )
    assert (left[0] * right[2] - right[0] * left[2]) % verifier.P == 0
    with pytest.raises(Contradiction):
        verifier.point(b"\xff" * 32)
