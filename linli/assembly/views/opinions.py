"""An opinion where the vote itself is in the official system; and what was written, without names, when it is over."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.plumbing.addresses import numbered
from linli.plumbing.guards import allow
from linli.plumbing.labels import article, label, said
from linli.plumbing.moments import moment
from linli.plumbing.refusals import refusals_beside

from ..access import parts_in
from ..forms.opinions import OpinionForm
from ..models import Session
from ..queries import opinions as read
from ..queries.casting import Voice, asked_of
from ..rules.opinions import READS, RUNNING, asks, source
from ..services import opinions as services
from .base import found_session, frame, page_of, sent


@allow()
@never_cache
def opinion(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Of who may speak for a party of the locked register; of all others there is no such page."""
    session, now = found_session(request, number), timezone.now()
    voices = read.speakers(session, request.actor, now)
    if not voices:
        raise Http404
    no = services.refuse_entry(session, request.actor, now)
    if no and request.method != "POST":  # what somebody was typing when the time ended comes back to him
        closes = moment(session.closes_at, now) if session.closes_at else ""
        return _page(request, session, slug, why=said(no), article=article(no), closes=closes)
    voice = _voice(request, voices)
    if voice is None:
        return _page(request, session, slug, homes=_homes(session, slug, voices))
    form = OpinionForm(
        sent(request), asked=asked_of(session, voice.party), said=read.own(session, voice.party, request.actor)
    )
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.give(by=request.actor, session=session, party=voice.party, at=now, **form.given)
            messages.success(request, _("意见记下了。这不是投票"))
            return redirect(page_of(session, slug))
    return _page(request, session, slug, form=form, voice=voice)


def _page(request: HttpRequest, session: Session, slug: str, **context: object) -> HttpResponse:
    context |= {"session": session, "back": page_of(session, slug), "source": label(source(session.profile))}
    wrong = getattr(context.get("form"), "errors", None)
    return render(request, "assembly/opinion.html", {**frame(request), **context}, status=422 if wrong else 200)


def _voice(request: HttpRequest, voices: Sequence[Voice]) -> Voice | None:
    """The one there is, or the one that was chosen; None when it is still to be chosen."""
    asked = request.GET.get("party", "")
    if not asked:
        return voices[0] if len(voices) == 1 else None
    for voice in voices:
        if str(voice.party.number) == asked:
            return voice
    raise Http404


def _homes(session: Session, slug: str, voices: Sequence[Voice]) -> list[dict[str, str]]:
    page = numbered("assembly:opinion", slug, session.number)
    return [
        {"title": voice.party.label, "note": voice.masked, "href": f"{page}?party={voice.party.number}", "icon": "home"}
        for voice in voices
    ]


@allow()
@require_safe
@never_cache
def words(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session = found_session(request, number)
    if not asks(session.rules) or session.state in RUNNING or not parts_in(session, request.actor) & READS:
        raise Http404
    found = read.last_words(session, _before(request))
    shown = found[: read.PAGE]
    context = {
        "session": session, "rows": shown, "more": shown[-1].pk if len(found) > read.PAGE else None, "back": page_of(session, slug),
    }  # fmt: skip
    return render(request, "assembly/opinion_words.html", {**frame(request), **context})


def _before(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
