"""Promises that may be moved once (domain §4.5), petitions by law, and the compound's own names for the levels (§4.3)."""

from datetime import timedelta
from itertools import product

import pytest
from django.urls import reverse

from linli.kernel.clock import Calendar
from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import Clock
from linli.matters.rules import times
from linli.matters.rules.times import ClockKind, Urgency
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.places.services import change_compound
from linli.plumbing.tenancy import uuid7

CAL = Calendar()


@pytest.mark.parametrize(("urgency", "before"), list(product(Urgency, [False, True])))
def test_only_coordination_and_petitions_and_only_once(urgency, before):
    due = at(27)
    no = times.refuse_extension(urgency, due, due + timedelta(days=3), NOW, CAL, before=before)
    assert (no is None) is (urgency in {"coordination", "petition"} and not before)


@pytest.mark.parametrize(
    ("urgency", "day", "month", "may"),
    [("coordination", 10, 4, True), ("coordination", 30, 4, False), ("petition", 26, 4, True), ("petition", 28, 4, False), ("petition", 27, 3, False)],
)  # fmt: skip
def test_no_further_than_the_limit(urgency, day, month, may):
    until = at(day, month=month)
    assert (times.refuse_extension(urgency, at(27), until, NOW, CAL, before=False) is None) is may


def test_what_is_overdue_is_not_extended():
    no = times.refuse_extension("petition", at(23), at(30), NOW, CAL, before=False)
    assert (no.key, no.article) == ("too_late", "信访条例第34条")


def test_petition_by_law():
    plan = times.plan(ClockKind.FINISH, Urgency.PETITION, NOW, CAL)
    told = times.plan(ClockKind.ACKNOWLEDGE, Urgency.PETITION, NOW, CAL)
    # The sixtieth day, 23 May, is a Saturday (民法典 203).
    assert plan.due_at == at(25, 17, 30, month=5) and told.due_at == at(8, 17, 30, month=4)
    assert (times.objection_days("petition"), times.objection_days("normal"), times.objection_days("")) == (5, 1, 1)


@pytest.fixture
def parking(place, owner, desk, engineer):
    return makers.in_progress(
        place, owner, desk, engineer, "车位怎么排，商量一下", category="0403", urgency="coordination", level="compound"
    )


@pytest.mark.django_db
class TestExtending:
    def test_moved_once_with_its_reason_and_told(self, place, owner, engineer, parking):
        due, once = parking.due_at, uuid7()
        until = due + timedelta(days=5)
        m = services.extend(by=engineer, matter=parking, until=until, reason="还差两户没谈", at=NOW, once=once)
        services.extend(by=engineer, matter=parking, until=until, reason="还差两户没谈", at=NOW, once=once)
        clock = Clock.objects.get(compound=place.compound, matter=m, kind="finish")
        assert (m.due_at, clock.due_at, clock.extended_at) == (until, until, NOW)
        assert clock.started_at < NOW + timedelta(seconds=1) < clock.next_at < until
        titles = Message.objects.filter(compound=place.compound, account_id=owner.account_id).values_list(
            "title", flat=True
        )
        assert sum("还差两户没谈" in title for title in titles) == 1
        with pytest.raises(Refused, match="已经延过一次"):
            services.extend(by=engineer, matter=m, until=until + timedelta(days=1), reason="再几天", at=NOW)

    def test_who_may_not_and_what_may_not(self, place, owner, desk, chair, engineer, parking):
        until = parking.due_at + timedelta(days=2)
        for by in (owner, desk, chair):
            with pytest.raises(Refused, match="不归您办"):
                services.extend(by=by, matter=parking, until=until, reason="忙", at=NOW)
        with pytest.raises(Refused, match="写清原因"):
            services.extend(by=engineer, matter=parking, until=until, reason=" ", at=NOW)
        with pytest.raises(Refused) as no:
            services.extend(by=engineer, matter=parking, until=parking.due_at + timedelta(days=40), reason="忙", at=NOW)
        assert no.value.field == "until"
        lamp = makers.in_progress(place, owner, desk, engineer)
        with pytest.raises(Refused, match="只有协调和信访"):
            services.extend(by=engineer, matter=lamp, until=lamp.due_at + timedelta(days=1), reason="忙", at=NOW)

    def test_transfer_of_a_petition_is_objected_to_within_five_days(self, place, owner, desk, engineer):
        m = services.triage(
            by=desk, matter=place.matter(owner), category="1301", level="compound", urgency="petition", at=NOW
        )
        m = services.dispatch(by=desk, matter=m, body=Organisation.objects.get(pk=engineer.body_id), at=NOW)
        with pytest.raises(Refused, match="超过 5 个工作日") as no:
            services.send_back(by=engineer, matter=m, reason="不归我们", proposed_body=place.agency, at=at(1, month=4))
        assert no.value.refusal.article == "信访条例第23条"
        assert (
            services.send_back(by=engineer, matter=m, reason="不归我们", proposed_body=place.agency, at=at(31)).state
            == "returned"
        )

    @pytest.mark.usefixtures("_at_ten")
    def test_offered_where_it_may_be(self, place, owner, desk, engineer, parking):
        lamp, browser = makers.in_progress(place, owner, desk, engineer), place.client(engineer)
        for m, may in ((parking, True), (lamp, False)):
            act = reverse("matters:act", args=[place.slug, m.number, "extend"])
            assert (act in browser.get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()) is may
        act = reverse("matters:act", args=[place.slug, parking.number, "extend"])
        assert browser.post(act, {"until": "2026-04-10", "reason": "还差两户"}).status_code == 302
        page = place.client(owner).get(reverse("matters:matter", args=[place.slug, parking.number])).content.decode()
        assert "还差两户" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_ten")
def test_levels_are_called_as_the_compound_says(place, secretary, engineer, parking):
    browser, settings = place.client(secretary), reverse("places:settings", args=[place.slug])
    given = {
        "name": "柳溪苑小区", "address": "", "phone": "0000-1234567", "is_unmanaged": "0", "hours": "", "public_page": "1", "profile": "national_default",
        "cross_posts": "show", "rapid_minutes": "30", "level-compound": "小事不出小区",
    }  # fmt: skip
    assert browser.post(settings, given).status_code == 302
    place.compound.refresh_from_db()
    assert place.compound.settings["levels"] == {"compound": "小事不出小区"}
    assert "小事不出小区" in browser.get(settings).content.decode()
    page = place.client(engineer).get(reverse("matters:matter", args=[place.slug, parking.number])).content.decode()
    assert "小事不出小区" in page
    assert parking.level == "compound"
    change_compound(by=secretary, compound=place.compound, at=NOW, settings={"levels": {}})
