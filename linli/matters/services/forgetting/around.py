"""What a matter leaves in whistles, in orders and in answers to the hotline names nobody either (domain §6.4).

Names go with each of its matters; numbers of officers, messages and originals of photos with the last of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.notices import services as notices
from linli.plumbing.erasing import erase

from ...models import (
    Ask,
    Gathered,
    HotlineOrder,
    HotlineReply,
    Matter,
    Order,
    OrderPart,
    PartPhoto,
    Whistle,
    WhistleFile,
    WhistleMatter,
)
from ..orders.base import SUBJECT as ORDER
from ..whistles.base import SUBJECT as WHISTLE
from .names import clean, rest_of, unused

WHISTLE_WORDS = ("title", "facts", "figures", "basis", "done_below", "sent_back", "closing_words")
ASK_WORDS = ("words", "reason", "answer")
ORDER_WORDS = ("title", "words", "reply", "review")
PART_WORDS = ("words", "done_words", "missing")


@dataclass(frozen=True)
class Around:
    whistles: list[Whistle]
    orders: list[Order]


def hold(compound_id: UUID, matter_id: UUID) -> Around:
    """Locked before the matter, as their own acts do."""
    here = {"compound_id": compound_id, "matter_id": matter_id}
    whistles, orders = (
        table._default_manager.select_for_update().filter(compound_id=compound_id, pk__in=ids).order_by("id")
        for table, ids in (
            (Whistle, WhistleMatter.objects.filter(**here).values("whistle_id")),
            (Order, Gathered.objects.filter(**here).values("order_id")),
        )
    )
    return Around(list(whistles), list(orders))


def forget_around(m: Matter, around: Around, known: set[str], at: datetime) -> set[str]:
    """The originals that nothing holds any more. After the matter itself is forgotten."""
    _answers(m, known)
    files: set[str] = set()
    for whistle in around.whistles:
        files |= _whistle(whistle, known, at)
    for order in around.orders:
        files |= _order(order, known, at)
    return files


def _answers(m: Matter, known: set[str]) -> None:
    orders = HotlineOrder.objects.filter(compound_id=m.compound_id, matter=m)
    orders.update(caller_sealed=None)
    for reply in HotlineReply.objects.filter(compound_id=m.compound_id, order__in=orders):
        clean(reply, ("words",), known)


def _whistle(one: Whistle, known: set[str], at: datetime) -> set[str]:
    here = {"compound_id": one.compound_id, "whistle": one}
    clean(one, WHISTLE_WORDS, known)
    for ask in Ask.objects.filter(**here):
        clean(ask, ASK_WORDS, known)
    _log(one, WHISTLE, known, at)
    if _remembered(one.compound_id, WhistleMatter.objects.filter(**here).values_list("matter_id", flat=True)):
        return set()
    Ask.objects.filter(**here).update(officer_phone="", link_phone="", link_until=None)
    notices.forget(compound_id=one.compound_id, subject_kind=WHISTLE, subject_id=one.pk)
    return _originals(WhistleFile.objects.filter(**here, kind="photo"), one.compound_id)


def _order(one: Order, known: set[str], at: datetime) -> set[str]:
    here = {"compound_id": one.compound_id, "order": one}
    clean(one, ORDER_WORDS, known)
    for part in OrderPart.objects.filter(**here):
        clean(part, PART_WORDS, known)
    _log(one, ORDER, known, at)
    if _remembered(one.compound_id, Gathered.objects.filter(**here).values_list("matter_id", flat=True)):
        return set()
    notices.forget(compound_id=one.compound_id, subject_kind=ORDER, subject_id=one.pk)
    return _originals(PartPhoto.objects.filter(compound_id=one.compound_id, part__order=one), one.compound_id)


def _log(one: Whistle | Order, kind: str, known: set[str], at: datetime) -> None:
    erase(
        compound_id=one.compound_id, subject_kind=kind, subject_id=one.pk, at=at,
        clean=lambda entry: rest_of(entry, known, words=entry.words),
    )  # fmt: skip


def _remembered(compound_id: UUID, matters: Iterable[UUID]) -> bool:
    return Matter.objects.filter(compound_id=compound_id, pk__in=list(matters), forgotten_at=None).exists()


def _originals(rows, compound_id: UUID) -> set[str]:
    """With what the camera wrote into them; the small pictures stay."""
    names = set(rows.exclude(sealed="").values_list("sealed", flat=True))
    rows.update(sealed="")
    return unused(compound_id, names)
