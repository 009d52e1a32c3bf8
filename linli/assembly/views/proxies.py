"""Who may sign for whom: registered and withdrawn at the desk, read by everybody of the compound with names masked."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.uploads import held

from ..access import parts_in
from ..forms.proxies import ProxyForm
from ..forms.sessions import ReasonForm
from ..models import Party, Session
from ..queries import delivery
from ..queries import proxies as queries
from ..queries.casting import asked_of
from ..rules.sessions import TABLE, Act, State, allowed
from ..services import proxies as services
from .base import found_session, frame, page_of, run, sent


def _session(request: HttpRequest, number: int) -> Session:
    one = found_session(request, number)
    if one.register_frozen_at is None:
        raise Http404
    return one


@allow()
@require_safe
def proxies(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session, now = _session(request, number), timezone.now()
    can = allowed(State(session.state), parts_in(session, request.actor))
    words = request.GET.get("q", "").strip()[:20] if Act.REGISTER_PROXY in can else ""
    context = {
        "heading": _("委托"), "session": session, "rows": queries.listed(session, now), "back": page_of(session, slug), "number": number,
        "registers": Act.REGISTER_PROXY in can, "withdraws": Act.WITHDRAW_PROXY in can, "q": words,
        "found": delivery.parties(session, now, words=words)[: delivery.PAGE] if words else [], "cap": session.rules.get("proxy_cap", 3),
    }  # fmt: skip
    return render(request, "assembly/proxies.html", {**frame(request), **context})


def _desk(request: HttpRequest, number: int, act: Act) -> Session:
    session = _session(request, number)
    if not parts_in(session, request.actor) & TABLE[act].who:
        raise Http404
    return session


def party_in(session: Session, number: int) -> Party:
    return or_404(delivery.party_at(session, number))


@held
@allow()
@never_cache
def register(request: HttpRequest, slug: str, number: int, party: int) -> HttpResponse:
    session = _desk(request, number, Act.REGISTER_PROXY)
    found = party_in(session, party)
    form = ProxyForm(
        sent(request), request.FILES or None, owners=queries.named_owners(found), asked=asked_of(session, found)
    )

    def do() -> Any:
        given = {key: value for key, value in form.cleaned_data.items() if key != "once"}
        return services.register_proxy(
            by=request.actor, session=session, party=found, at=timezone.now(), once=form.cleaned_data["once"], **given
        )

    return run(
        request, form, do, said=_("登记好了"), back=address("assembly:proxies", slug, number), title=_("登记委托"), label=_("登记"),
        about=found.label, note=_("受托人只能投纸质票，在票上签自己的名字；业主本人投了，以本人的为准。"), multipart=True,
    )  # fmt: skip


@allow()
@never_cache
def withdraw(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    session = _desk(request, number, Act.WITHDRAW_PROXY)
    found = or_404(queries.proxy_of(session, pk))
    form = ReasonForm(sent(request))
    return run(
        request, form,
        lambda: services.withdraw_proxy(by=request.actor, session=session, proxy=found, at=timezone.now(), **form.cleaned_data),
        said=_("撤回了"), back=address("assembly:proxies", slug, number), title=_("撤回委托"), label=_("撤回"),
        note=_("凭委托人的书面通知撤回。"),
    )  # fmt: skip
