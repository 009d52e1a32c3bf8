"""What the board of orders and the page of one order read; names of residents are in neither."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from linli.people.rules import Body
from linli.places.models import Compound
from linli.plumbing import search
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry

from ..models import Follower, Gathered, Matter, Order, OrderPart, PartPhoto
from ..rules.orders import GATHERABLE, SHOWN, WITH_FIRM
from ..words import state
from .desk import visible

PAGE = 30
MEMBERS_MOST = 300
FOUND_MOST = 200


@dataclass(frozen=True, slots=True)
class Free:
    """A matter that could be gathered."""

    number: int
    label: str
    title: str
    note: str
    state: str


def gatherable(
    compound: Compound, by: Actor, text: str, *, without: Collection[int] = (), most: int = 30
) -> list[Free]:
    """Found by words, or the newest: nothing secret, ended, stopped, in another's hands, or in an order already."""
    rows = visible(Matter.objects.filter(compound_id=compound.pk, open__in=(True,), privacy="normal"), by)
    rows = rows.filter(Q(order=None) | Q(order__open=False), state__in=GATHERABLE).exclude(number__in=without)
    rows = rows.exclude(~Q(handler_body__kind=Body.PROPERTY), state__in=WITH_FIRM, handler_body__isnull=False)
    if text:
        numbers = search.find(
            compound_id=compound.pk, ordinal=compound.ordinal, kind="matter", text=text, limit=FOUND_MOST
        )
        rows = rows.filter(number__in=numbers)
    slots = ("number", "leg", "title", "place", "state", "pause_reason")
    return [
        Free(n, f"{n:04d}" + (f"-{leg}" if leg > 1 else ""), title, " · ".join(filter(None, [place, state(s, why)])), s)
        for n, leg, title, place, s, why in rows.order_by("-number").values_list(*slots)[:most]
    ]


def compound_of(order: Order) -> Compound:
    return Compound.objects.select_related("community").get(pk=order.compound_id)


def board(compound: Compound, *, turn: str = "", shown_only: bool, after: int | None = None) -> list[Order]:
    """Newest first, one more than a page; `turn` committee, property, or "ended"."""
    rows = Order.objects.select_related("by_body", "to_body").filter(compound_id=compound.pk)
    if turn == "ended":
        rows = rows.filter(open__in=(False,))
    else:
        rows = rows.filter(open__in=(True,))
    if turn in {"committee", "property"}:
        rows = rows.filter(turn=turn)
    if shown_only:
        rows = rows.filter(state__in=SHOWN)
    if after:
        rows = rows.filter(number__lt=after)
    return list(rows.order_by("-number")[: PAGE + 1])


def gathering(compound: Compound, body_id: UUID | None) -> list[Order]:
    rows = Order.objects.filter(compound_id=compound.pk, open__in=(True,), state="gathering", by_body_id=body_id)
    return list(rows.order_by("-number")[:8])


def parts(order: Order) -> list[OrderPart]:
    rows = OrderPart.objects.select_related("post").filter(compound_id=order.compound_id, order=order)
    return list(rows.order_by("position"))


def loose(order: Order) -> bool:
    """Something in it is in no part."""
    return Gathered.objects.filter(compound_id=order.compound_id, order=order, left_at=None, part=None).exists()


def photos(order: Order) -> tuple[dict[UUID, dict[str, PartPhoto]], dict[datetime, list[PartPhoto]]]:
    """Of each part the last picture of before and of after; and those taken on the way, by when they came."""
    rows = PartPhoto.objects.filter(compound_id=order.compound_id, part__order=order, hidden_at=None).order_by("id")
    found: dict[UUID, dict[str, PartPhoto]] = {}
    on_the_way: dict[datetime, list[PartPhoto]] = {}
    for row in rows:
        if row.phase == "during":
            on_the_way.setdefault(row.added_at, []).append(row)
        else:
            found.setdefault(row.part_id, {})[row.phase] = row
    return found, on_the_way


@dataclass(frozen=True, slots=True)
class Member:
    number: int
    label: str
    title: str
    place: str
    state: str
    pause_reason: str
    turn: str
    part_position: int | None


def members(order: Order, by: Actor) -> list[Member]:
    """What is in it and open to this reader: one may have become secret since."""
    seen = visible(Matter.objects.filter(compound_id=order.compound_id, order=order), by)
    rows = Gathered.objects.filter(
        compound_id=order.compound_id, order=order, left_at=None, matter__in=seen.values("id")
    )
    got = rows.order_by("matter__number").values_list(
        "matter__number", "matter__leg", "matter__title", "matter__place", "matter__state", "matter__pause_reason", "matter__turn",
        "part__position",
    )[:MEMBERS_MOST]  # fmt: skip
    return [
        Member(n, f"{n:04d}" + (f"-{leg}" if leg > 1 else ""), title, place, state, why, turn, position)
        for n, leg, title, place, state, why, turn, position in got
    ]


def matters(order: Order, numbers: Sequence[int]) -> list[Matter]:
    rows = Gathered.objects.filter(compound_id=order.compound_id, order=order, left_at=None, matter__number__in=numbers)
    return [g.matter for g in rows.select_related("matter")]


def own_numbers(order: Order, account_id: UUID | None) -> list[tuple[int, str]]:
    """Number and title of those in it that this account raised or follows."""
    if account_id is None:
        return []
    rows = Follower.objects.filter(
        compound_id=order.compound_id, account_id=account_id, left_at=None, matter__order=order
    )
    return list(rows.order_by("matter__number").values_list("matter__number", "matter__title").distinct()[:20])


def left(order: Order) -> dict[str, int]:
    """How many left it, and why."""
    found: dict[str, int] = {}
    for why in Gathered.objects.filter(compound_id=order.compound_id, order=order, left_at__isnull=False).values_list(
        "left_why", flat=True
    ):
        found[why] = found.get(why, 0) + 1
    return found


def entries(order: Order) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(compound_id=order.compound_id, subject_id=order.pk, internal=False)
    return list(rows.order_by("-at", "-id"))
