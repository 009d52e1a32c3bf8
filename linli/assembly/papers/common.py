"""What several papers say in the same words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from linli.kernel.clock import SHANGHAI
from linli.kernel.tally.adding import Silence
from linli.kernel.tally.case import Duplicates
from linli.kernel.tally.settling import RULE_WORDS
from linli.kernel.tally.sheet import area
from linli.kernel.tally.thresholds import SPECIAL, Weight

SILENCE = {
    Silence.NOT_COUNTED: "没有交回的票，不计入参与表决的人数和面积。",
    Silence.JOINS_AFTER_QUORUM: "按《业主大会议事规则》，参与表决达到法定比例后，票已送达、到截止没有交回的，计入多数意见。",
    Silence.DELIVERY_IS_PARTICIPATION: "按《业主大会议事规则》，票已送达、到截止没有交回的，算作参与表决，并计入多数意见。",
}
PASSES = {True: "四分之三以上通过", False: "过半数通过"}
NUMERALS = "零一二三四五六七八九十"
HAND = ""  # left for a pen


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What ties a sheet to its register: on every sheet after the register is frozen. `area` in 0.01 m²."""

    fingerprint: str
    persons: int
    area: int

    @property
    def lines(self) -> tuple[str, str]:
        """In two, for a narrow foot."""
        return f"名册指纹 {short(self.fingerprint)}", f"{self.persons:,} 人　{square(self.area)}"


def short(fingerprint: str) -> str:
    """The first twelve figures in groups of four: enough to compare by eye."""
    figures = fingerprint[:12].upper()
    return "-".join(figures[i : i + 4] for i in range(0, len(figures), 4))


def whole(fingerprint: str) -> str:
    return " ".join(fingerprint[i : i + 8] for i in range(0, len(fingerprint), 8))


def foot(mark: Mark | None, *more: str) -> tuple[str, ...]:
    return tuple(line for line in (*(mark.lines if mark else ()), *more) if line)


def square(hundredths: int) -> str:
    return f"{area(hundredths)} 平方米"


def weight(found: Weight) -> str:
    return f"{found.persons:,} 人，{square(found.area)}"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{day(local.date())} {local.hour}:{local.minute:02d}"


def numeral(number: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens]}十") + (
        NUMERALS[ones] if ones or not tens else ""
    )


def term(number: int | None) -> str:
    return f"第{numeral(number)}届" if number else ""


def wanted(term: str, seats: int) -> str:
    """How many an election chooses, and of which term."""
    return f"{term}，应选 {seats} 名" if term else f"应选 {seats} 名"


def repeats(rule: Duplicates) -> str:
    """One owner's several ballots; co-owners who differ are no repetition (domain §3.4)."""
    return f"同一位业主投了几张的，{RULE_WORDS[rule]}。共有人投得不一样或者有一位截止前书面异议、又没有共同声明的，这一户这项无效。"


def alone(only: str) -> str:
    return f"只由{only}的业主表决" if only else ""


def passes(matter_no: int) -> str:
    """Of those taking part, by area and by persons."""
    return PASSES[matter_no in SPECIAL]


def listed(names: Iterable[str]) -> str:
    return "、".join(name for name in names if name)


def ended(text: str) -> str:
    """With a full stop, once."""
    return text if not text or text[-1] in "。！？；：" else f"{text}。"
