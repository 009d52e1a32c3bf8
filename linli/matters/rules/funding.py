"""Money held by somebody else (domain §4.6, M40): what may be entered, and what the entries add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.refusal import Refusal

from .whistles import NEEDS


class Money(StrEnum):
    """What happens with a funding request, each an entry with its day."""

    SENT = "sent"
    GOT = "got"
    DECIDED = "decided"
    RELEASED = "released"
    RECEIPT = "receipt"
    ACCEPTED = "accepted"
    ASKED = "asked"  # another sum than the request said


MONEY = {
    Money.SENT: "送出文书",
    Money.GOT: "收到文书",
    Money.DECIDED: "对方决定",
    Money.RELEASED: "钱拨出来了",
    Money.RECEIPT: "花了，有票",
    Money.ACCEPTED: "工程验收",
    Money.ASKED: "更正要的数",
}
DECISIONS = {"granted": "同意", "partly": "同意一部分", "refused": "不同意"}


@dataclass(frozen=True)
class Funds:
    """What the entries add up to, in fen."""

    asked: int
    granted: int = 0
    released: int = 0
    spent: int = 0
    decision: str = ""


def add_up(asked: int, entries: Iterable[tuple[str, int | None, str]]) -> Funds:
    """(kind, fen, decision), in the order of their days, corrected ones left out. The last sum asked and the last decision hold."""
    granted = released = spent = 0
    decision = ""
    for kind, fen, decided in entries:
        if kind == Money.DECIDED:
            decision, granted = decided, (fen or 0) if decided != "refused" else 0
        asked = fen or asked if kind == Money.ASKED else asked
        released += (fen or 0) if kind == Money.RELEASED else 0
        spent += (fen or 0) if kind == Money.RECEIPT else 0
    return Funds(asked, granted, released, spent, decision)


def unsound(funds: Funds, kind: str) -> tuple[str, Refusal] | None:
    """(field, refusal) if the entries with the new one of `kind` among them do not hold together."""
    if funds.granted > funds.asked:
        return "fen", Refusal("more_than_asked", "同意的比要的多，请再看看数字")
    if funds.released > funds.granted:
        return "fen", Refusal("more_than_granted", "拨出来的不能比同意的多，先记对方的决定")
    if funds.spent > funds.released:
        return "fen", Refusal("more_than_released", "花的不能比拨出来的多")
    if kind == Money.ACCEPTED and not funds.released:
        return "kind", Refusal("no_money_yet", "钱还没拨出来，不能验收")
    if kind == Money.DECIDED and funds.decision not in DECISIONS:
        return "decision", Refusal("no_decision", "请选对方同意不同意")
    if kind == Money.DECIDED and funds.decision != "refused" and not funds.granted:
        return "fen", Refusal("no_amount", NEEDS["fen"])
    return None
