"""What time has made due, over all compounds. Each query reads a partial index, or one compound's."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from linli.places.models import Compound
from linli.plumbing.tenancy import unscoped

from ..models import Batch, Clock, Gate, HotlineImport, HotlineOrder, Matter, Order
from ..rules.hotline import KEEP_LIST
from ..rules.keeping import before
from ..rules.states import State
from ..rules.times import LISTED, QUIET_DAYS
from .hotline import CHECKED

BATCH = 1000


def _due(table: type[Model], why: str, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    with unscoped(why):
        rows = table._default_manager.filter(next_at__lte=at).order_by("next_at")
        return list(rows.values_list("id", "compound_id")[:limit])


def due_clocks(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(clock, compound), the longest due first."""
    return _due(Clock, "due clocks", at, limit)


def due_hotline(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(order of the hotline, compound), the longest due first."""
    return _due(HotlineOrder, "due hotline orders", at, limit)


def due_reviews(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(matter, compound): the clock was stopped until a day that has come."""
    with unscoped("due reviews"):
        rows = Matter.objects.filter(review_at__lte=at, state=State.SUSPENDED).order_by("review_at")
        return list(rows.values_list("id", "compound_id")[:limit])


def _by_compound(rows_of: Callable[[Compound], QuerySet], limit: int) -> list[tuple[UUID, UUID]]:
    """For what an index finds that begins with the compound."""
    found: list[tuple[UUID, UUID]] = []
    for compound in Compound.objects.only("id", "settings"):
        found += rows_of(compound)[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def quiet_since(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(matter, compound): resolved long enough ago that five working days may have passed, no visit wanted, in no order still
    to be told."""

    def rows_of(compound: Compound) -> QuerySet:
        rows = Matter.objects.filter(
            Q(order=None) | Q(order__told_at__isnull=False), compound_id=compound.pk, state=State.RESOLVED,
            visit_wanted=False, resolved_at__lt=at - timedelta(days=QUIET_DAYS),
        )  # fmt: skip
        return rows.values_list("id", "compound_id")

    return _by_compound(rows_of, limit)


def due_visits(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(matter, compound): nobody has visited or filed it in time, and not everybody has been told."""

    def rows_of(compound: Compound) -> QuerySet:
        rows = Matter.objects.filter(compound_id=compound.pk, visit_due_at__lte=at, visit_stage__lt=LISTED)
        return rows.order_by("visit_due_at").values_list("id", "compound_id")

    return _by_compound(rows_of, limit)


def terms_over(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(post, compound): its last day has passed, and it still has open matters by name."""
    today = timezone.localdate(at)

    def rows_of(compound: Compound) -> QuerySet:
        rows = Matter.objects.filter(compound_id=compound.pk, open=True, handler_post__to_day__lt=today)
        return rows.order_by().values_list("handler_post_id", "compound_id").distinct()

    return _by_compound(rows_of, limit)


def due_forgetting(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(matter, compound): closed as long ago as its compound keeps names; what was joined to another with that one."""

    def rows_of(compound: Compound) -> QuerySet:
        old = {"closed_at__lt": before(at, compound.settings), "open": False}
        joined = Q(merged_into=None) | Q(**{f"merged_into__{name}": value for name, value in old.items()})
        rows = Matter.objects.filter(joined, compound_id=compound.pk, forgotten_at=None, **old)
        return rows.order_by("closed_at").values_list("id", "compound_id")

    return _by_compound(rows_of, limit)


def due_lists(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(export of the hotline, compound): looked at long ago, and nobody decided about it."""
    with unscoped("lists of the hotline that wait"):
        rows = HotlineImport.objects.filter(state=CHECKED, uploaded_at__lt=at - KEEP_LIST).order_by("uploaded_at")
        return list(rows.values_list("id", "compound_id")[:limit])


def due_batches(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(batch case, compound): closed as long ago as its compound keeps names."""

    def rows_of(compound: Compound) -> QuerySet:
        old = before(at, compound.settings)
        rows = Batch.objects.filter(compound_id=compound.pk, closed_at__lt=old, forgotten_at=None)
        return rows.order_by("closed_at").values_list("id", "compound_id")

    return _by_compound(rows_of, limit)


def due_orders(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(order, compound): whose turn it is should have acted by now."""
    return _due(Order, "due orders", at, limit)


def due_gates(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(gate, compound): whoever must decide is to be reminded."""
    return _due(Gate, "due decisions", at, limit)
