"""What the pages of a formation show, made ready: the five steps, the one next thing, who stands, the ranking, who sits."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.rules import RESIDENTS, Role, may
from linli.people.rules import Act as Right
from linli.people.words import ROLES
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.moments import moment, short, whole

from ..models import Formation, Nominee, Recall, Seat, TickResult
from ..rules.elections import (
    IN_OFFICE,
    Act,
    Kind,
    State,
    Who,
    allowed,
    below_half,
    little_choice,
    may_back,
)
from ..words.elections import CAPACITIES, CHECKS, HANDED, STATES, WAYS
from . import elections as queries

S = State


def cell(formation: Formation, slug: str) -> dict[str, Any]:
    return {
        "title": formation.title,
        "note": STATES[formation.state],
        "href": numbered("assembly:election", slug, formation.number),
    }


def page(one: Formation, by: Actor, parts: frozenset[Who], now: datetime) -> dict[str, Any]:
    can = allowed(one.kind, State(one.state), parts)
    works = bool(parts & {Who.WORKER, Who.LEADER, Who.SUBDISTRICT})
    slug = one.compound.slug
    result = queries.last_result(one) if one.counted_at else None
    rows = queries.nominees(one)
    listed = [row for row in rows if row.place]
    tied = queries.tied(one, result) if result else []
    seats = queries.seats(one) if one.counted_at else []
    seats = seats or (queries.seats(one) if one.elected_at else [])
    turn = Turn(one, by, can, works, tied, seats, now)
    office = held(one, seats, can, slug, now) if one.term_from else {}
    return {
        "formation": one,
        "state": STATES[one.state],
        "steps": steps(one, now) if one.kind == Kind.PMC else committee_steps(one, now),
        "office": office,
        "next": turn.next(),
        "more": turn.more(),
        "facts": about(one),
        "people": people(one, by, rows, works, slug),
        "little": one.state != S.RECOMMENDING and little_choice(len(listed), one.owner_seats),
        "fingerprint": one.fingerprint[:16],
        "reach": reach(one),
        "ranking": ranking(one, listed, result, seats) if result else [],
        "result": result.found if result else None,
        "invalid": len(result.found["invalid"]) if result else 0,
        "drawn": result if result and result.lots else None,
        "tied": bool(tied),
        "members": members(one, seats, works) if one.kind == Kind.PMC else [],
        "objections": objections(one, can, works, slug, now),
        "reading": queries.to_read(one) if one.state == S.COUNTING and works else None,
    }


def about(one: Formation) -> list[tuple[str, str]]:
    rows = [
        (_("几个人"), _("%(seats)s 人，其中业主 %(owners)s 人") % {"seats": one.seats, "owners": one.owner_seats}),
        (_("谁在办"), one.body.name),
        (_("找谁问"), one.contact),
    ]
    if one.term_to:
        rows.append((_("任期到"), whole(one.term_to)))
    if one.filing_no:
        rows += [(_("备案号"), one.filing_no), (_("印章"), one.seal)]
    if one.reason:
        rows.append((_("为什么停下"), one.reason))
    if one.renewal_on and one.state in IN_OFFICE:
        rows.append((_("换届从哪天准备"), whole(one.renewal_on)))
    return rows


# ── the five steps ──────────────────────────────────────────────────────────────────────────────────────────────────

ORDER = (S.RECOMMENDING, S.LISTED, S.TICKING, S.COUNTING, S.COUNTED, S.CONFIRMED, S.NOTICED, S.ESTABLISHED, S.FILED)


def steps(one: Formation, now: datetime) -> list[dict[str, Any]]:
    """Announce, recommend, settle names, public notice, file and seal (domain §3.13)."""
    at = ORDER.index(State(one.state)) if one.state in ORDER else -1
    recommended = timezone.localdate(now) > one.recommend_until
    rows: list[tuple[str, str, int, int, str]] = [
        (_("公告"), short(one.announced_at), -1, 0, ""),
        (_("推荐和自荐"), _("到 %(day)s") % {"day": whole(one.recommend_until)}, 0, 1,
         _("到期了，核完条件公布名单") if recommended and at == 0 else ""),
        (_("定名单：划票"), _day(_("名单公示到 %(day)s"), one.list_until), 1, 5, STATES[one.state] if 1 <= at < 5 else ""),
        (_("公示委员"), _day(_("公示到 %(day)s"), one.notice_until), 5, 7, ""),
        (_("成立、备案、刻章"), short(one.established_at) if one.established_at else "", 7, 8, ""),
    ]  # fmt: skip
    return [
        {
            "title": title,
            "dates": dates,
            "note": note,
            "state": "done" if at >= end else "now" if first <= at else "todo",
        }
        for title, dates, first, end, note in rows
    ]


def committee_steps(one: Formation, now: datetime) -> list[dict[str, Any]]:
    """Candidates, list, vote, first meeting, filing (domain §3.10)."""
    order = (S.RECOMMENDING, S.LISTED, S.ELECTED, S.MET, S.FILED)
    at = order.index(State(one.state)) if one.state in order else -1
    values = queries.rules_of(one).values
    elected = timezone.localdate(one.elected_at) if one.elected_at else None
    meets = _day(_("%(day)s 前开"), elected + timedelta(days=values["first_meeting_days"]) if elected else None)
    files = _day(_("%(day)s 前备案"), elected + timedelta(days=values["filing_days"]) if elected else None)
    rows: list[tuple[str, str, int, int, str]] = [
        (_("征集候选人"), _("到 %(day)s") % {"day": whole(one.recommend_until)}, 0, 1, ""),
        (_("候选人名单公示"), _day(_("公示到 %(day)s"), one.list_until), 1, 1, ""),
        (_("业主大会投票"), short(one.elected_at) if one.elected_at else "", 1, 2, _("结果公布、异议期过了才生效") if at == 1 else ""),
        (_("第一次会：推选主任、副主任"), whole(one.met_on) if one.met_on else meets, 2, 3, ""),
        (_("备案、刻章"), files if at == 3 else "", 3, 4, _("交会议记录和决定、议事规则、管理规约、第一次会记录、委员名单") if at == 3 else ""),
    ]  # fmt: skip
    return [
        {
            "title": title,
            "dates": dates,
            "note": note,
            "state": "done" if at >= end else "now" if first <= at else "todo",
        }
        for title, dates, first, end, note in rows
    ]


def _day(words: str, day: date | None) -> str:
    return words % {"day": whole(day)} if day else ""


# ── whose turn, and what is next ────────────────────────────────────────────────────────────────────────────────────


class Turn:
    """The one thing to do now for this reader; what is not lawful yet, with its reason."""

    def __init__(
        self, one: Formation, by: Actor, can: frozenset[Act], works: bool, tied: list[int], seats: list[Seat], now: datetime
    ) -> None:  # fmt: skip
        self.one, self.by, self.can, self.works, self.tied = one, by, can, works, tied
        self.slug, self.today = one.compound.slug, timezone.localdate(now)
        self.others = sum(row.nominee_id is None for row in queries.sitting(seats))

    def _act(self, act: Act, label: str) -> dict[str, str] | None:
        if act not in self.can:
            return None
        href = address("assembly:election-act", self.slug, self.one.number, act.value)
        return {"label": label, "href": href}

    def _page(self, name: str, label: str) -> dict[str, str]:
        return {"label": label, "href": numbered(f"assembly:{name}", self.slug, self.one.number)}

    def _waits(self, act: Act, label: str, until: date | None, why: str) -> dict[str, str] | None:
        """A step whose day has not come is shown and cannot be pressed."""
        if act in self.can and until and self.today <= until:
            return {"label": label, "why": why % {"day": whole(until)}}
        return self._act(act, label)

    def next(self) -> dict[str, str] | None:
        one, resident = self.one, self.by.role in RESIDENTS
        if one.kind == Kind.COMMITTEE and one.state != S.RECOMMENDING:
            return self._after_list()
        if one.state == S.RECOMMENDING:
            if resident:
                return self._act(Act.STAND, _("我自荐"))
            if self.today <= one.recommend_until:
                return self._act(Act.NOMINATE, _("录一份推荐表")) if self.works else None
            return self._act(Act.LIST, _("公布候选人名单"))
        if one.state == S.LISTED:
            why = _("名单公示到 %(day)s，过了才能上门划票")
            return self._waits(Act.START, _("开始上门划票"), one.list_until, why)
        if one.state == S.TICKING:
            return self._page("election-forms", _("上门划票")) if self.works else None
        if one.state == S.COUNTING:
            return self._counting()
        if one.state == S.COUNTED:
            return self._confirming()
        if one.state == S.CONFIRMED:
            return self._act(Act.NOTICE, _("公示委员名单"))
        if one.state == S.NOTICED:
            return self._waits(Act.ESTABLISH, _("成立"), one.notice_until, _("公示到 %(day)s，过了才能成立"))
        return self._act(Act.FILE, _("备案和刻章"))

    def _after_list(self) -> dict[str, str] | None:
        return (
            self._act(Act.TAKE_OFFICE, _("选举结果生效"))
            or self._act(Act.MEET, _("第一次会开过了"))
            or self._act(Act.FILE, _("备案和刻章"))
        )

    def _counting(self) -> dict[str, str] | None:
        if not self.works or Act.ENTER not in self.can:
            return None
        unread, differ = queries.to_read(self.one)
        if unread:
            return self._page("election-entry", _("录票"))
        if differ:
            return self._page("election-differences", _("看不一样的"))
        return self._act(Act.COUNT, _("当众计票"))

    def _confirming(self) -> dict[str, str] | None:
        if self.tied:
            return self._act(Act.DRAW, _("记抽签"))
        if self.others < self.one.seats - self.one.owner_seats:
            return self._act(Act.SEAT, _("加一位委员"))
        return self._act(Act.CONFIRM, _("确认委员"))

    def more(self) -> list[dict[str, str]]:
        """Quieter things."""
        one, rows = self.one, []
        if one.state == S.RECOMMENDING and self.by.role in RESIDENTS:
            rows.append(self._act(Act.NOMINATE, _("推荐一位邻居")))
        if one.state == S.RECOMMENDING and self.works and self.today > one.recommend_until:
            rows.append(self._act(Act.NOMINATE, _("补录一份推荐表")))
        if one.state == S.LISTED:
            rows.append(self._act(Act.LIST, _("改了，重新公布名单")))
        if one.state == S.TICKING and self.works:
            rows.append(self._act(Act.CLOSE, _("划票截止")))
        if one.state in {S.COUNTING} and self.works and Act.ENTER in self.can:
            rows.append(self._page("election-differences", _("看不一样的")))
        if one.state in {S.CONFIRMED, S.NOTICED}:
            rows.append(self._act(Act.TAKE_BACK, _("重新确认")))
        rows.append(self._act(Act.OBJECT, _("提异议")))
        if self.works:
            rows.append(self._act(Act.CANCEL, _("不办了")))
        return [row for row in rows if row]


# ── who stands ──────────────────────────────────────────────────────────────────────────────────────────────────────


def people(one: Formation, by: Actor, rows: Collection[Nominee], works: bool, slug: str) -> list[dict[str, Any]]:
    """Before the list: those who agreed, for everybody; the others for who works on it, who named them, and themselves."""
    open_ = one.state == S.RECOMMENDING
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
        rows.append((_("不在名单上"), row.dropped_why))
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


def signatures(row: Nominee, now: datetime) -> list[dict[str, str]]:
    ways = {"paper": _("纸上签的"), "screen": _("手机上签的")}
    return [
        {"home": b.home_label, "name": masks.name(b.name), "when": f"{moment(b.at, now)} · {ways[b.way]}"}
        for b in queries.backings(row)
    ]


def may_sign(one: Formation, row: Nominee, by: Actor) -> bool:
    if by.role != Role.OWNER or by.home_id is None:
        return False
    done = queries.backed_by(one, by.home_id)
    no = may_back(mine=row.home_id == by.home_id, already=len(done), most=one.owner_seats)
    return row.pk not in done and no is None


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
    if not works and one.state not in {S.NOTICED, S.ESTABLISHED, S.FILED}:
        return []
    return [
        {"name": row.name, "capacity": CAPACITIES[row.capacity], "post": str(ROLES[row.post])}
        for row in queries.sitting(seats)
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
            "href": address("assembly:election-answer", slug, one.number, row.pk) if Act.ANSWER in can and not row.answered_at else "",
        }
        for row in queries.objections(one)
    ]  # fmt: skip


def under_council(compound_id: UUID, by: Actor, slug: str) -> list[dict[str, Any]]:
    """What is going on now, and the way in for who may begin one."""
    rows = [cell(row, slug) for row in queries.formations(compound_id)[:1] if row.state != S.CANCELLED]
    if not rows and may(by.role, Right.ORGANISE_PMC):
        rows = [{"title": _("组建和选举"), "note": _("还没有"), "href": address("assembly:elections", slug)}]
    return rows


# ── in office ───────────────────────────────────────────────────────────────────────────────────────────────────────


def held(one: Formation, seats: list[Seat], can: Collection[Act], slug: str, now: datetime) -> dict[str, Any]:
    """Who sits and who left, what is being voted on, and what has not been handed over yet."""
    committee = one.kind == Kind.COMMITTEE
    sits = [row for row in queries.sitting(seats) if row.post_id and not row.ended_why]
    done, due = queries.handed(one), _due(one)
    return {
        "seats": [_seat(one, row, can, slug) for row in sits] if committee else [],
        "left": [{"name": row.name, "why": row.ended_why} for row in seats if row.ended_why],
        "below": committee and below_half(len(queries.members_of(sits)), one.seats),
        "recalls": [_recall(one, row, can, slug) for row in queries.recalls(one)] if committee else [],
        "frozen": one.handed_over_at is None,
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
        ],
        "renew": one.renewal_told_at is not None,
    }


def _due(one: Formation) -> date:
    assert one.term_from
    days: int = queries.rules_of(one).values["handover_days"]
    return one.term_from + timedelta(days=days)


def _seat(one: Formation, row: Seat, can: Collection[Act], slug: str) -> dict[str, Any]:
    acts = [(Act.VACATE, _("不再担任")), (Act.RECALL, _("提议罢免"))]
    return {
        "name": row.name,
        "post": str(ROLES[row.post]),
        "acts": [
            (label, address("assembly:election-seat", slug, one.number, row.pk, act.value)) for act, label in acts if act in can
        ],
    }  # fmt: skip


def _recall(one: Formation, row: Recall, can: Collection[Act], slug: str) -> dict[str, Any]:
    acts = []
    if row.heard_at is None and Act.HEAR in can:
        acts.append((Act.HEAR, _("记本人申辩")))
    if row.heard_at and row.decided_at is None and Act.DECIDE in can:
        acts.append((Act.DECIDE, _("按表决结果办")))
    return {
        "name": row.seat.name,
        "ground": row.ground,
        "where": row.item.session.title,
        "heard": row.heard_at is not None,
        "spoke": row.spoke,
        "defence": row.defence,
        "removed": row.removed,
        "acts": [
            (label, address("assembly:election-recall", slug, one.number, row.pk, act.value)) for act, label in acts
        ],
    }
