"""Orders that surely say the same join as they are taken in; three in thirty days propose a topic by themselves (domain §4.7)."""

import pytest
from django.urls import reverse

from linli.kernel.rosters.reading import read_sheets
from linli.matters.models import HotlineOrder, Matter, ProposedTopic
from linli.matters.queries.hotline import look
from linli.matters.rules.hotline import subjects
from linli.matters.services import hotline
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

from .hotline_books import row, xlsx
from .makers import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def clerk(place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with compound_scope(place.compound.pk):
        yield place.post(Role.COMMUNITY_WORKER)


def brought(place, clerk, *rows):
    return hotline.upload(by=clerk, compound=place.compound, filename="orders.xlsx", data=xlsx(rows), at=NOW)


def take(place, clerk, *rows, apart=()):
    hotline.take_in(by=clerk, batch=brought(place, clerk, *rows), apart=apart, at=NOW)
    return list(HotlineOrder.objects.order_by("number"))


LIFT = ("7栋电梯坏了", "7栋的电梯又不动了", "电梯故障，老人下不了楼", "7栋电梯停了三天")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("7栋电梯坏了", "7栋的电梯又不动了，老人下不了楼", True),
        ("停水两天了", "还没有水，什么时候来", True),
        ("大门口的灯不亮了", "大门口的灯，不亮了！", True),
        ("大门口的灯不亮了", "南门口的灯不亮了", False),
        ("301 马桶堵了", "502 马桶坏了", False),
        ("楼上天天吵", "楼上夜里跳绳", False),
    ],
)
def test_what_is_surely_the_same(a, b, same):
    assert bool(set(subjects(a, "7")) & set(subjects(b, "7"))) is same
    assert not set(subjects(a, "7")) & set(subjects(b, "8"))


def test_the_same_subject_joins_and_three_propose_a_topic_without_a_tap(place, clerk):
    orders = take(place, clerk, *(row(str(n), words, category="电梯困人与故障") for n, words in enumerate(LIFT)))
    main = orders[0].matter
    assert {o.matter_id for o in orders} == {main.pk}
    assert (main.hotline, Matter.objects.filter(state="merged").count()) == (4, 3)
    topic = ProposedTopic.objects.get()
    assert (topic.matter_id, topic.orders) == (main.pk, 4)


def test_another_file_and_another_building(place, clerk):
    take(place, clerk, row("1", LIFT[0]))
    orders = take(place, clerk, row("2", LIFT[1]), row("3", "8栋电梯坏了", place="8栋1单元"))
    assert [o.matter_id == orders[0].matter_id for o in orders] == [True, True, False]


def test_older_than_thirty_days_is_another_subject(place, clerk):
    orders = take(place, clerk, row("1", LIFT[0], when="2026-01-20 10:00"), row("2", LIFT[1]))
    assert orders[0].matter_id != orders[1].matter_id


def test_the_preview_says_so_and_the_clerk_keeps_one_apart(place, clerk):
    batch = brought(place, clerk, row("1", LIFT[0]), row("2", LIFT[1]), row("3", LIFT[2]))
    browser = place.client(clerk)
    here = reverse("matters:hotline-import", args=[place.slug, batch.pk])
    page = browser.get(here).content.decode()
    assert page.count("并到工单 1") == 2
    assert browser.post(here, {"apart": ["2"]}).status_code == 302
    one, two, three = HotlineOrder.objects.order_by("number")
    assert (two.matter_id != one.matter_id, three.matter_id == one.matter_id) == (True, True)
    assert not ProposedTopic.objects.exists()


def test_done_each_time_the_same_lift_is_still_a_topic(place, clerk):
    """§4.7: three on one subject in thirty days, whatever became of each."""
    for n, words in enumerate(LIFT[:3]):
        take(
            place,
            clerk,
            row(str(n), words, when=f"2026-03-{10 + n} 09:00", due="2026-04-20", category="电梯困人与故障"),
        )
        Matter.objects.update(state="closed", open=False)
    orders = HotlineOrder.objects.all()
    assert len({o.matter_id for o in orders}) == 3
    topic = ProposedTopic.objects.get()
    assert topic.orders == 3
    take(place, clerk, row("9", LIFT[3], category="电梯困人与故障"))
    assert ProposedTopic.objects.get().orders == 4


@pytest.mark.parametrize(
    ("words", "one", "other", "same"),
    [
        ("路灯不亮，晚上看不清路", "北门", "东门", False),
        ("楼道灯坏了三天没人修", "7栋1单元", "7栋2单元", False),
        ("7栋电梯坏了", "7栋1单元", "7栋2单元", False),
        ("7栋电梯坏了", "7栋1单元", "7栋", True),
        ("楼道灯坏了三天没人修", "7栋", "7号楼1单元", True),
        ("路灯不亮，晚上看不清路", "北门", "北门 ", True),
    ],
)
def test_two_places_are_never_one_matter_by_themselves(place, clerk, words, one, other, same):
    a, b = take(place, clerk, row("1", words, place=one), row("2", words, place=other))
    assert (a.matter_id == b.matter_id) is same
    if not same:
        assert b.likely_id == a.matter_id


def test_a_building_that_the_compound_lacks_is_none_when_looked_at_and_when_taken_in(place, clerk):
    """Two buildings that nobody knows are no sure sign of one subject."""
    rows = [row(str(n), f"99栋{words}", place="99栋", category="电梯困人与故障") for n, words in enumerate(("电梯坏了", "的电梯又不动了"))]  # fmt: skip
    found = look(place.compound, read_sheets(xlsx(rows), "orders.xlsx"), NOW)
    first, second = take(place, clerk, *rows)
    assert [r.joins for r in found.rows] == ["", ""]
    assert first.matter_id != second.matter_id
