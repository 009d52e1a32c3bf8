"""The states of a session, and who may do what in which (domain §3.9, §4.9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from linli.kernel import tables
from linli.kernel.refusal import Refusal


class State(StrEnum):
    DRAFTING = "drafting"
    NOTICED = "noticed"  # agenda, rules and register are out; ballots may be delivered
    OPEN = "open"
    CLOSED = "closed"
    COUNTING = "counting"
    COUNTED = "counted"  # signed, not yet announced
    ANNOUNCED = "announced"  # objections until a day
    FILED = "filed"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


S = State
STATES = {
    S.DRAFTING: "在准备",
    S.NOTICED: "已公告",
    S.OPEN: "投票中",
    S.CLOSED: "投票结束，等计票",
    S.COUNTING: "计票中",
    S.COUNTED: "计完了，等公布",
    S.ANNOUNCED: "结果公布了",
    S.FILED: "已备案",
    S.ARCHIVED: "已归档",
    S.CANCELLED: "取消了",
}
PUBLIC = frozenset(State) - {S.DRAFTING}
SEALED = frozenset({S.DRAFTING, S.NOTICED, S.OPEN, S.CLOSED})  # nobody knows a choice

ANNOUNCED = frozenset({S.ANNOUNCED, S.FILED, S.ARCHIVED})
UNDER_REVIEW = frozenset({S.COUNTING, S.COUNTED})  # of what was announced: it is counted again


class Office(StrEnum):
    CHAIR = "chair"
    TELLER = "teller"
    SCRUTINEER = "scrutineer"
    CLERK = "clerk"
    CARRIER = "carrier"
    OBSERVER = "observer"


OFFICES: Mapping[str, str] = {
    Office.CHAIR: "会议主持人",
    Office.TELLER: "计票人",
    Office.SCRUTINEER: "监票人",
    Office.CLERK: "录票员",
    Office.CARRIER: "送票人",
    Office.OBSERVER: "社区观察员",
}


GROUNDS = {
    "committee": "业主委员会召集",  # or whoever stands in its place: `ground_of`
    "regular": "每年的定期会议",
    "joint_request": "20% 以上的业主联名提议",
    "subdistrict": "街道责令召开",
    "emergency": "重大事故或者紧急情况",
}
INTERIM = frozenset({"joint_request", "subdistrict", "emergency"})  # 物业管理条例第十三条
STAND_IN = {
    "property_management_committee": "物业管理委员会召集",
    "preparatory_group": "首次业主大会会议筹备组召集",
    "renewal_group": "业主委员会换届改选小组召集",
}


def ground_of(ground: str, body: str) -> str:
    """`body`: the kind of the body that called the session."""
    return STAND_IN.get(body, GROUNDS[ground]) if ground == "committee" else GROUNDS[ground]


def is_first(body: str, *, has_rules: bool) -> bool:
    """`has_rules`: the owners have adopted some; until then each meeting is the first. A committee, and what renews it,
    come from an assembly that did."""
    return not has_rules and body not in {"owners_committee", "renewal_group"}


GROUND_ARTICLES = {
    "committee": "民法典第二百七十七条",
    "regular": "物业管理条例第十三条",
    "joint_request": "物业管理条例第十三条",
    "subdistrict": "以当地规定为准",
    "emergency": "物业管理条例第十三条；以当地规定为准",
}
FORMS = {
    "approve": "同意、反对、弃权",
    "per_candidate": "每位候选人各选同意、反对、弃权",
    "choose_up_to_N": "最多选几位",
}


class Who(StrEnum):
    """`convener`: may call the assembly for the body that called this one. The offices are this session's own. `elected`: sits in the
    committee that this session elected, which files it (物业管理条例第十六条)."""

    CONVENER = "convener"
    ELECTED = "elected"
    CHAIR = "chair"
    TELLER = "teller"
    SCRUTINEER = "scrutineer"
    CLERK = "clerk"
    CARRIER = "carrier"
    OBSERVER = "observer"
    COMMUNITY = "community"
    OWNER = "owner"  # named in this session's register, or before it is frozen an owner of the compound


class Act(StrEnum):
    DRAFT = "draft"
    EDIT = "edit"
    SET_RULES = "set_rules"
    ADD_ITEM = "add_item"
    DROP_ITEM = "drop_item"
    ADD_PAPER = "add_paper"
    NAME_OFFICER = "name_officer"
    RELEASE_OFFICER = "release_officer"
    REPLACE_OFFICER = "replace_officer"
    AGREE_OFFICER = "agree_officer"
    SIGN_REQUEST = "sign_request"
    BUILD = "build"
    SAME_OWNER = "same_owner"
    NOTICE = "notice"
    OBJECT = "object"
    ANSWER = "answer"
    FREEZE = "freeze"
    NEW_KEYS = "new_keys"
    DELIVER = "deliver"
    REPRINT = "reprint"
    RECEIVE = "receive"
    SCAN = "scan"
    NAME_SCAN = "name_scan"
    STATE = "state"
    INVITE = "invite"
    DISPUTE = "dispute"
    REGISTER_PROXY = "register_proxy"
    WITHDRAW_PROXY = "withdraw_proxy"
    OPEN = "open"
    EXTEND = "extend"
    CLOSE = "close"
    CANCEL = "cancel"
    OBJECT_RESULT = "object_result"
    FILE = "file"
    ADD_FILING = "add_filing"
    ARCHIVE = "archive"
    AGREE_COUNT = "agree_count"
    OPEN_COUNT = "open_count"
    READ = "read"
    TALLY = "tally"
    DRAW_LOTS = "draw_lots"
    SIGN_COUNT = "sign_count"
    ANNOUNCE = "announce"
    RECOUNT = "recount"
    TAKE_BACK = "take_back"
    HAND_SHEET = "hand_sheet"
    LOSE_SHEET = "lose_sheet"
    FIND_SHEET = "find_sheet"
    GIVE_UP = "give_up"
    LOOK_AGAIN = "look_again"
    VOID = "void"
    IMPORT_OFFICIAL = "import_official"
    INSPECT = "inspect"


@dataclass(frozen=True)
class Rule(tables.Rule[State, Who]):
    """`both`: nothing happens before each of `who` has pressed it."""

    both: bool = False


W = Who
CALLS = frozenset({W.CONVENER})
HEADS = frozenset({W.CONVENER, W.CHAIR})
FILES = HEADS | {W.ELECTED}
BOTH = frozenset({W.CHAIR, W.SCRUTINEER})
CARRIES = frozenset({W.CONVENER, W.CHAIR, W.CARRIER, W.CLERK})
KEPT = frozenset({S.NOTICED, S.OPEN, S.CLOSED})  # until the box is opened
CONDUCTED = KEPT | {S.DRAFTING}

TABLE: dict[Act, Rule] = {
    Act.EDIT: Rule(frozenset({S.DRAFTING}), CALLS),
    Act.SET_RULES: Rule(frozenset({S.DRAFTING}), CALLS),
    Act.ADD_ITEM: Rule(frozenset({S.DRAFTING}), CALLS),
    Act.DROP_ITEM: Rule(frozenset({S.DRAFTING}), CALLS),
    Act.ADD_PAPER: Rule(frozenset({S.DRAFTING}), CALLS),
    Act.SIGN_REQUEST: Rule(frozenset({S.DRAFTING}), CALLS),
    Act.NAME_OFFICER: Rule(CONDUCTED, CALLS),
    Act.RELEASE_OFFICER: Rule(CONDUCTED, CALLS),
    # Once the box is open, choices can be known: nobody goes without a published reason and a scrutineer who agrees;
    # where all of these go, the community, which watches the vote, agrees to the first of them.
    Act.REPLACE_OFFICER: Rule(frozenset({S.COUNTING, S.COUNTED}), CALLS),
    Act.AGREE_OFFICER: Rule(frozenset({S.COUNTING, S.COUNTED}), frozenset({W.SCRUTINEER, W.COMMUNITY})),
    Act.BUILD: Rule(frozenset({S.DRAFTING, S.NOTICED}), HEADS),
    Act.SAME_OWNER: Rule(frozenset({S.DRAFTING, S.NOTICED}), HEADS | {W.SCRUTINEER}),
    Act.NOTICE: Rule(frozenset({S.DRAFTING}), CALLS, S.NOTICED),
    Act.OBJECT: Rule(frozenset({S.NOTICED}), frozenset({W.OWNER})),
    # A recount is what an objection leads to: it is still answered while that runs, and a ballot is void by an upheld one alone.
    Act.ANSWER: Rule(frozenset({S.NOTICED, S.COUNTING, S.COUNTED, S.ANNOUNCED, S.FILED}), HEADS),
    Act.FREEZE: Rule(frozenset({S.NOTICED}), BOTH, both=True),
    Act.NEW_KEYS: Rule(frozenset({S.NOTICED}), BOTH, both=True),
    Act.DELIVER: Rule(frozenset({S.NOTICED, S.OPEN}), CARRIES),
    Act.REPRINT: Rule(frozenset({S.NOTICED, S.OPEN}), CARRIES),
    Act.RECEIVE: Rule(frozenset({S.OPEN}), CARRIES | {W.TELLER}),
    Act.SCAN: Rule(frozenset({S.OPEN, S.CLOSED}), CARRIES | {W.TELLER}),
    Act.STATE: Rule(frozenset({S.OPEN}), CARRIES | {W.TELLER}),
    Act.INVITE: Rule(frozenset({S.OPEN}), CARRIES | {W.TELLER}),
    Act.DISPUTE: Rule(frozenset({S.OPEN}), CARRIES | {W.TELLER}),
    Act.REGISTER_PROXY: Rule(frozenset({S.NOTICED, S.OPEN}), CARRIES),
    Act.WITHDRAW_PROXY: Rule(frozenset({S.NOTICED, S.OPEN}), CARRIES),
    Act.NAME_SCAN: Rule(frozenset({S.OPEN, S.CLOSED, S.COUNTING}), CARRIES | {W.TELLER}),
    Act.OPEN: Rule(frozenset({S.NOTICED}), BOTH, S.OPEN, both=True),
    Act.EXTEND: Rule(frozenset({S.OPEN}), HEADS),
    Act.CLOSE: Rule(frozenset({S.OPEN}), BOTH, S.CLOSED, both=True),
    Act.CANCEL: Rule(frozenset({S.DRAFTING, S.NOTICED}), CALLS, S.CANCELLED),
    Act.OBJECT_RESULT: Rule(
        frozenset({S.ANNOUNCED, S.FILED}), frozenset({W.OWNER})
    ),  # until the day that was announced
    Act.FILE: Rule(frozenset({S.ANNOUNCED}), FILES, S.FILED),
    Act.ADD_FILING: Rule(frozenset({S.ANNOUNCED, S.FILED}), FILES),
    Act.ARCHIVE: Rule(frozenset({S.FILED}), FILES, S.ARCHIVED),
    Act.HAND_SHEET: Rule(KEPT, BOTH),
    Act.LOSE_SHEET: Rule(KEPT, frozenset({W.CHAIR, W.TELLER, W.SCRUTINEER})),
    Act.FIND_SHEET: Rule(KEPT, BOTH, both=True),
    Act.GIVE_UP: Rule(frozenset({S.OPEN, S.CLOSED}), BOTH, S.CANCELLED, both=True),
    Act.AGREE_COUNT: Rule(frozenset({S.CLOSED}), frozenset({W.CHAIR, W.SCRUTINEER})),
    Act.OPEN_COUNT: Rule(frozenset({S.CLOSED}), frozenset({W.CHAIR, W.SCRUTINEER}), S.COUNTING),
    Act.READ: Rule(frozenset({S.COUNTING}), frozenset({W.CLERK, W.TELLER})),
    Act.TALLY: Rule(frozenset({S.COUNTING}), frozenset({W.TELLER})),
    Act.DRAW_LOTS: Rule(frozenset({S.COUNTING}), frozenset({W.CHAIR, W.SCRUTINEER})),
    Act.SIGN_COUNT: Rule(frozenset({S.COUNTING}), frozenset({W.TELLER, W.SCRUTINEER})),
    Act.ANNOUNCE: Rule(frozenset({S.COUNTED}), frozenset({W.CHAIR}), S.ANNOUNCED),
    Act.RECOUNT: Rule(frozenset({S.COUNTED, S.ANNOUNCED}), frozenset({W.CHAIR}), S.COUNTING),
    Act.TAKE_BACK: Rule(frozenset({S.ANNOUNCED, S.FILED}), BOTH, S.COUNTING, both=True),
    Act.LOOK_AGAIN: Rule(frozenset({S.COUNTING}), frozenset({W.CHAIR, W.SCRUTINEER})),
    Act.VOID: Rule(frozenset({S.COUNTING}), BOTH),
    Act.IMPORT_OFFICIAL: Rule(frozenset({S.COUNTING, S.COUNTED}), frozenset({W.CHAIR, W.SCRUTINEER})),
    Act.INSPECT: Rule(
        frozenset({S.COUNTED, S.ANNOUNCED, S.FILED, S.ARCHIVED}),
        frozenset({W.CHAIR, W.TELLER, W.SCRUTINEER, W.COMMUNITY}),
    ),
}


def allowed(state: State, parts: frozenset[Who]) -> frozenset[Act]:
    return tables.allowed(TABLE, state, parts)


def refuse(act: Act, state: State, parts: frozenset[Who]) -> Refusal | None:
    return tables.refuse(TABLE[act], state, parts, changed=Refusal("not_now", "现在不能办这一步"))


class Agreed(Protocol):
    register_fingerprint: str
    sheets: list[str]


def turn_of(act: str, session: Agreed) -> str:
    """Of what two agree, where it may be made anew in between: the register that is locked, the key that is replaced."""
    if act == Act.FREEZE:
        return session.register_fingerprint[:8]
    return session.sheets[0][:8] if act == Act.NEW_KEYS and session.sheets else ""
