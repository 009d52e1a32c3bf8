"""A committee in office to the end of its term: handed over to, renewed, taken over from (domain §3.10)."""

from datetime import timedelta

import pytest
import time_machine

from linli.assembly.models import Formation, Item, Outcome, Session
from linli.assembly.queries import elections as queries
from linli.assembly.queries import offices, renewals
from linli.assembly.queries.elections import rules_of
from linli.assembly.rules.dates import Dates, local, refuse_dates
from linli.assembly.rules.elections.office import HANDED
from linli.assembly.services import elections
from linli.assembly.services.elections.reseating import tell_reseating
from linli.assembly.tasks import end_terms, tell_late_renewals, tell_renewals
from linli.councils.services.spending import ask_unfrozen
from linli.kernel.refusal import Refused
from linli.matters.models import Matter, Order
from linli.matters.services import orders
from linli.matters.tests.crew import Crew
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.tenancy import compound_scope

from .electing import STANDS, again, convened_by_a_group, decided, elected, head, member, posted, preparing, sits
from .forming import refused
from .test_election_pages import get, text, url


@pytest.fixture
def v(db):
    return preparing()


@time_machine.travel(STANDS, tick=False)
def test_spending_is_frozen_until_everything_is_handed_over(v):
    by = head(elected(v))
    assert offices.spending_frozen(v.made.compound_id) == v.made
    assert "先不花钱。2026年6月12日前交完" in text(get(v, by, "election", 1))
    said = {"what": "两枚", "gave": "吴海", "took": "业主1"}
    assert refused(elections.hand_over, v, by, STANDS, key="seals", **{**said, "took": "吴海"}) == "same"
    for key in HANDED:
        v.does(elections.hand_over, by, STANDS, key=key, **said)
    assert offices.spending_frozen(v.made.compound_id) is None
    assert "先不花钱" not in text(get(v, by, "election", 1))


@time_machine.travel(STANDS, tick=False)
def test_where_nobody_sat_before_nothing_is_handed_over_and_nothing_frozen(v):
    decided(v)
    Post.objects.filter(organisation=v.place.committee).update(kind=Role.COMMITTEE_SECRETARY)
    v.does(elections.take_office, convened_by_a_group(v), STANDS)
    assert offices.spending_frozen(v.made.compound_id) is None
    page = text(get(v, member(v), "election", 1))
    assert "先不花钱" not in page and "还没交" not in page


def test_renewal_is_told_once_in_time_to_who_sits_and_to_the_community(v):
    head(elected(v))
    made = v.made
    due = STANDS.replace(year=2031, month=3, day=1)
    assert tell_renewals(due - timedelta(days=1)) == 0
    assert [tell_renewals(due), tell_renewals(due)] == [1, 0]
    with compound_scope(made.compound_id):
        told = Message.objects.filter(compound_id=made.compound_id, kind="renewal_due")
        assert told.count() == 4 and v.secretary.account_id in told.values_list("account_id", flat=True)


def renewing(v):
    """A committee whose renewal the clock has begun."""
    by = head(elected(v))
    due = STANDS.replace(year=2031, month=3, day=1)
    assert tell_renewals(due) == 1
    return by, due


def test_the_clock_drafts_the_session_that_elects_the_next(v):
    by, due = renewing(v)
    session = v.made.renewal
    item = Item.objects.get(compound_id=session.compound_id, session=session)
    assert (session.state, session.body_id, item.matter_no, item.seats) == ("drafting", v.made.made_id, 3, 3)
    assert (
        local(session.closes_at) < v.made.term_to
        and refuse_dates(Dates(session.opens_at, session.closes_at), rules_of(v.made)) is None
    )
    with time_machine.travel(due, tick=False):
        page = get(v, by, "election", 1)
        assert "2031年4月30日前开始" in text(page) and url(v, "session", session.number) in page.content.decode()
        assert get(v, by, "session", session.number).status_code == 200
        assert url(v, "session", session.number) not in get(v, v.owner(0), "election", 1).content.decode()
        assert item in queries.electable(session.compound_id)


def test_where_nobody_goes_on_the_subdistrict_is_told_once(v):
    by, due = renewing(v)
    late = due + timedelta(days=61)
    assert [tell_late_renewals(late - timedelta(days=1)), tell_late_renewals(late), tell_late_renewals(late)] == [
        0,
        1,
        0,
    ]
    told = Message.objects.filter(compound_id=v.made.compound_id, title__contains="没有换届")
    assert set(told.values_list("account_id", flat=True)) == {v.officer.account_id, v.secretary.account_id}
    with time_machine.travel(late, tick=False):
        assert "已经报街道" in text(get(v, by, "election", 1))


def test_where_candidates_are_asked_for_nobody_steps_in(v):
    by, due = renewing(v)
    item = Item.objects.get(compound_id=v.made.compound_id, session=v.made.renewal)
    said = {"until": (due + timedelta(days=20)).date(), "contact": "居委会", "at": due + timedelta(days=3)}
    elections.announce_candidates(by=by, item=item, **said)
    assert tell_late_renewals(due + timedelta(days=61)) == 0


def succeeded(v, kind, state, at):
    """Another body was put into office before this one's term was over."""
    one = v.made
    Formation.objects.create(
        compound_id=one.compound_id, number=one.number + 1, kind=kind, state=state, title="新一届", body_id=one.body_id, made_id=one.made_id,
        profile=one.profile, seats=3, owner_seats=3, most=3, households=2, contact="居委会", recommend_until=at.date(), announced_at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "state", "told"),
    [
        ("committee", "committee", "filed", 0), ("pmc", "committee", "elected", 0), ("committee", "pmc", "established", 0),
        ("committee", "committee", "not_formed", 1), ("committee", "committee", "listed", 1),
    ],
)  # fmt: skip
def test_a_body_that_another_took_over_from_early_is_not_renewed(v, before, after, state, told):
    """Nobody drafts a session, or tells the subdistrict, for a term that ended with the next election."""
    head(elected(v))
    Formation.objects.filter(compound_id=v.made.compound_id).update(kind=before)
    succeeded(v, after, state, STANDS + timedelta(days=100))
    assert tell_renewals(STANDS.replace(year=2031, month=3, day=1)) == told
    assert Session.objects.filter(compound_id=v.made.compound_id).count() == (2 if told else 1)


def test_a_term_that_ended_early_after_it_was_told_is_not_late(v):
    _by, due = renewing(v)
    succeeded(v, "pmc", "established", due + timedelta(days=3))
    assert tell_late_renewals(due + timedelta(days=61)) == 0


def test_a_renewal_ends_the_committee_before_it_and_its_seats(v):
    by = head(elected(v))
    old = v.made
    then = again(v, by, STANDS + timedelta(days=100))
    old.refresh_from_db()
    assert (old.state, offices.holding(old)) == ("ended", [])
    assert {row.ended_why for row in offices.seats(old)} == {"换届"}
    assert [post for _, post in sits(v)] == ["committee_member"] * 3
    v.formation = old
    with time_machine.travel(then, tick=False):
        page = text(get(v, v.owner(3), "election", 1))
        assert "任期结束了" in page and "先不花钱" not in page and "不足一半" not in page


def test_an_elected_committee_ends_the_property_management_committee(v):
    pmc = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=v.place.compound)
    sat = v.place.post(Role.PMC_CHAIR, pmc, name="何成")
    decided(v)
    succeeded(v, "pmc", "filed", NOW)
    Formation.objects.filter(compound_id=v.made.compound_id, kind="pmc").update(made=pmc)
    v.does(elections.take_office, v.chair, STANDS)
    assert Formation.objects.get(compound_id=v.made.compound_id, kind="pmc").state == "ended"
    held = Post.objects.get(organisation=pmc)
    assert (held.account_id, held.to_day, held.ended_reason) == (
        sat.account_id, (STANDS - timedelta(days=1)).date(), "业主委员会选出来了",
    )  # fmt: skip


def test_what_the_property_management_committee_ordered_is_checked_by_who_was_elected(v):
    place = v.place
    pmc = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=place.compound)
    place.property = Organisation.objects.create(kind=Body.PROPERTY, name="清和物业", compound=place.compound)
    crew = Crew(place)
    with compound_scope(place.compound.pk):
        matters = crew.sorted(2)
        order = crew.done(matters)
    Order.objects.filter(compound_id=place.compound.pk).update(by_body=pmc)
    Matter.objects.filter(compound_id=place.compound.pk, pk=matters[0].pk).update(handler_body=pmc)
    place.post(Role.PMC_CHAIR, pmc, name="何成")
    decided(v)
    v.does(elections.take_office, v.chair, STANDS)
    order.refresh_from_db()
    matters[0].refresh_from_db()
    assert order.by_body_id == matters[0].handler_body_id == v.made.made_id
    assert orders.check(by=member(v), order=order, at=STANDS).state == "told"
    told = Message.objects.filter(compound_id=place.compound.pk, kind="hand_on", subject_kind="order")
    assert told.filter(account_id=member(v).account_id).count() == 1


def test_a_body_ends_with_its_term(v):
    head(elected(v))
    after = STANDS.replace(year=2031, month=6, day=2)
    assert [end_terms(after - timedelta(days=1)), end_terms(after), end_terms(after)] == [0, 1, 0]
    assert v.made.state == "ended" and {row.ended_why for row in offices.seats(v.made)} == {"任期届满"}


def test_a_committee_that_nobody_succeeds_is_shown_and_told_and_only_hands_over(v):
    by = head(elected(v))
    after = STANDS.replace(year=2031, month=6, day=2)
    assert renewals.lapsed(v.made.compound_id, v.made.term_to) is None
    loose = v.place.post(Role.COMMITTEE_MEMBER, v.made.made, name="补任")  # without a last day of its own
    assert end_terms(after) == 1
    assert Post.objects.get(pk=loose.role_id).to_day == v.made.term_to
    assert renewals.lapsed(v.made.compound_id, after.date()) == v.made
    told = Message.objects.filter(compound_id=v.made.compound_id, title__contains="没有下一届")
    accounts = set(told.values_list("account_id", flat=True))
    assert {v.officer.account_id, v.secretary.account_id, by.account_id, loose.account_id} <= accounts
    with time_machine.travel(after, tick=False):
        page = text(get(v, v.owner(7), "election", 1))
        assert "只办交接" in page and "2031年6月11日前交完" in page and "第三十六条" in page
        assert "没有选出下一届" in text(v.place.client(v.owner(7)).get(f"/c/{v.place.compound.slug}/home/"))
    with pytest.raises(Refused) as no:
        ask_unfrozen(v.made.compound_id, after)
    assert no.value.refusal.key == "lapsed"


# ── a recount elects others ─────────────────────────────────────────────────────────────────────────────────────────


RECOUNTED = STANDS + timedelta(days=5)


def recounted(v, codes):
    found = {"outcome": "formed", "elected": codes, "alternates": [], "least": 3, "lots_needed": [], "candidates": []}
    Outcome.objects.create(
        compound=v.place.compound, item=v.vote.items[0], result="passed", found={"election": found}, turn=2, sheet="", at=RECOUNTED
    )  # fmt: skip
    Session.objects.filter(compound_id=v.made.compound_id, pk=v.vote.session.pk).update(announced_at=RECOUNTED)


def test_a_recount_that_elects_others_seats_them(v):
    head(elected(v))
    names = {f"c{row.place:02}": row.name for row in queries.listed(v.made)}
    later, codes = RECOUNTED + timedelta(days=9), ["c03", "c04", "c05"]
    assert refused(elections.seat_again, v, v.officer, later) == "same"
    recounted(v, codes)
    assert offices.reseating(v.made.compound_id) == v.made
    with time_machine.travel(RECOUNTED, tick=False):
        assert "重新计票，当选的人变了" in text(get(v, v.owner(9), "election", 1))
        assert "重新计票的结果生效" in text(get(v, v.officer, "election", 1))
    tell_reseating(Session.objects.get(compound_id=v.made.compound_id, pk=v.vote.session.pk), RECOUNTED)
    told = Message.objects.filter(compound_id=v.made.compound_id, kind="reseating")
    assert v.officer.account_id in told.values_list("account_id", flat=True)
    assert refused(elections.seat_again, v, v.officer, RECOUNTED) == "objecting"
    assert refused(elections.seat_again, v, v.secretary, later) == "not_yours"
    v.does(elections.seat_again, v.officer, later)
    assert [name for name, _post in sits(v)] == [names[code] for code in codes]
    assert (v.made.state, v.made.met_on, offices.reseating(v.made.compound_id)) == ("elected", None, None)
    kinds = Post.objects.filter(organisation=v.made.made, to_day__gte=later.date()).values_list("kind", flat=True)
    assert list(kinds) == ["committee_member"] * 3
    assert "从今天" not in posted(v) and names["c05"] in posted(v) and names["c01"] not in posted(v)


def test_a_recount_that_elects_the_same_changes_nobody(v):
    elected(v)
    recounted(v, ["c02", "c01", "c03"])
    assert offices.reseating(v.made.compound_id) is None
