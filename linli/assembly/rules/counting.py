"""How a count goes: which sheets open the box, when two clerks agree on a paper, and who must sign (domain §3.9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.kernel.refusal import Refusal

from .proxies import ENDS
from .sessions import OFFICES, Office

TELLERS = SCRUTINEERS = WITNESSES = 2
OPENERS = (Office.CHAIR, Office.SCRUTINEER)
# Why a whole paper is no vote (domain §3.6), as two clerks say it.
PAPER_FAULTS: Mapping[str, str] = {
    "unsigned": "没有签名",
    "not_an_owner": "签名的人不是这户业主，也没有委托",
    "photocopy": "是复印的",
    "altered": "编号改过",
    "unreadable": "整张看不清",
    "after_death": "业主去世以后签的，受托人知道，继承人也没有都认（民法典第一百七十四条）",
}
LEAF_FAULTS: Mapping[str, str] = {
    "unopened": "打不开，投进去以后被动过",
    "changed": "打开的内容和投进去时的不一样",
    "twice": "同一个编号进来两次",
}
# Why a recount finds that an online ballot is no vote, and the article that says so.
VOID_REASONS: Mapping[str, str] = {
    "not_the_owner": "不是业主本人投的，本人也没有委托和追认",
    "authority_ended": "投的时候委托已经终止或者撤回",
    "no_capacity": "投票人没有民事行为能力",
    "court": "法院或者仲裁机构认定无效",
}
VOID_ARTICLES: Mapping[str, str] = {
    "not_the_owner": "民法典第一百七十一条",
    "authority_ended": ENDS,
    "no_capacity": "民法典第一百四十四条",
    "court": "民法典第一百五十五条",
}
# What is said of one ballot in the list beside the result.
LISTED: Mapping[str, str] = {
    **PAPER_FAULTS,
    **LEAF_FAULTS,
    **VOID_REASONS,
    "used_id": "编号用过了",
    "late": "截止以后才收到",
    "void": "票面无效",
    "unknown_home": "名册上没有这户",
    "parking_not_counted": "车位没有表决权",
    "out_of_scope": "不在这一项的表决范围",
    "joint_agents": "几个受托人没有一起签",
    "over_ticked": "选的人多过应选人数",
    "double": "同一项选了两个以上",
    "double_dropped": "同一项选了两个以上，另有有效票",
    "in_person": "业主本人投了，受托人的不计",
    "repeated": "重复投票，内容一样，只计一张",
    "conflict": "重复投票，前后不一样，按公告的规则计一张",
    "disputed": "共有人意见不一致，没有共同声明",
    "objected": "有共有人书面异议，没有共同声明",
    "homes_differ": "同一业主的几户选得不一样",
}
# What an objection in writing says of each item.
OBJECTS, UNNAMED = "object", "unnamed"
OBJECTION_CHOICES: Mapping[str, str] = {OBJECTS: "有异议", UNNAMED: "没提到"}
WHOLE = frozenset({*PAPER_FAULTS, *LEAF_FAULTS, *VOID_REASONS, "used_id", "late", "void", "unknown_home", "parking_not_counted", "out_of_scope", "joint_agents"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """What one clerk read on a paper: `said` is nothing but what was ticked, who signed, and why it is no vote."""

    clerk: str
    turn: int
    said: Mapping[str, Any]


def agreed(readings: Sequence[Read], since: int = 0) -> Read | None:
    """The first two alike; or, when both have looked again, the last two of different clerks alike.

    `since`: the last turn before the count asked for another look.
    """
    both = [r for r in readings if r.turn <= 2]
    if not since and len(both) == 2 and both[0].said == both[1].said:
        return both[1]
    again = [r for r in readings if r.turn > max(2, since)]
    if len(again) >= 2 and again[-1].clerk != again[-2].clerk and again[-1].said == again[-2].said:
        return again[-1]
    return None


def differs(readings: Sequence[Read], since: int = 0) -> bool:
    """Read twice, and still to be looked at together."""
    return len(readings) >= 2 and agreed(readings, since) is None


def refuse_reading(readings: Sequence[Read], clerk: str, since: int = 0, *, left: bool = False) -> Refusal | None:
    """`left`: one of the first two counts no longer, and another looks in his place."""
    first = [r.clerk for r in readings if r.turn <= 2]
    if agreed(readings, since):
        return Refusal("read", "这张票两个人都录过了，一致")
    if len(first) < 2 and clerk in first:
        return Refusal("two_clerks", "这张票您录过了，要另一个人再录一遍")
    if not since and not left and len(first) == 2 and clerk not in first:
        return Refusal("the_two", "两个人录得不一样，由这两个人一起再看一遍")
    if len(first) == 2 and readings[-1].turn > max(2, since) and readings[-1].clerk == clerk:
        return Refusal("the_other", "您又看过了，等另一个人也看一遍")
    return None


def also_seated(found: Mapping[str, Any], names: Mapping[str, str]) -> tuple[list[str], list[str]] | None:
    """Of a kept outcome: who would be seated, and wait, were silence not counted; None where it was not."""
    election = found.get("election") or {}
    if "also" not in election:
        return None
    elected, waiting = ([names.get(code, code) for code in election["also"][key]] for key in ("elected", "alternates"))
    return elected, waiting


def at_risk(found: Mapping[str, Any]) -> bool:
    """Of a kept outcome: whether it would be another one were silence not counted."""
    return any(note["code"] == "legal_risk" for note in found.get("notes", ()))


def missing_openers(agreed: Mapping[Office, object]) -> list[str]:
    return [OFFICES[office] for office in OPENERS if office not in agreed]


def refuse_lots(order: Sequence[str], ties: Sequence[Sequence[str]], witnesses: Sequence[str]) -> Refusal | None:
    """Lots part a tie the count found, before at least two who watched (domain §3.10)."""
    if not any(sorted(order) == sorted(tie) for tie in ties):
        return Refusal(
            "no_tie",
            "抽签的人和并列的人不一样，并列的每个人都写上，各写一次",
            "民法典第二百七十八条；以当地选举办法为准",
        )
    if len({name.strip() for name in witnesses if name.strip()}) < WITNESSES:
        return Refusal("witnesses", "抽签要当众，写上至少两位在场的人", "以当地选举办法为准")
    return None


def refuse_few(tellers: int, scrutineers: int) -> Refusal | None:
    """Two of each, who can act here, or nobody could sign what was counted (domain §3.9)."""
    lacks = missing_signers(tellers, scrutineers)
    if lacks == (0, 0):
        return None
    return Refusal(
        "few", "计票人、监票人各要两名，都要能在这里签字；还差计票人 %(t)s 名、监票人 %(s)s 名，先指定再开箱", "本次会议公告的计票办法",
        {"t": lacks[0], "s": lacks[1]},
    )  # fmt: skip


def missing_signers(tellers: int, scrutineers: int) -> tuple[int, int]:
    return max(0, TELLERS - tellers), max(0, SCRUTINEERS - scrutineers)
