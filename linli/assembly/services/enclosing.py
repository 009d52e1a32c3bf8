"""The paper that goes with something else, an authority or a statement: each of its pages sealed as every scan is, as it may say a choice."""

from collections.abc import Sequence
from typing import BinaryIO

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing import scans, vault
from linli.plumbing.tenancy import uuid7

from ..models import Enclosed, Leaf, Proxy, Scan
from .base import Step
from .scanning import sealed

PAGES_MOST = 10


def drawn(document: BinaryIO | None) -> list[bytes]:
    """Its pages as pictures; done before anything is locked, as it takes its time. None where there is no paper. Raises Refused."""
    if document is None:
        return []
    data = document.read()
    try:
        pages = scans.pages(data)
        if pages > PAGES_MOST:
            values = {"most": PAGES_MOST, "n": pages}
            raise Refused(Refusal("too_many_pages", "最多 %(most)s 页，这份有 %(n)s 页，只扫有字的几页", values=values))
        return [scans.sheet(data, nth).picture for nth in range(pages)]
    except Refused as no:
        raise Refused(no.refusal, "photo") from no


def enclose(
    step: Step, pages: Sequence[bytes], *, leaf: Leaf | None = None, proxy: Proxy | None = None, witness: str = ""
) -> None:
    """All pages in their order. One alone may be like another's, an empty back for one; a paper that was sent before is refused."""
    found = [sealed(step, page, None) for page in pages]
    if not any(found):
        raise Refused(Refusal("same_picture", "这张图传过了"), "photo")
    for scan in dict.fromkeys(new or _held(step, page) for new, page in zip(found, pages, strict=True)):
        Enclosed(
            id=uuid7(), compound_id=step.session.compound_id, session=step.session, scan=scan, leaf=leaf, proxy=proxy, witness=witness[:40],
            at=step.at, account_id=step.by.account_id,
        ).save(force_insert=True)  # fmt: skip


def _held(step: Step, page: bytes) -> Scan:
    digest = vault.digest(step.session.compound_id, page)
    return Scan.objects.get(compound_id=step.session.compound_id, session=step.session, digest=digest)
