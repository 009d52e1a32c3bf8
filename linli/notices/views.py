from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.plumbing.addresses import numbered
from linli.plumbing.guards import allow
from linli.plumbing.moments import moment

from . import queries, services
from .models import Message
from .signals import naming

NAME_MOST = 16
# subject kind -> its page
PAGES = {
    "matter": "matters:matter",
    "whistle": "matters:whistle",
    "call": "volunteers:call",
    "batch": "matters:batch-mine",
}


@allow()
@require_safe
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """Opening the list is the proof that it was shown: what was new is marked as read, and stays bold this once."""
    try:
        after = UUID(request.GET.get("after", ""))
    except ValueError:
        after = None
    now, account_id = timezone.now(), request.actor.account_id
    found = queries.inbox(compound_id=request.compound.pk, account_id=account_id, after=after)
    shown = found[: queries.PAGE]
    names = _names(request, shown)
    rows = [
        {
            "title": m.title, "note": " · ".join(filter(None, [_said(m, names), moment(m.created_at, now)])), "href": _address(slug, m),
            "new": m.read_at is None,
        }
        for m in shown
    ]  # fmt: skip
    if any(m.read_at is None for m in shown) and account_id:
        services.mark_read(compound_id=request.compound.pk, account_id=account_id, at=now)
    more = shown[-1].pk if len(found) > queries.PAGE else None
    return render(request, "notices/inbox.html", {"rows": rows, "more": more, "first": after is None})


def _names(request: HttpRequest, messages: list[Message]) -> dict[int, str]:
    """Nobody knows a matter by its number alone."""
    numbers = {m.subject_number for m in messages if m.subject_kind == "matter" and m.subject_number is not None}
    asked = {"compound_id": request.compound.pk, "by": request.actor, "numbers": numbers}
    return {number: name for _receiver, names in naming.send(Message, **asked) for number, name in names.items()}


def _said(message: Message, names: dict[int, str]) -> str:
    name = names.get(message.subject_number or 0, "")
    if not name or message.body.startswith(name):
        return message.body
    return _("“%(name)s”%(words)s") % {"name": Truncator(name).chars(NAME_MOST), "words": message.body}


def _address(slug: str, message: Message) -> str:
    """Pages of other contexts are joined by links, not imports."""
    page = PAGES.get(message.subject_kind)
    if page is None or message.subject_number is None:
        return ""
    try:
        return numbered(page, slug, message.subject_number)
    except NoReverseMatch:
        return ""


@allow()
@require_safe
def council(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "notices/council.html")
