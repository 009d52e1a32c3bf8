"""The board of calls, one's own, and shouting."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.counters import kept
from linli.plumbing.guards import allow
from linli.plumbing.numbers import uuid_in
from linli.plumbing.refusals import refusals_above, refusals_beside

from .. import forms, queries, services
from ..access import answers, building_near
from ..models import Call
from ..queries import story
from ..rules import dangers
from ..rules.counts import CALLS, month
from ..words import RISKS


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own calls, what one took on, then what is open: one's building first, newest first."""
    by, now, after = request.actor, timezone.now(), uuid_in(request.GET.get("after"))
    here = {"compound_id": request.compound.pk}
    sees = answers(by) or request.may(Right.WATCH_CALLS)
    building = building_near(by) if sees else None
    others = queries.elsewhere(**here, building_id=building, after=after) if sees else []
    shown = others[: queries.PAGE]
    near = queries.near(**here, building_id=building) if sees and not after else []
    calls = (
        queries.called(by=by, limit=queries.SHOWN_MOST, under_way=True)
        if by.role in RESIDENTS or by.assistance_id
        else []
    )
    context = {
        "called": [story.cell(c, slug, now) for c in calls[: queries.SHOWN_MOST] if not after],
        "answering": [] if after else [_answering(c, slug, now) for c in queries.answering(**here, account_id=by.account_id)],
        "groups": [
            (title, [story.card(c, now) for c in rows])
            for title, rows in ((_("本楼的"), near), (_("别的楼的") if building else _("等人接的"), shown)) if rows
        ],
        "taken": [story.cell(c, slug, now) for c in queries.taken(**here)] if sees and not after else [],
        "more": shown[-1].pk if len(others) > queries.PAGE else None,
        "sees": sees,
        "claims": answers(by),
        "willing": queries.willing(**here, account_id=by.account_id),
        "may_switch": request.may(Right.ANSWER_CALL) and not by.assistance_id,
        "may_shout": by.role in RESIDENTS or bool(by.assistance_id),
        "resident": by.role in RESIDENTS,
        "open": kept(request.compound.pk, f"{CALLS}open").get(f"{CALLS}open", 0),
        "month": _this_month(request.compound.pk, now),
        "here": address("volunteers:board", slug),
    }  # fmt: skip
    return render(request, "volunteers/board.html", context)


def _this_month(compound_id: UUID, now: datetime) -> dict[str, int]:
    """How often somebody shouted, how often somebody came, and how long one waited for that."""
    start = month(now)
    found = {name.removeprefix(start): value for name, value in kept(compound_id, start).items()}
    claimed = found.get("claimed", 0)
    return {
        "raised": found.get("raised", 0), "claimed": claimed, "minutes": found.get("wait_minutes", 0) // claimed if claimed else 0,
    }  # fmt: skip


def _answering(call: Call, slug: str, now: datetime) -> dict[str, Any]:
    """Its page stays on the phone, for where there is no signal."""
    return {**story.cell(call, slug, now), "field": subject(call)}


def subject(call: Call) -> str:
    return f"calls/{call.number}"


@allow(Right.CALL_NEIGHBOURS)
@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.called(by=request.actor, after=uuid_in(request.GET.get("after")))
    rows = [story.cell(c, slug, timezone.now()) for c in found[: queries.PAGE]]
    more = found[queries.PAGE - 1].pk if len(found) > queries.PAGE else None
    return render(request, "volunteers/mine.html", {"rows": rows, "more": more})


@allow(Right.ANSWER_CALL)
@require_POST
def willing(request: HttpRequest, slug: str) -> HttpResponse:
    with refusals_above(request):
        row = services.say_willing(by=request.actor, willing=request.POST.get("willing") == "1", at=timezone.now())
        messages.success(request, _("好的，邻居有事会告诉您") if row.willing else _("好的，不再告诉您"))
    return redirect("volunteers:board", slug)


# ── shouting ────────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.CALL_NEIGHBOURS)
def shout(request: HttpRequest, slug: str) -> HttpResponse:
    """Words that sound dangerous are asked about once; what is dangerous goes to the property company."""
    by = request.actor
    if by.role not in RESIDENTS and not by.assistance_id:
        return render(request, "volunteers/for_whom.html")
    form = forms.ShoutForm(request.POST) if request.method == "POST" else forms.ShoutForm()
    context = {"form": form, "party": _("社区") if request.compound.is_unmanaged else _("物业")}
    if request.method != "POST":
        return render(request, "volunteers/shout.html", context)
    if form.is_valid():
        data = form.cleaned_data
        sounds = [] if data["risks"] or data["harmless"] else dangers(data["words"])
        if sounds:
            asked = [(risk, RISKS[risk]) for risk in sounds]
            return render(request, "volunteers/shout.html", {**context, "asked": asked})
        with refusals_beside(form):
            got = services.shout(by=by, compound=request.compound, at=timezone.now(), **data)
            if got.matter:
                messages.success(request, _("这件事有危险，不让邻居动手，已经交上去办了"))
                return redirect(numbered("matters:matter", slug, got.matter.number))
            assert got.call is not None
            messages.success(request, _("喊出去了，有邻居接了马上告诉您"))
            return redirect(numbered("volunteers:call", slug, got.call.number))
    return render(request, "volunteers/shout.html", context, status=422)
