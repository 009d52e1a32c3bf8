"""What the pages of a batch case read: counts that are kept, the desk's table, one building, one home, the public progress."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.models import Binding, Ownership
from linli.places.models import Building, Compound, Entrance, Home
from linli.plumbing.counters import kept
from linli.plumbing.labels import label
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day as day_words
from linli.plumbing.moments import moment, whole

from ..models import Batch, BatchHome, BatchImport, BatchMilestone, BatchMove, BatchVisit
from ..rules import batches as rules
from ..rules.batches import HomeState, Paper, Stage

PAGE = 50
SHOWS_HOME = ("owner", "family")
IDS_MOST = 5000
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


def papers_of(batch: Batch) -> list[Paper]:
    return [Paper(p["key"], p["label"], p["giver"], p["where"], tuple(p.get("also", ()))) for p in batch.papers]


def stages_of(batch: Batch) -> list[Stage]:
    return [Stage(**row) for row in batch.path]


def homes_in(batch: Batch) -> QuerySet[BatchHome]:
    """Those that are in the case now; one that was taken out again keeps its row and its history."""
    return BatchHome.objects.filter(compound_id=batch.compound_id, batch=batch, left_at=None)


def lacks_keys(text: str) -> list[str]:
    return [key for key in text.split("|") if key]


# ── whom it concerns ────────────────────────────────────────────────────────────────────────────────────────────────


def _runs(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Statements have a limit of values."""
    found = list(ids)
    for i in range(0, len(found), IDS_MOST):
        yield found[i : i + IDS_MOST]


def accounts_of(compound_id: UUID, home_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The accounts bound to each home as its owner or the owner's family, while the register says that it is theirs."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for run in _runs(home_ids):
        rows = Binding.objects.filter(
            compound_id=compound_id,
            home_id__in=run,
            state="confirmed",
            relation__in=SHOWS_HOME,
            account__is_active=True,
        )
        bound = list(rows.order_by("asked_at", "id"))
        theirs = tenures(compound_id, {b.home_id for b in bound})
        for b in bound:
            if b.account_id not in found[b.home_id] and theirs[b.home_id].still(b):
                found[b.home_id].append(b.account_id)
    return {home: accounts for home, accounts in found.items() if accounts}


@dataclass
class Tenure:
    """Who owns a home now, and since when; who did."""

    now: dict[UUID, date | None] = field(default_factory=dict)
    before: set[UUID] = field(default_factory=set)

    def still(self, binding: Binding) -> bool:
        """An owner by the register; the family of one who was owner when they were bound. A home without owners on
        record keeps whoever was bound to it."""
        if not self.now:
            return not self.before
        if binding.relation == "owner" and binding.person_id:
            return binding.person_id in self.now
        bound = timezone.localdate(binding.asked_at)
        return not self.before or any(day is None or day <= bound for day in self.now.values())


def tenures(compound_id: UUID, home_ids: Iterable[UUID]) -> dict[UUID, Tenure]:
    found: dict[UUID, Tenure] = defaultdict(Tenure)
    for run in _runs(home_ids):
        rows = Ownership.objects.filter(compound_id=compound_id, home_id__in=run)
        for home, person, since, until in rows.values_list("home_id", "person_id", "from_day", "to_day"):
            if until is None:
                found[home].now[person] = since
            else:
                found[home].before.add(person)
    return found


def ways_to(compound_id: UUID, home_ids: Sequence[UUID]) -> dict[UUID, tuple[list[UUID], list[tuple[UUID, str]]]]:
    """For each home the accounts, and its owners' numbers (person, number)."""
    accounts = accounts_of(compound_id, home_ids)
    phones: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for run in _runs(home_ids):
        rows = Ownership.objects.filter(
            compound_id=compound_id,
            home_id__in=run,
            to_day=None,
            person__deceased_on=None,
            person__is_organisation=False,
        ).exclude(person__phone="")
        for home, person, phone in rows.order_by("id").values_list("home_id", "person_id", "person__phone"):
            phones[home].append((person, phone))
    return {home: (accounts.get(home, []), phones.get(home, [])) for home in home_ids}


def labels_of(compound_id: UUID, home_ids: Iterable[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for run in _runs(home_ids):
        found.update(Home.objects.filter(compound_id=compound_id, pk__in=run).values_list("pk", "label"))
    return found


def missing_rows(batch: Batch, *papers: str) -> list[BatchHome]:
    """Homes on their way that miss one of these papers, or more."""
    lacking = Q()
    for paper in papers:
        lacking |= Q(lacks__contains=f"|{paper}|")
    return list(homes_in(batch).filter(lacking).exclude(state=HomeState.CERTIFIED).order_by("sort"))


def homes_of_resident(batch: Batch, account_id: UUID, home_id: UUID | None) -> list[BatchHome]:
    bound = list(
        Binding.objects.filter(
            compound_id=batch.compound_id, account_id=account_id, state="confirmed", relation__in=SHOWS_HOME
        )
    )
    theirs = tenures(batch.compound_id, {b.home_id for b in bound})
    homes = {b.home_id for b in bound if theirs[b.home_id].still(b)}
    rows = homes_in(batch).select_related("home").filter(home_id__in=homes)
    return sorted(rows, key=lambda row: (row.home_id != home_id, row.sort))


# ── counts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Counts:
    """As they were kept: homes, by state, by missing paper, by reason, and by building and state."""

    homes: int
    states: dict[str, int]
    lacks: dict[str, int]
    reasons: dict[str, int]
    buildings: dict[str, dict[str, int]]

    @property
    def certified(self) -> int:
        return self.states.get(HomeState.CERTIFIED, 0)


def counts(batch: Batch) -> Counts:
    prefix = f"batch:{batch.number}:"
    return _counts({name.removeprefix(prefix): n for name, n in kept(batch.compound_id, prefix).items()})


def counts_of_all(compound_id: UUID) -> dict[int, Counts]:
    """By the number of the case; one query for all."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for name, n in kept(compound_id, "batch:").items():
        number, _sep, rest = name.removeprefix("batch:").partition(":")
        found[int(number)][rest] = n
    return {number: _counts(values) for number, values in found.items()}


def _counts(values: Mapping[str, int]) -> Counts:
    states: dict[str, int] = {}
    lacks: dict[str, int] = {}
    reasons: dict[str, int] = {}
    buildings: dict[str, dict[str, int]] = defaultdict(dict)
    homes = 0
    for name, n in values.items():
        kind, _sep, rest = name.partition(":")
        if kind == "homes":
            homes = n
        elif kind == "building":
            building, _sep, state = rest.partition(":")
            buildings[building][state] = n
        elif n > 0:
            {"state": states, "lacks": lacks, "reason": reasons}[kind][rest] = n
    return Counts(homes, states, lacks, reasons, dict(buildings))


def recount(batch: Batch) -> dict[str, int]:
    """What `counts` would be if each home were looked at: for the check that both agree."""
    found: Counter[str] = Counter()
    rows = homes_in(batch)
    for state, building, lacks, reason in rows.values_list("state", "building_id", "lacks", "reason"):
        found.update(counted(state, building, lacks, reason))
    return dict(found)


def counted(state: str, building: UUID, lacks: str, reason: str) -> list[str]:
    """The kept counts that one home stands in."""
    names = ["homes", f"state:{state}", f"building:{building.hex}:{state}"]
    if state != HomeState.CERTIFIED:
        names += [f"lacks:{key}" for key in lacks_keys(lacks)]
    return names + ([f"reason:{reason}"] if state == HomeState.BLOCKED else [])


# ── the desk ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
            building=building if _uuid(building) else "",
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


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


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
    found = [row for run in _runs(home_ids) for row in in_full(homes_in(batch).filter(home_id__in=run))]
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


def shares(batch: Batch, found: Counts) -> list[tuple[str, int, int]]:
    """(building, certified, all) in the order of the buildings, for the desk."""
    rows = []
    for pk, name in buildings_of(batch):
        states = found.buildings.get(pk.hex, {})
        total = sum(states.values())
        if total:
            rows.append((name, states.get(HomeState.CERTIFIED, 0), total))
    return rows


# ── one home, its history; visits and milestones ────────────────────────────────────────────────────────────────────


def moves(
    row: BatchHome, now: datetime, steps: Mapping[Any, str], states: Mapping[Any, str], *, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Newest first, in sentences."""
    found = BatchMove.objects.filter(compound_id=row.compound_id, row=row).order_by("-id")[:100]
    lines = []
    for move in found:
        words = steps.get(move.step, "")
        if move.state_from != move.state_to:
            words = (
                _("%(step)s：%(state)s") % {"step": words, "state": states[move.state_to]}
                if words
                else str(states[move.state_to])
            )
        missing = _("、").join(names.get(key, key) for key in lacks_keys(move.lacks))
        if missing and move.state_to == HomeState.MISSING:
            words = _("%(words)s，还缺%(missing)s") % {"words": words, "missing": missing}
        if move.words:
            words = _("%(words)s（%(why)s）") % {"words": words, "why": move.words}
        lines.append({"text": words, "when": moment(move.at, now)})
    return lines


def owners_masked(row: BatchHome) -> str:
    found = Ownership.objects.filter(compound_id=row.compound_id, home_id=row.home_id, to_day=None).order_by("id")
    return _("、").join(masks.name(name) for name in found.values_list("person__name", flat=True))


def visits(batch: Batch, after: str = "", limit: int = 30) -> tuple[list[BatchVisit], str]:
    rows = BatchVisit.objects.filter(compound_id=batch.compound_id, batch=batch)
    last = rows.filter(pk=after).first() if _uuid(after) else None
    if last:
        rows = rows.filter(Q(day__lt=last.day) | Q(day=last.day, pk__lt=last.pk))
    found = list(rows.order_by("-day", "-id")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else ""


def milestones(batch: Batch) -> list[BatchMilestone]:
    return list(BatchMilestone.objects.filter(compound_id=batch.compound_id, batch=batch).order_by("position", "id"))


def milestone_steps(batch: Batch) -> list[dict[str, str]]:
    """For the steps component: reached ones done, the first that is not is now."""
    rows, now_set = [], False
    for m in milestones(batch):
        state = "done" if m.reached_on else "todo" if now_set else "now"
        now_set = now_set or state == "now"
        dates = (
            whole(m.reached_on)
            if m.reached_on
            else _("打算 %(day)s") % {"day": whole(m.planned_on)}
            if m.planned_on
            else ""
        )
        rows.append({"pk": str(m.pk), "title": m.title, "dates": dates, "state": state})
    return rows


def path_steps(batch: Batch) -> list[dict[str, str]]:
    return [
        {"title": _("%(agency)s：%(what)s") % {"agency": s.agency, "what": s.what}, "note": _("要：%(document)s") % {"document": s.document} if s.document else "", "state": "todo"}
        for s in stages_of(batch)
    ]  # fmt: skip


def imports(batch: Batch, limit: int = 20) -> list[BatchImport]:
    rows = BatchImport.objects.filter(compound_id=batch.compound_id, batch=batch).defer("rows")
    return list(rows.order_by("-uploaded_at", "-id")[:limit])


def all_batches(compound: Compound) -> list[Batch]:
    return list(
        Batch.objects.filter(compound_id=compound.pk).order_by(F("closed_at").asc(nulls_first=True), "-number")[:100]
    )


def mine_open(compound_id: UUID, account_id: UUID | None) -> list[tuple[int, str]]:
    """(number, title) of the running cases that a home of this account is in; one query."""
    homes = Binding.objects.filter(
        compound_id=compound_id, account_id=account_id, state="confirmed", relation__in=SHOWS_HOME
    )
    rows = BatchHome.objects.filter(
        compound_id=compound_id,
        batch__compound_id=compound_id,
        batch__closed_at=None,
        home_id__in=homes.values("home_id"),
        left_at=None,
    )
    return list(rows.order_by("-batch__number").values_list("batch__number", "batch__title").distinct())


def wanted_of(compound_id: UUID, account_id: UUID | None) -> dict[int, int]:
    """By number of the running case, how many papers the account's homes still have to bring; two queries."""
    homes = Binding.objects.filter(
        compound_id=compound_id, account_id=account_id, state="confirmed", relation__in=SHOWS_HOME
    )
    rows = BatchHome.objects.select_related("batch").filter(
        compound_id=compound_id, batch__compound_id=compound_id, batch__closed_at=None, left_at=None,
        home_id__in=homes.values("home_id"),
    ).exclude(state=HomeState.CERTIFIED)  # fmt: skip
    found: dict[int, int] = {}
    for row in rows:
        own = sum(p.giver == "owner" for p in papers_of(row.batch) if p.key in lacks_keys(row.lacks))
        if own:
            found[row.batch.number] = found.get(row.batch.number, 0) + own
    return found


def open_batches(compound_id: UUID) -> list[Batch]:
    return list(Batch.objects.filter(compound_id=compound_id, closed_at=None).order_by("-number")[:5])


def entries(batch: Batch, limit: int = 30) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(compound_id=batch.compound_id, subject_id=batch.pk)
    return list(rows.order_by("-id")[:limit])
