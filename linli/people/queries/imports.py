"""What the pages of an import show: reads only, ready to print, hidden as far as the viewer's role asks (domain 6.3)."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kernel import masks
from linli.kernel.rosters.text import letter
from linli.people.models import RosterChunk, RosterImport
from linli.people.queries.chunks import HOME_FIELDS, Rec, unpack
from linli.people.rules import PROPERTY, Role
from linli.people.rules.imports import NOT_TAKEN, Became, Stage
from linli.people.words.imports import WORDS, Kept, said, shown
from linli.plumbing import progress, vault
from linli.plumbing.labels import label
from linli.plumbing.moments import moment, whole

PAGE = 50
_NUMBER = re.compile(r"[0-9][0-9Xx]{13,}")
KINDS = {"homes": gettext_lazy("房屋台账"), "owners": gettext_lazy("业主名册")}
STAGES = {
    Stage.READING: gettext_lazy("正在读"), Stage.UPLOADED: gettext_lazy("等着认列"), Stage.CHECKING: gettext_lazy("正在检查"),
    Stage.CHECKED: gettext_lazy("等着收进"), Stage.PROPOSED: gettext_lazy("等另一个人确认"),
    Stage.APPLYING: gettext_lazy("正在收进"), Stage.APPLIED: gettext_lazy("已收进"),
    Stage.UNDO_ASKED: gettext_lazy("等另一个人确认撤回"), Stage.UNDOING: gettext_lazy("正在撤回"),
    Stage.UNDONE: gettext_lazy("已撤回"), Stage.DROPPED: gettext_lazy("不要了"), Stage.FAILED: gettext_lazy("读不了"),
}  # fmt: skip
BECAME = {
    Became.NEW: (gettext_lazy("新增"), "ink"), Became.CHANGED: (gettext_lazy("有改动"), ""), Became.SAME: (gettext_lazy("一样"), ""),
    Became.REFUSED: (gettext_lazy("没收进"), "late"), Became.CONFLICT: (gettext_lazy("对不上"), "late"),
    Became.SKIPPED: (gettext_lazy("跳过"), ""), Became.REPEAT: (gettext_lazy("重复"), ""),
}  # fmt: skip
# Which rows a filter of the preview shows.
FILTERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "all": (gettext_lazy("全部"), tuple(Became)),
    "new": (gettext_lazy("新增"), (Became.NEW,)),
    "changed": (gettext_lazy("有改动"), (Became.CHANGED,)),
    "refused": (gettext_lazy("没收进"), NOT_TAKEN),
    "warned": (gettext_lazy("有提醒"), ("warned",)),
    "same": (gettext_lazy("一样"), (Became.SAME,)),
    "skipped": (gettext_lazy("跳过"), (Became.SKIPPED, Became.REPEAT)),
}


def recent(compound_id: UUID, kinds: Collection[str], now: datetime, limit: int = 30) -> list[dict[str, Any]]:
    rows = RosterImport.objects.filter(compound_id=compound_id, kind__in=kinds).order_by("-uploaded_at")
    return [
        {
            "pk": pk, "kind": KINDS[kind], "filename": masks.scrub(filename), "stage": STAGES[Stage(state)],
            "waits": state in (Stage.UPLOADED, Stage.CHECKED, Stage.PROPOSED, Stage.UNDO_ASKED),
            "when": moment(at, now), "who": summary.get("by", ""), "result": result_words(summary, state),
        }
        for pk, kind, filename, state, at, summary in rows.values_list(
            "pk", "kind", "filename", "state", "uploaded_at", "summary"
        )[:limit]
    ]  # fmt: skip


def result_words(summary: Mapping[str, Any], state: str) -> str:
    if state in (Stage.APPLIED, Stage.UNDO_ASKED) and "taken" in summary:
        return counts_words({**summary["taken"], **_refused(summary)})
    if "counts" in summary and state not in (Stage.DROPPED, Stage.UNDONE):
        return counts_words(summary["counts"])
    return ""


def _refused(summary: Mapping[str, Any]) -> dict[str, int]:
    return {b: summary["counts"].get(b, 0) for b in NOT_TAKEN}


def counts_words(counts: Mapping[str, int]) -> str:
    parts = [
        (counts.get(Became.NEW, 0), _("新增 %d 行")),
        (counts.get(Became.CHANGED, 0), _("改 %d 行")),
        (counts.get(Became.SAME, 0), _("一样 %d 行")),
        (sum(counts.get(b, 0) for b in NOT_TAKEN), _("没收进 %d 行")),
    ]
    return _("，").join(words % number for number, words in parts if number) or _("没有数据行")


def find(compound_id: UUID, pk: UUID, kinds: Collection[str]) -> RosterImport | None:
    """Unknown, another compound's, and of a kind the viewer may not import: all alike."""
    return RosterImport.objects.filter(compound_id=compound_id, pk=pk, kind__in=kinds).first()


def before(roster: RosterImport, now: datetime) -> str:
    """When the same file was taken in earlier, if it was."""
    found = RosterImport.objects.filter(
        compound_id=roster.compound_id, digest=roster.digest, kind=roster.kind, state=Stage.APPLIED
    ).exclude(pk=roster.pk)
    at = found.values_list("applied_at", flat=True).first()
    return moment(at, now) if at else ""


def failure(roster: RosterImport) -> str:
    """Why the last step did not succeed; empty if it did."""
    if not roster.failure:
        return ""
    return _("；").join(map(said, roster.summary.get("why", []))) or label(roster.failure)


def kept_back(roster: RosterImport) -> list[str]:
    """What undoing left as it was, and why."""
    return [said(remark) for remark in roster.summary.get("kept", [])]


def working(roster: RosterImport) -> dict[str, Any]:
    """How far the step under way is: a sentence, and percent where it can be told."""
    if roster.state == Stage.APPLYING:
        return _applying(roster)
    if roster.state == Stage.UNDOING:
        return {"words": _("正在把名册放回原来的样子。")}
    values = {"done": f"{roster.progress:,}", "total": f"{roster.total:,}"}
    if roster.state == Stage.CHECKING and roster.progress:
        return {"words": _("读了 %(done)s / %(total)s 行") % values, "percent": _percent(roster.progress, roster.total)}
    if roster.total:
        return {"words": _("%(total)s 行，正在看。") % values}
    return {"words": _("正在看有哪些表、哪些列。")}


def _applying(roster: RosterImport) -> dict[str, Any]:
    """Each row is judged again, then all is written."""
    part, done, total = progress.heard(roster.compound_id, roster.pk) or ("", 0, 0)
    note = _("整份一起收进，要么全进，要么全不进。十万行大约一分钟。")
    values = {"done": f"{done:,}", "total": f"{total:,}"}
    if part == "judged":
        return {
            "words": _("对了 %(done)s / %(total)s 行") % values,
            "percent": _percent(done, total),
            "note": note,
        }
    if part == "written":
        words = _("已写入 %(done)s / %(total)s 条") % values
        return {"words": words, "percent": _percent(done, total), "note": note}
    return {"words": note}


def _percent(done: int, total: int) -> int:
    return min(100, done * 100 // total) if total else 0


def original(roster: RosterImport) -> str:
    """What has become of the uploaded file, or will."""
    if not roster.stored:
        return _("原件已按期删除")
    if roster.original_until is None:
        return ""
    return _("原件留到 %(day)s") % {"day": whole(localdate(roster.original_until))}


# ── columns ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def sheets(
    roster: RosterImport, fields: Sequence[tuple[str, str]], typed: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The proposal for the form; `typed` is what was posted, so that nothing typed is lost."""
    return [_sheet(i, s, fields, typed) for i, s in enumerate(roster.mapping.get("sheets", []))]


def _sheet(
    index: int, sheet: Mapping[str, Any], fields: Sequence[tuple[str, str]], typed: Mapping[str, Any] | None
) -> dict[str, Any]:
    columns = []
    for column, sign, header, field, state, examples in sheet["columns"]:
        name = f"f-{index}-{column}"
        chosen = typed.get(name, field) if typed is not None else field
        columns.append(
            {
                "letter": sign, "header": header, "examples": examples, "name": name, "chosen": chosen, "state": state,
                "keep": f"k-{index}-{column}",
                "kept": bool(typed.get(f"k-{index}-{column}")) if typed is not None else header in sheet.get("keep", []),
                "options": [("", _("原样留着")), *fields, ("-", _("不要这一列"))],
            }
        )  # fmt: skip
    read = bool(typed.get(f"s-{index}")) if typed is not None else sheet["read"]
    return {
        **sheet,
        "index": index,
        "columns": columns,
        "read": read,
        "row": sheet.get("row", 0) + sheet.get("span", 1),
    }


def header_page(roster: RosterImport, index: int) -> dict[str, Any] | None:
    """The first rows of a sheet, of which a person says which is the header; None where there is nothing to choose."""
    found = roster.mapping.get("sheets", [])
    if not 0 <= index < len(found) or not found[index].get("top"):
        return None
    rows = json.loads(vault.unseal(bytes.fromhex(found[index]["top"])))
    width = max(map(len, rows), default=0)
    chosen, span = found[index].get("row"), found[index].get("span", 1)
    return {
        "name": found[index]["name"], "span": span, "letters": [letter(c) for c in range(width)],
        "rows": [
            {"number": n + 1, "value": n, "chosen": n == chosen, "cells": [*map(_hidden, row), *[""] * (width - len(row))]}
            for n, row in enumerate(rows)
        ],
    }  # fmt: skip


def _hidden(cell: str) -> str:
    return masks.scrub(_NUMBER.sub(lambda m: masks.identity_no(m[0]), cell))


# ── preview ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def tabs(roster: RosterImport, chosen: str, address: str) -> list[dict[str, Any]]:
    counts = roster.summary.get("counts", {})
    found = []
    for name, (title, names) in FILTERS.items():
        count = sum(counts.get(n, 0) for n in names)
        if count or name in ("all", chosen):
            found.append({"label": title, "count": count, "href": f"{address}?show={name}", "chosen": name == chosen})
    return found


def preview(roster: RosterImport, show: str, page: int, role: str) -> tuple[list[dict[str, Any]], bool]:
    """One page of rows under a filter, and whether more follow; two queries, whatever the size of the file."""
    names = FILTERS[show][1]
    chunks = RosterChunk.objects.filter(compound_id=roster.compound_id, roster_id=roster.pk).order_by("position")
    at, first, last, wanted = 0, page * PAGE, page * PAGE + PAGE, []
    skipped = None
    for position, counts in chunks.values_list("position", "counts"):
        here = sum(counts.get(n, 0) for n in names)
        if here and at < last + 1 and at + here > first:
            wanted.append(position)
            skipped = at if skipped is None else skipped
        at += here
    rows: list[Rec] = []
    for sealed in chunks.filter(position__in=wanted).values_list("rows", flat=True):
        rows += [r for r in unpack(sealed) if r["st"] in names or (show == "warned" and r.get("w"))]
    start = first - (skipped or 0)
    printed = _Printer(roster, role)
    return [printed.row(r) for r in rows[start : start + PAGE]], at > last


class _Printer:
    def __init__(self, roster: RosterImport, role: str) -> None:
        self.sheets = [s["name"] for s in roster.mapping["sheets"]]
        self.several = sum(1 for s in roster.mapping["sheets"] if s["read"]) > 1
        self.full_phones = role == Role.REGISTER_CLERK
        self.full_titles = role not in PROPERTY
        self.done = roster.state in (Stage.APPLIED, Stage.UNDO_ASKED, Stage.UNDOING, Stage.UNDONE)

    def row(self, rec: Rec) -> dict[str, Any]:
        became, kind = BECAME[Became(rec["st"])]
        return {
            "number": f"{self.sheets[rec['s']]} {rec['n']}" if self.several else rec["n"], "place": rec.get("p", ""),
            "names": rec.get("q", ""), "label": became, "kind": kind,
            "lines": [*self._facts(rec), *(self._change(*c) for c in rec.get("c", ())), *map(self._safe, rec.get("e", ()))],
            "warnings": [self._safe(w) for w in rec.get("w", ())],
        }  # fmt: skip

    def _facts(self, rec: Rec) -> Iterable[str]:
        if rec["st"] != Became.NEW:
            return
        for home in rec.get("h", ())[:1]:
            values = dict(zip(HOME_FIELDS, home[5:], strict=True))
            facts = (
                [f"{shown('building_area', values['building_area'])} ㎡"]
                if values["building_area"]
                else [_("没写面积")]
            )
            if values["kind"]:
                facts.append(shown("kind", values["kind"]))
            yield " · ".join(facts)
        phones = [p for o in rec.get("o", ()) for p in o[2]]
        if phones:
            yield _("电话 %(phones)s") % {"phones": _("、").join(map(self._phone, phones))}

    def _phone(self, phone: str) -> str:
        return phone if self.full_phones else masks.phone(phone)

    def _value(self, name: str, value: Any) -> str:
        if name in ("phone", "phone2") and value:
            return self._phone(value)
        if name == "title_no" and value and not self.full_titles:
            return masks.identity_no(value)
        return shown(name, value)

    def _change(self, whose: str, name: str, old: Any, new: Any) -> str:
        what = name[2:] if name.startswith("x:") else label(WORDS.get(name, name))
        if name in ("owner", "family", "tenant", "other"):
            return _("%(what)s：加上 %(who)s") % {"what": what, "who": new}
        values = {"what": what, "who": whose, "old": self._value(name, old), "new": self._value(name, new)}
        if whose:
            return _("%(who)s的%(what)s：%(old)s → %(new)s") % values
        return _("%(what)s：%(old)s → %(new)s") % values

    def _safe(self, remark: Kept) -> str:
        text = _NUMBER.sub(lambda m: masks.identity_no(m[0]), said(remark))
        return text if self.full_phones else masks.scrub(text)


def about(roster: RosterImport) -> dict[str, Any]:
    """The remarks beside the preview: totals, columns kept under their own name, columns left out."""
    plans = [p for p in roster.summary.get("plans", []) if p["read"]]
    several = len(roster.summary.get("plans", [])) > 1
    return {
        "totals": [
            {
                "where": f"{sheet} {number}" if several else number, "agrees": stated == found,
                "stated": f"{stated / 100:,.2f}", "found": f"{found / 100:,.2f}",
            }
            for sheet, number, stated, found in roster.summary.get("totals", [])[:20]
        ],
        "area": f"{roster.summary['area'] / 100:,.2f}" if roster.summary.get("area") else "",
        "kept": _listed(plans, "kept"), "sensitive": _listed(plans, "sensitive"), "ignored": _listed(plans, "ignored"),
        "unread": [p["name"] for p in roster.summary.get("plans", []) if not p["read"]],
    }  # fmt: skip


def _listed(plans: Iterable[Mapping[str, Any]], name: str) -> str:
    return _("、").join(dict.fromkeys(h for p in plans for h in p[name]))
