"""What everybody may read: kept counts, and matters that were fixed, without anybody's name or home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people.rules import PARTY_OF_BODY, Body
from linli.places.models import Compound
from linli.plumbing.counters import kept
from linli.plumbing.moments import day, lasting, short
from linli.plumbing.numbers import page_key

from ..models import Attachment, Matter
from ..rules import categories
from ..rules.publicity import KEPT_INSIDE, public_name
from ..rules.states import State
from ..rules.turns import LEVEL_ORDER, half_took
from ..words import TO_YOU, category_name, level_names
from .taken import Circle, acted, circles

PAGE = 20
FIELDS = (
    "id", "number", "leg", "public_title", "titled_at", "building__label", "reported_at", "resolved_at", "closed_at", "voices",
    "handler_body__kind", "category",
)  # fmt: skip
# What several states are called together.
STAGES: list[tuple[str, tuple[State, ...]]] = [
    ("刚收到", (State.SUBMITTED,)),
    ("在安排", (State.ACCEPTED, State.TRIAGED, State.DISPATCHED, State.RETURNED, State.REOPENED)),
    ("在办", (State.IN_PROGRESS,)),
    ("在等（时钟停着）", (State.SUSPENDED,)),
    ("等报告人看", (State.RESOLVED, State.VISITED)),
    ("办结", (State.CLOSED,)),
    ("没有受理", (State.DECLINED,)),
    ("本人撤回", (State.WITHDRAWN,)),
]


@dataclass
class Numbers:
    """`overdue` out of `open`; levels and rows ready to be shown."""

    raised: int
    fixed: int
    open: int
    overdue: int
    fixed_ever: int
    half_took: int | None
    levels: list[tuple[str, int]]
    most: int
    categories: list[tuple[str, int, int]]
    stages: list[tuple[str, int]]


def numbers(compound: Compound, now: datetime) -> Numbers:
    """Kept counts only; one query."""
    counts, own = kept(compound.pk), categories.of(compound.settings)
    month = f"month:{timezone.localtime(now):%Y-%m}"
    names = level_names(compound.settings.get("levels", {}))
    levels = [(names[level], max(0, counts.get(f"fixed:level:{level}", 0))) for level in LEVEL_ORDER]
    rows = [
        (category_name(code, own), counts.get(f"category:{code}", 0), counts.get(f"open:category:{code}", 0))
        for code in own.tops
    ]
    rows.append((_("还没分类"), counts.get("category:--", 0), counts.get("open:category:--", 0)))
    return Numbers(
        raised=counts.get(f"{month}:raised", 0), fixed=counts.get(f"{month}:fixed", 0), open=counts.get("open", 0),
        overdue=counts.get("open:overdue", 0), fixed_ever=counts.get("fixed", 0), levels=levels,
        half_took=half_took(counts, timezone.localdate(now)),
        most=max((n for _label, n in levels), default=0) or 1,
        categories=sorted((row for row in rows if row[1] > 0), key=lambda row: -row[1]),
        stages=[(_(stage), n) for stage, states in STAGES if (n := sum(counts.get(f"state:{s}", 0) for s in states)) > 0],
    )  # fmt: skip


@dataclass
class Solved:
    """A matter that was fixed, as everybody may see it."""

    key: str
    title: str
    note: str
    when: str
    three: list[Circle]
    before: dict[str, str] | None = None
    after: dict[str, str] | None = None


def spoken(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    """Of which anybody may hear: nothing secret, no care, no quarrels; `rules.publicity.is_public` says the same of one."""
    rows = rows.filter(privacy="normal", caller_secret=False)
    for code in KEPT_INSIDE:
        rows = rows.exclude(category__startswith=code)
    return rows


def open_to_all(compound: Compound) -> QuerySet[Matter]:
    # closed_at as the index has it
    return spoken(
        Matter.objects.filter(compound_id=compound.pk, outcome="fixed", state=State.CLOSED, closed_at__isnull=False)
    )


def solved(
    *, compound: Compound, now: datetime, address, after: tuple[datetime, UUID] | None = None, limit: int = PAGE, with_photos: bool = False
) -> list[Solved]:  # fmt: skip
    """Newest first, three queries (the others for their photos and who took part). One more than `limit` tells of a next page."""
    rows = open_to_all(compound)
    if with_photos:
        rows = rows.exclude(photo_before="").exclude(photo_after="")
    if after:
        rows = rows.filter(Q(closed_at__lt=after[0]) | Q(closed_at=after[0], id__lt=after[1]))
    found = list(rows.order_by("-closed_at", "-id").values_list(*FIELDS)[: limit + 1])
    pictures = _pictures(compound, [row[0] for row in found])
    parties = acted(compound, [row[0] for row in found]) if found else {}
    own = categories.of(compound.settings)
    return [_solved(row, pictures.get(row[0], {}), parties.get(row[0], ()), now, address, own) for row in found]


def _pictures(compound: Compound, ids: Iterable[UUID]) -> dict[UUID, dict[str, UUID]]:
    """For each matter its first photo of before and its last of after."""
    ids = list(ids)
    if not ids:
        return {}
    rows = Attachment.objects.filter(
        compound_id=compound.pk, matter_id__in=ids, kind="photo", internal=False, hidden_at=None
    )
    found: dict[UUID, dict[str, UUID]] = {}
    for pk, matter_id, phase in rows.order_by("id").values_list("id", "matter_id", "phase"):
        mine = found.setdefault(matter_id, {})
        if phase == "after" or phase not in mine:
            mine[phase] = pk
    return found


def _solved(
    row: tuple, pictures: dict[str, UUID], parties: Iterable[str], now: datetime, address, own: categories.Catalogue
) -> Solved:
    v = dict(zip(FIELDS, row, strict=True))
    party = TO_YOU[PARTY_OF_BODY[Body(v["handler_body__kind"])]] if v["handler_body__kind"] else ""
    ended = v["resolved_at"] or v["closed_at"]
    took = lasting(ended - v["reported_at"])
    note = _("%(party)s %(span)s办好") % {"party": party, "span": took} if party else _("%(span)s办好") % {"span": took}
    if v["voices"] > 1:
        note = _("%(note)s · %(n)s 个人说过") % {"note": note, "n": v["voices"]}
    title = public_name(v["public_title"], v["titled_at"], category_name(v["category"], own)) or _("一件事")
    building = v["building__label"]
    if building and "栋" not in title and building not in title:
        title = _("%(building)s %(title)s") % {"building": building, "title": title}
    before, after = pictures.get("before"), pictures.get("after")
    both = before is not None and after is not None
    return Solved(
        key=page_key(v["closed_at"], v["id"]), title=title, note=note, when=day(v["closed_at"], now), three=circles(parties),
        before={"src": address(before, "thumb"), "alt": _("原来的样子"), "date": short(v["reported_at"])} if both else None,
        after={"src": address(after, "thumb"), "alt": _("办好以后"), "date": short(ended)} if both else None,
    )  # fmt: skip
