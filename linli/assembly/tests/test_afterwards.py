"""After the vote the clock goes on: announce, file, put away; and the list says which paper is not there."""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.assembly.models import Delivery, FilingPaper, Objection, Session
from linli.assembly.queries.filing import checked
from linli.assembly.services import convening, filing, objections, signing
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import SHANGHAI, compound
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from . import boxes
from .test_signing import AFTER, counted, signed, text, url

PASSING = boxes.case(*["approve"] * 4, *["against"] * 2)
PDF = b"%PDF-1.4 rules"
OUTSIDE = ["assembly_rules", "covenant"]


@pytest.fixture(autouse=True)
def _after_the_count():
    with time_machine.travel(AFTER + timedelta(hours=1), tick=False):
        yield


def announced(made, staff):
    signed(made, staff)
    signing.announce(session=made.session, by=staff["chair"], at=AFTER)
    made.session.refresh_from_db()


def morning(month, day):
    return datetime(2026, month, day, 9, tzinfo=SHANGHAI)


def tick(made, at):
    told = convening.tick(session_id=made.session.pk, compound_id=made.session.compound_id, at=at)
    made.session.refresh_from_db()
    return told


def delivered(place, made):
    Delivery.objects.create(
        compound=place.compound,
        session=made.session,
        party=made.parties[0],
        evidence="signed_by_owner",
        carriers=["甲", "乙"],
        at=AFTER,
    )


def messages(place, title):
    return Message.objects.filter(compound_id=place.compound.pk, title=title)


def adopted(made, staff, *keys):
    for key in keys or OUTSIDE:
        filing.add_filing(by=staff["chair"], session=made.session, key=key, file=BytesIO(PDF), name=key, at=AFTER)


def test_a_result_not_announced_is_reminded_and_then_told_above(place, chair):
    made, staff = counted(place, chair, PASSING)
    above = place.post(Role.COMMUNITY_SECRETARY)
    signed(made, staff)
    assert made.session.due_at == morning(4, 2)
    assert not tick(made, morning(4, 2) - timedelta(minutes=1))
    assert tick(made, morning(4, 2)) and made.session.due_at == morning(4, 4)
    (told,) = messages(place, "结果该公布了")
    assert told.account_id == staff["chair"].account_id and "2026年4月3日" in told.body
    assert tick(made, morning(4, 4)) and made.session.due_at is None
    late = messages(place, "结果过了期限还没公布")
    assert {staff["chair"].account_id, above.account_id} <= set(late.values_list("account_id", flat=True))
    acts = AuditEntry.objects.filter(
        compound_id=place.compound.pk, act__in=["session_remind", "session_overdue"]
    ).order_by("at")
    assert list(acts.values_list("act", flat=True)) == ["session_remind", "session_overdue"]


def test_filing_and_the_archive_have_their_clocks(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    assert made.session.due_at == morning(4, 23)
    assert tick(made, morning(4, 23)) and messages(place, "结果该送街道备案了").get().body.count("2026年4月30日") == 1
    assert made.session.due_at == morning(5, 1)
    delivered(place, made)
    adopted(made, staff)
    filing.file(by=staff["chair"], session=made.session, words="备 12 号", at=AFTER + timedelta(days=2))
    made.session.refresh_from_db()
    assert made.session.due_at == morning(4, 25)
    assert tick(made, morning(4, 25)) and tick(made, morning(5, 3)) and made.session.due_at is None
    assert messages(place, "票和材料过了期限还没归档").exists()
    filing.archive(by=staff["chair"], session=made.session, place="居委会档案柜", at=AFTER + timedelta(days=40))
    assert Session.objects.get(compound_id=place.compound.pk).due_at is None


def test_a_recount_stops_the_clock_until_it_is_signed_again(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    signing.recount(session=made.session, by=staff["chair"], words="异议", at=AFTER)
    made.session.refresh_from_db()
    assert made.session.due_at is None and not tick(made, morning(5, 1))


def test_what_is_made_here_is_looked_up_and_what_is_missing_is_named(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    found = {one.key: one for one in checked(made.session)}
    assert [key for key, one in found.items() if one.here] == ["record", "count"]
    assert [key for key, one in found.items() if one.outside] == OUTSIDE
    assert found["register"].lacks == "名册没有锁定，或者没有送达登记"
    with pytest.raises(Refused) as no:
        filing.file(by=staff["chair"], session=made.session, words="", at=AFTER)
    assert str(no.value.refusal) == "还缺：业主大会议事规则、管理规约、锁定的业主名册和送达登记"
    browser = place.client(staff["chair"])
    page = text(browser.get(url(place, "filing")))
    assert "还缺3份" in page and "会议记录和业主大会决定系统里有" in page and "名册没有锁定，或者没有送达登记" in page
    assert "缺：业主大会议事规则、管理规约、" in text(browser.get(url(place, "print", "filing")))
    delivered(place, made)
    adopted(made, staff)
    assert browser.post(url(place, "do", "file"), {"words": "备 12 号"}).status_code == 302
    assert "缺" not in text(browser.get(url(place, "print", "filing"))).replace("不可或缺", "")


def test_an_election_without_its_body_waits_for_papers_made_elsewhere(place, chair):
    made, staff = counted(place, chair, {**boxes.TIED, "ballots": boxes.TIED["ballots"][:1]})
    announced(made, staff)
    keys = {one.key for one in checked(made.session) if one.outside}
    assert {"first_meeting", "members", "pledges"} <= keys


def upload(place, who, key, name="规则", data=PDF, **more):
    file = SimpleUploadedFile("a.pdf", data)
    return place.client(who).post(url(place, "filing-add", key), {"name": name, "file": file, **more})


def test_a_paper_is_uploaded_kept_sealed_and_replaced_by_another(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    once = uuid4()
    for _again in range(2):
        assert upload(place, staff["chair"], "covenant", "旧的规约", once=once).status_code == 302
    (old,) = FilingPaper.objects.filter(compound_id=place.compound.pk)
    assert PDF not in vault.path(old.sealed).read_bytes() and vault.open_sealed(old.sealed) == PDF
    assert upload(place, staff["chair"], "covenant", "新的规约", PDF + b"2").status_code == 302
    row = next(one for one in checked(made.session) if one.key == "covenant")
    assert row.here and [paper.name for paper in row.files] == ["新的规约", "旧的规约"]
    page = text(place.client(staff["chair"]).get(url(place, "filing")))
    assert "新的规约" in page and page.count("后来换了") == 1
    assert place.client(staff["chair"]).get(url(place, "filing-add", "count")).status_code == 404
    with pytest.raises(Refused):
        adopted(made, staff, "count")
    refused = upload(place, staff["chair"], "covenant", "坏的", b"MZ")
    assert refused.status_code == 422 and "只收PDF和图片" in text(refused) and "坏的" in refused.content.decode()
    assert FilingPaper.objects.filter(compound_id=place.compound.pk).count() == 2


def test_who_opens_which_paper(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    adopted(made, staff, "covenant", "other")
    rules, bank = FilingPaper.objects.filter(compound_id=place.compound.pk).order_by("id")
    owner, steward, worker = place.resident(), place.post(Role.PROPERTY_MANAGER), place.post(Role.COMMUNITY_WORKER)
    for who, reads in (
        (owner, False),
        (steward, False),
        (worker, True),
        (staff["chair"], True),
    ):
        browser = place.client(who)
        answer = browser.get(url(place, "filing-paper", rules.pk))
        assert answer.status_code == 200 and b"".join([answer.content]) == PDF
        assert browser.get(url(place, "filing-paper", bank.pk)).status_code == 404
        assert (browser.post(url(place, "filing-paper", bank.pk)).status_code == 200) is reads
        assert (browser.get(url(place, "filing")).status_code == 200) is reads
        assert (browser.get(url(place, "filing-add", "other")).status_code == 200) is (who is staff["chair"])
    assert "covenant" in text(place.client(owner).get(url(place, "prints")))
    opened = AuditEntry.objects.filter(compound_id=place.compound.pk, act="session_filing_shown")
    assert opened.count() == 2 and set(opened.values_list("internal", flat=True)) == {True}
    there = compound("there")
    for name, args in (("filing", ()), ("filing-paper", (rules.pk,)), ("filing-add", ("other",))):
        assert there.client(there.post(Role.COMMITTEE_CHAIR)).get(url(place, name, *args)).status_code == 404
        assert there.client(None).get(url(place, name, *args)).status_code == 302


def test_no_paper_before_the_result_and_none_after_the_archive(place, chair):
    made, staff = counted(place, chair, PASSING)
    signed(made, staff)
    browser = place.client(staff["chair"])
    assert browser.get(url(place, "filing")).status_code == 404
    with pytest.raises(Refused):
        adopted(made, staff)
    signing.announce(session=made.session, by=staff["chair"], at=AFTER)
    adopted(made, staff)
    delivered(place, made)
    filing.file(by=staff["chair"], session=made.session, words="", at=AFTER)
    adopted(made, staff, "other")
    filing.archive(by=staff["chair"], session=made.session, place="柜", at=AFTER + timedelta(days=40))
    with pytest.raises(Refused):
        adopted(made, staff, "other")


def test_nothing_is_put_away_while_the_result_may_be_objected_to_or_an_objection_waits(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    delivered(place, made)
    adopted(made, staff)
    filing.file(by=staff["chair"], session=made.session, words="", at=AFTER)
    raised = Objection.objects.create(
        compound=place.compound, session=made.session, about="result", words="票是假的", raised_at=AFTER
    )

    def archived(days):
        at = AFTER + timedelta(days=days)
        with time_machine.travel(at, tick=False):
            page = text(place.client(staff["chair"]).get(url(place, "session")))
        try:
            filing.archive(by=staff["chair"], session=made.session, place="柜", at=at)
        except Refused as no:
            return no.refusal.key, no.refusal.sentence[:6] in page
        return "", False

    assert [archived(days) for days in (0, 7, 8)] == [("objecting", True)] * 2 + [("open_result_objections", True)]
    said = {"objection": raised, "words": "验过了，是真的", "upheld": False, "at": AFTER + timedelta(days=9)}
    objections.answer(by=staff["chair"], session=made.session, **said)
    assert archived(9) == ("", False)


def test_the_list_asks_as_often_for_one_paper_as_for_many(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    browser = place.client(staff["chair"])

    def cost():
        browser.get(url(place, "filing"))
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url(place, "filing")).status_code == 200
        return len(seen)

    adopted(made, staff, "other")
    one = cost()
    adopted(made, staff, *["other"] * 9, "covenant")
    assert cost() == one
