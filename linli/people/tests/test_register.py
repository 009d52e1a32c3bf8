from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from linli.kernel.refusal import Refused
from linli.matters import services as matters
from linli.matters.models import Matter
from linli.matters.services import Spot
from linli.matters.services.together import see_contact
from linli.matters.tests import makers
from linli.people import services
from linli.people.models import Assistance, Organisation, Ownership, Person, Post, RegisterChange, Residency
from linli.people.queries import building_table, looks_at
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from .test_bindings import owner

pytestmark = pytest.mark.django_db
NOW = makers.NOW


@pytest.fixture
def place():
    return makers.compound()


@pytest.fixture
def clerk(place):
    return place.post(Role.COMMUNITY_WORKER)


def test_register_shows_the_building_without_names(place, clerk):
    owner(place, name="李小满", phone="13833334444")
    page = (
        place.client(clerk)
        .get(reverse("people:register", args=[place.slug]), {"building": place.home.building_id})
        .content.decode()
    )
    assert place.home.room_no in page
    assert "李" not in page.replace("李*", "")
    assert "13833334444" not in page


def test_search_by_name_is_masked_and_by_room_finds_the_home(place, clerk):
    owner(place, name="欧阳小满", phone="13833334444")
    browser = place.client(clerk)
    page = browser.get(reverse("people:register", args=[place.slug]), {"q": "小满"}).content.decode()
    assert "欧阳*" in page
    assert "欧阳小满" not in page
    assert (
        place.home.label
        in browser.get(reverse("people:register", args=[place.slug]), {"q": place.home.label}).content.decode()
    )


def test_home_page_is_masked_until_a_reason_is_given(place):
    clerk = place.post(Role.REGISTER_CLERK)
    person = owner(place, name="李小满", phone="13833334444")
    browser = place.client(clerk)
    page = browser.get(reverse("people:home", args=[place.slug, place.home.pk])).content.decode()
    assert "138****4444" in page
    assert "13833334444" not in page
    url = reverse("people:show-phone", args=[place.slug, place.home.pk, person.pk])
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert browser.post(url, {"reason": "其他", "more": ""}).status_code == 422
    assert not AuditEntry.objects.filter(compound=place.compound, act="show_phone").exists()
    assert "13833334444" in browser.post(url, {"reason": "联系本人办诉求"}).content.decode()
    entry = AuditEntry.objects.get(compound=place.compound, act="show_phone")
    assert (entry.subject_id, entry.account_id, entry.words) == (person.pk, clerk.account_id, "联系本人办诉求")
    assert "13833334444" not in str(entry.data)


@pytest.mark.parametrize("role", [Role.COMMUNITY_WORKER, Role.GRID_WORKER, Role.STEWARD])
def test_who_keeps_no_register_sees_a_number_for_a_case_in_their_hands_alone(place, role):
    person, by = owner(place, name="李小满", phone="13833334444"), place.post(role)
    url = reverse("people:show-phone", args=[place.slug, place.home.pk, person.pk])
    browser, given = place.client(by), {"reason": "紧急情况"}
    for case in ("", "水管", "1"):
        page = browser.post(url, given | {"case": case})
        assert page.status_code == 422 and "13833334444" not in page.content.decode()
    matter = place.matter(place.resident(place.homes[1], name="王大山"), "楼上往下漏水", when=NOW)
    assert browser.post(url, given | {"case": "1"}).status_code == 422  # nobody's yet
    handed(place, matter, by)
    assert "13833334444" in browser.post(url, given | {"case": "0001"}).content.decode()
    entry = AuditEntry.objects.get(compound=place.compound, act="show_phone")
    assert (entry.subject_id, entry.words) == (person.pk, "紧急情况，第 0001 号")
    Matter.objects.filter(compound=place.compound).update(open=False)
    assert browser.post(url, given | {"case": "1"}).status_code == 422


def handed(place, matter, to):
    desk = place.post(Role.COMMUNITY_SECRETARY)
    matter = matters.triage(by=desk, matter=matter, category="0101", level="building", urgency="normal", at=NOW)
    body, post = Organisation.objects.get(pk=to.body_id), Post.objects.get(pk=to.role_id)
    return matters.dispatch(by=desk, matter=matter, body=body, post=post, at=NOW)


def test_a_case_opens_the_numbers_of_those_it_has_to_do_with(place):
    by, asked = place.post(Role.STEWARD), place.resident(place.homes[3], name="王大山")
    handed(place, place.matter(asked, spot=Spot(home=place.home)), by)
    joins = place.resident(place.homes[2], name="孙晓梅")
    matters.me_too(by=joins, matter=Matter.objects.get(compound=place.compound), at=NOW)
    upstairs = owner(place, name="李小满", phone="13833334444")
    stranger = Person.objects.create(compound=place.compound, name="周全", phone="13855556666")
    Residency.objects.create(compound=place.compound, home=place.homes[2], person=stranger, kind="tenant")
    past = Person.objects.create(compound=place.compound, name="陈户主", phone="13855557777")
    Ownership.objects.create(compound=place.compound, home=place.home, person=past, to_day=NOW.date())
    seen = {}
    for pk in (asked.person_id, joins.person_id, upstairs.pk, stranger.pk, past.pk):
        person = Person.objects.get(compound=place.compound, pk=pk)
        try:
            seen[person.name] = bool(services.show_phone(by=by, person=person, reason="紧急情况", case=1, at=NOW))
        except Refused:
            seen[person.name] = False
    assert seen == {"王大山": True, "孙晓梅": True, "李小满": True, "周全": False, "陈户主": False}


def test_reporter_sees_who_looked_for_the_matter(place):
    """The commonest look of all, also by somebody whose number stands in no register."""
    me, worker = place.resident(), place.post(Role.COMMUNITY_WORKER)
    for matter in (place.matter(me), place.matter(replace(me, person_id=None), "灯又不亮了")):
        see_contact(by=worker, matter=matter, reason="约时间", at=NOW)
    looks = looks_at(me.account_id, NOW)
    assert {row["note"] for row in looks} == {f"今天 10:00 · 看了电话 · 约时间，第 000{n} 号" for n in (1, 2)}
    assert {(row["title"], row["whose"]) for row in looks} == {("柳溪社区 社区工作者", "李*")}
    way = f'href="{reverse("people:account")}#looks"'
    assert way in place.client(me).get(reverse("people:me", args=[place.slug])).content.decode()
    assert 'id="looks"' in place.client(me).get(reverse("people:account")).content.decode()


def test_person_sees_who_looked(place):
    clerk = place.post(Role.REGISTER_CLERK)
    account = makers.account(verified_at=NOW)
    person = owner(place, name="李小满", phone=account.phone)
    services.ask_binding(account=account, home=place.home, name="李小满", relation="owner", at=NOW)
    services.show_phone(by=clerk, person=person, reason="紧急情况", at=timezone.now())
    browser = place.client()
    browser.force_login(account)
    page = browser.get(reverse("people:account")).content.decode()
    assert "业委会 名册管理员" in page
    assert "紧急情况" in page


def test_family_is_added_at_once(place, clerk):
    services.add_person(by=clerk, home=place.home, name="李老", relation="family", reason="看了户口本", at=NOW)
    assert Residency.objects.get(compound=place.compound).kind == "family"


def test_owner_counts_when_a_second_clerk_confirms(place, clerk):
    person = services.add_person(
        by=clerk, home=place.home, name="李小满", relation="owner", reason="看了房产证", at=NOW
    )
    change = RegisterChange.objects.get(compound=place.compound)
    assert not Ownership.objects.filter(compound=place.compound).exists()
    with pytest.raises(Refused, match="第二个人"):
        services.decide_change(by=clerk, change=change, confirmed=True, at=NOW)
    services.decide_change(by=place.post(Role.COMMUNITY_SECRETARY), change=change, confirmed=True, at=NOW)
    assert Ownership.objects.get(compound=place.compound).person == person


def test_sale_ends_the_old_ownership_and_keeps_it(place, clerk):
    person = owner(place)
    services.end_tenure(by=clerk, home=place.home, person=person, reason="房子卖了", at=NOW)
    assert Ownership.objects.get(compound=place.compound).to_day is None
    change = RegisterChange.objects.get(compound=place.compound)
    services.decide_change(by=place.post(Role.COMMUNITY_SECRETARY), change=change, confirmed=True, at=NOW)
    assert Ownership.objects.get(compound=place.compound).to_day == NOW.date()


def test_owners_are_proposed_by_the_register_clerk_where_there_is_one_in_term(place, clerk):
    person, theirs = owner(place), place.post(Role.REGISTER_CLERK)
    Post.objects.filter(pk=theirs.role_id).update(to_day=date(2027, 1, 1))
    new = {"home": place.homes[1], "name": "李老", "reason": "看了证", "at": NOW}
    with pytest.raises(Refused, match="名册管理员提"):
        services.add_person(by=clerk, relation="owner", **new)
    with pytest.raises(Refused, match="名册管理员提"):
        services.end_tenure(by=clerk, home=place.home, person=person, reason="房子卖了", at=NOW)
    with pytest.raises(Refused, match="名册管理员提"):
        services.propose_death(
            by=clerk, home=place.home, person=person, day=NOW.date(), reason="看了证明", paper=b"x", at=NOW
        )
    assert not Person.objects.filter(compound=place.compound, name="李老").exists()
    services.add_person(by=clerk, relation="family", **new)
    services.add_person(by=theirs, relation="owner", **new)
    assert RegisterChange.objects.get(compound=place.compound).kind == "begin"
    Post.objects.filter(pk=theirs.role_id).update(to_day=date(2026, 3, 23))
    services.end_tenure(by=clerk, home=place.home, person=person, reason="房子卖了", at=NOW)
    assert RegisterChange.objects.filter(compound=place.compound, kind="end").exists()


def test_same_proposal_twice_is_refused(place, clerk):
    person = owner(place)
    services.end_tenure(by=clerk, home=place.home, person=person, reason="房子卖了", at=NOW)
    with pytest.raises(Refused, match="已经提过"):
        services.end_tenure(by=clerk, home=place.home, person=person, reason="房子卖了", at=NOW)


def test_owner_with_two_homes_is_one_person(place, clerk):
    first = services.add_person(
        by=clerk, home=place.home, name="李小满", phone="13833334444", relation="owner", reason="证", at=NOW
    )
    second = services.add_person(
        by=clerk, home=place.homes[1], name="李 小满", phone="13833334444", relation="owner", reason="证", at=NOW
    )
    assert first == second


def test_correction_keeps_what_stood_there(place, clerk):
    person = owner(place, name="李小蛮", phone="13833334444")
    browser = place.client(clerk)
    url = reverse("people:correct-person", args=[place.slug, place.home.pk, person.pk])
    assert browser.post(url, {"name": "李小满", "reason": "登记写错了"}).status_code == 302
    person = Person.objects.get(compound=place.compound, pk=person.pk)
    assert (person.name, person.phone) == ("李小满", "13833334444")
    assert person.extra["earlier"][0]["name"] == "李小蛮"


def photo():
    data = BytesIO()
    Image.new("RGB", (40, 30), "white").save(data, "PNG")
    return SimpleUploadedFile("paper.png", data.getvalue(), "image/png")


def test_worker_acts_for_somebody_with_both_names_on_record(place):
    worker = place.post(Role.GRID_WORKER)
    person = owner(place, name="李奶奶")
    browser = place.client(worker)
    url = reverse("people:assist", args=[place.slug])
    given = {"person": person.pk, "home": place.home.pk, "purpose": "报修漏水", "channel": "visit", "paper": photo()}
    assert browser.post(url, given).status_code == 302
    started = Assistance.objects.get(compound=place.compound)
    assert (started.person, started.account_id, started.channel) == (person, worker.account_id, "visit")
    assert started.ends_at - started.started_at == timedelta(minutes=30)
    assert started.paper.endswith(".sealed")
    page = browser.get(reverse("people:me", args=[place.slug])).content.decode()
    assert "正在替" in page
    assert "李*" in page
    entry = AuditEntry.objects.get(compound=place.compound, act="start_assistance")
    assert (entry.account_id, entry.person_id) == (worker.account_id, person.pk)


def test_acts_while_assisting_carry_the_person_the_way_and_the_session(place):
    worker = place.post(Role.COMMUNITY_WORKER)
    person, other = owner(place, name="李奶奶"), owner(place, name="别人", home=place.homes[1])
    browser = place.client(worker)
    browser.post(
        reverse("people:assist", args=[place.slug]),
        {"person": person.pk, "home": place.home.pk, "purpose": "打听", "channel": "phone"},
    )
    browser.post(reverse("people:end-tenure", args=[place.slug, place.homes[1].pk, other.pk]), {"reason": "房子卖了"})
    entry = AuditEntry.objects.get(compound=place.compound, act="propose_ownership")
    started = Assistance.objects.get(compound=place.compound)
    assert (entry.channel, entry.data["assistance"]) == ("phone", str(started.pk))


def test_assistance_ends_by_button_and_by_the_clock(place):
    worker = place.post(Role.GRID_WORKER)
    person = owner(place, name="李奶奶")
    browser = place.client(worker)
    given = {"person": person.pk, "home": place.home.pk, "purpose": "打听", "channel": "phone"}
    browser.post(reverse("people:assist", args=[place.slug]), given)
    browser.post(reverse("people:end-assist", args=[place.slug]))
    me = reverse("people:me", args=[place.slug])
    assert "正在替" not in browser.get(me).content.decode()
    browser.post(reverse("people:assist", args=[place.slug]), given)
    assert "正在替" in browser.get(me).content.decode()
    Assistance.objects.filter(compound=place.compound).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert "正在替" not in browser.get(me).content.decode()


def test_somebody_not_in_the_register_is_added_once(place):
    worker = place.post(Role.VOLUNTEER, body=place.community)
    browser = place.client(worker)
    given = {"home": place.home.pk, "name": "王大爷", "purpose": "灯坏了", "channel": "counter"}
    for _ in range(2):
        assert browser.post(reverse("people:assist", args=[place.slug]), given).status_code == 302
    person = Person.objects.get(compound=place.compound)
    assert (person.name, person.no_phone) == ("王大爷", True)


def test_volunteer_sees_no_register_while_choosing(place):
    owner(place, name="李奶奶")
    browser = place.client(place.post(Role.VOLUNTEER, body=place.community))
    page = browser.get(reverse("people:assist", args=[place.slug]), {"q": "奶奶"}).content.decode()
    assert "李*" not in page


def test_resident_assists_nobody(place):
    assert place.client(place.resident()).get(reverse("people:assist", args=[place.slug])).status_code == 404


def test_building_table_takes_the_same_queries_for_any_number_of_homes(place, clerk):
    counts = []
    for n in (1, 3):
        for home in place.homes[:n]:
            owner(place, name=f"人{n}", home=home)
        with CaptureQueriesContext(connection) as seen:
            building_table(place.compound.pk, place.home.building_id)
        counts.append(len(seen))
    assert counts == [5, 5]
