"""A list with whole names and numbers: one asks, two others agree, who asked downloads for a while."""

import html
import io
import re
import zipfile
from datetime import date, timedelta
from threading import Barrier, Thread

import openpyxl
import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters.models import Batch, BatchHome
from linli.matters.queries.batches.homes import buildings_to_add
from linli.matters.rules.batches import USUAL_PAPERS, USUAL_PATH
from linli.matters.services import batches
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people import services
from linli.people.models import ExportRequest, ExportVoice, Organisation, Post
from linli.people.queries import exports as reads
from linli.people.queries import looks_at
from linli.people.rules import Body, Role
from linli.people.rules.exports import Export
from linli.people.services import exports
from linli.people.tasks import lapse_exports
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

from .test_bindings import owner

pytestmark = pytest.mark.django_db
NOW = makers.NOW
FRIDAY = date(2026, 3, 27)
LIST = "楼栋,单元,房号,合同号,购房合同,购房发票,契税,维修资金,测绘\n7栋,1单元,301,HT-1,有,有,有,有,有\n8栋,1单元,301,HT-2,有,无,有,有,有\n"


@pytest.fixture
def place():
    place = makers.compound()
    furnish(place)
    return place


def furnish(place) -> None:
    """A case of two homes, of which one owner has a number."""
    chair = place.post(Role.COMMITTEE_CHAIR, name="郑主任")
    case = batches.open_batch(
        by=chair, compound=place.compound, title="补办不动产权证", words="2012 年交房", path=USUAL_PATH, papers=USUAL_PAPERS,
        bring_to="前台", at=NOW,
    )  # fmt: skip
    roster = batches.check_import(by=chair, batch=case, filename="x.csv", data=LIST.encode(), at=NOW)
    batches.apply_import(by=chair, batch=case, roster=roster, at=NOW)
    owner(place, name="王小明", phone="13800000003")
    place.chair = chair


@pytest.fixture
def desk(place):
    return place.post(Role.FRONT_DESK, name="前台小周")


@pytest.fixture
def secretary(place):
    return place.post(Role.COMMUNITY_SECRETARY, name="陈书记")


@pytest.fixture
def clerk(place):
    return place.post(Role.COMMUNITY_WORKER, name="林社工")


def ask(place, by, **more) -> ExportRequest:
    given = {"purpose": "挨家打电话，约来补发票", "needed_by": FRIDAY, "params": {"number": "1"}, "at": NOW, **more}
    return services.ask_export(by=by, compound=place.compound, kind="batch", **given)


def decide(by, request, yes=True, words="", at=NOW, **more) -> ExportRequest:
    return services.decide_export(by=by, request=request, yes=yes, words=words, at=at, **more)


def agreed(place, by, *deciders) -> ExportRequest:
    request = ask(place, by)
    for one in deciders:
        request = decide(one, request)
    return request


def download(place, by, request, at=NOW) -> bytes:
    return services.download_export(by=by, compound=place.compound, request=request, at=at)


def told(actor) -> list[str]:
    return list(Message.objects.filter(compound_id=actor.compound_id, account_id=actor.account_id, subject_kind="export").order_by("id").values_list("title", flat=True))  # fmt: skip


def entries(request) -> list[str]:
    rows = AuditEntry.objects.filter(compound=request.compound_id, subject_id=request.pk)
    return list(rows.order_by("id").values_list("act", flat=True))


def sheet(data: bytes) -> list[list[str]]:
    return [[str(c) for c in row if c is not None] for row in openpyxl.load_workbook(io.BytesIO(data)).active.values]


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_asking_tells_every_other_who_may_decide(place, desk, secretary, clerk):
    request = ask(place, desk)
    assert (request.number, request.state, request.title, request.size) == (1, "asked", "补办不动产权证", 2)
    assert [told(one) for one in (place.chair, secretary, clerk)] == [["有一份带电话的名单等您批"]] * 3
    assert told(desk) == []
    assert entries(request) == ["ask_export"]
    assert f"{request.ends_at.astimezone(makers.SHANGHAI):%m-%d %H:%M}" == "03-28 00:00"


def test_asking_twice_by_the_same_form_asks_once(place, desk, secretary):
    once = uuid7()
    assert ask(place, desk, once=once).pk == ask(place, desk, once=once).pk
    assert ExportRequest.objects.filter(compound=place.compound).count() == 1
    assert len(told(secretary)) == 1


def test_asking_by_the_same_form_at_once_asks_once(place, desk, secretary, monkeypatch):
    """The second looked before the first was there."""
    once = uuid7()
    first = ask(place, desk, once=once)
    look, looked = exports.done_before, []
    monkeypatch.setattr(exports, "done_before", lambda *given: look(*given) if looked else looked.append(1))
    assert ask(place, desk, once=once).pk == first.pk
    assert ExportRequest.objects.filter(compound=place.compound).count() == 1
    assert len(told(secretary)) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"purpose": " "}, "拿去做什么"),
        ({"needed_by": date(2026, 3, 23)}, "用到哪天"),
        ({"needed_by": date(2026, 4, 24)}, "用到哪天"),
        ({"params": {"number": "9"}}, "不归您办"),
        ({"params": {}}, "不归您办"),
    ],
)
def test_asking_is_refused_with_a_reason(place, desk, secretary, change, why):
    with pytest.raises(Refused, match=why):
        ask(place, desk, **change)
    assert not ExportRequest.objects.filter(compound=place.compound).exists()


def test_nobody_asks_what_two_others_could_not_grant(place, desk, secretary):
    Post.objects.filter(pk=secretary.role_id).update(to_day=date(2026, 3, 23))
    with pytest.raises(Refused, match="不到两个人"):
        ask(place, desk)


@pytest.mark.parametrize("role", [Role.COMMITTEE_CHAIR, Role.STEWARD, Role.GRID_WORKER])
def test_who_may_not_export_may_not_ask(place, secretary, clerk, role):
    with pytest.raises(Refused, match="不归您办"):
        ask(place, place.post(role))


def test_who_may_export_but_does_not_keep_the_case_may_not_ask(place, secretary, clerk):
    with pytest.raises(Refused, match="不归您办"):
        ask(place, place.post(Role.GRID_LEADER))


# ── deciding ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_others_open_it_for_two_days(place, desk, secretary, clerk):
    request = decide(secretary, ask(place, desk), words="看过了")
    assert (request.state, request.voices) == ("asked", 1)
    request = decide(clerk, request, at=NOW + timedelta(hours=1))
    assert (request.state, request.voices, request.ends_at) == ("open", 2, NOW + timedelta(hours=49))
    assert told(desk) == ["有一个人同意了，还差一个人", "名单批了，3月26日 周四 11:00 前可以下载"]
    assert entries(request) == ["ask_export", "approve_export", "approve_export"]


def test_it_is_open_no_longer_than_it_is_needed(place, desk, secretary, clerk):
    request = ask(place, desk, needed_by=date(2026, 3, 24))
    request = decide(clerk, decide(secretary, request))
    assert request.ends_at == makers.at(25, 0)


def test_one_no_ends_it_with_its_reason(place, desk, secretary, clerk):
    request = decide(secretary, ask(place, desk))
    with pytest.raises(Refused, match="为什么不同意"):
        decide(clerk, request, yes=False)
    request = decide(clerk, request, yes=False, words="贴通知就行")
    assert request.state == "refused"
    message = Message.objects.filter(compound=place.compound, account_id=desk.account_id).latest("id")
    assert (message.title, message.body) == ("名单没有批", "补办不动产权证：贴通知就行")
    for by in (secretary, clerk, place.chair):
        with pytest.raises(Refused, match="有结果了"):
            decide(by, request)
    with pytest.raises(Refused, match="现在不能下载"):
        download(place, desk, request)


def test_same_person_twice_is_one_voice_also_by_another_post(place, desk, secretary):
    request = decide(secretary, ask(place, desk))
    who = makers.Account.objects.get(pk=secretary.account_id)
    for by in (secretary, place.post(Role.COMMITTEE_VICE_CHAIR, who=who)):
        with pytest.raises(Refused, match="已经同意过"):
            decide(by, request)
    assert ExportVoice.objects.filter(compound=place.compound).count() == 1


def test_who_asked_does_not_decide_also_not_by_another_post(place, secretary, clerk):
    request = ask(place, clerk)
    who = makers.Account.objects.get(pk=clerk.account_id)
    for by in (clerk, place.post(Role.COMMITTEE_VICE_CHAIR, who=who)):
        with pytest.raises(Refused, match="别人批"):
            decide(by, request)


def test_a_form_sent_twice_is_one_voice(place, desk, secretary):
    request, once = ask(place, desk), uuid7()
    decide(secretary, request, once=once)
    assert decide(secretary, request, once=once).voices == 1
    assert len(told(desk)) == 1


def test_the_database_keeps_two_seats_and_one_voice_each(place, desk, secretary):
    request = decide(secretary, ask(place, desk))
    for seat, account in ((2, secretary.account_id), (1, uuid7()), (3, uuid7())):
        voice = ExportVoice(compound=place.compound, request=request, seat=seat, account_id=account, yes=True, at=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            voice.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["four persons", "one person"])
def test_many_at_once_make_two_voices_or_one(place, desk, who):
    if connection.vendor != "postgresql":
        pytest.skip("threads need a server; run by bin/with-postgres")
    request = ask_with_others(place, desk)
    same = place.post(Role.COMMUNITY_WORKER)
    deciders = [same if who == "one person" else place.post(Role.COMMUNITY_WORKER) for _n in range(4)]
    barrier, heard = Barrier(4), []

    def work(by) -> None:
        try:
            barrier.wait(20)
            decide(by, request)
            heard.append("yes")
        except Refused as no:
            heard.append(no.refusal.key)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(by,)) for by in deciders]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    request.refresh_from_db()
    expected = (
        ("asked", 1, ["heard"] * 3 + ["yes"]) if who == "one person" else ("open", 2, ["decided"] * 2 + ["yes"] * 2)
    )
    assert (request.state, request.voices, sorted(heard)) == expected


def ask_with_others(place, by) -> ExportRequest:
    place.post(Role.COMMUNITY_SECRETARY)
    return ask(place, by)


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────────


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(place, name: str, *args) -> str:
    return reverse(f"people:{name}", args=[place.slug, *args])


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
