"""The pages of a request for a list, and for whom they are."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.people.models import ExportRequest, Organisation
from linli.people.queries import exports as reads
from linli.people.rules import Body, Role
from linli.people.rules.exports import Export
from linli.plumbing.tenancy import uuid7

from .conftest import furnish
from .lists import NOW, agreed, ask, decide, page, text_of

pytestmark = pytest.mark.django_db


@time_machine.travel(NOW, tick=False)
def test_from_the_case_to_the_file_by_the_pages(place, desk, secretary, clerk):
    browser = place.client(desk)
    case = browser.get(
        reverse("matters:batch-desk", args=[place.slug, 1]), {"state": "documents_missing"}
    ).content.decode()
    link = re.search(r'href="([^"]*exports/new/[^"]*)"', case)[1].replace("&amp;", "&")
    assert "房号、业主姓名、电话、合同和证号" in text_of(browser.get(link))
    assert browser.post(link, {"purpose": "", "needed_by": "2026-03-27"}).status_code == 422
    answer = browser.post(link, {"purpose": "约来补发票", "needed_by": "2026-03-27", "once": str(uuid7())})
    one = page(place, "export", 1)
    assert answer.headers["Location"] == one
    assert "还差 2 个人同意" in text_of(browser.get(one))
    for by, left in ((secretary, "还差 2 个人同意"), (clerk, "还差 1 个人同意")):
        decider = place.client(by)
        assert "1 份等您批" in text_of(decider.get(reverse("matters:work", args=[place.slug])))
        assert one in decider.get(reverse("notices:inbox", args=[place.slug])).content.decode()
        shown = text_of(decider.get(one))
        assert "轮到您" in shown and left in shown
        assert decider.post(one, {"act": "no", "words": ""}).status_code == 422
        assert decider.post(one, {"act": "yes", "words": "看过", "once": str(uuid7())}).status_code == 302
        assert "等您批" not in text_of(decider.get(reverse("matters:work", args=[place.slug])))
    assert "轮到您下载" in text_of(browser.get(one))
    for _n in range(2):
        file = browser.post(page(place, "export-file", 1))
        assert "list-1.xlsx" in file.headers["Content-Disposition"]
        assert "no-store" in file.headers["Cache-Control"]
        assert "王小明" not in str(file.headers)
    assert ExportRequest.objects.get(compound=place.compound).downloads == 2
    assert "王小明" not in text_of(browser.get(one))


def test_pages_are_for_the_asker_and_those_who_decide(place, desk, secretary, clerk):
    ask(place, desk)
    one = page(place, "export", 1)
    answers = {
        "asker": place.client(desk).get(one), "decider": place.client(place.chair).get(one),
        "colleague": place.client(place.post(Role.FRONT_DESK)).get(one), "owner": place.client(place.resident()).get(one),
    }  # fmt: skip
    assert {who: a.status_code for who, a in answers.items()} == {
        "asker": 200,
        "decider": 200,
        "colleague": 404,
        "owner": 404,
    }
    assert place.client(place.post(Role.FRONT_DESK)).post(page(place, "export-file", 1)).status_code == 404
    assert "补办不动产权证" not in text_of(place.client(place.post(Role.FRONT_DESK)).get(page(place, "exports")))


def test_officer_of_the_subdistrict_decides_without_keeping_the_case(place, desk, secretary):
    office = Organisation.objects.create(
        kind=Body.SUBDISTRICT, name="街道办", subdistrict=place.compound.community.subdistrict
    )
    officer = place.post(Role.SUBDISTRICT_OFFICER, body=office)
    request = ask(place, desk)
    browser = place.client(officer)
    assert "补办不动产权证" in text_of(browser.get(page(place, "exports")))
    with time_machine.travel(NOW, tick=False):
        assert browser.post(page(place, "export", 1), {"act": "yes"}).status_code == 302
    request.refresh_from_db()
    assert request.voices == 1


def test_no_list_of_the_next_compound(place, desk):
    there = makers.compound("there")
    furnish(there)
    other = there.post(Role.COMMUNITY_WORKER)
    there.post(Role.COMMUNITY_SECRETARY)
    request = ask(there, other)
    assert reads.requests(place.compound, place.chair, NOW) == ([], "")
    assert reads.waiting_for(place.compound, place.chair, NOW) == 0
    assert place.client(place.chair).get(page(place, "export", 1)).status_code == 404
    with pytest.raises(Refused, match="不归您办"):
        decide(place.chair, request)


@pytest.mark.parametrize("kind", ["batch", "nothing"])
def test_no_page_to_ask_for_a_list_that_is_not_there(place, desk, kind):
    assert place.client(desk).get(page(place, "new-export", kind), {"number": "9"}).status_code == 404


def test_list_of_requests_goes_on_by_pages_in_as_many_queries(place, desk, secretary):
    browser, address = place.client(secretary), page(place, "exports")
    counts = []
    for total in (1, 23):
        while ExportRequest.objects.filter(compound=place.compound).count() < total:
            ask(place, desk)
        browser.get(address)
        with CaptureQueriesContext(connection) as seen:
            answer = browser.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert "第 23 号" in text_of(answer) and "第 3 号" not in text_of(answer)
    assert "第 3 号" in text_of(browser.get(address, {"after": "4"}))


def test_page_says_it_is_over_before_the_clock_comes_by(place, desk, secretary, clerk):
    request = agreed(place, desk, secretary, clerk)
    assert reads.stands(request.state, request.ends_at, request.ends_at) == Export.LAPSED
