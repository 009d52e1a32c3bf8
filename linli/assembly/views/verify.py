"""Files to check a vote with, and a page that checks them (docs/proof.md)."""

import json
import re
import zipfile
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel import verifier
from linli.plumbing import throttle, vault
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, public
from linli.plumbing.labels import label
from linli.plumbing.refusals import refusals_beside

from ..access import parts_in, published_for, session_for
from ..forms import count as count_forms
from ..forms.verify import VerifyForm
from ..models import Session
from ..queries import bulletins as queries
from ..rules.sessions import ANNOUNCED, TABLE, Act, Who
from ..services import bulletins as services
from ..words import CONTRADICTIONS
from .base import frame

MOST_BYTES = 60_000_000  # of the bulletin unpacked
TRIES, SPAN = 30, timedelta(minutes=10)


@public
@require_safe
def bulletin(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session = published_for(compound=request.compound, number=number, by=request.actor)
    found = queries.last(session, services.PUBLIC) if session else None
    if session is None or found is None:
        raise Http404
    return _file(vault.open_sealed(found.file), f"{slug}-{number}-public.zip")


def _file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@allow()
def inspection(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session = session_for(compound=request.compound, number=number, by=request.actor)
    if session is None or session.state not in ANNOUNCED:
        raise Http404
    parts = parts_in(session, request.actor)
    if not TABLE[Act.INSPECT].who & parts:
        return _open_to_all(session, parts, f"{slug}-{number}-inspection.zip")
    form = count_forms.WordsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            data = services.inspect(session=session, by=request.actor, at=timezone.now(), **form.cleaned_data)
            return _file(data, f"{slug}-{number}-inspection.zip")
    context = {
        "form": form, "title": _("下载核查用的核验包"), "label": _("记下原因，下载"), "back": address("assembly:result", slug, number),
        "note": _("里面有每张票怎么选的，能看出是谁投的。谁、为什么下载，都记下来。"),
    }  # fmt: skip
    return render(request, "assembly/count/act.html", {**frame(request), **context}, status=422 if form.errors else 200)


def _open_to_all(session: Session, parts: frozenset[Who], name: str) -> HttpResponse:
    """Only where the adopted rules say that votes are open."""
    found = queries.last(session, services.INSPECTION)
    if found is None or not session.rules.get("open_ballots") or Who.OWNER not in parts:
        raise Http404
    return _file(vault.open_sealed(found.file), name)


# ── checking ────────────────────────────────────────────────────────────────────────────────────────────────────────


@public
def verify(request: HttpRequest) -> HttpResponse:
    """What `linli verify` says, in sentences. Nothing that is sent is kept."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    said = None
    if request.method == "POST" and form.is_valid():
        if throttle.within(f"verify:{throttle.address(request)}", limit=TRIES, span=SPAN, at=timezone.now()):
            said = _checked(form.cleaned_data["bulletin"], form.cleaned_data["receipt"])
        else:
            form.add_error(None, _("核对得太多了，过十分钟再来"))
    return render(
        request, "assembly/count/verify.html", {"form": form, "said": said}, status=422 if form.errors else 200
    )


def _checked(file: Any, receipt: Any) -> dict[str, Any]:
    try:
        found, given = _read(file), json.loads(receipt.read()) if receipt else None
        if found["linli_bulletin"] != 1 or (given is not None and given["linli_receipt"] != 1):
            raise ValueError("another format")
        verifier.check(found, given)
        return _holds(found, given)
    except verifier.Contradiction as no:
        return {"holds": False, "lead": _("有矛盾，公布的和票箱里的对不上"), "why": _why(str(no))}
    except Exception:  # a damaged file may fail anywhere
        return {"holds": None, "lead": _("读不出来，这不是核验包或者回执，或者没下载完整"), "why": ""}


def _read(file: Any) -> Any:
    with zipfile.ZipFile(file) as packed:
        if packed.getinfo("bulletin.json").file_size > MOST_BYTES:
            raise ValueError("too large")
        return json.loads(packed.read("bulletin.json"))


def _why(text: str) -> str:
    """The verifier speaks English, as it is meant for strangers; its sentences are known."""
    for pattern, words in CONTRADICTIONS.items():
        if found := re.fullmatch(pattern, text):
            return label(words) % found.groupdict()
    return text


def _holds(found: Any, given: Any) -> dict[str, Any]:
    inspected = found["kind"] == "inspection"
    return {
        "holds": True, "lead": _("相符"), "title": found["session"]["title"], "inspected": inspected, "refused": len(found["refused"]),
        "receipt": given["index"] + 1 if given else None, "parties": found["register"]["parties"], "leaves": len(found["leaves"]),
        "marks": [
            (_("名册指纹"), found["register"]["fingerprint"]), (_("票箱指纹"), found["heads"][-1]["root"]), (_("公钥"), found["session"]["key"]),
        ],
    }  # fmt: skip
