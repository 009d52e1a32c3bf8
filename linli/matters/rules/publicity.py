"""What everybody may read of a matter: words without numbers, names of homes or plates; places no nearer than the building."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from linli.kernel.masks import scrub

# Care and quarrels between neighbours stay off the public page even without their words.
KEPT_INSIDE = ("08", "14")
TITLE_MOST = 80

_ROOM = r"\d{3,4}"
_HOME = re.compile(
    rf"""
      (?P<building>\d+\s*[栋幢座]|\d+\s*号楼)\s*(?P<entrance>\d+\s*单元)?\s*[-－—]?\s*{_ROOM}\s*(?:室|号房|号|房|户)?(?!\d|\s*[元天小时分钟平米㎡度])
    | (?<!\d)\d{{1,2}}\s*[-－—/]\s*(?:\d{{1,2}}\s*[-－—/]\s*)?{_ROOM}(?!\d)
    | (?P<unit>\d+\s*单元)\s*{_ROOM}\s*(?:室|号房|号|房|户)?(?!\d)
    | (?<!\d){_ROOM}\s*(?:室|号房|房|户|住户|业主|家)
    """,
    re.VERBOSE,
)


def _without_room(found: re.Match[str]) -> str:
    kept = (found["building"] or "") + (found["unit"] or "")
    return kept or "某户"


def public_words(text: str) -> str:
    return _HOME.sub(_without_room, scrub(text))


def without(text: str, names: Iterable[str]) -> str:
    """The longest first: of 王建国 nothing is left over where 王建 is known too."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "某人")
    return text


def public_name(public_title: str, titled_at: datetime | None, kind: str) -> str:
    """As the desk put it; until then what kind of thing it is."""
    return (public_title if titled_at else "") or kind


class Raised(Protocol):
    category: str
    privacy: str
    caller_secret: bool


def is_public(matter: Raised) -> bool:
    """Whether it may be spoken of in public, and would stand on the public page once it is fixed."""
    return matter.privacy == "normal" and not matter.caller_secret and matter.category[:2] not in KEPT_INSIDE
