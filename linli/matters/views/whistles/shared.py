"""What the pages of a whistle share, for those who are signed in and for a liaison's link: words, facts, files."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.people.rules import DESK, Act, Role
from linli.plumbing.acts import Actor
from linli.plumbing.moments import lasting, moment, short

from ...models import Ask, Consultation, MinutesSignature, Whistle, WhistleFile
from ...rules import whistles as rules
from ...rules.promises import BLOWERS
from ...rules.whistles import Level
from ...services.whistles import files
from ...words import WHISTLE_CAUSES, WHISTLE_CLOCKS, WHISTLE_URGENCIES

Where = Callable[[WhistleFile, str], str]
WATCH = (Act.BLOW_WHISTLE_DRAFT, Act.BLOW_WHISTLE_APPROVE, Act.ANSWER_WHISTLE)
APPROVED_BY = {
    Role.COMMITTEE_CHAIR: gettext_lazy("业委会主任"),
    Role.COMMUNITY_SECRETARY: gettext_lazy("社区书记"),
    Role.SUBDISTRICT_OFFICER: gettext_lazy("街道"),
}


def base_of(request: HttpRequest) -> str:
    at_desk = request.actor.role in DESK or request.actor.role == Role.SUBDISTRICT_OFFICER
    return "base_desk.html" if at_desk else "base_resident.html"


def approver_words(level: str, drafted_kind: str) -> str:
    return str(APPROVED_BY[rules.approver(Level(level), drafted_kind)])


def turn_words(*, turn: str, level: str, drafted_kind: str, drafted_by: str, asks: list[tuple[str, str]]) -> str:
    if turn == "approver":
        return _("等%(who)s批准") % {"who": approver_words(level, drafted_kind)}
    if turn == "blower":
        return _("轮到%(who)s") % {"who": drafted_by}
    if turn == "receiver":
        waiting = [name for name, step in asks if step not in rules.SETTLED | rules.BLOWERS_TURN]
        return _("等%(who)s") % {"who": _("、").join(waiting)}
    return ""


def clock_words(ask: Ask, now: datetime) -> tuple[str, bool]:
    """要在 今天 16:00 前接收; and whether that has passed."""
    if not ask.clock or ask.due_at is None:
        return "", False
    what = WHISTLE_CLOCKS[ask.clock]
    given = {
        "when": moment(ask.due_at, now),
        "what": _("由发哨的%(what)s") % {"what": what} if ask.clock in BLOWERS else what,
    }
    if now > ask.due_at:
        return _("该在 %(when)s 前%(what)s，超了 %(span)s") % {**given, "span": lasting(now - ask.due_at)}, True
    return _("要在 %(when)s 前%(what)s") % given, False


def late_of(asks: Iterable[Ask], *, blowers: bool) -> int:
    """How often who was asked, or who blew, was late."""
    return sum((breach["clock"] in BLOWERS) is blowers for ask in asks for breach in ask.breaches)


def facts_of(one: Whistle, *, own: bool, asks: Sequence[Ask] = ()) -> list[tuple[str, str]]:
    late = late_of(asks, blowers=True)
    rows = [
        (_("事实"), one.facts),
        (_("数字"), one.figures),
        (_("影响的人"), _("%(n)s 人") % {"n": f"{one.affected:,}"} if one.affected else ""),
        (_("急不急"), WHISTLE_URGENCIES[one.urgency]),
        (_("为什么吹"), WHISTLE_CAUSES[one.cause]),
        (_("依据"), one.basis),
        (_("已经做了"), one.done_below),
        (_("谁吹的"), one.drafted_body.name),
        (_("发哨的超时"), _("%(n)s 次") % {"n": late} if late else ""),
        (_("谁批的"), _approval(one) if own else ""),
        (_("退回修改"), one.sent_back if own else ""),
        (_("怎么收的尾"), one.closing_words if own else ""),
    ]
    return [(label, value) for label, value in rows if value]


def _approval(one: Whistle) -> str:
    if one.approved_at is None:
        return ""
    return f"{approver_words(one.level, one.drafted_body.kind)} {short(one.approved_at)}"


def task_words(task) -> str:
    if task is None:
        return ""
    given = {"words": task.words, "month": task.due_on.month, "day": task.due_on.day}
    return (
        _("牵头：%(words)s（%(month)s月%(day)s日前）") if task.lead else _("配合：%(words)s（%(month)s月%(day)s日前）")
    ) % given


def meeting_words(
    meeting: Consultation, now: datetime, signatures: Sequence[MinutesSignature] = (), due: datetime | None = None, *, own: str = ""
) -> dict[str, Any]:  # fmt: skip
    """`due`: by when its minutes are to be signed; `own`: the body whose signatures alone are shown."""
    held = meeting.held_at
    called = {"when": moment(meeting.planned_at, now) if meeting.planned_at else "", "place": meeting.place}
    if meeting.off_at:
        title = _("会商取消了：%(when)s，%(place)s") % called
        return {"title": title, "minutes": "", "people": []}
    here = [s for s in signatures if s.consultation_id == meeting.pk]
    shown = [s for s in here if not own or s.body == own]
    done = {(s.body, s.name) for s in here}
    some = {body for body, _name in done}
    waited = [
        a for a in meeting.attendance if ((a["body"], a["name"]) not in done if a["name"] else a["body"] not in some)
    ]
    return {
        "title": _("会商过了，%(when)s") % {"when": moment(held, now)} if held else _("会商：%(when)s，%(place)s") % called,
        "signed": [_signature(s, now) for s in shown], **_unsigned([] if own else waited, due, now),
        "minutes": meeting.minutes, "people": [" ".join(filter(None, [a["body"], a["name"]])) for a in meeting.attendance],
    }  # fmt: skip


def _signature(one: MinutesSignature, now: datetime) -> str:
    given = {"who": f"{one.body} {one.name}", "when": moment(one.at, now), "words": one.words}
    if one.agrees:
        return (_("%(who)s签字，%(when)s：%(words)s") if one.words else _("%(who)s签字，%(when)s")) % given
    return _("%(who)s不同意，%(when)s：%(words)s") % given


def _unsigned(waited: list[dict[str, str]], due: datetime | None, now: datetime) -> dict[str, Any]:
    if not waited or due is None:
        return {}
    late = now > due
    given = {"who": _("、").join(f"{a['body']} {a['name']}".strip() for a in waited), "when": moment(due, now)}
    told = _("该在 %(when)s 前签字，还没有签：%(who)s") if late else _("等着签字：%(who)s")
    return {"unsigned": told % given, "unsigned_late": late}


def pictures(rows: list[WhistleFile], where: Where) -> dict[str, list]:
    return {
        "photos": [
            {"src": where(f, "thumb"), "href": where(f, "small"), "alt": _("照片")} for f in rows if f.kind == "photo"
        ],
        "papers": [{"name": f.name or "PDF", "href": where(f, "small")} for f in rows if f.kind == "paper"],
    }


def give(shown: list[WhistleFile], pk: UUID, size: str, *, by: Actor) -> HttpResponse:
    row = next((f for f in shown if f.pk == pk), None)
    try:
        data = files.read(row, size) if row and size in {"small", "thumb"} else None
    except FileNotFoundError:
        data = None
    if data is None or row is None:
        raise Http404
    answer = HttpResponse(data[0], content_type=data[1])
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    if row.kind == "paper":
        files.opened(row, by=by, at=timezone.now())
        answer["Content-Disposition"] = content_disposition_header(True, row.name or "paper.pdf")
    return answer
