"""Sessions: the list, and the page of one with the steps it takes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel import masks
from linli.people.rules import Act as Right
from linli.places.queries import calendar
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import whole
from linli.plumbing.numbers import number_in

from ...access import parts_in
from ...models import Session
from ...papers.common import short
from ...queries import officers as people
from ...queries import session_steps
from ...queries import sessions as queries
from ...queries.register import lacking_count
from ...queries.sheets import lost
from ...rules.filing import may_read
from ...rules.opinions import asks
from ...rules.printed import printed
from ...rules.prints import Print
from ...rules.sessions import GROUND_ARTICLES, OFFICES, STATES, Act, State, Who, allowed, ground_of
from ...rules.sheets import warning
from ...services import drafting
from ..base import found_session, frame
from ..boxes import shown as shown_casting
from ..delivery import SEES
from ..keys import SEES as KEEPS
from .conducting import replacements
from .presses import presses


@allow()
@require_safe
def sessions(request: HttpRequest, slug: str) -> HttpResponse:
    before, now = number_in(request.GET.get("before", "")), timezone.now()
    calls = request.may(Right.CREATE_ASSEMBLY_SESSION)
    found = queries.sessions(request.compound.pk, body_id=request.actor.body_id if calls else None, before=before)
    shown = found[: queries.PAGE]
    context = {
        "rows": [queries.cell(one, slug, now) for one in shown],
        "more": shown[-1].number if len(found) > queries.PAGE else None, "calls": calls,
    }  # fmt: skip
    return render(request, "assembly/sessions.html", {**frame(request), **context})


@allow()
@require_safe
def session(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = found_session(request, number), timezone.now()
    parts = parts_in(one, request.actor)
    profile, state = drafting.profile(one), State(one.state)
    can = allowed(state, parts)
    works = bool(parts - {Who.OWNER, Who.COMMUNITY})
    delivery = address("assembly:delivery", slug, number) if one.register_frozen_at and parts & SEES else ""
    signing = address("assembly:request", slug, number) if one.ground == "joint_request" and works else ""
    filing = address("assembly:filing", slug, number) if may_read(state, parts) else ""
    turnout, things = queries.turnout(one), queries.things(one, slug, request.actor)
    context = {
        "session": one,
        "state": str(_(STATES[state])),
        "cancelled": state == State.CANCELLED,
        "ways": _ways(one),
        "fingerprint": short(one.register_fingerprint) if one.register_published_at else "",
        "turnout": turnout,
        "casting": shown_casting(one, request.actor, slug, now),
        "measures": turnout.measures() if turnout else [],
        "lacks_area": queries.square(turnout.lacks_area) if turnout else "",
        "things": things,
        "edits_items": Act.ADD_ITEM in can,
        "steps": session_steps.steps(one, profile, calendar(request.compound), now, slug),
        "pressed": presses(one, slug, can, now, len(things), delivery=delivery, request=signing, filing=filing, works=works),
        "ground": _(ground_of(one.ground, one.body.kind)),
        "ground_article": _(GROUND_ARTICLES[one.ground]),
        "record_on": whole(one.record_on) if one.record_on else "",
        "rules": _rules(one, profile),
        "profile": profile,
        "officers": _officers(one, works),
        "works": works,
        "releases": bool(can & {Act.RELEASE_OFFICER, Act.REPLACE_OFFICER}),
        "replaced": replacements(one, parts, request.actor.account_id, slug),
        "lacking": lacking_count(one) if works and not one.register_frozen_at else 0,
        "objections": _objections(one, can, parts),
        "notice": address("assembly:print", slug, number, Print.NOTICE) if one.noticed_at and state != State.CANCELLED else "",
        "keys": address("assembly:keys", slug, number) if one.seal_key and parts & KEEPS else "",
        "sheets_lost": _(said) if works and (said := warning(one.state, lost(one))) else "",
        "register": address("assembly:register", slug, number) if one.register_parties and (one.register_published_at or works) else "",
        "delivery": delivery,
        "request": signing,
        "filing": filing,
    }  # fmt: skip
    return render(request, "assembly/session.html", {**frame(request), **context})


def _ways(one: Session) -> str:
    if asks(one.rules):
        return _("书面投票，网上在政府的电子投票系统投")
    return _("书面和网上投票") if one.rules.get("online") else _("书面投票")


def _rules(one: Session, profile: Any) -> list[tuple[str, str, str]]:
    return [
        (
            _(line.label),
            str(line.value) if isinstance(line.value, int) else _(line.value),
            _("；").join(map(_, line.sources)),
        )
        for line in printed(one.rules, profile, first=one.first)
    ]


def _officers(one: Session, works: bool) -> list[dict[str, Any]]:
    return [{"pk": o.pk, "office": _(OFFICES[o.office]), "name": o.name} for o in people.officers(one)]


def _objections(one: Session, can: frozenset[Act], parts: frozenset[Who]) -> list[dict[str, Any]]:
    """Everybody reads what was objected and answered, masked."""
    rows = []
    for about in ("register", "result"):
        for raised in queries.objections(one, about) if one.noticed_at else []:
            who = masks.name(raised.name) if raised.name else _("一位业主")
            rows.append({
                "pk": raised.pk, "about": _("名册") if about == "register" else _("结果"), "who": who, "words": raised.words, "answer": raised.answer,
                "upheld": raised.upheld, "answers": Act.ANSWER in can and raised.answered_at is None,
            })  # fmt: skip
    return rows
