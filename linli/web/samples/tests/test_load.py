"""The loader on a year cut down to some dozens of matters: what it writes agrees with itself and with the plan."""

from collections import Counter
from contextlib import ExitStack
from datetime import datetime

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from linli.kernel.clock import SHANGHAI
from linli.matters.models import Attachment, Clock, Follower, Matter
from linli.matters.rules.states import OPEN
from linli.matters.services.steps import counts_of
from linli.notices.models import Message
from linli.people.access import standings
from linli.people.models import Account, Binding, Person
from linli.places.models import Compound, Home
from linli.plumbing import vault
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.volunteers.models import Call
from linli.web.samples import load, photos, places, registers
from linli.web.samples import plan as plans
from linli.web.samples.steps import FINAL
from linli.web.samples.studio import Studio

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
KEEP = 12


@pytest.fixture(scope="module")
def town():
    """Two buildings' worth of the unmanaged compound, every open matter and the last that are done."""
    one = plans.plan(NOW)[2]
    # By number some want a visit, and the numbers are others here: nothing that the clock closed.
    done = [m for m in one.matters if m.state in FINAL - {"merged"} and m.steps[-1].by != "clock"][-KEEP:]
    one.matters[:] = [m for m in one.matters if m in done or m.state not in FINAL]
    return one


# Kept for other things than matters.
BESIDE = (
    "call:",
    "whistle:",
    "batch:",
    "order:",
    "rapid:",
    "help:",
    "alert:",
    "checkin:",
    "check_in:",
    "advice:",
    "rep:",
)


@pytest.fixture(scope="module")
def run(town, django_db_setup, django_db_blocker, tmp_path_factory):
    """Loaded once for all tests here, in a transaction around theirs."""
    draw = lambda *photo: Image.new("RGB", (64, 48), (len(photo[0]) * 9, 90 + 60 * photo[1], photo[2]))  # noqa: E731
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")))
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(photos, "draw", draw)
        stack.enter_context(transaction.atomic())
        yield load.load_compound(town, 1, NOW, Studio([town], ahead=False))
        transaction.set_rollback(True)


def test_what_is_planned_is_there(run, town):
    compound = run.town.compound
    assert run.refused == []
    assert Home.objects.filter(compound=compound).count() == len(town.places.homes)
    assert Person.objects.filter(compound=compound).count() == len(town.places.persons)
    rows = Matter.objects.filter(compound=compound)
    assert Counter(rows.values_list("state", flat=True)) == Counter(m.state for m in town.matters)
    assert dict(rows.values_list("number", "public_title")) == {
        run.matters[m.key].number: m.public_title for m in town.matters
    }


def test_kept_counts_are_those_of_the_rows(run):
    compound = run.town.compound
    found: Counter = Counter()
    for matter in Matter.objects.filter(compound=compound):
        found.update(counts_of(matter))
    assert {name: n for name, n in kept(compound.pk).items() if n and not name.startswith(BESIDE)} == dict(found)


def test_entries_are_dated_as_planned_and_in_order(run):
    compound = run.town.compound
    for matter in run.matters.values():
        moments = list(
            AuditEntry.objects.filter(compound=compound, subject_id=matter.pk)
            .order_by("id")
            .values_list("at", flat=True)
        )
        assert moments == sorted(moments) and moments[-1] <= NOW


def test_only_what_is_open_is_warned_of(run):
    compound = run.town.compound
    told = set(Message.objects.filter(compound=compound, kind="breach").values_list("subject_id", flat=True))
    overdue = set(Matter.objects.filter(compound=compound, overdue=True, open=True).values_list("id", flat=True))
    assert overdue and overdue <= told
    assert not Matter.objects.filter(compound=compound, pk__in=told).exclude(state__in=OPEN).exists()
    assert not Clock.objects.filter(compound=compound, next_at__lte=NOW).exists()


def test_nothing_of_the_past_is_still_to_be_sent(run):
    compound = run.town.compound
    rows = Message.objects.filter(compound=compound)
    assert not rows.filter(state="queued").exists()
    assert not rows.filter(channel="inbox", read_at=None, created_at__lt=NOW - load.FRESH).exists()
    assert rows.filter(channel="inbox", read_at=None).exists()


def test_photos_open_under_their_own_name(run, town):
    compound = run.town.compound
    rows = list(Attachment.objects.filter(compound=compound))
    assert len(rows) == len({(m.key, p) for m in town.matters for s in m.steps for p in s.data.get("photos", ())})
    for row in rows:
        assert vault.owner(row.thumb) == vault.owner(row.small) == row.pk
        assert vault.path(row.thumb).exists() and vault.path(row.small).exists() and vault.path(row.sealed).exists()
        assert AuditEntry.objects.filter(compound=compound, pk=row.entry_id, subject_id=row.matter_id).exists()
    covers = Matter.objects.filter(compound=compound).exclude(photo_before="").values_list("photo_before", flat=True)
    assert set(covers) == {r.thumb for r in rows if r.phase == "before"}


def test_public_titles_name_nobody(run):
    compound = run.town.compound
    names = set(Person.objects.filter(compound=compound).values_list("name", flat=True))
    titles = "\n".join(Matter.objects.filter(compound=compound).values_list("public_title", flat=True))
    assert not [name for name in names if name in titles]


def test_three_wait_to_be_bound(run):
    rows = Binding.objects.filter(compound=run.town.compound, state="asked")
    assert sorted(rows.values_list("relation", flat=True)) == ["family", "owner", "tenant"]
    assert all(not standings(b.account_id, run.town.compound, NOW.date()) for b in rows)


def test_demo_resident_speaks_for_two_and_has_one_to_answer(run, town):
    person = town.places.persons[town.demo["resident"]]
    account = Account.objects.get(phone=person.phone)
    bound = Binding.objects.filter(compound=run.town.compound, account=account, state="confirmed")
    assert len({b.person_id for b in bound}) == 2
    mine = {name: run.matters[town.demo[name]] for name in ("resolved", "running", "suspended")}
    assert {m.reporter_account_id for m in mine.values()} == {account.pk}
    asked = AuditEntry.objects.filter(compound=run.town.compound, subject_id=mine["running"].pk, act="ask")
    assert asked.count() == 1
    assert Message.objects.filter(compound=run.town.compound, account=account, read_at=None).exists()
    assert Follower.objects.filter(compound=run.town.compound, account=account).exists()


def test_sign_ins_name_who_can_sign_in(run, town, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    registers.operator(NOW)
    lines = load.sign_ins()
    phones = [next(word for word in line.split() if word.isdigit() and len(word) == 11) for line in lines]
    assert len(phones) == len(set(phones)) == len(Account.objects.filter(phone__in=phones))
    assert set(phones) == {*registers.demo_phones(town), registers.OPERATOR_PHONE}
    assert {p.kind for p in town.places.posts} == {p.kind for p in town.places.posts if p.phone in phones}
    assert set(load.ORDER) >= {p.kind for one in plans.plan(NOW) for p in one.places.posts}
    assert all(registers.PASSWORD in line and "/" in line for line in lines)
    assert lines[-1].endswith("/operator/")
    assert authenticate(username=phones[0], password=registers.PASSWORD) == Account.objects.get(phone=phones[0])


def test_shared_phone_is_one_account_for_both(run, town):
    couple = registers.elders(town)
    assert len(couple) == 2
    account = Account.objects.get(phone=couple[0].phone)
    assert account.elder
    assert len(standings(account.pk, run.town.compound, NOW.date())) >= 2


def test_compound_is_as_its_model_says(run):
    compound = Compound.objects.get(slug="laoliangzhan")
    assert compound.is_unmanaged and compound.settings["hours"] and compound.ordinal == 1
    assert compound.community.subdistrict.name == places.SUBDISTRICT


def test_calls_stand_at_every_stage(run):
    compound = run.town.compound
    found = Counter(Call.objects.filter(compound=compound).values_list("state", flat=True))
    assert found == {"open": 4, "claimed": 1, "done": 1, "confirmed": 2, "withdrawn": 1}
    stood = {name: n for name, n in kept(compound.pk, "call:").items() if n and ":month:" not in name}
    assert stood == {f"call:{state}": n for state, n in found.items()}
