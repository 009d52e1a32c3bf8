"""A count that somebody can finish: enough people before the box is opened, and others in the place of who falls ill."""

import pytest

from linli.assembly.models import Officer
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import count, officers, reading, signing
from linli.assembly.tests import boxes, makers
from linli.assembly.tests.boxes import AFTER
from linli.kernel.refusal import Refused
from linli.people.models import Account
from linli.people.rules import Role


def said(made, choice):
    return reading.plain({"1": choice}, owner=boxes.mark_of(made, 1))


def named(place, made, chair, office, name):
    by = place.post(Role.COMMUNITY_WORKER, name=name)
    phone = Account.objects.get(pk=by.account_id).phone
    officers.name_officer(by=chair, session=made.session, office=office, name=name, sworn=True, phone=phone, at=AFTER)
    return by


def test_box_stays_shut_until_two_of_each_can_sign(place, chair):
    made = boxes.laid(place, boxes.case(*["approve"] * 7), by=chair)
    makers.officer(made, Office.CHAIR, chair, "吴海")
    makers.officer(made, Office.TELLER, place.post(Role.COMMITTEE_MEMBER, name="甲"), "甲")
    one = makers.officer(made, Office.SCRUTINEER, place.post(Role.COMMITTEE_MEMBER, name="乙"), "乙")
    with pytest.raises(Refused) as no:
        boxes.opened(made, {"scrutineer1": one, "chair": chair})
    assert (no.value.refusal.key, no.value.refusal.values) == ("few", {"t": 1, "s": 1})
    named(place, made, chair, "teller", "丙")
    named(place, made, chair, "scrutineer", "丁")
    boxes.opened(made, {"scrutineer1": one, "chair": chair})
    assert made.session.state == State.COUNTING


def test_another_teller_signs_in_the_place_of_who_fell_ill(place, chair):
    made = boxes.laid(place, boxes.case(*["approve"] * 7), by=chair)
    staff = boxes.officers(place, made, chair=chair)
    boxes.opened(made, staff)
    count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    for who in ("teller1", "scrutineer1", "scrutineer2"):
        signing.sign(session=made.session, by=staff[who], at=AFTER)
    ill = Officer.objects.get(compound_id=place.compound.pk, account_id=staff["teller2"].account_id)
    officers.release_officer(by=chair, session=made.session, officer=ill, at=AFTER)
    signing.sign(session=made.session, by=named(place, made, chair, "teller", "丙"), at=AFTER)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTED


def test_where_one_of_two_who_differ_is_gone_another_looks_in_his_place(place, chair):
    made = boxes.laid(place, boxes.case(*["approve"] * 6, channel="paper"), by=chair, entered=False)
    staff = boxes.officers(place, made, chair=chair)
    boxes.opened(made, staff)

    def reads(by, choice):
        return reading.read_paper(session=made.session, by=by, number="B001", said=said(made, choice), at=AFTER)

    reads(staff["clerk1"], "approve")
    reads(staff["clerk2"], "against")
    with pytest.raises(Refused) as no:
        reads(staff["teller1"], "approve")
    assert no.value.refusal.key == "the_two"
    gone = Officer.objects.get(compound_id=place.compound.pk, account_id=staff["clerk2"].account_id)
    officers.release_officer(by=chair, session=made.session, officer=gone, at=AFTER)
    assert not reads(staff["clerk1"], "approve")
    assert reads(staff["teller1"], "approve")
