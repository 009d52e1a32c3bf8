"""What the committee gathered of late: matters of one kind in one order, placed with the property company and taken (domain M46)."""

from collections import defaultdict
from datetime import timedelta

from linli.matters.models import Matter
from linli.matters.rules import categories
from linli.matters.rules.states import State
from linli.matters.services import orders
from linli.people.rules import Body, Role
from linli.plumbing.acts import Actor

from .registers import Town

MOST = 40
LEAST = 2


def fill(town: Town) -> None:
    """Where a committee and a property company are, and enough of one kind is in the company's hands or about to be."""
    chair = _holder(town, Role.COMMITTEE_CHAIR, Body.COMMITTEE)
    manager = _holder(town, Role.PROPERTY_MANAGER, Body.PROPERTY)
    if chair is None or manager is None:
        return
    firm = manager.body_id
    rows = Matter.objects.filter(compound_id=town.compound.pk, open__in=(True,), privacy="normal").exclude(category="")
    ready = rows.filter(state__in=(State.TRIAGED, State.DISPATCHED, State.IN_PROGRESS), paused_at=None)
    of_kind: dict[str, list[Matter]] = defaultdict(list)
    for m in ready.order_by("number"):
        if m.handler_body_id in {None, firm}:
            of_kind[m.category[:2]].append(m)
    kind, found = max(of_kind.items(), key=lambda item: len(item[1]), default=("", []))
    if len(found) < LEAST:
        return
    title = f"{categories.tree()[kind][0]}，一起办"
    when = town.now - timedelta(minutes=50)
    order, _ = orders.gather(by=chair, compound=town.compound, matters=found[:MOST], title=title, at=when)
    order = orders.place(
        by=chair, order=order, title=order.title, words="办完试过，拍前后照片；一周内报一次进度", wanted_by=town.now + timedelta(days=7),
        at=when + timedelta(minutes=10),
    )  # fmt: skip
    order = orders.accept(
        by=manager, order=order, words="接了，先看现场，要的配件已经下单", at=when + timedelta(minutes=30)
    )
    orders.progress(by=manager, order=order, words="配件到了，明天从 3 栋开始", at=when + timedelta(minutes=45))


def _holder(town: Town, role: Role, body: Body) -> Actor | None:
    key = next((key for key, post in town.posts.items() if post.kind == role and post.organisation.kind == body), None)
    return town.as_post(key) if key else None
