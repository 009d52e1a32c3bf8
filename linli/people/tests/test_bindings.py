import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people import services
from linli.people.models import Account, Binding, Ownership, Person, Residency
from linli.people.rules import NOTICE_VERSION, Role
from linli.people.signals import told
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = makers.NOW


@pytest.fixture
def place():
    return makers.compound()


@pytest.fixture
def heard():
    rows = []

    def listen(sender, **event):
        rows.append((event["kind"], event["account_id"]))

    told.connect(listen)
    yield rows
    told.disconnect(listen)


def owner(place, name="李小满", phone="", home=None):
    person = Person.objects.create(compound=place.compound, name=name, phone=phone)
    Ownership.objects.create(compound=place.compound, home=home or place.home, person=person)
    return person


def asker(**more):
    return makers.account(verified_at=NOW, **more)


def ask(place, account, name="李小满", relation="owner", **more):
    more.setdefault("home", place.home)
    return services.ask_binding(account=account, name=name, relation=relation, at=NOW, **more)


def test_register_s_number_proves_at_once(place):
    account = asker()
    person = owner(place, phone=account.phone)
    binding = ask(place, account, relation="family")
    assert (binding.state, binding.proof, binding.person, binding.relation) == ("confirmed", "code", person, "owner")
    assert kept(place.compound.pk, "bindings") == {}


def test_second_number_proves_too(place):
    account = asker()
    person = owner(place)
    Person.objects.filter(compound=place.compound).update(phone2=account.phone)
    assert ask(place, account).person == person


def test_number_shared_by_two_persons_proves_nothing(place):
    account = asker()
    owner(place, phone=account.phone)
    Person.objects.create(compound=place.compound, name="李老", phone=account.phone)
    assert ask(place, account).state == "asked"
    assert kept(place.compound.pk, "bindings") == {"bindings:asked": 1}


@pytest.mark.parametrize("case", ["another_home", "another_name", "not_verified", "moved_out"])
def test_number_proves_nothing_where_it_does_not_fit(place, case):
    account = asker()
    person = owner(place, phone=account.phone)
    if case == "not_verified":
        Account.objects.filter(pk=account.pk).update(verified_at=None)
        account.refresh_from_db()
    if case == "moved_out":
        Ownership.objects.filter(compound=place.compound, person=person).update(to_day=NOW.date())
    binding = ask(
        place,
        account,
        name="王五" if case == "another_name" else "李小满",
        home=place.homes[1] if case == "another_home" else place.home,
    )
    assert binding.state == "asked"


def test_same_ask_twice_is_one(place):
    account, once = asker(), uuid4()
    first = ask(place, account, once=once)
    assert ask(place, account, once=once).pk == first.pk
    with pytest.raises(Refused, match="已经申请过"):
        ask(place, account)


def test_several_persons_share_one_phone(place):
    account = asker()
    clerk = place.post(Role.COMMUNITY_WORKER)
    for name in ("李小满", "李老"):
        person = owner(place, name=name)
        services.confirm_binding(
            by=clerk, binding=ask(place, account, name=name), person=person, relation="owner", at=NOW
        )
    assert Binding.objects.filter(compound=place.compound, account=account, state="confirmed").count() == 2


def test_clerk_confirms_and_the_asker_is_told(place, heard):
    account, person = asker(), owner(place)
    clerk = place.post(Role.COMMUNITY_WORKER)
    binding = services.confirm_binding(by=clerk, binding=ask(place, account), person=person, relation="owner", at=NOW)
    assert (binding.state, binding.person, binding.decided_by) == ("confirmed", person, clerk.account_id)
    assert heard == [("confirm_binding", account.pk)]
    message = Message.objects.get(compound=place.compound)
    assert (message.account_id, message.channel, message.state) == (account.pk, "inbox", "kept")
    assert kept(place.compound.pk, "bindings") == {"bindings:asked": 0}


def test_owner_must_stand_in_the_register(place):
    clerk = place.post(Role.COMMUNITY_WORKER)
    stranger = Person.objects.create(compound=place.compound, name="李小满")
    for person, field in ((None, "person"), (stranger, "relation")):
        with pytest.raises(Refused) as no:
            services.confirm_binding(by=clerk, binding=ask(place, asker()), person=person, relation="owner", at=NOW)
        assert no.value.field == field


def test_tenant_new_to_the_register_is_added_and_is_no_owner(place):
    clerk, account = place.post(Role.COMMUNITY_WORKER), asker()
    binding = services.confirm_binding(
        by=clerk, binding=ask(place, account, name="赵租客", relation="tenant"), person=None, relation="tenant", at=NOW
    )
    assert Residency.objects.get(compound=place.compound).person == binding.person
    assert not Ownership.objects.filter(compound=place.compound).exists()
    assert binding.person.phone == account.phone


def test_nobody_confirms_the_own_request(place):
    account = asker()
    clerk = place.post(Role.COMMUNITY_WORKER, who=account)
    with pytest.raises(Refused, match="别人核对"):
        services.confirm_binding(by=clerk, binding=ask(place, account), person=owner(place), relation="owner", at=NOW)


def test_decided_twice_is_refused(place):
    clerk, binding = place.post(Role.COMMUNITY_WORKER), ask(place, asker())
    services.refuse_binding(by=clerk, binding=binding, reason="名字对不上", at=NOW)
    with pytest.raises(Refused, match="已经有人办了"):
        services.refuse_binding(by=clerk, binding=binding, reason="再来", at=NOW)


def test_refusal_needs_a_reason_which_the_asker_reads(place, heard):
    clerk, binding = place.post(Role.COMMUNITY_WORKER), ask(place, asker())
    with pytest.raises(Refused):
        services.refuse_binding(by=clerk, binding=binding, reason=" ", at=NOW)
    assert services.refuse_binding(by=clerk, binding=binding, reason="名字对不上", at=NOW).refusal == "名字对不上"
    assert [kind for kind, _ in heard] == ["refuse_binding"]


def bound(place, relation="tenant"):
    account = asker()
    person = owner(place, name="赵住户") if relation == "owner" else None
    binding = ask(place, account, name="赵住户", relation=relation)
    return services.confirm_binding(
        by=place.post(Role.COMMUNITY_WORKER), binding=binding, person=person, relation=relation, at=NOW
    )


def test_moving_out_ends_binding_and_residency_and_keeps_both(place):
    binding = bound(place)
    services.end_binding(by=Actor(account_id=binding.account_id), binding=binding, reason="搬走了", at=NOW)
    ended = Binding.objects.get(compound=place.compound, pk=binding.pk)
    assert (ended.state, ended.ended_at) == ("ended", NOW)
    assert Residency.objects.get(compound=place.compound).to_day == NOW.date()


def test_owner_who_moves_out_stays_owner(place):
    binding = bound(place, "owner")
    services.end_binding(by=place.post(Role.COMMUNITY_WORKER), binding=binding, reason="搬走了", at=NOW)
    assert Ownership.objects.get(compound=place.compound).to_day is None


def test_reset_in_person_ends_sessions_and_voids_the_password(place):
    binding = bound(place)
    account = binding.account
    account.set_password("three-rings-9")
    account.save()
    clerk = place.post(Role.COMMUNITY_WORKER)
    services.reset_in_person(by=clerk, binding=binding, checked="看了身份证原件：赵*", at=NOW)
    account.refresh_from_db()
    assert (account.session_epoch, account.has_usable_password()) == (1, False)
    entry = AuditEntry.objects.get(compound=place.compound, act="reset_account")
    assert (entry.account_id, entry.person_id, entry.words) == (
        clerk.account_id,
        binding.person_id,
        "看了身份证原件：赵*",
    )


def test_reset_with_a_new_number_moves_this_home_only(place, monkeypatch):
    binding = bound(place)
    elsewhere = makers.compound("other")
    there = elsewhere.resident(who=binding.account)
    moved = services.reset_in_person(
        by=place.post(Role.COMMUNITY_WORKER),
        binding=binding,
        checked="看了身份证原件：赵*",
        phone="13811112222",
        at=NOW,
    )
    assert (moved.account.phone, moved.person_id, moved.state) == ("13811112222", binding.person_id, "confirmed")
    assert Binding.objects.get(compound=elsewhere.compound, pk=there.role_id).account_id == binding.account_id
    assert Binding.objects.get(compound=place.compound, pk=binding.pk).state == "ended"
    assert Residency.objects.get(compound=place.compound, person=moved.person).to_day is None


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_bind_page_leads_from_building_to_room_to_bound(place):
    account = asker()
    owner(place, phone=account.phone)
    browser = place.client()
    browser.force_login(account)
    url = reverse("people:bind", args=[place.slug])
    page = browser.get(url, {"building": place.home.building_id, "entrance": place.home.entrance_id})
    assert f"home={place.home.pk}" in page.content.decode()
    answer = browser.post(url, {"home": place.home.pk, "name": "李小满", "relation": "owner"})
    assert answer.url == reverse("people:me", args=[place.slug])
    assert place.home.label in browser.get(answer.url).content.decode()


def test_clerk_sees_the_register_masked(place):
    account = asker()
    owner(place, name="李小满", phone="13833334444")
    binding = ask(place, account)
    browser = place.client(place.post(Role.COMMUNITY_WORKER))
    page = browser.get(reverse("people:binding", args=[place.slug, binding.pk])).content.decode()
    assert "李*" in page
    assert "138****4444" in page
    assert "姓名一致，号码不同" in page
    assert "李小满" not in page
    assert "13833334444" not in page
    assert account.phone not in page


def _binding_page(place, binding):
    browser = place.client(place.post(Role.COMMUNITY_WORKER))
    return browser.get(reverse("people:binding", args=[place.slug, binding.pk])).content.decode()


def test_only_a_full_match_is_chosen_beforehand(place):
    account = asker()
    owner(place, name="李大", phone=account.phone)
    person = owner(place, name="李小满", phone=account.phone)
    page = _binding_page(place, ask(place, account))
    assert re.search(rf'value="{person.pk}"[^>]*checked', page)
    assert page.count("checked") == 2  # the person, and the relation that was asked for
    assert "再选" not in page


@pytest.mark.parametrize(
    ("name", "phone", "says"),
    [
        ("李小满", "13833334444", "名册里有同名的人，号码不同。核对身份再选。"),
        ("李小满", "", "名册里有同名的人，没登记号码。核对身份再选。"),
        ("王五", "same", "名册里有这个号码，姓名不同。核对身份再选。"),
        ("王五", "13833334444", "名册里这一户没有姓名或号码一致的人。"),
        ("", "", "名册里这一户还没有人。"),
    ],
)
def test_otherwise_nobody_is_chosen_and_the_page_says_what_differs(place, name, phone, says):
    account = asker()
    if name:
        owner(place, name=name, phone=account.phone if phone == "same" else phone)
    page = _binding_page(place, ask(place, account))
    assert says in page
    assert page.count("checked") == 1


def test_clerk_confirms_through_the_page(place):
    account, person = asker(), owner(place)
    binding = ask(place, account)
    browser = place.client(place.post(Role.COMMUNITY_WORKER))
    url = reverse("people:binding", args=[place.slug, binding.pk])
    assert browser.post(url, {"relation": "owner"}).status_code == 422
    assert browser.post(url, {"person": person.pk, "relation": "owner"}).url == reverse(
        "people:bindings", args=[place.slug]
    )
    assert Binding.objects.get(compound=place.compound, pk=binding.pk).state == "confirmed"


def test_waiting_list_takes_the_same_queries_for_one_and_three(place):
    browser = place.client(place.post(Role.COMMUNITY_WORKER))
    counts = []
    for n in (1, 2):
        for k in range(n):
            ask(place, asker(), name=f"人{n}{k}")
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(reverse("people:bindings", args=[place.slug])).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_nobody_ends_another_s_binding(place):
    binding = bound(place)
    browser = place.client(place.resident(home=place.homes[1]))
    assert browser.get(reverse("people:binding-end", args=[place.slug, binding.pk])).status_code == 404


def test_standings_lets_choose_for_whom(place):
    account = makers.account(notice_version=NOTICE_VERSION)
    place.resident(who=account, name="李小满")
    place.resident(who=account, name="李老", home=place.homes[1])
    browser = place.client()
    browser.force_login(account)
    page = browser.get(reverse("people:standings"))
    ways = page.context["places"][0]["ways"]
    assert len(ways) == 2
    answer = browser.post(reverse("people:standings"), {"compound": place.slug, "key": ways[1]["key"]})
    assert answer.url in {reverse("people:me", args=[place.slug]), f"/c/{place.slug}/home/"}
    assert ways[1]["label"] in browser.get(reverse("people:me", args=[place.slug])).content.decode()


def test_standings_goes_straight_where_there_is_only_one(place):
    browser = place.client(place.post(Role.ENGINEER))
    assert browser.get(reverse("people:standings")).url in {f"/c/{place.slug}/work/", f"/c/{place.slug}/me/"}


def test_standing_of_somebody_else_is_refused(place):
    mine, other = place.resident(), place.resident(home=place.homes[1])
    browser = place.client(mine)
    answer = browser.post(reverse("people:standings"), {"compound": place.slug, "key": f"binding:{other.role_id}"})
    assert answer.url == reverse("people:standings")


def test_code_forgets_nothing_within_a_day():
    assert services.forget_codes(before=timezone.now() - timedelta(days=1)) == 0
