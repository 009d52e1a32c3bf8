"""While the committee before has not handed everything over nothing is spent."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine

from linli.assembly.models import Formation
from linli.councils.models import AgendaItem
from linli.councils.services import meetings, seals
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW

from .meetings import OVER, board, held, item, published
from .test_seals import LETTER


@pytest.fixture
def seven(place):
    return board(place)


@pytest.fixture(autouse=True)
def _after():
    with time_machine.travel(OVER, tick=False):
        yield


def frozen(place) -> Formation:
    return Formation.objects.create(
        compound=place.compound, number=1, kind="committee", state="elected", title="新一届业委会", body=place.committee, made=place.committee,
        profile="hangzhou", seats=7, owner_seats=7, most=7, households=2, contact="居委会", recommend_until=NOW.date(), announced_at=NOW,
        term_from=NOW.date(), term_to=date(2031, 3, 1),
    )  # fmt: skip


def why(do, **what) -> str:
    with pytest.raises(Refused) as no:
        do(**what)
    assert no.value.refusal.article.startswith("杭州")
    return no.value.refusal.key


def test_no_finance_seal_and_no_contract_until_all_is_handed_over(seven, place):
    asked = {"by": seven.secretary, "compound": place.compound, "at": OVER, "copies": 1, "document": "付工程款"}
    before = seals.ask(seal="finance", paper="other", **asked)
    for n in range(4):
        before = seals.consent(by=seven.members[n], request=before, agrees=True, at=OVER)
    made = frozen(place)
    for seal, paper in (("finance", "other"), ("committee", "contract")):
        assert why(seals.ask, seal=seal, paper=paper, **asked) == "frozen"
    assert why(seals.use, by=seven.secretary, request=before, at=OVER) == "frozen"
    assert seals.ask(by=seven.secretary, compound=place.compound, at=OVER, **LETTER).state == "asked"
    made.handed_over_at = OVER
    made.save()
    assert seals.use(by=seven.secretary, request=before, at=OVER)


def test_what_an_emergency_needs_is_sealed_all_the_same(seven, place):
    meeting = published(seven)
    frozen(place)
    asked = {
        "by": seven.secretary,
        "compound": place.compound,
        "at": OVER,
        "copies": 1,
        "document": "抢修屋面",
        "item": item(meeting),
    }
    assert why(seals.ask, seal="finance", paper="other", **asked) == "frozen"
    AgendaItem.objects.filter(compound_id=place.compound.pk).update(kind="urgent")
    for seal, paper in (("finance", "other"), ("committee", "contract")):
        request = seals.ask(seal=seal, paper=paper, **{**asked, "item": item(meeting)})
        assert seals.use(by=seven.secretary, request=request, at=OVER)


def test_no_meeting_decides_to_spend_until_all_is_handed_over(seven, place):
    meeting = held(seven)
    frozen(place)
    said = {"by": seven.members[1], "meeting": meeting, "item": item(meeting), "at": OVER}
    assert why(meetings.sign, choice="approve", **said) == "frozen"
    assert meetings.sign(choice="against", **said).against == 1
    draft = meetings.start(by=seven.chair, compound=place.compound, at=OVER)
    for kind in ("spending", "income"):
        assert why(meetings.add_item, by=seven.chair, meeting=draft, kind=kind, title="换灯", at=OVER) == "frozen"
    urgent = {"kind": "urgent", "title": "主水管爆了", "once": uuid4()}
    assert meetings.add_item(by=seven.chair, meeting=draft, at=OVER, **urgent)
