"""One act tells a person at most one thing about a matter: what matters most of it."""

import pytest

from linli.matters.services import gates, together
from linli.matters.tests.gating import LATER
from linli.notices.models import Message
from linli.notices.services import To, queue
from linli.people.models import Organisation
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from .makers import NOW, in_progress

pytestmark = pytest.mark.django_db


def told(place, actor, matter=None) -> list[str]:
    rows = Message.objects.filter(compound=place.compound, account_id=actor.account_id)
    rows = rows.filter(subject_id=matter.pk) if matter else rows
    return list(rows.order_by("id").values_list("kind", flat=True))


def test_taking_in_sorting_and_giving_out_at_once_tells_who_has_it(place, owner, desk):
    m = place.matter(owner)
    firm = Organisation.objects.get(pk=place.property.pk)
    together.sort_out(
        by=desk, matter=m, category="0101", level="building", urgency="normal", body=firm, at=NOW, once=uuid7()
    )
    assert told(place, owner) == ["raise", "dispatch"]


def test_what_was_decided_says_more_than_that_the_clock_stands_or_runs(place, owner, desk, engineer, chair):
    m = in_progress(place, owner, desk, engineer, category="0501", urgency="project", level="compound")
    before = len(told(place, owner))
    m = gates.set_gate(by=desk, matter=m, planned="small_spending", review_at=LATER, at=NOW)
    assert m.state == "suspended"
    gate = gates.Gate.objects.get(compound=place.compound)
    m = gates.decide(
        by=chair, matter=m, gate=gate, result="passed", body="业委会", day=NOW.date(), reference="纪要 1", at=NOW
    )
    assert m.state == "in_progress"
    assert told(place, owner)[before:] == ["gate_set", "gate_decide"]


def test_written_down_and_joined_at_once_the_reporter_hears_where_it_is(place, owner, desk):
    main = place.matter(owner)
    made = together.record_for(
        by=desk, compound=place.compound, words="灯不亮", source="front_desk", reporter_phone="13911112222", into=main, at=NOW
    )  # fmt: skip
    texts = Message.objects.filter(compound=place.compound, phone="13911112222")
    assert [(t.kind, t.subject_id) for t in texts] == [("merge", made.pk)]


def test_of_two_things_or_two_persons_each_is_told(place, owner, desk):
    one, two = uuid7(), uuid7()

    def say(subject, account, kind, rank=0):
        queue(
            compound_id=place.compound.pk, to=[To(account)], kind=kind, title=kind, subject_kind="matter", subject_id=subject, key=kind + str(subject),
            at=NOW, rank=rank,
        )  # fmt: skip

    with one_act():
        say(one, owner.account_id, "first")
        say(one, owner.account_id, "high", rank=1)
        say(one, owner.account_id, "last")
        say(two, owner.account_id, "other")
        say(one, desk.account_id, "first")
        say(one, owner.account_id, "alone", rank=None)
    assert sorted(told(place, owner)) == ["alone", "high", "other"] and told(place, desk) == ["first"]
    with one_act():
        say(two, owner.account_id, "later")
    assert told(place, owner)[-1] == "later"
