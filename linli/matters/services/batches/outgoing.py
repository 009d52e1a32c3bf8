"""Lists of a batch case that leave: as filtered and masked, whole when two have agreed, and on paper for those nobody reaches."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Ownership
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import Actor, record
from linli.plumbing.labels import label
from linli.plumbing.sheets import Table, as_xlsx

from ...models import Batch, BatchHome
from ...queries import batches as reads
from ...queries.batches import Filters
from ...rules.batches import REASON_LABELS, STATES, HomeState
from .base import SUBJECT, must
from .telling import Reach, reach_of

MOST = 20_000
FIRST = ("楼栋", "单元", "房号", "业主")
LAST = ("缺少资料", "当前环节", "原因", "办结日期", "证号", "备注")


def reach(batch: Batch, paper: str) -> Reach:
    """How many of those who miss it a message would reach."""
    rows = reads.missing_rows(batch, paper)
    ways = reads.ways_to(batch.compound_id, [row.home_id for row in rows])
    return reach_of([ways[row.home_id] for row in rows])


@transaction.atomic
def unreached_file(*, by: Actor, batch: Batch, paper: str, at: datetime) -> bytes:
    """Homes without account or number: somebody goes there. Names masked. Raises Refused."""
    must(by, batch)
    rows = reads.missing_rows(batch, paper)
    ways = reads.ways_to(batch.compound_id, [row.home_id for row in rows])
    left = [row for row in rows if ways[row.home_id] == ([], [])]
    labels, owners = (
        reads.labels_of(batch.compound_id, [row.home_id for row in left]),
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


@transaction.atomic
def export_file(
    *, by: Actor, batch: Batch, filters: Filters, at: datetime, whole: bool = False, mark: str = ""
) -> bytes:
    """The office's own columns, so that the file can come back. Masked: no number of a contract or certificate either.

    `whole` only where two have agreed, see `people.services.exports`; `mark` is printed below each page. Raises Refused.
    """
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
    lines = list(_lines(batch, filters, whole))
    record(
        by=by, act="export_batch", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, internal=True,
        data={"filters": filters.chosen, "homes": len(lines), "whole": whole},
    )  # fmt: skip
    if mark:
        lines.append([mark])
    return as_xlsx([Table(batch.title, headers, lines, mark)])


def _owners(batch: Batch, homes: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for home, (name, _phone) in _tenures(batch, homes):
        found.setdefault(home, []).append(name)
    return found


def _tenures(batch: Batch, homes: list[UUID]) -> Iterator[tuple[UUID, tuple[str, str]]]:
    for i in range(0, len(homes), reads.IDS_MOST):
        rows = Ownership.objects.filter(
            compound_id=batch.compound_id, home_id__in=homes[i : i + reads.IDS_MOST], to_day=None
        ).order_by("id")
        for home, name, phone in rows.values_list("home_id", "person__name", "person__phone"):
            yield home, (name, phone)


def _lines(batch: Batch, filters: Filters, whole: bool) -> Iterator[list[str]]:
    papers = reads.papers_of(batch)
    names = {p.key: label(p.label) for p in papers}
    rows = list(
        reads.filtered(batch, filters).select_related("home__building", "home__entrance").order_by("sort")[:MOST]
    )
    owners: dict[UUID, list[tuple[str, str]]] = {}
    for home, person in _tenures(batch, [row.home_id for row in rows]):
        owners.setdefault(home, []).append(person)
    for row in rows:
        here = owners.get(row.home_id, [])
        shown = [name if whole else masks.name(name) for name, _phone in here]
        lacking = reads.lacks_keys(row.lacks)
        yield [
            row.home.building.label, str(row.home.entrance), row.home.room_no, _("、").join(shown),
            *(["/".join(phone for _name, phone in here if phone)] if whole else []),
            *(_paper(row, p.key) for p in papers), _("、").join(names[k] for k in lacking), label(STATES[HomeState(row.state)]),
            _reason(row, whole), str(row.certified_on or ""), row.title_no if whole else "", row.remark if whole else masks.scrub(row.remark),
        ]  # fmt: skip


def _paper(row: BatchHome, key: str) -> str:
    return {"yes": "√", "no_need": _("不用")}.get(row.have.get(key, ""), "×")


def _reason(row: BatchHome, whole: bool) -> str:
    said = row.reason_words if whole else masks.scrub(row.reason_words)
    return said or label(REASON_LABELS.get(row.reason, ""))
