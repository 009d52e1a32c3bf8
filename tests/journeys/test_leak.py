"""The main job: a leak on a phone becomes a solved matter, checked by somebody else and shown without a name."""

import pytest
from leak import Leak
from persons import PASSWORD, sign_in, with_password
from playwright.sync_api import expect

from linli.matters.tests.makers import Place, compound
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

SLUG = "liuxi"


@pytest.fixture
def place(transactional_db) -> Place:
    return compound(SLUG)


@pytest.mark.parametrize("look", [{}, {"script": False}, {"elder": True}], ids=["script", "no-script", "elder"])
def test_a_leak_is_raised_merged_fixed_twice_visited_and_shown(place, open_browser, look):
    with compound_scope(place.compound.pk):
        actors = {
            "worker": place.post(Role.COMMUNITY_WORKER), "engineer": place.post(Role.ENGINEER), "grid": place.post(Role.GRID_WORKER),
            "first": place.resident(name="李小满"), "second": place.resident(place.homes[1], name="王大山"),
        }  # fmt: skip
        phones = {name: with_password(actor.account_id).phone for name, actor in actors.items()}
    pages = {
        name: sign_in(open_browser(desk=name == "worker", **look), phone, password=PASSWORD)
        for name, phone in phones.items()
    }
    first, second = pages.pop("first"), pages.pop("second")
    story = Leak(SLUG, **pages)

    number = story.said_by(first, "卫生间顶上漏水，滴到插座边。很吓人")
    again = story.said_by(second, "楼上漏水滴到我家墙上了", picture=False)
    story.merge(again, number)
    story.solved_at_the_second_try(number)
    for page in (first, second):
        story.was_told_to(page)
    second.goto(f"/c/{SLUG}/matters/{again}/")
    expect(second.locator("main")).to_contain_text(f"并到第 {number:04d} 号")

    stranger = open_browser(**look).new_page()
    stranger.goto(f"/c/{SLUG}/")
    shown = stranger.locator("main").inner_text()
    assert "卫生间顶上漏水" in shown
    assert not {"李小满", "王大山", "301"} & set(shown.split())
    assert "李" not in shown and "301" not in shown
