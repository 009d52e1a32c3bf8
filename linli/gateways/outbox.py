"""Where the recorded fakes write instead of sending: one line of JSON each, for demos and tests."""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


def write(name: str, **what: object) -> str:
    """One write at the end of the file, so that two workers never mix their lines; gives the reference."""
    reference = secrets.token_hex(8)
    row = {"at": datetime.now(UTC).isoformat(), "reference": reference, **what}
    path = Path(settings.MEDIA_ROOT) / "outbox" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(handle, (json.dumps(row, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(handle)
    return reference
