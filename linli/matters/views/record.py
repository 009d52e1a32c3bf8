"""Raising for somebody: from the front desk, the telephone, a chat, a patrol, a visit."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused
from linli.people.access import frame, person_for
from linli.people.models import Person
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.numbers import number_in

from .. import services
from ..access import matter_for
from ..forms import record as forms
from ..models import Matter
from ..queries import duplicates, homes
from ..rules.states import Act
from ..services import together
from . import kept
from .hints import hints
from .panel import did

# What the browser keeps of a half-written form; a message so tagged ends it (`_said.html`).
DRAFT = "record"


@allow(Right.RAISE_FOR_SOMEONE)
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """From the front desk, the telephone, a chat, a patrol, a visit; first find the person, then say it for them."""
    now = timezone.now()
    helped = _helped(request)
    given = {"compound": request.compound, "role": request.actor.role, "at": now}
    if request.method != "POST":
        asked = {
            "room": request.GET.get("room", ""),
            "words": request.GET.get("words", ""),
            "line": request.GET.get("line", ""),
            **({"source": request.GET["source"]} if "source" in request.GET else {}),
        }
        return _record_page(request, forms.Record(initial=asked, **given), helped)
    form = forms.Record(request.POST, request.FILES, **given)
    if "find" in request.POST or "hints" in request.POST:
        # Looking somebody up, or what is known already, keeps all that was typed and judges none of it yet.
        again = forms.Record(
            initial={name: request.POST.get(name, "") for name in form.fields if name != "photos"}, **given
        )
        return _record_page(request, again, helped, keep=True)
    if not form.is_valid():
        return _record_page(request, form, helped, keep="photos" not in form.errors, status=422)
    data = form.cleaned_data
    join = request.POST.get("join", "")
    if data["source"] == "chat_group" and "seen" not in request.POST:
        return _record_page(request, form, helped, preview=masks.scrub(data["words"]), join=join, keep=True)
    try:
        into = _same(request, join)
        made = _raise(request, data, helped, into, now)
    except Refused as no:
        form.refuse(no)
        return _record_page(request, form, helped, keep=no.field != "photos", status=422)
    kept.forget(request)
    if into:
        values = {"label": made.label, "into": into.label}
        messages.success(request, _("记好了，第 %(label)s 号，并到第 %(into)s 号一起办") % values, extra_tags=DRAFT)
        did(request, Act.MERGE, [made])
    else:
        messages.success(request, _("记好了，第 %(label)s 号") % {"label": made.label}, extra_tags=DRAFT)
    if not request.may(Right.EXPORT_LIST):
        return redirect("matters:work", slug)
    filled = "?take=1" if data["take"] and not into else ""
    return redirect(address("matters:panel", slug, (into or made).number) + filled)


def _same(request: HttpRequest, number: str) -> Matter | None:
    """The matter that the clerk says it is. Raises Refused."""
    if not number:
        return None
    known = number_in(number)
    found = matter_for(compound=request.compound, number=known, by=request.actor) if known is not None else None
    if found is None:
        raise Refused(Refusal("no_target", "没有这一件，请看看编号"))
    return found[0]


def _helped(request: HttpRequest) -> Person | None:
    """In a session of help the person is already known."""
    if not request.actor.assistance_id or not request.actor.person_id:
        return None
    return person_for(request.compound, request.actor.person_id)


def _raise(
    request: HttpRequest, data: dict[str, Any], helped: Person | None, into: Matter | None, at: datetime
) -> Matter:
    lives = data["lives"]
    person = helped
    if person is None and lives:
        person = person_for(request.compound, lives.person_id)
    building = homes.building(request.compound, data["building"])
    if building or data["place"] or not data["home"]:
        spot = services.Spot(building=building, words=data["place"])
    else:
        spot = services.Spot(home=data["home"])
    heard = together.Heard(data["group"], data["said_at"], data["words"]) if data["source"] == "chat_group" else None
    return together.record_for(
        by=request.actor, compound=request.compound, words=data["words"], source=data["source"], spot=spot, person=person,
        reporter_name="" if person else data["name"], reporter_phone="" if person else data["phone"], hazard=data["hazard"],
        heard=heard, files=[*kept.files(request), *data["photos"]], price=data["price"], into=into,
        alike=duplicates.signed(request.compound.pk, request.POST.get("alike", "")), at=at, once=data["once"],
    )  # fmt: skip


def _record_page(
    request: HttpRequest,
    form: forms.Record,
    helped: Person | None,
    *,
    preview: str = "",
    join: str = "",
    keep: bool = False,
    status: int = 200,
) -> HttpResponse:
    people = [
        (
            one.person_id,
            " · ".join(
                filter(None, [masks.name(one.name), one.home.label, masks.phone(one.phone) if one.phone else ""])
            ),
        )
        for one in form.found
    ]
    context = {
        "form": form,
        "people": people,
        "person_chosen": str(form["person"].value() or (people[0][0] if len(people) == 1 else "")),
        "helped": masks.name(helped.name) if helped else "",
        "preview": preview,
        "join": join,
        "alike_token": request.POST.get("alike", "") if preview else "",
        "changed": preview != "" and preview != form.cleaned_data.get("words", ""),
        "kept": kept.keep(request, "photos") if keep else [],
        "price": form.price,
        **frame(request.actor, request.compound),
        "looked_up": bool(str(form["room"].value() or "").strip()),
        **({} if preview else hints(request, form, timezone.now())),
    }
    return render(request, "matters/record.html", context, status=status)
