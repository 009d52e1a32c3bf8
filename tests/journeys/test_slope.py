"""The slope (domain M40): a hazard, a whistle to three agencies who answer by link, money released, works, acceptance."""

import re

import pytest
from persons import PASSWORD, choose, do, photo, press, sign_in, told, with_password
from playwright.sync_api import expect

from linli.matters.models import Ask, FundingRequest, Whistle
from linli.matters.tests.makers import Place, compound, in_progress
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

SLUG = "yunpo"
AGENCIES = (
    ("区法院", "court", "解冻一部分资金"),
    ("自然资源局", "natural_resources", "勘查地质隐患"),
    ("住建局一科", "housing_bureau", "审加固方案"),
)


@pytest.fixture
def place(transactional_db) -> Place:
    return compound(SLUG)


class Cast:
    def __init__(self, place: Place, open_browser):
        self.place = place
        with compound_scope(place.compound.pk):
            subdistrict = place.compound.community.subdistrict
            office = Organisation.objects.create(kind="subdistrict_office", name="临溪街道", subdistrict=subdistrict)
            for n, (name, key, _ask) in enumerate(AGENCIES, 1):
                Organisation.objects.create(
                    kind="agency", name=name, catalogue=key, liaison_phone=f"1370000000{n}", subdistrict=subdistrict
                )
            owner, desk = place.resident(), place.post(Role.FRONT_DESK)
            engineer = place.post(Role.ENGINEER)
            self.number = in_progress(
                place,
                owner,
                desk,
                engineer,
                "后坡裂了一道缝，孩子上学从下面走",
                category="0608",
                urgency="urgent",
                hazard=True,
            ).number
            people = {
                "owner": owner, "engineer": engineer, "worker": place.post(Role.COMMUNITY_WORKER), "officer": place.post(Role.SUBDISTRICT_OFFICER, body=office),
            }  # fmt: skip
        for name, actor in people.items():
            browser = open_browser(desk=name in {"worker", "officer"})
            setattr(self, name, sign_in(browser, with_password(actor.account_id).phone, password=PASSWORD))

    def links(self) -> list[str]:
        """As the liaisons got them, by text message."""
        with compound_scope(self.place.compound.pk):
            rows = Message.objects.filter(phone__startswith="1370000000", kind="whistle_blow").order_by("phone")
            return [re.search(r"(/w/\S+)", m.body)[1] for m in rows]


def pdf(name: str) -> dict:
    return {"name": name, "mimeType": "application/pdf", "buffer": f"%PDF-1.4 {name}".encode()}


def go(page, path=""):
    page.goto(f"/c/{SLUG}/whistles/{path}")


def submit(page):
    page.locator("main form button.btn-primary, main form button.btn-secondary").last.click()
    page.wait_for_load_state()
    expect(page.locator(".field-error")).to_have_count(0)


def answer_by_link(open_browser, path: str, words: str) -> None:
    """On a phone, without an account: received, reported in, answered with a photo."""
    page = open_browser().new_page()
    page.goto(path)
    with page.expect_download() as brought:
        page.get_by_role("link", name="坡面巡查.pdf").click()
    assert brought.value.suggested_filename == "坡面巡查.pdf"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("link", name="收到了").click()
    page.get_by_label("您的姓名").fill("王工")
    submit(page)
    page.get_by_role("link", name="报到").click()
    choose(page, "到现场")
    submit(page)
    page.get_by_role("link", name="答复").click()
    page.get_by_label("办了什么，结果怎样").fill(words)
    page.locator("input[type=file]").set_input_files([photo("slope.jpg")])
    submit(page)
    expect(page.locator("main")).to_contain_text(words)
    page.get_by_role("link", name="给发哨的打分").click()
    for field in ("response", "quality"):
        page.locator(f"label:has(input[name={field}][value=good])").click()
    submit(page)


def draft(cast) -> None:
    go(cast.worker, f"new/?matter={cast.number}")
    page = cast.worker
    page.get_by_label("一句话说是什么事").fill("1、2 栋后坡裂缝")
    choose(page, "要执法")
    page.get_by_label("影响多少人").fill("3000")
    page.get_by_label("这一层已经做了什么").fill("拉了警戒线，物业每天看")
    for n, (name, _key, ask) in enumerate(AGENCIES, 1):
        page.locator(f"select[name=body{n}]").select_option(label=name)
        page.locator(f"textarea[name=ask{n}]").fill(ask)
    page.locator("input[type=file][name=papers]").set_input_files(
        [pdf("坡面巡查.pdf"), {**pdf("x.pdf"), "buffer": b"MZ"}]
    )
    press(page, "送去批准")
    expect(page.locator("main")).to_contain_text("这不是 PDF 文件")
    expect(page.locator("main")).to_contain_text("选好的 1 个文件还在")
    press(page, "送去批准")
    expect(page.locator("main")).to_contain_text("等街道批准")


def money(cast, kind: str, papers=(), **fields) -> None:
    page = cast.worker
    go(page, "1/fund_step/")
    choose(page, kind)
    page.locator("input[name=day]").fill("2026-11-20")
    for name, value in fields.items():
        if name == "decision":
            page.locator("label:has(input[name=decision])", has_text=value).first.click()
        else:
            page.locator(f"[name={name}]").fill(value)
    if papers:
        page.locator("input[type=file][name=papers]").set_input_files(list(papers))
    submit(page)


def test_a_slope_is_whistled_paid_for_and_accepted(place, open_browser):
    cast = Cast(place, open_browser)
    draft(cast)
    go(cast.officer, "1/")
    cast.officer.get_by_role("link", name="批准并吹哨").first.click()
    submit(cast.officer)

    links = cast.links()
    assert len(links) == 3
    words = ("裁定解冻 21 万元", "勘查完，要打 12 根锚杆", "加固方案审过了")
    for path, said in zip(links, words, strict=True):
        answer_by_link(open_browser, path, said)

    go(cast.worker, "1/minutes/")
    cast.worker.get_by_label("会上定了什么").fill("法院放款，规划局出方案，住建局审")
    cast.worker.get_by_label("谁到了会").fill("区法院 王工\n自然资源局 李工\n业委会 吴海")
    submit(cast.worker)

    go(cast.worker, "1/fund/")
    for label, value in (("该谁出钱", "某置业公司"), ("它为什么出不了", "账户被法院冻结"), ("要多少（元）", "250000")):
        cast.worker.get_by_label(label).fill(value)
    submit(cast.worker)
    money(cast, "送出文书", paper="解冻申请")
    money(cast, "对方决定", decision="同意一部分", fen="210,000")
    money(cast, "钱拨出来了", [pdf("付款回单.pdf")], fen="210000", payee="施工队")
    money(cast, "花了，有票", [pdf("发票.pdf"), photo("receipt.jpg")], fen="205000", payee="施工队", paper="发票 3 张")
    for row, name in (("付给施工队", "付款回单.pdf"), ("发票 3 张", "发票.pdf")):
        with cast.worker.expect_download() as brought:
            cast.worker.locator(".timeline li", has_text=row).get_by_role("link", name=name).click()
        assert brought.value.suggested_filename == name
    money(cast, "工程验收", words="住建、业委会一起验的")
    with compound_scope(place.compound.pk):
        row = FundingRequest.objects.get()
        assert (row.granted_fen, row.released_fen, row.spent_fen) == (21_000_000, 21_000_000, 20_500_000)

    for _ in AGENCIES:
        go(cast.worker, "1/")
        expect(cast.worker.locator("a.btn-primary")).to_have_count(1)
        cast.worker.locator("a.btn-primary", has_text="验收通过").click()
        submit(cast.worker)
        cast.worker.locator("a.btn-primary", has_text="打分").click()
        for field in ("response", "quality"):
            cast.worker.locator(f"label:has(input[name={field}][value=good])").click()
        submit(cast.worker)
    cast.worker.locator("a.btn-primary", has_text="哨单办结").click()
    cast.worker.get_by_label("说明").fill("坡修好了，学生照常走")
    submit(cast.worker)
    with compound_scope(place.compound.pk):
        assert Whistle.objects.get().state == "closed"
        assert {a.step for a in Ask.objects.all()} == {"scored"}

    do(cast.engineer, SLUG, cast.number, "resolve")
    cast.engineer.locator("textarea[name=words]").fill("打了 12 根锚杆，坡稳住了")
    cast.engineer.locator("input[name=cost_fen]").fill("0")
    cast.engineer.locator("input[type=file][name=photos]").set_input_files([photo("after.jpg", (220, 216, 206))])
    cast.engineer.locator("main form button.btn-primary, main form button.btn-secondary").last.click()
    cast.engineer.wait_for_load_state()

    inbox = told(cast.owner, SLUG)
    for said in (
        "吹哨请区法院、自然资源局、住建局一科来办",
        "区法院答复了",
        "钱拨出来了",
        "验收过了",
        "哨单办结了",
        "请您看一看",
    ):
        assert said in inbox, (said, inbox)
    cast.owner.goto(f"/c/{SLUG}/matters/{cast.number}/")
    page = cast.owner.locator("main")
    for said in ("裁定解冻 21 万元", "钱拨出来了，210,000 元", "工程验收过了"):
        expect(page).to_contain_text(said)
    assert "王工" not in page.inner_text()
