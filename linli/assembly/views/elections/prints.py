"""The papers of a body being formed: as a page, as PDF, as a workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.plumbing.addresses import numbered
from linli.plumbing.guards import allow

from ... import papers
from ...access.elections import nominee_for, parts_in
from ...models import Formation, Nominee
from ...queries import election_prints as queries
from ...rules.elections.prints import WORKBOOKS, Print, may_print
from .. import sheets
from .steps import found


@dataclass(frozen=True)
class Asked:
    formation: Formation
    nominee: Nominee | None
    building: UUID | None
    link: str


def _recommendation(asked: Asked) -> list[papers.Paper]:
    made = queries.recommendation(asked.formation, asked.nominee, asked.link, alone=False)
    return [papers.joint_recommendation(made)]


def _self(asked: Asked) -> list[papers.Paper]:
    return [papers.joint_recommendation(queries.recommendation(asked.formation, None, asked.link, alone=True))]


def _candidates(asked: Asked) -> list[papers.Paper]:
    return [papers.candidates_notice(queries.candidates(asked.formation, asked.link))]


def _ticks(asked: Asked) -> list[papers.Paper]:
    return [papers.tick_form(one) for one in queries.ticks(asked.formation, asked.building)]


def _members(asked: Asked) -> list[papers.Paper]:
    return [papers.members_notice(queries.members(asked.formation, asked.link))]


MAKERS: dict[Print, Callable[[Asked], list[papers.Paper]]] = {
    Print.JOINT: _recommendation, Print.SELF: _self, Print.CANDIDATES: _candidates, Print.TICKS: _ticks, Print.MEMBERS: _members,
}  # fmt: skip


def _key(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


@allow()
@require_safe
@never_cache
def sheet(request: HttpRequest, slug: str, number: int, kind: str) -> HttpResponse:
    """`?building=` for the forms of one; `?nominee=` for a form that already names whom it is for."""
    one = found(request, number)
    may = may_print(one.kind, one.state, parts_in(one, request.actor), ticking=one.ticks_at is not None)
    wanted = next((maker for maker in MAKERS if maker == kind), None)
    if wanted is None or wanted not in may:
        raise Http404
    key, back = _key(request.GET.get("nominee", "")), numbered("assembly:election", slug, number)
    nominee = nominee_for(formation=one, pk=key, by=request.actor) if key else None
    made = MAKERS[wanted](Asked(one, nominee, _key(request.GET.get("building", "")), request.build_absolute_uri(back)))
    if not made:
        raise Http404
    if wanted == Print.TICKS:
        back = numbered("assembly:election-forms", slug, number)
    return sheets.answer(request, made, name=f"{kind}-{number}", back=back, book=wanted in WORKBOOKS)
