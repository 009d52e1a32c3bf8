"""A list asked for, decided and downloaded in tests."""

import io
import re
from datetime import date

import openpyxl
from django.urls import reverse

from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people import services
from linli.people.models import ExportRequest
from linli.plumbing.models import AuditEntry

NOW = makers.NOW
FRIDAY = date(2026, 3, 27)


def ask(place, by, **more) -> ExportRequest:
    given = {"purpose": "挨家打电话，约来补发票", "needed_by": FRIDAY, "params": {"number": "1"}, "at": NOW, **more}
    return services.ask_export(by=by, compound=place.compound, kind="batch", **given)


def decide(by, request, yes=True, words="", at=NOW, **more) -> ExportRequest:
    return services.decide_export(by=by, request=request, yes=yes, words=words, at=at, **more)


def agreed(place, by, *deciders) -> ExportRequest:
    request = ask(place, by)
    for one in deciders:
        request = decide(one, request)
    return request


def download(place, by, request, at=NOW) -> bytes:
    return services.download_export(by=by, compound=place.compound, request=request, at=at)


def told(actor) -> list[str]:
    return list(Message.objects.filter(compound_id=actor.compound_id, account_id=actor.account_id, subject_kind="export").order_by("id").values_list("title", flat=True))  # fmt: skip


def entries(request) -> list[str]:
    rows = AuditEntry.objects.filter(compound=request.compound_id, subject_id=request.pk)
    return list(rows.order_by("id").values_list("act", flat=True))


def sheet(data: bytes) -> list[list[str]]:
    return [[str(c) for c in row if c is not None] for row in openpyxl.load_workbook(io.BytesIO(data)).active.values]


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(place, name: str, *args) -> str:
    return reverse(f"people:{name}", args=[place.slug, *args])
