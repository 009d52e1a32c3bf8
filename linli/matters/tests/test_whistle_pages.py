import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters import services
from linli.matters.models import Ask, Whistle, WhistleMatter
from linli.matters.services import whistles
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.matters.views import bulk
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.plumbing.tenancy import compound_scope

from .whistle_cast import SITE, Cast, page, post, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


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


def buttons(answer) -> list[str]:
    return [text_of(b) for b in re.findall(r'class="btn btn-primary"[^>]*>(.*?)</a>', answer.content.decode())]


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_a_page_has_one_act_of_its_own_by_whose_turn_it_is(cast):
    w = cast.draft()
    assert (buttons(page(cast, "worker", "1/")), buttons(page(cast, "officer", "1/"))) == ([], ["批准并吹哨"])
    whistles.send_back(by=cast.officer, whistle=w, words="写清数字", at=NOW)
    assert (buttons(page(cast, "worker", "1/")), buttons(page(cast, "officer", "1/"))) == (["改一改"], [])
    assert "轮到" in text(page(cast, "worker", "1/")) and "写清数字" in text(page(cast, "worker", "1/edit/"))
    whistles.edit(by=cast.worker, whistle=w, told=cast.told((cast.court, "解冻"), (cast.planning, "勘查")), at=NOW)
    whistles.approve_and_blow(by=cast.officer, whistle=w, at=NOW)
    assert buttons(page(cast, "worker", "1/")) == []
    for place in (1, 2):
        ask = cast.ask(w, place)
        by = cast.liaison(ask.body)
        whistles.report_in(by=by, whistle=w, ask=ask, officer="王工", way="site", at=NOW)
        whistles.answer(by=by, whistle=w, ask=ask, officer="王工", words="好了", at=NOW)
    assert buttons(page(cast, "worker", "1/")) == ["验收通过，区法院"]
    whistles.check(by=cast.worker, whistle=w, ask=cast.ask(w, 1), at=NOW)
    assert buttons(page(cast, "worker", "1/")) == ["打分，区法院"]
    assert "往上吹" not in text(page(cast, "worker", "1/"))
    assert "谁批的 街道" in text(page(cast, "worker", "1/"))


def test_a_refusal_of_one_ask_stands_at_it(cast):
    given = {
        "title": "后坡裂缝", "cause": "power", "urgency": "urgent", "facts": "裂缝", "done_below": "警戒线", "body1": cast.court.pk,
        "ask1": "解冻", "body3": cast.court.pk, "ask3": "再解冻",
    }  # fmt: skip
    answer = post(cast, "worker", f"new/?matter={cast.matter.number}", **given)
    assert answer.context["form"].errors == {"body3": ["同一个部门写在一处"]}
    none = post(
        cast,
        "worker",
        f"new/?matter={cast.matter.number}",
        **{**given, "body1": "", "ask1": "", "body3": "", "ask3": ""},
    )
    assert list(none.context["form"].errors) == ["ask1"]


def test_nothing_has_gone_on_for_no_minutes(cast):
    cast.blown()
    assert "0 分钟" not in text(page(cast, "worker", "1/")).replace("10 分钟", "").replace("30 分钟", "")


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


def test_board_begins_with_what_is_late_and_then_is_due_first(cast, monkeypatch):
    from linli.matters.queries import whistles as reads

    given = [
        ("下周的", False, 7),
        ("草稿", False, None),
        ("超时的", True, -1),
        ("明天的", False, 1),
        ("超时最久", True, -5),
        ("新草稿", False, None),
    ]
    for title, late, days in given:
        due = NOW + timedelta(days=days) if days is not None else None
        Whistle.objects.filter(pk=cast.draft(title=title).pk).update(late=late, due_at=due)
    order = ["超时最久", "超时的", "明天的", "下周的", "新草稿", "草稿"]
    for size in (1, 2, 6):
        monkeypatch.setattr(reads, "PAGE", size)
        seen, after = [], None
        while True:
            rows = reads.board(by=cast.worker, compounds=[cast.place.compound], view="open", after=after)
            seen += [row.title for row in rows[:size]]
            if len(rows) <= size:
                break
            after = rows[size - 1].pk
        assert seen == order


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


@pytest.fixture
def cast(cast):
    cast.place.compound.community.phone = "0000-7654321"
    cast.place.compound.community.save()
    return cast


def test_an_agency_that_no_message_reaches_is_named_before_and_after(cast):
    bare = Organisation.objects.create(
        kind=Body.AGENCY, name="园林局", subdistrict=cast.office.subdistrict, catalogue="greening"
    )
    w = cast.draft((cast.court, "解冻"), (bare, "剪树"))
    shown = text(page(cast, "officer", f"{w.number}/approve/"))
    assert "园林局没有账号，也没有联络员手机号" in shown and "区法院没有账号" not in shown
    whistles.approve_and_blow(by=cast.officer, whistle=w, at=NOW, site=SITE)
    heard = Message.objects.filter(compound=cast.place.compound, kind="whistle_unreached")
    assert {m.account_id for m in heard} == {cast.worker.account_id, cast.secretary.account_id}
    assert heard[0].title == "哨单第 1 号，消息到不了园林局，请打电话或者当面送去"
    assert text(page(cast, "worker", f"{w.number}/")).count("消息到不了：") == 1
    whistles.send_link(by=cast.worker, whistle=w, ask=cast.ask(w, 2), phone="13700000009", site=SITE, at=NOW)
    assert "消息到不了：" not in text(page(cast, "worker", f"{w.number}/"))


def test_when_the_officer_comes_is_shown(cast):
    w = cast.blown()
    whistles.report_in(
        by=cast.liaison(cast.court),
        whistle=w,
        ask=cast.ask(w),
        officer="王工",
        way="site",
        arrives_at=at(26, 15),
        at=NOW,
    )
    assert re.search(r"说好 .{1,12}15:00 到", text(page(cast, "worker", f"{w.number}/")))


def test_as_many_agencies_are_asked_on_the_page_as_a_whistle_may_ask(cast):
    here = f"new/?matter={cast.matter.number}&level=agencies"
    shown = page(cast, "worker", here).content.decode()
    assert 'name="body8"' in shown and 'name="body9"' not in shown and '<details class="more">' in shown
    bodies = [
        Organisation.objects.create(
            kind=Body.AGENCY, name=f"部门{n}", subdistrict=cast.place.compound.community.subdistrict
        )
        for n in range(8)
    ]
    given = {"title": "坡", "facts": "裂了", "done_below": "围了", "cause": "power", "urgency": "normal"}
    given |= {f"body{n}": str(body.pk) for n, body in enumerate(bodies, 1)}
    asks = {f"ask{n}": "来看" for n in range(1, 9)}
    wrong = post(cast, "worker", here, **given, **{**asks, "ask7": ""})
    assert wrong.status_code == 422 and '<details class="more" open>' in wrong.content.decode()
    assert post(cast, "worker", here, **given, **asks).status_code == 302
    assert Ask.objects.filter(compound=cast.place.compound).count() == 8
