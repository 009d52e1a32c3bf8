"""After the vote the clock goes on: announce, file, put away; and the list says which paper is not there."""

from datetime import datetime, timedelta

import pytest
import time_machine

from linli.assembly.models import Delivery, Session
from linli.assembly.queries.filing import checked
from linli.assembly.services import convening, filing, signing
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import SHANGHAI
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from . import boxes
from .test_signing import AFTER, counted, signed, text, url

PASSING = boxes.case(*["approve"] * 4, *["against"] * 2)
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
    filing.file(by=staff["chair"], session=made.session, papers=OUTSIDE, words="备 12 号", at=AFTER + timedelta(days=2))
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
        filing.file(by=staff["chair"], session=made.session, papers=["register", "covenant"], words="", at=AFTER)
    assert str(no.value.refusal) == "还缺：业主大会议事规则、锁定的业主名册和送达登记"
    browser = place.client(staff["chair"])
    page = text(browser.get(url(place, "do", "file")))
    assert (
        "已经有了：会议记录和业主大会决定、计票记录" in page
        and "还缺：锁定的业主名册和送达登记（名册没有锁定，或者没有送达登记）" in page
    )
    delivered(place, made)
    assert browser.post(url(place, "do", "file"), {"papers": OUTSIDE, "words": "备 12 号"}).status_code == 302
    assert "缺" not in text(browser.get(url(place, "print", "filing"))).replace("不可或缺", "")


def test_an_election_without_its_body_waits_for_papers_on_the_desk(place, chair):
    made, staff = counted(place, chair, {**boxes.TIED, "ballots": boxes.TIED["ballots"][:1]})
    announced(made, staff)
    keys = {one.key for one in checked(made.session) if one.outside}
    assert {"first_meeting", "members", "pledges"} <= keys
