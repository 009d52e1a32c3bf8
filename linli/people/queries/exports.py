"""Requests for lists with whole names and numbers: what the list is, where each stands, whose turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from linli.people.models import ExportRequest, ExportVoice
from linli.people.rules import Act, may
from linli.people.rules.exports import EXPORT_RUNNING, EXPORT_VOICES, Export
from linli.people.signals import Listing, listing
from linli.people.words import EXPORT_ACTS, EXPORTS, ROLES
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment
from linli.plumbing.tenancy import unscoped

SUBJECT = "export"
PAGE = 20
STORY = 60
PURPOSE_SHOWN = 40


def listing_of(compound: Compound, kind: str, params: Mapping[str, Any]) -> Listing | None:
    """As the context that keeps such lists answers; None: there is no such list."""
    answers: list[tuple[Any, Any]] = listing.send(ExportRequest, compound=compound, kind=kind, params=params)
    return next((found for _receiver, found in answers if isinstance(found, Listing)), None)


def _seen(compound: Compound, by: Actor) -> Any:
    rows = ExportRequest.objects.filter(compound_id=compound.pk)
    return rows if may(by.role, Act.APPROVE_EXPORT) else rows.filter(asked_by=by.account_id)


def requests(
    compound: Compound, by: Actor, now: datetime, after: int | None = None
) -> tuple[list[dict[str, Any]], str]:
    """Newest first, by pages: rows, and the number to go on from."""
    rows = _seen(compound, by)
    if after is not None:
        rows = rows.filter(number__lt=after)
    fields = ("number", "title", "purpose", "state", "asked_name", "asked_label", "asked_at", "ends_at")
    found = list(rows.order_by("-number").values_list(*fields)[: PAGE + 1])
    shown = []
    for number, title, purpose, state, name, label, at, ends in found[:PAGE]:
        now_is = stands(state, ends, now)
        said = {"number": number, "title": title, "label": label, "name": name, "when": moment(at, now)}
        shown.append({
            "number": number, "title": Truncator(purpose).chars(PURPOSE_SHOWN), "pill": EXPORTS[now_is],
            "pill_kind": "near" if now_is in EXPORT_RUNNING else "",
            "note": _("%(title)s · 第 %(number)s 号 · %(label)s %(name)s · %(when)s") % said,
        })  # fmt: skip
    return shown, str(found[PAGE - 1][0]) if len(found) > PAGE else ""


def stands(state: str, ends_at: datetime, now: datetime) -> Export:
    """Over when its time is, whether or not the clock has come by."""
    return Export.LAPSED if state in EXPORT_RUNNING and now >= ends_at else Export(state)


def waiting_for(compound: Compound, by: Actor, now: datetime, most: int = 20) -> int:
    """How many wait for this person's word; counted no further than `most`."""
    if not may(by.role, Act.APPROVE_EXPORT):
        return 0
    rows = ExportRequest.objects.filter(compound_id=compound.pk, state=Export.ASKED, ends_at__gt=now)
    open_ = list(rows.exclude(asked_by=by.account_id).order_by("number").values_list("pk", flat=True)[:most])
    if not open_:
        return 0
    said = ExportVoice.objects.filter(compound_id=compound.pk, request_id__in=open_, account_id=by.account_id)
    return len(open_) - said.count()


def rows_of(request: ExportRequest) -> list[UUID] | None:
    """The keys of what was asked for."""
    if request.rows is None:
        return None
    kept = bytes(request.rows)
    return [UUID(bytes=kept[i : i + 16]) for i in range(0, len(kept), 16)]


def part(note: str, size: int) -> str:
    """Which part of the list, and how many."""
    return " · ".join(filter(None, [note, _("%(n)s 户") % {"n": size}]))


def voices(request: ExportRequest) -> list[ExportVoice]:
    return list(ExportVoice.objects.filter(compound_id=request.compound_id, request=request).order_by("seat"))


@dataclass(frozen=True)
class Turn:
    """`can`: decide, download, or nothing."""

    mark: str
    title: str
    note: str
    can: str


def turn(request: ExportRequest, said: list[ExportVoice], by: Actor, now: datetime) -> Turn:
    state, own = stands(request.state, request.ends_at, now), request.asked_by == by.account_id
    since = _("%(when)s 起") % {"when": moment(request.turn_since, now)}
    until = _("到 %(when)s 为止") % {"when": moment(request.ends_at, now)}
    if state == Export.ASKED:
        left = EXPORT_VOICES - request.voices
        missing = _("还差 %(n)s 个人同意") % {"n": left}
        yours = may(by.role, Act.APPROVE_EXPORT) and not own and by.account_id not in {v.account_id for v in said}
        note = f"{since} · {until}"
        if yours:
            return Turn("you", _("轮到您"), f"{missing} · {note}", "decide")
        return Turn("nobody", missing, note, "")
    if state == Export.OPEN:
        title = _("轮到您下载") if own else _("批准了，等申请人下载")
        return Turn("you" if own else "nobody", title, f"{since} · {until}", "download" if own else "")
    return Turn("done" if state == Export.LAPSED and request.downloads else "nobody", str(EXPORTS[state]), since, "")


def story(request: ExportRequest, said: list[ExportVoice], now: datetime) -> list[dict[str, str]]:
    """Newest first."""
    names = {v.account_id: f"{v.label} {v.name}" for v in said}
    names[request.asked_by] = f"{request.asked_label} {request.asked_name}"
    rows = AuditEntry.objects.filter(compound_id=request.compound_id, subject_id=request.pk).order_by("-id")
    return [
        {
            "text": str(EXPORT_ACTS[act]) + (f"：{words}" if words else ""), "when": moment(at, now),
            "who": names.get(account, str(ROLES.get(role, role))),
        }
        for act, at, account, role, words in rows.values_list("act", "at", "account_id", "role", "words")[:STORY]
    ]  # fmt: skip


def lapsed(at: datetime, limit: int = 100) -> list[tuple[UUID, UUID]]:
    """(request, compound) whose time is over."""
    with unscoped("requests for lists end in every compound"):
        rows = ExportRequest.objects.filter(ends_at__lte=at, state__in=EXPORT_RUNNING).order_by("ends_at")
        return list(rows.values_list("id", "compound_id")[:limit])
