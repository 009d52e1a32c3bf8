"""Whether who asks to be bound is who the register knows."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from linli.kernel.refusal import Refusal


def same_name(one: str, other: str) -> bool:
    """Alike but for spaces, dots and width."""
    return _bare(one) == _bare(other) != ""


def _bare(name: str) -> str:
    return re.sub(r"[\s·•・.]", "", unicodedata.normalize("NFKC", name)).casefold()


class Agrees(NamedTuple):
    """How somebody of the register compares with who asks to be bound; `phone` is None where none is registered."""

    name: bool
    phone: bool | None

    @property
    def wholly(self) -> bool:
        return self.name and bool(self.phone)


def agrees(*, asked: str, number: str, name: str, phones: Iterable[str]) -> Agrees:
    known = [phone for phone in phones if phone]
    return Agrees(same_name(asked, name), number in known if known else None)


def may_confirm(*, by_account: object, asker: object) -> Refusal | None:
    """Nobody vouches for oneself."""
    return Refusal("own_request", "自己的申请要由别人核对") if by_account == asker else None
