from datetime import date

import pytest

from linli.kernel.profiles import DEFAULT, FOLDER, profile, profiles
from linli.kernel.profiles.keeping import keep, wrong_with


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


OWN = """name = "临城"
source = "临城街道 2027 年业主大会办法第五条"
date = 2027-01-01

[values]
phone_entry = true
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    profiles.cache_clear()
    yield tmp_path
    profiles.cache_clear()
    profile.cache_clear()


def test_an_installation_keeps_a_place_of_its_own(own):
    made = keep("lincheng_2027", OWN)
    assert made.values["phone_entry"] is True and made.values["notice_days"] == 15
    assert (made.cite("phone_entry"), made.cite("notice_days")) == (made.source, profile(DEFAULT).cite("notice_days"))
    assert "lincheng_2027" in {one.key for one in profiles()}
    with pytest.raises(ValueError, match="already"):
        keep("lincheng_2027", OWN)


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("../x", OWN, "lower case"), ("beijing", OWN, "already"), ("lin", "name =", "value"), ("lin", OWN.replace("临城", "", 1), "name"),
        ("lin", OWN.replace("2027-01-01", '"2027"'), "date"), ("lin", OWN.replace("phone_entry", "phone_entries"), "not known"),
        ("lin", OWN.replace("= true", "= 1"), "written like"), ("lin", OWN + "notice_days = -1", "written like"),
        ("lin", OWN + 'convening_basis = "all"', "one of"), ("lin", OWN + 'candidate_checks = ["rich"]', "rich"), ("lin", OWN.split("[values]")[0], "values"),
        ("lin", OWN + "notice_days = 0", "at least 1"), ("lin", OWN + "convening_share_percent = 101", "at most 100"),
        ("lin", OWN + "committee_size_min = 13", "not be above committee_size_max"), ("lin", OWN + "voting_days_max = 7", "not be above"),
    ],
)  # fmt: skip
def test_what_is_no_profile_is_refused_with_its_place(own, key, text, said):
    assert said in wrong_with(key, text)
    with pytest.raises(ValueError, match=said):
        keep(key, text)
    assert not list(own.rglob("*.toml"))


def test_no_upper_limit_is_written_as_nothing(own):
    assert not wrong_with("lin", OWN + "committee_size_min = 13\ncommittee_size_max = 0")


@pytest.mark.parametrize("one", profiles(), ids=lambda one: one.key)
def test_every_shipped_file_would_be_taken_in(one):
    assert not wrong_with(f"{one.key}_2", (FOLDER / f"{one.key}.toml").read_text(encoding="utf-8")) or not one.own
