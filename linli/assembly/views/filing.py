"""The papers that are filed: which are there, those made elsewhere uploaded, and who may opens them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import moment

from ..access import parts_in
from ..forms.sessions import PaperForm
from ..models import FilingPaper, Session
from ..queries.filing import Checked, checked, filing_paper, others
from ..rules.filing import OPEN, may_read
from ..rules.sessions import Act, State, allowed
from ..services import filing as verbs
from .base import found_session, frame, page_of, run, sent
from .papers import shown_paper
from .sessions.steps import ready


@allow()
@require_safe
def filing(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = found_session(request, number)
    parts = parts_in(one, request.actor)
    if not may_read(one.state, parts):
        raise Http404
    adds = Act.ADD_FILING in allowed(State(one.state), parts)
    rows = [*checked(one), *others(one)]
    context = {
        "session": one,
        "rows": [_row(one, row, slug, adds) for row in rows],
        "lacks": sum(bool(row.lacks) for row in rows),
        "files": address("assembly:do", slug, number, Act.FILE.value) if Act.FILE in allowed(State(one.state), parts) else "",
        "heading": _("备案材料"),
        "back": page_of(one, slug),
    }  # fmt: skip
    return render(request, "assembly/filing.html", {**frame(request), **context})


def _row(one: Session, row: Checked, slug: str, adds: bool) -> dict[str, Any]:
    return {
        "name": _(row.name),
        "lacks": _(row.lacks) if row.lacks else "",
        "here": row.here,
        "files": [
            _file(one, paper, slug, replaced=at > 0 and row.key != "other") for at, paper in enumerate(row.files)
        ],
        "add": address("assembly:filing-add", slug, one.number, row.key) if adds and row.outside else "",
    }


def _file(one: Session, paper: FilingPaper, slug: str, *, replaced: bool) -> dict[str, Any]:
    return {
        "name": paper.name,
        "when": moment(paper.at, timezone.now()),
        "replaced": replaced,
        "href": address("assembly:filing-paper", slug, one.number, paper.pk),
    }


@allow()
def add(request: HttpRequest, slug: str, number: int, key: str) -> HttpResponse:
    one = found_session(request, number)
    if led := ready(request, one, Act.ADD_FILING):
        return led
    row = next((row for row in (*checked(one), *others(one)) if row.key == key and row.outside), None)
    if row is None:
        raise Http404
    form = PaperForm(sent(request), request.FILES or None, initial={"name": "" if key == "other" else _(row.name)})
    note = _("全体业主都能看。") if key in OPEN else _("加密保存，谁打开过会记下来。")
    return run(
        request, form,
        lambda: verbs.add_filing(by=request.actor, session=one, key=key, at=timezone.now(), **form.cleaned_data),
        said=_("放上了"), back=address("assembly:filing", slug, number), title=_(row.name), label=_("上传"), note=note, multipart=True,
    )  # fmt: skip


@allow()
@never_cache
def paper(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """What is not for every owner is opened by a press, for each opening is written down."""
    one = found_session(request, number)
    found = filing_paper(one, pk)
    if found is None or not may_read(one.state, parts_in(one, request.actor), found.key):
        raise Http404
    if found.key not in OPEN:
        if request.method != "POST":
            raise Http404
        verbs.shown_filing(by=request.actor, paper=found, at=timezone.now())
    return shown_paper(found)
