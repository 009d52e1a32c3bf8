"""`import`: 100,000 homes with owners from one .xlsx, from upload to applied, preview included; seconds, CPU and memory."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from . import processes, results
from .databases import FOLDER, ROOT, Postgres, Sqlite

HEADERS = ("楼栋", "单元", "楼层", "房号", "建筑面积（㎡）", "业主姓名", "联系电话")
ROOMS, FLOORS, ENTRANCES = 4, 25, 4


def sheet(path: Path, homes: int) -> Path:
    """One row a home, as a property office would keep it; invented names and numbers."""
    from openpyxl import Workbook

    from linli.web.samples.names import GIVEN, SURNAMES

    rng = Random(11)
    book = Workbook(write_only=True)
    page = book.create_sheet("业主名册")
    page.append(HEADERS)
    for i in range(homes):
        rest, room = divmod(i, ROOMS)
        rest, floor = divmod(rest, FLOORS)
        building, entrance = divmod(rest, ENTRANCES)
        name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
        page.append(
            [f"{building + 1}栋", f"{entrance + 1}单元", floor + 1, f"{floor + 1}{room + 1:02d}", 60 + rng.randrange(8000) / 100, name, f"1380{i:07d}"]
        )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def measure(engine: Sqlite | Postgres, homes: int) -> None:
    path = FOLDER / f"owners-{homes}.xlsx"
    if not path.exists():
        sheet(path, homes)
    env = engine.empty("import")
    before = processes.cpu(engine.pids()) if engine.pids() else 0.0
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench", "_import", str(path)], env={**os.environ, **env, "LINLI_LOG": "ERROR"}, cwd=ROOT,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        print(done.stderr[-3000:], file=sys.stderr)
        raise SystemExit("the import failed")
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("IMPORT "))[7:])
    found["database_cpu_s"] = round((processes.cpu(engine.pids()) if engine.pids() else 0.0) - before, 1)
    print(engine.name, found, flush=True)
    file_mb = round(path.stat().st_size / 1e6, 1)
    results.save(
        f"import-{engine.name}",
        {"homes": homes, "file_mb": file_mb, "load": os.getloadavg()[0], "pace_ms": results.pace(), **found},
    )


def inside(path: str) -> None:
    """Everything a worker and the pages do for one import, in this process."""
    import resource
    from uuid import uuid4

    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    settings.DATA.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    from linli.people.models import RosterImport
    from linli.people.queries import imports as pages
    from linli.people.services import imports
    from linli.plumbing.tenancy import compound_scope

    compound, first, second = _place()
    idle = resource.getrusage(resource.RUSAGE_SELF)
    marks: dict[str, float] = {}
    data = Path(path).read_bytes()
    started = last = time.perf_counter()

    def mark(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        marks[name], last = round(now - last, 2), now

    with compound_scope(compound.pk):

        def work() -> RosterImport:
            roster = RosterImport.objects.get(compound_id=compound.pk)
            if roster.state in imports.WORKING:
                imports.work(roster_id=roster.pk, compound_id=compound.pk, at=timezone.now())
            return RosterImport.objects.get(compound_id=compound.pk)

        imports.upload(
            by=first,
            compound=compound,
            kind="owners",
            filename="业主名册.xlsx",
            data=data,
            once=uuid4(),
            at=timezone.now(),
        )
        roster = work()
        mark("upload")
        imports.choose_columns(
            by=first, roster=roster, fields={}, sheets=[0], keep=[], reason="", sure=True, at=timezone.now()
        )
        roster = work()
        mark("check")
        pages.preview(roster, "new", 1, first.role)
        mark("preview")
        imports.confirm(by=first, roster=roster, at=timezone.now())
        roster = work()
        imports.confirm(by=second, roster=roster, at=timezone.now())
        roster = work()
        mark("apply")
    used = resource.getrusage(resource.RUSAGE_SELF)
    found: dict[str, Any] = {
        "seconds": round(time.perf_counter() - started, 1), "cpu_s": round(used.ru_utime + used.ru_stime - idle.ru_utime - idle.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024), "steps": marks, "state": roster.state, "counts": roster.summary.get("counts"),
        "made": roster.summary.get("made"), "failure": roster.failure,
    }  # fmt: skip
    print("IMPORT " + json.dumps(found, ensure_ascii=False))


def _place() -> tuple[Any, Any, Any]:
    """A fresh compound and two people of its committee who may confirm a register."""
    from datetime import date

    from django.utils import timezone

    from linli.people.access import standings
    from linli.people.models import Account, Organisation, Post
    from linli.people.rules import RIGHTS, Act, Body, Role
    from linli.places.models import Community, Compound, Subdistrict

    now = timezone.now()
    community = Community.objects.create(subdistrict=Subdistrict.objects.create(name="测速街道"), name="测速社区")
    compound = Compound.objects.create(ordinal=1, slug="bench", name="测速大院", community=community, created_at=now)
    body = Organisation.objects.create(kind=Body.COMMUNITY, name="测速社区", community=community)
    actors = []
    for i in range(2):
        who = Account.objects.create(phone=f"1770000000{i}", created_at=now)
        assert Role.COMMUNITY_SECRETARY in RIGHTS[Act.IMPORT_OWNERS]
        Post.objects.create(
            organisation=body,
            kind=Role.COMMUNITY_SECRETARY,
            account=who,
            holder_name="李主任",
            from_day=date(2020, 1, 1),
        )
        actors.append(standings(who.pk, compound, timezone.localdate())[0].actor)
    return compound, *actors
