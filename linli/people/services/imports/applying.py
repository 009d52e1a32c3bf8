"""Said yes to, by one or by two, and written as one act."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people.models import RosterChunk, RosterImport
from linli.people.queries import chunks
from linli.people.rules.imports import TAKEN, Became, Stage
from linli.people.words.imports import keep
from linli.plumbing import progress
from linli.plumbing.acts import Actor, record

from .checking import comparer_of
from .compare import Comparer, stale
from .stages import TWO_PEOPLE, actor_of, locked, may_import, moved, no, no_collector, proposer
from .writing import size, write


@transaction.atomic
def confirm(*, by: Actor, roster: RosterImport, at: datetime) -> RosterImport:
    """Homes are applied; an owners' register is proposed, and waits for a second person. Twice is once."""
    may_import(by, roster.kind)
    roster = locked(roster.pk, roster.compound_id)
    if roster.state == Stage.PROPOSED and roster.kind in TWO_PEOPLE:
        return _confirm_second(by, roster, at)
    if roster.state != Stage.CHECKED:
        if roster.state in (Stage.APPLYING, Stage.APPLIED):
            return roster
        raise no("not_now", _("这份表已经往下走了，请看最新的一页"))
    if not any(roster.summary["counts"].get(b) for b in TAKEN):
        raise no("nothing_to_take", _("没有要收进名册的行"))
    if roster.kind in TWO_PEOPLE:
        proposer(by, roster.compound, at)
        moved(roster, Stage.PROPOSED, by=by, at=at, confirmed_by=by.account_id)
        record(by=by, act="propose_roster", subject_kind="roster", subject_id=roster.pk, at=at, data=_told(roster))
    else:
        moved(roster, Stage.APPLYING, by=by, at=at, confirmed_by=by.account_id)
    return roster


def _confirm_second(by: Actor, roster: RosterImport, at: datetime) -> RosterImport:
    if by.account_id in (None, roster.confirmed_by):
        raise no("same_person", _("业主名册要另一个有这个权限的人来确认，提出的人不能自己确认"))
    moved(roster, Stage.APPLYING, by=by, at=at, second_by=by.account_id)
    return roster


def _told(roster: RosterImport) -> dict[str, Any]:
    return {"kind": roster.kind, "counts": roster.summary.get("counts", {})}


@transaction.atomic
def apply(*, roster: RosterImport, at: datetime) -> None:
    """Judges every row again and writes what still holds, in one transaction; what no longer holds joins the refused."""
    by = actor_of(roster)
    with no_collector():
        roster = locked(roster.pk, roster.compound_id)
        if roster.state != Stage.APPLYING:
            return
        comparer = comparer_of(roster)
        if comparer.register.has_owners:
            for _, run in chunks.each(roster.compound_id, roster.pk):
                comparer.hear(run)
        told: Counter[str] = Counter()
        taken: Counter[str] = Counter()
        judged = 0
        for position, run in chunks.each(roster.compound_id, roster.pk):
            counts, changed = _take(run, comparer, taken)
            told.update(counts)
            if changed:
                _chunk(roster, position).update(counts=counts, rows=chunks.pack(run))
            judged += len(run)
            progress.tell(roster.compound_id, roster.pk, "judged", judged, roster.total)
        entries = size(comparer)
        journal = write(comparer, roster.compound_id, timezone.localdate(at), _writing(roster, entries))
        _keep_journal(roster, journal, entries)
    made = {
        "buildings": len(comparer.new_buildings), "homes": len(comparer.new_homes), "people": len(comparer.new_people),
        "ownerships": len(comparer.ownerships), "residencies": len(comparer.residencies),
    }  # fmt: skip
    summary = {**roster.summary, "counts": dict(told), "taken": dict(taken), "made": made}
    moved(roster, Stage.APPLIED, at=at, summary=summary, applied_at=at)
    record(
        by=by, act="apply_roster", subject_kind="roster", subject_id=roster.pk, at=at,
        data={**_told(roster), "taken": dict(taken), "made": made},
    )  # fmt: skip


def _writing(roster: RosterImport, entries: int) -> Callable[[int], None]:
    return lambda done: progress.tell(roster.compound_id, roster.pk, "written", done, entries)


def _take(run: list[chunks.Rec], comparer: Comparer, taken: Counter[str]) -> tuple[dict[str, int], bool]:
    counts: Counter[str] = Counter()
    changed = False
    for rec in run:
        if rec["st"] in TAKEN or rec["st"] == Became.SAME:
            verdict = comparer.judge(rec)
            if reasons := verdict.errors or stale(rec, verdict):
                rec |= {"st": Became.CONFLICT, "e": list(map(keep, reasons))}
                changed = True
            else:
                comparer.take(verdict)
                taken[verdict.became] += 1
        counts[rec["st"]] += 1
        if rec.get("w"):
            counts["warned"] += 1
    return dict(counts), changed


def _chunk(roster: RosterImport, position: int) -> Any:
    return RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster, position=position)


def _keep_journal(roster: RosterImport, journal: Iterator[list[Any]], entries: int) -> None:
    positions = list(
        RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster)
        .order_by("position")
        .values_list("position", flat=True)
    )
    share = -(-entries // len(positions)) or 1
    for position in positions:
        if part := list(islice(journal, share)):
            _chunk(roster, position).update(changes=chunks.pack(part))
