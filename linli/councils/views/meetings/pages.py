"""The list of meetings, and one: whose turn, the one next thing, the agenda with its votes."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal
from linli.matters.rules.publicity import public_words
from linli.people.rules import Act as Right
from linli.people.rules import Body
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import article, said
from linli.plumbing.moments import moment, whole
from linli.plumbing.numbers import number_in

from ...access.meetings import own_body
from ...forms import meetings as forms
from ...models import AgendaItem, Meeting, Seat, Signature
from ...queries import meetings as queries
from ...rules import meetings as rules
from ...rules.meetings import Act, State, Who
from ...words import CHOICES, KINDS, MEETING_STATES, RESULTS
from ..frames import frame
from .doing import MAIN, OTHERS, PUT, label_of
from .sitting import Page, found, item_url, page_of, reserved

NO_VOTE = Refusal("absent", "没到会的不能签，也不能委托别人", "业主大会和业主委员会指导规则")
NOT_CHAIR = Refusal("not_chair", "由主任公布")


@allow()
@require_safe
def meetings(request: HttpRequest, slug: str) -> HttpResponse:
    before, now = number_in(request.GET.get("before", "")), timezone.now()
    body = own_body(request.actor)
    found = queries.meetings(request.compound.pk, of_body=body.pk if body else None, before=before)
    shown = found[: queries.PAGE]
    context = {
        "rows": [queries.cell(m, slug, now) for m in shown],
        "more": shown[-1].number if len(found) > queries.PAGE else None,
        "starts": body is not None and request.may(Right.SIT_IN_BODY),
        "again": _again(request, body, now) if body and before is None else None,
    }
    return render(request, "councils/meetings.html", {**frame(request), **context})


def _again(request: HttpRequest, body: Any, now: datetime) -> dict[str, Any] | None:
    """By when a committee has to meet again."""
    if body.kind != Body.COMMITTEE:
        return None
    by_day = queries.meet_again_by(body, request.compound)
    return {"day": whole(by_day), "late": timezone.localdate(now) > by_day, "coming": queries.coming(body)}


@allow()
@require_safe
def meeting(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = found(request, number)
    page = page_of(request, one)
    main, cannot = _main(page)
    context = {
        "meeting": one,
        "title": queries.title(one, page.now),
        "turn": _turn(page),
        "main": main,
        "cannot": [(label_of(act), said(no), article(no)) for act, no in cannot],
        "others": [(label_of(a), page.url(a)) for a in OTHERS if a in page.can and _now(page, a) and (not main or main[1] != page.url(a))],
        "facts": _facts(page),
        "items": [_line(page, item) for item in page.items],
        "add": forms.ItemForm() if Act.ADD_ITEM in page.can else None,
        "reserved": reserved() if Act.ADD_ITEM in page.can else [],
        "minutes": _minutes(page),
        "corrections": _corrections(page),
        "papers": [
            {"name": p.name, "href": address("councils:meeting-paper", slug, one.number, p.pk)}
            for p in (queries.papers_of(one) if page.parts and page.seats else [])
        ],
        "posting": address("notices:posting", slug, one.posting_id) if one.posting_id else "",
        "waits": one.state in rules.UNPOSTED and not page.shows_votes,
    }  # fmt: skip
    return render(request, "councils/meeting.html", {**frame(request), **context})


def _turn(page: Page) -> dict[str, Any]:
    """Whose turn, since when, and by when."""
    m, now = page.meeting, page.now
    since = _("%(when)s 起") % {"when": moment(m.turn_since, now)}
    if m.state == State.DRAFT:
        return {"mark": "middle", "title": _("轮到%(name)s写议程") % {"name": m.made_name}, "note": since}
    if m.state == State.PROPOSED:
        title = _("轮到主任召集") if m.asked_at else _("等委员附议，要有三分之一")
        return {"mark": "middle", "title": title, "note": since}
    if m.state == State.CALLED:
        assert m.starts_at is not None
        if now < m.starts_at:
            return {"mark": "middle", "title": _("%(when)s 开会") % {"when": moment(m.starts_at, now)}, "note": m.spot}
        return {
            "mark": "middle",
            "title": _("等着记谁到了"),
            "note": _("%(when)s 起") % {"when": moment(m.starts_at, now)},
        }
    if m.state in rules.UNPOSTED:
        return _unposted(page, since)
    if m.state == State.PUBLISHED:
        until = _("公示到%(day)s") % {"day": whole(m.shown_until)} if m.shown_until else ""
        return {"mark": "done", "title": _("决定公布了"), "note": until}
    return {"mark": "nobody", "title": str(MEETING_STATES[m.state]), "note": m.reason or _missed(m)}


def _missed(m: Meeting) -> str:
    return _("全体 %(members)s 人，到会 %(present)s 人，不够") % {"members": m.members, "present": m.present}


def _unposted(page: Page, since: str) -> dict[str, Any]:
    m = page.meeting
    assert m.result_due is not None
    late = timezone.localdate(page.now) > m.result_due
    by_day = _("最晚%(day)s公布") % {"day": whole(m.result_due)}
    left = page.unsigned()
    title = _("等 %(n)s 位委员签字") % {"n": len(left)} if m.state == State.HELD else _("轮到主任公布")
    return {"mark": "middle", "title": title, "note": f"{since} · {by_day}", "late": late}


def _main(page: Page) -> tuple[tuple[str, str] | None, list[tuple[Act, Refusal]]]:
    """The one next thing for this reader, and what is not lawful yet, with why."""
    m, no = page.meeting, []
    if m.state == State.HELD:
        waiting = page.mine and next((i for i in page.items if page.mine.pk not in page.signed.get(i.pk, {})), None)
        no = _not_yet(page)
        if waiting:
            return (_("第 %(n)s 项，签字") % {"n": waiting.place}, item_url(page, waiting, Act.SIGN)), no
    if m.state == State.CLOSED and page.parts and Act.PUBLISH not in page.can:
        no = [(Act.PUBLISH, NOT_CHAIR)]
    if m.state == State.PROPOSED and Act.CALL in page.can and (refusal := _too_early_to_call(page)):
        no = [(Act.CALL, refusal)]
    if m.state == State.CALLED and Act.HOLD in page.can and not _now(page, Act.HOLD):
        no = [(Act.HOLD, Refusal("too_early", "还没到时间，开了再记"))]
    act = next((a for a in MAIN if a in page.can and _now(page, a)), None)
    return ((label_of(act), page.url(act)) if act else None), no


def _not_yet(page: Page) -> list[tuple[Act, Refusal]]:
    found: list[tuple[Act, Refusal]] = []
    if Who.MEMBER in page.parts and page.mine is None:
        found.append((Act.SIGN, NO_VOTE))
    if Act.CLOSE in page.can and (no := _open_still(page)):
        found.append((Act.CLOSE, no))
    return found


def _open_still(page: Page) -> Refusal | None:
    assert page.meeting.held_at is not None
    held, today = timezone.localdate(page.meeting.held_at), timezone.localdate(page.now)
    return rules.may_close(unsigned={str(seat.pk) for seat in page.unsigned()}, held=held, today=today)


def _too_early_to_call(page: Page) -> Refusal | None:
    days = profile(page.request.compound.profile).values["committee_extra_days"]
    return rules.may_call_instead(chair=Who.CHAIR in page.parts, asked_at=page.meeting.asked_at, at=page.now, days=days)


def _now(page: Page, act: Act) -> bool:
    """Whether what the table allows is also lawful at this moment."""
    m = page.meeting
    if act == Act.PROPOSE:
        return bool(page.items) and Who.CHAIR not in page.parts
    if act == Act.CALL:
        return bool(page.items) and (m.state != State.DRAFT or Who.MAKER in page.parts) and not _too_early_to_call(page)
    if act in {Act.HOLD, Act.MISS}:
        return m.starts_at is not None and page.now >= m.starts_at
    if act == Act.CLOSE:
        return _open_still(page) is None
    if act == Act.CANCEL:
        return Who.CHAIR in page.parts and not m.by_members if m.state == State.CALLED else Who.MAKER in page.parts
    if act == Act.MINUTES:
        return m.state != State.PUBLISHED or not any(r.kind == "minutes" for r in queries.records_of(m))
    if act == Act.SUPPORT:
        return Who.ASKER not in page.parts
    return True


def _facts(page: Page) -> list[tuple[str, str]]:
    m, now = page.meeting, page.now
    rows = [(_("谁开的会"), m.body.name), (_("谁拟的"), m.made_name)]
    if m.starts_at and m.called_at:
        rows.append((_("时间"), moment(m.starts_at, now)))
        rows.append((_("地点"), m.spot))
        rows.append((_("议程给业主看"), _("%(when)s 起") % {"when": moment(m.called_at, now)}))
        told = (
            _("%(when)s，%(n)s 人") % {"when": moment(m.called_at, now), "n": m.told}
            if m.told
            else _("居委会还没有人用，请送过去")
        )
        rows.append((_("议题告诉居委会"), told))
    if (
        page.parts
        and m.state in {State.PROPOSED, State.CALLED}
        and (names := [s.name for s in queries.supporters_of(m)])
    ):
        rows.append((_("提议的委员"), "、".join(names)))
    if page.seats:
        came = [s.name for s in page.seats if s.present]
        away = [s.name for s in page.seats if not s.present]
        rows.append(
            (
                _("到会"),
                _("%(n)s 人，全体 %(all)s 人：%(names)s")
                % {"n": len(came), "all": m.members, "names": "、".join(came)},
            )
        )
        if away:
            rows.append((_("没到"), "、".join(away)))
    return rows


def _line(page: Page, item: AgendaItem) -> dict[str, Any]:
    votes = page.signed.get(item.pk, {}) if page.shows_votes else {}
    shown = page.shows_votes and page.meeting.members
    return {
        "place": item.place,
        "title": public_words(item.title),
        "kind": str(KINDS[item.kind]),
        "words": public_words(item.words),
        "result": str(RESULTS[item.result]) if item.result and shown else "",
        "passed": item.result == rules.Result.PASSED,
        "needs": _("全体 %(all)s 人，要 %(n)s 人签赞成") % {"all": page.meeting.members, "n": rules.needed(page.meeting.members)} if shown else "",
        "votes": [
            {"label": str(CHOICES[choice]), "names": names}
            for choice in rules.CHOICES
            if (names := [_name(seat, votes[seat.pk]) for seat in page.seats if seat.pk in votes and votes[seat.pk].choice == choice])
        ],
        "silent": [s.name for s in page.seats if s.present and s.pk not in votes] if shown and page.meeting.state in rules.SAT else [],
        "acts": [
            *((label_of(a), item_url(page, item, a)) for a in (Act.ENTER, Act.DROP_ITEM) if a in page.can and _open_for(page, item, a)),
            *([(PUT, address("councils:item-assembly", page.slug, page.meeting.number, item.place))] if _puts(page, item) else []),
        ],
    }  # fmt: skip


def _puts(page: Page, item: AgendaItem) -> bool:
    own = page.request.actor.body_id == page.meeting.body_id
    return page.request.may(Right.CREATE_ASSEMBLY_SESSION) and not rules.may_put(kind=item.kind, result=item.result, same_body=own)  # fmt: skip


def _name(seat: Seat, row: Signature) -> str:
    return (
        _("%(name)s（纸上签，%(by)s录）") % {"name": seat.name, "by": row.entered_name}
        if row.channel == "paper"
        else seat.name
    )


def _open_for(page: Page, item: AgendaItem, act: Act) -> bool:
    votes = page.signed.get(item.pk, {})
    return act != Act.ENTER or any(seat.present and seat.pk not in votes for seat in page.seats)


def _minutes(page: Page) -> str:
    if not page.shows_votes or page.meeting.state not in rules.SAT:
        return ""
    rows = [r for r in queries.records_of(page.meeting) if r.kind == "minutes"]
    return public_words(rows[-1].words) if rows else ""


def _corrections(page: Page) -> list[dict[str, str]]:
    if page.meeting.state != State.PUBLISHED:
        return []
    return [
        {
            "words": public_words(r.words),
            "reason": public_words(r.reason),
            "who": r.name,
            "when": moment(r.at, page.now),
        }
        for r in queries.records_of(page.meeting)
        if r.kind == "correction"
    ]
