"""Two received from one home, or one that a co-owner objects to: the desk invites its owners to one word together, and takes papers in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.plumbing.addresses import address
from linli.plumbing.forms import OnceForm
from linli.plumbing.guards import allow
from linli.plumbing.refusals import refusals_above, refusals_beside
from linli.plumbing.uploads import held

from ..access import parts_in
from ..forms.proxies import ObjectionForm, StatementForm
from ..models import Leaf, Session
from ..queries import proxies as queries
from ..rules.sessions import TABLE, Act, State, allowed
from ..services import disputing
from ..services import statements as services
from .base import asked, found_session, frame, page_of, sent
from .proxies import party_in


def _session(request: HttpRequest, number: int) -> Session:
    session = found_session(request, number)
    if not parts_in(session, request.actor) & TABLE[Act.STATE].who or session.register_frozen_at is None:
        raise Http404
    return session


@allow()
@require_safe
def statements(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session, now = _session(request, number), timezone.now()
    words = request.GET.get("q", "").strip()[:20]
    context = {
        "heading": _("共有人"), "session": session, "rows": queries.twice(session, now), "back": page_of(session, slug), "number": number,
        "q": words, "found": queries.found(session, words, now) if words else [],
        "states": Act.STATE in allowed(State(session.state), parts_in(session, request.actor)),
    }  # fmt: skip
    return render(request, "assembly/statements.html", {**frame(request), **context})


@held
@allow()
@never_cache
def state(request: HttpRequest, slug: str, number: int, party: int) -> HttpResponse:
    session = _session(request, number)
    found = party_in(session, party)
    form = StatementForm(sent(request), request.FILES or None, owners=queries.named_owners(found))
    return _take_in(
        request, session, form, lambda: services.state(by=request.actor, session=session, party=found, at=timezone.now(), **form.given()),
        title=_("收共同声明"), about=found.label, note=_("共有人都签了字才收。声明封到开箱，写的什么由两个人各录一遍，计票时以声明为准。"),
    )  # fmt: skip


@held
@allow()
@never_cache
def dispute(request: HttpRequest, slug: str, number: int, party: int) -> HttpResponse:
    session = _session(request, number)
    found = party_in(session, party)
    form = ObjectionForm(sent(request), request.FILES or None, owners=queries.named_owners(found))
    return _take_in(
        request, session, form,
        lambda: disputing.object_on_paper(by=request.actor, session=session, party=found, at=timezone.now(), **form.cleaned_data),
        title=_("收书面异议"), about=found.label,
        note=_("这一户收到过其他共有人的票才收。异议封到开箱，写的什么由两个人各录一遍。截止时没有共同声明，这一户有异议的事项算无效。"),
    )  # fmt: skip


def _take_in(
    request: HttpRequest, session: Session, form: OnceForm, put: Callable[[], Leaf], **page: Any
) -> HttpResponse:
    slug = request.compound.slug
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            leaf = put()
            messages.success(request, _("收下了，封进票箱第 %(place)s 张") % {"place": leaf.index + 1})
            return redirect(address("assembly:slip", slug, session.number, leaf.index))
    back = address("assembly:statements", slug, session.number)
    return asked(request, form, label=_("封进票箱"), back=back, multipart=True, **page)


@allow()
@require_POST
def invite(request: HttpRequest, slug: str, number: int, party: int) -> HttpResponse:
    session = _session(request, number)
    found = party_in(session, party)
    with refusals_above(request):
        told = services.invite(by=request.actor, session=session, party=found, at=timezone.now())
        messages.success(
            request, _("告诉了 %(n)s 位") % {"n": told} if told else _("这一户没有电话，请上门或者打电话告诉")
        )
    return redirect(address("assembly:statements", slug, number))
