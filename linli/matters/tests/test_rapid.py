"""Rapid repairs (M6): given out in one act, promised in minutes, counted, and checked by the community."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.access import parts_in
from linli.matters.models import Clock, Matter, RapidRepair
from linli.matters.queries import rapid as read
from linli.matters.rules import rapid
from linli.matters.rules.states import State, Who
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope, uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def minutes(n):
    return NOW + timedelta(minutes=n)


@pytest.mark.parametrize(("state", "part"), list(product(State, Who)))
def test_community_alone_sends_and_before_anybody_works(state, part):
    may = part == Who.COMMUNITY and state in {State.SUBMITTED, State.ACCEPTED, State.TRIAGED}
    assert (rapid.refuse(state, frozenset({part})) is None) is may
    noting = part == Who.HANDLER and state in {State.IN_PROGRESS, State.RESOLVED}
    assert (rapid.refuse_parts(state, frozenset({part})) is None) is noting


@pytest.mark.parametrize("kind", [b.value for b in Body])
def test_given_to_property_or_volunteers_alone(kind):
    no = rapid.refuse(State.SUBMITTED, frozenset({Who.COMMUNITY}), kind)
    assert (no is None) is (kind in {Body.PROPERTY, Body.VOLUNTEERS})


def test_an_emergency_keeps_its_own_promise_and_is_no_rapid_repair(cast):
    m = cast.place.matter(cast.owner, "电梯困人了，里面有老人")
    with pytest.raises(Refused, match="特急"):
        cast.send(m)
    assert (again(m).state, again(m).urgency) == ("submitted", "emergency")
    act = reverse("matters:act", args=[cast.place.slug, m.number, "send_rapid"])
    page = cast.place.client(cast.clerk).get(reverse("matters:matter", args=[cast.place.slug, m.number]))
    assert act not in page.content.decode()


def test_figures_of_no_one_two_and_three():
    assert rapid.figures({}, "ever") == rapid.Figures(0, 0, 0, None)
    kept, seen = {}, []
    for took in (40, 12, 20):
        for more in (rapid.counted_sent("2026-03"), rapid.counted_there("2026-03", took, 30)):
            for name, n in more.items():
                kept[name] = kept.get(name, 0) + n
        found = rapid.figures(kept, "2026-03")
        seen.append((found.sent, found.there, found.in_time, found.median, found.share))
    assert seen == [(1, 1, 0, 40, 0), (2, 2, 1, 12, 50), (3, 3, 2, 20, 66)]
    assert rapid.figures(kept, "ever").median == 20


class Cast:
    def __init__(self, place):
        self.place = place
        self.owner = place.resident()
        self.clerk = place.post(Role.COMMUNITY_WORKER)
        self.desk = place.post(Role.FRONT_DESK)
        self.engineer = place.post(Role.ENGINEER)
        self.chair = place.post(Role.COMMITTEE_CHAIR)
        self.grid = place.post(Role.GRID_WORKER)

    def leak(self, at=NOW):
        return self.place.matter(self.owner, "厨房水管裂了", when=at)

    def send(self, matter, *, by=None, at=NOW, **more):
        given = {"body": self.place.property, "category": "0202", "at": at, **more}
        return services.send_rapid(by=by or self.clerk, matter=matter, **given)


@pytest.fixture
def cast(place):
    return Cast(place)


def again(m):
    return Matter.objects.get(compound_id=m.compound_id, pk=m.pk)


def test_one_act_takes_in_sorts_and_gives_out(cast):
    m = again(cast.send(cast.leak()))
    row = RapidRepair.objects.get(compound=cast.place.compound)
    assert (m.state, m.handler_body, m.level, m.urgency, m.beside) == (
        "dispatched",
        cast.place.property,
        "compound",
        "urgent",
        "rapid",
    )
    assert (row.sent_at, row.promised, row.due_at) == (NOW, 30, minutes(30))
    assert (m.next_clock, m.next_due_at) == ("start", minutes(30))
    acts = list(
        AuditEntry.objects.filter(compound=cast.place.compound, subject_id=m.pk)
        .order_by("id")
        .values_list("act", flat=True)
    )
    assert acts[-4:] == ["accept", "triage", "dispatch", "send_rapid"]  # fmt: skip


def test_who_has_it_in_hand_hears_at_once_until_when_to_be_there(cast):
    cast.place.compound.settings["rapid_minutes"] = 45
    cast.place.compound.save()
    m = cast.send(cast.leak())
    told = Message.objects.filter(compound=cast.place.compound, kind="hands").values_list("account_id", "title", "body")
    assert list(told) == [(cast.desk.account_id, f"急：第 {m.label} 号派给您了，3月24日 10:45 前到场", "厨房水管裂了")]
    named = services.triage(
        by=cast.clerk, matter=cast.leak(), category="0202", level="building", urgency="emergency", at=NOW
    )
    post = Post.objects.get(pk=cast.engineer.role_id)
    services.dispatch(by=cast.clerk, matter=named, body=cast.place.property, post=post, at=NOW)
    assert Message.objects.filter(kind="hands", account_id=cast.engineer.account_id, subject_id=named.pk).count() == 1


def test_promise_runs_from_the_sending_and_warns_then_breaks(cast):
    cast.place.compound.settings["rapid_minutes"] = 45
    cast.place.compound.save()
    m = cast.send(cast.leak(at=minutes(-60)))
    clock = Clock.objects.get(compound=cast.place.compound, matter=m, kind="start")
    assert (clock.started_at, clock.due_at, clock.stage) == (NOW, minutes(45), 0)
    tasks.run_clocks(minutes(44))
    assert not again(m).overdue
    tasks.run_clocks(minutes(46))
    assert again(m).overdue


def test_the_same_submit_sends_once(cast):
    m, once = cast.leak(), uuid7()
    cast.send(m, once=once)
    cast.send(m, once=once)
    cast.send(again(m))
    assert RapidRepair.objects.filter(compound=cast.place.compound).count() == 1
    assert read.figures(cast.place.compound, NOW)[0].sent == 1


def test_property_committee_and_strangers_do_not_send(cast):
    m = cast.leak()
    for by in (cast.desk, cast.engineer, cast.chair, cast.owner):
        with pytest.raises(Refused, match="不归您办"):
            cast.send(m, by=by)
    with pytest.raises(Refused, match="只派给") as no:
        cast.send(m, body=cast.place.agency)
    assert no.value.field == "body"
    with pytest.raises(Refused, match="类别"):
        cast.send(m, category="9999")
    assert again(m).state == "submitted"


def done(cast, at_arrival=minutes(20)):
    m = cast.send(cast.leak())
    m = services.take(by=cast.engineer, matter=m, words="马上到", at=minutes(2))
    if at_arrival:
        m = services.arrive(by=cast.engineer, matter=m, at=at_arrival)
    m = services.note_parts(by=cast.engineer, matter=m, words="角阀 1 个", at=minutes(40))
    return services.resolve(by=cast.engineer, matter=m, words="换好了", cost_fen=3500, evidence=True, at=minutes(50))


def test_arrival_is_counted_once_and_parts_and_cost_kept(cast):
    m = done(cast)
    row = RapidRepair.objects.get(compound=cast.place.compound)
    assert (row.arrived_at, row.parts, again(m).cost_fen) == (minutes(20), "角阀 1 个", 3500)
    this, ever = read.figures(cast.place.compound, NOW)
    assert this == ever == rapid.Figures(1, 1, 1, 20)


def test_without_a_word_of_arrival_done_is_there(cast):
    done(cast, at_arrival=None)
    assert read.figures(cast.place.compound, NOW)[0] == rapid.Figures(1, 1, 0, 50)


def test_community_always_owes_a_visit_and_the_committee_makes_none(cast):
    m = again(done(cast))
    assert m.visit_wanted and m.visit_due_at
    assert Who.VISITOR in parts_in(m, cast.clerk) and Who.VISITOR in parts_in(m, cast.grid)
    assert Who.VISITOR not in parts_in(m, cast.chair)


def test_the_card_says_that_the_community_called_only_if_it_did(cast, time_machine):
    page = reverse("matters:matter", args=[cast.place.slug, 1])
    m = done(cast)
    time_machine.move_to(minutes(60))
    services.confirm(by=cast.owner, matter=m, rating="satisfied", at=minutes(55))
    words = cast.place.client(cast.owner).get(page).content.decode()
    assert "社区回访" not in words and "办结" in words
    m = services.reopen(by=cast.owner, matter=again(m), reason="又漏了", at=minutes(56))
    assert read.visited_at(again(m)) is None
    m = services.triage(by=cast.clerk, matter=m, category="0202", level="compound", urgency="urgent", at=minutes(57))
    m = services.dispatch(by=cast.clerk, matter=m, body=cast.place.property, at=minutes(57))
    m = services.take(by=cast.engineer, matter=m, words="马上到", at=minutes(58))
    m = services.resolve(by=cast.engineer, matter=m, words="换了", cost_fen=0, evidence=True, at=minutes(59))
    services.return_visit(
        by=cast.clerk, matter=m, contacted=True, called="yes", solved="solved", satisfied="satisfied", at=minutes(60)
    )
    assert read.visited_at(again(m)) == minutes(60)
    assert "社区回访" in cast.place.client(cast.owner).get(page).content.decode()


def test_parts_are_the_hands_own(cast):
    m = cast.send(cast.leak())
    m = services.take(by=cast.engineer, matter=m, words="马上到", at=minutes(2))
    with pytest.raises(Refused, match="不归您办"):
        services.note_parts(by=cast.clerk, matter=m, words="角阀", at=NOW)
    with pytest.raises(Refused, match="不是快修"):
        services.note_parts(by=cast.engineer, matter=cast.leak(), words="角阀", at=NOW)
    with pytest.raises(Refused) as no:
        services.note_parts(by=cast.engineer, matter=m, words=" ", at=NOW)
    assert no.value.field == "words"


def test_both_sides_see_the_minutes_left(cast, time_machine):
    cast.send(cast.leak())
    time_machine.move_to(minutes(12))
    page = reverse("matters:matter", args=[cast.place.slug, 1])
    for by in (cast.owner, cast.engineer, cast.clerk):
        words = cast.place.client(by).get(page).content.decode()
        assert "答应 30 分钟内到" in words and "还有 18 分钟" in words
    time_machine.move_to(minutes(34))
    assert "晚了 4 分钟" in cast.place.client(cast.owner).get(page).content.decode()


def test_sent_from_the_page_and_from_the_panel(cast):
    cast.leak()
    browser, slug = cast.place.client(cast.clerk), cast.place.slug
    act = reverse("matters:act", args=[slug, 1, "send_rapid"])
    assert act in browser.get(reverse("matters:panel", args=[slug, 1])).content.decode()
    assert act in browser.get(reverse("matters:matter", args=[slug, 1])).content.decode()
    wrong = browser.post(act, {"category": "", "body": str(cast.place.property.pk)})
    assert wrong.status_code == 422
    form = browser.get(act).context["form"]
    assert [label for _value, label in form.fields["body"].choices] == [cast.place.property.name]
    right = browser.post(act, {"category": "0202", "body": str(cast.place.property.pk), "once": str(uuid7())})
    assert right.status_code == 302
    assert act not in cast.place.client(cast.desk).get(reverse("matters:panel", args=[slug, 1])).content.decode()
    listed = browser.get(reverse("matters:rapid", args=[slug])).content.decode()
    assert "厨房水管裂了" in listed and "还有 30 分钟" in listed
    assert cast.place.client(cast.owner).get(reverse("matters:rapid", args=[slug])).status_code == 404


def test_volunteers_may_be_sent(cast):
    team = Organisation.objects.create(kind=Body.VOLUNTEERS, name="志愿队", compound=cast.place.compound)
    assert again(cast.send(cast.leak(), body=team)).handler_body == team


def test_list_costs_the_same_for_many(monkeypatch):
    counts = []
    for slug, n in (("few", 1), ("many", 3)):
        place = makers.compound(slug)
        with compound_scope(place.compound.pk):
            cast = Cast(place)
            for _ in range(n):
                cast.send(cast.leak())
            browser = place.client(cast.clerk)
            browser.get(reverse("matters:rapid", args=[slug]))
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert len(browser.get(reverse("matters:rapid", args=[slug])).context["rows"]) == n
            counts.append(len(seen))
    assert counts[0] == counts[1]
    monkeypatch.setattr("linli.matters.queries.rapid.PAGE", 2)
    first = browser.get(reverse("matters:rapid", args=["many"])).context
    second = browser.get(reverse("matters:rapid", args=["many"]) + f"?after={first['more']}").context
    assert (len(first["rows"]), len(second["rows"]), second["more"]) == (2, 1, "")
