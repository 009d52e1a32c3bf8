"""The page of numbers, ready to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.matters.models import Matter
from linli.matters.queries.figures import counts, span
from linli.matters.queries.public import open_to_all
from linli.matters.rules import categories
from linli.matters.rules.figures import ALL, JUDGED_FROM, half, percent
from linli.matters.rules.publicity import public_words
from linli.matters.rules.turns import LEVEL_ORDER
from linli.matters.words import category_name, level_names
from linli.people.models import Organisation
from linli.places.models import Compound
from linli.plumbing.counters import kept

from .words import OUTS, RATES

PICKED = 12
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole. Of fewer than five there is no percentage; nothing at all is said so."""

    part: int
    whole: int

    @property
    def percent(self) -> str:
        return percent(self.part, self.whole) if self.whole >= JUDGED_FROM else ""


@dataclass
class Rate:
    name: str
    note: str
    part: str
    whole: str
    now: Share
    before: Share
    worse: bool

    @property
    def moved(self) -> str:
        """up, down, "" where one of the months is too small to be compared. By cross-multiplication."""
        if self.now.whole < JUDGED_FROM or self.before.whole < JUDGED_FROM:
            return ""
        a, b = self.now.part * self.before.whole, self.before.part * self.now.whole
        return "up" if a > b else "down" if a < b else "same"


@dataclass
class Row:
    """A body or a category in the tables."""

    dim: str
    name: str
    accepted: int
    closed: int
    fixed: int
    shares: list[tuple[str, str, str, Share]]
    levels: list[tuple[str, str, int, str]]
    half: int | None


@dataclass
class Sheet:
    month: str
    rates: list[Rate]
    accepted: int
    closed: int
    fixed: int
    no_answer: int
    outs: list[tuple[str, str, int]]
    levels: list[tuple[str, str, int, str]]
    half: int | None
    bodies: list[Row]
    categories: list[Row]
    open: int
    overdue: int
    empty: bool = False
    dim: str = ALL
    measures: dict[str, int] = field(default_factory=dict)

    @property
    def firsts(self) -> list[tuple[str, str, int, str]]:
        """Who took the matters in first, the most first, and their share of all accepted (domain §4.3)."""
        rows = sorted(self.bodies, key=lambda row: (-row.accepted, row.name))
        return [(r.dim, r.name, r.accepted, Share(r.accepted, self.accepted).percent) for r in rows if r.accepted]


def months_back(month: str, today: date) -> tuple[str, str]:
    """The month before and the one after; "" where the one after has not come."""
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}", f"{after:%Y-%m}" if after <= today else ""


def picked(today: date) -> list[str]:
    found, day = [], today.replace(day=1)
    for _n in range(PICKED):
        found.append(f"{day:%Y-%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def sheet(compound: Compound, *, month: str, today: date) -> Sheet:
    """Kept counts only: three queries, however many matters there are."""
    before = months_back(month, today)[0]
    found = counts(compound, [month, before])
    now, past = found[month][ALL], found[before][ALL]
    standing = kept(compound.pk, "open")
    closed, levels = now.get("closed", 0), level_names(compound.settings.get("levels", {}))
    return Sheet(
        month=month, rates=[_rate(rate, now, past) for rate in RATES], accepted=now.get("accepted", 0), closed=closed,
        fixed=now.get("out:fixed", 0), no_answer=now.get("no_answer", 0),
        outs=[(f"out:{key}", str(name), now.get(f"out:{key}", 0)) for key, name in OUTS],
        levels=_levels(now, closed, levels), half=half(now),
        bodies=_bodies(found[month], levels), categories=_categories(found[month], compound, levels),
        open=standing.get("open", 0), overdue=standing.get("open:overdue", 0), empty=not now, measures=now,
    )  # fmt: skip


def _rate(rate: tuple, now: dict[str, int], past: dict[str, int]) -> Rate:
    _key, name, note, part, whole, worse = rate
    return Rate(str(name), str(note), part, whole, _share(now, part, whole), _share(past, part, whole), worse)


def _share(measures: dict[str, int], part: str, whole: str) -> Share:
    return Share(measures.get(part, 0), measures.get(whole, 0))


def _levels(measures: dict[str, int], closed: int, names: Mapping[str, str]) -> list[tuple[str, str, int, str]]:
    """Measure, name, how many, and their share of all closed."""
    found = [(level, measures.get(f"level:{level}", 0)) for level in LEVEL_ORDER]
    return [(f"level:{level}", names[level], n, Share(n, closed).percent) for level, n in found]


def _row(dim: str, name: str, measures: dict[str, int], names: Mapping[str, str]) -> Row:
    shares = [(str(n), part, whole, _share(measures, part, whole)) for _key, n, _note, part, whole, _worse in RATES]
    closed = measures.get("closed", 0)
    return Row(
        dim=dim, name=name, accepted=measures.get("accepted", 0), closed=closed, fixed=measures.get("out:fixed", 0), shares=shares,
        levels=_levels(measures, closed, names), half=half(measures),
    )  # fmt: skip


def _bodies(found: dict[str, dict[str, int]], levels: Mapping[str, str]) -> list[Row]:
    ids = {dim: UUID(dim[2:]) for dim in found if dim.startswith("b:") and dim != "b:--"}
    names = dict(Organisation.objects.filter(pk__in=ids.values()).values_list("pk", "name"))
    rows = [_row(dim, names.get(pk, ""), found[dim], levels) for dim, pk in ids.items()]
    if "b:--" in found:
        rows.append(_row("b:--", _("还没派给谁"), found["b:--"], levels))
    return sorted(rows, key=lambda row: (-row.closed, -row.accepted, row.name))


def _categories(found: dict[str, dict[str, int]], compound: Compound, levels: Mapping[str, str]) -> list[Row]:
    own = categories.of(compound.settings)
    rows = [
        _row(dim, category_name(dim[2:], own) or _("还没分类"), measures, levels)
        for dim, measures in found.items()
        if dim.startswith("c:")
    ]
    return sorted(rows, key=lambda row: (-row.closed, -row.accepted, row.dim))


def dim_name(dim: str, compound: Compound) -> str:
    """What a table's row was called, on the page of its records."""
    if dim == ALL:
        return ""
    if dim.startswith("c:"):
        return category_name(dim[2:], categories.of(compound.settings)) or _("还没分类")
    if dim == "b:--":
        return _("还没派给谁")
    rows: Any = Organisation.objects.filter(pk=UUID(dim[2:])).values_list("name", flat=True)
    return rows.first() or ""


# ── the month told to everybody ─────────────────────────────────────────────────────────────────────────────────────


def summary(compound: Compound, *, month: str, today: date) -> list[str]:
    """The month in lines of Chinese for a notice: counts and bodies, no person, no home, no number to call. [] if nothing happened."""
    with override("zh-hans"):
        found = sheet(compound, month=month, today=today)
        if found.empty:
            return []
        lines = [_told_whole(found), *_told_rates(found), _told_levels(found), _told_categories(found)]
        return [
            public_words(line) for line in [*lines, _told_overdue(compound), *_told_examples(compound, month)] if line
        ]


def _told_whole(found: Sheet) -> str:
    outs = "，".join(f"{name} {n} 件" for _key, name, n in found.outs if n)
    half_of = f"办好的事，一半在 {found.half} 天内解决。" if found.half else ""
    return f"受理 {found.accepted} 件，办结 {found.closed} 件{f'：{outs}' if outs else ''}。{half_of}"


def _told_rates(found: Sheet) -> list[str]:
    return [
        f"{rate.name}：{rate.now.part}/{rate.now.whole}{f'，{rate.now.percent}%' if rate.now.percent else ''}"
        for rate in found.rates
        if rate.now.whole
    ]


def _told_levels(found: Sheet) -> str:
    return "在哪一层办好的：" + "，".join(f"{name} {n} 件" for _key, name, n, _part in found.levels)


def _told_categories(found: Sheet) -> str:
    return "按类别：" + "；".join(f"{row.name}受理 {row.accepted} 件、办好 {row.fixed} 件" for row in found.categories)


def _told_overdue(compound: Compound) -> str:
    rows = Matter.objects.filter(compound_id=compound.pk, open__in=(True,), overdue=True)
    by_body = rows.values_list("handler_body__name").annotate(n=Count("id")).order_by("-n", "handler_body__name")
    late = "，".join(f"{name or '还没派给谁的'} {n} 件" for name, n in by_body)
    return f"现在超过答应的时间还没办完的：{late}" if late else "现在没有超过答应时间的。"


def _told_examples(compound: Compound, month: str) -> list[str]:
    first, end = span(month)
    rows = open_to_all(compound).filter(closed_at__gte=first, closed_at__lt=end).order_by("-voices", "-closed_at")
    titles = [
        title
        for title in rows.filter(titled_at__isnull=False).values_list("public_title", flat=True)[:EXAMPLES]
        if title
    ]
    return ["办好的例子：" + "；".join(titles)] if titles else []
