"""A committee of seven: four come, four sign, it is published and the seal is used; where only three sign it fails."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from persons import PASSWORD, choose, press, sign_in, with_password
from playwright.sync_api import Page, expect

from linli.councils.models import AgendaItem, Meeting, SealUse
from linli.councils.tests.meetings import board
from linli.matters.tests.makers import Place, compound
from linli.people.models import Post
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import compound_scope

SLUG = "liuxi"


@pytest.fixture
def place(transactional_db) -> Place:
    return compound(SLUG)


def write(page: Page, title: str) -> None:
    choose(page, "限额以内的小笔开支")
    page.get_by_label("议什么").fill(title)
    page.locator("main form[method=post] button.btn-primary, main form[method=post] button.btn-secondary").last.click()


def vote(page: Page, *choices: str) -> None:
    """From the meeting's page, item after item, without going back."""
    page.goto(f"/c/{SLUG}/meetings/1/")
    page.locator("main a.btn-primary").first.click()
    for choice in choices:
        choose(page, choice, within="main")
        press(page, "签字")
    expect(page).to_have_url(f"{page.url.split('/c/')[0]}/c/{SLUG}/meetings/1/")


def test_four_of_seven_decide_and_three_do_not(place, open_browser):
    with compound_scope(place.compound.pk):
        seven = board(place)
        owner = place.resident()

    def enters(actor: Actor, desk: bool = True) -> Page:
        return sign_in(open_browser(desk=desk), with_password(actor.account_id).phone, password=PASSWORD)

    chair, writer = enters(seven.chair), enters(seven.secretary)
    others = [enters(member, desk=False) for member in seven.members[1:4]]
    reader = enters(owner, desk=False)

    # The chair draws up the agenda; what only the owners decide is refused with its article.
    chair.goto(f"/c/{SLUG}/meetings/new/")
    write(chair, "选聘物业公司")
    expect(chair.locator("main")).to_contain_text("民法典第278条第4项")
    write(chair, "买两盏应急灯")
    write(chair, "修单元门的锁")
    chair.goto(f"/c/{SLUG}/meetings/1/call/")
    chair.get_by_label("在哪里").fill("活动室")
    early, right = (timezone.localtime() + timedelta(days=days) for days in (3, 8))
    chair.get_by_label("什么时候开").fill(early.strftime("%Y-%m-%dT19:00"))
    press(chair, "定时间，召集")
    expect(chair.locator("main")).to_contain_text("议程要提前 7 天给业主看")
    chair.get_by_label("什么时候开").fill(right.strftime("%Y-%m-%dT19:00"))
    press(chair, "定时间，召集")
    reader.goto(f"/c/{SLUG}/meetings/1/")
    expect(reader.locator("main")).to_contain_text("买两盏应急灯")
    expect(reader.locator("main a.btn-primary")).to_have_count(0)

    with time_machine.travel(right.replace(hour=21), tick=True):
        # Three are no meeting; four are.
        writer.goto(f"/c/{SLUG}/meetings/1/hold/")
        for member in seven.members[:3]:
            choose(writer, name_of(member), within="main")
        press(writer, "开会了，记到会")
        expect(writer.locator("main")).to_contain_text("应有过半数委员到会")
        choose(writer, name_of(seven.members[3]), within="main")
        press(writer, "开会了，记到会")

        # Each signs by their own account: the first item gets four, the second three.
        vote(chair, "赞成", "赞成")
        for page, second in zip(others, ("赞成", "赞成", "反对"), strict=True):
            vote(page, "赞成", second)
        reader.reload()
        expect(reader.locator("main")).not_to_contain_text("反对")
        chair.goto(f"/c/{SLUG}/meetings/1/publish/")
        press(chair, "公布决定")
        reader.reload()
        first, second = reader.locator("#item-1"), reader.locator("#item-2")
        expect(first).to_contain_text("通过")
        expect(first).to_contain_text("吴海、钱进、孙梅、李冬")
        expect(second).to_contain_text("没有通过")

        # The decision that passed carries the seal; the other is not among those to choose.
        writer.goto(f"/c/{SLUG}/seals/new/")
        writer.get_by_label("什么文件").fill("买灯的合同")
        choose(writer, "合同", within="main")
        choose(writer, "业委会章", within="main")
        expect(writer.get_by_label("凭哪个决定")).not_to_contain_text("修单元门的锁")
        writer.get_by_label("凭哪个决定").select_option(label="第 1 次会议：买两盏应急灯")
        press(writer, "请求用印")
        writer.get_by_role("link", name="盖了，登记").click()
        press(writer, "盖了，登记")
        reader.goto(f"/c/{SLUG}/seals/")
        expect(reader.locator("main")).to_contain_text("买灯的合同")

    here = {"compound_id": place.compound.pk}
    assert Meeting.objects.get(**here).state == "published"
    assert list(AgendaItem.objects.filter(**here).order_by("place").values_list("result", flat=True)) == [
        "passed",
        "failed",
    ]
    assert SealUse.objects.filter(**here).count() == 1


def name_of(actor: Actor) -> str:
    return Post.objects.get(pk=actor.role_id).holder_name
