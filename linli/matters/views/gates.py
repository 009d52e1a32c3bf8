"""What must be decided before the work, as a matter's page shows it; and the papers, for those who work on it."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.notices.signals import voting
from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import day

from ..access import matter_paper_for
from ..models import Decision, Gate, GatePaper, Matter, MatterPaper
from ..queries import gates as reads
from ..rules import gates as rules
from ..services import papers
from ..words import (
    GATE_ALSO,
    GATE_LINES,
    GATE_PAPER_SOURCES,
    GATE_PAPERS,
    GATE_PLANS,
    GATE_RESULTS,
    GATE_SOURCES,
    GATE_VERDICTS,
    GATE_WAITS_PAPERS,
)
from .acts_gates import GATE_ACTS, may_decide, may_lift, may_paper, may_set
from .files import SIZES


def line(planned: str) -> str:
    """动工前要由业主大会表决（民法典第278条第8项，特别多数）"""
    row = rules.GATES[rules.Planned(planned)]
    source = [GATE_SOURCES[row.source], GATE_SOURCES[row.majority] if row.majority else ""]
    return _("%(line)s（%(source)s）") % {"line": GATE_LINES[row.decider], "source": _("，").join(filter(None, source))}


def waits_words(gate: str) -> str:
    """Of what a matter shows of its gates: what is waited for."""
    planned = rules.bare(gate)
    if gate.startswith(rules.LACKS):
        return GATE_WAITS_PAPERS[rules.PAPERS[rules.Planned(planned)][0]]
    return line(planned)


def cards(request: HttpRequest, matter: Matter, *, worker: bool) -> list[dict[str, Any]]:
    found = reads.gates_of(matter)
    said, papers = reads.decisions_of(found), reads.papers_of(found)
    votes = _votes(request, matter) if any(gate.planned in rules.MATTER_NO for gate in found) else []
    return [_card(request, matter, gate, said[gate.pk], papers.get(gate.pk, {}), worker, votes) for gate in found]


def _votes(request: HttpRequest, matter: Matter) -> list[tuple[str, str]]:
    answers = voting.send(Matter, compound=request.compound, by=request.actor, id=matter.pk)
    return [one for _receiver, rows in answers for one in rows]


def _card(
    request: HttpRequest, matter: Matter, gate: Gate, said: list[Decision], papers: dict[str, GatePaper], worker: bool,
    votes: list[tuple[str, str]],
) -> dict[str, Any]:  # fmt: skip
    row = rules.GATES[rules.Planned(gate.planned)]
    return {
        "title": line(gate.planned),
        "planned": GATE_PLANS[gate.planned],
        "also": GATE_ALSO[row.also] if row.also else "",
        "holds": row.holds,
        "words": gate.words if worker else "",
        "result": gate.result,
        "papers": [
            _paper(request, matter, kind, papers.get(kind), worker)
            for kind in rules.PAPERS.get(rules.Planned(gate.planned), ())
        ],
        "lacks": row.holds and bool(rules.lacking(gate.planned, {kind: one.result for kind, one in papers.items()})),
        "votes": votes if gate.planned in rules.MATTER_NO else [],
        "decisions": [_told(request, matter, one, worker) for one in reversed(said)],
    }


def _told(request: HttpRequest, matter: Matter, one: Decision, worker: bool) -> dict[str, Any]:
    given = {
        "day": _at(one.day),
        "body": one.body,
        "result": GATE_RESULTS[one.result],
    }
    return {
        "title": _("%(day)s，%(body)s：%(result)s") % given,
        "note": " · ".join(filter(None, [one.reference, one.words])),
        "href": paper_url(request, matter, one.paper) if worker and one.paper else "",
    }


def _paper(
    request: HttpRequest, matter: Matter, kind: rules.Paper, one: GatePaper | None, worker: bool
) -> dict[str, Any]:
    title = _("%(paper)s（%(source)s）") % {"paper": GATE_PAPERS[kind], "source": GATE_PAPER_SOURCES[kind]}
    if one is None:
        return {"title": title, "note": _("还缺"), "href": ""}
    given = {
        "body": one.body,
        "verdict": GATE_VERDICTS[rules.verdict(kind, one.result)],
        "day": _at(one.day),
        "ref": one.reference,
    }
    note = _("%(day)s，%(body)s：%(verdict)s · %(ref)s") % given
    return {"title": title, "note": note, "href": paper_url(request, matter, one.paper) if worker else ""}


def _at(when: date) -> str:
    return day(timezone.make_aware(datetime.combine(when, time(12))), timezone.now())


def paper_url(request: HttpRequest, matter: Matter, paper: MatterPaper) -> str:
    return address("matters:paper", request.compound.slug, matter.number, paper.pk, "small")


def offers(request: HttpRequest, matter: Matter) -> list[dict[str, str]]:
    """The next act with the gates first."""
    rows = ((rules.DECIDE, may_decide), (rules.PAPER, may_paper), (rules.SET, may_set), (rules.LIFT, may_lift))
    return [
        {"label": str(GATE_ACTS[act].label), "url": address("matters:act", request.compound.slug, matter.number, act), "act": act}
        for act, may in rows
        if may(matter, request.actor) is None
    ]  # fmt: skip


@allow(Right.SEE_MATTERS)
@require_safe
def paper(request: HttpRequest, slug: str, number: int, pk: UUID, size: str) -> HttpResponse:
    row = matter_paper_for(compound=request.compound, number=number, paper_id=pk, by=request.actor)
    if row is None or size not in SIZES or request.actor.role in RESIDENTS:
        raise Http404
    body, kind = papers.read(row, size)
    answer = HttpResponse(body, content_type=kind)
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    answer["Content-Disposition"] = "inline"
    return answer
