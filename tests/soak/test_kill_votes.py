"""Killing the server twenty times during 2,000 casts: every acknowledged ballot is in the log exactly once (issue 4)."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import pytest
from server import Server, python

pytestmark = pytest.mark.soak
KILLS, CASTS, CLIENTS, OWNERS = 20, int(os.environ.get("LINLI_CASTS", "2000")), 4, 100
CODE = "123456"

# An owner's cookie holds a ballot that was looked through and waits for its code; codes lie ready, one more for each retry.
PREPARE = f"""
from datetime import timedelta
import django; django.setup()
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import transaction
from django.utils import timezone
from linli.assembly.queries.casting import voices
from linli.assembly.tests import makers
from linli.assembly.tests.test_casting import bound
from linli.assembly.views.casting import KEPT, SENT, Draft
from linli.matters.tests.makers import compound
from linli.people.models import Account, OneTimeCode
from linli.people.rules import Role
from linli.plumbing import codes
from linli.plumbing.tenancy import compound_scope, uuid7
now = timezone.now()
with transaction.atomic():
    place = compound("kill")
    with compound_scope(place.compound.pk):
        made = makers.vote(place, (9_000,) * {OWNERS}, by=place.post(Role.COMMITTEE_CHAIR), opens=now - timedelta(days=1), closes=now + timedelta(days=9))
        for n in range({CASTS}):
            if n < {OWNERS}:
                by = bound(place, made, n + 1)
                browser, phone = place.client(by), Account.objects.get(pk=by.account_id).phone
                OneTimeCode.objects.bulk_create(
                    OneTimeCode(phone=phone, purpose="cast", digest=codes.digest("cast", phone, "{CODE}"), sent_at=now, expires_at=now + timedelta(days=1))
                    for _ in range({CASTS} // {OWNERS} * 2 + 40)
                )
                base = base if n else []
                base.append((dict(browser.session), by, voices(made.session, by)[0].key))
            held, by, voice = base[n % {OWNERS}]
            once = uuid7()
            store = SessionStore()
            store.update({{**held, KEPT: Draft(made.session.pk, voice, once, {{"1": "approve"}}).sealed(by.account_id), SENT: codes.kept("", now)}})
            print(once.hex, store._get_session_key())
"""
COUNT = """
import django; django.setup()
from linli.assembly.models import Leaf, Log, PartyItem
from linli.kernel import receipts
from linli.kernel.merkle import Frontier, root_of
from linli.plumbing.tenancy import unscoped
with unscoped("soak"):
    leaves = list(Leaf.objects.order_by("index"))
    box = Log.objects.get()
    whole = [leaf.index for leaf in leaves] == list(range(box.size))
    root = Frontier(box.size, tuple(bytes.fromhex(r) for r in box.frontier)).root
    same = root == root_of(receipts.leaf_digest(leaf.receipt["leaf"]) for leaf in leaves)
    holds = all(receipts.holds(leaf.receipt) for leaf in leaves)
    print(len(leaves), whole, same, holds, box.parties, sum(PartyItem.objects.values_list("times", flat=True)))
    print(" ".join(leaf.once.hex for leaf in leaves))
"""


def cast(port, cookie):
    body = urlencode({"csrfmiddlewaretoken": "a" * 32, "code": CODE})
    connection = HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request(
            "POST", "/c/kill/assembly/1/cast/confirm/", body,
            {"Cookie": f"sessionid={cookie}; csrftoken={'a' * 32}", "Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        answer = connection.getresponse()
        return answer.status == 302 and "/receipts/" in (answer.getheader("Location") or "")
    finally:
        connection.close()


def test_twenty_kills_lose_no_acknowledged_ballot(env):
    subprocess.run([sys.executable, "-m", "linli.web.cli", "migrate"], env=env, check=True)
    subprocess.run([sys.executable, "-m", "linli.web.cli", "static"], env=env, check=True)
    work = [line.split() for line in python(env, PREPARE)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server, acknowledged, guard, failed = Server(env, port), [], threading.Lock(), [0]

    def client():
        while True:
            with guard:
                if not work:
                    return
                once, cookie = work.pop()
            while True:
                try:
                    if cast(port, cookie):
                        acknowledged.append(once)
                        break
                except (OSError, HTTPException):
                    failed[0] += 1
                time.sleep(0.05)

    began = time.monotonic()
    clients = [threading.Thread(target=client, daemon=True) for _ in range(CLIENTS)]
    [thread.start() for thread in clients]
    dice = random.Random(4)
    for n in range(KILLS):
        while len(acknowledged) < (n + dice.random()) * CASTS / (KILLS + 1) and any(t.is_alive() for t in clients):
            time.sleep(0.01)
        server.kill()
        server.start()
    [thread.join(900) for thread in clients]
    server.kill()
    took = time.monotonic() - began
    (count, whole, same, holds, parties, times), kept = (line.split() for line in python(env, COUNT))
    sys.stderr.write(f"{KILLS} kills, {CASTS} casts, {failed[0]} answers lost, {took:.0f} s\n")
    assert len(acknowledged) == CASTS == int(count) == int(times)
    assert sorted(acknowledged) == sorted(kept)
    assert (whole, same, holds, int(parties)) == ("True", "True", "True", OWNERS)
