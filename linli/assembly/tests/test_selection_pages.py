"""The pages of a selection and of contracts: all of it by pages alone, what each reader sees, who finds what, few statements."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import Selection, Session
from linli.assembly.queries import selections as queries
from linli.assembly.rules.selections import HANDED
from linli.assembly.services import selections as verbs
from linli.kernel import masks
from linli.matters import services as matters
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.people.access import standing_by_key
from linli.people.models import Account, Post
from linli.people.rules import Role

from . import choosing
from . import makers as makers_of_votes
from .choosing import (
    CALLED,
    COMES,
    OPENED,
    PDF,
    PUT,
    STANDS,
    announce,
    bidding,
    entered,
    noticed,
    opened,
    planned,
    scored,
    signed,
    started,
    voting,
)


def url(c, name: str, *args) -> str:
    return reverse(f"assembly:{name}", args=[c.place.slug, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def get(c, by, name: str, *args):
    return c.place.client(by).get(url(c, name, *args))


def post(c, by, name: str, /, *args, **said):
    return c.place.client(by).post(url(c, name, *args), {"once": str(uuid4()), **said}, follow=True)


def paper():
    return SimpleUploadedFile("合同.pdf", PDF)


# ── from the notice to the last key, by pages alone ─────────────────────────────────────────────────────────────────


def test_a_company_is_chosen_by_its_pages(place):
    c = choosing.choice(place)
    with time_machine.travel(NOW, tick=False):
        assert "开始了" in text(post(c, c.chair, "selection-new", ground="expiry", contact="业委会"))
        c.selection = Selection.objects.get(compound_id=place.compound.pk)
        said = {"given_on": "2026-03-24", "ends_on": "2026-09-30", "delivered": "物业经理当面签收"}
        assert "公告发出了" in text(post(c, c.chair, "selection-act", 1, "notice", **said))
        plan = {
            "services": "保洁、秩序",
            "months": "36",
            "fee_model": "lump_sum",
            "price_cap": "2",
            "least": "2",
            "comments_until": "2026-04-07",
        }
        wrong = post(c, c.writer, "selection-act", 1, "set_plan", **plan, criteria="方案 60\n报价")
        assert wrong.status_code == 422 and "这一行没有分数：报价" in text(wrong)
        done = post(
            c, c.writer, "selection-act", 1, "set_plan", **plan, criteria="服务方案：40分\n报价　３０\n业绩, 30"
        )
        assert "方案写好了" in text(done) and c.made.criteria == [["服务方案", 40], ["报价", 30], ["业绩", 30]]
        for n, role in enumerate((Role.COMMITTEE_MEMBER, Role.COMMUNITY_WORKER)):
            c.scorers["ab"[n]] = place.post(role, name=f"评委{n}")
            phone = Account.objects.get(pk=c.scorers["ab"[n]].account_id).phone
            who = {"name": f"评委{n}", "side": "owner", "phone": phone, "declared": "on"}
            assert "加上了" in text(post(c, c.writer, "selection-act", 1, "name_scorer", **who))
        post(c, c.writer, "selection-act", 1, "name_scorer", name="外请专家", side="expert", declared="on")
        assert "方案公示了" in text(post(c, c.chair, "selection-act", 1, "plan"))
        owner = place.resident()
        assert "收到了" in text(post(c, owner, "selection-act", 1, "object", words="报价的分太少"))
        seen = text(get(c, c.chair, "selection", 1))
        assert "方案公示到2026年4月7日" in seen and "李小满" in seen
        row = queries.objections(c.made)[0]
        assert "答复了" in text(post(c, c.chair, "selection-answer", 1, row.pk, upheld="no", words="服务更要紧"))
    with time_machine.travel(CALLED, tick=False):
        assert "公告发出了" in text(post(c, c.chair, "selection-act", 1, "call", until="2026-04-28"))
        for company in ("甲安物业服务有限公司", "乙和物业服务有限公司"):
            who = {"company": company, "contact": "林建", "phone": "0000-1"}
            assert "没有拆" in text(post(c, c.writer, "selection-act", 1, "receive", **who))
        assert "甲安" not in text(get(c, owner, "selection", 1)) and "收到2份" in text(get(c, owner, "selection", 1))
    with time_machine.travel(OPENED, tick=False):
        assert "开标了" in text(post(c, c.chair, "selection-act", 1, "open", first="苏文", second="何静"))
        for number, price in ((1, "1.65"), (2, "1.58")):
            assert "录好了" in text(
                post(c, c.writer, "selection-bid", 1, number, "enter", price_fen=price, promise="三十分钟到场")
            )
        assert "放上了" in text(post(c, c.writer, "selection-bid", 1, 1, "add_paper", name="方案", file=paper()))
        sheet = {"item_0": "36", "item_1": "20", "item_2": "25"}
        for key in "ab":
            assert "给甲安物业服务有限公司打分" in text(get(c, c.scorers[key], "selection", 1))
            wrong = post(c, c.scorers[key], "selection-score", 1, 1, **{**sheet, "item_0": "41"})
            assert wrong.status_code == 422
            for number in (1, 2):
                assert "打好了" in text(post(c, c.scorers[key], "selection-score", 1, number, **sheet))
        assert "还有2份评分没交" in text(get(c, c.chair, "selection", 1))
        for number, points in ((1, sheet), (2, {**sheet, "item_0": "30"})):
            assert "录好了" in text(post(c, c.writer, "selection-sheet", 1, number, 3, **points))
        assert "公布了" in text(post(c, c.chair, "selection-act", 1, "publish"))
        assert "81.00" in text(get(c, owner, "selection", 1))
    with time_machine.travel(PUT, tick=False):
        page = get(c, c.chair, "selection-act", 1, "put").content.decode()
        best = queries.bids(c.made)[0]
        assert re.findall(r'value="([^"]+)"[^>]*checked', page) == [str(best.pk), "new"]
        asked = {"bid": str(best.pk), "item": "new"}
        assert "连上了这次会议" in text(post(c, c.chair, "selection-act", 1, "put", **asked))
    announce(c)
    with time_machine.travel(STANDS, tick=False):
        assert "通过" in text(get(c, owner, "selection", 1))
        assert "记下了" in text(post(c, c.chair, "selection-act", 1, "decide"))
    with time_machine.travel(STANDS + timedelta(days=1), tick=False):
        terms = {
            "price_fen": "1.65", "months": "36", "signed_on": "2026-06-21", "starts_on": "2026-10-01", "notice_days": "60",
            "clauses": ["items", "fees"], "signer": "吴海", "company_signer": "林建", "name": "物业服务合同", "seal_line": "0003",
            "handover_until": "2026-10-11",
        }  # fmt: skip
        wrong = post(c, c.chair, "selection-act", 1, "sign", **{**terms, "price_fen": "1.70"}, file=paper())
        assert wrong.status_code == 422 and "业主表决的报价不是这个数" in text(wrong)
        assert "合同公布了" in text(post(c, c.chair, "selection-act", 1, "sign", **terms, file=paper()))
        filing = {"filing_no": "街备 12 号", "filed_on": "2026-06-21", "filed_with": "临溪街道"}
        assert "记下了" in text(post(c, c.chair, "selection-act", 1, "file", **filing))
        assert "原合同到2026-09-30才结束" in text(get(c, c.chair, "selection", 1))
        read = text(get(c, owner, "contract", 1))
        assert "服务期限" in read and "吴*" in read and "街备12号" in read
        assert get(c, owner, "contract-paper", 1).content == PDF
    with time_machine.travel(COMES, tick=False):
        assert "进场了" in text(post(c, c.chair, "selection-act", 1, "admit", manager="林建", phone="13812340001"))
        for key, thing in HANDED.items():
            assert thing in text(get(c, c.manager, "selection", 1))
            assert "等对方点收" in text(post(c, c.manager, "selection-hand", 1, key, "give", what="按清单"))
            assert "记下了" in text(post(c, c.chair, "selection-hand", 1, key, "take", what="按清单"))
        assert "退场了" in text(post(c, c.chair, "selection-act", 1, "leave"))
    assert c.made.state == "done"


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────


@time_machine.travel(NOW, tick=False)
def test_what_is_not_lawful_yet_is_shown_with_its_reason_and_its_article(place):
    c = noticed(place)
    c.does(verbs.set_plan, c.writer, NOW, **choosing.PLAN)
    seen = text(get(c, c.chair, "selection", 1))
    assert "加一位评委" in seen and "民法典第九百四十六条、第九百四十七条：提前60天书面通知" in seen
    there = planned(makers.compound("there"))
    page = get(there, there.chair, "selection", 1).content.decode()
    assert 'aria-disabled="true">发招标公告' in page and "方案公示到 2026-04-07，过了才能招标" in page
    assert "轮到业委会" not in text(get(there, there.place.resident(), "selection", 1))


@time_machine.travel(OPENED, tick=False)
def test_what_is_in_a_bid_is_entered_until_somebody_scored_it(place):
    c = opened(place)
    assert text(get(c, c.writer, "selection", 1)).count("录投标书") == 2
    c.does(verbs.score, c.scorers["a"], OPENED, bid=c.bids[0], points=choosing.POINTS["a"][0])
    assert text(get(c, c.writer, "selection", 1)).count("录投标书") == 1


@time_machine.travel(OPENED, tick=False)
def test_scorers_are_masked_to_everybody_but_those_who_run_it(place):
    c = opened(place)
    assert "外请专家" in text(get(c, c.writer, "selection", 1))
    seen = text(get(c, place.resident(), "selection", 1))
    assert "外请专家" not in seen and masks.name("外请专家") in seen and "0000-7654321" not in seen


@time_machine.travel(OPENED, tick=False)
def test_documents_of_a_bid_are_for_the_body_and_the_scorers(place):
    c = opened(place)
    c.does(verbs.add_paper, c.writer, OPENED, bid=c.bids[0], file=BytesIO(PDF), name="服务方案")
    pk = queries.papers(c.made)[c.bids[0].pk][0].pk
    for by, code in ((c.writer, 200), (c.scorers["a"], 200), (c.manager, 404), (place.resident(), 404)):
        assert get(c, by, "bid-paper", 1, pk).status_code == code
    assert "服务方案</a>" not in get(c, place.resident(), "selection", 1).content.decode()


@time_machine.travel(NOW, tick=False)
def test_before_the_plan_is_out_it_is_read_by_those_who_make_it(place):
    c = started(place)
    for by, code in ((c.chair, 200), (c.writer, 200), (c.manager, 200), (place.post(Role.COMMUNITY_WORKER), 200),
                     (place.resident(), 404), (place.post(Role.STEWARD), 404)):  # fmt: skip
        assert get(c, by, "selection", 1).status_code == code
    assert "第1次选聘" not in text(get(c, place.resident(), "selections"))
    assert "第1次选聘" in text(get(c, c.chair, "selections"))


# ── who finds what ──────────────────────────────────────────────────────────────────────────────────────────────────

RIGHTS = {
    "selection-new": ((), "chair"),
    "contract-new": ((), "chair"),
    "notice": ((1,), "chair"),
    "plan": ((1,), "chair"),
    "set_plan": ((1,), "chair writer"),
    "name_scorer": ((1,), "chair writer"),
    "object": ((1,), "owner"),
    "call": ((1,), "chair"),
    "receive": ((1,), "chair writer"),
    "open": ((1,), "chair"),
    "publish": ((1,), "chair"),
    "put": ((1,), "chair"),
    "decide": ((1,), "chair"),
    "sign": ((1,), "chair"),
    "file": ((1,), "chair"),
    "admit": ((1,), "chair"),
    "hand_on": ((1,), "chair"),
    "leave": ((1,), "chair"),
    "cancel": ((1,), "chair"),
    "selection-score": ((1, 1), "a"),
    "selection-scorer": ((1, 1), "chair"),
    "give": ((1, "keys"), "chair writer manager"),
    "take": ((1, "keys"), "chair writer"),
}


@time_machine.travel(OPENED, tick=False)
@pytest.mark.parametrize("name", RIGHTS)
def test_each_step_is_found_by_those_who_may_do_it_in_some_state(place, name):
    c = opened(place)
    people = {
        "chair": c.chair, "writer": c.writer, "manager": c.manager, "owner": place.resident(), "a": c.scorers["a"],
        "steward": place.post(Role.STEWARD), "worker": place.post(Role.COMMUNITY_WORKER),
    }  # fmt: skip
    args, may = RIGHTS[name]
    where = url(c, name, *args) if "-" in name else url(c, "selection-hand", *args, name) if len(args) == 2 else url(c, "selection-act", *args, name)  # fmt: skip
    found = {key for key, by in people.items() if place.client(by).get(where).status_code != 404}
    extra = (
        {"a"} if name in {"set_plan", "name_scorer", "receive", "give", "take"} else set()
    )  # a sits in the committee
    assert found == set(may.split()) | extra


@time_machine.travel(OPENED, tick=False)
def test_who_comes_too_late_is_told_and_led_back(place):
    c = opened(place)
    answer = c.place.client(c.chair).get(url(c, "selection-act", 1, "call"), follow=True)
    assert answer.redirect_chain and "这一步已经过了" in text(answer)
    for name, args in (("selection-act", (1, "nothing")), ("selection-bid", (1, 1, "sign")), ("selection-bid", (1, 9, "enter")),
                       ("selection-sheet", (1, 1, 1)), ("selection-hand", (1, "moon", "give")), ("selection", (2,)), ("contract", (1,))):  # fmt: skip
        assert get(c, c.chair, name, *args).status_code == 404, name


@time_machine.travel(COMES, tick=False)
def test_the_new_manager_takes_what_the_old_one_gives(place):
    c = entered(place)
    held = Post.objects.get(organisation=c.made.new)
    standing = standing_by_key(f"post:{held.pk}", held.account_id, place.compound, COMES.date())
    place.keys[held.pk] = f"post:{held.pk}"
    post(c, c.manager, "selection-hand", 1, "rooms", "give", what="物业用房两间")
    assert "点收" in text(get(c, standing.actor, "selection", 1))
    done = post(c, standing.actor, "selection-hand", 1, "rooms", "take", what="两间", lacking="少一把门锁")
    assert "还缺：少一把门锁" in text(done)


@time_machine.travel(COMES, tick=False)
def test_what_the_old_company_has_not_done_is_counted_and_handed_on_by_one_press(place):
    c = entered(place)
    given_out(c, 3)
    seen = text(get(c, place.resident(), "selection", 1))
    assert "原公司手上还有3件诉求没办完" in seen and "转给新公司" not in seen
    page = get(c, c.chair, "selection", 1)
    assert "还有3件诉求在它手上没办完，先转给新公司" in text(page)
    done = post(c, c.chair, "selection-act", 1, "hand_on")
    assert "转给新公司了" in text(done) and "件诉求没办完" not in text(done)
    assert "退场了" in text(post(c, c.chair, "selection-act", 1, "leave"))


def given_out(c, n: int) -> None:
    desk = c.place.post(Role.FRONT_DESK)
    for _ in range(n):
        m = c.place.matter(c.place.resident())
        m = matters.triage(by=desk, matter=m, category="0101", level="compound", urgency="normal", at=COMES)
        matters.dispatch(by=desk, matter=m, body=c.place.property, at=COMES)


# ── few statements ──────────────────────────────────────────────────────────────────────────────────────────────────


def statements(c, by, name: str, *args) -> int:
    client = c.place.client(by)
    client.get(url(c, name, *args))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url(c, name, *args)).status_code == 200
    return len(seen)


@time_machine.travel(OPENED, tick=False)
def test_a_page_takes_as_many_statements_for_nine_bids_as_for_two(place):
    few, many = scored(place), bidding(makers.compound("there"))
    for n in range(7):
        many.does(verbs.receive, many.writer, CALLED, company=f"第{n}物业公司", contact="林", phone="0")
    many.does(verbs.open_bids, many.chair, OPENED, witnesses=["苏文", "何静"])
    for bid in many.bids:
        many.does(verbs.enter, many.writer, OPENED, bid=bid, price_fen=150, promise="好")
        for key in "ab":
            many.does(verbs.score, many.scorers[key], OPENED, bid=bid, points=[30, 20, 20])
        expert = queries.scorers(many.made)[-1]
        many.does(verbs.enter_score, many.writer, OPENED, scorer=expert, bid=bid, points=[30, 20, 20])
    many.does(verbs.publish, many.chair, OPENED)
    assert statements(few, few.chair, "selection", 1) == statements(many, many.chair, "selection", 1)


@time_machine.travel(COMES, tick=False)
def test_a_hand_over_takes_as_many_statements_for_five_matters_as_for_one(place):
    few, many = entered(place), entered(makers.compound("there"))
    given_out(few, 1)
    given_out(many, 5)
    assert statements(few, few.chair, "selection", 1) == statements(many, many.chair, "selection", 1)


@time_machine.travel(NOW, tick=False)
def test_a_list_takes_as_many_statements_for_three_as_for_one(place):
    c = noticed(place)
    owner = place.resident()
    one = statements(c, owner, "selections")
    for _ in range(3):
        c.does(verbs.cancel, c.chair, NOW, reason="先不换")
        c.selection = verbs.start(by=c.chair, compound=place.compound, ground="expiry", contact="业委会", at=NOW)
    Selection.objects.filter(compound_id=place.compound.pk).update(planned_at=NOW)
    assert statements(c, owner, "selections") == one


@time_machine.travel(PUT, tick=False)
def test_the_vote_leads_to_the_selection_and_back_for_owners_and_the_desk(place):
    c = voting(place)
    session = queries.puts(c.made)[-1].item.session
    Session.objects.filter(compound_id=place.compound.pk, pk=session.pk).update(state="noticed")
    for by in (c.chair, place.resident(), c.manager, place.post(Role.COMMUNITY_WORKER)):
        page = get(c, by, "session", session.number)
        assert url(c, "selection", 1) in page.content.decode() and "第1次选聘物业公司：方案、投标和评分" in text(page)
        assert url(c, "session", session.number) in get(c, by, "selection", 1).content.decode()


@time_machine.travel(PUT, tick=False)
def test_a_session_takes_as_many_statements_for_three_things_as_for_one(place):
    few, many = voting(place), scored(makers.compound("there"))
    items = [{"matter_no": 4, "title": f"选聘甲安物业服务有限公司{n}"} for n in range(3)]
    made = makers_of_votes.vote(
        many.place, by=many.chair, state="drafting", items=items, opens=PUT + timedelta(days=60)
    )
    many.does(verbs.put, many.chair, PUT, bid=many.bids[0], item=made.items[0])
    assert statements(few, few.chair, "session", 1) == statements(many, many.chair, "session", 1)


@time_machine.travel(NOW, tick=False)
def test_the_council_page_leads_to_it(place):
    c = voting(place)
    seen = text(place.client(place.resident()).get(reverse("notices:council", args=[place.slug])))
    assert "第1次选聘物业公司" in seen and "正在履行的合同" in seen
    signed(makers.compound("there"))
    assert c.made.state == "voting"
