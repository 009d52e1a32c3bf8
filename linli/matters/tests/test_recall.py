"""Nobody is stuck: what was given out can be taken back and given to others; a level up puts it on the desk of that level."""

import pytest

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.access import parts_in
from linli.matters.models import Clock, Matter, Order
from linli.matters.queries.recount import differences
from linli.matters.rules.states import Act, State, allowed
from linli.matters.services import orders
from linli.notices.models import Message
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from .crew import Crew
from .makers import NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def given_out(crew: Crew, *, level: str = "compound", **triage) -> Matter:
    m = crew.place.matter(crew.neighbours[0])
    m = services.triage(by=crew.clerk, matter=m, category="0101", level=level, urgency="normal", at=NOW, **triage)
    post = Post.objects.get(pk=crew.engineer.role_id)
    return services.dispatch(by=crew.clerk, matter=m, body=crew.place.property, post=post, at=NOW)


def in_progress(crew: Crew, **triage) -> Matter:
    return services.take(by=crew.engineer, matter=given_out(crew, **triage), words="看过了", at=NOW)


def may(m: Matter, by) -> list[Act]:
    fresh = Matter.objects.get(pk=m.pk)
    return allowed(State(fresh.state), parts_in(fresh, by))


def told(m: Matter, by, kind: str) -> list[str]:
    rows = Message.objects.filter(subject_id=m.pk, account_id=by.account_id, kind=kind)
    return list(rows.values_list("title", flat=True))


def test_the_wrong_hands_are_not_the_last_after_the_day_of_returning(crew):
    m = given_out(crew)
    with pytest.raises(Refused, match="不能退回"):
        services.send_back(by=crew.engineer, matter=m, reason="不归", proposed_body=crew.place.committee, at=at(26))
    m = services.recall(by=crew.desk, matter=m, reason="派错了", at=at(26, 11))
    assert (m.state, m.handler_body, m.handler_post, m.turn) == ("triaged", None, None, "property")
    assert set(Clock.objects.filter(matter=m, done_at=None).values_list("body_id", "post_id")) == {
        (m.first_receiver_id, None)
    }
    assert m.due_at == Clock.objects.get(matter=m, kind="finish").due_at
    assert told(m, crew.neighbours[0], "recall") == ["第 0001 号在重新安排由谁办"]
    assert told(m, crew.engineer, "recall") == ["第 0001 号收回了，不用再办"]
    assert told(m, crew.desk, "recall") == []
    m = services.dispatch(by=crew.desk, matter=m, body=crew.place.committee, at=at(26, 11))
    assert Act.TAKE in may(m, crew.chair) and Act.TAKE not in may(m, crew.engineer)
    assert not differences(crew.place.compound.pk)


@pytest.mark.parametrize("state", ["dispatched", "in_progress", "suspended"])
def test_the_desk_and_the_community_take_back_and_nobody_else(crew, state):
    m = given_out(crew)
    if state != "dispatched":
        m = services.take(by=crew.engineer, matter=m, words="看过了", at=NOW)
    if state == "suspended":
        m = services.suspend(by=crew.manager, matter=m, pause_reason="parts", review_at=at(30), at=NOW)
    secretary = crew.place.post(Role.COMMUNITY_SECRETARY)
    assert [Act.RECALL in may(m, who) for who in (crew.desk, crew.clerk, secretary, crew.manager)] == [True] * 4
    assert not any(Act.RECALL in may(m, who) for who in (crew.engineer, crew.chair, crew.neighbours[0]))
    with pytest.raises(Refused) as no:
        services.recall(by=crew.clerk, matter=m, reason=" ", at=at(25))
    assert no.value.field == "reason"
    m = services.recall(by=crew.clerk, matter=m, reason="没人管", at=at(25))
    assert (m.state, m.paused_at, m.pause_reason, m.review_at) == ("triaged", None, "", None)
    clock = Clock.objects.get(matter=m, kind="finish")
    # A working day passed while it stood; then its clock runs on.
    assert clock.paused_at is None and clock.next_at is not None
    assert clock.due_at == at(30, 17, 30) if state == "suspended" else clock.due_at == at(27, 17, 30)
    assert told(m, crew.desk, "recall") == ["第 0001 号收回了，请安排由谁办"]


def test_what_stays_with_the_community_the_front_desk_does_not_take_back(crew):
    m = given_out(crew, level="community")
    assert Act.RECALL not in may(m, crew.desk) and Act.RECALL in may(m, crew.clerk)


def test_after_two_returns_the_community_decides_and_its_decision_stands(crew):
    m = given_out(crew)
    Matter.objects.filter(pk=m.pk).update(returns=2)
    with pytest.raises(Refused, match="由社区决定"):
        services.recall(by=crew.desk, matter=m, reason="换人", at=at(25))
    m = services.recall(by=crew.clerk, matter=m, reason="换人", at=at(25))
    with pytest.raises(Refused, match="由社区决定"):
        services.dispatch(by=crew.desk, matter=m, body=crew.place.property, at=at(25))
    services.dispatch(by=crew.clerk, matter=m, body=crew.place.property, at=at(25))


def test_a_level_up_is_on_the_desk_of_that_level(crew):
    m = in_progress(crew)
    m = services.escalate(
        by=crew.engineer, matter=m, level="community", reason="要街道出钱", due_at=at(30), at=at(24, 11)
    )
    assert (m.state, m.level, m.desk, m.turn, m.handler_body) == (
        "triaged",
        "community",
        "community",
        "community",
        None,
    )
    assert m.due_at == at(30) and Clock.objects.get(matter=m, done_at=None).due_at == at(30)
    assert {Act.DISPATCH, Act.TRIAGE} <= set(may(m, crew.clerk)) and Act.DISPATCH not in may(m, crew.desk)
    assert told(m, crew.clerk, "escalate") == ["第 0001 号升到社区里办，请安排由谁办"]
    assert told(m, crew.neighbours[0], "escalate") == ["第 0001 号升到社区里办，答应 3月30日 10:00 前办完"]
    page = crew.place.client(crew.clerk).get(f"/c/{crew.place.slug}/desk/panel/{m.number}/")
    assert page.context["form"]["body"].value() == str(crew.place.community.pk)
    m = services.dispatch(by=crew.clerk, matter=m, body=crew.place.community, at=at(24, 12))
    m = services.take(by=crew.clerk, matter=m, words="约街道", at=at(24, 12))
    m = services.resolve(by=crew.clerk, matter=m, words="好了", evidence=True, at=at(25))
    m = services.confirm(by=crew.neighbours[0], matter=m, at=at(25))
    assert m.level_settled == "community"
    assert not differences(crew.place.compound.pk)


def test_a_promise_without_a_standard_limit_outlives_the_sorting(crew):
    m = in_progress(crew)
    m = services.recall(by=crew.clerk, matter=m, reason="是大修", at=at(24, 11))
    again = {"category": "0101", "level": "compound", "urgency": "project", "at": at(24, 11)}
    m = services.triage(by=crew.clerk, matter=m, **again)
    m = services.dispatch(by=crew.clerk, matter=m, body=crew.place.property, due_at=at(30, month=6), at=at(24, 11))
    m = services.recall(by=crew.clerk, matter=m, reason="换人", at=at(25))
    m = services.triage(by=crew.clerk, matter=m, **again)
    assert Clock.objects.get(matter=m, kind="finish", done_at=None).due_at == m.due_at == at(30, month=6)


def test_the_page_takes_back_once_and_keeps_what_was_typed(crew):
    m = in_progress(crew)
    url = f"/c/{crew.place.slug}/matters/{m.number}/recall/"
    browser = crew.place.client(crew.desk)
    page = browser.get(url)
    assert "收回，重新安排" in page.content.decode()
    assert browser.post(url, {"reason": ""}).status_code == 422
    once = page.context["form"]["once"].value()
    for _ in range(2):
        assert browser.post(url, {"reason": "他病了", "once": once}).status_code == 302
    assert AuditEntry.objects.filter(subject_id=m.pk, act="recall").count() == 1
    assert (
        "物业收回了，重新安排由谁办：他病了"
        in browser.get(f"/c/{crew.place.slug}/matters/{m.number}/").content.decode()
    )
    assert crew.place.client(crew.engineer).get(url).status_code == 302


# ── out of an order ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_taken_back_out_of_an_order_the_order_goes_on_without_it(crew):
    matters = crew.sorted(2)
    order = crew.accepted(matters)
    part = crew.split(order, matters[:1])
    crew.report(part)
    services.recall(by=crew.clerk, matter=matters[1], reason="另派", at=at(25, 11))
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.size, fresh.state, Matter.objects.get(pk=matters[1].pk).order_id) == (1, "done", None)
    said = Message.objects.filter(subject_id=order.pk, kind="drop", account_id=crew.chair.account_id)
    assert said.values_list("title", flat=True).get() == "订单第 1 号：第 0002 号由前台收回，另外安排"
    orders.check(by=crew.chair, order=fresh, at=at(25, 12))


def test_an_order_of_which_everything_was_taken_back_is_over(crew):
    (m,) = crew.sorted(1)
    order = crew.accepted([m])
    services.recall(by=crew.clerk, matter=m, reason="另派", at=at(25))
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.size, fresh.state, fresh.open) == (0, "cancelled", False)


# ── the reporter knows better what it is (traps 5) ──────────────────────────────────────────────────────────────────


def test_another_category_is_put_before_the_desk_which_may_give_it_to_others(crew):
    m = in_progress(crew)
    services.correct_category(by=crew.neighbours[0], matter=m, category="1103", at=at(24, 11))
    says = "第 0001 号的类别由报告人改成收费标准与项目，请看还该不该由原来的办"
    # A complaint about the company is the community's to give out; who has it hears of it too.
    assert told(m, crew.clerk, "correct_category") == told(m, crew.engineer, "correct_category") == [says]
    m = services.recall(by=crew.clerk, matter=m, reason="是收费的事", at=at(24, 12))
    m = services.triage(by=crew.clerk, matter=m, category="1103", level="compound", urgency="complaint", at=at(24, 12))
    m = services.dispatch(by=crew.clerk, matter=m, body=crew.place.community, at=at(24, 12))
    assert (m.first_receiver_id, m.handler_body_id) == (crew.place.community.pk,) * 2


def test_what_is_not_sorted_yet_is_sorted_anyhow(crew):
    m = crew.place.matter(crew.neighbours[0])
    services.correct_category(by=crew.neighbours[0], matter=m, category="0205", at=at(24, 11))
    assert told(m, crew.clerk, "correct_category") == []
