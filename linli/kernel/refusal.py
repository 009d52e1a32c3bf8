"""A no with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """What rules answer instead of a value: a stable key, a Chinese sentence, the article if any."""

    key: str
    sentence: str
    article: str = ""

    def __str__(self) -> str:
        return self.sentence


class Refused(Exception):
    """Raised by services; `field` names the form field that the refusal is about, if one is."""

    def __init__(self, refusal: Refusal, field: str = "") -> None:
        super().__init__(refusal, field)
        self.refusal = refusal
        self.field = field

    def __str__(self) -> str:
        return self.refusal.sentence
