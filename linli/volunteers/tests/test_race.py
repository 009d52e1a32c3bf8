"""Any number of simultaneous taps, one claimer: threads on PostgreSQL, processes on SQLite."""

import subprocess
import sys
from contextlib import suppress
from functools import partial

import pytest

from linli.kernel.refusal import Refused
from linli.matters.models import Matter
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tests.threads import together
from linli.volunteers import services, tasks
from linli.volunteers.models import Call, Claim

from .makers import shout

TAPS = 24


@pytest.mark.django_db(transaction=True)
def test_of_many_taps_at_once_one_claims_and_the_others_are_told_so():
    place = makers.compound()
    neighbours = [place.post(Role.BUILDING_CAPTAIN, name=f"邻居{n}") for n in range(TAPS)]
    call = shout(place, place.resident())

    def tap(n: int) -> str:
        try:
            return services.claim(by=neighbours[n], call=call, at=NOW).state
        except Refused as no:
            return no.refusal.key

    assert sorted(together(*[partial(tap, n) for n in range(TAPS)])) == ["claimed"] + ["taken"] * (TAPS - 1)
    assert Claim.objects.filter(compound_id=place.compound.pk, call=call).count() == 1
    assert AuditEntry.objects.filter(compound_id=place.compound.pk, subject_id=call.pk, act="claim").count() == 1


@pytest.mark.django_db(transaction=True)
def test_claim_and_fall_at_the_same_moment_leave_one_of_both():
    place = makers.compound()
    caller, neighbour = place.resident(), place.post(Role.BUILDING_CAPTAIN)
    for _ in range(6):
        call = shout(place, caller)
        due = call.due_at

        def race(n: int, call=call, due=due) -> None:
            with suppress(Refused):
                tasks.run_calls(due) if n % 2 else services.claim(by=neighbour, call=call, at=due)

        together(*[partial(race, n) for n in range(4)])
        call.refresh_from_db()
        claims = Claim.objects.filter(compound_id=place.compound.pk, call=call).count()
        fell = Matter.objects.filter(compound_id=place.compound.pk, source_ref=f"call:{call.number}").count()
        assert (call.state, claims, fell) in {("claimed", 1, 0), ("fallen", 0, 1)}


@pytest.mark.django_db(transaction=True)
def test_many_workers_let_each_call_fall_once():
    place = makers.compound()
    caller = place.resident()
    calls = [shout(place, caller) for _ in range(10)]
    assert sum(together(*[partial(tasks.run_calls, at(24, 20))] * 4)) == 10
    assert Matter.objects.filter(compound_id=place.compound.pk).count() == 10
    assert Call.objects.filter(compound_id=place.compound.pk, state="fallen").count() == len(calls)


FURNISH = """
import django; django.setup()
from linli.matters.tests import makers
from linli.people.rules import Role
from linli.volunteers.tests.makers import shout
place = makers.compound("race")
for n in range({taps}):
    place.post(Role.BUILDING_CAPTAIN, name=f"邻居{{n}}")
shout(place, place.resident())
"""
TAP = """
import sys, time
import django; django.setup()
from datetime import date
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.people.access import standing_by_key
from linli.people.models import Post
from linli.places.models import Compound
from linli.plumbing.tenancy import compound_scope
from linli.volunteers import services
from linli.volunteers.models import Call
compound = Compound.objects.select_related("community__subdistrict").get(slug="race")
post = Post.objects.filter(kind="building_captain").order_by("id")[int(sys.argv[1])]
with compound_scope(compound.pk):
    by = standing_by_key(f"post:{post.pk}", post.account_id, compound, date(2026, 3, 24)).actor
    call = Call.objects.get(compound_id=compound.pk, number=1)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        print(services.claim(by=by, call=call, at=NOW).state)
    except Refused as no:
        print(no.refusal.key)
"""


@pytest.mark.one_database
def test_of_many_processes_on_sqlite_one_claims(own_database):
    taps, env = 6, {**own_database, "LINLI_LOG": "ERROR"}
    subprocess.run([sys.executable, "-c", FURNISH.format(taps=taps)], env=env, check=True, timeout=120)
    command = [sys.executable, "-c", TAP]
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    people = [subprocess.Popen([*command, str(n)], env=env, **pipe) for n in range(taps)]
    assert [p.stdout.readline() for p in people] == ["ready\n"] * taps
    for p in people:
        p.stdin.write("now\n")
        p.stdin.flush()
    said = sorted(p.communicate(timeout=60)[0].strip() for p in people)
    assert said == ["claimed"] + ["taken"] * (taps - 1)
