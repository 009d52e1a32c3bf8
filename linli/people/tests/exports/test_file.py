"""The list that leaves: what is in it, who downloads it, until when."""

import html
import io
import re
import zipfile
from datetime import date, timedelta

import pytest

from linli.kernel.refusal import Refused
from linli.matters.models import Batch, BatchHome
from linli.matters.queries.batches.homes import buildings_to_add
from linli.matters.rules.batches import USUAL_PAPERS
from linli.matters.services import batches
from linli.matters.tests import makers
from linli.people import services
from linli.people.models import ExportRequest
from linli.people.queries import looks_at
from linli.people.rules import Role
from linli.people.tasks import lapse_exports

from .lists import NOW, agreed, ask, decide, download, entries, page, sheet, text_of, told

pytestmark = pytest.mark.django_db


def test_file_is_whole_and_says_whose_it_is(place, desk, secretary, clerk):
    request = agreed(place, desk, secretary, clerk)
    rows = sheet(download(place, desk, request))
    assert rows[0] == ["第 1 号名单 · 2026-03-24 10:00 下载 · 不得转给别人 · 清和物业 物业前台 前台小周 申请，陈书记、林社工 同意 · 用到 2026年3月27日 · 用途：挨家打电话，约来补发票"]  # fmt: skip
    assert rows[1][:5] == ["楼栋", "单元", "房号", "业主", "电话"]
    assert rows[2][:5] == ["7栋", "1单元", "301", "王小明", "13800000003"]
    assert len(rows) == 4


def test_each_printed_page_says_whose_it_is_however_long_the_purpose(place, desk, secretary, clerk):
    long = "打\x0b电话&1 " * 33
    request = ask(place, desk, purpose=long)
    data = download(place, desk, decide(clerk, decide(secretary, request)))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        printed = html.unescape(
            re.search(r"<oddFooter>(.*)</oddFooter>", book.read("xl/worksheets/sheet1.xml").decode())[1]
        )
    for words in (
        "第 1 号名单",
        "前台小周 申请",
        "陈书记、林社工 同意",
        "2026-03-24 10:00 下载",
        "不得转给别人",
        "打电话&&1 ",
    ):
        assert words in printed
    assert len(printed) <= 255 and not re.search("&(?![C&])", printed.replace("&&", ""))


def test_marked_file_comes_back_unchanged(place, desk, secretary, clerk):
    data = download(place, desk, agreed(place, desk, secretary, clerk))
    case = Batch.objects.get(compound=place.compound)
    roster = batches.check_import(by=place.chair, batch=case, filename="x.xlsx", data=data, at=NOW)
    assert roster.counts == {"same": 2}


def test_only_the_chosen_part_leaves(place, desk, secretary, clerk):
    request = ask(place, desk, params={"number": "1", "lacks": USUAL_PAPERS[1].key, "state": "nonsense", "after": "x"})
    assert (request.params, request.size) == ({"number": "1", "lacks": USUAL_PAPERS[1].key}, 1)
    rows = sheet(download(place, desk, decide(clerk, decide(secretary, request))))
    assert [row[0] for row in rows[2:]] == ["8栋"]


def test_what_two_agreed_to_is_what_leaves(place, desk, secretary, clerk):
    """Neither homes that came since nor those that left; what two saw as so many is so many."""
    request = decide(secretary, ask(place, desk))
    case = Batch.objects.get(compound=place.compound)
    before = BatchHome.objects.filter(compound=place.compound, batch=case).count()
    batches.add_buildings(by=desk, batch=case, buildings=[key for key, *_ in buildings_to_add(case)], at=NOW)
    assert BatchHome.objects.filter(compound=place.compound, batch=case).count() > before
    seen = [text_of(place.client(one).get(page(place, "export", 1))) for one in (secretary, clerk)]
    assert all(f"范围 {request.size} 户 " in one for one in seen)
    request = decide(clerk, request)
    assert [row[:3] for row in sheet(download(place, desk, request))[2:]] == [
        ["7栋", "1单元", "301"],
        ["8栋", "1单元", "301"],
    ]
    BatchHome.objects.filter(compound=place.compound, batch=case, home=place.home).update(left_at=NOW)
    assert [row[0] for row in sheet(download(place, desk, request))[2:]] == ["8栋"]


def test_what_has_changed_since_stays_in_the_part_that_was_asked_for(place, desk, secretary, clerk):
    lacks = USUAL_PAPERS[1].key
    request = ask(place, desk, params={"number": "1", "lacks": lacks})
    BatchHome.objects.filter(compound=place.compound, home=place.home).update(lacks=f"|{lacks}|")
    rows = sheet(download(place, desk, decide(clerk, decide(secretary, request))))
    assert request.size == 1 and [row[0] for row in rows[2:]] == ["8栋"]


def test_a_request_from_before_its_homes_were_kept_gives_nothing(place, desk, secretary, clerk):
    request = agreed(place, desk, secretary, clerk)
    ExportRequest.objects.filter(pk=request.pk, compound=place.compound).update(rows=None)
    with pytest.raises(Refused, match="再申请一次"):
        download(place, desk, request)


def test_each_download_is_an_act_and_the_persons_in_it_can_read_it(place, desk, secretary, clerk):
    request = agreed(place, desk, secretary, clerk)
    download(place, desk, request)
    download(place, desk, request, at=NOW + timedelta(hours=47))
    request.refresh_from_db()
    assert request.downloads == 2
    assert entries(request)[-2:] == ["download_export"] * 2
    account = makers.account(verified_at=NOW)
    makers.Person.objects.filter(compound=place.compound, name="王小明").update(phone=account.phone)
    services.ask_binding(account=account, home=place.home, name="王小明", relation="owner", at=NOW)
    looks = looks_at(account.pk, NOW)
    assert [row["title"] for row in looks] == ["清和物业 物业前台"] * 2
    assert looks[0]["note"].endswith("下载了有电话的名单 · 挨家打电话，约来补发票")


def test_nobody_else_downloads(place, desk, secretary, clerk):
    request = agreed(place, desk, secretary, clerk)
    who = makers.Account.objects.get(pk=desk.account_id)
    there = makers.compound("there")
    for by, why in (
        (secretary, "只有申请的人"),
        (place.post(Role.FRONT_DESK), "只有申请的人"),
        (place.chair, "不归您办"),
        (place.post(Role.PROPERTY_MANAGER, who=who), "申请时的岗位"),
        (there.post(Role.FRONT_DESK, who=who), "不归您办"),
    ):
        with pytest.raises(Refused, match=why):
            download(place, by, request)
    assert "download_export" not in entries(request)


def test_one_voice_is_not_enough(place, desk, secretary):
    with pytest.raises(Refused, match="现在不能下载"):
        download(place, desk, agreed(place, desk, secretary))


def test_what_was_granted_ends_and_the_asker_hears_it_once(place, desk, secretary, clerk):
    request = agreed(place, desk, secretary, clerk)
    late = NOW + timedelta(hours=48)
    with pytest.raises(Refused, match="过期"):
        download(place, desk, request, at=late)
    assert lapse_exports(late - timedelta(seconds=1)) == 0
    assert [lapse_exports(late), lapse_exports(late)] == [1, 0]
    request.refresh_from_db()
    assert request.state == "lapsed"
    assert told(desk)[-1] == "名单的申请过期了"
    assert entries(request)[-1] == "lapse_export"
    with pytest.raises(Refused, match="现在不能下载"):
        download(place, desk, request, at=late)


def test_what_nobody_decided_ends_with_its_day(place, desk, secretary, clerk):
    request = ask(place, desk, needed_by=date(2026, 3, 24))
    with pytest.raises(Refused, match="过期"):
        decide(secretary, request, at=makers.at(25, 0))
    assert lapse_exports(makers.at(25, 0)) == 1


def test_what_was_downloaded_ends_silently(place, desk, secretary, clerk):
    request = agreed(place, desk, secretary, clerk)
    download(place, desk, request)
    lapse_exports(NOW + timedelta(days=2))
    assert "名单的申请过期了" not in told(desk)


def test_who_asked_takes_it_back(place, desk, secretary, clerk):
    request = agreed(place, desk, secretary, clerk)
    with pytest.raises(Refused, match="不归您办"):
        services.withdraw_export(by=secretary, request=request, at=NOW)
    assert services.withdraw_export(by=desk, request=request, at=NOW).state == "withdrawn"
    with pytest.raises(Refused, match="现在不能下载"):
        download(place, desk, request)
