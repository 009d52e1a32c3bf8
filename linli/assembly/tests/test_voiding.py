"""An objection finds that an online ballot is no vote: a record more, another count, another pair of bulletins that hold."""

import re
from datetime import timedelta

import pytest
import time_machine

from linli.assembly.models import Leaf, Objection, Session, Voiding
from linli.assembly.queries import cases
from linli.assembly.queries.counting import last_outcomes
from linli.assembly.rules.sessions import State
from linli.assembly.services import count, objections, signing, voiding
from linli.notices.models import Message
from linli.people.rules import Role

from . import boxes
from .test_bulletins import bulletin_of, key, run, verified
from .test_signing import AFTER, announced, counted, refused, text, url

PASSING = boxes.case(*["approve"] * 4, *["against"] * 2)


@pytest.fixture(autouse=True)
def _after_the_count():
    with time_machine.travel(AFTER + timedelta(hours=1), tick=False):
        yield


def raised_by_somebody(place, made):
    return Objection.objects.create(
        compound=place.compound,
        session=made.session,
        about="result",
        name="业主一",
        words="B001 号票不是我投的",
        raised_at=AFTER,
    )


def objected(place, made, staff, *, upheld=True):
    raised = raised_by_somebody(place, made)
    objections.answer(
        by=staff["chair"],
        session=made.session,
        objection=raised,
        words="查了验证码记录，不是本人",
        upheld=upheld,
        at=AFTER,
    )
    return raised


def recounted(place, chair, **more):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    raised = objected(place, made, staff, **more)
    signing.recount(session=made.session, by=staff["chair"], words="异议成立", at=AFTER)
    made.session.refresh_from_db()
    return made, staff, raised


def said(made, raised, number="B001", reason="not_the_owner"):
    return {"session": made.session, "number": number, "reason": reason, "objection": raised.pk, "words": "查实"}


def test_two_say_it_and_the_second_bulletins_hold(place, chair, tmp_path):
    made, staff, raised = recounted(place, chair)
    ballot = Leaf.objects.get(compound_id=place.compound.pk, ballot="B001")
    assert voiding.void(by=staff["chair"], at=AFTER, **said(made, raised)) is None
    assert refused(voiding.void, by=staff["chair"], **said(made, raised)) == "said_before"
    leaf = voiding.void(by=staff["scrutineer1"], at=AFTER, **said(made, raised))
    assert leaf and (leaf.kind, leaf.ballot, leaf.party) == ("voided", "B001", None)
    assert refused(voiding.void, by=staff["scrutineer1"], **said(made, raised)) == "voided"
    (again,) = count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    assert (again.turn, again.result, again.found["invalid"]["persons"]) == (2, "quorum_not_met", 1)
    announced(made, staff)
    for kind in ("public", "inspection"):
        assert verified(made, tmp_path, kind, ballot.receipt)[0] == 0
        found = bulletin_of(made, kind)
        assert found["refused"] == {"B001": "not_the_owner"} == found["items"][0]["not_counted"]
        assert len(found["leaves"]) == 7 and found["leaves"][0]["ballot"] == "B001"
    opening = bulletin_of(made, "inspection")["openings"][-1]
    assert (opening["reason"], opening["article"]) == ("not_the_owner", "民法典第一百七十一条")
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert "B001不是业主本人投的，本人也没有委托和追认" in page and "第2次" in page


def test_an_objection_is_answered_while_the_recount_runs_that_it_led_to(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    raised = raised_by_somebody(place, made)
    signing.recount(session=made.session, by=staff["chair"], words="有异议", at=AFTER)
    browser = place.client(staff["chair"])
    assert url(place, "answer", raised.pk) in browser.get(url(place, "session")).content.decode()
    assert browser.post(url(place, "answer", raised.pk), {"words": "查实不是本人", "upheld": "1"}).status_code == 302
    for who in ("chair", "scrutineer1"):
        voiding.void(by=staff[who], at=AFTER, **said(made, raised))
    assert Leaf.objects.filter(compound_id=place.compound.pk, kind="voided").count() == 1


def test_the_first_count_stays_as_it_was(place, chair):
    made, staff, raised = recounted(place, chair)
    first = last_outcomes(made.session)[made.items[0].pk]
    for who in ("scrutineer2", "chair"):
        voiding.void(by=staff[who], at=AFTER, **said(made, raised))
    count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    first.refresh_from_db()
    assert (first.turn, first.result) == (1, "passed")
    assert cases.box(made.session).ballots[0].fault == "not_the_owner"


def test_nobody_signs_a_count_that_a_voiding_came_after(place, chair):
    made, staff, raised = recounted(place, chair)
    count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    signing.sign(session=made.session, by=staff["teller1"], at=AFTER)
    for who in ("scrutineer1", "chair"):
        voiding.void(by=staff[who], at=AFTER, **said(made, raised))
    assert refused(signing.sign, session=made.session, by=staff["scrutineer1"]) == "count_again"
    (again,) = count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    assert again.turn == 3
    announced(made, staff)


def test_two_who_give_another_reason_have_said_nothing_yet(place, chair):
    made, staff, raised = recounted(place, chair)
    assert voiding.void(by=staff["chair"], at=AFTER, **said(made, raised)) is None
    assert voiding.void(by=staff["scrutineer1"], at=AFTER, **said(made, raised, reason="court")) is None
    assert voiding.void(by=staff["chair"], at=AFTER, **said(made, raised, reason="court")) is not None


def test_two_who_give_another_objection_have_said_nothing_yet(place, chair):
    made, staff, raised = recounted(place, chair)
    other = Objection.objects.create(
        compound=place.compound, session=made.session, about="result", words="x", raised_at=AFTER, upheld=True, answered_at=AFTER
    )  # fmt: skip
    assert voiding.void(by=staff["chair"], at=AFTER, **said(made, raised)) is None
    assert voiding.void(by=staff["scrutineer1"], at=AFTER, **said(made, other)) is None
    assert voiding.void(by=staff["scrutineer2"], at=AFTER, **said(made, raised)) is not None


def test_half_a_word_of_an_earlier_recount_is_none_at_the_next(place, chair):
    made, staff, raised = recounted(place, chair)
    assert voiding.void(by=staff["chair"], at=AFTER, **said(made, raised)) is None
    count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    announced(made, staff)
    signing.recount(session=made.session, by=staff["chair"], words="再算一次", at=AFTER)
    made.session.refresh_from_db()
    assert voiding.void(by=staff["scrutineer1"], at=AFTER, **said(made, raised)) is None
    assert voiding.void(by=staff["chair"], at=AFTER, **said(made, raised)) is not None


def test_counting_again_within_a_recount_keeps_what_one_said(place, chair):
    made, staff, raised = recounted(place, chair)
    assert voiding.void(by=staff["chair"], at=AFTER, **said(made, raised)) is None
    count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    signing.sign(session=made.session, by=staff["teller1"], at=AFTER)
    assert voiding.void(by=staff["scrutineer1"], at=AFTER, **said(made, raised)) is not None


def test_two_scrutineers_are_one_office(place, chair):
    made, staff, raised = recounted(place, chair)
    for who in ("scrutineer1", "scrutineer2"):
        assert voiding.void(by=staff[who], at=AFTER, **said(made, raised)) is None


def test_only_by_an_objection_that_was_upheld_and_only_an_online_ballot(place, chair):
    made, staff, raised = recounted(place, chair, upheld=False)
    assert refused(voiding.void, by=staff["chair"], **said(made, raised)) == "not_upheld"
    raised = Objection.objects.create(
        compound=place.compound,
        session=made.session,
        about="result",
        words="x",
        raised_at=AFTER,
        upheld=True,
        answered_at=AFTER,
    )
    assert refused(voiding.void, by=staff["chair"], **said(made, raised, number="B099")) == "no_ballot"
    assert refused(voiding.void, by=staff["chair"], **said(made, raised, reason="late")) == "no_reason"
    Session.objects.filter(compound_id=place.compound.pk).update(state=State.COUNTED)
    assert refused(voiding.void, by=staff["chair"], **said(made, raised)) == "not_now"
    assert not Voiding.objects.filter(compound_id=place.compound.pk).exists()


def test_a_paper_is_read_again_instead(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 6, channel="paper"))
    announced(made, staff)
    raised = objected(place, made, staff)
    signing.recount(session=made.session, by=staff["chair"], words="异议成立", at=AFTER)
    assert refused(voiding.void, by=staff["chair"], **said(made, raised)) == "paper"


def test_on_its_page_the_other_reads_that_one_waits_and_not_what(place, chair):
    made, staff, raised = recounted(place, chair)
    form = {"number": "b001", "reason": "not_the_owner", "objection": str(raised.pk), "words": "看了监控"}
    browser, other, watcher = (place.client(staff[who]) for who in ("chair", "scrutineer1", "teller1"))
    assert "一张网上投的票无效" in text(browser.get(url(place, "count")))
    assert browser.post(url(place, "count-void"), {**form, "reason": ""}).status_code == 422
    assert browser.post(url(place, "count-void"), form).status_code == 302
    own = text(browser.get(url(place, "count")))
    assert "B001不是业主本人投的" in own and "别人认定了" not in own
    for reader, finds in ((other, True), (watcher, False)):
        page = text(reader.get(url(place, "count")))
        assert "别人认定了1张" in page and ("请您自己查" in page) is finds
        assert not [words for words in ("B001", "不是业主本人投的", "看了监控") if words in page]
    blank = other.get(f"{url(place, 'count-void')}?ballot=B001").content.decode()
    assert 'value="B001"' not in blank and "看了监控" not in blank and not re.search(r"<input[^>]*\bchecked\b", blank)
    assert other.post(url(place, "count-void"), form).status_code == 302
    assert Leaf.objects.filter(compound_id=place.compound.pk, kind="voided").count() == 1
    assert "一位认定无效" not in text(other.get(url(place, "count")))


def test_whoever_cast_it_is_told_why(place, chair):
    made, staff, raised = recounted(place, chair)
    owner, ballot = place.resident(), Leaf.objects.get(compound_id=place.compound.pk, ballot="B001")
    sql = "UPDATE assembly_leaf SET account_id = %s, party_id = %s WHERE id = %s AND compound_id = %s"
    run(sql, *(key(place, pk) for pk in (owner.account_id, made.parties[0].pk, ballot.pk, place.compound.pk)))
    page = url(place, "receipt", ballot.index)
    voiding.void(by=staff["chair"], at=AFTER, **said(made, raised))
    assert "认定这张票无效" not in text(place.client(owner).get(page))
    assert not Message.objects.filter(
        compound_id=place.compound.pk, account_id=owner.account_id, kind="assembly"
    ).exists()
    voiding.void(by=staff["scrutineer1"], at=AFTER, **said(made, raised))
    assert "认定这张票无效不是业主本人投的，本人也没有委托和追认（民法典第一百七十一条）" in text(
        place.client(owner).get(page)
    )
    told = Message.objects.get(compound_id=place.compound.pk, account_id=owner.account_id, kind="assembly")
    assert "B001号票不计" in told.body.replace(" ", "") and "第一百七十一条" in told.body


@pytest.mark.one_database
@pytest.mark.parametrize("state", [s.value for s in State if s != State.DRAFTING])
def test_chair_and_scrutineer_alone_and_at_a_recount_alone(place, chair, state):
    made, staff, raised = recounted(place, chair)
    Session.objects.filter(compound_id=place.compound.pk).update(state=state)
    everybody = {**staff, "owner": place.resident(), "manager": place.post(Role.PROPERTY_MANAGER)}
    for who, actor in everybody.items():
        mine = who in {"chair", "scrutineer1", "scrutineer2"}
        expected = 404 if not mine else 200 if state == "counting" else 302
        assert place.client(actor).get(url(place, "count-void")).status_code == expected, who
