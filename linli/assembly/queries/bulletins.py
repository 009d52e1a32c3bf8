"""A counted session as the two bulletins say it (docs/proof.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

from linli.kernel import bulletins
from linli.kernel.receipts import Leaf as Kind
from linli.kernel.receipts import leaf
from linli.kernel.tally.count import Count
from linli.kernel.tally.settling import accepted

from ..models import Bulletin, Head, Item, Session
from ..rules.counting import WHOLE
from .cases import Box, rules_of, scope_of


def refused(counts: Sequence[Count], box: Box) -> dict[str, str]:
    """Ballots that count for no item, by number, with the reason."""
    why = {said.number: said.fault for said in (*box.ballots, *box.statements) if said.fault} | box.void_objections
    found: dict[str, str] | None = None
    for count in counts:
        here = {n.ballot: why.get(n.ballot, n.code) for n in count.notes if n.ballot and n.code in WHOLE}
        found = here if found is None else {number: code for number, code in found.items() if number in here}
    return {**why, **(found or {})}


def vote_of(box: Box, counts: Mapping[Item, Count]) -> bulletins.Vote:
    session = box.session
    assert session.closes_at
    return bulletins.Vote(
        id=session.pk.hex, title=session.title, compound=session.compound.name, closes_at=session.closes_at, key=session.sign_key,
        register=[row.published for row in box.rows], heads=heads(session), refused=refused(list(counts.values()), box),
        entries=[
            bulletins.Entry(leaf(Kind(row.kind), row.ballot, row.commitment, row.at), opening) for row, opening, _fault in box.leaves
        ],
        items=[
            _said(bulletins.item(item.place, item.title, count, rules_of(session), scope_of(item, box.rows)), box)
            for item, count in counts.items()
        ],
        proxies=_proxies(counts),
        delivered=[row.label for row in box.rows if row.delivered],
    )  # fmt: skip


def _said(item: dict[str, Any], box: Box) -> dict[str, Any]:
    """Why each ballot does not count, as those say it who found it."""
    why = {said.number: said.fault for said in box.ballots if said.fault}
    item["not_counted"] = {number: why.get(number, code) for number, code in item["not_counted"].items()}
    return item


def _proxies(counts: Mapping[Item, Count]) -> list[dict[str, Any]]:
    """The same for every item: under which papers agents signed."""
    for count in counts.values():
        return [
            {"owner": paper.owner, "agents": sorted(paper.agents), "severally": paper.severally}
            for paper in accepted(count.case)
        ]
    return []


def heads(session: Session) -> list[dict[str, Any]]:
    """Every signed head that was published, smallest first."""
    rows = Head.objects.filter(compound_id=session.compound_id, session=session)
    return list(rows.order_by("size", "id").values_list("head", flat=True))


def last(session: Session, kind: str) -> Bulletin | None:
    rows = Bulletin.objects.filter(compound_id=session.compound_id, session=session, kind=kind)
    return rows.order_by("-turn").first()
