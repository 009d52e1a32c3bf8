"""Tracebacks without what the error says: a database or a supplier puts names and numbers into its message."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from structlog import DropEvent

Problem = tuple[type[BaseException], BaseException, TracebackType | None]


def where(problem: Problem | tuple[None, None, None]) -> str:
    """Type and places of an error, the chain that led to it included; never its words."""
    lines: list[str] = []
    error: BaseException | None = problem[1]
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        lines += [type(error).__qualname__, *(f"  {f.filename}:{f.lineno} {f.name}" for f in frames)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)


def place_of_error(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog, in the stead of its own formatting of errors."""
    problem = event.pop("exc_info", None)
    if problem is True:
        problem = sys.exc_info()
    elif isinstance(problem, BaseException):
        problem = (type(problem), problem, problem.__traceback__)
    if problem and problem[1] is not None:
        event["exception"] = where(problem)
    return event


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def as_json(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """For structlog, last: the event as one line."""
    return _encode(event) + "\n"


_hushed: set[str] = set()


@contextmanager
def hushed(name: str) -> Iterator[None]:
    """Nothing from this logger meanwhile."""
    _hushed.add(name)
    try:
        yield
    finally:
        _hushed.discard(name)


def heard(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog, first."""
    if logger.name in _hushed:
        raise DropEvent
    return event


class Lines:
    """A logger under structlog: each line in one write, so that threads do not mix."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        sys.stderr.write(line)

    debug = info = warning = error = critical = msg


# Their words hold the address, and an address may hold a link that opens to whoever has it.
_ADDRESSED = ("django.request", "django.security")


class StandardFormatter(logging.Formatter):
    """For the standard library's loggers, Django's among them: a line of JSON like ours, without addresses and an error's words."""

    def format(self, record: logging.LogRecord) -> str:
        told = not record.name.startswith(_ADDRESSED)
        line = {
            "event": record.getMessage() if told else "answer",
            "logger": record.name,
            "level": record.levelname.lower(),
        }
        if status := getattr(record, "status_code", None):
            line["status"] = status
        if record.exc_info:
            line["exception"] = where(record.exc_info)
        return _encode(line)
