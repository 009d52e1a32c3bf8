"""What comes on paper to the session that is open: an authority, a paper handed in, a home with two ballots."""

from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import Any

from PIL import Image, ImageDraw

from linli.assembly.queries.casting import asked_of
from linli.assembly.queries.delivery import first_parties, paper_of
from linli.assembly.queries.proxies import owners_of
from linli.assembly.rules.proxies import Typed
from linli.assembly.services import proxies, returning, statements
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from .registers import Town

AGENT = Typed("柳知远", "0000-sample-0001")  # of the number only a mark is kept
MOST_PARTIES = 200


def come(town: Town, session: Any, by: Actor, voted: list[Any], opens: datetime) -> None:
    """`voted`: who voted online in the first four days; what comes after stands behind them in the box."""
    gives, hands = _without_account(town, session)
    _authority(session, by, gives, opens + timedelta(hours=2))
    _handed_in(session, by, hands, opens + timedelta(days=4, hours=1))
    _twice(session, by, _couple(voted), opens + timedelta(days=5, hours=1))


def _without_account(town: Town, session: Any) -> list[Any]:
    """Two of one owner each who never signs in."""
    bound = {town.persons[key].pk for key in town.bindings}
    owners = ((party, set(owners_of(party).values())) for party in first_parties(session, MOST_PARTIES))
    return list(islice((party for party, found in owners if len(found) == 1 and not found & bound), 2))


def _couple(voted: list[Any]) -> Any:
    return next((party for party in voted if len(owners_of(party)) > 1), voted[0])


def _authority(session: Any, by: Actor, party: Any, at: datetime) -> None:
    assert session.closes_at
    proxies.register_proxy(
        by=by, session=session, party=party, owner=next(iter(owners_of(party))), agents=[AGENT], severally=False,
        items={asked.no for asked in asked_of(session, party)}, until=(session.closes_at + timedelta(days=30)).date(), signed=True,
        accepted=True, not_staff=True, photo=BytesIO(_page()), at=at,
    )  # fmt: skip


def _handed_in(session: Any, by: Actor, party: Any, at: datetime) -> None:
    paper = paper_of(session, party)
    assert paper
    returning.receive(by=by, session=session, number=paper.number, at=at, once=uuid7())


def _twice(session: Any, by: Actor, party: Any, at: datetime) -> None:
    _handed_in(session, by, party, at)
    statements.invite(by=by, session=session, party=party, at=at + timedelta(minutes=10))


def _page() -> bytes:
    """A sheet with ruled lines."""
    page = Image.new("RGB", (800, 1100), "white")
    pen = ImageDraw.Draw(page)
    for y in range(340, 820, 60):
        pen.line((80, y, 720, y), fill="grey", width=2)
    data = BytesIO()
    page.save(data, "JPEG")
    return data.getvalue()
