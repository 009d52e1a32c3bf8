"""English: every word translated, every placeholder kept, and no Chinese left on the pages but what people wrote."""

import gettext
import html
import json
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

import linli
from linli.matters import services
from linli.matters.access import matter_for
from linli.matters.rules.states import State, allowed
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.matters.views.acts import table
from linli.people.models import Account, Organisation
from linli.people.rules import NOTICE_VERSION, Role
from linli.places.models import Building, Community, Entrance, Grid, Home, Subdistrict
from linli.plumbing.labels import Labels
from linli.plumbing.tenancy import compound_scope
from linli.web.vocabulary import CHINESE, words

LOCALE = Path(__file__).resolve().parents[1] / "locale/en/LC_MESSAGES"
# What the makers write in Chinese.
OURS = ("打过电话了，今天下午来", "换了 3 盏声控灯", "物业费")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|</?\w+[^>]*>")


def catalogue() -> list[tuple[str, list[str]]]:
    """(msgid, its translations); the header left out."""
    found = []
    for entry in (LOCALE / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]:
        said = {"msgid": "", "msgid_plural": "", "msgstr": "", "msgstr[0]": "", "msgstr[1]": ""}
        given: dict[str, str] = {}
        for line in entry.splitlines():
            if match := re.match(r'(msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$', line):
                key = match[1]
                given[key] = said[key] = match[2]
            elif line.startswith('"'):
                given[key] += line[1:-1]
        found.append((given["msgid"], [text for name, text in given.items() if name.startswith("msgstr")]))
    return found


def test_every_word_is_translated():
    assert [word for word, said in catalogue() if not all(said)] == []
    assert "fuzzy" not in (LOCALE / "django.po").read_text(encoding="utf-8")


def test_every_label_is_collected():
    """What a table of labels says, the vocabulary has, or it is read in Chinese in any language."""
    names = [name for _finder, name, _folder in walk_packages(linli.__path__, "linli.") if ".words" in name]
    tables = [table for name in names for table in vars(import_module(name)).values() if isinstance(table, Labels)]
    with override("en"):
        assert len(tables) > 50 and [word for table in tables for word in table.values() if CHINESE.search(word)] == []


def test_a_refusal_under_a_name_is_collected():
    assert "调解要双方自愿，不派单：请社区问过双方，愿意的再申请调解" in words()


def test_no_translation_keeps_chinese():
    data = {  # rooms, and the headings of an office's files, are Chinese in any language
        "房号写 7栋3单元403 或 403，姓名写一两个字。",
        "有“%(name)s”一列，像是 12345 导出的工单，请在“12345 工单”页面收；不是热线的，加一列“来源”，每行写从哪里来",
        "表里有来电人，“来源”要写一种：%(known)s",
    }
    assert [word for word, said in catalogue() if word not in data and CHINESE.search("".join(said))] == []


def test_placeholders_match():
    def held(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text))

    assert [word for word, said in catalogue() for text in said if held(text) != held(word)] == []


def test_labels_and_refusals_of_rules_are_collected():
    known = {word for word, _said in catalogue()}
    assert [word for word in words() if word.replace('"', '\\"') not in known] == []


def test_compiled_words_are_those_of_the_catalogue():
    with (LOCALE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    written = {}
    for word, said in catalogue():
        key = json.loads(f'"{word}"')
        for i, text in enumerate(said):
            written[key if len(said) == 1 else (key, i)] = json.loads(f'"{text}"')
    assert {key: text for key, text in compiled.items() if key} == written


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def place(db):
    """A compound whose people, places and matters have Latin names, so that any Chinese on a page is the page's own."""
    made = makers.compound(slug="willow")
    with compound_scope(made.compound.pk), time_machine.travel(NOW, tick=False):
        latin(made)
        yield made


def latin(place: makers.Place) -> None:
    compound = place.compound
    compound.name = "Willow Court"
    compound.save()
    Subdistrict.objects.update(name="Brook")
    Community.objects.update(name="Willow")
    Grid.objects.update(name="Grid 1")
    for body in Organisation.objects.all():
        body.name = f"Body {body.kind}"
        body.save()
    for building in Building.objects.filter(compound=compound):
        Building.objects.filter(compound=compound, pk=building.pk).update(label=f"B{building.key}")
    for entrance in Entrance.objects.filter(compound=compound):
        Entrance.objects.filter(compound=compound, pk=entrance.pk).update(label=f"E{entrance.key}")
    for i, home in enumerate(place.homes):
        Home.objects.filter(compound=compound, pk=home.pk).update(label=f"7-{i}-{home.room_no}")
    place.homes[:] = Home.objects.filter(compound=compound).select_related("building", "entrance").order_by("pk")
    for name in ("community", "property", "committee", "agency"):
        getattr(place, name).refresh_from_db()


@pytest.fixture
def people(place):
    return {
        "owner": place.resident(name="Li"),
        "clerk": place.post(Role.COMMUNITY_WORKER, name="Zhou"),
        "secretary": place.post(Role.COMMUNITY_SECRETARY, name="Wu"),
        "engineer": place.post(Role.ENGINEER, name="Chen"),
    }


@pytest.fixture
def numbers(place, people):
    """Matters in several states, each with what residents and workers do to one."""
    owner, clerk, engineer = people["owner"], people["clerk"], people["engineer"]
    new = place.matter(owner, "The lamp on the third floor is out", privacy="normal")
    going = makers.in_progress(place, owner, clerk, engineer, "The door does not close", when=at(23))
    services.urge(by=owner, matter=going, words="It got worse", at=NOW)
    waiting = makers.in_progress(place, owner, clerk, engineer, "Water from above", when=at(23, 11), urgency="urgent")
    late = makers.in_progress(place, owner, clerk, engineer, "The gate is broken", when=at(10))
    done = makers.resolved(place, owner, clerk, engineer, "The pump is loud", when=at(23, 15))
    gone = place.matter(owner, "Somebody shouts at night")
    services.decline(by=clerk, matter=gone, reason="no_content", words="Please say more", at=NOW)
    return {"new": new, "going": going, "waiting": waiting, "late": late, "done": done, "declined": gone}


def left(response, data: tuple[str, ...] = ()) -> list[str]:
    """The Chinese a page shows to an English reader; labels, titles and hidden words included."""
    assert response.status_code in (200, 422), response.status_code
    page = html.unescape(response.content.decode())
    page = re.sub(r"<button[^>]*lang=\"zh-CN\".*?</button>", "", page, flags=re.S)  # the switch back
    page = re.sub(r'value="[^"]*"', "", page)  # what is sent back is stored, not read
    for text in (*OURS, *data):
        page = page.replace(text, "")
    return re.findall(r"[^<>\"\n]{0,30}[\u4e00-\u9fff，。：；、（）][^<>\"\n]{0,40}", page)


def english(browser: Client) -> Client:
    browser.cookies["language"] = "en"
    return browser


@pytest.mark.parametrize("name", ["web:front", "people:sign-in", "people:privacy", "people:lost"])
def test_pages_before_signing_in(place, name):
    assert left(english(Client()).get(reverse(name))) == []


def test_refused_sign_in(place):
    assert left(english(Client()).post(reverse("people:sign-in"), {"phone": "123"})) == []


def test_public_page(place, numbers):
    assert left(english(Client()).get(reverse("matters:public", args=[place.slug]))) == []


@pytest.mark.parametrize(
    "name", ["matters:home", "matters:report", "matters:mine", "people:me", "people:bind", "notices:council", "notices:inbox"]
)  # fmt: skip
def test_pages_of_a_resident(place, people, name):
    browser = english(place.client(people["owner"]))
    assert left(browser.get(reverse(name, args=[place.slug]))) == []


def test_home_with_matters(place, people, numbers):
    browser = english(place.client(people["owner"]))
    for name in ("matters:home", "matters:mine"):
        assert left(browser.get(reverse(name, args=[place.slug]))) == []


@pytest.mark.parametrize("state", ["new", "going", "waiting", "late", "done", "declined"])
@pytest.mark.parametrize("who", ["owner", "clerk", "engineer"])
def test_matter(place, people, numbers, who, state):
    browser = english(place.client(people[who]))
    assert left(browser.get(reverse("matters:matter", args=[place.slug, numbers[state].number]))) == []


def test_refused_report(place, people):
    browser = english(place.client(people["owner"]))
    assert left(browser.post(reverse("matters:report", args=[place.slug]), {"words": ""})) == []


@pytest.mark.parametrize(
    "name",
    [
        "matters:desk", "matters:record", "matters:visits", "matters:work", "people:register", "people:bindings", "people:imports",
        "people:bodies", "people:me", "places:settings", "people:assist",
    ],
)  # fmt: skip
def test_pages_of_a_worker(place, people, numbers, name):
    browser = english(place.client(people["secretary"]))
    assert left(browser.get(reverse(name, args=[place.slug]))) == []


def test_ending_a_body(place, people, numbers):
    browser = english(place.client(people["secretary"]))
    path = reverse("people:end-body", args=[place.slug, place.property.pk])
    assert left(browser.get(path)) == []
    page = browser.post(path, {"last_day": "2026-03-20", "reason": "over"})
    assert page.status_code == 422 and "open matters are still with it" in page.content.decode()


# The office's own headers, and the labels of homes.
SHEET = ("7栋1单元301", "7栋1单元302", "楼栋", "单元", "房号", "建筑面积")


def test_steps_of_an_import(place, people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    browser = english(place.client(people["secretary"]))
    text = "Building,R\nx,y\n楼栋,单元,房号,建筑面积\n7,1,301,8O\n7,1,302,92.555\n,,,\n"
    file = SimpleUploadedFile("homes.csv", text.encode())
    there = browser.post(reverse("people:imports", args=[place.slug]), {"kind": "homes", "file": file}).url
    for path in (there, there + "sheets/0/header/"):
        assert left(browser.get(path), SHEET) == []
    browser.post(there + "columns/", {"s-0": "1"})
    for query in ("?show=refused", "?show=all", "?show=warned"):
        assert left(browser.get(there + query), SHEET) == []


@pytest.mark.parametrize("state", ["new", "going", "late", "done"])
def test_print(place, people, numbers, state):
    browser = english(place.client(people["clerk"]))
    assert left(browser.get(reverse("matters:print", args=[place.slug, numbers[state].number]))) == []


@pytest.mark.parametrize("state", ["new", "going", "late", "done"])
def test_panel(place, people, numbers, state):
    browser = english(place.client(people["clerk"]))
    path = reverse("matters:panel", args=[place.slug, numbers[state].number])
    assert left(browser.get(path, HTTP_HX_REQUEST="true")) == []


def test_work_of_a_handler(place, people, numbers):
    browser = english(place.client(people["engineer"]))
    assert left(browser.get(reverse("matters:work", args=[place.slug]))) == []


@pytest.mark.parametrize("state", ["new", "going", "waiting", "done"])
@pytest.mark.parametrize("who", ["owner", "clerk", "engineer"])
def test_forms_of_acts(place, people, numbers, who, state):
    browser = english(place.client(people[who]))
    found = matter_for(compound=place.compound, number=numbers[state].number, by=people[who])
    for act in allowed(State(found[0].state), found[1]):
        if act in table():
            path = reverse("matters:act", args=[place.slug, numbers[state].number, act])
            assert left(browser.get(path)) == [], act


def test_refusal_of_a_rule(place, people, numbers):
    browser = english(place.client(people["owner"]))
    path = reverse("matters:act", args=[place.slug, numbers["going"].number, "urge"])
    page = browser.post(path, {"words": "Again"})
    assert page.status_code == 422
    assert left(page) == []
    assert "Urged within half a day already" in page.content.decode()


def test_operator(place):
    account = Account.objects.create(
        phone="13900009999", name="Op", is_operator=True, created_at=NOW, notice_version=NOTICE_VERSION
    )
    browser = english(Client())
    browser.force_login(account)
    assert left(browser.get(reverse("places:operator"))) == []


def test_chinese_stays_the_language_of_all_others(place):
    assert "楼里的事" in Client(headers={"accept-language": "en"}).get(reverse("web:front")).content.decode()
