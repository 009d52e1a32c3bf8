"""Returned papers as pictures: told by their code, sealed before they are written, shown beside the two entries at the count."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw

from linli.assembly.models import Leaf, Paper, Scan, ScanBatch, ScanName, ScanSheet, ShownScan
from linli.assembly.queries import reading
from linli.assembly.rules.numbers import drawn
from linli.assembly.rules.returning import sheet_number
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import count, returning, scanning
from linli.assembly.tests import makers
from linli.kernel.refusal import Refused
from linli.people.rules import Role
from linli.plumbing import scans, uploads, vault
from linli.plumbing.tests.threads import together

from . import boxes
from .test_casting import AT, bound

NUMBERS = [drawn(lambda signs, n=n: signs[n]) for n in (3, 5, 7, 9)]
AFTER = makers.CLOSES + timedelta(minutes=30)
KEY = bytes(range(32))


@pytest.fixture
def vote(place, chair):
    made = makers.vote(place, (9_000, 8_000, 7_000, 6_000), by=chair)
    makers.officer(made, Office.CARRIER, chair)
    for party, number in zip(made.parties, NUMBERS, strict=True):
        Paper.objects.create(
            compound=place.compound, session=made.session, party=party, number=number, printed_at=made.session.drafted_at
        )  # fmt: skip
    return made


def page_of(place, vote):
    return reverse("assembly:session", args=[place.slug, vote.session.number])


def link(place, vote, number):
    return f"https://a.example{page_of(place, vote)}#{number}"


def picture(text="", nth=0, kind="JPEG"):
    """A page with a code on it; `nth` makes it another picture."""
    import segno

    page = Image.new("RGB", (800, 1100), "white")
    if text:
        out = BytesIO()
        segno.make(text, error="m").save(out, kind="png", scale=5, border=4)
        page.paste(Image.open(out).convert("RGB"), (500, 40))
    ImageDraw.Draw(page).rectangle((60, 600, 100, 640 + 9 * nth), fill="black")
    data = BytesIO()
    page.save(data, kind)
    return data.getvalue()


def pdf(*pages):
    first, *others = [Image.open(BytesIO(page)) for page in pages]
    out = BytesIO()
    first.save(out, "PDF", save_all=True, append_images=others)
    return out.getvalue()


def waiting(by, data, name="一.jpg"):
    handler = uploads.SealedUploads(None, key=KEY, owner=by.account_id, most=10**8, in_all=10**8)
    handler.new_file("files", name, "", None)
    handler.receive_data_chunk(data, 0)
    return handler.file_complete(len(data))


def batch(place, vote, by, *files, at=AT, once=None):
    made = scanning.start(
        by=by, session=vote.session, files=[waiting(by, data) for data in files], key=KEY, at=at, once=once or uuid4()
    )
    made = ScanBatch.objects.select_related("session").get(compound_id=place.compound.pk, pk=made.pk)
    while scanning.read_next(by=by, batch=made, key=KEY, page=page_of(place, vote), at=at):
        pass
    return list(ScanSheet.objects.filter(compound_id=place.compound.pk, batch=made).order_by("place"))


def became(rows):
    return [(row.became, row.reason) for row in rows]


# ── the rule ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ([], ("", "unread")),
        (["https://x/y"], ("", "unread")),
        ([f"https://x/a/#{NUMBERS[0]}"], (NUMBERS[0], "")),
        ([f"https://x/b/#{NUMBERS[0]}"], ("", "other_vote")),
        ([f"https://x/a/#{NUMBERS[0]}", "wifi"], (NUMBERS[0], "")),
        ([f"https://x/a/#{NUMBERS[0]}", f"https://x/a/#{NUMBERS[1]}"], ("", "two_numbers")),
        ([f"https://x/a/#{NUMBERS[0]}", f"https://x/b/#{NUMBERS[1]}"], ("", "two_numbers")),
        ([f"https://x/a/#{NUMBERS[0][:-1]}"], ("", "unread")),
    ],
    ids=["none", "strange", "ours", "other", "beside", "two", "two votes", "misprinted"],
)
def test_code_tells_the_paper(codes, found):
    assert sheet_number(codes, "/a/") == found


# ── a batch ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sheet_is_filed_to_its_paper_and_taken_in(place, vote, chair):
    (row,) = batch(place, vote, chair, picture(link(place, vote, NUMBERS[0])))
    assert (row.became, row.number, row.received) == ("filed", NUMBERS[0], True)
    scan = Scan.objects.get(compound_id=place.compound.pk)
    assert scan.paper.number == NUMBERS[0] and scan.paper.state == "returned"
    assert Leaf.objects.get(compound_id=place.compound.pk).kind == "returned"


def test_what_was_taken_back_before_is_only_filed(place, vote, chair):
    returning.receive(by=chair, session=vote.session, number=NUMBERS[0], at=AT, once=uuid4())
    (row,) = batch(place, vote, chair, picture(link(place, vote, NUMBERS[0])))
    assert (row.became, row.received) == ("filed", False)
    assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 1


def test_one_bad_sheet_stops_no_other(place, vote, chair):
    other = makers.vote(place, (1_000,), by=chair)
    Paper.objects.filter(compound_id=place.compound.pk, number=NUMBERS[1]).update(state="void")
    first = picture(link(place, vote, NUMBERS[0]))
    rows = batch(
        place, vote, chair, first, b"no picture", picture(link(place, vote, NUMBERS[1])), picture(link(place, other, NUMBERS[2])),
        picture(link(place, vote, drawn(lambda signs: signs[1]))), picture(), first, picture(link(place, vote, NUMBERS[0]), nth=1),
        b"%PDF-1.4 broken", picture(link(place, vote, NUMBERS[3])),
    )  # fmt: skip
    assert became(rows) == [
        ("filed", ""), ("refused", "not_a_photo"), ("refused", "void_number"), ("refused", "other_vote"), ("refused", "unknown_number"),
        ("unread", ""), ("refused", "same_picture"), ("again", ""), ("refused", "broken_pdf"), ("filed", ""),
    ]  # fmt: skip
    assert Scan.objects.filter(compound_id=place.compound.pk, paper__number=NUMBERS[0]).count() == 2
    assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 2


def test_pdf_goes_page_by_page(place, vote, chair):
    rows = batch(place, vote, chair, pdf(*(picture(link(place, vote, n)) for n in NUMBERS[:3])))
    assert [(row.name, row.number, row.became) for row in rows] == [
        (f"一.jpg #{n}", number, "filed") for n, number in enumerate(NUMBERS[:3], 1)
    ]


def test_same_press_is_one_batch(place, vote, chair):
    once, data = uuid4(), picture(link(place, vote, NUMBERS[0]))
    assert len(batch(place, vote, chair, data, once=once)) == 1
    again = scanning.start(by=chair, session=vote.session, files=[waiting(chair, data)], key=KEY, at=AT, once=once)
    assert ScanBatch.objects.get(compound_id=place.compound.pk).pk == again.pk


def test_other_files_from_the_same_form_are_another_batch(place, vote, chair):
    once, data = uuid4(), [picture(link(place, vote, number)) for number in NUMBERS[:2]]
    for one in data:
        assert became(batch(place, vote, chair, one, once=once)) == [("filed", "")]
    assert ScanBatch.objects.filter(compound_id=place.compound.pk).count() == 2


def test_a_key_that_was_used_elsewhere_is_no_error(place, vote, chair):
    once, files = uuid4(), [waiting(chair, picture())]
    scanning.start(by=chair, session=vote.session, files=files, key=KEY, at=AT, once=once)
    other = makers.vote(place, (9_000,), by=chair)
    makers.officer(other, Office.CARRIER, chair)
    clerk = makers.officer(vote, Office.CLERK, place.post(Role.COMMITTEE_MEMBER, name="录票员"))
    for by, made in ((chair, other), (clerk, vote)):
        scanning.start(by=by, session=made.session, files=[waiting(by, picture())], key=KEY, at=AT, once=once)
    rows = ScanBatch.objects.filter(compound_id=place.compound.pk).values_list("session_id", "account_id")
    assert set(rows) == {
        (vote.session.pk, chair.account_id), (other.session.pk, chair.account_id), (vote.session.pk, clerk.account_id),
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_batch_pressed_by_three_at_once_is_one(place, vote, chair):
    once, data = uuid4(), picture()
    files = [[waiting(chair, data)] for _ in range(3)]
    got = together(*[lambda n=n: scanning.start(by=chair, session=vote.session, files=files[n], key=KEY, at=AT, once=once) for n in range(3)])  # fmt: skip
    assert len({one.pk for one in got}) == 1


def test_more_than_two_hundred_are_asked_in_parts(place, vote, chair, monkeypatch):
    monkeypatch.setattr(scanning, "MOST_SHEETS", 2)
    before = set(vault.path("waiting").glob("*"))
    with pytest.raises(Refused) as no:
        batch(place, vote, chair, pdf(*[picture()] * 3))
    assert no.value.refusal.key == "too_many_sheets"
    assert set(vault.path("waiting").glob("*")) == before


def test_after_closing_only_what_came_back_is_scanned(place, vote, chair):
    returning.receive(by=chair, session=vote.session, number=NUMBERS[0], at=AT, once=uuid4())
    vote.session.state = State.CLOSED
    vote.session.save()
    rows = batch(place, vote, chair, *(picture(link(place, vote, n)) for n in NUMBERS[:2]), at=AFTER)
    assert became(rows) == [("filed", ""), ("refused", "not_back")]


def test_late_paper_does_not_come_in_with_a_scan(place, vote, chair):
    rows = batch(place, vote, chair, picture(link(place, vote, NUMBERS[0])), at=AFTER)
    assert became(rows) == [("refused", "late")]


@pytest.mark.parametrize("state", [s for s in State if s not in {State.OPEN, State.CLOSED}])
def test_no_scans_at_any_other_time(place, vote, chair, state):
    vote.session.state = state
    vote.session.save()
    with pytest.raises(Refused) as no:
        batch(place, vote, chair, picture())
    assert no.value.refusal.key == "not_now"


def test_owner_brings_no_scans(place, vote):
    with pytest.raises(Refused) as no:
        batch(place, vote, bound(place, vote, 1), picture())
    assert no.value.refusal.key == "not_yours"


@pytest.mark.django_db(transaction=True)
def test_two_readers_of_one_batch_file_each_sheet_once(place, vote, chair):
    made = scanning.start(
        by=chair, session=vote.session, files=[waiting(chair, picture(link(place, vote, NUMBERS[0])))], key=KEY, at=AT, once=uuid4()
    )  # fmt: skip
    made.session = vote.session

    def job():
        return scanning.read_next(by=chair, batch=made, key=KEY, page=page_of(place, vote), at=AT)

    assert all(answer in (True, False) for answer in together(job, job, job))
    assert ScanSheet.objects.filter(compound_id=place.compound.pk).count() == 1
    assert Scan.objects.filter(compound_id=place.compound.pk).count() == 1


# ── sealed ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_picture_lies_sealed_to_the_key_of_the_vote_alone(place, vote, chair):
    before = set(vault.path("waiting").glob("*"))
    batch(place, vote, chair, picture(link(place, vote, NUMBERS[0])), picture())
    for scan in Scan.objects.filter(compound_id=place.compound.pk):
        held = vault.path(scan.file).read_bytes()
        assert b"JFIF" not in held and held[:3] != b"\xff\xd8\xff"
        with pytest.raises(vault.Unopened):
            vault.open_sealed(scan.file)
    assert set(vault.path("waiting").glob("*")) == before  # what waited is gone


def test_waiting_files_open_with_their_senders_key_alone(chair):
    file = waiting(chair, picture())
    assert b"JFIF" not in (vault.open_waiting(chair.account_id, file.mark) or b"")
    assert uploads.open_waiting(chair.account_id, file.mark, bytes(32)) is None
    assert scans.sheet(uploads.open_waiting(chair.account_id, file.mark, KEY)).picture
    assert uploads.open_waiting(uuid4(), file.mark, KEY) is None


def test_too_big_a_file_is_not_kept(chair):
    handler = uploads.SealedUploads(None, key=KEY, owner=chair.account_id, most=10, in_all=15)
    marks = []
    for size in (8, 11, 7, 8):
        handler.new_file("files", "a", "", None)
        handler.receive_data_chunk(b"x" * size, 0)
        marks.append(bool(handler.file_complete(size).mark))
    assert marks == [True, False, True, False]


# ── named by hand, and the count ────────────────────────────────────────────────────────────────────────────────────


def counted(place, vote, chair, *files):
    staff = boxes.officers(place, vote, chair=chair)
    rows = batch(place, vote, chair, *files)
    return staff, rows


def close_and_open(vote, staff):
    vote.session.state = State.CLOSED
    vote.session.save()
    boxes.opened(vote, staff, at=AFTER)


def test_unread_sheet_is_named_by_hand_once(place, vote, chair):
    (row,) = batch(place, vote, chair, picture())
    for number, key in (("X", "misread"), (drawn(lambda signs: signs[1]), "unknown_number")):
        with pytest.raises(Refused) as no:
            scanning.name_scan(by=chair, session=vote.session, scan=row.scan, number=number, at=AT)
        assert (no.value.refusal.key, no.value.field) == (key, "number")
    scanning.name_scan(by=chair, session=vote.session, scan=row.scan, number=NUMBERS[2].lower(), at=AT)
    assert ScanName.objects.get(compound_id=place.compound.pk).paper.state == "returned"
    with pytest.raises(Refused) as no:
        scanning.name_scan(by=chair, session=vote.session, scan=row.scan, number=NUMBERS[1], at=AT)
    assert no.value.refusal.key == "named"


def test_scans_are_shown_beside_the_entry_once_the_box_is_open(place, vote, chair):
    staff, rows = counted(place, vote, chair, picture(link(place, vote, NUMBERS[0])), picture(nth=3))
    scanning.name_scan(by=chair, session=vote.session, scan=rows[1].scan, number=NUMBERS[0], at=AT)
    paper = Paper.objects.get(compound_id=place.compound.pk, number=NUMBERS[0])
    assert reading.scans_of(paper) == []
    close_and_open(vote, staff)
    assert len(reading.scans_of(paper)) == 2
    browser = place.client(staff["clerk1"])
    with time_machine.travel(AFTER, tick=False):
        page = browser.get(
            reverse("assembly:count-paper", args=[place.slug, vote.session.number, NUMBERS[0]])
        ).content.decode()
        shown = [reverse("assembly:count-scan", args=[place.slug, vote.session.number, s.pk]) for s in reading.scans_of(paper)]  # fmt: skip
        assert all(address in page for address in shown)
        assert browser.get(shown[0]).content[:3] == b"\xff\xd8\xff"
        assert place.client(bound(place, vote, 2)).get(shown[0]).status_code == 404


def test_scan_that_was_changed_is_shown_to_nobody(place, vote, chair):
    staff, rows = counted(place, vote, chair, picture(link(place, vote, NUMBERS[0])))
    path = vault.path(rows[0].scan.file)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    close_and_open(vote, staff)
    assert ShownScan.objects.get(compound_id=place.compound.pk).file == ""


def test_scan_binds_to_its_session(place, vote, chair):
    _staff, rows = counted(place, vote, chair, picture(link(place, vote, NUMBERS[0])))
    about = count.scan_about(vote.session, rows[0].scan.digest)
    assert vote.session.pk.hex in about and rows[0].scan.digest in about


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────────


def url(place, vote, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, vote.session.number, *args])


def test_pages_lead_from_the_files_to_what_became_of_each(place, vote, chair):
    files = [SimpleUploadedFile(f"{n}.jpg", picture(link(place, vote, number))) for n, number in enumerate(NUMBERS[:2])]
    files.append(SimpleUploadedFile("2.jpg", picture()))
    with time_machine.travel(AT, tick=False):
        desk = place.client(chair)
        assert url(place, vote, "scans") in desk.get(url(place, vote, "session")).content.decode()
        sent = desk.post(url(place, vote, "scans"), {"sheets": files, "once": str(uuid4())})
        made = ScanBatch.objects.get(compound_id=place.compound.pk)
        assert sent["Location"] == url(place, vote, "scan-batch", made.pk)
        assert "读了 0 张" in desk.get(sent["Location"]).content.decode()
        assert desk.post(sent["Location"]).status_code == 302
        page = desk.get(sent["Location"]).content.decode()
        assert "3 张都读完了" in page and NUMBERS[0] in page and NUMBERS[1] in page
        scan = Scan.objects.get(compound_id=place.compound.pk, paper=None)
        name = url(place, vote, "scan-name", scan.pk)
        assert name in page and name in desk.get(url(place, vote, "scans")).content.decode()
        assert desk.get(name).status_code == 200
        assert desk.post(name, {"number": NUMBERS[2], "once": str(uuid4())})["Location"] == url(place, vote, "scans")
        assert name not in desk.get(url(place, vote, "scans")).content.decode()


def test_another_browser_cannot_read_on(place, vote, chair):
    with time_machine.travel(AT, tick=False):
        desk = place.client(chair)
        desk.post(url(place, vote, "scans"), {"sheets": [SimpleUploadedFile("1.jpg", picture())], "once": str(uuid4())})
        page = url(place, vote, "scan-batch", ScanBatch.objects.get(compound_id=place.compound.pk).pk)
        other = place.client(chair)
        other.post(page)
        assert "请再传一次" in other.get(page).content.decode()
        assert ScanSheet.objects.filter(compound_id=place.compound.pk).count() == 0


def test_form_asks_for_its_token(place, vote, chair):
    from django.test import Client

    desk = place.client(chair)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    assert strict.post(url(place, vote, "scans"), {"once": str(uuid4())}).status_code == 403


@pytest.mark.parametrize("name", ["scans", "scan-batch", "scan-name"])
def test_pages_are_for_the_desk_of_this_session_alone(place, vote, chair, name):
    (row,) = batch(place, vote, chair, picture())
    args = {"scans": (), "scan-batch": (row.batch_id,), "scan-name": (row.scan_id,)}[name]
    address = url(place, vote, name, *args)
    with time_machine.travel(AT, tick=False):
        assert place.client(chair).get(address).status_code == 200
        others = [bound(place, vote, 1), place.post(Role.GRID_WORKER, name="网格员"), place.post(Role.FRONT_DESK, name="前台")]  # fmt: skip
        assert [place.client(by).get(address).status_code for by in others] == [404, 404, 404]
        assert place.client().get(address).status_code == 302
        teller = makers.officer(vote, Office.TELLER, place.post(Role.COMMITTEE_MEMBER, name="计票人"))
        assert place.client(teller).get(address).status_code == (404 if name == "scan-batch" else 200)
