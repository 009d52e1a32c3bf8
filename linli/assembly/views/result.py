"""The result of a session as everybody of the compound reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.profiles import profile
from linli.kernel.tally.thresholds import ARTICLE
from linli.places.queries import calendar
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import label
from linli.plumbing.moments import moment, whole

from ..access import COUNTS, parts_in, session_for
from ..models import Session
from ..papers.common import short
from ..queries import results
from ..queries.leaving import Gone
from ..queries.results import Compared, Figure, ItemResult, Person
from ..rules.dates import result_by
from ..rules.elections.candidates import LEFT
from ..rules.printed import CO_OWNERS, DUPLICATES, LABELS, SILENCE
from ..rules.sessions import OFFICES, TABLE, Act, State, Who
from ..words import ELECTIONS, MEASURED, NEEDS, OUTCOME_FIGURES, PLACES, RESULTS, STEPS
from .base import found_session, frame
from .papers import shown_paper
from .sessions.conducting import replacements

WAITS = {State.CLOSED, State.COUNTING, State.COUNTED}


@dataclass
class Document:
    name: str
    sealed: str
    kind: str = "pdf"


@allow()
@require_safe
def result(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session = session_for(compound=request.compound, number=number, by=request.actor)
    if session is None or session.state in {State.DRAFTING, State.NOTICED, State.OPEN, State.CANCELLED}:
        raise Http404
    now = timezone.now()
    parts = parts_in(session, request.actor)
    counts, open_ = bool(parts & COUNTS), bool(session.rules.get("open_ballots"))
    context: dict[str, Any] = {
        "replaced": replacements(session, parts, request.actor.account_id, slug), "session": session, "title": _("表决结果"), "back": address("assembly:session", slug, number), "waits": _waits(session), "counts": counts,
        "inspects": bool(parts & TABLE[Act.INSPECT].who) or (open_ and Who.OWNER in parts),
        "closed": moment(session.closes_at, now) if session.closes_at else "", "fingerprint": short(session.register_fingerprint),
    }  # fmt: skip
    if session.announced_at:
        context |= _announced(session, now)
    return render(request, "assembly/count/result.html", {**frame(request), **context})


def _waits(session: Session) -> str:
    if session.state in WAITS and session.announced_at:
        return _("复核中：在重新计票。新的结果公布以前，上次公布的结果不变")
    if session.state == State.COUNTED and session.counted_at:
        day = whole(result_by(profile(session.profile), calendar(session.compound), session.counted_at))
        return _("计票完了，签过字了，%(day)s前公布") % {"day": day}
    return {
        State.CLOSED: _("投票结束了，等开箱计票"),
        State.COUNTING: _("正在计票，签字以后公布"),
    }.get(State(session.state), "")


def _announced(session: Session, now: Any) -> dict[str, Any]:
    found = results.results(session, now, published=True)
    turn = found[0].outcome.turn if found else 1
    rules = session.rules
    return {
        "items": [_item(one) for one in found], "turn": turn, "article": ARTICLE,
        "announced": moment(session.announced_at, now) if session.announced_at else "",
        "until": whole(found[0].until) if found and found[0].until else "",
        "signed": [(label(OFFICES[row.office]), row.name) for row in results.signatures(session, turn)],
        "rules": [label(SILENCE[rules.get("silence_mode", "A")]), _of(LABELS["duplicate_rule"], DUPLICATES[rules.get("duplicate_rule", "first_valid_wins")]), _of(LABELS["co_owners"], CO_OWNERS["disputed"])],
    }  # fmt: skip


def _of(rule: str, said: str) -> str:
    return f"{label(rule)}{_('：')}{label(said)}"


def _item(one: ItemResult) -> dict[str, Any]:
    outcome = label(RESULTS[one.result]) if one.result else ""
    if one.election and not one.official:
        outcome = label(ELECTIONS[one.election])
    return {
        "one": one, "outcome": outcome, "until": _("%(day)s前可以提异议") % {"day": whole(one.until)} if one.until else "",
        "sentence": _sentence(one.figures) if one.compared else "", "figures": [_figure(f) for f in one.figures], "compared": [_compare(c) for c in one.compared],
        "also": label(RESULTS[one.also]) if one.also else "", "also_seated": _also_seated(one),
        "people": [_person(p) for p in one.people], "listed": [(row["ballot"], label(row["words"])) for row in one.listed],
        "official": label(RESULTS[one.official.result]) if one.official else "", "gone": [gone_words(row) for row in one.gone],
    }  # fmt: skip


def gone_words(one: Gone) -> str:
    return label(LEFT[one.counted]) % {"name": one.name, "day": whole(one.on)}


def _also_seated(one: ItemResult) -> str:
    if one.also_seated is None:
        return ""
    elected, waiting = ("、".join(names) or _("无") for names in one.also_seated)
    return _("当选：%(elected)s；候补：%(waiting)s。") % {"elected": elected, "waiting": waiting}


def _figure(f: Figure) -> dict[str, Any]:
    return {"name": label(OUTCOME_FIGURES[f.key]), "figure": f}


def _compare(c: Compared) -> dict[str, Any]:
    part, of = c.needs
    return {
        "name": label(STEPS[c.of, c.measure]), "short": label(MEASURED[c.of, c.measure]), "needs": label(NEEDS[c.needs]), "compared": c, "percent": c.share.rstrip("%") if c.share != "—" else "0.00",
        "whole": _("%(area)s ㎡") % {"area": c.whole} if c.measure == "area" else _("%(n)s 人") % {"n": c.whole},
        "tick": f"{100 * part / of:.2f}", "mark": f"{part}/{of}", "says": _("够了") if c.holds else _("不够"),
    }  # fmt: skip


def _sentence(figures: Sequence[Figure]) -> str:
    found = {f.key: f.persons for f in figures}
    return _("全体业主 %(total)s 位，参与表决 %(part)s 位，同意 %(yes)s 位。") % {
        "total": found["total"], "part": found.get("participating", 0), "yes": found.get("approve", 0),
    }  # fmt: skip


def _person(p: Person) -> dict[str, Any]:
    return {
        "person": p, "place": label(PLACES[p.place]) if p.place else _("没有过半数") if not p.passes else "",
        "figures": [_figure(f) for f in p.figures], "compared": [_compare(c) for c in p.compared],
    }  # fmt: skip


@allow()
@require_safe
def document(request: HttpRequest, slug: str, number: int, place: int) -> HttpResponse:
    """What the official system issued: for who counts, and once the result is announced for everybody of the compound."""
    session = found_session(request, number)
    item = next((one for one in results.items_of(session) if one.place == place), None)
    counts = bool(parts_in(session, request.actor) & COUNTS)
    held = results.official(session, None if counts else session.announced_at).get(item.pk) if item else None
    if held is None or not (session.announced_at or counts):
        raise Http404
    return shown_paper(Document(held.name.removesuffix(".pdf"), held.file))
