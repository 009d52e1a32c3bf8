"""What goes along with a whistle: the drafters' own photos and papers, and what proves its money."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.kernel.tests.refusing import refused
from linli.matters.models import Attachment, FundingEntry, Whistle, WhistleFile
from linli.matters.services import whistles
from linli.matters.services.whistles import files
from linli.matters.tests.makers import NOW
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from .residents import photo
from .whistle_cast import link, page, post, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def pdf(name="勘查报告.pdf", words=b"%PDF-1.4 cracks") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, words, "application/pdf")


def given(cast, **more) -> dict:
    return {
        "once": str(uuid4()), "title": "后坡裂缝", "cause": "power", "urgency": "urgent", "facts": "裂缝 12 米", "affected": "3000",
        "done_below": "拉了警戒线", "body1": cast.court.pk, "ask1": "解冻一部分资金", **more,
    }  # fmt: skip


def own(cast, number=1) -> list[WhistleFile]:
    return list(files.own(Whistle.objects.get(compound=cast.place.compound, number=number)))


def stored(folder) -> int:
    return sum(p.is_file() for p in folder.rglob("*") if "waiting" not in p.parts)


def test_own_files_go_with_a_draft_and_every_agency_sees_them_by_its_link(cast):
    new = f"new/?matter={cast.matter.number}"
    assert post(cast, "worker", new, **given(cast, papers=[pdf(), photo()])).status_code == 302
    paper, picture = own(cast)
    assert (paper.kind, paper.name, picture.kind) == ("paper", "勘查报告.pdf", "photo")
    assert page(cast, "worker", f"1/files/{paper.pk}/small/").content.startswith(b"%PDF-")
    w = whistles.approve_and_blow(by=cast.officer, whistle=Whistle.objects.get(), at=NOW, site="")
    here = link(cast, w)
    shown = Client().get(here).content.decode()
    assert "勘查报告.pdf" in shown and str(picture.pk) in shown
    assert Client().get(f"{here}files/{paper.pk}/small/").status_code == 200
    assert page(cast, "engineer", f"1/files/{paper.pk}/small/").status_code == 404


def test_files_wait_while_other_fields_are_put_right_and_what_is_no_pdf_does_not(cast):
    new = f"new/?matter={cast.matter.number}"
    fake = SimpleUploadedFile("x.pdf", b"MZ not a pdf", "application/pdf")
    wrong = post(cast, "worker", new, **given(cast, papers=[pdf(), fake]))
    assert wrong.status_code == 422 and "这不是 PDF 文件" in text(wrong) and not Whistle.objects.exists()
    marks = re.findall(r'name="kept" value="([0-9a-f]{32})"', wrong.content.decode())
    assert len(marks) == 1
    again = post(cast, "worker", new, **given(cast, facts="", kept=marks))
    assert again.status_code == 422 and marks[0] in again.content.decode()
    assert post(cast, "worker", new, **given(cast, kept=marks)).status_code == 302
    assert [f.name for f in own(cast)] == ["勘查报告.pdf"]
    assert vault.open_waiting(cast.worker.account_id, marks[0]) is None


def test_a_draft_is_edited_with_its_files_until_it_is_approved(cast):
    post(cast, "worker", f"new/?matter={cast.matter.number}", **given(cast, papers=[pdf(), photo()]))
    paper, picture = own(cast)
    shown = page(cast, "worker", "1/edit/").content.decode()
    assert f'name="drop" value="{paper.pk}"' in shown and f'name="drop" value="{picture.pk}"' in shown
    changed = given(cast, drop=[str(picture.pk)], papers=[pdf("二次勘查.pdf", b"%PDF-1.4 more")])
    assert post(cast, "worker", "1/edit/", **changed).status_code == 302
    assert [f.name for f in own(cast)] == ["勘查报告.pdf", "二次勘查.pdf"]
    whistles.approve_and_blow(by=cast.officer, whistle=Whistle.objects.get(), at=NOW, site="")
    assert page(cast, "worker", "1/edit/").status_code == 404
    assert (
        refused(lambda: whistles.edit(by=cast.worker, whistle=Whistle.objects.get(), told=cast.told(), at=NOW))
        == "wrong_state"
    )
    assert len(own(cast)) == 2


def test_what_is_taken_away_leaves_the_disk(cast, tmp_path, django_capture_on_commit_callbacks):
    post(cast, "worker", f"new/?matter={cast.matter.number}", **given(cast, papers=[pdf(), photo()]))
    ids = [f.pk for f in own(cast)]
    with django_capture_on_commit_callbacks(execute=True):
        told = cast.told((cast.court, "解冻"))
        whistles.edit(by=cast.worker, whistle=Whistle.objects.get(), told=told, drop=ids, at=NOW)
    assert (own(cast), stored(tmp_path)) == ([], 0)


def test_no_more_files_than_nine(cast):
    ready = files.ready([pdf(f"{n}.pdf", b"%PDF-" + bytes([n])) for n in range(9)])
    w = whistles.draft(
        by=cast.worker, compound=cast.place.compound, level="agencies", matters=[cast.matter], at=NOW, files=ready,
        told=cast.told((cast.court, "解冻")),
    )  # fmt: skip
    more = files.ready([pdf("10.pdf", b"%PDF-ten")])
    told = cast.told((cast.court, "解冻"))
    assert refused(lambda: whistles.edit(by=cast.worker, whistle=w, told=told, files=more, at=NOW)) == "full"
    assert len(own(cast)) == 9


def test_files_go_along_when_a_whistle_is_blown_again(cast):
    w = whistles.draft(
        by=cast.member, compound=cast.place.compound, level="community", matters=[cast.matter], at=NOW, files=files.ready([pdf(), photo()]),
        told=cast.told((None, "请社区出面")),
    )  # fmt: skip
    whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    office = cast.office
    up = whistles.blow_again(by=cast.member, whistle=w, words="没有办", told=cast.told((office, "请街道出面")), at=NOW)
    assert [f.name for f in own(cast, up.number)] == [f.name for f in own(cast, 1)]
    assert vault.path(own(cast, up.number)[1].small).read_bytes() == vault.path(own(cast, 1)[1].small).read_bytes()


def test_a_picture_of_the_drafters_that_is_its_matters_too_goes_along_once(cast):
    picture = photo()
    mark = vault.digest(cast.place.compound.pk, picture.read())
    picture.seek(0)
    shown = Attachment.objects.create(
        compound=cast.place.compound, matter=cast.matter, kind="photo", added_at=NOW, small="a-s.jpg", thumb="a-t.jpg", digest=mark,
        phase="before",
    )  # fmt: skip
    w = whistles.draft(
        by=cast.member, compound=cast.place.compound, level="community", matters=[cast.matter], at=NOW, files=files.ready([pdf(), picture]),
        told=cast.told((None, "请社区出面")),
    )  # fmt: skip
    whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    told = cast.told((cast.office, "请街道出面"), attachments=[shown.pk])
    up = whistles.blow_again(by=cast.member, whistle=w, words="没有办", told=told, at=NOW)
    rows = WhistleFile.objects.filter(compound=cast.place.compound, whistle=up).order_by("kind")
    assert [(f.kind, f.attachment_id) for f in rows] == [("paper", None), ("photo", shown.pk)]


@pytest.fixture
def funded(cast):
    w = cast.blown()
    post(cast, "worker", "1/fund/", liable="某置业", why="账户被冻结", asked_fen="250,000")
    return w


def step(cast, kind, **more):
    return post(cast, "worker", "1/fund_step/", once=str(uuid4()), kind=kind, day="2026-03-24", **more)


def test_money_carries_its_papers_beside_each_entry(cast, funded):
    assert step(cast, "sent", paper="解冻申请", papers=[pdf("申请.pdf")]).status_code == 302
    assert (
        step(cast, "decided", decision="partly", fen="210000", papers=[pdf("裁定.pdf", b"%PDF-1 ruling")]).status_code
        == 302
    )
    assert step(cast, "released", fen="210000", payee="施工队").status_code == 302
    assert (
        step(cast, "receipt", fen="9", payee="施工队", paper="发票", papers=[photo(), pdf("申请.pdf")]).status_code
        == 302
    )
    kinds = {
        e.kind: [f.name for f in WhistleFile.objects.filter(compound=e.compound_id, funding_entry=e).order_by("id")]
        for e in FundingEntry.objects.all()
    }
    assert kinds == {"sent": ["申请.pdf"], "decided": ["裁定.pdf"], "released": [], "receipt": ["a.jpg", "申请.pdf"]}
    lines = page(cast, "worker", "1/").content.decode().partition("timeline")[2]
    assert "裁定.pdf" in lines and lines.index("a.jpg" if "a.jpg" in lines else "thumb") < lines.index("裁定.pdf")
    paper = WhistleFile.objects.get(name="裁定.pdf")
    here = link(cast, funded)
    assert "裁定.pdf" not in Client().get(here).content.decode()
    assert Client().get(f"{here}files/{paper.pk}/small/").status_code == 404
    assert page(cast, "desk", f"1/files/{paper.pk}/small/").status_code == 404
    got = page(cast, "officer", f"1/files/{paper.pk}/small/")
    assert got.status_code == 200 and "attachment" in got["Content-Disposition"]
    seen = AuditEntry.objects.get(compound=cast.place.compound, act=files.OPENED)
    assert (seen.account_id, seen.data) == (cast.officer.account_id, {"file": str(paper.pk), "name": "裁定.pdf"})


def test_a_bad_file_with_money_is_refused_and_the_good_one_waits(cast, funded):
    wrong = step(cast, "sent", papers=[pdf()])
    assert wrong.status_code == 422 and "请写是哪份文书" in text(wrong)
    marks = re.findall(r'name="kept" value="([0-9a-f]{32})"', wrong.content.decode())
    assert step(cast, "sent", paper="解冻申请", kept=marks).status_code == 302
    assert [f.name for f in WhistleFile.objects.filter(compound=cast.place.compound)] == ["勘查报告.pdf"]


def test_a_liaisons_file_waits_too(cast):
    w = cast.blown()
    here = link(cast, w)
    Client().post(f"{here}report_in/", {"officer": "王工", "way": "document"})
    wrong = Client().post(f"{here}answer/", {"officer": "王工", "words": "", "papers": [pdf("批复.pdf")]})
    marks = re.findall(r'name="kept" value="([0-9a-f]{32})"', wrong.content.decode())
    assert wrong.status_code == 422 and len(marks) == 1
    other = link(cast, w, 2)
    Client().post(f"{other}report_in/", {"officer": "李工", "way": "document"})
    Client().post(f"{other}answer/", {"officer": "李工", "words": "好了", "kept": marks})
    assert not WhistleFile.objects.exists()
    assert Client().post(f"{here}answer/", {"officer": "王工", "words": "办了", "kept": marks}).status_code == 302
    assert [f.name for f in WhistleFile.objects.all()] == ["批复.pdf"]
