"""The papers of a session: as a page, as PDF, as a workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.places.models import Building
from linli.places.queries import buildings, calendar
from linli.plumbing import papers as press
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.sheets import XLSX

from .. import papers
from ..access import parts_in
from ..models import FilingPaper, Session
from ..queries import delivery, print_results
from ..queries import prints as queries
from ..queries.counting import last_outcomes
from ..queries.filing import open_papers
from ..queries.register import register_until
from ..rules import dates
from ..rules.prints import Print, may_print
from ..rules.sessions import ANNOUNCED
from ..services import printing
from ..words import PRINTS
from . import sheets
from .base import found_session, frame, page_of

WORKBOOKS = frozenset(Print) - {Print.BALLOTS}
BY_BUILDING = frozenset({Print.DELIVERY, Print.BALLOTS})


@dataclass(frozen=True)
class Asked:
    session: Session
    compound: str
    link: str
    building: Building | None
    calendar: Any


def _allowed(request: HttpRequest, session: Session) -> frozenset[Print]:
    counted = bool(last_outcomes(session))
    return may_print(session.state, parts_in(session, request.actor), frozen=session.register_frozen_at is not None,
                     published=session.register_published_at is not None, counted=counted, asked=session.ground == "joint_request", announced=session.announced_at is not None)  # fmt: skip


def _asked(request: HttpRequest, session: Session, slug: str) -> Asked:
    wanted = next((b for b in buildings(request.compound.pk) if str(b.pk) == request.GET.get("building")), None)
    link = request.build_absolute_uri(page_of(session, slug))
    return Asked(session, request.compound.name, link, wanted, calendar(request.compound))


def _notice(asked: Asked) -> papers.Paper:
    return papers.session_notice(
        queries.session_notice(asked.session, asked.compound, asked.link, register_until(asked.session))
    )


def _register(asked: Asked) -> papers.Paper:
    return papers.register(queries.register(asked.session, asked.compound, asked.link, register_until(asked.session)))


def _delivery(asked: Asked) -> papers.Paper:
    if asked.building is None:
        raise Http404
    where = asked.building.label
    return papers.delivery_register(queries.delivery(asked.session, asked.compound, asked.building.pk, where, asked.link))  # fmt: skip


def _count(asked: Asked) -> papers.Paper:
    return papers.count_sheet(print_results.count_sheet(asked.session, asked.compound, asked.link))


def _result(asked: Asked) -> papers.Paper:
    return papers.result_notice(print_results.result_notice(asked.session, asked.compound, asked.link))


def _filing(asked: Asked) -> papers.Paper:
    at = asked.session.announced_at
    due = dates.filing_by(asked.calendar, at) if at else None
    return papers.filing_list(queries.filing_list(asked.session, asked.compound, due, asked.link))


def _request(asked: Asked) -> papers.Paper:
    return papers.joint_request(queries.joint_request(asked.session, asked.compound, asked.link))


MAKERS: dict[Print, Callable[[Asked], papers.Paper]] = {
    Print.NOTICE: _notice, Print.REGISTER: _register, Print.DELIVERY: _delivery, Print.COUNT: _count, Print.RESULT: _result,
    Print.FILING: _filing, Print.REQUEST: _request,
}  # fmt: skip


def _adopted(session: Session) -> list[FilingPaper]:
    return open_papers(session) if session.state in ANNOUNCED else []


@allow()
@require_safe
@never_cache
def prints(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = found_session(request, number)
    may = _allowed(request, one)
    if not may:
        raise Http404
    rows = [
        {"title": _(PRINTS[kind]), "href": address("assembly:print", slug, number, kind), "book": kind in WORKBOOKS}
        for kind in Print
        if kind in may and kind not in BY_BUILDING
    ]
    doors = Print.BALLOTS in may
    blocks = [
        {"label": b.label, "pk": b.pk, "sheet": address("assembly:print", slug, number, Print.DELIVERY)}
        for b in (buildings(request.compound.pk) if doors else [])
    ]
    done = {b.building for b in delivery.blocks(one) if b.delivered == b.parties} if doors else set()
    context = {
        "session": one,
        "rows": rows,
        "blocks": [b for b in blocks if b["pk"] not in done],
        "delivered": [b for b in blocks if b["pk"] in done],
        "papers": [(p.name, address("assembly:filing-paper", slug, number, p.pk)) for p in _adopted(one)],
        "back": page_of(one, slug),
    }
    return render(request, "assembly/prints.html", {**frame(request), **context})


@allow()
@require_safe
@never_cache
def sheet(request: HttpRequest, slug: str, number: int, kind: str) -> HttpResponse:
    """`?as=pdf` or `xlsx`; without it a page to read."""
    one = found_session(request, number)
    wanted = next((maker for maker in MAKERS if maker == kind), None)
    if wanted is None or wanted not in _allowed(request, one):
        raise Http404
    asked = _asked(request, one, slug)
    return sheets.answer(
        request, [MAKERS[wanted](asked)], name=f"{PRINTS[wanted]}-{asked.building.label if asked.building else number}",
        back=address("assembly:prints", slug, number), book=wanted in WORKBOOKS,
    )  # fmt: skip


@allow()
@require_POST
def ballots(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A building's ballots, with names: who printed them is written down."""
    one = found_session(request, number)
    wanted = next((b for b in buildings(request.compound.pk) if str(b.pk) == request.POST.get("building")), None)
    if Print.BALLOTS not in _allowed(request, one) or wanted is None:
        raise Http404
    link, large = request.build_absolute_uri(page_of(one, slug)), request.POST.get("large") == "1"
    made = queries.ballots(one, request.compound.name, wanted.pk, lambda n: f"{link}#{n}", large=large)
    if not made:
        raise Http404
    printing.printed(by=request.actor, session=one, what=wanted.label, sheets=len(made), at=timezone.now())
    name = f"选票-{wanted.label}{'-大字' if large else ''}"
    match request.POST.get("as"):
        case "xlsx":
            return sheets.file(press.xlsx(*made), XLSX, f"{name}.xlsx")
        case "page":
            return sheets.page(request, made, back=address("assembly:prints", slug, number))
    return sheets.file(press.pdf(made), sheets.PDF, f"{name}.pdf")


@allow()
@require_safe
@never_cache
def request_form(request: HttpRequest, slug: str) -> HttpResponse:
    """To be filled in by hand, before there is a session: by whoever of the compound gathers signatures."""
    link = request.build_absolute_uri(address("assembly:sessions", slug))
    paper = papers.joint_request(papers.JointRequest(compound=request.compound.name, link=link))
    return sheets.answer(request, [paper], name="request", back=address("assembly:sessions", slug), book=True)
