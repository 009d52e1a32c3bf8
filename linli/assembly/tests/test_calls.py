"""A ballot entered while its owner is on the telephone: only where the local rule allows it, heard by two, told to the owner."""

import re
from argparse import Namespace
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from linli.assembly.models import Candidate, Leaf, PhoneEntry
from linli.assembly.papers import count_sheet
from linli.assembly.services import drafting
from linli.kernel import profiles
from linli.matters.tests.makers import NOW, compound
from linli.notices.models import Message
from linli.people.models import Account, Binding
from linli.people.rules import Role
from linli.places.services import adopt_profile
from linli.plumbing.models import AuditEntry
from linli.web.commands.profile import run as keep_profile

from . import makers, stage
from .test_papers import COUNTED

AT = makers.OPENS + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _open():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture(autouse=True)
def _codes(settings):
    settings.SHOW_CODES = True


@pytest.fixture
def vote(place, chair):
    return makers.vote(place, (9_000, 8_000), by=chair, phone_entry=True)


@pytest.fixture
def worker(place):
    return place.post(Role.COMMUNITY_WORKER, name="周一平")


@pytest.fixture
def witness(place):
    return place.post(Role.GRID_WORKER, name="郑听")


def url(place, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, 1, *args])


def phone(actor):
    return Account.objects.get(pk=actor.account_id).phone


def acting(place, worker, person, channel="phone"):
    browser = place.client(worker)
    given = {"person": person.pk, "home": place.home.pk, "purpose": "投票", "channel": channel}
    assert browser.post(reverse("people:assist", args=[place.slug]), given).status_code == 302
    return browser


def begin(place, browser, made, heard, **more):
    voice = f"{made.rows[0].pk.hex}.{made.owners[0][0].pk.hex}"
    called = timezone.localtime(AT - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    given = {"voice": voice, "called_at": called, "number": "13800000001", "witness": phone(heard), **more}
    return browser.post(url(place, "cast"), given)


def go_through(place, browser):
    assert browser.post(url(place, "cast-item", 1), {"choice": "approve"}).status_code == 302
    assert "给电话里的业主念一遍" in browser.get(url(place, "cast-review")).content.decode()
    assert browser.post(url(place, "cast-review")).status_code == 302
    page = browser.get(url(place, "cast-confirm")).content.decode()
    code = re.search(r"data-shown-code>(\d{6})", page)
    assert code and "见证人短信" in page
    return browser.post(url(place, "cast-confirm"), {"code": code[1]})


def test_it_is_entered_item_by_item_and_confirmed_by_whoever_hears_it_too(place, vote, worker, witness):
    owner = vote.owners[0][0]
    who = place.resident(name="女儿")
    Binding.objects.filter(compound_id=place.compound.pk, account_id=who.account_id).update(person=owner)
    browser = acting(place, worker, owner)
    page = browser.get(url(place, "cast")).content.decode()
    assert "几点打来的" in page and "见证人登录用的手机号" in page
    assert begin(place, browser, vote, witness).status_code == 302
    done = go_through(place, browser)
    leaf = Leaf.objects.get(compound_id=place.compound.pk)
    assert done["Location"] == url(place, "receipt", leaf.index)
    assert (leaf.channel, leaf.kind, leaf.person_id, leaf.party_id) == ("online", "cast", owner.pk, vote.parties[0].pk)
    entry = PhoneEntry.objects.get(compound_id=place.compound.pk)
    assert (entry.leaf_id, entry.account_id, entry.witness_id) == (leaf.pk, worker.account_id, witness.account_id)
    assert (entry.number, entry.called_at) == ("138****0001", AT - timedelta(minutes=5))
    act = AuditEntry.objects.get(compound_id=place.compound.pk, act="session_cast")
    assert (act.person_id, act.channel, act.data["witness"]) == (owner.pk, "phone", str(witness.account_id))
    assert act.data["assistance"] == str(entry.assistance_id) and "13800000001" not in str(act.data)
    told = Message.objects.get(compound_id=place.compound.pk, title="您打电话投的票入箱了")
    assert told.account_id == who.account_id
    assert (
        "周一平代录，郑听见证" in told.body and leaf.commitment[:16].upper() in told.body and leaf.ballot in told.body
    )
    assert "approve" not in told.body and "同意" not in told.body
    receipt = browser.get(url(place, "receipt", leaf.index)).content.decode()
    assert "138****0001" in receipt and "郑听见证" in receipt and "13800000001" not in receipt


def test_the_receipt_is_the_owners_and_the_workers_only_while_acting(place, vote, worker, witness):
    owner = vote.owners[0][0]
    who, other = place.resident(name="女儿"), place.resident(place.homes[1], name="别人")
    Binding.objects.filter(compound_id=place.compound.pk, account_id=who.account_id).update(person=owner)
    browser = acting(place, worker, owner)
    begin(place, browser, vote, witness)
    go_through(place, browser)
    assert browser.get(url(place, "receipt", 0)).status_code == 200
    browser.post(reverse("people:end-assist", args=[place.slug]))
    assert browser.get(url(place, "receipt", 0)).status_code == 404
    assert place.client(who).get(url(place, "receipt", 0)).status_code == 200
    assert place.client(who).get(url(place, "receipt-file", 0)).status_code == 200
    for actor in (other, witness, place.post(Role.COMMITTEE_CHAIR)):
        assert place.client(actor).get(url(place, "receipt", 0)).status_code == 404
    there = compound("there")
    assert there.client(there.resident()).get(url(place, "receipt", 0)).status_code == 404


def test_another_code_than_the_witness_has_casts_nothing(place, vote, worker, witness):
    browser = acting(place, worker, vote.owners[0][0])
    begin(place, browser, vote, witness)
    browser.post(url(place, "cast-item", 1), {"choice": "approve"})
    browser.post(url(place, "cast-review"))
    answer = browser.post(url(place, "cast-confirm"), {"code": "000000"})
    assert answer.status_code == 422 and not Leaf.objects.filter(compound_id=place.compound.pk).exists()


def test_the_same_press_twice_casts_once(place, vote, worker, witness):
    browser = acting(place, worker, vote.owners[0][0])
    begin(place, browser, vote, witness)
    browser.post(url(place, "cast-item", 1), {"choice": "approve"})
    browser.post(url(place, "cast-review"))
    code = re.search(r"data-shown-code>(\d{6})", browser.get(url(place, "cast-confirm")).content.decode())
    kept = browser.cookies["sessionid"].value
    for _again in range(2):
        browser.cookies["sessionid"] = kept
        assert browser.post(url(place, "cast-confirm"), {"code": code[1]})["Location"] == url(place, "receipt", 0)
    assert PhoneEntry.objects.filter(compound_id=place.compound.pk).count() == 1


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"witness": "13999999999"}, "witness", "写另一位见证人登录用的手机号"),
        ({"number": "12"}, "number", "号码至少 7 位数字"),
        ({"called_at": "2030-01-01T10:00"}, "called_at", "通话时间还没到"),
        ({"called_at": "2026-01-01T10:00"}, "called_at", "投票开始以后打来的才能代录"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(place, vote, worker, witness, more, field, words):
    browser = acting(place, worker, vote.owners[0][0])
    answer = begin(place, browser, vote, witness, **more)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert answer.context["form"].errors.keys() == {field} and (field == "number" or "13800000001" in page)


def test_who_may_not_enter_and_who_may_not_witness(place, vote, worker, witness):
    owner = vote.owners[0][0]
    browser = acting(place, worker, owner)
    assert "写另一位见证人" in begin(place, browser, vote, worker).content.decode()
    steward = place.post(Role.STEWARD, name="管家")
    barred = "候选人和物业公司的人不能代录，也不能见证"
    assert barred in begin(place, browser, vote, steward).content.decode()
    assert barred in acting(place, steward, owner).get(url(place, "cast")).content.decode()
    himself = place.resident(name=owner.name)
    Binding.objects.filter(compound_id=place.compound.pk, account_id=himself.account_id).update(person=owner)
    assert "不能是业主自己" in begin(place, browser, vote, himself).content.decode()
    Candidate.objects.create(compound=place.compound, item=vote.items[0], place=1, code="c1", name="郑听")
    assert barred in begin(place, browser, vote, witness).content.decode()
    Candidate.objects.filter(compound_id=place.compound.pk).update(name="周一平")
    assert barred in browser.get(url(place, "cast")).content.decode()
    assert not Leaf.objects.filter(compound_id=place.compound.pk).exists()


def test_where_no_local_rule_allows_it_or_nobody_is_on_the_telephone_it_is_refused(place, vote, worker, witness):
    owner = vote.owners[0][0]
    assert "只代录打电话来的" in acting(place, worker, owner, "counter").get(url(place, "cast")).content.decode()
    vote.session.rules["phone_entry"] = False
    vote.session.save()
    browser = acting(place, worker, owner)
    assert "不能替别人在网上投" in browser.get(url(place, "cast")).content.decode()
    assert browser.post(url(place, "cast-confirm"), {"code": "000000"}).status_code == 200
    assert not Leaf.objects.filter(compound_id=place.compound.pk).exists()


def test_a_draft_without_a_call_goes_nowhere(place, vote, worker, witness):
    browser = acting(place, worker, vote.owners[0][0])
    assert browser.get(url(place, "cast-item", 1))["Location"] == url(place, "cast")


def test_no_shipped_place_allows_it_and_the_place_alone_decides(place, chair):
    assert not [one.key for one in profiles.profiles() if one.values["phone_entry"]]
    made = stage.draft(place, chair, at=NOW)
    assert made.rules["phone_entry"] is False
    drafting.set_rules(by=chair, session=made, rules={**made.rules, "phone_entry": True}, at=NOW)
    made.refresh_from_db()
    assert made.rules["phone_entry"] is False


def test_a_place_that_allows_it_is_kept_adopted_and_decides(place, chair, worker, tmp_path, monkeypatch):
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    file = tmp_path / "lincheng_2027.toml"
    file.write_text(
        'name = "临城"\nsource = "临城办法第五条"\ndate = 2027-01-01\n[values]\nphone_entry = true\n', encoding="utf-8"
    )
    try:
        assert (keep_profile(Namespace(file=str(file))), keep_profile(Namespace(file=str(file)))) == (0, 2)
        page = place.client(place.post(Role.COMMUNITY_SECRETARY)).get(reverse("places:settings", args=[place.slug]))
        assert "临城" in page.content.decode()
        adopt_profile(by=worker, compound=place.compound, profile="lincheng_2027", at=NOW)
        assert stage.draft(place, chair, at=NOW).rules["phone_entry"] is True
    finally:
        profiles.profiles.cache_clear()
        profiles.profile.cache_clear()


def test_the_count_sheet_says_how_many():
    assert "电话代录" not in str(count_sheet(COUNTED))
    assert "线上 199，其中电话代录 3）" in str(count_sheet(replace(COUNTED, by_phone=3)))
