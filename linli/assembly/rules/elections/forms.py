"""From door to door, and the count of the forms: neither carried nor read by a candidate (domain §3.13)."""

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum

from linli.kernel.refusal import Refusal

from .states import by_another


def may_start(*, until: date, today: date, open_objections: int, changed: bool) -> Refusal | None:
    if changed:
        return Refusal("changed", "候选人有变动，先重新公布名单")
    if today <= until:
        return Refusal("listed", "名单公示到 %(until)s，过了才能上门划票", values={"until": until})
    if open_objections:
        return Refusal("objections", "还有 %(n)s 条异议没答复", values={"n": open_objections})
    return None


# ── from door to door ───────────────────────────────────────────────────────────────────────────────────────────────

FORM_KINDS = ("residence", "shop", "office", "other")


class Form(StrEnum):
    PRINTED = "printed"
    OUT = "out"
    RETURNED = "returned"
    REFUSED = "refused"
    ABSENT = "absent"


FORMS = {
    Form.PRINTED: "还没送",
    Form.OUT: "送到了",
    Form.RETURNED: "收回了",
    Form.REFUSED: "不填",
    Form.ABSENT: "没人在",
}
# A home that was out may be called on again.
FORM_MOVES = {
    Form.PRINTED: (Form.OUT, Form.RETURNED, Form.REFUSED, Form.ABSENT),
    Form.ABSENT: (Form.OUT, Form.RETURNED, Form.REFUSED, Form.ABSENT),
    Form.OUT: (Form.RETURNED, Form.REFUSED),
    Form.RETURNED: (),
    Form.REFUSED: (),
}


def touches(*, stands: bool, has_read: bool) -> Refusal | None:
    """Who puts a form right has no part in what is ticked on it, and does not know it."""
    if stands:
        return Refusal("stands", "候选人不能改划票表")
    return Refusal("has_read", "这一张您录过，看过划了谁，要没看过的人来改") if has_read else None


def may_correct(*, now: str, to: str, put: bool) -> tuple[Refusal, str] | None:
    """What nobody moves any more at the door was written down wrongly: it is put right by two, with a reason."""
    if now not in FORMS or FORM_MOVES[Form(now)]:
        return Refusal("open", "这一张还没收，直接改就行"), ""
    if put:
        return Refusal("put", "这一张已经有人提出更正了，先办那一条"), ""
    if to not in FORMS or to in {now, Form.PRINTED}:
        return Refusal("no_state", "选一个"), "state"
    return None


def may_agree(*, put: bool, same_state: bool, agrees: bool, by_same: bool) -> Refusal | None:
    """`same_state`: what he read is what is put still. That it is not so whoever put it says, too."""
    if put and not same_state:
        return Refusal("changed", "提出的更正换了，重新打开看一下")
    return by_another(Refusal("not_put", "还没有人提出更正"), put=put, by_same=agrees and by_same)


def carriers(first: str, second: str, candidates: Collection[str]) -> tuple[Refusal, str] | None:
    if first == second:
        return Refusal("one_carrier", "两个人一起上门，写两个名字"), "second"
    for field, name in (("first", first), ("second", second)):
        if name in candidates:
            return Refusal("carrier_stands", "候选人不能送票：%(name)s", values={"name": name}), field
    return None


def may_read(*, readings: int, by_same: bool, stands: bool) -> Refusal | None:
    """Two people, each once, neither a candidate."""
    if stands:
        return Refusal("stands", "候选人不能录票")
    if by_same:
        return Refusal("same_clerk", "这一张您录过了，要另一个人录第二遍")
    if readings >= 2:
        return Refusal("read_twice", "这一张已经录了两遍")
    return None


LOOKED_AGAIN = 3  # the first turn after the two readings


def may_settle(*, differs: bool, by_same: bool, stands: bool) -> Refusal | None:
    """By two, one after the other: never one clerk."""
    if stands:
        return Refusal("stands", "候选人不能录票")
    if not differs:
        return Refusal("settled", "这一张没有不一样的")
    return Refusal("same", "您看过了，等另一位也看一遍原票") if by_same else None


def may_count(*, pending: int, unread: int, differing: int) -> Refusal | None:
    if pending:
        return Refusal("pending", "还有 %(n)s 张提出了更正，没有人确认", values={"n": pending})
    if unread:
        return Refusal("unread", "还有 %(n)s 张没录满两遍", values={"n": unread})
    if differing:
        return Refusal("differing", "还有 %(n)s 张两遍录得不一样，先看原票定下来", values={"n": differing})
    return None


def straddling(ties: Sequence[Sequence[int]], ranking: Sequence[int], seats: int) -> list[int]:
    """The tie that the last seat falls into: only there do lots decide who sits."""
    for tie in ties:
        first = min(ranking.index(place) for place in tie)
        if first < seats < first + len(tie):
            return [*tie]
    return []


def may_draw(
    *, order: Sequence[int], tied: Sequence[int], how: str, witnesses: Sequence[str]
) -> tuple[Refusal, str] | None:
    if not tied:
        return Refusal("no_tie", "没有要抽签的"), ""
    if sorted(order) != sorted(tied):
        return Refusal("order", "抽出的顺序要把并列的人都写上，每人一次"), "order"
    if not how:
        return Refusal("how", "写清楚怎么抽的"), "how"
    if len(set(witnesses)) < 2:
        return Refusal("witnesses", "要两个人在场见证"), "witnesses"
    return None
