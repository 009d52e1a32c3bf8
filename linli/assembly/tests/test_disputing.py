"""A co-owner objects in writing to what another sent: on paper at the desk, or online; and what the count makes of it (domain §3.4)."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from linli.assembly.models import Enclosed, Leaf, Log, Paper, PartyItem, RegisterOwner
from linli.assembly.queries import casting as read
from linli.assembly.queries import proxies
from linli.assembly.rules.proxies import refuse_objection
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import count, disputing, log, returning, statements
from linli.assembly.tests import makers
from linli.kernel import receipts, shares
from linli.kernel.tests.refusing import refused
from linli.notices.models import Message
from linli.plumbing.models import AuditEntry
from linli.plumbing.tests.threads import together

from . import boxes
from .test_bulletins import bulletin_of, published_head, verified
from .test_casting import AT, bound, cast
from .test_scanning import picture
from .test_signing import announced
from .test_statements import AFTER, NUMBER, closed, reads, state

ONE = {"items": ["1"]}


def url(place, vote, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, vote.session.number, *args])


def of_couples(place, chair):
    made = makers.vote(place, (9_000, 8_000, 7_000), by=chair, couples=(2,))
    makers.officer(made, Office.CARRIER, chair, "吴海")
    Paper.objects.create(
        compound=place.compound, session=made.session, party=made.parties[1], number=NUMBER, printed_at=made.session.drafted_at
    )  # fmt: skip
    return made


@pytest.fixture
def vote(place, chair):
    return of_couples(place, chair)


def voice(vote, by, nth=0):
    return read.voices(vote.session, by)[nth].key


def online(vote, by, *, items=("1",), at=AT, once=None, nth=0):
    return disputing.object_online(
        by=by, session=vote.session, voice=voice(vote, by, nth), items=items, at=at, once=once or uuid4()
    )


def owner_of(vote, k=1, party=2):
    """The mark of a co-owner."""
    person = vote.owners[party - 1][k]
    return RegisterOwner.objects.get(compound_id=vote.session.compound_id, row__party=vote.parties[party - 1], person=person).mark  # fmt: skip


def on_paper(vote, by, *, owner=None, party=2, witness="何志强", photo=None, at=AT, once=None):
    return disputing.object_on_paper(
        by=by, session=vote.session, party=vote.parties[party - 1], owner=owner_of(vote) if owner is None else owner, witness=witness,
        photo=BytesIO(picture(nth=9)) if photo is None else photo or None, at=at, once=once or uuid4(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("objected", "others", "key"),
    [(False, True, None), (False, False, "nothing_came"), (True, True, "objected"), (True, False, "objected")],
)
def test_once_and_only_to_what_another_sent(objected, others, key):
    no = refuse_objection(objected=objected, others_came=others)
    assert (no.key if no else None) == key


# ── online ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_online_it_is_sealed_with_a_receipt_and_is_no_vote(place, vote):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    turnout = Log.objects.values_list("parties", "area").get(compound_id=place.compound.pk)
    leaf = online(vote, two)
    assert (leaf.kind, leaf.channel, leaf.person_id) == ("objection", "online", vote.owners[1][1].pk)
    assert receipts.holds(leaf.receipt)
    opener = shares.Opener((vote.sheets[0], vote.sheets[1]), vote.session.pk.hex, vote.session.seal_key)
    opening = json.loads(opener.open(bytes(leaf.sealed), log.about(vote.session, leaf.ballot, receipts.Leaf.OBJECTION)))
    assert opening["choices"] == {"1": "object"} and opening["owner"] == owner_of(vote)
    assert Log.objects.values_list("parties", "area").get(compound_id=place.compound.pk) == turnout
    assert PartyItem.objects.get(compound_id=place.compound.pk).times == 1
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="session_dispute")
    assert entry.data["leaf"] == leaf.index and entry.person_id == leaf.person_id and "1" not in entry.data


def test_who_voted_is_told_and_never_who_objects(place, vote):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    online(vote, two)
    (row,) = Message.objects.filter(compound_id=place.compound.pk, title="您家的票有共有人提了书面异议")
    assert row.account_id == one.account_id and vote.owners[1][1].name not in row.title + row.body


def test_same_press_is_one_objection_and_another_is_refused(place, vote):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    once = uuid4()
    assert online(vote, two, once=once).pk == online(vote, two, once=once).pk
    assert refused(online, vote, two) == "objected"
    assert Leaf.objects.filter(compound_id=place.compound.pk, kind="objection").count() == 1


def test_each_of_two_may_object_to_the_other(place, vote):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    for by in (one, two):
        cast(vote, by)
        online(vote, by) if by is two else None
    assert online(vote, one).kind == "objection"


def test_nothing_came_or_only_ones_own_is_nothing_to_object_to(place, vote):
    two = bound(place, vote, 2, 1)
    assert refused(online, vote, two) == "nothing_came"
    cast(vote, two)
    assert refused(online, vote, two) == "nothing_came"
    assert refused(online, vote, bound(place, vote, 1)) == "nothing_came"


def test_a_paper_that_came_back_is_nobodys_and_may_be_objected_to(place, vote, chair):
    returning.receive(by=chair, session=vote.session, number=NUMBER, at=AT, once=uuid4())
    assert online(vote, bound(place, vote, 2, 1)).index == 1


@pytest.mark.parametrize(
    ("at", "key"), [(makers.OPENS - timedelta(seconds=1), "too_early"), (makers.CLOSES, None), (makers.CLOSES + timedelta(seconds=1), "late")]
)  # fmt: skip
def test_only_while_the_box_is_open(place, vote, chair, at, key):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    for do, by in ((online, two), (on_paper, chair)):
        Leaf.objects.filter(compound_id=place.compound.pk, kind="objection")
        if key:
            assert refused(do, vote, by, at=at) == key
    if key is None:
        assert online(vote, two, at=at).kind == "objection"


@pytest.mark.parametrize("at", [s for s in State if s != State.OPEN])
def test_in_no_other_state(place, vote, chair, at):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    vote.session.state = at
    vote.session.save()
    assert refused(online, vote, two) in {"too_early", "late", "cancelled"}
    assert refused(on_paper, vote, chair) == "not_now"


@pytest.mark.parametrize("items", [(), ("2",), ("1", "7")])
def test_it_names_items_that_this_party_decides(place, vote, items):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    assert refused(online, vote, two, items=items) == "no_item"


def test_nobody_objects_for_another(place, vote):
    cast(vote, bound(place, vote, 2))
    stranger, tenant = place.resident(), place.resident(relation="tenant")
    for by in (stranger, tenant):
        given = {"by": by, "session": vote.session, "voice": "x", "items": ["1"], "at": AT, "once": uuid4()}
        assert refused(disputing.object_online, **given) == "not_in_register"
    given["by"] = bound(place, vote, 1)
    row, owner = vote.rows[1], vote.owners[1][1]
    given["voice"] = f"{row.pk.hex}.{owner.pk.hex}"
    assert refused(disputing.object_online, **given) == "no_voice"


@pytest.mark.parametrize(
    ("rules", "key"), [({"online": False}, "online_off"), ({"official_evote_required": True}, "official_evote_required")]
)  # fmt: skip
def test_where_nothing_is_taken_online_it_is_paper_alone(place, vote, chair, rules, key):
    cast(vote, bound(place, vote, 2))
    vote.session.rules |= rules
    vote.session.save()
    assert refused(online, vote, bound(place, vote, 2, 1)) == key
    assert on_paper(vote, chair).kind == "objection"


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one(place, vote):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    once = uuid4()
    got = together(*[lambda: online(vote, two, once=once)] * 3)
    assert len({leaf.pk for leaf in got}) == 1 and Leaf.objects.filter(compound_id=place.compound.pk).count() == 2


# ── on paper ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_paper_it_gets_a_number_and_its_pages_are_sealed(place, vote, chair):
    cast(vote, bound(place, vote, 2))
    leaf = on_paper(vote, chair)
    paper = Paper.objects.get(compound_id=place.compound.pk, number=leaf.ballot)
    assert (paper.state, paper.party_id, leaf.person_id) == ("objection", vote.parties[1].pk, vote.owners[1][1].pk)
    enclosed = Enclosed.objects.get(compound_id=place.compound.pk)
    assert (enclosed.leaf_id, enclosed.witness) == (leaf.pk, "何志强")
    opener = shares.Opener((vote.sheets[0], vote.sheets[1]), vote.session.pk.hex, vote.session.seal_key)
    opening = json.loads(opener.open(bytes(leaf.sealed), log.about(vote.session, leaf.ballot, receipts.Leaf.OBJECTION)))
    assert "choices" not in opening
    assert (
        refused(returning.receive, by=chair, session=vote.session, number=leaf.ballot, at=AT, once=uuid4())
        == "used_number"
    )


def test_paper_and_online_are_one_objection_and_the_same_press_is_one(place, vote, chair):
    cast(vote, bound(place, vote, 2))
    once = uuid4()
    assert on_paper(vote, chair, once=once).pk == on_paper(vote, chair, once=once).pk
    assert refused(online, vote, bound(place, vote, 2, 1)) == "objected"
    assert refused(on_paper, vote, chair, photo=BytesIO(picture(nth=4))) == "objected"


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"photo": False}, "no_photo"), ({"witness": " "}, "no_words"), ({"owner": "x"}, "no_owner"), ({"party": 1}, "no_owner"),
        ({"photo": BytesIO(b"x")}, "not_a_photo"),
    ],
    ids=["no picture", "alone", "nobody", "another home", "no photo"],
)  # fmt: skip
def test_what_is_no_objection_is_refused_and_nothing_kept(place, vote, chair, more, key):
    cast(vote, bound(place, vote, 2))
    assert refused(on_paper, vote, chair, **more) == key
    assert not Leaf.objects.filter(compound_id=place.compound.pk, kind="objection").exists()
    assert not Paper.objects.filter(compound_id=place.compound.pk, state="objection").exists()


def test_owner_types_none_at_the_desk(place, vote):
    cast(vote, bound(place, vote, 2))
    assert refused(on_paper, vote, bound(place, vote, 2)) == "not_yours"


# ── the count ───────────────────────────────────────────────────────────────────────────────────────────────────────


def tallied(vote, staff):
    (outcome,) = count.tally(session=vote.session, by=staff["teller1"], at=AFTER)
    return outcome


def three_vote(place, vote):
    cast(vote, bound(place, vote, 1))
    cast(vote, bound(place, vote, 3))
    return cast(vote, bound(place, vote, 2))


def test_the_party_is_disputed_and_both_bulletins_prove_it(place, vote, chair, tmp_path):
    staff = boxes.officers(place, vote, chair=chair)
    ballot, leaf = three_vote(place, vote), online(vote, bound(place, vote, 2, 1))
    published_head(vote)
    closed(vote, staff)
    outcome = tallied(vote, staff)
    assert (outcome.found["disputed"], outcome.found["participating"]["persons"]) == ([[vote.parties[1].label]], 2)
    assert outcome.listed == [{"ballot": ballot.ballot, "code": "objected", "words": "有共有人书面异议，没有共同声明"}]
    assert "《业主大会和业主委员会指导规则》第二十五条" in outcome.sheet
    announced(vote, staff)
    for kind in ("public", "inspection"):
        assert verified(vote, tmp_path, kind, leaf.receipt)[0] == 0
        found = bulletin_of(vote, kind)
        assert found["items"][0]["not_counted"] == {ballot.ballot: "objected"} and found["refused"] == {}
        assert [one["kind"] for one in found["leaves"]].count("objection") == 1
    with time_machine.travel(AFTER, tick=False):
        page = place.client(bound(place, vote, 1)).get(url(place, vote, "result")).content.decode()
    assert "有共有人书面异议" in page and ballot.ballot in page


@pytest.mark.parametrize(
    ("said", "disputed"),
    [({"item1": "object"}, True), ({"item1": "unnamed"}, False), ({"item1": "", "fault": "unsigned"}, False)],
    ids=["objects", "to something else", "unsigned"],
)
def test_a_paper_is_entered_by_two_and_says_what_it_says(place, vote, chair, said, disputed, tmp_path):
    staff = boxes.officers(place, vote, chair=chair)
    three_vote(place, vote)
    leaf = on_paper(vote, chair)
    published_head(vote)
    closed(vote, staff)
    assert refused(tallied, vote, staff) == "unread"
    (shown,) = proxies.shown(vote.session)
    assert (shown.label, shown.kind) == (vote.parties[1].label, "objection")
    base = f"/c/{place.slug}/assembly/{vote.session.number}/count/"
    signer = owner_of(vote)[:16]
    with time_machine.travel(AFTER, tick=False):
        page = place.client(staff["teller1"]).get(f"{base}papers/{leaf.ballot}/").content.decode()
    assert "书面异议，第" in page and "有异议" in page and signer in page and f"{base}scans/{shown.pk}/" in page
    given = {"signer": signer, **said}
    assert reads(place, vote, staff["teller1"], leaf, **given).status_code == 302
    assert reads(place, vote, staff["teller1"], leaf, **given).status_code == 422  # another has to
    assert reads(place, vote, staff["teller2"], leaf, **given).status_code == 302
    outcome = tallied(vote, staff)
    assert bool(outcome.found["disputed"]) == disputed
    announced(vote, staff)
    for kind in ("public", "inspection"):
        assert verified(vote, tmp_path, kind, leaf.receipt)[0] == 0
    refused_ = bulletin_of(vote, "public")["refused"]
    assert refused_ == ({leaf.ballot: "unsigned"} if said.get("fault") else {})


def test_two_readings_that_differ_are_looked_at_together(place, vote, chair):
    staff = boxes.officers(place, vote, chair=chair)
    three_vote(place, vote)
    leaf = on_paper(vote, chair)
    closed(vote, staff)
    signer = owner_of(vote)[:16]
    reads(place, vote, staff["teller1"], leaf, item1="object", signer=signer)
    reads(place, vote, staff["teller2"], leaf, item1="unnamed", signer=signer)
    with time_machine.travel(AFTER, tick=False):
        address = f"/c/{place.slug}/assembly/{vote.session.number}/count/papers/{leaf.ballot}/"
        page = place.client(staff["teller1"]).get(address).content.decode()
    assert "两个人录得不一样" in page and "没提到" in page


def test_a_joint_statement_settles_it(place, vote, chair, tmp_path):
    staff = boxes.officers(place, vote, chair=chair)
    three_vote(place, vote)
    online(vote, bound(place, vote, 2, 1))
    (row,) = proxies.twice(vote.session, AT)
    assert (row.number, row.came, row.objected, row.stated) == (2, 1, True, False)
    assert statements.invite(by=chair, session=vote.session, party=vote.parties[1], at=AT) == 2
    paper = state(vote, chair)
    published_head(vote)
    closed(vote, staff)
    for who in ("teller1", "teller2"):
        assert reads(place, vote, staff[who], paper, item1="approve").status_code == 302
    outcome = tallied(vote, staff)
    assert (outcome.found["disputed"], outcome.found["approve"]["persons"]) == ([], 3)
    announced(vote, staff)
    assert verified(vote, tmp_path, "inspection")[0] == 0


def test_of_two_items_only_what_he_objects_to(place, chair, tmp_path):
    vote = makers.vote(
        place, (9_000, 8_000), by=chair, couples=(2,), items=({"matter_no": 4, "title": "一"}, {"matter_no": 5, "title": "二"})
    )  # fmt: skip
    staff = boxes.officers(place, vote, chair=chair)
    cast(vote, bound(place, vote, 1), {"1": "approve", "2": "approve"})
    cast(vote, bound(place, vote, 2), {"1": "approve", "2": "approve"})
    online(vote, bound(place, vote, 2, 1), items=("2",))
    closed(vote, staff)
    first, second = count.tally(session=vote.session, by=staff["teller1"], at=AFTER)
    assert (first.found["disputed"], second.found["disputed"]) == ([], [[vote.parties[1].label]])
    announced(vote, staff)
    assert verified(vote, tmp_path)[0] == 0


def test_without_its_leaf_the_log_is_another(place, vote, chair, tmp_path):
    """Somebody with the database drops the objection after the head was posted: the bulletin no longer verifies."""
    staff = boxes.officers(place, vote, chair=chair)
    three_vote(place, vote)
    leaf = online(vote, bound(place, vote, 2, 1))
    published_head(vote)
    closed(vote, staff)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM assembly_opened WHERE leaf_id = %s", [leaf.pk.hex if connection.vendor == "sqlite" else leaf.pk])  # fmt: skip
        cursor.execute("DELETE FROM assembly_leaf WHERE id = %s", [leaf.pk.hex if connection.vendor == "sqlite" else leaf.pk])  # fmt: skip
    assert not tallied(vote, staff).found["disputed"]
    announced(vote, staff)
    assert verified(vote, tmp_path, "public")[0] == 1
