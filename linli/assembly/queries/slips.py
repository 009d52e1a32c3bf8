"""Papers that were taken in, as the slip says it to whoever gave them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from linli.people.models import Post
from linli.plumbing.moments import moment

from .. import papers
from ..models import Leaf, RegisterHome, Session
from ..rules.casting import PAPER
from ..rules.returning import HANDED_IN
from .prints import mark_of
from .reading import names

LATEST = 10


def taken(session: Session, index: int) -> Leaf | None:
    rows = Leaf.objects.filter(
        compound_id=session.compound_id, session=session, index=index, kind__in=HANDED_IN, channel=PAPER
    )
    return rows.select_related("party").first()


def latest(session: Session, account: UUID | None, now: datetime) -> list[dict[str, Any]]:
    """What this account took in last."""
    rows = Leaf.objects.filter(
        compound_id=session.compound_id, session=session, account_id=account, kind__in=HANDED_IN, channel=PAPER
    )
    return [
        {"number": leaf.ballot, "index": leaf.index, "place": leaf.index + 1, "when": moment(leaf.at, now)}
        for leaf in rows.order_by("-index")[:LATEST]
    ]


def taker(session: Session, leaf: Leaf) -> str:
    """As the officers are listed; else by the post."""
    if leaf.account_id is None:
        return ""
    posts = Post.objects.filter(account_id=leaf.account_id, from_day__lte=leaf.at).order_by("-from_day")
    return names(session).get(leaf.account_id) or posts.values_list("holder_name", flat=True).first() or ""


def slip_of(session: Session, leaf: Leaf, *, compound: str, link: str, where: str) -> papers.Slip:
    homes = RegisterHome.objects.filter(compound_id=session.compound_id, party=leaf.party).order_by("place")
    code = leaf.commitment[:16].upper()
    return papers.Slip(
        compound=compound, session=session.title, number=leaf.ballot, homes=list(homes.values_list("label", flat=True)), at=leaf.at,
        taken_by=taker(session, leaf), place=leaf.index + 1, code=" ".join(code[i : i + 4] for i in range(0, 16, 4)), where=where,
        contact=session.contact, link=link, kind=leaf.kind, mark=mark_of(session),
    )  # fmt: skip
