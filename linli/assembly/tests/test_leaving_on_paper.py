# ruff: noqa: F811
"""A candidate without an account leaves by a paper that he signed: one records it, another confirms it (domain §3.10)."""

from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.assembly.models import Candidate, Evidence, Nominee
from linli.assembly.queries import elections as queries
from linli.assembly.services import elections
from linli.people.rules import POSTS
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from .electing import listed, posted
from .forming import LISTED, refused, village
from .test_election_pages import WORKS, get, post, somebody, text
from .test_leaving_the_list import WHEN, open_, rivals, v

__all__ = ["open_", "v"]

PAPER = b"%PDF-1.7 I withdraw"
SITS = {"committee_chair", "committee_vice_chair", "committee_member"}
ACTS = ("leave", "let_go", "stay")


def paper(data: bytes = PAPER) -> SimpleUploadedFile:
    return SimpleUploadedFile("退出书.pdf", data)


def put(v, by=None, at=WHEN, **more):
    return v.does(elections.leave, by or v.worker, at, nominee=v.gone, reason="身体不好", file=paper(), **more)


def stays(v) -> bool:
    return v.gone.pk in [row.pk for row in queries.listed(v.made)]


@time_machine.travel(WHEN, tick=False)
def test_one_records_the_paper_and_another_confirms(open_):
    v = open_
    said = post(v, v.worker, "nominee-act", 1, v.gone.pk, "leave", reason="身体不好", file=paper())
    assert "等另一位确认" in text(said) and stays(v)
    kept = Evidence.objects.get(compound_id=v.place.compound.pk, nominee=v.gone)
    assert vault.open_sealed(kept.sealed) == PAPER and PAPER not in vault.path(kept.sealed).read_bytes()
    mine, others = text(get(v, v.worker, "nominee", 1, v.gone.pk)), text(get(v, v.chair, "nominee", 1, v.gone.pk))
    assert "确认退出" not in mine and "退出书记错了" in mine and "确认退出" in others
    assert "身体不好" not in text(get(v, v.owner(9), "nominee", 1, v.gone.pk))
    assert refused(elections.let_go, v, v.worker, WHEN, nominee=v.gone) == "same"
    assert "身体不好" in text(get(v, v.chair, "nominee-act", 1, v.gone.pk, "let_go"))
    assert "不在候选人里了" in text(post(v, v.chair, "nominee-act", 1, v.gone.pk, "let_go"))
    assert "身体不好" in posted(v) and v.gone.name in posted(v) and not stays(v)
    assert Candidate.objects.get(compound_id=v.place.compound.pk, person=v.gone.person).withdrawn_at == WHEN


def test_before_the_notice_he_leaves_the_list_too(v):
    listed(v)
    v.gone = queries.listed(v.made)[0]
    put(v, at=LISTED)
    v.does(elections.let_go, v.chair, LISTED, nominee=v.gone)
    assert not stays(v)
    assert refused(elections.stay, v, v.worker, LISTED, nominee=v.gone, reason="记错") == "dropped"


def test_recorded_in_error_it_is_taken_back(open_):
    v, once = open_, uuid4()
    put(v)
    v.does(elections.stay, v.worker, WHEN, nominee=v.gone, reason="是另一位的", once=once)
    v.does(elections.stay, v.worker, WHEN, nominee=v.gone, reason="是另一位的", once=once)
    assert refused(elections.let_go, v, v.chair, WHEN, nominee=v.gone) == "not_leaving" and stays(v)
    entry = AuditEntry.objects.get(compound_id=v.place.compound.pk, act="formation_stay")
    assert entry.words == "是另一位的"
    put(v)
    v.does(elections.let_go, v.chair, WHEN, nominee=v.gone)
    assert not stays(v)


def test_each_press_does_it_once(open_):
    v, once, more = open_, uuid4(), uuid4()
    for _turn in range(2):
        put(v, once=once)
    assert refused(elections.leave, v, v.chair, WHEN, nominee=v.gone, reason="x", file=paper()) == "leaving"
    for _turn in range(2):
        v.does(elections.let_go, v.chair, WHEN, nominee=v.gone, once=more)
    rows = AuditEntry.objects.filter(compound_id=v.place.compound.pk, act__in=[f"formation_{act}" for act in ACTS])
    assert sorted(rows.values_list("act", flat=True)) == ["formation_leave", "formation_let_go"]


def test_no_rival_records_or_confirms(open_):
    v = open_
    put(v)
    rivals(v, v.chair)
    for verb, more in ((elections.let_go, {}), (elections.stay, {"reason": "x"})):
        assert refused(verb, v, v.chair, WHEN, nominee=v.gone, **more) == "stands"
    with time_machine.travel(WHEN, tick=False):
        assert "确认退出" not in text(get(v, v.chair, "nominee", 1, v.gone.pk))


@time_machine.travel(WHEN, tick=False)
def test_a_paper_that_is_none_is_refused_beside_the_field(open_):
    v = open_
    for data in ({"file": paper(b"MZ")}, {}):
        answer = post(v, v.worker, "nominee-act", 1, v.gone.pk, "leave", reason="身体不好", **data)
        assert answer.status_code == 422 and "身体不好" in text(answer)
    assert Nominee.objects.get(compound_id=v.place.compound.pk, pk=v.gone.pk).leaves_at is None


@time_machine.travel(WHEN, tick=False)
@pytest.mark.parametrize("act", ACTS)
def test_only_who_works_on_it_in_its_compound(open_, act):
    v = open_
    put(v)
    for role in POSTS:
        answer = get(v, somebody(v.place, role), "nominee-act", 1, v.gone.pk, act)
        assert (answer.status_code != 404) is (role in WORKS | SITS), role
    assert get(v, v.owner(9), "nominee-act", 1, v.gone.pk, act).status_code == 404
    there = village(homes=4, slug="there")
    kept = Evidence.objects.get(compound_id=v.place.compound.pk, nominee=v.gone)
    for by in (there.secretary, there.worker, there.owner(0)):
        browser = there.place.client(by)
        for name, more in (("nominee-act", (act,)), ("nominee-evidence", (kept.pk,))):
            for slug in (v.place.slug, there.place.slug):
                address = reverse(f"assembly:{name}", args=[slug, 1, v.gone.pk, *more])
                assert name == "nominee-evidence" or browser.get(address).status_code == 404
                said = {"once": str(uuid4()), "reason": "x", "file": paper()}
                assert browser.post(address, said).status_code == 404
    v.gone.refresh_from_db()
    assert v.gone.leaves_by == v.worker.account_id and v.gone.dropped_at is None
