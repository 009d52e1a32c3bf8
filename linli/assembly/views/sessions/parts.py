"""What hangs on a session: its things and their papers, objections, who asked for it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.rules import Act as Right
from linli.plumbing.forms import OnceForm
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import article, said
from linli.plumbing.refusals import refusals_beside

from ...access import parts_in
from ...forms import sessions as forms
from ...queries import sessions as queries
from ...queries.papers import paper_for
from ...queries.requests import asking, signatures
from ...rules.sessions import Act, State, Who
from ...services import drafting, objections, requests
from ..base import found_session, frame, page_of, run, sent
from ..papers import shown_paper
from .steps import ready


@allow(Right.CREATE_ASSEMBLY_SESSION)
def item_act(request: HttpRequest, slug: str, number: int, place: int, act: str) -> HttpResponse:
    one = found_session(request, number)
    item = queries.item_at(one, place)
    if item is None or act not in {Act.DROP_ITEM, Act.ADD_PAPER}:
        raise Http404
    if led := ready(request, one, Act(act)):
        return led
    given: dict[str, Any] = {"by": request.actor, "session": one, "item": item, "at": timezone.now()}
    back = page_of(one, slug)
    if act == Act.DROP_ITEM:
        form: Any = OnceForm(sent(request))
        return run(
            request, form, lambda: drafting.drop_item(**given, **form.cleaned_data), said=_("删了"), back=back, title=_("删掉这一件"),
            label=_("删掉"), about=item.title,
        )  # fmt: skip
    form = forms.PaperForm(sent(request), request.FILES or None)
    return run(
        request, form, lambda: drafting.add_paper(**given, **form.cleaned_data), said=_("放上了"), back=back, title=_("放一份材料"),
        label=_("放上"), about=item.title, multipart=True,
    )  # fmt: skip


@allow()
@require_safe
def paper(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found_session(request, number)
    found = or_404(paper_for(one, pk))
    return shown_paper(found)


@allow()
def answer(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found_session(request, number)
    if led := ready(request, one, Act.ANSWER):
        return led
    raised = next((o for about in ("register", "result") for o in queries.objections(one, about) if o.pk == pk), None)
    if raised is None:
        raise Http404
    form = forms.AnswerForm(sent(request))
    note = {
        "register": _("成立的，改好登记再建一次名册，重新公布；原来的名册和改了哪些，大家看得到。"),
        "result": _("成立的，由主持人决定复核计票，结果重新公布。"),
    }
    return run(
        request, form, lambda: objections.answer(by=request.actor, session=one, objection=raised, at=timezone.now(), **form.given),
        said=_("答复写上了"), back=page_of(one, slug), note=note[raised.about], title=_("答复异议"), label=_("答复"), about=raised.words,
    )  # fmt: skip


@allow(Right.CREATE_ASSEMBLY_SESSION)
def request_list(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The joint request: who signed, and whether it is enough."""
    one = found_session(request, number)
    if one.ground != "joint_request" or Who.CONVENER not in parts_in(one, request.actor):
        raise Http404
    form = forms.SignForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            requests.sign(by=request.actor, session=one, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("记下了"))
            return redirect("assembly:request", slug, number)
    got, no = asking(one), requests.ask_enough(one)
    context = {
        "session": one, "form": form if one.state == State.DRAFTING else None, "signatures": signatures(one), "persons": got.persons,
        "area": queries.square(got.area), "of_persons": one.register_parties, "of_area": queries.square(one.register_area),
        "lacks": said(no) if no else "", "article": article(no) if no else "", "back": page_of(one, slug),
    }  # fmt: skip
    return render(request, "assembly/request.html", {**frame(request), **context}, status=422 if form.errors else 200)
