"""What waits for a resident stands on the home page as a card, and in one place only."""

import re

import pytest

from linli.matters import services
from linli.matters.models import BatchHome, Matter
from linli.matters.services import Spot
from linli.people.rules import Role

from .batching import opened, taken
from .makers import NOW, in_progress
from .residents import text, url
from .test_help import listed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def desk(place):
    return place.post(Role.FRONT_DESK)


def test_a_question_is_a_card_and_no_line_that_says_the_property_company_is_to_move(place, desk):
    owner, engineer = place.resident(), place.post(Role.ENGINEER)
    m = in_progress(place, owner, desk, engineer)
    services.ask(by=engineer, matter=m, words="明天上午在家吗", at=NOW)
    home = text(place.client(owner).get(url(place, "home")))
    assert "明天上午在家吗" in home and "轮到物业" not in home
    assert "问了您，等您回答" in text(place.client(owner).get(url(place, "mine")))
    services.answer(by=owner, matter=m, words="在", at=NOW)
    assert "轮到物业" in text(place.client(owner).get(url(place, "home")))


def test_papers_to_bring_wait_on_the_home_page(place):
    chair = place.post(Role.COMMITTEE_CHAIR)
    case = opened(place, chair)
    taken(case, chair)
    lacking = BatchHome.objects.filter(compound=place.compound, lacks__contains="|deed_tax|").first()
    owner = place.resident(lacking.home)
    assert "要您带来" not in text(place.client(place.resident()).get(url(place, "home")))
    home = place.client(owner).get(url(place, "home"))
    assert re.search(r"还缺\d+样，要您带来", text(home)) and "1</em>" in home.content.decode()
    assert "看我家到哪一步" not in text(home)


def test_the_receipt_of_somebody_shut_in_a_lift_says_whom_to_ring(place):
    owner = place.resident()
    browser = place.client(owner)
    place.compound.phone = "0000-1234567"
    place.matter(owner, "有人困在电梯里", NOW, hazard=True)
    plain = place.matter(owner, "楼道灯不亮", NOW)
    m = Matter.objects.exclude(pk=plain.pk).get(compound=place.compound)
    page = browser.get(url(place, "sent", m.number)).content.decode()
    assert 'href="tel:119"' in page and 'href="tel:0000-1234567"' in page and "不要扒门" in page
    assert "不要扒门" not in browser.get(url(place, "sent", plain.number)).content.decode()


def test_the_receipt_of_a_paid_repair_says_its_price(place):
    owner = place.resident()
    price = listed(place, place.post(Role.PROPERTY_MANAGER))
    m = services.ask_help(
        by=owner, compound=place.compound, words="厨房龙头滴水", price=price, spot=Spot(home=place.home), at=NOW
    )
    said = text(place.client(owner).get(url(place, "sent", m.number)))
    assert f"价目：{price.name}" in said and "您同意了才动工" in said


def test_an_alert_may_be_raised_for_any_door_of_the_building_the_nearest_first(place):
    owner = place.resident()
    here = [h for h in place.homes if h.building_id == place.home.building_id and h.pk != place.home.pk]
    page = place.client(owner).get(url(place, "alert")).content.decode()
    offered = re.findall(r'<option value="([0-9a-f-]{36})"', page)
    near = sorted(here, key=lambda h: (h.entrance_id != place.home.entrance_id, h.floor != place.home.floor))
    assert set(offered) == {str(h.pk) for h in here} and offered[0] == str(near[0].pk)
