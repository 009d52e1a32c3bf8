"""One leaf more in the log of a session: the only writer of what came in (docs/proof.md)."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linli.kernel import receipts, shares
from linli.kernel.merkle import Frontier
from linli.plumbing import vault
from linli.plumbing.tenancy import uuid7

from ..models import Leaf, Log, Party, RegisterHome, Session

SALT_BYTES = 16


def about(session: Session, ballot: str, kind: receipts.Leaf) -> str:
    """What binds a sealed opening to its leaf."""
    return f"linli leaf {session.pk.hex} {kind} {ballot}"


def locked(session: Session) -> Log:
    """The box. Taken after the session's row, and held to the end of the transaction."""
    return Log.objects.select_for_update().get(compound_id=session.compound_id, session=session)


def append(
    log: Log,
    session: Session,
    *,
    kind: receipts.Leaf,
    ballot: str,
    opening: Mapping[str, Any],
    channel: str,
    at: datetime,
    party: Party | None = None,
    row: RegisterHome | None = None,
    person_id: UUID | None = None,
    account_id: UUID | None = None,
    once: UUID | None = None,
) -> Leaf:
    """`log` comes from `locked`. `opening`: what the leaf says (docs/proof.md), salted and sealed here, and nowhere written in the clear."""
    opening = {"salt": secrets.token_hex(SALT_BYTES), "kind": kind.value, "ballot": ballot, **opening}
    leaf = receipts.leaf(kind, ballot, receipts.commitment(opening), at)
    before = Frontier(log.size, tuple(bytes.fromhex(root) for root in log.frontier))
    tree = before.append(receipts.leaf_digest(leaf))
    receipt = receipts.receipt(
        found=leaf, before=before, head=head(session, tree, at), public_key=session.sign_key, title=session.title,
        register=session.register_fingerprint,
    )  # fmt: skip
    made = Leaf(
        id=uuid7(), compound_id=session.compound_id, session=session, index=before.size, kind=kind.value, ballot=ballot,
        commitment=leaf["commitment"], at=at, receipt=receipt, party=party, row=row, person_id=person_id, channel=channel, once=once,
        account_id=account_id, sealed=shares.seal(receipts.canonical(opening), session.seal_key, about(session, ballot, kind)),
    )  # fmt: skip
    made.save(force_insert=True)
    log.size, log.frontier = tree.size, [root.hex() for root in tree.roots]
    log.save(update_fields=["size", "frontier"])
    return made


def head(session: Session, tree: Frontier, at: datetime) -> dict[str, Any]:
    assert session.sign_secret is not None
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vault.unseal(session.sign_secret)))
    return receipts.signed_head(session.pk.hex, tree, at, key)
