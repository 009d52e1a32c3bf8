"""A body in office: who sits and who left, recalls, and what was handed over."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people.words import ROLES
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.labels import label
from linli.plumbing.moments import whole

from ..models import Formation, Recall, Seat
from ..rules.elections.office import below_half, last_hand_over, may_hear, may_speak
from ..rules.elections.renewal import GROUP, ORDERS, late_day
from ..rules.elections.states import IN_OFFICE, Act, Kind, State
from ..rules.sessions import ANNOUNCED
from ..words.elections import CAPACITIES, HANDED, LEFT
from . import elections as queries
from . import offices, renewals


def held(
    one: Formation, seats: list[Seat], can: Collection[Act], slug: str, now: datetime, *, by: Actor, announces: bool
) -> dict[str, Any]:
    """Who sits and who left, what is being voted on, and what has not been handed over yet."""
    sits = [row for row in offices.sitting(seats) if row.post_id and not row.ended_why]
    sitting = one.state in IN_OFFICE
    done, due = offices.handed(one), _due(one)
    return {
        "seats": [_seat(one, row, can, slug, by) for row in sits],
        "acts": bool({Act.VACATE, Act.SECOND, Act.RECALL} & set(can)),
        "left": [{"name": row.name, "why": row.ended_why} for row in seats if row.ended_why],
        "below": sitting
        and one.fills == "term"
        and below_half(len(offices.members_of(offices.holding_in(one))), one.seats),
        "recalls": (recalls := _recalls(one, can, slug, by) if one.kind == Kind.COMMITTEE else []),
        "suspended_by": label(queries.rules_of(one).values["recall_suspended_by"])
        if any(row["removed"] is None for row in recalls)
        else "",
        "lapsed": _lapsed(one, now) if one.state == State.ENDED else None,
        "frozen": sitting and one.fills == "term" and one.handed_over_at is None,
        "reseats": offices.reseats(one) if sitting else False,
        "due": whole(due),
        "late": timezone.localdate(now) > due,
        "handed": [
            {
                "title": HANDED[key],
                "note": f"{done[key].what} · {done[key].gave} → {done[key].took}" if key in done else _("还没交"),
                "href": address("assembly:election-hand-over", slug, one.number, key)
                if key not in done and Act.HAND_OVER in can
                else "",
                "pill": _("交了") if key in done else "",
                "pill_kind": "done",
            }
            for key in HANDED
            if done or one.handed_over_at is None
        ],
        "renewal": _renewal(one, can, slug, announces=announces) if one.renewal_told_at else None,
    }


def _renewal(one: Formation, can: Collection[Act], slug: str, *, announces: bool) -> dict[str, Any]:
    """By when it begins and by which rule; the draft, for whoever convenes."""
    assert one.term_to and one.renewal_on
    values = queries.rules_of(one)
    known = "renewal_report_days" if values.values.get("renewal_report_days") else "renewal_report_months"
    href, label = "", ""
    if one.renewal and Act.VACATE in can:
        href, label = numbered("assembly:session", slug, one.renewal.number), _("换届选举的会议草稿")
    elif one.kind == Kind.PMC and announces:
        href, label = address("assembly:election-new", slug), _("换届的公告，照这一届写好了")
    return {
        "term": whole(one.term_to),
        "day": whole(late_day(one.renewal_on, one.term_to)),
        "cite": values.cite(known),
        "group": GROUP,
        "late": one.renewal_late_at is not None,
        "orders": ORDERS,
        "href": href,
        "label": label,
    }


def _lapsed(one: Formation, now: datetime) -> dict[str, str] | None:
    """Nobody sits after it: what is left for those who sat, and who sees to the next."""
    last = renewals.lapsed(one.compound_id, timezone.localdate(now))
    if last is None or last.pk != one.pk or one.term_to is None:
        return None
    rules = queries.rules_of(one)
    due = whole(last_hand_over(one.term_to, rules.values))
    return {"term": whole(one.term_to), "due": due, "cite": label(rules.cite("handover_days")), "orders": label(ORDERS)}


def _due(one: Formation) -> date:
    assert one.term_from
    days: int = queries.rules_of(one).values["handover_days"]
    return one.term_from + timedelta(days=days)


def _seat(one: Formation, row: Seat, can: Collection[Act], slug: str, by: Actor) -> dict[str, Any]:
    acts = [(Act.VACATE, _("不再担任")), (Act.RECALL, _("提议罢免"))]
    if row.post_id == by.role_id:
        acts.pop()  # nobody proposes to remove himself
    if row.leaving_at:
        acts.insert(0, (Act.SECOND, _("确认不再担任")))
    return {
        "name": row.name,
        "post": str(ROLES[row.post]),
        "leaving": leaving(row) if row.leaving_at else "",
        "capacity": CAPACITIES[row.capacity] if one.kind == Kind.PMC else "",
        "acts": [
            (label, address("assembly:election-seat", slug, one.number, row.pk, act.value)) for act, label in acts if act in can
        ],
    }  # fmt: skip


def leaving(row: Seat) -> str:
    """What a member said of why the post has ended."""
    return f"{LEFT[row.leaving_why]}{_('，')}{row.leaving_words}"


def _recalls(one: Formation, can: Collection[Act], slug: str, by: Actor) -> list[dict[str, Any]]:
    rows = offices.recalls(one)
    accounts = offices.accounts_of([row.seat for row in rows])
    return [
        _recall(
            one, row, can if offices.presses(row.item.session, by) else (), slug,
            mine=by.account_id is not None and by.account_id == accounts.get(row.seat_id),
        )
        for row in rows
    ]  # fmt: skip


def _recall(one: Formation, row: Recall, can: Collection[Act], slug: str, *, mine: bool) -> dict[str, Any]:
    acts, told = [], row.heard_at or row.asked_at
    if Act.HEAR in can and not may_hear(opened=offices.opened(row), heard=row.heard_at is not None, himself=mine):
        acts.append((Act.HEAR, _("记本人申辩")))
    again = offices.reverses(row)
    due = row.decided_at is None or again
    if Act.DECIDE in can and due and told and row.item.session.state in ANNOUNCED and not mine:
        acts.append((Act.DECIDE, _("按表决结果办")))
    links = [(label, address("assembly:election-recall", slug, one.number, row.pk, act.value)) for act, label in acts]
    if mine:
        links.append(
            (
                _("写我的申辩") if may_still_speak(row) else _("我的申辩"),
                address("assembly:recall", slug, one.number, row.pk),
            )
        )
    return {
        "name": row.seat.name,
        "ground": row.ground,
        "where": row.item.session.title,
        "heard": row.heard_at is not None,
        "said": [
            words for words in (row.own_words, row.defence and _("记录：%(words)s") % {"words": row.defence}) if words
        ],
        "asked": row.asked_how,
        "days": 0 if offices.opened(row) else queries.silence_days(row.item.session),
        "removed": row.removed,
        "again": again,
        "acts": links,
    }


def may_still_speak(row: Recall) -> bool:
    """Once, until the vote opens."""
    return not may_speak(opened=offices.opened(row), spoke=row.own_at is not None)


def own_until(row: Recall) -> str:
    opens = row.item.session.opens_at
    return whole(timezone.localdate(opens)) if opens else ""
