"""What people say is heard: at a night talk, and at their own door by the representative who looks after it."""

from datetime import timedelta

from django.utils import timezone
from persons import PASSWORD, choose, press, sign_in, told, with_password
from playwright.sync_api import Page, expect

from linli.councils.models import Point, Talk
from linli.matters.models import Matter
from linli.matters.tests.makers import compound
from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import compound_scope
from linli.volunteers.models import HouseAct

SLUG = "liuxi"


def enter(open_browser, actor: Actor, *, desk: bool = False) -> Page:
    return sign_in(open_browser(desk=desk), with_password(actor.account_id).phone, password=PASSWORD)


def test_every_point_of_a_night_talk_has_a_fate_that_residents_see(transactional_db, open_browser):
    """M2: announced, held, points written down; one is answered on the spot, one becomes a matter; published."""
    place = compound(SLUG)
    with compound_scope(place.compound.pk):
        secretary, owner = place.post(Role.COMMUNITY_SECRETARY), place.resident()
        place.post(Role.FRONT_DESK)
    page = enter(open_browser, secretary, desk=True)
    page.goto(f"/c/{SLUG}/talks/new/")
    tomorrow = timezone.localtime() + timedelta(days=1)
    page.get_by_label("什么时候").fill(f"{tomorrow:%Y-%m-%dT19:30}")
    page.get_by_label("在哪里").fill("小广场")
    page.get_by_label("想说什么").fill("停车")
    press(page, "定下来")
    page.wait_for_url(f"**/c/{SLUG}/talks/1/")
    with compound_scope(place.compound.pk):  # the evening has come
        Talk.objects.filter(compound_id=place.compound.pk).update(starts_at=timezone.now() - timedelta(hours=2))
    page.goto(f"/c/{SLUG}/talks/1/hold/")
    page.get_by_label("来了多少人").fill("23")
    press(page, "开过了，开始记")
    for words in ("夜里有人占消防通道", "门禁卡多少钱一张"):
        page.goto(f"/c/{SLUG}/talks/1/add/")
        page.get_by_label("说了什么").fill(words)
        press(page, "记一条")
    with compound_scope(place.compound.pk):
        first, second = Point.objects.filter(compound_id=place.compound.pk).order_by("id").values_list("pk", flat=True)
    page.goto(f"/c/{SLUG}/talks/1/points/{second}/answer/")
    page.get_by_label("怎么回答的").fill("十元一张，丢了可以补")
    page.get_by_label("谁回答的").fill("清和物业")
    press(page, "当场回答")
    page.goto(f"/c/{SLUG}/talks/1/points/{first}/hand_on/")
    press(page, "转成事项")
    page.goto(f"/c/{SLUG}/talks/1/publish/")
    press(page, "公布")

    theirs = enter(open_browser, owner)
    theirs.goto(f"/c/{SLUG}/talks/1/")
    for words in ("夜里有人占消防通道", "十元一张，丢了可以补", "清和物业", "23"):
        expect(theirs.locator("main")).to_contain_text(words)
    with compound_scope(place.compound.pk):
        matter = Matter.objects.get(compound_id=place.compound.pk)
        assert (matter.source, Talk.objects.get(compound_id=place.compound.pk).state) == (
            "council_meeting",
            "published",
        )


def test_a_representative_is_named_visits_and_is_asked_to_come(transactional_db, open_browser):
    """M15: the community names homes, a visit becomes a matter, the household asks without a number."""
    place = compound(SLUG)
    with compound_scope(place.compound.pk):
        clerk, aunt = place.post(Role.COMMUNITY_WORKER), place.post(Role.RESIDENT_REPRESENTATIVE, name="孟阿姨")
        owner = place.resident()
    desk = enter(open_browser, clerk, desk=True)
    desk.goto(f"/c/{SLUG}/representatives/new/")
    desk.get_by_label("哪位居民代表").select_option(label="孟阿姨")
    desk.get_by_label("看哪一栋、哪个单元").select_option(index=1)
    press(desk, "定下来")
    expect(desk.locator("main")).to_contain_text("孟阿姨")

    hers = enter(open_browser, aunt)
    hers.goto(f"/c/{SLUG}/representatives/record/")
    choose(hers, "上门服务")
    hers.get_by_label("在哪一户").select_option(label=place.home.label)
    hers.get_by_label("结果").first.fill("陪老人说了会儿话")
    hers.get_by_label("还要接着办的事").fill("楼道灯不亮，老人上下楼看不见")
    hers.locator("main form button.btn-primary").last.click()
    expect(hers.locator("body")).to_contain_text("记好了，第 0001 号")

    home = enter(open_browser, owner)
    home.goto(f"/c/{SLUG}/representatives/home/")
    expect(home.locator("main")).to_contain_text("孟阿姨")
    home.get_by_label("什么事").fill("帮忙看看水表")
    home.locator("main form button.btn-primary").last.click()
    expect(home.locator("body")).to_contain_text("告诉代表了，请等他来")
    assert f"{place.home.label} 请您来一趟" in told(hers, SLUG)

    with compound_scope(place.compound.pk):
        act = HouseAct.objects.select_related("matter").get(compound_id=place.compound.pk)
        assert (act.kind, act.matter.source, act.home_id) == ("door_to_door_service", "home_visit", place.home.pk)
    desk.goto(f"/c/{SLUG}/representatives/acts/1/")
    choose(desk, "暖")
    desk.locator("main form button").last.click()
    expect(desk.locator("body")).to_contain_text("夸好了，本人会收到")
