"""What may still change a signed result: lots, an objection, and who takes it back."""

from datetime import timedelta

import pytest
import time_machine

from linli.assembly.models import Objection, Outcome, Session
from linli.assembly.queries import cases, results
from linli.assembly.rules.sessions import State
from linli.assembly.services import count as services
from linli.assembly.services import objections, signing
from linli.assembly.services.reading import plain, read_paper

from . import boxes
from .test_signing import AFTER, PASSING, announced, counted, refused, signed, text, url

TIED = boxes.TIED


@pytest.fixture(autouse=True)
def _after_the_count():
    with time_machine.travel(AFTER + timedelta(hours=1), tick=False):
        yield


def test_a_tie_is_drawn_by_lots_before_witnesses_and_counted_again(place, chair):
    made, staff = counted(place, chair, TIED)
    item = made.items[0]
    assert refused(signing.sign, session=made.session, by=staff["teller1"]) == "lots_first"
    draw = {"session": made.session, "by": staff["scrutineer1"], "item": item, "drawn_by": "社区书记"}
    assert refused(signing.draw_lots, **draw, order=["b"], witnesses=["甲", "乙"]) == "no_tie"
    assert refused(signing.draw_lots, **draw, order=["b", "a"], witnesses=["甲", " 甲"]) == "witnesses"
    (again,) = signing.draw_lots(**draw, order=["b", "a"], witnesses=["甲", "乙"], at=AFTER)
    assert again.turn == 2 and again.found["election"]["elected"] == ["b"]
    assert again.found["election"]["alternates"] == ["a"] and not results.ties_of(again)
    announced(made, staff)
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert "社区书记抽，甲、乙在场" in page and "第2次" in page


def test_lots_are_drawn_on_their_page(place, chair):
    made, staff = counted(place, chair, TIED)
    browser = place.client(staff["chair"])
    assert "候选a、候选b并列" in text(browser.get(url(place, "count")))
    form = {"place1": "a", "place2": "b", "drawn_by": "吴海", "witnesses": "甲\n乙", "words": ""}
    answer = browser.post(url(place, "count-lots", 1), form)
    assert answer.status_code == 302
    assert Outcome.objects.filter(compound_id=place.compound.pk).count() == 2
    assert browser.get(url(place, "count-lots", 1)).status_code == 404


def test_an_objection_leads_to_another_look_and_a_recount(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    announced(made, staff)
    session = made.session
    signing.recount(session=session, by=staff["chair"], words="1 号票不是本人签的", at=AFTER)
    signing.look_again(session=session, by=staff["scrutineer1"], number="b001", words="签名不对", at=AFTER)
    session.refresh_from_db()
    assert session.state == State.COUNTING
    assert refused(services.tally, session=session, by=staff["teller1"]) == "unread"
    assert refused(signing.sign, session=session, by=staff["teller1"]) == "looking"
    for clerk in ("clerk1", "clerk2"):
        read_paper(session=session, by=staff[clerk], number="B001", said=plain({}, fault="not_an_owner"), at=AFTER)
    assert refused_reading_again(session, staff) == "read"
    assert refused(signing.sign, session=session, by=staff["teller1"]) == "count_again"
    (again,) = services.tally(session=session, by=staff["teller1"], at=AFTER)
    assert (again.turn, again.result) == (2, "quorum_not_met")
    assert refused(signing.announce, session=session, by=staff["chair"]) == "not_now"
    announced(made, staff)
    assert cases.box(session).ballots[0].fault == "not_an_owner"


def filed(made, staff, upheld=True):
    announced(made, staff)
    Objection.objects.create(
        compound_id=made.session.compound_id, session=made.session, about="result", words="1 号票不是本人签的", raised_at=AFTER,
        answer="查过了", upheld=upheld, answered_at=AFTER,
    )  # fmt: skip
    Session.objects.filter(compound_id=made.session.compound_id).update(state=State.FILED, filed_at=AFTER)


def test_a_filed_result_is_taken_back_by_an_upheld_objection_and_two_alone(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    filed(made, staff)
    said = {"session": made.session, "words": "异议成立"}
    assert refused(signing.recount, by=staff["chair"], **said) == "not_now"
    later = AFTER + timedelta(days=900)
    signing.take_back(by=staff["chair"], at=later, **said)
    made.session.refresh_from_db()
    assert made.session.state == State.FILED
    assert refused(signing.take_back, by=staff["chair"], **said) == "said_before"
    signing.take_back(by=staff["scrutineer1"], at=later, **said)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTING


def test_after_its_days_an_announced_result_is_counted_again_by_an_upheld_objection_and_two_alone(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    filed(made, staff)
    Session.objects.filter(compound_id=place.compound.pk).update(state=State.ANNOUNCED, filed_at=None)
    said, later = {"session": made.session, "words": "再算一次"}, AFTER + timedelta(days=9)
    assert refused(signing.take_back, by=staff["chair"], **said) == "days_run"
    browser = place.client(staff["chair"])
    assert "take-back" not in browser.get(url(place, "count")).content.decode()
    with time_machine.travel(later, tick=False):
        page = browser.get(url(place, "count")).content.decode()
        assert "take-back" in page and "/recount/" not in page
        assert browser.post(url(place, "count-act", "recount"), {"words": "再算一次"}).status_code == 422
        Objection.objects.filter(compound_id=place.compound.pk).update(upheld=False)
        page = browser.get(url(place, "count")).content.decode()
        assert "take-back" not in page and "异议期里提出的异议成立，才能重新计票" in page
        Objection.objects.filter(compound_id=place.compound.pk).update(upheld=True)
    for who in ("chair", "scrutineer1"):
        made.session.refresh_from_db()
        assert made.session.state == State.ANNOUNCED
        signing.take_back(by=staff[who], at=later, **said)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTING
    services.tally(session=made.session, by=staff["teller1"], at=later)
    signed(made, staff)
    signing.recount(by=staff["chair"], at=later, **said)  # not announced yet: the count that runs is looked at again


def test_no_filed_result_is_taken_back_without_an_objection_of_its_days(place, chair):
    made, staff = counted(place, chair, PASSING)
    filed(made, staff, upheld=False)
    said = {"session": made.session, "words": "再看看"}
    assert refused(signing.take_back, by=staff["chair"], **said) == "no_objection"
    before = AFTER - timedelta(days=1)  # to an announcement before this one, which it has had counted again
    Objection.objects.filter(compound_id=place.compound.pk).update(upheld=True, raised_at=before, answered_at=before)
    assert refused(signing.take_back, by=staff["chair"], **said) == "no_objection"
    assert "take-back" not in place.client(staff["chair"]).get(url(place, "count")).content.decode()


def test_an_objection_found_right_after_the_result_was_announced_again_still_has_it_counted(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    announced(made, staff)
    raised = Objection.objects.create(
        compound_id=made.session.compound_id,
        session=made.session,
        about="result",
        words="1 号票不是本人签的",
        raised_at=AFTER,
    )
    signing.recount(session=made.session, by=staff["chair"], words="另一张票没看清", at=AFTER)
    made.session.refresh_from_db()
    services.tally(session=made.session, by=staff["teller1"], at=AFTER)
    signed(made, staff)
    signing.announce(session=made.session, by=staff["chair"], at=AFTER + timedelta(days=2))
    made.session.refresh_from_db()
    said = {"session": made.session, "words": "查过了", "at": AFTER + timedelta(days=20)}
    objections.answer(objection=raised, upheld=True, by=staff["chair"], **said)
    for who in ("chair", "scrutineer1"):
        signing.take_back(by=staff[who], **said)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTING


def test_what_was_published_is_read_until_the_recount_is_announced(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    filed(made, staff)
    owner = place.client(place.resident())
    before = text(owner.get(url(place, "result")))
    for who in ("chair", "scrutineer1"):
        signing.take_back(by=staff[who], session=made.session, words="异议成立", at=AFTER)
    signing.look_again(session=made.session, by=staff["scrutineer1"], number="b001", words="签名不对", at=AFTER)
    for clerk in ("clerk1", "clerk2"):
        read_paper(session=made.session, by=staff[clerk], number="B001", said=plain({}, fault="not_an_owner"), at=AFTER)
    services.tally(session=made.session, by=staff["teller1"], at=AFTER)
    page = text(owner.get(url(place, "result")))
    notice = text(owner.get(url(place, "print", "result")))
    assert "（复核中）" in notice and "正在重新计票" in notice and "4/6" in notice
    assert owner.get(url(place, "print", "result") + "?as=pdf").status_code == 200
    assert "复核中：在重新计票" in page and "同意4位" in before and "同意4位" in page and "第2次" not in page
    assert owner.get(url(place, "bulletin")).status_code == 200
    announced(made, staff)
    page = text(owner.get(url(place, "result")))
    assert "在重新计票" not in page and "同意3位" in page and "第2次" in page
    notice = text(owner.get(url(place, "print", "result")))
    assert "复核中" not in notice and "3/5" in notice


def refused_reading_again(session, staff) -> str:
    said = plain({"1": "approve"}, owner="x")
    return refused(read_paper, session=session, by=staff["clerk1"], number="B001", said=said)
