"""Every view says who may open it. Unknown and forbidden look alike: a stranger signs in, everybody else finds nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

View = Callable[..., HttpResponse]
Found = TypeVar("Found")


def _mark(view: View, name: str) -> View:
    view.guard = name
    return view


def public(view: View) -> View:
    """Anybody, signed in or not; a compound's own switch is asked in the view."""
    return _mark(view, "public")


def signed_in(view: View) -> View:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kw: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kw)

    return _mark(inner, "signed_in")


def operator(view: View) -> View:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kw: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_operator:
            raise Http404
        return view(request, *args, **kw)

    return _mark(inner, "operator")


def allow(*acts: str) -> Callable[[View], View]:
    """Somebody with a standing in this compound and, where acts are named, the right to one of them."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kw: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.actor is None or (acts and not any(request.may(act) for act in acts)):
                raise Http404
            return view(request, *args, **kw)

        return _mark(inner, "allow:" + ",".join(sorted(acts)))

    return wrap


def or_404(found: Found | None) -> Found:
    """What `access` gave of what the address names: unknown and forbidden are one and the same."""
    if found is None:
        raise Http404
    return found
