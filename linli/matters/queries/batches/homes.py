"""The homes of a case in a table: filtered, by pages, and each building as a grid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.places.models import Building, Entrance, Home
from linli.plumbing.labels import label
from linli.plumbing.moments import day as day_words
from linli.plumbing.numbers import uuid_in

from ...models import Batch, BatchHome
from ...rules import batches as rules
from ...rules.batches import HomeState
from ..tenure import runs
from . import homes_in, lacks_keys, papers_of

PAGE = 50
HOME_SLOTS = (
    "home_id",
    "home__label",
    "building__label",
    "state",
    "since",
    "lacks",
    "reason",
    "reason_words",
    "certified_on",
    "sort",
)


@dataclass(frozen=True)
class Filters:
    """What the address of the table says. `after`: the place of the last home of the page before."""

    state: str = ""
    building: str = ""
    lacks: str = ""
    reason: str = ""
    after: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Filters":
        building = given.get("building", "")
        return cls(
            state=given.get("state", "") if given.get("state") in set(HomeState) else "",
            building=building if uuid_in(building) else "",
            lacks="".join(c for c in given.get("lacks", "")[:20] if c.isalnum() or c == "_"),
            reason=given.get("reason", "") if given.get("reason") in rules.REASONS else "",
            after="".join(c for c in given.get("after", "")[:60] if c.isalnum() or c in ".-"),
        )

    @property
    def chosen(self) -> dict[str, str]:
        named = {"state": self.state, "building": self.building, "lacks": self.lacks, "reason": self.reason}
        return {name: value for name, value in named.items() if value}

    def address(self, **changed: str) -> str:
        kept_ = replace(self, **{"after": "", **changed})
        return "?" + urlencode(kept_.chosen | ({"after": kept_.after} if kept_.after else {}))


def filtered(batch: Batch, f: Filters) -> QuerySet[BatchHome]:
    rows = homes_in(batch)
    if f.state:
        rows = rows.filter(state=f.state)
    if f.building:
        rows = rows.filter(building_id=f.building)
    if f.lacks:
        rows = rows.filter(lacks__contains=f"|{f.lacks}|").exclude(state=HomeState.CERTIFIED)
    if f.reason:
        rows = rows.filter(state=HomeState.BLOCKED, reason=f.reason)
    return rows


def in_full(rows: QuerySet[BatchHome]) -> QuerySet[BatchHome]:
    """By building, entrance, floor and room, with the names of these."""
    return rows.select_related("home__building", "home__entrance").order_by("sort")


def these(batch: Batch, home_ids: Iterable[UUID]) -> list[BatchHome]:
    """Of these homes those that are still in it, however many."""
    found = [row for run in runs(home_ids) for row in in_full(homes_in(batch).filter(home_id__in=run))]
    return sorted(found, key=lambda row: row.sort)


@dataclass(frozen=True, slots=True)
class Line:
    """One home in the table, every word ready."""

    key: str
    label: str
    state: str
    kind: str
    lacks: str
    turn: str
    mark: str
    since: str


def page(
    batch: Batch, f: Filters, now: datetime, parties: Mapping[str, Any], marks: Mapping[str, str]
) -> tuple[list[Line], str]:
    """One page by building, entrance, floor and room, and where the next begins; one query."""
    rows = filtered(batch, f)
    if f.after:
        rows = rows.filter(sort__gt=f.after)
    found = list(rows.order_by("sort").values_list(*HOME_SLOTS)[: PAGE + 1])
    papers = papers_of(batch)
    names = {p.key: label(p.label) for p in papers}
    lines = []
    for home, text, _building, state, since, lacks, reason, _words, _certified, _sort in found[:PAGE]:
        party = rules.turn(HomeState(state), papers, lacks_keys(lacks), reason, batch.lead)
        lines.append(
            Line(
                str(home), text, label(rules.STATES[HomeState(state)]), state, lacking_words(state, lacks, reason, names),
                str(parties.get(party, "")), marks.get(party, "nobody"), day_words(since, now),
            )
        )  # fmt: skip
    return lines, f.address(after=found[PAGE - 1][-1]) if len(found) > PAGE else ""


def lacking_words(state: str, lacks: str, reason: str, names: Mapping[str, str]) -> str:
    if state == HomeState.BLOCKED:
        return label(rules.REASON_LABELS.get(reason, ""))
    if state == HomeState.CERTIFIED:
        return ""
    return _("、").join(names.get(key, key) for key in lacks_keys(lacks))


def buildings_of(batch: Batch) -> list[tuple[UUID, str]]:
    """All of the compound, in their order."""
    rows = Building.objects.filter(compound_id=batch.compound_id).order_by("position", "key")
    return list(rows.values_list("pk", "label"))


def buildings_to_add(batch: Batch) -> list[tuple[UUID, str, int]]:
    """With how many homes that are not in it yet."""
    inside = homes_in(batch).values_list("home_id", flat=True)
    known = set(inside)
    left: dict[UUID, int] = defaultdict(int)
    rows = Home.objects.filter(compound_id=batch.compound_id, kind="residence", title_no="")
    for pk, building in rows.values_list("pk", "building_id"):
        left[building] += pk not in known
    return [(pk, name, left[pk]) for pk, name in buildings_of(batch) if left[pk]]


# A home's cell on the building table: colour, and a shape beside it.
CELLS = {
    HomeState.NOT_STARTED: "plain", HomeState.MISSING: "miss", HomeState.READY: "mid", HomeState.SUBMITTED: "mid", HomeState.TAX_DONE: "mid",
    HomeState.REGISTERING: "mid", HomeState.CERTIFIED: "full", HomeState.BLOCKED: "hatch",
}  # fmt: skip
DOTS = {HomeState.SUBMITTED: 1, HomeState.TAX_DONE: 2, HomeState.REGISTERING: 3}
LEGEND = (
    ("full", "拿到证"),
    ("mid", "在办，点数是到了第几步"),
    ("miss", "缺材料"),
    ("hatch", "卡住了"),
    ("plain", "还没开始"),
    ("pale", "不在这件事里"),
)


def building_table(batch: Batch, building_id: UUID) -> list[dict[str, Any]]:
    """One building's entrances as grids for the `floors` component; homes outside the case are pale."""
    here = {
        row[0]: row[1:]
        for row in homes_in(batch).filter(building_id=building_id).values_list("home_id", "state", "lacks", "reason")
    }
    names = {p.key: label(p.label) for p in papers_of(batch)}
    cells: dict[UUID, dict[Any, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    homes = Home.objects.filter(compound_id=batch.compound_id, building_id=building_id).order_by("-floor", "room_no")
    for pk, entrance, floor, room, text in homes.values_list("pk", "entrance_id", "floor", "room_no", "label"):
        cell: dict[str, Any] = {
            "pk": pk,
            "label": room,
            "state": "pale",
            "spoken": _("%(home)s，不在这件事里") % {"home": text},
        }
        if pk in here:
            state, lacks, reason = here[pk]
            words = label(rules.STATES[HomeState(state)])
            why = lacking_words(state, lacks, reason, names)
            cell |= {
                "state": CELLS[HomeState(state)], "dots": DOTS.get(HomeState(state), 0), "inside": True, "certified": state == HomeState.CERTIFIED,
                "spoken": _("%(home)s，%(state)s：%(why)s") % {"home": text, "state": words, "why": why} if why else _("%(home)s，%(state)s") % {"home": text, "state": words},
            }  # fmt: skip
        cells[entrance][floor].append(cell)
    entrances = Entrance.objects.filter(compound_id=batch.compound_id, building_id=building_id).order_by(
        "position", "key"
    )
    return [_grid(entrance, cells.get(entrance.pk, {})) for entrance in entrances]


def _grid(entrance: Entrance, floors: Mapping[Any, list[dict[str, Any]]]) -> dict[str, Any]:
    inside = [home for homes in floors.values() for home in homes if home.get("inside")]
    given = {"n": len(inside), "k": sum(home["certified"] for home in inside)}
    return {
        "name": str(entrance), "note": _("%(n)s 户在办，拿到证 %(k)s") % given if inside else "",
        "floors": [{"name": f"{f}F" if f is not None else "", "homes": homes} for f, homes in floors.items()],
    }  # fmt: skip
