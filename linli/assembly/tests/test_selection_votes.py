"""A property company chosen: what owners vote on, and the contract that follows."""

from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from linli.assembly.models import Item, Selection, ServiceContract, Session
from linli.assembly.queries import selections as queries
from linli.assembly.rules import selections as rules
from linli.assembly.services import drafting
from linli.assembly.services import selections as verbs
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW, SHANGHAI, compound

from . import choosing
from .choosing import (
    ANNOUNCED,
    COMES,
    CONTRACT,
    PDF,
    PUT,
    STANDS,
    announce,
    chosen,
    item_for,
    refused,
    scored,
    signed,
    voting,
)

# ── the vote ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_owners_are_asked_by_an_item_that_names_the_company(place):
    c = scored(place)
    wrong = item_for(c, matter_no=9)
    unnamed = item_for(c, title="选聘物业服务企业")
    for item, key in ((wrong, "item"), (unnamed, "unnamed")):
        assert refused(c, verbs.put, c.chair, PUT, bid=c.bids[0], item=item) == key
    second = item_for(c, title="选聘乙和物业服务有限公司")
    assert refused(c, verbs.put, c.chair, PUT, bid=c.bids[1], item=second) == "not_first"
    c.does(verbs.put, c.chair, PUT, bid=c.bids[1], item=second, reason="甲安撤回了")
    assert [(row.bid.number, row.reason) for row in queries.puts(c.made)] == [(2, "甲安撤回了")]


@pytest.mark.parametrize("ground", ["dismissed", "open_ended"])
def test_where_owners_dismiss_the_present_company_the_item_says_so(place, ground):
    c = scored(place)
    old, new = "解聘清和物业", "选聘甲安物业服务有限公司"
    Selection.objects.filter(compound_id=place.compound.pk).update(ground=ground)
    assert refused(c, verbs.put, c.chair, PUT, bid=c.bids[0], item=item_for(c)) == "not_dismissed"
    item = item_for(c, title=new, summary=f"{old}，另选一家")
    assert c.does(verbs.put, c.chair, PUT, bid=c.bids[0], item=item).item == item
    other = scored(compound("there"))
    Selection.objects.filter(compound_id=other.place.compound.pk).update(ground=ground)
    made = other.does(verbs.put, other.chair, PUT, bid=other.bids[0], item=None)
    assert made.item.title == f"{old}，{new}" and made.item.summary.startswith(f"{old}，甲安")


def test_the_session_with_its_item_is_drafted_by_one_press(place):
    c = scored(place)
    once = uuid4()
    for _ in range(2):
        made = c.does(verbs.put, c.chair, PUT, bid=c.bids[0], item=None, once=once)
    session = made.item.session
    assert Session.objects.filter(compound_id=place.compound.pk).count() == 1
    assert (session.state, session.body_id, session.ground) == ("drafting", c.made.body_id, "committee")
    assert (made.item.matter_no, made.item.form, made.item.title) == (4, "approve", "选聘甲安物业服务有限公司")
    assert made.item.summary == (
        "甲安物业服务有限公司，住宅每平方米每月 1.65 元，包干制，合同 36 个月。承诺：三十分钟到场"
    )
    assert session.opens_at == datetime(2026, 5, 24, 9, tzinfo=SHANGHAI)
    assert session.closes_at == datetime(2026, 6, 7, 18, tzinfo=SHANGHAI)


def test_the_second_company_needs_a_reason_before_anything_is_drafted(place):
    c = scored(place)
    assert refused(c, verbs.put, c.chair, PUT, bid=c.bids[1], item=None) == "not_first"
    assert not Session.objects.filter(compound_id=place.compound.pk).exists()


def test_an_item_that_carries_a_company_is_not_dropped_from_the_agenda(place):
    c = voting(place)
    item = queries.puts(c.made)[-1].item
    with pytest.raises(Refused) as no:
        drafting.drop_item(by=c.chair, session=item.session, item=item, at=PUT)
    assert no.value.refusal.key == "has_company" and Item.objects.filter(compound_id=place.compound.pk).count() == 1


def test_the_result_counts_when_it_stands(place):
    c = voting(place)
    assert refused(c, verbs.decide, c.chair, STANDS) == "not_announced"
    announce(c)
    assert refused(c, verbs.decide, c.chair, ANNOUNCED + timedelta(days=7)) == "objecting"
    c.does(verbs.decide, c.chair, STANDS)
    assert (c.made.state, c.made.chosen.company) == ("chosen", "甲安物业服务有限公司")


@pytest.mark.parametrize("result", ["rejected", "quorum_not_met"])
def test_a_company_that_owners_did_not_take_is_not_put_again(place, result):
    c = voting(place)
    announce(c, result)
    c.does(verbs.decide, c.chair, STANDS)
    assert c.made.state == "scored" and c.made.chosen is None
    again = item_for(c)
    assert refused(c, verbs.put, c.chair, STANDS, bid=c.bids[0], item=again) == "bid"
    other = item_for(c, title="选聘乙和物业服务有限公司")
    c.does(verbs.put, c.chair, STANDS, bid=c.bids[1], item=other, reason="第一家没有通过")
    assert c.made.state == "voting"


def test_a_session_that_was_given_up_lets_the_company_be_put_again(place):
    c = voting(place)
    drafting.cancel(by=c.chair, session=queries.puts(c.made)[-1].item.session, reason="重新安排", at=PUT)
    c.does(verbs.decide, c.chair, PUT)
    c.does(verbs.put, c.chair, PUT, bid=c.bids[0], item=item_for(c))
    assert [row.turn for row in queries.puts(c.made)] == [1, 2]


# ── the contract ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("more", "key"),
    [({"price_fen": 170}, "price"), ({"months": 60}, "months"), ({"starts_on": date(2026, 6, 1)}, "starts"),
     ({"handover_until": date(2026, 9, 1)}, "until"), ({"signed_on": date(2026, 7, 1)}, "future")],
)  # fmt: skip
def test_the_committee_signs_what_owners_voted_on(place, more, key):
    c = chosen(place)
    said = {**CONTRACT, "file": BytesIO(PDF), **more}
    assert refused(c, verbs.sign, c.chair, STANDS + timedelta(days=1), **said) == key


def test_a_contract_is_put_right_by_another_row_until_it_is_filed(place):
    c = signed(place)
    first = queries.contract_of(c.made)
    assert (first.ends_on, rules.without(first.clauses)) == (date(2029, 9, 30), ["fund", "rooms"])
    said = {**CONTRACT, "file": BytesIO(PDF), "signer": "罗红"}
    c.does(verbs.correct, c.chair, STANDS + timedelta(days=2), reason="签字人写错了", **said)
    rows = ServiceContract.objects.filter(compound_id=place.compound.pk).order_by("number")
    assert [(row.signer, row.corrects_id) for row in rows] == [("吴海", None), ("罗红", first.pk)]
    assert [row.signer for row in queries.contracts(place.compound.pk)] == ["罗红"]
    assert [row.signer for row in queries.corrections(rows[1])] == ["罗红", "吴海"]
    c.does(verbs.file, c.chair, COMES, filing_no="街备 12 号", filed_on=COMES.date(), filed_with="临溪街道")
    assert refused(c, verbs.correct, c.chair, COMES, reason="又错", **{**said, "file": BytesIO(PDF)}) == "wrong_state"


def test_a_contract_from_before_is_recorded_with_its_company(place):
    c = choosing.choice(place)
    said = {
        key: CONTRACT[key] for key in ("price_fen", "months", "signed_on", "starts_on", "notice_days", "clauses", "signer", "company_signer", "name")
    }  # fmt: skip
    said |= {"compound": place.compound, "fee_model": "lump_sum", "file": BytesIO(PDF), "at": NOW}
    with pytest.raises(Refused) as no:
        verbs.record_contract(by=c.chair, company=place.agency, **said)
    assert no.value.refusal.key == "company"
    made = verbs.record_contract(by=c.chair, company=place.property, **said)
    assert queries.company_of(made) == place.property.pk
    with pytest.raises(Refused):
        verbs.record_contract(by=c.manager, company=place.property, **said)
