"""Forty requests become one order, are carried out, checked, and go back to forty people; one says it was not theirs."""

from datetime import timedelta

import pytest
from django.utils import timezone
from persons import PASSWORD, photo, sign_in, with_password
from playwright.sync_api import Page, expect

from linli.matters import services
from linli.matters.models import Matter, Order
from linli.matters.tests.makers import Place, compound
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import compound_scope

SLUG = "liuxi"
FORTY = 40


@pytest.fixture
def place(transactional_db) -> Place:
    return compound(SLUG)


def forty(place: Place) -> list[Actor]:
    """Forty neighbours each say it; the front desk has sorted all of it."""
    desk, now = place.post(Role.FRONT_DESK), timezone.now() - timedelta(minutes=5)
    people = [place.resident(name=f"业主{i}") for i in range(FORTY)]
    for i, person in enumerate(people):
        made = place.matter(person, f"{i} 号车位边的灯不亮", now)
        services.triage(by=desk, matter=made, category="0101", level="compound", urgency="normal", at=now)
    return people


def go(page: Page, act: str) -> None:
    page.goto(f"/c/{SLUG}/orders/1/{act}/")


def send(page: Page) -> None:
    page.locator("main form button.btn-primary, main form button.btn-secondary").last.click()
    page.wait_for_load_state()
    expect(page).to_have_url(f"{page.url.split('/c/')[0]}/c/{SLUG}/orders/1/")


def test_forty_requests_become_one_order_and_go_back_to_forty_people(place, open_browser):
    with compound_scope(place.compound.pk):
        people = forty(place)
        actors = {
            "chair": place.post(Role.COMMITTEE_CHAIR),
            "manager": place.post(Role.PROPERTY_MANAGER),
            "one": people[7],
        }
    pages = {
        name: sign_in(open_browser(desk=name != "one"), with_password(actor.account_id).phone, password=PASSWORD)
        for name, actor in actors.items()
    }
    chair, manager, one = pages["chair"], pages["manager"], pages["one"]
    soon = (timezone.localdate() + timedelta(days=5)).isoformat()

    # The committee chooses the whole list at its desk and gathers it into one order.
    chair.goto(f"/c/{SLUG}/desk/")
    chair.locator("[data-pick-all]").check()
    chair.locator(".bulk button[value=order]").click()
    chair.get_by_label("要办什么").fill("把车位边的灯都修好")
    chair.locator("main form[method=post] button.btn-primary").click()
    expect(chair.locator("main")).to_contain_text("40 件")
    go(chair, "place")
    chair.locator("textarea[name=words]").fill("都换成声控的，夜里试过都亮")
    chair.locator("input[name=wanted_by]").fill(soon)
    send(chair)

    # Each keeps its own page and number, and says that it is part of the order.
    one.goto(f"/c/{SLUG}/matters/8/")
    expect(one.locator("main")).to_contain_text("第 0008 号")
    expect(one.locator("main")).to_contain_text("在订单第 1 号里，和别的 39 件一起办")

    # The company takes it, splits it into two parts, and reports each.
    go(manager, "accept")
    manager.locator("textarea[name=words]").fill("灯到货了，两天换完")
    send(manager)
    for words, numbers in (("东边二十盏", range(1, 21)), ("西边二十盏", range(21, 41))):
        go(manager, "split")
        manager.locator("textarea[name=words]").fill(words)
        for box in manager.locator("input[name=numbers]").all():
            box.set_checked(int(box.get_attribute("value") or 0) in numbers)
        manager.locator("input[name=due_at]").fill(soon)
        send(manager)
    for n in (1, 2):
        go(manager, "report")
        manager.locator("textarea[name=words]").fill(f"第 {n} 份换好了，都亮")
        manager.locator("input[type=file][name=after]").set_input_files([photo(f"after{n}.jpg", (220 - n, 216, 206))])
        manager.locator("input[name=cost_fen]").fill("1860")
        manager.locator("input[name=paid_by][value=property]").check()
        send(manager)

    # The committee checks; only now is everybody told, once.
    with compound_scope(place.compound.pk):
        assert not Message.objects.filter(kind="resolve", subject_kind="matter").exists()
    go(chair, "check")
    chair.locator("textarea[name=words]").fill("夜里都看过")
    send(chair)
    with compound_scope(place.compound.pk):
        told = Message.objects.filter(kind="resolve", subject_kind="matter")
        assert set(told.values_list("account_id", flat=True)) == {p.account_id for p in people}
        assert told.count() == FORTY

    # One of them: not mine. It goes back to the desk alone; the order stays.
    one.goto(f"/c/{SLUG}/inbox/")
    expect(one.locator("main")).to_contain_text("第 0008 号办好了，业委会验收过，请您看一看")
    one.goto(f"/c/{SLUG}/matters/8/not_mine/")
    one.locator("main textarea[name=words]").fill("我说的是后门那盏")
    one.locator("main form button[type=submit], main form button:not([type])").last.click()
    one.wait_for_load_state()
    expect(one.locator("main")).to_contain_text("轮到物业")
    with compound_scope(place.compound.pk):
        order = Order.objects.get()
        assert (order.state, order.size) == ("told", FORTY - 1)
        assert Matter.objects.get(number=8).state == "reopened"
        assert Matter.objects.filter(state="resolved").count() == FORTY - 1

    one.goto(f"/c/{SLUG}/orders/1/")
    expect(one.locator("main")).to_contain_text("1 位说办的不是自己说的那件")
    expect(one.locator("main")).to_contain_text("费用 1,860 元，物业费出")
    expect(one.locator("main")).not_to_contain_text("业主1")
