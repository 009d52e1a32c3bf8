"""What a page costs over the wire, from the production server with its compressed files: photos apart."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from conftest import PHONE

pytestmark = pytest.mark.one_database
FIRST, LATER = 120_000, 15_000
DOORS = {
    "stranger": ("/sign-in/", "/c/liuxi/", "/c/liuxi/solved/", "/lost/", "/"),
    "owner": ("/c/liuxi/home/", "/c/liuxi/mine/", "/c/liuxi/report/", "/c/liuxi/matters/1/", "/c/liuxi/inbox/", "/c/liuxi/me/"),
    "engineer": ("/c/liuxi/work/", "/c/liuxi/matters/1/", "/c/liuxi/record/", "/c/liuxi/work/find/?q=灯"),
    "clerk": ("/c/liuxi/desk/", "/c/liuxi/desk/panel/3/", "/c/liuxi/people/", "/c/liuxi/bindings/", "/c/liuxi/imports/", "/c/liuxi/bodies/"),
}  # fmt: skip
PREPARE = """
import json, sys
import django; django.setup()
sys.path.insert(0, sys.argv[1])
from village import furnish
from linli.plumbing.tenancy import compound_scope
village = furnish()
with compound_scope(village.place.compound.pk):
    print(json.dumps({role: village.session(role) for role in sys.argv[2:]}))
"""


@pytest.fixture(scope="module")
def served(installation, tmp_path_factory) -> Iterator[tuple[str, dict[str, str]]]:
    env = installation(tmp_path_factory.mktemp("served")) | {
        "LINLI_LOG": "ERROR",
        "LINLI_HOSTS": "127.0.0.1,testserver",
    }
    subprocess.run([sys.executable, "-m", "linli.web.cli", "static"], env=env, check=True)
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", PREPARE, here, *DOORS], env=env, check=True, capture_output=True, text=True
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "linli.web.cli", "serve", "--port", str(port)], env=env, start_new_session=True
    )
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}", json.loads(done.stdout.strip().splitlines()[-1])
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def weigh(context: BrowserContext, address: str) -> tuple[int, int]:
    """Status, and the bytes that came over the wire for everything but photos."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    named: dict[str, str] = {}
    bytes_of: dict[str, int] = {}
    wire.on("Network.requestWillBeSent", lambda e: named.__setitem__(e["requestId"], e["request"]["url"]))
    wire.on("Network.loadingFinished", lambda e: bytes_of.__setitem__(e["requestId"], int(e["encodedDataLength"])))
    answer = page.goto(address)
    page.wait_for_load_state("networkidle")
    page.close()
    return answer.status, sum(
        n for key, n in bytes_of.items() if "/files/" not in named[key] and "/open-files/" not in named[key]
    )


@pytest.mark.parametrize("door", DOORS)
def test_first_view_is_light_and_later_ones_feathers(door, chromium: Browser, served):
    address, sessions = served
    context = chromium.new_context(base_url=address, locale="zh-CN", **PHONE)
    if sessions[door]:
        context.add_cookies([{"name": "sessionid", "value": sessions[door], "url": address}])
    seen = {path: weigh(context, path) for path in DOORS[door]}
    context.close()
    assert {status for status, _ in seen.values()} == {200}
    first, *later = DOORS[door]
    assert 5_000 < seen[first][1] < FIRST, seen
    assert {path: seen[path][1] for path in later if seen[path][1] >= LATER} == {}
