"""The numbers of a month: what they say, what they leave unsaid, and that each opens to its records."""

import re
from html import unescape
from html.parser import HTMLParser

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


def closed(place, crew, n: int, **triage) -> None:
    for i in range(n):
        m = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"], words=f"{i} 层的门坏了", **triage)
        services.confirm(by=crew["owner"], matter=m, at=at(24, 16))


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


def test_who_took_matters_in_first_has_a_share_of_all(place, crew):
    visited(place, crew, 6)
    sheet = queries.sheet(place.compound, month="2026-03", today=at(24).date())
    assert [(name, n, part) for _dim, name, n, part in sheet.firsts] == [("柳溪社区", 6, "100.00")]
    said = page(place, crew["clerk"]).partition("谁先受理的")[2].partition("占全部受理的")[0]
    assert "柳溪社区" in said and "6 件 · 100.00%" in said


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


class Loose(HTMLParser):
    """Digits of the main part that lie in no link. The month's name, the rules and zero open to nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.within, self.links, self.found, self.linked = False, 0, [], 0

    def handle_starttag(self, tag, attrs):
        self.within |= tag == "main"
        self.links += tag == "a"

    def handle_endtag(self, tag):
        self.links -= tag == "a"
        self.within &= tag != "main"

    def handle_data(self, data):
        said = re.sub(r"\d+年\d+月|不到 5 件的.*|^0( 件)?$|[^0-9]", "", data.strip())
        if self.within and said:
            self.linked += bool(self.links)
            if not self.links:
                self.found.append(data.strip())


def test_each_number_lies_in_a_link_that_opens(place, crew):
    visited(place, crew, 6)
    visited(place, crew, 1, solved="partly")
    quiet = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
    for hour in (15, 16):
        services.return_visit(by=crew["caller"], matter=quiet, contacted=False, at=at(25 + hour - 15, 15))
    closed(place, crew, 5)
    place.matter(crew["owner"], "门坏了")
    MonthCount.objects.bulk_create(
        MonthCount(compound=place.compound, month="2026-02", dim="all", measure=name, value=n)
        for name, n in (("accepted", 9), ("visited", 8), ("content", 7))
    )
    browser, here = place.client(crew["clerk"]), reverse("insight:numbers", args=[place.slug])
    text = browser.get(here).content.decode()
    loose = Loose()
    loose.feed(text)
    assert loose.found == [] and loose.linked > 20
    main = unescape(text[text.index("<main") : text.index("</main>")])
    links = set(re.findall(r'href="(/[^"]+)"', main))
    assert any("month=2026-02" in link for link in links) and any("view=open" in link for link in links)
    assert sum("sort=days" in link for link in links) == 3  # the whole, one body, one category
    assert all(browser.get(link).status_code == 200 for link in links)


def test_the_median_opens_sorted_by_days(place, crew, monkeypatch):
    from linli.matters.models import LifeFigure
    from linli.matters.queries import figures

    monkeypatch.setattr(figures, "PAGE", 2)
    closed(place, crew, 5)
    for n, life in enumerate(LifeFigure.objects.order_by("number")):
        life.took_days = (4, 1, 3, 1, 2)[n]
        life.save()
    address, found = reverse("insight:records", args=[place.slug]) + "?month=2026-03&what=out:fixed&sort=days", []
    while address:
        text = place.client(crew["clerk"]).get(address).content.decode()
        found += [int(n) for n in re.findall(r"用了 (\d+)\s天", re.sub(r"<[^>]+>", "", text))]
        more = re.search(r'href="(\?month[^"]+after[^"]+)"', text)
        address = reverse("insight:records", args=[place.slug]) + unescape(more[1]) if more else ""
    assert found == [1, 1, 2, 3, 4]


@pytest.mark.parametrize("after", ["x~y", "3~", "-1~00000000000000000000000000000000", "2026-03-24T10:00:00+08:00~1"])
def test_a_broken_page_in_the_list_is_its_beginning(place, crew, after):
    closed(place, crew, 1)
    assert "用了" in page(place, crew["clerk"], "records", what="out:fixed", sort="days", after=after)


def test_levels_are_told_by_body_and_by_category(place, crew):
    closed(place, crew, 5, level="building")
    closed(place, crew, 1, level="compound")
    sheet = queries.sheet(place.compound, month="2026-03", today=at(24).date())
    (body,) = [row for row in sheet.bodies if row.closed]
    (category,) = sheet.categories
    assert [(n, part) for _key, _name, n, part in body.levels][:2] == [(5, "83.33"), (1, "16.67")]
    assert body.levels == category.levels == sheet.levels
    answer = place.client(crew["clerk"]).get(reverse("insight:numbers", args=[place.slug])).content.decode()
    assert f"what=level:building&amp;dim={body.dim}" in answer and "what=level:building&amp;dim=c:01" in answer
    assert "16.67%" in page(place, crew["clerk"])
    said = page(place, crew["clerk"], "records", what="level:compound", dim=body.dim)
    assert said.count("用了") == 1


def test_a_level_is_called_what_the_compound_calls_it(place, crew):
    closed(place, crew, 1, level="building")
    place.compound.settings = {**place.compound.settings, "levels": {"building": "单元里"}}
    place.compound.save(update_fields=["settings"])
    assert "在“单元里”这一层办好的" in page(place, crew["clerk"], "records", what="level:building")
    assert "在小区里办好的" in page(place, crew["clerk"], "records", what="level:compound")


def test_a_secret_one_is_counted_and_not_listed(place, crew):
    m = place.matter(crew["owner"], "家里的事")
    services.triage(
        by=crew["clerk"], matter=m, category="0801", level="community", urgency="normal", privacy="secret", at=at(24)
    )
    said = page(place, crew["caller"], "records", month="2026-03", what="accepted")
    assert "家里的事" not in said and "保密的事算在数字里" in said
    assert "家里的事" in page(place, crew["clerk"], "records", month="2026-03", what="accepted")


@pytest.mark.parametrize(
    "query",
    [{"what": "x"}, {}, {"what": "accepted", "dim": "b:1"}, {"what": "took:3"}, {"what": "closed", "sort": "days"}],
)
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
