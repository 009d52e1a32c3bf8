"""Names under the count, the announcement, lots, another look, a recount, the official system."""

import json
import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import CountSignature, Outcome, Session
from linli.assembly.rules.sessions import TABLE, Act, State, Who
from linli.assembly.services import count as services
from linli.assembly.services import signing
from linli.kernel.tests import refusing
from linli.matters.tests.makers import compound
from linli.people.rules import Role

from . import boxes

AFTER = boxes.AFTER
PASSING = boxes.case(*["approve"] * 4, *["against"] * 2)


@pytest.fixture(autouse=True)
def _after_the_count():
    with time_machine.travel(AFTER + timedelta(hours=1), tick=False):
        yield


def counted(place, chair, given, **more):
    made = boxes.laid(place, given, by=chair, **more)
    staff = boxes.officers(place, made, chair=chair)
    boxes.opened(made, staff)
    services.tally(session=made.session, by=staff["teller1"], at=AFTER)
    return made, staff


def signed(made, staff):
    for who in ("teller1", "teller2", "scrutineer1", "scrutineer2"):
        signing.sign(session=made.session, by=staff[who], at=AFTER)
    made.session.refresh_from_db()


def announced(made, staff):
    signed(made, staff)
    signing.announce(session=made.session, by=staff["chair"], at=AFTER)
    made.session.refresh_from_db()


refused = partial(refusing.refused, at=AFTER)


def url(place, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, 1, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_two_of_each_sign_and_then_it_stands(place, chair):
    made, staff = counted(place, chair, PASSING)
    for who in ("teller1", "scrutineer1", "scrutineer2"):
        signing.sign(session=made.session, by=staff[who], at=AFTER)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTING
    assert refused(signing.sign, session=made.session, by=staff["teller1"]) == "signed"
    assert refused(signing.announce, session=made.session, by=staff["chair"]) == "not_now"
    signing.sign(session=made.session, by=staff["teller2"], at=AFTER)
    made.session.refresh_from_db()
    assert (made.session.state, made.session.counted_at) == (State.COUNTED, AFTER)
    assert CountSignature.objects.filter(compound_id=place.compound.pk).count() == 4


def test_nobody_signs_before_the_count(place, chair):
    made = boxes.laid(place, PASSING, by=chair)
    staff = boxes.officers(place, made, chair=chair)
    boxes.opened(made, staff)
    assert refused(signing.sign, session=made.session, by=staff["teller1"]) == "not_counted"


# ── what people read ────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_result_is_named_before_it_is_announced(place, chair):
    made, staff = counted(place, chair, PASSING)
    browser = place.client(place.resident())
    for _ in range(2):
        page = text(browser.get(url(place, "result")))
        assert "通过" not in page and "同意" not in page
        signed(made, staff) if made.session.state != State.COUNTED else None
    assert "2026年4月3日前公布" in text(browser.get(url(place, "result")))


def test_it_is_passed_with_a_day_while_objections_may_come_and_passed_after(place, chair):
    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    browser = place.client(place.resident())
    page = text(browser.get(url(place, "result")))
    assert "通过2026年4月7日前可以提异议" in page and "参与表决6位，同意" in page
    assert "3×600.00=1,800.00≥2×900.00=1,800.00" in page and "66.67%" in page and "民法典第二百七十八条" in page
    with time_machine.travel(AFTER + timedelta(days=12), tick=False):
        later = text(browser.get(url(place, "result")))
    assert "前可以提异议" not in later and "通过" in later


def test_what_silence_was_made_to_say_is_said_beside_the_plain_count(place, chair):
    given = boxes.case(*["approve"] * 3, *["against"] * 2, homes=9)
    given["rules"]["silence_mode"] = "C"
    made, staff = counted(place, chair, given)
    announced(made, staff)
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert "法律风险" in page and "按“没投票的不计入参与”另算，结果是：未达到法定参与比例" in page


def test_ballots_are_listed_by_number_and_no_home_stands_there(place, chair):
    given = boxes.case(*["approve"] * 6)
    given["ballots"].append(dict(given["ballots"][0], id="B777", choice="against", at="2026-03-26T09:00:00+08:00"))
    given["ballots"].append(dict(given["ballots"][5], id="B888", channel="paper", valid=False, at="2026-03-26T09:01:00+08:00"))  # fmt: skip
    made, staff = counted(place, chair, given)
    announced(made, staff)
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert "B777重复投票，前后不一样" in page and "B888没有签名" in page and "9-1-0001" not in page


# ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────

PRESSES = {
    "agree-count": Act.AGREE_COUNT, "open-count": Act.OPEN_COUNT, "tally": Act.TALLY, "sign-count": Act.SIGN_COUNT, "announce": Act.ANNOUNCE,
    "recount": Act.RECOUNT, "take-back": Act.TAKE_BACK, "look-again": Act.LOOK_AGAIN,
}  # fmt: skip
PARTS = {
    "chair": {"agree-count", "open-count", "announce", "recount", "take-back", "look-again"},
    "teller1": {"tally", "sign-count"},
    "scrutineer1": {"agree-count", "open-count", "sign-count", "take-back", "look-again"},
    "clerk1": set(),
}
WHEN = {
    "closed": {"agree-count", "open-count"},
    "counting": {"tally", "sign-count", "look-again"},
    "counted": {"announce", "recount"},
    "announced": {"recount", "take-back"},
    "filed": {"take-back"},
}


@pytest.mark.one_database
@pytest.mark.parametrize("state", [s.value for s in State if s != State.DRAFTING])
def test_each_office_presses_its_own_and_nobody_else_anything(place, chair, state):
    made = boxes.laid(place, PASSING, by=chair)
    staff = boxes.officers(place, made, chair=chair)
    Session.objects.filter(compound_id=place.compound.pk).update(state=state)
    others = {"owner": place.resident(), "manager": place.post(Role.PROPERTY_MANAGER)}
    wrong = []
    for who, actor in {**staff, **others}.items():
        browser = place.client(actor)
        if browser.get(url(place, "count")).status_code != (404 if who in others else 200):
            wrong.append((who, "count"))
        for press in PRESSES:
            mine = press in PARTS.get(who.replace("2", "1"), ())
            expected = 404 if not mine else 200 if press in WHEN.get(state, ()) else 302
            found = browser.get(url(place, "count-act", press)).status_code
            wrong += [] if found == expected else [(who, press, found)]
    assert wrong == []


def test_people_of_another_compound_find_no_count(place, chair):

    made, staff = counted(place, chair, PASSING)
    announced(made, staff)
    there = compound("there")
    for actor in (there.post(Role.COMMITTEE_CHAIR), there.resident()):
        for name in ("count", "result"):
            assert there.client(actor).get(url(place, name)).status_code == 404
            assert there.client(actor).get(url(there, name)).status_code == 404


def test_every_act_of_the_count_is_in_the_table():
    assert set(PRESSES.values()) <= set(TABLE) and Who.CHAIR in TABLE[Act.ANNOUNCE].who


def test_the_result_asks_as_often_for_one_ballot_as_for_many(place, chair):
    few, staff = counted(place, chair, boxes.case("approve"))
    announced(few, staff)
    browser = place.client(place.resident())

    def asked():
        browser.get(url(place, "result"))
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url(place, "result")).status_code == 200
        return len(seen)

    before = asked()
    outcome = Outcome.objects.get(compound_id=place.compound.pk)
    with connection.cursor() as cursor:
        rows = [{"ballot": f"B{n:03}", "code": "void", "words": "票面无效"} for n in range(50)]
        listed = json.dumps(rows)
        where = outcome.pk.hex if connection.vendor == "sqlite" else outcome.pk
        cursor.execute(
            "UPDATE assembly_outcome SET listed = %s WHERE id = %s AND compound_id = %s",
            [listed, where, place.compound.pk.hex if connection.vendor == "sqlite" else place.compound.pk],
        )
    assert asked() == before
