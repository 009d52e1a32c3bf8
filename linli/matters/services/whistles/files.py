"""Photos and papers of a whistle, from drafters, agencies and with money: checked, the original sealed, shown through guarded
pages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing import vault
from linli.plumbing.acts import Actor, record
from linli.plumbing.tenancy import uuid7

from ...models import Ask, Attachment, FundingEntry, MatterPaper, PartPhoto, Whistle, WhistleFile
from ..papers import FIELD, FILES_MOST, PAPERS, Ready, fits, ready
from .base import SUBJECT

__all__ = ["FIELD", "Ready", "fits", "keep", "keep_own", "opened", "own", "read", "ready"]
OPENED = "open_paper"


def keep(
    whistle: Whistle, files: Sequence[Ready], *, at: datetime, entry_id: UUID, ask: Ask | None = None, money: FundingEntry | None = None
) -> list[WhistleFile]:  # fmt: skip
    """In the caller's transaction. The same file twice is kept once; beside each entry of money that it proves."""
    rows = []
    for piece in files:
        mark = vault.digest(whistle.compound_id, piece.original)
        there = WhistleFile.objects.filter(
            compound_id=whistle.compound_id, whistle=whistle, funding_entry=money, digest=mark
        )
        rows.append(there.first() or _keep(whistle, piece, mark, at, entry_id, ask, money))
    return rows


def keep_own(whistle: Whistle, files: Sequence[Ready], *, at: datetime, entry_id: UUID) -> None:
    """The drafters' own, in the caller's transaction. Raises Refused."""
    keep(whistle, files, at=at, entry_id=entry_id)
    if own(whistle).count() > FILES_MOST:
        raise Refused(Refusal("full", _("一张哨单最多附 %(most)s 个文件") % {"most": FILES_MOST}), field=FIELD)


def own(whistle: Whistle) -> QuerySet[WhistleFile]:
    """What the drafters brought themselves."""
    rows = WhistleFile.objects.filter(compound_id=whistle.compound_id, whistle=whistle)
    return rows.filter(attachment=None, ask=None, funding_entry=None).order_by("id")


def take_away(whistle: Whistle, ids: Iterable[UUID]) -> int:
    """Of the drafters' own, in the caller's transaction, with what lies on the disk; how many."""
    gone = list(own(whistle).filter(pk__in=list(ids)))
    for row in gone:
        row.delete()
        transaction.on_commit(partial(_forget, row))
    return len(gone)


def _forget(row: WhistleFile) -> None:
    for name in filter(None, (row.small, row.thumb)):
        vault.path(name).unlink(missing_ok=True)
    here = {"compound_id": row.compound_id, "sealed": row.sealed}
    if not any(kind.objects.filter(**here).exists() for kind in (WhistleFile, Attachment, PartPhoto, MatterPaper)):
        vault.forget_sealed(row.sealed)


def carry(old: Whistle, new: Whistle, *, at: datetime, entry_id: UUID) -> None:
    """The drafters' own go along when a whistle is taken further up, but what is there already as its matters' picture."""
    there = WhistleFile.objects.filter(compound_id=new.compound_id, whistle=new, funding_entry=None)
    for row in own(old).exclude(digest__in=set(there.values_list("digest", flat=True))):
        copy = WhistleFile(
            id=uuid7(), compound_id=new.compound_id, whistle=new, entry_id=entry_id, kind=row.kind, name=row.name, digest=row.digest,
            sealed=row.sealed, added_at=at,
        )  # fmt: skip
        if row.kind == "photo":
            copy.small = vault.link_plain(row.small, row.compound_id, copy.pk, "-s.jpg")
            copy.thumb = vault.link_plain(row.thumb, row.compound_id, copy.pk, "-t.jpg")
        copy.save(force_insert=True)


def _keep(
    whistle: Whistle, piece: Ready, mark: str, at: datetime, entry_id: UUID, ask: Ask | None, money: FundingEntry | None
) -> WhistleFile:  # fmt: skip
    pk, where = uuid7(), whistle.compound_id
    row = WhistleFile(
        id=pk, compound_id=where, whistle=whistle, ask=ask, funding_entry=money, entry_id=entry_id, kind="photo" if piece.photo else "paper",
        name=piece.name, digest=mark, added_at=at, sealed=vault.keep_sealed(where, piece.original),
    )  # fmt: skip
    if piece.photo:
        row.small = vault.keep_plain(where, pk, piece.photo.small, "-s.jpg")
        row.thumb = vault.keep_plain(where, pk, piece.photo.thumb, "-t.jpg")
    row.save(force_insert=True)
    return row


def opened(row: WhistleFile, *, by: Actor, at: datetime) -> None:
    """Who opened a paper of it, and when."""
    record(
        by=by, act=OPENED, subject_kind=SUBJECT, subject_id=row.whistle_id, at=at, compound_id=row.compound_id, internal=True,
        data={"file": str(row.pk), "name": row.name},
    )  # fmt: skip


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
