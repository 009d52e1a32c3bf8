"""How often what was shown as likely the same was: counted by the act, told again by the entries."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters import services
from linli.matters.models import Matter
from linli.matters.queries import duplicates
from linli.matters.queries.recount import differences
from linli.matters.rules.states import State
from linli.plumbing.counters import kept, shift
from linli.plumbing.models import Tally

from ..makers import NOW
from .pages import HTMX, record_data, url
from .test_advice import post

LAMP = "7栋1单元三楼楼道灯不亮，晚上看不见"
MONTH = f"alike:{NOW:%Y-%m}:"


def counted(place) -> dict[str, int]:
    return {name.removeprefix(MONTH): n for name, n in kept(place.compound.pk, MONTH).items() if n}


def told_alike(place) -> bool:
    return not differences(place.compound.pk).counts


def two(place, clerk) -> tuple[Matter, Matter]:
    return place.matter(clerk, LAMP), place.matter(clerk, LAMP)


def merge(place, browser, matter, target):
    page = browser.get(url(place, "panel", matter.number), **HTMX)
    given = {"target": target.number, "alike": page.context["alike_token"]}
    assert browser.post(url(place, "panel-act", matter.number, "merge"), given, **HTMX).status_code == 200


def test_joining_one_of_those_shown_counts_as_right(place, clerk, browser):
    first, second = two(place, clerk)
    merge(place, browser, second, first)
    assert counted(place) == {"shown": 1, "merged": 1} and told_alike(place)
    third = place.matter(clerk, LAMP)
    assert "最近 1 次提示，并了 1 次" in browser.get(url(place, "panel", third.number), **HTMX).content.decode()


def test_sorting_it_on_its_own_counts_as_wrong(place, clerk, browser):
    _first, second = two(place, clerk)
    page = browser.get(url(place, "panel", second.number), **HTMX)
    post(place, browser, second, page, "0101", alike=page.context["alike_token"])
    assert counted(place) == {"shown": 1, "denied": 1} and told_alike(place)
    assert duplicates.lately(place.compound.pk, NOW) == (1, 0)


def test_joining_something_else_is_neither(place, clerk, browser):
    other = place.matter(clerk, "快递柜打不开")
    _first, second = two(place, clerk)
    merge(place, browser, second, other)
    assert counted(place) == {"shown": 1} and told_alike(place)


def test_taking_a_join_apart_takes_the_praise_back(place, clerk, browser):
    first, second = two(place, clerk)
    for _twice in range(2):
        merge(place, browser, second, first)
        services.unmerge(by=clerk, matter=second, reason="不是一件", at=NOW)
    assert counted(place) == {"shown": 2, "denied": 2} and told_alike(place)


def shifts(work) -> list[bool]:
    """Whether of states and of likeness together, for each time that kept counts were changed."""
    with CaptureQueriesContext(connection) as seen:
        work()
    upserts = [q["sql"] for q in seen.captured_queries if f'"{Tally._meta.db_table}" AS t' in q["sql"]]
    return [MONTH in sql and "state:" in sql for sql in upserts]


def test_joining_and_parting_shift_all_counts_in_one_statement(place, clerk):
    first, second = two(place, clerk)
    joined = {"by": clerk, "matter": second, "target": first, "alike": [first.number], "at": NOW}
    joining = shifts(lambda: services.merge(**joined))
    parting = shifts(lambda: services.unmerge(by=clerk, matter=second, reason="不是一件", at=NOW))
    assert joining == parting == [True]


def test_what_nobody_was_shown_counts_nothing(place, clerk, browser):
    first, second = two(place, clerk)
    given = {"target": first.number, "alike": f"{first.number}:forged"}
    assert browser.post(url(place, "panel-act", second.number, "merge"), given, **HTMX).status_code == 200
    assert Matter.objects.get(pk=second.pk).state == State.MERGED
    assert counted(place) == {} and told_alike(place)


def test_joining_while_writing_down_counts_too(place, clerk, browser):
    first = place.matter(clerk, LAMP)
    page = browser.post(url(place, "record-hints"), {"words": LAMP}, **HTMX)
    data = record_data(words=LAMP, join=first.number, alike=page.context["alike_token"])
    for _twice in range(2):
        browser.post(url(place, "record"), data)
    assert counted(place) == {"shown": 1, "merged": 1} and told_alike(place)


def test_a_wrong_count_is_found(place, clerk, browser):
    first, second = two(place, clerk)
    merge(place, browser, second, first)
    shift(place.compound.pk, {f"{MONTH}merged": 4})
    assert differences(place.compound.pk).counts == {f"{MONTH}merged": (-4, 5)}
