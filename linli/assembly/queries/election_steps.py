"""How far a body has come: its steps, whose turn it is and the one next thing."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people.rules import RESIDENTS
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.moments import short, whole

from ..models import Formation, Seat
from ..rules.elections.office import HEADS_DAYS
from ..rules.elections.states import IN_OFFICE, Act, Kind, State
from ..words.elections import STATES
from . import elections as queries
from . import offices

S = State
Row = tuple[str, str, int, int, str]  # title, dates, the first state of it, the one after it, note
ORDER = (S.RECOMMENDING, S.LISTED, S.TICKING, S.COUNTING, S.COUNTED, S.CONFIRMED, S.NOTICED, S.ESTABLISHED, S.FILED)


def steps(one: Formation, now: datetime) -> list[dict[str, Any]]:
    """Announce, recommend, settle names, public notice, file and seal (domain §3.13)."""
    at = _reached(one, ORDER)
    recommended = timezone.localdate(now) > one.recommend_until
    rows: list[Row] = [
        (_("公告"), short(one.announced_at), -1, 0, ""),
        (_("推荐和自荐"), _("到 %(day)s") % {"day": whole(one.recommend_until)}, 0, 1,
         _("到期了，核完条件公布名单") if recommended and at == 0 else ""),
        (_("定名单：划票"), _day(_("名单公示到 %(day)s"), one.list_until), 1, 5, STATES[one.state] if 1 <= at < 5 else ""),
        (_("公示委员"), _day(_("公示到 %(day)s"), one.notice_until), 5, 7, ""),
        (_("成立、备案、刻章"), short(one.established_at) if one.established_at else "", 7, 8, ""),
    ]  # fmt: skip
    return _shown(rows, at)


def committee_steps(one: Formation, now: datetime) -> list[dict[str, Any]]:
    """Candidates, list, vote, first meeting, filing (domain §3.10)."""
    order = (S.RECOMMENDING, S.LISTED, S.ELECTED, S.MET, S.FILED)
    at = _reached(one, order)
    values = queries.rules_of(one).values
    elected = timezone.localdate(one.elected_at) if one.elected_at else None
    meets = _day(_("%(day)s 前开"), elected + timedelta(days=values["first_meeting_days"]) if elected else None)
    names_by = elected + timedelta(days=values["first_meeting_days"] + HEADS_DAYS) if elected else None
    names = _day(_("主任、副主任的名单 %(day)s 前公布，在这里记下就公布"), names_by)
    files = _day(_("%(day)s 前备案"), elected + timedelta(days=values["filing_days"]) if elected else None)
    rows: list[Row] = [
        (_("征集候选人"), _("到 %(day)s") % {"day": whole(one.recommend_until)}, 0, 1, ""),
        (_("候选人名单公示"), _day(_("公示到 %(day)s"), one.list_until), 1, 1, ""),
        (_("业主大会投票"), short(one.elected_at) if one.elected_at else "", 1, 2, _("结果公布、异议期过了才生效") if at == 1 else ""),
        (_("第一次会：推选主任、副主任"), whole(one.met_on) if one.met_on else meets, 2, 3, names if at == 2 else ""),
        (_("备案、刻章"), files if at == 3 else "", 3, 4, _("交会议记录和决定、议事规则、管理规约、第一次会记录、委员名单") if at == 3 else ""),
    ]  # fmt: skip
    return _shown(rows, at)


def _reached(one: Formation, order: tuple[State, ...]) -> int:
    """A term that is over has been through all of it."""
    if one.state == S.ENDED:
        return len(order) - 1
    return order.index(State(one.state)) if one.state in order else -1


def _shown(rows: list[Row], at: int) -> list[dict[str, Any]]:
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
        self.others = sum(row.nominee_id is None and not row.ended_why for row in offices.sitting(seats))

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
            or self._seat_again()
            or self._act(Act.MEET, _("第一次会开过了"))
            or self._act(Act.FILE, _("备案和刻章"))
            or self._choose()
        )

    def _seat_again(self) -> dict[str, str] | None:
        due = Act.SEAT_AGAIN in self.can and offices.reseats(self.one)
        return self._act(Act.SEAT_AGAIN, _("重新计票的结果生效")) if due else None

    def _choose(self) -> dict[str, str] | None:
        """A chair or a vice chair has gone: the committee chooses another."""
        if Act.CHOOSE not in self.can:
            return None
        others, chair, vice = offices.lacks(self.one)
        return self._act(Act.CHOOSE, _("推选主任、副主任")) if others and (chair or vice) else None

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

    def objections_over(self) -> str:
        """When the days of what is put up ended, and what is still possible: who does not qualify leaves the list even then."""
        until = self.one.notice_until if self.one.state == S.NOTICED else self.one.list_until
        if Act.OBJECT not in self.can or not until or self.today <= until:
            return ""
        return _("异议期到 %(day)s 为止。之后发现不符合条件的，还可以实名反映，查实了照样处理；也可以向街道反映。") % {
            "day": whole(until)
        }

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
        if one.state in IN_OFFICE and self.others < one.seats - one.owner_seats:
            rows.append(self._act(Act.SEAT, _("加一位委员")))
        if one.state == S.MET:
            rows.append(self._choose())
        rows.append(self._act(Act.OBJECT, _("反映情况") if self.objections_over() else _("提异议")))
        if self.works:
            rows.append(self._act(Act.CANCEL, _("不办了")))
        return [row for row in rows if row]
