"""A property management committee by its five steps (domain §3.13, M9–M11): services and the tables behind them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from linli.assembly.models import Backing, Formation, Nominee, TickForm, TickReading, TickResult
from linli.assembly.queries import elections as queries
from linli.assembly.queries.tick_pages import ticks_of
from linli.assembly.services import elections
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.notices.models import Posting
from linli.people.models import Organisation, Ownership, Post
from linli.people.rules import Body, Role
from linli.places.models import Compound, Home

from .forming import (
    CARRIERS,
    COUNTED,
    ENDS,
    LISTED,
    TICKS,
    UNTIL,
    announced,
    checked,
    counted,
    form,
    listed,
    noticed,
    place_of,
    returned,
    seated,
    standing,
    ticking,
    village,
)


@pytest.fixture
def v(db):
    return village()


def refused(verb, v, by, at=NOW, **more) -> str:
    with pytest.raises(Refused) as no:
        v.does(verb, by, at, **more)
    return no.value.refusal.key


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


def test_places_are_drawn_from_the_list_itself_and_anybody_can_draw_them_again(v):
    from linli.assembly.rules.elections.nominees import drawn_order, fingerprint

    made = listed(v).made
    rows = queries.listed(made)
    names = sorted((row.name, row.home_label) for row in rows)
    assert made.fingerprint == fingerprint(names)
    assert [names[n] for n in drawn_order(names)] == [(row.name, row.home_label) for row in rows]


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


# ── from door to door ───────────────────────────────────────────────────────────────────────────────────────────────


def test_each_home_has_one_numbered_form_and_parking_spaces_none(v):
    Home.objects.filter(compound_id=v.place.compound.pk, pk=v.place.homes[5].pk).update(kind="parking_space")
    ticking(v)
    rows = list(TickForm.objects.filter(compound_id=v.made.compound_id).order_by("number"))
    assert [row.number for row in rows] == list(range(1, 40)) and v.made.homes == 39
    assert len({row.home_id for row in rows}) == 39


def test_two_carriers_neither_a_candidate(v):
    ticking(v)
    said = {"numbers": [1], "state": "out"}
    assert refused(elections.carry, v, v.worker, TICKS, **said, first="周一平", second="周一平") == "one_carrier"
    assert refused(elections.carry, v, v.worker, TICKS, **said, first="周一平", second="业主0") == "carrier_stands"
    assert refused(elections.carry, v, v.owner(0), TICKS, **said, **CARRIERS) == "not_yours"


def test_what_came_back_stays_back(v):
    ticking(v)
    returned(v, [1, 2])
    assert v.does(elections.carry, v.worker, TICKS, numbers=[1, 3], state="refused", **CARRIERS) == 1
    assert [form(v, n).state for n in (1, 2, 3, 4)] == ["returned", "returned", "refused", "printed"]
    assert v.made.forms_back == 2


def test_two_people_read_each_form_and_no_row_says_a_tick(v):
    ticking(v)
    returned(v, [1])
    v.does(elections.close_ticks, v.secretary, COUNTED)
    one = form(v, 1)
    assert v.does(elections.read, v.worker, COUNTED, form=one, ticks=[1, 2]).ticks is None
    assert refused(elections.read, v, v.worker, COUNTED, form=one, ticks=[1, 2]) == "same_clerk"
    assert refused(elections.count, v, v.secretary, COUNTED) == "unread"
    v.does(elections.read, v.secretary, COUNTED, form=one, ticks=[2, 1])
    third = v.place.post(Role.COMMUNITY_WORKER)
    assert refused(elections.read, v, third, COUNTED, form=one, ticks=[1]) == "read_twice"
    raw = bytes(TickReading.objects.filter(compound_id=v.made.compound_id).values_list("ticks", flat=True)[0])
    assert b"[1, 2]" not in raw and ticks_of(raw) == [1, 2]


def test_differences_stop_the_count_until_they_are_settled(v):
    ticking(v)
    returned(v, [1])
    v.does(elections.close_ticks, v.secretary, COUNTED)
    v.does(elections.read, v.worker, COUNTED, form=form(v, 1), ticks=[1, 2])
    v.does(elections.read, v.secretary, COUNTED, form=form(v, 1), ticks=[1, 3])
    assert refused(elections.count, v, v.secretary, COUNTED) == "differing"
    assert [row.number for row in queries.differing(v.made)] == [1]
    v.does(elections.settle, v.worker, COUNTED, form=form(v, 1), ticks=[1, 3])
    assert refused(elections.settle, v, v.worker, COUNTED, form=form(v, 1), ticks=[1]) == "settled"
    result = v.does(elections.count, v.secretary, COUNTED)
    assert [place for place, homes, _ in result.found["ranking"] if homes] == [1, 3]


def test_a_candidate_reads_no_forms(v):
    ticking(v)
    returned(v, [1])
    v.does(elections.close_ticks, v.secretary, COUNTED)
    Nominee.objects.filter(compound_id=v.made.compound_id, person=v.persons[0]).update(account_id=v.worker.account_id)
    assert refused(elections.read, v, v.worker, COUNTED, form=form(v, 1), ticks=[1]) == "stands"


def test_forms_in_hand_late_or_never_back_are_not_read(v):
    ticking(v)
    assert refused(elections.close_ticks, v, v.secretary, COUNTED) == "none_back"
    returned(v, [1])
    v.does(elections.close_ticks, v.secretary, COUNTED)
    assert refused(elections.read, v, v.worker, COUNTED, form=form(v, 2), ticks=[1]) == "not_back"
    assert refused(elections.carry, v, v.worker, COUNTED, numbers=[2], state="returned", **CARRIERS) == "wrong_state"


def vector(v, areas: tuple[int, int]):
    """Domain §3.15: forty homes, up to seven of nine; the last two places tie at fourteen homes."""
    ticking(v, stand=9, seats=7, owner_seats=7)
    TickForm.objects.filter(compound_id=v.made.compound_id).update(area=9000)
    order = {home.pk: n for n, home in enumerate(v.place.homes)}
    number = {order[row.home_id]: row.number for row in queries.forms_in(v.made, None)}
    ticks: dict[int, list[int]] = {number[n]: [] for n in range(30)}
    for candidate, votes in enumerate((30, 28, 26, 24, 22, 20)):
        for n in range(votes):
            ticks[number[n]].append(candidate)
    for n in range(14):
        ticks[number[n]].append(6)
        ticks[number[29 - n]].append(7)
    TickForm.objects.filter(compound_id=v.made.compound_id, number=number[0]).update(area=9000 + areas[0])
    TickForm.objects.filter(compound_id=v.made.compound_id, number=number[29]).update(area=9000 + areas[1])
    ticks[number[30]] = list(range(8))
    return counted(v, ticks)


def test_tick_count_vector_a_tie_goes_to_the_greater_area(v):
    found = queries.last_result(vector(v, (0, 1550)).made).found
    assert (found["returned"], found["homes"], found["valid"], found["low_reach"]) == (31, 40, 30, False)
    assert len(found["invalid"]) == 1
    ranking = {place: (n, homes) for n, (place, homes, _area) in enumerate(found["ranking"], 1)}
    assert ranking[place_of(v, 7)] == (7, 14) and ranking[place_of(v, 6)] == (8, 14)
    assert queries.tied(v.made, queries.last_result(v.made)) == []


def test_tick_count_vector_equal_areas_go_to_lots_with_two_witnesses(v):
    made = vector(v, (0, 0)).made
    tied = queries.tied(made, queries.last_result(made))
    assert sorted(tied) == sorted([place_of(v, 6), place_of(v, 7)])
    assert refused(elections.confirm, v, v.officer, COUNTED, chair=None) == "tied"
    order = [place_of(v, 7), place_of(v, 6)]
    said = {"how": "当众抽纸条", "witnesses": ["甲", "乙"]}
    assert refused(elections.draw, v, v.secretary, COUNTED, order=order[:1], **said) == "order"
    assert refused(elections.draw, v, v.secretary, COUNTED, order=order, how="抽", witnesses=["甲"]) == "witnesses"
    v.does(elections.draw, v.secretary, COUNTED, order=order, **said)
    last = queries.last_result(v.made)
    assert last.turn == 2 and [place for place, _, _ in last.found["ranking"]][6:8] == order
    assert TickResult.objects.filter(compound_id=made.compound_id).count() == 2
    assert refused(elections.draw, v, v.secretary, COUNTED, order=order, **said) == "no_tie"


def test_fewer_forms_than_half_of_the_homes_are_a_warning(v):
    ticking(v)
    counted(v, {n: [0] for n in range(1, 20)})
    assert queries.last_result(v.made).found["low_reach"] is True


# ── who sits ────────────────────────────────────────────────────────────────────────────────────────────────────────

TICKED = {1: [0, 1, 2, 3], 2: [0, 1, 2, 3], 3: [0, 1, 2, 4]}


def test_posts_with_a_term_come_of_it_and_the_seal_is_recorded(v):
    counted(ticking(v), TICKED | {4: [3]})
    noticed(v)
    assert refused(elections.establish, v, v.officer, COUNTED + timedelta(days=7)) == "noticed"
    v.does(elections.establish, v.officer, ENDS)
    made = v.does(elections.file, v.officer, ENDS, filing_no="街备〔2026〕3 号", seal="公章一枚，居委会保管")
    body = Organisation.objects.get(compound=v.place.compound, kind=Body.PMC)
    posts = Post.objects.filter(organisation=body)
    assert made.state == "filed" and made.made_id == body.pk and made.term_to == date(2029, 4, 20)
    assert sorted(posts.values_list("kind", flat=True)) == ["pmc_chair"] + ["pmc_member"] * 6
    assert set(posts.values_list("from_day", "to_day")) == {(date(2026, 4, 21), date(2029, 4, 20))}
    assert {row.account_id for row in posts} >= {v.owner(n).account_id for n in range(4)}


def test_only_the_subdistrict_confirms_and_the_ranking_decides(v):
    seated(counted(ticking(v), TICKED | {4: [3]}))
    chair = queries.seats(v.made)[0].pk
    for by in (v.secretary, v.worker, v.owner(0)):
        assert refused(elections.confirm, v, by, COUNTED, chair=chair) == "not_yours"
    v.does(elections.confirm, v.officer, COUNTED, chair=chair)
    owners = [row.name for row in queries.sitting(queries.seats(v.made)) if row.nominee_id]
    assert sorted(owners) == ["业主0", "业主1", "业主2", "业主3"]


def test_whom_the_subdistrict_passes_over_is_named_with_the_reason_and_the_next_sits(v):
    counted(ticking(v), TICKED | {4: [3]})
    first = Nominee.objects.get(compound_id=v.made.compound_id, person=v.persons[0])
    v.does(elections.pass_over, v.officer, COUNTED, nominee=first, reason="上月搬走，不常住")
    noticed(v)
    owners = {row.name for row in queries.sitting(queries.seats(v.made)) if row.nominee_id}
    assert owners == {"业主1", "业主2", "业主3", "业主4"}
    assert (
        "业主0得票在前，没有确认：上月搬走" in Posting.objects.filter(compound_id=v.made.compound_id).latest("id").body
    )


def test_composition_is_held_at_confirming(v):
    counted(ticking(v), TICKED | {4: [3]})
    assert refused(elections.confirm, v, v.officer, COUNTED, chair=None) == "members"
    seated(v)
    assert refused(elections.confirm, v, v.officer, COUNTED, chair=None) == "no_chair"
    more = {"name": "多一个", "phone": "13812345699", "capacity": "other"}
    assert refused(elections.add_seat, v, v.officer, COUNTED, **more) == "seats"


def test_beijing_wants_a_chair_of_the_residents_committee(v):
    counted(ticking(v), TICKED | {4: [3]})
    Formation.objects.filter(compound_id=v.made.compound_id).update(profile="beijing")
    seated(v)
    ours, theirs = queries.seats(v.made)[:2]
    assert refused(elections.confirm, v, v.officer, COUNTED, chair=theirs.pk) == "chair_from"
    v.does(elections.confirm, v.officer, COUNTED, chair=ours.pk)


def test_an_objection_that_was_right_sends_the_names_back(v):
    noticed(counted(ticking(v), TICKED | {4: [3]}))
    row = v.does(elections.object_to, v.owner(20), COUNTED, words="业主0不是本人签的字")
    assert refused(elections.establish, v, v.officer, ENDS) == "objections"
    v.does(elections.answer, v.officer, ENDS, objection=row, upheld=True, words="核过了，属实")
    v.does(elections.take_back, v.officer, ENDS, reason="异议属实，重新确认")
    first = Nominee.objects.get(compound_id=v.made.compound_id, person=v.persons[0])
    v.does(elections.pass_over, v.officer, ENDS, nominee=first, reason="异议属实")
    v.does(elections.confirm, v.officer, ENDS, chair=queries.seats(v.made)[0].pk)
    owners = {row.name for row in queries.sitting(queries.seats(v.made)) if row.nominee_id}
    assert owners == {"业主1", "业主2", "业主3", "业主4"} and v.made.noticed_at is None


def test_given_up_with_a_reason_another_may_begin(v):
    announced(v)
    v.does(elections.cancel, v.secretary, NOW, reason="先补业主名册")
    assert (
        v.made.reason == "先补业主名册"
        and refused(elections.stand, v, v.owner(0), why="好", pledge=True) == "wrong_state"
    )
    assert announced(v).made.number == 2


def test_each_step_sent_twice_is_done_once(v):
    announced(v)
    said = {"why": "好", "pledge": True, "once": uuid4()}
    assert v.does(elections.stand, v.owner(0), NOW, **said).pk == v.does(elections.stand, v.owner(0), NOW, **said).pk
    once = uuid4()
    made = v.does(elections.nominate, v.worker, NOW, name="业主1", home=v.place.homes[1], why="好")
    for _ in range(2):
        row = v.does(elections.back, v.owner(2), NOW, nominee=made, once=once)
    assert row.backings == 1


def test_people_of_another_compound_have_no_part(v):
    announced(v)
    other = village(slug="there", homes=4)
    for by in (other.secretary, other.worker, other.owner(0)):
        assert refused(elections.cancel, v, by, reason="不") == "not_yours"
