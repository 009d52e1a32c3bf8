"""What begins a matter that nobody mends by going there: a first meeting, or the plan (domain §4.5)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Clock
from linli.matters.queries.plans import options_of, plan_of
from linli.matters.rules.times import stops
from linli.matters.services import beginning, plans
from linli.matters.services import gates as deciding
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

BEGUN = {"coordination": "meet", "project": "propose"}


@pytest.mark.parametrize(
    "urgency", ["emergency", "urgent", "normal", "complaint", "coordination", "project", "petition"]
)
def test_what_ends_the_clock_of_beginning(urgency):
    ends = {act for act in ("take", "arrive", "meet", "propose", "plan_choose") if "start" in stops(act, urgency)}
    chosen = {"plan_choose"} if urgency == "project" else set()
    on_site = {"arrive"} if urgency in {"emergency", "urgent"} else {"arrive", "take"}
    assert ends == ({BEGUN[urgency]} | chosen if urgency in BEGUN else on_site)


@pytest.fixture
def noise(place, owner, desk, engineer):
    return makers.in_progress(place, owner, desk, engineer, "楼上每晚都响", category="0802", urgency="coordination")


def begins(m):
    return Clock.objects.get(compound_id=m.compound_id, matter=m, kind="start")


@pytest.mark.django_db
class TestMeeting:
    def test_taking_it_and_going_there_is_no_meeting(self, noise, engineer):
        m = services.arrive(by=engineer, matter=noise, at=at(24, 15))
        assert (m.next_clock, begins(m).done_at) == ("start", None)
        once = uuid7()
        for _ in range(2):
            m = beginning.meet(by=engineer, matter=m, words="三家都来了，说好十点以后不拖椅子", at=at(25), once=once)
        assert (begins(m).done_at, begins(m).breached_at, m.next_clock) == (at(25), None, "finish")
        with pytest.raises(Refused, match="已经记过了"):
            beginning.meet(by=engineer, matter=m, words="又坐了一次", at=at(26))

    def test_a_meeting_that_nobody_called_is_a_broken_promise(self, place, noise):
        manager = place.post(Role.PROPERTY_MANAGER)
        tasks.run_clocks(at(28))
        told = AuditEntry.objects.get(compound=place.compound, subject_id=noise.pk, act="breach")
        assert (told.data["clock"], told.data["urgency"]) == ("start", "coordination")
        page = place.client(manager).get(reverse("matters:matter", args=[place.slug, noise.number])).content.decode()
        assert "过了答应的时间，还没碰头商量" in page

    def test_community_and_committee_may_call_it_too_a_neighbour_may_not(self, place, noise, owner, desk):
        for by in (owner, desk, place.post(Role.STEWARD)):
            with pytest.raises(Refused, match="不归您办"):
                beginning.meet(by=by, matter=noise, words="坐了一次", at=at(25))
        m = beginning.meet(by=place.post(Role.COMMUNITY_WORKER), matter=noise, words="坐了一次", at=at(25))
        assert begins(m).done_at == at(25)

    def test_none_of_the_other_kinds(self, place, owner, desk, engineer):
        m = makers.in_progress(place, owner, desk, engineer)
        for verb in (beginning.meet, beginning.propose):
            with pytest.raises(Refused, match="只有协调的事"):
                verb(by=engineer, matter=m, words="说了说", at=at(25))

    def test_while_its_clock_stands_it_is_not_late(self, noise, place, engineer):
        manager = place.post(Role.PROPERTY_MANAGER)
        m = services.suspend(by=manager, matter=noise, pause_reason="reporter", review_at=at(30), at=at(25))
        m = beginning.meet(by=engineer, matter=m, words="人回来了，坐了一次", at=at(29))
        assert (m.state, begins(m).done_at, begins(m).breached_at) == ("suspended", at(29), None)


@pytest.mark.django_db
class TestPlan:
    @pytest.fixture
    def charging(self, place, owner, desk, engineer):
        return makers.in_progress(
            place, owner, desk, engineer, "充电桩太少", category="0501", urgency="project", level="compound"
        )

    def test_is_there_when_the_handler_says_how(self, charging, engineer):
        assert begins(charging).done_at is None
        m = beginning.propose(by=engineer, matter=charging, words="东门车棚旁装 20 个口，四万八", at=at(26))
        assert begins(m).done_at == at(26)

    def test_is_there_when_an_option_is_chosen_also_while_a_vote_is_waited_for(self, charging, place, chair, engineer):
        m = plans.open_plan(by=chair, matter=charging, kind="works", at=NOW)
        with pytest.raises(Refused, match="选定方案"):
            beginning.propose(by=engineer, matter=m, words="就这样", at=at(26))
        m = plans.verify(by=chair, matter=m, counted="电动车 320", at=NOW)
        m = plans.add_option(by=chair, matter=m, site="东门车棚旁", at=at(25))
        m = deciding.set_gate(
            by=chair, matter=m, planned="common_land", review_at=NOW + timedelta(days=30), at=at(25, 11)
        )
        assert (m.state, begins(m).done_at) == ("suspended", None)
        m = plans.choose(by=chair, matter=m, option=options_of(plan_of(m))[0], words="谈好了", at=at(27))
        assert (begins(m).done_at, m.next_clock) == (at(27), "finish")


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_ten")
def test_page_offers_what_is_awaited_once(place, noise, engineer, owner):
    browser = place.client(engineer)
    page = reverse("matters:matter", args=[place.slug, noise.number])
    meet, propose = (reverse("matters:act", args=[place.slug, noise.number, act]) for act in ("meet", "propose"))
    shown = browser.get(page).content.decode()
    assert meet in shown and propose not in shown
    assert meet in browser.get(reverse("matters:work", args=[place.slug])).content.decode()
    assert browser.post(meet, {"words": ""}).status_code == 422
    assert browser.post(meet, {"words": "三家都来了"}).status_code == 302
    assert meet not in browser.get(page).content.decode()
    assert "请大家碰了头：三家都来了" in place.client(owner).get(page).content.decode()
