import re
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.councils.models import SealConsent, SealRequest, SealUse
from linli.councils.services import seals
from linli.kernel.tests.refusing import refused
from linli.matters.tests.makers import compound as another
from linli.notices.models import Message
from linli.people.models import Post
from linli.people.rules import POSTS, Role

from .meetings import OVER, Board, board, held, item, published, signed
from .test_meeting_pages import KEEPS, SITS, somebody

LETTER = {"seal": "committee", "paper": "letter", "document": "给物业的催办函", "copies": 2}


@pytest.fixture
def seven(place) -> Board:
    return board(place)


@pytest.fixture(autouse=True)
def _after():
    with time_machine.travel(OVER, tick=False):
        yield


def asked(b: Board, **more) -> SealRequest:
    return seals.ask(**{"by": b.secretary, "compound": b.place.compound, "at": OVER, **LETTER, **more})


def agreed(b: Board, request: SealRequest, *who: int) -> SealRequest:
    for n in who:
        request = seals.consent(by=b.members[n], request=request, agrees=True, at=OVER)
    return request


def test_seal_is_used_once_more_than_half_of_all_members_have_signed(seven):
    request = agreed(seven, asked(seven), 0, 1, 2)
    assert request.state == "asked"
    assert refused(seals.use, by=seven.secretary, request=request, at=OVER) == "not_agreed"
    assert agreed(seven, request, 3).state == "agreed"
    line = seals.use(by=seven.secretary, request=request, at=OVER)
    assert (line.number, line.document, line.copies, line.asked_name) == (1, "给物业的催办函", 2, "苏文")
    assert (line.approved, line.stamped_name) == ("吴海、钱进、孙梅、李冬", "苏文")
    with pytest.raises(TypeError):
        line.save()


def test_passed_decision_carries_the_seal_and_a_failed_or_open_one_does_not(seven):
    open_one, failed = held(seven), held(seven)
    signed(seven, failed, "yyyn")
    assert refused(asked, b=seven, item=item(open_one)) == refused(asked, b=seven, item=item(failed)) == "not_passed"
    request = asked(seven, item=item(published(seven)))
    assert request.state == "agreed"
    assert seals.use(by=seven.chair, request=request, at=OVER).approved == "吴海、钱进、孙梅、李冬"


def test_decision_of_another_body_carries_nothing(seven):
    pmc = board(seven.place, 5, owners=3, pmc=True)
    assert refused(asked, b=pmc, item=item(published(seven))) == "not_passed"


def test_members_are_told_and_each_signs_once(seven):
    request = asked(seven)
    told = Message.objects.filter(compound_id=request.compound_id, kind="seal_asked")
    assert {m.account_id for m in told} == set(seven.accounts(*range(7)))
    agreed(seven, request, 0)
    assert refused(seals.consent, by=seven.chair, request=request, agrees=False, at=OVER) == "signed"
    assert refused(seals.consent, by=seven.secretary, request=request, agrees=True, at=OVER) == "not_yours"


def test_it_falls_when_more_than_half_can_no_longer_agree(seven):
    request = asked(seven)
    for n in range(3):
        assert seals.consent(by=seven.members[n], request=request, agrees=False, at=OVER).state == "asked"
    assert seals.consent(by=seven.members[3], request=request, agrees=False, at=OVER).state == "refused"
    assert refused(seals.use, by=seven.secretary, request=request, at=OVER) == "wrong_state"


def test_signature_of_who_left_no_longer_counts(seven):
    request = agreed(seven, asked(seven), 0, 1, 6)
    Post.objects.filter(pk=seven.members[6].role_id).update(to_day=OVER.date().replace(day=1, month=3))
    assert agreed(seven, request, 2).state == "asked"
    assert agreed(seven, request, 3).state == "agreed"


def test_wrong_line_stays_and_a_new_one_corrects_it(seven):
    request = agreed(seven, asked(seven), 0, 1, 2, 3)
    seals.use(by=seven.secretary, request=request, at=OVER)
    line = seals.correct(by=seven.secretary, request=request, at=OVER, **{**LETTER, "copies": 3}, reason="盖了三份")
    rows = list(SealUse.objects.filter(compound_id=request.compound_id).order_by("number"))
    assert [(r.number, r.copies, r.corrects_id) for r in rows] == [(1, 2, None), (2, 3, rows[0].pk)]
    assert line.reason == "盖了三份"


def test_each_step_sent_twice_is_done_once(seven):
    keys = [uuid4() for _ in range(4)]
    for _ in range(2):
        request = asked(seven, once=keys[0])
    for _ in range(2):
        seals.consent(by=seven.chair, request=request, agrees=True, at=OVER, once=keys[1])
    agreed(seven, request, 1, 2, 3)
    for _ in range(2):
        seals.use(by=seven.secretary, request=request, at=OVER, once=keys[2])
    for _ in range(2):
        seals.correct(by=seven.secretary, request=request, at=OVER, **LETTER, reason="字错", once=keys[3])
    here = {"compound_id": request.compound_id}
    assert [m.objects.filter(**here).count() for m in (SealRequest, SealConsent, SealUse)] == [1, 4, 2]


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def url(place, name: str, *args) -> str:
    return reverse(f"councils:{name}", args=[place.slug, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_a_use_by_its_pages_from_asking_to_the_register(seven):
    place, writes = seven.place, seven.place.client(seven.secretary)
    once = str(uuid4())
    for _ in range(2):
        page = text(writes.post(url(place, "seal-new"), {**LETTER, "once": once}, follow=True))
    assert "等委员签字" in page and "盖了，登记还没有过半数委员签字同意，不能盖（北京市物业管理条例）" in page
    resident = place.client(place.resident())
    assert resident.get(url(place, "seal", 1)).status_code == 404
    for n in range(4):
        place.client(seven.members[n]).post(url(place, "seal-act", 1, "agree"), {})
    assert "登记好了" in text(writes.post(url(place, "seal-act", 1, "use"), {}, follow=True))
    assert "给物业的催办函" in text(resident.get(url(place, "seals")))
    page = text(resident.get(url(place, "seal", 1)))
    assert "业委会章·发函·2份" in page and "吴海、钱进、孙梅、李冬" in page
    assert SealUse.objects.filter(compound_id=place.compound.pk).count() == 1


def test_decision_is_chosen_from_those_that_passed(seven):
    meeting, place = published(seven), seven.place
    browser = place.client(seven.chair)
    assert "第1次会议：买两盏应急灯" in text(browser.get(url(place, "seal-new")))
    answer = browser.post(url(place, "seal-new"), {**LETTER, "item": str(item(meeting).pk)}, follow=True)
    assert "可以盖了" in text(answer) and "凭什么第1次会议第1项" in text(answer)


STEPS = {
    "asked": {"agree": SITS, "disagree": SITS},
    "agreed": {"use": KEEPS},
    "used": {"correct": KEEPS},
    "refused": {},
}


@pytest.mark.one_database
@pytest.mark.parametrize("state", STEPS)
def test_each_post_is_offered_its_steps_and_finds_no_others(seven, state):
    place, request = seven.place, asked(seven)
    SealRequest.objects.filter(compound_id=place.compound.pk).update(state=state)
    wrong = []
    for role in POSTS:
        browser = place.client(somebody(place, role))
        for act in ("agree", "disagree", "use", "correct", "drop"):
            got = browser.get(url(place, "seal-act", request.number, act)).status_code == 200
            wrong += [] if got is (role.value in STEPS[state].get(act, set())) else [(role.value, act)]
        body = role.value in SITS | KEEPS | {"pmc_chair", "pmc_member"}
        wrong += [] if (browser.get(url(place, "seal-new")).status_code == 200) is body else [(role.value, "new")]
    assert wrong == []


def test_people_of_another_compound_find_nothing(seven):
    request, there = asked(seven), another("there")
    for actor in (there.post(Role.COMMITTEE_CHAIR), there.resident()):
        for name, *more in (("seal", request.number), ("seal-act", request.number, "agree")):
            assert there.client(actor).get(url(seven.place, name, *more)).status_code == 404
            assert there.client(actor).get(reverse(f"councils:{name}", args=[there.slug, *more])).status_code == 404


def test_register_asks_as_often_for_one_line_as_for_many(seven):
    def line() -> None:
        seals.use(by=seven.chair, request=agreed(seven, asked(seven), 0, 1, 2, 3), at=OVER)

    def statements() -> int:
        browser.get(url(seven.place, "seals"))
        with CaptureQueriesContext(connection) as seen:
            browser.get(url(seven.place, "seals"))
        return len(seen)

    browser = seven.place.client(seven.place.resident())
    line()
    few = statements()
    for _ in range(21):
        line()
    assert statements() == few
    assert "?before=3" in browser.get(url(seven.place, "seals")).content.decode()
