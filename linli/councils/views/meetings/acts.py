"""Each step of a meeting, a form of its own."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.bodies import earliest_meeting
from linli.kernel.profiles import profile
from linli.kernel.refusal import Refused
from linli.matters.rules.publicity import public_words
from linli.people.access import members_of
from linli.people.rules import Act as Right
from linli.people.rules import Body
from linli.plumbing import vault
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import Form
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import article
from linli.plumbing.moments import whole
from linli.plumbing.refusals import refusals_beside

from ...access.meetings import item_for, own_body, paper_for, parts_in
from ...forms import meetings as forms
from ...models import AgendaItem, Meeting
from ...queries import meetings as queries
from ...rules import meetings as rules
from ...rules.meetings import Act, State, Who, allowed
from ...services import meetings as services
from ..frames import asked, sent
from .doing import ACTS, ITEM_ACTS, PUT, Doing
from .sitting import found, item_url, page_of, reserved


@allow(Right.SIT_IN_BODY)
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """A meeting begins with the first thing to be talked about."""
    if own_body(request.actor) is None:
        raise Http404
    form = forms.ItemForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = services.start(by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data)
            return redirect(numbered("councils:meeting", slug, made.number))
    context = {
        "form": form, "title": _("拟一次会的议程"), "label": _("写下第一项"), "note": _("先写议什么，再定时间。"), "back": address("councils:meetings", slug),
        "reserved": reserved(),
    }  # fmt: skip
    return asked(request, context, form)


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
    one = found(request, number)
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
    one = found(request, number)
    item = item_for(meeting=one, place=place)
    if doing is None or item is None:
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    context: dict[str, Any] = {"about": public_words(item.title), "then": ""}
    if act == Act.ENTER:
        page = page_of(request, one)
        votes = page.signed.get(item.pk, {})
        left = [s for s in page.seats if s.present and s.pk not in votes and s.account_id != request.actor.account_id]
        form: Form = forms.EnterForm(sent(request), request.FILES or None, seats=left)
    else:
        form = doing.form(sent(request))
    if act == Act.SIGN:
        context["then"] = _next(request, one, item)
    return _run(request, one, doing, form, {"item": item}, context)


@allow(Right.CREATE_ASSEMBLY_SESSION)
def put(request: HttpRequest, slug: str, number: int, place: int) -> HttpResponse:
    """The decision to ask the owners becomes a drafted session; who comes again is led to it."""
    one = found(request, number)
    item = item_for(meeting=one, place=place)
    if item is None or rules.may_put(
        kind=item.kind, result=item.result, same_body=request.actor.body_id == one.body_id
    ):
        raise Http404
    form = forms.PutForm(sent(request), initial={"matter_no": rules.as_matter(item.title)})
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = services.put_to_owners(
                by=request.actor, compound=request.compound, meeting=one, item=item, matter_no=form.cleaned_data["matter_no"], at=timezone.now()
            )  # fmt: skip
            messages.success(request, _("会议起草好了，改好时间、指定工作人员，就可以公告"))
            return redirect(numbered("assembly:session", slug, made))
    context = {
        "form": form, "title": PUT, "label": PUT, "about": public_words(item.title), "back": numbered("councils:meeting", slug, number),
        "note": _("起草一次业主大会会议，这一项写进议程。时间和规则公告以前随时可以改。"),
    }  # fmt: skip
    return asked(request, context, form)


def _next(request: HttpRequest, one: Meeting, item: AgendaItem) -> str:
    """From one item to the next that this member has not signed."""
    page = page_of(request, one)
    left = [i for i in page.items if page.mine and i.pk != item.pk and page.mine.pk not in page.signed.get(i.pk, {})]
    return item_url(page, left[0], Act.SIGN) if left else ""


@allow(Right.SIT_IN_BODY, Right.KEEP_MINUTES)
@require_safe
def paper(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """The sheet that was signed by hand: the body's own alone."""
    row = or_404(paper_for(meeting=found(request, number), pk=pk, by=request.actor))
    data = vault.path(row.small).read_bytes() if row.small else vault.open_sealed(row.sealed)
    answer = HttpResponse(data, content_type="image/jpeg" if row.small else "application/pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer
