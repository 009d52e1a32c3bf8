"""The pictures of a part of an order; each of its matters holds them as its own too."""

from collections.abc import Sequence
from datetime import datetime

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

from ...models import Attachment, Matter, OrderPart, PartPhoto
from .. import photos
from .base import OrderStep


def new(part: OrderPart, ready: Sequence[photos.Ready]) -> list[photos.Ready]:
    """Those that the part has not got yet. Raises Refused when they would be too many."""
    rows = PartPhoto.objects.filter(compound_id=part.compound_id, part=part, hidden_at=None)
    known = set(rows.values_list("digest", flat=True))
    found = [piece for piece in ready if vault.digest(part.compound_id, piece.original) not in known]
    if len(known) + len(found) > photos.PHOTOS_A_MATTER:
        values = {"most": photos.PHOTOS_A_MATTER, "have": len(known)}
        sentence = "一份最多 %(most)s 张照片，已经有 %(have)s 张"
        raise Refused(Refusal("part_full", sentence, values=values), field="photos")
    return found


def keep(
    step: OrderStep, part: OrderPart, matters: Sequence[Matter], ready: Sequence[photos.Ready], phase: str
) -> None:
    """Without writing the file again for each of the matters."""
    compound_id, at, by = part.compound_id, step.at, step.by
    shown = [piece for piece in ready if piece.photo]
    marks = {vault.digest(compound_id, piece.original): n for n, piece in enumerate(shown, 1)}
    ids = [m.pk for m in matters]
    if phase == "after" and marks:
        old = Attachment.objects.filter(compound_id=compound_id, matter_id__in=ids, digest__in=list(marks))
        same = old.exclude(phase="after").values_list("digest", flat=True).first()
        if same:
            sentence = "第 %(n)s 张：和办之前的照片一样，请拍办好后的"
            raise Refused(Refusal("same_as_before", sentence, values={"n": marks[same]}), field="after")
    kept, copies = [], []
    for mark, piece in zip(marks, shown, strict=False):
        assert piece.photo is not None
        pk = uuid7()
        one = PartPhoto(
            id=pk, compound_id=compound_id, part=part, phase=phase, digest=mark, added_at=at, added_by=by.account_id,
            sealed=vault.keep_sealed(compound_id, piece.original), small=vault.keep_plain(compound_id, pk, piece.photo.small, "-s.jpg"),
            thumb=vault.keep_plain(compound_id, pk, piece.photo.thumb, "-t.jpg"),
        )  # fmt: skip
        kept.append(one)
        copies += [_copy(one, m, piece) for m in matters]
    PartPhoto.objects.bulk_create(kept)
    Attachment.objects.bulk_create(copies)
    covers = {a.matter_id: a.thumb for a in copies}
    for m in matters:
        if phase == "after" and m.pk in covers:
            m.photo_after = covers[m.pk]
        elif phase == "before" and m.pk in covers and not m.photo_before:
            m.photo_before = covers[m.pk]


def _copy(one: PartPhoto, matter: Matter, piece: photos.Ready) -> Attachment:
    pk = uuid7()
    assert piece.photo is not None
    return Attachment(
        id=pk, compound_id=one.compound_id, matter=matter, kind="photo", phase=one.phase, digest=one.digest, added_at=one.added_at,
        added_by=one.added_by, sealed=one.sealed, width=piece.photo.width, height=piece.photo.height,
        small=vault.link_plain(one.small, one.compound_id, pk, "-s.jpg"), thumb=vault.link_plain(one.thumb, one.compound_id, pk, "-t.jpg"),
    )  # fmt: skip


def tie(part: OrderPart, entries: Sequence[AuditEntry], at: datetime) -> None:
    """Each picture stands with the entry that it shows."""
    entry_of = {e.subject_id: e.pk for e in entries}
    rows = list(
        Attachment.objects.filter(
            compound_id=part.compound_id, matter_id__in=list(entry_of), added_at=at, entry_id=None
        )
    )
    for row in rows:
        row.entry_id = entry_of[row.matter_id]
    Attachment.objects.filter(compound_id=part.compound_id).bulk_update(rows, ["entry_id"])
