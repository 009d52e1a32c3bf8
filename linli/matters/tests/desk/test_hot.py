"""What many people raise: worked out by the worker, kept, read by the desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters import services, tasks
from linli.matters.models import HotIssues, Matter
from linli.matters.queries import hot as reads
from linli.matters.tests.makers import NOW
from linli.people.rules import Role

from .pages import url

GARAGE = [
    f"三号地下车库入口积水没过脚面，老人推车不敢走{more}" for more in ("", "，请来看看", "，好几天了", "，没人抽水")
]
OTHERS = ["健身器材松动", "快递柜门打不开", "草坪里有碎玻璃", "门口路灯太暗"]


@pytest.fixture
def people(place):
    return [place.resident(place.homes[n], phone=f"1380000200{n}") for n in range(4)]


def titles(browser, place, days=30):
    return [
        (row.people, row.count) for row, _trend, _gather in browser.get(url(place, "hot", days=days)).context["rows"]
    ]


def raise_all(place, people, words=GARAGE, **more):
    made = [place.matter(by, text, **more) for by, text in zip(people, words, strict=True)]
    for by, text in zip(people, OTHERS, strict=True):
        place.matter(by, text)
    return made


def test_issue_of_many_people_is_kept_and_shown(place, people, browser):
    made = raise_all(place, people)
    assert titles(browser, place) == []
    assert tasks.work_out_hot(NOW) == 1
    page = browser.get(url(place, "hot", days=30))
    assert [(row.people, row.count) for row, _trend, _gather in page.context["rows"]] == [(4, 4)]
    text = page.content.decode()
    assert "4 个人说" in text and all(m.label in text for m in made)


def test_one_person_repeating_is_not_many(place, people, browser):
    for text in GARAGE:
        place.matter(people[0], text)
    tasks.work_out_hot(NOW)
    assert titles(browser, place) == []


def test_those_who_joined_are_people_too(place, people, browser):
    matter = place.matter(people[0], GARAGE[0])
    for by in people[1:]:
        services.me_too(by=by, matter=matter, at=NOW)
    tasks.work_out_hot(NOW)
    assert titles(browser, place) == [(4, 1)]


def test_what_is_older_than_the_window_is_left_out(place, people, browser):
    raise_all(place, people, when=NOW - timedelta(days=20))
    tasks.work_out_hot(NOW)
    assert titles(browser, place, 7) == []
    assert titles(browser, place, 90) == [(4, 4)]


def test_secret_matters_make_no_issue(place, people, browser):
    from linli.matters.models import Matter

    raise_all(place, people)
    Matter.objects.update(privacy="secret")
    tasks.work_out_hot(NOW)
    assert titles(browser, place) == []


def test_worked_out_again_when_something_was_raised_or_the_day_is_another(place, people):
    raise_all(place, people)
    assert [tasks.work_out_hot(NOW), tasks.work_out_hot(NOW + timedelta(minutes=40))] == [1, 0]
    place.matter(people[0], "又一件")
    assert [tasks.work_out_hot(NOW), tasks.work_out_hot(NOW + timedelta(minutes=40))] == [0, 1]
    assert tasks.work_out_hot(NOW + timedelta(days=1)) == 1
    assert HotIssues.objects.count() == 3


def test_page_asks_the_same_for_one_and_for_many(place, people, browser):
    def counted():
        with CaptureQueriesContext(connection) as asked:
            browser.get(url(place, "hot"))
        return len(asked)

    raise_all(place, people)
    tasks.work_out_hot(NOW)
    counted()
    one = counted()
    row = HotIssues.objects.get(days=30)
    row.issues = row.issues * 10
    row.save()
    assert counted() == one


def test_the_committee_gathers_an_issue_into_an_order(place, people, browser):
    made = raise_all(place, people)
    tasks.work_out_hot(NOW)
    assert "order-add" not in str(browser.get(url(place, "hot", days=30)).context["rows"])
    chair = place.client(place.post(Role.COMMITTEE_CHAIR, place.committee))
    (_row, _trend, gather) = chair.get(url(place, "hot", days=30)).context["rows"][0]
    page = chair.get(gather)
    assert {m.number for m in page.context["chosen"]} == {m.number for m in made}


def test_all_messages_of_an_issue_page_by_page(place, people, browser, monkeypatch):
    from linli.matters.queries import hot as reads

    monkeypatch.setattr(reads, "PAGE", 3)
    monkeypatch.setattr(reads, "LINKED", 2)
    made = raise_all(place, people)
    tasks.work_out_hot(NOW)
    page = browser.get(url(place, "hot", days=30)).content.decode()
    newest = max(m.number for m in made)
    assert f"?days=30&amp;of={newest}" in page and "看全部" in page
    found, more = [], f"?days=30&of={newest}"
    while more:
        shown = browser.get(url(place, "hot") + more).context
        found += [number for number, _label, _title in shown["matters"]]
        more = shown["more"]
    assert found == sorted((m.number for m in made), reverse=True)
    for bad in ("of=x", "of=99999", "of="):
        assert browser.get(url(place, "hot") + f"?days=30&{bad}").status_code == 404


def test_a_secret_one_is_not_among_all_messages(place, people, browser):
    from linli.matters.models import Matter

    made = raise_all(place, people)
    tasks.work_out_hot(NOW)
    Matter.objects.filter(pk=made[1].pk).update(privacy="secret")
    shown = browser.get(url(place, "hot", days=30) + f"&of={made[0].number}").context["matters"]
    assert [n for n, _label, _title in shown] == sorted({m.number for m in made} - {made[1].number}, reverse=True)


def test_what_became_secret_lends_no_issue_its_title(place, people, clerk):
    made = raise_all(place, people)
    tasks.work_out_hot(NOW)
    central = next(m for m in made if m.title == HotIssues.objects.get(days=30).issues[0]["title"])
    Matter.objects.filter(pk=central.pk).update(privacy="secret")
    left = {m.title for m in made} - {central.title}
    by = place.post(Role.CLEANER)
    assert [row.title in left for row in reads.issues(place.compound, by, 30)[1]] == [True]
    assert reads.all_of(place.compound, by, 30, central.number, None)[0] in left
