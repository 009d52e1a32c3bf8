"""One batch case: its papers and path, the homes in it, what became of each, visits and milestones; which cases there are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.models import Binding, Ownership
from linli.places.models import Compound
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment, whole
from linli.plumbing.numbers import uuid_in

from ...models import Batch, BatchHome, BatchImport, BatchMilestone, BatchMove, BatchVisit
from ...rules.batches import HomeState, Paper, Stage
from ..tenure import SHOWS_HOME, homes_still_of


def papers_of(batch: Batch) -> list[Paper]:
    return [Paper(p["key"], p["label"], p["giver"], p["where"], tuple(p.get("also", ()))) for p in batch.papers]


def stages_of(batch: Batch) -> list[Stage]:
    return [Stage(**row) for row in batch.path]


def homes_in(batch: Batch) -> QuerySet[BatchHome]:
    """Those that are in the case now; one that was taken out again keeps its row and its history."""
    return BatchHome.objects.filter(compound_id=batch.compound_id, batch=batch, left_at=None)


def lacks_keys(text: str) -> list[str]:
    return [key for key in text.split("|") if key]


def missing_rows(batch: Batch, *papers: str) -> list[BatchHome]:
    """Homes on their way that miss one of these papers, or more."""
    lacking = Q()
    for paper in papers:
        lacking |= Q(lacks__contains=f"|{paper}|")
    return list(homes_in(batch).filter(lacking).exclude(state=HomeState.CERTIFIED).order_by("sort"))


def homes_of_resident(batch: Batch, account_id: UUID, home_id: UUID | None) -> list[BatchHome]:
    homes = homes_still_of(batch.compound_id, account_id)
    rows = homes_in(batch).select_related("home").filter(home_id__in=homes)
    return sorted(rows, key=lambda row: (row.home_id != home_id, row.sort))


# ── one home, its history; visits and milestones ────────────────────────────────────────────────────────────────────


def moves(
    row: BatchHome, now: datetime, steps: Mapping[Any, str], states: Mapping[Any, str], *, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Newest first, in sentences."""
    found = BatchMove.objects.filter(compound_id=row.compound_id, row=row).order_by("-id")[:100]
    lines = []
    for move in found:
        words = steps.get(move.step, "")
        if move.state_from != move.state_to:
            words = (
                _("%(step)s：%(state)s") % {"step": words, "state": states[move.state_to]}
                if words
                else str(states[move.state_to])
            )
        missing = _("、").join(names.get(key, key) for key in lacks_keys(move.lacks))
        if missing and move.state_to == HomeState.MISSING:
            words = _("%(words)s，还缺%(missing)s") % {"words": words, "missing": missing}
        if move.words:
            words = _("%(words)s（%(why)s）") % {"words": words, "why": move.words}
        lines.append({"text": words, "when": moment(move.at, now)})
    return lines


def owners_masked(row: BatchHome) -> str:
    found = Ownership.objects.filter(compound_id=row.compound_id, home_id=row.home_id, to_day=None).order_by("id")
    return _("、").join(masks.name(name) for name in found.values_list("person__name", flat=True))


def visits(batch: Batch, after: str = "", limit: int = 30) -> tuple[list[BatchVisit], str]:
    rows = BatchVisit.objects.filter(compound_id=batch.compound_id, batch=batch)
    last = rows.filter(pk=after).first() if uuid_in(after) else None
    if last:
        rows = rows.filter(Q(day__lt=last.day) | Q(day=last.day, pk__lt=last.pk))
    found = list(rows.order_by("-day", "-id")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else ""


def milestones(batch: Batch) -> list[BatchMilestone]:
    return list(BatchMilestone.objects.filter(compound_id=batch.compound_id, batch=batch).order_by("position", "id"))


def milestone_steps(batch: Batch) -> list[dict[str, str]]:
    """For the steps component: reached ones done, the first that is not is now."""
    rows, now_set = [], False
    for m in milestones(batch):
        state = "done" if m.reached_on else "todo" if now_set else "now"
        now_set = now_set or state == "now"
        dates = (
            whole(m.reached_on)
            if m.reached_on
            else _("打算 %(day)s") % {"day": whole(m.planned_on)}
            if m.planned_on
            else ""
        )
        rows.append({"pk": str(m.pk), "title": m.title, "dates": dates, "state": state})
    return rows


def path_steps(batch: Batch) -> list[dict[str, str]]:
    return [
        {"title": _("%(agency)s：%(what)s") % {"agency": s.agency, "what": s.what}, "note": _("要：%(document)s") % {"document": s.document} if s.document else "", "state": "todo"}
        for s in stages_of(batch)
    ]  # fmt: skip


def imports(batch: Batch, limit: int = 20) -> list[BatchImport]:
    rows = BatchImport.objects.filter(compound_id=batch.compound_id, batch=batch).defer("rows")
    return list(rows.order_by("-uploaded_at", "-id")[:limit])


def all_batches(compound: Compound) -> list[Batch]:
    return list(
        Batch.objects.filter(compound_id=compound.pk).order_by(F("closed_at").asc(nulls_first=True), "-number")[:100]
    )


def mine_open(compound_id: UUID, account_id: UUID) -> list[tuple[int, str, int]]:
    """(number, title, papers that the account's homes still have to bring) of the running cases they are in, the last first;
    one query where there is none."""
    bound = Binding.objects.filter(
        compound_id=compound_id, account_id=account_id, state="confirmed", relation__in=SHOWS_HOME
    )
    rows = BatchHome.objects.filter(
        compound_id=compound_id, batch__compound_id=compound_id, batch__closed_at=None, left_at=None,
        home_id__in=bound.values("home_id"),
    ).select_related("batch").order_by("-batch__number")  # fmt: skip
    found: dict[int, tuple[int, str, int]] = {}
    theirs = homes_still_of(compound_id, account_id) if rows else set()
    for row in rows:
        if row.home_id in theirs:
            number, title, wanted = found.get(row.batch.number, (row.batch.number, row.batch.title, 0))
            found[number] = (number, title, wanted + _wanted(row))
    return list(found.values())


def _wanted(row: BatchHome) -> int:
    if row.state == HomeState.CERTIFIED:
        return 0
    return sum(p.giver == "owner" for p in papers_of(row.batch) if p.key in lacks_keys(row.lacks))


def open_batches(compound_id: UUID) -> list[Batch]:
    return list(Batch.objects.filter(compound_id=compound_id, closed_at=None).order_by("-number")[:5])


def entries(batch: Batch, limit: int = 30) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(compound_id=batch.compound_id, subject_id=batch.pk)
    return list(rows.order_by("-id")[:limit])
