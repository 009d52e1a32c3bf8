"""What entries of money add up to, and which do not hold together."""

import pytest

from linli.matters.rules import funding as rules

MONEY = [
    ([("decided", 20_000_00, "partly"), ("released", 20_000_00, ""), ("receipt", 19_000_00, "")], ""),
    ([("decided", 60_000_00, "granted")], "more_than_asked"),
    ([("decided", 20_000_00, "partly"), ("released", 20_000_01, "")], "more_than_granted"),
    ([("released", 1, "")], "more_than_granted"),
    ([("decided", None, "refused"), ("released", 1, "")], "more_than_granted"),
    ([("decided", 10, "granted"), ("released", 10, ""), ("receipt", 11, "")], "more_than_released"),
    ([("decided", 10, "granted"), ("accepted", None, "")], "no_money_yet"),
    ([("decided", 10, "")], "no_decision"),
    ([("decided", 0, "granted")], "no_amount"),
    ([("sent", None, ""), ("got", None, "")], ""),
]


@pytest.mark.parametrize(("entries", "key"), MONEY)
def test_money_holds_together(entries, key):
    no = rules.unsound(rules.add_up(50_000_00, entries), entries[-1][0])
    assert (no[1].key if no else "") == key
