"""My data: what is kept, a copy of it, a request to correct or erase, and no longer agreeing; and the clerk's answers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from linli.people import services
from linli.people.access import data_request_for
from linli.people.forms import AboutDataForm, AnswerDataForm
from linli.people.queries.guardians import guards
from linli.people.queries.own_data import homes_of, open_requests, own_persons, own_requests, own_tables, who_of
from linli.people.rules import Act
from linli.people.rules.own_data import ANSWER_DAYS
from linli.people.words import ABOUT_DATA
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404, signed_in
from linli.plumbing.refusals import refusals_above, refusals_beside
from linli.plumbing.sheets import XLSX, as_xlsx

from .doors import frame, own

SHOWN = 5


@allow()
@never_cache
def my_data(request: HttpRequest, slug: str) -> HttpResponse:
    compound, now = request.compound, timezone.now()
    mine = own_persons(compound.pk, own(request).pk)
    offered = [(str(pk), f"{person.name} · {homes}") for pk, (person, homes) in mine.items()]
    form = AboutDataForm(request.POST or None, persons=offered)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        chosen = mine[UUID(given.pop("person"))][0] if offered else None
        with refusals_beside(form):
            services.ask_about_data(by=request.actor, compound=compound, person=chosen, at=now, **given)
            messages.success(request, _("记下了，%(n)s 天内答复您") % {"n": ANSWER_DAYS})
            return redirect("people:my-data", slug)
    tables = [(table, list(table.rows)) for table in own_tables(compound, own(request), now)]
    context = {
        "base": frame(request), "form": form, "guards": guards(compound.pk, own(request).phone), "asked": own_requests(compound.pk, own(request).pk, now),
        "tables": [
            {"name": table.name, "count": len(rows), "rows": [[cell for cell in row if cell] for row in rows[:SHOWN]]}
            for table, rows in tables
        ],
    }  # fmt: skip
    return render(request, "people/my_data.html", context, status=422 if form.is_bound else 200)


@allow()
@require_POST
@never_cache
def my_copy(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    data = as_xlsx(own_tables(request.compound, own(request), now))
    services.note_copy(by=request.actor, compound=request.compound, at=now)
    named = {"Content-Disposition": 'attachment; filename="my-data.xlsx"'}
    return HttpResponse(data, content_type=XLSX, headers=named)


@signed_in
@never_cache
def withdraw(request: HttpRequest) -> HttpResponse:
    """No longer agreeing: the account stops at once, without anybody's leave."""
    if request.method == "POST":
        with refusals_above(request):
            services.withdraw_consent(account=own(request), at=timezone.now())
            logout(request)
            messages.success(request, _("账号停用了"), extra_tags="*")
            return redirect("people:sign-in")
    return render(request, "people/withdraw.html", {"base": frame(request), "back": address("people:account")})


@allow(Act.BIND_PERSON)
@never_cache
def data_requests(request: HttpRequest, slug: str) -> HttpResponse:
    rows = open_requests(request.compound.pk, timezone.now())
    context = {"rows": rows, "within": ANSWER_DAYS, "back": address("people:register", slug)}
    return render(request, "people/data_requests.html", context)


@allow(Act.BIND_PERSON)
@never_cache
def data_answer(request: HttpRequest, slug: str, asked: UUID) -> HttpResponse:
    found = or_404(data_request_for(request.compound, asked))
    form = AnswerDataForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_beside(form):
            services.answer_about_data(
                by=request.actor, asked=found, done=given["state"] == "done", words=given["words"], at=timezone.now()
            )
            messages.success(request, _("答复本人了"))
            return redirect("people:data-requests", slug)
    context = {
        "form": form, "asked": found, "what": ABOUT_DATA[found.kind], "who": who_of(found), "homes": homes_of(found),
        "guards": guards(found.compound_id, found.account.phone),
        "back": address("people:data-requests", slug),
    }  # fmt: skip
    return render(request, "people/data_answer.html", context, status=422 if form.is_bound else 200)
