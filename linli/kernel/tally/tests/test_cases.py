"""Every worked example of domain §3.15, as the count and as the sheet."""

import pytest

from linli.kernel.tally.case import case_of
from linli.kernel.tally.count import count
from linli.kernel.tally.sheet import RESULTS, explain

from .examples import area, examples

EXAMPLES = list(examples())
WEIGHTS = ("total", "participating", "approve", "against", "abstain", "invalid")


@pytest.mark.parametrize(("name", "given", "expect"), EXAMPLES, ids=[name for name, _, _ in EXAMPLES])
def test_example(name, given, expect):
    counted = count(case_of(given))
    found = counted.as_dict()
    for key, value in expect.items():
        if key in WEIGHTS:
            assert found[key] == {"area": area(value["area"]), "persons": value["persons"]}, key
        elif key in {"outcome", "elected", "alternates"}:
            assert found["election"][key] == value, key
        elif key == "notes":
            assert set(value) <= {note["code"] for note in found["notes"]}, found["notes"]
        else:
            assert found[key] == value, key
    sheet = explain(counted)
    assert given.get("election") or f"结果：{RESULTS[counted.result]}" in sheet
    assert "民法典第二百七十八条第二款" in sheet


def test_every_vector_of_the_domain_is_here():
    names = {name.split(".")[0] for name, _, _ in EXAMPLES}
    wanted = {f"V{n:02d}" for n in range(1, 24)} - {"V09", "V10"}
    assert wanted | {"V09a", "V09b", "V10a", "V10b", "V15b", "E1", "E1b", "R1"} <= names
