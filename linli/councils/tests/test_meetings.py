from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.councils import tasks
from linli.councils.models import AgendaItem, Meeting, MeetingPaper, MeetingRecord, Seat, Signature
from linli.councils.services import meetings
from linli.kernel.bodies import RESERVED
from linli.kernel.refusal import Refused
from linli.matters.services.papers import ready
from linli.matters.tests.makers import NOW
from linli.matters.tests.makers import compound as another
from linli.notices.models import Message
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from .meetings import MEETS, OVER, Board, board, called, drafted, held, item, published, seat, signed


@pytest.fixture
def seven(place) -> Board:
    return board(place)


def refused(do, **what) -> tuple[str, str]:
    with pytest.raises(Refused) as no:
        do(**what)
    return no.value.refusal.key, no.value.refusal.article


def why(do, **what) -> str:
    return refused(do, **what)[0]


def sheet(words: bytes = b"sheet"):
    return ready([SimpleUploadedFile("sheet.pdf", b"%PDF-1.4 " + words, "application/pdf")])


def told(place, kind: str) -> list:
    rows = Message.objects.filter(compound_id=place.compound.pk, kind=kind).order_by("id")
    return list(rows.values_list("account_id", flat=True))


# ── the law's vectors ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("votes", "result"), [("yyyn", "failed"), ("yyya", "failed"), ("yyyy", "passed")])
def test_of_seven_four_come_and_four_must_sign(seven, votes, result):
    meeting = held(seven)
    assert signed(seven, meeting, votes).result == result
    meeting.refresh_from_db()
    assert meeting.state == "closed"


def test_three_that_sign_decide_nothing_when_the_fourth_never_does(seven):
    meeting = held(seven)
    assert signed(seven, meeting, "yyy-").result == ""
    close = {"by": seven.secretary, "meeting": meeting}
    assert why(meetings.close, **close, at=OVER) == "unsigned"
    meetings.close(**close, at=OVER + timedelta(days=1))
    assert item(meeting).result == "failed"


def test_three_of_seven_are_no_meeting(seven):
    meeting = called(seven)
    what = {"by": seven.secretary, "meeting": meeting, "present": seven.accounts(0, 1, 2), "at": OVER}
    assert why(meetings.hold, **what, compound=seven.place.compound) == "absent"
    assert meetings.miss(**what).state == "missed"
    assert Seat.objects.filter(compound_id=meeting.compound_id, present=True).count() == 3


def test_where_two_thirds_must_come_four_of_seven_are_too_few(seven):
    seven.place.compound.profile = "shandong"
    seven.place.compound.save()
    meeting = called(seven)
    what = {"by": seven.secretary, "meeting": meeting, "compound": seven.place.compound, "at": OVER}
    key, article = refused(meetings.hold, **what, present=seven.accounts(0, 1, 2, 3))
    assert key == "absent" and article.startswith("山东")
    assert meetings.hold(**what, present=seven.accounts(0, 1, 2, 3, 4)).state == "held"


@pytest.mark.parametrize(
    ("came", "key"), [((0, 1, 5, 6, 7), "owners_absent"), ((0, 1, 2, 5, 6), None), ((0, 1, 2, 3), "absent")]
)
def test_pmc_of_nine_with_five_owners_meets(place, came, key):
    nine = board(place, 9, owners=5, pmc=True)
    meeting = called(nine, starts_at=NOW + timedelta(days=1))
    what = {"by": nine.chair, "meeting": meeting, "compound": place.compound, "at": NOW + timedelta(days=1)}
    if key:
        assert why(meetings.hold, **what, present=nine.accounts(*came)) == key
    else:
        assert meetings.hold(**what, present=nine.accounts(*came)).owners == 5


def test_pmc_decision_needs_five_of_nine_and_stays_posted_ten_working_days(place):
    place.compound.profile = "beijing"
    place.compound.save()
    nine = board(place, 9, owners=5, pmc=True)
    meeting = held(nine, came=5)
    assert signed(nine, meeting, "yyyy").result == ""
    assert signed(nine, meeting, "----y").result == "passed"
    made = meetings.publish(by=nine.chair, meeting=meeting, compound=place.compound, at=OVER)
    assert (made.published_at.date(), made.shown_until) == (date(2026, 4, 1), date(2026, 4, 16))


# ── what a committee may not decide, and when it may meet ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", sorted(RESERVED))
def test_nothing_reserved_to_the_assembly_is_put_on_the_agenda(seven, number):
    what = {"by": seven.chair, "meeting": drafted(seven), "title": "议一议", "at": NOW}
    assert refused(meetings.add_item, **what, kind=f"reserved_{number}") == ("reserved", RESERVED[number])


@pytest.mark.parametrize(
    ("kind", "title", "article"),
    [
        ("other", "选聘物业公司", RESERVED[4]),
        ("spending", "动用维修资金修屋面", RESERVED[5]),
        ("other", "给三栋加装电梯", RESERVED[7]),
        ("assembly", "选聘物业公司", ""),
        ("urgent", "动用维修资金抢修屋面", ""),
    ],
)
def test_title_cannot_hide_what_is_reserved(seven, kind, title, article):
    what = {"by": seven.chair, "meeting": drafted(seven), "title": title, "at": NOW, "kind": kind}
    if article:
        assert refused(meetings.add_item, **what) == ("reserved", article)
    else:
        assert meetings.add_item(**what).title == title


def test_owners_see_the_agenda_seven_days_before_and_the_committee_of_residents_hears_five(seven):
    what = {"by": seven.chair, "meeting": drafted(seven), "compound": seven.place.compound, "spot": "活动室", "at": NOW}
    key, article = refused(meetings.call, **what, starts_at=NOW + timedelta(days=6))
    assert key == "agenda_late" and "指导规则" in article
    assert why(meetings.call, **{**what, "meeting": drafted(seven)}, starts_at=NOW - timedelta(days=1)) == "starts_at"
    worker = seven.place.post(Role.COMMUNITY_WORKER)
    made = meetings.call(**what, starts_at=NOW + timedelta(days=7))
    assert (made.state, made.told, told(seven.place, "meeting_topics")) == ("called", 1, [worker.account_id])
    assert len(told(seven.place, "meeting_called")) == 7


def test_empty_agenda_is_not_called(seven):
    meeting = meetings.start(by=seven.chair, compound=seven.place.compound, at=NOW)
    what = {"by": seven.chair, "meeting": meeting, "compound": seven.place.compound, "spot": "活动室", "at": NOW}
    assert why(meetings.call, **what, starts_at=MEETS) == "no_items"


def test_agenda_is_fixed_once_called(seven):
    meeting = called(seven)
    what = {"by": seven.chair, "meeting": meeting, "at": NOW}
    assert why(meetings.add_item, **what, kind="other", title="再加一项") == "wrong_state"
    assert why(meetings.drop_item, **what, item=item(meeting)) == "wrong_state"


def test_a_third_of_the_members_make_the_chair_call_it(seven):
    _, one, two, three, four, *_ = seven.members
    meeting = drafted(seven, by=one)
    what = {
        "meeting": meeting,
        "compound": seven.place.compound,
        "starts_at": MEETS + timedelta(days=8),
        "spot": "活动室",
    }
    meetings.propose(by=one, meeting=meeting, at=NOW)
    for _ in range(2):
        meetings.support(by=two, meeting=meeting, at=NOW)
    assert why(meetings.call, **what, by=two, at=NOW) == "too_few_ask"
    meetings.support(by=three, meeting=meeting, at=NOW)
    assert told(seven.place, "meeting_asked") == [seven.chair.account_id]
    assert why(meetings.call, **what, by=two, at=NOW + timedelta(days=6)) == "chairs_turn"
    assert why(meetings.call, **what, by=four, at=NOW + timedelta(days=8)) == "not_yours"
    made = meetings.call(**what, by=two, at=NOW + timedelta(days=8))
    assert (made.state, made.by_members) == ("called", True)
    assert (
        why(meetings.cancel, by=seven.chair, meeting=made, reason="不想开", at=NOW + timedelta(days=8)) == "asked_for"
    )


# ── signing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_member_signs_alone_once_and_only_if_there(seven):
    meeting = held(seven)
    what = {"meeting": meeting, "item": item(meeting), "choice": "approve", "at": OVER}
    meetings.sign(by=seven.members[1], **what)
    assert why(meetings.sign, by=seven.members[1], **{**what, "choice": "against"}) == "signed"
    for who in (seven.members[5], seven.secretary, seven.place.resident(), seven.place.post(Role.PROPERTY_MANAGER)):
        assert why(meetings.sign, by=who, **what) == "not_yours"
    row = Signature.objects.get(compound_id=meeting.compound_id)
    with pytest.raises(TypeError):
        row.save()


def test_nobody_sits_for_a_member(seven):
    meeting, stranger = called(seven), seven.place.resident()
    what = {"by": seven.secretary, "meeting": meeting, "compound": seven.place.compound, "at": OVER}
    assert why(meetings.hold, **what, present=[*seven.accounts(0, 1, 2), stranger.account_id]) == "no_member"


def test_signature_on_paper_is_entered_with_the_sheet_and_both_names(seven):
    meeting, member = held(seven), seven.members[2]
    what = {"by": seven.secretary, "meeting": meeting, "item": item(meeting), "choice": "approve", "at": OVER}
    assert why(meetings.enter, **what, seat=seat(meeting, member), papers=[]) == "missing_paper"
    assert why(meetings.enter, **what, seat=seat(meeting, seven.members[6]), papers=sheet()) == "absent"
    assert why(meetings.enter, **{**what, "by": seven.chair}, seat=seat(meeting, member), papers=sheet()) == "not_yours"
    meetings.enter(**what, seat=seat(meeting, member), papers=sheet())
    meetings.enter(**what, seat=seat(meeting, seven.members[3]), papers=sheet())
    row = Signature.objects.filter(compound_id=meeting.compound_id).order_by("id").first()
    assert (row.seat.name, row.entered_name, row.channel) == ("孙梅", "苏文", "paper")
    assert MeetingPaper.objects.filter(compound_id=meeting.compound_id).count() == 1
    assert told(seven.place, "meeting_signed") == seven.accounts(2, 3)
    assert why(meetings.sign, by=member, **{k: v for k, v in what.items() if k != "by"}) == "signed"


def test_item_is_settled_as_soon_as_it_must_and_once(seven):
    meeting = held(seven, "买灯", "修门", came=6)
    assert signed(seven, meeting, "yyyy").result == "passed"
    assert signed(seven, meeting, "nnn", place=2).result == "failed"
    assert signed(seven, meeting, "----nn").result == "passed"
    signed(seven, meeting, "---yyy", place=2)
    meeting.refresh_from_db()
    assert (meeting.state, item(meeting, 2).result, item(meeting).against) == ("closed", "failed", 2)
    rows = AuditEntry.objects.filter(compound_id=meeting.compound_id, act="meeting_sign")
    assert [row.data["settles"] for row in rows if "settles" in row.data] == ["passed", "failed"]


def test_who_joins_the_committee_later_is_no_member_of_the_meeting(seven):
    meeting = held(seven)
    late = seven.place.post(Role.COMMITTEE_MEMBER)
    assert why(meetings.sign, by=late, meeting=meeting, item=item(meeting), choice="approve", at=OVER) == "not_yours"
    assert meeting.members == 7


def test_who_left_is_not_counted(seven):
    Post.objects.filter(pk=seven.members[6].role_id).update(to_day=date(2026, 3, 25))
    assert held(seven).members == 6


# ── afterwards ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_result_is_posted_with_each_members_vote(seven):
    posting = published(seven, "yyyy").posting
    assert posting.state == "issued"
    assert "全体 7 人，到会 4 人：吴海、钱进、孙梅、李冬" in posting.body
    assert (
        "1. 买两盏应急灯：通过（全体 7 人，要 4 人同意）" in posting.body
        and "赞成 4 人：吴海、钱进、孙梅、李冬" in posting.body
    )


def test_only_the_chair_publishes_and_only_what_is_settled(seven):
    meeting = held(seven)
    what = {"meeting": meeting, "compound": seven.place.compound, "at": OVER}
    assert why(meetings.publish, by=seven.chair, **what) == "wrong_state"
    signed(seven, meeting, "yyyy")
    assert why(meetings.publish, by=seven.members[1], **what) == "not_yours"
    assert meetings.publish(by=seven.chair, **what).state == "published"


def test_published_minutes_stay_and_are_corrected_beside(seven):
    meeting = held(seven)
    write = {"by": seven.secretary, "meeting": meeting, "at": OVER}
    meetings.write_minutes(**write, words="先说了灯")
    meetings.write_minutes(**write, words="先说了灯，再说了门")
    signed(seven, meeting, "yyyy")
    meetings.publish(by=seven.chair, meeting=meeting, compound=seven.place.compound, at=OVER)
    assert why(meetings.write_minutes, **write, words="改一改") == "published"
    meetings.correct(**write, words="灯是三盏", reason="记错了")
    rows = MeetingRecord.objects.filter(compound_id=meeting.compound_id).order_by("id")
    assert [row.kind for row in rows] == ["minutes", "minutes", "correction"]


def test_chair_is_reminded_on_the_last_day_and_each_day_after(seven):
    meeting = held(seven)
    assert meeting.result_due == date(2026, 4, 7)  # the third day falls into Qingming
    morning = OVER.replace(day=7, hour=9, minute=1)
    assert tasks.remind_results(morning - timedelta(days=1)) == 0
    assert [tasks.remind_results(morning + timedelta(hours=n)) for n in (0, 1, 24)] == [1, 0, 1]
    assert told(seven.place, "meeting_reminder") == [seven.chair.account_id] * 2
    signed(seven, meeting, "yyyy")
    meetings.publish(by=seven.chair, meeting=meeting, compound=seven.place.compound, at=morning)
    assert tasks.remind_results(morning + timedelta(days=3)) == 0


def test_committee_that_has_not_met_for_two_months_is_reminded_once(seven):
    published(seven)
    assert tasks.remind_meetings(OVER + timedelta(days=40)) == 0
    for n in (50, 51):
        tasks.remind_meetings(OVER + timedelta(days=n))
    assert told(seven.place, "meeting_due") == [seven.chair.account_id]
    called(seven, starts_at=OVER + timedelta(days=62), at=OVER + timedelta(days=52))
    assert tasks.remind_meetings(OVER + timedelta(days=60)) == 0


# ── once, and who ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_step_sent_twice_is_done_once(seven):
    place, keys = seven.place, [uuid4() for _ in range(8)]
    for _ in range(2):
        meeting = meetings.start(by=seven.chair, compound=place.compound, at=NOW, once=keys[0])
    for _ in range(2):
        meetings.add_item(by=seven.chair, meeting=meeting, kind="other", title="分工", at=NOW, once=keys[1])
    for _ in range(2):
        meetings.call(
            by=seven.chair,
            meeting=meeting,
            compound=place.compound,
            starts_at=MEETS,
            spot="活动室",
            at=NOW,
            once=keys[2],
        )
    came = seven.accounts(0, 1, 2, 3)
    for _ in range(2):
        meetings.hold(by=seven.secretary, meeting=meeting, compound=place.compound, present=came, at=OVER, once=keys[3])
    for _ in range(2):
        meetings.sign(by=seven.chair, meeting=meeting, item=item(meeting), choice="approve", at=OVER, once=keys[4])
    signed(seven, meeting, "-yyy")
    for _ in range(2):
        meetings.write_minutes(by=seven.secretary, meeting=meeting, words="说了分工", at=OVER, once=keys[5])
    for _ in range(2):
        meetings.publish(by=seven.chair, meeting=meeting, compound=place.compound, at=OVER, once=keys[6])
    for _ in range(2):
        meetings.correct(by=seven.chair, meeting=meeting, words="是周四", reason="记错", at=OVER, once=keys[7])
    here = {"compound_id": place.compound.pk}
    made = [m.objects.filter(**here).count() for m in (Meeting, AgendaItem, Seat, Signature, MeetingRecord)]
    assert made == [1, 1, 7, 4, 2]
    assert AuditEntry.objects.filter(**here, act__startswith="meeting_").count() == 11


def test_committee_next_door_does_nothing_here(seven):
    other = board(another("there"))
    meeting = held(seven)
    for by in (other.chair, other.secretary):
        assert why(meetings.close, by=by, meeting=meeting, at=OVER + timedelta(days=1)) == "not_yours"
    assert (
        why(meetings.sign, by=other.chair, meeting=meeting, item=item(meeting), choice="approve", at=OVER)
        == "not_yours"
    )
    assert why(meetings.start, by=other.chair, compound=seven.place.compound, at=NOW) == "not_yours"


def test_pmc_of_the_same_compound_does_nothing_in_the_committee(seven):
    pmc = board(seven.place, 5, owners=3, pmc=True)
    meeting = held(seven)
    assert why(meetings.close, by=pmc.chair, meeting=meeting, at=OVER + timedelta(days=1)) == "not_yours"
