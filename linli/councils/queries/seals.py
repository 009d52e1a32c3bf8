"""The seal register and what waits for it, in few statements."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.matters.rules.publicity import public_words
from linli.plumbing.addresses import address, numbered
from linli.plumbing.moments import moment

from ..models import AgendaItem, SealConsent, SealRequest, SealUse
from ..rules.meetings import Result
from ..rules.seals import State
from ..words import SEAL_PAPERS, SEAL_STATES, SEALS

PAGE = 20
WAITING_MOST = 20
CARRIERS_MOST = 20


def uses(compound_id: UUID, *, before: int | None = None) -> list[SealUse]:
    """Newest first; one more than PAGE tells of a next page."""
    rows = SealUse.objects.filter(compound_id=compound_id).select_related("request", "corrects")
    if before:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[: PAGE + 1])


def waiting(compound_id: UUID, body_id: UUID) -> list[SealRequest]:
    rows = SealRequest.objects.filter(compound_id=compound_id, body=body_id, state__in=(State.ASKED, State.AGREED))
    return list(rows.order_by("-number")[:WAITING_MOST])


def carriers(compound_id: UUID, body_id: UUID) -> list[AgendaItem]:
    """The last decisions of the body that passed."""
    rows = AgendaItem.objects.filter(compound_id=compound_id, meeting__body=body_id, result=Result.PASSED)
    return list(rows.select_related("meeting").order_by("-settled_at", "-place")[:CARRIERS_MOST])


def consents_of(request: SealRequest) -> list[SealConsent]:
    return list(SealConsent.objects.filter(compound_id=request.compound_id, request=request).order_by("id"))


def uses_of(request: SealRequest) -> list[SealUse]:
    """The use, then what corrects it."""
    return list(SealUse.objects.filter(compound_id=request.compound_id, request=request).order_by("number"))


def facts(row: SealUse | SealRequest) -> str:
    return " · ".join([str(SEALS[row.seal]), str(SEAL_PAPERS[row.paper]), _("%(n)s 份") % {"n": row.copies}])


def use_cell(row: SealUse, slug: str, now: datetime) -> dict:
    title = public_words(row.document)
    if row.corrects:
        title = _("更正第 %(n)s 号：%(document)s") % {"n": row.corrects.number, "document": title}
    note = " · ".join([f"{row.number:04d}", facts(row), moment(row.used_at, now)])
    return {"title": title, "note": note, "href": numbered("councils:seal", slug, row.request.number)}


def waiting_cell(row: SealRequest, slug: str, now: datetime) -> dict:
    note = " · ".join([facts(row), _("%(name)s要的") % {"name": row.asked_name}, moment(row.asked_at, now)])
    pill = str(SEAL_STATES[row.state])
    return {"title": row.document, "note": note, "href": numbered("councils:seal", slug, row.number), "pill": pill}


def register_cell(slug: str) -> dict:
    return {"title": _("用印登记"), "icon": "file", "href": address("councils:seals", slug)}
