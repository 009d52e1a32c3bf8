"""Suggestions at triage: from the usual words, then from the desk's own decisions; counted, never chosen by themselves."""

import subprocess
import sys
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters import services, tasks
from linli.matters.models import Learned, Matter
from linli.matters.queries import advice
from linli.matters.rules.advice import NEW, Advice, by_keywords
from linli.matters.rules.categories import USUAL, Catalogue, known
from linli.plumbing.counters import kept

from ..makers import NOW, at
from .pages import HTMX, to_property, url

LAMPS = "{}楼道灯又灭了，晚上上楼看不清台阶"
BARKS = "{}邻居家的狗整夜叫，一家人都睡不好"


def sort(place, clerk, words, category="0101", level="building", urgency="normal", **more):
    matter = place.matter(clerk, words)
    return services.triage(by=clerk, matter=matter, category=category, level=level, urgency=urgency, at=NOW, **more)


def decide(place, clerk, pairs=30):
    for n in range(pairs):
        sort(place, clerk, LAMPS.format(n))
        sort(place, clerk, BARKS.format(n), "0804", "community", "complaint")


def test_keywords_name_the_longest_words_met():
    assert by_keywords("楼道灯不亮，灯不亮好几天了", USUAL) == Advice(
        "0101", "building", "normal", ("楼道灯", "灯不亮")
    )
    assert by_keywords("有人困在电梯里", USUAL).urgency == "emergency"
    assert by_keywords("想问一件事", USUAL) is None


def test_keywords_offer_nothing_hidden():
    assert by_keywords("楼道灯不亮", Catalogue(USUAL.tops, USUAL.subs, frozenset({"0101"}))) is None


def test_keywords_are_of_known_categories():
    from linli.matters.rules.advice import _keywords

    assert set(_keywords()["category"]) <= set(known())


def test_learning_takes_the_desks_own_ways_over_the_usual_ones(place, clerk):
    decide(place, clerk)
    assert advice.advise(place.compound, "隔壁的狗整夜叫").level == "building"
    assert tasks.learn(NOW) == 1
    held = Learned.objects.get()
    assert (held.version, held.decisions, kept(place.compound.pk, NEW)[NEW]) == (1, 60, 0)
    said = advice.advise(place.compound, "隔壁的狗整夜叫，睡不好")
    assert (said.category, said.level, said.urgency) == ("0804", "community", "complaint")
    assert said.why and all(word in "隔壁的狗整夜叫，睡不好" for word in said.why)


def test_learning_waits_until_there_is_something_new(place, clerk):
    assert tasks.learn(NOW) == 1
    assert tasks.learn(at(26)) == 0
    sort(place, clerk, LAMPS.format(1))
    assert tasks.learn(NOW) == 0
    assert tasks.learn(at(26)) == 1
    assert tasks.learn(at(26)) == 0
    assert Learned.objects.get().category == b""


def test_what_a_process_holds_is_replaced_by_the_newer_version(place, clerk):
    decide(place, clerk)
    tasks.learn(NOW)
    first = advice.mind(place.compound)
    with CaptureQueriesContext(connection) as asked:
        assert advice.mind(place.compound) is first
    assert len(asked) == 1
    Learned.objects.update(version=2)
    assert advice.mind(place.compound).version == 2


def test_panel_suggests_and_chooses_nothing(place, clerk, browser):
    matter = place.matter(clerk, "楼道灯不亮，晚上看不见")
    page = browser.get(url(place, "panel", matter.number), **HTMX)
    text = page.content.decode()
    assert "楼道照明 <i" in text or "楼道照明" in text
    assert "说到：楼道灯、灯不亮" in text
    assert "take=1" in text
    assert not page.context["form"]["category"].value()


def test_one_tap_fills_in_what_was_suggested(place, clerk, browser):
    matter = place.matter(clerk, "有人困在电梯里，电梯坏了")
    form = browser.get(url(place, "panel", matter.number, take=1), **HTMX).context["form"]
    assert [form[name].value() for name in ("category", "level", "urgency")] == ["0106", "building", "emergency"]


def post(place, browser, matter, page, category, **more):
    given = {
        "category": category, "urgency": "normal", "level": "", "privacy": "normal", **to_property(place),
        "once": str(uuid4()), "advised": page.context["advised"].token, **more,
    }  # fmt: skip
    return browser.post(url(place, "panel", matter.number), given, **HTMX)


def test_decisions_are_counted_as_they_agree_or_differ(place, clerk, browser):
    for category, more in (("0101", {"took": "1"}), ("0102", {})):
        matter = place.matter(clerk, "楼道灯不亮，晚上看不见")
        page = browser.get(url(place, "panel", matter.number), **HTMX)
        assert post(place, browser, matter, page, category, **more).status_code == 200
    month = f"advice:{NOW:%Y-%m}:"
    got = kept(place.compound.pk, month)
    assert {name.removeprefix(month): n for name, n in got.items()} == {
        "shown": 2, "category": 1, "level": 2, "urgency": 2, "taken": 1,
    }  # fmt: skip
    assert advice.lately(place.compound.pk, NOW) == advice.Lately(1, 2, 2, 2)
    matter = place.matter(clerk, "楼道灯不亮")
    assert (
        "最近 2 次建议：类别对了 1 次，层级 2 次，缓急 2 次"
        in browser.get(url(place, "panel", matter.number), **HTMX).content.decode()
    )


def test_a_suggestion_that_nobody_was_shown_does_not_count(place, clerk, browser):
    matter, other = place.matter(clerk, "楼道灯不亮"), place.matter(clerk, "楼道灯不亮")
    page = browser.get(url(place, "panel", other.number), **HTMX)
    post(place, browser, matter, page, "0101")
    assert advice.lately(place.compound.pk, NOW).of == 0
    assert kept(place.compound.pk, NEW)[NEW] == 1


def test_similar_matters_are_those_sorted_so_and_never_a_secret_one(place, clerk, browser):
    like = sort(place, clerk, "楼道灯不亮，上楼看不见")
    sort(place, clerk, "楼道灯不亮，上楼看不清", privacy="secret")
    matter = place.matter(clerk, "楼道灯不亮，上楼看不见")
    page = browser.get(url(place, "panel", matter.number), **HTMX)
    assert [number for number, _label, _title in page.context["advised"].similar] == [like.number]


def test_nothing_is_suggested_for_what_is_sorted(place, clerk, browser):
    matter = sort(place, clerk, "楼道灯不亮")
    assert Matter.objects.get(pk=matter.pk).triaged_at
    assert browser.get(url(place, "panel", matter.number), **HTMX).context["advised"] is None


def test_panel_asks_as_little_for_many_decisions_as_for_one(place, clerk, browser):
    def counted():
        matter = place.matter(clerk, "楼道灯不亮，上楼看不见")
        with CaptureQueriesContext(connection) as asked:
            browser.get(url(place, "panel", matter.number), **HTMX)
        return len(asked)

    sort(place, clerk, "楼道灯不亮，上楼看不见")
    tasks.learn(NOW)
    counted()
    one = counted()
    decide(place, clerk, 5)
    assert counted() == one


def test_predicting_loads_no_learning_library():
    asked = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'linli.web.settings_test'; import django; django.setup(); import sys; "
        "import linli.matters.urls, linli.matters.tasks; print({'scipy', 'sklearn'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "set()\n"
