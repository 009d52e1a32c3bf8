"""Who stands: the list as this reader may see it, and the page of one nominee."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.moments import moment, short

from ..models import Evidence, Formation, Nominee
from ..rules.elections.candidates import LEAVING
from ..rules.elections.nominees import Way, may_back
from ..rules.elections.prints import Print
from ..rules.elections.states import State
from ..words.elections import CHECKS, WAYS
from . import elections as queries


def people(one: Formation, by: Actor, rows: Collection[Nominee], works: bool, slug: str) -> list[dict[str, Any]]:
    """Before the list: those who agreed, for everybody; the others for who works on it, who named them, and themselves."""
    open_ = one.state == State.RECOMMENDING
    shown = [
        row for row in rows if works or (row.consented_at if open_ else row.place) or (open_ and _concerns(row, by))
    ]
    return [
        {
            "title": f"{row.place}. {row.name}" if row.place else row.name,
            "note": " · ".join(filter(None, [row.home_label, WAYS[row.way], _support(one, row), _open(row, open_)])),
            "href": address("assembly:nominee", slug, one.number, row.pk),
        }
        for row in shown
    ]


def gone(rows: Collection[Nominee]) -> list[dict[str, Any]]:
    """Who was on the list and left it: everybody reads when and why."""
    return [
        {
            "title": row.name,
            "note": f"{short(row.dropped_at)}{_('：')}{row.dropped_why}",
            "pill": _("已退出"),
        }
        for row in rows
        if row.dropped_at
    ]


def _concerns(row: Nominee, by: Actor) -> bool:
    return row.nominated_by == by.account_id or (row.person_id is not None and row.person_id == by.person_id)


def _support(one: Formation, row: Nominee) -> str:
    if row.way != "joint":
        return ""
    return _("%(n)s 户联名，要 %(least)s 户") % {"n": row.backings, "least": one.households}


def _open(row: Nominee, open_: bool) -> str:
    return _("等本人同意") if open_ and row.consented_at is None else ""


def facts(one: Formation, row: Nominee, *, works: bool) -> list[tuple[str, str]]:
    rows = [(_("哪一户"), row.home_label), (_("怎么来的"), WAYS[row.way])]
    if row.way == "joint":
        rows.append((_("联名"), _support(one, row)))
    rows.append((_("本人"), _("同意参选了") if row.consented_at else _("还没同意")))
    if works and row.phone:
        rows.append((_("电话"), masks.phone(row.phone)))
    if row.dropped_at:
        rows.append((_("已退出") if row.place else _("不在名单上"), row.dropped_why))
    elif works and row.struck_for:
        rows.append((_("有人提出除名"), f"{row.struck_for.answer}{_('。等另一位确认。')}"))
    if works and row.leaves_at and not row.dropped_at:
        rows.append((_("交了退出书"), f"{row.leaves_why}{_('。等另一位确认。')}"))
    return rows


def conditions(one: Formation, row: Nominee, *, works: bool, checks: bool) -> list[dict[str, str]]:
    """Each condition of the local rule, what was seen, and where to write it down."""
    done = queries.last_checks(one, row).get(row.pk, {})
    place = address("assembly:nominee-act", one.compound.slug, one.number, row.pk, "check")
    return [
        {
            "words": CHECKS[key],
            "state": (_("符合") if done[key].holds else _("不符合")) if key in done else _("还没核"),
            "evidence": done[key].evidence if key in done else "",
            "href": f"{place}?key={key}" if checks else "",
            "kind": ("done" if done[key].holds else "late") if key in done else "",
        }
        for key in queries.checks_wanted(one)
    ]


def evidence(one: Formation, row: Nominee, now: datetime) -> list[dict[str, str]]:
    """For who examines alone."""
    rows = Evidence.objects.filter(compound_id=row.compound_id, nominee=row).order_by("at", "pk")
    return [
        {
            "words": _("退出书") if e.key == LEAVING else CHECKS[e.key], "name": e.name, "when": moment(e.at, now),
            "href": address("assembly:nominee-evidence", one.compound.slug, one.number, row.pk, e.pk),
        }
        for e in rows
    ]  # fmt: skip


def signatures(row: Nominee, now: datetime) -> list[dict[str, str]]:
    ways = {"paper": _("纸上签的"), "screen": _("手机上签的")}
    return [
        {"home": b.home_label, "name": masks.name(b.name), "when": f"{moment(b.at, now)} · {ways[b.way]}"}
        for b in queries.backings(row)
    ]


def form_to_sign(one: Formation, row: Nominee, slug: str) -> str:
    """The joint recommendation with his name on it, while signatures are gathered."""
    if one.state != State.RECOMMENDING or row.way != Way.JOINT or row.dropped_at:
        return ""
    return f"{address('assembly:election-print', slug, one.number, Print.JOINT)}?nominee={row.pk}"


def may_sign(one: Formation, row: Nominee, by: Actor) -> bool:
    if by.role != Role.OWNER or by.home_id is None:
        return False
    done = queries.backed_by(one, by.home_id)
    no = may_back(mine=row.home_id == by.home_id, already=len(done), most=one.owner_seats)
    return row.pk not in done and no is None
