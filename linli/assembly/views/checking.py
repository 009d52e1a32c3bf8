"""A receipt held against the box, by anybody."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.kernel.refusal import Refusal
from linli.plumbing.addresses import numbered
from linli.plumbing.guards import public
from linli.plumbing.labels import Labels, said
from linli.plumbing.moments import whole
from linli.plumbing.numbers import number_in
from linli.plumbing.throttle import address, within

from ..forms.checking import ReceiptForm
from ..queries.checking import Checked, Verdict, checked, looked_up
from ..rules.dates import local
from ..words.casting import VERDICT_NOTES, VERDICTS

TOO_OFTEN = Refusal("too_often", "核对得太密了，过一会儿再来")
NO_SUCH = Refusal("no_such_receipt", "票箱里没有和这个二维码对得上的票。用回执文件再核对一次；还是不对，请联系监票人")
AN_HOUR, MOST = timedelta(hours=1), 300


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_receipt(request: HttpRequest) -> HttpResponse:
    form = ReceiptForm(request.POST or None, request.FILES or None) if request.method == "POST" else ReceiptForm()
    found, wrong = None, ""
    asks = request.method == "POST" or "s" in request.GET
    if asks and not within(f"receipt:{address(request)}", limit=MOST, span=AN_HOUR, at=timezone.now()):
        wrong = said(TOO_OFTEN)
    elif request.method == "POST" and form.is_valid():
        found = checked(form.cleaned_data["receipt"])
    elif "s" in request.GET:
        found = _by_code(request)
        wrong = "" if found else said(NO_SUCH)
    context = {"form": form, "found": _said(found) if found else None, "wrong": wrong}
    return render(request, "assembly/check_receipt.html", context, status=422 if form.errors else 200)


def _by_code(request: HttpRequest) -> Checked | None:
    index = number_in(request.GET.get("n", ""))
    return None if index is None else looked_up(request.GET.get("s", ""), index, request.GET.get("c", ""))


def _sealed(found: Checked) -> list[str]:
    """Which signed heads include it, and when the next is put out."""
    own = _("回执里带着入箱时签了名的封签，包含前 %(n)s 张，这张票在里面。") % {"n": found.sealed}
    if found.covered:
        return [own, _("%(day)s 公布的封签也已经包含这张票。") % {"day": whole(found.covered)}]
    if not found.open:
        return [own]
    tomorrow = local(timezone.now()) + timedelta(days=1)
    return [
        own,
        _("每天公布的封签，下一次 %(day)s 公布，会包含这张票，到时可以再核对一次。") % {"day": whole(tomorrow)},
    ]


def _said(found: Checked) -> dict[str, Any]:
    notes = Labels(VERDICT_NOTES)
    return {
        "good": found.verdict == Verdict.HOLDS, "lead": _("相符：异议在箱里，没被改过") if found.objection else Labels(VERDICTS)[found.verdict], "objection": found.objection, "note": notes[found.verdict],
        "title": found.title, "place": found.place, "ballot": found.ballot,
        "sealed": _sealed(found) if found.verdict == Verdict.HOLDS else [],
        "session": numbered("assembly:session", found.compound, found.number) if found.number and found.compound else "",
    }  # fmt: skip
