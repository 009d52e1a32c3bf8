"""An export of the hotline comes in: looked at first, then taken in, each order once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused
from linli.kernel.rosters.orders import Order
from linli.kernel.rosters.reading import Unreadable, read_sheets
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Building, Compound
from linli.places.queries import calendar
from linli.plumbing import vault
from linli.plumbing.acts import CLOCK, Actor, done_before, record
from linli.plumbing.sheets import Table, as_xlsx
from linli.plumbing.whole import one_act

from ...access import main_of
from ...models import HotlineImport, HotlineOrder, Matter
from ...queries.duplicates import Where, likely
from ...queries.hotline import CHECKED, DROPPED, MOST_ROWS, TAKEN, Known, Look, Subjects, look
from ...rules import categories
from ...rules import hotline as rules
from ..intake import Spot, open_matter
from ..merging import merge
from ..topics import propose
from .callers import Caller, sealed

SUBJECT = "hotline_import"
MOST_BYTES = 10_000_000


def _may(by: Actor, compound_id: UUID) -> None:
    if by.compound_id != compound_id or not may(by.role, Right.MIND_HOTLINE):
        raise Refused(Refusal("not_yours", "这一步不归您办"))


def upload(
    *, by: Actor, compound: Compound, filename: str, data: bytes, at: datetime, once: UUID | None = None
) -> HotlineImport:
    """Keeps the file sealed until somebody has looked at what it would bring. Raises Refused."""
    _may(by, compound.pk)
    if again := _again(compound, once):
        return again
    if len(data) > MOST_BYTES:
        raise Refused(Refusal("too_big", "文件太大，请分成几个文件"), field="file")
    name = masks.scrub(PurePath(filename.replace("\\", "/")).name)[-200:]
    try:
        found = look(compound, read_sheets(data, filename), at)
    except Unreadable as no:
        raise Refused(
            Refusal("unreadable", no.sentence.sentence, values=dict(no.sentence.values)), field="file"
        ) from None
    if found is None:
        raise Refused(Refusal("no_header", "没找到热线工单的表头：至少要有编号、内容和另外一列"), field="file")
    if len(found.rows) > MOST_ROWS:
        raise Refused(Refusal("too_many", "一次最多 %(most)s 行", values={"most": MOST_ROWS}), field="file")
    try:
        return _keep(by, compound, name, data, found, at, once)
    except IntegrityError:
        if again := _again(compound, once):
            return again
        raise


def _again(compound: Compound, once: UUID | None) -> HotlineImport | None:
    before = done_before(compound.pk, once)
    return HotlineImport.objects.get(compound_id=compound.pk, pk=before.subject_id) if before else None


@one_act()
def _keep(
    by: Actor, compound: Compound, name: str, data: bytes, found: Look, at: datetime, once: UUID | None
) -> HotlineImport:
    batch = HotlineImport(
        compound=compound, state=CHECKED, filename=name, digest=vault.digest(compound.pk, data),
        stored=vault.keep_sealed(compound.pk, data), uploaded_at=at, uploaded_by=by.account_id, counts=found.counts,
    )  # fmt: skip
    batch.save(force_insert=True)
    record(
        by=by,
        act="upload_hotline",
        subject_kind=SUBJECT,
        subject_id=batch.pk,
        at=at,
        compound_id=compound.pk,
        once=once,
    )
    return batch


@dataclass
class _Run:
    by: Actor
    compound: Compound
    at: datetime
    buildings: Mapping[str, Building]
    by_label: Mapping[str, str]
    seen: Subjects
    apart: Collection[str]


@one_act()
def take_in(*, by: Actor, batch: HotlineImport, apart: Collection[str] = (), at: datetime) -> HotlineImport:
    """Every new order becomes a matter with both clocks; what came before, or is faulty, changes nothing. What surely repeats a
    subject in hand joins it, unless its number is in `apart` (domain §4.7). Raises Refused."""
    _may(by, batch.compound_id)
    batch = (
        HotlineImport.objects.select_for_update(of=("self",))
        .select_related("compound")
        .get(compound_id=batch.compound_id, pk=batch.pk)
    )
    if batch.state == TAKEN:
        return batch
    if batch.state != CHECKED:
        raise Refused(Refusal("not_now", "这份表已经往下走了，请看最新的一页"))
    compound = batch.compound
    found = look(compound, read_sheets(vault.open_sealed(batch.stored), batch.filename), at)
    own = categories.of(compound.settings)
    run = _Run(
        by, compound, at, {b.key: b for b in Building.objects.filter(compound_id=compound.pk)},
        {c.zh: c.code for c in own.subs.values() if own.may_take(c.code)},
        Subjects(compound, [row.order for row in found.rows if row.order] if found else []), apart,
    )  # fmt: skip
    counts = {"new": 0, "same": 0, "refused": 0}
    for row in found.rows if found else []:
        counts[_take(run, row.order) if row.result == "new" and row.order else row.result] += 1
    batch.state, batch.ended_at, batch.counts = TAKEN, at, counts
    _forget(batch)
    record(
        by=by,
        act="take_in_hotline",
        subject_kind=SUBJECT,
        subject_id=batch.pk,
        at=at,
        compound_id=compound.pk,
        data=counts,
    )
    return batch


@one_act()
def drop(*, by: Actor, batch: HotlineImport, at: datetime) -> HotlineImport:
    _may(by, batch.compound_id)
    batch = HotlineImport.objects.select_for_update().get(compound_id=batch.compound_id, pk=batch.pk)
    if batch.state == CHECKED:
        _dropped(batch, by, at)
    return batch


@one_act()
def lapse(*, batch_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Nobody decided about it: its callers are not kept for that. False if another worker did, or somebody decided."""
    batch = HotlineImport.objects.select_for_update().get(compound_id=compound_id, pk=batch_id)
    if batch.state != CHECKED or batch.uploaded_at >= at - rules.KEEP_LIST:
        return False
    _dropped(batch, CLOCK, at)
    return True


def _dropped(batch: HotlineImport, by: Actor, at: datetime) -> None:
    batch.state, batch.ended_at = DROPPED, at
    _forget(batch)
    record(by=by, act="drop_hotline", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id)


def refused_rows(*, by: Actor, batch: HotlineImport, seen: Look, at: datetime) -> bytes:
    """The rows not taken as they came, and two columns more: which row, and why. Whose download is written down."""
    _may(by, batch.compound_id)
    record(
        by=by, act="download_refused", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id
    )
    rows = [[*r.cells, str(r.row), r.why] for r in seen.rows if r.result == "refused"]
    return as_xlsx([Table(_("不收的行"), [*seen.book.headers, _("行号"), _("没有收进的原因")], rows)])


def _forget(batch: HotlineImport) -> None:
    """The file goes as soon as nobody waits for it: every order of it is kept, sealed."""
    name, batch.stored = batch.stored, ""
    batch.save(update_fields=["state", "ended_at", "counts", "stored"])
    if not HotlineImport.objects.filter(compound_id=batch.compound_id, stored=name).exists():
        transaction.on_commit(lambda: vault.forget_sealed(name))


def _take(run: _Run, order: Order) -> str:
    try:
        with one_act():
            _one(run, order)
    except Refused:
        return "refused"
    except IntegrityError:
        return "same"
    return "new"


def _one(run: _Run, order: Order) -> None:
    building, (words, place) = run.buildings.get(order.building), rules.shown(order)
    matter = open_matter(
        by=run.by, compound=run.compound, words=words, at=run.at, source="hotline", source_ref=order.number,
        spot=Spot(building=building, words=place[:80]),
        category=run.by_label.get(order.category, ""),
    )  # fmt: skip
    cal = calendar(run.compound)
    due = order.due or rules.due(order.at, cal)
    apart = order.number in run.apart
    keys = [] if apart else rules.keys_of(order, building.key if building else "")
    same = run.seen.find(keys, order.at)
    near = None if same else likely(
        compound=run.compound, words=words, where=Where(building), without=matter.number,
        for_residents=False,
    )  # fmt: skip
    taken = HotlineOrder(
        compound=run.compound, number=order.number, matter=matter, origin=matter, likely=near,
        received_at=order.at, taken_in_at=run.at, secret=order.secret, started_at=order.at, first_due_at=due, due_at=due,
        next_at=rules.plan(order.at, due, cal).half_at,
        caller_sealed=sealed(Caller(order.caller, order.phone, order.home, order.words)),
    )  # fmt: skip
    taken.save(force_insert=True)
    Matter.objects.filter(compound_id=matter.compound_id, pk=matter.pk).update(
        hotline=matter.hotline + 1, caller_secret=matter.caller_secret or order.secret
    )
    main = Matter.objects.filter(compound_id=matter.compound_id, pk=same.matter).first() if same else None
    if main and main.pk != matter.pk:
        merge(by=run.by, matter=matter, target=main_of(main), at=run.at)
    run.seen.add(keys, Known("", main.pk if main else matter.pk, order.at))
    run.seen.hear(keys, taken.pk)
    heard = run.seen.heard(keys)
    if len(heard) >= rules.TOPIC_ORDERS:
        now = Matter.objects.get(compound_id=matter.compound_id, pk=main.pk if main else matter.pk)
        propose(now, run.at, heard=heard)
