"""A committee ends with orders and whistles under way: somebody goes on with them."""

import pytest

from linli.matters.models import Order, Whistle
from linli.matters.services import orders, whistles
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.people.services.posts import end_body
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry

from .crew import states
from .makers import NOW, at
from .whistle_cast import SITE, page, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def end(place, by):
    end_body(by=by, body=place.committee, last_day=at(25).date(), reason="换届", at=at(25, 12))


def test_the_next_committee_checks_what_the_last_one_ordered(crew):
    matters = crew.sorted(2)
    order = crew.done(matters)
    made = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=crew.place.compound)
    chair = crew.place.post(Role.PMC_CHAIR, body=made)
    end(crew.place, crew.place.post(Role.COMMUNITY_SECRETARY))
    order.refresh_from_db()
    assert (order.by_body, order.turn) == (made, "committee")
    assert Message.objects.filter(kind="hand_on", subject_kind="order", account_id=chair.account_id).count() == 1
    assert orders.check(by=chair, order=order, at=at(26)).state == "told"


def test_without_a_next_one_the_community_goes_on(crew):
    matters = crew.sorted(2)
    order, gathering = crew.done(matters), crew.gathered(crew.sorted(1))
    secretary = crew.place.post(Role.COMMUNITY_SECRETARY)
    end(crew.place, secretary)
    assert set(Order.objects.values_list("turn", flat=True)) == {"community"}
    assert AuditEntry.objects.filter(act="hand_on", subject_kind="order").count() == 2
    shown = crew.place.client(secretary).get(f"/c/{crew.place.slug}/orders/{order.number}/").content.decode()
    assert "轮到社区" in shown and "转给柳溪社区接着办" in shown
    shown = crew.place.client(secretary).get(f"/c/{crew.place.slug}/orders/{gathering.number}/").content.decode()
    assert "/orders/add/" not in shown
    order = orders.check(by=secretary, order=Order.objects.get(pk=order.pk), at=at(26))
    assert (order.state, order.turn, states(matters)) == ("told", "community", ["resolved"] * 2)
    assert orders.cancel(by=secretary, order=Order.objects.get(pk=gathering.pk), at=at(26)).state == "cancelled"


def test_a_whistle_upwards_is_the_community_s_and_one_to_the_community_is_waited_for_no_more(cast):
    up = whistles.approve_and_blow(by=cast.officer, whistle=cast.draft(by=cast.member), at=NOW, site=SITE)
    own = cast.draft((None, "来协调"), by=cast.member, level="community")
    own = whistles.approve_and_blow(by=cast.chair, whistle=own, at=NOW, site=SITE)
    end(cast.place, cast.secretary)
    up, own = Whistle.objects.get(pk=up.pk), Whistle.objects.get(pk=own.pk)
    assert (up.state, up.drafted_body, up.drafted_by) == ("blown", cast.place.community, None)
    assert (own.state, own.open, cast.ask(own).step, cast.ask(own).clock) == ("closed", False, "ended", "")
    assert kept(cast.place.compound.pk, "whistle:")["whistle:ended"] == 1
    assert whistles.end_ask(by=cast.worker, whistle=up, ask=cast.ask(up), words="不用了", at=at(26)).step == "ended"
    assert "转给柳溪社区接着办" in text(page(cast, "worker", f"{up.number}/"))
