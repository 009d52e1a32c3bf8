"""Repeated subjects, and the answers that leave in the hotline's form."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from linli.kernel.tests.refusing import refused
from linli.matters import services
from linli.matters.models import HotlineOrder, Matter, ProposedTopic, ReturnVisit
from linli.matters.queries.hotline import answers, due_of, lines
from linli.matters.queries.visits import calls, people_of
from linli.matters.services import hotline
from linli.plumbing.tenancy import uuid7

from ..hotline_books import row
from ..makers import NOW, at
from .orders import done, taken

pytestmark = pytest.mark.django_db


# ── repeated subjects ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repeated_subject_is_proposed_and_joins_by_one_tap(place, desk):
    first, second = taken(
        place, desk, row("1", "7栋楼道灯不亮晚上看不见"), row("2", "7栋楼道灯不亮，晚上看不见路", secret="是")
    )
    assert (first.likely_id, second.likely_id) == (None, first.matter_id)
    joined = hotline.join(by=desk, order=second, at=NOW)
    main = Matter.objects.get(pk=first.matter_id)
    assert (joined.matter_id, main.hotline, main.voices, main.caller_secret) == (main.pk, 2, 2, True)
    assert Matter.objects.get(pk=second.origin_id).state == "merged"
    again = services.unmerge(by=desk, matter=Matter.objects.get(pk=second.origin_id), reason="不是", at=NOW)
    main.refresh_from_db()
    assert (main.hotline, main.caller_secret) == (1, False)
    assert HotlineOrder.objects.get(pk=second.pk).matter_id == again.pk


def test_not_the_same_is_said_once(place, desk):
    _, second = taken(place, desk, row("1", "7栋楼道灯不亮晚上看不见"), row("2", "7栋楼道灯不亮，晚上看不见路"))
    assert hotline.not_the_same(by=desk, order=second, at=NOW).likely_id is None
    assert refused(lambda: hotline.join(by=desk, order=second, at=NOW)) == "nothing_proposed"


def joined(place, desk, *when: str) -> Matter:
    rows = [row(str(n), "7栋楼道灯不亮晚上看不见" + "啊" * n, when=day, due="2026-04-20") for n, day in enumerate(when)]
    orders = taken(place, desk, *rows)
    for order in orders[1:]:
        HotlineOrder.objects.filter(pk=order.pk).update(likely=orders[0].matter_id)
        hotline.join(by=desk, order=HotlineOrder.objects.get(pk=order.pk), at=NOW)
    return Matter.objects.get(pk=orders[0].matter_id)


def test_three_on_one_subject_in_thirty_days_propose_a_topic(place, desk):
    m = joined(place, desk, "2026-02-23", "2026-03-10", "2026-03-24")
    topic = ProposedTopic.objects.get(compound_id=place.compound.pk)
    assert (topic.matter_id, topic.orders, topic.state, topic.title) == (m.pk, 3, "proposed", m.public_title)
    assert m.hotline == 3


@pytest.mark.parametrize("when", [("2026-03-10", "2026-03-24"), ("2026-02-20", "2026-03-10", "2026-03-24")])
def test_fewer_or_slower_propose_none(place, desk, when):
    joined(place, desk, *when)
    assert not ProposedTopic.objects.filter(compound_id=place.compound.pk).exists()


def test_a_dropped_topic_stays_dropped_with_its_reason(place, desk):
    m = joined(place, desk, "2026-03-20", "2026-03-21", "2026-03-22")
    topic = ProposedTopic.objects.get(compound_id=place.compound.pk)
    assert refused(lambda: hotline.drop_topic(by=desk, topic=topic, reason="", at=NOW)) == "missing_reason"
    topic = hotline.drop_topic(by=desk, topic=topic, reason="下周就换", at=NOW)
    from linli.matters.services.topics import propose

    assert (topic.state, propose(m, NOW)) == ("dropped", None)


# ── the answers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_leave_in_the_hotline_s_form_and_are_marked(place, desk, worker):
    order, other = taken(place, desk, row("2026032300000000017"), row("3", "门禁坏了", place="8栋"))
    done(place, desk, worker, order)
    services.return_visit(
        by=desk, matter=Matter.objects.get(pk=order.matter_id), contacted=True, called="yes", solved="solved", satisfied="satisfied", at=NOW,
    )  # fmt: skip
    file = hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk, other.pk], at=at(25))
    header, *rows = load_workbook(io.BytesIO(file)).active.iter_rows(values_only=True)
    assert header[0] == "工单编号" and len(rows) == 1
    assert rows[0] == (
        "2026032300000000017", "2026-03-23 16:20", "换了灯", "办好了", "2026-03-24 10:00", "是", "2026-03-24 10:00", "已解决", "满意",
    )  # fmt: skip
    order.refresh_from_db()
    assert (order.exported_at, order.waits, order.next_at, order.touched_at) == (at(25), False, None, None)
    assert [r.number for r in lines(place.compound, at(25)).rows] == ["3"]


def test_changed_since_is_marked_again(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m = done(place, desk, worker, order)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(24, 11))
    services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="partly", satisfied="basically", at=at(24, 15)
    )
    order.refresh_from_db()
    assert (order.touched_at, order.waits) == (at(24, 15), True)
    assert lines(place.compound, at(24, 16)).rows[0].answer == "答复后又变了"


def test_nothing_done_gives_no_file_and_words_stay_words(place, desk, worker):
    order, other = taken(place, desk, row("1"), row("2", "门禁坏了", place="8栋"))
    for given, why in (([], "nothing_chosen"), ([other.pk], "nothing_done")):
        assert (
            refused(lambda g=given: hotline.export_answers(by=desk, compound=place.compound, orders=g, at=NOW)) == why
        )
    Matter.objects.filter(pk=done(place, desk, worker, order).pk).update(done_words="=1+1")
    file = hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=NOW)
    cell = load_workbook(io.BytesIO(file)).active["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_an_answer_says_nothing_of_a_visit_before_it_was_done_again(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m = done(place, desk, worker, order)
    services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="not", satisfied="unsatisfied", at=NOW
    )
    m = done(place, desk, worker, HotlineOrder.objects.get(pk=order.pk), when=at(25))
    assert ReturnVisit.objects.count() == 1
    assert answers(place.compound, [order.pk])[0].satisfied == ""


def test_a_hotline_matter_is_always_visited(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    assert done(place, desk, worker, order).visit_wanted


LIFT = ("7栋电梯坏了", "7栋的电梯又不动了")


def called(place, n: int, words: str, **more: str) -> list[str]:
    return row(str(n), words, caller=f"甲{n}", phone=f"1390000777{n}", category="电梯困人与故障", **more)


def ask(by, m, order, when=NOW, solved="solved", satisfied="satisfied") -> Matter:
    return services.return_visit(
        by=by, matter=m, order=order, contacted=True, called="yes", solved=solved, satisfied=satisfied, at=when
    )


def test_each_caller_is_asked_and_answers_for_their_own_order(place, desk, worker):
    one, two = taken(place, desk, *(called(place, n, words) for n, words in enumerate(LIFT)))
    m = done(place, desk, worker, one)
    assert refused(lambda: ask(desk, m, None)) == "order"
    m = ask(desk, m, one)
    assert (m.state, m.visit_due_at is None) == ("resolved", False)
    first, second = answers(place.compound, [one.pk, two.pk])
    assert (first.satisfied, bool(first.contacted_at)) == ("满意", True)
    assert (second.satisfied, second.solved, second.contacted_at) == ("", "", None)
    m = ask(desk, m, None, solved="partly", satisfied="basically")
    assert (m.state, m.rating, calls(place.compound, desk, NOW).rows) == ("visited", "basically", [])
    assert [a.satisfied for a in answers(place.compound, [one.pk, two.pk])] == ["满意", "基本满意"]
    assert refused(lambda: services.close(by=desk, matter=m, outcome="fixed", at=NOW)) == "not_solved"


def test_however_many_called_each_is_asked_and_the_earliest_limit_counts(place, desk):
    (first,) = taken(place, desk, row("1"))
    copies = [HotlineOrder.objects.get(pk=first.pk) for _n in range(40)]
    for n, copy in enumerate(copies):
        copy.pk, copy.number, copy.received_at = uuid7(), f"c{n}", first.received_at + timedelta(minutes=n + 1)
    copies[-1].due_at -= timedelta(hours=1)
    HotlineOrder.objects.bulk_create(copies)
    m = Matter.objects.get(pk=first.matter_id)
    assert (len(people_of(m)), due_of(m)) == (41, copies[-1].due_at)


def test_who_is_never_reached_keeps_nobody_else_from_answering(place, desk, worker):
    one, two = taken(place, desk, *(called(place, n, words) for n, words in enumerate(LIFT)))
    m = done(place, desk, worker, one)
    for hour in (10, 15):
        m = services.return_visit(by=desk, matter=m, order=two, contacted=False, at=at(24, hour))
    assert m.state == "resolved"
    assert ask(desk, m, one, at(24, 16)).state == "visited"


@pytest.mark.parametrize(("solved", "state"), [("solved", "closed"), ("not", "reopened")])
def test_the_reporter_s_word_is_not_the_caller_s(place, desk, worker, solved, state):
    """The reporter's confirmation closes it (§4.4), and everybody is still asked: the reporter and the joined callers (§4.7)."""
    me, spot = place.resident(), services.Spot(building=place.home.building)
    m = place.matter(me, LIFT[0], spot=spot)
    (order,) = taken(place, desk, called(place, 1, LIFT[1]))
    services.merge(by=desk, matter=Matter.objects.get(pk=order.matter_id), target=m, at=NOW)
    order.refresh_from_db()
    services.accept(by=desk, matter=m, at=NOW)
    m = services.confirm(by=me, matter=done(place, desk, worker, order), at=NOW)
    assert m.state == "closed" and [c.number for c in calls(place.compound, desk, NOW).rows] == [m.number]
    page = place.client(desk).get(reverse("matters:act", args=[place.slug, m.number, "visit"]))
    assert page.status_code == 200
    m = ask(desk, m, None)
    assert m.state == "closed" and [c.number for c in calls(place.compound, desk, NOW).rows] == [m.number]
    assert ask(desk, m, order, solved=solved).state == state
    assert not calls(place.compound, desk, NOW).rows
