"""What is lawful on which day: the register that was agreed to, the days of objections, who called the session."""

from datetime import timedelta

import pytest
import time_machine

from linli.assembly.models import Session
from linli.assembly.queries.prints import session_notice
from linli.assembly.queries.register import register_until
from linli.assembly.rules.sessions import State
from linli.assembly.services import convening, drafting, filing, objections, register
from linli.assembly.tests import stage
from linli.assembly.tests.test_afterwards import AFTER, PASSING, adopted, announced, counted, delivered
from linli.assembly.tests.test_casting import bound
from linli.assembly.tests.test_session_pages import get
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.people.models import Organisation, Ownership, Person, Post
from linli.people.rules import Body, Role


def fresh(made) -> Session:
    return Session.objects.select_related("body").get(pk=made.session.pk, compound_id=made.session.compound_id)


@pytest.mark.parametrize("rules", [{"count_parking": True}, {"developer": "某某公司"}, {"area_basis": "inner_area"}])
def test_register_of_other_rules_is_built_anew_before_the_notice(place, chair, rules):
    stage.owned(place)
    made = stage.drafted(place, chair)
    register.build(by=chair, session=made.session, at=NOW)
    drafting.set_rules(by=chair, session=fresh(made), rules={"extension_days": 5}, at=NOW)
    assert fresh(made).register_parties
    drafting.set_rules(by=chair, session=fresh(made), rules=rules, at=NOW)
    assert fresh(made).register_parties == 0
    with pytest.raises(Refused) as no:
        convening.give_notice(by=chair, session=made.session, at=NOW)
    assert no.value.refusal.key == "no_register"


def test_who_agreed_to_lock_one_register_has_not_agreed_to_another(place, chair):
    stage.owned(place)
    made = stage.noticed(place, chair)
    convening.freeze(by=made.officers["chair"], session=made.session, at=stage.FROZEN)
    Ownership.objects.filter(compound_id=place.compound.pk, home=place.homes[1]).update(
        person=Person.objects.get(compound_id=place.compound.pk, name="业主0")
    )
    session = register.build(by=chair, session=made.session, at=stage.FROZEN, reason="卖了一套")
    until = register_until(session)
    later = stage.FROZEN + timedelta(days=(until - stage.FROZEN.date()).days + 1)
    session, sheets = convening.freeze(by=made.officers["scrutineer"], session=made.session, at=later)
    assert (sheets, session.register_frozen_at) == ((), None)
    session, sheets = convening.freeze(by=made.officers["chair"], session=made.session, at=later)
    assert len(sheets) == 3
    assert session.register_frozen_at


def test_first_session_told_of_fifteen_days_before_opens_on_its_day(place, chair):
    stage.owned(place)
    day = NOW + timedelta(days=15)
    group = Organisation.objects.create(kind=Body.PREPARATORY, name="筹备组", compound=place.compound)
    by = place.post(Role.PREPARATORY_MEMBER, body=group)
    made = stage.drafted(place, by, opens_at=day, closes_at=day + timedelta(days=10))
    register.build(by=by, session=made.session, at=NOW)
    convening.give_notice(by=by, session=made.session, at=NOW)
    with pytest.raises(Refused) as no:
        convening.freeze(by=made.officers["chair"], session=made.session, at=day - timedelta(days=1))
    assert no.value.refusal.key == "objecting"
    for who in ("chair", "scrutineer"):
        convening.freeze(by=made.officers[who], session=made.session, at=day)
    for who in ("chair", "scrutineer"):
        session = convening.open_voting(by=made.officers[who], session=made.session, at=day)
    assert session.state == State.OPEN


def test_result_is_objected_to_until_its_day_though_it_is_filed(place, chair):
    with time_machine.travel(AFTER, tick=False):
        made, staff = counted(place, chair, PASSING)
        announced(made, staff)
        delivered(place, made)
        adopted(made, staff)
    filing.file(by=staff["chair"], session=made.session, words="", at=AFTER + timedelta(minutes=5))
    made.owners = [[Person.objects.get(compound_id=place.compound.pk, name="p1")]]
    by, session = bound(place, made, 1), fresh(made)
    assert session.state == State.FILED
    assert objections.object_to(
        by=by, session=session, about="result", words="少数了一张", at=AFTER + timedelta(days=1)
    )
    late = AFTER + timedelta(days=9)
    with pytest.raises(Refused) as no:
        objections.object_to(by=by, session=session, about="result", words="又少数了一张", at=late)
    assert no.value.refusal.key == "objections_over"
    page = get(place, by, "session", session.number, at=late).content.decode()
    assert "异议期到" in page and "do/object_result/" not in page


def test_notice_says_who_called(place, chair):
    group = Organisation.objects.create(kind=Body.PREPARATORY, name="筹备组", compound=place.compound)
    by = place.post(Role.PREPARATORY_MEMBER, body=group)
    session = Session.objects.select_related("body").get(compound_id=place.compound.pk, pk=stage.draft(place, by).pk)
    session.noticed_at, session.record_on = NOW, NOW.date()
    assert session_notice(session, "x", "").ground == "首次业主大会会议筹备组召集"


def test_where_the_community_has_nobody_the_notice_says_that_it_must_be_told_on_paper(place, chair):
    stage.owned(place)
    made = stage.drafted(place, chair)
    register.build(by=chair, session=made.session, at=NOW)
    said = "书面告知，留好回执"
    place.post(Role.COMMUNITY_WORKER)
    assert said not in get(place, chair, "do", 1, "notice", at=NOW).content.decode()
    Post.objects.filter(organisation=place.community).update(to_day=NOW.date() - timedelta(days=3))
    assert said in get(place, chair, "do", 1, "notice", at=NOW).content.decode()
