"""Who may sign for an owner, when a co-owner may object to another's ballot, and when all may settle it with one word (domain §3.4, 3.8)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from linli.kernel.refusal import Refusal

from .casting import NOTICE

WRITTEN = "民法典第一百六十五条"
ENDS = "民法典第一百七十三条"
STAFF = "舟山市物业管理条例第十七条；当地没有写的，也照这条办"
MOST_AGENTS = 5


class Typed(NamedTuple):
    """An agent as the desk types him from the paper: of his numbers none is kept."""

    name: str
    papers: str
    phone: str = ""


class Agent(NamedTuple):
    """`staff`: holds a post in a property company here. `for_others`: owners who gave him an authority before."""

    name: str
    mark: str
    staff: bool = False
    for_others: int = 0


class Written(NamedTuple):
    """What the paper says, as far as the desk confirms it."""

    owner: str
    signed: bool
    accepted: bool
    not_staff: bool
    items: Collection[str]
    until: date | None


def refuse_dead(died: bool) -> Refusal | None:
    return Refusal("dead", "这位业主已经登记去世，委托到那天为止。继承人登记以后，由继承人委托", ENDS) if died else None


def refuse_late(closes_at: datetime | None, at: datetime) -> Refusal | None:
    """The clock alone, whether or not the box was closed by then: who signed was authorised before, or not at all."""
    return (
        Refusal("late", "投票已经截止，委托不能再登记，也不能再撤回", NOTICE) if closes_at and at > closes_at else None
    )


def refuse_proxy(
    paper: Written, agents: Sequence[Agent], *, wanted: Mapping[str, str], closes_on: date, cap: int, cap_source: str, has_one: bool
) -> tuple[Refusal, str] | None:  # fmt: skip
    """And the field it is about. `wanted`: what this owner decides, by place."""
    if not agents or any(not one.name or not one.mark for one in agents):
        return Refusal("no_agent", "每位受托人都写上姓名和证件号，一行一位", WRITTEN), "agents"
    if len(agents) > MOST_AGENTS or len({one.mark for one in agents}) < len(agents):
        return Refusal("agents", "受托人写重了，或者太多", WRITTEN), "agents"
    if not paper.signed or not paper.accepted:
        return Refusal("unsigned", "委托人、受托人都要签名或者盖章", WRITTEN), "signed"
    if not paper.not_staff or any(one.staff for one in agents):
        return Refusal("staff", "物业服务企业的工作人员不能做受托人", STAFF), "agents"
    if has_one:
        return Refusal("has_proxy", "这位业主已经有一份委托，先撤回再登记", ENDS), "owner"
    missing = [title for place, title in wanted.items() if place not in paper.items]
    if missing:
        return Refusal(
            "items", "委托书要写明每一项，没写的请委托人补上：%(titles)s", WRITTEN, {"titles": "、".join(missing)}
        ), "items"
    if paper.until is None or paper.until < closes_on:
        return Refusal("period", "委托期限要到投票截止的那天或者以后", WRITTEN), "until"
    full = next((one for one in agents if one.for_others >= cap), None)
    if full:
        return Refusal(
            "proxy_cap", "%(name)s已经替 %(n)s 位业主投票，不能再接受委托", cap_source, {"name": full.name, "n": cap}
        ), "agents"
    return None


def refuse_withdrawal(*, withdrawn: bool, came_back: bool) -> Refusal | None:
    if withdrawn:
        return Refusal("withdrawn", "这份委托已经撤回了", ENDS)
    if came_back:
        return Refusal("came_back", "这一户的票已经收回来了，委托撤不回。业主本人可以再投一张，以本人的为准", NOTICE)
    return None


def refuse_statement(*, owners: Collection[str], signed: Collection[str], came: int) -> tuple[Refusal, str] | None:
    if len(owners) < 2 and came < 2:
        return Refusal("not_needed", "这一户没有共有人，也没有收到两张票，不用共同声明", NOTICE), "signed"
    if set(signed) != set(owners):
        return Refusal("all_sign", "共有人都签了字，才是共同声明", NOTICE), "signed"
    return None


def refuse_objection(*, objected: bool, others_came: bool) -> Refusal | None:
    """Once of each co-owner, and to what another sent: with nothing there is nothing to object to, and his own ballot says it better."""
    if objected:
        return Refusal("objected", "这位共有人已经提过异议了，一次就够", "业主大会和业主委员会指导规则第二十五条")
    if not others_came:
        return Refusal(
            "nothing_came",
            "这一户没有收到其他共有人的票，没有可以异议的。想表态，直接投票就行",
            "业主大会和业主委员会指导规则第二十五条",
        )
    return None
