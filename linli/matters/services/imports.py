"""A message board's export comes in through the same door as people do, row by row, each once.

Orders of the hotline have a second clock and callers who may not be named: they come in by services/hotline alone.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from linli.kernel.clock import SHANGHAI
from linli.kernel.refusal import Refusal, Refused
from linli.kernel.rosters import orders
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.labels import said
from linli.plumbing.whole import one_act

from ..models import Matter
from ..rules import categories
from .intake import SOURCES, Spot, open_matter

# What exports call their columns. `words` is needed; `title` goes before it.
ALIASES: dict[str, tuple[str, ...]] = {
    "ref": ("message_id", "编号", "工单编号", "留言编号", "工单号", "受理编号", "id"),
    "at": ("created_at", "留言时间", "反映时间", "来电时间", "受理时间", "创建时间", "时间", "日期"),
    "title": ("title", "留言主题", "主题", "标题", "工单标题", "诉求标题"),
    "words": ("text", "留言详情", "内容", "详情", "反映内容", "诉求内容", "工单内容", "主要内容"),
    "name": ("author", "留言用户", "反映人", "来电人", "姓名", "诉求人"),
    "phone": ("phone", "联系电话", "电话", "来电号码", "手机"),
    "place": ("place", "地址", "地点", "事发地址", "位置", "房号"),
    "category": ("category", "类别", "事项类别", "诉求类别"),
    "source": ("source", "来源"),
}
NEEDED = ("words",)
FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y年%m月%d日",
    "%Y%m%d",
    "%Y.%m.%d",
)


@dataclass(frozen=True)
class Outcome:
    """`result`: created, same, refused. `row` counts from 1 with the header as row 1, as a spreadsheet shows it."""

    row: int
    result: str
    reason: str = ""
    number: int | None = None


@dataclass
class Report:
    created: int = 0
    same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def mapping_of(header: Iterable[str], given: Mapping[str, str] | None = None) -> dict[str, int]:
    """field -> column; `given` (FIELD=HEADER) wins over the known names. Raises Refused for an unknown one."""
    names = [str(h or "").strip() for h in header]
    if own := orders.OWN.intersection(names):
        raise Refused(
            Refusal(
                "hotline_export",
                "有“%(name)s”一列，像是 12345 导出的工单，请在“12345 工单”页面收",
                values={"name": min(own)},
            )
        )
    low = [n.lower() for n in names]
    found: dict[str, int] = {}
    for name, header_name in (given or {}).items():
        if name not in ALIASES:
            raise Refused(
                Refusal(
                    "unknown_field",
                    "没有“%(name)s”这一项，可用：%(known)s",
                    values={"name": name, "known": "、".join(ALIASES)},
                )
            )
        if header_name.strip().lower() not in low:
            raise Refused(
                Refusal(
                    "unknown_header",
                    "表里没有“%(name)s”这一列，有：%(known)s",
                    values={"name": header_name, "known": _listed(names)},
                )
            )
        found[name] = low.index(header_name.strip().lower())
    for name, aliases in ALIASES.items():
        if name not in found:
            column = next((low.index(a) for a in aliases if a in low), None)
            if column is not None and column not in found.values():
                found[name] = column
    if "source" not in found and (called := orders.CALLED.intersection(names)):
        raise Refused(
            Refusal(
                "maybe_hotline",
                "有“%(name)s”一列，像是 12345 导出的工单，请在“12345 工单”页面收；不是热线的，加一列“来源”，每行写从哪里来",
                values={"name": min(called)},
            )
        )
    if "words" not in found and "title" in found:
        found["words"] = found.pop("title")
    for name in NEEDED:
        if name not in found:
            raise Refused(
                Refusal(
                    "no_words_column",
                    "没认出哪一列是内容，请用 --map words=列名；表里有：%(known)s",
                    values={"known": _listed(names)},
                )
            )
    return found


def source_of(header: Iterable[object]) -> str:
    """Where a row that does not say it comes from: a message board; where somebody called, nobody knows."""
    return "" if orders.CALLED.intersection(str(h or "").strip() for h in header) else "resident_online"


def _listed(names: Iterable[str]) -> str:
    return "、".join(n for n in names if n)


def moment_of(cell: object) -> datetime:
    """Aware, Shanghai. Raises ValueError."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=SHANGHAI)
    text = re.sub(r"\s+", " ", str(cell or "")).strip()
    for form in FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
    raise ValueError(text)


def import_rows(
    *, by: Actor, compound: Compound, rows: Iterable[tuple[int, list]], columns: Mapping[str, int], source: str, history: bool, at: datetime,
) -> Iterator[Outcome]:  # fmt: skip
    """One outcome a row, in order. A faulty row stops nothing; a row that came before adds nothing."""
    own = categories.of(compound.settings)
    by_label = {c.zh: c.code for c in own.subs.values() if own.may_take(c.code)}
    for number, cells in rows:
        try:
            with one_act():
                made = _one(by, compound, number, cells, columns, source, history, at, by_label)
        except Refused as no:
            made = Outcome(number, "refused", said(no.refusal))
        yield made


def _one(by, compound, number, cells, columns, source, history, at, by_label) -> Outcome:
    def cell(name: str) -> str:
        column = columns.get(name)
        return str(
            cells[column] if column is not None and column < len(cells) and cells[column] is not None else ""
        ).strip()

    title, words = cell("title"), cell("words")
    text = f"{title}\n{words}" if title and not words.startswith(title) else words
    raw = cells[columns["at"]] if "at" in columns and columns["at"] < len(cells) else ""
    try:
        reported = moment_of(raw) if str(raw or "").strip() else at
    except ValueError:
        raise Refused(
            Refusal("bad_time", "时间“%(raw)s”看不懂，请写成 2026-03-25 18:00", values={"raw": raw})
        ) from None
    if reported > at:
        raise Refused(Refusal("future", "时间“%(raw)s”还没到", values={"raw": raw}))
    ref = cell("ref") or hashlib.sha256(f"{raw}\n{text}".encode()).hexdigest()[:32]
    kind = next((k for k, zh in SOURCES.items() if cell("source") in {k, zh}), source)
    # What came as the hotline's before it had its own door is the same too.
    if Matter.objects.filter(compound_id=compound.pk, source__in=(kind, "hotline"), source_ref=ref[:80]).exists():
        return Outcome(number, "same")
    if kind == "hotline":
        raise Refused(Refusal("hotline_row", "这是 12345 的工单，请在“12345 工单”页面收"))
    if not kind:
        known = "、".join(zh for key, zh in SOURCES.items() if key != "hotline")
        raise Refused(Refusal("no_source", "表里有来电人，“来源”要写一种：%(known)s", values={"known": known}))
    matter = open_matter(
        by=by, compound=compound, words=text, at=reported if history else at, source=kind, spot=Spot(words=cell("place")[:80]),
        category=by_label.get(cell("category"), ""), source_ref=ref[:80], history=history,
        reporter_name=cell("name"), reporter_phone=cell("phone"),
    )  # fmt: skip
    return Outcome(number, "created", number=matter.number)
