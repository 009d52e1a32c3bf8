"""What comes on paper to the session that is open: an authority, a paper handed in, a home with two ballots."""

from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import Any

from PIL import Image, ImageDraw

from linli.assembly.queries.casting import asked_of, came_by_party
from linli.assembly.queries.delivery import first_parties, papers_of
from linli.assembly.queries.prints import ballots
from linli.assembly.queries.proxies import owners_of
from linli.assembly.rules.proxies import Typed
from linli.assembly.services import proxies, returning, scanning, statements
from linli.plumbing import papers as press
from linli.plumbing import uploads
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.tenancy import uuid7

from .registers import Town

AGENT = Typed("柳知远", "0000-sample-0001")  # of the number only a mark is kept
MOST_PARTIES, BALLOTS = 200, 4
SITE = "https://linli.example"


def come(town: Town, session: Any, by: Actor, voted: list[Any], opens: datetime) -> None:
    """`voted`: who voted online in the first four days; what comes after stands behind them in the box."""
    gives, hands = _without_account(town, session)
    _authority(session, by, gives, opens + timedelta(hours=2))
    _handed_in(session, by, hands, opens + timedelta(days=4, hours=1))
    _twice(session, by, _couple(voted), opens + timedelta(days=5, hours=1))
    _scanned(town, session, by, {gives.pk, hands.pk}, opens + timedelta(days=5, hours=3))


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
        accepted=True, not_staff=True, photo=BytesIO(page()), at=at,
    )  # fmt: skip


def _handed_in(session: Any, by: Actor, party: Any, at: datetime) -> None:
    paper = papers_of(session, party)[0]
    returning.receive(by=by, session=session, number=paper.number, at=at, once=uuid7())


def _twice(session: Any, by: Actor, party: Any, at: datetime) -> None:
    _handed_in(session, by, party, at)
    statements.invite(by=by, session=session, party=party, at=at + timedelta(minutes=10))


def _scanned(town: Town, session: Any, by: Actor, but: set[Any], at: datetime) -> None:
    """A batch from the scanner: ballots as they were printed, and one whose code the scanner missed."""
    came = set(came_by_party(session, first_parties(session, MOST_PARTIES)))
    rows = [party for party in first_parties(session, MOST_PARTIES) if party.pk not in but | came][:BALLOTS]
    where = address("assembly:session", town.compound.slug, session.number)
    numbers = {paper.number for party in rows for paper in papers_of(session, party)}
    printed = [
        sheet
        for building in dict.fromkeys(party.building_id for party in rows)
        for sheet in ballots(session, town.compound.name, building, lambda number: f"{SITE}{where}#{number}")
        if sheet.number and sheet.number[1] in numbers
    ]
    key = bytes(32)
    files = [_upload(by, key, "扫描 001.pdf", press.pdf(printed)), _upload(by, key, "扫描 002.jpg", page(3))]
    batch = scanning.start(by=by, session=session, files=files, key=key, at=at, once=uuid7())
    batch.session = session
    held: scanning.Held = {}
    while scanning.read_next(by=by, batch=batch, key=key, page=where, at=at, held=held):
        pass


def _upload(by: Actor, key: bytes, name: str, data: bytes) -> Any:
    assert by.account_id
    handler = uploads.SealedUploads(None, key=key, owner=by.account_id, most=len(data), in_all=len(data))
    handler.new_file("files", name, "", None)
    handler.receive_data_chunk(data, 0)
    return handler.file_complete(len(data))


def page(n: int = 0) -> bytes:
    """A sheet with ruled lines, and as many short ones below as `n`."""
    sheet = Image.new("RGB", (800, 1100), "white")
    pen = ImageDraw.Draw(sheet)
    for y in range(340, 820, 60):
        pen.line((80, y, 720, y), fill="grey", width=2)
    for k in range(n):
        pen.line((80, 840 + 20 * k, 160, 840 + 20 * k), fill="grey", width=2)
    data = BytesIO()
    sheet.save(data, "JPEG")
    return data.getvalue()
