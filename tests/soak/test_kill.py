"""Killing the server at random loses nothing acknowledged, and a retried submit is one matter."""

import random
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from server import Server, python

pytestmark = pytest.mark.soak
KILLS, SUBMITS, CLIENTS = 20, 1000, 4

PREPARE = """
import django; django.setup()
from linli.matters.tests.makers import compound
from linli.plumbing.tenancy import compound_scope
place = compound("kill")
with compound_scope(place.compound.pk):
    browser = place.client(place.resident())
print(browser.cookies["sessionid"].value)
"""
COUNT = """
import django; django.setup()
from linli.matters.models import Matter
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import unscoped
with unscoped("soak"):
    rows = list(Matter.objects.order_by("number").values_list("number", "once", "compound_id"))
    entries = AuditEntry.objects.filter(act="raise").count()
    print(len(rows), rows == sorted(rows) and [r[0] for r in rows] == list(range(1, len(rows) + 1)), entries, kept(rows[0][2])["open"])
    print(" ".join(str(r[1]) for r in rows))
"""


def submit(port, cookies, token, once, n):
    body = urlencode(
        {"csrfmiddlewaretoken": token, "once": once, "words": f"楼道灯坏了，第 {n} 次说", "where": "home", "asked": "0"}
    )
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(
            "POST", "/c/kill/report/", body, {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        )
        return connection.getresponse().status
    finally:
        connection.close()


def test_twenty_kills_lose_nothing_acknowledged(env):
    subprocess.run([sys.executable, "-m", "linli.web.cli", "migrate"], env=env, check=True)
    subprocess.run([sys.executable, "-m", "linli.web.cli", "static"], env=env, check=True)
    (session,) = python(env, PREPARE)
    token = "a" * 32
    cookies = f"sessionid={session}; csrftoken={token}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(env, port)
    acknowledged, work, stop = set(), list(range(SUBMITS)), threading.Event()
    guard = threading.Lock()

    def client():
        while not stop.is_set():
            with guard:
                if not work:
                    return
                n = work.pop()
            once = str(uuid4())
            while not stop.is_set():
                try:
                    status = submit(port, cookies, token, once, n)
                except (OSError, HTTPException):
                    time.sleep(0.05)
                    continue
                assert status in {302, 503, 500}, status
                if status == 302:
                    with guard:
                        acknowledged.add(once)
                    break

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in clients:
        thread.start()
    chance = random.Random(7)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.1, 0.6))
        server.kill()
        server.start()
    for thread in clients:
        thread.join(120)
    stop.set()
    server.kill()
    assert len(acknowledged) == SUBMITS
    figures, onces = python(env, COUNT)
    assert figures == f"{SUBMITS} True {SUBMITS} {SUBMITS}"
    assert set(onces.split()) == acknowledged
