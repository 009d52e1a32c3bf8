"""A no with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """What rules answer instead of a value: a stable key, a Chinese sentence, the article if any.

    `values` fill the sentence's %(…)s, so that it can be translated before.
    """

    key: str
    sentence: str
    article: str = ""
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


class Refused(Exception):
    """Raised by services; `field` names the form field that the refusal is about, if one is."""

    def __init__(self, refusal: Refusal, field: str = "") -> None:
        super().__init__(refusal, field)
        self.refusal = refusal
        self.field = field

    def __str__(self) -> str:
        return str(self.refusal)


def ask(no: Refusal | None, field: str = "") -> None:
    """Raises Refused if the rules said no."""
    if no:
        raise Refused(no, field)


def written(text: str, field: str, most: int) -> str:
    """The words that an act needs, without blanks around. Raises Refused."""
    text = text.strip()
    if not text:
        raise Refused(Refusal("no_words", "这里要写"), field)
    if len(text) > most:
        raise Refused(Refusal("too_many_words", "最多写 %(n)s 个字", values={"n": most}), field)
    return text
