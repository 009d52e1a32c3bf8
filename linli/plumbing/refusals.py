"""A verb tried in a view; what it refuses is said where the person looks.

with refusals_beside(form):
    services.end_post(…)
    return redirect(…)
return render(…)
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest

from linli.kernel.refusal import Refused

from .labels import said


class Refusable(Protocol):
    def refuse(self, no: Refused, /) -> None: ...


class _Refusals(AbstractContextManager[None, bool]):
    def __init__(self, say: Callable[[Refused], None]) -> None:
        self._say = say

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(raised, Refused):
            return False
        self._say(raised)
        return True


def refusals_beside(form: Refusable) -> AbstractContextManager[None, bool]:
    """At the field, with everything typed kept."""
    return _Refusals(form.refuse)


def refusals_above(request: HttpRequest) -> AbstractContextManager[None, bool]:
    """At the head of the page that is shown next: for a button without a form."""
    return _Refusals(lambda no: messages.error(request, said(no.refusal)))
