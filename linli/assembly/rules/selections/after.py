"""From the contract to the last thing handed over: what each step must have before it."""

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum

from linli.kernel.refusal import Refusal

from .states import BINDING_ARTICLE, GAP_ARTICLE, GROUND_ARTICLES, G, Ground

# ── the contract ────────────────────────────────────────────────────────────────────────────────────────────────────

CLAUSES = {
    "items": "服务事项",
    "quality": "服务质量",
    "fees": "服务费用的标准和收取办法",
    "fund": "维修资金的使用",
    "rooms": "服务用房的管理和使用",
    "term": "服务期限",
    "handover": "服务交接",
}


def without(clauses: Collection[str]) -> list[str]:
    """What a contract usually says and this one does not (民法典 938): shown, no bar."""
    return [key for key in CLAUSES if key not in clauses]


def may_sign(
    *, price: int, voted: int, months: int, planned: int, signed_on: date, starts_on: date, until: date, today: date
) -> tuple[Refusal, str] | None:
    """The committee signs what owners chose, nothing else (民法典 939)."""
    if price != voted:
        return Refusal("price", "业主表决的报价不是这个数，合同不能改价", BINDING_ARTICLE), "price_fen"
    if months != planned:
        return Refusal("months", "方案里的合同期是 %(months)s 个月", BINDING_ARTICLE, {"months": planned}), "months"
    if signed_on > today:
        return Refusal("future", "签了以后再来记"), "signed_on"
    if starts_on < signed_on:
        return Refusal("starts", "合同不会在签字以前开始"), "starts_on"
    if until < starts_on:
        return Refusal("until", "交接期限不会在合同开始以前"), "handover_until"
    return None


def may_admit(*, ground: str, given: bool, ends_on: date | None, starts_on: date, today: date) -> Refusal | None:
    if ground != G.NONE and (not given or ends_on is None):
        return Refusal("no_notice", "原合同结束的书面通知还没记，新公司不能进场", GROUND_ARTICLES[Ground(ground)])
    if ends_on and today <= ends_on:
        return Refusal("not_ended", "原合同到 %(day)s 才结束", GAP_ARTICLE, {"day": ends_on})
    if today < starts_on:
        return Refusal("not_started", "合同 %(day)s 开始", values={"day": starts_on})
    return None


# ── handing over ────────────────────────────────────────────────────────────────────────────────────────────────────

HANDED = {
    "papers": "物业服务资料和业主资料",
    "assets": "设施设备和台账",
    "keys": "钥匙、门禁和密码",
    "accounts": "代收代管的账目和余款",
    "rooms": "物业服务用房",
    "contracts": "在履行的维保、外包合同",
}


class Thing(StrEnum):
    """Where one line of the list stands."""

    OPEN = "open"
    GIVEN = "given"
    SHORT = "short"
    DONE = "done"


THINGS = {Thing.OPEN: "还没交", Thing.GIVEN: "交了，等点收", Thing.SHORT: "点收了，还缺", Thing.DONE: "交清了"}


def thing_of(sides: Sequence[tuple[str, str]]) -> Thing:
    """`sides`: (gave or took, what is lacking), in the order they were written."""
    if not sides:
        return Thing.OPEN
    side, lacking = sides[-1]
    if side == "gave":
        return Thing.GIVEN
    return Thing.SHORT if lacking else Thing.DONE


def may_hand(*, thing: Thing, gives: bool, same: bool) -> tuple[Refusal, str] | None:
    """Two people, each from their own post."""
    if thing == Thing.DONE:
        return Refusal("done", "这一项已经交清了"), ""
    if gives and thing == Thing.GIVEN:
        return Refusal("given", "已经记了交出，等对方点收"), ""
    if not gives and thing != Thing.GIVEN:
        return Refusal("not_given", "对方还没记交出"), ""
    if not gives and same:
        return Refusal("same", "交的和接的是两个人"), ""
    return None


def may_leave(*, left: bool, none: bool) -> Refusal | None:
    if none:
        return Refusal("no_company", "没有原公司")
    return Refusal("left", "原公司已经退出了") if left else None


def may_go(in_hand: int) -> Refusal | None:
    """Somebody must stay responsible for what is not done."""
    if in_hand:
        return Refusal("open_matters", "还有 %(n)s 件诉求在它手上没办完，先转给新公司", values={"n": in_hand})
    return None


def complete(things: Collection[Thing], *, left: bool) -> bool:
    return left and all(thing == Thing.DONE for thing in things)
