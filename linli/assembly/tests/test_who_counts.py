"""A count that somebody can finish: enough people before the box is opened, and others in the place of who falls ill."""

from uuid import uuid4

import pytest

from linli.assembly.models import Officer, Replacement
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import count, officers, reading, sheets, signing
from linli.assembly.tests import boxes, makers
from linli.assembly.tests.boxes import AFTER
from linli.kernel.refusal import Refused
from linli.notices.models import Message
from linli.people.models import Account
from linli.people.rules import Role
from linli.plumbing.addresses import address
from linli.plumbing.models import AuditEntry


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


def counted(place, chair, *signers):
    made = boxes.laid(place, boxes.case(*["approve"] * 7), by=chair)
    staff = boxes.officers(place, made, chair=chair)
    boxes.opened(made, staff)
    count.tally(session=made.session, by=staff["teller1"], at=AFTER)
    for who in signers:
        signing.sign(session=made.session, by=staff[who], at=AFTER)
    return made, staff


def held_by(made, actor):
    return Officer.objects.get(compound_id=made.session.compound_id, account_id=actor.account_id)


def put(place, made, chair, gone, name="丙", words="住院了"):
    by = place.post(Role.COMMUNITY_WORKER, name=name)
    phone = Account.objects.get(pk=by.account_id).phone
    row = officers.replace_officer(
        by=chair, session=made.session, officer=held_by(made, gone), name=name, phone=phone, sworn=True, words=words, at=AFTER
    )  # fmt: skip
    return by, row


def agree(made, row, by):
    return officers.agree_replacement(by=by, session=made.session, replacement=row, at=AFTER)


def test_another_teller_signs_in_the_place_of_who_fell_ill(place, chair):
    made, staff = counted(place, chair, "teller1", "scrutineer1", "scrutineer2")
    other, row = put(place, made, chair, staff["teller2"])
    with pytest.raises(Refused):
        signing.sign(session=made.session, by=other, at=AFTER)
    agree(made, row, staff["scrutineer1"])
    signing.sign(session=made.session, by=other, at=AFTER)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTED


def test_who_will_not_sign_is_not_passed_by(place, chair):
    made, staff = counted(place, chair, "teller1", "scrutineer1", "scrutineer2")
    for act in (
        lambda: officers.release_officer(by=chair, session=made.session, officer=held_by(made, staff["teller2"]), at=AFTER),
        lambda: named(place, made, chair, "teller", "丙"),
        lambda: put(place, made, chair, staff["teller2"], words=" "),
        lambda: agree(made, put(place, made, chair, staff["teller2"], "丁")[1], staff["teller1"]),
        lambda: agree(made, put(place, made, chair, staff["scrutineer1"], "戊")[1], staff["scrutineer1"]),
    ):  # fmt: skip
        with pytest.raises(Refused):
            act()
    assert held_by(made, staff["teller2"]).left_at is None


def test_signature_of_who_was_replaced_counts_no_more(place, chair):
    made, staff = counted(place, chair, "teller1", "scrutineer1", "scrutineer2")
    other, row = put(place, made, chair, staff["teller1"])
    agree(made, row, staff["scrutineer2"])
    signing.sign(session=made.session, by=other, at=AFTER)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTING
    signing.sign(session=made.session, by=staff["teller2"], at=AFTER)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTED


def test_once_signed_only_the_chair_is_replaced(place, chair):
    made, staff = counted(place, chair, "teller1", "teller2", "scrutineer1", "scrutineer2")
    with pytest.raises(Refused, match="签过字"):
        put(place, made, chair, staff["teller1"])
    agree(made, put(place, made, chair, staff["chair"])[1], staff["scrutineer1"])
    assert held_by(made, staff["chair"]).left_at == AFTER


def test_everybody_reads_why_and_a_scrutineer_agrees_on_the_page(place, chair):
    made, staff = counted(place, chair)
    phone = Account.objects.get(pk=place.post(Role.COMMUNITY_WORKER, name="丙").account_id).phone
    release = address("assembly:release", place.slug, made.session.number, held_by(made, staff["teller2"]).pk)
    given = {"once": uuid4(), "name": "丙", "phone": phone, "sworn": "on", "words": "她不肯签字"}
    assert place.client(chair).post(release, {**given, "words": ""}).status_code == 422
    assert place.client(chair).post(release, given).status_code == 302
    page = address("assembly:session", place.slug, made.session.number)
    owner = place.client(place.resident()).get(page).content.decode()
    assert "原因：她不肯签字" in owner and "等一位监票人同意" in owner and "replacements" not in owner
    href = address(
        "assembly:replaced", place.slug, made.session.number, Replacement.objects.get(compound_id=place.compound.pk).pk
    )
    assert (
        href
        in place.client(staff["scrutineer1"])
        .get(address("assembly:count", place.slug, made.session.number))
        .content.decode()
    )
    assert [
        place.client(staff[who]).get(href).status_code for who in ("teller1", "clerk1", "chair", "scrutineer1")
    ] == [404] * 3 + [200]
    assert place.client(staff["scrutineer1"]).post(href, {"once": uuid4()}).status_code == 302
    owner = place.client(place.resident(name="乙")).get(page).content.decode()
    assert "一位监票人同意" in owner and "等一位" not in owner


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
    leaves = address("assembly:release", place.slug, made.session.number, held_by(made, staff["clerk2"]).pk)
    assert "录过的 1 张票仍然有效" in place.client(chair).get(leaves).content.decode()
    agree(made, put(place, made, chair, staff["clerk2"])[1], staff["scrutineer1"])
    assert not reads(staff["clerk1"], "approve")
    assert reads(staff["teller1"], "approve")


def test_what_follows_is_said_before_anybody_presses(place, chair):
    made, staff = counted(place, chair, "teller1")
    page = {
        who: place.client(chair).get(address("assembly:release", place.slug, made.session.number, held_by(made, staff[who]).pk))
        for who in ("teller1", "teller2", "clerk1")
    }  # fmt: skip
    said = {who: answer.context["follows"] for who, answer in page.items()}
    assert said["teller1"][0].startswith("计票结果上签的字不再算数") and said["teller2"][0].startswith(
        "还没在计票结果上签字"
    )
    assert "密钥纸用不上了" in said["teller1"][1]
    assert "密钥纸" not in "".join(said["clerk1"]) and "录过" not in "".join(said["clerk1"])
    assert all(line in page["clerk1"].content.decode() for line in said["clerk1"])
    _by, row = put(place, made, chair, staff["teller1"])
    agreed = place.client(staff["scrutineer1"]).get(
        address("assembly:replaced", place.slug, made.session.number, row.pk)
    )
    assert agreed.context["follows"] == said["teller1"]


def test_who_leaves_with_a_sheet_of_the_key_is_asked_for_it(place, chair):
    made = boxes.laid(place, boxes.case(*["approve"] * 7), by=chair)
    staff = boxes.officers(place, made, chair=chair)
    row = held_by(made, staff["teller1"])
    sheets.hand(session=made.session, by=chair, place=2, officer=row.pk, at=AFTER)
    said = (
        place.client(chair).get(address("assembly:release", place.slug, made.session.number, row.pk)).context["follows"]
    )
    assert said[0].startswith("密钥纸第 2 张还在这一位手里")


# ── all scrutineers gone ────────────────────────────────────────────────────────────────────────────────────────────


def test_where_both_scrutineers_fell_ill_the_community_agrees_to_the_first_and_he_to_the_second(place, chair):
    made, staff = counted(place, chair, "teller1", "teller2")
    community = place.post(Role.COMMUNITY_SECRETARY, name="书记")
    first, row = put(place, made, chair, staff["scrutineer1"])
    assert refusal(made, row, community) == "scrutineer"  # the other is still there
    assert not Message.objects.filter(compound_id=place.compound.pk, title__startswith="监票人都要换").exists()
    second, other = put(place, made, chair, staff["scrutineer2"], "丁")
    told = Message.objects.filter(compound_id=place.compound.pk, title__startswith="监票人都要换")
    assert {community.account_id, staff["scrutineer1"].account_id} <= set(told.values_list("account_id", flat=True))
    agree(made, row, community)
    assert held_by(made, staff["scrutineer1"]).left_at == AFTER
    assert refusal(made, other, community) == "scrutineer"  # now there is one again
    agree(made, other, first)
    entries = AuditEntry.objects.filter(compound_id=place.compound.pk, act="session_agree_officer").order_by("at", "id")
    assert [one.account_id for one in entries] == [community.account_id, first.account_id]
    for by in (first, second):
        signing.sign(session=made.session, by=by, at=AFTER)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTED


def refusal(made, row, by):
    with pytest.raises(Refused) as no:
        agree(made, row, by)
    return no.value.refusal.key


def test_the_community_agrees_to_nobody_else_and_not_to_itself(place, chair):
    made, staff = counted(place, chair)
    community = place.post(Role.COMMUNITY_SECRETARY, name="书记")
    comes, row = put(place, made, chair, staff["scrutineer1"])
    _second, other = put(place, made, chair, staff["scrutineer2"], "丁")
    _teller, teller = put(place, made, chair, staff["teller1"], "戊")
    assert refusal(made, teller, community) == "scrutineer"
    assert refusal(made, row, comes) == "the_other"  # who comes does not agree to himself, of the community or not
    for by in (chair, staff["teller2"], place.resident(), place.post(Role.PROPERTY_MANAGER)):
        assert refusal(made, row, by) == "not_yours"
    agree(made, other, community)


def test_the_page_says_whose_word_is_waited_for_and_leads_the_community_there(place, chair):
    made, staff = counted(place, chair)
    community = place.post(Role.COMMUNITY_SECRETARY, name="书记")
    page = address("assembly:session", place.slug, made.session.number)
    _first, row = put(place, made, chair, staff["scrutineer1"])
    href = address("assembly:replaced", place.slug, made.session.number, row.pk)
    browser = place.client(community)
    assert browser.get(href).status_code == 404 and href not in browser.get(page).content.decode()
    put(place, made, chair, staff["scrutineer2"], "丁")
    seen = browser.get(page).content.decode()
    assert href in seen and "等社区工作人员同意第一位" in seen
    assert browser.get(href).status_code == 200
    assert [place.client(by).get(href).status_code for by in (chair, staff["teller1"], place.resident())] == [404] * 3
    goes = place.client(staff["scrutineer1"])  # who goes does not agree to it, and is not led there
    assert goes.get(href).status_code == 404 and href not in goes.get(page).content.decode()
    once = {"once": uuid4()}
    assert [browser.post(href, once).status_code for _ in range(2)] == [302, 302]
    assert "监票人都换，社区工作人员同意" in place.client(place.resident(name="乙")).get(page).content.decode()
