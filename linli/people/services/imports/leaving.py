"""Taken back whole, or not wanted at all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from linli.people.models import RosterChunk, RosterImport
from linli.people.queries import chunks
from linli.people.rules.imports import WORKING, Stage
from linli.people.words.imports import keep
from linli.plumbing import vault
from linli.plumbing.acts import CLOCK, Actor, record

from .stages import KEEP_ORIGINAL, TWO_PEOPLE, actor_of, locked, may_import, moved, no, no_collector
from .undoing import Undoing

KEPT_MOST = 500


@transaction.atomic
def undo(*, by: Actor, roster: RosterImport, reason: str, at: datetime) -> RosterImport:
    """Homes are undone at once; an owners' register when a second person agrees, for that changes the register too."""
    may_import(by, roster.kind)
    roster = locked(roster.pk, roster.compound_id)
    if roster.state == Stage.UNDO_ASKED:
        if by.account_id is None or str(by.account_id) == roster.summary.get("undo_by"):
            raise no("same_person", _("撤回业主名册要另一个有这个权限的人来确认，提出的人不能自己确认"))
        moved(roster, Stage.UNDOING, by=by)
        return roster
    if roster.state != Stage.APPLIED:
        if roster.state in (Stage.UNDOING, Stage.UNDONE):
            return roster
        raise no("not_now", _("这份表还没有收进名册，没有可撤回的"))
    if len(reason.strip()) < 2:
        raise no("why_undo", _("写一句为什么撤回"), "reason")
    summary = {**roster.summary, "undo_by": str(by.account_id), "undo_reason": reason.strip()[:200]}
    roster.summary = summary
    moved(roster, Stage.UNDO_ASKED if roster.kind in TWO_PEOPLE else Stage.UNDOING, by=by)
    if roster.state == Stage.UNDO_ASKED:
        record(
            by=by,
            act="ask_undo_roster",
            subject_kind="roster",
            subject_id=roster.pk,
            at=at,
            words=summary["undo_reason"],
        )
    return roster


@transaction.atomic
def keep_applied(*, by: Actor, roster: RosterImport, at: datetime) -> RosterImport:
    """The second person, or the one who asked, does not want it undone."""
    may_import(by, roster.kind)
    roster = locked(roster.pk, roster.compound_id)
    if roster.state == Stage.UNDO_ASKED:
        moved(roster, Stage.APPLIED)
        record(by=by, act="keep_roster", subject_kind="roster", subject_id=roster.pk, at=at)
    return roster


@transaction.atomic
def run_undo(*, roster: RosterImport, at: datetime) -> None:
    by = actor_of(roster)
    with no_collector():
        roster = locked(roster.pk, roster.compound_id)
        if roster.state != Stage.UNDOING:
            return
        parts = RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster).order_by("position")
        journal = [entry for part in parts.values_list("changes", flat=True) for entry in chunks.unpack(part)]
        undoing = Undoing(roster.compound_id, journal)
        kept = undoing.run()
    summary = {
        **roster.summary,
        "kept": list(map(keep, kept[:KEPT_MOST])),
        "kept_count": len(kept),
        "undone": undoing.undone,
    }
    moved(roster, Stage.UNDONE, summary=summary, undone_at=at)
    record(
        by=by, act="undo_roster", subject_kind="roster", subject_id=roster.pk, at=at,
        words=roster.summary.get("undo_reason", ""), data={"undone": undoing.undone, "kept": len(kept)},
    )  # fmt: skip


@transaction.atomic
def drop(*, by: Actor, roster: RosterImport, at: datetime) -> RosterImport:
    """Not wanted, by whoever may import; what was read of it goes, with the file."""
    may_import(by, roster.kind)
    roster = locked(roster.pk, roster.compound_id)
    if roster.state == Stage.DROPPED:
        return roster
    if roster.state not in (Stage.READING, Stage.UPLOADED, Stage.CHECKED, Stage.PROPOSED, Stage.FAILED):
        raise no("not_now", _("这份表已经收进名册了，要撤回整份"))
    RosterChunk.objects.filter(compound_id=roster.compound_id, roster=roster).delete()
    moved(roster, Stage.DROPPED, at=at)
    record(by=by, act="drop_roster", subject_kind="roster", subject_id=roster.pk, at=at)
    return roster


@transaction.atomic
def forget_original(*, roster_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """The file goes, for what it held is in the register or was not wanted; an import that nobody went on with goes too."""
    roster = locked(roster_id, compound_id)
    due = roster.original_until or roster.uploaded_at + KEEP_ORIGINAL
    if not roster.stored or roster.state in WORKING or due > at:
        return False
    same = RosterImport.objects.filter(compound_id=compound_id, stored=roster.stored).exclude(pk=roster.pk)
    if not same.exists():
        vault.forget_sealed(roster.stored)
    abandoned = roster.state in (Stage.UPLOADED, Stage.CHECKED)
    if abandoned:
        RosterChunk.objects.filter(compound_id=compound_id, roster=roster).delete()
        moved(roster, Stage.DROPPED)
    roster.stored = ""
    roster.save(update_fields=["stored"])
    record(
        by=CLOCK, act="forget_original", subject_kind="roster", subject_id=roster.pk, at=at, compound_id=compound_id,
        data={"abandoned": abandoned},
    )  # fmt: skip
    return True
