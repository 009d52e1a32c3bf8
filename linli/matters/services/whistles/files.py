"""Photos and papers that an agency brings with its answer: checked, the original sealed, shown through guarded pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing import images, vault
from linli.plumbing.tenancy import uuid7

from ...models import Ask, Whistle, WhistleFile

FILES_MOST = 9
PAPER_BYTES = 10 * 1024 * 1024
PAPERS = {"pdf": (b"%PDF-", "application/pdf")}
FIELD = "papers"


@dataclass(frozen=True, slots=True)
class Ready:
    name: str
    original: bytes
    photo: images.Photo | None = None


def ready(files: Iterable[UploadedFile]) -> list[Ready]:
    """The slow part, before a transaction opens: photos made small, papers looked at. Raises Refused."""
    found = []
    for n, file in enumerate(files, 1):
        if n > FILES_MOST:
            raise Refused(Refusal("too_many", _("一次最多 %(most)s 个文件") % {"most": FILES_MOST}), field=FIELD)
        try:
            found.append(_ready(file))
        except Refused as no:
            told = _("%(where)s：%(why)s") % {"where": _("第 %(n)s 个") % {"n": n}, "why": no}
            raise Refused(Refusal("bad_files", told), field=FIELD) from no
    return found


def _ready(file: UploadedFile) -> Ready:
    name = (file.name or "").replace("\\", "/").rpartition("/")[2][-120:]
    if name.lower().endswith(".pdf"):
        if (file.size or 0) > PAPER_BYTES:
            raise Refused(Refusal("too_big", _("文件最大 10 MB")))
        data = file.read()
        if not data.startswith(PAPERS["pdf"][0]):
            raise Refused(Refusal("no_pdf", _("这不是 PDF 文件")))
        return Ready(name, data)
    if no := images.size_refusal(file.size or 0, _("照片")):
        raise Refused(no)
    data = file.read()
    return Ready(name, data, images.photo(data))


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
