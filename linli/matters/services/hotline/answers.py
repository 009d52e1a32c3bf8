"""The answers leave for the hotline: as a sheet, in its form, each marked as exported."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.sheets import Table, as_xlsx
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...models import HotlineOrder, HotlineReply
from ...queries.hotline import EXPORTED, WRITTEN, Answer, answer_of, answers
from .orders import fresh_order
from .ticking import unlist

MOST = 500
TEXT_MOST = 800
COLUMNS = (
    gettext_noop("工单编号"), gettext_noop("受理时间"), gettext_noop("办理情况"), gettext_noop("办理结果"), gettext_noop("办结时间"),
    gettext_noop("是否联系来电人"), gettext_noop("联系时间"), gettext_noop("是否解决"), gettext_noop("是否满意"),
)  # fmt: skip
WIDTHS = (20, 18, 60, 14, 18, 14, 18, 12, 12)


@one_act()
def export_answers(*, by: Actor, compound: Compound, orders: Iterable[UUID], at: datetime) -> bytes:
    """Of the chosen those that are answered; the hotline's clock of each stops. Raises Refused."""
    if by.compound_id != compound.pk or not may(by.role, Right.MIND_HOTLINE):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    chosen = list(dict.fromkeys(orders))
    if not chosen:
        raise Refused(Refusal("nothing_chosen", "先选要导出的工单"))
    if len(chosen) > MOST:
        raise Refused(Refusal("too_many", "一次最多 %(most)s 行", values={"most": MOST}))
    rows = answers(compound, chosen)
    if not rows:
        raise Refused(Refusal("nothing_done", "选中的还没有办好的，没有可以答复的"))
    sent = HotlineOrder.objects.filter(compound_id=compound.pk, pk__in=[a.pk for a in rows])
    for order in sent.filter(next_at__isnull=False, due_at__lt=at, breached_at=None):
        sent.filter(pk=order.pk).update(breached_at=order.due_at)
    unlist(compound.pk, [a.pk for a in rows])
    sent.update(exported_at=at, exported_by=by.account_id, touched_at=None, waits=False, next_at=None)
    HotlineReply.objects.bulk_create(
        HotlineReply(id=uuid7(), compound_id=compound.pk, order_id=a.pk, kind=EXPORTED, words=a.handling[:TEXT_MOST], at=at, by=by.account_id)
        for a in rows
    )  # fmt: skip
    record(
        by=by, act="export_answers", subject_kind="hotline", subject_id=compound.pk, at=at, compound_id=compound.pk,
        data={"orders": [a.number for a in rows]},
    )  # fmt: skip
    return as_xlsx([Table(_("热线答复"), [_(c) for c in COLUMNS], map(_cells, rows), widths=WIDTHS)])


@one_act()
def correct_answer(
    *, by: Actor, order: HotlineOrder, words: str, at: datetime, once: UUID | None = None
) -> HotlineOrder:
    """The text that leaves is this; what left before stays as it was, and waits to leave again. Raises Refused."""
    fresh = fresh_order(by, order)
    if done_before(fresh.compound_id, once):
        return fresh
    now = answer_of(fresh)
    if now is None:
        raise Refused(Refusal("nothing_done", "还没有办好，没有可以答复的"))
    text = words.strip()
    if not text:
        raise Refused(Refusal("missing_words", "请写几个字"), field="words")
    if text == now.handling:
        raise Refused(Refusal("same_words", "和原来的一样，没有改"), field="words")
    HotlineReply(
        id=uuid7(), compound_id=fresh.compound_id, order=fresh, kind=WRITTEN, words=text[:TEXT_MOST], at=at, by=by.account_id
    ).save(force_insert=True)  # fmt: skip
    if fresh.exported_at:
        fresh.touched_at, fresh.waits = at, True
        fresh.save(update_fields=["touched_at", "waits"])
    record(
        by=by, act="correct_answer", subject_kind="hotline", subject_id=fresh.pk, at=at, compound_id=fresh.compound_id, once=once,
        data={"number": fresh.number},
    )  # fmt: skip
    return fresh


def _cells(a: Answer) -> list[str]:
    return [
        a.number, _when(a.received_at), a.handling, a.result, _when(a.done_at), _("是") if a.contacted_at else _("否"),
        _when(a.contacted_at), a.solved, a.satisfied,
    ]  # fmt: skip


def _when(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
