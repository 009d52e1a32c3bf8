"""What stands behind a condition of a candidate, as a file (domain §3.10): sealed, shown to who examines alone, each showing on record."""

from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.assembly.models import Evidence
from linli.assembly.services import elections
from linli.matters.tests.makers import NOW
from linli.people.rules import POSTS
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from .forming import announced, village
from .test_election_pages import WORKS, get, post, somebody, text, url

DEED = b"%PDF-1.7 deed of home 2"


@pytest.fixture
def v(db):
    made = announced(village(homes=4))
    made.nominee = made.does(elections.stand, made.owner(0), NOW, why="热心", pledge=True)
    return made


def look(v, by=None, data: bytes = DEED, name: str = "C:\\私\\房产证.pdf", **more):
    said = {"nominee": v.nominee, "key": "owner", "holds": True, "evidence": "房产证原件"}
    return v.does(elections.check, by or v.worker, NOW, file=SimpleUploadedFile(name, data), **said, **more)


def kept(v) -> list[Evidence]:
    return list(Evidence.objects.filter(compound_id=v.place.compound.pk))


def test_a_file_is_kept_sealed_once(v):
    once = uuid4()
    look(v, once=once)
    look(v, once=once)
    look(v)
    (row,) = kept(v)
    assert (row.key, row.name, row.kind) == ("owner", "房产证", "pdf")
    assert DEED not in vault.path(row.sealed).read_bytes() and vault.open_sealed(row.sealed) == DEED


def test_no_file_that_is_neither_picture_nor_pdf_and_the_check_waits_for_a_good_one(v):
    with time_machine.travel(NOW, tick=False):
        said = {"key": "owner", "holds": "yes", "evidence": "原件"}
        sheet = {"file": SimpleUploadedFile("a.pdf", b"MZ")}
        answer = post(v, v.worker, "nominee-act", 1, v.nominee.pk, "check", **said, **sheet)
        assert answer.status_code == 422 and "只收PDF和图片" in text(answer) and not kept(v)
        sheet = {"file": SimpleUploadedFile("房产证.pdf", DEED)}
        assert "房产证" in text(post(v, v.worker, "nominee-act", 1, v.nominee.pk, "check", **said, **sheet))
    assert len(kept(v)) == 1


@time_machine.travel(NOW, tick=False)
def test_who_examines_opens_it_and_that_is_written_down(v):
    look(v)
    row = kept(v)[0]
    here = url(v, "nominee-evidence", 1, v.nominee.pk, row.pk)
    for role in POSTS:
        by = somebody(v.place, role)
        opens = v.place.client(by).post(here).status_code == 200
        assert opens is (role in WORKS | {"subdistrict_officer"}), role
    entries = AuditEntry.objects.filter(compound_id=v.place.compound.pk, act="formation_evidence_shown")
    assert entries.count() == len(WORKS) + 1 and entries[0].data["evidence"] == str(row.pk)
    answer = v.place.client(v.worker).post(here)
    assert answer.content == DEED and "no-cache" in answer["Cache-Control"]
    for by in (v.owner(0), v.owner(1)):
        assert v.place.client(by).post(here).status_code == 404
        assert "房产证" not in text(get(v, by, "nominee", 1, v.nominee.pk))
    assert v.place.client(v.worker).get(here).status_code == 405


@time_machine.travel(NOW, tick=False)
def test_of_another_nominee_or_compound_nothing_is_found(v):
    look(v)
    row = kept(v)[0]
    second = v.does(elections.stand, v.owner(1), NOW, why="热心", pledge=True)
    assert v.place.client(v.worker).post(url(v, "nominee-evidence", 1, second.pk, row.pk)).status_code == 404
    other = village(homes=4, slug="other")
    assert other.place.client(other.worker).post(url(v, "nominee-evidence", 1, v.nominee.pk, row.pk)).status_code == 404
