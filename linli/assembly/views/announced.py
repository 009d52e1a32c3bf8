from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.tally.announced import Announcement, Finding, Step, check
from linli.kernel.tally.sheet import percent
from linli.kernel.tally.thresholds import Weight, approval, quorum
from linli.plumbing.guards import public

from ..forms.announced import AnnouncementForm
from ..words import FOLLOWS, NEEDS, RESULTS, STEPS


def _needs(step: Step, matter_no: int) -> str:
    one = Weight(1, 1)
    wanted = (quorum(one, one) if step.of == "quorum" else approval(matter_no, one, one))[0]
    return _(NEEDS[wanted.numerator, wanted.denominator])


def _row(step: Step, matter_no: int) -> dict[str, Any]:
    comparison = step.comparison
    share = percent(comparison.part, comparison.whole) if comparison else ""
    return {
        "name": _(STEPS[step.of, step.measure]),
        "share": _("至少 %(share)s") % {"share": share} if step.bound else share,
        "needs": _needs(step, matter_no),
        "holds": step.holds,
    }


def _said(given: Announcement, found: Finding) -> dict[str, Any]:
    if not found.steps:
        return {"lead": _("民法典 2021 年 1 月 1 日起施行，以前的表决比例不同，这里不判断"), "follows": None}
    if given.announced is None and found.result:
        lead = _("按公布的数字，结果是：%(result)s") % {"result": _(RESULTS[found.result])}
    else:
        lead = _(FOLLOWS[found.follows])
    return {
        "lead": lead,
        "follows": found.follows,
        "result": _(RESULTS[found.result]) if found.result else "",
        "possible": [_(RESULTS[result]) for result in found.possible],
        "rows": [_row(step, given.matter_no) for step in found.steps],
    }


@public
@require_safe
def check_result(request: HttpRequest) -> HttpResponse:
    """Asked by address alone, so that an answer can be sent on; nothing is kept."""
    form = AnnouncementForm(request.GET or None)
    said = _said(form.announcement, check(form.announcement)) if form.is_bound and form.is_valid() else None
    return render(request, "assembly/check_result.html", {"form": form, "said": said})
