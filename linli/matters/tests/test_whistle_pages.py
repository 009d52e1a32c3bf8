import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.matters import services
from linli.matters.models import Ask, Whistle, WhistleFile, WhistleMatter
from linli.matters.services import whistles
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.matters.tests.test_whistles import SITE, Cast
from linli.matters.views import bulk
from linli.people.models import Organisation
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry, Throttle
from linli.plumbing.tenancy import compound_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def cast(place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    place.compound.community.phone = "0000-7654321"
    place.compound.community.save()
    with compound_scope(place.compound.pk):
        yield Cast(place)


def page(cast, who, path):
    return cast.place.client(getattr(cast, who)).get(f"/c/{cast.place.slug}/whistles/{path}")


def post(cast, who, path, **data):
    return cast.place.client(getattr(cast, who)).post(f"/c/{cast.place.slug}/whistles/{path}", data)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def link(cast, whistle, place=1) -> str:
    return f"/w/{whistles.token_of(cast.ask(whistle, place))}/"


def test_draft_approve_and_follow_on_pages(cast):
    new = f"new/?matter={cast.matter.number}&level=agencies"
    first = page(cast, "worker", new)
    assert first.status_code == 200 and "护坡裂了" in text(first)
    given = {
        "title": "后坡裂缝", "urgency": "urgent", "cause": "power", "facts": "雨后裂了 12 米", "done_below": "拉了警戒线", "affected": "3000",
        "body1": cast.court.pk, "ask1": "解冻一部分资金", "body2": cast.planning.pk, "ask2": "",
    }  # fmt: skip
    wrong = post(cast, "worker", new, **given)
    assert (
        wrong.status_code == 422
        and "部门和请它做什么都要写" in text(wrong)
        and "解冻一部分资金" in wrong.content.decode()
    )
    done = post(cast, "worker", new, **{**given, "ask2": "勘查"})
    assert done.status_code == 302
    w = Whistle.objects.get(compound=cast.place.compound)
    assert [(a.body, a.words) for a in Ask.objects.filter(compound=cast.place.compound).order_by("place")] == [
        (cast.court, "解冻一部分资金"),
        (cast.planning, "勘查"),
    ]
    assert "批准并吹哨" not in text(page(cast, "worker", "1/"))
    assert "批准并吹哨" in text(page(cast, "officer", "1/"))
    assert post(cast, "worker", "1/approve/").status_code == 422
    assert post(cast, "officer", "1/approve/").status_code == 302
    w.refresh_from_db()
    assert w.state == "blown"
    told = text(cast.place.client(cast.owner).get(f"/c/{cast.place.slug}/matters/{cast.matter.number}/"))
    assert "吹了哨" in told and "区法院" in told and "吹哨请区法院、自然资源局来办" in told
    assert "/whistles/" not in cast.place.client(cast.owner).get(f"/c/{cast.place.slug}/matters/1/").content.decode()


def test_whistle_and_drafts_are_found_by_those_alone_who_have_to_do_with_it(cast):
    cast.draft()
    w = cast.blown()
    seen = {
        who: (
            page(cast, who, "").status_code,
            page(cast, who, "1/").status_code,
            page(cast, who, f"{w.number}/").status_code,
        )
        for who in ("worker", "officer", "chair", "engineer", "owner", "desk")
    }
    assert seen == {
        "worker": (200, 200, 200), "officer": (200, 200, 200), "chair": (200, 404, 200), "engineer": (404, 404, 404),
        "owner": (404, 404, 404), "desk": (404, 404, 404),
    }  # fmt: skip


def test_liaison_receives_reports_in_and_answers_by_link_without_an_account(cast):
    w = cast.blown()
    here, phone = link(cast, w), Client()
    shown = phone.get(here)
    assert (
        shown.status_code == 200 and shown["Referrer-Policy"] == "same-origin" and shown["Cache-Control"] == "no-store"
    )
    words = text(shown)
    assert "解冻一部分资金" in words and "雨后裂缝 12 米" in words and "勘查地质隐患" not in words
    for secret in ("李小满", "301", "护坡裂了", cast.owner.label):
        assert secret not in words
    wrong = phone.post(f"{here}receive/", {"officer": " "})
    assert wrong.status_code == 422
    assert phone.post(f"{here}receive/", {"officer": "王工"}).status_code == 302
    assert (
        phone.post(f"{here}report_in/", {"officer": "王工", "phone": "13711112222", "way": "site"}).status_code == 302
    )
    pdf = SimpleUploadedFile("裁定书.pdf", b"%PDF-1.4 x", "application/pdf")
    done = phone.post(f"{here}answer/", {"officer": "王工", "words": "同意解冻 21 万元", "papers": [pdf]})
    assert done.status_code == 302
    ask = cast.ask(w)
    assert (ask.step, ask.officer, ask.answer) == ("answered", "王工", "同意解冻 21 万元")
    kept = WhistleFile.objects.get(compound=cast.place.compound, whistle=w)
    paper = phone.get(f"{here}files/{kept.pk}/small/")
    assert paper.content == b"%PDF-1.4 x" and "attachment" in paper["Content-Disposition"]
    assert phone.get(f"{link(cast, w, 2)}files/{kept.pk}/small/").status_code == 404  # another agency's
    assert (
        phone.post(f"{here}score_back/", {"officer": "王工", "response": "good", "quality": "good"}).status_code == 302
    )
    channels = AuditEntry.objects.filter(compound=cast.place.compound, subject_id=w.pk, role="agency_liaison")
    assert set(channels.values_list("channel", flat=True)) == {"link"}


def test_file_that_is_no_pdf_is_refused_and_the_words_stay(cast):
    w = cast.blown()
    here = link(cast, w)
    Client().post(f"{here}report_in/", {"officer": "王工", "way": "document"})
    fake = SimpleUploadedFile("x.pdf", b"MZ not a pdf", "application/pdf")
    answer = Client().post(f"{here}answer/", {"officer": "王工", "words": "答复在此", "papers": [fake]})
    assert answer.status_code == 422 and "这不是 PDF 文件" in text(answer) and "答复在此" in text(answer)
    assert cast.ask(w).step == "reported_in"


def test_expired_and_withdrawn_links_look_alike_and_say_whom_to_call(cast):
    w = cast.blown()
    withdrawn, expiring = link(cast, w, 1), link(cast, w, 2)
    whistles.stop_link(by=cast.worker, whistle=w, ask=cast.ask(w, 1), at=NOW)
    one = Client().get(withdrawn)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        other = Client().get(expiring)

    def strip(answer):
        return re.sub(r'csrf\w*" value="[^"]+"|value="/w/[^"]+"', "", answer.content.decode())

    assert (one.status_code, other.status_code) == (404, 404)
    assert "0000-7654321" in text(one) and strip(one) == strip(other)
    assert Client().get("/w/abc/").status_code == 404
    assert Client().post(f"{withdrawn}receive/", {"officer": "王工"}).status_code == 404
    assert cast.ask(w, 1).step == "blown"


def test_link_does_only_what_a_liaison_may(cast):
    w = cast.blown()
    here = link(cast, w)
    for act in ("check", "score", "send_link", "assign", "close", "pass_on", "nothing"):
        assert Client().post(f"{here}{act}/", {"officer": "王工", "words": "x"}).status_code == 404, act


def test_link_is_rate_limited(cast):
    w = cast.blown()
    here = link(cast, w)
    for _ in range(40):
        Client().post(f"{here}receive/", {"officer": ""})
    assert Client().post(f"{here}receive/", {"officer": "王工"}).status_code == 404
    assert cast.ask(w).step == "blown" and Client().get(here).status_code == 200
    Throttle.objects.all().delete()


def test_link_is_sent_anew_from_the_page(cast):
    w = cast.blown()
    old = link(cast, w)
    shown = post(cast, "worker", "1/asks/1/send_link/", phone="13700000009")
    assert link(cast, w) in shown.content.decode() and Client().get(old).status_code == 404
    assert any(link(cast, w) in words for words in cast.messages("13700000009"))


def test_board_says_whose_turn_and_counts_are_kept(cast):
    cast.draft()
    cast.blown()
    words = text(page(cast, "officer", ""))
    assert "2 张在办，没有超时的" in words and "等街道批准" in words and "等区法院、自然资源局" in words
    only = text(page(cast, "officer", "?view=approver"))
    assert only.count("1、2 栋后坡裂缝") == 1


def test_subdistrict_sees_whistles_of_all_compounds_below_it_and_of_no_other(cast):
    cast.blown()
    other = makers.compound("elsewhere")
    with compound_scope(other.compound.pk):
        Cast(other).blown()
    near = makers.compound("near")
    near.compound.community = cast.place.compound.community
    near.compound.name = "云坡里"
    near.compound.save()
    near.community.community = cast.place.compound.community
    near.community.save()
    with compound_scope(near.compound.pk):
        worker = near.post(Role.COMMUNITY_WORKER, body=cast.place.community)
        matter = near.matter(near.resident())
        whistles.draft(
            by=worker, compound=near.compound, level="agencies", matters=[matter], at=NOW, told=cast.told((cast.court, "解冻"), title="另一件")
        )  # fmt: skip
    words = text(page(cast, "officer", ""))
    assert words.count("1、2 栋后坡裂缝") == 1 and "云坡里" in words and "另一件" in words and "2 张在办" in words
    assert "另一件" not in text(page(cast, "worker", ""))


def test_board_asks_a_constant_number_of_queries(cast):
    browser = cast.place.client(cast.worker)
    counted = []
    for wanted in (1, 3):
        while Whistle.objects.filter(compound=cast.place.compound).count() < wanted:
            cast.blown()
        browser.get(f"/c/{cast.place.slug}/whistles/")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            browser.get(f"/c/{cast.place.slug}/whistles/")
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 12


def test_board_pages_by_key(cast, monkeypatch):
    from linli.matters.queries import whistles as reads

    monkeypatch.setattr(reads, "PAGE", 2)
    for n in range(3):
        cast.draft(title=f"第{n}件")
    first = page(cast, "worker", "")
    assert "第2件" in text(first) and "第0件" not in text(first)
    more = re.search(r'href="[^"]*whistles/(\?view=open&amp;after=[^"]+)"', first.content.decode())[1].replace(
        "&amp;", "&"
    )
    assert "第0件" in text(page(cast, "worker", more)) and "第2件" not in text(page(cast, "worker", more))


def test_funding_on_pages(cast):
    w = cast.blown()
    assert (
        post(
            cast,
            "worker",
            "1/fund/",
            liable="某置业",
            why="账户被冻结",
            court="区法院",
            asked_fen="250,000",
            frozen_fen="3000000",
        ).status_code
        == 302
    )
    given = {"kind": "decided", "day": "2026-03-24", "decision": "partly", "fen": "210000"}
    assert post(cast, "worker", "1/fund_step/", **given).status_code == 302
    too_much = post(cast, "worker", "1/fund_step/", kind="released", day="2026-03-24", fen="210001", payee="施工队")
    assert too_much.status_code == 422 and "拨出来的不能比同意的多" in text(too_much)
    assert (
        post(
            cast, "worker", "1/fund_step/", kind="released", day="2026-03-24", fen="210000", payee="施工队"
        ).status_code
        == 302
    )
    words = text(page(cast, "worker", f"{w.number}/"))
    assert "要 250,000 元" in words and "拨出 210,000 元" in words and "付给施工队" in words


def test_agencies_are_kept_by_community_and_subdistrict_each_its_own(cast):
    here = f"/c/{cast.place.slug}/agencies/"
    given = {"catalogue": "fire_brigade", "name": "", "liaison": "赵队", "liaison_phone": "13700000005"}
    assert cast.place.client(cast.chair).post(f"{here}new/", given).status_code == 404
    assert cast.place.client(cast.worker).post(f"{here}new/", given).status_code == 302
    kept = Organisation.objects.get(name="消防救援大队")
    assert (kept.community, kept.catalogue, kept.liaison_phone) == (
        cast.place.compound.community,
        "fire_brigade",
        "13700000005",
    )
    assert cast.place.client(cast.worker).post(f"{here}new/", given).status_code == 422
    assert cast.place.client(cast.worker).get(f"{here}{cast.court.pk}/").status_code == 404
    assert cast.place.client(cast.officer).get(f"{here}{cast.court.pk}/").status_code == 200
    assert "赵队" in text(cast.place.client(cast.chair).get(here))


def test_bounced_matter_offers_a_whistle(cast):
    type(cast.matter).objects.filter(compound=cast.place.compound, pk=cast.matter.pk).update(returns=2)
    words = text(cast.place.client(cast.worker).get(f"/c/{cast.place.slug}/matters/{cast.matter.number}/"))
    assert "被退回了两次，吹哨请上一层来办？" in words


def test_address_of_the_link_is_the_site(cast):
    w = cast.blown()
    assert cast.messages("13700000001")[0].endswith(f"{SITE}{link(cast, w)}")


def test_passing_on_begins_with_the_agency_that_was_named_and_an_ask_is_ended_on_the_page(cast):
    w = whistles.approve_and_blow(by=cast.officer, whistle=cast.draft((cast.court, "解冻")), at=NOW, site=SITE)
    given = {"reason": "不归", "proper": "自然资源和规划局", "officer": "王", "at": NOW}
    whistles.decline(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), **given)
    form = page(cast, "worker", "1/asks/1/pass_on/").content.decode()
    assert re.search(rf'value="{cast.planning.pk}" (selected|checked)', form)
    assert "不再等它办" in text(page(cast, "worker", "1/"))
    assert post(cast, "worker", "1/asks/1/end_ask/", words="居民自己解决了").status_code == 302
    told = text(page(cast, "worker", "1/"))
    assert "不再等区法院来办：居民自己解决了" in told and "不再等它办了" in told
    assert post(cast, "worker", "1/close/", words="完了").status_code == 302
    assert "不再等区法院来办" in text(cast.place.client(cast.owner).get(f"/c/{cast.place.slug}/matters/1/"))


def test_the_desk_hands_the_chosen_lines_to_one_whistle(cast):
    other = cast.place.matter(cast.owner, "护坡又掉石头")
    gone = cast.place.matter(cast.owner, "说错了")
    services.withdraw(by=cast.owner, matter=gone, at=NOW)
    browser, desk = cast.place.client(cast.worker), f"/c/{cast.place.slug}/desk/"
    assert 'value="whistle"' in browser.get(desk).content.decode()
    picks = {"act": "whistle", "pick": [cast.matter.number, other.number, gone.number, 9999]}
    there = browser.post(f"{desk}bulk/", picks).headers["Location"]
    assert there == f"/c/{cast.place.slug}/whistles/new/?matter={cast.matter.number}&matter={other.number}"
    assert browser.post(f"{desk}bulk/", picks, headers={"HX-Request": "true"}).headers["HX-Redirect"] == there
    first = browser.get(there)
    assert "护坡裂了" in text(first) and "护坡又掉石头" in text(first)
    there += "&level=agencies"
    told = {
        "title": "后坡",
        "urgency": "normal",
        "cause": "power",
        "facts": "裂了",
        "done_below": "拦了",
        "ask1": "勘查",
        "body1": cast.court.pk,
    }
    assert browser.post(there, told).status_code == 302
    linked = WhistleMatter.objects.filter(compound=cast.place.compound).values_list("matter_id", flat=True)
    assert set(linked) == {cast.matter.pk, other.pk}


def test_nothing_open_or_too_many_chosen_make_no_whistle(cast, monkeypatch):
    monkeypatch.setattr(bulk, "WHISTLE_MOST", 1)
    other = cast.place.matter(cast.owner, "护坡又掉石头")
    browser, here = cast.place.client(cast.worker), f"/c/{cast.place.slug}/desk/bulk/"
    for picks, says in (([9999], "先选中还没办完的"), ([cast.matter.number, other.number], "一张哨单最多 1 件")):
        answer = browser.post(here, {"act": "whistle", "pick": picks}, follow=True)
        assert says in text(answer).replace("\xa0", " ")
    assert cast.place.client(cast.engineer).post(here, {"act": "whistle", "pick": [1]}).status_code == 404
    assert not Whistle.objects.filter(compound=cast.place.compound).exists()
