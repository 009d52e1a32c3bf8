"""Names under the count, the announcement, lots, another look, a recount, the official system."""

import json
import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import CountSignature, Item, Objection, OfficialResult, Outcome, Session
from linli.assembly.queries import cases, results
from linli.assembly.queries.counting import decided
from linli.assembly.rules.official import Chosen, election, refuse_chosen
from linli.assembly.rules.sessions import TABLE, Act, State, Who
from linli.assembly.services import count as services
from linli.assembly.services import signing
from linli.assembly.services.reading import plain, read_paper
from linli.kernel.tally.thresholds import Result
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


# ── what may still change it ────────────────────────────────────────────────────────────────────────────────────────

TIED = boxes.TIED


def test_a_tie_is_drawn_by_lots_before_witnesses_and_counted_again(place, chair):
    made, staff = counted(place, chair, TIED)
    item = made.items[0]
    assert refused(signing.sign, session=made.session, by=staff["teller1"]) == "lots_first"
    draw = {"session": made.session, "by": staff["scrutineer1"], "item": item, "drawn_by": "社区书记"}
    assert refused(signing.draw_lots, **draw, order=["b"], witnesses=["甲", "乙"]) == "no_tie"
    assert refused(signing.draw_lots, **draw, order=["b", "a"], witnesses=["甲", " 甲"]) == "witnesses"
    (again,) = signing.draw_lots(**draw, order=["b", "a"], witnesses=["甲", "乙"], at=AFTER)
    assert again.turn == 2 and again.found["election"]["elected"] == ["b"]
    assert again.found["election"]["alternates"] == ["a"] and not results.ties_of(again)
    announced(made, staff)
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert "社区书记抽，甲、乙在场" in page and "第2次" in page


def test_lots_are_drawn_on_their_page(place, chair):
    made, staff = counted(place, chair, TIED)
    browser = place.client(staff["chair"])
    assert "候选a、候选b并列" in text(browser.get(url(place, "count")))
    form = {"place1": "a", "place2": "b", "drawn_by": "吴海", "witnesses": "甲\n乙", "words": ""}
    answer = browser.post(url(place, "count-lots", 1), form)
    assert answer.status_code == 302
    assert Outcome.objects.filter(compound_id=place.compound.pk).count() == 2
    assert browser.get(url(place, "count-lots", 1)).status_code == 404


def test_an_objection_leads_to_another_look_and_a_recount(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    announced(made, staff)
    session = made.session
    signing.recount(session=session, by=staff["chair"], words="1 号票不是本人签的", at=AFTER)
    signing.look_again(session=session, by=staff["scrutineer1"], number="b001", words="签名不对", at=AFTER)
    session.refresh_from_db()
    assert session.state == State.COUNTING
    assert refused(services.tally, session=session, by=staff["teller1"]) == "unread"
    assert refused(signing.sign, session=session, by=staff["teller1"]) == "looking"
    for clerk in ("clerk1", "clerk2"):
        read_paper(session=session, by=staff[clerk], number="B001", said=plain({}, fault="not_an_owner"), at=AFTER)
    assert refused_reading_again(session, staff) == "read"
    assert refused(signing.sign, session=session, by=staff["teller1"]) == "count_again"
    (again,) = services.tally(session=session, by=staff["teller1"], at=AFTER)
    assert (again.turn, again.result) == (2, "quorum_not_met")
    assert refused(signing.announce, session=session, by=staff["chair"]) == "not_now"
    announced(made, staff)
    assert cases.box(session).ballots[0].fault == "not_an_owner"


def filed(made, staff, upheld=True):
    announced(made, staff)
    Objection.objects.create(
        compound_id=made.session.compound_id, session=made.session, about="result", words="1 号票不是本人签的", raised_at=AFTER,
        answer="查过了", upheld=upheld, answered_at=AFTER,
    )  # fmt: skip
    Session.objects.filter(compound_id=made.session.compound_id).update(state=State.FILED, filed_at=AFTER)


def test_a_filed_result_is_taken_back_by_an_upheld_objection_and_two_alone(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    filed(made, staff)
    said = {"session": made.session, "words": "异议成立"}
    assert refused(signing.recount, by=staff["chair"], **said) == "not_now"
    later = AFTER + timedelta(days=900)
    signing.take_back(by=staff["chair"], at=later, **said)
    made.session.refresh_from_db()
    assert made.session.state == State.FILED
    assert refused(signing.take_back, by=staff["chair"], **said) == "said_before"
    signing.take_back(by=staff["scrutineer1"], at=later, **said)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTING


def test_after_its_days_an_announced_result_is_counted_again_by_an_upheld_objection_and_two_alone(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    filed(made, staff)
    Session.objects.filter(compound_id=place.compound.pk).update(state=State.ANNOUNCED, filed_at=None)
    said, later = {"session": made.session, "words": "再算一次"}, AFTER + timedelta(days=9)
    assert refused(signing.take_back, by=staff["chair"], **said) == "days_run"
    browser = place.client(staff["chair"])
    assert "take-back" not in browser.get(url(place, "count")).content.decode()
    with time_machine.travel(later, tick=False):
        page = browser.get(url(place, "count")).content.decode()
        assert "take-back" in page and "/recount/" not in page
        assert browser.post(url(place, "count-act", "recount"), {"words": "再算一次"}).status_code == 422
        Objection.objects.filter(compound_id=place.compound.pk).update(upheld=False)
        page = browser.get(url(place, "count")).content.decode()
        assert "take-back" not in page and "异议期里提出的异议成立，才能重新计票" in page
        Objection.objects.filter(compound_id=place.compound.pk).update(upheld=True)
    for who in ("chair", "scrutineer1"):
        made.session.refresh_from_db()
        assert made.session.state == State.ANNOUNCED
        signing.take_back(by=staff[who], at=later, **said)
    made.session.refresh_from_db()
    assert made.session.state == State.COUNTING
    services.tally(session=made.session, by=staff["teller1"], at=later)
    signed(made, staff)
    signing.recount(by=staff["chair"], at=later, **said)  # not announced yet: the count that runs is looked at again


def test_no_filed_result_is_taken_back_without_an_objection_of_its_days(place, chair):
    made, staff = counted(place, chair, PASSING)
    filed(made, staff, upheld=False)
    said = {"session": made.session, "words": "再看看"}
    assert refused(signing.take_back, by=staff["chair"], **said) == "no_objection"
    earlier = {"upheld": True, "raised_at": AFTER - timedelta(days=1)}  # to an announcement before this one
    Objection.objects.filter(compound_id=place.compound.pk).update(**earlier)
    assert refused(signing.take_back, by=staff["chair"], **said) == "no_objection"
    assert "take-back" not in place.client(staff["chair"]).get(url(place, "count")).content.decode()


def test_what_was_published_is_read_until_the_recount_is_announced(place, chair):
    made, staff = counted(place, chair, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper"))
    filed(made, staff)
    owner = place.client(place.resident())
    before = text(owner.get(url(place, "result")))
    for who in ("chair", "scrutineer1"):
        signing.take_back(by=staff[who], session=made.session, words="异议成立", at=AFTER)
    signing.look_again(session=made.session, by=staff["scrutineer1"], number="b001", words="签名不对", at=AFTER)
    for clerk in ("clerk1", "clerk2"):
        read_paper(session=made.session, by=staff[clerk], number="B001", said=plain({}, fault="not_an_owner"), at=AFTER)
    services.tally(session=made.session, by=staff["teller1"], at=AFTER)
    page = text(owner.get(url(place, "result")))
    notice = text(owner.get(url(place, "print", "result")))
    assert "（复核中）" in notice and "正在重新计票" in notice and "4/6" in notice
    assert owner.get(url(place, "print", "result") + "?as=pdf").status_code == 200
    assert "复核中：在重新计票" in page and "同意4位" in before and "同意4位" in page and "第2次" not in page
    assert owner.get(url(place, "bulletin")).status_code == 200
    announced(made, staff)
    page = text(owner.get(url(place, "result")))
    assert "在重新计票" not in page and "同意3位" in page and "第2次" in page
    notice = text(owner.get(url(place, "print", "result")))
    assert "复核中" not in notice and "3/5" in notice


def refused_reading_again(session, staff) -> str:
    said = plain({"1": "approve"}, owner="x")
    return refused(read_paper, session=session, by=staff["clerk1"], number="B001", said=said)


def test_where_the_city_has_its_own_system_its_result_decides(place, chair):
    given = boxes.case(*["approve"] * 6)
    given["rules"]["official_evote_required"] = True
    made, staff = counted(place, chair, given)
    Item.objects.filter(compound_id=place.compound.pk).update(total_parties=9, total_area=90_000)
    signed(made, staff)
    assert refused(signing.announce, session=made.session, by=staff["chair"]) == "official_first"
    browser = place.client(staff["chair"])
    wrong = {"result": "rejected", "document": SimpleUploadedFile("x.pdf", b"no paper")}
    assert browser.post(url(place, "count-official", 1), wrong).status_code == 422

    def typed(**more):
        return {"result": "rejected", "document": SimpleUploadedFile("结果.pdf", b"%PDF-1.7 ..."), **more}

    for said, words in (
        ({"participating_persons": "5", "approve_persons": "6"}, "同意的不会多过参与的"),
        ({"participating_persons": "70"}, "参与的不会多过全体"),
        ({"result": "passed", "participating_persons": "8", "approve_persons": "4"}, "照这些数字得不出这个结果"),
    ):
        answer = browser.post(url(place, "count-official", 1), typed(**said))
        assert answer.status_code == 422 and words in text(answer)
    assert not OfficialResult.objects.filter(compound_id=place.compound.pk).exists()
    right = typed(participating_persons="8", participating_area="800", approve_persons="4", approve_area="400.00")
    answer = browser.post(url(place, "count-official", 1), right)
    assert answer.status_code == 302, text(answer)
    held = OfficialResult.objects.get(compound_id=place.compound.pk)
    assert held.figures["approve"] == {"area": 40000, "persons": 4}
    document = url(place, "official-document", 1)
    assert place.client(place.resident()).get(document).status_code == 404
    assert browser.get(document).content == b"%PDF-1.7 ..."
    signing.announce(session=made.session, by=staff["chair"], at=AFTER + timedelta(hours=1))
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert "未通过2026年4月7日" in page and "以官方电子投票系统的结果为准：未通过（结果.pdf）" in page
    assert place.client(place.resident()).get(document)["Content-Type"] == "application/pdf"
    there = compound("there")
    assert there.client(there.resident()).get(document).status_code == 404
    notice = text(place.client(place.resident()).get(url(place, "print", "result")))
    assert (
        "政府的电子投票系统" in notice and "《结果.pdf》" in notice and "结论：未通过" in notice and "400.00" in notice
    )
    assert "结论：通过" not in notice and "来源" in notice


def test_alternates_are_ranked_one_after_the_other():
    none = {"area": None, "persons": None}
    rows = [Chosen("a", "甲", "elected", 0, none), Chosen("b", "乙", "alternate", 2, none)]
    no = refuse_chosen(Result.PASSED, 1, rows, none)
    assert no and no[0].key == "ranks"
    rows.append(Chosen("c", "丙", "alternate", 1, none))
    assert refuse_chosen(Result.PASSED, 1, rows, none) is None
    assert election(Result.PASSED, rows)["alternates"] == ["c", "b"]


def test_an_official_election_holds_who_was_chosen(place, chair):
    given = {**TIED, "rules": {**TIED["rules"], "official_evote_required": True}}
    made, staff = counted(place, chair, given)
    Item.objects.filter(compound_id=place.compound.pk).update(total_parties=9, total_area=90_000)
    signed(made, staff)  # a tie of opinions needs no lots
    browser = place.client(staff["chair"])
    page = text(browser.get(url(place, "count-official", 1)))
    assert "候选a" in page and "候补第1位" in page and "同意的人数" not in page

    def typed(**more):
        document = SimpleUploadedFile("结果.pdf", b"%PDF-1.7 ...")
        return {
            "result": "passed",
            "document": document,
            "participating_persons": "8",
            "participating_area": "800",
            **more,
        }

    for said, words in (
        ({}, "当选的没有过应选人数的一半"),
        ({"place-a": "elected", "place-b": "elected"}, "应选1名，当选的不会更多"),
        ({"place-a": "elected", "persons-a": "4"}, "同意候选a的没有过参与的一半"),
        ({"result": "quorum_not_met", "place-a": "elected"}, "没有达到法定参与比例"),
    ):
        answer = browser.post(url(place, "count-official", 1), typed(**said))
        assert answer.status_code == 422 and words in text(answer), words
        if "place-a" not in said:  # ours elected nobody to announce in its place
            assert refused(signing.announce, session=made.session, by=staff["chair"]) == "official_first"
    right = typed(
        **{"place-b": "elected", "persons-b": "6", "area-b": "600", "place-a": "alternate1", "persons-a": "5"}
    )
    assert browser.post(url(place, "count-official", 1), right).status_code == 302
    found = decided(made.items[0])
    assert found and found.election and (found.election["elected"], found.election["alternates"]) == (["b"], ["a"])
    signing.announce(session=made.session, by=staff["chair"], at=AFTER + timedelta(hours=1))
    page = text(place.client(place.resident()).get(url(place, "result")))
    assert page.index("候选b当选") < page.index("候选a候补")
    notice = text(place.client(place.resident()).get(url(place, "print", "result")))
    assert "候选b6600.00当选" in notice and "候选a5—候补第1位" in notice


def test_no_official_result_where_ours_decides(place, chair):
    made, staff = counted(place, chair, PASSING)
    key = refused(
        signing.import_official, session=made.session, by=staff["chair"], item=made.items[0], result="passed", figures={}, name="x",
        data=b"%PDF-",
    )  # fmt: skip
    assert key == "not_official"


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
    from linli.matters.tests.makers import compound

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
