"""Lists of a batch case that leave: as filtered and masked, whole when two have agreed, and on paper for those nobody reaches."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Ownership
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.people.signals import File, Listing
from linli.places.models import Compound
from linli.plumbing.acts import Actor, record
from linli.plumbing.addresses import numbered
from linli.plumbing.labels import label
from linli.plumbing.sheets import Table, as_xlsx
from linli.plumbing.whole import one_act

from ...access.batches import batch_part
from ...models import Batch, BatchHome
from ...queries import batches as reads
from ...queries import tenure
from ...queries.batches import homes
from ...queries.batches.homes import Filters
from ...rules.batches import REASON_LABELS, STATES, HomeState, Paper
from .base import SUBJECT, must
from .telling import Reach, reach_of

MOST = 20_000
FIRST = ("楼栋", "单元", "房号", "业主")
LAST = ("缺少资料", "当前环节", "原因", "办结日期", "证号", "备注")


def reach(batch: Batch, papers: Sequence[str]) -> Reach:
    """How many of those who miss one of them a message would reach."""
    rows = reads.missing_rows(batch, *papers)
    ways = tenure.ways_to(batch.compound_id, [row.home_id for row in rows])
    return reach_of([ways[row.home_id] for row in rows])


@one_act()
def unreached_file(*, by: Actor, batch: Batch, paper: str, at: datetime) -> bytes:
    """Homes without account or number: somebody goes there. Names masked. Raises Refused."""
    must(by, batch)
    rows = reads.missing_rows(batch, paper)
    ways = tenure.ways_to(batch.compound_id, [row.home_id for row in rows])
    left = [row for row in rows if ways[row.home_id] == ([], [])]
    labels, owners = (
        tenure.labels_of(batch.compound_id, [row.home_id for row in left]),
        _owners(batch, [row.home_id for row in left]),
    )
    names = {p.key: label(p.label) for p in reads.papers_of(batch)}
    lines = [
        [labels[row.home_id], _("、").join(masks.name(n) for n in owners.get(row.home_id, [])), _("、").join(names[k] for k in reads.lacks_keys(row.lacks)), "", ""]
        for row in left
    ]  # fmt: skip
    record(
        by=by, act="list_unreached", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, internal=True,
        data={"paper": paper, "homes": len(lines)},
    )  # fmt: skip
    return as_xlsx([Table(_("联系不上的住户"), [_("房号"), _("业主"), _("还缺"), _("去过几次"), _("告诉了谁")], lines)])


KIND = "batch"


def listing(compound: Compound, params: Mapping[str, Any]) -> Listing | None:
    """The list of a case, or the filtered part of it, whole: for two to agree on."""
    number = str(params.get("number", ""))
    if not (number.isdecimal() and len(number) < 9):
        return None
    batch = Batch.objects.filter(compound_id=compound.pk, number=int(number)).first()
    if batch is None:
        return None
    f = Filters.read(params)
    rows = homes.filtered(batch, f)
    return Listing(
        title=batch.title, note=_part(batch, f), holds=_("房号、业主姓名、电话、合同和证号"), size=min(rows.count(), MOST),
        href=numbered("matters:batch-desk", compound.slug, batch.number) + (f.address() if f.chosen else ""),
        params={"number": number, **f.chosen}, open_to=partial(_opens, batch), make=partial(_whole, batch, f),
        rows=lambda: list(rows.order_by("sort").values_list("home_id", flat=True)[:MOST]),
    )  # fmt: skip


def _opens(batch: Batch, by: Actor) -> bool:
    return batch_part(batch, by) is not None


def _part(batch: Batch, f: Filters) -> str:
    lacking = {p.key: p.label for p in reads.papers_of(batch)}.get(f.lacks)
    building = dict(homes.buildings_of(batch)).get(UUID(f.building)) if f.building else ""
    said = [
        building, label(STATES[HomeState(f.state)]) if f.state else "", _("缺%(paper)s") % {"paper": label(lacking)} if lacking else "",
        label(REASON_LABELS[f.reason]) if f.reason else "",
    ]  # fmt: skip
    return " · ".join(filter(None, said))


def _whole(batch: Batch, filters: Filters, *, rows: Sequence[UUID], by: Actor, at: datetime, mark: str) -> File:
    data, persons = _sheet(
        by=by, batch=batch, filters=filters, rows=homes.these(batch, rows), at=at, whole=True, mark=mark
    )
    return File(data, persons)


@one_act()
def export_file(*, by: Actor, batch: Batch, filters: Filters, at: datetime) -> bytes:
    """The office's own columns, so that the file can come back. Masked: no number of a contract or certificate either.

    Raises Refused."""
    rows = homes.in_full(homes.filtered(batch, filters))[:MOST]
    return _sheet(by=by, batch=batch, filters=filters, rows=rows, at=at)[0]


def _sheet(
    *,
    by: Actor,
    batch: Batch,
    filters: Filters,
    rows: Iterable[BatchHome],
    at: datetime,
    whole: bool = False,
    mark: str = "",
) -> tuple[bytes, frozenset[UUID]]:
    must(by, batch)
    if not may(by.role, Right.EXPORT_LIST):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    papers = reads.papers_of(batch)
    headers = [
        *map(label, FIRST),
        *([_("电话")] if whole else []),
        *(label(p.label) for p in papers),
        *map(label, LAST),
    ]
    rows = list(rows)
    owners: dict[UUID, list[Owner]] = defaultdict(list)
    for home, person in _tenures(batch, [row.home_id for row in rows]):
        owners[home].append(person)
    lines = list(_lines(papers, rows, owners, whole))
    record(
        by=by, act="export_batch", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, internal=True,
        data={"filters": filters.chosen, "homes": len(lines), "whole": whole},
    )  # fmt: skip
    shown = frozenset(person.pk for here in owners.values() for person in here)
    return as_xlsx([Table(batch.title, headers, lines, mark)]), shown


class Owner(NamedTuple):
    pk: UUID
    name: str
    phone: str


def _owners(batch: Batch, homes: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for home, person in _tenures(batch, homes):
        found[home].append(person.name)
    return found


def _tenures(batch: Batch, homes: list[UUID]) -> Iterator[tuple[UUID, Owner]]:
    for run in tenure.runs(homes):
        rows = Ownership.objects.filter(compound_id=batch.compound_id, home_id__in=run, to_day=None).order_by("id")
        for home, *person in rows.values_list("home_id", "person_id", "person__name", "person__phone"):
            yield home, Owner(*person)


def _lines(
    papers: Sequence[Paper], rows: Iterable[BatchHome], owners: Mapping[UUID, list[Owner]], whole: bool
) -> Iterator[list[str]]:
    names = {p.key: label(p.label) for p in papers}
    for row in rows:
        here = owners.get(row.home_id, [])
        shown = [owner.name if whole else masks.name(owner.name) for owner in here]
        lacking = reads.lacks_keys(row.lacks)
        yield [
            row.home.building.label, str(row.home.entrance), row.home.room_no, _("、").join(shown),
            *(["/".join(dict.fromkeys(owner.phone for owner in here if owner.phone))] if whole else []),
            *(_paper(row, p.key) for p in papers), _("、").join(names[k] for k in lacking), label(STATES[HomeState(row.state)]),
            _reason(row, whole), str(row.certified_on or ""), row.title_no if whole else "", row.remark if whole else masks.scrub(row.remark),
        ]  # fmt: skip


def _paper(row: BatchHome, key: str) -> str:
    return {"yes": "√", "no_need": _("不用")}.get(row.have.get(key, ""), "×")


def _reason(row: BatchHome, whole: bool) -> str:
    """The reason and the words apart, so that a list that comes back is read as what it was."""
    said = row.reason_words if whole else masks.scrub(row.reason_words)
    return "：".join(filter(None, [label(REASON_LABELS.get(row.reason, "")), said]))
