"""What the owners decided goes on to the matter that waits for it, once the result stands (domain §4.8)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import Item, Objection, Outcome, Session
from linli.assembly.tasks import tell_decisions
from linli.matters.models import Decision, Gate
from linli.matters.tests import makers as matters
from linli.matters.tests.gating import again, put
from linli.matters.tests.makers import NOW, compound
from linli.notices.models import Message
from linli.people.rules import Role

from . import boxes, stage
from .test_session_pages import get, post
from .test_signing import AFTER, announced, counted

STANDS = AFTER + timedelta(days=8)


@pytest.fixture
def charging(place, chair):
    """It waits for a vote on the use of common parts."""
    owner, desk, engineer = place.resident(), place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)
    m = matters.in_progress(
        place, owner, desk, engineer, "充电桩太少", category="0501", urgency="project", level="compound"
    )
    return put(m, chair)


def voted(place, chair, matter, *choices, matter_no=8):
    made, staff = counted(place, chair, {**boxes.case(*choices), "matter_no": matter_no})
    Item.objects.filter(compound_id=place.compound.pk).update(matter_id=matter.pk)
    announced(made, staff)
    return made


def test_the_gate_opens_when_the_result_stands_and_the_reporter_is_told(place, chair, charging):
    voted(place, chair, charging, *["approve"] * 6)
    assert tell_decisions(AFTER + timedelta(days=1)) == 0 and again(charging).gate == "common_land"
    assert tell_decisions(STANDS) == 1
    found = Decision.objects.select_related("paper").get(compound_id=place.compound.pk)
    assert (found.result, found.body, found.day) == ("passed", "业主大会", AFTER.date())
    assert found.paper.name == "表决结果公告.pdf" and "第 1 项" in found.reference
    m = again(charging)
    assert (m.gate, m.state) == ("", "in_progress")
    titles = Message.objects.filter(compound=place.compound).values_list("title", flat=True)
    assert f"第 {m.label} 号，业主大会通过了" in titles
    assert tell_decisions(STANDS) == 0


def test_a_vote_that_failed_says_so_and_one_on_another_kind_opens_nothing(place, chair, charging):
    voted(place, chair, charging, *["against"] * 6)
    tell_decisions(STANDS)
    assert again(charging).gate == "!common_land"


def test_a_vote_of_another_kind_opens_nothing(place, chair, charging):
    voted(place, chair, charging, *["approve"] * 6, matter_no=9)
    assert tell_decisions(STANDS) == 1 and again(charging).gate == "common_land"


def test_an_open_objection_holds_it_up_and_a_second_result_corrects_the_first(place, chair, charging):
    made = voted(place, chair, charging, *["approve"] * 6)
    raised = Objection.objects.create(
        compound=place.compound, session=made.session, about="result", name="业主", words="算错了", raised_at=AFTER
    )
    assert tell_decisions(STANDS) == 0
    raised.answered_at = STANDS
    raised.save()
    assert tell_decisions(STANDS) == 1
    Outcome.objects.create(
        compound=place.compound, item=made.items[0], turn=2, result="rejected", sheet="", at=STANDS,
        found=Outcome.objects.get(compound_id=place.compound.pk).found,
    )  # fmt: skip
    Session.objects.filter(compound_id=place.compound.pk).update(announced_at=STANDS + timedelta(days=1))
    assert tell_decisions(STANDS + timedelta(days=10)) == 1
    first, second = Decision.objects.filter(compound_id=place.compound.pk).order_by("id")
    assert (first.result, second.result, second.corrects_id) == ("passed", "failed", first.pk)


FORM = {"matter_no": "8", "title": "建充电棚", "form": "approve"}


@time_machine.travel(NOW, tick=False)
def test_who_writes_the_item_chooses_what_waits_for_it(place, chair, charging):
    stage.draft(place, chair)
    page = get(place, chair, "do", 1, "add_item").content.decode()
    assert f"{charging.label} {charging.title}" in page
    answer = post(place, chair, "do", 1, "add_item", **{**FORM, "matter_no": "9", "matter": str(charging.pk)})
    assert answer.status_code == 422 and "这件诉求等的是" in answer.content.decode()
    assert post(place, chair, "do", 1, "add_item", **FORM, matter=str(charging.pk)).status_code == 302
    assert Item.objects.get(compound_id=place.compound.pk).matter_id == charging.pk


@time_machine.travel(NOW, tick=False)
def test_nothing_of_another_compound_is_offered(place, chair, charging):
    there = compound("there")
    theirs = there.post(Role.COMMITTEE_CHAIR, name="李主任")
    stage.draft(there, theirs)
    assert charging.title not in get(there, theirs, "do", 1, "add_item").content.decode()
    answer = post(there, theirs, "do", 1, "add_item", **FORM, matter=str(charging.pk))
    assert answer.status_code in {302, 422} and not Item.objects.filter(
        compound_id=there.compound.pk, matter_id=charging.pk
    )


@time_machine.travel(NOW, tick=False)
def test_the_page_asks_as_often_for_one_as_for_many(place, chair, charging):
    stage.draft(place, chair)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            get(place, chair, "do", 1, "add_item")
        return len(seen)

    asked()
    before = asked()
    for planned in ("structure", "fund"):
        put(charging, chair, planned)
    assert Gate.objects.filter(compound_id=place.compound.pk).count() == 3 and asked() == before


@time_machine.travel(NOW, tick=False)
def test_the_item_leads_to_what_waits_and_back_for_who_may_open_both(place, chair):
    """A draft is its drafters' alone; a neighbour who does not follow the matter is not told of it."""
    reporter, neighbour = place.resident(), place.resident(name="邻居")
    desk, engineer = place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)
    m = put(
        matters.in_progress(place, reporter, desk, engineer, "充电桩太少", category="0501", urgency="project"), chair
    )
    made = stage.draft(place, chair)
    post(place, chair, "do", 1, "add_item", **FORM, matter=str(m.pk))
    matter = reverse("matters:matter", args=[place.slug, m.number])
    vote = reverse("assembly:session", args=[place.slug, made.number])

    def links(by):
        browser = place.client(by)
        return [f'href="{to}"' in browser.get(page).content.decode() for page, to in ((vote, matter), (matter, vote))]

    assert links(chair) == [True, True]
    assert links(reporter) == [False, False]
    Session.objects.filter(compound_id=place.compound.pk).update(state="noticed")
    assert links(reporter) == [True, True] and links(neighbour) == [False, False]
