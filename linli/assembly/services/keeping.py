"""A paper that comes with an act: PDF or picture, looked at and kept sealed."""

from typing import BinaryIO
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing import vault

PAPER_BYTES = 20 * 1024 * 1024
PAPER_KINDS = {b"%PDF": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}


def kept(compound_id: UUID, file: BinaryIO) -> dict[str, str]:
    """`kind`, `digest` and `sealed`, as the tables of papers have them. Raises Refused."""
    data = file.read(PAPER_BYTES + 1)
    kind = next((kind for head, kind in PAPER_KINDS.items() if data.startswith(head)), "")
    if not kind:
        raise Refused(Refusal("paper_kind", "只收 PDF 和图片"), "file")
    if len(data) > PAPER_BYTES:
        raise Refused(Refusal("paper_size", "文件不超过 20 MB"), "file")
    return {
        "kind": kind,
        "digest": vault.digest(compound_id, data),
        "sealed": vault.keep_sealed(compound_id, data),
    }
