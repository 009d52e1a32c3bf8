"""A property company chosen (domain M43): each step lawful or refused with its reason, nothing settled in silence."""

from datetime import date, timedelta
from io import BytesIO

import pytest

from linli.assembly.models import Score
from linli.assembly.models import selections as selection_models
from linli.assembly.queries import selections as queries
from linli.assembly.rules import selections as rules
from linli.assembly.services import selections as verbs
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW, compound
from linli.notices.models import Posting
from linli.people.models import Account
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7
from linli.plumbing.tests.threads import together

from . import choosing
from .choosing import (
    BIDS,
    CALLED,
    COMES,
    COMMENTS,
    ENDS,
    OPENED,
    PDF,
    PLAN,
    bidding,
    opened,
    planned,
    refused,
    scored,
    signed,
    started,
)

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
