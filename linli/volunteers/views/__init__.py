"""Calls as people meet them: the board, shouting, one call with whose turn it is, and each further step."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right
from linli.plumbing import vault
from linli.plumbing.addresses import address, numbered
from linli.plumbing.counters import kept
from linli.plumbing.forms import Form
from linli.plumbing.guards import allow
from linli.plumbing.labels import said
from linli.plumbing.offline import CHANNEL, answer, done_at, from_phone, once_of, settled, wrong

from .. import forms, queries, services
from ..access import answers, building_near, call_for
from ..models import Call
from ..queries import story
from ..rules import LOOKED_AT, OVERTAKEN, Act, State, Who, allowed, dangers, refuse
from ..words import PAYERS, RISKS


def _after(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


# ── the board ───────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own calls, what one took on, then what is open: one's building first, newest first."""
    by, now, after = request.actor, timezone.now(), _after(request)
    here = {"compound_id": request.compound.pk}
    sees = answers(by) or request.may(Right.WATCH_CALLS)
    building = building_near(by) if sees else None
    others = queries.elsewhere(**here, building_id=building, after=after) if sees else []
    shown = others[: queries.PAGE]
    near = queries.near(**here, building_id=building) if sees and not after else []
    calls = (
        queries.called(by=by, limit=queries.SHOWN_MOST, under_way=True)
        if by.role in RESIDENTS or by.assistance_id
        else []
    )
    context = {
        "called": [story.cell(c, slug, now) for c in calls[: queries.SHOWN_MOST] if not after],
        "answering": [] if after else [_answering(c, slug, now) for c in queries.answering(**here, account_id=by.account_id)],
        "groups": [
            (title, [story.card(c, now) for c in rows])
            for title, rows in ((_("本楼的"), near), (_("别的楼的") if building else _("等人接的"), shown)) if rows
        ],
        "taken": [story.cell(c, slug, now) for c in queries.taken(**here)] if sees and not after else [],
        "more": shown[-1].pk if len(others) > queries.PAGE else None,
        "sees": sees,
        "claims": answers(by),
        "willing": queries.willing(**here, account_id=by.account_id),
        "may_switch": request.may(Right.ANSWER_CALL) and not by.assistance_id,
        "may_shout": by.role in RESIDENTS or bool(by.assistance_id),
        "resident": by.role in RESIDENTS,
        "open": kept(request.compound.pk, "call:open").get("call:open", 0),
        "here": address("volunteers:board", slug),
    }  # fmt: skip
    return render(request, "volunteers/board.html", context)


def _answering(call: Call, slug: str, now: datetime) -> dict[str, Any]:
    """Its page stays on the phone, for where there is no signal."""
    return {**story.cell(call, slug, now), "field": _subject(call)}


def _subject(call: Call) -> str:
    return f"calls/{call.number}"


@allow(Right.CALL_NEIGHBOURS)
@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.called(by=request.actor, after=_after(request))
    rows = [story.cell(c, slug, timezone.now()) for c in found[: queries.PAGE]]
    more = found[queries.PAGE - 1].pk if len(found) > queries.PAGE else None
    return render(request, "volunteers/mine.html", {"rows": rows, "more": more})


@allow(Right.ANSWER_CALL)
@require_POST
def willing(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        row = services.say_willing(by=request.actor, willing=request.POST.get("willing") == "1", at=timezone.now())
    except Refused as no:
        messages.error(request, said(no.refusal))
    else:
        messages.success(request, _("好的，邻居有事会告诉您") if row.willing else _("好的，不再告诉您"))
    return redirect("volunteers:board", slug)


# ── shouting ────────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.CALL_NEIGHBOURS)
def shout(request: HttpRequest, slug: str) -> HttpResponse:
    """Words that sound dangerous are asked about once; what is dangerous goes to the property company."""
    by = request.actor
    if by.role not in RESIDENTS and not by.assistance_id:
        return render(request, "volunteers/for_whom.html")
    form = forms.ShoutForm(request.POST) if request.method == "POST" else forms.ShoutForm()
    context = {"form": form, "party": _("社区") if request.compound.is_unmanaged else _("物业")}
    if request.method != "POST":
        return render(request, "volunteers/shout.html", context)
    if not form.is_valid():
        return render(request, "volunteers/shout.html", context, status=422)
    data = form.cleaned_data
    sounds = [] if data["risks"] or data["harmless"] else dangers(data["words"])
    if sounds:
        asked = [(risk, RISKS[risk]) for risk in sounds]
        return render(request, "volunteers/shout.html", {**context, "asked": asked})
    try:
        got = services.shout(by=by, compound=request.compound, at=timezone.now(), **data)
    except Refused as no:
        form.refuse(no)
        return render(request, "volunteers/shout.html", context, status=422)
    if got.matter:
        messages.success(request, _("这件事有危险，不让邻居动手，已经交上去办了"))
        return redirect(numbered("matters:matter", slug, got.matter.number))
    assert got.call is not None
    messages.success(request, _("喊出去了，有邻居接了马上告诉您"))
    return redirect(numbered("volunteers:call", slug, got.call.number))


# ── one call ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _found(request: HttpRequest, number: int) -> tuple[Call, frozenset[Who]]:
    found = call_for(compound=request.compound, number=number, by=request.actor)
    if found is None:
        raise Http404
    return found


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
@require_safe
def call(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, parts = _found(request, number)
    now = timezone.now()
    claims = queries.claims_of(one)
    page = story.page(one, parts, claims, now)
    can = allowed(State(one.state), parts)
    context = {
        "call": one,
        "page": page,
        "lines": story.lines(one, queries.entries_of(one), now) if page.whole else [],
        "matter": numbered("matters:matter", slug, one.matter.number) if one.matter and Who.CALLER in parts else "",
        "main": [_link(slug, one, a) for a in can if a in MAIN and not (a == Act.CONFIRM and one.state == State.CLAIMED)],
        "rest": [_link(slug, one, a) for a in can if a in REST or (a == Act.CONFIRM and one.state == State.CLAIMED)],
        "photos": _photos(slug, one) if page.whole else [],
        "spent": _spent(one) if page.whole else "",
        "subject": _subject(one),
        "steps": [_step(slug, one, a) for a in FIELD if a in can],
        "contact": address("volunteers:contact", slug, number) if Act.SEE_CONTACT in can else "",
        **_box(one, parts, claims, now),
    }  # fmt: skip
    return render(request, "volunteers/call.html", context)


def _photos(slug: str, one: Call) -> list[dict[str, str]]:
    return [
        {
            "src": address("volunteers:photo", slug, one.number, pk, "thumb"),
            "href": address("volunteers:photo", slug, one.number, pk, "small"),
        }
        for pk in queries.photos_of(one)
    ]


def _spent(one: Call) -> str:
    """What it took, and who paid."""
    if one.cost_fen is None:
        return one.materials
    yuan = f"{one.cost_fen // 100:,}" + (f".{one.cost_fen % 100:02d}" if one.cost_fen % 100 else "")
    cost = _("花了 %(yuan)s 元") % {"yuan": yuan}
    return " · ".join(filter(None, [one.materials, cost, str(PAYERS.get(one.paid_by, ""))]))


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
@require_safe
def photo(request: HttpRequest, slug: str, number: int, pk: UUID, size: str) -> HttpResponse:
    """For who may read the whole of the call."""
    one, parts = _found(request, number)
    row = queries.photo_of(one, pk) if story.page(one, parts, [], timezone.now()).whole else None
    if row is None or size not in {"small", "thumb"}:
        raise Http404
    response = HttpResponse(vault.path(getattr(row, size)).read_bytes(), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _link(slug: str, one: Call, act: Act) -> dict[str, Any]:
    doing = ACTS[act]
    return {"label": doing.label, "url": address("volunteers:act", slug, one.number, act.value), "judges": doing.judges}


def _step(slug: str, one: Call, act: Act) -> dict[str, Any]:
    """What may be written down without a signal, on the page itself."""
    return {**_link(slug, one, act), "act": act.value, "form": ACTS[act].form(auto_id=f"{act.value}-%s")}


def _box(one: Call, parts: frozenset[Who], claims: list, now, wrong: str = "") -> dict[str, Any]:
    can = allowed(State(one.state), parts)
    return {
        "number": one.number,
        "box_act": next((a.value for a in (Act.CLAIM, Act.JOIN) if a in can), ""),
        "box_risks": RISKS.choices() if Act.CLAIM in can and one.kind in LOOKED_AT else [],
        "box_turn": story.turn(one, parts, claims, now),
        "wrong": wrong,
    }


def _take(request: HttpRequest, one: Call, act: Act) -> Call:
    at = timezone.now()
    if act == Act.JOIN:
        return services.join(by=request.actor, call=one, at=at)
    looked = "looked" in request.POST
    return services.claim(by=request.actor, call=one, risks=request.POST.getlist("risks") if looked else None, at=at)


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
def claim_box(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The part in which a neighbour takes a call on; without script its form leads back to the page."""
    one, parts = _found(request, number)
    back = _next(request) or numbered("volunteers:call", slug, number)
    wrong = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in {Act.CLAIM, Act.JOIN}:
            raise Http404
        try:
            one = _take(request, one, Act(act))
        except Refused as no:
            wrong = said(no.refusal)
        else:
            if one.state == State.FALLEN:
                messages.success(request, _("这件事有危险，不让邻居动手，已经交上去办了"))
                return _go(request, address("volunteers:board", slug))
            messages.success(
                request, _("您接了，先打个电话再去") if act == Act.CLAIM else _("算您一个，和接的人一起去")
            )
            return _go(request, numbered("volunteers:call", slug, number))
    if not getattr(request, "htmx", False):
        if wrong:
            messages.error(request, wrong)
        return redirect(back)
    one, parts = _found(request, number)
    context = _box(one, parts, queries.claims_of(one), timezone.now(), wrong)
    response = render(request, "volunteers/_claim_box.html", context, status=422 if wrong else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _go(request: HttpRequest, target: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else ""


@allow(Right.ANSWER_CALL)
def contact(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Says that it is written down, then shows the caller's name, home and number."""
    one, parts = _found(request, number)
    no = refuse(Act.SEE_CONTACT, State(one.state), parts)
    if no:
        raise Http404
    shown = None
    if request.method == "POST":
        try:
            shown = services.see_contact(by=request.actor, call=one, at=timezone.now())
        except Refused as late:
            messages.error(request, said(late.refusal))
            return redirect("volunteers:call", slug, number)
    response = render(request, "volunteers/contact.html", {"call": one, "shown": shown})
    response["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True)
class Doing:
    """A step with its form: `field` is what the form's one field is called, there and in the service."""

    form: type[Form]
    verb: Callable[..., Call]
    label: Any
    said: Any
    field: str = ""
    note: Any = ""
    judges: bool = False


ACTS: dict[Act, Doing] = {
    Act.NOTE: Doing(forms.NoteForm, services.note, gettext_lazy("说一句"), gettext_lazy("说到了"), "words", gettext_lazy("喊的人和一起去的人看得到。")),
    Act.FINISH: Doing(forms.ResultForm, services.finish, gettext_lazy("办好了"), gettext_lazy("记下了，等喊的人看一看"), "result"),
    Act.RELEASE: Doing(forms.ReasonForm, services.release, gettext_lazy("我去不了了"), gettext_lazy("知道了，再请别的邻居"), "reason", gettext_lazy("马上再问别的邻居，早一点说，人家早一点等到。")),
    Act.LEAVE: Doing(forms.MayReasonForm, services.leave, gettext_lazy("我不一起去了"), gettext_lazy("知道了"), "reason"),
    Act.NOT_DONE: Doing(forms.ReasonForm, services.not_done, gettext_lazy("还没办好"), gettext_lazy("告诉他了"), "reason", gettext_lazy("会告诉接的人。"), judges=True),
    Act.CONFIRM: Doing(forms.ThanksForm, services.confirm, gettext_lazy("办好了"), gettext_lazy("好的，谢谢您说一声"), "thanks", gettext_lazy("去帮忙的人都看得到。"), judges=True),
    Act.CALL_ME: Doing(forms.OnceForm, services.call_me, gettext_lazy("请他给我回个电话"), gettext_lazy("告诉他了"), note=gettext_lazy("接的人看得到您的号码，会打给您。")),
    Act.CALL_AGAIN: Doing(forms.ReasonForm, services.call_again, gettext_lazy("没等到人，再喊一声"), gettext_lazy("又喊了一声"), "reason", gettext_lazy("别的邻居也能接了。")),
    Act.WITHDRAW: Doing(forms.MayReasonForm, services.withdraw, gettext_lazy("不用了"), gettext_lazy("好的，不用大家来了"), "reason"),
}  # fmt: skip
MAIN = frozenset({Act.FINISH, Act.NOT_DONE, Act.CONFIRM})
REST = frozenset(ACTS) - MAIN
# May be done without a signal and sent later.
FIELD = (Act.NOTE, Act.FINISH)
SHOWN = 4


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    if from_phone(request):
        return _sent(request, number, act)
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    if doing is None:
        raise Http404
    one, parts = _found(request, number)
    back = numbered("volunteers:call", slug, number)
    no = refuse(Act(act), State(one.state), parts, reason="-")
    if no and request.method != "POST":
        messages.error(request, said(no))
        return redirect(back)
    form = doing.form(request.POST, request.FILES) if request.method == "POST" else doing.form()
    if request.method == "POST" and form.is_valid():
        try:
            doing.verb(by=request.actor, call=one, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, doing.said)
            return redirect(_left(request, number) or back)
    context = {
        "form": form, "doing": doing, "call": one, "back": back, "field": act in FIELD, "action": address("volunteers:act", slug, number, act),
    }  # fmt: skip
    return render(request, "volunteers/act.html", context, status=422 if request.method == "POST" else 200)


def _left(request: HttpRequest, number: int) -> str:
    """Who has no part in the call any more goes back to the board."""
    if call_for(compound=request.compound, number=number, by=request.actor):
        return ""
    return address("volunteers:board", request.compound.slug)


# ── done without a signal ───────────────────────────────────────────────────────────────────────────────────────────


def _sent(request: HttpRequest, number: int, act: str) -> JsonResponse:
    """A word or an end that comes in later: taken in once, or answered with why not and where the call is by now."""
    if known := settled(request, request.actor):
        return known
    found = call_for(compound=request.compound, number=number, by=request.actor)
    if found is None or act not in {*FIELD, Act.LATE}:
        return answer("conflict", says=_("这一声您现在看不到了"), note=False)
    one, parts = found
    now = timezone.now()
    by = replace(request.actor, channel=CHANNEL, received_at=now)
    no = None if act == Act.LATE else refuse(Act(act), State(one.state), parts)
    if no:
        return _overtaken(request, one, parts, no, now)
    form = (forms.LateForm if act == Act.LATE else ACTS[Act(act)].form)(request.POST, request.FILES)
    if not form.is_valid():
        return answer("refused", says=wrong(form))
    data = {**form.cleaned_data, "once": once_of(request)}
    try:
        if act == Act.LATE:
            services.keep_late(by=by, call=one, at=done_at(request.POST, now, since=one.called_at), **data)
        else:
            ACTS[Act(act)].verb(by=by, call=one, at=done_at(request.POST, now, since=one.since), **data)
    except Refused as late:
        if late.refusal.key in OVERTAKEN:
            return _overtaken(request, one, parts, late.refusal, now)
        return answer("refused", says=said(late.refusal))
    return answer("done")


def _overtaken(request: HttpRequest, one: Call, parts: frozenset[Who], no: Refusal, now: datetime) -> JsonResponse:
    """What happened meanwhile, as far as this reader may see it; who was on it may still have it kept in the story."""
    found = call_for(compound=request.compound, number=one.number, by=request.actor)
    one, parts = found or (one, parts)
    page = story.page(one, parts, queries.claims_of(one), now)
    lines = story.lines(one, queries.entries_of(one)[:SHOWN], now) if page.whole else []
    return answer(
        "conflict", says=said(no), note=queries.was_on_it(one, request.actor.account_id), now=" · ".join([page.turn.title, page.turn.note]),
        meanwhile=[" · ".join(filter(None, [line["when"], line["who"], line["text"]])) for line in reversed(lines)],
    )  # fmt: skip
