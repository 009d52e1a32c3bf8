"""Meetings of a committee or a PMC as people meet them: the agenda, who signed what, and what was decided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.kernel.bodies import RESERVED, earliest_meeting
from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal, Refused
from linli.kernel.tally.thresholds import MATTERS
from linli.matters.rules.publicity import public_words
from linli.people.access import members_of
from linli.people.rules import Act as Right
from linli.people.rules import Body
from linli.plumbing import vault
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import Form
from linli.plumbing.guards import allow
from linli.plumbing.labels import article, label, said
from linli.plumbing.moments import moment, whole
from linli.plumbing.numbers import number_in

from ..access.meetings import item_for, meeting_for, own_body, paper_for, parts_in, seat_of
from ..forms import meetings as forms
from ..models import AgendaItem, Meeting, Seat, Signature
from ..queries import meetings as queries
from ..rules import meetings as rules
from ..rules.meetings import Act, State, Who, allowed
from ..services import meetings as services
from ..words import CHOICES, KINDS, MEETING_STATES, RESULTS
from .frames import asked, frame, sent

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


@allow(Right.SIT_IN_BODY)
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """A meeting begins with the first thing to be talked about."""
    if own_body(request.actor) is None:
        raise Http404
    form = forms.ItemForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.start(by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data)
        except Refused as no:
            form.refuse(no)
        else:
            return redirect(numbered("councils:meeting", slug, made.number))
    context = {
        "form": form, "title": _("拟一次会的议程"), "label": _("写下第一项"), "note": _("先写议什么，再定时间。"), "back": address("councils:meetings", slug),
        "reserved": reserved(),
    }  # fmt: skip
    return asked(request, context, form)


def reserved() -> list[tuple[str, str]]:
    """What only the owners together decide, each with its article."""
    return [(label(MATTERS[n]), label(RESERVED[n])) for n in RESERVED]


# ── one meeting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _found(request: HttpRequest, number: int) -> Meeting:
    found = meeting_for(compound=request.compound, number=number, by=request.actor)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Page:
    """One meeting as this reader meets it."""

    request: HttpRequest
    meeting: Meeting
    now: datetime
    parts: frozenset[Who]
    can: frozenset[Act]
    items: list[AgendaItem]
    seats: list[Seat]
    signed: dict[UUID, dict[UUID, Signature]]
    mine: Seat | None

    @property
    def slug(self) -> str:
        return self.request.compound.slug

    @property
    def shows_votes(self) -> bool:
        return self.meeting.state == State.PUBLISHED or bool(self.parts)

    def unsigned(self) -> list[Seat]:
        return [
            seat
            for seat in self.seats
            if seat.present and any(seat.pk not in self.signed.get(item.pk, {}) for item in self.items)
        ]

    def url(self, act: Act) -> str:
        return address("councils:meeting-act", self.slug, self.meeting.number, act.value)


def _page(request: HttpRequest, one: Meeting) -> Page:
    parts = parts_in(one, request.actor)
    sat = one.members > 0
    mine = seat_of(one, request.actor) if sat and parts else None
    return Page(
        request=request, meeting=one, now=timezone.now(), parts=parts, can=allowed(State(one.state), parts), items=queries.items_of(one),
        seats=queries.seats_of(one) if sat else [], signed=queries.signatures_of(one) if sat else {}, mine=mine,
    )  # fmt: skip


@allow()
@require_safe
def meeting(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = _found(request, number)
    page = _page(request, one)
    main, cannot = _main(page)
    context = {
        "meeting": one,
        "title": queries.title(one, page.now),
        "turn": _turn(page),
        "main": main,
        "cannot": [(_label(act), said(no), article(no)) for act, no in cannot],
        "others": [(_label(a), page.url(a)) for a in OTHERS if a in page.can and _now(page, a) and (not main or main[1] != page.url(a))],
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
            return (_("第 %(n)s 项，签字") % {"n": waiting.place}, _item_url(page, waiting, Act.SIGN)), no
    if m.state == State.CLOSED and page.parts and Act.PUBLISH not in page.can:
        no = [(Act.PUBLISH, NOT_CHAIR)]
    if m.state == State.PROPOSED and Act.CALL in page.can and (refusal := _too_early_to_call(page)):
        no = [(Act.CALL, refusal)]
    if m.state == State.CALLED and Act.HOLD in page.can and not _now(page, Act.HOLD):
        no = [(Act.HOLD, Refusal("too_early", "还没到时间，开了再记"))]
    act = next((a for a in MAIN if a in page.can and _now(page, a)), None)
    return ((_label(act), page.url(act)) if act else None), no


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


def _item_url(page: Page, item: AgendaItem, act: Act) -> str:
    return address("councils:item-act", page.slug, page.meeting.number, item.place, act.value)


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
        "acts": [(_label(a), _item_url(page, item, a)) for a in (Act.ENTER, Act.DROP_ITEM) if a in page.can and _open_for(page, item, a)],
    }  # fmt: skip


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


# ── each step ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Doing:
    form: Callable[..., Form]
    verb: Callable[..., Any]
    label: Any
    said: Any
    note: Any = ""
    compound: bool = False


ACTS: dict[Act, Doing] = {
    Act.ADD_ITEM: Doing(forms.ItemForm, services.add_item, gettext_lazy("再写一项"), gettext_lazy("写下了")),
    Act.PROPOSE: Doing(forms.OnceForm, services.propose, gettext_lazy("请其他委员附议"), gettext_lazy("提出来了，等其他委员附议"), gettext_lazy("有三分之一委员附议，主任就要召集。提出来以后议程不能再改。")),
    Act.SUPPORT: Doing(forms.OnceForm, services.support, gettext_lazy("我也提议"), gettext_lazy("记下了"), gettext_lazy("有三分之一委员提议，主任就要召集。")),
    Act.CALL: Doing(forms.CallForm, services.call, gettext_lazy("定时间，召集"), gettext_lazy("定下了，业主看得到议程，居委会也知道了"), gettext_lazy("议程马上给业主看，议题马上告诉居委会；以后不能再改。"), compound=True),
    Act.CANCEL: Doing(forms.WhyForm, services.cancel, gettext_lazy("不开了"), gettext_lazy("不开了")),
    Act.HOLD: Doing(forms.CameForm, services.hold, gettext_lazy("开会了，记到会"), gettext_lazy("记下了，到会的委员可以签字了"), compound=True),
    Act.MISS: Doing(forms.CameForm, services.miss, gettext_lazy("人不够，没开成"), gettext_lazy("记下了，要再召集一次")),
    Act.CLOSE: Doing(forms.OnceForm, services.close, gettext_lazy("不再等签字"), gettext_lazy("定了"), gettext_lazy("没签够的算没有通过，以后不能再签。")),
    Act.MINUTES: Doing(forms.MinutesForm, services.write_minutes, gettext_lazy("写纪要"), gettext_lazy("纪要存好了")),
    Act.PUBLISH: Doing(forms.OnceForm, services.publish, gettext_lazy("公布决定"), gettext_lazy("公布了，公告也发出去了"), gettext_lazy("每位委员怎么签的一起公布。公布以后不能再改，写错了只能在旁边更正。"), compound=True),
    Act.CORRECT: Doing(forms.CorrectForm, services.correct, gettext_lazy("更正"), gettext_lazy("更正写在下面了")),
}  # fmt: skip
ITEM_ACTS: dict[Act, Doing] = {
    Act.SIGN: Doing(forms.SignForm, services.sign, gettext_lazy("签字"), gettext_lazy("签好了"), gettext_lazy("签了不能改，您的名字和意见会公布。")),
    Act.ENTER: Doing(forms.EnterForm, services.enter, gettext_lazy("录纸上的签字"), gettext_lazy("录好了，也告诉他本人了"), gettext_lazy("只录到会委员亲手签的。您和他的名字都留在记录里。")),
    Act.DROP_ITEM: Doing(forms.OnceForm, services.drop_item, gettext_lazy("去掉这一项"), gettext_lazy("去掉了")),
}  # fmt: skip
MAIN = (Act.CALL, Act.PROPOSE, Act.SUPPORT, Act.HOLD, Act.PUBLISH)
OTHERS = (*MAIN, Act.MISS, Act.CLOSE, Act.MINUTES, Act.CORRECT, Act.CANCEL)


def _label(act: Act) -> str:
    return str({**ACTS, **ITEM_ACTS}[act].label)


def _form(act: Act, one: Meeting, request: HttpRequest) -> Form:
    kind = ACTS[act].form
    if kind is forms.CameForm:
        kind = partial(kind, members=members_of(one.body_id, timezone.localdate()))
    if act == Act.MINUTES:
        last = [r for r in queries.records_of(one) if r.kind == "minutes"]
        kind = partial(kind, initial={"words": last[-1].words if last else ""})
    return kind(sent(request))


def _ready(request: HttpRequest, one: Meeting, act: Act) -> HttpResponse | None:
    """Who has no part finds nothing; who comes too late is told and led back. A form sent twice goes on to the service."""
    parts = parts_in(one, request.actor)
    part = bool(rules.TABLE[act].who & parts) or (act in {Act.CALL, Act.SIGN} and Who.MEMBER in parts)
    if not part:
        raise Http404
    if act not in allowed(State(one.state), parts) and request.method != "POST":
        messages.error(request, _("这次会已经变了，请看现在到哪一步"))
        return redirect(numbered("councils:meeting", request.compound.slug, one.number))
    return None


def _run(
    request: HttpRequest, one: Meeting, doing: Doing, form: Form, what: dict[str, Any], context: dict[str, Any]
) -> HttpResponse:
    back = numbered("councils:meeting", request.compound.slug, one.number)
    if doing.compound:
        what = {**what, "compound": request.compound}
    if request.method == "POST" and form.is_valid():
        try:
            doing.verb(by=request.actor, meeting=one, at=timezone.now(), **what, **form.cleaned_data)
        except Refused as no:
            form.refuse(no)
            context = {**context, "article": article(no.refusal)}
        else:
            messages.success(request, doing.said)
            return redirect(context.get("then") or back)
    offered = {"form": form, "title": doing.label, "label": doing.label, "note": doing.note, "back": back}
    return asked(request, {**offered, **context}, form)


@allow(Right.SIT_IN_BODY, Right.KEEP_MINUTES)
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    if doing is None:
        raise Http404
    one = _found(request, number)
    if led := _ready(request, one, Act(act)):
        return led
    context = (
        {"reserved": reserved()}
        if act == Act.ADD_ITEM
        else {"earliest": _earliest(request, one)}
        if act == Act.CALL
        else {}
    )
    return _run(request, one, doing, _form(Act(act), one, request), {}, context)


def _earliest(request: HttpRequest, one: Meeting) -> str:
    if one.body.kind != Body.COMMITTEE:
        return ""
    return whole(earliest_meeting(profile(request.compound.profile), timezone.localdate()))


@allow(Right.SIT_IN_BODY, Right.KEEP_MINUTES)
def item_act(request: HttpRequest, slug: str, number: int, place: int, act: str) -> HttpResponse:
    doing = ITEM_ACTS.get(Act(act)) if act in set(Act) else None
    one = _found(request, number)
    item = item_for(meeting=one, place=place)
    if doing is None or item is None:
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    context: dict[str, Any] = {"about": public_words(item.title), "then": ""}
    if act == Act.ENTER:
        page = _page(request, one)
        votes = page.signed.get(item.pk, {})
        left = [s for s in page.seats if s.present and s.pk not in votes and s.account_id != request.actor.account_id]
        form: Form = forms.EnterForm(sent(request), request.FILES or None, seats=left)
    else:
        form = doing.form(sent(request))
    if act == Act.SIGN:
        context["then"] = _next(request, one, item)
    return _run(request, one, doing, form, {"item": item}, context)


def _next(request: HttpRequest, one: Meeting, item: AgendaItem) -> str:
    """From one item to the next that this member has not signed."""
    page = _page(request, one)
    left = [i for i in page.items if page.mine and i.pk != item.pk and page.mine.pk not in page.signed.get(i.pk, {})]
    return _item_url(page, left[0], Act.SIGN) if left else ""


@allow(Right.SIT_IN_BODY, Right.KEEP_MINUTES)
@require_safe
def paper(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """The sheet that was signed by hand: the body's own alone."""
    row = paper_for(meeting=_found(request, number), pk=pk, by=request.actor)
    if row is None:
        raise Http404
    data = vault.path(row.small).read_bytes() if row.small else vault.open_sealed(row.sealed)
    answer = HttpResponse(data, content_type="image/jpeg" if row.small else "application/pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer
