"""The seals of a box, day by day, for anybody."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.plumbing.addresses import address
from linli.plumbing.guards import or_404, public
from linli.plumbing.moments import whole

from ..access import noticed_for
from ..queries.heads import all_heads
from ..services.heads import CLOSED, DAILY


@public
@require_safe
def heads(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = or_404(noticed_for(compound=request.compound, number=number, by=request.actor))
    rows = [
        {
            "what": _("每天") if h.kind == DAILY else _("截止") if h.kind == CLOSED else _("计票以后"), "size": h.size, "root": h.head["root"],
            "signature": h.head["signature"], "at": h.head["at"], "when": _clocked(h.head["at"]),
        }
        for h in all_heads(one)
    ]  # fmt: skip
    back = address("assembly:session", slug, number) if request.actor else ""
    context = {"session": one, "rows": rows, "id": one.pk.hex, "back": back}
    return render(request, "assembly/heads.html", context)


def _clocked(at: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(at))
    return f"{whole(local.date())} {local:%H:%M}"
