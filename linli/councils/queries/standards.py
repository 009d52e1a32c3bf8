"""The standards of the contract in force and their checks, in few statements."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.assembly.queries.selections import company_of, current_contract
from linli.plumbing.addresses import address
from linli.plumbing.moments import moment, whole

from ..models import Standard, StandardCheck
from ..rules.standards import Stage, kept_share, next_check, stage
from ..words import EVERY, STAGES

__all__ = ["company_of", "current_contract"]
CHECKS_MOST = 60


def standards(compound_id: UUID, contract_id: UUID) -> list[Standard]:
    rows = Standard.objects.filter(compound_id=compound_id, contract_id=contract_id).select_related(
        "contract__selection"
    )
    return list(rows.order_by("place"))


def stage_of(row: Standard) -> Stage:
    return stage(
        pledged=row.pledged_at is not None, published=row.published_at is not None, ended=row.ended_at is not None
    )


def checks(compound_id: UUID, rows: Sequence[Standard]) -> dict[UUID, list[StandardCheck]]:
    """Newest first; one that was put right is left out for its correction."""
    found = StandardCheck.objects.filter(compound_id=compound_id, standard__in=rows).select_related("matter")
    fixed = {check.corrects_id for check in found if check.corrects_id}
    held: dict[UUID, list[StandardCheck]] = {row.pk: [] for row in rows}
    for check in sorted(found, key=lambda one: (one.on, one.pk), reverse=True):
        if check.pk not in fixed:
            held[check.standard_id].append(check)
    return held


def due_of(row: Standard, held: Sequence[StandardCheck]) -> date | None:
    """Somebody else than the company looks by this day."""
    if row.published_at is None or row.ended_at is not None:
        return None
    last = next((check.on for check in held if not check.own), None)
    return next_check(row.every, last or timezone.localdate(row.published_at))


def month_share(held: dict[UUID, list[StandardCheck]], today: date) -> tuple[int, int]:
    first = today.replace(day=1)
    return kept_share([(check.holds, check.own) for rows in held.values() for check in rows if check.on >= first])


def line(row: Standard) -> str:
    return f"{EVERY[row.every]} · {row.measure}"


def cell(row: Standard, held: Sequence[StandardCheck], slug: str, today: date) -> dict[str, Any]:
    due, now = due_of(row, held), stage_of(row)
    pill, kind = ("", "")
    if now != Stage.PUBLISHED:
        pill, kind = STAGES[now], "near" if now != Stage.ENDED else ""
    elif due and today > due:
        pill, kind = _("该查没查"), "late"
    elif held:
        pill, kind = (_("达到"), "done") if held[0].holds else (_("没达到"), "late")
    return {
        "title": row.title, "note": line(row), "href": address("councils:standard", slug, row.pk), "pill": pill, "pill_kind": kind,
    }  # fmt: skip


def facts(row: Standard, held: Sequence[StandardCheck]) -> list[tuple[str, str]]:
    found = [(_("怎么量"), row.measure), (_("多久查一次"), EVERY[row.every])]
    if row.free:
        found.append((_("收费吗"), _("免费，帮助住户的")))
    if row.pledged_by:
        found.append((_("谁承诺的"), row.pledged_by))
    if due := due_of(row, held):
        found.append((_("下次最晚"), whole(due)))
    if row.ended_why:
        found.append((_("为什么不再执行"), row.ended_why))
    return found


def lines(held: Sequence[StandardCheck], now: datetime, *, works: bool, slug: str) -> list[dict[str, Any]]:
    return [
        {
            "on": whole(check.on),
            "holds": check.holds,
            "words": check.words,
            "who": _("%(who)s（自查）") % {"who": check.who} if check.own else check.who,
            "when": moment(check.at, now),
            "reason": check.reason,
            "matter": check.matter.label if check.matter else "",
            "matter_href": address("matters:matter", slug, check.matter.number) if check.matter and works else "",
            "solved": bool(check.matter and not check.matter.open),
            "pk": check.pk,
            "account_id": check.account_id,
        }
        for check in held[:CHECKS_MOST]
    ]


def under_council(compound_id: UUID, slug: str) -> list[dict[str, Any]]:
    """The way in, where there is a contract to hold the company to."""
    if current_contract(compound_id) is None:
        return []
    return [
        {
            "title": _("服务标准"),
            "note": _("物业公司承诺的，谁查过，达到没有"),
            "icon": "check",
            "href": address("councils:standards", slug),
        }
    ]
