"""The part each of the three parties took in a matter is kept, filled for what was there before, and shown as one line."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import Gate, PartTaken
from linli.matters.queries.taken import acted, circles, three
from linli.matters.services import gates, plans, whistles
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

from . import makers
from .makers import NOW, at
from .whistle_cast import SITE, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
FILL = import_module("linli.matters.migrations.0006_fill_the_parts_taken")


@pytest.fixture
def crew(place):
    with compound_scope(place.compound.pk):
        yield {
            "owner": place.resident(),
            "clerk": place.post(Role.COMMUNITY_WORKER),
            "engineer": place.post(Role.ENGINEER),
            "chair": place.post(Role.COMMITTEE_CHAIR),
        }


def rows(matter) -> dict[str, tuple[str, str, int]]:
    return {r.party: (r.first_act, r.last_act, r.acts) for r in PartTaken.objects.filter(matter=matter)}


def test_each_party_keeps_its_first_and_last_act(place, crew):
    matter = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
    services.return_visit(
        by=crew["chair"], matter=matter, contacted=True, solved="solved", satisfied="satisfied", at=at(25)
    )
    assert rows(matter) == {
        "community": ("accept", "dispatch", 3),
        "property": ("take", "resolve", 2),
        "committee": ("visit", "visit", 1),
    }
    assert PartTaken.objects.get(party="committee").first_at == at(25)


def test_a_resident_and_a_small_wish_are_no_part(place, crew):
    matter = place.matter(crew["owner"])
    services.follow(by=crew["chair"], matter=matter, at=NOW)
    services.note(by=crew["owner"], matter=matter, words="还是不亮", at=NOW)
    assert rows(matter) == {}


def test_a_project_and_a_decision_are_parts_too(crew, place):
    matter = makers.in_progress(place, crew["owner"], crew["clerk"], crew["engineer"])
    plans.open_plan(by=crew["chair"], matter=matter, kind="works", at=NOW)
    plans.verify(by=crew["chair"], matter=matter, counted="电动车 320", at=NOW)
    assert rows(matter)["committee"] == ("plan_open", "plan_verify", 2)
    decided = makers.in_progress(place, crew["owner"], crew["clerk"], crew["engineer"])
    gates.set_gate(by=crew["clerk"], matter=decided, planned="small_spending", review_at=at(30), at=NOW)
    gates.decide(
        by=crew["chair"], matter=decided, gate=Gate.objects.get(), result="passed", body="业委会", day=NOW.date(), reference="第 1 次",
        at=NOW,
    )  # fmt: skip
    assert rows(decided)["committee"][2] == 1


def test_the_committee_whistles_whoever_sends_it(place):
    with compound_scope(place.compound.pk):
        cast = Cast(place)
        w = whistles.approve_and_blow(by=cast.officer, whistle=cast.draft(by=cast.member), at=NOW, site=SITE)
        assert rows(cast.matter)["committee"] == ("whistle", "whistle", 1)
        whistles.end_ask(by=cast.member, whistle=w, ask=cast.ask(w), words="不用了", at=NOW)
        assert rows(cast.matter)["committee"] == ("whistle", "whistle", 2)


def test_who_raises_it_for_somebody_took_a_part(place, crew):
    matter = place.matter(crew["engineer"], source="patrol")
    assert rows(matter) == {"property": ("raise", "raise", 1)}


def test_a_refused_act_leaves_no_part(place, crew):
    matter = place.matter(crew["owner"])
    with pytest.raises(Refused):
        services.take(by=crew["engineer"], matter=matter, words="我来", at=NOW)
    assert rows(matter) == {}


def test_entries_of_before_fill_the_same_rows(place, crew):
    matter = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
    kept = rows(matter)
    PartTaken.objects.filter(compound=place.compound).delete()
    FILL.fill(apps, None)
    assert rows(matter) == kept


def test_the_line_says_who_acted_and_who_is_waited_for(place, crew):
    matter = makers.in_progress(place, crew["owner"], crew["clerk"], crew["engineer"])
    assert [(c.label, c.acted, c.waits) for c in three(matter)] == [
        ("社区", True, False), ("业委会", False, False), ("物业", True, True),
    ]  # fmt: skip
    assert [(c.acted, c.waits) for c in circles({"committee"})] == [(False, False), (True, False), (False, False)]


def test_one_question_for_any_number_of_matters(place, crew):
    matters = [place.matter(crew["engineer"], source="patrol") for _ in range(3)]
    for some in (matters[:1], matters):
        with CaptureQueriesContext(connection) as asked:
            assert len(acted(place.compound, [m.pk for m in some])) == len(some)
        assert len(asked) == 1


def test_matter_panel_paper_and_public_page_show_it(place, crew):
    matter = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
    services.confirm(by=crew["owner"], matter=matter, at=NOW)
    page = place.client(crew["owner"]).get(reverse("matters:matter", args=[place.slug, matter.number]))
    paper = place.client(crew["owner"]).get(reverse("matters:print", args=[place.slug, matter.number]))
    panel = place.client(crew["clerk"]).get(reverse("matters:panel", args=[place.slug, matter.number]))
    public = place.client().get(reverse("matters:solved", args=[place.slug]))
    for answer in (page, paper, panel, public):
        html = answer.content.decode()
        assert html.count('class="three-one"') == 3, html
        assert html.count("：办过") == 2
