"""What others may hear, and what is asked of the contexts above."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.dispatch import Signal

from linli.plumbing.acts import Actor

# Somebody is to be told something: an account (account_id), or a person of the register without one (person). Arguments: compound_id, kind, title, body,
# subject_kind, subject_id, key (names the event: the same event never tells the same account twice), at;
# number, where the thing has a page of its own.
told = Signal()

# A body is about to end; whoever has work of its own with it raises Refused, or gives it to another. Arguments: body,
# compound_ids, by, at.
ending = Signal()

# A body sits no more, though its organisation stays: another was elected in its place, or its term is over. Whoever keeps orders of its
# own gives them to who sits now. Arguments: body, by, at.
succeeded = Signal()

# What is kept of an account in a compound. Arguments: compound, account_id, now. Each context answers with sheets.Table rows.
kept = Signal()

# A post was ended before its day; whoever has work by name of it gives it back to its body. Arguments: post, by, at.
left = Signal()

# How much a body has in hand. Arguments: body. Whoever has work with it answers with a number.
in_hand = Signal()

# Whether something open is in somebody's hands now, so that they may call that person for it. Arguments: person (whose number it is), number, by.
# Whoever has things of that number answers yes or no.
is_case = Signal()

# What a body has in hand is another's from now on. Arguments: old, new, by, at. Whoever has work with it moves it and answers with how much.
handing_on = Signal()

# An account now speaks for a person in a home. Arguments: compound_id, account_id, person_id, home_id, by, at,
# instead_of (the account that spoke for them before and no longer does anywhere, or None), moved_from (the one that did in this home, or None).
bound = Signal()


class File(NamedTuple):
    """`persons`: whose number is in it."""

    data: bytes
    persons: frozenset[UUID]


@dataclass(frozen=True)
class Listing:
    """A list that may leave with whole names and numbers once two have agreed. `params` cleaned; `note` which part of
    it, `holds` which data; `size` how many homes now, `rows` their keys; `open_to`: who works with it anyhow;
    `make(rows=, by=, at=, mark=)`: the file of these homes alone, raises Refused."""

    title: str
    note: str
    holds: str
    href: str
    size: int
    rows: Callable[[], Sequence[UUID]]
    params: Mapping[str, str]
    open_to: Callable[[Actor], bool]
    make: Callable[..., File]


# What a list by this name is. Arguments: compound, kind, params (as they came in an address). The one context that
# knows the kind answers with a Listing, or None where there is none.
listing = Signal()
