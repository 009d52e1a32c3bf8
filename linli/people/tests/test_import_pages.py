"""The pages of an import: guards, words for wrong files, what the clerk sees before anything happens."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.matters.tests import makers
from linli.people.models import Person, RosterImport
from linli.people.rules import Role
from linli.people.services import imports
from linli.people.tasks import run_imports

from .rosters import HOMES, ID1, NOW, OWNERS, SAMPLE, applied, checked, run

pytestmark = pytest.mark.django_db


def url(place, name="imports", *more):
    return reverse(f"people:{name}", args=[place.slug, *more])


def upload(browser, place, text, kind="owners", name="名册.csv"):
    data = text.encode() if isinstance(text, str) else text
    return browser.post(url(place), {"kind": kind, "file": SimpleUploadedFile(name, data)})


def words(answer):
    return answer.content.decode()


@pytest.fixture
def browser(place, clerk):
    return place.client(clerk)


def test_pages_are_for_those_who_may_import(place, clerk, second):
    roster = checked(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners")
    guard, desk, owner = (
        place.client(place.post(Role.GUARD)),
        place.client(place.post(Role.FRONT_DESK)),
        place.client(place.resident()),
    )
    assert [b.get(url(place)).status_code for b in (guard, desk, owner, place.client())] == [404, 200, 404, 302]
    for name in ("import", "import-refused"):
        more = (roster.pk, "xlsx") if name == "import-refused" else (roster.pk,)
        assert [b.get(url(place, name, *more)).status_code for b in (guard, desk)] == [404, 404]
    for name in ("import-columns", "import-apply", "import-undo", "import-keep", "import-drop"):
        assert desk.post(url(place, name, roster.pk)).status_code == 404
        assert place.client(clerk).get(url(place, name, roster.pk)).status_code == 405
    other = makers.compound("other")
    assert other.client(other.post(Role.REGISTER_CLERK)).get(url(other, "import", roster.pk)).status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [("", "a.csv", "文件是空的"), ("x", "a.doc", "不认识“.doc”"), ("PK\x03\x04", "a.xlsx", "已损坏")],
)
def test_wrong_file_is_said_beside_the_field_and_the_kind_kept(place, browser, data, name, says):
    if data == "":
        data = " "
    answer = upload(browser, place, data, "owners", name)
    assert answer.status_code == 422
    assert says in words(answer)
    assert 'value="owners" required checked' in words(answer)


def test_missing_file_and_kind(place, browser):
    assert "还没有选文件" in words(browser.post(url(place), {"kind": "homes"}))
    assert "选一下这是哪种台账" in words(browser.post(url(place), {"file": SimpleUploadedFile("a.csv", b"x")}))


def test_sample_through_the_pages(place, browser, clerk, second):
    there = upload(browser, place, SAMPLE).url
    page = words(browser.get(there))
    assert "每一列是什么" in page and "张某甲" in page
    fields = {
        "s-0": "1",
        "f-0-0": "building",
        "f-0-1": "entrance",
        "f-0-2": "room_no",
        "f-0-3": "owner_name",
        "f-0-4": "phone",
        "f-0-5": "building_area",
        "f-0-6": "usage",
    }
    roster = RosterImport.objects.get(compound=place.compound)
    assert browser.post(url(place, "import-columns", roster.pk), fields).status_code == 302
    page = words(browser.get(there))
    assert "收进以后：新增 4 行" in page
    assert "392.66 ㎡，逐行相加一样" in page
    assert "13800000002" in page
    assert browser.post(url(place, "import-apply", roster.pk), follow=True).status_code == 200
    assert "等另一个人确认" in words(browser.get(there))
    assert browser.post(url(place, "import-apply", roster.pk)).status_code == 422
    other = place.client(second)
    assert "13800000002" not in words(other.get(there))
    assert "138****0002" in words(other.get(there))
    other.post(url(place, "import-apply", roster.pk))
    assert "已收进名册" in words(browser.get(there))
    assert Person.objects.filter(compound=place.compound).count() == 5
    answer = browser.post(url(place, "import-undo", roster.pk), {"reason": ""})
    assert answer.status_code == 422 and "写一句为什么撤回" in words(answer)
    browser.post(url(place, "import-undo", roster.pk), {"reason": "传错了"})
    other.post(url(place, "import-undo", roster.pk))
    assert "整份撤回了" in words(browser.get(there))
    assert not Person.objects.filter(compound=place.compound).exists()


def test_columns_form_keeps_what_was_chosen_when_refused(place, browser):
    there = upload(browser, place, "楼栋,单元,房号,业主姓名,政治面貌\n7,1,301,张三,群众\n").url
    fields = {"s-0": "1", "f-0-3": "co_owner", "k-0-4": "1", "reason": "要"}
    answer = browser.post(there + "columns/", fields)
    assert answer.status_code == 422
    page = words(answer)
    assert "写明用在哪里" in page
    assert 'value="co_owner" selected' in page
    assert 'name="k-0-4" value="1" checked' in page
    assert "群众" not in page


def test_refused_and_conflicting_rows_come_first(place, browser, clerk, second):
    roster = checked(place, clerk, OWNERS + "7,1,301,张三,,\n7,1,,李四,,\n", "owners")
    page = words(browser.get(url(place, "import", roster.pk)))
    assert "C 房号：缺房号" in page and "张三" not in page.partition("<table")[2]
    assert "张三" in words(browser.get(url(place, "import", roster.pk) + "?show=changed"))
    assert browser.get(url(place, "import", roster.pk) + "?show=x&page=-1").status_code == 200
    answer = browser.get(url(place, "import-refused", roster.pk, "xlsx"))
    assert answer["Content-Type"].endswith("sheet")
    assert answer["Content-Disposition"] == f'attachment; filename="refused-{roster.pk.hex[-6:]}.xlsx"'
    assert browser.get(url(place, "import-refused", roster.pk, "pdf")).status_code == 404


def test_large_file_shows_how_far_it_is(place, browser):
    lines = "".join(f"{b},1,{f}01,业主{b}{f},,\n" for b in range(20, 62) for f in range(1, 51))
    there = upload(browser, place, OWNERS + lines).url
    browser.post(there + "columns/", {"s-0": "1"})
    page = words(browser.get(there))
    assert "正在检查" in page and '<noscript><meta http-equiv="refresh"' in page
    part = browser.get(there, headers={"HX-Request": "true"})
    assert words(part).startswith("<section") and "2,100 行，正在看" in words(part)
    assert run_imports(NOW) == 1
    assert "新增 2100 行" in words(browser.get(there))
    done = browser.get(there, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (204, there)
    assert len(words(browser.get(there + "?show=new&page=41")).split("<tr>")) == 52


def test_identity_numbers_are_masked_everywhere(place, browser, clerk, second):
    applied(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners", second)
    there = upload(browser, place, OWNERS + f"7,1,301,张三,13800000001,{ID1}\n7,2,301,李四,,{ID1[:-1]}1\n").url
    assert ID1 not in words(browser.get(there))
    browser.post(there + "columns/", {"s-0": "1"})
    page = words(browser.get(there + "?show=all"))
    assert "证件号：空 → ****002X" in page
    assert ID1 not in page and ID1[:-1] not in page


@pytest.mark.parametrize("name", ["list", "preview"])
def test_constant_number_of_queries(place, browser, clerk, name):
    def count(rows):
        roster = checked(place, clerk, HOMES + "".join(f"7,1,{9 + i}01,80\n" for i in range(rows)))
        address = url(place) if name == "list" else url(place, "import", roster.pk)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        return len(queries)

    assert count(1) == count(3)


def test_header_is_chosen_on_a_page(place, browser):
    there = upload(browser, place, f"名册,,\n幢数,几零几,人\n7,301,{ID1}\n", "homes").url
    page = words(browser.get(there))
    assert "没有认出表头" in page and "自己选表头" in page and "检查，看会变什么" not in page
    choose = there + "sheets/0/header/"
    page = words(browser.get(choose))
    assert "几零几" in page and "第 3 行" in page and ID1 not in page
    answer = browser.post(choose, {})
    assert answer.status_code == 422 and "选一行当表头" in words(answer)
    assert browser.post(choose, {"row": "1"}).url == there
    assert "不是这一行" in words(browser.get(there)) and "表头在第 2 行" in words(browser.get(there))
    assert browser.get(there + "sheets/7/header/").url == there
    guard = place.client(place.post(Role.GUARD))
    assert guard.get(choose).status_code == 404


def test_every_form_of_a_page_has_its_button(place, browser, clerk, second):
    def forms(roster):
        page = words(place.client(second).get(url(place, "import", roster.pk)))
        found = set(re.findall(r'<form id="(\w+)"', page))
        assert all(f'form="{name}"' in page for name in found)
        return found

    roster = checked(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners")
    assert forms(roster) == {"apply", "drop"}
    imports.confirm(by=clerk, roster=roster, at=NOW)
    assert forms(roster) == {"apply", "drop"}
    imports.confirm(by=second, roster=roster, at=NOW)
    run(roster)
    assert forms(roster) == set()
    imports.undo(by=clerk, roster=roster, reason="传错了", at=NOW)
    assert forms(roster) == {"keep", "undo"}
