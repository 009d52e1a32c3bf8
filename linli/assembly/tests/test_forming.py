"""A property management committee announced, its candidates put forward and listed (domain §3.13, M9–M11)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from linli.assembly.models import Backing, Nominee
from linli.assembly.queries import elections as queries
from linli.assembly.services import elections
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.notices.models import Posting
from linli.people.models import Ownership, Post
from linli.people.rules import Role
from linli.places.models import Compound

from .forming import (
    LISTED,
    TICKS,
    UNTIL,
    announced,
    checked,
    listed,
    refused,
    standing,
)


def announce(v, **more) -> str:
    with pytest.raises(Refused) as no:
        announced(v, **more)
    return no.value.refusal.key


# ── announcing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_announcement_is_posted_with_it_and_says_the_rules(v):
    made = announced(v).made
    posting = Posting.objects.get(compound_id=made.compound_id)
    assert (made.state, made.number, made.households, made.most) == ("recommending", 1, 10, 4)
    assert (posting.state, posting.kind, posting.by_body_id) == ("issued", "public_notice", v.secretary.body_id)
    assert "10 户以上联名推荐" in posting.body and "2026年3月31日" in posting.body


@pytest.mark.parametrize(
    ("seats", "owners", "why"), [(8, 5, "even"), (7, 3, "owners"), (3, 3, "size"), (7, 9, "too_many_owners")]
)
def test_announcement_follows_the_vectors_of_composition(v, seats, owners, why):
    assert announce(v, seats=seats, owner_seats=owners) == why


def test_beijing_asks_for_seven(v):
    Compound.objects.filter(pk=v.place.compound.pk).update(profile="beijing")
    v.place.compound.refresh_from_db()
    assert announce(v, seats=5, owner_seats=3) == "size"


def test_recommending_lasts_a_week_at_least(v):
    assert announce(v, until=date(2026, 3, 30)) == "too_short"


def test_where_owners_have_a_committee_or_one_is_being_formed_none_is_begun(v):
    v.place.post(Role.COMMITTEE_CHAIR)
    assert announce(v) == "committee"
    Post.objects.filter(kind=Role.COMMITTEE_CHAIR).update(to_day=date(2026, 3, 1))
    announced(v)
    assert announce(v) == "running"


def test_only_the_community_begins_it_and_sending_twice_begins_one(v):
    for by in (v.worker, v.officer, v.owner(0)):
        with pytest.raises(Refused):
            elections.announce_pmc(
                by=by, compound=v.place.compound, seats=7, owner_seats=4, until=UNTIL, contact="站", at=NOW
            )
    once = uuid4()
    assert announced(v, once=once).made.pk == announced(v, once=once).made.pk
    assert Posting.objects.filter(compound_id=v.place.compound.pk).count() == 1


# ── putting forward ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_ten_households_make_a_joint_recommendation(v):
    announced(v)
    made = v.does(elections.nominate, v.owner(1), NOW, name="业主0", home=v.place.homes[0], why="肯出力")
    for n in range(2, 10):
        v.does(elections.back, v.owner(n), NOW, nominee=made)
    v.does(elections.consent, v.owner(0), NOW, nominee=made, pledge=True)
    checked(v, made)
    for n in range(10, 14):
        standing(v, n)
    v.does(elections.post_list, v.secretary, LISTED)
    made.refresh_from_db()
    assert (made.backings, made.place, made.dropped_why) == (9, None, "联名不够：9 户，要 10 户")


def test_with_the_tenth_on_paper_he_is_listed(v):
    announced(v)
    made = v.does(elections.nominate, v.owner(1), NOW, name="业主0", home=v.place.homes[0], why="肯出力")
    for n in range(2, 11):
        v.does(elections.back, v.worker, NOW, nominee=made, home=v.place.homes[n], name=f"业主{n}")
    v.does(elections.consent, v.owner(0), NOW, nominee=made, pledge=True)
    checked(v, made)
    for n in range(11, 14):
        standing(v, n)
    v.does(elections.post_list, v.secretary, LISTED)
    made.refresh_from_db()
    assert made.backings == 10 and made.place in {1, 2, 3, 4}
    ways = Backing.objects.filter(compound_id=v.made.compound_id).values_list("way", flat=True)
    assert sorted(ways) == ["paper"] * 9 + ["screen"]


def test_a_household_signs_once_for_each_for_as_many_as_there_are_seats_and_never_for_its_own(v):
    announced(v)
    rows = [
        v.does(elections.nominate, v.worker, NOW, name=f"业主{n}", home=v.place.homes[n], why="好") for n in range(6)
    ]
    assert refused(elections.back, v, v.owner(0), nominee=rows[0]) == "own"
    for row in rows[:4]:
        v.does(elections.back, v.owner(9), NOW, nominee=row)
    assert refused(elections.back, v, v.owner(9), nominee=rows[0]) == "signed"
    assert refused(elections.back, v, v.owner(9), nominee=rows[4]) == "backed"
    # the same household on paper, by another of its owners
    assert refused(elections.back, v, v.worker, nominee=rows[0], home=v.place.homes[9], name="业主9") == "signed"


def test_whom_the_register_does_not_know_is_not_put_forward_and_does_not_sign(v):
    announced(v)
    home = v.place.homes[0]
    assert refused(elections.nominate, v, v.worker, name="李四", home=home, why="好") == "not_owner"
    assert refused(elections.nominate, v, v.worker, name="业主0", home=None, why="好") == "not_owner"
    made = v.does(elections.nominate, v.worker, NOW, name="业主0", home=home, why="好")
    assert refused(elections.back, v, v.worker, nominee=made, home=v.place.homes[3], name="业主4") == "not_owner"
    assert refused(elections.nominate, v, v.worker, name="业主0", home=home, why="好") == "nominated"
    Ownership.objects.filter(compound_id=home.compound_id, person=v.persons[5]).update(to_day=date(2026, 1, 1))
    assert refused(elections.stand, v, v.owner(5), why="好", pledge=True) == "not_owner"


def test_owner_recommends_jointly_the_community_also_for_the_party(v):
    announced(v)
    said = {"name": "业主0", "home": v.place.homes[0], "why": "好"}
    assert refused(elections.nominate, v, v.owner(1), **said, way="party") == "way"
    made = v.does(elections.nominate, v.worker, NOW, **said, way="party")
    assert refused(elections.back, v, v.owner(1), nominee=made) == "not_joint"


def test_nobody_consents_for_another_and_a_paper_needs_a_number(v):
    announced(v)
    made = v.does(elections.nominate, v.worker, NOW, name="业主0", home=v.place.homes[0], why="好")
    assert refused(elections.consent, v, v.owner(1), nominee=made, pledge=True) == "not_yours"
    assert refused(elections.consent, v, v.owner(0), nominee=made, pledge=False) == "no_pledge"
    assert refused(elections.consent, v, v.worker, nominee=made, pledge=True) == "no_phone"
    made = v.does(elections.consent, v.worker, NOW, nominee=made, pledge=True, phone="13812345678")
    assert (made.consent_way, made.phone) == ("paper", "13812345678")


def test_the_list_waits_for_its_day_its_checks_and_enough_names(v):
    announced(v)
    rows = [standing(v, n) for n in range(3)]
    half = v.does(elections.stand, v.owner(3), NOW, why="好", pledge=True)
    assert refused(elections.post_list, v, v.secretary, at=NOW + timedelta(days=7)) == "recommending"
    assert refused(elections.post_list, v, v.secretary, at=LISTED) == "unchecked"
    checked(v, half, holds=False, but=["owner"])
    assert refused(elections.post_list, v, v.secretary, at=LISTED) == "too_few"
    assert refused(elections.post_list, v, v.worker, at=LISTED) == "not_yours"
    assert [row.place for row in rows] == [None] * 3


def test_a_condition_looked_at_again_is_a_new_row_and_the_last_holds(v):
    announced(v)
    rows = [standing(v, n) for n in range(5)]
    v.does(elections.check, v.worker, NOW, nominee=rows[0], key="no_default", holds=False, evidence="查到被执行记录")
    v.does(elections.post_list, v.secretary, LISTED)
    rows[0].refresh_from_db()
    assert (rows[0].place, rows[0].dropped_why) == (None, "不符合条件：不是失信被执行人")
    assert (
        refused(elections.check, v, v.worker, nominee=rows[1], key="age", holds=True, evidence="看了")
        == "no_such_check"
    )


def test_nobody_looks_at_his_own_conditions(v):
    announced(v)
    made = standing(v, 0)
    Nominee.objects.filter(compound_id=made.compound_id).update(account_id=v.worker.account_id)
    assert refused(elections.check, v, v.worker, nominee=made, key="owner", holds=True, evidence="看") == "own_check"


def test_places_follow_the_strokes_of_surnames_and_the_page_says_so(v):
    from linli.assembly.rules.elections.nominees import fingerprint
    from linli.kernel.strokes import is_ordered

    made = listed(v).made
    rows = queries.listed(made)
    names = sorted((row.name, row.home_label) for row in rows)
    assert made.fingerprint == fingerprint(names)
    assert is_ordered([row.name for row in rows]) and [row.place for row in rows] == list(range(1, len(rows) + 1))


def test_a_changed_list_is_posted_anew_with_new_days(v):
    made = listed(v, stand=6).made
    before = made.fingerprint
    gone = queries.listed(made)[0]
    v.does(elections.drop, v.worker, LISTED, nominee=gone, reason="他改了主意")
    made = v.does(elections.post_list, v.secretary, LISTED + timedelta(days=2))
    assert made.fingerprint != before and made.list_until == date(2026, 4, 10)
    assert [row.place for row in queries.listed(made)] == [1, 2, 3, 4, 5]
    assert Posting.objects.filter(compound_id=made.compound_id).count() == 3


def test_ticks_do_not_begin_before_objections_are_over_and_answered(v):
    listed(v)
    row = v.does(elections.object_to, v.owner(9), LISTED, words="业主0家里有违建")
    assert refused(elections.start_ticks, v, v.secretary, at=LISTED + timedelta(days=7)) == "listed"
    assert refused(elections.start_ticks, v, v.secretary, at=TICKS) == "objections"
    v.does(elections.answer, v.secretary, TICKS, objection=row, upheld=False, words="看过现场，没有违建")
    v.does(elections.start_ticks, v.secretary, TICKS)
