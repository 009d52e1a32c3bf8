"""The register as it is published: masked, with what it lacks for whoever must put it right."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel import masks
from linli.people.rules import Act as Right
from linli.places.queries import buildings
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import whole
from linli.plumbing.numbers import number_in

from ..access import parts_in
from ..forms.sessions import SameForm
from ..models import RegisterCorrection, Session
from ..papers.common import short
from ..queries import register as queries
from ..queries.sessions import square
from ..rules.printed import BASES
from ..rules.sessions import Act, State, Who, allowed
from ..services import register as services
from .base import found_session, frame, page_of, run, sent
from .sessions.steps import ready


@allow()
@require_safe
def register(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = found_session(request, number)
    works = bool(parts_in(one, request.actor) - {Who.OWNER, Who.COMMUNITY})
    if not one.register_parties or not (one.register_published_at or works):
        raise Http404
    after, words = number_in(request.GET.get("after", "")) or 0, request.GET.get("q", "").strip()[:20]
    wanted = next((b for b in buildings(request.compound.pk) if str(b.pk) == request.GET.get("building")), None)
    fixes = request.may(Right.SEE_REGISTER)
    found = queries.lines(
        one, person_id=request.actor.person_id, after=after, building=wanted.pk if wanted else None, words=words, acting=works or fixes
    )  # fmt: skip
    shown = found[: queries.PAGE]
    lacks = not one.register_frozen_at
    context = {
        "session": one,
        "area": square(one.register_area),
        "basis": _(BASES[one.rules.get("area_basis", "building_area")]),
        "record_on": whole(one.record_on) if one.record_on else "",
        "rows": [(row, square(row.area), _("不计入") if row.party is None else "") for row in shown],
        "more": shown[-1].place if len(found) > queries.PAGE else None,
        "buildings": [(str(b.pk), b.label, b == wanted) for b in buildings(request.compound.pk)],
        "chosen": str(wanted.pk) if wanted else "",
        "q": words,
        "missing": _linked(queries.lacking(one), slug, fixes) if works and lacks else None,
        "ownerless": _linked(queries.ownerless(one), slug, fixes) if works else None,
        "overlaps": queries.overlaps(one) if works else [],
        "developer": queries.developer_of(one),
        "undelivered": queries.undelivered(one),
        "unclear": queries.unclear(one) if works and lacks else None,
        "no_developer": queries.no_developer(one) if works and lacks else "",
        "unreached": queries.unreached_count(one) if works else 0,
        "alike": _alike(one, slug) if Act.SAME_OWNER in allowed(State(one.state), parts_in(one, request.actor)) and lacks else [],
        "fingerprint": short(one.register_fingerprint),
        "corrections": [_correction(row) for row in queries.corrections(one)] if one.register_published_at else [],
        "back": page_of(one, slug),
        "objects": address("assembly:do", slug, number, "object") if lacks and one.noticed_at and Who.OWNER in parts_in(one, request.actor) else "",
    }  # fmt: skip
    return render(request, "assembly/register.html", {**frame(request), **context})


def _linked(found: queries.Homes, slug: str, fixes: bool) -> dict[str, Any]:
    rows = [(label, address("people:home", slug, home) if fixes else "") for label, home in found.rows]
    return {"rows": rows, "count": found.count, "more": found.count - len(rows)}


def _correction(row: RegisterCorrection) -> dict[str, Any]:
    most = queries.MISSING_MOST
    return {
        "day": whole(row.at), "reason": row.reason, "parties": row.parties, "area": square(row.area), "fingerprint": row.fingerprint, "short": short(row.fingerprint),
        "rows": [(one["home"], _changed(one["before"], one["after"])) for one in row.rows[:most]],
        "count": len(row.rows), "more": max(len(row.rows) - most, 0),
    }  # fmt: skip


def _changed(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    if before is None or after is None:
        return _("加上了") if before is None else _("去掉了")
    said = []
    if before["area"] != after["area"]:
        said.append(_("面积 %(a)s ㎡ 改为 %(b)s ㎡") % {"a": square(before["area"]), "b": square(after["area"])})
    if before["owners"] != after["owners"]:
        said.append(_("业主改了"))
    if before["kind"] != after["kind"]:
        said.append(_("用途改了"))
    if before["counts"] != after["counts"]:
        said.append(_("改为计入") if after["counts"] else _("改为不计入"))
    return _("，").join(said)


def _alike(session: Session, slug: str) -> list[dict[str, Any]]:
    pairs = queries.perhaps_same(session)[: queries.PAGE]
    homes = queries.homes_of(session, {one.person for pair in pairs for one in pair})
    first = queries.first_said(session.compound_id)
    return [
        {
            "name": masks.name(a.name), "first": _("、").join(homes[a.person]), "second": _("、").join(homes[b.person]),
            "href": address("assembly:same-owner", slug, session.number, a.person, b.person),
            "waits": frozenset((a.person, b.person)) in first,
        }
        for a, b in pairs
    ]  # fmt: skip


@allow()
def same_owner(request: HttpRequest, slug: str, number: int, person: UUID, other: UUID) -> HttpResponse:
    one = found_session(request, number)
    if led := ready(request, one, Act.SAME_OWNER):
        return led
    if not any({person, other} == {a.person, b.person} for a, b in queries.perhaps_same(one)):
        raise Http404
    homes, first = (
        queries.homes_of(one, (person, other)),
        queries.first_said(one.compound_id).get(frozenset((person, other))),
    )
    form = SameForm(sent(request))
    given: dict[str, Any] = {
        "by": request.actor,
        "session": one,
        "person": person,
        "other": other,
        "at": timezone.now(),
    }
    about = _("%(first)s 和 %(second)s 的业主，名字和电话都一样") % {
        "first": _("、").join(homes[person]), "second": _("、").join(homes[other]),
    }  # fmt: skip
    if first:
        said = (
            _("%(about)s。%(when)s有人核对说是同一个人：%(words)s")
            if first.same
            else _("%(about)s。%(when)s有人核对说不是同一个人：%(words)s")
        )
        about = said % {"about": about, "when": whole(first.at), "words": first.words}
    return run(
        request, form, lambda: services.say_same(**given, **form.given), said=_("记下了"), title=_("是同一个人吗"), label=_("记下"), about=about,
        back=address("assembly:register", slug, number), note=_("两位核对的一样才算。是同一个人的，几套房子合起来算一位业主。名册公布以后才核对的，再建一次名册才算。"),
    )  # fmt: skip
