"""Papers read twice at the count."""

import re
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import Candidate, Item, Leaf, Opened, Reading
from linli.assembly.queries import cases, reading
from linli.assembly.rules.counting import Read, agreed, differs, refuse_reading
from linli.assembly.services import count as services
from linli.assembly.services.reading import plain, read_paper
from linli.kernel import receipts
from linli.kernel.tests import refusing
from linli.people.models import Binding

from . import boxes

PAPERS = boxes.case(*["approve"] * 6, channel="paper")
YES, NO = {"1": "approve"}, {"1": "against"}


@pytest.fixture(autouse=True)
def _at_the_count():
    with time_machine.travel(boxes.AFTER, tick=False):
        yield


@pytest.fixture
def vote(place, chair):
    return boxes.laid(place, PAPERS, by=chair, entered=False)


@pytest.fixture
def staff(place, vote, chair):
    found = boxes.officers(place, vote, chair=chair)
    boxes.opened(vote, found)
    return found


def read(vote, clerk, n, choices=YES, **more):
    said = plain(choices, owner=more.pop("owner", boxes.mark_of(vote, n)), fault=more.pop("fault", ""))
    return read_paper(session=vote.session, by=clerk, number=f"B{n:03}", said=said, at=boxes.AFTER, **more)


refused = partial(refusing.refused, read)


# ── the rule ────────────────────────────────────────────────────────────────────────────────────────────────────────


def reads(*rows):
    return [Read(clerk, turn, said) for turn, (clerk, said) in enumerate(rows, 1)]


@pytest.mark.parametrize(
    "rows, settled",
    [
        ([("a", YES)], False),
        ([("a", YES), ("b", YES)], True),
        ([("a", YES), ("b", NO)], False),
        ([("a", YES), ("b", NO), ("a", NO)], False),
        ([("a", YES), ("b", NO), ("a", NO), ("a", NO)], False),
        ([("a", YES), ("b", NO), ("a", NO), ("b", YES)], False),
        ([("a", YES), ("b", NO), ("a", NO), ("b", NO)], True),
    ],
)
def test_two_clerks_settle_a_paper(rows, settled):
    assert (agreed(reads(*rows)) is not None) is settled
    assert differs(reads(*rows)) is (len(rows) > 1 and not settled)


def test_who_may_read_next():
    assert refuse_reading(reads(("a", YES)), "a").key == "two_clerks"
    assert refuse_reading(reads(("a", YES), ("b", YES)), "c").key == "read"
    assert refuse_reading(reads(("a", YES), ("b", NO)), "c").key == "the_two"
    assert refuse_reading(reads(("a", YES), ("b", NO), ("a", NO)), "a").key == "the_other"
    assert refuse_reading(reads(("a", YES), ("b", NO), ("a", NO)), "b") is None
    assert refuse_reading(reads(("a", YES), ("b", YES)), "c", since=2) is None


# ── the tables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_alike_enter_the_paper_in_the_log_and_it_counts(place, vote, staff):
    assert read(vote, staff["clerk1"], 1) is False
    assert read(vote, staff["clerk2"], 1) is True
    leaf = Leaf.objects.get(compound_id=place.compound.pk, kind="entered")
    assert leaf.ballot == "B001" and receipts.holds(leaf.receipt)
    opening = cases.openings(vote.session)[leaf.pk][0]
    assert receipts.commitment(opening) == leaf.commitment
    (said,) = [s for s in cases.box(vote.session).ballots if s.number == "B001"]
    assert (said.choices, said.owner, said.fault) == (YES, boxes.mark_of(vote, 1), "")


def test_readings_lie_sealed(place, vote, staff):
    read(vote, staff["clerk1"], 1)
    rows = [str(r) for r in Reading.objects.filter(compound_id=place.compound.pk).values()]
    assert "approve" not in rows[0]


def test_nobody_is_both_clerks(vote, staff):
    read(vote, staff["clerk1"], 1)
    assert refused(vote, staff["clerk1"], 1) == "two_clerks"


def test_where_two_differ_both_look_again(place, vote, staff):
    one, two = staff["clerk1"], staff["clerk2"]
    read(vote, one, 1)
    assert read(vote, two, 1, NO) is False
    assert refused(vote, staff["teller1"], 1) == "the_two"
    assert [(r.number, r.differs) for r in reading.stands(vote.session)][0] == ("B001", True)
    assert read(vote, one, 1, NO) is False
    assert refused(vote, one, 1, NO) == "the_other"
    assert read(vote, two, 1, NO) is True
    assert Reading.objects.get(compound_id=place.compound.pk, settled=True).turn == 4
    (said,) = [s for s in cases.box(vote.session).ballots if s.number == "B001"]
    assert said.choices == NO


def test_a_paper_that_is_no_vote_is_counted_as_such_with_its_reason(place, vote, staff):
    for n in range(1, 7):
        for clerk in ("clerk1", "clerk2"):
            read(vote, staff[clerk], n, fault="unsigned" if n == 6 else "")
    (outcome,) = services.tally(session=vote.session, by=staff["teller1"], at=boxes.AFTER)
    assert outcome.found["invalid"]["persons"] == 1 and outcome.found["participating"]["persons"] == 5
    assert {"ballot": "B006", "code": "unsigned", "words": "没有签名"} in outcome.listed


def test_a_candidate_reads_no_papers(place, vote, staff):
    resident = place.resident(name="候选人")
    Candidate.objects.create(
        compound=place.compound, item=vote.items[0], place=1, code="a", name="候选人", person_id=resident.person_id
    )
    Binding.objects.filter(compound_id=place.compound.pk, person_id=resident.person_id).update(
        account_id=staff["clerk1"].account_id
    )
    assert refused(vote, staff["clerk1"], 1) == "candidate"


def test_what_did_not_come_back_is_not_read(vote, staff):
    assert refused(vote, staff["clerk1"], 9, owner="x") == "not_returned"


def test_the_same_submit_twice_is_one_reading(place, vote, staff):
    once = uuid4()
    for _ in range(2):
        read(vote, staff["clerk1"], 1, once=once)
    assert Reading.objects.filter(compound_id=place.compound.pk).count() == 1


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def url(place, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, 1, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_a_clerk_goes_from_paper_to_paper(place, vote, staff):
    browser = place.client(staff["clerk1"])
    page = browser.get(url(place, "count"))
    assert url(place, "count-paper", "B001") in page.content.decode()
    for n in range(1, 7):
        answer = browser.post(url(place, "count-paper", f"B{n:03}"), {"item1": "approve", "fault": "valid"})
        to = url(place, "count-paper", f"B{n + 1:03}") if n < 6 else url(place, "count")
        assert (answer.status_code, answer["Location"]) == (302, to)
    assert "您要录的都录完了" in text(browser.get(url(place, "count")))
    assert Opened.objects.filter(compound_id=place.compound.pk).count() == 6


def test_the_second_clerk_does_not_see_what_the_first_read(place, vote, staff):
    read(vote, staff["clerk1"], 1, NO)
    page = place.client(staff["clerk2"]).get(url(place, "count-paper", "B001")).content.decode()
    assert "checked" not in page.split('name="item1"', 1)[1].split("</fieldset>")[0]


def test_differences_stand_side_by_side_for_the_two(place, vote, staff):
    read(vote, staff["clerk1"], 1)
    read(vote, staff["clerk2"], 1, NO)
    page = text(place.client(staff["clerk1"]).get(url(place, "count-paper", "B001")))
    assert "一起对着票再看一遍" in page and "录票员1" in page and "录票员2" in page


def test_what_is_missing_is_told_beside_the_question(place, vote, staff):
    answer = place.client(staff["clerk1"]).post(url(place, "count-paper", "B001"), {"fault": "valid"})
    assert answer.status_code == 422 and "这一项还没选" in text(answer)
    assert (
        place.client(staff["clerk1"]).post(url(place, "count-paper", "B001"), {"fault": "unsigned"}).status_code == 302
    )


def test_a_paper_is_read_for_what_its_party_decides_and_nothing_else(place, chair):
    """The lift of one building is not the business of the next."""
    homes = {"scope": ["9-1-0001", "9-1-0002"]}
    vote = boxes.laid(place, {**PAPERS, **homes}, by=chair, entered=False)
    Item.objects.create(
        compound=place.compound, session=vote.session, place=2, matter_no=9, title="全体的事", total_area=90_000, total_parties=9
    )  # fmt: skip
    staff = boxes.officers(place, vote, chair=chair)
    boxes.opened(vote, staff)
    browser = place.client(staff["clerk1"])
    for number, both in (("B001", True), ("B003", False)):
        page = browser.get(url(place, "count-paper", number)).content.decode()
        assert ('name="item1"' in page) is both and 'name="item2"' in page
    assert browser.post(url(place, "count-paper", "B003"), {"item2": "approve", "fault": "valid"}).status_code == 302
    assert read(vote, staff["clerk2"], 3, {"2": "approve"}) is True


def test_pages_ask_as_often_for_few_papers_as_for_many(place, vote, staff):
    def asked(address):
        browser = place.client(staff["clerk1"])
        browser.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    addresses = [url(place, "count"), url(place, "count-paper", "B006")]
    before = [asked(a) for a in addresses]
    for n in range(1, 6):
        read(vote, staff["clerk2"], n)
        read(vote, staff["clerk1"], n, NO if n == 3 else YES)
    assert [asked(a) for a in addresses] == before
