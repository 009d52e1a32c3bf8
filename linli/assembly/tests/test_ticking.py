"""From door to door with numbered forms, and their count (domain §3.13): services and the tables behind them."""

import pytest
import time_machine

from linli.assembly.models import Nominee, TickForm, TickReading, TickResult
from linli.assembly.queries import elections as queries
from linli.assembly.queries import offices
from linli.assembly.queries.tick_pages import ticks_of
from linli.assembly.services import elections
from linli.people.rules import Role
from linli.places.models import Home
from linli.plumbing.models import AuditEntry

from .forming import CARRIERS, COUNTED, TICKS, counted, form, place_of, read_twice, refused, returned, ticking
from .test_election_pages import get, post, text


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
    v.does(elections.settle, v.worker, COUNTED, form=form(v, 1), ticks=[1, 2])
    assert refused(elections.settle, v, v.worker, COUNTED, form=form(v, 1), ticks=[1, 2]) == "same"
    assert queries.differing(v.made, v.worker.account_id) == []
    v.does(elections.settle, v.secretary, COUNTED, form=form(v, 1), ticks=[1, 3])
    assert queries.to_read(v.made) == (0, 1) and len(queries.differing(v.made, v.worker.account_id)) == 1
    v.does(elections.settle, v.worker, COUNTED, form=form(v, 1), ticks=[1, 3])
    assert refused(elections.settle, v, v.worker, COUNTED, form=form(v, 1), ticks=[1]) == "settled"
    result = v.does(elections.count, v.secretary, COUNTED)
    assert [place for place, homes, _ in result.found["ranking"] if homes] == [1, 3]


@pytest.mark.parametrize(("to", "back"), [("absent", 1), ("refused", 1)])
def test_a_form_marked_wrongly_is_put_right_by_two(v, to, back):
    ticking(v)
    returned(v, [1, 2])
    assert refused(elections.carry, v, v.worker, TICKS, numbers=[2], state=to, first="甲", second="甲") == "one_carrier"
    assert refused(elections.correct, v, v.worker, TICKS, form=form(v, 3), state=to, reason="写错") == "open"
    assert refused(elections.correct, v, v.owner(0), TICKS, form=form(v, 2), state=to, reason="写错") == "not_yours"
    v.does(elections.close_ticks, v.secretary, COUNTED)
    assert refused(elections.agree_form, v, v.worker, COUNTED, form=form(v, 2), state=to) == "not_put"
    v.does(elections.correct, v.worker, COUNTED, form=form(v, 2), state=to, reason="看错了号")
    assert form(v, 2).state == "returned"
    assert refused(elections.agree_form, v, v.worker, COUNTED, form=form(v, 2), state=to) == "same"
    v.does(elections.agree_form, v.secretary, COUNTED, form=form(v, 2), state=to)
    assert (form(v, 2).state, v.made.forms_back, queries.to_read(v.made)) == (to, back, (1, 0))
    entry = AuditEntry.objects.get(compound_id=v.made.compound_id, act="formation_agree", subject_id=v.made.pk)
    assert entry.words == "看错了号" and entry.data == {"form": 2, "was": "returned", "now": to, "agrees": True}


@time_machine.travel(TICKS, tick=False)
def test_a_refusal_that_was_none_is_put_right_on_the_page(v):
    ticking(v)
    v.does(elections.carry, v.worker, TICKS, numbers=[1], state="refused", **CARRIERS)
    assert "记错了" in text(get(v, v.worker, "election-forms", 1))
    assert get(v, v.owner(0), "election-form", 1, 1, "correct").status_code == 404
    assert get(v, v.officer, "election-form", 1, 1, "correct").status_code == 404
    said = {"state": "returned", "reason": "记成了隔壁"}
    assert "等另一位确认" in text(post(v, v.worker, "election-form", 1, 1, "correct", **said))
    assert "记成了隔壁" in text(get(v, v.secretary, "election-form", 1, 1, "agree"))
    assert "撤回更正" in text(get(v, v.worker, "election-forms", 1))
    assert post(v, v.secretary, "election-form", 1, 1, "agree", state="absent", agrees="yes").status_code == 422
    assert "记下了" in text(post(v, v.secretary, "election-form", 1, 1, "agree", state="returned", agrees="yes"))
    assert (form(v, 1).state, v.made.forms_back) == ("returned", 1)


def in_count(v):
    """Two forms, both in; who has not read them stands by."""
    ticking(v)
    returned(v, [1, 2])
    v.does(elections.close_ticks, v.secretary, COUNTED)
    read_twice(v, {1: [1], 2: [2]})
    return v.place.post(Role.COMMUNITY_WORKER), v.place.post(Role.COMMUNITY_WORKER)


REFUSED = {"state": "refused", "reason": "记错"}


def test_what_one_agreed_to_is_not_swapped_and_no_count_passes_over_it(v):
    one, other = in_count(v)
    v.does(elections.correct, one, COUNTED, form=form(v, 2), **REFUSED)
    assert refused(elections.correct, v, one, COUNTED, form=form(v, 2), state="absent", reason="别的") == "put"
    assert refused(elections.count, v, v.secretary, COUNTED) == "pending"
    assert refused(elections.agree_form, v, other, COUNTED, form=form(v, 2), state="absent") == "changed"
    v.does(elections.agree_form, one, COUNTED, form=form(v, 2), state="refused", agrees=False)
    assert (form(v, 2).state, form(v, 2).right_at, form(v, 2).corrected) == ("returned", None, [])
    assert v.does(elections.count, v.secretary, COUNTED).found["corrected"] == []


def test_who_stands_or_has_read_a_form_does_not_throw_it_out(v):
    one, other = in_count(v)
    stands = Nominee.objects.filter(compound_id=v.made.compound_id, person=v.persons[0])
    for by in (v.worker, v.secretary):
        assert refused(elections.correct, v, by, COUNTED, form=form(v, 2), **REFUSED) == "has_read"
    stands.update(account_id=one.account_id)
    assert refused(elections.correct, v, one, COUNTED, form=form(v, 2), **REFUSED) == "stands"
    v.does(elections.correct, other, COUNTED, form=form(v, 2), **REFUSED)
    assert refused(elections.agree_form, v, one, COUNTED, form=form(v, 2), state="refused") == "stands"
    assert refused(elections.agree_form, v, v.worker, COUNTED, form=form(v, 2), state="refused") == "has_read"
    with time_machine.travel(COUNTED, tick=False):
        for by, sees in ((one, False), (v.worker, False), (other, True)):
            assert ("撤回更正" in text(get(v, by, "election-forms", 1))) is sees


@time_machine.travel(COUNTED, tick=False)
def test_what_was_put_right_is_told_with_the_result(v):
    one, other = in_count(v)
    v.does(elections.correct, one, COUNTED, form=form(v, 2), **REFUSED)
    v.does(elections.agree_form, other, COUNTED, form=form(v, 2), state="refused")
    v.does(elections.count, v.secretary, COUNTED)
    assert "第2号，收回了→不填：记错" in text(get(v, v.owner(9), "election", 1))


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
    assert offices.tied(v.made, queries.last_result(v.made)) == []


def test_tick_count_vector_equal_areas_go_to_lots_with_two_witnesses(v):
    made = vector(v, (0, 0)).made
    tied = offices.tied(made, queries.last_result(made))
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
