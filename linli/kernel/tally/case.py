"""A count as it is written in a file (`tally.schema.json`), read strictly: what is malformed is refused with its JSON path."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from ..clock import SHANGHAI
from ..profiles import Profile, profile
from .adding import Silence

PARKING = "parking_space"
MOST = 10**12  # more than all land there is
KINDS = frozenset({"residence", "shop", "office", PARKING, "storage", "other"})


class Choice(StrEnum):
    APPROVE = "approve"
    AGAINST = "against"
    ABSTAIN = "abstain"
    BLANK = "blank"
    DOUBLE = "double"
    FOLLOW_MAJORITY = "follow_majority"


class Channel(StrEnum):
    PAPER = "paper"
    ONLINE = "online"
    MEETING = "meeting"


class Duplicates(StrEnum):
    FIRST = "first_valid_wins"
    LAST = "last_valid_wins"
    PAPER = "paper_wins"
    ONLINE = "online_wins"


class Form(StrEnum):
    PER_CANDIDATE = "per_candidate"
    UP_TO_N = "choose_up_to_N"


class Malformed(ValueError):
    """`path` as $.homes[3].area; the reason in English and without the value, which may name a person."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


@dataclass(frozen=True, slots=True)
class Rules:
    silence: Silence
    duplicates: Duplicates
    count_parking: bool
    follow_majority: bool
    per_home_ballot: bool


class Home(NamedTuple):
    id: str
    kind: str
    area: int
    owners: frozenset[str]
    delivered: bool


class Ballot(NamedTuple):
    """`choices`: by candidate in an election, else one under "". `agents`: who signed in the owner's stead."""

    id: str
    home: str
    owner: str
    choices: Mapping[str, Choice]
    channel: Channel
    at: datetime
    valid: bool
    agents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """Signed by all co-owners of a home together: it settles their party (domain §3.4)."""

    home: str
    choices: Mapping[str, Choice]
    at: datetime


@dataclass(frozen=True, slots=True)
class Objection:
    """Of one co-owner, in writing, to what another says for their home (domain §3.4)."""

    home: str
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proxy:
    """A written authority. Several agents act together unless the paper says severally (Civil Code 166)."""

    owner: str
    agents: frozenset[str]
    severally: bool
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Election:
    """`lots`: candidates in the order drawn in public, where a tie needed it. `least`: fewest members, else the profile's."""

    seats: int
    candidates: tuple[str, ...]
    form: Form
    lots: tuple[str, ...]
    least: int | None


@dataclass(frozen=True, slots=True)
class Case:
    matter_no: int
    profile: Profile
    closes_at: datetime
    rules: Rules
    homes: tuple[Home, ...]
    ballots: tuple[Ballot, ...]
    scope: frozenset[str] | None
    statements: tuple[Statement, ...]
    objections: tuple[Objection, ...]
    proxies: tuple[Proxy, ...]
    election: Election | None


E = TypeVar("E", bound=StrEnum)
_MISSING = object()
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_NAMES: dict[type, str] = {str: "text", bool: "true or false", list: "a list", dict: "an object", int: "a whole number"}


def _get(found: Mapping[str, Any], path: str, key: str, kind: type, default: Any = _MISSING) -> Any:
    value = found.get(key, _MISSING)
    if type(value) is kind:  # JSON knows no subclasses, and true is no number
        return value
    if value is not _MISSING:
        raise Malformed(f"{path}.{key}", f"must be {_NAMES[kind]}")
    if default is _MISSING:
        raise Malformed(f"{path}.{key}", "missing")
    return default


def _words(words: type[E]) -> Mapping[str, E]:
    return {word.value: word for word in words}


SILENCES, CHOICES, CHANNELS = _words(Silence), _words(Choice), _words(Channel)
DUPLICATES, FORMS = _words(Duplicates), _words(Form)


def _word(found: Mapping[str, Any], path: str, key: str, words: Mapping[str, E]) -> E:
    word = words.get(_get(found, path, key, str))
    if word is None:
        raise Malformed(f"{path}.{key}", f"must be one of {', '.join(words)}")
    return word


def _moment(found: Mapping[str, Any], path: str, key: str) -> datetime:
    """In UTC, so that a hundred thousand compare quickly; a moment without an offset is Shanghai's."""
    text = _get(found, path, key, str)
    try:
        at = datetime.fromisoformat(text)
        if text[4:5] != "-" or text[10:11] != "T":  # a day alone, or a week's, says no hour
            raise ValueError
        return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(f"{path}.{key}", "must be a moment like 2026-03-31T18:00:00+08:00") from None


def _is_line(text: str) -> bool:
    return bool(text.strip()) and (text.isprintable() or not _BREAKS.search(text))


def _name(found: Mapping[str, Any], path: str, key: str) -> str:
    value: str = _get(found, path, key, str)
    if not _is_line(value):
        raise Malformed(f"{path}.{key}", "must be one line of text, not empty")
    return value


def _names(found: Mapping[str, Any], path: str, key: str, default: Any = _MISSING) -> tuple[str, ...]:
    values = _get(found, path, key, list, default)
    for n, value in enumerate(values):
        if type(value) is not str or not _is_line(value):
            raise Malformed(f"{path}.{key}[{n}]", "must be one line of text, not empty")
    return tuple(values)


def _rows(found: Mapping[str, Any], key: str, read: Callable[..., Any], *more: Any, default: Any = _MISSING) -> Any:
    made = []
    for n, row in enumerate(_get(found, "$", key, list, default)):
        try:
            if not isinstance(row, dict):
                raise Malformed("", "must be an object")
            made.append(read(row, "", *more))
        except Malformed as no:
            raise Malformed(f"$.{key}[{n}]{no.path}", no.why) from None
    return tuple(made)


def loaded(text: str | bytes) -> dict[str, Any]:
    """Raises Malformed."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("$", "not JSON") from None
    if not isinstance(found, dict):
        raise Malformed("$", "must be an object")
    return found


def read(text: str | bytes) -> Case:
    """Raises Malformed."""
    return case_of(loaded(text))


def case_of(found: Mapping[str, Any]) -> Case:
    matter_no = _get(found, "$", "matter_no", int)
    if not 1 <= matter_no <= 9:
        raise Malformed("$.matter_no", "must be 1 to 9")
    try:
        local = profile(_get(found, "$", "profile", str))
    except KeyError:
        raise Malformed("$.profile", "no such profile") from None
    closes_at = _moment(found, "$", "closes_at")
    rules = _rules(_get(found, "$", "rules", dict))
    homes = _rows(found, "homes", _home)
    known: set[str] = set()
    for n, home in enumerate(homes):
        if home.id in known:
            raise Malformed(f"$.homes[{n}].id", "used before")
        known.add(home.id)
    election = _election(_get(found, "$", "election", dict)) if found.get("election") is not None else None
    if election and matter_no != 3:
        raise Malformed("$.matter_no", "an election is matter 3")
    candidates = election.candidates if election else ()
    scope = _names(found, "$", "scope") if found.get("scope") is not None else None
    for n, id in enumerate(scope or ()):
        if id not in known:
            raise Malformed(f"$.scope[{n}]", "no such home")
    return Case(
        matter_no=matter_no, profile=local, closes_at=closes_at, rules=rules, homes=homes,
        ballots=_rows(found, "ballots", _ballot, candidates), scope=None if scope is None else frozenset(scope),
        statements=_rows(found, "joint_statements", _statement, candidates, default=()),
        objections=_rows(found, "objections", _objection, default=()), proxies=_rows(found, "proxies", _proxy, default=()),
        election=election,
    )  # fmt: skip


def _rules(found: Mapping[str, Any]) -> Rules:
    path = "$.rules"
    return Rules(
        silence=_word(found, path, "silence_mode", SILENCES),
        duplicates=_word(found, path, "duplicate_rule", DUPLICATES),
        count_parking=_get(found, path, "count_parking", bool),
        follow_majority=_get(found, path, "follow_majority", bool, True),
        per_home_ballot=_get(found, path, "per_home_ballot", bool, False),
    )


def _home(found: Mapping[str, Any], path: str) -> Home:
    area = _get(found, path, "area", int)
    if not 0 < area <= MOST:
        raise Malformed(f"{path}.area", f"must be above 0 and at most {MOST}, in 0.01 m²")
    kind = _get(found, path, "kind", str)
    if kind not in KINDS:
        raise Malformed(f"{path}.kind", f"must be one of {', '.join(sorted(KINDS))}")
    owners = frozenset(_names(found, path, "owners"))
    return Home(_name(found, path, "id"), kind, area, owners, _get(found, path, "delivered", bool))


def _ballot(found: Mapping[str, Any], path: str, candidates: Collection[str]) -> Ballot:
    return Ballot(
        id=_name(found, path, "id"), home=_name(found, path, "home"), owner=_name(found, path, "owner"),
        choices=_choices(found, path, candidates), channel=_word(found, path, "channel", CHANNELS), at=_moment(found, path, "at"),
        valid=_get(found, path, "valid", bool), agents=_names(found, path, "agents", ()),
    )  # fmt: skip


def _choices(found: Mapping[str, Any], path: str, candidates: Collection[str]) -> Mapping[str, Choice]:
    if not candidates:
        return {"": _word(found, path, "choice", CHOICES)}
    key = "choice" if "choice" in found and "choices" not in found else "choices"
    given = _get(found, path, key, dict)
    for name in given:
        if name not in candidates:
            raise Malformed(f"{path}.{key}.{name}", "no such candidate")
    return {name: _word(given, f"{path}.{key}", name, CHOICES) for name in given}


def _statement(found: Mapping[str, Any], path: str, candidates: Collection[str]) -> Statement:
    return Statement(_name(found, path, "home"), _choices(found, path, candidates), _moment(found, path, "at"))


def _objection(found: Mapping[str, Any], path: str) -> Objection:
    return Objection(_name(found, path, "home"), _name(found, path, "owner"), _moment(found, path, "at"))


def _proxy(found: Mapping[str, Any], path: str) -> Proxy:
    agents = frozenset(_names(found, path, "agents"))
    if not agents:
        raise Malformed(f"{path}.agents", "must name somebody")
    return Proxy(
        owner=_name(found, path, "owner"), agents=agents, severally=_get(found, path, "severally", bool, False),
        registered_at=_moment(found, path, "registered_at"),
    )  # fmt: skip


def _election(found: Mapping[str, Any]) -> Election:
    path = "$.election"
    seats = _get(found, path, "seats", int)
    if seats < 1:
        raise Malformed(f"{path}.seats", "must be at least 1")
    candidates = _names(found, path, "candidates")
    if not candidates:
        raise Malformed(f"{path}.candidates", "must name somebody")
    lots = _names(found, path, "lots", ())
    for key, names in (("candidates", candidates), ("lots", lots)):
        for n, name in enumerate(names):
            if name in names[:n]:
                raise Malformed(f"{path}.{key}[{n}]", "named before")
            if name not in candidates:
                raise Malformed(f"{path}.{key}[{n}]", "no such candidate")
    least = _get(found, path, "least", int) if found.get("least") is not None else None
    if least is not None and least < 1:
        raise Malformed(f"{path}.least", "must be at least 1")
    return Election(seats, candidates, _word(found, path, "form", FORMS), lots, least)
