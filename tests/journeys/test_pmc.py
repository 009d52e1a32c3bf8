"""An old compound without anybody gets its property management committee: from the notice, door to door, to the posts."""

from datetime import timedelta

import pytest
from django.utils import timezone
from persons import PASSWORD, choose, press, sign_in, with_password
from playwright.sync_api import Page, expect

from linli.assembly.models import Formation
from linli.assembly.queries import elections as queries
from linli.assembly.services import elections
from linli.assembly.tests.forming import Village, village
from linli.people.models import Organisation, Post
from linli.people.rules import Body
from linli.plumbing.tenancy import compound_scope

ONE = "/c/old/elections/1/"
BACK = range(1, 8)


@pytest.fixture
def v(transactional_db) -> Village:
    return village(homes=12)


def days_pass(v: Village, field: str) -> None:
    """The period that `field` ends is over."""
    with compound_scope(v.place.compound.pk):
        yesterday = timezone.localdate() - timedelta(days=1)
        Formation.objects.filter(compound_id=v.place.compound.pk).update(**{field: yesterday})


def step(page: Page, act: str, label: str, **said: str) -> None:
    page.goto(f"{ONE}{act}/")
    for name, value in said.items():
        page.locator(f"[name={name}]").fill(value)
    if page.locator("[name=pledge]").count():
        page.locator("[name=pledge]").check()
    press(page, label)
    page.wait_for_load_state()


def read(page: Page, ticks: dict[int, list[int]]) -> None:
    for number, places in ticks.items():
        page.goto(f"{ONE}entry/?form={number}")
        for place in places:
            page.locator(f"label:has(input[name=ticks][value='{place}'])").click()
        press(page, "录下，看下一张")
        page.wait_for_load_state()


def test_a_committee_from_the_notice_to_its_posts(v, open_browser):
    with compound_scope(v.place.compound.pk):
        who = {"secretary": v.secretary, "worker": v.worker, "officer": v.officer, "one": v.owner(0), "two": v.owner(1)}
    desks = {"secretary", "worker"}
    pages = {
        name: sign_in(open_browser(desk=name in desks, script=name != "two"), with_password(actor.account_id).phone, password=PASSWORD)
        for name, actor in who.items()
    }  # fmt: skip
    secretary, worker, officer, one, two = (pages[name] for name in who)

    # Announced; two put themselves forward by phone, one of them without script, two more on paper at the service.
    secretary.goto("/c/old/elections/")
    secretary.get_by_role("link", name="组建物管会").click()
    until = (timezone.localdate() + timedelta(days=8)).isoformat()
    for name, value in {
        "seats": "5",
        "owner_seats": "3",
        "households": "2",
        "until": until,
        "contact": "社区服务站",
    }.items():
        secretary.locator(f"[name={name}]").fill(value)
    press(secretary, "公告")
    expect(secretary.locator("main")).to_contain_text("在推荐人选")
    for page in (one, two):
        step(page, "stand", "我自荐", why="住了三十年，有空")
        expect(page.locator("main")).to_contain_text("您报名了")
    with compound_scope(v.place.compound.pk):
        v.formation = Formation.objects.get(compound_id=v.place.compound.pk)
        now = timezone.now()
        for n in (2, 3):
            v.does(elections.stand, v.owner(n), now, why="好", pledge=True)
        first, *others = queries.nominees(v.made)
        for row in others:
            for key in queries.checks_wanted(v.made):
                v.does(elections.check, v.worker, now, nominee=row, key=key, holds=True, evidence="看了原件")
        wanted = queries.checks_wanted(v.made)
    worker.goto(ONE)
    worker.get_by_role("link", name=first.name).click()
    for _ in wanted:
        worker.locator("main .cells a", has_text="还没核").first.click()
        choose(worker, "符合", within="main")
        worker.locator("[name=evidence]").fill("看了原件")
        press(worker, "核对条件")
        worker.wait_for_load_state()
    expect(worker.locator("main")).not_to_contain_text("还没核")

    # The list stands its days, then two carriers go from door to door.
    days_pass(v, "recommend_until")
    step(secretary, "list", "公布候选人名单")
    secretary.goto(ONE)
    expect(secretary.locator(".cannot")).to_contain_text("过了才能上门划票")
    days_pass(v, "list_until")
    step(secretary, "start", "开始上门划票")
    for building in (0, 1):
        worker.goto(f"{ONE}forms/")
        worker.locator("main .filter-bar a, main .filter-bar [aria-current]").nth(building).click()
        for number in BACK:
            box = worker.locator(f"input[name=numbers][value='{number}']")
            if box.count():
                box.check()
        choose(worker, "收回了", within="main form")
        worker.locator("[name=first]").fill("周一平")
        worker.locator("[name=second]").fill("陈二喜")
        press(worker, "记下选中的")
        worker.wait_for_load_state()
    secretary.goto(ONE)
    expect(secretary.locator("main")).to_contain_text("收回 7 张，58.33%")
    step(secretary, "close", "划票截止")

    # Two read every form; they differ on one, which is settled by the paper.
    ticks = {number: [1, 2, 3] if number < 6 else [1, 2, 4] for number in BACK}
    read(worker, ticks)
    read(secretary, {**ticks, 7: [1, 2, 3]})
    secretary.goto(ONE)
    expect(secretary.locator("main")).to_contain_text("两遍不一样 1 张")
    for clerk in (secretary, worker):
        clerk.goto(f"{ONE}differences/")
        expect(clerk.locator("main")).to_contain_text("第 7 号")
        for place in (1, 2, 4):
            clerk.locator(f"label:has(input[name=ticks][value='{place}'])").click()
        press(clerk, "按原票录")
        clerk.wait_for_load_state()
    step(secretary, "count", "当众计票")
    expect(secretary.locator("main")).to_contain_text("划票结果")

    # The subdistrict confirms by the ranking, the community posts it, and after the days it is set up.
    for n, capacity in enumerate(("居委会", "住户")):
        officer.goto(f"{ONE}seat/")
        choose(officer, capacity, within="main form")
        officer.locator("[name=name]").fill(f"林甲{n}")
        officer.locator("[name=phone]").fill(f"1381234567{n}")
        press(officer, "加一位委员")
        officer.wait_for_load_state()
    officer.goto(f"{ONE}confirm/")
    officer.locator("[name=chair]").select_option(index=1)
    press(officer, "确认委员")
    step(secretary, "notice", "公示委员名单")
    days_pass(v, "notice_until")
    step(officer, "establish", "成立")
    step(officer, "file", "备案和刻章", filing_no="街备 3 号", seal="公章一枚，居委会保管")
    one.goto(ONE)
    expect(one.locator("main")).to_contain_text("备案了，在工作")
    expect(one.locator("main")).to_contain_text("物管会主任")

    body = Organisation.objects.get(compound=v.place.compound, kind=Body.PMC)
    posts = list(Post.objects.filter(organisation=body).order_by("kind").values_list("kind", flat=True))
    assert posts == ["pmc_chair"] + ["pmc_member"] * 4
    assert all(Post.objects.filter(organisation=body).values_list("to_day", flat=True))
