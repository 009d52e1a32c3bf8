"""A run of checked rows as the database keeps it: small, and sealed, for it holds identity numbers."""

import base64
import json
import zlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from linli.people.models import RosterChunk
from linli.plumbing import vault

ROWS = 1000

# What one row says, under short names because there are 100,000 of them:
# s sheet, n number in the file, st what became of it, p place in words, q names in words,
# h homes, o people, b building, x further columns, sx sensitive columns (the cleaned cells; see `reading.clean_row`),
# c changes, e reasons, w warnings, raw the cells as they stand in the file (only of rows not taken).
Rec = dict[str, Any]
# The order of a home's values in `h`, after the four names of its place and its room.
HOME_FIELDS = (
    "floor", "kind", "building_area", "inner_area", "shared_area", "area_source", "title_no", "delivered_on",
    "occupied",
)  # fmt: skip


def pack(data: Any) -> bytes:
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return vault.seal(base64.b64encode(zlib.compress(plain, 1)).decode())


def unpack(sealed: bytes | memoryview | None) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(vault.unseal(sealed)))) if sealed else []


def each(compound_id: UUID, roster_id: UUID) -> Iterator[tuple[int, list[Rec]]]:
    """(position, rows) in the order of the file, one chunk in memory at a time."""
    chunks = RosterChunk.objects.filter(compound_id=compound_id, roster_id=roster_id)
    for position in list(chunks.order_by("position").values_list("position", flat=True)):
        yield position, unpack(chunks.values_list("rows", flat=True).get(position=position))
