"""Which compound the running code works in. A request's is set from its address, a job's with `compound_scope`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_scope: ContextVar[UUID | None] = ContextVar("compound", default=None)
_unscoped: ContextVar[str] = ContextVar("unscoped", default="")


def current_compound_id() -> UUID | None:
    return _scope.get()


def unscoped_reason() -> str:
    return _unscoped.get()


@contextmanager
def compound_scope(compound_id: UUID) -> Iterator[None]:
    token = _scope.set(compound_id)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """Crossing compounds is a named act: due clocks, the message queue, a region's numbers, an account's own places."""
    if not reason:
        raise ValueError("crossing compounds needs a reason")
    scope, why = _scope.set(None), _unscoped.set(reason)
    try:
        yield
    finally:
        _scope.reset(scope)
        _unscoped.reset(why)
