"""Lists that somebody at the desk comes back to: a name for what is filtered now."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from linli.people import services as people
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.refusals import refusals_beside

from ..forms.desk import SavedList
from ..queries.desk import Filters


def lists(request: HttpRequest) -> list[tuple[str, Filters]]:
    """The account's own here; no question to the database, they came with the account."""
    rows = request.standing.account.saved.get(str(request.compound.pk), []) if request.standing else []
    return [(name, Filters.read(QueryDict(query.removeprefix("?")))) for name, query in rows]


@allow(Right.SEE_MATTERS)
def saved(request: HttpRequest, slug: str) -> HttpResponse:
    """GET asks for a name; POST keeps the list, or drops one."""
    f = Filters.read(request.GET)
    back = address("matters:desk", slug)
    now = timezone.now()
    if "drop" in request.POST:
        people.drop_list(by=request.actor, name=request.POST["drop"], at=now)
        return redirect(address("matters:saved", slug) + f.address())
    form = SavedList(request.POST or None, initial={"name": f.q})
    if form.is_valid():
        with refusals_beside(form):
            people.save_list(by=request.actor, name=form.cleaned_data["name"], address=f.address(), at=now)
            return redirect(back + f.address())
    context = {
        "form": form,
        "f": f,
        "query": f.address(),
        "lists": [(name, one.address()) for name, one in lists(request)],
    }
    return render(request, "matters/saved.html", context, status=422 if form.is_bound else 200)
