"""Forming a body (domain §3.10, §3.13, M9–M11): its states, who may do what in which, and what each step must have before it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from linli.kernel.bodies import pmc_composition
from linli.kernel.clock import months_later
from linli.kernel.profiles import Profile
from linli.kernel.refusal import Refusal


class Kind(StrEnum):
    PMC = "pmc"
    COMMITTEE = "committee"


class State(StrEnum):
    RECOMMENDING = "recommending"
    LISTED = "listed"
    TICKING = "ticking"
    COUNTING = "counting"
    COUNTED = "counted"
    CONFIRMED = "confirmed"
    NOTICED = "noticed"
    ESTABLISHED = "established"
    ELECTED = "elected"
    MET = "met"
    FILED = "filed"
    NOT_FORMED = "not_formed"
    CANCELLED = "cancelled"


S = State
STATES = {
    S.RECOMMENDING: "在推荐人选",
    S.LISTED: "候选人名单公布了",
    S.TICKING: "上门划票中",
    S.COUNTING: "划票收齐，在录票",
    S.COUNTED: "计完票，等街道确认",
    S.CONFIRMED: "街道确认了，等公示",
    S.NOTICED: "委员名单公示中",
    S.ESTABLISHED: "成立了，等备案刻章",
    S.ELECTED: "选出来了，等开第一次会",
    S.MET: "开过第一次会，等备案",
    S.FILED: "备案了，在工作",
    S.NOT_FORMED: "没选满，要再选一次",
    S.CANCELLED: "没有办下去",
}
OVER = frozenset({S.FILED, S.NOT_FORMED, S.CANCELLED})
IN_OFFICE = frozenset({S.ESTABLISHED, S.ELECTED, S.MET, S.FILED})
BEFORE = frozenset({S.RECOMMENDING, S.LISTED, S.TICKING, S.COUNTING, S.COUNTED, S.CONFIRMED, S.NOTICED})


class Who(StrEnum):
    """`leader`: heads the body that runs it. `worker`: of that body. `nominee`: an owner who was put forward himself."""

    LEADER = "leader"
    WORKER = "worker"
    SUBDISTRICT = "subdistrict"
    OWNER = "owner"
    NOMINEE = "nominee"
    RESIDENT = "resident"


W = Who


class Act(StrEnum):
    ANNOUNCE = "announce"
    NOMINATE = "nominate"
    STAND = "stand"
    BACK = "back"
    CONSENT = "consent"
    CHECK = "check"
    DROP = "drop"
    LIST = "list"
    OBJECT = "object"
    ANSWER = "answer"
    START = "start"
    CARRY = "carry"
    CLOSE = "close"
    ENTER = "enter"
    SETTLE = "settle"
    COUNT = "count"
    DRAW = "draw"
    PASS_OVER = "pass_over"
    SEAT = "seat"
    CONFIRM = "confirm"
    NOTICE = "notice"
    TAKE_BACK = "take_back"
    ESTABLISH = "establish"
    FILE = "file"
    TAKE_OFFICE = "take_office"
    MEET = "meet"
    VACATE = "vacate"
    RECALL = "recall"
    HEAR = "hear"
    DECIDE = "decide"
    HAND_OVER = "hand_over"
    CANCEL = "cancel"


A = Act


@dataclass(frozen=True)
class Rule:
    states: frozenset[State]
    who: frozenset[Who]
    to: State | None = None


def _rule(states: Collection[State], who: Collection[Who], to: State | None = None) -> Rule:
    return Rule(frozenset(states), frozenset(who), to)


_STANDING: dict[Act, Rule] = {
    A.NOMINATE: _rule({S.RECOMMENDING}, {W.OWNER, W.WORKER}),
    A.STAND: _rule({S.RECOMMENDING}, {W.OWNER}),
    A.BACK: _rule({S.RECOMMENDING}, {W.OWNER, W.WORKER}),
    A.CONSENT: _rule({S.RECOMMENDING}, {W.NOMINEE, W.WORKER}),
    A.CHECK: _rule({S.RECOMMENDING, S.LISTED}, {W.WORKER, W.SUBDISTRICT}),
    A.DROP: _rule({S.RECOMMENDING, S.LISTED}, {W.NOMINEE, W.WORKER}),
    A.LIST: _rule({S.RECOMMENDING, S.LISTED}, {W.LEADER}, S.LISTED),
}  # fmt: skip
PMC: dict[Act, Rule] = {
    **_STANDING,
    A.OBJECT: _rule({S.LISTED, S.TICKING, S.NOTICED}, {W.RESIDENT}),
    A.ANSWER: _rule({S.LISTED, S.TICKING, S.COUNTING, S.COUNTED, S.CONFIRMED, S.NOTICED}, {W.LEADER, W.SUBDISTRICT}),
    A.START: _rule({S.LISTED}, {W.LEADER}, S.TICKING),
    A.CARRY: _rule({S.TICKING}, {W.WORKER}),
    A.CLOSE: _rule({S.TICKING}, {W.LEADER}, S.COUNTING),
    A.ENTER: _rule({S.COUNTING}, {W.WORKER}),
    A.SETTLE: _rule({S.COUNTING}, {W.WORKER}),
    A.COUNT: _rule({S.COUNTING}, {W.LEADER}, S.COUNTED),
    A.DRAW: _rule({S.COUNTED}, {W.LEADER}),
    A.PASS_OVER: _rule({S.COUNTED}, {W.SUBDISTRICT}),
    A.SEAT: _rule({S.COUNTED}, {W.SUBDISTRICT}),
    A.CONFIRM: _rule({S.COUNTED}, {W.SUBDISTRICT}, S.CONFIRMED),
    A.NOTICE: _rule({S.CONFIRMED}, {W.LEADER}, S.NOTICED),
    A.TAKE_BACK: _rule({S.CONFIRMED, S.NOTICED}, {W.SUBDISTRICT}, S.COUNTED),
    A.ESTABLISH: _rule({S.NOTICED}, {W.SUBDISTRICT}, S.ESTABLISHED),
    A.FILE: _rule({S.ESTABLISHED}, {W.SUBDISTRICT}, S.FILED),
    A.HAND_OVER: _rule({S.ESTABLISHED, S.FILED}, {W.LEADER}),
    A.CANCEL: _rule(BEFORE, {W.LEADER, W.SUBDISTRICT}, S.CANCELLED),
}  # fmt: skip
_HELD = {S.ELECTED, S.MET, S.FILED}
COMMITTEE: dict[Act, Rule] = {
    **_STANDING,
    A.OBJECT: _rule({S.LISTED}, {W.RESIDENT}),
    A.ANSWER: _rule({S.LISTED}, {W.LEADER}),
    A.TAKE_OFFICE: _rule({S.LISTED}, {W.LEADER}, S.ELECTED),
    A.MEET: _rule({S.ELECTED}, {W.LEADER}, S.MET),
    A.FILE: _rule({S.MET}, {W.LEADER}, S.FILED),
    A.VACATE: _rule(_HELD, {W.LEADER}),
    A.RECALL: _rule(_HELD, {W.LEADER}),
    A.HEAR: _rule(_HELD, {W.LEADER}),
    A.DECIDE: _rule(_HELD, {W.LEADER}),
    A.HAND_OVER: _rule(_HELD, {W.LEADER}),
    A.CANCEL: _rule({S.RECOMMENDING, S.LISTED}, {W.LEADER}, S.CANCELLED),
}  # fmt: skip
TABLES = {Kind.PMC: PMC, Kind.COMMITTEE: COMMITTEE}


def allowed(kind: str, state: State, parts: Collection[Who]) -> frozenset[Act]:
    table = TABLES[Kind(kind)]
    return frozenset(act for act, rule in table.items() if state in rule.states and rule.who & set(parts))


def refuse(kind: str, act: Act, state: State, parts: Collection[Who]) -> Refusal | None:
    rule = TABLES[Kind(kind)].get(act)
    if rule is None or not rule.who & set(parts):
        return Refusal("not_yours", "这一步不归您办")
    if state not in rule.states:
        return Refusal("wrong_state", "这一步已经过了，请看现在到哪一步")
    return None


# ── announcing ──────────────────────────────────────────────────────────────────────────────────────────────────────

BEIJING = "北京市物业管理条例第五十二至五十九条"


def may_announce(
    *,
    profile: Profile,
    seats: int,
    owner_seats: int,
    homes: int,
    committee: bool,
    running: bool,
    until: date,
    today: date,
) -> tuple[Refusal, str] | None:
    """And the field it is about. `committee`: owners have one already; `running`: another is being formed."""
    if committee:
        return Refusal("committee", "小区已经有业主委员会，不用再设物管会", BEIJING), ""
    if running:
        return Refusal("running", "物管会已经有了，或者正在组建"), ""
    if not homes:
        return Refusal("no_homes", "还没有房屋名册，先导入房屋"), ""
    if no := pmc_composition(profile, seats, owner_seats):
        return no, "owner_seats" if no.key == "owners" else "seats"
    if owner_seats > seats:
        return Refusal("too_many_owners", "业主成员不会比总人数多"), "owner_seats"
    days = profile.values["pmc_recommend_days"]
    if (until - today).days < days:
        return Refusal("too_short", "推荐的时间至少 %(days)s 天", values={"days": days}), "until"
    return None


# ── putting forward ─────────────────────────────────────────────────────────────────────────────────────────────────


class Way(StrEnum):
    JOINT = "joint"
    SELF = "self"
    PARTY = "party"
    COMMUNITY = "community"


WAYS = {Way.JOINT: "联名推荐", Way.SELF: "自荐", Way.PARTY: "社区党组织推荐", Way.COMMUNITY: "居委会推荐"}

# What a candidate must be (domain §3.10); a local rule may ask more (`candidate_checks` of the profile).
CHECKS = {
    "owner": "是本小区业主，或者业主单位授权的代表",
    "capacity": "有完全民事行为能力",
    "conduct": "遵纪守法、热心公益、有责任心",
    "time": "有时间，也有一定组织能力",
    "no_interest": "本人、配偶和直系亲属不在服务本小区的物业公司任职，没有利害关系",
    "no_default": "不是失信被执行人",
    "no_misuse": "没有违法搭建、破坏承重墙、违法出租这类事",
    "no_arrears": "没有拖欠物业费和维修资金",
}


def may_back(*, mine: bool, already: int, most: int) -> Refusal | None:
    """`mine`: his own household is the nominee's."""
    if mine:
        return Refusal("own", "自己家不能给自己联名，联名的应是别的住户")
    if already >= most:
        return Refusal(
            "backed", "一户最多联名 %(most)s 人，您家已经联名 %(already)s 人", values={"most": most, "already": already}
        )
    return None


@dataclass(frozen=True)
class Standing:
    """What the list asks of a nominee."""

    way: str
    backings: int
    consented: bool
    checks: Mapping[str, bool]


def left_off(nominee: Standing, wanted: Sequence[str], households: int) -> Refusal | None:
    """Why he is not on the list; None: he is."""
    if not nominee.consented:
        return Refusal("no_consent", "本人没有书面同意")
    if nominee.way == Way.JOINT and nominee.backings < households:
        return Refusal(
            "too_few", "联名不够：%(n)s 户，要 %(least)s 户", values={"n": nominee.backings, "least": households}
        )
    if failed := [key for key in wanted if nominee.checks.get(key) is False]:
        return Refusal("unfit", "不符合条件：%(what)s", values={"what": CHECKS[failed[0]]})
    return None


def unchecked(nominee: Standing, wanted: Sequence[str]) -> list[str]:
    return [key for key in wanted if key not in nominee.checks]


def may_list(*, until: date, today: date, unchecked: int, fit: int, seats: int) -> Refusal | None:
    if today <= until:
        return Refusal("recommending", "%(until)s 推荐截止以后才能公布名单", values={"until": until})
    if unchecked:
        return Refusal("unchecked", "还有 %(n)s 人的条件没核完", values={"n": unchecked})
    if fit < seats:
        return Refusal(
            "too_few", "合格的候选人只有 %(fit)s 人，不够 %(seats)s 个名额", values={"fit": fit, "seats": seats}
        )
    return None


def little_choice(listed: int, seats: int) -> bool:
    """Fewer than a fifth more candidates than seats: a warning, no bar."""
    return 5 * listed < 6 * seats


def fingerprint(names: Sequence[tuple[str, str]]) -> str:
    """Of the whole list, (name, home): whoever has the list can make it again."""
    return sha256("\n".join(f"{name}\t{home}" for name, home in sorted(names)).encode()).hexdigest()


def drawn_order(names: Sequence[tuple[str, str]]) -> list[int]:
    """Places on the list by lot: each candidate's own digest under the list's, smallest first. Nobody chooses, anybody can check."""
    whole = fingerprint(names)
    return sorted(
        range(len(names)), key=lambda n: sha256(f"{whole}\n{names[n][0]}\t{names[n][1]}".encode()).hexdigest()
    )


def may_start(*, until: date, today: date, open_objections: int) -> Refusal | None:
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


def may_count(*, unread: int, differing: int) -> Refusal | None:
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


# ── who sits ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Capacity(StrEnum):
    OWNER = "owner"
    RESIDENTS_COMMITTEE = "residents_committee"
    SUBDISTRICT = "subdistrict"
    DEVELOPER = "developer"
    OCCUPANT = "occupant"
    OTHER = "other"


CAPACITIES = {
    Capacity.OWNER: "业主",
    Capacity.RESIDENTS_COMMITTEE: "居委会",
    Capacity.SUBDISTRICT: "街道",
    Capacity.DEVELOPER: "建设单位",
    Capacity.OCCUPANT: "住户",
    Capacity.OTHER: "其他单位",
}


def may_confirm(*, profile: Profile, members: int, owners: int, seats: int, tied: int, chair: str) -> Refusal | None:
    """`chair`: the capacity in which he sits; empty: nobody was chosen."""
    if tied:
        return Refusal("tied", "最后一个名额有 %(n)s 人并列，先当众抽签", values={"n": tied})
    if members != seats:
        return Refusal("members", "公告的是 %(seats)s 人，现在是 %(n)s 人", values={"seats": seats, "n": members})
    if no := pmc_composition(profile, members, owners):
        return no
    if not chair:
        return Refusal("no_chair", "还没有主任")
    wanted = profile.values["pmc_chair_from"]
    if wanted and chair != wanted:
        return Refusal(
            "chair_from",
            "这里的主任由%(who)s的人担任",
            profile.cite("pmc_chair_from"),
            {"who": CAPACITIES[Capacity(wanted)]},
        )
    return None


def may_establish(*, until: date, today: date, open_objections: int) -> Refusal | None:
    if today <= until:
        return Refusal("noticed", "公示到 %(until)s，过了才能成立", values={"until": until})
    if open_objections:
        return Refusal("objections", "还有 %(n)s 条异议没答复", values={"n": open_objections})
    return None


# ── an owners' committee: candidates of an election item, and after the count ───────────────────────────────────────

ELECTION_FORMS = frozenset({"per_candidate", "choose_up_to_N"})


def may_recruit(*, election: bool, drafting: bool, until: date, today: date, days: int) -> tuple[Refusal, str] | None:
    """Candidates of an election item, while its agenda is still being made."""
    if not election:
        return Refusal("no_election", "这一项不是选举"), ""
    if not drafting:
        return Refusal("noticed", "议程已经公告，候选人不能再变", "物业管理条例第十四条"), ""
    if (until - today).days < days:
        return Refusal("too_short", "推荐的时间至少 %(days)s 天", values={"days": days}), "until"
    return None


def latest_list(opens: date, days: int) -> date:
    """Candidates are known so many days before the vote, counted back, working day or not."""
    return opens - timedelta(days=days)


def may_list_candidates(
    *, drafting: bool, fit: int, unchecked: int, until: date, today: date, latest: date | None, cite: str
) -> Refusal | None:
    if not drafting:
        return Refusal("noticed", "议程已经公告，候选人不能再变", "物业管理条例第十四条")
    if no := may_list(until=until, today=today, unchecked=unchecked, fit=fit, seats=1):
        return no
    if latest and today > latest:
        return Refusal("list_late", "候选人名单最晚 %(latest)s 公布，或者把投票往后移", cite, {"latest": latest})
    return None


def may_take_office(
    *, announced: bool, until: date | None, today: date, objections: int, outcome: bool, lots: bool
) -> Refusal | None:
    if not announced or until is None or not outcome:
        return Refusal("not_announced", "选举结果还没公布")
    if lots:
        return Refusal("lots", "还有并列的没抽签")
    if today <= until:
        return Refusal("objecting", "结果异议期到 %(until)s，过了才生效", values={"until": until})
    if objections:
        return Refusal("objections", "还有 %(n)s 条异议没答复", values={"n": objections})
    return None


def alternates_cap(cap: str | int, members: int) -> int:
    return members if cap == "members" else int(cap)


class Left(StrEnum):
    """Why a member's post ends by itself (domain §3.12); `removed` only by the owners' vote."""

    NOT_OWNER = "not_owner"
    RESIGNED = "resigned"
    INCAPABLE = "incapable"
    CRIMINAL = "criminal"
    DIED = "died"
    REMOVED = "removed"


LEFT = {
    Left.NOT_OWNER: "不再是业主",
    Left.RESIGNED: "书面辞职",
    Left.INCAPABLE: "丧失民事行为能力",
    Left.CRIMINAL: "被追究刑事责任",
    Left.DIED: "去世",
    Left.REMOVED: "业主大会决定罢免",
}


def below_half(members: int, seats: int) -> bool:
    """Fewer than half of the seats are filled: an interim session elects anew (domain §3.12)."""
    return 2 * members < seats


def may_hear(*, opened: bool, heard: bool) -> Refusal | None:
    if heard:
        return Refusal("heard", "申辩已经记过了")
    if opened:
        return Refusal("opened", "投票已经开始，申辩要在投票前听")
    return None


def may_decide(*, heard: bool, announced: bool, passed: bool | None) -> Refusal | None:
    """The vote decides, and only a vote before which he could defend himself."""
    if not heard:
        return Refusal("unheard", "没有记录本人申辩，罢免不能生效", "杭州市物业管理条例第三十一条")
    if not announced or passed is None:
        return Refusal("not_announced", "表决结果还没公布")
    return None


HANDED = {
    "seals": "印章",
    "books": "账册和凭证",
    "bank": "银行账户",
    "contracts": "合同",
    "files": "档案和会议记录",
    "register": "业主名册",
}


def renewal_day(term_to: date, values: Mapping[str, object]) -> date:
    """So many months (or days) before the term ends the renewal begins."""
    if days := values.get("renewal_report_days"):
        return term_to - timedelta(days=int(str(days)))
    return months_later(term_to, -int(str(values["renewal_report_months"])))


def may_vote_on_recall(unheard: Sequence[str]) -> Refusal | None:
    if unheard:
        return Refusal(
            "unheard",
            "还没听%(names)s本人申辩，听了才能开始投票",
            "杭州市物业管理条例第三十一条",
            {"names": "、".join(unheard)},
        )
    return None


def may_lock_candidates(unlisted: Sequence[str]) -> Refusal | None:
    """The notice locks the ballot: whoever stands is known by then."""
    if unlisted:
        return Refusal("unlisted", "%(title)s的候选人名单还没公布", "物业管理条例第十四条", {"title": unlisted[0]})
    return None
