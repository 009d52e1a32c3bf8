"""A co-owner objects online to what another sent for their home: to what, a one-time code, a receipt."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.refusal import Refusal, Refused
from linli.people import services as people
from linli.people.models import Account
from linli.people.services.accounts import CAST
from linli.plumbing import codes, throttle
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow
from linli.plumbing.labels import article, said
from linli.plumbing.refusals import refusals_above, refusals_beside
from linli.plumbing.tenancy import uuid7

from ..forms.casting import ConfirmForm, ObjectForm
from ..models import Leaf, Session
from ..queries import casting as read
from ..rules.counting import OBJECTS
from ..services import disputing as services
from ..services.box import kept_before
from ..services.casting import voice_of, voices_of
from .base import found_session, page_of
from .casting import Draft, draft_of, with_code
from .receipts import page, receipt_rows

KEPT, SENT = "objection", "objection_sent"


@allow()
@never_cache
def objection(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """To which items of which home's ballots; nobody is told which."""
    session = found_session(request, number)
    if no := services.refuse_here(session, request.actor, timezone.now()):
        return _cannot(request, session, slug, no)
    try:
        mine = voices_of(session, request.actor, timezone.now())
    except Refused as no_voice:
        return _cannot(request, session, slug, no_voice.refusal)
    came = read.came_by_party(session, [voice.party for voice in mine])
    voices = read.disputable(mine, came)
    if not voices:
        refused = {no.key: no for v in mine if (no := came.get(v.party.pk, read.Came()).refuse_objection(v.person_id))}
        done = refused.get("objected")
        return _cannot(request, session, slug, done or refused["nothing_came"], done=bool(done))
    decided = read.decided_by(session, {v.party.pk for v in voices})
    form = ObjectForm(
        request.POST if request.method == "POST" else None, decided={v.key: decided[v.party.pk] for v in voices},
        voices=[(v.key, _("%(home)s，%(name)s") % {"home": v.row.label, "name": v.name}) for v in voices],
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        with refusals_beside(form):
            _send_code(request)
            choices = dict.fromkeys(form.cleaned_data["items"], OBJECTS)
            Draft(session.pk, form.cleaned_data["voice"], uuid7(), choices).keep(request, KEPT)
            return redirect(numbered("assembly:objection-confirm", slug, number))
    return page(
        request, "objection", session, slug, form=form, only=voices[0] if len(voices) == 1 else None, back=page_of(session, slug),
    )  # fmt: skip


def _send_code(request: HttpRequest) -> None:
    phone = Account.objects.get(pk=request.actor.account_id).phone
    now = timezone.now()
    shown = people.send_code(phone=phone, purpose=CAST, address=throttle.address(request), at=now)
    request.session[SENT] = codes.kept(shown, now)


def _cannot(request: HttpRequest, session: Session, slug: str, no: Refusal, *, done: bool = False) -> HttpResponse:
    return page(
        request, "objection", session, slug, done=done, why=said(no), article=article(no), back=page_of(session, slug),
        receipts=receipt_rows(request, session, slug),
    )  # fmt: skip


@allow()
@never_cache
def confirm(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The code, then the box. Whoever presses again after a lost answer gets the receipt of what is in it."""
    session, by = found_session(request, number), request.actor
    hand = by.account_id
    draft = draft_of(request, session, KEPT)
    if request.method == "POST" and draft and (kept := kept_before(session, by, draft.once, Kind.OBJECTION)):
        return _done(request, slug, session, kept)
    if (
        draft is None
        or hand is None
        or SENT not in request.session
        or services.refuse_here(session, by, timezone.now())
    ):
        return redirect(numbered("assembly:objection", slug, number))
    here, now = numbered("assembly:objection-confirm", slug, number), timezone.now()
    try:
        voice = voice_of(session, by, draft.voice, now)
    except Refused:
        return redirect(numbered("assembly:objection", slug, number))
    if "again" in request.POST:
        with refusals_above(request):
            _send_code(request)
        return redirect(here)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_beside(form):
            leaf = with_code(
                hand, form.cleaned_data["code"], now,
                put=lambda: services.object_online(
                    by=by, session=session, voice=draft.voice, items=draft.choices, at=now, once=draft.once
                ),
                kept=lambda: kept_before(session, by, draft.once, Kind.OBJECTION),
            )  # fmt: skip
            return _done(request, slug, session, leaf)
    return page(
        request, "confirm", session, slug, form=form, sent=codes.sent(request.session[SENT], now), again=here, objection=True,
        count=len(draft.choices), voice=voice, back=numbered("assembly:objection", slug, number),
    )  # fmt: skip


def _done(request: HttpRequest, slug: str, session: Session, leaf: Leaf) -> HttpResponse:
    for key in (KEPT, SENT):
        request.session.pop(key, None)
    return redirect(address("assembly:receipt", slug, session.number, leaf.index))
