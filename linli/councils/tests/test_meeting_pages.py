import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.councils.models import Meeting, Signature
from linli.councils.services import meetings
from linli.matters.tests.makers import NOW
from linli.matters.tests.makers import compound as another
from linli.people.models import Organisation
from linli.people.rules import POSTS, Body, Role

from .meetings import MEETS, OVER, Board, board, called, drafted, held, published, seat, signed

LATER = OVER + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _after_the_meeting():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def seven(place) -> Board:
    return board(place)


def url(place, name: str, *args) -> str:
    return reverse(f"councils:{name}", args=[place.slug, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


# ── what residents read ─────────────────────────────────────────────────────────────────────────────────────────────


def test_resident_reads_the_agenda_before_and_the_votes_once_published(seven):
    place, browser = seven.place, seven.place.client(seven.place.resident())
    meeting = held(seven)
    page = text(browser.get(url(place, "meeting", meeting.number)))
    assert "买两盏应急灯" in page and "委员在签字" in page
    signed(seven, meeting, "yyy-")
    assert "赞成" not in text(browser.get(url(place, "meeting", meeting.number)))
    signed(seven, meeting, "---n")
    meetings.publish(by=seven.chair, meeting=meeting, compound=place.compound, at=OVER)
    page = text(browser.get(url(place, "meeting", meeting.number)))
    assert "没有通过" in page and "赞成3吴海、钱进、孙梅" in page and "反对1李冬" in page
    assert "全体7人，要4人签赞成" in page


def test_draft_is_the_bodys_own(seven):
    meeting = drafted(seven)
    for reader in (seven.place.resident(), seven.place.post(Role.COMMUNITY_SECRETARY)):
        browser = seven.place.client(reader)
        assert browser.get(url(seven.place, "meeting", meeting.number)).status_code == 404
        assert "买两盏" not in text(browser.get(url(seven.place, "meetings")))
    assert "轮到吴海写议程" in text(
        seven.place.client(seven.secretary).get(url(seven.place, "meeting", meeting.number))
    )


def test_next_meeting_is_found_under_council(seven):
    meeting = called(seven, starts_at=LATER + timedelta(days=8), at=LATER)
    answer = seven.place.client(seven.place.resident()).get(reverse("notices:council", args=[seven.place.slug]))
    assert url(seven.place, "meeting", meeting.number) in answer.content.decode()
    assert url(seven.place, "meetings") in answer.content.decode()


def test_correction_stands_below_what_was_published(seven):
    meeting = published(seven)
    meetings.correct(by=seven.secretary, meeting=meeting, words="灯是三盏", reason="记错了", at=LATER)
    page = text(seven.place.client(seven.place.resident()).get(url(seven.place, "meeting", meeting.number)))
    assert "更正灯是三盏" in page and "买两盏应急灯" in page


# ── a meeting by its pages ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_meeting_by_its_pages_from_first_to_last(seven):
    place = seven.place
    heads, writes = place.client(seven.chair), place.client(seven.secretary)
    with time_machine.travel(NOW, tick=False):
        first = {"kind": "spending", "title": "买两盏应急灯", "words": "六百元", "once": str(uuid4())}
        for _ in range(2):
            answer = heads.post(url(place, "meeting-new"), first, follow=True)
        assert "轮到吴海写议程" in text(answer)
        heads.post(url(place, "meeting-act", 1, "add_item"), {"kind": "seal", "title": "和灯具店签合同"})
        answer = heads.get(url(place, "meeting-act", 1, "call"))
        assert "最早2026年3月31日开会" in text(answer)
        early = {"starts_at": "2026-03-27T19:00", "spot": "活动室"}
        answer = heads.post(url(place, "meeting-act", 1, "call"), early)
        assert answer.status_code == 422 and "议程要提前7天给业主看" in text(answer) and "指导规则" in text(answer)
        heads.post(url(place, "meeting-act", 1, "call"), {"starts_at": "2026-04-01T19:00", "spot": "活动室"})
        page = text(writes.get(url(place, "meeting", 1)))
        assert "开会了，记到会还没到时间，开了再记" in page
    assert Meeting.objects.filter(compound_id=place.compound.pk).count() == 1
    three = {"present": [str(pk) for pk in seven.accounts(0, 1, 2)]}
    answer = writes.post(url(place, "meeting-act", 1, "hold"), three)
    assert answer.status_code == 422 and "应有过半数委员到会" in text(answer)
    writes.post(url(place, "meeting-act", 1, "hold"), {"present": [str(pk) for pk in seven.accounts(0, 1, 2, 3)]})
    for member in seven.members[:4]:
        browser = place.client(member)
        answer = browser.post(url(place, "item-act", 1, 1, "sign"), {"choice": "approve"})
        assert answer.headers["Location"] == url(place, "item-act", 1, 2, "sign")
        browser.post(url(place, "item-act", 1, 2, "sign"), {"choice": "approve"})
    answer = heads.post(url(place, "meeting-act", 1, "publish"), {}, follow=True)
    assert "公布了，公告也发出去了" in text(answer)
    meeting = Meeting.objects.get(compound_id=place.compound.pk)
    assert (meeting.state, meeting.posting.state) == ("published", "issued")


def test_what_is_reserved_is_told_beside_the_field_with_its_article(seven):
    answer = seven.place.client(seven.chair).post(
        url(seven.place, "meeting-new"), {"kind": "other", "title": "选聘物业公司", "words": "三年"}
    )
    assert answer.status_code == 422
    assert "只能提请业主大会表决" in text(answer) and "民法典第278条第4项" in text(answer)
    assert "选聘物业公司" in answer.content.decode()
    assert not Meeting.objects.filter(compound_id=seven.place.compound.pk).exists()


def test_paper_signature_is_entered_and_its_sheet_shown_to_the_body_alone(seven):
    place, meeting = seven.place, held(seven)
    sheet = SimpleUploadedFile("签字.pdf", b"%PDF-1.4 signed", "application/pdf")
    given = {"seat": str(seat(meeting, seven.members[1]).pk), "choice": "approve", "papers": sheet}
    browser = place.client(seven.secretary)
    bare = {k: v for k, v in given.items() if k != "papers"}
    assert browser.post(url(place, "item-act", 1, 1, "enter"), bare).status_code == 422
    page = text(browser.post(url(place, "item-act", 1, 1, "enter"), given, follow=True))
    assert "钱进（纸上签，苏文录）" in page and "签字.pdf" in page
    paper = Signature.objects.get(compound_id=place.compound.pk).paper
    for reader, status in ((seven.chair, 200), (place.resident(), 404), (place.post(Role.PROPERTY_MANAGER), 404)):
        answer = place.client(reader).get(url(place, "meeting-paper", 1, paper.pk))
        assert answer.status_code == status


def test_who_was_absent_is_told_why_nothing_can_be_signed(seven):
    meeting = held(seven)
    page = text(seven.place.client(seven.members[5]).get(url(seven.place, "meeting", meeting.number)))
    assert "签字没到会的不能签，也不能委托别人（业主大会和业主委员会指导规则）" in page
    assert "不再等签字还有4位到会的没签" in text(
        seven.place.client(seven.secretary).get(url(seven.place, "meeting", meeting.number))
    )


def test_member_who_proposes_waits_for_a_third_and_then_for_the_chair(seven):
    place, one = seven.place, seven.members[1]
    meeting = drafted(seven, by=one, at=LATER)
    browser = place.client(one)
    page = text(browser.post(url(place, "meeting-act", meeting.number, "propose"), {}, follow=True))
    assert "等委员附议，要有三分之一" in page and "定时间，召集要有三分之一以上委员提议" in page
    for n in (2, 3):
        place.client(seven.members[n]).post(url(place, "meeting-act", meeting.number, "support"), {})
    page = text(browser.get(url(place, "meeting", meeting.number)))
    assert "轮到主任召集" in page and "先等主任召集，7天还没召集" in page and "提议的委员钱进、孙梅、李冬" in page


# ── who: every post, in every state, of this compound's and another's ───────────────────────────────────────────────

KEEPS = {"committee_chair", "committee_vice_chair", "committee_secretary"}
SITS = {"committee_chair", "committee_vice_chair", "committee_member"}
OFFERED = {
    "draft": {"cancel": "maker", "call": "chair"}, "proposed": {"support": "sits", "call": "chair"},
    "called": {"hold": "keeps", "miss": "keeps", "cancel": "chair"}, "held": {"close": "keeps", "minutes": "keeps"},
    "closed": {"publish": "chair", "minutes": "keeps"}, "published": {"correct": "keeps", "minutes": "keeps"}, "missed": {}, "cancelled": {},
}  # fmt: skip
WHO = {"maker": set(), "chair": {"committee_chair"}, "keeps": KEEPS, "sits": SITS}


def somebody(place, role: Role):
    kind = next(body for body in (Body.COMMITTEE, Body.COMMUNITY, *POSTS[role]) if body in POSTS[role])
    near = {"community": place.compound.community} if kind == Body.COMMUNITY else {"compound": place.compound}
    where = {"subdistrict": place.compound.community.subdistrict} if kind in {Body.SUBDISTRICT, Body.AGENCY} else near
    body, _made = Organisation.objects.get_or_create(kind=kind, **where, defaults={"name": "某组织"})
    return place.post(role, body)


@pytest.mark.one_database
@pytest.mark.parametrize("state", OFFERED)
def test_each_post_is_offered_its_steps_and_finds_no_others(seven, state):
    place, meeting = seven.place, published(seven)
    Meeting.objects.filter(compound_id=place.compound.pk).update(state=state, called_at=NOW)
    wrong = []
    for role in POSTS:
        browser = place.client(somebody(place, role))
        for act in ("call", "cancel", "support", "hold", "miss", "close", "minutes", "publish", "correct", "propose"):
            may = role.value in WHO[OFFERED[state].get(act, "maker")]
            got = browser.get(url(place, "meeting-act", meeting.number, act)).status_code
            if act == "cancel" and role == Role.COMMITTEE_CHAIR and state in {"draft", "proposed"}:
                may = True  # the service tells the chair that it is the maker's
            wrong += [] if (got == 200) is may else [(role.value, act, got)]
        starts = browser.get(url(place, "meeting-new")).status_code == 200
        wrong += [] if starts is (role.value in SITS | {"pmc_chair", "pmc_member"}) else [(role.value, "start")]
    assert wrong == []


def test_people_of_another_compound_find_no_meeting(seven):
    meeting, there = published(seven), another("there")
    for actor in (there.post(Role.COMMITTEE_CHAIR), there.post(Role.COMMITTEE_SECRETARY), there.resident()):
        browser = there.client(actor)
        for address in (
            url(seven.place, "meeting", meeting.number),
            url(seven.place, "meeting-act", meeting.number, "correct"),
            reverse("councils:meeting", args=[there.slug, meeting.number]),
            reverse("councils:item-act", args=[there.slug, meeting.number, 1, "sign"]),
        ):
            assert browser.get(address).status_code == 404


# ── few statements ──────────────────────────────────────────────────────────────────────────────────────────────────


def statements(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def test_page_of_a_meeting_asks_as_often_for_one_item_as_for_many(seven):
    one, many = held(seven), held(seven, *(f"第{n}件" for n in range(8)))
    signed(seven, one, "yyyy")
    for n in range(1, 9):
        signed(seven, many, "yyyy", place=n)
    for reader in (seven.place.resident(), seven.members[6], seven.secretary):
        browser = seven.place.client(reader)
        counts = [statements(browser, url(seven.place, "meeting", m.number)) for m in (one, many)]
        assert counts[0] == counts[1]


def test_list_of_meetings_asks_as_often_for_one_as_for_many(seven):
    browser = seven.place.client(seven.place.resident())
    called(seven)
    few = statements(browser, url(seven.place, "meetings"))
    for n in range(24):
        called(seven, starts_at=MEETS + timedelta(days=n))
    assert statements(browser, url(seven.place, "meetings")) == few
    answer = browser.get(url(seven.place, "meetings")).content.decode()
    assert "?before=6" in answer
    assert browser.get(url(seven.place, "meetings") + "?before=6").content.decode().count("/meetings/") >= 5
