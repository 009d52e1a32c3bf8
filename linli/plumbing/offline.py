"""Work without a signal: whose a phone's kept pages and acts are, and what a phone's word on the moment is worth."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from .acts import Actor
from .models import AuditEntry
from .numbers import uuid_in
from .vault import keyed_hash

CHANNEL = "offline"
OLDEST = timedelta(hours=72)
STATUS = {"done": 200, "conflict": 409, "refused": 422, "other": 403}


def holder(by: Actor | None) -> str:
    """Marks what a phone keeps: the account, a dot, the one standing of it. Nothing is kept while helping somebody."""
    if by is None or by.account_id is None or by.assistance_id is not None:
        return ""
    account = keyed_hash(f"phone:{by.account_id}")[:16]
    standing = keyed_hash(f"phone:{by.account_id}:{by.compound_id}:{by.role_id}")[:16]
    return f"{account}.{standing}"


def done_at(said: Mapping[str, str], now: datetime, *, since: datetime) -> datetime:
    """When it was done, from how long ago that is by the phone's own clock (`done`, `sent`: milliseconds).

    The clock may be wrong, the span is not. A span below nothing or above 72 hours counts as none; and nothing was done
    before what it was done about (`since`).
    """
    try:
        ago = timedelta(milliseconds=int(said["sent"]) - int(said["done"]))
    except (KeyError, ValueError, OverflowError):
        return now
    if not timedelta(0) <= ago <= OLDEST:
        return now
    return min(now, max(now - ago, since))


def from_phone(request: HttpRequest) -> bool:
    return request.method == "POST" and "sent" in request.POST


def once_of(request: HttpRequest) -> UUID | None:
    return uuid_in(request.POST.get("once"))


def settled(request: HttpRequest, by: Actor) -> JsonResponse | None:
    """The answer where nothing of it need be looked at: somebody else's, incomplete, or taken in before."""
    post = request.POST
    if not post.get("holder") or post["holder"] != holder(by):
        return answer("other", says=_("这是另一个人记的，等本人登录再送"))
    once = once_of(request)
    if once is None:
        return answer("refused", says=_("这一条不完整，请改一改再送"))
    before = AuditEntry.objects.filter(compound_id=by.compound_id, once=once).values_list("account_id", flat=True)
    return answer("done", again=True) if list(before) == [by.account_id] else None


def wrong(form: BaseForm) -> str:
    return "；".join(str(error) for errors in form.errors.values() for error in errors)


def answer(result: str, **more: Any) -> JsonResponse:
    """What the phone's side (web/static/linli/sw.js) acts on; it keeps what is not answered with "done"."""
    return JsonResponse({"result": result, **more}, status=STATUS[result], headers={"Cache-Control": "no-store"})
