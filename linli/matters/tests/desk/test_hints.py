"""What a clerk is told while writing down somebody's words: how to sort them, and whether it is known already."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters import services
from linli.matters.models import Follower, Matter
from linli.matters.rules.states import State
from linli.people.models import Ownership, Person
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

from .. import makers
from ..makers import NOW, at
from .pages import HTMX, record_data, url

LAMP = "7栋1单元三楼楼道灯不亮，晚上看不见"


def typed(place, browser, words=LAMP, **more):
    return browser.post(url(place, "record-hints"), {"words": words, **more}, **HTMX)


def test_a_suggestion_comes_while_typing_and_says_why(place, browser):
    page = typed(place, browser)
    text = page.content.decode()
    assert "楼道照明" in text and "说到：楼道灯、灯不亮" in text and 'name="take"' in text
    assert typed(place, browser, "灯").content.strip() == b""


def test_taking_over_fills_in_the_panel(place, browser):
    sent = browser.post(url(place, "record"), record_data(words=LAMP, take="on"), follow=True)
    assert sent.redirect_chain[0][0].endswith("/desk/panel/1/?take=1")
    assert sent.context["form"]["category"].value() == "0101"
    assert Matter.objects.get().triaged_at is None


def test_likely_the_same_are_shown_with_what_both_say(place, clerk, browser):
    first = place.matter(clerk, LAMP)
    text = typed(place, browser, "7栋1单元三楼楼道灯不亮").content.decode()
    assert f'name="join" value="{first.number}"' in text and "都说到" in text


def test_joining_keeps_the_words_and_the_person_in_one_go(place, clerk, browser):
    first = place.matter(clerk, LAMP)
    person = Person.objects.create(compound=place.compound, name="孙奶奶", phone="", no_phone=True)
    Ownership.objects.create(compound=place.compound, home=place.home, person=person)
    data = record_data(words="楼道灯不亮", room="7-1-301", person=str(person.pk), join=first.number)
    for _twice in range(2):
        sent = browser.post(url(place, "record"), data, follow=True)
        assert sent.redirect_chain[0][0].endswith(f"/desk/panel/{first.number}/")
    joined = Matter.objects.exclude(pk=first.pk).get()
    first.refresh_from_db()
    assert (joined.state, joined.merged_into_id, first.voices) == (State.MERGED, first.pk, 2)
    assert Follower.objects.filter(matter=first, person=person, left_at=None).exists()
    undone = browser.post(url(place, "undo"))
    assert undone.status_code == 302
    joined.refresh_from_db()
    assert joined.state == State.SUBMITTED


def test_what_is_refused_while_joining_leaves_nothing(place, clerk, browser):
    gone = place.matter(clerk, LAMP)
    services.decline(by=clerk, matter=gone, reason="in_court", words="", at=at(24))
    sent = browser.post(url(place, "record"), record_data(words=LAMP, join=gone.number))
    assert sent.status_code == 422 and "没有在办" in sent.content.decode() and LAMP in sent.content.decode()
    assert browser.post(url(place, "record"), record_data(words=LAMP, join=999)).status_code == 422
    assert Matter.objects.count() == 1


def test_a_pasted_message_is_shown_as_kept_before_it_joins(place, clerk, browser):
    first = place.matter(clerk, LAMP)
    data = record_data(
        source="chat_group", words="楼道灯不亮，打我 13812345678", group="7栋群", said_at="2026-03-24T09:41"
    )
    shown = browser.post(url(place, "record"), {**data, "join": first.number}).content.decode()
    assert "打我 [电话]" in shown and f'name="join" value="{first.number}"' in shown and Matter.objects.count() == 1
    browser.post(url(place, "record"), {**data, "seen": 1, "join": first.number})
    assert Matter.objects.exclude(pk=first.pk).get().merged_into_id == first.pk


def test_without_script_a_button_asks_and_nothing_typed_is_lost(place, clerk, browser):
    first = place.matter(clerk, LAMP)
    page = browser.post(url(place, "record"), record_data(words=LAMP, name="吴某", hints=1)).content.decode()
    assert f'name="join" value="{first.number}"' in page and "吴某" in page and "这里要填" not in page
    assert Matter.objects.count() == 1


def test_a_secret_matter_is_told_to_nobody_without_a_part_in_it(place, clerk):
    secret = place.matter(clerk, LAMP)
    services.triage(
        by=clerk, matter=secret, category="0101", level="community", urgency="normal", privacy="secret", at=NOW
    )
    steward = place.client(place.post(Role.STEWARD, place.property))
    for page in (typed(place, steward), steward.get(url(place, "record", words=LAMP))):
        assert "像 1 件" not in page.content.decode() and 'name="join"' not in page.content.decode()
    desk = place.client(place.post(Role.FRONT_DESK, place.property))
    assert "像 1 件" not in typed(place, desk).content.decode()
    assert Matter.objects.get(pk=secret.pk).privacy == "secret"


def test_one_who_cannot_sort_is_not_told_how(place, clerk):
    place.matter(clerk, LAMP)
    text = typed(place, place.client(place.post(Role.STEWARD, place.property))).content.decode()
    assert "建议" not in text and 'name="take"' not in text and 'name="join"' in text
    text = typed(place, place.client(place.post(Role.COMMITTEE_MEMBER, place.committee))).content.decode()
    assert "像 1 件" in text and 'name="join"' not in text


def test_another_compounds_matters_stay_there(place, clerk, browser):
    other = makers.compound("taoyuan")
    with compound_scope(other.compound.pk):
        other.matter(other.post(Role.COMMUNITY_WORKER), LAMP)
    assert "像 1 件" not in typed(place, browser).content.decode()


def test_hints_cost_the_same_for_many_matters(place, clerk, browser):
    def counted():
        with CaptureQueriesContext(connection) as asked:
            typed(place, browser, building=str(place.home.building_id))
        return len(asked)

    place.matter(clerk, LAMP)
    counted()
    one = counted()
    for n in range(6):
        place.matter(clerk, f"{LAMP}{n}")
    assert counted() == one


def test_the_building_chosen_says_where(place, clerk, browser):
    far = place.matter(clerk, "楼道灯不亮", spot=services.Spot(building=place.homes[-1].building))
    text = typed(place, browser, "楼道灯不亮", building=str(place.home.building_id)).content.decode()
    same = place.home.building_id == place.homes[-1].building_id
    assert (f'value="{far.number}"' in text) is same
