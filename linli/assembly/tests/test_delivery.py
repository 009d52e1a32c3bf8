"""What proves that a paper reached its home, and who is reminded."""

from datetime import timedelta

import pytest

from linli.assembly.models import (
    Delivery,
    Paper,
    Party,
)
from linli.assembly.rules.delivery import Carrier, refuse_delivery
from linli.assembly.services import delivery, papers
from linli.assembly.tasks import run_sessions
from linli.assembly.tests import stage
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.notices.models import Message

TWO = [Carrier("甲"), Carrier("乙")]


@pytest.fixture
def ready(place, chair):
    stage.owned(place)
    return place


# ── delivery ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("evidence", "carriers", "photo", "words", "field"),
    [
        ("signed_by_owner", TWO, False, "", ""), ("signed_by_owner", [Carrier("甲"), Carrier("甲")], False, "", "carrier_b"),
        ("refused", [Carrier("甲")], False, "", "carrier_b"), ("mailbox_drop_photo", TWO, False, "", "photo"),
        ("mailbox_drop_photo", TWO, True, "", ""), ("registered_post", [], False, "", "words"), ("registered_post", [], False, "XA1", ""),
        ("online_read", [], False, "", "evidence"),
    ],
)  # fmt: skip
def test_what_proves_a_delivery(evidence, carriers, photo, words, field):
    no = refuse_delivery(
        evidence=evidence,
        carriers=carriers,
        photo=photo,
        words=words,
        posted_on=None,
        today=NOW.date(),
        printed=NOW.date(),
    )
    assert (no[1] if no else "") == field


def test_posting_proves_nothing_before_seven_days():
    today = NOW.date()
    asked = {
        "evidence": "public_posting",
        "carriers": [],
        "photo": False,
        "words": "单元门口",
        "today": today,
        "printed": today - timedelta(days=7),
    }
    assert [refuse_delivery(posted_on=today - timedelta(days=days), **asked) is None for days in (6, 7)] == [
        False,
        True,
    ]
    no, field = refuse_delivery(posted_on=today - timedelta(days=8), **asked)
    assert (no.key, field) == ("posted_before", "posted_on")


def test_a_refusal_delivers_nothing_and_the_first_evidence_stands(ready, chair):
    made = stage.frozen(ready, chair)
    party = Party.objects.get(compound=ready.compound, number=1)
    given = {"by": chair, "session": made.session, "party": party, "carriers": TWO}
    delivery.deliver(evidence="refused", at=stage.FROZEN, **given)
    party.refresh_from_db()
    assert party.delivered_at is None
    delivery.deliver(evidence="signed_by_owner", at=stage.FROZEN + timedelta(hours=1), **given)
    delivery.read_online(session=made.session, party=party, by=chair, at=stage.OPENS)
    delivery.read_online(session=made.session, party=party, by=chair, at=stage.OPENS)
    party.refresh_from_db()
    assert party.delivered_at == stage.FROZEN + timedelta(hours=1)
    rows = Delivery.objects.filter(compound=ready.compound).order_by("id").values_list("evidence", flat=True)
    assert list(rows) == ["refused", "signed_by_owner", "online_read"]


def test_a_void_paper_is_followed_by_another_number(ready, chair):
    made = stage.frozen(ready, chair)
    old = Paper.objects.filter(compound=ready.compound).first()
    new = papers.reprint(by=chair, session=made.session, paper=old, reason="淋湿了", at=stage.FROZEN)
    old.refresh_from_db()
    assert (old.state, new.party_id, new.number != old.number) == ("void", old.party_id, True)
    with pytest.raises(Refused):
        papers.reprint(by=chair, session=made.session, paper=old, reason="再来", at=stage.FROZEN)


def test_only_those_not_reached_are_reminded_and_once_a_day(ready, chair):
    made = stage.opened(ready, chair)
    party = Party.objects.get(compound=ready.compound, number=1)
    delivery.deliver(
        by=chair, session=made.session, party=party, evidence="signed_by_owner", carriers=TWO, at=stage.OPENS
    )
    morning = stage.OPENS.replace(hour=9) + timedelta(days=1)
    assert [run_sessions(morning), run_sessions(morning + timedelta(hours=2))] == [1, 0]
    reminded = Message.objects.filter(compound=ready.compound, key__contains=":remind:")
    assert reminded.count() == 3
    assert run_sessions(morning + timedelta(days=1)) == 1
    assert reminded.count() == 6


def test_nothing_is_carried_before_the_register_is_locked(ready, chair):
    made = stage.noticed(ready, chair)
    party = Party.objects.get(compound=ready.compound, number=1)
    with pytest.raises(Refused, match="锁定"):
        delivery.deliver(by=chair, session=made.session, party=party, evidence="registered_post", words="XA1", at=NOW)
