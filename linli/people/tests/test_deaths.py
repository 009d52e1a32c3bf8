"""That somebody has died: a paper, two people, nobody speaks for them from then on, and a wrong record is corrected by another."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from linli.kernel.tests.refusing import refused
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people import services
from linli.people.models import Assistance, Binding, Organisation, Ownership, Person, Post, RegisterChange, Residency
from linli.people.rules import POSTS, RIGHTS, Act, Body, Role
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from .test_register import photo

pytestmark = pytest.mark.django_db
NOW = makers.NOW
DAY = date(2026, 3, 20)


@pytest.fixture
def account():
    return makers.account("赵奶奶", verified_at=NOW)


@pytest.fixture
def person(place, account):
    made = Person.objects.create(compound=place.compound, name="赵奶奶", phone=account.phone)
    Ownership.objects.create(compound=place.compound, home=place.home, person=made)
    bind(place, account, made)
    return made


def bind(place, account, person, relation="owner"):
    return Binding.objects.create(
        compound=place.compound, account=account, home=place.home, person=person, relation=relation, state="confirmed",
        asked_at=NOW, decided_at=NOW,
    )  # fmt: skip


def propose(by, place, person, **more):
    given = {"day": DAY, "reason": "看了死亡医学证明", "paper": photo().read(), "at": NOW, **more}
    return services.propose_death(by=by, home=place.home, person=person, **given)


def confirm(by, change, at=NOW):
    return services.decide_change(by=by, change=change, confirmed=True, at=at)


def died(place):
    return Person.objects.get(compound=place.compound, name="赵奶奶").deceased_on


def test_death_counts_when_a_second_confirms(place, clerk, second, person):
    change = propose(clerk, place, person)
    assert died(place) is None
    assert refused(confirm, clerk, change) == "second_person"
    confirm(second, change)
    assert died(place) == DAY
    acts = AuditEntry.objects.filter(compound=place.compound, act__endswith="_death").order_by("id")
    assert [(row.act, row.account_id, row.person_id) for row in acts] == [
        ("propose_death", clerk.account_id, person.pk), ("confirm_death", second.account_id, person.pk),
    ]  # fmt: skip
    assert b"JFIF" in vault.open_sealed(RegisterChange.objects.get(compound=place.compound).paper)[:20]


def test_refused_leaves_everything_as_it_was(place, clerk, second, person, account):
    services.decide_change(by=second, change=propose(clerk, place, person), confirmed=False, at=NOW)
    assert died(place) is None
    assert Binding.objects.get(compound=place.compound, account=account).state == "confirmed"


def test_nobody_speaks_for_the_dead_and_the_home_stays_theirs(place, clerk, second, person, account):
    son = makers.account("赵平")
    bind(place, son, Person.objects.create(compound=place.compound, name="赵平"), "family")
    bind(place, son, person)
    Residency.objects.create(compound=place.compound, home=place.home, person=person, kind="other")
    worker = place.post(Role.GRID_WORKER)
    services.start_assistance(by=worker, person=person, purpose="灯不亮", channel="visit", at=NOW)
    confirm(second, propose(clerk, place, person), at=NOW + timedelta(minutes=5))
    states = Binding.objects.filter(compound=place.compound).values_list("account", "person__name", "state")
    assert set(states) == {(account.pk, "赵奶奶", "ended"), (son.pk, "赵奶奶", "ended"), (son.pk, "赵平", "confirmed")}
    assert Assistance.objects.get(compound=place.compound).ends_at == NOW + timedelta(minutes=5)
    assert Residency.objects.get(compound=place.compound).to_day == DAY
    assert Ownership.objects.get(compound=place.compound).to_day is None
    person.refresh_from_db()
    assert refused(services.start_assistance, by=worker, person=person, purpose="x", channel="visit", at=NOW) == "dead"


def test_posts_of_the_dead_end_and_those_of_others_on_the_same_telephone_stay(place, clerk, second, person, account):
    place.post(Role.BUILDING_CAPTAIN, body=place.community, who=account, name="赵奶奶")
    place.post(Role.COMMITTEE_MEMBER, who=account, name="赵平")
    confirm(second, propose(clerk, place, person))
    ends = dict(Post.objects.filter(account=account).values_list("holder_name", "to_day"))
    assert ends == {"赵奶奶": DAY, "赵平": None}


def test_household_is_told_without_the_whole_name(place, clerk, second, person):
    son, tenant = makers.account("赵平"), makers.account("租客")
    bind(place, son, Person.objects.create(compound=place.compound, name="赵平"), "family")
    bind(place, tenant, Person.objects.create(compound=place.compound, name="租客"), "tenant")
    confirm(second, propose(clerk, place, person))
    told = Message.objects.filter(compound=place.compound, kind="confirm_death")
    assert [row.account_id for row in told] == [son.pk]
    assert "赵*" in told[0].title and "赵奶奶" not in told[0].title + told[0].body


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"day": None}, "day"), ({"day": NOW.date() + timedelta(days=1)}, "day"), ({"paper": b""}, "no_photo"),
        ({"paper": b"no picture"}, None), ({"reason": " "}, "no_words"), ({"alive": True}, "as_it_is"),
    ],
    ids=["no day", "to come", "no paper", "no picture", "no words", "alive anyhow"],
)  # fmt: skip
def test_what_is_no_record_is_refused(place, clerk, person, more, key):
    assert refused(propose, clerk, place, person, **more) == key or key is None
    assert not RegisterChange.objects.filter(compound=place.compound).exists()


def test_a_company_and_who_is_not_of_the_home_are_refused(place, clerk, person):
    other = Person.objects.create(compound=place.compound, name="别人")
    assert refused(propose, clerk, place, other) == "not_here"
    Person.objects.filter(pk=person.pk, compound=place.compound).update(is_organisation=True)
    assert refused(propose, clerk, place, person) == "not_here"


def test_one_record_waits_at_a_time_and_pressing_twice_makes_one(place, clerk, second, person):
    once = uuid4()
    assert propose(clerk, place, person, once=once) == propose(clerk, place, person, once=once)
    assert refused(propose, second, place, person) == "proposed"


def test_wrong_record_is_corrected_by_another_and_stays(place, clerk, second, person):
    confirm(second, propose(clerk, place, person))
    assert refused(propose, clerk, place, person) == "as_it_is"
    confirm(second, propose(clerk, place, person, day=DAY + timedelta(days=1)))
    assert died(place) == DAY + timedelta(days=1)
    confirm(second, propose(clerk, place, person, day=None, alive=True))
    assert died(place) is None
    rows = RegisterChange.objects.filter(compound=place.compound).order_by("pk")
    assert [(row.kind, row.state) for row in rows] == [("died", "confirmed")] * 2 + [("alive", "confirmed")]


def test_account_is_not_bound_to_the_dead(place, clerk, second, person, account):
    confirm(second, propose(clerk, place, person))
    binding = services.ask_binding(account=account, home=place.home, name="赵奶奶", relation="owner", at=NOW)
    assert binding.state == "asked"
    person.refresh_from_db()
    assert (
        refused(services.confirm_binding, by=clerk, binding=binding, person=person, relation="owner", at=NOW) == "dead"
    )


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def url(place, person):
    return reverse("people:died", args=[place.slug, place.home.pk, person.pk])


def test_through_the_pages(place, clerk, second, person):
    browser = place.client(clerk)
    home = reverse("people:home", args=[place.slug, place.home.pk])
    assert url(place, person) in browser.get(home).content.decode()
    answer = browser.post(url(place, person), {"day": "2026-03-20", "reason": "看了证明"})
    assert browser.post(url(place, person), {"reason": "看了证明", "paper": photo()}).status_code == 422
    assert answer.status_code == 422 and "看了证明" in answer.content.decode()
    given = {"day": "2026-03-20", "reason": "看了证明", "paper": photo()}
    assert browser.post(url(place, person), given).status_code == 302
    change = RegisterChange.objects.get(compound=place.compound)
    paper = reverse("people:change-paper", args=[place.slug, change.pk])
    browser = place.client(second)
    page = browser.get(reverse("people:changes", args=[place.slug])).content.decode()
    assert paper in page and "去世" in page and "赵奶奶" not in page
    assert "data:image" not in browser.get(paper).content.decode()
    answer = browser.post(paper, {"reason": "核对证明", "more": ""})
    assert "data:image/jpeg;base64," in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.get(compound=place.compound, act="show_paper").account_id == second.account_id
    assert (
        browser.post(reverse("people:decide-change", args=[place.slug, change.pk]), {"answer": "yes"}).status_code
        == 302
    )
    page = browser.get(home).content.decode()
    assert "已去世" in page and "更正去世登记" in page
    correct = browser.get(url(place, person)).content.decode()
    assert "2026" in correct and "人还在世" in correct
    again = {"what": "alive", "reason": "弄错了人", "paper": photo()}
    assert place.client(clerk).post(url(place, person), again).status_code == 302


@pytest.mark.parametrize("role", Role)
def test_only_who_keeps_the_register_opens_the_pages_and_only_here(place, clerk, person, role):
    change = propose(clerk, place, person)
    if role in (Role.OPERATOR, Role.CLOCK):
        return
    paper = reverse("people:change-paper", args=[place.slug, change.pk])
    there = makers.compound("there")
    for at, may in ((place, role in RIGHTS[Act.IMPORT_OWNERS]), (there, False)):
        browser = at.client(standing(at, role))
        for address in (url(place, person), paper):
            assert browser.get(address).status_code == (200 if may else 404), address
    if role in RIGHTS[Act.IMPORT_OWNERS]:
        browser = there.client(standing(there, role))
        assert browser.get(reverse("people:died", args=["there", there.home.pk, person.pk])).status_code == 404
        assert browser.get(reverse("people:change-paper", args=["there", change.pk])).status_code == 404


def standing(at, role):
    if role in (Role.OWNER, Role.OCCUPANT):
        return at.resident(relation="owner" if role == Role.OWNER else "tenant")
    kind = min(POSTS[role])
    where = {"compound": at.compound}
    if kind == Body.COMMUNITY:
        where = {"community": at.compound.community}
    if kind == Body.SUBDISTRICT:
        where = {"subdistrict": at.compound.community.subdistrict}
    return at.post(role, body=Organisation.objects.create(kind=kind, name="某组织", **where))


def test_unknown_person_and_change_are_not_there(place, clerk, person):
    browser = place.client(clerk)
    assert browser.get(reverse("people:died", args=[place.slug, place.home.pk, uuid4()])).status_code == 404
    assert browser.get(reverse("people:change-paper", args=[place.slug, uuid4()])).status_code == 404
