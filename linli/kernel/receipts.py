"""What proves a vote (docs/proof.md): the fingerprint of a register, commitments, leaves, signed tree heads, receipts.

Everything that is hashed or signed is canonical JSON behind a line that says what it is, so that nothing can pass for another thing.
Hashes, keys and signatures are lower-case hex.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .merkle import Frontier, is_included, leaf_hash

Json = Mapping[str, Any]


class Leaf(StrEnum):
    """What the log holds: a ballot cast online; a numbered paper that came back; what the tellers read on it; co-owners' joint word;
    one co-owner's objection to what another sent; and what a recount found to be no vote."""

    CAST = "cast"
    RETURNED = "returned"
    ENTERED = "entered"
    STATEMENT = "statement"
    OBJECTION = "objection"
    VOIDED = "voided"


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _about(what: str, value: Any) -> bytes:
    return f"linli {what} 1\n".encode() + canonical(value)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def owner_mark(salt: str, person: str, name: str) -> str:
    """Stands for one owner in a published register: the same in each row, and of no use without the salt."""
    return sha256(_about("owner", [salt, person, name])).hexdigest()


def fingerprint(rows: Iterable[Json]) -> str:
    """Of a frozen register; rows of `home`, `kind`, `area`, `party` and `owners` (their marks), in any order."""
    return sha256(_about("register", sorted(rows, key=lambda row: row["home"]))).hexdigest()


def commitment(opening: Json) -> str:
    """`opening` holds a `salt` of at least 16 random bytes, or somebody could try the few choices there are."""
    if len(bytes.fromhex(opening["salt"])) < 16:
        raise ValueError("the salt is too short")
    return sha256(_about("ballot", opening)).hexdigest()


def leaf(kind: Leaf, ballot: str, commit: str, at: datetime) -> dict[str, str]:
    return {"kind": kind.value, "ballot": ballot, "commitment": commit, "at": moment(at)}


def leaf_digest(found: Json) -> bytes:
    return leaf_hash(_about("leaf", found))


def _head(session: str, size: int, root: str, at: str) -> bytes:
    return _about("head", {"session": session, "size": size, "root": root, "at": at})


def signed_head(session: str, tree: Frontier, at: datetime, key: Ed25519PrivateKey) -> dict[str, Any]:
    root, when = tree.root.hex(), moment(at)
    signature = key.sign(_head(session, tree.size, root, when)).hex()
    return {"session": session, "size": tree.size, "root": root, "at": when, "signature": signature}


def is_signed(head: Json, public_key: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(head["signature"]), _head(head["session"], head["size"], head["root"], head["at"]))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True


def proof_of_last(before: Frontier) -> list[str]:
    """That the leaf just appended to `before` is the last of the tree: its left neighbours, lowest first."""
    return [root.hex() for root in reversed(before.roots)]


def receipt(*, found: Json, before: Frontier, head: Json, public_key: str, title: str, register: str) -> dict[str, Any]:
    """What the owner takes home. It proves that the ballot is in the log, and to nobody what it says."""
    return {
        "linli_receipt": 1, "title": title, "register": register, "leaf": dict(found), "index": before.size,
        "proof": proof_of_last(before), "head": dict(head), "key": public_key,
    }  # fmt: skip


def holds(given: Json) -> bool:
    """Whether a receipt agrees with itself: its leaf is in the tree whose head was signed with its key."""
    try:
        head = given["head"]
        proof = [bytes.fromhex(step) for step in given["proof"]]
        inside = is_included(
            leaf_digest(given["leaf"]), given["index"], head["size"], proof, bytes.fromhex(head["root"])
        )
        return inside and is_signed(head, given["key"])
    except (KeyError, TypeError, ValueError):
        return False
