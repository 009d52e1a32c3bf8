"""Returned papers as pictures: each sheet of a batch is told by its code, drawn anew, and sealed to the key that nobody holds before
the count. The box takes in what comes back with it; one sheet that cannot be taken stops no other."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from linli.kernel import shares
from linli.kernel.refusal import Refusal, Refused, ask
from linli.plumbing import scans, vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7
from linli.plumbing.uploads import Waiting, open_waiting

from ..models import Paper, Scan, ScanBatch, ScanName, ScanSheet, Session
from ..queries import scanning as queries
from ..queries.casting import window
from ..rules.casting import refuse_time
from ..rules.returning import (
    AGAIN,
    FILED,
    MOST_SHEETS,
    NO_SUCH,
    NOT_BACK,
    REFUSED,
    UNREAD,
    VOID,
    refuse_paper,
    sheet_number,
)
from ..rules.sessions import Act, State
from .base import Step, begin, finish, key_of
from .count import scan_about
from .returning import come_back, paper_of


def start(*, by: Actor, session: Session, files: Sequence[Waiting], key: bytes, at: datetime, once: UUID) -> ScanBatch:
    """Nothing is read yet: `read_next` goes sheet by sheet. The same press twice is one batch; other files from the same form are
    another. Raises Refused."""
    once = key_of(once, session, by, *((file.name, file.size) for file in files))
    counts = [_pages(by, file, key) for file in files]
    waiting, sheets = [[f.mark, f.name or "", n] for f, n in zip(files, counts, strict=True)], sum(counts)
    try:
        with transaction.atomic():
            step = begin(session, by=by, act=Act.SCAN, at=at, once=once)
            if step.done_before:
                _forget(by, files)
                return ScanBatch.objects.get(compound_id=session.compound_id, session=session, once=once)
            if sheets > MOST_SHEETS:
                ask(Refusal("too_many_sheets", "一次最多 %(n)s 张，请分几次传", values={"n": MOST_SHEETS}), "sheets")
            assert by.account_id
            made = ScanBatch(
                id=uuid7(), compound_id=session.compound_id, session=step.session, once=once, sheets=sheets, waiting=waiting,
                at=at, account_id=by.account_id,
            )  # fmt: skip
            made.save(force_insert=True)
            finish(step, data={"sheets": sheets}, internal=True)
            return made
    except Refused:
        _forget(by, files)
        raise


def _forget(by: Actor, files: Sequence[Waiting]) -> None:
    assert by.account_id
    vault.forget_waiting(by.account_id, [file.mark for file in files if file.mark])


def _pages(by: Actor, file: Waiting, key: bytes) -> int:
    """What cannot be opened is one sheet that will be refused."""
    if not file.mark or not scans.is_pdf(file.head):
        return 1
    assert by.account_id
    try:
        return max(1, scans.pages(open_waiting(by.account_id, file.mark, key) or b""))
    except Refused:
        return 1


class Read(NamedTuple):
    """One sheet looked at: its picture, and the number on it or why there is none."""

    picture: bytes = b""
    number: str = ""
    reason: str = ""


Held = dict[str, bytes | None]


def read_next(*, by: Actor, batch: ScanBatch, key: bytes, page: str, at: datetime, held: Held | None = None) -> bool:
    """The next sheet; False when none is left. Its picture is in memory alone until it is sealed. `page`: where a ballot's code leads;
    `held`: the file that was open last, for whoever reads on. Raises Refused where the session has gone on and takes no more."""
    place = queries.done(batch)
    if place >= batch.sheets:
        return False
    mark, name, nth, last = _source(batch, place)
    assert by.account_id
    read = _looked_at(_opened(by.account_id, mark, key, {} if held is None else held), nth, page)
    try:
        with transaction.atomic():
            step = begin(batch.session, by=by, act=Act.SCAN, at=at, once=None)
            made = _kept(step, batch, place, name, read)
            finish(step, data={"sheet": place + 1, "became": made.became, "ballot": made.number}, internal=True)
    except IntegrityError:  # the same sheet read twice at the same moment
        if not ScanSheet.objects.filter(compound_id=batch.compound_id, batch=batch, place=place).exists():
            raise
    if last:
        vault.forget_waiting(by.account_id, [mark])
    return True


def _opened(account: UUID, mark: str, key: bytes, held: Held) -> bytes | None:
    if mark not in held:
        held.clear()
        held[mark] = open_waiting(account, mark, key) if mark else b""
    return held[mark]


def _source(batch: ScanBatch, place: int) -> tuple[str, str, int, bool]:
    """(mark, name, page of the file, whether it is the file's last) of a sheet."""
    before = 0
    for mark, name, pages in batch.waiting:
        if place < before + pages:
            nth = place - before
            return mark, f"{name} #{nth + 1}" if pages > 1 else name, nth, nth + 1 == pages
        before += pages
    raise IndexError(place)


def _looked_at(data: bytes | None, nth: int, page: str) -> Read:
    if data is None:
        return Read(reason="gone")
    if not data:
        return Read(reason="too_big")
    try:
        sheet = scans.sheet(data, nth)
    except Refused as no:
        return Read(reason=no.refusal.key)
    number, why = sheet_number(sheet.codes, page)
    return Read(sheet.picture, number, why)


def _kept(step: Step, batch: ScanBatch, place: int, name: str, read: Read) -> ScanSheet:
    row = ScanSheet(
        id=uuid7(), compound_id=batch.compound_id, batch=batch, place=place, name=name[:120], became=REFUSED, reason=read.reason,
        number=read.number, at=step.at,
    )  # fmt: skip
    if read.reason == "unread":
        row.became, row.reason, row.scan = UNREAD, "", sealed(step, read.picture, None)
        if row.scan is None:
            row.became, row.reason = REFUSED, "same_picture"
    elif not read.reason:
        _file(step, row, read)
    row.save(force_insert=True)
    return row


def _file(step: Step, row: ScanSheet, read: Read) -> None:
    try:
        paper, row.received = _paper(step, read.number)
    except Refused as no:
        row.reason = no.refusal.key
        return
    before = queries.has_scan(paper)
    row.scan = sealed(step, read.picture, paper)
    row.became, row.reason = (AGAIN if before else FILED, "") if row.scan else (REFUSED, "same_picture")


def _paper(step: Step, number: str) -> tuple[Paper, bool]:
    """The paper, and whether it came in with this sheet. Raises Refused."""
    paper = paper_of(step.session, number)
    if paper is None:
        raise Refused(NO_SUCH)
    if paper.state == "returned":
        return paper, False
    ask(refuse_paper(paper.state))
    if step.session.state != State.OPEN:
        raise Refused(NOT_BACK)
    ask(refuse_time(window(step.session), step.at))
    come_back(step, paper)
    return paper, True


def sealed(step: Step, picture: bytes, paper: Paper | None) -> Scan | None:
    """None for the very same picture. It is sealed before it is written, and nobody has the key."""
    session = step.session
    digest = vault.digest(session.compound_id, picture)
    if Scan.objects.filter(compound_id=session.compound_id, session=session, digest=digest).exists():
        return None
    scan = Scan(id=uuid7(), compound_id=session.compound_id, session=session, paper=paper, digest=digest, at=step.at, account_id=step.by.account_id)  # fmt: skip
    shut = shares.seal(picture, session.seal_key, scan_about(session, digest))
    scan.file = vault.keep_plain(session.compound_id, scan.pk, shut, ".scan")
    scan.save(force_insert=True)
    return scan


def name_scan(*, by: Actor, session: Session, scan: Scan, number: str, at: datetime, once: UUID | None = None) -> ScanName | None:  # fmt: skip
    """By hand, from the paper that lies on the table. None where it was named before by the same press. Raises Refused."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.NAME_SCAN, at=at, once=once)
        if step.done_before:
            return None
        if scan.paper_id or ScanName.objects.filter(compound_id=session.compound_id, scan=scan).exists():
            ask(Refusal("named", "这一张已经写过编号了"), "number")
        try:
            paper = paper_of(step.session, number)
            if paper is None or paper.state == "void":
                raise Refused(NO_SUCH if paper is None else VOID)
            if paper.state != "returned":
                paper, _ = _paper(step, number)
        except Refused as no:
            raise Refused(no.refusal, "number") from no
        made = ScanName(id=uuid7(), compound_id=session.compound_id, scan=scan, paper=paper, at=at, account_id=by.account_id)  # fmt: skip
        made.save(force_insert=True)
        finish(step, data={"ballot": paper.number}, internal=True)
        return made
