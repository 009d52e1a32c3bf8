"""The numbers of a month: what they say, what they leave unsaid, and that each opens to its records."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.insight import queries
from linli.matters import services
from linli.matters.models import MonthCount
from linli.matters.tests import makers
from linli.matters.tests.makers import at
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def crew(place):
    with compound_scope(place.compound.pk):
        yield {
            "owner": place.resident(),
            "clerk": place.post(Role.COMMUNITY_WORKER),
            "engineer": place.post(Role.ENGINEER),
            "caller": place.post(Role.GRID_WORKER),
        }


def visited(place, crew, n: int, solved: str = "solved", **triage) -> None:
    for i in range(n):
        m = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"], words=f"{i} 层的灯不亮", **triage)
        services.return_visit(
            by=crew["caller"], matter=m, contacted=True, solved=solved, satisfied="satisfied", at=at(24, 15)
        )


def page(place, by, name: str = "numbers", **query) -> str:
    answer = place.client(by).get(reverse(f"insight:{name}", args=[place.slug]), query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", unescape(answer.content.decode())))


def test_a_rate_is_told_with_its_fraction(place, crew):
    visited(place, crew, 6)
    visited(place, crew, 1, solved="partly")
    assert "6/7 85.71%" in page(place, crew["clerk"])


def test_few_are_told_as_they_are(place, crew):
    visited(place, crew, 4)
    said = page(place, crew["clerk"])
    assert "4/4" in said and "100.00%" not in said and "太少，不比" in said


def test_a_month_without_anything_says_so(place, crew):
    assert "这个月还没有数字" in page(place, crew["clerk"], month="2025-12")


@pytest.mark.parametrize("month", ["2027-01", "2026-13", "x", "2026-04"])
def test_what_has_not_come_or_is_none_is_this_month(place, crew, month):
    assert "2026年3月" in page(place, crew["clerk"], month=month)


def test_closed_and_fixed_are_told_apart(place, crew):
    visited(place, crew, 1)
    m = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
    services.confirm(by=crew["owner"], matter=m, at=at(24, 11))
    m = makers.in_progress(place, crew["owner"], crew["clerk"], crew["engineer"])
    m = services.resolve(by=crew["engineer"], matter=m, words="归供电局", outcome="explained", at=at(24, 11))
    services.confirm(by=crew["owner"], matter=m, at=at(24, 12))
    sheet = queries.sheet(place.compound, month="2026-03", today=at(24).date())
    assert (sheet.closed, sheet.fixed) == (2, 1)
    assert [(key, n) for key, _name, n in sheet.outs if n] == [("out:fixed", 1), ("out:explained", 1)]
    assert [n for _key, _name, n, _part in sheet.levels] == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("now", "past", "says"),
    [((4, 5), (3, 5), "up"), ((3, 5), (6, 10), "same"), ((2, 6), (5, 6), "down"), ((4, 4), (1, 9), "")],
)
def test_months_are_compared_by_cross_multiplication(now, past, says):
    rate = queries.Rate("", "", "", "", queries.Share(*now), queries.Share(*past), worse=False)
    assert rate.moved == says


def test_each_body_has_its_own_row(place, crew):
    visited(place, crew, 2)
    sheet = queries.sheet(place.compound, month="2026-03", today=at(24).date())
    assert [(row.name, row.accepted) for row in sheet.bodies] == [("柳溪社区", 2), ("清和物业", 0)]
    assert [row.dim for row in sheet.categories] == ["c:01"]


def test_many_cost_as_many_questions_as_one(place, crew):
    asked = []
    for n in (1, 6):
        visited(place, crew, n)
        with CaptureQueriesContext(connection) as seen:
            queries.sheet(place.compound, month="2026-03", today=at(24).date())
        asked.append(len(seen))
    assert asked == [3, 3]


def test_records_are_those_counted_with_masked_titles(place, crew):
    visited(place, crew, 2)
    m = place.matter(crew["owner"], "7栋2单元403漏水，电话13800001234")
    services.accept(by=crew["clerk"], matter=m, at=at(24, 10, 30))
    said = page(place, crew["clerk"], "records", month="2026-03", what="accepted")
    assert "受理的" in said and said.count("柳溪社区") >= 3
    assert "403" not in said and "13800001234" not in said
    assert "0 层的灯不亮" in page(place, crew["clerk"], "records", month="2026-03", what="solved", dim="c:01")
    assert "这里没有" in page(place, crew["clerk"], "records", month="2026-03", what="solved", dim="c:02")


def test_records_go_on_over_the_page_without_gaps(place, crew, monkeypatch):
    from linli.matters.queries import figures

    monkeypatch.setattr(figures, "PAGE", 3)
    visited(place, crew, 7)
    address, found = reverse("insight:records", args=[place.slug]) + "?month=2026-03&what=visited", []
    browser = place.client(crew["clerk"])
    while address:
        text = browser.get(address).content.decode()
        found += re.findall(r"(\d{4}) · |(\d{4})<span", text) or re.findall(r">(\d) 层的灯不亮", text)
        more = re.search(r'href="(\?month[^"]+after[^"]+)"', text)
        address = reverse("insight:records", args=[place.slug]) + unescape(more[1]) if more else ""
    assert len(found) == 7 and len(set(found)) == 7


def test_a_secret_one_is_counted_and_not_listed(place, crew):
    m = place.matter(crew["owner"], "家里的事")
    services.triage(
        by=crew["clerk"], matter=m, category="0801", level="community", urgency="normal", privacy="secret", at=at(24)
    )
    said = page(place, crew["caller"], "records", month="2026-03", what="accepted")
    assert "家里的事" not in said and "保密的事算在数字里" in said
    assert "家里的事" in page(place, crew["clerk"], "records", month="2026-03", what="accepted")


@pytest.mark.parametrize("query", [{"what": "x"}, {}, {"what": "accepted", "dim": "b:1"}, {"what": "took:3"}])
def test_what_is_no_number_has_no_records(place, crew, query):
    assert place.client(crew["clerk"]).get(reverse("insight:records", args=[place.slug]), query).status_code == 404


def test_every_measure_has_a_name_and_its_records():
    from linli.insight.words import MEASURES
    from linli.matters.queries import figures

    assert set(MEASURES) == set(figures.MEASURES) - {"out:duplicate", "out:withdrawn"}


def test_residents_find_nothing(place, crew):
    assert place.client(crew["owner"]).get(reverse("insight:numbers", args=[place.slug])).status_code == 404


def test_a_month_of_another_compound_stays_there(place, crew):
    visited(place, crew, 1)
    other = makers.compound("other")
    with compound_scope(other.compound.pk):
        assert not MonthCount.objects.exists()
