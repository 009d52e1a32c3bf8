from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.tests.refusing import refused
from linli.matters.models import Matter
from linli.matters.tests import makers as others
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Assistance, Binding, Person
from linli.people.rules import Role
from linli.people.services import end_binding
from linli.plumbing.acts import CLOCK
from linli.plumbing.models import AuditEntry
from linli.volunteers import services, tasks
from linli.volunteers.access import call_for, parts_in
from linli.volunteers.models import Call, Claim
from linli.volunteers.queries.recount import wrong_counts
from linli.volunteers.rules import State, Who

from .makers import counts, shout, told


def acts(call) -> list[str]:
    rows = AuditEntry.objects.filter(compound_id=call.compound_id, subject_id=call.pk).order_by("at", "id")
    return list(rows.values_list("act", flat=True))


# ── shouting ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_call_has_a_number_a_deadline_and_the_callers_building(place, caller):
    call = shout(place, caller)
    assert (call.number, call.state, call.due_at, call.building) == (1, "open", at(24, 20), place.home.building)
    assert (acts(call), counts(place)) == (["shout"], {"call:open": 1, "call:month:2026-03:raised": 1})


def test_same_submit_gives_the_first_call_again(place, caller):
    once = uuid4()
    assert shout(place, caller, once=once).pk == shout(place, caller, once=once).pk
    assert Call.objects.filter(compound_id=place.compound.pk).count() == 1


@pytest.mark.parametrize(
    ("change", "key"),
    [({"words": " "}, "no_words"), ({"words": "米" * 301}, "too_long"), ({"kind": "x"}, "kind"), ({"window": "x"}, "window"),
     ({"risks": ["x"]}, "risk")],
)  # fmt: skip
def test_call_that_says_too_little_is_refused(place, caller, change, key):
    given = {"words": "搬米", "kind": "carry", "window": "today", **change}
    assert refused(services.shout, by=caller, compound=place.compound, at=NOW, **given) == key


@pytest.mark.parametrize(
    ("words", "risks", "harmless", "becomes"),
    [
        ("灯泡坏了，帮我换", ["height"], False, "matter"),
        ("灯泡坏了，帮我换", ["height"], True, "matter"),
        ("插座冒火花", [], False, "matter"),
        ("插座旁边的柜子帮我挪一下", [], True, "call"),
    ],
)
def test_what_no_neighbour_should_do_goes_to_the_property_company(place, caller, words, risks, harmless, becomes):
    got = services.shout(
        by=caller, compound=place.compound, words=words, kind="repair", window="today", risks=risks, harmless=harmless, at=NOW
    )  # fmt: skip
    assert (got.matter is not None, got.call is not None) == (becomes == "matter", becomes == "call")
    if got.matter:
        assert (got.matter.home, got.matter.words, got.matter.source) == (place.home, words, "resident_online")
        assert not Call.objects.filter(compound_id=place.compound.pk).exists()


def assisting(place, worker, person):
    row = Assistance.objects.create(
        compound=place.compound, account_id=worker.account_id, post_id=worker.role_id, person=person, home=place.home, purpose="搬米",
        channel="phone", started_at=NOW, ends_at=NOW + timedelta(minutes=30),
    )  # fmt: skip
    from linli.people.access import assisted

    found = assisted(worker, str(row.pk), place.compound, NOW)
    assert found is not None
    return found.actor


def test_worker_shouts_for_somebody_without_a_phone_inside_a_session_alone(place, volunteer):
    worker = place.post(Role.COMMUNITY_WORKER)
    assert refused(shout, place=place, by=worker) == "for_whom"
    person = Person.objects.create(compound=place.compound, name="王奶奶", no_phone=True)
    acting = assisting(place, worker, person)
    call = shout(place, acting)
    assert (call.caller_person, call.caller_account, call.home, call.raised_role) == (
        person,
        None,
        place.home,
        "community_worker",
    )
    assert parts_in(call, acting) == {Who.CALLER, Who.WATCHER}
    assert parts_in(call, worker) == {Who.WATCHER}
    services.claim(by=volunteer, call=call, at=NOW)
    assert Message.objects.get(compound_id=place.compound.pk, person=person, kind="claim").channel == "visit"


@pytest.fixture(autouse=True)
def _counted_as_it_was(place):
    """Whatever happened to calls, the kept counts are what counting anew gives."""
    yield
    assert wrong_counts(place.compound.pk) == {}


# ── claiming ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_claim_keeps_how_long_it_took_and_tells_the_caller(place, caller, volunteer):
    call = shout(place, caller)
    call = services.claim(by=volunteer, call=call, at=at(24, 10, 25))
    assert (call.state, call.first_claimed_at, told(place, caller)) == ("claimed", at(24, 10, 25), ["claim"])
    month = "call:month:2026-03:"
    assert counts(place) == {"call:claimed": 1, f"{month}raised": 1, f"{month}claimed": 1, f"{month}wait_minutes": 25}


def test_second_claim_is_refused_and_may_join(place, caller, volunteer, captain):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    assert refused(services.claim, by=captain, call=call, at=NOW) == "taken"
    services.join(by=captain, call=call, at=NOW)
    rows = Claim.objects.filter(compound_id=place.compound.pk).order_by("id").values_list("kind", "name")
    assert list(rows) == [("claimer", "陈*"), ("helper", "孙*")]
    assert told(place, volunteer)[-1] == "join"


def test_own_second_tap_changes_nothing(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    assert services.claim(by=volunteer, call=call, at=at(24, 11)).pk == call.pk
    assert (acts(call), Claim.objects.filter(compound_id=place.compound.pk).count()) == (["shout", "claim"], 1)


def test_caller_and_who_is_not_willing_never_claim(place, caller):
    call, neighbour = shout(place, caller), place.resident(place.homes[1], name="王大山")
    assert refused(services.claim, by=caller, call=call, at=NOW) == "not_yours"
    assert refused(services.claim, by=neighbour, call=call, at=NOW) == "not_yours"
    services.say_willing(by=neighbour, willing=True, at=NOW)
    assert services.claim(by=neighbour, call=call, at=NOW).state == "claimed"


def test_caller_who_is_a_volunteer_too_does_not_claim_the_own_call(place, caller, team):
    from linli.people.models import Account

    same = place.post(Role.VOLUNTEER, team, who=Account.objects.get(pk=caller.account_id))
    assert refused(services.claim, by=same, call=shout(place, caller), at=NOW) == "not_yours"


def test_people_of_another_compound_find_nothing(place, caller):
    there = others.compound("there")
    call = shout(place, caller)
    stranger = there.post(Role.BUILDING_CAPTAIN)
    assert call_for(compound=place.compound, number=call.number, by=stranger) is None
    assert refused(services.claim, by=stranger, call=call, at=NOW) == "not_yours"


def test_release_opens_it_again_with_time_and_asks_anew(place, caller, volunteer, captain):
    call = services.claim(by=volunteer, call=shout(place, caller, window="hour"), at=NOW)
    services.join(by=captain, call=call, at=NOW)
    services.say_willing(by=captain, willing=True, at=NOW)
    late = at(24, 10, 50)
    call = services.release(by=volunteer, call=call, reason="临时要去医院", at=late)
    assert (call.state, call.leg, call.due_at) == ("open", 2, at(24, 11, 50))
    assert not Claim.objects.filter(compound_id=place.compound.pk, left_at=None).exists()
    assert parts_in(call, volunteer) == {Who.NEIGHBOUR}
    assert told(place, caller) == ["claim", "release"]
    assert told(place, captain).count("shout") == 1
    call = services.claim(by=captain, call=call, at=at(24, 11))
    assert (call.first_claimed_at, counts(place)["call:month:2026-03:claimed"]) == (NOW, 1)


def test_release_needs_a_reason(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    assert refused(services.release, by=volunteer, call=call, reason=" ", at=NOW) == "missing_reason"
    assert Call.objects.get(compound_id=place.compound.pk, pk=call.pk).state == "claimed"


def test_helper_leaves_and_the_claimer_stays(place, caller, volunteer, captain):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    services.join(by=captain, call=call, at=NOW)
    call = services.leave(by=captain, call=call, at=NOW)
    assert (call.state, parts_in(call, captain), parts_in(call, volunteer)) == (
        "claimed",
        {Who.NEIGHBOUR},
        {Who.CLAIMER},
    )


# ── contact ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_number_is_for_the_claimer_while_it_lasts_and_each_look_is_kept(place, caller, volunteer, captain):
    from linli.people.queries import looks_at

    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    services.join(by=captain, call=call, at=NOW)
    shown = services.see_contact(by=volunteer, call=call, at=NOW)
    assert (shown.name, shown.home, len(shown.phone)) == ("李小满", place.home.label, 11)
    assert refused(services.see_contact, by=captain, call=call, at=NOW) == "not_yours"
    assert [row["title"] for row in looks_at(caller.account_id, NOW)] == ["邻里志愿队 志愿者"]
    services.confirm(by=caller, call=call, at=NOW)
    assert refused(services.see_contact, by=volunteer, call=call, at=NOW) == "not_now"


def test_caller_asks_the_claimer_to_ring(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    once = uuid4()
    for _ in range(2):
        services.call_me(by=caller, call=call, at=NOW, once=once)
    assert told(place, volunteer).count("call_me") == 1


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_done_and_confirmed_with_thanks(place, caller, volunteer, captain):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    services.join(by=captain, call=call, at=NOW)
    call = services.finish(by=volunteer, call=call, result="搬到 5 楼了", at=at(24, 11))
    assert (call.state, told(place, caller)[-1]) == ("done", "finish")
    call = services.confirm(by=caller, call=call, thanks="谢谢小陈", at=at(24, 12))
    assert (call.state, call.thanks, call.ended_at, call.next_at) == ("confirmed", "谢谢小陈", at(24, 12), None)
    assert (told(place, volunteer)[-1], told(place, captain)[-1]) == ("confirm", "confirm")
    assert acts(call) == ["shout", "claim", "join", "finish", "confirm"]
    assert counts(place)["call:confirmed"] == 1


def test_not_done_goes_back_to_the_claimer(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    call = services.finish(by=volunteer, call=call, at=at(24, 11))
    call = services.not_done(by=caller, call=call, reason="还有一袋", at=at(24, 12))
    assert (call.state, call.done_at, told(place, volunteer)[-1]) == ("claimed", None, "not_done")


def test_nobody_came_so_the_caller_calls_again(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    call = services.call_again(by=caller, call=call, reason="没等到人", at=at(24, 19, 30))
    assert (call.state, call.due_at, told(place, volunteer)[-1]) == ("open", at(24, 20, 30), "call_again")


@pytest.mark.parametrize("claimed", [False, True])
def test_caller_withdraws(place, caller, volunteer, claimed):
    call = shout(place, caller)
    if claimed:
        services.claim(by=volunteer, call=call, at=NOW)
    call = services.withdraw(by=caller, call=call, at=NOW)
    assert (call.state, call.next_at) == ("withdrawn", None)
    assert ("withdraw" in told(place, volunteer)) is claimed
    assert tasks.run_calls(at(27)) == 0


# ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_building_is_asked_first_and_the_others_at_half_time(place, caller, volunteer):
    near = place.resident(place.homes[1], name="王大山")
    far = place.resident(place.homes[2], name="赵远")
    assert place.homes[1].building == place.home.building != place.homes[2].building
    for neighbour in (near, far):
        services.say_willing(by=neighbour, willing=True, at=NOW)
    services.say_willing(by=caller, willing=True, at=NOW)
    call = shout(place, caller)
    assert (told(place, near), told(place, far), told(place, caller)) == (["shout"], [], [])
    assert tasks.run_calls(at(24, 14, 59)) == 0
    assert tasks.run_calls(at(24, 15)) == 1
    assert (told(place, near), told(place, far), told(place, volunteer)) == (["shout"], ["shout"], ["shout"])
    assert Call.objects.get(compound_id=place.compound.pk, pk=call.pk).next_at == at(24, 20)


def test_nobody_willing_in_the_building_asks_everybody_at_once(place, caller, volunteer):
    shout(place, caller)
    assert told(place, volunteer) == ["shout"]


def test_who_said_no_is_not_told_even_with_a_volunteers_post(place, caller, volunteer):
    services.say_willing(by=volunteer, willing=False, at=NOW)
    shout(place, caller)
    assert told(place, volunteer) == []


def test_unclaimed_call_falls_to_the_property_company_once(place, caller):
    call = shout(place, caller)
    assert tasks.run_calls(at(24, 19, 59)) <= 1
    assert tasks.run_calls(at(24, 20)) == 1
    assert tasks.run_calls(at(24, 20)) == 0
    matter = Matter.objects.get(compound_id=place.compound.pk)
    call.refresh_from_db()
    assert (call.state, call.matter, call.ended_at) == ("fallen", matter, at(24, 20))
    assert (matter.source, matter.source_ref, matter.home, matter.reporter_account_id) == (
        "resident_online", "call:1", place.home, caller.account_id,
    )  # fmt: skip
    assert acts(call) == ["shout", "fall"]
    assert counts(place)["call:month:2026-03:fallen"] == 1
    assert Message.objects.filter(compound_id=place.compound.pk, account_id=caller.account_id).count() == 1


def test_fallen_call_of_somebody_without_a_phone_is_that_persons_matter(place):
    worker = place.post(Role.COMMUNITY_WORKER)
    person = Person.objects.create(compound=place.compound, name="王奶奶", no_phone=True)
    shout(place, assisting(place, worker, person))
    tasks.run_calls(at(24, 20))
    matter = Matter.objects.get(compound_id=place.compound.pk)
    assert (matter.reporter_person, matter.reporter_account) == (person, None)


def test_claimer_is_reminded_once_and_nothing_falls(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    assert [tasks.run_calls(at(24, 20)), tasks.run_calls(at(24, 21))] == [1, 0]
    assert told(place, volunteer).count("remind") == 1
    assert Call.objects.get(compound_id=place.compound.pk, pk=call.pk).state == State.CLAIMED
    assert not Matter.objects.filter(compound_id=place.compound.pk).exists()


def test_clock_has_no_part_in_what_people_do(place, caller):
    call = shout(place, caller)
    assert refused(services.claim, by=CLOCK, call=call, at=NOW) == "not_yours"


# ── willing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_willing_can_be_said_and_taken_back_any_number_of_times(place, caller):
    for willing in (True, True, False, True):
        row = services.say_willing(by=caller, willing=willing, at=NOW)
    assert (row.willing, row.building) == (True, place.home.building)
    entries = AuditEntry.objects.filter(compound_id=place.compound.pk, subject_id=row.pk)
    assert list(entries.order_by("id").values_list("act", flat=True)) == ["willing", "unwilling", "willing"]


def test_community_worker_is_no_neighbour(place):
    assert refused(services.say_willing, by=place.post(Role.COMMUNITY_WORKER), willing=True, at=NOW) == "not_yours"


def test_who_moved_away_hears_of_no_call(place):
    gone, here = place.resident(place.homes[0], name="搬走的"), place.resident(place.homes[0], name="还在的")
    for who in (gone, here):
        services.say_willing(by=who, willing=True, at=NOW)
    end_binding(
        by=place.post(Role.COMMUNITY_SECRETARY),
        binding=Binding.objects.get(compound=place.compound, account_id=gone.account_id),
        reason="搬走",
        at=NOW,
    )
    shout(place, place.resident(place.homes[0], name="王奶奶"))
    assert told(place, gone) == [] and told(place, here) != []


def test_a_second_tap_of_who_goes_along_changes_nothing(place):
    call = shout(place, place.resident(place.homes[0], name="王奶奶"))
    first, second = place.resident(place.homes[1], name="甲"), place.resident(place.homes[2], name="乙")
    for who in (first, second):
        services.say_willing(by=who, willing=True, at=NOW)
    services.claim(by=first, call=call, at=NOW)
    browser, box = place.client(second), reverse("volunteers:claim-box", args=[place.slug, call.number])
    answers = [browser.post(box, {"act": "join"}, headers={"HX-Request": "true"}).status_code for _ in range(2)]
    assert answers == [204, 204]
    assert Claim.objects.filter(compound=place.compound, kind="helper").count() == 1


def test_what_was_done_is_read_by_those_who_were_on_it_alone(place):
    caller, helper, other = (place.resident(place.homes[i], name=name) for i, name in enumerate(("王奶奶", "甲", "乙")))
    for who in (helper, other):
        services.say_willing(by=who, willing=True, at=NOW)
    call = shout(place, caller, "陪王奶奶去医院透析", "accompany")
    services.claim(by=helper, call=call, at=NOW)
    services.finish(by=helper, call=call, result="送到肾内科透析", at=NOW)
    services.confirm(by=caller, call=call, thanks="透析做完了", at=NOW)
    page = reverse("volunteers:call", args=[place.slug, call.number])
    assert "透析" not in place.client(other).get(page).content.decode()
    words = place.client(caller).get(page).content.decode()
    assert "送到肾内科" in words and "做完了" in words


def test_everybody_who_is_willing_is_asked_however_many_in_a_few_statements(place, caller):
    def asks(n: int) -> int:
        for _each in range(n):
            services.say_willing(by=place.resident(place.homes[2], name="愿意的人"), willing=True, at=NOW)
        with CaptureQueriesContext(connection) as seen:
            shout(place, caller)
        return len(seen)

    few = asks(5)
    assert asks(206) - few < 10  # as many rows a statement as the database takes
    told = Message.objects.filter(compound=place.compound, kind="shout").values_list("subject_id", flat=True)
    assert sorted(Counter(told).values()) == [5, 211]
