"""What somebody said, as it is compared and counted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    id: str
    title: str
    text: str
    day: int = 0  # ordinal; 0 where it is not known
    author: str = ""
