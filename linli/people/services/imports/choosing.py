"""The file arrives; what its columns are is proposed, and confirmed or changed by a person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from linli.kernel.rosters.reading import MAX_BYTES, Sheet, Unreadable, read_sheets
from linli.people.models import RosterImport
from linli.people.rules.imports import Stage
from linli.people.words.imports import keep, said
from linli.places.models import Compound
from linli.plumbing import vault
from linli.plumbing.acts import Actor, done_before, record

from .reading import TOP_ROWS, first_plans, is_large, proposal, sheets_of
from .stages import KEEP_ORIGINAL, failed, kept_actor, locked, may_import, moved, no, no_collector, proposer


def upload(
    *, by: Actor, compound: Compound, kind: str, filename: str, data: bytes, once: UUID | None, at: datetime
) -> RosterImport:
    """Keeps the file sealed and proposes what its columns are; a large file is looked at later, see `work`."""
    may_import(by, kind)
    if kind == "owners":
        proposer(by, compound, at)
    if before := done_before(compound.pk, once):
        return RosterImport.objects.get(compound_id=compound.pk, pk=before.subject_id)
    if len(data) > MAX_BYTES:
        raise no("too_big", _("文件超过 %(most)s MB，请分成几个文件。") % {"most": MAX_BYTES // 1_000_000}, "file")
    filename = PurePath(filename.replace("\\", "/")).name[-200:]
    large = is_large(data)
    sheets = [] if large else _read(data, filename)
    return _keep(by, compound, kind, filename, data, sheets, once, at)


def _read(data: bytes, filename: str) -> list[Sheet]:
    try:
        return read_sheets(data, filename)
    except Unreadable as unreadable:
        raise no("unreadable", said(keep(unreadable.sentence)), "file") from None


@transaction.atomic
def _keep(
    by: Actor, compound: Compound, kind: str, filename: str, data: bytes, sheets: Sequence[Sheet], once: UUID | None,
    at: datetime,
) -> RosterImport:  # fmt: skip
    roster = RosterImport(
        compound=compound, kind=kind, state=Stage.READING, filename=filename, digest=vault.digest(compound.pk, data),
        stored=vault.keep_sealed(compound.pk, data), uploaded_at=at, original_until=at + KEEP_ORIGINAL, uploaded_by=by.account_id,
        summary={"actor": kept_actor(by), "by": by.label},
    )  # fmt: skip
    if sheets:
        propose(roster, sheets)
    roster.save(force_insert=True)
    record(
        by=by, act="upload_roster", subject_kind="roster", subject_id=roster.pk, at=at, data={"kind": kind}, once=once
    )
    return roster


def propose(roster: RosterImport, sheets: Sequence[Sheet]) -> None:
    """Columns that a person has chosen on other sheets stay as chosen."""
    headers, again = roster.mapping.get("headers", {}), roster.mapping.get("again")
    found = proposal(sheets, first_plans(sheets, roster.kind, headers), roster.kind)
    if again is not None:
        found = [
            new if i == again else old for i, (new, old) in enumerate(zip(found, roster.mapping["sheets"], strict=True))
        ]
        found[again]["read"] = bool(found[again]["columns"])
    roster.mapping = {"sheets": found, "headers": headers}
    roster.total = sum(s["rows"] for s in roster.mapping["sheets"] if s["read"])
    roster.state = Stage.UPLOADED


def look(*, roster: RosterImport, at: datetime) -> None:
    """The first look at a large file."""
    try:
        with no_collector():
            propose(roster, sheets_of(roster.stored, roster.filename))
    except Unreadable as unreadable:
        moved(roster, Stage.FAILED)
        failed(roster, unreadable.sentence)
        return
    moved(roster, Stage.UPLOADED)


@transaction.atomic
def choose_header(*, by: Actor, roster: RosterImport, sheet: int, row: int, span: int, at: datetime) -> RosterImport:
    """Where the header of a sheet is, from 0, and whether it takes two rows. The columns are proposed anew."""
    may_import(by, roster.kind)
    roster = locked(roster.pk, roster.compound_id)
    if roster.state not in (Stage.UPLOADED, Stage.CHECKED):
        raise no("not_now", _("这份表已经往下走了，请看最新的一页"))
    sheets = roster.mapping["sheets"]
    if not 0 <= sheet < len(sheets) or sheets[sheet]["hidden"]:
        raise no("no_sheet", _("没有这张工作表"))
    if span not in (1, 2) or not 0 <= row < min(sheets[sheet].get("lines", 0), TOP_ROWS) - (span - 1):
        raise no("no_row", _("选一行当表头"), "row")
    headers = {**roster.mapping.get("headers", {}), str(sheet): [row, span]}
    moved(roster, Stage.READING, by=by, at=at, mapping={"sheets": sheets, "headers": headers, "again": sheet})
    return roster


@transaction.atomic
def choose_columns(
    *, by: Actor, roster: RosterImport, fields: Mapping[tuple[int, int], str], sheets: Sequence[int],
    keep: Sequence[tuple[int, int]], reason: str, sure: bool, at: datetime,
) -> RosterImport:  # fmt: skip
    """What each (sheet, column) is, which sheets are read, which sensitive columns are kept and why. Starts the check."""
    may_import(by, roster.kind)
    roster = locked(roster.pk, roster.compound_id)
    if roster.state not in (Stage.UPLOADED, Stage.CHECKED):
        raise no("not_now", _("这份表已经往下走了，请看最新的一页"))
    chosen = [_chosen(i, s, fields, sheets, keep) for i, s in enumerate(roster.mapping["sheets"])]
    read = [s for s in chosen if s["read"]]
    if not read:
        raise no("nothing_read", _("至少选一张工作表"), "sheets")
    if any(s["looks_like"] for s in read) and not sure:
        raise no(
            "looks_like",
            _("这张表像%(book)s。确实要当名册导入，请在下面打勾") % {"book": read[0]["looks_like"]},
            "sure",
        )
    for sheet in read:
        _check_columns(sheet)
    if any(s.get("keep") for s in read) and len(reason.strip()) < 4:
        raise no("why_sensitive", _("要存敏感的栏目，请写明用在哪里"), "reason")
    moved(
        roster, Stage.CHECKING, by=by, at=at, mapping={**roster.mapping, "sheets": chosen}, reason=reason.strip()[:200], progress=0,
        total=sum(s["rows"] for s in read),
    )  # fmt: skip
    return roster


def _chosen(
    index: int, sheet: Mapping[str, Any], fields: Mapping[tuple[int, int], str], sheets: Sequence[int],
    keep: Sequence[tuple[int, int]],
) -> dict[str, Any]:  # fmt: skip
    columns = []
    for column, letter, header, field, state, examples in sheet["columns"]:
        columns.append([column, letter, header, fields.get((index, column), field), state, examples])
    kept = [c[2] for c in columns if c[4] == "sensitive" and (index, c[0]) in keep]
    return {**sheet, "columns": columns, "keep": kept, "read": bool(sheet["columns"]) and index in sheets}


def _check_columns(sheet: Mapping[str, Any]) -> None:
    said = Counter(c[3] for c in sheet["columns"] if c[3] not in ("", "-", "serial"))
    for field, times in said.items():
        if times > 1:
            headers = "、".join(c[2] for c in sheet["columns"] if c[3] == field)
            raise no(
                "twice",
                _("“%(sheet)s”里 %(headers)s 选成了同一项，只留一列") % {"sheet": sheet["name"], "headers": headers},
                "columns",
            )
