"""The delivery desk: building by building who has the ballot, and each attempt with its evidence."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.people.access import on_duty
from linli.people.words import ROLES
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import moment, whole
from linli.plumbing.numbers import number_in
from linli.plumbing.refusals import refusals_beside

from ..access import parts_in
from ..forms.sessions import CARRIERS, DeliverForm, ReasonForm
from ..models import Session
from ..queries import delivery as queries
from ..rules.delivery import ALL
from ..rules.prints import Print
from ..rules.sessions import TABLE, Act, State, Who, allowed
from ..services import delivery as services
from ..services import papers
from .base import found_session, frame, page_of, run, sent

SEES = TABLE[Act.DELIVER].who | {Who.SCRUTINEER, Who.TELLER, Who.OBSERVER}


def _session(request: HttpRequest, number: int) -> Session:
    """For those who carry and those who watch: who lives where stands in it."""
    one = found_session(request, number)
    if one.register_frozen_at is None or not parts_in(one, request.actor) & SEES:
        raise Http404
    return one


@allow()
@require_safe
def delivery(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = _session(request, number), timezone.now()
    blocks = queries.blocks(one)
    wanted = next((b for b in blocks if str(b.building) == request.GET.get("building")), None)
    waiting, words = request.GET.get("waiting") == "1", request.GET.get("q", "").strip()[:20]
    found = queries.parties(
        one, now, building=wanted.building if wanted else None, waiting=waiting, words=words, after=number_in(request.GET.get("after", "")) or 0
    )  # fmt: skip
    shown = found[: queries.PAGE]
    context = {
        "session": one, "blocks": blocks, "chosen": str(wanted.building) if wanted else "", "waiting": waiting, "q": words,
        "done": sum(b.delivered for b in blocks), "all": sum(b.parties for b in blocks), "rows": shown,
        "more": shown[-1].number if len(found) > queries.PAGE else None, "back": page_of(one, slug),
        "delivers": Act.DELIVER in allowed(State(one.state), parts_in(one, request.actor)),
        "sheet": _sheet(one, slug, wanted.building if wanted else None),
    }  # fmt: skip
    return render(request, "assembly/delivery/desk.html", {**frame(request), **context})


def _sheet(one: Session, slug: str, building: UUID | None) -> str:
    """The register that is signed at the doors: of this building, or where each has its own."""
    if building:
        return f"{address('assembly:print', slug, one.number, Print.DELIVERY)}?building={building}"
    return address("assembly:prints", slug, one.number)


@allow()
def deliver(request: HttpRequest, slug: str, number: int, party: int) -> HttpResponse:
    one, now = _session(request, number), timezone.now()
    found = queries.party_at(one, party)
    if found is None or not any(Act.DELIVER in allowed(state, parts_in(one, request.actor)) for state in State):
        raise Http404
    desk = address("assembly:delivery", slug, number)
    if Act.DELIVER not in allowed(State(one.state), parts_in(one, request.actor)) and request.method != "POST":
        messages.error(request, _("这次会议已经变了，请看现在到哪一步"))
        return redirect(desk)
    form = DeliverForm(
        sent(request), request.FILES or None,
        known=[(pk, name, ROLES.get(post, "")) for pk, name, post in on_duty(request.compound, timezone.localdate(now))],
        initial={name: request.session.get(name, "") for name in CARRIERS},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.deliver(by=request.actor, session=one, party=found, at=now, **form.given)
            for name in CARRIERS:
                request.session[name] = form.cleaned_data[name]
            messages.success(request, _("记下了"))
            return redirect(f"{desk}?building={found.building_id}&waiting=1")
    line = queries.lines(one, [found], now)[0]
    tries = [
        (_(ALL[d.evidence]), "、".join(d.carriers), d.words, whole(d.posted_on) if d.posted_on else "", moment(d.at, now),
         address("assembly:delivery-photo", slug, number, party, d.pk) if d.file else "")
        for d in queries.attempts(one, found)
    ]  # fmt: skip
    about = _("%(home)s，%(who)s，票号 %(number)s") % {"home": line.label, "who": line.owners, "number": line.paper}
    context: dict[str, Any] = {
        "title": _("送票"), "label": _("记下"), "about": about, "multipart": True, "back": f"{desk}?building={found.building_id}", "tries": tries,
        "voids": [(p.number, f"{address('assembly:reprint', slug, number, party)}?paper={p.number}") for p in queries.papers_of(one, found)],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "assembly/delivery/deliver.html", {**frame(request), "form": form, **context}, status=status)


@allow()
@require_POST
@never_cache
def photo(request: HttpRequest, slug: str, number: int, party: int, pk: UUID) -> HttpResponse:
    one = _session(request, number)
    found = or_404(queries.party_at(one, party))
    file = queries.photo_of(one, found, pk)
    if not file:
        raise Http404
    shown = services.show_photo(by=request.actor, session=one, attempt=pk, file=file, at=timezone.now())
    answer = HttpResponse(shown, content_type="image/jpeg")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@allow()
def reprint(request: HttpRequest, slug: str, number: int, party: int) -> HttpResponse:
    one = _session(request, number)
    found = queries.party_at(one, party)
    held = queries.papers_of(one, found) if found else []
    paper = next((paper for paper in held if paper.number == request.GET.get("paper", paper.number)), None)
    if found is None or paper is None or Act.REPRINT not in allowed(State(one.state), parts_in(one, request.actor)):
        raise Http404
    form = ReasonForm(sent(request))
    back = address("assembly:deliver", slug, number, party)
    return run(
        request, form, lambda: papers.reprint(by=request.actor, session=one, paper=paper, at=timezone.now(), **form.cleaned_data),
        said=_("旧票作废，换了新号"), back=back, title=_("换一张票"), label=_("作废旧票，换新号"), about=f"{found.label} · {paper.number}",
    )  # fmt: skip
