"""The three sheets of the key: to whom each went, which is lost, and what to do then."""

import re

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Officer, Session, SheetUse
from linli.assembly.queries.sheets import sheets
from linli.assembly.rules.sessions import State
from linli.assembly.services import convening
from linli.assembly.services import sheets as services
from linli.kernel.tests.refusing import refused
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tests.threads import together

from . import boxes, stage
from .stage import FROZEN, OPENS


@pytest.fixture
def made(place, chair):
    stage.owned(place)
    made = stage.frozen(place, chair)
    stage.name_officer(made, "teller")
    with time_machine.travel(FROZEN, tick=False):
        yield made


def officer(made, office):
    return Officer.objects.get(compound_id=made.place.compound.pk, session=made.session, office=office).pk


def hand(made, place, to, who="chair", at=FROZEN):
    return services.hand(session=made.session, by=made.officers[who], place=place, officer=officer(made, to), at=at)


def lose(made, place, who="chair", at=FROZEN):
    return services.lose(session=made.session, by=made.officers[who], place=place, words="搬家时没找到", at=at)


def find(made, place, who, at=FROZEN):
    return services.find(session=made.session, by=made.officers[who], place=place, words="在抽屉里，封口完好", at=at)


def opened(made):
    for office in ("chair", "scrutineer"):
        made.session = convening.open_voting(by=made.officers[office], session=made.session, at=OPENS)


def url(place, name="keys", *args):
    return reverse(f"assembly:{name}", args=[place.slug, 1, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_handing_over_is_kept_with_both_offices_and_the_time(place, made):
    for n, office in enumerate(("chair", "teller", "scrutineer"), 1):
        hand(made, n, office)
    rows = SheetUse.objects.filter(compound_id=place.compound.pk).order_by("place")
    assert [(u.act, u.office, u.by_office, u.at) for u in rows] == [
        ("handed", office, "chair", FROZEN) for office in ("chair", "teller", "scrutineer")
    ]
    assert AuditEntry.objects.filter(compound_id=place.compound.pk, act="session_hand_sheet").count() == 3
    assert not any(part in str(list(rows.values())) for sheet in made.sheets for part in (sheet, sheet[:14]))


def test_three_sheets_are_kept_by_three(made):
    hand(made, 1, "chair")
    assert refused(hand, made, 2, "chair") == "keeps_another"
    hand(made, 1, "teller")
    hand(made, 2, "chair")
    assert [sheet.office for sheet in sheets(made.session)] == ["teller", "chair", "scrutineer"]


def test_one_lost_warns_and_two_lost_stop_the_opening(place, made):
    hand(made, 2, "teller")
    lose(made, 2)
    assert refused(lose, made, 2) == "lost_before"
    assert refused(hand, made, 2, "teller") == "lost_before"
    told = Message.objects.filter(compound_id=place.compound.pk, title="密钥纸丢了一张")
    assert told.count() == 3 and all("剩下的两张都到场才能开箱" in one.body for one in told)
    assert convening.refuse_open(Session.objects.get(compound_id=place.compound.pk), OPENS) is None
    lose(made, 3, who="scrutineer")
    found = Session.objects.get(compound_id=place.compound.pk)
    no = convening.refuse_open(found, OPENS)
    assert no and no.key == "sheets_lost"
    assert refused(convening.open_voting, by=made.officers["chair"], session=found, at=OPENS) == "sheets_lost"
    assert (
        Message.objects.filter(compound_id=place.compound.pk, title="密钥纸丢了两张", body__contains="重做密钥").count()
        == 3
    )


def test_a_lost_sheet_is_found_by_two_and_its_loss_stays_written(place, made):
    hand(made, 2, "teller")
    assert refused(find, made, 2, "chair") == "not_lost"
    lose(made, 2)
    assert refused(find, made, 2, "teller") == "not_yours"
    assert find(made, 2, "chair") is None
    assert refused(find, made, 2, "chair") == "said_before"
    assert sheets(made.session)[1].lost
    row = find(made, 2, "scrutineer")
    assert (row.act, row.office, row.by_office, row.turn) == ("found", "teller", "scrutineer", 1)
    (_one, sheet, _three) = sheets(made.session)
    assert (sheet.lost, sheet.office, [use.act for use in sheet.acts]) == (None, "teller", ["handed", "lost", "found"])
    assert (
        Message.objects.filter(
            compound_id=place.compound.pk, title="密钥纸找到了一张", body__contains="现在有 3 张"
        ).count()
        == 3
    )
    hand(made, 2, "chair")


def test_who_keeps_another_meanwhile_gives_that_away_first(made):
    hand(made, 2, "teller")
    lose(made, 2)
    hand(made, 3, "teller")
    assert refused(find, made, 2, "chair") == "keeps_another"
    hand(made, 3, "scrutineer")
    assert find(made, 2, "chair") is None
    assert find(made, 2, "scrutineer")


def test_a_sheet_lost_again_is_told_again_and_found_by_two_anew(place, made):
    lose(made, 2)
    find(made, 2, "chair")
    find(made, 2, "scrutineer")
    lose(made, 2)
    assert Message.objects.filter(compound_id=place.compound.pk, title="密钥纸丢了一张").count() == 6
    assert find(made, 2, "scrutineer") is None
    assert find(made, 2, "chair").turn == 2


def test_half_a_finding_does_not_outlive_its_key(place, made):
    lose(made, 1)
    find(made, 1, "chair")
    for who in ("chair", "scrutineer"):
        made.session, _texts = convening.new_keys(by=made.officers[who], session=made.session, at=FROZEN)
    lose(made, 1)
    assert find(made, 1, "scrutineer") is None


@pytest.mark.django_db(transaction=True)
def test_two_who_find_it_at_one_moment_write_it_once(place, chair):
    stage.owned(place)
    made = stage.frozen(place, chair)
    lose(made, 1)
    got = together(*[lambda who=who: find(made, 1, who) for who in ("chair", "scrutineer")])
    assert sorted(one is None for one in got) == [False, True]
    assert SheetUse.objects.filter(compound_id=place.compound.pk, act="found").count() == 1


def test_new_keys_make_three_new_sheets(place, made):
    lose(made, 1)
    lose(made, 2)
    for who in ("chair", "scrutineer"):
        session, texts = convening.new_keys(by=made.officers[who], session=made.session, at=FROZEN)
    assert len(texts) == 3 and [sheet.lost for sheet in sheets(session)] == [None] * 3
    assert convening.refuse_open(session, OPENS) is None
    made.session = session
    hand(made, 1, "chair")
    assert [bool(sheet.since) for sheet in sheets(session)] == [True, False, False]


def test_when_two_are_lost_after_opening_it_says_what_to_do(place, made):
    opened(made)
    with time_machine.travel(OPENS, tick=False):
        lose(made, 1, at=OPENS)
        lose(made, 3, at=OPENS)
        page = text(place.client(made.officers["chair"]).get(url(place)))
        assert "票箱打不开，也没有备份" in page and "重新公告、重新投票" in page
        assert "票箱打不开" in text(place.client(made.officers["chair"]).get(url(place, "session")))
        assert "票箱打不开" not in text(place.client(place.resident()).get(url(place, "session")))


def test_what_was_laid_open_names_its_keeper(place, chair):
    vote = boxes.laid(place, boxes.case("approve"), by=chair)
    staff = boxes.officers(place, vote, chair=chair)
    keeper = Officer.objects.filter(compound_id=place.compound.pk, session=vote.session, office="teller").first()
    services.hand(session=vote.session, by=staff["chair"], place=1, officer=keeper.pk, at=boxes.AFTER)
    services.lose(session=vote.session, by=staff["chair"], place=3, words="x", at=boxes.AFTER)
    assert refused(boxes.opened, vote, staff) == "lost_sheet"
    for who in ("chair", "scrutineer1"):
        services.find(session=vote.session, by=staff[who], place=3, words="x", at=boxes.AFTER)
    boxes.opened(vote, staff)
    laid = SheetUse.objects.get(compound_id=place.compound.pk, act="laid", place=1)
    assert (laid.office, laid.account_id, laid.by_account_id) == (
        "teller",
        keeper.account_id,
        staff["chair"].account_id,
    )
    assert (
        refused(services.lose, session=vote.session, by=staff["chair"], place=2, words="x", at=boxes.AFTER) == "not_now"
    )


def test_on_their_pages(place, made):
    browser = place.client(made.officers["chair"])
    assert "还没登记交给了谁，应由计票人保管" in text(browser.get(url(place)))
    assert browser.post(url(place, "key-act", 2, "hand"), {"officer": ""}).status_code == 422
    answer = browser.post(url(place, "key-act", 2, "hand"), {"officer": str(officer(made, "teller"))})
    assert answer.status_code == 302
    assert "计票人teller甲保管" in text(browser.get(url(place)))
    hand(made, 1, "chair")
    page = text(browser.get(url(place)))
    assert (
        "会议主持人交给计票人teller甲" in page
        and "会议主持人chair甲收下" in page
        and "主持人交给会议主持人" not in page
    )
    assert browser.post(url(place, "key-act", 2, "lose"), {"words": "丢了"}).status_code == 302
    page = browser.get(url(place))
    assert "丢了，" in text(page) and url(place, "key-act", 2, "find") in page.content.decode()
    assert browser.get(url(place, "key-act", 4, "lose")).status_code == 404
    assert [browser.get(url(place, "key-act", n, act)).status_code for n, act in ((2, "lose"), (1, "find"))] == [
        302
    ] * 2
    assert browser.post(url(place, "key-act", 2, "find"), {"words": ""}).status_code == 422
    assert browser.post(url(place, "key-act", 2, "find"), {"words": "抽屉里"}).status_code == 302
    page = browser.get(url(place))
    assert (
        "会议主持人登记找到了，等另一位" in text(page) and url(place, "key-act", 2, "find") not in page.content.decode()
    )
    other = place.client(made.officers["scrutineer"])
    assert other.post(url(place, "key-act", 2, "find"), {"words": "看过了"}).status_code == 302
    assert "主持人和监票人都看过，仍由计票人teller甲保管" in text(browser.get(url(place)))


# 200 opens, 302 too early or too late, 404 nothing there: (keys, hand, lose, find) by office.
SEEN = {
    "chair": (200, 200, 200, 200), "scrutineer": (200, 200, 200, 200), "teller": (200, 404, 200, 404), "convener": (200, 404, 404, 404),
    "community": (200, 404, 404, 404), "owner": (404, 404, 404, 404), "property": (404, 404, 404, 404), "carrier": (404, 404, 404, 404),
}  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize("state", [s.value for s in State if s != State.DRAFTING])
def test_who_sees_and_who_may(place, chair, made, state):
    stage.name_officer(made, "carrier", role=Role.STEWARD)
    lose(made, 2)
    Session.objects.filter(compound_id=place.compound.pk).update(state=state)
    people = {
        **made.officers, "convener": chair, "community": place.post(Role.COMMUNITY_WORKER), "owner": place.resident(),
        "property": place.post(Role.PROPERTY_MANAGER),
    }  # fmt: skip
    now = state in {"noticed", "open", "closed"}
    for who, expected in SEEN.items():
        browser = place.client(people[who])
        found = tuple(
            browser.get(page).status_code
            for page in (
                url(place),
                *(url(place, "key-act", n, act) for n, act in ((1, "hand"), (1, "lose"), (2, "find"))),
            )
        )
        assert found == tuple(302 if n and code == 200 and not now else code for n, code in enumerate(expected)), who


def test_next_door_finds_nothing(place, made):
    from linli.matters.tests.makers import compound

    there = compound("there")
    for actor in (there.post(Role.COMMITTEE_CHAIR), there.resident()):
        for page in (url(place), url(there), url(place, "key-act", 1, "lose")):
            assert there.client(actor).get(page).status_code == 404


# ── nobody can open it any more ─────────────────────────────────────────────────────────────────────────────────────


def give_up(made, who, at=OPENS):
    return services.give_up(session=made.session, by=made.officers[who], reason="两位保管人的密钥纸都丢了", at=at)


def test_a_vote_is_given_up_by_both_once_two_sheets_are_lost_and_owners_are_told(place, made):
    opened(made)
    lose(made, 1, at=OPENS)
    assert refused(give_up, made, "chair") == "still_opens"
    lose(made, 2, who="scrutineer", at=OPENS)
    assert refused(give_up, made, "teller") == "not_yours"
    assert give_up(made, "chair").state == State.OPEN
    assert refused(give_up, made, "chair") == "said_before"
    ended = give_up(made, "scrutineer")
    assert (ended.state, ended.cancelled_at, ended.reason, ended.due_at) == (
        State.CANCELLED,
        OPENS,
        "两位保管人的密钥纸都丢了",
        None,
    )
    told = Message.objects.filter(compound_id=place.compound.pk, title="这次投票作废了")
    assert told.count() == len(place.homes)


def test_a_sheet_found_takes_back_what_one_agreed_to(place, made):
    opened(made)
    lose(made, 1, at=OPENS)
    lose(made, 2, at=OPENS)
    give_up(made, "chair")
    for who in ("scrutineer", "chair"):
        find(made, 2, who, at=OPENS)
    assert refused(give_up, made, "scrutineer") == "still_opens"
    with time_machine.travel(OPENS, tick=False):
        page = url(place, "session")
        assert "作废这次投票" not in text(place.client(made.officers["scrutineer"]).get(page))
        lose(made, 3, at=OPENS)
        assert "作废这次投票" in text(place.client(made.officers["scrutineer"]).get(page))
    assert give_up(made, "scrutineer").state == State.OPEN
    assert give_up(made, "chair").state == State.CANCELLED


def test_giving_up_is_offered_to_both_when_it_is_lawful(place, made):
    opened(made)
    with time_machine.travel(OPENS, tick=False):
        page = url(place, "session")
        assert "作废这次投票" not in text(place.client(made.officers["chair"]).get(page))
        lose(made, 1, at=OPENS)
        lose(made, 3, at=OPENS)
        for who, offered in (("chair", True), ("scrutineer", True), ("teller", False)):
            assert ("作废这次投票" in text(place.client(made.officers[who]).get(page))) is offered
        form = {"reason": "找不到了"}
        address = reverse("assembly:do", args=[place.slug, 1, "give_up"])
        for who in ("chair", "scrutineer"):
            assert place.client(made.officers[who]).post(address, form).status_code == 302
        assert "找不到了" in text(place.client(made.officers["chair"]).get(page))
