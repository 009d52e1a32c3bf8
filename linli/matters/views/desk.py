"""The desk: a table of what is in hand with its filters and counts, and the list as a sheet."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django.core.cache import cache
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_safe

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import label

from ..queries import desk as reads
from ..queries import homes
from ..queries.desk import Filters
from ..queries.register import workbook
from ..rules import categories
from ..services import together
from ..words import PARTIES, SOURCES, category_name
from .saved import lists

VIEW_WORDS = {
    "open": gettext_noop("没办完"), "untriaged": gettext_noop("待分拣"), "overdue": gettext_noop("超时"),
    "today": gettext_noop("今天到期"), "ended": gettext_noop("办完的"),
}  # fmt: skip
BULK = {
    "triage": (gettext_noop("分类"), "C"), "dispatch": (gettext_noop("派单"), "D"), "merge": (gettext_noop("合并"), "M"),
    "decline": (gettext_noop("不受理"), "N"),
}  # fmt: skip
ORDER = {"order": (gettext_noop("放进订单"), "O")}
WHISTLE = {"whistle": (gettext_noop("吹哨"), "W")}


@allow(Right.SEE_MATTERS)
@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    f = Filters.read(request.GET)
    page = reads.page(request.compound, request.actor, f, timezone.now())
    query = f.address()
    context = {
        "page": page,
        "f": f,
        "query": query,
        "panel_base": address("matters:desk", slug) + "panel/",
        "views": views_of(request, f, page.counts),
        "today": sorted_today(page.counts),
        "has_lists": bool(lists(request)),
        "headline": headline(page.counts),
        "hits": _hits(f, page),
        "menus": _menus(request, f),
        "bulk": [(act, _(words), key) for act, (words, key) in _bulk_acts(request).items()],
        "can_bulk": bool(_bulk_acts(request)),
        "can_export": request.may(Right.EXPORT_LIST),
        "opened": request.GET.get("open", ""),
    }
    return render(request, "matters/desk.html", context)


def _bulk_acts(request: HttpRequest) -> dict[str, tuple[str, str]]:
    offered = ((BULK, Right.EXPORT_LIST), (ORDER, Right.PLACE_ORDER), (WHISTLE, Right.BLOW_WHISTLE_DRAFT))
    return {act: words for acts, right in offered if request.may(right) for act, words in acts.items()}


def views_of(request: HttpRequest, f: Filters, counts: dict[str, int]) -> list[dict[str, Any]]:
    own = [
        {"label": name, "href": one.address(), "chosen": replace(f, after="") == one} for name, one in lists(request)
    ]
    return [
        {
            "label": _(words),
            "count": counts.get(view),
            "href": f.address(view=view),
            "chosen": f.view == view and not f.q and not any(row["chosen"] for row in own),
        }
        for view, words in VIEW_WORDS.items()
    ] + own


def sorted_today(counts: dict[str, int]) -> str:
    return _("今天已分类 %(n)s 件") % {"n": max(0, counts.get("sorted", 0))}


def _hits(f: Filters, page: reads.Page) -> str:
    if not f.q or f.after or not page.rows:
        return ""
    given = {"q": f.q, "n": len(page.rows)}
    if page.next:
        return _("“%(q)s”找到 %(n)s 件以上，新的在前") % given
    return _("“%(q)s”找到 %(n)s 件，新的在前") % given


def headline(counts: dict[str, int]) -> str:
    return _("%(open)s 件没办完，%(untriaged)s 件待分拣，%(overdue)s 件超时") % counts


def _menus(request: HttpRequest, f: Filters) -> list[tuple[str, list[dict[str, Any]]]]:
    own = categories.of(request.compound.settings)
    tops = [("--", _("还没分类")), *((code, label(zh)) for code, (zh, _subs) in own.offered.items())]
    if f.category not in {"", *(code for code, _words in tops)}:
        tops = [(f.category, category_name(f.category, own)), *tops]
    return [
        (_("类别"), _menu(f, "category", tops)),
        (_("轮到谁"), _menu(f, "turn", PARTIES.items())),
        (_("楼栋"), _menu(f, "building", _buildings(request))),
        (_("来源"), _menu(f, "source", SOURCES.items())),
    ]


def _menu(f: Filters, name: str, rows: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    now = getattr(f, name)
    every = [{"label": _("全部"), "href": f.address(**{name: ""}), "chosen": False}]
    return every + [{"label": label, "href": f.address(**{name: v}), "chosen": v == now} for v, label in rows]


def _buildings(request: HttpRequest) -> list[tuple[str, str]]:
    """Buildings hardly ever change: kept a few minutes, so that the list costs no query for its menu."""
    key = f"matters:buildings:{request.compound.pk}"
    found = cache.get(key)
    if found is None:
        found = homes.buildings(request.compound)
        cache.set(key, found, 300)
    return found


@allow(Right.EXPORT_LIST)
@require_GET
def export(request: HttpRequest, slug: str) -> HttpResponse:
    f = Filters.read(request.GET)
    now = timezone.now()
    together.record_export(by=request.actor, compound=request.compound, filters=f.chosen, at=now)
    return cast(HttpResponse, workbook_response(request, f, now))


def workbook_response(request: HttpRequest, f: Filters, at: datetime) -> FileResponse:
    file = workbook(request.compound, request.actor, f, at)
    name = _("诉求登记表 %(compound)s %(day)s.xlsx") % {
        "compound": request.compound.name,
        "day": f"{timezone.localdate(at):%Y-%m-%d}",
    }
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    return response
