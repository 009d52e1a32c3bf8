"""The Chinese labels and refusals of pure rules, said in the reader's language where they are shown."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from linli.kernel.refusal import Refusal


def label(words: str) -> str:
    return gettext(words)


class Labels(Mapping[str, str]):
    """A table of the rules, each label translated when it is asked for."""

    def __init__(self, table: Mapping[Any, str]) -> None:
        self._table = table

    def __getitem__(self, key: str) -> str:
        return label(self._table[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def choices(self, keys: Iterable[str] | None = None) -> list[tuple[str, Any]]:
        """For a form's field, which is made once for every language."""
        return [(str(key), self.lazy(key)) for key in (self._table if keys is None else keys)]

    def lazy(self, key: str) -> Any:
        return gettext_lazy(self._table[key])


def said(no: Refusal) -> str:
    """The sentence, its numbers put in after it is translated."""
    sentence = label(no.sentence)
    return sentence % no.values if no.values else sentence


def article(no: Refusal) -> str:
    return label(no.article)
