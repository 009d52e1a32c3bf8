"""Papers and photos of papers: looked at before a transaction opens; those of a matter kept sealed, shown through guarded pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing import images, vault
from linli.plumbing.tenancy import uuid7

from ..models import Matter, MatterPaper

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


def fits(file: UploadedFile) -> bool:
    """Whether it is worth keeping while the rest of a form is put right."""
    try:
        _ready(file)
    except Refused:
        return False
    finally:
        file.seek(0)
    return True


def _ready(file: UploadedFile) -> Ready:
    name = (file.name or "").replace("\\", "/").rpartition("/")[2][-120:]
    head = file.read(5)
    file.seek(0)
    if name.lower().endswith(".pdf") or head == PAPERS["pdf"][0]:
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


def keep_of(matter: Matter, piece: Ready, at: datetime) -> MatterPaper:
    """In the caller's transaction. The same file twice is kept once."""
    where = matter.compound_id
    mark = vault.digest(where, piece.original)
    old = MatterPaper.objects.filter(compound_id=where, matter=matter, digest=mark).first()
    if old:
        return old
    pk = uuid7()
    row = MatterPaper(
        id=pk, compound_id=where, matter=matter, kind="photo" if piece.photo else "paper", name=piece.name, digest=mark, added_at=at,
        sealed=vault.keep_sealed(where, piece.original),
    )  # fmt: skip
    if piece.photo:
        row.small = vault.keep_plain(where, pk, piece.photo.small, "-s.jpg")
        row.thumb = vault.keep_plain(where, pk, piece.photo.thumb, "-t.jpg")
    row.save(force_insert=True)
    return row


def read(row: MatterPaper, size: str) -> tuple[bytes, str]:
    """What is shown and its type."""
    if row.kind == "paper":
        return vault.open_sealed(row.sealed), PAPERS["pdf"][1]
    return vault.path(row.thumb if size == "thumb" else row.small).read_bytes(), "image/jpeg"
