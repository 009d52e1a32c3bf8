"""A sealed paper, opened for who may read it."""

from typing import Protocol

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from linli.plumbing import vault

KINDS = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


class Kept(Protocol):
    name: str
    kind: str
    sealed: str


def shown_paper(paper: Kept) -> HttpResponse:
    answer = HttpResponse(vault.open_sealed(paper.sealed), content_type=KINDS[paper.kind])
    answer["Content-Disposition"] = content_disposition_header(False, f"{paper.name}.{paper.kind}") or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
