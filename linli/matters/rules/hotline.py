"""What of a hotline's order may be shown, when its own clock warns, and when many calls are one topic (domain §4.7)."""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from linli.kernel.clock import Calendar, Span, deadline
from linli.kernel.masks import scrub
from linli.kernel.rosters.orders import Order

from . import times
from .advice import by_keywords
from .categories import USUAL
from .publicity import KEPT_INSIDE, public_words

LIMIT = Span.working_days(5)
LEAST_SAME = 6  # letters
ONE_OF_A_BUILDING = frozenset({"0105", "0106", "0107", "0201", "0202", "0203", "0204", "0206", "0207"})
TOPIC_ORDERS, TOPIC_WINDOW = 3, timedelta(days=30)
HIDDEN = "[来电人]"
KEEP_CALLER = timedelta(days=730)
# A list that was looked at and neither taken in nor dropped [D].
KEEP_LIST = timedelta(days=30)
_BUILDING = re.compile(r"^第?[\dA-Za-z一二三四五六七八九十]{1,4}\s*(?:号楼|栋|幢|座|#楼?)")
_ENTRANCE = re.compile(r"[\d一二三四五六七八九十甲乙丙丁]{1,2}(?=单元)")
# 王女士, 李老师: who asks for secrecy is not known by a surname either.
_CALLED = re.compile(r"[\u4e00-\u9fff](?=先生|女士|小姐|师傅|老师|阿姨|大爷|大妈|奶奶|爷爷|同志)")


def without_caller(text: str, *, caller: str, phone: str, home: str, secret: bool) -> str:
    """The words of an order for those who handle it: nobody there needs the caller's name, number or home."""
    for piece in sorted({caller, home, *re.split(r"[、/,，;；\s]+", phone)}, key=len, reverse=True):
        if len(piece) > 1:
            text = text.replace(piece, HIDDEN)
    text = scrub(text)
    return _CALLED.sub("某", public_words(text)) if secret else text


def place_without(place: str, *, caller: str, phone: str, home: str, secret: bool) -> str:
    """Where it happened; nothing of it where that is the caller's home."""
    shown = without_caller(place, caller=caller, phone=phone, home=home, secret=secret)
    return "" if HIDDEN in shown else shown


def shown(order: Order) -> tuple[str, str]:
    """Its words and its place, without the caller."""
    who: dict[str, Any] = {"caller": order.caller, "phone": order.phone, "home": order.home, "secret": order.secret}
    return without_caller(order.words, **who), place_without(order.place, **who)


class Key(NamedTuple):
    """A subject as "words" or as a "thing". `place` inside the building, "" where none is named."""

    kind: str
    building: str
    what: str
    place: str


def keys_of(order: Order, building: str) -> list[Key]:
    """`building`: the one it names, if the compound has it."""
    words, place = shown(order)
    return subjects(words, building, place)


def subjects(words: str, building: str, place: str = "") -> list[Key]:
    """What an order is surely about, the surest first: the same words at the same place; or one thing that a building has
    once at each entrance (the lift, the water, the power). Others only look alike: a clerk says (domain §4.7)."""
    plain = _plain(words)
    named = _plain(_BUILDING.sub("", unicodedata.normalize("NFKC", place).strip()))
    keys = [Key("words", building, plain, named)] if len(plain) >= LEAST_SAME else []
    advised = by_keywords(words, USUAL) if building else None
    if advised is None or advised.category not in ONE_OF_A_BUILDING:
        return keys
    entrance = _ENTRANCE.search(f"{place} {words}")
    return [*keys, Key("thing", building, advised.category, entrance.group() if entrance else "")]


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text)).lower()


def due(received_at: datetime, calendar: Calendar) -> datetime:
    """Where the order names no limit of its own."""
    return deadline(received_at, LIMIT, calendar)


def plan(start: datetime, due_at: datetime, calendar: Calendar) -> times.Plan:
    """Half of the working time between, four fifths, the end, and a working day after it."""
    return times.around(start, due_at, LIMIT, calendar)


def is_topic(received: list[datetime], category: str) -> bool:
    """Care and quarrels are nobody's topic, however many call."""
    if not received or category.startswith(KEPT_INSIDE):
        return False
    return sum(at >= max(received) - TOPIC_WINDOW for at in received) >= TOPIC_ORDERS
