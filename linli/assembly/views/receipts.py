"""What a voter takes home: the receipt of a ballot, as a page and as a file; and the frame of the pages of a ballot."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.kernel import receipts
from linli.kernel.receipts import Leaf as Kind
from linli.people.rules import RESIDENTS
from linli.plumbing import qr
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import label
from linli.plumbing.moments import moment

from ..models import Leaf, Party, Session
from ..queries import casting as read
from ..queries.casting import Came
from ..queries.voiding import reason_of
from ..rules.counting import VOID_ARTICLES, VOID_REASONS
from ..rules.sessions import SEALED
from .base import found_session, page_of


def page(request: HttpRequest, template: str, session: Session, slug: str, **context: Any) -> HttpResponse:
    shell = "base_resident.html" if request.actor.role in RESIDENTS else "base_work.html"
    context |= {"session": session, "shell": shell}
    wrong = any(getattr(context.get(name), "errors", None) for name in ("form",))
    return render(request, f"assembly/casting/{template}.html", context, status=422 if wrong else 200)


def receipt_rows(request: HttpRequest, session: Session, slug: str) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "title": (_("异议，第 %(place)s 张") if leaf.kind == Kind.OBJECTION else _("第 %(place)s 张")) % {"place": leaf.index + 1}, "note": f"{leaf.row.label} · {moment(leaf.at, now)}",
            "href": address("assembly:receipt", slug, session.number, leaf.index), "icon": "file",
        }
        for leaf in read.receipts_of(session, request.actor)
    ]  # fmt: skip


def _leaf(request: HttpRequest, number: int, index: int) -> tuple[Session, Leaf, Party]:
    """One's own alone."""
    session = found_session(request, number)
    leaf = read.own_leaves(session, request.actor).filter(index=index).select_related("party", "row").first()
    if leaf is None or leaf.party is None:
        raise Http404
    return session, leaf, leaf.party


def grouped(text: str, size: int = 4, most: int = 4) -> str:
    """The beginning of a hash, for eyes: 7C4E 19B0 A2D5."""
    plain = text.upper()
    return " ".join(plain[i : i + size] for i in range(0, size * most, size))


@allow()
@require_safe
@never_cache
def receipt(request: HttpRequest, slug: str, number: int, index: int) -> HttpResponse:
    session, leaf, party = _leaf(request, number, index)
    now = timezone.now()
    row = leaf.row if session.rules.get("per_home_ballot") else None
    came = read.came_by_party(session, [party], row).get(party.pk, Came())
    asked = read.asked_of(session, party, row.pk if row else None)
    check = f"{address('assembly:check-receipt')}?{read.lookup(session, leaf)}"
    return page(
        request, "receipt", session, slug, leaf=leaf, objection=leaf.kind == Kind.OBJECTION, place=leaf.index + 1, when=moment(leaf.at, now), count=len(asked),
        code=grouped(leaf.commitment), register=grouped(session.register_fingerprint, most=3), came=came, check=check, name=read.speaks(leaf),
        qr=qr.svg(request.build_absolute_uri(check)), back=page_of(session, slug), holds=receipts.holds(leaf.receipt),
        file=address("assembly:receipt-file", slug, number, index),
        closes=moment(session.closes_at, now) if session.closes_at else "", voided=_voided(session, leaf), together=read.together_words(session, [came]), call=_call_words(leaf, now),
    )  # fmt: skip


def _call_words(leaf: Leaf, now: datetime) -> str:
    found = read.call_of(leaf)
    if found is None:
        return ""
    call, names = found
    values = {
        "when": moment(call.called_at, now),
        "who": names[call.account_id],
        "witness": names[call.witness_id],
        "number": call.number,
    }
    return _("%(when)s 从 %(number)s 打电话来投的，%(who)s代录，%(witness)s见证") % values


def _voided(session: Session, leaf: Leaf) -> str:
    """Told to whoever cast it, once two have said it."""
    why = reason_of(leaf) if session.state not in SEALED else ""
    return f"{label(VOID_REASONS[why])}{_('（')}{label(VOID_ARTICLES[why])}{_('）')}" if why else ""


@allow()
@require_safe
@never_cache
def receipt_file(request: HttpRequest, slug: str, number: int, index: int) -> HttpResponse:
    _session, leaf, _party = _leaf(request, number, index)
    answer = JsonResponse(leaf.receipt, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="receipt-{leaf.ballot}.json"'
    return answer
