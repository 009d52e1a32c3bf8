"""A compound from nothing, through the pages alone: places, posts, registers from office files, residents, a leak until it is closed, the public page."""

import io

import openpyxl
import pytest
from django.utils import timezone
from leak import Leak
from persons import PASSWORD, choose, press, sign_in
from playwright.sync_api import expect

from linli.people.models import Account
from linli.places.models import Compound

SLUG = "fresh"
HOMES = [
    ("楼栋", "单元", "房号", "建筑面积(㎡)", "房屋用途"),
    *[
        (f"{b}栋", f"{e}单元", f"{f}0{r}", f"{80 + f}.5", "住宅")
        for b in (1, 2)
        for e in (1, 2)
        for f in (1, 2, 3)
        for r in (1, 2)
    ],
]
OWNERS = [
    ("序号", "楼栋", "单元", "房号", "业主姓名", "联系电话", "建筑面积(㎡)"),
    (1, "1栋", "1单元", "301", "孟小满", "13800001001", 83.5),
    (2, "1栋", "1单元", "201", "邹大山", "13800001002", 82.5),
    (3, "1栋", "1单元", "101", "坏行", "123", "89.5o"),
]


def sheet(name, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return {
        "name": name,
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": out.getvalue(),
    }


def text(name, rows, encoding):
    return {
        "name": name,
        "mimeType": "text/csv",
        "buffer": "\r\n".join(",".join(map(str, r)) for r in rows).encode(encoding),
    }


@pytest.fixture
def operator(transactional_db):
    account = Account(
        phone="13800000000", name="运营", is_operator=True, verified_at=timezone.now(), created_at=timezone.now()
    )
    account.set_password(PASSWORD)
    account.save()
    return account


def fill(page, **fields):
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)


def import_file(page, kind, file):
    page.goto(f"/c/{SLUG}/imports/")
    choose(page, kind)
    page.locator("input[type=file]").set_input_files(file)
    press(page, "传上去")
    press(page, "检查，看会变什么")
    page.wait_for_load_state()


def test_a_fresh_compound_hears_and_solves_its_first_matter(operator, open_browser):
    # the operator makes the places and the first post
    page = sign_in(open_browser(desk=True), operator.phone, password=PASSWORD)
    page.goto("/operator/")
    page.get_by_role("link", name="建街道").first.click()
    fill(page, region="某省某市某区", name="临溪街道")
    press(page, "建街道")
    page.get_by_role("link", name="建社区").first.click()
    fill(page, name="柳溪社区")
    press(page, "建社区")
    page.goto("/operator/")
    page.get_by_role("link", name="柳溪社区").click()
    fill(page, name="孔书记", phone="13800000001")
    press(page, "设好")

    # the community secretary makes the compound, its property company and the community's posts
    secretary = sign_in(open_browser(desk=True), "13800000001")
    secretary.goto("/standings/")
    secretary.get_by_role("link", name="建小区").first.click()
    fill(secretary, name="新苑小区", slug=SLUG, address="新苑路 1 号", phone="0000-1234567")
    press(secretary, "建小区")
    assert Compound.objects.get(slug=SLUG).ordinal == 1
    secretary.goto(f"/c/{SLUG}/bodies/new/")
    choose(secretary, "物业公司")
    fill(secretary, name="清和物业", head_name="钱经理", head_phone="13800000002")
    press(secretary, "设好")
    for kind, name, phone in (("社区工作者", "华小青", "13800000003"), ("网格员", "秦网格", "13800000004")):
        secretary.goto(f"/c/{SLUG}/bodies/")
        body = secretary.locator("section.card", has=secretary.get_by_role("heading", name="柳溪社区"))
        body.get_by_role("link", name="任命").click()
        choose(secretary, kind)
        fill(secretary, name=name, phone=phone)
        press(secretary, "任命")

    # the property manager appoints an engineer
    manager = sign_in(open_browser(desk=True), "13800000002")
    manager.goto(f"/c/{SLUG}/bodies/")
    manager.get_by_role("link", name="任命").first.click()
    choose(manager, "维修工")
    fill(manager, name="唐师傅", phone="13800000005")
    press(manager, "任命")

    # registers from the files offices have; the owners' needs a second person
    worker = sign_in(open_browser(desk=True), "13800000003")
    import_file(worker, "房屋", text("楼盘表.csv", HOMES, "gb18030"))
    expect(worker.locator("main")).to_contain_text("24")
    press(worker, "收进名册")
    expect(worker.locator("h1")).to_contain_text("已收进名册")
    import_file(worker, "业主", sheet("业主名册.xlsx", OWNERS))
    expect(worker.locator("main")).to_contain_text("面积里有字母 o，请改成数字 0")
    press(worker, "提出，请人确认")
    expect(worker.locator("h1")).to_contain_text("等另一个人确认")
    secretary.goto(worker.url)
    press(secretary, "确认收进")
    expect(secretary.locator("h1")).to_contain_text("已收进名册")

    # two neighbours sign in; the register's number proves them at once
    residents = []
    for phone, name, home in (("13800001001", "孟小满", "301"), ("13800001002", "邹大山", "201")):
        one = sign_in(open_browser(), phone)
        one.goto(f"/c/{SLUG}/bind/")
        one.get_by_role("link", name="1栋").first.click()
        if one.get_by_role("link", name="1单元").count():
            one.get_by_role("link", name="1单元").first.click()
        one.get_by_role("link", name=home).first.click()
        fill(one, name=name)
        choose(one, "业主")
        press(one, "绑定")
        one.wait_for_load_state()
        residents.append(one)

    # the same matter as in test_leak, of these people
    engineer, grid = (sign_in(open_browser(), phone) for phone in ("13800000005", "13800000004"))
    story = Leak(SLUG, worker, engineer, grid)
    first, second = residents
    number = story.said_by(first, "卫生间顶上漏水，滴到插座边")
    worker.goto(f"/c/{SLUG}/desk/")
    expect(worker.locator("tr[data-row]")).to_have_count(1)
    expect(worker.locator("tr[data-row]")).to_contain_text("卫生间顶上漏水")
    again = story.said_by(second, "楼上漏水滴到我家墙上了", picture=False)
    story.merge(again, number)
    story.solved_at_the_second_try(number)
    for page in residents:
        story.was_told_to(page)
    stranger = open_browser().new_page()
    stranger.goto(f"/c/{SLUG}/")
    shown = stranger.locator("main").inner_text()
    assert "卫生间顶上漏水" in shown
    assert not {"孟小满", "邹大山"} & set(shown.split()) and "孟" not in shown
