"""One function per kind of cell: the value it means, or a sentence that tells what to put right.

Nothing here knows of rows, columns or the database.
"""

from linli.kernel.rosters.text import NUMERAL

from .base import AREA_SOURCES, HOME_KINDS, NO_ENTRANCE, Cleaned, Identity, Label, Phone, Place
from .figures import area, area_source, count, date, occupied, relation, usage, words, year, yes_no
from .people import DIGITS_LOST, identity_numbers, is_company, names, phones
from .places import building_key, entrance_key, floor, is_range, order_of, place, room_no

__all__ = [
    "AREA_SOURCES", "DIGITS_LOST", "HOME_KINDS", "NO_ENTRANCE", "NUMERAL", "Cleaned", "Identity", "Label", "Phone",
    "Place", "area", "area_source", "building_key", "count", "date", "entrance_key", "floor", "identity_numbers",
    "is_company", "is_range", "names", "occupied", "order_of", "phones", "place", "relation", "room_no", "usage",
    "words", "year", "yes_no",
]  # fmt: skip
