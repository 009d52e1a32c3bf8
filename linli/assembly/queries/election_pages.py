"""What the page of a formation shows, made ready: its figures, the ranking, who sits, what was objected."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.strokes import is_ordered
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.people.words import ROLES
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.moments import moment, whole

from ..models import Formation, Nominee, Seat, TickResult
from ..papers.common import short
from ..rules.elections.nominees import little_choice
from ..rules.elections.prints import WORKBOOKS, Print, may_print
from ..rules.elections.states import IN_OFFICE, Act, Kind, State, Who, allowed
from ..words.elections import CAPACITIES, FORMS, PRINTS, STATES
from . import elections as queries
from . import offices
from .election_steps import Turn, committee_steps, steps
from .nominee_pages import gone, people
from .office_pages import held
from .renewals import lapsed


def cell(formation: Formation, slug: str) -> dict[str, Any]:
    return {
        "title": formation.title,
        "note": STATES[formation.state],
        "href": numbered("assembly:election", slug, formation.number),
    }


def page(one: Formation, by: Actor, parts: frozenset[Who], now: datetime) -> dict[str, Any]:
    can = allowed(one.kind, State(one.state), parts, late=queries.late(one, now))
    works = bool(parts & {Who.WORKER, Who.LEADER, Who.SUBDISTRICT})
    slug = one.compound.slug
    result = queries.last_result(one) if one.counted_at else None
    rows = queries.nominees(one)
    listed = [row for row in rows if row.place]
    tied = offices.tied(one, result) if result else []
    seats = offices.seats(one) if one.counted_at else []
    seats = seats or (offices.seats(one) if one.elected_at else [])
    turn = Turn(one, by, can, works, tied, seats, now)
    announces = may(by.role, Right.ORGANISE_PMC) and may(by.role, Right.ISSUE_NOTICE)
    announces = announces and not queries.running(one.compound_id, Kind.PMC)
    office = held(one, seats, can, slug, now, by=by, announces=announces) if one.term_from else {}
    return {
        "formation": one,
        "state": STATES[one.state],
        "steps": steps(one, now) if one.kind == Kind.PMC else committee_steps(one, now),
        "office": office,
        "next": turn.next(),
        "more": turn.more(),
        "over": turn.objections_over(),
        "facts": about(one),
        "people": people(one, by, rows, works, slug),
        "gone": gone(queries.left_list(one) if one.listed_at else []),
        "little": one.state != State.RECOMMENDING and little_choice(len(listed), one.owner_seats),
        "late": queries.late(one, now),
        "fingerprint": short(one.fingerprint),
        "by_strokes": is_ordered([row.name for row in sorted(listed, key=lambda row: row.place or 0)]),
        "reach": reach(one),
        "ranking": ranking(one, listed, result, seats) if result else [],
        "result": result.found if result else None,
        "invalid": len(result.found["invalid"]) if result else 0,
        "corrected": corrected(result) if result else [],
        "drawn": result if result and result.lots else None,
        "tied": bool(tied),
        "members": members(one, seats, works) if one.kind == Kind.PMC else [],
        "objections": objections(one, can, works, slug, now),
        "prints": printable(one, parts, slug),
        "reading": queries.to_read(one) if one.state == State.COUNTING and works else None,
    }


def about(one: Formation) -> list[tuple[str, str]]:
    rows = [
        (_("几个人"), _("%(seats)s 人，其中业主 %(owners)s 人") % {"seats": one.seats, "owners": one.owner_seats}),
        (_("谁在办"), one.body.name),
        (_("找谁问"), one.contact),
    ]
    if one.state == State.NOT_FORMED and (kept := offices.kept(one)):
        rows.append((_("选上的"), _("、").join(row.name for row in kept)))
    if one.term_to:
        rows.append((_("任期到"), whole(one.term_to)))
    if one.filing_no:
        rows += [(_("备案号"), one.filing_no), (_("印章"), one.seal)]
    if one.reason:
        rows.append((_("为什么停下"), one.reason))
    if one.renewal_on and one.state in IN_OFFICE:
        rows.append((_("换届从哪天准备"), whole(one.renewal_on)))
    return rows


def printable(one: Formation, parts: frozenset[Who], slug: str) -> list[dict[str, Any]]:
    """The forms of a building are printed where the walk from door to door is."""
    may = may_print(one.kind, one.state, parts, ticking=one.ticks_at is not None) - {Print.TICKS}
    return [
        {"title": PRINTS[kind], "href": address("assembly:election-print", slug, one.number, kind), "book": kind in WORKBOOKS}
        for kind in Print
        if kind in may
    ]  # fmt: skip


# ── forms, ranking, members ─────────────────────────────────────────────────────────────────────────────────────────


def reach(one: Formation) -> dict[str, Any] | None:
    """How many forms came back; never what they say."""
    if not one.ticks_at or not one.homes:
        return None
    hundredths = (20_000 * one.forms_back // one.homes + 1) // 2
    return {
        "back": one.forms_back,
        "homes": one.homes,
        "percent": f"{hundredths // 100}.{hundredths % 100:02}",
        "low": 2 * one.forms_back < one.homes,
        "over": one.ticks_closed_at is not None,
    }


def corrected(result: TickResult) -> list[dict[str, Any]]:
    """Forms that two put right before the count: everybody reads which, how and why."""
    rows = result.found.get("corrected", [])
    return [{**row, "was": FORMS[row["was"]], "now": FORMS[row["now"]]} for row in rows]


def ranking(one: Formation, listed: Collection[Nominee], result: TickResult, seats: list[Seat]) -> list[dict[str, Any]]:
    names = {row.place: row for row in listed}
    out = {row.nominee_id: row.passed_over for row in seats if row.passed_over}
    left, rows = one.owner_seats, []
    for place, homes, area in result.found["ranking"]:
        row = names.get(place)
        if row is None:
            continue
        passed = out.get(row.pk, "")
        rows.append({
            "name": row.name, "homes": homes, "area": f"{area // 100:,}.{area % 100:02}", "in": not passed and left > 0, "passed": passed,
        })  # fmt: skip
        left -= not passed
    return rows


def members(one: Formation, seats: list[Seat], works: bool) -> list[dict[str, str]]:
    if one.state in IN_OFFICE or not (works or one.state == State.NOTICED):
        return []
    return [
        {"name": row.name, "capacity": CAPACITIES[row.capacity], "post": str(ROLES[row.post])}
        for row in offices.sitting(seats)
    ]


def objections(one: Formation, can: Collection[Act], works: bool, slug: str, now: datetime) -> list[dict[str, Any]]:
    """Everybody reads what was asked and answered; who asked, those who look into it."""
    return [
        {
            "words": row.words,
            "name": row.name if works else "",
            "when": moment(row.raised_at, now),
            "answer": row.answer,
            "upheld": row.upheld,
            "named": row.nominee.name if row.nominee else "",
            "href": address("assembly:election-answer", slug, one.number, row.pk) if Act.ANSWER in can and not row.answered_at else "",
        }
        for row in queries.objections(one)
    ]  # fmt: skip


def lapsed_at_home(compound_id: UUID, slug: str, now: datetime) -> list[dict[str, Any]]:
    """That nobody sits since the last term ended, for every neighbour."""
    one = lapsed(compound_id, timezone.localdate(now))
    if one is None or one.term_to is None:
        return []
    note = _("任期到 %(day)s，没有选出下一届") % {"day": whole(one.term_to)}
    return [
        {"title": one.title, "note": note, "href": numbered("assembly:election", slug, one.number), "icon": "council"}
    ]


def under_council(compound_id: UUID, by: Actor, slug: str) -> list[dict[str, Any]]:
    """What is going on now, and the way in for who may begin one."""
    rows = [cell(row, slug) for row in queries.formations(compound_id)[:1] if row.state != State.CANCELLED]
    if not rows and may(by.role, Right.ORGANISE_PMC):
        rows = [{"title": _("组建和选举"), "note": _("还没有"), "href": address("assembly:elections", slug)}]
    return rows
