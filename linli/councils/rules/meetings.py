"""Meetings of a committee or a PMC (domain §3.11, 3.13): states, who may do what, what may be decided, and when a vote is settled."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from linli.kernel import bodies, tables
from linli.kernel.profiles import Profile
from linli.kernel.refusal import Refusal
from linli.people.rules import Body


class State(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"  # by a member, until a third ask for it and it is called
    CALLED = "called"
    HELD = "held"  # enough came; members sign
    CLOSED = "closed"  # every item settled, to be published
    PUBLISHED = "published"
    MISSED = "missed"  # not enough came
    CANCELLED = "cancelled"


S = State
STATES = {
    S.DRAFT: "在拟议程",
    S.PROPOSED: "有委员提议",
    S.CALLED: "要开",
    S.HELD: "开了，等委员签字",
    S.CLOSED: "定了，等公布",
    S.PUBLISHED: "公布了",
    S.MISSED: "没开成",
    S.CANCELLED: "不开了",
}
# Read by everybody of the compound: the agenda once it is called, the votes once they are published.
OPEN = frozenset({S.CALLED, S.HELD, S.CLOSED, S.PUBLISHED, S.MISSED})
SAT = frozenset({S.HELD, S.CLOSED, S.PUBLISHED})
UNPOSTED = frozenset({S.HELD, S.CLOSED})


class Act(StrEnum):
    START = "start"
    ADD_ITEM = "add_item"
    DROP_ITEM = "drop_item"
    PROPOSE = "propose"
    SUPPORT = "support"
    CALL = "call"
    CANCEL = "cancel"
    HOLD = "hold"
    MISS = "miss"
    SIGN = "sign"
    ENTER = "enter"
    CLOSE = "close"
    MINUTES = "minutes"
    PUBLISH = "publish"
    CORRECT = "correct"


class Who(StrEnum):
    """`asker`: drew up or supported what a third asked for; `seated`: came to this meeting; `keeper`: who writes its book."""

    CHAIR = "chair"
    MEMBER = "member"
    KEEPER = "keeper"
    SECRETARY = "secretary"
    MAKER = "maker"
    ASKER = "asker"
    SEATED = "seated"


Rule = tables.Rule[State, Who]


def _rule(states: set[State], *who: Who) -> Rule:
    return Rule(frozenset(states), frozenset(who))


TABLE: dict[Act, Rule] = {
    Act.ADD_ITEM: _rule({S.DRAFT}, Who.MAKER),
    Act.DROP_ITEM: _rule({S.DRAFT}, Who.MAKER),
    Act.PROPOSE: _rule({S.DRAFT}, Who.MAKER),
    Act.SUPPORT: _rule({S.PROPOSED}, Who.MEMBER),
    Act.CALL: _rule({S.DRAFT, S.PROPOSED}, Who.CHAIR, Who.ASKER),
    Act.CANCEL: _rule({S.DRAFT, S.PROPOSED, S.CALLED}, Who.CHAIR, Who.MAKER),
    Act.HOLD: _rule({S.CALLED}, Who.KEEPER),
    Act.MISS: _rule({S.CALLED}, Who.KEEPER),
    Act.SIGN: _rule({S.HELD}, Who.SEATED),
    Act.ENTER: _rule({S.HELD}, Who.SECRETARY),
    Act.CLOSE: _rule({S.HELD}, Who.KEEPER),
    Act.MINUTES: _rule({S.HELD, S.CLOSED, S.PUBLISHED}, Who.KEEPER),
    Act.PUBLISH: _rule({S.CLOSED}, Who.CHAIR),
    Act.CORRECT: _rule({S.PUBLISHED}, Who.KEEPER),
}
TITLE_MOST = 80
WORDS_MOST = 400
SPOT_MOST = 80
REASON_MOST = 200
MINUTES_MOST = 4000
ITEMS_MOST = 12
AHEAD = timedelta(days=90)


def allowed(state: State, parts: frozenset[Who]) -> frozenset[Act]:
    return tables.allowed(TABLE, state, parts)


def refuse(act: Act, state: State, parts: frozenset[Who]) -> Refusal | None:
    return tables.refuse(TABLE[act], state, parts, changed=Refusal("wrong_state", "这次会已经变了，请看现在到哪一步"))


# ── the agenda ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Kind(StrEnum):
    ASSEMBLY = "assembly"
    CARRY_OUT = "carry_out"
    SPENDING = "spending"
    INCOME = "income"
    URGENT = "urgent"
    SUPERVISE = "supervise"
    SEAL = "seal"
    POSTS = "posts"
    MEMBERS = "members"
    OTHER = "other"


KINDS = {
    Kind.ASSEMBLY: "提请业主大会表决",
    Kind.CARRY_OUT: "执行业主大会定了的事",
    Kind.SPENDING: "限额以内的小笔开支",
    Kind.INCOME: "限额以内用公共收益",
    Kind.URGENT: "紧急抢修用维修资金",
    Kind.SUPERVISE: "监督物业服务",
    Kind.SEAL: "用印",
    Kind.POSTS: "推选主任、副主任，分工",
    Kind.MEMBERS: "委员资格终止、候补递补",
    Kind.OTHER: "委员会自己的其他事",
}
SPENDS = frozenset({Kind.SPENDING, Kind.INCOME})  # a repair that cannot wait is not held up
RESERVED = {f"reserved_{number}": number for number in bodies.RESERVED}
# Words by which an item says that it would decide what only the owners may.
_SAYS: Mapping[int, tuple[str, ...]] = {
    1: ("修改议事规则", "制定议事规则"),
    2: ("修改管理规约", "制定管理规约"),
    3: ("罢免委员", "更换委员", "选举业委会"),
    4: ("选聘物业", "解聘物业", "续聘物业", "更换物业", "换物业公司"),
    5: ("使用维修资金", "动用维修资金", "支取维修资金"),
    6: ("筹集维修资金", "续筹维修资金"),
    7: ("加装电梯", "改建", "重建"),
    8: ("改变用途", "改变共有部分"),
}
# These put it to the owners, or do what they decided, or what an emergency allows.
_MAY_SPEAK = frozenset({Kind.ASSEMBLY, Kind.CARRY_OUT, Kind.URGENT, Kind.SUPERVISE})


def may_decide(kind: str, title: str) -> Refusal | None:
    """Nothing that is reserved to the assembly, by its kind or by what its title says."""
    if kind in RESERVED:
        return bodies.reserved_to_owners(RESERVED[kind])
    if kind not in KINDS:
        return Refusal("missing_kind", "请选是哪一类事")
    if Kind(kind) in _MAY_SPEAK:
        return None
    found = as_matter(title)
    return bodies.reserved_to_owners(found) if found else None


def as_matter(title: str) -> int | None:
    """The kind of article 278 that a title names."""
    return next((number for number, words in _SAYS.items() if any(word in title for word in words)), None)


def may_put(*, kind: str, result: str, same_body: bool) -> Refusal | None:
    if not same_body:
        return Refusal("not_yours", "这一步不归您办")
    if kind != Kind.ASSEMBLY or result != Result.PASSED:
        return Refusal("not_passed", "过半数委员签字通过了，才能提请业主大会表决", "业主大会和业主委员会指导规则")
    return None


def may_add(*, items: int) -> Refusal | None:
    if items >= ITEMS_MOST:
        return Refusal("too_many_items", "一次会最多 %(n)s 项", values={"n": ITEMS_MOST})
    return None


# ── calling ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def may_call(
    *, profile: Profile, body: str, items: int, starts_at: datetime, at: datetime, told: date, meets: date
) -> Refusal | None:
    """A committee's agenda is shown to owners, and its topics told, so many days before. Dates are local."""
    if not items:
        return Refusal("no_items", "先写上议什么，再定时间")
    if not at < starts_at <= at + AHEAD:
        return Refusal("starts_at", "时间：从现在起 %(days)s 天以内", values={"days": AHEAD.days})
    if body != Body.COMMITTEE:
        return None
    return bodies.agenda_in_time(profile, told, meets) or bodies.topics_in_time(profile, told, meets)


def may_call_instead(*, chair: bool, asked_at: datetime | None, at: datetime, days: int) -> Refusal | None:
    """The chair calls; where a third asked and the chair let the days pass, one of those who asked."""
    if chair:
        return None
    if asked_at is None:
        return Refusal("too_few_ask", "要有三分之一以上委员提议", "业主大会和业主委员会指导规则")
    if at < asked_at + timedelta(days=days):
        return Refusal(
            "chairs_turn",
            "先等主任召集，%(days)s 天还没召集，提议的委员可以召集",
            "业主大会和业主委员会指导规则",
            {"days": days},
        )
    return None


def may_cancel(*, called: bool, by_members: bool) -> Refusal | None:
    if called and by_members:
        return Refusal("asked_for", "三分之一以上委员要开的会，不能取消", "业主大会和业主委员会指导规则")
    return None


# ── meeting and deciding ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Came:
    """Of all members and of those who are owners, how many there are and how many came, in person."""

    members: int
    owners: int
    present: int
    owners_present: int


def may_meet(profile: Profile, body: str, came: Came) -> Refusal | None:
    if body == Body.PMC:
        return bodies.pmc_may_meet(came.members, came.owners, came.present, came.owners_present)
    return bodies.committee_may_meet(profile, came.members, came.present)


def may_hold(*, starts_at: datetime, at: datetime) -> Refusal | None:
    return Refusal("too_early", "还没到时间，开了再记") if at < starts_at else None


class Choice(StrEnum):
    APPROVE = "approve"
    AGAINST = "against"
    ABSTAIN = "abstain"


CHOICES: Mapping[str, str] = {Choice.APPROVE: "赞成", Choice.AGAINST: "反对", Choice.ABSTAIN: "弃权"}


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


RESULTS = {Result.PASSED: "通过", Result.FAILED: "没有通过"}


def needed(members: int) -> int:
    """Signatures, of all members."""
    return members // 2 + 1


def settled(body: str, *, members: int, approve: int, left: int) -> Result | None:
    """`left`: who came and has not signed yet. None while it could still go either way."""
    decides = bodies.pmc_decides if body == Body.PMC else bodies.committee_decides
    if decides(members, approve):
        return Result.PASSED
    return None if decides(members, approve + left) else Result.FAILED


def may_close(*, unsigned: Collection[str], held: date, today: date) -> Refusal | None:
    """Whoever came may sign until the day is over."""
    if unsigned and today <= held:
        return Refusal("unsigned", "还有 %(n)s 位到会的没签，当天都可以签", values={"n": len(unsigned)})
    return None


def may_write_minutes(*, published: bool, there: bool) -> Refusal | None:
    if published and there:
        return Refusal("published", "公布过的纪要不能改，写错了在旁边更正")
    return None
