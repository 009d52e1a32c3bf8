"""One shouts on a phone; two volunteers tap at once, one wins and the other comes along; done, confirmed, thanked."""

import pytest
from persons import PASSWORD, choose, press, sign_in, told, with_password
from playwright.sync_api import Page, expect

from linli.matters.tests.makers import Place, compound
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.plumbing.tenancy import compound_scope
from linli.volunteers.models import Call, Claim

SLUG = "liuxi"
WORDS = "儿子寄了两箱苹果在门卫，搬不上楼"


@pytest.fixture
def place(transactional_db) -> Place:
    return compound(SLUG)


def enter(place: Place, open_browser, *, script: bool = True) -> dict[str, Page]:
    with compound_scope(place.compound.pk):
        team = Organisation.objects.create(kind=Body.VOLUNTEERS, name="邻里志愿队", compound=place.compound)
        actors = {
            "caller": place.resident(name="李小满"),
            "chen": place.post(Role.VOLUNTEER, team, name="陈建国"),
            "sun": place.post(Role.VOLUNTEER, team, name="孙桂芳"),
        }
    pages = {}
    for name, actor in actors.items():
        account = with_password(actor.account_id)
        pages[name] = sign_in(open_browser(script=script), account.phone, password=PASSWORD)
    return pages


def shout(page: Page, words: str = WORDS) -> int:
    page.goto(f"/c/{SLUG}/home/")
    page.get_by_role("link", name="请邻居帮忙").click()
    page.get_by_role("link", name="喊一声，请邻居帮忙").click()
    page.get_by_label("要邻居帮什么忙").fill(words)
    choose(page, "搬东西")
    choose(page, "今天")
    press(page, "喊出去")
    page.wait_for_url(f"**/c/{SLUG}/calls/*/")
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def test_two_tap_at_once_one_wins_the_other_joins(place, open_browser):
    pages = enter(place, open_browser)
    number = shout(pages["caller"])
    expect(pages["caller"].get_by_text("等邻居来接")).to_be_visible()
    rivals = [pages["chen"], pages["sun"]]
    for page in rivals:
        assert "有人喊一声" in told(page, SLUG)
        page.goto(f"/c/{SLUG}/calls/")
        expect(page.get_by_text(WORDS)).to_be_visible()
        assert place.home.label not in page.locator("main").inner_text()
    # Both press before either page hears an answer.
    for page in rivals:
        page.evaluate("setTimeout(() => document.querySelector('[name=act][value=claim]').form.requestSubmit(), 300)")
    for page in rivals:
        page.locator("text=/轮到您，您接的|有邻居先接了/").first.wait_for()
    with compound_scope(place.compound.pk):
        assert Claim.objects.filter(compound_id=place.compound.pk, kind="claimer").count() == 1
    won = [page for page in rivals if page.get_by_text("轮到您，您接的").count()]
    assert len(won) == 1
    winner, other = won[0], next(page for page in rivals if page is not won[0])
    press(other, "我也去搭把手")
    expect(other.get_by_text("算您一个，和接的人一起去")).to_be_visible()

    assert place.home.label in winner.locator("main").inner_text()
    winner.get_by_role("link", name="看电话和门牌").click()
    press(winner, "看号码")
    expect(winner.get_by_role("link", name="打电话")).to_be_visible()
    winner.goto(f"/c/{SLUG}/calls/{number}/finish/")
    press(winner, "办好了")

    caller = pages["caller"]
    assert "说办好了，您看一看" in told(caller, SLUG)
    caller.goto(f"/c/{SLUG}/calls/{number}/")
    expect(caller.get_by_text("轮到您看一看")).to_be_visible()
    caller.locator(".foot").get_by_role("link", name="办好了").click()
    caller.get_by_label("想说句谢谢就写在这里").fill("谢谢两位")
    press(caller, "办好了")
    expect(caller.get_by_text("谢谢的话：谢谢两位")).to_be_visible()
    for page in rivals:
        assert "谢谢您" in told(page, SLUG)
    with compound_scope(place.compound.pk):
        assert Call.objects.get(compound_id=place.compound.pk, number=number).state == "confirmed"


def test_the_same_without_script(place, open_browser):
    pages = enter(place, open_browser, script=False)
    number = shout(pages["caller"])
    for page in (pages["chen"], pages["sun"]):
        page.goto(f"/c/{SLUG}/calls/")
    press(pages["chen"], "我来接")
    expect(pages["chen"].get_by_text("轮到您，您接的")).to_be_visible()
    press(pages["sun"], "我来接")
    expect(pages["sun"].get_by_text("有邻居先接了")).to_be_visible()
    pages["sun"].goto(f"/c/{SLUG}/calls/{number}/")
    press(pages["sun"], "我也去搭把手")
    pages["chen"].goto(f"/c/{SLUG}/calls/{number}/finish/")
    press(pages["chen"], "办好了")
    pages["caller"].goto(f"/c/{SLUG}/calls/{number}/not_done/")
    pages["caller"].get_by_label("为什么").fill("还有一箱")
    press(pages["caller"], "还没办好")
    pages["chen"].goto(f"/c/{SLUG}/calls/{number}/finish/")
    press(pages["chen"], "办好了")
    pages["caller"].goto(f"/c/{SLUG}/calls/{number}/confirm/")
    press(pages["caller"], "办好了")
    expect(pages["caller"].get_by_text("好的，谢谢您说一声")).to_be_visible()


def test_dangerous_call_becomes_a_matter(place, open_browser):
    caller = enter(place, open_browser)["caller"]
    caller.goto(f"/c/{SLUG}/calls/new/")
    caller.get_by_label("要邻居帮什么忙").fill("插座冒火花，请人看看")
    choose(caller, "小修小补")
    choose(caller, "今天")
    press(caller, "喊出去")
    press(caller, "是，交给物业")
    expect(caller.get_by_text("这件事有危险，不让邻居动手")).to_be_visible()
    with compound_scope(place.compound.pk):
        assert not Call.objects.filter(compound_id=place.compound.pk).exists()
