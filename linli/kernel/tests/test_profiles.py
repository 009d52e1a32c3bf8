from datetime import date

import pytest

from linli.kernel.profiles import DEFAULT, profile, profiles


def test_national_default_comes_first_and_unchecked_last():
    keys = [p.key for p in profiles()]
    assert keys[0] == DEFAULT
    assert set(keys) == {
        DEFAULT,
        "beijing",
        "shanghai",
        "shandong",
        "hangzhou",
        "weifang",
        "qingyuan",
        "hunan",
        "hubei",
        "shanxi",
    }
    assert [p.to_check for p in profiles()] == [False] * 7 + [True] * 3


def test_every_profile_names_its_source_and_date():
    assert all(p.source and p.name and isinstance(p.date, date) for p in profiles())


def test_profile_falls_back_to_the_national_default_value_by_value():
    assert profile("hangzhou").values["interim_notice_days"] == 7
    assert profile("hangzhou").values["notice_days"] == 15
    assert profile("beijing").values["official_evote_required"] is True


@pytest.mark.parametrize("key", ["nowhere", "../secret", ""])
def test_profile_of_nowhere_is_unknown(key):
    with pytest.raises(KeyError):
        profile(key)
