"""The steps of a session as they are shown: each with its deadline, its article and how late it is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from linli.kernel.clock import Calendar
from linli.kernel.profiles import Profile
from linli.plumbing.addresses import address
from linli.plumbing.moments import lasting, short

from ..models import (
    Delivery,
    Item,
    Objection,
    Party,
    Session,
)
from ..rules import dates
from ..rules.afterwards import archive_by
from ..rules.delivery import DELIVERS
from ..rules.sessions import State
from .register import register_until
from .sessions import PASSED, square


@dataclass(frozen=True)
class Known:
    """What the steps tell beside the session's own moments; four queries."""

    objections: int
    answered: int
    delivered: int
    first_delivery: datetime | None
    last_delivery: datetime | None
    elects: bool


def elects_committee(session: Session) -> bool:
    return Item.objects.filter(compound_id=session.compound_id, session=session, matter_no=ELECTS).exists()


def known(session: Session) -> Known:
    elects = elects_committee(session)
    if session.noticed_at is None:
        return Known(0, 0, 0, None, None, elects)
    raised = Objection.objects.filter(compound_id=session.compound_id, session=session, about="register")
    answers = list(raised.values_list("answered_at", flat=True))
    delivered = Party.objects.filter(
        compound_id=session.compound_id, session=session, delivered_at__isnull=False
    ).count()
    ends: tuple[datetime | None, datetime | None] = (None, None)
    if delivered:
        rows = Delivery.objects.filter(compound_id=session.compound_id, session=session, evidence__in=DELIVERS)
        found = rows.aggregate(first=Min("at"), last=Max("at"))
        ends = found["first"], found["last"]
    return Known(len(answers), sum(1 for one in answers if one), delivered, *ends, elects)


def _between(a: datetime | date | None, b: datetime | date | None, clock: bool = False) -> str:
    if a is None or b is None:
        return ""
    if clock and isinstance(b, datetime):
        return f"{_short(a)}–{_short(b)} {b.astimezone(dates.SHANGHAI):%H:%M}"
    return _short(a) if _short(a) == _short(b) else f"{_short(a)}–{_short(b)}"


def _short(day: datetime | date) -> str:
    if not isinstance(day, datetime):
        day = datetime(day.year, day.month, day.day, 12, tzinfo=dates.SHANGHAI)
    return short(day)


def _dot(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


ELECTS = 3  # of article 278
VOTED = 3  # the place of the vote among the steps


def steps(
    session: Session, profile: Profile, calendar: Calendar, now: datetime, slug: str = ""
) -> list[dict[str, Any]]:
    """Each step with its day or its latest day, and the article that sets it; what should be over and is not says how late it is."""
    facts = known(session)
    rows = [_told(session, profile), _locked(session, facts, slug), _handed(session, facts, slug)]
    rows += [_voted(session, now), _counted(session), *_after(session, profile, calendar, elects=facts.elects)]
    current = next((n for n, row in enumerate(rows) if row["state"] != "done"), None)
    if current is not None and session.state != State.CANCELLED:
        rows[current]["state"] = "now"
    if session.state == State.OPEN:  # while the last ballots are still being carried, others are cast
        rows[VOTED]["state"] = "now"
    for row in rows:
        row["late"] = "" if row["state"] == "done" or session.state == State.CANCELLED else _late(row, now)
    return rows


def _late(row: dict[str, Any], now: datetime) -> str:
    """Of a step with a last moment (`until`), or a last day."""
    until = row.get("until")
    if until is None:
        return ""
    if not isinstance(until, datetime):
        until = datetime.combine(until + timedelta(days=1), time(), dates.SHANGHAI)
    return _("超 %(span)s") % {"span": lasting(now - until)} if now >= until else ""


def _told(session: Session, profile: Profile) -> dict[str, Any]:
    assert session.opens_at and session.closes_at
    key = "interim_notice_days" if session.interim else "notice_days"
    days = profile.values[key]
    if session.noticed_at:
        until = None
        ahead = (dates.local(session.opens_at) - dates.local(session.noticed_at)).days
        said = _dot(_short(session.noticed_at), _("提前 %(n)s 天") % {"n": ahead})
    else:
        until = dates.notice_by(dates.Dates(session.opens_at, session.closes_at, session.interim), profile)
        said = _("最晚 %(day)s") % {"day": _short(until)}
    note = _("%(article)s：不少于 %(n)s 天") % {"article": _(dates.NOTICE_ARTICLE), "n": days}
    return {
        "title": _("公布议题和业主名册"),
        "dates": said,
        "until": until,
        "note": note,
        "state": "done" if session.noticed_at else "todo",
    }


def _locked(session: Session, facts: Known, slug: str) -> dict[str, Any]:
    href = address("assembly:register", slug, session.number) if slug and session.register_parties else ""
    row = {
        "title": _("名册异议期满，名册锁定"),
        "dates": "",
        "note": "",
        "state": "todo",
        "href": href,
        "until": session.opens_at,
    }
    if session.register_frozen_at:
        size = _("%(n)s 位业主，%(area)s ㎡") % {
            "n": f"{session.register_parties:,}",
            "area": square(session.register_area),
        }
        row |= {"dates": _dot(_short(session.register_frozen_at), size), "state": "done"}
    elif until := register_until(session):
        row["dates"] = _("公示到 %(day)s") % {"day": _short(until)}
    if facts.objections == facts.answered and facts.objections:
        row["note"] = _("异议 %(n)s 条，已全部答复") % {"n": facts.objections}
    elif facts.objections:
        row["note"] = _("异议 %(n)s 条，答复了 %(m)s 条") % {"n": facts.objections, "m": facts.answered}
    else:
        row["note"] = _dot(_("名字只露姓"), _(dates.BY_PLACE))
    return row


def _handed(session: Session, facts: Known, slug: str) -> dict[str, Any]:
    """Done when the last has it, or when the vote is over: what is under way says how far it is. Each should have it before
    anybody votes."""
    over = session.state in PASSED and session.state != State.OPEN
    done = over or 0 < session.register_parties <= facts.delivered
    values = {"n": f"{facts.delivered:,}", "all": f"{session.register_parties:,}"}
    said = _dot(
        _between(facts.first_delivery, facts.last_delivery),
        _("送到 %(n)s 位，共 %(all)s 位") % values if facts.delivered else "",
    )
    return {
        "title": _("送达表决票"),
        "dates": said,
        "until": session.opens_at,
        "note": _dot(_("两人一组上门，签收为证"), _(dates.BY_RULES)),
        "state": "done" if done else "todo",
    }


def _voted(session: Session, now: datetime) -> dict[str, Any]:
    assert session.closes_at
    over = session.state in PASSED and session.state != State.OPEN
    note = ""
    if session.state == State.OPEN and now < session.closes_at:
        left = (dates.local(session.closes_at) - dates.local(now)).days
        note = _("还有 %(n)s 天") % {"n": left} if left else _("今天截止")
    elif session.extended_from:
        note = _("延长过一次，原来到 %(day)s") % {"day": _short(session.extended_from)}
    return {
        "title": _("投票"), "dates": _between(session.opens_at, session.closes_at, clock=True), "until": session.closes_at, "note": _dot(note, _(dates.BY_RULES)),
        "state": "done" if over else "todo",
    }  # fmt: skip


def _counted(session: Session) -> dict[str, Any]:
    at = session.counted_at or session.count_at
    when = f"{_short(at)} {at.astimezone(dates.SHANGHAI):%H:%M}" if at else ""
    note = _dot(_("计票人 2 名，监票人 2 名，业主可到场看"), _(dates.BY_RULES))
    return {
        "title": _("公开计票"),
        "dates": _dot(when, session.place),
        "until": dates.local(at) if at else None,
        "note": note,
        "state": "done" if session.counted_at else "todo",
    }


def _after(session: Session, profile: Profile, calendar: Calendar, *, elects: bool) -> list[dict[str, Any]]:
    base = session.counted_at or session.count_at or session.closes_at
    assert base
    announced = session.announced_at or datetime.combine(
        dates.result_by(profile, calendar, base), base.astimezone(dates.SHANGHAI).timetz()
    )
    told = _short(announced) if session.announced_at else _("%(day)s 前") % {"day": _short(announced)}
    until, filing = dates.objections_until(profile, calendar, announced), dates.filing_by(calendar, announced)
    over = session.state in {State.FILED, State.ARCHIVED}
    days = profile.values["result_posting_days"]
    return [
        {"title": _("公布结果"), "dates": told, "until": dates.local(announced) if session.counted_at else None, "note": _dot(_("决定作出后 %(n)s 日内") % {"n": days}, _(dates.BY_PLACE)),
         "state": "done" if session.announced_at else "todo"},
        {"title": _("结果异议期"), "dates": _between(announced, until),
         "note": _dot(_("%(n)s 天") % {"n": profile.values["result_objection_days"]}, _(dates.BY_RULES)), "state": "done" if over else "todo"},
        {"title": _("送街道备案"), "dates": _short(session.filed_at) if session.filed_at else _("%(day)s 前") % {"day": _short(filing)},
         "until": filing if session.announced_at else None, "note": _(dates.filing_article(elects=elects)), "state": "done" if over else "todo"},
        {"title": _("归档"), "dates": _("%(day)s 前") % {"day": _short(archive_by(session.filed_at))} if session.filed_at else "",
         "until": archive_by(session.filed_at) if session.filed_at else None, "note": _dot(_("票和材料至少保管 6 年"), _("以当地档案规定为准")), "state": "done" if session.state == State.ARCHIVED else "todo"},
    ]  # fmt: skip
