"""What the tripartite meeting looks at: broken promises that nobody mended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.people.access import frame
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow

from ..queries import listed as reads
from ..rules.parts import SUPERVISORS


@allow(Right.SEE_MATTERS)
@require_safe
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    page = reads.listed(request.compound, request.actor, timezone.now(), after=request.GET.get("after", ""))
    # What was blown for is told to all of the three; the whistle itself is open to some.
    pages = {"matter": "matters:matter", "order": "matters:order"}
    if request.may(Right.BLOW_WHISTLE_DRAFT) or request.may(Right.BLOW_WHISTLE_APPROVE):
        pages["whistle"] = "matters:whistle"
    rows = [(row, address(pages[row.kind], slug, row.number) if row.kind in pages else "") for row in page.rows]
    context = {
        **frame(request.actor, request.compound),
        "page": page,
        "rows": rows,
        "may_press": request.actor.role in SUPERVISORS,
    }
    return render(request, "matters/listed.html", context)
