"""The pages of a written objection: from the session to the receipt, at the desk, and who finds them."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.assembly.forms.casting import ObjectForm
from linli.assembly.models import Item, Leaf
from linli.assembly.queries import casting as read
from linli.assembly.queries.home import at_home
from linli.assembly.rules.sessions import Office, State
from linli.assembly.tests import makers
from linli.matters.tests.makers import compound as another
from linli.people.models import Account, OneTimeCode
from linli.people.rules import Role
from linli.places.models import Building

from .test_casting import AT, bound, cast
from .test_disputing import ONE, of_couples, owner_of, url, voice
from .test_scanning import picture


@pytest.fixture
def vote(place, chair):
    return of_couples(place, chair)


def test_from_the_session_to_the_receipt(place, vote, chair):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    with time_machine.travel(AT, tick=False):
        browser = place.client(two)
        address = url(place, vote, "objection")
        for name in ("session", "cast"):
            assert address in browser.get(url(place, vote, name)).content.decode()
        page = browser.get(address).content.decode()
        assert "不会知道是谁" in page
        empty = browser.post(address, {"voice": voice(vote, two)})
        assert empty.status_code == 422 and "选一下对哪几项有异议" in empty.content.decode()
        sent = browser.post(address, {"voice": voice(vote, two), **ONE})
        assert sent["Location"] == url(place, vote, "objection-confirm")
        shown = browser.get(sent["Location"]).content.decode()
        code = re.search(r"data-shown-code>(\d{6})", shown)[1]
        name, home = vote.owners[1][1].name, vote.rows[1].label
        assert f"以{name}的名义，{home}，1 项" in shown
        wrong = browser.post(sent["Location"], {"code": "000000" if code != "000000" else "111111"})
        assert wrong.status_code == 422 and not Leaf.objects.filter(compound_id=place.compound.pk, kind="objection").exists()  # fmt: skip
        done = browser.post(sent["Location"], {"code": code})
        assert done["Location"] == url(place, vote, "receipt", 1)
        receipt = browser.get(done["Location"]).content.decode()
        assert name in receipt and home in receipt and '<h1 class="title">您的异议已入箱' in receipt
        again = browser.get(url(place, vote, "cast")).content.decode()
        assert "您的异议已入箱" in again and "您的票已入箱" not in again
        assert "您的异议已入箱，看回执" in [one["title"] for one in at_home(two, place.slug, AT)]
        assert "您这一户的票有共有人提了书面异议" in receipt
        assert browser.get(url(place, vote, "receipt-file", 1)).json()["leaf"]["kind"] == "objection"
        leaf = Leaf.objects.get(compound_id=place.compound.pk, kind="objection")
        asks = f"/check-receipt/?s={vote.session.pk.hex}&n=1&c={leaf.commitment[:16]}"
        assert "相符：异议在箱里" in place.client().get(asks).content.decode()
        assert "已经提过异议了" in browser.get(address).content.decode()
        other = place.client(one)
        assert other.get(done["Location"]).status_code == 404
        assert "有共有人提了书面异议" in other.get(url(place, vote, "session")).content.decode()
        card, _receipt = at_home(one, place.slug, AT)
        assert "有共有人提了异议" in card["title"]
        assert "有书面异议" in place.client(chair).get(url(place, vote, "statements")).content.decode()


@pytest.mark.parametrize(
    "kinds, says",
    [((), "您这一户的票已经收到"), (("cast",), "您的票已入箱"), (("objection",), "您的异议已入箱"), (("cast", "objection"), "您的票和异议已入箱")],
)  # fmt: skip
def test_what_is_in_the_box_is_said_by_what_it_is(kinds, says):
    assert read.in_the_box([Leaf(kind=kind) for kind in kinds]) == says


def test_a_code_that_ended_is_not_shown_as_good(place, vote):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    with time_machine.travel(AT, tick=False) as clock:
        browser, confirm = place.client(two), url(place, vote, "objection-confirm")
        browser.post(url(place, vote, "objection"), {"voice": voice(vote, two), **ONE})
        assert "data-shown-code" in browser.get(confirm).content.decode()
        clock.shift(timedelta(minutes=5))
        page = browser.get(confirm).content.decode()
        assert "data-shown-code" not in page and "过了 5 分钟，不能用了" in page
        browser.post(confirm, {"again": ""})
        assert "data-shown-code" in browser.get(confirm).content.decode()


def test_what_others_alone_decide_is_not_offered(place, chair):
    elsewhere = Building.objects.filter(compound_id=place.compound.pk).order_by("id").last()
    vote = makers.vote(
        place, (9_000, 8_000), by=chair, couples=(2,),
        items=({"matter_no": 4, "title": "换门"}, {"matter_no": 5, "title": "别栋的梯", "scope": {"buildings": [str(elsewhere.pk)]}}),
    )  # fmt: skip
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    with time_machine.travel(AT, tick=False):
        browser, at = place.client(two), url(place, vote, "objection")
        assert "换门" in (page := browser.get(at).content.decode()) and "别栋的梯" not in page
        assert browser.post(at, {"voice": voice(vote, two), "items": ["2"]}).status_code == 422
    assert not OneTimeCode.objects.exists()


def test_of_two_homes_each_is_asked_what_it_decides():
    first, second = (Item(place=n, title=f"第{n}项") for n in (1, 2))
    given = {"voices": [("a", "甲"), ("b", "乙")], "decided": {"a": [second, first], "b": [second]}}
    assert [no for no, _title in ObjectForm(**given).fields["items"].choices] == ["1", "2"]
    assert ObjectForm({"voice": "a", "items": ["1", "2"]}, **given).is_valid()
    assert "items" in ObjectForm({"voice": "b", "items": ["1"]}, **given).errors


def test_pressing_twice_at_the_code_leads_to_the_same_receipt(place, vote):
    one, two = (bound(place, vote, 2, k) for k in (0, 1))
    cast(vote, one)
    with time_machine.travel(AT, tick=False):
        browser = place.client(two)
        browser.post(url(place, vote, "objection"), {"voice": voice(vote, two), **ONE})
        confirm = url(place, vote, "objection-confirm")
        code = re.search(r"data-shown-code>(\d{6})", browser.get(confirm).content.decode())[1]
        cookie = browser.cookies["sessionid"].value
        first = browser.post(confirm, {"code": code})
        browser.cookies["sessionid"] = cookie  # the answer never came
        assert browser.post(confirm, {"code": code})["Location"] == first["Location"]
    assert Leaf.objects.filter(compound_id=place.compound.pk, kind="objection").count() == 1


def test_the_desk_takes_a_paper_in_and_prints_a_slip(place, vote, chair):
    cast(vote, bound(place, vote, 2))
    with time_machine.travel(AT, tick=False):
        desk = place.client(chair)
        address = url(place, vote, "objection-paper", 2)
        assert address in desk.get(f"{url(place, vote, 'statements')}?q=0002").content.decode()
        assert desk.get(address).status_code == 200
        photo = BytesIO(picture(nth=3))
        photo.name = "异议.jpg"
        given = {"owner": owner_of(vote), "witness": "", "photo": photo, "once": str(uuid4())}
        assert desk.post(address, given).status_code == 422
        photo.seek(0)
        sent = desk.post(address, {**given, "witness": "何志强", "photo": photo})
        assert sent["Location"] == url(place, vote, "slip", 1)
        assert "书面异议收讫凭条" in desk.get(sent["Location"]).content.decode()


ONLINE, DESK = [("objection", ()), ("objection-confirm", ())], [("objection-paper", (2,))]


def codes(place, vote, by, pages=(*ONLINE, *DESK)):
    browser = place.client(by)
    return [browser.get(url(place, vote, name, *args)).status_code for name, args in pages]


@pytest.mark.one_database
@pytest.mark.parametrize("state", list(State))
def test_who_finds_which_page_in_each_state(place, vote, chair, state):
    cast(vote, bound(place, vote, 2))
    other = bound(place, vote, 2, 1)
    people = {office: makers.officer(vote, office, place.post(Role.STEWARD, name=office.value)) for office in Office}
    people |= {
        "other": other, "stranger": place.resident(), "manager": place.post(Role.PROPERTY_MANAGER),
        "worker": place.post(Role.GRID_WORKER),
    }  # fmt: skip
    vote.session.state = state
    vote.session.save()
    desk = {Office.CHAIR, Office.CARRIER, Office.CLERK, Office.TELLER}
    with time_machine.travel(AT, tick=False):
        for who, by in people.items():
            hidden = state == State.DRAFTING and who not in set(Office)
            assert codes(place, vote, by, ONLINE) == ([404, 404] if hidden else [200, 302]), who
            assert codes(place, vote, by, DESK) == [200 if who in desk else 404], who


def test_next_door_finds_nothing(place, vote):
    there = another("there")
    with time_machine.travel(AT, tick=False):
        for by in (there.resident(), there.post(Role.COMMITTEE_CHAIR)):
            browser = there.client(by)
            for where in (place, there):
                found = [browser.get(url(where, vote, name, *args)).status_code for name, args in (*ONLINE, *DESK)]
                assert found == [404] * 3
        assert codes(place, vote, None) == [302] * 3


def test_it_asks_as_often_for_one_home_as_for_many(place, chair):
    def cost(n):
        vote = makers.vote(place, (9_000,) * n, by=chair, couples=range(1, n + 1))
        by = bound(place, vote, 1, 1)
        for k in range(1, n + 1):
            cast(vote, bound(place, vote, k))
            bound(place, vote, k, 1, who=Account.objects.get(pk=by.account_id)) if k > 1 else None
        with time_machine.travel(AT, tick=False):
            browser = place.client(by)
            browser.get(url(place, vote, "objection"))
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(url(place, vote, "objection")).content.decode().count('name="voice"') == n
        return len(seen)

    assert cost(1) == cost(6)
