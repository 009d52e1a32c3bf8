"""The desk's own: what was sorted today, and lists to come back to."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from linli.matters import services, tasks
from linli.matters.tests import makers
from linli.people.models import Account
from linli.people.rules import Role
from linli.plumbing.counters import kept, shift
from linli.plumbing.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def clerk(place):
    return place.post(Role.FRONT_DESK)


@pytest.fixture
def browser(place, clerk):
    return place.client(clerk)


def url(place, name, query=""):
    return reverse(f"matters:{name}", args=[place.slug]) + query


def sort(place, clerk, when=makers.NOW, **more):
    m = place.matter(place.resident(), "楼道灯不亮", when)
    return services.triage(
        by=clerk, matter=m, at=when, **{"category": "0101", "level": "building", "urgency": "normal", **more}
    )


def test_the_desk_says_what_was_sorted_today(place, clerk, browser):
    assert "今天已分类 0 件" in browser.get(url(place, "desk")).content.decode()
    sort(place, clerk)
    sort(place, clerk, makers.at(23))
    m = sort(place, clerk)
    services.triage(by=clerk, matter=m, category="0102", level="building", urgency="normal", at=makers.NOW)
    assert "今天已分类 2 件" in browser.get(url(place, "desk")).content.decode()
    with assertNumQueries(3):
        browser.get(url(place, "desk"))


def test_counts_of_a_day_are_forgotten(place, clerk):
    sort(place, clerk)
    shift(place.compound.pk, {"day:2026-03-16:triaged": 4, "day:2026-03-20:triaged": 2, "open": 0})
    assert tasks.forget_days(makers.NOW) == 1
    assert kept(place.compound.pk, "day:") == {"day:2026-03-20:triaged": 2, "day:2026-03-24:triaged": 1}
    assert tasks.forget_days(makers.NOW + timedelta(days=30)) == 2
    assert kept(place.compound.pk)["open"] == 1


def test_a_list_is_kept_and_comes_back(place, clerk, browser):
    query = "?view=overdue&category=0101"
    sort(place, clerk)
    assert "存为常用" not in browser.get(url(place, "desk")).content.decode()
    assert url(place, "saved", query.replace("&", "&amp;")) in browser.get(url(place, "desk", query)).content.decode()
    answer = browser.post(url(place, "saved", query + "&x=1"), {"name": " 灯超时 "})
    assert answer["Location"] == url(place, "desk", query)
    page = browser.get(url(place, "desk", query)).content.decode()
    assert f'href="{query.replace("&", "&amp;")}" aria-current="true">灯超时</a>' in page
    with assertNumQueries(3):
        assert "灯超时" in browser.get(url(place, "desk")).content.decode()
    assert AuditEntry.objects.filter(act="save_list").count() == 1


def test_a_list_is_the_account_s_own_and_the_compound_s(place, clerk, browser):
    browser.post(url(place, "saved", "?view=overdue"), {"name": "超时的"})
    assert "超时的" not in place.client(place.post(Role.FRONT_DESK)).get(url(place, "saved")).content.decode()
    other = makers.compound("other")
    there = other.client(other.post(Role.FRONT_DESK, who=Account.objects.get(pk=clerk.account_id)))
    assert "超时的" not in there.get(url(other, "saved")).content.decode()


def test_the_same_name_replaces_and_a_list_is_dropped(place, clerk, browser):
    for view in ("overdue", "today"):
        browser.post(url(place, "saved", f"?view={view}"), {"name": "急的"})
    assert Account.objects.get(pk=clerk.account_id).saved == {str(place.compound.pk): [["急的", "?view=today"]]}
    browser.post(url(place, "saved"), {"drop": "急的"})
    assert "还没有存过" in browser.get(url(place, "saved")).content.decode()


@pytest.mark.parametrize(("name", "says"), [("", "写个名字"), ("九", "最多存 8 个")])
def test_a_list_that_is_refused(place, browser, name, says):
    for n in range(8):
        browser.post(url(place, "saved", "?view=overdue"), {"name": f"表{n}"})
    answer = browser.post(url(place, "saved", "?view=today"), {"name": name})
    assert (answer.status_code, says in answer.content.decode()) == (422, True)


def test_a_resident_has_none(place):
    assert place.client(place.resident()).get(url(place, "saved")).status_code == 404
