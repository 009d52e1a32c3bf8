"""Signing in and out, the own account, and as what to act."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from linli.kernel import masks
from linli.kernel.refusal import Refused
from linli.people import queries, services
from linli.people.access import communities, door, places_of
from linli.people.forms import CodeForm, NewPhoneForm, PasswordForm, PasswordSignInForm, PhoneForm
from linli.people.models import Account
from linli.people.rules import NOTICE_VERSION
from linli.people.services.accounts import NEW_NUMBER, SIGN_IN
from linli.plumbing import codes
from linli.plumbing.guards import public, signed_in
from linli.plumbing.labels import said
from linli.plumbing.refusals import refusals_beside
from linli.plumbing.throttle import address

from .doors import frame, own

FRESH = timedelta(minutes=15)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def refused(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422)


def _keep_next(request: HttpRequest) -> None:
    target = request.GET.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        request.session["next"] = target


# ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@public
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """By a code (default) or by a password; one field each, so that old hands manage."""
    _keep_next(request)
    by_password = request.POST.get("way", request.GET.get("way")) == "password"
    form = (PasswordSignInForm if by_password else PhoneForm)(request.POST or None)
    context = {"form": form, "by_password": by_password}
    if request.method != "POST":
        if request.user.is_authenticated and "again" not in request.GET:
            return redirect("people:standings")
        return render(request, "people/sign_in.html", context)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        with refusals_beside(form):
            if by_password:
                account = services.prove_by_password(
                    phone=phone, password=form.cleaned_data["password"], address=address(request), at=timezone.now()
                )
                return _enter(request, account, phone, "password")
            _send_code(request, phone)
            return redirect("people:code")
    return refused(request, "people/sign_in.html", context)


def _send_code(request: HttpRequest, phone: str) -> None:
    now = timezone.now()
    shown = services.send_code(phone=phone, purpose=SIGN_IN, address=address(request), at=now)
    request.session["asked_phone"], request.session["code_sent"] = phone, codes.kept(shown, now)


@public
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    phone = request.session.get("asked_phone")
    if not phone or "code_sent" not in request.session:
        return redirect("people:sign-in")
    form = CodeForm(request.POST if request.method == "POST" and "again" not in request.POST else None)
    try:
        if "again" in request.POST:
            _send_code(request, phone)
            messages.success(request, _("又发了一条"))
            return redirect("people:code")
        if form.is_valid():
            account = services.prove_by_code(
                phone=phone, code=form.cleaned_data["code"], address=address(request), at=timezone.now()
            )
            return _enter(request, account, phone, "code")
    except Refused as no:
        if form.is_bound:
            form.refuse(no)
        else:
            messages.error(request, said(no.refusal))
    sent = codes.sent(request.session["code_sent"], timezone.now())
    context = {"form": form, "phone": masks.phone(phone), "sent": sent}
    return render(request, "people/code.html", context, status=422 if form.is_bound else 200)


def _enter(request: HttpRequest, account: Account | None, phone: str, way: str) -> HttpResponse:
    for key in ("asked_phone", "code_sent"):
        request.session.pop(key, None)
    if account is None or account.notice_version != NOTICE_VERSION:
        request.session["proven"] = {"phone": phone, "way": way, "at": timezone.now().timestamp()}
        return redirect("people:privacy")
    return _let_in(request, account, way)


def _let_in(request: HttpRequest, account: Account, way: str) -> HttpResponse:
    target = request.session.get("next", "")
    now = timezone.now()
    services.signed_in(account=account, way=way, at=now)
    if request.user.is_authenticated and request.user != account:
        logout(request)
    login(request, account, backend=BACKEND)
    request.session["fresh"] = {"way": way, "at": now.timestamp()}
    request.session.pop("next", None)
    return redirect(target or "people:standings")


@public
@never_cache
def privacy(request: HttpRequest) -> HttpResponse:
    """Who collects what, why and how long, before anything is collected (PIPL 17). Anybody may read it at any time."""
    proven = request.session.get("proven") or {}
    waiting = bool(proven) and timezone.now().timestamp() - proven.get("at", 0) < FRESH.total_seconds()
    if request.method == "POST":
        if not waiting:
            return redirect("people:sign-in")
        account = services.accept_notice(phone=proven["phone"], version=NOTICE_VERSION, at=timezone.now())
        del request.session["proven"]
        return _let_in(request, account, proven["way"])
    return render(request, "people/privacy.html", {"waiting": waiting, "version": NOTICE_VERSION})


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("退出了"), extra_tags="*")  # whoever comes next finds no draft
    return redirect("people:sign-in")


@public
def lost(request: HttpRequest) -> HttpResponse:
    """Lost phone, changed number, forgotten password, moved out: what to do for each."""
    return render(request, "people/lost.html")


# ── as what ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@signed_in
@never_cache
def standings(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    places = places_of(own(request).pk, today)
    led = communities(own(request).pk, today)
    if request.method == "POST":
        return _choose(request, places)
    asked = queries.asked_bindings(own(request).pk)
    ways = [(place, standing) for place in places for standing in place.standings]
    if not request.GET:
        if len(ways) == 1 and not led and not asked and not request.user.is_operator:
            place, standing = ways[0]
            return _stand(request, place.compound.slug, standing.key, standing.actor.role)
        if not ways and request.user.is_operator and not led and not asked:
            return redirect("places:operator")
        if not ways and len(led) == 1 and not asked and not request.user.is_operator:
            return redirect("places:community", led[0].pk)
    wanted = request.GET.get("q", "").strip()
    rows = [
        {"name": p.compound.name, "slug": p.compound.slug, "note": p.compound.community.name,
         "ways": [{"key": s.key, "label": s.label} for s in p.standings]}
        for p in places
    ]  # fmt: skip
    context = {
        "base": frame(request), "places": rows, "communities": led, "asked": asked, "q": wanted,
        "found": queries.compounds_named(wanted) if wanted else [], "nothing": not (ways or led or asked),
    }  # fmt: skip
    return render(request, "people/standings.html", context)


def _choose(request: HttpRequest, places: list) -> HttpResponse:
    slug, key = request.POST.get("compound", ""), request.POST.get("key", "")
    for place in places:
        for standing in place.standings:
            if place.compound.slug == slug and standing.key == key:
                return _stand(request, slug, key, standing.actor.role)
    messages.error(request, _("这个身份已经不在了"))
    return redirect("people:standings")


def _stand(request: HttpRequest, slug: str, key: str, role: str) -> HttpResponse:
    request.session["standing"] = {**request.session.get("standing", {}), slug: key}
    return redirect(door(role), slug)


# ── the own account ─────────────────────────────────────────────────────────────────────────────────────────────────


def _fresh_code(request: HttpRequest, at: datetime) -> bool:
    """Signed in by a code just now: the number is in the holder's hands."""
    fresh = request.session.get("fresh") or {}
    return fresh.get("way") == "code" and at.timestamp() - fresh.get("at", 0) < FRESH.total_seconds()


def _fresh(request: HttpRequest, at: datetime) -> bool:
    return at.timestamp() - (request.session.get("fresh") or {}).get("at", 0) < FRESH.total_seconds()


@signed_in
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    context = {
        "base": frame(request), "phone": masks.phone(request.user.phone), "has_password": request.user.has_usable_password(),
        "looks": queries.looks_at(own(request).pk, timezone.now()),
    }  # fmt: skip
    return render(request, "people/account.html", context)


@signed_in
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Set, changed, or, after signing in by a code, replaced because forgotten."""
    now = timezone.now()
    with_old = request.user.has_usable_password() and not _fresh_code(request, now)
    again = not request.user.has_usable_password() and not _fresh_code(request, now)
    form = PasswordForm(request.POST or None, with_old=with_old)
    context = {"base": frame(request), "form": form, "again": again, "with_old": with_old}
    if request.method != "POST":
        return render(request, "people/password.html", context)
    if not again and form.is_valid():
        with refusals_beside(form):
            services.set_password(
                account=own(request), new=form.cleaned_data["new"], old=form.cleaned_data.get("old"), at=now
            )
            update_session_auth_hash(request, own(request))
            messages.success(request, _("新密码能用了，别的手机要重新登录"))
            return redirect("people:account")
    return refused(request, "people/password.html", context)


@signed_in
@never_cache
def phone(request: HttpRequest) -> HttpResponse:
    """A new number: a code goes there, then the old number is told."""
    now = timezone.now()
    form = NewPhoneForm(request.POST or None)
    context = {
        "base": frame(request),
        "form": form,
        "phone": masks.phone(request.user.phone),
        "again": not _fresh(request, now),
    }
    if request.method != "POST" or context["again"]:
        return render(request, "people/phone.html", context)
    if form.is_valid():
        number = form.cleaned_data["phone"]
        with refusals_beside(form):
            shown = services.send_code(phone=number, purpose=NEW_NUMBER, address=address(request), at=now)
            request.session["new_phone"] = {"phone": number, "sent": codes.kept(shown, now)}
            return redirect("people:phone-code")
    return refused(request, "people/phone.html", context)


@signed_in
@never_cache
def phone_code(request: HttpRequest) -> HttpResponse:
    new = request.session.get("new_phone")
    now = timezone.now()
    if not new or "sent" not in new or not _fresh(request, now):
        return redirect("people:phone")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.change_phone(account=own(request), phone=new["phone"], code=form.cleaned_data["code"], at=now)
            del request.session["new_phone"]
            update_session_auth_hash(request, own(request))
            messages.success(request, _("号码换好了，以后用新号码登录"))
            return redirect("people:account")
    sent = codes.sent(new["sent"], now)
    context = {"base": frame(request), "form": form, "phone": masks.phone(new["phone"]), "sent": sent}
    return render(request, "people/phone_code.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    services.end_sessions(account=own(request), at=timezone.now())
    logout(request)
    messages.success(request, _("所有手机和电脑都退出了"))
    return redirect("people:sign-in")
