"""The paper that goes with something else, an authority, or co-owners' statement or objection: each of its pages sealed as every scan is, as
it may say a choice."""

from collections.abc import Sequence
from typing import BinaryIO
from uuid import UUID

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refusal, Refused, written
from linli.plumbing import scans, vault
from linli.plumbing.tenancy import uuid7

from ..models import Enclosed, Leaf, Paper, Party, Proxy, RegisterHome, Scan
from ..rules.casting import NOTICE, PAPER
from .base import Step
from .box import take_in
from .papers import fresh_number
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


def numbered(
    step: Step, pages: Sequence[bytes], *, kind: Kind, party: Party, witness: str, once: UUID, person_id: UUID | None = None
) -> Leaf:  # fmt: skip
    """A paper of co-owners that is no ballot goes into the box like one: it gets its number, its pages lie sealed, and what it says is
    entered by two at the count. `witness` checked with the one that typed who signed it."""
    if not pages:
        raise Refused(Refusal("no_photo", "纸的照片也要，计票时照着录", NOTICE), "photo")
    session = step.session
    row = RegisterHome.objects.filter(compound_id=session.compound_id, party=party).order_by("place").first()
    assert row is not None
    paper = Paper(
        id=uuid7(), compound_id=session.compound_id, session=session, party=party, number=fresh_number(session), state=kind.value,
        printed_at=step.at,
    )  # fmt: skip
    paper.save(force_insert=True)
    leaf = take_in(
        session, by=step.by, kind=kind, party=party, row=row, items=[], ballot=paper.number, opening={"home": row.label, "channel": PAPER},
        channel=PAPER, at=step.at, person_id=person_id, once=once,
    )  # fmt: skip
    enclose(step, pages, leaf=leaf, witness=written(witness, "witness", 40))
    return leaf


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
