"""The project of a matter as its page shows it: the line of steps, what was counted, the options, the next act."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from linli.people.words import ROLES
from linli.plumbing.addresses import address
from linli.plumbing.moments import moment

from ..models import Matter, Plan
from ..queries import plans as reads
from ..queries.whistles import of_matter
from ..rules.help import yuan
from ..rules.plans import STEPS, Act, Kind, Step, shown_step
from ..words import PLAN_DIRECTIONS, PLAN_KINDS, PLAN_STEPS
from .acts_plans import PLAN_ACTS
from .gates import paper_url

# The step the project waits for comes first.
NEXT = (Act.REPORT, Act.USE, Act.INSTALL, Act.CHOOSE, Act.OPTION, Act.VERIFY)


def card(request: HttpRequest, matter: Matter, *, worker: bool) -> dict[str, Any] | None:
    plan = reads.plan_of(matter)
    if plan is None:
        return None
    now = timezone.now()
    acts = offers(request, matter) if worker else []
    return {
        "title": PLAN_KINDS[plan.kind],
        "steps": _steps(matter, plan, now),
        "counts": [(_("原来"), _list(plan.before)), (_("现在"), _list(plan.after))] if plan.before else [],
        "options": _options(request, matter, plan, worker),
        "agreed": plan.agreed,
        "taken_up": _taken_up(plan, worker),
        "ways": [(way.way_in, _("，").join(filter(None, [PLAN_DIRECTIONS[way.direction], way.hours]))) for way in reads.ways_of(plan)],
        "voices": _voices(matter, plan),
        "trial": [plan.trial_from, plan.review_on] if plan.trial_from else [],
        "acts": acts,
    }  # fmt: skip


def _taken_up(plan: Plan, worker: bool) -> str:
    if plan.post is None:
        return ""
    return " ".join(filter(None, [str(ROLES[plan.post.kind]), plan.post.holder_name if worker else ""]))


def _list(rows: list[list[Any]]) -> str:
    return _("，").join(f"{what} {n}" for what, n in rows) or "—"


def _steps(matter: Matter, plan: Plan, now: datetime) -> list[dict[str, Any]]:
    at = shown_step(Step(plan.step), decided=reads.decided(matter))
    order = list(STEPS[Kind(plan.kind)])
    here = order.index(at)
    rows = []
    for i, step in enumerate(order):
        when = parse_datetime(plan.reached.get(step, ""))
        state = "done" if i <= here else "now" if i == here + 1 else "todo"
        rows.append(
            {
                "title": PLAN_STEPS[f"{plan.kind}:{step}"],
                "dates": moment(when, now) if when and i <= here else "",
                "state": state,
            }
        )
    return rows


def _options(request: HttpRequest, matter: Matter, plan: Plan, worker: bool) -> list[dict[str, Any]]:
    found = reads.options_of(plan)
    papers = reads.quotations_of(found) if worker else {}
    return [
        {
            "site": option.site,
            "chosen": option.pk == plan.chosen_id,
            "note": " · ".join(filter(None, [
                option.supplier, _("%(yuan)s 元") % {"yuan": yuan(option.price_fen)} if option.price_fen is not None else "",
                _("%(n)s 千瓦") % {"n": option.power_kw} if option.power_kw is not None else "", option.words,
            ])),
            "papers": [(paper.name, paper_url(request, matter, paper)) for paper in papers.get(option.pk, ())],
        }
        for option in found
    ]  # fmt: skip


def _voices(matter: Matter, plan: Plan) -> list[tuple[str, str]]:
    """Those written down, and what agencies answered to a whistle."""
    if plan.kind != Kind.TRAFFIC:
        return []
    rows = []
    for one in reads.voices_of(plan):
        given = {"asked": one.asked, "agree": one.agree, "against": one.against}
        figures = _("问了 %(asked)s 人，赞成 %(agree)s，反对 %(against)s") % given if one.asked else ""
        rows.append((one.who, _("；").join(filter(None, [figures, one.words]))))
    return rows + [(ask.body.name, ask.answer) for _whistle, asks in of_matter(matter) for ask in asks if ask.answer]


def offers(request: HttpRequest, matter: Matter) -> list[dict[str, str]]:
    order = [*NEXT, *(act for act in PLAN_ACTS if act not in NEXT)]
    found = []
    for act in order:
        doing = PLAN_ACTS[act]
        if doing.refuses and doing.refuses(matter, request.actor) is None:
            found.append(
                {"label": str(doing.label), "url": address("matters:act", request.compound.slug, matter.number, act)}
            )
    return found
