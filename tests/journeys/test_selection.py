"""Choosing a property company (M43), from the notice to the last key: the vote has two objections to its result, one paper read the wrong way by both clerks,
the verifier who settles it, and a wife who objects to her husband's ballot."""

import json
import zipfile
from pathlib import Path
from typing import Any

import choices
import pytest
import time_machine
from django.utils import timezone
from persons import press
from playwright.sync_api import expect
from voters import (
    ANNOUNCED,
    CLOSES,
    COUNTED,
    FROZEN,
    OPENS,
    Hall,
    bound,
    cast_by,
    chips,
    come_back,
    download,
    estate,
    names_officers,
    owners,
    papers_of,
    read_all,
    send,
    staff,
    tampered,
    verify,
)

from linli.assembly.services import convening, count, signing
from linli.assembly.tests import stage
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.places.models import Home
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import compound_scope

HOMES, ONLINE, PAPERS = 40, 20, 11
WRONGED = ONLINE + PAPERS  # the last paper; of the couple of the first home one votes online


def said(n: int) -> str:
    """What the n-th home says: 16 for it and 14 against, the wronged among these, and the couple not counted."""
    return "approve" if n % 2 == 0 or n == 3 else "against"


OFFICERS = (
    ("scrutineer2", "scrutineer", "孙红"), ("teller", "teller", "方管"), ("teller2", "teller", "罗兰"), ("clerk", "clerk", "苏文"), ("clerk2", "clerk", "何静"),
)  # fmt: skip
SIGNERS = ("teller", "teller2", "scrutineer", "scrutineer2")


@pytest.fixture
def hall(transactional_db, open_browser, live_server):
    with time_machine.travel(choices.BEGINS, tick=True) as clock:
        place = estate("jiayu", HOMES)
        stage.own(Home.objects.get(compound_id=place.compound.pk, label="1栋1单元101"), "白露")
        with compound_scope(place.compound.pk):
            made = Hall(place, clock, open_browser, live_server.url)
            yield made


def voted(hall: Hall) -> tuple[dict[str, str], tuple[str, ...]]:
    """Through the services to the end of voting. What the papers say, and the sheets."""
    place, convener = hall.place, hall.actors["convener"]
    staff(hall, ("chair", "林建国"), ("scrutineer", "周敏"), *((key, name) for key, _office, name in OFFICERS))
    first = [("chair", "chair", "林建国"), ("scrutineer", "scrutineer", "周敏")]
    names_officers(hall, convener, [*first, *OFFICERS])
    hall.until(NOW)
    clock = "%Y-%m-%dT%H:%M"
    hall.does(
        "convener", "do/edit/", opens_at=f"{OPENS:{clock}}", closes_at=f"{CLOSES:{clock}}", count_at=f"{COUNTED:{clock}}", place="社区活动室"
    )  # fmt: skip
    hall.does("convener", "do/build/")
    hall.does("convener", "do/notice/")
    hall.until(FROZEN)
    convening.freeze(by=hall.actors["chair"], session=hall.session, at=timezone.now())
    _session, sheets = convening.freeze(by=hall.actors["scrutineer"], session=hall.session, at=timezone.now())
    hall.until(OPENS)
    for who in ("chair", "scrutineer"):
        convening.open_voting(by=hall.actors[who], session=hall.session, at=timezone.now())
    session = hall.session
    voters = bound(place, owners(session, 1, ONLINE))
    assert len(voters) == ONLINE + 1
    husband, wife, *others = voters
    for by, choice in zip((husband, *others), ("approve", *map(said, range(2, ONLINE + 1))), strict=True):
        cast_by(session, by, choice)
    hall.joins("husband", husband)
    disagrees(hall, hall.joins("wife", wife))
    papers = papers_of(session, ONLINE + 1, WRONGED)
    come_back(session, hall.actors["clerk"], papers)
    hall.joins("wronged", bound(place, owners(session, WRONGED, WRONGED))[0])
    return {number: said(n) for n, number in enumerate(papers, ONLINE + 1)}, sheets


def disagrees(hall: Hall, wife: Actor) -> None:
    """Her husband voted for their home; she objects on her phone, and he is told."""
    page = hall.at("wife", phone=True)
    page.get_by_role("link", name="对家里的票有异议").click()
    press(page, "发验证码")
    expect(page.locator("main")).to_contain_text("选一下对哪几项有异议")
    page.locator("main label", has_text="选聘").first.click()
    press(page, "发验证码")
    page.get_by_label("验证码").fill(page.locator("[data-shown-code]").inner_text())
    press(page, "提交异议")
    expect(page.locator("main")).to_contain_text("您的异议已入箱")
    assert Message.objects.filter(account_id=hall.actors["husband"].account_id, title__contains="书面异议").count() == 1
    assert not Message.objects.filter(account_id=wife.account_id, title__contains="书面异议").exists()


def announced(hall: Hall, papers: dict[str, str], sheets: tuple[str, ...]) -> str:
    """Both clerks misread the same paper in the same way, so that nothing differs; and nobody sees it."""
    hall.until(COUNTED)
    at = {"at": timezone.now()}
    for who in ("chair", "scrutineer"):
        convening.close(session=hall.session, by=hall.actors[who], **at)
    count.agree_to_open(session=hall.session, by=hall.actors["scrutineer"], **at)
    count.open_count(session=hall.session, by=hall.actors["chair"], sheets=sheets[:2], **at)
    wrong = list(papers)[-1]
    read_all(hall.session, (hall.actors["clerk"], hall.actors["clerk2"]), {**papers, wrong: "approve"})
    count.tally(session=hall.session, by=hall.actors["teller"], **at)
    for who in SIGNERS:
        signing.sign(session=hall.session, by=hall.actors[who], **at)
    hall.until(ANNOUNCED)
    signing.announce(session=hall.session, by=hall.actors["chair"], at=timezone.now())
    return wrong


def objects(hall: Hall, who: str, words: str) -> None:
    page = hall.at(who, phone=True)
    page.get_by_role("link", name="对结果有异议").click()
    page.get_by_label("哪里不对，应该是什么").fill(words)
    send(page)
    expect(page.locator("main")).to_contain_text("等答复")


def inspected(hall: Hall, to: Path, why: str) -> dict[str, Any]:
    page = hall.at("scrutineer", "inspection/")
    page.get_by_label("为什么").fill(why)
    download(page, lambda: press(page, "记下原因，下载"), to)
    assert verify(to) == 0
    with zipfile.ZipFile(to) as packed:
        return json.loads(packed.read("bulletin.json"))


def read_on(found: dict[str, Any], number: str) -> list[str]:
    """What was read on a paper, each time it was read."""
    return [one["choices"]["1"] for one in found["openings"] if one["ballot"] == number and one["kind"] == "entered"]


def recounted(hall: Hall, number: str) -> None:
    """Back to the count, with the reason: two clerks look at that paper again, and all four sign anew."""
    hall.does("chair", "count/recount/", words="有业主说他的票录反了")
    hall.does("chair", "count/look-again/", number=number, words="业主说票上是反对")
    for who in ("clerk", "clerk2"):
        page = hall.at(who, f"count/papers/{number}/")
        chips(page, "反对")
        press(page, "记下，下一张")
        page.wait_for_load_state()
    hall.does("teller", "count/tally/")
    for who in SIGNERS:
        hall.does(who, "count/sign-count/")
    hall.does("chair", "count/announce/")


def answers(hall: Hall, about: str, words: str, upheld: bool) -> None:
    page = hall.at("convener")
    raised = page.locator(".said-words", has_text=about)
    raised.locator("xpath=following-sibling::p[a][1]").get_by_role("link", name="答复").click()
    page.get_by_label("答复", exact=True).fill(words)
    chips(page, "成立，要改正" if upheld else "不成立")
    send(page)
    expect(page.locator("main")).to_contain_text(words)


def test_a_company_is_chosen_and_an_objection_shows_a_paper_that_was_read_wrong(hall, tmp_path):
    choices.gathered(hall)
    choices.planned(hall)
    choices.scored(hall)
    choices.put(hall)
    papers, sheets = voted(hall)
    wrong = announced(hall, papers, sheets)
    objects(hall, "wronged", "我在票上选的是反对，请核对我家那张票")
    objects(hall, "husband", "我投了同意，没有算进去")

    # What was published holds in itself; the inspection says how each paper was read, and whom it should be held against.
    before = inspected(hall, tmp_path / "before.zip", "两位业主有异议")
    assert read_on(before, wrong) == ["approve"]
    assert before["items"][0]["approve"]["persons"] == 17
    objection = next(one for one in before["openings"] if one["kind"] == "objection")
    assert (before["openings"][0]["choices"], objection["choices"]) == ({"1": "approve"}, {"1": "object"})
    expect(hall.at("husband", "result/").locator("main")).to_contain_text("有共有人书面异议")
    recounted(hall, wrong)
    after = inspected(hall, tmp_path / "after.zip", "重新计票以后再核对")
    assert read_on(after, wrong) == ["approve", "against"]
    answers(hall, "请核对我家那张票", "找出原票看了，是反对，两个人都录错了，重新计过票", True)
    answers(hall, "没有算进去", "另一位共有人截止前书面异议，没有共同声明，依公告不计", False)

    # The result stands, with one vote less; whoever shows the old figures is contradicted.
    page = hall.at("husband", "result/")
    main = page.locator("main")
    expect(main).to_contain_text("第 2 次")
    expect(main).to_contain_text("通过")
    public = download(page, lambda: page.get_by_role("link", name="下载公开核验包").click(), tmp_path / "public.zip")
    receipt = tmp_path / "receipt.json"
    hall.at("husband", "receipts/0/")
    download(page, lambda: page.get_by_role("link", name="存到手机").click(), receipt)
    assert [after["items"][0][key]["persons"] for key in ("approve", "against", "invalid")] == [16, 14, 1]
    assert [verify(public, receipt), verify(tmp_path / "after.zip", receipt)] == [0, 0]

    def old_figures(found: dict[str, Any]) -> None:
        found["items"] = before["items"]

    assert verify(tampered(tmp_path / "after.zip", old_figures)) == 1
    stranger = hall.open_browser().new_page()
    stranger.goto("/verify/")
    stranger.locator("input[name=bulletin]").set_input_files(tampered(public, lambda found: found["leaves"].pop()))
    press(stranger, "核验")
    expect(stranger.locator("#answer")).to_contain_text("有矛盾")
    choices.came(hall, "husband")
