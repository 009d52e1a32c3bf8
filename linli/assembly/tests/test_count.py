"""The count through the tables: every worked example of the law, two sheets, and what is tampered with."""

import json
from datetime import date
from functools import partial

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Leaf, Log, Officer, Opened, RegisterHome, RegisterOwner, Session, SheetUse
from linli.assembly.queries import cases
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import count as services
from linli.assembly.services import officers
from linli.kernel import receipts, shares
from linli.kernel.tally.case import case_of
from linli.kernel.tally.count import count
from linli.kernel.tally.tests.examples import examples
from linli.kernel.tests import refusing
from linli.people.models import Person
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from . import boxes, makers

EXAMPLES = list(examples())
PASSING = boxes.case(*["approve"] * 4, *["against"] * 2)


def plain(found):
    return {**found, "notes": sorted(json.dumps(n, sort_keys=True) for n in found["notes"])}


@pytest.mark.parametrize(("name", "given", "expect"), EXAMPLES, ids=[name for name, _, _ in EXAMPLES])
def test_example_gives_the_same_through_the_tables(place, chair, name, given, expect):
    made = boxes.laid(place, given, by=chair)
    staff = boxes.officers(place, made, chair=chair)
    boxes.opened(made, staff)
    (outcome,) = services.tally(session=made.session, by=staff["teller1"], at=boxes.AFTER)
    assert plain(outcome.found) == plain(count(case_of(given)).as_dict())
    assert outcome.result == outcome.found["result"] and "计票单" in outcome.sheet
    assert all("-" not in row["ballot"] for row in outcome.listed)


def test_a_space_without_area_that_does_not_count_stops_no_count(place, chair):
    given = boxes.case(*["approve"] * 7)
    given["homes"].append({"id": "车位1", "kind": "parking_space", "area": 1000, "owners": ["p1"], "delivered": True})
    made = boxes.laid(place, given, by=chair)
    RegisterHome.objects.filter(compound_id=place.compound.pk, label="车位1").update(area=0)
    (item,) = made.items
    assert cases.counted(item, cases.box(made.session)).total.persons == 9


@pytest.fixture
def vote(place, chair):
    return boxes.laid(place, PASSING, by=chair)


@pytest.fixture
def staff(place, vote, chair):
    return boxes.officers(place, vote, chair=chair)


refused = partial(refusing.refused, at=boxes.AFTER)


def test_before_the_box_may_be_opened_the_page_says_when_and_leads_back(place, vote, staff):
    at = reverse("assembly:count", args=[place.slug, vote.session.number])
    back = reverse("assembly:session", args=[place.slug, vote.session.number])
    for state, said in ((State.OPEN, "公开开箱计票"), (State.CANCELLED, "会议取消了")):
        Session.objects.filter(compound=place.compound, pk=vote.session.pk).update(state=state)
        page = place.client(staff["scrutineer1"]).get(at)
        main = page.content.decode().partition("<main")[2]
        assert page.status_code == 200 and said in main and f'href="{back}"' in main and "btn-cannot" not in main
        assert place.client(staff["scrutineer1"]).get(back).status_code == 200


def test_two_sheets_of_three_open_whichever_they_are(place, vote, staff):
    services.agree_to_open(session=vote.session, by=staff["scrutineer1"], at=boxes.AFTER)
    services.open_count(
        session=vote.session, by=staff["chair"], sheets=(vote.sheets[2], vote.sheets[1]), at=boxes.AFTER
    )
    vote.session.refresh_from_db()
    assert vote.session.state == State.COUNTING
    uses = SheetUse.objects.filter(compound_id=place.compound.pk).order_by("place")
    assert [(u.place, u.act, u.office) for u in uses] == [(2, "laid", "teller"), (3, "laid", "scrutineer")]
    assert AuditEntry.objects.filter(compound_id=place.compound.pk, act="session_open_count").count() == 1


def test_nothing_that_is_kept_holds_a_sheet_or_a_choice_in_the_clear(place, vote, staff):
    boxes.opened(vote, staff)
    rows = [str(row) for model in (SheetUse, AuditEntry, Opened, Leaf) for row in model.objects.filter(compound_id=place.compound.pk).values()]  # fmt: skip
    text = "\n".join(rows)
    assert "approve" not in text and not any(sheet in text for sheet in vote.sheets)


@pytest.mark.parametrize(
    "laid, key",
    [((0, None), "one_sheet"), ((None, None), "one_sheet"), ((0, 0), "same_sheet"), ((0, "x"), "wrong_sheet")],
)
def test_a_count_begun_with_one_key_is_refused(place, vote, staff, laid, key):
    services.agree_to_open(session=vote.session, by=staff["scrutineer1"], at=boxes.AFTER)
    sheets = [text if isinstance(text, str) else "" if text is None else vote.sheets[text] for text in laid]
    assert refused(services.open_count, session=vote.session, by=staff["chair"], sheets=sheets) == key
    vote.session.refresh_from_db()
    assert vote.session.state == State.CLOSED
    assert not Opened.objects.filter(compound_id=place.compound.pk).exists()


def test_a_sheet_of_another_vote_is_told(place, chair, vote, staff):
    other = shares.make("other").sheets[0].text
    services.agree_to_open(session=vote.session, by=staff["scrutineer1"], at=boxes.AFTER)
    key = refused(services.open_count, session=vote.session, by=staff["chair"], sheets=(vote.sheets[1], other))
    assert key == "wrong_sheet"


def test_chair_and_scrutineer_must_both_want_it_as_two_people(place, chair, vote, staff):
    sheets = vote.sheets[:2]
    assert refused(services.open_count, session=vote.session, by=staff["chair"], sheets=sheets) == "both"
    makers.officer(vote, "scrutineer", chair)
    assert refused(services.open_count, session=vote.session, by=staff["chair"], sheets=sheets) == "two_people"
    assert refused(services.open_count, session=vote.session, by=staff["teller1"], sheets=sheets) == "not_yours"


@pytest.mark.parametrize("state", [s for s in State if s != State.CLOSED])
def test_no_box_is_opened_but_a_closed_one(place, chair, state):
    made = boxes.laid(place, PASSING, by=chair, state=state)
    staff = boxes.officers(place, made, chair=chair)
    assert refused(services.agree_to_open, session=made.session, by=staff["chair"]) == "not_now"


def test_the_word_of_who_left_the_office_opens_no_box(place, chair, vote, staff):
    sheets = (vote.sheets[0], vote.sheets[2])
    services.agree_to_open(session=vote.session, by=staff["scrutineer1"], at=boxes.AFTER)
    gone = Officer.objects.get(compound_id=place.compound.pk, account_id=staff["scrutineer1"].account_id)
    officers.release_officer(by=chair, session=vote.session, officer=gone, at=boxes.AFTER)
    assert refused(services.open_count, session=vote.session, by=staff["chair"], sheets=sheets) == "both"
    services.agree_to_open(session=vote.session, by=staff["scrutineer2"], at=boxes.AFTER)
    makers.officer(vote, Office.SCRUTINEER, place.post(Role.COMMITTEE_MEMBER, name="又一位"), "又一位")
    services.open_count(session=vote.session, by=staff["chair"], sheets=sheets, at=boxes.AFTER)


def test_a_register_changed_since_it_was_frozen_is_not_counted(place, vote, staff):
    RegisterHome.objects.filter(compound_id=place.compound.pk, place=3).update(area=1)
    services.agree_to_open(session=vote.session, by=staff["scrutineer1"], at=boxes.AFTER)
    assert refused(services.open_count, session=vote.session, by=staff["chair"], sheets=vote.sheets[:2]) == "register_changed"  # fmt: skip


def tampered(place, index, **change):
    """As somebody with the database would, past the table that only takes more."""
    from django.db import connection

    column, value = next(iter(change.items()))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE assembly_leaf SET "{column}" = %s WHERE "index" = %s AND compound_id = %s',
            [value, index, place.compound.pk.hex if connection.vendor == "sqlite" else place.compound.pk],
        )


def test_a_ballot_that_does_not_open_is_named_and_never_counts(place, vote, staff):
    other = Leaf.objects.get(compound_id=place.compound.pk, index=5)
    tampered(place, 0, sealed=bytes(other.sealed))
    boxes.opened(vote, staff)
    assert cases.box(vote.session).faults == {"B001": "unopened"}
    (outcome,) = services.tally(session=vote.session, by=staff["teller1"], at=boxes.AFTER)
    assert outcome.result == "quorum_not_met"
    assert {"ballot": "B001", "code": "unopened", "words": "打不开，投进去以后被动过"} in outcome.listed
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="session_open_count")
    assert entry.data["faults"] == {"B001": "unopened"}


def test_a_ballot_that_says_something_else_than_it_commits_to_is_named(place, vote, staff):
    tampered(place, 1, commitment="00" * 32)
    boxes.opened(vote, staff)
    assert cases.box(vote.session).faults == {"B002": "changed"}
    (outcome,) = services.tally(session=vote.session, by=staff["teller1"], at=boxes.AFTER)
    assert [row["code"] for row in outcome.listed if row["ballot"] == "B002"] == ["changed"]


def test_no_result_while_a_paper_is_unread(place, chair):
    given = boxes.case(*["approve"] * 6, channel="paper")
    made = boxes.laid(place, given, by=chair, entered=False)
    staff = boxes.officers(place, made, chair=chair)
    boxes.opened(made, staff)
    assert refused(services.tally, session=made.session, by=staff["teller1"]) == "unread"


def test_counting_again_is_another_turn_and_pressing_twice_is_not(place, vote, staff):
    from uuid import uuid4

    boxes.opened(vote, staff)
    once = uuid4()
    for _ in range(2):
        (first,) = services.tally(session=vote.session, by=staff["teller1"], at=boxes.AFTER, once=once)
    (second,) = services.tally(session=vote.session, by=staff["teller2"], at=boxes.AFTER)
    assert (first.turn, second.turn) == (1, 2) and first.found == second.found
    assert Log.objects.get(compound_id=place.compound.pk).size == 6


def test_a_ballot_cast_after_death_is_marked_as_soon_as_the_death_is_on_record(place, chair):
    made = boxes.laid(place, boxes.case(*["approve"] * 7), by=chair)
    staff = boxes.officers(place, made, chair=chair)
    person = RegisterOwner.objects.filter(compound_id=place.compound.pk).order_by("row__place")[8].person
    said = {
        "choices": {"1": "approve"},
        "home": "9-1-0009",
        "owner": boxes.mark_of(made, 9),
        "agent": "",
        "channel": "online",
    }
    at = boxes.AFTER.replace(day=25)
    boxes._leaf(made, receipts.Leaf.CAST, "B009", said, "online", at, row=made.rows[8], person_id=person.pk)
    page = reverse("assembly:count", args=[place.slug, made.session.number])
    with time_machine.travel(boxes.AFTER, tick=False):
        for died, marked in ((None, False), (date(2026, 3, 25), False), (date(2026, 3, 24), True)):
            Person.objects.filter(compound_id=place.compound.pk, pk=person.pk).update(deceased_on=died)
            shown = place.client(staff["chair"]).get(page).content.decode()
            assert ("去世以后投的票" in shown and "B009" in shown) is marked
