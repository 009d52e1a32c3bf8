"""A compound's own categories: renamed, hidden, added, and honoured wherever one is shown or chosen."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import Matter
from linli.matters.rules import categories
from linli.matters.tests import makers
from linli.people.rules import Role
from linli.places.models import Compound
from linli.plumbing.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def clerk(place):
    return place.post(Role.FRONT_DESK)


def change(place, by, top="01", names=(), hidden=(), added=()):
    place.compound = services.change_categories(
        by=by,
        compound=place.compound,
        top=top,
        names=dict(names),
        hidden=list(hidden),
        added=list(added),
        at=makers.NOW,
    )
    return categories.of(place.compound.settings)


def url(place, name, *args):
    return reverse(f"matters:{name}", args=[place.slug, *args])


def shown(place, by, name, *args) -> str:
    response = place.client(by).get(url(place, name, *args))
    assert response.status_code == 200
    return response.content.decode()


def test_without_wishes_they_are_the_usual_ones():
    assert categories.of({}) is categories.USUAL
    assert categories.USUAL.offered == categories.tree()


def test_renamed_hidden_and_added(place, secretary):
    own = change(place, secretary, names={"01": "修修补补", "0101": "楼道灯"}, hidden=["0102"], added=["晾衣绳", " "])
    name, subs = own.offered["01"]
    assert (name, [c.zh for c in subs][:2], subs[-1].code) == ("修修补补", ["楼道灯", "道路路面与井盖"], "0151")
    assert (own.label("0102"), own.label("0151"), own.get("0151").level) == ("单元门与门禁", "晾衣绳", "building")
    again = change(place, secretary, names={"0151": "晾衣杆"}, added=["鞋柜"])
    assert (again.label("0101"), again.label("0151"), again.label("0152")) == ("楼道照明", "晾衣杆", "鞋柜")
    assert again.hidden == frozenset()


def test_a_change_under_one_top_leaves_the_others(place, secretary):
    change(place, secretary, names={"0101": "楼道灯"}, hidden=["0102"], added=["晾衣绳"])
    own = change(place, secretary, "02", names={"0201": "没水"}, hidden=["0202"])
    assert [own.label(code) for code in ("0101", "0151", "0201")] == ["楼道灯", "晾衣绳", "没水"]
    assert own.hidden == {"0102", "0202"}
    entry = AuditEntry.objects.filter(act="change_categories").order_by("id").last()
    assert (entry.data["top"], entry.data["hidden"]) == ("02", ["0202"])


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"top": "77"}, "unknown_category"),
        ({"added": ["楼道照明"]}, "same_name"),
        ({"names": {"0101": "字" * 21}}, "too_long"),
        ({"added": ["甲"] + [f"乙{n}" for n in range(49)]}, "too_many_categories"),
    ],
)
def test_a_change_that_is_refused(place, secretary, more, key):
    with pytest.raises(Refused) as caught:
        change(place, secretary, **more)
    assert caught.value.refusal.key == key
    assert Compound.objects.get(pk=place.compound.pk).settings == {}


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.COMMITTEE_CHAIR])
def test_only_the_secretary_changes_them(place, role):
    by = place.post(role)
    with pytest.raises(Refused):
        change(place, by)
    assert place.client(by).get(url(place, "categories")).status_code == 404
    assert place.client(by).post(url(place, "category", "01")).status_code == 404


def test_a_hidden_one_is_no_longer_taken_but_kept_where_it_is(place, secretary, clerk):
    m = place.matter(place.resident())
    triage = {"by": clerk, "level": "building", "urgency": "normal", "at": makers.NOW}
    m = services.triage(matter=m, category="0101", **triage)
    change(place, secretary, hidden=["0101"])
    assert services.triage(matter=m, category="0101", **triage).category == "0101"
    change(place, secretary, hidden=["01"])
    with pytest.raises(Refused) as caught:
        services.triage(matter=m, category="0102", **triage)
    assert caught.value.refusal.key == "unknown_category"


def test_every_list_says_the_compound_s_own_names(place, secretary, clerk):
    who = place.resident()
    change(place, secretary, names={"01": "修修补补", "0103": "坑坑洼洼"}, hidden=["0102"], added=["晾衣绳"])
    m = services.accept(by=clerk, matter=place.matter(who), at=makers.NOW)
    for page in (shown(place, clerk, "panel", m.number), shown(place, clerk, "panel-act", m.number, "triage")):
        assert "坑坑洼洼" in page and "晾衣绳" in page and "修修补补" in page
        assert "单元门与门禁" not in page and "道路路面与井盖" not in page
    m = services.triage(by=clerk, matter=m, category="0151", level="building", urgency="normal", at=makers.NOW)
    page = shown(place, who, "act", m.number, "correct_category")
    assert "坑坑洼洼" in page and "单元门与门禁" not in page
    assert "晾衣绳" in shown(place, clerk, "desk") and "修修补补" in shown(place, clerk, "desk")
    assert "晾衣绳" in shown(place, clerk, "matter", m.number)
    assert "晾衣绳" in shown(place, who, "matter", m.number)
    assert "晾衣绳" in place.client(clerk).get(url(place, "desk") + "?q=晾衣绳").content.decode()
    assert m.title in place.client(clerk).get(url(place, "desk") + "?category=01").content.decode()
    assert "修修补补" in shown(place, None, "public")


def test_a_neighbour_compound_keeps_the_usual_names(place, secretary):
    change(place, secretary, names={"0101": "楼道灯"})
    other = makers.compound("other")
    m = other.matter(other.resident())
    assert "楼道照明" in shown(other, other.post(Role.FRONT_DESK), "panel", m.number)


def test_the_desk_costs_no_query_more(place, secretary, clerk):
    place.matter(place.resident())
    browser = place.client(clerk)
    browser.get(url(place, "desk"))
    with assertNumQueries(3):
        browser.get(url(place, "desk"))
    change(place, secretary, names={"0101": "楼道灯"}, added=["晾衣绳"])
    with assertNumQueries(3):
        browser.get(url(place, "desk"))


def test_the_secretary_changes_them_on_the_page(place, secretary):
    browser = place.client(secretary)
    assert url(place, "categories") in browser.get(reverse("places:settings", args=[place.slug])).content.decode()
    assert "楼道照明、单元门与门禁" in browser.get(url(place, "categories")).content.decode()
    answer = browser.post(
        url(place, "category", "01"), {"name_0101": "楼道灯", "hide_0102": "on", "new_1": "晾衣绳"}, follow=True
    )
    page = answer.content.decode()
    assert "楼道灯、道路路面与井盖" in page and "不用的：单元门与门禁" in page and "晾衣绳" in page
    again = browser.get(url(place, "category", "01")).content.decode()
    assert 'value="楼道灯"' in again
    refused = browser.post(url(place, "category", "01"), {"name_0101": "楼道灯", "name_0103": "楼道灯"})
    assert (refused.status_code, "已经有这个名字" in refused.content.decode()) == (422, True)


def test_an_import_finds_them_by_the_own_name(place, secretary):
    from linli.matters.services import imports

    change(place, secretary, names={"0101": "楼道灯"})
    rows = [(2, ["灯坏了", "楼道灯"])]
    by = makers.Actor(role="import", compound_id=place.compound.pk)
    given = {"by": by, "compound": place.compound, "columns": {"words": 0, "category": 1}, "source": "resident_online"}
    (done,) = imports.import_rows(rows=rows, history=False, at=makers.NOW, **given)
    assert Matter.objects.get(number=done.number).category == "0101"
