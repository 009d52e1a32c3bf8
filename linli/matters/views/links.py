"""A liaison's page: one ask, one purpose, behind a signed link. No account, no names of residents, works on a phone."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.rules import Role
from linli.places.models import Compound
from linli.plumbing import throttle
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.guards import public
from linli.plumbing.refusals import refusals_beside
from linli.plumbing.tenancy import compound_scope

from ..access.whistles import ask_by_link, whistle_parts
from ..models import Ask, WhistleFile
from ..queries import whistles as reads
from ..rules import whistles as rules
from ..rules.whistles import Do, State, Step
from ..services.whistles import read_token
from ..words import WHISTLE_STEPS, WHISTLE_URGENCIES
from . import kept
from .whistles.deeds import PART, form_for
from .whistles.filed import keep, with_kept
from .whistles.shared import clock_words, facts_of, give, meeting_words, pictures, task_words

OFFERED = (Do.RECEIVE, Do.REPORT_IN, Do.START, Do.ANSWER, Do.SIGN_FOR, Do.SCORE_BACK, Do.DECLINE)
LOOKS, DEEDS, SPAN = 300, 40, timedelta(hours=1)
# Behind one office's address sit many; one link has one liaison.
LOOKS_A_LINK = 240


class Gone(Exception):
    """Not one of ours, expired or withdrawn: `compound` says whom to call, where we signed it."""

    def __init__(self, compound: Compound | None) -> None:
        super().__init__()
        self.compound = compound


def _open(request: HttpRequest, token: str, now: datetime) -> tuple[Compound, Ask, Actor]:
    post = request.method == "POST"
    here = throttle.address(request)
    wholly = throttle.within(f"whistle:{here}", limit=LOOKS, span=SPAN, at=now)
    if not wholly or (post and not throttle.within(f"whistle-do:{here}", limit=DEEDS, span=SPAN, at=now)):
        raise Gone(None)
    read = read_token(token)
    if read is None:
        raise Gone(None)
    compound_id, ask_id, serial = read
    if not throttle.within(f"whistle:{ask_id}", limit=LOOKS_A_LINK, span=SPAN, at=now):
        raise Gone(None)
    compound = Compound.objects.select_related("community").filter(pk=compound_id).first()
    with compound_scope(compound_id):
        ask = ask_by_link(compound_id=compound_id, ask_id=ask_id, serial=serial, at=now)
    if compound is None or ask is None:
        raise Gone(compound)
    by = Actor(
        role=Role.AGENCY_LIAISON,
        body_id=ask.body_id,
        body_kind=ask.body.kind,
        channel="link",
        compound_id=compound_id,
        label=ask.body.name,
    )
    return compound, ask, by


def _gone(request: HttpRequest, gone: Gone) -> HttpResponse:
    """The same words whether it ran out or was taken back."""
    phone = (gone.compound.community.phone or gone.compound.phone) if gone.compound else ""
    context = {"phone": phone, "who": gone.compound.community.name if gone.compound else ""}
    answer = render(request, "matters/link_gone.html", context, status=404)
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    """The address is the key: it goes into no referrer, no index, no cache."""
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "no-store"
    return answer


@public
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        compound, ask, by = _open(request, token, now)
    except Gone as gone:
        return _gone(request, gone)
    with compound_scope(compound.pk):
        return _private(render(request, "matters/link.html", _page(token, compound, ask, by, now)))


def _page(token: str, compound: Compound, ask: Ask, by: Actor, now: datetime) -> dict[str, Any]:
    one = ask.whistle
    clock, late = clock_words(ask, now)
    acts = [
        a for a in OFFERED if rules.refuse(a, State(one.state), Step(ask.step), whistle_parts(one, by, ask)) is None
    ]
    if ask.back_response:
        acts = [a for a in acts if a != Do.SCORE_BACK]
    meetings = reads.meetings_of(one)
    if not reads.signable(meetings, ask.body.name):
        acts = [a for a in acts if a != Do.SIGN_FOR]
    shown, signed = _files(ask), reads.signatures_of(meetings)
    others = (
        Ask.objects.filter(compound_id=compound.pk, whistle=one)
        .exclude(pk=ask.pk)
        .exclude(step__in=(Step.PASSED_ON, Step.ENDED))
    )
    return {
        "whistle": one, "ask": ask, "compound": compound, "step": WHISTLE_STEPS[ask.step], "clock": clock, "late": late,
        "urgent": WHISTLE_URGENCIES[one.urgency] if one.urgency == "urgent" else "", "facts": facts_of(one, own=False),
        "task": task_words(reads.task_of(ask)), "meetings": [meeting_words(m, now, signed, own=ask.body.name) for m in meetings],
        "pictures": pictures(shown, lambda f, size: address("matters:link-file", token, f.pk, size)),
        "others": _("、").join(others.order_by("place").values_list("body__name", flat=True)),
        "acts": [
            {"label": str(PART[a].label), "url": address("matters:link-act", token, a.value), "main": n == 0 and not PART[a].judges}
            for n, a in enumerate(acts)
        ],
        "phone": compound.community.phone or compound.phone,
    }  # fmt: skip


def _files(ask: Ask) -> list[WhistleFile]:
    """What goes along with the whistle, and what this agency brought; not what proves money."""
    return [f for f in reads.files_of(ask.whistle) if f.ask_id in {None, ask.pk} and not f.funding_entry_id]


@public
def link_act(request: HttpRequest, token: str, act: str) -> HttpResponse:
    now = timezone.now()
    try:
        compound, ask, by = _open(request, token, now)
    except Gone as gone:
        return _gone(request, gone)
    if act not in OFFERED:
        raise Http404
    with compound_scope(compound.pk):
        return _private(_act(request, token, Do(act), compound, ask, by, now))


def _act(request, token: str, act: Do, compound: Compound, ask: Ask, by: Actor, now: datetime) -> HttpResponse:
    deed, one, back = PART[act], ask.whistle, address("matters:link", token)
    no = rules.refuse(act, State(one.state), Step(ask.step), whistle_parts(one, by, ask))
    if no and request.method != "POST":
        return redirect(back)
    request.compound = compound
    given: dict[str, Any] = {"request": request, "one": one, "ask": ask, "now": now}
    form = form_for(deed, act, *([request.POST, request.FILES] if request.method == "POST" else []), **given)
    if request.method == "POST" and form.is_valid():
        with_kept(request, form, ask.pk)
        with refusals_beside(form):
            deed.run(form=form, site="", by=by, whistle=one, ask=ask, at=now, once=form.cleaned_data["once"])
            kept.forget(request, ask.pk)
            return redirect(back)
    context = {
        "deed": deed,
        "form": form,
        "whistle": one,
        "ask": ask,
        "back": back,
        "kept": keep(request, form, ask.pk),
    }
    return render(request, "matters/link_act.html", context, status=422 if request.method == "POST" else 200)


@public
@require_safe
def link_file(request: HttpRequest, token: str, pk: UUID, size: str) -> HttpResponse:
    with suppress(Gone):
        compound, ask, by = _open(request, token, timezone.now())
        with compound_scope(compound.pk):
            return _private(give(_files(ask), pk, size, by=by))
    raise Http404
