"""Published payments of the members, and which half year is still to be published."""

from datetime import date
from uuid import UUID

from linli.people.access import members_of
from linli.people.models import Organisation, Post
from linli.plumbing.addresses import address

from ..models import FeeStatement
from ..rules.fees import Half, last_half

PAGE = 10


def statements(compound_id: UUID) -> list[FeeStatement]:
    """Newest first; corrected ones stay beside what corrects them."""
    rows = FeeStatement.objects.filter(compound_id=compound_id).select_related("body")
    return list(rows.order_by("-year", "-half", "-id")[:PAGE])


def last_of(body: Organisation, half: Half) -> FeeStatement | None:
    rows = FeeStatement.objects.filter(compound_id=body.compound_id, body=body, year=half.year, half=half.half)
    return rows.order_by("-id").first()


def members_then(body_id: UUID, half: Half) -> list[Post]:
    return members_of(body_id, half.end)


def due(body: Organisation, today: date) -> Half | None:
    """The half year that is over and not published, if anybody sat at its end."""
    half = last_half(today)
    return None if last_of(body, half) or not members_then(body.pk, half) else half


def cell(slug: str, title: str) -> dict:
    return {"title": title, "icon": "file", "href": address("councils:fees", slug)}
