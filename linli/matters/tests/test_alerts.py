"""A neighbour's alert (M29): the household reached through the relay, in order; entered with it or with others; thanked."""

import html
import re
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Alert, AlertCall, Clock, HomeContact, Matter
from linli.matters.queries.alerts import Reach, left_lists, tree
from linli.matters.rules import alerts as rules
from linli.matters.rules.alerts import AlertAct, Part, Stage
from linli.matters.services import alerts
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Binding, Ownership, Person
from linli.people.rules import Role
from linli.people.services import reset_in_person
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
S, A, P = Stage, AlertAct, Part
MAY = {
    A.ANSWER: {S.REACHING: S.CONTACTED, S.CONTACTED: S.CONTACTED},
    A.ENTER: {S.CONTACTED: S.ENTERED},
    A.FORCE: {S.REACHING: S.ENTERED, S.CONTACTED: S.ENTERED},
    A.CAUSE: {S.ENTERED: S.CAUSE},
    A.SAFE: {S.REACHING: S.SAFE, S.CONTACTED: S.SAFE, S.ENTERED: S.SAFE, S.CAUSE: S.SAFE},
    A.THANK: {S.SAFE: S.THANKED},
}


@pytest.mark.parametrize(("state", "act", "part"), list(product(Stage, AlertAct, Part)))
def test_each_part_does_each_act_in_each_state_as_the_table_says(state, act, part):
    expected = state in MAY[act] and (part == P.WORKER or act == A.ANSWER)
    assert (rules.refuse(act, state, frozenset({part})) is None) is expected
    if expected:
        assert rules.TABLE[act].to == MAY[act][state]


@pytest.fixture
def other(place):
    return place.homes[1]


@pytest.fixture
def neighbour(place):
    return place.resident(name="周全")


@pytest.fixture
def front(place):
    return place.post(Role.FRONT_DESK)


FAMILY = [Reach("王大", "owner", "13911110001"), Reach("王二", "family", "13911110002")]


def listed(place, home, contacts=FAMILY):
    return alerts.set_contacts(by=place.resident(home), home=home, contacts=contacts, at=NOW)


def raised(place, neighbour, home, sign="water", **more):
    return alerts.raise_alert(
        by=neighbour,
        compound=place.compound,
        home=home,
        sign=sign,
        site="https://linli.example/",
        at=NOW,
        **more,
    )


def alert_at(m):
    return Alert.objects.get(compound=m.compound_id, matter=m)


def calls(m):
    return list(AlertCall.objects.filter(compound=m.compound_id).order_by("position"))


def test_an_alert_is_a_matter_under_the_emergency_clock(place, neighbour, other):
    once = uuid7()
    m = raised(place, neighbour, other, once=once)
    assert raised(place, neighbour, other, once=once).pk == m.pk
    clock = Clock.objects.get(compound=place.compound)
    assert (m.urgency, m.hazard, m.beside, clock.due_at) == ("emergency", True, "alert", NOW + timedelta(minutes=5))


def test_the_text_goes_to_the_first_contact_and_the_neighbour_sees_no_number(place, neighbour, other):
    listed(place, other)
    m = raised(place, neighbour, other)
    sent = Message.objects.get(compound=place.compound, channel="sms")
    assert (sent.phone, sent.title) == ("13911110001", f"柳溪苑小区：有邻居看到您家（{other.label}）门口有水")
    assert "https://linli.example/c/liuxi/reach/" in sent.body
    page = place.client(neighbour).get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
    assert "正在找这家人" in page and "1391111" not in page and "王" not in page


def test_nobody_answering_the_next_contact_is_asked(place, neighbour, other):
    listed(place, other)
    m = raised(place, neighbour, other)
    assert tasks.reach_contacts(NOW + timedelta(minutes=2)) == 0
    assert tasks.reach_contacts(NOW + timedelta(minutes=3)) == 1
    assert tasks.reach_contacts(NOW + timedelta(minutes=6)) == 0
    assert [c.phone for c in calls(m)] == ["13911110001", "13911110002"] and alert_at(m).next_at is None


def test_without_a_list_the_register_s_owners_are_reached(place, other):
    who = Person.objects.create(compound=place.compound, name="陈户主", phone="13922220001")
    Ownership.objects.create(compound=place.compound, home=other, person=who)
    assert tree(other) == [Reach("陈户主", "owner", "13922220001", who.pk)]


def test_a_link_answers_without_an_account_and_stops_the_relay(place, neighbour, other):
    listed(place, other)
    m = raised(place, neighbour, other)
    link = reverse("matters:reach", args=[place.slug, alerts.token_of(calls(m)[0])])
    stranger = place.client()
    page = stranger.get(link).content.decode()
    assert other.label in page and "王" not in page and "周" not in page
    assert stranger.post(link, {"answer": "coming"}).status_code == 302
    assert "您说：马上到" in stranger.get(link).content.decode()
    one = alert_at(m)
    assert (one.state, one.contacted_at, one.next_at, calls(m)[0].way) == (S.CONTACTED, NOW, None, "link")
    assert stranger.get(link + "x").status_code == 404


def test_who_cannot_come_passes_it_on_at_once(place, neighbour, other):
    listed(place, other)
    m = raised(place, neighbour, other)
    alerts.answer_by_link(call=calls(m)[0], answer="cannot", at=NOW)
    assert (alert_at(m).state, tasks.reach_contacts(NOW)) == (S.REACHING, 1)


def test_from_alert_to_thanks_with_the_time_of_each_step(place, neighbour, other, front):
    listed(place, other)
    m = raised(place, neighbour, other)
    with pytest.raises(Refused, match="还没找到这家人"):
        alerts.enter(by=front, matter=m, entered_with="owner", at=NOW)
    alerts.answered(by=front, matter=m, call=calls(m)[0], answer="enter", at=NOW)
    with pytest.raises(Refused):
        alerts.enter(by=front, matter=m, entered_with="police", at=NOW)
    alerts.enter(by=front, matter=m, entered_with="agent", at=NOW)
    alerts.find_cause(by=front, matter=m, words="装修师傅没关龙头", at=NOW)
    alerts.alert_safe(by=front, matter=m, at=NOW)
    alerts.thank(by=front, matter=m, words="多亏您", at=NOW)
    one = alert_at(m)
    assert (one.state, one.entered_with, one.cause, one.thanked_at) == (S.THANKED, "agent", "装修师傅没关龙头", NOW)
    page = place.client(neighbour).get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
    assert "原因：装修师傅没关龙头" in page and "多亏您" in page
    told = Message.objects.filter(compound=place.compound, account_id=neighbour.account_id, kind="alert_thank")
    assert told.count() == 1


def test_who_is_there_keeps_the_matter_s_own_promises(place, neighbour, other, front):
    listed(place, other)
    m = raised(place, neighbour, other)
    alerts.answered(by=front, matter=m, call=calls(m)[0], answer="enter", at=at(24, 10, 2))
    accepted = Clock.objects.get(compound=place.compound, kind="acknowledge")
    m = Matter.objects.get(compound=place.compound)
    assert (m.state, accepted.done_at) == ("accepted", at(24, 10, 2))
    m = services.triage(by=front, matter=m, category="0202", level="building", urgency="emergency", at=at(24, 10, 3))
    alerts.enter(by=front, matter=m, entered_with="owner", at=at(24, 10, 5))
    alerts.alert_safe(by=front, matter=m, words="关了总阀", at=at(24, 10, 10))
    done = dict(Clock.objects.filter(compound=place.compound).values_list("kind", "done_at"))
    assert (done["start"], done["make_safe"]) == (at(24, 10, 5), at(24, 10, 10))
    assert tasks.run_clocks(at(24, 13)) == 0 and not Message.objects.filter(kind="breach").exists()
    assert Matter.objects.get(compound=place.compound).arrived_at == at(24, 10, 5)


def test_safe_before_it_was_sorted_is_safe_by_the_clock_too(place, neighbour, other, front):
    m = raised(place, neighbour, other)
    m = alerts.alert_safe(by=front, matter=m, words="关了总阀", at=at(24, 10, 4))
    services.triage(by=front, matter=m, category="0202", level="building", urgency="emergency", at=at(24, 10, 30))
    clocks = Clock.objects.filter(compound=place.compound)
    done = dict(clocks.values_list("kind", "done_at"))
    assert done.pop("finish") is None and clocks.get(kind="finish").due_at == at(27, 17, 30)
    assert set(done.values()) == {at(24, 10, 4)} and len(done) == 3
    assert not clocks.exclude(breached_at=None).exists()


def test_in_danger_others_go_in_and_the_ground_is_kept(place, neighbour, other, front):
    m = raised(place, neighbour, other, "smoke")
    for given in (
        {"entered_with": "owner", "ground": "烟大"},
        {"entered_with": "community", "ground": "烟大"},
        {"entered_with": "police", "ground": " "},
    ):
        with pytest.raises(Refused):
            alerts.enter_in_danger(by=front, matter=m, at=NOW, **given)
    alerts.enter_in_danger(by=front, matter=m, entered_with="rescue", ground="冒烟，没人应", at=NOW)
    assert (alert_at(m).state, alert_at(m).ground) == (S.ENTERED, "冒烟，没人应")


def test_the_alerter_does_none_of_the_steps(place, neighbour, other):
    m = raised(place, neighbour, other)
    with pytest.raises(Refused, match="不归您办"):
        alerts.alert_safe(by=neighbour, matter=m, at=NOW)


def test_a_number_is_shown_for_a_reason_that_is_kept(place, neighbour, other, front):
    listed(place, other)
    m = raised(place, neighbour, other)
    url = reverse("matters:reach-number", args=[place.slug, m.number, calls(m)[0].pk])
    browser = place.client(front)
    assert "13911110001" not in browser.get(url).content.decode()
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert "13911110001" in browser.post(url, {"reason": "信息没回，打电话"}).content.decode()
    look = AuditEntry.objects.get(compound=place.compound, act="see_home_number")
    assert (look.words, look.internal, look.account_id) == ("信息没回，打电话", True, front.account_id)
    assert place.client(neighbour).get(url).status_code == 404


def test_the_household_keeps_its_own_list_and_a_clerk_does_it_for_them(place, other, neighbour):
    listed(place, other)
    clerk = place.post(Role.COMMUNITY_WORKER)
    url = reverse("matters:contacts", args=[place.slug, other.pk])
    data = {"name_1": "李三", "relation_1": "friend", "phone_1": "13933330001"}
    assert place.client(clerk).post(url, data | {"phone_1": ""}).status_code == 422
    assert place.client(clerk).post(url, data).status_code == 302
    rows = HomeContact.objects.filter(compound=place.compound)
    assert {(c.name, c.ended_at is None) for c in rows} == {("王大", False), ("王二", False), ("李三", True)}
    assert place.client(neighbour).get(url).status_code == 404
    with pytest.raises(Refused):
        alerts.set_contacts(by=neighbour, home=other, contacts=[], at=NOW)


def test_a_resident_raises_it_for_a_door_of_the_own_building(place, neighbour):
    from linli.matters.tests import makers

    town = makers.compound("big", homes=8)
    who = town.resident()
    browser = town.client(who)
    url = reverse("matters:alert", args=[town.slug])
    assert reverse("matters:contacts", args=[town.slug, who.home_id]) in browser.get(url).content.decode()
    near, far = town.homes[1], town.homes[-1]
    assert browser.post(url, {"home": str(far.pk), "sign": "water"}).status_code == 422
    assert browser.post(url, {"home": str(near.pk), "sign": "water"}).status_code == 302
    assert Matter.objects.get(compound=town.compound).home_id == near.pk


def test_the_front_desk_finds_the_door_by_its_room(place, front, other):
    browser, url = place.client(front), reverse("matters:alert", args=[place.slug])
    assert other.label in browser.get(url + f"?room={other.label}").content.decode()
    assert browser.post(url + f"?room={other.label}", {"home": str(other.pk), "sign": "gas"}).status_code == 302


def test_steps_are_done_from_the_matter_s_page(place, neighbour, other, front):
    listed(place, other)
    m = raised(place, neighbour, other)
    browser = place.client(front)
    page = browser.get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
    assert "记下回话" in page and "139****0001" in page
    act = reverse("matters:act", args=[place.slug, m.number, "alert_answer"])
    assert browser.post(act, {"call": str(calls(m)[0].pk), "answer": "coming"}).status_code == 302
    assert alert_at(m).state == S.CONTACTED


def test_who_works_on_it_hears_that_there_is_nobody_to_ask(place, neighbour, other, front):
    m = raised(place, neighbour, other, "other")
    told = Message.objects.get(compound=place.compound, kind="alert_nobody", account_id=front.account_id)
    assert told.title == f"第 {m.label} 号，这一户没有可联系的人，请马上去人"
    page = reverse("matters:matter", args=[place.slug, m.number])
    assert "这一户没有可联系的人" in place.client(front).get(page).content.decode()
    assert "没有可联系的人" not in place.client(neighbour).get(page).content.decode()


def test_who_works_on_it_hears_that_nobody_answered(place, neighbour, other, front):
    listed(place, other, FAMILY[:1])
    m = raised(place, neighbour, other, "other")
    sent = Message.objects.get(compound=place.compound, kind="alert_relay", channel="sms")
    assert sent.title.endswith(f"（{other.label}）有情况")
    page = reverse("matters:matter", args=[place.slug, m.number])
    assert "没有回话" not in place.client(front).get(page).content.decode()
    tasks.reach_contacts(NOW + timedelta(minutes=3))
    assert (
        Message.objects.filter(compound=place.compound, kind="alert_nobody", account_id=front.account_id).count() == 1
    )
    assert "家里的人都没有回话" in place.client(front).get(page).content.decode()


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([], "家里的人都没有回话"),
        (["wrong"], "家里的人都没有回话"),
        (["cannot", "cannot", "wrong", "cannot"], "家里的人都来不了"),
    ],
)
def test_that_nobody_comes_is_said_once_and_truly(place, neighbour, other, front, answers, why):
    listed(place, other, FAMILY[:1])
    m = raised(place, neighbour, other, "other")
    call = calls(m)[0]
    for n, answer in enumerate(answers):
        alerts.answer_by_link(call=call, answer=answer, at=NOW + timedelta(seconds=n))
        tasks.reach_contacts(NOW + timedelta(seconds=n))
    tasks.reach_contacts(NOW + timedelta(minutes=3))
    told = Message.objects.filter(compound=place.compound, kind="alert_nobody", account_id=front.account_id)
    assert [t.title for t in told] == [f"第 {m.label} 号，{why}，请马上去人"]
    assert AuditEntry.objects.filter(compound=place.compound, act="alert_nobody").count() == 1
    page = place.client(front).get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
    assert page.count(f"{why}，请马上去人") == 2


def test_the_person_reads_who_looked_at_the_number(place, neighbour, other, front):
    who = Person.objects.create(compound=place.compound, name="陈户主", phone="13922220001")
    Ownership.objects.create(compound=place.compound, home=other, person=who)
    clerk = place.post(Role.COMMUNITY_WORKER)
    alerts.set_contacts(by=clerk, home=other, contacts=[Reach("陈", "owner", "13922220001")], at=NOW)
    m = raised(place, neighbour, other)
    alerts.see_number(by=front, matter=m, call=calls(m)[0], reason="信息没回", at=NOW)
    look = AuditEntry.objects.get(compound=place.compound, act="show_phone")
    assert (look.subject_id, look.words, look.account_id) == (who.pk, "信息没回", front.account_id)


def test_after_a_sale_the_new_owner_is_reached_and_not_who_left(place, other):
    old = place.resident(other, name="李老")
    alerts.set_contacts(by=old, home=other, contacts=FAMILY, at=NOW)
    gone = Binding.objects.get(account_id=old.account_id).person
    Ownership.objects.create(compound=place.compound, home=other, person=gone, to_day=NOW.date())
    new = Person.objects.create(compound=place.compound, name="新主", phone="13799990000")
    Ownership.objects.create(compound=place.compound, home=other, person=new, from_day=NOW.date())
    assert [r.phone for r in tree(other)] == ["13799990000"]


def test_who_sold_neither_reads_nor_ends_the_new_owner_s_list(place, other):
    seller, buyer = place.resident(other, name="老业主"), place.resident(other, name="新业主")
    for who, days in ((seller, {"to_day": NOW.date()}), (buyer, {"from_day": NOW.date()})):
        Ownership.objects.create(compound=place.compound, home=other, person_id=who.person_id, **days)
    alerts.set_contacts(by=buyer, home=other, contacts=FAMILY, at=NOW)
    assert place.client(seller).get(contacts_url(place, other)).status_code == 404
    with pytest.raises(Refused):
        alerts.set_contacts(by=seller, home=other, contacts=[], at=NOW)
    assert place.client(buyer).get(contacts_url(place, other)).status_code == 200
    assert HomeContact.objects.filter(compound=place.compound, ended_at=None).count() == 2


def test_a_clerk_s_list_ends_with_the_ownership_and_the_register_follows_a_list(place, other):
    who = Person.objects.create(compound=place.compound, name="陈户主", phone="13922220001")
    owns = Ownership.objects.create(compound=place.compound, home=other, person=who)
    alerts.set_contacts(by=place.post(Role.COMMUNITY_WORKER), home=other, contacts=FAMILY, at=NOW)
    assert [r.phone for r in tree(other)] == ["13911110001", "13911110002", "13922220001"]
    owns.to_day = NOW.date()
    owns.save()
    assert tree(other) == []


def contacts_url(place, home):
    return reverse("matters:contacts", args=[place.slug, home.pk])


def form_of(page):
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input[^>]*name="((?:name|phone)_\d)"[^>]*value="([^"]*)"', page)
    } | dict(re.findall(r'name="(relation_\d)".*?<option value="(\w+)" selected', page, re.S))


def test_numbers_on_the_list_stand_masked_and_stay_when_left_so(place, other):
    owner = place.resident(other)
    alerts.set_contacts(by=owner, home=other, contacts=FAMILY, at=NOW)
    clerk = place.client(place.post(Role.COMMUNITY_WORKER))
    page = clerk.get(contacts_url(place, other)).content.decode()
    assert "13911110001" not in page and "139****0001" in page
    given = form_of(page) | {"name_2": "王小二"}
    assert clerk.post(contacts_url(place, other), given).status_code == 302
    rows = HomeContact.objects.filter(compound=place.compound, ended_at=None).order_by("position")
    assert [(c.name, c.phone) for c in rows] == [("王大", "13911110001"), ("王小二", "13911110002")]
    assert rows[0].added_by == owner.account_id
    wrong = clerk.post(contacts_url(place, other), given | {"phone_1": "138****0009"})
    assert wrong.status_code == 422 and "号码请写全" in wrong.content.decode()


def test_a_whole_number_of_the_list_is_shown_for_a_reason_that_is_kept(place, other, neighbour):
    listed(place, other)
    row = HomeContact.objects.filter(compound=place.compound).order_by("position")[0]
    url = reverse("matters:contact-number", args=[place.slug, other.pk, row.pk])
    clerk = place.client(place.post(Role.COMMUNITY_WORKER))
    assert "13911110001" not in clerk.get(url).content.decode()
    assert clerk.post(url, {"reason": " "}).status_code == 422
    assert "13911110001" in clerk.post(url, {"reason": "核对号码"}).content.decode()
    assert AuditEntry.objects.get(compound=place.compound, act="see_home_number").words == "核对号码"
    assert place.client(neighbour).get(url).status_code == 404


def test_the_person_reads_who_looked_at_the_number_on_the_home_s_list(place, other):
    who = Person.objects.create(compound=place.compound, name="陈户主", phone="13922220001")
    Ownership.objects.create(compound=place.compound, home=other, person=who)
    clerk = place.post(Role.COMMUNITY_WORKER)
    both = [Reach("陈", "owner", "13922220001"), Reach("阿姨", "friend", "13922220002")]
    for row in alerts.set_contacts(by=clerk, home=other, contacts=both, at=NOW):
        alerts.see_contact(by=clerk, contact=row, reason="核对号码", at=NOW)
    look = AuditEntry.objects.get(compound=place.compound, act="show_phone")
    assert (look.subject_id, look.words, look.account_id) == (who.pk, "核对号码", clerk.account_id)


def test_a_tenant_keeps_own_lines_and_sees_no_other(place, other):
    listed(place, other)
    tenant = place.resident(other, relation="tenant", name="租客")
    browser, url = place.client(tenant), contacts_url(place, other)
    page = browser.get(url).content.decode()
    assert "王大" not in page and "0001" not in page
    mine = {"name_1": "租客", "relation_1": "tenant", "phone_1": "13944440001"}
    assert browser.post(url, mine).status_code == 302
    running = HomeContact.objects.filter(compound=place.compound, ended_at=None).order_by("position")
    assert [c.name for c in running] == ["王大", "王二", "租客"]
    assert browser.post(url, {"name_1": ""}).status_code == 302
    assert [c.name for c in running.all()] == ["王大", "王二"]


def test_after_a_sale_the_old_owner_s_contacts_are_forgotten(place, other):
    seller, tenant = place.resident(other, name="老业主"), place.resident(other, relation="tenant", name="租客")
    owns = Ownership.objects.create(compound=place.compound, home=other, person_id=seller.person_id)
    alerts.set_contacts(by=seller, home=other, contacts=FAMILY, at=NOW)
    alerts.set_contacts(by=tenant, home=other, contacts=[Reach("租客", "tenant", "13944440001")], at=NOW)
    listed(place, place.home)
    assert tasks.forget_callers(NOW) == 0
    owns.to_day = NOW.date()
    owns.save()
    assert [tasks.forget_callers(NOW + timedelta(days=days)) for days in (1, 2, 31, 32)] == [1, 0, 0, 2]
    names = HomeContact.objects.filter(compound=place.compound, home=other).values_list("name", flat=True)
    assert list(names) == ["租客"]
    assert HomeContact.objects.filter(compound=place.compound, home=place.home, ended_at=None).count() == 2
    entry = AuditEntry.objects.get(compound=place.compound, act="end_left_contacts")
    assert (entry.role, entry.subject_id, entry.data) == ("clock", other.pk, {"count": 2})


def test_who_has_another_number_keeps_the_list(place, other):
    owner = place.resident(other)
    alerts.set_contacts(by=owner, home=other, contacts=FAMILY, at=NOW)
    binding = Binding.objects.get(compound=place.compound, account_id=owner.account_id)
    clerk = place.post(Role.COMMUNITY_WORKER)
    moved = reset_in_person(by=clerk, binding=binding, checked="看了身份证", at=NOW, phone="13900009999")
    assert [r.phone for r in tree(other)][:2] == [c.phone for c in FAMILY]
    assert tasks.forget_callers(NOW + timedelta(days=1)) == 0
    rows = HomeContact.objects.filter(compound=place.compound, home=other).order_by("id")
    assert [(c.added_by, c.ended_at) for c in rows] == [(owner.account_id, NOW)] * 2 + [(moved.account_id, None)] * 2
    entry = AuditEntry.objects.get(compound=place.compound, act="hand_on_contacts")
    assert (entry.account_id, entry.data) == (clerk.account_id, {"count": 2})


def test_on_a_number_shared_in_the_home_the_list_stays_with_it(place, other):
    owner = place.resident(other)
    alerts.set_contacts(by=owner, home=other, contacts=FAMILY, at=NOW)
    binding = Binding.objects.get(compound=place.compound, account_id=owner.account_id)
    place.resident(other, "family", binding.account, "王阿婆")
    reset_in_person(
        by=place.post(Role.COMMUNITY_WORKER), binding=binding, checked="看了身份证", at=NOW, phone="13900009999"
    )
    rows = HomeContact.objects.filter(compound=place.compound, home=other, ended_at=None)
    assert {c.added_by for c in rows} == {owner.account_id}


def test_lists_take_as_many_queries_for_many(place, other):
    counts = []
    for homes in ([place.home], [place.home, other]):
        for home in homes:
            listed(place, home)
        with CaptureQueriesContext(connection) as seen:
            assert left_lists() == []
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_lines_that_nobody_sees_hold_no_place(place, other):
    seller = place.resident(other, name="老业主")
    many = [Reach(f"人{n}", "friend", f"1391111000{n}") for n in range(rules.CONTACTS_MOST)]
    alerts.set_contacts(by=seller, home=other, contacts=many, at=NOW)
    Binding.objects.filter(compound=place.compound, account_id=seller.account_id).update(state="ended")
    tenant = place.resident(other, relation="tenant", name="租客")
    alerts.set_contacts(by=tenant, home=other, contacts=FAMILY[:1], at=NOW)
    running = HomeContact.objects.filter(compound=place.compound, ended_at=None)
    assert [(c.name, c.position) for c in running] == [("王大", 1)]


def test_a_line_without_its_relation_says_so_beside_it(place, other):
    answer = place.client(place.resident(other)).post(
        contacts_url(place, other), {"name_1": "王", "phone_1": "13900001111"}
    )
    page = answer.content.decode()
    assert (answer.status_code, "请选是这家的什么人" in page, "每个人都要写" in page) == (422, True, False)


def test_who_was_taken_off_a_list_is_not_kept_for_ever(place, owner):
    for name in ("王大", "王二"):
        alerts.set_contacts(by=owner, home=place.home, contacts=[Reach(name, "family", "13800000001")], at=NOW)
    assert [tasks.forget_callers(NOW + timedelta(days=days)) for days in (30, 31, 32)] == [0, 1, 0]
    assert [c.name for c in HomeContact.objects.filter(compound=place.compound)] == ["王二"]
