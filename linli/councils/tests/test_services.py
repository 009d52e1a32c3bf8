from datetime import date, timedelta
from uuid import uuid4

import pytest

from linli.councils import services
from linli.councils.models import Correction, FollowUp, Point, Talk
from linli.councils.queries.talks import carried
from linli.kernel.refusal import Refused
from linli.kernel.tests.refusing import refused
from linli.matters import services as matters
from linli.matters.models import Matter, ProposedTopic
from linli.matters.tests.makers import NOW, at
from linli.matters.tests.makers import compound as another
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from .makers import AFTER, TONIGHT, announced, answered, handed_on, held, point, published

NEXT = TONIGHT + timedelta(days=14)


def acts(talk: Talk) -> list[str]:
    rows = AuditEntry.objects.filter(compound_id=talk.compound_id, subject_id=talk.pk)
    return list(rows.order_by("id").values_list("act", flat=True))


def test_talk_goes_from_announced_to_published(place, chair, recorder):
    talk = published(place, chair, recorder)
    assert (talk.state, talk.attendance, talk.number) == ("published", 23, 1)
    assert acts(talk) == [f"talk_{a}" for a in ("announce", "hold", "add", "answer", "add", "hand_on", "publish")]


def test_announced_twice_by_one_form_is_one_talk(place, chair):
    once = uuid4()
    first, second = (announced(place, chair, once=once) for _ in range(2))
    assert first.pk == second.pk and Talk.objects.filter(compound_id=place.compound.pk).count() == 1


def test_each_step_sent_twice_is_done_once(place, chair, recorder):
    talk = announced(place, chair)
    once = [uuid4() for _ in range(6)]
    for _ in range(2):
        services.hold(by=recorder, talk=talk, attendance=9, at=AFTER, once=once[0])
    for _ in range(2):
        first = services.add(by=recorder, talk=talk, words="灯太暗", at=AFTER, once=once[1])
    for _ in range(2):
        services.hand_on(by=recorder, talk=talk, compound=place.compound, point=first, at=AFTER, once=once[2])
    second = services.add(by=recorder, talk=talk, words="垃圾房几点开", at=AFTER)
    for _ in range(2):
        services.answer(by=recorder, talk=talk, point=second, words="六点", answered_by="物业", at=AFTER, once=once[3])
    for _ in range(2):
        services.publish(by=chair, talk=talk, at=AFTER, once=once[4])
    for _ in range(2):
        services.correct(by=recorder, talk=talk, point=second, words="七点", reason="记错", at=AFTER, once=once[5])
    here = {"compound_id": place.compound.pk}
    made = [m.objects.filter(**here).count() for m in (Point, Matter, Correction)]
    assert made == [2, 1, 1] and len(acts(talk)) == 8


def test_point_becomes_a_matter_of_the_meeting_without_who_said_it(place, chair, recorder):
    made = handed_on(place, held(place, chair, recorder), recorder, speaker="陈建军")
    matter = Matter.objects.get(compound_id=place.compound.pk)
    assert made.matter_id == matter.pk
    assert (matter.source, matter.source_ref, matter.words) == ("council_meeting", "talk:1:1", "充电桩太少，晚上抢不到")
    assert (matter.reporter_name, matter.reporter_account_id, matter.reporter_person_id) == ("", None, None)


def test_point_is_answered_or_handed_on_not_both(place, chair, recorder):
    talk = held(place, chair, recorder)
    on, told = handed_on(place, talk, recorder), answered(talk, recorder)
    what = {"by": recorder, "talk": talk, "at": AFTER}
    assert refused(services.answer, **what, point=on, words="好", answered_by="物业") == "handed_on"
    assert refused(services.hand_on, **what, point=told, compound=place.compound) == "answered"


def test_nothing_is_published_while_a_point_has_no_fate(place, chair, recorder):
    talk = held(place, chair, recorder)
    assert refused(services.publish, by=chair, talk=talk, at=AFTER) == "no_points"
    point(talk, recorder)
    assert refused(services.publish, by=chair, talk=talk, at=AFTER) == "unsettled"
    talk.refresh_from_db()
    assert talk.state == "held"


def test_notice_is_drafted_with_fates_and_without_names(place, chair, recorder):
    talk = held(place, chair, recorder)
    handed_on(place, talk, recorder, "7栋2单元301楼上太吵，电话13800005170", speaker="陈建军")
    answered(talk, recorder, due_on=date(2026, 4, 1))
    posting = services.publish(by=chair, talk=talk, at=AFTER).posting
    assert (posting.state, posting.kind, posting.by_body_id) == ("draft", "announcement", chair.body_id)
    assert "来了 23 人" in posting.body and "转成事项去办：轮到物业" in posting.body
    assert "答复：早上六点（物业），2026年4月1日前" in posting.body
    assert [word for word in ("陈建军", "301", "13800005170") if word in posting.body] == []


def test_who_said_it_is_named_in_no_text_that_is_published(place, chair, recorder):
    talk = held(place, chair, recorder)
    what = {"by": recorder, "talk": talk, "at": AFTER}
    assert refused(services.add, **what, words="陈建军嫌吵", speaker="陈建军") == "names_speaker"
    made = point(talk, recorder, "太吵", "陈建军")
    assert refused(services.answer, **what, point=made, words="请陈建军等等", answered_by="物业") == "names_speaker"


def test_published_point_stays_and_is_corrected_beside(place, chair, recorder):
    talk = published(place, chair, recorder)
    first = Point.objects.get(compound_id=place.compound.pk, place=1)
    what = {"by": recorder, "talk": talk, "point": first, "at": AFTER}
    for verb, more in (
        (services.reword, {"words": "别的"}),
        (services.answer, {"words": "别的", "answered_by": "物业"}),
        (services.hand_on, {"compound": place.compound}),
    ):
        assert refused(verb, **what, **more) == "wrong_state"
    row = services.correct(**what, words="早上七点", reason="记错了钟点")
    first.refresh_from_db()
    assert (first.words, first.answer, row.words) == ("垃圾房几点开门", "早上六点", "早上七点")
    with pytest.raises(TypeError):
        row.save()


# ── the next talk ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_next_talk_begins_with_what_the_last_left_open(place, chair, recorder):
    published(place, chair, recorder, due_on=date(2026, 4, 1))
    talk = held(place, chair, recorder, NEXT)
    assert [p.place for p in carried(talk)] == [1, 2]


def test_an_answer_without_a_promise_and_a_closed_matter_are_not_carried_on(place, chair, recorder):
    published(place, chair, recorder)
    Matter.objects.filter(compound_id=place.compound.pk).update(open=False, state="closed")
    assert carried(held(place, chair, recorder, NEXT)) == []


def test_a_point_lives_on_in_the_matter_that_it_was_joined_to(place, chair, recorder):
    published(place, chair, recorder)
    main = place.matter(place.resident(), "充电桩不够")
    Matter.objects.filter(compound_id=place.compound.pk).exclude(pk=main.pk).update(
        open=False, state="merged", merged_into=main
    )
    assert [p.place for p in carried(held(place, chair, recorder, NEXT))] == [2]


def test_nothing_is_published_before_what_was_left_open_is_spoken_of(place, chair, recorder):
    first = published(place, chair, recorder, due_on=date(2026, 4, 1))
    talk = held(place, chair, recorder, NEXT)
    answered(talk, recorder, "楼道的灯")
    later = NEXT + timedelta(hours=2)
    assert refused(services.publish, by=chair, talk=talk, at=later) == "unspoken"
    for left in carried(talk):
        services.follow_up(by=recorder, talk=talk, point=left, words="办到了", done=True, at=later)
    assert [p.place for p in carried(talk)] == [1, 2]
    services.publish(by=chair, talk=talk, at=later)
    first.refresh_from_db()
    assert first.state == "followed_up"
    # The promise was kept; only the matter, still under way, goes on to the third.
    third = held(place, chair, recorder, NEXT + timedelta(days=14))
    assert [(p.talk.number, p.place) for p in carried(third)] == [(1, 2)]


def test_an_open_point_is_spoken_of_once_a_talk_and_only_if_it_was_left(place, chair, recorder):
    published(place, chair, recorder)
    talk = held(place, chair, recorder, NEXT)
    later = NEXT + timedelta(hours=2)
    settled = Point.objects.get(compound_id=place.compound.pk, place=1)
    what = {"by": recorder, "talk": talk, "words": "还在等电力公司", "at": later}
    assert refused(services.follow_up, **what, point=settled) == "not_open"
    left, once = carried(talk)[0], uuid4()
    for _ in range(2):
        row = services.follow_up(**what, point=left, once=once)
    assert row.done is False and FollowUp.objects.filter(compound_id=place.compound.pk).count() == 1
    assert refused(services.follow_up, **what, point=left) == "spoken"


# ── topics of the hotline ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def topic(place):
    matter = place.matter(place.resident(), "东门外夜里施工太吵")
    return ProposedTopic.objects.create(
        compound=place.compound, matter=matter, title="东门外夜里施工太吵", orders=3, first_at=at(1), last_at=at(20), proposed_at=NOW
    )  # fmt: skip


def test_topic_of_the_hotline_becomes_a_point_with_its_matter(place, chair, recorder, topic):
    talk, once = announced(place, chair), uuid4()
    for _ in range(2):
        made = services.take_up(by=recorder, talk=talk, topic=topic, at=NOW, once=once)
    topic.refresh_from_db()
    assert (made.words, made.matter_id, topic.state, topic.reason) == (
        "东门外夜里施工太吵",
        topic.matter_id,
        "taken",
        "第 1 次夜话",
    )
    assert Matter.objects.filter(compound_id=place.compound.pk).count() == 1


def test_topic_once_dropped_is_not_taken_up_by_an_old_page(place, chair, recorder, topic):
    ProposedTopic.objects.filter(compound_id=place.compound.pk).update(state="dropped")
    with pytest.raises(Refused):
        services.take_up(by=recorder, talk=announced(place, chair), topic=topic, at=NOW)
    assert not Point.objects.filter(compound_id=place.compound.pk).exists()


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_body_that_called_it_publishes_or_calls_it_off(place, chair, recorder, branch):
    talk = announced(place, chair)
    assert refused(services.cancel, by=branch, talk=talk, reason="下雨", at=NOW) == "not_yours"
    assert services.cancel(by=chair, talk=talk, reason="下雨", at=NOW).reason == "下雨"
    second = held(place, branch, branch)
    answered(second, branch)
    assert refused(services.publish, by=chair, talk=second, at=AFTER) == "not_yours"
    assert services.publish(by=branch, talk=second, at=AFTER).state == "published"


def test_residents_and_property_write_down_nothing(place, chair, recorder):
    talk = held(place, chair, recorder)
    for who in (place.resident(), place.post(Role.PROPERTY_MANAGER), place.post(Role.ENGINEER)):
        assert refused(services.add, by=who, talk=talk, words="灯", at=AFTER) == "not_yours"
        assert (
            refused(services.announce, by=who, compound=place.compound, starts_at=TONIGHT, spot="亭子", at=NOW)
            == "not_yours"
        )


def test_chair_of_the_compound_next_door_does_nothing_here(place, chair, recorder):
    there = another("there")
    stranger = there.post(Role.COMMITTEE_CHAIR)
    talk = held(place, chair, recorder)
    assert refused(services.add, by=stranger, talk=talk, words="灯", at=AFTER) == "not_yours"
    assert refused(services.publish, by=stranger, talk=talk, at=AFTER) == "not_yours"
    assert (
        refused(services.announce, by=stranger, compound=place.compound, starts_at=TONIGHT, spot="亭子", at=NOW)
        == "not_yours"
    )


def test_matter_that_came_of_a_point_is_worked_on_like_any_other(place, chair, recorder):
    made = handed_on(place, held(place, chair, recorder), recorder)
    desk = place.post(Role.FRONT_DESK)
    matter = matters.triage(by=desk, matter=made.matter, at=AFTER, category="0101", level="compound", urgency="normal")
    assert matter.state == "triaged"
