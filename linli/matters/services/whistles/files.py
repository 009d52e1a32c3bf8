"""Photos and papers that an agency brings with its answer: checked, the original sealed, shown through guarded pages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linli.plumbing import vault
from linli.plumbing.tenancy import uuid7

from ...models import Ask, Whistle, WhistleFile
from ..papers import PAPERS, Ready, ready

__all__ = ["Ready", "keep", "read", "ready"]


def keep(
    whistle: Whistle, files: Sequence[Ready], *, at: datetime, ask: Ask | None, entry_id: UUID
) -> list[WhistleFile]:
    """In the caller's transaction. The same file twice is kept once."""
    rows = []
    for piece in files:
        mark = vault.digest(whistle.compound_id, piece.original)
        old = WhistleFile.objects.filter(compound_id=whistle.compound_id, whistle=whistle, digest=mark).first()
        rows.append(old or _keep(whistle, piece, mark, at, ask, entry_id))
    return rows


def _keep(whistle: Whistle, piece: Ready, mark: str, at: datetime, ask: Ask | None, entry_id: UUID) -> WhistleFile:
    pk, where = uuid7(), whistle.compound_id
    row = WhistleFile(
        id=pk, compound_id=where, whistle=whistle, ask=ask, entry_id=entry_id, kind="photo" if piece.photo else "paper", name=piece.name,
        digest=mark, added_at=at, sealed=vault.keep_sealed(where, piece.original),
    )  # fmt: skip
    if piece.photo:
        row.small = vault.keep_plain(where, pk, piece.photo.small, "-s.jpg")
        row.thumb = vault.keep_plain(where, pk, piece.photo.thumb, "-t.jpg")
    row.save(force_insert=True)
    return row


def read(row: WhistleFile, size: str) -> tuple[bytes, str] | None:
    """What is shown and its type; None once the photo was covered in its matter."""
    if row.attachment_id:
        if row.attachment is None or row.attachment.hidden_at or row.attachment.internal:
            return None
        name = row.attachment.thumb if size == "thumb" else row.attachment.small
        return vault.path(name).read_bytes(), "image/jpeg"
    if row.kind == "paper":
        return vault.open_sealed(row.sealed), PAPERS["pdf"][1]
    return vault.path(row.thumb if size == "thumb" else row.small).read_bytes(), "image/jpeg"
