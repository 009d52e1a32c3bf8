"""Papers that come back by number alone; the head of an open box once a day; what the session's page says of its box."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from linli.assembly.models import Head, Leaf, Log, Paper, Session
from linli.assembly.queries import prints
from linli.assembly.queries.casting import came_of
from linli.assembly.rules.numbers import drawn
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import count, reading, returning
from linli.assembly.services.papers import print_papers
from linli.assembly.tasks import publish_heads
from linli.assembly.tests import makers
from linli.kernel import receipts
from linli.kernel.refusal import Refused
from linli.plumbing.papers import html

from . import boxes
from .test_casting import AT, bound, cast

NUMBERS = [drawn(lambda signs, n=n: signs[n]) for n in (3, 5, 7)]


@pytest.fixture
def vote(place, chair):
    made = makers.vote(place, (9_000, 8_000, 7_000), by=chair)
    makers.officer(made, Office.CARRIER, chair)
    for party, number in zip(made.parties, NUMBERS, strict=True):
        Paper.objects.create(
            compound=place.compound,
            session=made.session,
            party=party,
            number=number,
            printed_at=made.session.drafted_at,
        )
    return made


def receive(vote, by, number=NUMBERS[0], at=AT, once=None):
    return returning.receive(by=by, session=vote.session, number=number, at=at, once=once or uuid4())


def test_paper_is_a_leaf_that_says_its_number_alone(vote, chair):
    leaf = receive(vote, chair, f" {NUMBERS[0].lower().replace('-', ' ')} ")
    assert (leaf.kind, leaf.ballot, leaf.party_id) == ("returned", NUMBERS[0], vote.parties[0].pk)
    assert receipts.holds(leaf.receipt)
    box = Log.objects.get(compound_id=vote.session.compound_id, session=vote.session)
    assert (box.parties, box.area) == (1, 9_000)


def test_same_press_is_one_leaf(vote, chair):
    once = uuid4()
    assert receive(vote, chair, once=once).pk == receive(vote, chair, once=once).pk


def test_another_number_from_the_same_page_is_another_paper(vote, chair):
    once = uuid4()
    found = [receive(vote, chair, number, once=once).ballot for number in NUMBERS]
    assert found == NUMBERS


@pytest.mark.parametrize(("number", "key"), [("X", "misread"), (drawn(lambda s: s[9]), "unknown_number")])
def test_number_that_is_not_ours_is_refused(vote, chair, number, key):
    with pytest.raises(Refused) as no:
        receive(vote, chair, number)
    assert no.value.refusal.key == key


def test_number_used_or_void_is_refused(vote, chair):
    receive(vote, chair)
    Paper.objects.filter(compound_id=vote.session.compound_id, number=NUMBERS[1]).update(state="void")
    for number, key in ((NUMBERS[0], "used_number"), (NUMBERS[1], "void_number")):
        with pytest.raises(Refused) as no:
            receive(vote, chair, number)
        assert no.value.refusal.key == key
    assert Leaf.objects.filter(compound_id=vote.session.compound_id).count() == 1


def test_late_paper_is_refused(vote, chair):
    with pytest.raises(Refused) as no:
        receive(vote, chair, at=makers.CLOSES + timedelta(seconds=1))
    assert no.value.refusal.key == "late"


def test_paper_after_an_online_ballot_shows_as_two_received(place, vote, chair):
    cast(vote, bound(place, vote, 1))
    receive(vote, chair)
    assert came_of(vote.parties[0]).times == 2
    assert Log.objects.get(compound_id=place.compound.pk).parties == 1


def test_owner_receives_nothing(place, vote):
    with pytest.raises(Refused) as no:
        receive(vote, bound(place, vote, 1))
    assert no.value.refusal.key == "not_yours"


def test_head_is_published_once_a_day(place, vote):
    assert publish_heads(AT) == 0  # nothing in the box
    leaf = cast(vote, bound(place, vote, 1))
    assert [publish_heads(AT), publish_heads(AT), publish_heads(AT + timedelta(days=1))] == [1, 0, 1]
    head = Head.objects.filter(compound_id=place.compound.pk).order_by("on").first()
    assert receipts.is_signed(head.head, vote.session.sign_key)
    assert head.head["root"] == leaf.receipt["head"]["root"]


def test_pages(place, vote, chair):
    base = f"/c/{place.slug}/assembly/{vote.session.number}/"
    with time_machine.travel(AT, tick=False):
        owner, desk = place.client(bound(place, vote, 1)), place.client(chair)
        assert f"{base}cast/" in owner.get(base).content.decode()
        assert f"{base}returned/" in desk.get(base).content.decode()
        assert owner.get(f"{base}returned/").status_code == 404
        assert desk.get(f"{base}returned/").status_code == 200
        sent = desk.post(f"{base}returned/", {"number": NUMBERS[0], "once": str(uuid4())})
        assert sent["Location"] == f"{base}returned/"
        again = desk.post(f"{base}returned/", {"number": NUMBERS[0], "once": str(uuid4())})
        assert (again.status_code, "已经收过一次" in again.content.decode()) == (422, True)


def test_receipt_checked_by_anybody(place, vote):
    leaf = cast(vote, bound(place, vote, 1))
    browser = place.client()
    good = browser.post("/check-receipt/", {"text": json.dumps(leaf.receipt)}).content.decode()
    assert "相符：票在箱里" in good
    assert (
        "前 1 张，这张票在里面" in good
        and "下一次" in good
        and f'href="/c/{place.slug}/assembly/{vote.session.number}/"' in good
    )
    assert good.index("核对另一张回执") < good.index("data-receipt")
    forged = {**leaf.receipt, "leaf": {**leaf.receipt["leaf"], "ballot": "AAA-AAA-AAA"}}
    assert "这张回执自己对不上" in browser.post("/check-receipt/", {"text": json.dumps(forged)}).content.decode()
    assert browser.post("/check-receipt/", {"text": "[1"}).status_code == 422
    code = f"?s={vote.session.pk.hex}&n=0&c={leaf.commitment[:16]}"
    assert "相符：票在箱里" in browser.get(f"/check-receipt/{code}").content.decode()
    assert "没有和这个二维码对得上" in browser.get(f"/check-receipt/{code[:-1]}").content.decode()


def test_where_each_home_votes_by_itself_each_has_a_paper_and_its_area_adds_up(place, chair):
    """Domain §3.9, `per_home_ballot`: an owner of two homes hands in two papers, and both weigh."""
    given = boxes.case(homes=3)
    given["homes"][1]["owners"] = ["p1"]
    given["rules"] |= {"per_home_ballot": True}
    made = boxes.laid(place, given, by=chair, state=State.OPEN)
    print_papers(made.session, AT)
    papers = list(Paper.objects.filter(compound_id=place.compound.pk).order_by("party__number", "row__place"))
    assert [paper.row.label for paper in papers] == ["9-1-0001", "9-1-0002", "9-1-0003"]
    said = "".join(html(one) for one in prints.ballots(made.session, "柳溪", made.parties[0].building_id, str))
    assert all(said.count(paper.number) >= 2 for paper in papers) and "100.00" in said and "200.00" not in said
    staff = boxes.officers(place, made, chair=chair)
    makers.officer(made, Office.CARRIER, chair)
    for paper in papers[:2]:
        receive(made, chair, paper.number, at=made.session.opens_at + timedelta(days=1))
    assert list(
        Leaf.objects.filter(compound_id=place.compound.pk).order_by("index").values_list("row__label", flat=True)
    ) == ["9-1-0001", "9-1-0002"]
    Session.objects.filter(pk=made.session.pk, compound_id=place.compound.pk).update(state=State.CLOSED)
    made.session.refresh_from_db()
    boxes.opened(made, staff)
    for paper in papers[:2]:
        for clerk in ("clerk1", "clerk2"):
            reading.read_paper(session=made.session, by=staff[clerk], number=paper.number, said=reading.plain({"1": "approve"}, owner=boxes.mark_of(made, 1)), at=boxes.AFTER)  # fmt: skip
    (out,) = count.tally(session=made.session, by=staff["teller1"], at=boxes.AFTER)
    assert out.found["approve"] == {"area": 20_000, "persons": 1}
