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
# What may be erased one day, sealed as one salted digest (`erasing`); the rest stands for ever.
OWN = ("salt", "account_id", "role_id", "person_id", "words", "data")
OPEN = (
    "id",
    "compound_id",
    "at",
    "act",
    "subject_kind",
    "subject_id",
    "role",
    "body_id",
    "channel",
    "internal",
    "once",
)
ERASE = "erase"
# Of entries from before there was a salt, in this order for ever.
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
        mark = held_mark()
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
    erased, salted, count = erased_of(compound_id), False, 0
    for entry in AuditEntry.objects.filter(compound_id=compound_id).order_by("pk").iterator(2000):
        count += 1
        stood = sealed.pop(entry.pk, None)
        if stood is None and until and entry.pk < until:
            faults.append(Fault("slipped in", str(entry.pk)))
        elif stood is not None and not _stands(entry, stood, erased.get(str(entry.pk)), salted):
            faults.append(Fault("changed", str(entry.pk)))
        salted = salted or entry.salt is not None
    faults += [Fault("removed", str(key)) for key in sealed]
    return Checked(count, len(heads), digest, faults)


def held_mark() -> AuditMark:
    """Up to where it is sealed; nobody seals or erases until the transaction ends."""
    AuditMark.objects.get_or_create(pk=1, defaults={"until": UUID(int=0)})
    return AuditMark.objects.select_for_update().get(pk=1)


def erased_of(compound_id: UUID) -> dict[str, tuple[str, str]]:
    """Of each entry that lost its words: the digest of what was its own ("" where it had no salt), and of what is now."""
    found: dict[str, tuple[str, str]] = {}
    for row in AuditEntry.objects.filter(compound_id=compound_id, act=ERASE).order_by("pk").iterator(500):
        for key, (was, now) in row.data.get("entries", {}).items():
            found[key] = (found[key][0] if key in found else was, now)
    return found


def _stands(entry: AuditEntry, stood: bytes, erased: tuple[str, str] | None, salted: bool) -> bool:
    """`salted`: an earlier entry has a salt, so this one had. Erasing one without proves what it is since then, not what it was."""
    if erased is None:
        return stood == fingerprint(entry)
    was, now = erased
    return own_digest(entry) == now and (stood == _whole(entry, was) if was else not salted)


def fingerprint(entry: AuditEntry) -> bytes:
    if entry.salt is not None:
        return _whole(entry, own_digest(entry))
    return bytes.fromhex(_hash([getattr(entry, name) for name in FIELDS]))


def own_digest(entry: AuditEntry) -> str:
    return _hash([getattr(entry, name) for name in OWN])


def _whole(entry: AuditEntry, own: str) -> bytes:
    return bytes.fromhex(_hash([*(getattr(entry, name) for name in OPEN), own]))


def _hash(values: list[object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False, default=_plain).encode()).hexdigest()


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _onto(before: str, entries: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(before) + entries).hexdigest()


def _start(compound_id: UUID) -> str:
    return hashlib.sha256(b"linli audit " + compound_id.bytes).hexdigest()


def _first_key(at: datetime) -> UUID:
    """No key made at that moment or later is smaller: keys begin with their millisecond."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
