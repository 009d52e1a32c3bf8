"""Papers of an open vote that came back: scanned, one of them unread."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from linli.assembly.models import Leaf, Paper, Proxy, RegisterOwner, ScanBatch, ScanSheet
from linli.assembly.queries.prints import ballots
from linli.assembly.rules.numbers import drawn
from linli.assembly.rules.proxies import Typed
from linli.assembly.services import proxies, returning, scanning
from linli.matters.tests.makers import NOW
from linli.plumbing import papers, uploads
from linli.plumbing.addresses import address
from linli.plumbing.tenancy import uuid7

KEY = bytes(32)
AT = NOW - timedelta(minutes=50)


def _photo(nth: int) -> BytesIO:
    page = BytesIO()
    Image.new("L", (400 + nth, 560), 255).save(page, "PNG")
    page.seek(0)
    return page


def come_back(village: Any, made: Any) -> None:
    """`made`: a vote of `makers.vote`, with the chair among those who carry."""
    place, by = village.place, village.people["chair"]
    numbers = [drawn(lambda signs, n=n: signs[n]) for n in range(2, 2 + len(made.parties))]
    for party, number in zip(made.parties, numbers, strict=True):
        Paper.objects.create(
            compound=place.compound, session=made.session, party=party, number=number, printed_at=made.session.drafted_at
        )  # fmt: skip
    where = address("assembly:session", place.slug, made.session.number)
    sheets = ballots(
        made.session, place.compound.name, made.parties[0].building_id, lambda n: f"https://linli.example{where}#{n}"
    )
    white = _photo(0)
    handler = uploads.SealedUploads(None, key=KEY, owner=by.account_id, most=10**8, in_all=10**8)
    files = []
    for name, data in (("票箱一.pdf", papers.pdf(sheets[1:3])), ("IMG_0317.png", white.getvalue()), ("合同.docx", b"PK\x03\x04")):  # fmt: skip
        handler.new_file("sheets", name, "", None)
        handler.receive_data_chunk(data, 0)
        files.append(handler.file_complete(len(data)))
    batch = scanning.start(by=by, session=made.session, files=files, key=KEY, at=AT, once=uuid7())
    batch.session = made.session
    while scanning.read_next(by=by, batch=batch, key=KEY, page=where, at=AT):
        pass
    back = Leaf.objects.filter(compound_id=place.compound.pk, session=made.session, kind="returned").order_by("index")
    village.rows["back"] = back[0]
    for nth in (3, 4):
        row = made.parties[nth]
        village.rows["proxy"] = proxies.register_proxy(
            by=by, session=made.session, party=row, owner=RegisterOwner.objects.get(compound_id=place.compound.pk, row__party=row).mark,
            agents=[Typed("李平", "110101199003070011")], severally=False, items={"1", "2"}, until=AT.date() + timedelta(days=60),
            signed=True, accepted=True, not_staff=True, photo=_photo(nth), at=AT,
        )  # fmt: skip
    proxies.withdraw_proxy(by=by, session=made.session, proxy=village.rows["proxy"], reason="本人来投", at=AT)
    village.rows["proxy"] = Proxy.objects.filter(compound_id=place.compound.pk, withdrawn_at=None).get()
    returning.receive(
        by=by, session=made.session, number=numbers[0], at=AT, once=uuid7()
    )  # the owner's own paper, besides the ballot online
    village.rows["batch"] = ScanBatch.objects.get(compound_id=place.compound.pk, pk=batch.pk)
    village.rows["unread"] = ScanSheet.objects.get(compound_id=place.compound.pk, batch=batch, became="unread").scan
