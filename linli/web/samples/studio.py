"""Draws the stand-in photos ahead, in a process of its own, which knows nothing of the models."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from types import TracebackType
from typing import Self

import django

from linli.plumbing import images

from . import photos
from .steps import CompoundPlan, Photo

Drawn = tuple[bytes, images.Photo]


def draw(photo: Photo) -> Drawn:
    original = photos.jpeg(photos.draw(*photo))
    return original, images.photo(original)


def wanted(plans: Iterable[CompoundPlan]) -> list[Photo]:
    return list(
        dict.fromkeys(p for plan in plans for m in plan.matters for s in m.steps for p in s.data.get("photos", ()))
    )


class Studio:
    """Draws ahead in one process of its own, where the machine lets it; otherwise when asked."""

    def __init__(self, plans: Iterable[CompoundPlan], ahead: bool = True):
        self._pool: ProcessPoolExecutor | None = None
        self._drawn: dict[Photo, Callable[[], Drawn]] = {p: partial(draw, p) for p in wanted(plans)}
        if ahead:
            self._begin()

    def _begin(self) -> None:
        try:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=django.setup)
            futures: dict[Photo, Future[Drawn]] = {p: self._pool.submit(draw, p) for p in self._drawn}
        except (OSError, ImportError):  # no semaphores here
            return
        self._drawn = {p: f.result for p, f in futures.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def __getitem__(self, photo: Photo) -> Drawn:
        found = self._drawn[photo]()
        self._drawn[photo] = lambda: found
        return found
