"""Two received: co-owners settle with one word together, on paper; and what each gets for what was handed in."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Enclosed, Invitation, Leaf, Log, Paper, PartyItem, RegisterOwner, Scan
from linli.assembly.queries import cases, proxies, reading
from linli.assembly.rules.numbers import drawn
from linli.assembly.rules.proxies import refuse_statement
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import count, log, returning, statements
from linli.assembly.tests import makers
from linli.kernel import receipts, shares
from linli.kernel.tests.refusing import refused
from linli.notices.models import Message
from linli.people.models import Binding
from linli.people.rules import Role
from linli.plumbing import vault
from linli.plumbing.images import MB
from linli.plumbing.tests.threads import together

from . import boxes
from .test_bulletins import published_head, verified
from .test_casting import AT, YES, bound, cast
from .test_scanning import pdf, picture
from .test_signing import announced

NO = {"1": "against"}
AFTER = makers.CLOSES + timedelta(minutes=30)
NUMBER = drawn(lambda signs: signs[3])


@pytest.fixture
def vote(place, chair):
    made = makers.vote(place, (9_000, 8_000, 7_000), by=chair, couples=(2,))
    makers.officer(made, Office.CARRIER, chair, "吴海")
    Paper.objects.create(
        compound=place.compound, session=made.session, party=made.parties[1], number=NUMBER, printed_at=made.session.drafted_at
    )  # fmt: skip
    return made


def marks(vote, party=2):
    rows = RegisterOwner.objects.filter(compound_id=vote.session.compound_id, row__party=vote.parties[party - 1])
    return set(rows.values_list("mark", flat=True))


def state(vote, by, *, party=2, signed=None, witness="何志强", photo=None, at=AT, once=None):
    return statements.state(
        by=by, session=vote.session, party=vote.parties[party - 1], signed=marks(vote, party) if signed is None else signed,
        witness=witness, photo=BytesIO(picture(nth=7)) if photo is None else photo or None, at=at, once=once or uuid4(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("owners", "signed", "came", "key"),
    [("a", "a", 1, "not_needed"), ("a", "a", 2, None), ("ab", "a", 2, "all_sign"), ("ab", "ab", 0, None), ("ab", "abc", 2, "all_sign")],
)  # fmt: skip
def test_all_owners_sign_and_there_is_something_to_settle(owners, signed, came, key):
    no = refuse_statement(owners=set(owners), signed=set(signed), came=came)
    assert (no[0].key if no else None) == key


def test_statement_is_sealed_at_once_with_its_picture_and_nobody_types_what_it_says(place, vote, chair):
    leaf = state(vote, chair)
    assert (leaf.kind, leaf.party_id) == ("statement", vote.parties[1].pk)
    assert receipts.holds(leaf.receipt)
    opener = shares.Opener((vote.sheets[0], vote.sheets[1]), vote.session.pk.hex, vote.session.seal_key)
    opening = json.loads(opener.open(bytes(leaf.sealed), log.about(vote.session, leaf.ballot, receipts.Leaf.STATEMENT)))
    assert "choices" not in opening and opening["channel"] == "paper"
    paper = Paper.objects.get(compound_id=place.compound.pk, number=leaf.ballot)
    assert (paper.state, paper.party_id) == ("statement", vote.parties[1].pk)
    assert (
        refused(returning.receive, by=chair, session=vote.session, number=leaf.ballot, at=AT, once=uuid4())
        == "used_number"
    )
    enclosed = Enclosed.objects.get(compound_id=place.compound.pk)
    assert (enclosed.leaf_id, enclosed.witness) == (leaf.pk, "何志强")
    with pytest.raises(vault.Unopened):
        vault.open_sealed(enclosed.scan.file)
    assert PartyItem.objects.filter(compound_id=place.compound.pk).count() == 0  # it is no vote


def test_every_page_of_a_statement_is_kept(place, vote, chair):
    leaf = state(vote, chair, photo=BytesIO(pdf(picture(nth=1), picture(nth=2))))
    assert Enclosed.objects.filter(compound_id=place.compound.pk, leaf=leaf, witness="何志强").count() == 2


def test_same_press_is_one_statement(place, vote, chair):
    once = uuid4()
    assert state(vote, chair, once=once).pk == state(vote, chair, once=once).pk
    assert Scan.objects.filter(compound_id=place.compound.pk).count() == 1


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"signed": ()}, "all_sign"), ({"photo": False}, "no_photo"), ({"witness": " "}, "no_words"),
        ({"at": makers.CLOSES + timedelta(seconds=1)}, "late"), ({"party": 1}, "not_needed"), ({"photo": BytesIO(b"x")}, "not_a_photo"),
    ],
    ids=["unsigned", "no picture", "alone", "late", "one owner", "no photo"],
)  # fmt: skip
def test_what_is_no_statement_is_refused_and_nothing_kept(place, vote, chair, more, key):
    assert refused(state, vote, chair, **more) == key
    assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 0


@pytest.mark.parametrize("at", [s for s in State if s != State.OPEN])
def test_statement_is_taken_while_the_vote_is_open_alone(vote, chair, at):
    vote.session.state = at
    vote.session.save()
    assert refused(state, vote, chair) == "not_now"


def test_owner_types_no_statement(place, vote):
    assert refused(state, vote, bound(place, vote, 2)) == "not_yours"


def closed(vote, staff):
    vote.session.state = State.CLOSED
    vote.session.save()
    boxes.opened(vote, staff, at=AFTER)


def reads(place, vote, who, leaf, **said):
    address = f"/c/{place.slug}/assembly/{vote.session.number}/count/papers/{leaf.ballot}/"
    with time_machine.travel(AFTER, tick=False):
        return place.client(who).post(address, {"item1": "approve", "fault": "valid", **said})


def test_statement_is_entered_by_two_and_settles_what_co_owners_say_differently(place, vote, chair):
    staff = boxes.officers(place, vote, chair=chair)
    for k, choices in enumerate((YES, NO)):
        cast(vote, bound(place, vote, 2, k), choices)
    cast(vote, bound(place, vote, 1))
    cast(vote, bound(place, vote, 3))
    leaf = state(vote, chair)
    closed(vote, staff)
    tally = {"session": vote.session, "by": staff["teller1"], "at": AFTER}
    assert refused(count.tally, **tally) == "unread"
    (shown,) = proxies.shown(vote.session)
    assert (shown.label, shown.kind) == (vote.parties[1].label, "statement")
    base = f"/c/{place.slug}/assembly/{vote.session.number}/count/"
    with time_machine.travel(AFTER, tick=False):
        browser = place.client(staff["teller1"])
        page = browser.get(f"{base}papers/{leaf.ballot}/").content.decode()
        assert f"{base}scans/{shown.pk}/" in page and "共同声明，第" in page and "谁签的名" not in page
        assert browser.get(f"{base}scans/{shown.pk}/").status_code == 200
    assert reads(place, vote, staff["teller1"], leaf).status_code == 302
    assert reads(place, vote, staff["teller1"], leaf).status_code == 422  # another has to
    assert refused(count.tally, **tally) == "unread"
    assert reads(place, vote, staff["teller2"], leaf).status_code == 302
    (outcome,) = count.tally(**tally)
    assert (outcome.result, outcome.found["approve"]["persons"], outcome.found["disputed"]) == ("passed", 3, [])
    assert cases.box(vote.session).statements[0].choices == YES


def test_two_entries_that_differ_are_looked_at_together(place, vote, chair):
    staff = boxes.officers(place, vote, chair=chair)
    for k, choices in enumerate((YES, NO)):
        cast(vote, bound(place, vote, 2, k), choices)
    leaf = state(vote, chair)
    closed(vote, staff)
    reads(place, vote, staff["teller1"], leaf)
    reads(place, vote, staff["teller2"], leaf, item1="against")
    (stand,) = reading.stands(vote.session)
    assert stand.differs and not stand.entered


def test_statement_that_is_none_leaves_its_party_as_it_was(place, vote, chair):
    staff = boxes.officers(place, vote, chair=chair)
    for k, choices in enumerate((YES, NO)):
        cast(vote, bound(place, vote, 2, k), choices)
    leaf = state(vote, chair)
    closed(vote, staff)
    for who in ("teller1", "teller2"):
        assert reads(place, vote, staff[who], leaf, item1="", fault="unsigned").status_code == 302
    (outcome,) = count.tally(session=vote.session, by=staff["teller1"], at=AFTER)
    assert (
        outcome.found["disputed"] and {"ballot": leaf.ballot, "code": "unsigned", "words": "没有签名"} in outcome.listed
    )


@pytest.mark.parametrize("said", [{"item1": "approve"}, {"item1": "double"}, {"item1": "", "fault": "unsigned"}])
def test_both_bulletins_prove_it(place, vote, chair, said, tmp_path):
    staff = boxes.officers(place, vote, chair=chair)
    for k, choices in enumerate((YES, NO)):
        cast(vote, bound(place, vote, 2, k), choices)
    cast(vote, bound(place, vote, 1))
    cast(vote, bound(place, vote, 3))
    leaf = state(vote, chair)
    published_head(vote)
    closed(vote, staff)
    for who in ("teller1", "teller2"):
        assert reads(place, vote, staff[who], leaf, **said).status_code == 302
    count.tally(session=vote.session, by=staff["teller1"], at=AFTER)
    announced(vote, staff)
    for kind in ("public", "inspection"):
        assert verified(vote, tmp_path, kind, leaf.receipt)[0] == 0


@pytest.mark.django_db(transaction=True)
def test_statement_pressed_by_three_at_once_is_one(place, vote, chair):
    once = uuid4()
    got = together(*[lambda: state(vote, chair, once=once, photo=BytesIO(picture(nth=7)))] * 3)
    assert len({leaf.pk for leaf in got}) == 1
    assert Log.objects.get(compound_id=place.compound.pk).size == 1


# ── the desk ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_desk_sees_two_received_and_never_what(place, vote, chair):
    cast(vote, bound(place, vote, 1))
    cast(vote, bound(place, vote, 2), NO)
    returning.receive(by=chair, session=vote.session, number=NUMBER, at=AT, once=uuid4())
    (row,) = proxies.twice(vote.session, AT)
    assert (row.number, row.came, row.stated) == (2, 2, False)
    state(vote, chair)
    assert proxies.twice(vote.session, AT)[0].stated


def test_owners_are_invited_once(place, vote, chair):
    both = [bound(place, vote, 2, k) for k in (0, 1)]
    assert refused(statements.invite, by=chair, session=vote.session, party=vote.parties[1], at=AT) == "one_ballot"
    for by in both:
        cast(vote, by)
    for _ in range(2):
        assert statements.invite(by=chair, session=vote.session, party=vote.parties[1], at=AT) == 2
    assert Invitation.objects.filter(compound_id=place.compound.pk).values_list("party_id", "told").get() == (
        vote.parties[1].pk, 2,
    )  # fmt: skip
    rows = Message.objects.filter(compound_id=place.compound.pk, title="您家收到了不止一张票")
    assert {row.account_id for row in rows} == {by.account_id for by in both} and rows.count() == 2


def test_the_page_says_who_was_invited_and_when(place, vote, chair):
    both = [bound(place, vote, 2, k) for k in (0, 1)]
    for by in both:
        cast(vote, by)
    invite = url(place, vote, "statement-invite", 2)
    with time_machine.travel(AT, tick=False):
        desk = place.client(chair)
        assert invite in desk.get(url(place, vote, "statements")).content.decode()
        assert desk.post(invite).status_code == 302
        page = desk.get(url(place, vote, "statements")).content.decode()
    assert "发消息告诉了 2 位" in page and invite not in page
    row = proxies.twice(vote.session, AT)[0]
    assert (row.told, bool(row.invited)) == (2, True)


def test_who_could_not_be_reached_is_invited_at_the_door(place, vote, chair):
    cast(vote, bound(place, vote, 2))
    returning.receive(by=chair, session=vote.session, number=NUMBER, at=AT, once=uuid4())
    Binding.objects.filter(compound_id=place.compound.pk).update(state="ended")
    with time_machine.travel(AT, tick=False):
        desk = place.client(chair)
        desk.post(url(place, vote, "statement-invite", 2))
        page = desk.get(url(place, vote, "statements")).content.decode()
    assert "没有号码可发，请上门告诉" in page and url(place, vote, "statement-invite", 2) in page


def url(place, vote, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, vote.session.number, *args])


def test_pages_lead_from_two_received_to_the_slip(place, vote, chair, no_plain_file):
    for k in (0, 1):
        cast(vote, bound(place, vote, 2, k))
    with time_machine.travel(AT, tick=False):
        desk = place.client(chair)
        page = desk.get(url(place, vote, "statements")).content.decode()
        assert "2 张" in page and url(place, vote, "statement", 2) in page
        assert desk.post(url(place, vote, "statement-invite", 2)).status_code == 302
        assert url(place, vote, "statement", 3) in desk.get(f"{url(place, vote, 'statements')}?q=0003").content.decode()
        form = url(place, vote, "statement", 2)
        assert desk.get(form).status_code == 200
        photo = BytesIO(picture() + bytes(3 * MB))
        photo.name = "声明.jpg"
        given = {
            "signed": sorted(marks(vote))[:1],
            "witness": "何志强",
            "photo": photo,
            "once": str(uuid4()),
        }
        again = desk.post(form, given)
        assert again.status_code == 422 and "都签了字" in again.content.decode()
        photo.seek(0)
        sent = desk.post(form, {**given, "signed": sorted(marks(vote)), "photo": photo})
        assert sent["Location"] == url(place, vote, "slip", 2)
        assert "收到了" in desk.get(url(place, vote, "statements")).content.decode()


# ── the slip ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_slip_says_number_time_taker_and_place_but_no_choice(place, vote, chair):
    cast(vote, bound(place, vote, 1))
    leaf = returning.receive(by=chair, session=vote.session, number=NUMBER, at=AT, once=uuid4())
    with time_machine.travel(AT, tick=False):
        desk = place.client(chair)
        assert url(place, vote, "slip", leaf.index) in desk.get(url(place, vote, "returned")).content.decode()
        page = desk.get(url(place, vote, "slip", leaf.index)).content.decode()
        code = leaf.commitment[:16].upper()
        for words in (NUMBER, "吴海", "第 2 张", f"{code[:4]} {code[4:8]}", "/check-receipt/", vote.parties[1].label):
            assert words in page
        assert not any(word in page for word in ("同意", "反对", "弃权"))
        assert desk.get(f"{url(place, vote, 'slip', leaf.index)}?as=pdf").content[:4] == b"%PDF"
        found = f"/check-receipt/?s={vote.session.pk.hex}&n={leaf.index}&c={leaf.commitment[:16]}"
        assert "相符：票在箱里" in place.client().get(found).content.decode()


def test_slip_is_for_the_desk_and_the_owners_of_that_home(place, vote, chair):
    own = cast(vote, bound(place, vote, 1))
    leaf = returning.receive(by=chair, session=vote.session, number=NUMBER, at=AT, once=uuid4())
    address = url(place, vote, "slip", leaf.index)
    with time_machine.travel(AT, tick=False):
        owner = place.client(bound(place, vote, 2))
        assert owner.get(address).status_code == 200
        assert address in owner.get(url(place, vote, "session")).content.decode()
        others = [bound(place, vote, 1), place.post(Role.GRID_WORKER, name="网格员"), place.post(Role.FRONT_DESK, name="前台")]  # fmt: skip
        assert [place.client(by).get(address).status_code for by in others] == [404, 404, 404]
        assert (
            place.client(chair).get(url(place, vote, "slip", own.index)).status_code == 404
        )  # an online ballot has its own receipt
        for name, args in (("statements", ()), ("statement", (2,))):
            assert [place.client(by).get(url(place, vote, name, *args)).status_code for by in others] == [404, 404, 404]
        assert place.client(others[0]).post(url(place, vote, "statement-invite", 2)).status_code == 404
