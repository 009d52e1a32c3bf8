"""Papers come back and are scanned: printed, photographed, told by their code, one named by hand, and seen beside what two clerks read."""

import io

import pypdfium2
import pytest
import time_machine
from django.utils import timezone
from persons import press
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from voters import COUNTED, OPENS, Hall, bound, cast_by, chips, download, estate, names_officers, owners, post, staff

from linli.assembly.models import Paper, Scan, ScanName
from linli.assembly.services import convening, count
from linli.assembly.tests import stage
from linli.matters.tests.makers import NOW
from linli.people.models import Account
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

HOMES, ONLINE = 28, 22
OFFICERS = (
    ("scrutineer2", "scrutineer", "孙红"), ("teller", "teller", "方管"), ("teller2", "teller", "罗兰"), ("clerk", "clerk", "苏文"), ("clerk2", "clerk", "何静"),
)  # fmt: skip


@pytest.fixture
def hall(transactional_db, open_browser, live_server):
    with time_machine.travel(NOW, tick=True) as clock:
        place = estate("beihu", HOMES)
        with compound_scope(place.compound.pk):
            yield Hall(place, clock, open_browser, live_server.url)


def opened(hall: Hall) -> tuple[str, ...]:
    convener = hall.joins("convener", post(hall.place, Role.COMMITTEE_CHAIR, "吴海"))
    given = stage.opened(hall.place, convener)
    for who in ("chair", "scrutineer"):
        hall.joins(who, given.officers[who])
    Account.objects.update(notice_version="2026-11")
    staff(hall, *((key, name) for key, _office, name in OFFICERS))
    names_officers(hall, convener, OFFICERS)
    hall.until(OPENS)
    for by in bound(hall.place, owners(hall.session, 1, ONLINE)):
        cast_by(hall.session, by, "approve")
    return given.sheets


def printed(hall: Hall, to) -> list[Image.Image]:
    """The last building's ballots, as a scanner sees them."""
    page = hall.at("convener", "print/")
    page.locator("main details.more summary").last.click()
    block = page.locator("form", has_text="表决票").last
    file = download(page, lambda: block.get_by_role("button").first.click(), to)
    return [one.render(scale=2).to_pil().convert("RGB") for one in pypdfium2.PdfDocument(file)]


def as_files(pages: list[Image.Image]) -> list[dict]:
    files = []
    for n, picture in enumerate(pages, 1):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=85)
        files.append({"name": f"扫描 {n:03}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    return files


def smudged(picture: Image.Image) -> Image.Image:
    """Coffee over the head of the page, code and all."""
    found = picture.copy()
    ImageDraw.Draw(found).rectangle((0, 0, found.width, found.height // 3), fill="saddlebrown")
    return found


def uploaded(hall: Hall, files: list[dict]) -> Page:
    page = hall.at("clerk")
    page.get_by_role("link", name="扫描件").click()
    page.locator("input[name=sheets]").set_input_files(files)
    press(page, "传上去，读二维码")
    expect(page.locator("#batch")).to_contain_text(f"{len(files)} 张都读完了")
    return page


def reads(hall: Hall, who: str, number: str, choice: str) -> None:
    """With the picture of the paper beside what he enters."""
    page = hall.at(who, f"count/papers/{number}/")
    picture = page.get_by_role("img", name=f"第 {number} 号票的扫描件")
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.complete && one.naturalWidth > 400")
    chips(page, choice)
    press(page, "记下，下一张")
    page.wait_for_load_state()


def test_a_batch_is_told_by_its_codes_and_seen_beside_both_readings(hall, tmp_path):
    sheets = opened(hall)
    first, second = printed(hall, tmp_path / "ballots.pdf")[:2]
    page = uploaded(hall, as_files([first, smudged(second)]))
    expect(page.locator("#batch")).to_contain_text("同时收票")
    expect(page.locator("#batch")).to_contain_text("1 张读不出二维码，照着纸票写上编号")
    (known,) = Scan.objects.filter(compound_id=hall.place.compound.pk, paper__isnull=False)
    unknown = Paper.objects.filter(compound_id=hall.place.compound.pk, session=hall.session).exclude(pk=known.paper_id)
    other = unknown.filter(party__number__gt=ONLINE).order_by("-party__number").first()
    page.get_by_role("link", name="写编号").click()
    expect(page.locator("main")).to_contain_text("图已经封了，开箱以前看不到")
    page.get_by_label("选票编号").fill(other.number.lower())
    press(page, "写上")
    expect(page.locator("main")).to_contain_text("收回 2 张，扫了 2 张")
    assert ScanName.objects.get(compound_id=hall.place.compound.pk).paper_id == other.pk

    hall.until(COUNTED)
    at = {"at": timezone.now()}
    for who in ("chair", "scrutineer"):
        convening.close(session=hall.session, by=hall.actors[who], **at)
    count.agree_to_open(session=hall.session, by=hall.actors["scrutineer"], **at)
    count.open_count(session=hall.session, by=hall.actors["chair"], sheets=sheets[:2], **at)
    reads(hall, "clerk", other.number, "同意")
    reads(hall, "clerk2", other.number, "反对")
    page = hall.at("clerk", f"count/papers/{other.number}/")
    expect(page.locator("main")).to_contain_text("两个人录得不一样，请一起对着票再看一遍")
    for who in ("clerk", "clerk2"):
        reads(hall, who, other.number, "反对")
        reads(hall, who, known.paper.number, "同意")
    expect(hall.at("clerk", "count/").locator("main")).not_to_contain_text("录得不一样")
