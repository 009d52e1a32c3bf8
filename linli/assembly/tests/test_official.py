"""Where the city has its own system: its result decides, read from its document."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.assembly.models import Item, OfficialResult
from linli.assembly.queries.counting import decided
from linli.assembly.rules.official import Chosen, election, refuse_chosen
from linli.assembly.services import signing
from linli.kernel.tally.thresholds import Result
from linli.matters.tests.makers import compound

from . import boxes
from .test_signing import AFTER, PASSING, counted, refused, signed, text, url


@pytest.fixture(autouse=True)
def _after_the_count():
    with time_machine.travel(AFTER + timedelta(hours=1), tick=False):
        yield


def test_where_the_city_has_its_own_system_its_result_decides(place, chair):
    given = boxes.case(*["approve"] * 6)
    given["rules"]["official_evote_required"] = True
    made, staff = counted(place, chair, given)
    Item.objects.filter(compound_id=place.compound.pk).update(total_parties=9, total_area=90_000)
    signed(made, staff)
    assert refused(signing.announce, session=made.session, by=staff["chair"]) == "official_first"
    browser = place.client(staff["chair"])
    wrong = {"result": "rejected", "document": SimpleUploadedFile("x.pdf", b"no paper")}
    assert browser.post(url(place, "count-official", 1), wrong).status_code == 422

    def typed(**more):
        return {"result": "rejected", "document": SimpleUploadedFile("结果.pdf", b"%PDF-1.7 ..."), **more}

    for said, words in (
        ({"participating_persons": "5", "approve_persons": "6"}, "同意的不会多过参与的"),
        ({"participating_persons": "70"}, "参与的不会多过全体"),
        ({"result": "passed", "participating_persons": "8", "approve_persons": "4"}, "照这些数字得不出这个结果"),
    ):
        answer = browser.post(url(place, "count-official", 1), typed(**said))
        assert answer.status_code == 422 and words in text(answer)
    assert not OfficialResult.objects.filter(compound_id=place.compound.pk).exists()
    right = typed(participating_persons="8", participating_area="800", approve_persons="4", approve_area="400.00")
    answer = browser.post(url(place, "count-official", 1), right)
    assert answer.status_code == 302, text(answer)
    held = OfficialResult.objects.get(compound_id=place.compound.pk)
    assert held.figures["approve"] == {"area": 40000, "persons": 4}
    document = url(place, "official-document", 1)
    assert place.client(place.resident()).get(document).status_code == 404
    assert browser.get(document).content == b"%PDF-1.7 ..."
    signing.announce(session=made.session, by=staff["chair"], at=AFTER + timedelta(hours=1))
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert "未通过2026年4月7日" in page and "以官方电子投票系统的结果为准：未通过（结果.pdf）" in page
    assert place.client(place.resident()).get(document)["Content-Type"] == "application/pdf"
    there = compound("there")
    assert there.client(there.resident()).get(document).status_code == 404
    notice = text(place.client(place.resident()).get(url(place, "print", "result")))
    assert (
        "政府的电子投票系统" in notice and "《结果.pdf》" in notice and "结论：未通过" in notice and "400.00" in notice
    )
    assert "结论：通过" not in notice and "来源" in notice


def test_alternates_are_ranked_one_after_the_other():
    none = {"area": None, "persons": None}
    rows = [Chosen("a", "甲", "elected", 0, none), Chosen("b", "乙", "alternate", 2, none)]
    no = refuse_chosen(Result.PASSED, 1, rows, none)
    assert no and no[0].key == "ranks"
    rows.append(Chosen("c", "丙", "alternate", 1, none))
    assert refuse_chosen(Result.PASSED, 1, rows, none) is None
    assert election(Result.PASSED, rows)["alternates"] == ["c", "b"]


def test_an_official_election_holds_who_was_chosen(place, chair):
    given = {**boxes.TIED, "rules": {**boxes.TIED["rules"], "official_evote_required": True}}
    made, staff = counted(place, chair, given)
    Item.objects.filter(compound_id=place.compound.pk).update(total_parties=9, total_area=90_000)
    signed(made, staff)  # a tie of opinions needs no lots
    browser = place.client(staff["chair"])
    page = text(browser.get(url(place, "count-official", 1)))
    assert "候选a" in page and "候补第1位" in page and "同意的人数" not in page

    def typed(**more):
        document = SimpleUploadedFile("结果.pdf", b"%PDF-1.7 ...")
        return {
            "result": "passed",
            "document": document,
            "participating_persons": "8",
            "participating_area": "800",
            **more,
        }

    for said, words in (
        ({}, "当选的没有过应选人数的一半"),
        ({"place-a": "elected", "place-b": "elected"}, "应选1名，当选的不会更多"),
        ({"place-a": "elected", "persons-a": "4"}, "同意候选a的没有过参与的一半"),
        ({"result": "quorum_not_met", "place-a": "elected"}, "没有达到法定参与比例"),
    ):
        answer = browser.post(url(place, "count-official", 1), typed(**said))
        assert answer.status_code == 422 and words in text(answer), words
        if "place-a" not in said:  # ours elected nobody to announce in its place
            assert refused(signing.announce, session=made.session, by=staff["chair"]) == "official_first"
    right = typed(
        **{"place-b": "elected", "persons-b": "6", "area-b": "600", "place-a": "alternate1", "persons-a": "5"}
    )
    assert browser.post(url(place, "count-official", 1), right).status_code == 302
    found = decided(made.items[0])
    assert found and found.election and (found.election["elected"], found.election["alternates"]) == (["b"], ["a"])
    signing.announce(session=made.session, by=staff["chair"], at=AFTER + timedelta(hours=1))
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert page.index("候选b当选") < page.index("候选a候补")
    notice = text(place.client(place.resident()).get(url(place, "print", "result")))
    assert "候选b6600.00当选" in notice and "候选a5—候补第1位" in notice


def test_no_official_result_where_ours_decides(place, chair):
    made, staff = counted(place, chair, PASSING)
    key = refused(
        signing.import_official, session=made.session, by=staff["chair"], item=made.items[0], result="passed", figures={}, name="x",
        data=b"%PDF-",
    )  # fmt: skip
    assert key == "not_official"
