"""A ballot into the box: once, by whom it belongs to, in time; and never legible before the count."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from linli.assembly.models import Candidate, Delivery, Leaf, Log, PartyItem
from linli.assembly.queries.casting import voices
from linli.assembly.rules.sessions import State
from linli.assembly.services import casting, log
from linli.assembly.tests import makers
from linli.kernel import receipts, shares
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW, account
from linli.people.models import Account, Binding, Person
from linli.plumbing.counters import kept
from linli.plumbing.tenancy import unscoped

AT = NOW + timedelta(hours=1)
YES = {"1": "approve"}


@pytest.fixture
def vote(place, chair):
    return makers.vote(place, (9_000, 8_000, 7_000), by=chair, couples=(2,))


def bound(place, made, party, k=0, who=None):
    """An account that speaks for an owner of this party."""
    who = who or account()
    person, home = made.owners[party - 1][k], made.rows[party - 1].home
    binding = Binding.objects.create(
        compound=place.compound, account=who, person=person, home=home, relation="owner", claimed_name=person.name,
        state="confirmed", asked_at=NOW - timedelta(days=90),
    )  # fmt: skip
    return place._actor(f"binding:{binding.pk}", who)


def cast(made, by, choices=YES, at=AT, once=None, nth=0):
    key = voices(made.session, by)[nth].key if voices(made.session, by) else ""
    return casting.cast(by=by, session=made.session, voice=key, choices=choices, at=at, once=once or uuid4())


def refusal(made, by, **more):
    with pytest.raises(Refused) as no:
        cast(made, by, **more)
    assert Leaf.objects.filter(compound_id=made.session.compound_id).count() == 0
    return no.value.refusal


def test_ballot_is_a_sealed_leaf_with_a_receipt_that_holds(place, vote):
    by = bound(place, vote, 1)
    leaf = cast(vote, by)
    assert receipts.holds(leaf.receipt)
    assert (leaf.index, leaf.channel, leaf.account_id) == (0, "online", by.account_id)
    opener = shares.Opener((vote.sheets[0], vote.sheets[1]), vote.session.pk.hex, vote.session.seal_key)
    opening = json.loads(opener.open(bytes(leaf.sealed), log.about(vote.session, leaf.ballot, receipts.Leaf.CAST)))
    person = vote.owners[0][0]
    assert opening == {
        "salt": opening["salt"], "kind": "cast", "ballot": leaf.ballot, "choices": YES, "agent": "", "home": "9-1-0001",
        "owner": receipts.owner_mark(makers.SALT, person.pk.hex, person.name), "channel": "online",
    }  # fmt: skip


def test_same_key_gives_the_same_receipt_and_moves_nothing(place, vote):
    by, once = bound(place, vote, 1), uuid4()
    first, again = cast(vote, by, once=once), cast(vote, by, {"1": "against"}, once=once)
    assert (again.pk, again.receipt) == (first.pk, first.receipt)
    box = Log.objects.get(compound_id=place.compound.pk, session=vote.session)
    assert (box.size, box.parties, box.area) == (1, 1, 9_000)


def test_nobody_votes_online_for_somebody_else(place, vote):
    helped = replace(bound(place, vote, 1), assistance_id=uuid4(), channel="phone")
    assert refusal(vote, helped).key == "helped"


def test_second_ballot_is_kept_in_order_and_marked(place, vote):
    by = bound(place, vote, 1)
    first, second = cast(vote, by), cast(vote, by, {"1": "against"})
    assert (first.index, second.index) == (0, 1)
    row = PartyItem.objects.get(compound_id=place.compound.pk, party=vote.parties[0])
    assert (row.times, row.first_at) == (2, AT)
    box = Log.objects.get(compound_id=place.compound.pk, session=vote.session)
    assert (box.size, box.parties, box.area) == (2, 1, 9_000)


def test_turnout_is_kept_by_building(place, vote):
    cast(vote, bound(place, vote, 1))
    cast(vote, bound(place, vote, 3))
    found = kept(place.compound.pk, f"came:{vote.session.pk.hex}:")
    building = vote.rows[0].building_id.hex
    assert found == {
        f"came:{vote.session.pk.hex}:{building}:parties": 2,
        f"came:{vote.session.pk.hex}:{building}:area": 16_000,
    }


def test_co_owners_are_one_party_and_both_are_kept(place, vote):
    one, other = bound(place, vote, 2), bound(place, vote, 2, 1)
    cast(vote, one)
    cast(vote, other, {"1": "against"})
    box = Log.objects.get(compound_id=place.compound.pk, session=vote.session)
    assert (box.size, box.parties, box.area) == (2, 1, 8_000)


def test_account_that_speaks_for_two_homes_chooses(place, vote):
    by = bound(place, vote, 1)
    bound(place, vote, 3, who=Account.objects.get(pk=by.account_id))
    found = voices(vote.session, by)
    assert [voice.row.label for voice in found] == ["9-1-0001", "9-1-0003"]
    assert cast(vote, by, nth=1).party_id == vote.parties[2].pk
    with pytest.raises(Refused) as no:
        casting.cast(by=by, session=vote.session, voice="", choices=YES, at=AT, once=uuid4())
    assert no.value.refusal.key == "no_voice"


@pytest.mark.parametrize(
    ("when", "key"),
    [(makers.OPENS - timedelta(seconds=1), "too_early"), (makers.CLOSES + timedelta(seconds=1), "late")],
)
def test_clock_alone_stops_the_box(place, vote, when, key):
    no = refusal(vote, bound(place, vote, 1), at=when)
    assert (no.key, no.article) == (key, "本次会议公告的表决规则")


def test_last_moment_is_in_time(place, vote):
    assert cast(vote, bound(place, vote, 1), at=makers.CLOSES).index == 0


@pytest.mark.parametrize("state", [s for s in State if s not in {State.OPEN, State.DRAFTING, State.NOTICED}])
def test_closed_box_takes_nothing(place, vote, state):
    vote.session.state = state
    vote.session.save()
    assert refusal(vote, bound(place, vote, 1)).key == ("cancelled" if state == State.CANCELLED else "late")


def test_who_is_not_in_the_register_cannot(place, vote):
    no = refusal(vote, place.resident())
    assert (no.key, no.article) == ("not_in_register", "民法典第二百七十八条")


def test_tenant_and_family_cannot(place, vote):
    by = bound(place, vote, 1)
    Binding.objects.filter(compound_id=place.compound.pk, account_id=by.account_id).update(relation="tenant")
    assert refusal(vote, by).key == "not_in_register"


def test_ended_binding_cannot(place, vote):
    by = bound(place, vote, 1)
    Binding.objects.filter(compound_id=place.compound.pk, account_id=by.account_id).update(ended_at=NOW, state="ended")
    assert refusal(vote, by).key == "not_in_register"


@pytest.mark.parametrize(
    ("rules", "key"),
    [({"online": False}, "online_off"), ({"official_evote_required": True}, "official_evote_required")],
)
def test_rules_of_the_notice_close_the_online_box(place, chair, rules, key):
    made = makers.vote(place, (9_000,), by=chair, **rules)
    no = refusal(made, bound(place, made, 1))
    assert no.key == key
    assert no.article


@pytest.mark.parametrize(
    ("choices", "key"),
    [
        ({}, "no_choice"), ({"1": "perhaps"}, "no_choice"), ({"1": {"a": "approve"}}, "no_choice"), ({"1": "follow_majority"}, "no_choice"),
        ({"1": "approve", "2": "approve"}, "not_on_agenda"),
    ],
)  # fmt: skip
def test_ballot_says_what_was_asked(place, vote, choices, key):
    assert refusal(vote, bound(place, vote, 1), choices=choices).key == key


def test_choices_are_in_no_row(place, vote):
    cast(vote, bound(place, vote, 1), {"1": "against"})
    for table in connection.introspection.table_names():
        with unscoped("a look at every table"), connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            assert b"against" not in repr(cursor.fetchall()).encode(), table


# ── by phone ────────────────────────────────────────────────────────────────────────────────────────────────────────


def go(browser, page, data=None):
    return browser.post(page, data) if data is not None else browser.get(page)


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False):
        yield


ITEMS = (
    {"matter_no": 4, "title": "选聘清和物业"},
    {"matter_no": 5, "title": "用维修资金换水泵"},
    {"matter_no": 9, "title": "修车棚"},
)


@pytest.mark.usefixtures("clock")
def test_two_owners_with_one_phone_are_told_apart_and_told_that_they_are_one_vote(place, vote):
    by = bound(place, vote, 2)
    bound(place, vote, 2, 1, who=Account.objects.get(pk=by.account_id))
    first, second = vote.owners[1]
    page = place.client(by).get(f"/c/{place.slug}/assembly/{vote.session.number}/cast/").content.decode()
    assert first.name in page and second.name in page
    assert "合起来是一票" in page


@pytest.mark.usefixtures("clock")
def test_item_by_item_back_and_forth_review_code_receipt(place, chair):
    made = makers.vote(place, (9_000,), by=chair, items=ITEMS)
    by = bound(place, made, 1)
    browser, base = place.client(by), f"/c/{place.slug}/assembly/{made.session.number}/"
    assert browser.get(f"{base}cast/")["Location"] == f"{base}cast/1/"
    assert Delivery.objects.get(compound_id=place.compound.pk).evidence == "online_read"
    assert go(browser, f"{base}cast/1/", {}).status_code == 422
    assert go(browser, f"{base}cast/1/", {"choice": "approve"})["Location"] == f"{base}cast/2/"
    assert browser.get(f"{base}cast/review/")["Location"] == f"{base}cast/2/"
    assert go(browser, f"{base}cast/2/", {"choice": "against", "go": "back"})["Location"] == f"{base}cast/1/"
    assert re.search(r'value="approve"[^>]*checked', browser.get(f"{base}cast/1/").content.decode())
    assert re.search(r'value="against"[^>]*checked', browser.get(f"{base}cast/2/").content.decode())
    assert go(browser, f"{base}cast/3/", {"choice": "abstain"})["Location"] == f"{base}cast/review/"
    page = browser.get(f"{base}cast/review/").content.decode()
    assert [page.index(word) for word in ("同意", "反对", "弃权")] == sorted(
        page.index(w) for w in ("同意", "反对", "弃权")
    )
    assert go(browser, f"{base}cast/review/", {})["Location"] == f"{base}cast/confirm/"
    code = re.search(r"data-shown-code>(\d{6})", browser.get(f"{base}cast/confirm/").content.decode())[1]
    wrong = go(browser, f"{base}cast/confirm/", {"code": "000000" if code != "000000" else "111111"})
    assert wrong.status_code == 422
    assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 0
    assert go(browser, f"{base}cast/confirm/", {"code": code})["Location"] == f"{base}receipts/0/"
    receipt = browser.get(f"{base}receipts/0/").content.decode()
    assert "您的票已入箱" in receipt
    assert "同意" not in receipt.split("<main")[1].split("</main")[0]
    assert receipts.holds(json.loads(browser.get(f"{base}receipts/0/file/").content))
    assert browser.get(f"{base}cast/")["Content-Type"].startswith("text/html")


@pytest.mark.usefixtures("clock")
def test_pressed_again_after_a_lost_answer_shows_the_receipt(place, vote):
    by = bound(place, vote, 1)
    browser, base = place.client(by), f"/c/{place.slug}/assembly/{vote.session.number}/"
    browser.get(f"{base}cast/")
    go(browser, f"{base}cast/1/", {"choice": "approve"})
    go(browser, f"{base}cast/review/", {})
    code = re.search(r"data-shown-code>(\d{6})", browser.get(f"{base}cast/confirm/").content.decode())[1]
    cookie = browser.cookies["sessionid"].value
    assert go(browser, f"{base}cast/confirm/", {"code": code})["Location"] == f"{base}receipts/0/"
    browser.cookies["sessionid"] = cookie  # the answer never came
    assert go(browser, f"{base}cast/confirm/", {"code": code})["Location"] == f"{base}receipts/0/"
    assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 1


@pytest.mark.usefixtures("clock")
def test_receipt_is_its_owners_alone(place, vote):
    cast(vote, bound(place, vote, 1))
    base = f"/c/{place.slug}/assembly/{vote.session.number}/receipts/0/"
    other = place.client(bound(place, vote, 2))
    assert [other.get(base).status_code, other.get(f"{base}file/").status_code] == [404, 404]


@pytest.mark.usefixtures("clock")
def test_choices_on_the_way_are_sealed_in_the_cookie_and_nobody_elses(place, vote):
    by, base = bound(place, vote, 1), f"/c/{place.slug}/assembly/{vote.session.number}/"
    browser = place.client(by)
    browser.get(f"{base}cast/")
    go(browser, f"{base}cast/1/", {"choice": "approve"})
    held = browser.session["ballot"]
    assert "approve" not in str(dict(browser.session))
    other = place.client(bound(place, vote, 3))
    session = other.session
    session["ballot"] = held
    session.save()
    other.cookies["sessionid"] = session.session_key
    assert other.get(f"{base}cast/review/")["Location"] == f"{base}cast/"


ELECTION = {"matter_no": 3, "title": "选举业主委员会", "form": "choose_up_to_N", "seats": 2}


def elect(place, chair, form):
    made = makers.vote(place, (9_000,), by=chair, items=({**ELECTION, "form": form},))
    for n, name in enumerate(("赵一", "钱二", "孙三"), 1):
        Candidate.objects.create(compound=place.compound, item=made.items[0], place=n, code=f"c{n}", name=name)
    return made


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("form", "given", "kept"),
    [
        ("choose_up_to_N", {"chosen": ["c1", "c3"]}, {"c1": "approve", "c3": "approve"}),
        (
            "per_candidate", {"candidate_0": "approve", "candidate_1": "against", "candidate_2": "abstain"},
            {"c1": "approve", "c2": "against", "c3": "abstain"},
        ),
    ],
)  # fmt: skip
def test_election_in_both_forms(place, chair, form, given, kept):
    made = elect(place, chair, form)
    by, base = bound(place, made, 1), f"/c/{place.slug}/assembly/{made.session.number}/"
    browser = place.client(by)
    browser.get(f"{base}cast/")
    assert go(browser, f"{base}cast/1/", given)["Location"] == f"{base}cast/review/"
    page = browser.get(f"{base}cast/review/").content.decode()
    assert "赵一" in page
    leaf = cast(made, by, {"1": kept})
    assert leaf.index == 0


@pytest.mark.usefixtures("clock")
def test_too_many_ticks_are_refused_before_they_spoil_the_ballot(place, chair):
    made = elect(place, chair, "choose_up_to_N")
    by, base = bound(place, made, 1), f"/c/{place.slug}/assembly/{made.session.number}/"
    browser = place.client(by)
    browser.get(f"{base}cast/")
    assert go(browser, f"{base}cast/1/", {"chosen": ["c1", "c2", "c3"]}).status_code == 422
    assert refusal(made, by, choices={"1": dict.fromkeys(("c1", "c2", "c3"), "approve")}).key == "over_ticked"


@pytest.mark.usefixtures("clock")
def test_who_cannot_vote_here_is_told_why_and_what_to_do(place, vote):
    page = place.client(place.resident()).get(f"/c/{place.slug}/assembly/{vote.session.number}/cast/").content.decode()
    assert "锁定的名册上没有您" in page
    assert "纸质票" in page


@pytest.mark.usefixtures("clock")
def test_account_of_somebody_who_died_casts_nothing_and_is_told_why(place, vote):
    """What was cast in lifetime stays in the box."""
    by = bound(place, vote, 1)
    leaf = cast(vote, by)
    Person.objects.filter(compound=place.compound, pk=vote.owners[0][0].pk).update(deceased_on=AT.date())
    assert voices(vote.session, by) == []
    with pytest.raises(Refused, match="已经登记去世"):
        cast(vote, by)
    Binding.objects.filter(compound=place.compound, account=by.account_id).update(state="ended")
    family = place.resident(relation="family", who=Account.objects.get(pk=by.account_id))
    page = place.client(family).get(f"/c/{place.slug}/assembly/{vote.session.number}/cast/").content.decode()
    assert "已经登记去世" in page and "锁定的名册上没有您" not in page
    assert Leaf.objects.get(compound=place.compound, session=vote.session) == leaf


def test_persons_of_other_names_do_not_vote(place, vote):
    person = Person.objects.create(compound=place.compound, name="业主10")
    assert not [voice for voice in voices(vote.session, bound(place, vote, 1)) if voice.person_id == person.pk]


def test_an_open_vote_waits_on_an_owners_home_until_something_came_in(place, vote):
    by, tenant = bound(place, vote, 1), place.resident(relation="tenant")
    home = f"/c/{place.slug}/home/"
    with time_machine.travel(AT, tick=False):
        assert "业主大会在投票" in place.client(by).get(home).content.decode()
        assert "业主大会在投票" not in place.client(tenant).get(home).content.decode()
        leaf = cast(vote, by)
        shown = place.client(by).get(home).content.decode()
        council = place.client(by).get(f"/c/{place.slug}/council/").content.decode()
        others = place.client(tenant).get(f"/c/{place.slug}/council/").content.decode()
    assert "业主大会在投票" not in shown
    receipt = f'href="/c/{place.slug}/assembly/{vote.session.number}/receipts/{leaf.index}/"'
    assert receipt in shown and receipt in council and "看回执" not in others


@pytest.mark.usefixtures("clock")
def test_co_owner_is_warned_before_a_second_ballot_and_told_what_to_do_after(place, vote):
    """Both on one account: ballots that differ void the home unless both state together (domain §3.4)."""
    by = bound(place, vote, 2)
    bound(place, vote, 2, 1, who=Account.objects.get(pk=by.account_id))
    browser, base = place.client(by), f"/c/{place.slug}/assembly/{vote.session.number}/"
    home = f"/c/{place.slug}/home/"
    warns = "已经收到 1 张。内容不一样、又没有共同声明，这一户就算无效"
    first, second = voices(vote.session, by)
    assert warns not in browser.get(f"{base}cast/").content.decode()
    cast(vote, by)
    assert warns in browser.get(f"{base}cast/").content.decode()
    assert "请一起签一份共同声明" not in browser.get(home).content.decode()
    browser.post(f"{base}cast/", {"voice": second.key})
    go(browser, f"{base}cast/1/", {"choice": "against"})
    review = browser.get(f"{base}cast/review/").content.decode()
    assert warns in review and review.index(warns) < review.index("不念姓名") < review.index("foot")
    cast(vote, by, {"1": "against"}, nth=1)
    page = browser.get(home).content.decode()
    assert "收到了 2 张票，请一起签一份共同声明" in page and "今天没有要您回答的" not in page
    page = browser.get(f"{base}cast/").content.decode()
    assert page.index("共有人各投了一张") < page.index("还要再投一张") and "btn-primary" not in page.split("<main")[1]
    receipt = browser.get(f"{base}receipts/1/").content.decode()
    assert receipt.index("全体共有人签名") < receipt.index("receipt-qr")


@pytest.mark.usefixtures("clock")
def test_one_owners_second_ballot_follows_the_printed_rule(place, vote):
    by = bound(place, vote, 1)
    browser, base = place.client(by), f"/c/{place.slug}/assembly/{vote.session.number}/"
    cast(vote, by)
    page = browser.get(f"{base}cast/").content.decode()
    assert "哪一张算数按公告的规则" in page and "这一户就算无效" not in page
    cast(vote, by, {"1": "against"})
    assert "共同声明" not in browser.get(f"/c/{place.slug}/home/").content.decode()
    assert "共同声明" not in browser.get(f"{base}receipts/0/").content.decode()
