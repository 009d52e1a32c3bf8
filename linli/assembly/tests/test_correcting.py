"""A register that was published is never edited: the old one is kept with what differs and why, and objections begin anew."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Objection, RegisterCorrection, Session
from linli.assembly.queries import prints
from linli.assembly.queries.register import register_until
from linli.assembly.services import convening, objections, register
from linli.assembly.tests import stage
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.places.models import Home

LATER = NOW + timedelta(days=3)


@pytest.fixture
def made(place, chair):
    stage.owned(place)
    return stage.noticed(place, chair)


def smaller(place, n: int = 0) -> Home:
    home = place.homes[n]
    Home.objects.filter(compound=place.compound, pk=home.pk).update(building_area=8_000)
    return home


def build(made, at, reason="2 栋 101 的面积录错了"):
    return register.build(by=made.convener, session=made.session, at=at, reason=reason)


def page(place, chair, at=LATER):
    with time_machine.travel(at, tick=False):
        return place.client(chair).get(reverse("assembly:register", args=[place.slug, 1])).content.decode()


def test_old_fingerprint_rows_and_reason_are_kept_and_objections_begin_anew(place, chair, made):
    home, before = smaller(place), made.session
    told = Message.objects.filter(compound=place.compound, subject_id=before.pk, channel="sms").count()
    with pytest.raises(Refused):
        build(made, LATER, reason=" ")
    session = build(made, LATER)
    (kept,) = RegisterCorrection.objects.filter(compound=place.compound)
    assert (kept.fingerprint, kept.parties, kept.area) == (
        before.register_fingerprint, before.register_parties, before.register_area,
    )  # fmt: skip
    assert kept.published_at == before.register_published_at and kept.reason == "2 栋 101 的面积录错了"
    (row,) = kept.rows
    assert (row["home"], row["before"]["area"], row["after"]["area"]) == (home.label, home.building_area, 8_000)
    assert session.register_fingerprint != before.register_fingerprint and session.register_published_at == LATER
    assert register_until(session) > register_until(before)
    assert Message.objects.filter(compound=place.compound, subject_id=before.pk, channel="sms").count() == told + 1
    shown = page(place, chair)
    assert kept.fingerprint in shown and f"面积 {home.building_area / 100:.2f} ㎡ 改为 80.00 ㎡" in shown
    fresh = Session.objects.select_related("body", "compound").get(compound=place.compound, pk=session.pk)
    assert prints.session_notice(fresh, "x", "").corrected == [(LATER.date(), kept.fingerprint)]


def test_what_is_built_again_without_a_difference_stays_published_as_it_was(place, made):
    session = build(made, LATER)
    assert session.register_published_at == made.session.register_published_at
    assert not RegisterCorrection.objects.filter(compound=place.compound).exists()


def test_another_place_in_the_list_is_no_difference(place, chair):
    """A home that counts no more moves the numbers of all that come after it."""
    stage.owned(place)
    made = stage.noticed(place, chair)
    Home.objects.filter(compound=place.compound, pk=place.homes[0].pk).update(kind="parking_space")
    build(made, LATER, reason="是车位")
    (kept,) = RegisterCorrection.objects.filter(compound=place.compound)
    assert [(row["home"], row["after"]["counts"]) for row in kept.rows] == [(place.homes[0].label, False)]


def test_an_upheld_objection_keeps_the_register_open_until_it_is_built_again(place, made):
    objection = Objection.objects.create(
        compound=place.compound, session=made.session, about="register", words="我家 80 平", raised_at=NOW
    )
    objections.answer(
        by=made.convener, session=made.session, objection=objection, words="查了，是 80", upheld=True, at=LATER
    )

    def refusal(at):
        made.session.refresh_from_db()
        no = convening.refuse_freeze(made.session, at)
        return no and no.key

    assert refusal(stage.FROZEN) == "uncorrected"
    smaller(place)
    build(made, LATER + timedelta(hours=1), reason="异议成立")
    assert refusal(stage.FROZEN) == "objecting"
    assert refusal(stage.OPENS) is None


def test_published_anew_on_the_last_day_it_may_be_objected_to_for_one(place, made):
    smaller(place)
    session = build(made, stage.OPENS)
    assert register_until(session) == (stage.OPENS + timedelta(days=1)).date()
    assert convening.refuse_freeze(session, stage.OPENS + timedelta(days=1)).key == "objecting"
    assert convening.refuse_freeze(session, stage.OPENS + timedelta(days=2)) is None


def test_on_the_page_a_published_register_asks_why(place, chair, made):
    at = reverse("assembly:do", args=[place.slug, 1, "build"])
    smaller(place)
    with time_machine.travel(LATER, tick=False):
        browser = place.client(chair)
        assert 'name="reason"' in browser.get(at).content.decode()
        assert browser.post(at, {"once": "11111111-1111-4111-8111-111111111111"}).status_code == 422
        said = {"once": "11111111-1111-4111-8111-111111111111", "reason": "面积录错了"}
        assert [browser.post(at, said).status_code for _ in range(2)] == [302, 302]
    assert RegisterCorrection.objects.filter(compound=place.compound).count() == 1
