"""Text messages. A gateway has `send(phone, text) -> reference` and raises `Unknown` when nobody can tell whether it went out."""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Unknown(Exception):
    """The supplier may have taken it: sending again might tell somebody twice. Any other exception: it did not go out."""


class Sms(Protocol):
    def send(self, phone: str, text: str) -> str: ...


def gateway() -> Sms:
    return import_string(settings.SMS_GATEWAY)()


class RecordedSms:
    """Sends nothing: a line in a file, for demos and tests."""

    def send(self, phone: str, text: str) -> str:
        reference = secrets.token_hex(8)
        row = {"at": datetime.now(UTC).isoformat(), "reference": reference, "phone": phone, "text": text}
        path = Path(settings.MEDIA_ROOT) / "outbox" / "sms.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        # One write at the end of the file: two workers never mix their lines.
        handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        try:
            os.write(handle, (json.dumps(row, ensure_ascii=False) + "\n").encode())
        finally:
            os.close(handle)
        return reference
