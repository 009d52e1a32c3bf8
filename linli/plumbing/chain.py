"""The log of acts as a chain of hashes: each run of a compound's entries is sealed onto the run before it, apart from the
submits that write them. Who changes, removes or slips in an entry afterwards is found by `check`."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from .models import AuditEntry, AuditMark, AuditSeal
from .tenancy import unscoped

SETTLED = timedelta(minutes=30)  # by then every act that was under way is committed or gone
RUN = 5000
KEY, PIECE = 16, 16 + 32
# In this order for ever: a column that comes later is not part of what was sealed.
FIELDS = (
    "id", "compound_id", "at", "act", "subject_kind", "subject_id", "account_id", "role", "role_id", "body_id", "person_id",
    "channel", "words", "data", "internal", "once",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """`kind`: changed, removed or slipped in (`what` is an entry's key), or broken (`what` is a seal's position or a head)."""

    kind: str
    what: str


@dataclass(frozen=True)
class Checked:
    entries: int
    seals: int
    head: str
    faults: list[Fault]


def seal(at: datetime) -> int:
    """How many entries of all compounds were sealed. Of two workers the second finds the mark moved and does nothing."""
    done = 0
    while sealed := _run(at):
        done += sealed
        if sealed < RUN:
            break
    return done


@transaction.atomic
def _run(at: datetime) -> int:
    with unscoped("the entries of every compound are sealed"):
        mark, _made = AuditMark.objects.get_or_create(pk=1, defaults={"until": UUID(int=0)})
        until = _first_key(at - SETTLED)
        rows = list(AuditEntry.objects.filter(pk__gte=mark.until, pk__lt=until).order_by("pk")[:RUN])
        if len(rows) == RUN:
            until = UUID(int=rows[-1].pk.int + 1)
        if until <= mark.until or not AuditMark.objects.filter(pk=1, until=mark.until).update(until=until):
            return 0
        runs: dict[UUID, list[AuditEntry]] = defaultdict(list)
        for row in rows:
            runs[row.compound_id].append(row)
        for compound_id, run in runs.items():
            _seal(compound_id, run, at)
    return len(rows)


def _seal(compound_id: UUID, run: list[AuditEntry], at: datetime) -> None:
    last = AuditSeal.objects.filter(compound_id=compound_id).order_by("-position").values_list("position", "digest")
    position, before = last.first() or (0, _start(compound_id))
    entries = b"".join(entry.pk.bytes + fingerprint(entry) for entry in run)
    AuditSeal(
        compound_id=compound_id, position=position + 1, entries=entries, digest=_onto(before, entries), sealed_at=at
    ).save(force_insert=True)


def check(compound_id: UUID, head: str = "") -> Checked:
    """Every entry against the chain, and the chain against itself. `head`: one that was noted, and must still stand in it."""
    digest, seals = _start(compound_id), 0
    sealed: dict[UUID, bytes] = {}
    heads: set[str] = set()
    faults: list[Fault] = []
    for row in AuditSeal.objects.filter(compound_id=compound_id).order_by("position").iterator(100):
        seals, entries = seals + 1, bytes(row.entries)
        if row.position != seals or row.digest != _onto(digest, entries):
            faults.append(Fault("broken", str(row.position)))
        seals, digest = row.position, row.digest
        heads.add(digest)
        for i in range(0, len(entries), PIECE):
            sealed[UUID(bytes=entries[i : i + KEY])] = entries[i + KEY : i + PIECE]
    if head and head not in heads:
        faults.append(Fault("broken", head))
    until = AuditMark.objects.filter(pk=1).values_list("until", flat=True).first()
    count = 0
    for entry in AuditEntry.objects.filter(compound_id=compound_id).order_by("pk").iterator(2000):
        count += 1
        stood = sealed.pop(entry.pk, None)
        if stood is None and until and entry.pk < until:
            faults.append(Fault("slipped in", str(entry.pk)))
        elif stood is not None and stood != fingerprint(entry):
            faults.append(Fault("changed", str(entry.pk)))
    faults += [Fault("removed", str(key)) for key in sealed]
    return Checked(count, len(heads), digest, faults)


def fingerprint(entry: AuditEntry) -> bytes:
    values = [getattr(entry, name) for name in FIELDS]
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False, default=_plain).encode()).digest()


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _onto(before: str, entries: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(before) + entries).hexdigest()


def _start(compound_id: UUID) -> str:
    return hashlib.sha256(b"linli audit " + compound_id.bytes).hexdigest()


def _first_key(at: datetime) -> UUID:
    """No key made at that moment or later is smaller: keys begin with their millisecond."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
