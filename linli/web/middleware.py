import gzip
import time
import uuid
from contextlib import ExitStack

import structlog
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from linli.people.access import assisted, community_standing, may_act, standing_by_key, standings
from linli.people.rules import may
from linli.places.access import compound_by_slug
from linli.plumbing.tenancy import compound_scope

from . import metrics

log = structlog.get_logger("linli.request")


class RequestLog:
    """One line of JSON per request: what, how it ended, how long. No address, no query, no person."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        request.trace = uuid.uuid4().hex[:12]
        with structlog.contextvars.bound_contextvars(trace=request.trace):
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            match = getattr(request, "resolver_match", None)
            route = match.view_name if match and match.view_name else "unknown"
            metrics.seen(request.method, route, response.status_code, seconds)
            log.info(
                "request", method=request.method, route=route, status=response.status_code, ms=round(seconds * 1000, 1)
            )
        return response


class Compress:
    """Gzip pages. Against BREACH the CSRF token is masked anew in each page, and no page echoes a secret beside input."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if (
            response.streaming
            or response.headers.get("Content-Encoding")
            or len(response.content) < 600
            or not kind.startswith(("text/", "application/json", "image/svg"))
            or "gzip" not in request.headers.get("Accept-Encoding", "")
        ):
            return response
        response.content = gzip.compress(response.content, compresslevel=4, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "Accept-Encoding"]))
        return response


class ContentPolicy:
    """The Content-Security-Policy of the settings, the same for every answer."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.policy)
        return response


class Language:
    """Chinese unless somebody chose otherwise: an office machine set to English is no choice of its clerk."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = request.COOKIES.get("language", "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class StandingMiddleware:
    """From the address the compound, from the session the standing: request.compound, .standing, .actor, .may(act).

    The rest of the request, template included, runs in the compound's scope.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.compound = request.standing = request.actor = None
        request.may = lambda act: False
        with ExitStack() as stack:
            request._scopes = stack
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        slug = kwargs.get("slug")
        if "community" in kwargs:
            self._community(request, kwargs["community"])
        if slug is None:
            return None
        compound = compound_by_slug(slug)
        if compound is None:
            if getattr(view, "guard", "") == "public" or request.user.is_authenticated:
                raise Http404
            return redirect_to_login(request.get_full_path())
        request.compound = compound
        request._scopes.enter_context(compound_scope(compound.pk))
        standing = self._standing(request, compound)
        if standing:
            request.standing, request.actor = standing, standing.actor
            self._assistance(request, compound)
            request.may = lambda act: may_act(standing.actor, act, compound)
        return None

    def _community(self, request, community_id):
        if request.user.is_authenticated:
            standing = community_standing(request.user.pk, community_id, timezone.localdate())
            if standing:
                request.standing, request.actor = standing, standing.actor
                request.may = lambda act: may(standing.actor.role, act)

    def _assistance(self, request, compound):
        """While a worker acts for somebody without a phone, both are on record."""
        key = request.session.get("assist", {}).get(compound.slug)
        if not key:
            return
        found = assisted(request.actor, key, compound, timezone.now())
        if found is None:
            request.session["assist"] = {s: k for s, k in request.session["assist"].items() if s != compound.slug}
            return
        request.actor, request.acting_for, request.assistance_slug = found.actor, found.label, compound.slug

    def _standing(self, request, compound):
        account_id = request.session.get(SESSION_KEY)
        if not account_id:
            return None
        today = timezone.localdate()
        account_id = uuid.UUID(account_id)
        chosen = request.session.get("standing", {})
        key = chosen.get(compound.slug)
        standing = standing_by_key(key, account_id, compound, today) if key else None
        if standing and not hasattr(request, "_cached_user"):
            # The standing brought its account: spare the second look-up, with the same check of the session.
            stamp = request.session.get(HASH_SESSION_KEY, "")
            if constant_time_compare(stamp, standing.account.get_session_auth_hash()):
                request._cached_user = standing.account
        if not request.user.is_authenticated:
            return None
        if standing is None:
            standing = next(iter(standings(account_id, compound, today)), None)
            if standing:
                request.session["standing"] = {**chosen, compound.slug: standing.key}
        return standing
