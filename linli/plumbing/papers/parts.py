"""What a sheet of paper is made of. The words are written once; print, screen and spreadsheet are drawn from the same parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple


class Look(StrEnum):
    """A letter keeps the proportions of GB/T 9704-2012; a form gives room to tables; wide is a form on its side; large is for weak eyes."""

    LETTER = "letter"
    FORM = "form"
    WIDE = "wide"
    LARGE = "large"


class Role(StrEnum):
    BODY = "body"  # first line two characters in
    FLUSH = "flush"
    CENTRE = "centre"
    HEADING = "heading"  # 一、
    SUBHEADING = "subheading"  # （一）
    NOTE = "note"
    LABEL = "label"  # over a table of a form


class Strong(NamedTuple):
    """What nobody may overlook."""

    strong: str


Runs = str | tuple["str | Strong", ...]


@dataclass(frozen=True, slots=True)
class Words:
    kind: ClassVar[str] = "words"
    text: Runs
    role: Role = Role.BODY


@dataclass(frozen=True, slots=True)
class Cell:
    """`small` stands under the text; `tick` is a box for a pen; `across` more than one column."""

    kind: ClassVar[str] = "cell"
    text: Runs = ""
    small: str = ""
    tick: bool = False
    across: int = 1


TICK = Cell(tick=True)


@dataclass(frozen=True, slots=True)
class Grid:
    """`widths` are shares of the width; `left` names the columns that are not centred, `right` those of figures; `room` in mm is for a pen.

    `name` makes it a sheet of the spreadsheet.
    """

    kind: ClassVar[str] = "grid"
    headers: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    widths: Sequence[int] = ()
    left: Sequence[int] = ()
    right: Sequence[int] = ()
    room: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels with their values, some of them to be filled in by hand; `columns` pairs to a line, `widths` the shares of each label and value."""

    kind: ClassVar[str] = "fields"
    pairs: Sequence[tuple[str, str | Cell]]
    columns: int = 2
    room: int = 0
    widths: Sequence[int] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """Numbered, small."""

    kind: ClassVar[str] = "notes"
    items: Sequence[Runs]


@dataclass(frozen=True, slots=True)
class Lines:
    """To be signed on."""

    kind: ClassVar[str] = "lines"
    labels: Sequence[str]
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Ending:
    """Who speaks, and when: the seal goes over the date."""

    kind: ClassVar[str] = "ending"
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Tear:
    """A dashed line at the foot of the sheet; what follows is torn off."""

    kind: ClassVar[str] = "tear"
    words: str


@dataclass(frozen=True, slots=True)
class Code:
    """To be typed or scanned: the text as it is, and the same for a camera."""

    kind: ClassVar[str] = "code"
    text: str


Part = Words | Grid | Fields | Notes | Lines | Ending | Tear | Code


@dataclass(frozen=True, slots=True)
class Paper:
    """`number` (what it is called, and itself) and `link`, for a camera, stand at the head of a form that has a number, else at the foot."""

    title: str
    parts: Sequence[Part]
    look: Look = Look.FORM
    under: Runs = ""
    number: tuple[str, str] | None = None
    link: str = ""
    foot: Sequence[str] = ()
    heads: Sequence[str] = ()  # above the title, small: the document's number


def plain(runs: Runs) -> str:
    return runs if isinstance(runs, str) else "".join(one if isinstance(one, str) else one.strong for one in runs)
