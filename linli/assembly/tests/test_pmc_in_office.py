"""A property management committee in office: a member leaves, the term runs out, the next one takes over (domain §3.12, §3.13)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import Formation
from linli.assembly.queries import offices
from linli.assembly.services import elections
from linli.assembly.tasks import end_terms, tell_late_renewals, tell_renewals
from linli.kernel.refusal import Refused
from linli.matters.models import Order
from linli.matters.services import orders
from linli.matters.tests.crew import Crew
from linli.notices.models import Message, Posting
from linli.people.models import Organisation, Post
from linli.people.rules import Body
from linli.plumbing.tenancy import compound_scope

from .forming import ENDS, counted, noticed, refused, ticking, village

TICKED = {1: [0, 1, 2, 3], 2: [0, 1, 2, 3], 3: [0, 1, 2, 4], 4: [3]}
LEAVES = ENDS + timedelta(days=30)
GONE = {"why": "resigned", "words": "书面辞职"}


@pytest.fixture
def v(db):
    made = village()
    with compound_scope(made.place.compound.pk):
        counted(ticking(made), TICKED)
        noticed(made)
        made.does(elections.establish, made.officer, ENDS)
        made.does(elections.file, made.officer, ENDS, filing_no="街备 3 号", seal="公章一枚，居委会保管")
        yield made


def page(v, by, name: str, *args) -> str:
    return v.place.client(by).get(reverse(f"assembly:{name}", args=[v.place.slug, *args])).content.decode()


def text(found: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", found))


def seat(v, name: str):
    return next(row for row in offices.holding(v.made) if row.name == name)


def in_office(v, day) -> list[str]:
    rows = Post.objects.filter(organisation=v.made.made, from_day__lte=day, to_day__gte=day)
    return sorted(rows.values_list("holder_name", flat=True))


# ── a seat becomes empty ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_owner_s_seat_goes_to_the_next_in_the_ranking(v):
    for by in (v.secretary, v.worker, v.owner(5)):
        assert refused(elections.vacate, v, by, LEAVES, seat=seat(v, "业主0"), **GONE) == "not_yours"
    v.does(elections.vacate, v.officer, LEAVES, seat=seat(v, "业主0"), **GONE)
    up = seat(v, "业主4")
    assert (up.post, up.from_day, up.to_day) == ("pmc_member", LEAVES.date(), v.made.term_to)
    names = in_office(v, LEAVES.date())
    assert "业主4" in names and "业主0" not in names and len(names) == 7
    assert "业主4按划票名次接任" in Posting.objects.filter(compound_id=v.made.compound_id).latest("drafted_at").body
    v.does(elections.vacate, v.officer, LEAVES, seat=seat(v, "业主1"), **GONE)
    assert len(in_office(v, LEAVES.date())) == 6


def test_who_sits_for_somebody_else_is_named_anew_and_heads_it_where_he_did(v):
    more = {"name": "委员九", "phone": "13812345679", "capacity": "residents_committee"}
    assert refused(elections.add_seat, v, v.officer, LEAVES, **more) == "seats"
    v.does(elections.vacate, v.officer, LEAVES, seat=seat(v, "委员0"), **GONE)
    assert len(in_office(v, LEAVES.date())) == 6
    with time_machine.travel(LEAVES, tick=False):
        assert "加一位委员" in page(v, v.officer, "election", v.made.number)
        assert "加一位委员" not in page(v, v.secretary, "election", v.made.number)
    v.does(elections.add_seat, v.officer, LEAVES, **more)
    up = seat(v, "委员九")
    assert (up.post, up.from_day) == ("pmc_chair", LEAVES.date()) and len(in_office(v, LEAVES.date())) == 7


@time_machine.travel(LEAVES, tick=False)
def test_it_is_done_by_the_pages_and_shown_to_everybody(v):
    number, row = v.made.number, seat(v, "业主2")
    where = reverse("assembly:election-seat", args=[v.place.slug, number, row.pk, "vacate"])
    for by, code in ((v.officer, 200), (v.secretary, 404), (v.owner(5), 404)):
        assert v.place.client(by).get(where).status_code == code
    assert v.place.client(v.officer).post(where, GONE).status_code == 302
    seen = text(page(v, v.owner(5), "election", number))
    assert "业主4物管会委员，业主" in seen and "离任的" in seen and "书面辞职" in seen


# ── the term runs out ───────────────────────────────────────────────────────────────────────────────────────────────


def due(v):
    return ENDS.replace(year=v.made.renewal_on.year, month=v.made.renewal_on.month, day=v.made.renewal_on.day)


def said(v) -> dict:
    return {"seats": 7, "owner_seats": 4, "until": (due(v) + timedelta(days=14)).date(), "contact": "社区服务站"}


def test_in_time_the_next_announcement_stands_ready_for_the_community(v):
    number = v.made.number
    with time_machine.travel(LEAVES, tick=False), pytest.raises(Refused) as no:
        elections.announce_pmc(by=v.secretary, compound=v.place.compound, at=LEAVES, **said(v))
    assert no.value.refusal.key == "running"
    assert [tell_renewals(due(v)), tell_renewals(due(v))] == [1, 0]
    told = Message.objects.filter(compound_id=v.made.compound_id, kind="renewal_due", account_id=v.secretary.account_id)
    assert "换届的公告按这一届写好了" in told.first().body
    with time_machine.travel(due(v), tick=False):
        new = reverse("assembly:election-new", args=[v.place.slug])
        assert new in page(v, v.secretary, "election", number) and new not in page(v, v.owner(5), "election", number)
        form = page(v, v.secretary, "election-new")
        until = due(v).date() + timedelta(days=14)
        for value in ("7", "4", "社区服务站，0000-1234567", until.isoformat()):
            assert f'value="{value}"' in form
    elections.announce_pmc(by=v.secretary, compound=v.place.compound, at=due(v), **said(v))
    assert tell_late_renewals(due(v) + timedelta(days=61)) == 0


def test_the_next_one_takes_over_the_body_and_the_posts_of_the_last(v):
    tell_renewals(due(v))
    old = v.made
    made = elections.announce_pmc(by=v.secretary, compound=v.place.compound, at=due(v), **said(v))
    ends = due(v) + timedelta(days=60)
    Formation.objects.filter(compound_id=old.compound_id, pk=made.pk).update(
        state="noticed", notice_until=ends.date() - timedelta(days=1)
    )
    v.formation = made
    v.does(elections.establish, v.officer, ends)
    assert Organisation.objects.filter(compound=v.place.compound, kind=Body.PMC).count() == 1
    assert v.made.made_id == old.made_id and in_office(v, ends.date()) == []
    assert offices.spending_frozen(old.compound_id).pk == made.pk


def test_what_it_ordered_is_the_community_s_when_its_term_lapses(v):
    place = v.place
    place.property = Organisation.objects.create(kind=Body.PROPERTY, name="清和物业", compound=place.compound)
    crew = Crew(place)
    order = crew.done(crew.sorted(2))
    Order.objects.filter(compound_id=place.compound.pk).update(by_body=v.made.made)
    Post.objects.filter(organisation__kind=Body.COMMITTEE).update(
        to_day=ENDS.date()
    )  # one that sits no more is no heir
    after = ENDS.replace(year=v.made.term_to.year, month=v.made.term_to.month, day=v.made.term_to.day) + timedelta(
        days=1
    )
    assert [end_terms(after - timedelta(days=1)), end_terms(after), end_terms(after)] == [0, 1, 0]
    order.refresh_from_db()
    assert order.by_body.kind == Body.COMMUNITY
    told = Message.objects.filter(compound_id=place.compound.pk, kind="hand_on", subject_kind="order")
    assert told.filter(account_id=v.secretary.account_id).count() == 1
    assert orders.check(by=v.secretary, order=order, at=after).state == "told"


def test_where_fewer_than_half_are_left_it_is_formed_anew(v):
    for name in ("业主0", "业主1", "业主2", "委员1", "委员2"):
        v.does(elections.vacate, v.officer, LEAVES, seat=seat(v, name), **GONE)
    with time_machine.travel(LEAVES, tick=False):
        assert "请街道重新组建" in page(v, v.owner(5), "election", v.made.number)
    until = (LEAVES + timedelta(days=14)).date()
    assert elections.announce_pmc(
        by=v.secretary, compound=v.place.compound, at=LEAVES, **{**said(v), "until": until}
    ).number == 2  # fmt: skip


def test_the_page_takes_as_many_statements_after_three_left_as_after_one(v):
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(v, v.officer, "election", v.made.number)
        return len(seen)

    with time_machine.travel(LEAVES, tick=False):
        v.does(elections.vacate, v.officer, LEAVES, seat=seat(v, "业主0"), **GONE)
        statements()
        one = statements()
        for name in ("业主1", "委员1"):
            v.does(elections.vacate, v.officer, LEAVES, seat=seat(v, name), **GONE)
        assert statements() == one
