"""Photos and voice notes of a matter: checked, made small, the original sealed, covered when somebody asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing import images, vault
from linli.plumbing.acts import Actor, record
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..access import may_cover, parts_in
from ..models import Attachment, Matter, PartPhoto
from ..queries.photos import of_matter
from ..rules.states import Act, Who
from .steps import SUBJECT, begin, finish, locked

PHOTOS_A_SUBMIT = 9
VOICES_A_SUBMIT = 1
PHOTOS_A_MATTER = 30
PHASES = ("before", "during", "after")
FIELD = "photos"
UNSEAL = "unseal_photo"
JPEG = "image/jpeg"
VOICE = "audio/mp4"


@dataclass(frozen=True, slots=True)
class Ready:
    """One file, checked and made small; `original` is what came."""

    original: bytes
    photo: images.Photo | None = None
    voice: images.Voice | None = None

    @property
    def kind(self) -> str:
        return "voice" if self.voice else "photo"


def ready(files: Iterable[UploadedFile]) -> list[Ready]:
    """The slow part, to be done before a transaction opens: nothing is written. Raises Refused, naming every bad file."""
    found, wrong = [], []
    photos = voices = 0
    for file in files:
        is_voice = bool(images.sound_format(_head(file)))
        photos, voices = photos + (not is_voice), voices + is_voice
        where = _("录音") if is_voice else _("第 %(n)s 张") % {"n": photos}
        if voices > VOICES_A_SUBMIT or photos > PHOTOS_A_SUBMIT:
            continue
        try:
            found.append(_ready(file, is_voice))
        except Refused as no:
            wrong.append(_("%(where)s：%(why)s") % {"where": where, "why": no})
    _not_too_many(photos, voices)
    if wrong:
        raise Refused(Refusal("bad_files", "；".join(wrong)), field=FIELD)
    return found


def _head(file: UploadedFile) -> bytes:
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    return head


def _ready(file: UploadedFile, is_voice: bool) -> Ready:
    no = images.size_refusal(file.size or 0, _("录音") if is_voice else _("照片"))
    if no:
        raise Refused(no)
    data = file.read()
    if is_voice:
        return Ready(data, voice=images.voice(data))
    return Ready(data, photo=images.photo(data))


def _not_too_many(photos: int, voices: int) -> None:
    if photos > PHOTOS_A_SUBMIT:
        most = {"most": PHOTOS_A_SUBMIT, "have": photos}
        raise Refused(Refusal("too_many_photos", _("一次最多 %(most)s 张照片，现在有 %(have)s 张") % most), field=FIELD)
    if voices > VOICES_A_SUBMIT:
        raise Refused(Refusal("too_many_voices", _("一次最多一段录音")), field=FIELD)


@one_act()
def attach(
    *, by: Actor, matter: Matter, files: Sequence[UploadedFile] | Sequence[Ready], phase: str, at: datetime, entry_id=None,
    internal: bool = False,
) -> list[Attachment]:  # fmt: skip
    """In the caller's transaction, which has asked whether `by` may do the act that brings the files.

    All or none. Hand in what `ready` gave, made before the transaction opened: SQLite has one writer. A file that the
    matter has already is not kept twice; what was there is returned. Without `entry_id` the files belong to the act that
    the same account did at the same moment, or else to a note of their own. Raises Refused on the field "photos".
    """
    if phase not in PHASES:
        raise ValueError(f"no such phase: {phase}")
    pieces = [f if isinstance(f, Ready) else None for f in files]
    found = [p for p in pieces if p is not None] if all(pieces) else ready(files)  # type: ignore[arg-type]
    if not found:
        return []
    held = locked(matter)
    known = {a.digest: a for a in of_matter(held, hidden=True)}
    marks = {vault.digest(held.compound_id, piece.original): piece for piece in found}
    new = {mark: piece for mark, piece in marks.items() if mark not in known}
    _fits(known, new)
    _shows_something_new(phase, [known.get(mark) for mark in marks])
    if new and entry_id is None:
        entry_id = _entry_of(by, held, at, internal)
    for mark, piece in new.items():
        known[mark] = _keep(piece, mark, by=by, matter=held, phase=phase, at=at, entry_id=entry_id, internal=internal)
    _cover(held, [known[mark] for mark in new], phase)
    matter.photo_before, matter.photo_after = held.photo_before, held.photo_after
    return [known[mark] for mark in marks]


def _fits(known: dict[str, Attachment], new: dict[str, Ready]) -> None:
    photos = sum(a.kind == "photo" for a in known.values())
    room = PHOTOS_A_MATTER - photos
    if sum(p.kind == "photo" for p in new.values()) > room:
        values = {"most": PHOTOS_A_MATTER, "have": photos}
        sentence = _("一件事最多 %(most)s 张照片，已经有 %(have)s 张") % values
        raise Refused(Refusal("matter_full", sentence), field=FIELD)


def _shows_something_new(phase: str, there: list[Attachment | None]) -> None:
    """A photo of the trouble is no proof of the repair."""
    for n, old in enumerate(there, 1):
        if phase == "after" and old is not None and old.kind == "photo" and old.phase != "after":
            sentence = _("第 %(n)s 张：和办之前的照片一样，请拍办好后的") % {"n": n}
            raise Refused(Refusal("same_as_before", sentence), field=FIELD)


def _entry_of(by: Actor, matter: Matter, at: datetime, internal: bool):
    done = AuditEntry.objects.filter(
        compound_id=matter.compound_id, subject_id=matter.pk, account_id=by.account_id, at=at
    ).order_by("id")
    last = done.last()
    if last:
        return last.pk
    return record(
        by=by, act=Act.INTERNAL_NOTE if internal else Act.NOTE, subject_kind=SUBJECT, subject_id=matter.pk, at=at,
        compound_id=matter.compound_id, words=_("补充了照片"), internal=internal,
    ).pk  # fmt: skip


def _keep(piece: Ready, mark: str, *, by, matter, phase, at, entry_id, internal) -> Attachment:
    compound_id, pk = matter.compound_id, uuid7()
    row = Attachment(
        id=pk, compound_id=compound_id, matter=matter, entry_id=entry_id, kind=piece.kind, phase=phase, digest=mark,
        internal=internal, added_at=at, added_by=by.account_id, sealed=vault.keep_sealed(compound_id, piece.original),
    )  # fmt: skip
    if piece.photo:
        row.width, row.height = piece.photo.width, piece.photo.height
        row.small = vault.keep_plain(compound_id, pk, piece.photo.small, "-s.jpg")
        row.thumb = vault.keep_plain(compound_id, pk, piece.photo.thumb, "-t.jpg")
    if piece.voice:
        row.seconds = piece.voice.seconds
        row.small = vault.keep_plain(compound_id, pk, piece.voice.data, ".m4a")
    row.save(force_insert=True)
    return row


def _cover(matter: Matter, new: list[Attachment], phase: str) -> None:
    """The first photo of how it was and the latest of how it is: thumbs whose names carry the attachment's id."""
    photos = [a.thumb for a in new if a.kind == "photo" and not a.internal]
    if not photos:
        return
    if phase == "before" and not matter.photo_before:
        matter.photo_before = photos[0]
    elif phase == "after":
        matter.photo_after = photos[-1]
    else:
        return
    matter.save(update_fields=["photo_before", "photo_after"])


@one_act()
def hide(*, by: Actor, attachment: Attachment, reason: str, at: datetime) -> Attachment:
    """Nobody is shown it any more; the original stays sealed. By the desk, or by the reporter who added
    it, with the reason. Raises Refused."""
    matter = Matter.objects.get(compound_id=attachment.compound_id, pk=attachment.matter_id)
    step = begin(
        matter, by=by, act=Act.HIDE_PHOTO, at=at, given={"reason": reason.strip()}, words=reason.strip(), internal=attachment.internal
    )  # fmt: skip
    row = Attachment.objects.select_for_update().get(compound_id=attachment.compound_id, pk=attachment.pk)
    if row.hidden_at:
        return row
    if not may_cover(row, by, parts_in(step.matter, by)):
        raise Refused(Refusal("not_yours", _("这张不是您放上来的，要遮住请打电话给前台")))
    row.hidden_at = at
    row.save(update_fields=["hidden_at"])
    _uncover(step.matter, row)
    _uncover_joined(step.matter, row)
    step.data["attachment"] = str(row.pk)
    finish(step)
    return row


def _uncover(matter: Matter, row: Attachment) -> None:
    if row.thumb not in {matter.photo_before, matter.photo_after} or not row.thumb:
        return
    left = [a for a in of_matter(matter) if a.kind == "photo" and not a.internal]
    before, after = [[a.thumb for a in left if a.phase == phase] for phase in ("before", "after")]
    if matter.photo_before == row.thumb:
        matter.photo_before = before[0] if before else ""
    if matter.photo_after == row.thumb:
        matter.photo_after = after[-1] if after else ""


def _uncover_joined(matter: Matter, row: Attachment) -> None:
    """A matter that this one was joined to may show its photo."""
    if not row.thumb:
        return
    shown = Q(photo_before=row.thumb) | Q(photo_after=row.thumb)
    others = Matter.objects.select_for_update().filter(shown, compound_id=matter.compound_id).exclude(pk=matter.pk)
    for other in others:
        _uncover(other, row)
        other.save(update_fields=["photo_before", "photo_after"])


def read(attachment: Attachment | PartPhoto, size: str) -> tuple[Path, str]:
    """Where the shown file lies and its type; `size` is "small" or "thumb". Raises Refused once it is hidden."""
    if attachment.hidden_at:
        raise Refused(Refusal("hidden", _("这张照片已经遮住，不再显示")))
    if attachment.kind == "voice":
        return vault.path(attachment.small), VOICE
    return vault.path(attachment.thumb if size == "thumb" else attachment.small), JPEG


@one_act()
def unseal_original(*, by: Actor, attachment: Attachment, reason: str, at: datetime) -> bytes:
    """What was sent, place and all: for the desk alone, with a reason that stays in the book. Raises Refused."""
    matter = Matter.objects.get(compound_id=attachment.compound_id, pk=attachment.matter_id)
    if Who.DESK not in parts_in(matter, by) or by.compound_id != matter.compound_id:
        raise Refused(Refusal("not_yours", _("这一步不归您办")))
    if not reason.strip():
        raise Refused(Refusal("missing_reason", _("请写清为什么要看原件")), field="reason")
    if not attachment.sealed:
        raise Refused(Refusal("forgotten", _("保存的年限到了，原件已经删了")))
    data = vault.open_sealed(attachment.sealed)
    record(
        by=by, act=UNSEAL, subject_kind=SUBJECT, subject_id=matter.pk, at=at, compound_id=matter.compound_id,
        words=reason.strip(), data={"attachment": str(attachment.pk)}, internal=True,
    )  # fmt: skip
    return data
