"""What is kept sealed: originals of photos and voices, and identity numbers. Keys come from the settings, one a purpose.

Files are written whole or not at all, before the transaction that names them commits: what a rollback leaves behind is
a file that nobody knows of.
"""

import hmac
import os
import re
import secrets
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
NONCE_BYTES = 12
NAME_LENGTH = 40
WAITING = "waiting"
WAITS = timedelta(hours=6)
MARK = re.compile("[0-9a-f]{32}")


class Unopened(Exception):
    """Not sealed by any key we have, or changed since."""


@lru_cache(maxsize=32)
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"linli.vault.{purpose}".encode()).derive(secret.encode())


def _secrets() -> list[str]:
    """The first seals; the others open what was sealed before the key changed."""
    return [str(s) for s in (settings.SEAL_KEY, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS) if s]


def _seal(data: bytes, purpose: str, about: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(_key(_secrets()[0], purpose)).encrypt(nonce, data, about)


def _unseal(sealed: bytes, purpose: str, about: bytes) -> bytes:
    if sealed[:1] != VERSION:
        raise Unopened
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    for secret in _secrets():
        try:
            return AESGCM(_key(secret, purpose)).decrypt(nonce, rest, about)
        except (InvalidTag, ValueError):
            continue
    raise Unopened


def seal(text: str) -> bytes:
    return _seal(text.encode(), "text", b"")


def unseal(sealed: bytes | memoryview) -> str:
    """Raises Unopened."""
    return _unseal(bytes(sealed), "text", b"").decode()


def keyed_hash(text: str) -> str:
    """Finds the same text again without telling what it is: 64 characters, of no use without the key."""
    return hmac.digest(_key(_secrets()[0], "hash"), text.encode(), "sha256").hex()


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def digest(compound_id: UUID, data: bytes) -> str:
    """The same file gives the same 64 characters within one compound, and others in the next."""
    return hmac.digest(_key(_secrets()[0], "files"), compound_id.bytes + sha256(data).digest(), "sha256").hex()


def keep_sealed(compound_id: UUID, data: bytes) -> str:
    """Its name: by what is in it, telling nothing. Writing the same file again changes nothing."""
    mark = digest(compound_id, data)
    name = f"{compound_id.hex}/{mark[:2]}/{mark[:NAME_LENGTH]}.sealed"
    if not path(name).exists():
        _write(path(name), _seal(data, "files", name.encode()))
    return name


def open_sealed(name: str) -> bytes:
    """Raises Unopened, also when the file lies under another's name."""
    return _unseal(path(name).read_bytes(), "files", name.encode())


def forget_sealed(name: str) -> None:
    """Deletes the file. Whoever asks knows that nobody else keeps the same one; twice is once."""
    path(name).unlink(missing_ok=True)


def keep_plain(compound_id: UUID, owner_id: UUID, data: bytes, ending: str) -> str:
    """For what is shown through guarded pages; `owner_id` can be read back from the name, see `owner`."""
    name = f"{compound_id.hex}/{owner_id.hex[-2:]}/{owner_id.hex}{ending}"
    _write(path(name), data)
    return name


def link_plain(name: str, compound_id: UUID, owner_id: UUID, ending: str) -> str:
    """A kept file once more, under another owner of the same compound and without writing it again."""
    again = f"{compound_id.hex}/{owner_id.hex[-2:]}/{owner_id.hex}{ending}"
    if not name.startswith(f"{compound_id.hex}/"):
        raise ValueError("a file of another compound")
    target = path(again)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path(name), target)
    except OSError:  # a disk without links
        shutil.copyfile(path(name), target)
    return again


def keep_waiting(owner_id: UUID, data: bytes) -> str:
    """A file of a form that comes back to its sender. The mark opens it again, for the same owner alone."""
    mark = secrets.token_hex(16)
    _write(_waiting(mark), _seal(data, "waiting", owner_id.bytes))
    return mark


def open_waiting(owner_id: UUID, mark: str) -> bytes | None:
    """None for what is somebody else's, or gone."""
    try:
        return _unseal(_waiting(mark).read_bytes(), "waiting", owner_id.bytes) if MARK.fullmatch(mark) else None
    except (OSError, Unopened):
        return None


def forget_waiting(owner_id: UUID, marks: Iterable[str]) -> None:
    for mark in marks:
        if open_waiting(owner_id, mark) is not None:
            _waiting(mark).unlink(missing_ok=True)


def sweep_waiting(at: datetime) -> int:
    """Forms that were left lying: their files go after some hours. How many."""
    old = [p for p in path(WAITING).glob("*") if p.stat().st_mtime < (at - WAITS).timestamp()]
    for found in old:
        found.unlink(missing_ok=True)
    return len(old)


def _waiting(mark: str) -> Path:
    return path(f"{WAITING}/{mark}.sealed")


def owner(name: str) -> UUID | None:
    """The id in a plain file's name, so that a page can link to it without asking the database."""
    try:
        return UUID(name.rpartition("/")[2][:32])
    except ValueError:
        return None


def path(name: str) -> Path:
    root = Path(settings.MEDIA_ROOT).resolve()
    found = (root / name).resolve()
    if not name or not found.is_relative_to(root):
        raise ValueError(f"outside the media folder: {name}")
    return found


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """A rename survives a power cut only when its folder was written too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
