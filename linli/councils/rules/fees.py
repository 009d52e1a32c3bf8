"""Half years for which each member's own payments are published (北京市物业管理条例第四十四条)."""

from datetime import date
from typing import NamedTuple

ARTICLE = "北京市物业管理条例第四十四条"
SOURCE_MOST = 120


class Half(NamedTuple):
    year: int
    half: int

    @property
    def end(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)


def last_half(today: date) -> Half:
    """The last that is over."""
    return Half(today.year, 1) if today.month > 6 else Half(today.year - 1, 2)
