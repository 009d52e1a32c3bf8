"""The pages of a batch case: whom they open to, what they show, and that many homes cost no more queries than few."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters.models import Batch, BatchHome, BatchImport
from linli.matters.queries import batches as reads
from linli.matters.services import batches
from linli.matters.tests import makers
from linli.people.rules import Role

from .batching import GOOD, HEAD, NOW, opened, own, rows, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def batch(place, chair):
    made = opened(place, chair)
    taken(made, chair)
    return made


def at(place, tail=""):
    return f"/c/{place.slug}/batches/1/{tail}"


def text_of(answer):
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


def test_committee_opens_one_on_the_page(place, chair):
    browser = place.client(chair)
    page = browser.get(f"/c/{place.slug}/batches/new/")
    given = {
        name: field.value()
        for name, field in ((f.name, f) for f in page.context["form"])
        if field.value() not in (None, False) and name != "once"
    }
    assert "购房合同" in given.values()
    answer = browser.post(
        f"/c/{place.slug}/batches/new/", {**given, "title": "补办不动产权证", "label_5": "离婚协议", "giver_5": "owner"}
    )
    assert answer.status_code == 302, text_of(answer)
    made = Batch.objects.get(compound=place.compound)
    assert [p["key"] for p in made.papers] == ["contract", "invoice", "deed_tax", "fund", "survey", "p6"]
    assert [s["reaches"] for s in made.path] == ["", "submitted", "tax_done", "registering", "certified"]
    assert browser.post(f"/c/{place.slug}/batches/new/", {**given, "title": "办证"}).status_code == 422


def test_property_keeps_the_list_and_opens_none(place, batch):
    keeper = place.client(place.post(Role.PROPERTY_MANAGER))
    assert keeper.get(at(place, "desk/")).status_code == 200
    assert keeper.get(f"/c/{place.slug}/batches/new/").status_code == 404


@pytest.mark.parametrize("tail", ["desk/", "table/", "imports/", "visits/", "tell/", "settings/", "add/"])
def test_others_find_nothing(place, batch, tail):
    assert place.client(place.post(Role.COMMITTEE_CHAIR)).get(at(place, tail)).status_code == 200
    for actor in (place.resident(), place.post(Role.ENGINEER)):
        assert place.client(actor).get(at(place, tail)).status_code == 404


def test_table_filters(place, batch, chair):
    browser = place.client(chair)
    assert [line.label for line in browser.get(at(place, "desk/?state=certified")).context["rows"]] == ["7栋1单元301"]
    assert [line.label for line in browser.get(at(place, "desk/?lacks=survey")).context["rows"]] == [
        "7栋2单元301",
        "8栋1单元301",
        "8栋2单元301",
    ]
    assert [line.label for line in browser.get(at(place, "desk/?reason=land")).context["rows"]] == ["8栋2单元301"]
    building = rows(batch)["7栋2单元301"].building_id
    assert len(browser.get(at(place, f"desk/?building={building}")).context["rows"]) == 2
    assert browser.get(at(place, "desk/?state=zzz&after=%00")).status_code == 200


def test_table_by_pages(place, batch, chair, monkeypatch):
    monkeypatch.setattr("linli.matters.queries.batches.homes.PAGE", 3)
    browser = place.client(chair)
    first = browser.get(at(place, "desk/"))
    second = browser.get(at(place, "desk/") + first.context["next"])
    assert [len(p.context["rows"]) for p in (first, second)] == [3, 1]
    assert second.context["next"] == ""


@pytest.mark.parametrize("tail", ["desk/", "table/", ""])
def test_many_homes_cost_no_more_queries(tail):
    few, many = makers.compound("few", homes=4), makers.compound("many", homes=40)
    seen = []
    for place in (few, many):
        by = place.post(Role.COMMITTEE_CHAIR)
        made = opened(place, by)
        batches.add_buildings(
            by=by, batch=made, buildings=[place.homes[0].building_id, place.homes[-1].building_id], at=NOW
        )
        browser = place.client(by)
        browser.get(at(place, tail))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(at(place, tail)).status_code == 200
        seen.append(len(captured))
    assert seen[0] == seen[1]


def test_one_home_and_its_step(place, batch, chair):
    home = rows(batch)["8栋1单元301"].home_id
    own(place, next(h for h in place.homes if h.pk == home), "王小明", "13800000003")
    browser = place.client(chair)
    page = text_of(browser.get(at(place, f"homes/{home}/")))
    assert "王*" in page
    assert "王小明" not in page
    assert browser.get(at(place, f"homes/{home}/check/")).status_code == 200
    got = ["contract", "invoice", "deed_tax", "fund", "survey"]
    assert browser.post(at(place, f"homes/{home}/check/"), {"got": got}).status_code == 302
    for step in ("submit", "pay_tax", "register"):
        assert browser.post(at(place, f"homes/{home}/{step}/"), {"words": ""}).status_code == 302
    assert rows(batch)["8栋1单元301"].state == "registering"
    assert browser.post(at(place, f"homes/{home}/certify/"), {"words": ""}).status_code == 422
    assert browser.get(at(place, f"homes/{place.homes[0].building_id}/")).status_code == 404


def test_bulk_asks_then_does(place, batch, chair):
    browser = place.client(chair)
    picks = [str(row.home_id) for row in rows(batch).values()]
    sheet = browser.post(at(place, "bulk/?state="), {"act": "block", "pick": picks})
    assert sheet.status_code == 200
    assert rows(batch)["7栋2单元301"].state == "documents_missing"
    assert browser.post(at(place, "bulk/"), {"act": "block", "pick": picks, "apply": "1"}).status_code == 302
    assert browser.post(at(place, "bulk/"), {"act": "block", "pick": picks[1:2], "apply": "1"}).status_code == 422
    done = browser.post(
        at(place, "bulk/"), {"act": "block", "pick": picks, "apply": "1", "reason": "land"}, follow=True
    )
    assert [str(m) for m in done.context["messages"]][0] == "2 户记下了"
    assert browser.post(at(place, "bulk/"), {"act": "correct", "pick": picks}, follow=True).status_code == 200


def test_list_comes_in_by_the_page(place, chair):
    made = opened(place, chair)
    browser = place.client(chair)
    file = SimpleUploadedFile("办证.csv", (GOOD + "9,1,301,某,,,,,,,,\n").encode(), "text/csv")
    there = browser.post(at(place, "imports/"), {"file": file})
    page = text_of(browser.get(there.url))
    assert "加进来 4" in page
    assert "房屋台账里没有这一户" in page
    refused = browser.get(there.url + "refused.xlsx")
    assert refused.status_code == 200
    import openpyxl

    lines = list(openpyxl.load_workbook(io.BytesIO(refused.content)).active.values)
    assert lines[1][-2:] == ("6", "房屋台账里没有这一户，先补到房屋台账里")
    roster = BatchImport.objects.get(compound=place.compound)
    assert browser.post(at(place, f"imports/{roster.pk}/act/"), {"apply": "1"}).status_code == 302
    assert len(rows(made)) == 4
    bad = SimpleUploadedFile("a.docx", b"x", "text/plain")
    assert browser.post(at(place, "imports/"), {"file": bad}).status_code == 422


def test_telling_shows_how_many_it_reaches(place, batch, chair):
    browser = place.client(chair)
    place.resident(rows(batch)["8栋1单元301"].home)
    page = text_of(browser.post(at(place, "tell/"), {"papers": ["survey"], "words": ""}))
    assert "手机上看消息 1 户" in page
    assert "联系不上 2 户" in page
    assert browser.post(at(place, "tell/"), {"papers": ["survey"], "words": "", "send": "1"}).status_code == 302
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(at(place, "tell/survey.xlsx")).content)).active
    assert [row[0] for row in sheet.values] == ["房号", "7栋2单元301", "8栋2单元301"]
    assert browser.get(at(place, "tell/nothing.xlsx")).status_code == 404


def test_visits_and_milestones_reach_the_progress_page(place, batch, chair):
    browser = place.client(chair)
    visit = {
        "day": "2026-03-20",
        "agency": "税务局",
        "persons": "吴海",
        "result": "里面说的话",
        "said": "税务局同意先办契税",
    }
    assert browser.post(at(place, "visits/"), visit).status_code == 302
    assert browser.post(at(place, "visits/"), visit | {"day": ""}).status_code == 422
    assert (
        browser.post(
            at(place, "settings/"), {"act": "milestone", "title": "列入遗留问题", "reached_on": "2026-03-02"}
        ).status_code
        == 302
    )
    page = text_of(place.client().get(at(place)))
    assert "税务局同意先办契税" in page
    assert "列入遗留问题" in page
    assert "吴海" not in page
    assert "里面说的话" not in page
    assert "301" not in page


def test_progress_is_public_where_compound_and_case_allow_it(place, batch, chair):
    stranger, resident = place.client(), place.client(place.resident())
    assert stranger.get(at(place)).status_code == 200
    batches.set_public(by=chair, batch=batch, public=False, at=NOW)
    assert (stranger.get(at(place)).status_code, resident.get(at(place)).status_code) == (404, 200)
    batches.set_public(by=chair, batch=batch, public=True, at=NOW)
    place.compound.public_page = False
    place.compound.save(update_fields=["public_page"])
    assert (stranger.get(at(place)).status_code, resident.get(at(place)).status_code) == (404, 200)


def test_resident_sees_the_own_home_alone(place, batch):
    home = rows(batch)["8栋1单元301"].home
    owner, tenant, other = place.resident(home), place.resident(home, "tenant"), place.resident(place.homes[0])
    page = text_of(place.client(owner).get(at(place, "mine/")))
    assert "轮到您" in page
    assert "契税票" in page
    assert "7栋" not in page
    assert place.client(tenant).get(at(place, "mine/")).status_code == 404
    theirs = text_of(place.client(other).get(at(place, "mine/")))
    assert "湘001" in theirs
    assert "8栋" not in theirs
    inbox = place.client(owner).get(f"/c/{place.slug}/inbox/")
    assert "8栋1单元301" in text_of(inbox)


def test_export_is_masked_and_comes_back_unchanged(place, batch, chair):
    own(place, rows(batch)["7栋1单元301"].home, "王小明", "13800000003")
    clerk = place.post(Role.COMMUNITY_WORKER)
    browser = place.client(clerk)
    data = browser.get(at(place, "export.xlsx")).content
    import openpyxl

    told = "".join(str(c) for row in openpyxl.load_workbook(io.BytesIO(data)).active.values for c in row)
    assert "王*" in told
    assert not any(secret in told for secret in ("王小明", "13800000003", "湘001", "HT-1"))
    roster = batches.check_import(by=clerk, batch=batch, filename="x.xlsx", data=data, at=NOW)
    assert roster.counts == {"same": 4}
    assert place.client(chair).get(at(place, "export.xlsx")).status_code == 404


def test_header_without_places_is_said(place, batch, chair):
    with pytest.raises(Exception, match="表头"):
        batches.check_import(
            by=chair, batch=batch, filename="x.csv", data=HEAD.replace("楼栋", "甲").encode()[:10], at=NOW
        )


def test_nothing_of_the_next_compound(place, batch):
    there = makers.compound("there")
    assert there.client(there.post(Role.COMMITTEE_CHAIR)).get(at(place, "desk/")).status_code == 404
    assert BatchHome.objects.filter(compound=there.compound).count() == 0


PRIVATE = ("13812345678", "13812345679", "1单元301", "1-301")


def test_nothing_on_the_progress_page_names_a_number_or_a_room(place, chair):
    b = opened(place, chair, title="补办7栋1单元301的证", words="7栋1单元301张某电话13812345678还没交税")
    batches.add_milestone(by=chair, batch=b, title="7-1-301先办，13812345678", at=NOW)
    batches.log_visit(
        by=chair,
        batch=b,
        day=NOW.date(),
        agency="住建局",
        persons="x",
        result="y",
        said="7栋1单元301的维修资金没交",
        at=NOW,
    )
    batches.close_batch(by=chair, batch=b, words="都办好了，有事打13812345679，7-1-301", at=NOW)
    page = text_of(place.client().get(f"/c/{place.slug}/batches/{b.number}/"))
    assert not [word for word in PRIVATE if word in page]
    assert "都办好了" in page and "维修资金没交" in page


def test_what_was_written_before_is_read_without_them_too(place, chair):
    b = opened(place, chair)
    Batch.objects.filter(compound_id=b.compound_id, pk=b.pk).update(
        title="补办7-1-301的证", words="打13812345678", closed_at=NOW, closed_words="7栋1单元301最后办好"
    )
    page = text_of(place.client().get(f"/c/{place.slug}/batches/{b.number}/"))
    assert not [word for word in PRIVATE if word in page] and "最后办好" in page


def test_what_everybody_will_read_is_shown_before_it_is_kept(place, chair):
    b = opened(place, chair)
    browser, settings = place.client(chair), f"/c/{place.slug}/batches/{b.number}/settings/"
    answer = browser.post(settings, {"act": "milestone", "title": "7-1-301先办"})
    page = answer.content.decode()
    shown = re.search(r'name="title"[^>]*value="([^"]*)"', page)[1]
    assert (answer.status_code, shown) == (422, "某户先办") and "再按一次" in page
    assert browser.post(settings, {"act": "milestone", "title": shown}).status_code == 302
    assert browser.post(settings, {"act": "close", "words": "办好了，打13812345678"}).status_code == 422


def test_the_list_of_cases_costs_one_read_of_counts_and_shows_running_ones_first(place, chair):
    first = opened(place, chair)
    browser, page = place.client(chair), f"/c/{place.slug}/batches/"
    browser.get(page)
    with CaptureQueriesContext(connection) as one:
        browser.get(page)
    for _ in range(5):
        opened(place, chair)
    batches.close_batch(by=chair, batch=first, words="都办好了", at=NOW)
    with CaptureQueriesContext(connection) as many:
        browser.get(page)
    assert len(many) == len(one)
    assert [b.number for b in reads.all_batches(place.compound)] == [6, 5, 4, 3, 2, 1]


def test_papers_that_came_in_meanwhile_stay_when_an_old_page_is_sent(place, chair):
    batch = opened(place, chair)
    taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,未交,,,,,\n")
    home, browser = place.homes[0], place.client(chair)
    step = at(place, f"homes/{home.pk}/check/")
    shown = re.search(r'name="shown" value="([^"]*)"|name="shown"', browser.get(step).content.decode())[1] or ""
    browser.post(step, {"shown": shown, "got": ["contract", "invoice"]})
    browser.post(step, {"shown": shown, "got": ["contract", "fund"]})
    assert set(rows(batch)[home.label].have) == {"contract", "invoice", "fund"}
    browser.post(step, {"shown": "contract:yes invoice:yes fund:yes", "got": ["contract"]})
    assert set(rows(batch)[home.label].have) == {"contract"}
