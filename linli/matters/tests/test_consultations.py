"""A joint consultation is called, moved, called off, held; minutes belong to the one that was held."""

import pytest

from linli.kernel.tests.refusing import refused
from linli.matters.models import Consultation
from linli.matters.services import whistles

from .makers import at
from .whistle_cast import page, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def meetings() -> list[tuple]:
    return list(Consultation.objects.order_by("place_no").values_list("place", "off_at", "held_at"))


def call(cast, w, day, place, when):
    whistles.call(by=cast.worker, whistle=w, planned_at=at(day, 14), place=place, at=when)


def hold(cast, w, held_at, when):
    whistles.minutes(by=cast.worker, whistle=w, words="定了", attendance=[("区法院", "王")], held_at=held_at, at=when)


def test_a_second_call_moves_the_first_and_the_minutes_are_its_own(cast):
    w = cast.blown()
    call(cast, w, 25, "社区二楼", at(24, 15))
    call(cast, w, 26, "街道三楼", at(24, 16))
    assert "会商改到3月26日 14:00，街道三楼" in cast.messages("13700000001")[-1]
    hold(cast, w, at(26, 14), at(26, 16))
    assert meetings() == [("社区二楼", at(24, 16), None), ("街道三楼", None, at(26, 14))]


def test_one_held_without_minutes_yet_is_not_moved(cast):
    w = cast.blown()
    call(cast, w, 25, "社区二楼", at(24, 15))
    call(cast, w, 27, "街道三楼", at(26, 9))
    hold(cast, w, at(25, 14), at(26, 10))
    assert meetings() == [("社区二楼", None, at(25, 14)), ("街道三楼", None, None)]


def test_called_off_everybody_hears_why(cast):
    w = cast.blown()
    assert refused(lambda: whistles.call_off(by=cast.worker, whistle=w, words="下雨", at=at(24, 15))) == "no_meeting"
    assert "取消会商" not in text(page(cast, "worker", "1/"))
    call(cast, w, 25, "社区二楼", at(24, 15))
    assert "取消会商" in text(page(cast, "worker", "1/"))
    whistles.call_off(by=cast.worker, whistle=w, words="台风", at=at(24, 17))
    assert "会商取消了：3月25日 14:00，社区二楼 台风" in cast.messages("13700000001")[-1]
    shown = text(page(cast, "worker", "1/"))
    assert "会商取消了：3月25日 14:00，社区二楼" in shown.replace("明天", "3月25日") and "取消会商" not in shown
    hold(cast, w, at(28, 9), at(28, 10))
    assert meetings() == [("社区二楼", at(24, 17), None), ("", None, at(28, 9))]
