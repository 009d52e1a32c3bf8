"""Candidates of an election item: asked for, listed, and locked with the agenda (domain §3.10)."""

from datetime import timedelta

import pytest
import time_machine

from linli.assembly.models import Candidate, Item, Session
from linli.assembly.queries import elections as queries
from linli.assembly.services import elections
from linli.assembly.services.convening import refuse_notice
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW

from . import makers
from .electing import ELECTION, STANDS, called, elected, head, listed, preparing
from .forming import LISTED, UNTIL, checked, refused, standing
from .test_election_pages import get, text, url


@pytest.fixture
def v(db):
    return preparing()


def test_candidates_are_asked_for_while_the_agenda_is_made_and_for_elections_alone(v):
    other = Item.objects.create(
        compound=v.place.compound, session=v.vote.session, place=2, matter_no=4, title="选聘物业"
    )
    for item, state, why in ((other, "drafting", "no_election"), (v.vote.items[0], "noticed", "noticed")):
        Session.objects.filter(compound_id=v.place.compound.pk).update(state=state)
        with pytest.raises(Refused) as no:
            called(v, item)
        assert no.value.refusal.key == why
    with pytest.raises(Refused) as no:
        elections.announce_candidates(by=v.secretary, item=v.vote.items[0], until=UNTIL, contact="站", at=NOW)
    assert no.value.refusal.key == "not_yours"


def test_the_list_is_the_ballot_in_the_order_that_was_drawn(v):
    made = listed(v).made
    rows = list(Candidate.objects.filter(compound_id=made.compound_id).order_by("place"))
    assert [row.code for row in rows] == ["c01", "c02", "c03", "c04", "c05"]
    assert [row.name for row in rows] == [row.name for row in queries.listed(made)]


def test_a_changed_list_makes_the_ballot_anew_until_the_notice_locks_it(v):
    made = listed(v).made
    v.does(elections.drop, v.chair, LISTED, nominee=queries.listed(made)[0], reason="不参选了")
    v.does(elections.post_list, v.chair, LISTED)
    assert Candidate.objects.filter(compound_id=made.compound_id).count() == 4
    Session.objects.filter(compound_id=made.compound_id).update(state="noticed")
    gone = queries.listed(v.made)[0]
    v.does(elections.drop, v.owner(v.persons.index(gone.person)), LISTED, nominee=gone, reason="不参选了")
    assert refused(elections.post_list, v, v.chair, LISTED) == "noticed"
    assert Candidate.objects.get(compound_id=made.compound_id, person_id=gone.person_id).withdrawn_at == LISTED


def test_candidates_are_known_fifteen_days_before_the_vote(v):
    called(v)
    standing(v, 0)
    Session.objects.filter(compound_id=v.place.compound.pk).update(opens_at=LISTED + timedelta(days=14))
    assert refused(elections.post_list, v, v.chair, LISTED) == "list_late"
    Session.objects.filter(compound_id=v.place.compound.pk).update(opens_at=LISTED + timedelta(days=15))
    v.does(elections.post_list, v.chair, LISTED)


@pytest.mark.parametrize(("seats", "why"), [(4, "even"), (1, "size"), (13, "size")])
def test_a_committee_is_of_a_lawful_size(v, seats, why):
    item = v.vote.items[0]
    item.seats = seats
    item.save()
    with pytest.raises(Refused) as no:
        called(v)
    assert (no.value.refusal.key, no.value.field) == (why, "fills")


def test_an_election_is_noticed_with_a_list_that_was_posted_in_time(v):
    session = v.vote.session
    Session.objects.filter(pk=session.pk, compound_id=session.compound_id).update(
        register_parties=9, closes_at=NOW + timedelta(days=50)
    )

    def refusal():
        session.refresh_from_db()
        no = refuse_notice(session, LISTED)
        return no and no.key

    assert refusal() == "unlisted"
    called(v)
    assert refusal() == "unlisted"
    standing(v, 0)
    v.does(elections.post_list, v.chair, LISTED)
    assert refusal() is None
    earlier = {"opens_at": LISTED + timedelta(days=14), "interim": True}  # noticed in time, the list is not
    Session.objects.filter(pk=session.pk, compound_id=session.compound_id).update(**earlier)
    assert refusal() == "list_late"


@time_machine.travel(NOW, tick=False)
def test_the_page_of_a_session_leads_to_the_asking_for_candidates(v):
    Session.objects.filter(pk=v.vote.session.pk, compound_id=v.place.compound.pk).update(noticed_at=None)
    way = url(v, "election-recruit", v.vote.items[0].pk)
    assert way in get(v, v.chair, "session", 1).content.decode()
    called(v)
    assert way not in get(v, v.chair, "session", 1).content.decode()


def test_a_by_election_fills_no_more_than_is_empty(v):
    by = head(elected(v))
    again = makers.vote(v.place, by=by, state="drafting", items=[ELECTION], opens=STANDS + timedelta(days=40))
    more = {"until": (STANDS + timedelta(days=8)).date(), "contact": "居委会", "at": STANDS, "fills": "vacancy"}
    with pytest.raises(Refused, match="现在缺 0 位"):
        elections.announce_candidates(by=by, item=again.items[0], **more)


@time_machine.travel(LISTED, tick=False)
def test_few_more_candidates_than_seats_are_a_warning_and_no_bar(v):
    assert "候选人比名额多不到两成" in text(get(v, listed(v, stand=3).owner(0), "election", 1))


def test_shanghai_asks_for_paid_fees_too(v):
    Session.objects.filter(compound_id=v.place.compound.pk).update(profile="shanghai")
    called(v)
    for n in range(4):
        nominee = v.does(elections.stand, v.owner(n), NOW, why="好", pledge=True)
        checked(v, nominee, but=["no_arrears"])
    assert refused(elections.post_list, v, v.chair, LISTED) == "unchecked"
