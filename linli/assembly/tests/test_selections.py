"""A property company chosen (domain M43): each step lawful or refused with its reason, nothing settled in silence."""

from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from linli.assembly.models import HandOver, Item, Score, Selection, ServiceContract, Session
from linli.assembly.models import selections as selection_models
from linli.assembly.queries import selections as queries
from linli.assembly.rules import selections as rules
from linli.assembly.services import drafting
from linli.assembly.services import selections as verbs
from linli.assembly.tasks import tell_late_hand_overs
from linli.kernel.refusal import Refused
from linli.matters import services as matters
from linli.matters.tests.makers import NOW, SHANGHAI, compound
from linli.notices.models import Message, Posting
from linli.people.models import Account, Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7
from linli.plumbing.tests.threads import together

from . import choosing
from .choosing import (
    ANNOUNCED,
    BIDS,
    CALLED,
    COMES,
    COMMENTS,
    CONTRACT,
    ENDS,
    OPENED,
    PDF,
    PLAN,
    PUT,
    STANDS,
    UNTIL,
    announce,
    bidding,
    chosen,
    entered,
    filed,
    item_for,
    opened,
    planned,
    scored,
    signed,
    started,
    voting,
)


def refused(c, verb, by, at=NOW, **more) -> str:
    with pytest.raises(Refused) as no:
        c.does(verb, by, at, **more)
    return no.value.refusal.key


# ── the start and the notice ────────────────────────────────────────────────────────────────────────────────────────


def test_the_head_of_the_committee_starts_it_and_one_runs_at_a_time(place):
    c = started(place)
    once, said = uuid7(), {"compound": place.compound, "ground": "expiry", "contact": "业委会", "at": NOW}
    for by, why in ((c.writer, "not_yours"), (c.manager, "not_yours"), (c.chair, "running")):
        with pytest.raises(Refused) as no:
            verbs.start(by=by, once=once, **said)
        assert no.value.refusal.key == why
    c.does(verbs.cancel, c.chair, NOW, reason="先不换了")
    again = verbs.start(by=c.chair, once=once, **said)
    assert verbs.start(by=c.chair, once=once, **said) == again and again.number == 2
    assert [again.old, again.state] == [place.property, "preparing"]


def test_the_reason_fits_whether_a_company_is_there(place):
    with pytest.raises(Refused) as no:
        started(place, ground="none")
    assert no.value.refusal.key == "company"
    with pytest.raises(Refused) as no:
        started(compound("bare", unmanaged=True))
    assert no.value.refusal.key == "no_old"


@pytest.mark.parametrize(
    ("ground", "days", "key"), [("expiry", 60, ""), ("expiry", 59, "too_short"), ("leaves", 20, "")]
)
def test_the_written_notice_comes_sixty_days_before_the_end(place, ground, days, key):
    c = started(place, ground=ground)
    said = {"given_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=days), "delivered": "当面签收"}
    if key:
        assert refused(c, verbs.give_notice, c.chair, **said) == key
        agreed = {**said, "agreed": 30}
        assert refused(c, verbs.give_notice, c.chair, **agreed) == "no_clause"
        c.does(verbs.give_notice, c.chair, NOW, **agreed, clause="合同第十二条")
    else:
        c.does(verbs.give_notice, c.chair, NOW, **said)
    assert c.made.given_on == NOW.date() and Posting.objects.get(compound_id=place.compound.pk).kind == "announcement"
    assert refused(c, verbs.give_notice, c.chair, **said) == "given"


def test_who_is_dismissed_is_told_when_the_owners_have_voted(place):
    c = started(place, ground="dismissed")
    said = {"given_on": NOW.date(), "ends_on": ENDS, "delivered": "当面签收"}
    assert refused(c, verbs.give_notice, c.chair, **said) == "undecided"
    assert rules.may_give_notice(
        ground="dismissed", decided=True, given=False, agreed=None, clause="", today=NOW.date(), given_on=NOW.date(), ends_on=ENDS
    ) is None  # fmt: skip


# ── the plan ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("criteria", "key"),
    [
        ([("方案", 60), ("报价", 40)], ""),
        ([("方案", 60), ("报价", 39)], "total"),
        ([("方案", 100)], "criteria"),
        ([("方案", 50), ("方案", 50)], "twice"),
        ([("方案", 100), ("报价", 0)], "points"),
    ],
)
def test_points_are_whole_and_make_a_hundred(criteria, key):
    no = rules.check_criteria(criteria)
    assert (no.key if no else "") == key


def test_a_plan_waits_for_notice_scorers_and_its_own_days(place):
    c = started(place)
    c.does(verbs.set_plan, c.writer, NOW, **PLAN)
    assert refused(c, verbs.put_up, c.chair) == "no_notice"
    c.does(verbs.give_notice, c.chair, NOW, given_on=NOW.date(), ends_on=ENDS, delivered="当面签收")
    assert refused(c, verbs.put_up, c.chair) == "scorers"
    choosing.name_scorers(c)
    assert refused(c, verbs.put_up, c.writer) == "not_yours"
    assert refused(c, verbs.put_up, c.chair, NOW + timedelta(days=9)) == "comments"
    c.does(verbs.put_up, c.chair, NOW)
    assert "方案 40 分" in Posting.objects.get(compound_id=place.compound.pk, kind="public_notice").body
    c.does(verbs.set_plan, c.writer, NOW, **{**PLAN, "least": 3})
    assert c.made.state == "preparing"


def test_scorers_declare_no_interest_and_none_is_of_a_property_company(place):
    c = started(place)
    phone = Account.objects.get(pk=c.manager.account_id).phone
    said = {"name": "周一平", "side": "expert"}
    assert refused(c, verbs.name_scorer, c.writer, **said, declared=False) == "undeclared"
    assert refused(c, verbs.name_scorer, c.writer, **said, declared=True, phone=phone) == "property"
    assert refused(c, verbs.name_scorer, c.writer, **said, declared=True, phone="13800009999") == "no_account"
    c.does(verbs.name_scorer, c.writer, NOW, **said, declared=True)
    assert refused(c, verbs.name_scorer, c.writer, **said, declared=True) == "named"


def test_the_call_waits_until_opinions_are_heard_and_answered(place):
    c = planned(place)
    owner = place.resident()
    row = c.does(verbs.object_to, owner, NOW, words="报价的分太少")
    assert (row.about, row.name) == ("plan", "李小满")
    assert refused(c, verbs.call, c.chair, CALLED - timedelta(days=1), until=BIDS) == "commenting"
    assert refused(c, verbs.call, c.chair, CALLED, until=BIDS) == "objections"
    c.does(verbs.answer, c.chair, CALLED, objection=row, upheld=False, words="服务更要紧")
    assert refused(c, verbs.call, c.chair, CALLED, until=CALLED.date() + timedelta(days=14)) == "too_short"
    c.does(verbs.call, c.chair, CALLED, until=BIDS)
    assert c.made.state == "bidding"
    assert refused(c, verbs.set_plan, c.writer, CALLED, **PLAN) == "wrong_state"


# ── bids ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_envelopes_stay_closed_until_the_last_day_is_over(place):
    c = bidding(place)
    assert [bid.price_fen for bid in c.bids] == [None, None]
    assert refused(c, verbs.enter, c.writer, CALLED, bid=c.bids[0], price_fen=1, promise="好") == "wrong_state"
    again = {"company": "甲安 物业服务有限公司", "contact": "林建", "phone": "0000"}
    assert refused(c, verbs.receive, c.writer, CALLED, **again) == "again"
    assert refused(c, verbs.receive, c.writer, OPENED, **{**again, "company": "丙"}) == "late"
    witnesses = {"witnesses": ["苏文", "何静"]}
    assert refused(c, verbs.open_bids, c.chair, OPENED - timedelta(days=1), **witnesses) == "bidding"
    assert refused(c, verbs.open_bids, c.chair, OPENED, witnesses=["苏文", " 苏文"]) == "witnesses"
    c.does(verbs.open_bids, c.chair, OPENED, **witnesses)
    assert c.made.witnesses == ["苏文", "何静"]


def test_too_few_bids_are_given_more_time_once(place):
    c = bidding(place, companies=choosing.COMPANIES[:1], least=2)
    witnesses = {"witnesses": ["苏文", "何静"]}
    assert refused(c, verbs.open_bids, c.chair, OPENED, **witnesses) == "too_few"
    assert refused(c, verbs.extend, c.chair, OPENED, until=OPENED.date(), reason="少") == "earlier"
    c.does(verbs.extend, c.chair, OPENED, until=date(2026, 5, 10), reason="只有一家")
    assert refused(c, verbs.open_bids, c.chair, OPENED, **witnesses) == "bidding"
    c.does(verbs.open_bids, c.chair, OPENED + timedelta(days=20), **witnesses)
    assert c.made.state == "scoring"


def test_a_bid_above_the_plans_price_is_ruled_out_and_stays_to_be_read(place):
    c = bidding(place)
    c.does(verbs.open_bids, c.chair, OPENED, witnesses=["苏文", "何静"])
    first = c.bids[0]
    assert refused(c, verbs.enter, c.writer, OPENED, bid=first, price_fen=201, promise="好") == "cap"
    c.does(verbs.rule_out, c.chair, OPENED, bid=first, reason="报价 2.01 元，超过最高价")
    assert [bid.number for bid in c.bids] == [1, 2] and len(queries.standing(c.bids)) == 1
    assert refused(c, verbs.score, c.scorers["a"], OPENED, bid=first, points=[1, 1, 1]) == "ruled_out"


def test_documents_of_a_bid_are_kept_sealed(place):
    c = opened(place)
    assert refused(c, verbs.add_paper, c.writer, OPENED, bid=c.bids[0], file=BytesIO(b"MZ"), name="x") == "paper_kind"
    c.does(verbs.add_paper, c.writer, OPENED, bid=c.bids[0], file=BytesIO(PDF), name="服务方案")
    assert [paper.name for paper in queries.papers(c.made)[c.bids[0].pk]] == ["服务方案"]


# ── scores ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_program_adds_up_whole_points(place):
    c = opened(place)
    choosing.scores(c)
    rows = queries.ranking(c.made, c.bids, queries.scorers(c.made))
    assert [(row.rank, row.bid.number, row.total, row.each, row.by) for row in rows] == [
        (1, 1, 247, (109, 63, 75), (81, 83, 83)),
        (2, 2, 242, (89, 90, 63), (80, 82, 80)),
    ]
    assert [rules.average(row.total, 3) for row in rows] == ["82.33", "80.67"]


def test_equal_sums_are_equal_ranks():
    assert rules.ranks({1: 80, 2: 90, 3: 90}) == [(1, 2), (1, 3), (3, 1)]
    assert [rules.average(1, 8), rules.average(0, 0)] == ["0.13", "0.00"]


@pytest.mark.parametrize(("points", "key"), [([41, 0, 0], "range"), ([1, 1], "missing"), ([-1, 1, 1], "range")])
def test_points_outside_the_plan_are_refused(place, points, key):
    c = opened(place)
    assert refused(c, verbs.score, c.scorers["a"], OPENED, bid=c.bids[0], points=points) == key


def test_a_score_changed_is_a_new_row_with_its_reason(place):
    c = opened(place)
    said = {"bid": c.bids[0], "points": [1, 1, 1]}
    c.does(verbs.score, c.scorers["a"], OPENED, **said)
    assert refused(c, verbs.score, c.scorers["a"], OPENED, bid=c.bids[0], points=[2, 1, 1]) == "no_reason"
    c.does(verbs.score, c.scorers["a"], OPENED, bid=c.bids[0], points=[2, 1, 1], reason="看错了一页")
    assert list(Score.objects.filter(compound_id=place.compound.pk).values_list("turn", "total")) == [(1, 3), (2, 4)]
    assert refused(c, verbs.enter, c.writer, OPENED, bid=c.bids[0], price_fen=150, promise="好") == "scored"


def test_nobody_scores_for_who_can_do_it_himself_and_the_sums_wait_for_all(place):
    c = opened(place)
    first, _second, expert = queries.scorers(c.made)
    said = {"bid": c.bids[0], "points": [1, 1, 1]}
    assert refused(c, verbs.enter_score, c.writer, OPENED, scorer=first, **said) == "own"
    assert refused(c, verbs.score, c.chair, OPENED, **said) == "not_yours"
    choosing.scores(c)
    c.does(verbs.release_scorer, c.chair, OPENED, scorer=expert, reason="和一家公司有往来")
    rows = queries.ranking(c.made, c.bids, queries.scorers(c.made))
    assert [row.total for row in rows] == [164, 162]
    c = scored(compound("there"))
    assert "第 1 名：甲安" in Posting.objects.filter(compound_id=c.place.compound.pk).latest("drafted_at").body


def test_missing_scores_hold_up_the_sums(place):
    c = opened(place)
    assert refused(c, verbs.publish, c.chair, OPENED) == "missing"


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


# ── coming and going ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_new_company_comes_when_the_old_contract_is_over(place):
    c = filed(place)
    said = {"manager": "林建", "phone": "13812340001"}
    assert refused(c, verbs.admit, c.chair, COMES - timedelta(days=1), **said) == "not_ended"
    c.does(verbs.admit, c.chair, COMES, **said)
    body = c.made.new
    assert (body.name, body.kind) == ("甲安物业服务有限公司", Body.PROPERTY)
    post = Post.objects.get(organisation=body)
    assert (post.kind, post.obtained, post.from_day, post.holder_name) == (
        "property_manager",
        "chosen",
        COMES.date(),
        "林建",
    )
    assert matters.intake.responsible(place.compound, "property") == body


def test_the_old_company_goes_when_its_open_matters_are_anothers(place):
    c = entered(place)
    desk = place.post(Role.FRONT_DESK)
    m = place.matter(place.resident())
    m = matters.triage(by=desk, matter=m, category="0101", level="compound", urgency="normal", at=NOW)
    matters.dispatch(by=desk, matter=m, body=place.property, at=NOW)
    assert refused(c, verbs.leave, c.chair, COMES) == "open_matters"
    assert refused(c, verbs.hand_on_work, c.writer, COMES) == "not_yours"
    once = uuid4()
    for _ in range(2):
        c.does(verbs.hand_on_work, c.chair, COMES, once=once)
    m.refresh_from_db()
    assert (m.handler_body_id, m.handler_post_id) == (c.made.new_id, None)
    told = Message.objects.filter(compound_id=place.compound.pk, kind="hand_on")
    assert [row.title for row in told.filter(account_id=m.reporter_account_id)] == [
        f"第 {m.label} 号，原来由清和物业办，现在转给甲安物业服务有限公司接着办"
    ]
    assert AuditEntry.objects.get(compound_id=place.compound.pk, act="selection_hand_on").data == {"matters": 1}
    c.does(verbs.leave, c.chair, COMES)
    assert Organisation.objects.get(pk=place.property.pk).ended_on == COMES.date()
    assert all(post.to_day for post in Post.objects.filter(organisation=place.property))
    assert c.made.state == "entered"
    assert refused(c, verbs.leave, c.chair, COMES) == "left"


def test_each_thing_is_handed_over_by_two_and_what_is_lacking_stays_open(place):
    c = entered(place)
    said = {"key": "keys", "what": "门禁卡 12 张，钥匙 3 串"}
    assert refused(c, verbs.take, c.chair, COMES, **said) == "not_given"
    assert refused(c, verbs.give, c.writer, COMES, **said) == "no_words"
    c.does(verbs.give, c.manager, COMES, **said)
    assert refused(c, verbs.give, c.manager, COMES, **said) == "given"
    c.does(verbs.take, c.chair, COMES, **said, lacking="少一串地下室钥匙")
    rows = queries.handed(c.made)["keys"]
    assert (queries.thing_of(rows), [row.side for row in rows]) == (rules.Thing.SHORT, ["gave", "took"])
    assert rows[0].gave == "清和物业 物业经理" and rows[1].took == "业委会 业委会主任"
    c.does(verbs.give, c.writer, COMES, key="keys", what="地下室钥匙一串", name="周一平")
    assert refused(c, verbs.take, c.writer, COMES, key="keys", what="地下室钥匙一串") == "same"
    c.does(verbs.take, c.chair, COMES, key="keys", what="地下室钥匙一串")
    assert queries.thing_of(queries.handed(c.made)["keys"]) == rules.Thing.DONE
    assert refused(c, verbs.give, c.manager, COMES, **said) == "done"


def test_it_is_done_when_all_is_handed_over_and_the_old_company_gone(place):
    c = entered(place)
    for key in rules.HANDED:
        c.does(verbs.give, c.manager, COMES, key=key, what="按清单")
        c.does(verbs.take, c.chair, COMES, key=key, what="按清单")
    assert c.made.state == "entered"
    c.does(verbs.leave, c.chair, COMES)
    assert (c.made.state, c.made.done_at) == ("done", COMES)
    assert HandOver.objects.filter(compound_id=place.compound.pk).count() == 12


def test_a_late_list_is_told_once_to_both_companies_committee_and_community(place):
    secretary = place.post(Role.COMMUNITY_SECRETARY)
    c = entered(place)
    late = COMES + timedelta(days=12)
    assert tell_late_hand_overs(COMES + timedelta(days=10)) == 0
    assert (tell_late_hand_overs(late), tell_late_hand_overs(late)) == (1, 0)
    told = set(
        Message.objects.filter(compound_id=place.compound.pk, kind="hand_over_late").values_list(
            "account_id", flat=True
        )
    )
    new = Post.objects.get(organisation=c.made.new).account_id
    assert {c.chair.account_id, c.manager.account_id, secretary.account_id, new} <= told
    assert late.date() > UNTIL


def test_an_unmanaged_compound_is_managed_when_its_company_comes(place):
    bare = compound("bare", unmanaged=True)
    c = choosing.choice(bare)
    c.selection = verbs.start(by=c.chair, compound=bare.compound, ground="none", contact="业委会", at=NOW)
    assert refused(c, verbs.give_notice, c.chair, given_on=NOW.date(), ends_on=ENDS, delivered="无") == "no_company"
    Selection.objects.filter(compound_id=bare.compound.pk).update(
        state="filed", planned_at=NOW, months=12, fee_model="lump_sum", signed_at=NOW
    )
    ServiceContract.objects.create(
        compound=bare.compound, number=1, selection=c.made, body=bare.committee, company_name="甲安", signed_on=NOW.date(), starts_on=NOW.date(),
        ends_on=ENDS, months=6, fee_model="lump_sum", price_fen=100, signer="甲", company_signer="乙", name="x", kind="pdf", digest="", sealed="",
        at=NOW,
    )  # fmt: skip
    c.does(verbs.admit, c.chair, NOW, manager="林建", phone="13812340001")
    bare.compound.refresh_from_db()
    assert c.made.state == "done" and not bare.compound.is_unmanaged


# ── repeats, the entry, two at once ─────────────────────────────────────────────────────────────────────────────────


def test_the_same_submit_twice_is_one_step_and_every_step_is_one_entry(place):
    c = planned(place)
    once, received = uuid7(), uuid7()
    for _ in range(2):
        c.does(verbs.call, c.chair, CALLED, until=BIDS, once=once)
        assert c.does(verbs.receive, c.writer, CALLED, company="丙", contact="林", phone="0", once=received).number == 1
    acts = AuditEntry.objects.filter(compound_id=place.compound.pk, subject_kind="selection").order_by("id")
    assert list(acts.values_list("act", flat=True)) == [
        "selection_start", "selection_notice", "selection_set_plan", *["selection_name_scorer"] * 3, "selection_plan", "selection_call",
        "selection_receive",
    ]  # fmt: skip
    assert c.made.comments_until == COMMENTS


@pytest.mark.django_db(transaction=True)
def test_two_who_start_at_once_start_one():
    place = compound()
    c = choosing.choice(place)
    said = {"compound": place.compound, "ground": "expiry", "contact": "业委会", "at": NOW}
    got = together(*[lambda: verbs.start(by=c.chair, **said)] * 4)
    assert [type(one).__name__ for one in got].count("Selection") == 1
    assert {no.refusal.key for no in got if isinstance(no, Refused)} == {"running"}


@pytest.mark.django_db(transaction=True)
def test_two_scores_at_once_are_two_turns_of_which_one_needs_its_reason():
    c = opened(compound())
    said = {"bid": c.bids[0], "points": [1, 1, 1]}
    got = together(*[lambda: c.does(verbs.score, c.scorers["a"], OPENED, **said)] * 4)
    assert [type(one).__name__ for one in got].count("Score") == 1
    assert {no.refusal.key for no in got if isinstance(no, Refused)} == {"no_reason"}


def test_a_hand_over_that_drags_on_holds_up_no_other_selection(place):
    c = signed(place)
    assert set(selection_models.UNSIGNED) == rules.UNSIGNED
    made = verbs.start(by=c.chair, compound=place.compound, ground="expiry", contact="业委会", at=COMES)
    assert (made.number, c.made.state) == (2, "signed")
