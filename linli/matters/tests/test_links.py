"""Ways from one page to another: what waits for an answer, what a home is in, whom to call."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.matters import services
from linli.matters.models import Batch
from linli.matters.rules.batches import USUAL_PAPERS, USUAL_PATH
from linli.matters.services import batches
from linli.matters.tests.makers import NOW
from linli.people.rules import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def seen(place, by, name, *args):
    return place.client(by).get(reverse(name, args=[place.slug, *args]))


@pytest.fixture
def batch(place):
    made = batches.open_batch(
        by=place.post(Role.COMMITTEE_CHAIR), compound=place.compound, title="补办不动产权证", path=USUAL_PATH, papers=USUAL_PAPERS, at=NOW
    )  # fmt: skip
    batches.add_buildings(by=place.post(Role.COMMITTEE_CHAIR), batch=made, buildings=[place.home.building_id], at=NOW)
    return made


def test_home_leads_its_owner_to_the_batch_case_and_no_tenant(place, batch):
    mine = reverse("matters:batch-mine", args=[place.slug, 1])
    owner, tenant = place.resident(place.home), place.resident(place.home, "tenant")
    elsewhere = place.resident(place.homes[-1])
    found = {
        who: mine in seen(place, by, "matters:home").content.decode()
        for who, by in (("owner", owner), ("tenant", tenant), ("elsewhere", elsewhere))
    }
    assert found == {"owner": True, "tenant": False, "elsewhere": place.homes[-1].building_id == place.home.building_id}
    assert seen(place, owner, "matters:batch-mine", 1).status_code == 200


def test_public_page_leads_to_what_many_settle_while_it_is_shown(place, batch):
    way = reverse("matters:batch", args=[place.slug, 1])
    public = reverse("matters:public", args=[place.slug])
    assert way in place.client().get(public).content.decode()
    Batch.objects.filter(compound=place.compound).update(public=False)
    assert way not in place.client().get(public).content.decode()


def quoted(place, owner, engineer, manager):
    m = services.ask_help(
        by=owner, compound=place.compound, words="水龙头滴水", spot=services.Spot(home=place.home), at=NOW
    )
    m = services.triage(by=manager, matter=m, category="0301", level="building", urgency="normal", at=NOW)
    m = services.dispatch(by=manager, matter=m, body=place.property, at=NOW)
    m = services.take(by=engineer, matter=m, words="来看看", at=NOW)
    return services.quote(by=engineer, matter=m, lines=[("换龙头", 7500)], at=NOW)


def test_waiting_quote_asks_at_home_until_it_is_answered(place):
    owner, engineer, manager = place.resident(place.home), place.post(Role.ENGINEER), place.post(Role.PROPERTY_MANAGER)
    m = quoted(place, owner, engineer, manager)
    page = seen(place, owner, "matters:home")
    assert [(c["title"], c["note"]) for c in page.context["cards"]] == [("75 元", "水龙头滴水")]
    for act in ("agree", "disagree"):
        assert reverse("matters:act", args=[place.slug, 1, act]) in page.content.decode()
    with CaptureQueriesContext(connection) as one:
        seen(place, owner, "matters:home")
    quoted(place, owner, engineer, manager)
    with CaptureQueriesContext(connection) as two:
        assert len(seen(place, owner, "matters:home").context["cards"]) == 2
    assert len(one) == len(two)
    services.agree(by=owner, matter=m, version=1, at=NOW)
    assert len(seen(place, owner, "matters:home").context["cards"]) == 1


def test_clerk_finds_whom_to_reach_from_the_homes_page(place):
    clerk, front = place.post(Role.COMMUNITY_WORKER), place.post(Role.COMMITTEE_SECRETARY)
    way = reverse("matters:contacts", args=[place.slug, place.home.pk])
    assert way in seen(place, clerk, "people:home", place.home.pk).content.decode()
    assert seen(place, clerk, "matters:contacts", place.home.pk).status_code == 200
    other = seen(place, front, "people:home", place.home.pk)
    assert way not in other.content.decode()
