"""The tests' settings: the same, with fast password hashing and nothing outside the test's own folders."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("LINLI_SECRET_KEY", "test-only")
if "LINLI_DATA" not in os.environ:
    os.environ["LINLI_DATA"] = tempfile.mkdtemp(prefix="linli-test-")
    atexit.register(shutil.rmtree, os.environ["LINLI_DATA"], ignore_errors=True)
if "PYTEST_XDIST_WORKER" in os.environ and Path(os.environ["LINLI_DATA"]).name.startswith("linli-test-"):
    os.environ["LINLI_DATA"] += "/" + os.environ["PYTEST_XDIST_WORKER"]  # none looks into another's
os.environ.setdefault("LINLI_LOG", "ERROR")
os.environ.setdefault("LINLI_HOSTS", "127.0.0.1,localhost,testserver")

from .settings import *  # noqa: E402, F403
from .settings import DATA, DATABASES  # noqa: E402

if "DATABASE_URL" not in os.environ:
    # A file, as in life: each thread has its own connection. A test server's threads that share the one of a database in
    # memory can stop each other for ever, one holding SQLite's lock and the other Python's.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
(DATA / "static").mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SHOW_CODES = True
