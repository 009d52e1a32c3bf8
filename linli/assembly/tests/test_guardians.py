"""Who acts for an owner that cannot: the ballot is the owner's, no authority is needed, and no cap counts it (domain §3.1)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Paper
from linli.assembly.queries import reading
from linli.assembly.queries.casting import able, voices
from linli.assembly.queries.home import at_home
from linli.assembly.tests import makers
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW, account
from linli.people.models import Guardian, OneTimeCode, Ownership, RegisterChange
from linli.people.rules import Role
from linli.plumbing.tenancy import uuid7

from .test_casting import AT, bound, cast


@pytest.fixture
def vote(place, chair):
    return makers.vote(place, (9_000, 8_000, 7_000, 6_000, 5_000), by=chair)


def act_for(place, person, name="王大明", phone="", kind="guardian", to_day=None):
    home = place.home
    Ownership.objects.get_or_create(compound=place.compound, home=home, person=person)
    change = RegisterChange.objects.create(
        id=uuid7(), compound=place.compound, kind="guardian", home=home, person=person, day=NOW.date(), state="confirmed",
        proposed_by=uuid7(), proposed_at=NOW,
    )  # fmt: skip
    return Guardian.objects.create(
        compound=place.compound, person=person, change=change, kind=kind, name=name, phone=phone,
        from_day=NOW.date() - timedelta(days=30), to_day=to_day,
    )  # fmt: skip


def test_guardian_votes_and_the_ward_does_not(place, vote):
    child, guardian = account("王小明"), account("王大明")
    theirs = [bound(place, vote, 1, who=who) for who in (child, guardian)]
    act_for(place, vote.owners[0][0], phone=guardian.phone)
    with time_machine.travel(AT, tick=False):
        at = reverse("assembly:cast", args=[place.slug, vote.session.number])
        assert "由监护人投票" in place.client(theirs[0]).get(at).content.decode()
        with pytest.raises(Refused, match="监护人"):
            cast(vote, theirs[0])
        leaf = cast(vote, theirs[1])
    assert (leaf.person_id, leaf.account_id) == (vote.owners[0][0].pk, guardian.pk)


def test_a_ward_is_led_to_no_objection_and_gets_no_code(place, chair):
    vote = makers.vote(place, (9_000, 8_000), by=chair, couples=(2,))
    one, ward, guardian = bound(place, vote, 2), account("王小明"), account("王大明")
    theirs = {who: bound(place, vote, 2, 1, who=who) for who in (ward, guardian)}
    cast(vote, one)
    act_for(place, vote.owners[1][1], phone=guardian.phone)
    at = {
        name: reverse(f"assembly:{name}", args=[place.slug, vote.session.number]) for name in ("session", "objection")
    }
    with time_machine.travel(AT, tick=False):
        for who, may in ((ward, False), (guardian, True)):
            browser = place.client(theirs[who])
            assert (at["objection"] in browser.get(at["session"]).content.decode()) is may
            assert ("由监护人投票" in browser.get(at["objection"]).content.decode()) is not may
            sent = browser.post(at["objection"], {"voice": voices(vote.session, theirs[who])[0].key, "items": ["1"]})
            assert sent.status_code == (302 if may else 200)
            assert OneTimeCode.objects.filter(phone=who.phone).exists() is may


def test_home_asks_the_guardian_to_vote_and_not_the_ward(place, vote):
    child, guardian = account("王小明"), account("王大明")
    ward, acts = (bound(place, vote, 1, who=who) for who in (child, guardian))
    at = reverse("assembly:cast", args=[place.slug, vote.session.number])
    act_for(place, vote.owners[0][0], phone=guardian.phone)
    assert at_home(ward, place.slug, AT) == []
    (card,) = at_home(acts, place.slug, AT)
    assert card["answers"][0]["href"] == at
    cast(vote, acts)
    assert [card["title"] for card in at_home(ward, place.slug, AT)] == ["您这一户的票已经收到"]


def test_where_the_vote_is_official_the_guardian_is_heard_and_not_the_ward(place, chair):
    vote = makers.vote(place, (9_000, 8_000), by=chair, official_evote_required=True)
    child, guardian = account("王小明"), account("王大明")
    theirs = [bound(place, vote, 1, who=who) for who in (child, guardian)]
    act_for(place, vote.owners[0][0], phone=guardian.phone)
    page = reverse("assembly:opinion", args=[place.slug, vote.session.number])
    session = reverse("assembly:session", args=[place.slug, vote.session.number])
    with time_machine.travel(AT, tick=False):
        for by, may in zip(theirs, (False, True), strict=True):
            browser = place.client(by)
            assert browser.get(page).status_code == (200 if may else 404)
            assert (page in browser.get(session).content.decode()) is may


def test_ward_votes_again_once_it_ended_and_a_company_all_along(place, vote):
    grown, company = bound(place, vote, 1), bound(place, vote, 2)
    act_for(place, vote.owners[0][0], to_day=NOW.date() - timedelta(days=1))
    act_for(place, vote.owners[1][0], kind="legal", phone="13800000009")
    with time_machine.travel(AT, tick=False):
        assert cast(vote, grown) and cast(vote, company)


def test_at_the_count_who_signs_is_named_and_no_cap_counts_him(place, vote):
    """Four owners, one guardian: an agent may have three."""
    for people in vote.owners[:4]:
        act_for(place, people[0])
    found = []
    for n, party in enumerate(vote.parties[:4]):
        paper = Paper.objects.create(
            compound=place.compound, session=vote.session, party=party, number=f"7AB-3CD-9E{n}", printed_at=NOW
        )
        found += reading.signers(paper)
    assert [one.name for one in found] == [f"{people[0].name}（王大明）" for people in vote.owners[:4]]
    assert all(one.owner and not one.agents for one in found)


def test_register_shows_who_acts_masked(place, chair, vote):
    act_for(place, vote.owners[0][0])
    vote.session.register_built_at = NOW
    vote.session.save()
    at = reverse("assembly:register", args=[place.slug, vote.session.number])
    page = place.client(place.post(Role.COMMUNITY_WORKER)).get(at).content.decode()
    assert "监护人 王*" in page and "王大明" not in page


def test_no_neighbour_reads_who_is_a_ward(place, vote):
    """That an owner is a minor or cannot act is sensitive (PIPL 28): the published list has home, area, count and masked owner."""
    act_for(place, vote.owners[0][0])
    vote.session.register_built_at = vote.session.register_published_at = NOW
    vote.session.save()
    at = reverse("assembly:register", args=[place.slug, vote.session.number])
    with time_machine.travel(AT, tick=False):
        page = place.client(bound(place, vote, 3)).get(at)
    assert page.status_code == 200 and "监护人" not in page.content.decode()


def test_a_ward_who_is_helped_votes_by_the_guardian_all_the_same(place, vote):
    act_for(place, vote.owners[0][0])
    person = vote.owners[0][0].pk
    helped = replace(place.post(Role.COMMUNITY_WORKER), assistance_id=uuid7(), person_id=person)
    found = voices(vote.session, helped)
    assert found and able(found, helped, AT.date()) == []
