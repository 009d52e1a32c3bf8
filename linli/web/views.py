import json

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.people import services as people
from linli.places.queries import public_compounds
from linli.plumbing.addresses import address
from linli.plumbing.guards import public

from .style import samples


@public
def front(request: HttpRequest) -> HttpResponse:
    """Signed in: straight to the own door. Otherwise: what this is, the open compounds, a way in."""
    if request.user.is_authenticated:
        return redirect("people:standings")
    rows = [(c.name, c.community.name, address("matters:public", c.slug)) for c in public_compounds()]
    return render(request, "front.html", {"compounds": rows})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next") or request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    return redirect(target)


@public
@require_POST
def elder(request: HttpRequest) -> HttpResponse:
    on = request.POST.get("elder") == "1"
    response = _back(request)
    response.set_cookie("elder", "1" if on else "0", max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    if request.user.is_authenticated:
        people.set_look(account=request.user, elder=on)
    return response


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "auto")
    chosen = chosen if chosen in {"auto", "light", "dark"} else "auto"
    response = _back(request)
    response.set_cookie("theme", chosen, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    if request.user.is_authenticated:
        people.set_look(account=request.user, theme=chosen)
    return response


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    response = _back(request)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie("language", chosen, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf.html", status=403)


# ── on a phone's home screen, and without a signal ──────────────────────────────────────────────────────────────────


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    icons = [("icon-192", "192x192", "any"), ("icon-512", "512x512", "any"), ("icon-maskable", "512x512", "maskable")]
    body = {
        "name": _("邻里"), "short_name": _("邻里"), "lang": request.LANGUAGE_CODE, "id": "/", "start_url": "/", "scope": "/",
        "display": "standalone", "background_color": "#f6f6f3", "theme_color": "#f6f6f3",
        "icons": [
            {"src": static(f"linli/{name}.png"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in icons
        ],
    }  # fmt: skip
    return JsonResponse(body, content_type="application/manifest+json")


@public
@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, since it serves pages of every compound. It changes when one of the static files does."""
    release = getattr(staticfiles_storage, "manifest_hash", "")
    parts = json.dumps([static("linli/outbox.js"), static("linli/sw.js")])
    words = f"const STATIC = {json.dumps(settings.STATIC_URL)}, RELEASE = {json.dumps(release)};\nimportScripts(...{parts});\n"
    return HttpResponse(words, content_type="text/javascript", headers={"Service-Worker-Allowed": "/"})


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows without a signal instead of a page that it does not keep; `left`: after signing out."""
    return render(request, "offline.html", {"left": "left" in request.GET})


@public
def style(request: HttpRequest) -> HttpResponse:
    return render(request, "style.html", samples())
