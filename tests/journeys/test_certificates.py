"""400 certificates from the office's spreadsheet to the progress page (M44): one owner hears what is missing, brings it, is certified."""

import re

import pytest
from persons import PASSWORD, press, sign_in, with_password
from playwright.sync_api import expect

from linli.matters.models import BatchHome
from linli.matters.tests.makers import Place, compound
from linli.people.rules import Role
from linli.places.models import Building, Home
from linli.plumbing.tenancy import compound_scope

SLUG = "yunpo"
HEAD = "楼栋,单元,房号,业主,合同号,面积,发票,契税,维修资金,缺少资料,当前环节,办结日期,证号,备注"
BUILDINGS, FLOORS, ROOMS = 10, 10, 4


@pytest.fixture
def place(transactional_db) -> Place:
    made = compound(SLUG, homes=4)
    with compound_scope(made.compound.pk):
        for n in range(21, 21 + BUILDINGS):
            building = Building.objects.create(compound=made.compound, key=str(n), label=f"{n}栋", position=n)
            entrance = building.entrance_set.create(compound=made.compound, key="1", label="1单元", position=1)
            Home.objects.bulk_create(
                Home(
                    compound=made.compound, building=building, entrance=entrance, floor=f, room_no=f"{f}{r:02d}",
                    label=f"{n}栋1单元{f}{r:02d}", building_area=8900,
                )
                for f in range(1, FLOORS + 1) for r in range(1, ROOMS + 1)
            )  # fmt: skip
    return made


def row(building: int, floor: int, room: int) -> str:
    """One in four is certified, one in ten blocked, the others miss something; one cell cannot be read."""
    n = (building - 21) * FLOORS * ROOMS + (floor - 1) * ROOMS + room - 1
    place = f"{building}栋,1单元,{floor}{room:02d},业主{n},YP-{n},89.00"
    if n == 399:
        return f"{place},√,√,√,,天晓得,,,"
    if n % 4 == 0:
        return f"{place},√,√,√,,已发证,2025-11-{n % 28 + 1:02d},示例{n:05d},"
    if n % 10 == 1:
        return f"{place},√,√,√,,受阻：开发商欠税,,,"
    return f"{place},√,未交,√,契税,缺资料,,,"


def sheet() -> bytes:
    lines = [row(b, f, r) for b in range(21, 21 + BUILDINGS) for f in range(1, FLOORS + 1) for r in range(1, ROOMS + 1)]
    return "\n".join((HEAD, *lines)).encode()


def test_four_hundred_certificates(place, open_browser):
    with compound_scope(place.compound.pk):
        home = Home.objects.get(compound=place.compound, label="21栋1单元103")
        chair, owner = place.post(Role.COMMITTEE_CHAIR, name="吴海"), place.resident(home, name="李小满")
    desk = sign_in(open_browser(desk=True), with_password(chair.account_id).phone, password=PASSWORD)
    phone = sign_in(open_browser(), with_password(owner.account_id).phone, password=PASSWORD)

    desk.goto(f"/c/{SLUG}/batches/new/")
    desk.get_by_label("名字", exact=False).first.fill("补办不动产权证")
    press(desk, "立好")
    file = {"name": "办证台账.csv", "mimeType": "text/csv", "buffer": sheet()}
    desk.locator("input[type=file]").set_input_files([file])
    press(desk, "传上去")
    expect(desk.locator("main")).to_contain_text("加进来 399")
    expect(desk.locator("main")).to_contain_text("当前环节一栏看不懂：“天晓得”")
    with desk.expect_download() as given:
        desk.get_by_role("link", name="下载 .csv").click()
    assert "天晓得" in given.value.path().read_text("utf-8-sig")
    press(desk, "收进")
    expect(desk.locator(".desk-head")).to_contain_text("399 户，100 户拿到证")

    # The same file again changes nothing.
    desk.goto(f"/c/{SLUG}/batches/1/imports/")
    desk.locator("input[type=file]").set_input_files([file])
    press(desk, "传上去")
    expect(desk.locator("main")).to_contain_text("没有变 399")

    # The owner is told, sees the own home, and what to bring.
    phone.goto(f"/c/{SLUG}/inbox/")
    phone.get_by_role("link", name=re.compile("21栋1单元103办证还缺：契税票")).click()
    expect(phone.locator("main")).to_contain_text("轮到您")
    expect(phone.locator("main")).to_contain_text("没交过的带身份证到办税厅交")
    expect(phone.locator("main")).not_to_contain_text("102")

    # The desk takes the paper and moves the home on, step by step.
    desk.goto(f"/c/{SLUG}/batches/1/homes/{home.pk}/")
    desk.get_by_role("link", name="对材料", exact=True).click()
    desk.locator("label", has_text="契税票").first.click()
    press(desk, "对材料")
    for step in ("报上去", "税办好了", "登记受理了"):
        desk.get_by_role("link", name=step, exact=True).click()
        press(desk, step)
    desk.get_by_role("link", name="发证了", exact=True).click()
    desk.get_by_label("发证的日期").fill("2026-01-05")
    press(desk, "发证了")
    expect(desk.locator("main")).to_contain_text("办完了")

    desk.goto(f"/c/{SLUG}/batches/1/visits/")
    desk.get_by_label("部门", exact=True).fill("税务局")
    desk.get_by_label("谁去的").fill("吴海")
    desk.get_by_label("结果").fill("里面的话")
    desk.get_by_label("给大家的一句话").fill("税务局同意先办契税")
    press(desk, "记下")

    phone.goto(f"/c/{SLUG}/batches/1/mine/")
    expect(phone.locator("main")).to_contain_text("证办好了")

    stranger = open_browser().new_page()
    stranger.goto(f"/c/{SLUG}/batches/1/")
    expect(stranger.locator("h1")).to_contain_text("101 户拿到证")
    expect(stranger.locator("main")).to_contain_text("税务局同意先办契税")
    for secret in ("吴海", "李小满", "里面的话", "103", "示例"):
        expect(stranger.locator("main")).not_to_contain_text(secret)
    assert stranger.evaluate("document.documentElement.scrollWidth") <= 375
    with compound_scope(place.compound.pk):
        assert BatchHome.objects.filter(compound=place.compound, state="certified").count() == 101
