"""Files on their way in that must not lie on a disk as they are: sealed as they arrive, with a key that we do not keep."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from . import vault

KEY_BYTES = 32
NONCE_BYTES = 12


def fresh_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


# A photo or paper of 10 MB, and the rest of its form.
HELD_MOST = 11 * 1024 * 1024
View = Callable[..., HttpResponse]


class Held(FileUploadHandler):
    """One file, in memory alone; nothing of what is larger."""

    def new_file(self, *args: Any, **kw: Any) -> None:
        super().new_file(*args, **kw)
        self.parts: list[bytes] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= HELD_MOST:
            self.parts.append(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        data = b"".join(self.parts)
        return (
            SimpleUploadedFile(self.file_name or "", data, self.content_type or "") if len(data) == file_size else None
        )


def held(view: View) -> View:
    """A form with a file that must not lie on a disk as it is while it is on its way: no temporary file is made of it."""
    inner = csrf_protect(view)

    @csrf_exempt  # asked inside: the form must not be read before it is known where its files go
    @wraps(view)
    def outer(request: Any, *args: Any, **kw: Any) -> HttpResponse:
        request.upload_handlers = [Held(request)]
        return inner(request, *args, **kw)

    return outer


class Waiting(UploadedFile):
    """`mark` opens it for `owner` with the key; empty where it was too big to be kept. `head`: its first bytes."""

    def __init__(self, name: str, size: int, mark: str, head: bytes) -> None:
        super().__init__(name=name, size=size)
        self.mark, self.head = mark, head


class SealedUploads(FileUploadHandler):
    """One file at a time in memory, and from there sealed into the vault's waiting room, which is swept after some hours."""

    def __init__(self, request: Any, *, key: bytes, owner: UUID, most: int, in_all: int) -> None:
        super().__init__(request)
        self.key, self.owner, self.most, self.left = key, owner, most, in_all

    def new_file(self, *args: Any, **kw: Any) -> None:
        super().new_file(*args, **kw)
        self.parts: list[bytes] = []
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size <= min(self.most, self.left):
            self.parts.append(raw_data)
        else:
            self.parts.clear()

    def file_complete(self, file_size: int) -> Waiting:
        data, kept = b"".join(self.parts), self.size <= min(self.most, self.left)
        self.parts = []
        self.left -= self.size if kept else 0
        mark = vault.keep_waiting(self.owner, _sealed(self.key, data)) if kept else ""
        return Waiting(self.file_name or "", self.size, mark, data[:16])


def open_waiting(owner: UUID, mark: str, key: bytes) -> bytes | None:
    """None for what is gone, somebody else's, or of another key."""
    sealed = vault.open_waiting(owner, mark)
    if sealed is None:
        return None
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except InvalidTag:
        return None


def _sealed(key: bytes, data: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, None)
