"""One act is one transaction, and what it does step by step to counts and to people is done once, at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, transaction

T = TypeVar("T")
Ends = dict[Callable[[list[Any]], None], list[Any]]
_ends: ContextVar[Ends | None] = ContextVar("ends", default=None)


@contextmanager
def one_act() -> Iterator[None]:
    """A transaction that ends with all that was put off inside it: each kind together, always in the same order.

    So two acts at the same moment do not take the same counts in opposite order and wait for each other for ever. Inside
    another it is a part of that one; what a part put off that failed is forgotten with it.
    """
    outer, mine = _ends.get(), Ends()
    with transaction.atomic():
        token = _ends.set(mine)
        try:
            yield
        finally:
            _ends.reset(token)
        if outer is not None:
            for write, things in mine.items():
                outer.setdefault(write, []).extend(things)
            return
        for write in sorted(mine, key=lambda one: (one.__module__, one.__qualname__)):
            write(mine[write])


def at_end(write: Callable[[list[T]], None], thing: T) -> None:
    """Of one act all things of a kind are written together; outside of one each at once."""
    held = _ends.get()
    if held is None:
        write([thing])
    else:
        held.setdefault(write, []).append(thing)


def of_one_moment() -> None:
    """From here to the end of the transaction everything is read as it stood at one moment."""
    # SQLite's transaction is one moment as it is. Inside another transaction (a test) it is too late to ask.
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
