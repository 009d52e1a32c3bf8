"""One sheet, or several: on a page, as PDF, as a workbook (ADR 0011)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from linli.plumbing import papers as press
from linli.plumbing.sheets import XLSX

from ..papers import Paper

PDF = "application/pdf"


def answer(request: HttpRequest, papers: Sequence[Paper], *, name: str, back: str, book: bool) -> HttpResponse:
    """`?as=pdf` or `xlsx`; without it a page to read. A workbook is of one sheet."""
    form = request.GET.get("as", "")
    if form == "pdf":
        return file(press.pdf(papers), PDF, f"{name}.pdf")
    if form == "xlsx" and book:
        return file(press.xlsx(papers[0]), XLSX, f"{name}.xlsx")
    query = request.GET.urlencode()
    return page(request, papers, back=back, book=book, pdf=True, query=f"&{query}" if query else "")


def page(request: HttpRequest, papers: Sequence[Paper], *, back: str, **more: Any) -> HttpResponse:
    first, *others = papers
    context = {
        "paper": press.html(first), "more": [press.html(one, further=True) for one in others], "title": first.title, "back": back, **more,
    }  # fmt: skip
    return render(request, "assembly/print.html", context)


def file(data: bytes, kind: str, name: str) -> HttpResponse:
    made = HttpResponse(data, content_type=kind)
    made["Content-Disposition"] = content_disposition_header(True, name) or ""
    return made
