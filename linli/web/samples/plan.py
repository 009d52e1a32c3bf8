"""A year in the three sample compounds, planned: who lives there, what they said, and every step to the end of it.

`plan(now)` is pure and deterministic. A matter is a list of steps in the order of time, each an act of
`matters.rules.states` by the same name; the loader replays them through the services.

| act | `by` | data |
| --- | --- | --- |
| raise | resident, or a post's kind for somebody | words, source, photos |
| accept | post | words |
| decline | post | reason, words |
| merge | post | target (a matter's key) |
| withdraw | resident | words |
| triage | post | category, level, urgency |
| dispatch | post | body, post (keys) |
| return | post | reason, proposed_body |
| take | post | words: the first contact with the reporter |
| arrive, make_safe | post | nothing; emergency and urgent only |
| meet, propose | post | words; coordination, project |
| note | resident or post | words |
| ask | post | words |
| suspend | post | pause_reason, review_at, words |
| resume | post | words |
| escalate | post | level, due_at, reason |
| resolve | post | words, outcome, cost_fen, paid_by, photos |
| confirm | resident | nothing |
| rate | resident | rating |
| visit | post | contacted, solved, satisfied, comment |
| close | post, or clock five working days after resolve | outcome |
| reopen | resident, post, or clock | reason, automatic: the visit's service does it by itself |
| urge | resident | words |
| me_too | resident | words |

Photos are (motif, after, seed) for `photos.draw`; there are few different ones, so keep what was drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from linli.kernel.clock import Calendar, Span, deadline, working_minutes_between
from linli.matters.rules.times import BEGINS, Urgency
from linli.matters.rules.visits import must_visit
from linli.web.samples import texts
from linli.web.samples.names import Names
from linli.web.samples.places import MODELS, HomePlan, PersonPlan, PlacesPlan, PostPlan, places
from linli.web.samples.texts import Kind, Text

Photo = tuple[str, bool, int]
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CALENDAR = Calendar()
SEEDS = 4
LARGE = 1_000_000


@dataclass(slots=True)
class Step:
    """`by`: resident, clock, or the kind of a post; `who`: the person's key, the post's key, or nothing for the clock."""

    act: str
    at: datetime
    by: str
    who: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class MatterPlan:
    """`reporter` is nobody where a worker found it. `state` is where the steps end; `tags` mark those made for the demo."""

    key: str
    category: str
    public_title: str
    building: str
    entrance: str
    home: str
    spot: str
    source: str
    reporter: str
    state: str
    level: str
    urgency: str
    due_at: datetime | None
    tags: tuple[str, ...]
    steps: list[Step]

    @property
    def raised_at(self) -> datetime:
        return self.steps[0].at


@dataclass(slots=True)
class CompoundPlan:
    """`demo` names, by part, what the demo's pages point at: matters of the demo resident by what they show."""

    places: PlacesPlan
    matters: list[MatterPlan]
    demo: dict[str, str]

    @property
    def open_matters(self) -> list[MatterPlan]:
        return [m for m in self.matters if m.state not in FINAL]


FINAL = frozenset({"closed", "declined", "merged", "withdrawn"})
# As many as load in under a minute on two slow cores.
COUNTS = {"liuxi": 270, "yunpo": 130, "laoliangzhan": 70}
# How the open matters of today stand: (state, how many). The tails are what the desk, workbench and reporter pages show.
TODAY: dict[str, tuple[tuple[str, int], ...]] = {
    "liuxi": (("submitted", 4), ("accepted", 1), ("triaged", 1), ("dispatched", 6), ("returned", 1), ("in_progress", 12), ("overdue", 3), ("suspended", 4), ("resolved", 9), ("visited", 1), ("reopened", 1)),
    "yunpo": (("submitted", 2), ("accepted", 1), ("dispatched", 3), ("returned", 1), ("in_progress", 6), ("overdue", 2), ("suspended", 4), ("resolved", 4), ("visited", 1)),
    "laoliangzhan": (("submitted", 1), ("dispatched", 1), ("in_progress", 2), ("overdue", 1), ("suspended", 1), ("resolved", 1)),
}  # fmt: skip
DEMO = (("resolved", "0101", 1), ("running", "0301", 0), ("overdue", "0603", 1), ("suspended", "0102", 0))
HELPED = "0307"

# Nobody in an unmanaged compound has a property company, a committee or a lift to speak of.
NOT_UNMANAGED_WORDS = (
    "物业",
    "业委会",
    "电梯",
    "地库",
    "地下",
    "车库",
    "管家",
    "前台",
    "岗亭",
    "门岗",
    "值班",
    "公共收益",
    "公摊",
    "押金",
    "道闸",
    "停车场",
    "高层",
    "大堂",
    "维保",
)
NOT_UNMANAGED = ("0106", "0107", "0203", "0403", "0407", "0504", "0507", "0605")
# What weighs more in the compound of missing certificates and the cracked slope.
MORE_IN_YUNPO = {"1301": 9, "0608": 8, "0103": 1, "1302": 3, "1306": 3, "1201": 2, "0104": 3}
MORE_IN_OLD = {"0207": 2, "0702": 2, "0701": 2, "1401": 3, "1407": 2, "0307": 2, "0105": 2}
OLD_PAYERS = {"service_fee": "community", "public_income": "community", "maintenance_fund": "community"}
# Of the owners' money only what was decided (domain §4.8); these jobs nobody put to a decision.
UNDECIDED = {"public_income": "service_fee", "maintenance_fund": "service_fee"}

SOURCES = (
    "resident_online",
    "resident_phone",
    "front_desk",
    "chat_group",
    "patrol",
    "home_visit",
    "hotline",
    "asset_check",
)
SOURCE_WEIGHTS = (54, 10, 9, 12, 5, 4, 4, 2)
WITHOUT_REPORTER = frozenset({"patrol", "asset_check"})
URGES = ("麻烦催一下，家里有老人。", "今天会来吗？", "大概什么时候能到？")
URGES_LATE = ("等了好几天了，什么时候能弄好？", "上次说这两天，还没见人。")
ANSWERS = ("已排上，明天上午到。", "人手刚腾出来，下午就去。", "正在和那边对时间，今天给您准话。")
BEGUN = {
    "meet": "把几家请到一起坐了一次，各自怎么想的都说了，下次带着办法来。",
    "propose": "现场量过了，怎么做、多少钱、多少天写成了一页，请大家看。",
}
NOTES = ("现场看过，和您说的一样。", "要用的都备齐了。", "和相关的几家说好了时间。", "白天没遇到人，晚上再去一趟。")
QUESTION = "明天上午 9 点过来看，家里有人吗？"
ME_TOO = ("我家也是。", "同样的情况。", "我也碰到了，盼着早点弄好。", "", "", "楼上也一样。")
HALF_DONE = "回访说只好了一部分，接着办。"
STILL_NOT = ("又和原来一样了。", "只好了一天。", "看着弄过，没解决。")
RETURNS = (
    "这不归我们修，管线在表后由专业单位负责。",
    "现场看过，是公共部位，应当由物业处理。",
    "涉及几户协调，请社区牵头。",
)


def plan(now: datetime, seed: int = 7) -> list[CompoundPlan]:
    """The three compounds and their year up to `now`, which must know its time zone."""
    now = now.replace(microsecond=0)
    names = Names(Random(seed))
    return [_Year(places(model, now, seed, names), now, Random(f"{model.slug}-year-{seed}")).take() for model in MODELS]


class _Line:
    """One matter's steps so far, and the state they lead to."""

    def __init__(
        self, year: "_Year", kind: Kind, text: Text, where: "_Where", source: str, reporter: PersonPlan | None
    ):
        self.year, self.kind, self.text, self.where = year, kind, text, where
        self.source, self.reporter, self.rng = source, reporter, year.rng
        self.level, self.urgency = kind.level, kind.urgency
        self.state, self.steps = "", []  # type: tuple[str, list[Step]]
        self.handler: PostPlan | None = None
        self.desk: PostPlan = year.desk(kind, self.rng)
        self.handlers: set[str] = set()
        self.due_at: datetime | None = None
        self.tags: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        return self.steps[-1].at

    def add(self, act: str, at: datetime, actor: PostPlan | PersonPlan | None, to: str = "", **data: Any) -> None:
        by = "clock" if actor is None else actor.kind if isinstance(actor, PostPlan) else "resident"
        self.steps.append(Step(act, at, by, actor.key if actor else "", data))
        self.state = to or self.state

    def say(self, template: str) -> str:
        return template.format(**self.where.words)

    def work(self, minutes: int) -> datetime:
        """So many working minutes after the last step."""
        return deadline(self.at, Span.working_minutes(max(1, minutes)), CALENDAR)

    def soon(self, low: int, high: int) -> datetime:
        """Urgent things take minutes of the clock on the wall, others of the working day; seconds make it look lived."""
        minutes = self.rng.randint(low, high)
        if self.urgency in {"urgent", "emergency"}:
            return self.at + minutes * MINUTE + timedelta(seconds=self.rng.randint(0, 40))
        return self.work(minutes) + timedelta(seconds=self.rng.randint(0, 40))

    # The acts, each with the time it takes.

    def raised(self, at: datetime, words: str = "") -> "_Line":
        actor: PostPlan | PersonPlan | None = self.reporter
        if self.source != "resident_online" or not self.reporter:
            actor = self.year.writer(self.source, self.where)
        self.add(
            "raise",
            at,
            actor,
            "submitted",
            words=self.say(words or self.text.words),
            source=self.source,
            photos=self._photos(False),
        )
        return self

    def accept(self, low: int = 4, high: int = 90) -> "_Line":
        fast = {"emergency": (1, 4), "urgent": (2, 12)}.get(self.urgency)
        self.add(
            "accept", self.soon(*(fast or (low, high))), self.desk, "accepted", words="已交给值班台，有进展会告诉您。"
        )
        return self

    def triage(self, low: int = 2, high: int = 25) -> "_Line":
        self.add(
            "triage",
            self.soon(*((1, 3) if self.fast else (low, high))),
            self.desk,
            "triaged",
            category=self.kind.code,
            level=self.level,
            urgency=self.urgency,
        )
        self.due_at = self._due()
        return self

    def dispatch(self, to: PostPlan | None = None) -> "_Line":
        self.handler = to or self.year.handler(self.kind, self.where, self.rng)
        self.handlers.add(self.handler.person or self.handler.key)
        self.add(
            "dispatch",
            self.soon(1, 3 if self.fast else 8),
            self.desk,
            "dispatched",
            body=self.handler.body,
            post=self.handler.key,
        )
        return self

    def sent_back(self) -> "_Line":
        """To the wrong body first; the reason says whose it is."""
        right = self.year.handler(self.kind, self.where, self.rng)
        wrong = self.year.other_body(right)
        self.dispatch(wrong).returned(right.body)
        self.handlers.clear()
        return self.dispatch(right)

    def returned(self, proposed: str) -> "_Line":
        reason = {"property": RETURNS[1], "community": RETURNS[2]}.get(proposed, RETURNS[0])
        self.add("return", self.soon(30, 200), self.handler, "returned", reason=reason, proposed_body=proposed)
        return self

    def take(self, low: int = 10, high: int = 240) -> "_Line":
        self.add(
            "take",
            self.soon(*((2, 8) if self.fast else (low, high))),
            self.handler,
            "in_progress",
            words=self.say(self.text.first),
        )
        if self.fast:
            self.add("arrive", self.soon(3, 12), self.handler)
            self.add("make_safe", self.soon(8, 50), self.handler)
        begins = BEGINS.get(Urgency(self.urgency), "")
        if begins and (at := self.work(240)) < self.year.now and not any(step.act == begins for step in self.steps):
            self.add(begins, at, self.handler, words=BEGUN[begins])
        return self

    def note(self) -> "_Line":
        self.add("note", self.soon(20, 200), self.handler, words=self.rng.choice(NOTES))
        return self

    def urged(self, late: bool) -> "_Line":
        if self.reporter and self.reporter.phone:
            at = self.year.evening(self.work(840) if late else self.at, self.rng)
            self.urge(at, URGES_LATE if late else URGES)
        return self

    def urge(self, at: datetime, words: tuple[str, ...]) -> None:
        self.add("urge", at, self.reporter, words=self.rng.choice(words))
        self.add("note", self.work(self.rng.randint(5, 90)), self.handler, words=self.rng.choice(ANSWERS))

    def suspend(self, low: int = 30, high: int = 240) -> "_Line":
        reason, words = self.kind.wait or ("reporter", "等报告人在家")
        assert self.handler
        review = deadline(self.at, Span.working_days(self._pause_days(reason)), CALENDAR)
        self.add(
            "suspend",
            self.work(self.rng.randint(low, high)),
            self.year.manager(self.handler),
            "suspended",
            pause_reason=reason,
            review_at=review,
            words=words,
        )
        return self

    def resume(self) -> "_Line":
        days = self.rng.randint(1, max(1, self._pause_days(self.steps[-1].data["pause_reason"]) - 1))
        at = deadline(self.at, Span.working_days(days), CALENDAR).replace(hour=9, minute=self.rng.randint(0, 59))
        self.add("resume", at, self.handler, "in_progress", words="等的事有着落了，接着办。")
        return self

    def escalate(self) -> "_Line":
        up = {"building": "compound", "compound": "community", "community": "agency"}.get(self.level)
        if up:
            self.level = up
            at = self.work(self.rng.randint(60, 500))
            due = at + timedelta(days=15)
            self.add("escalate", at, self.handler, level=up, due_at=due, reason="这一层定不了，请上一层一起办。")
            self.desk = self.year.community_desk(self.rng)
            hands = self.handler = self.handler if up == "compound" and self.handler else self.desk
            self.handlers.add(hands.person or hands.key)
            self.add("dispatch", self.work(20), self.desk, "dispatched", body=hands.body, post=hands.key)
            self.add("take", self.work(60), hands, "in_progress", words="接手了，和原来办的人说过了。")
        return self

    def resolve(self, late: bool = False) -> "_Line":
        low, high = WORK[self.urgency][1 if late else 0]
        at = (
            self.at + self.rng.randint(low, high) * MINUTE
            if self.urgency == "urgent"
            else self.work(self.rng.randint(low, high))
        )
        payer = self.year.payer(self.text.payer)
        outcome = "explained" if self.urgency == "consultation" else "fixed"
        self.add(
            "resolve",
            at,
            self.handler,
            "resolved",
            words=self.say(self.text.done),
            outcome=outcome,
            # What a household pays to somebody it asked itself is no cost of the work order.
            cost_fen=0 if payer == "household" else self.text.cost_fen,
            paid_by=texts.PAYERS[payer],
            photos=self._photos(True),
        )
        return self

    def end(self) -> "_Line":
        """Somebody other than the handler says it is done; or nobody does, and five working days pass."""
        roll = self.rng.random()
        if self._visit_always or roll < 0.32:
            return self.visit()
        if self.reporter and self.reporter.phone and self.source == "resident_online" and roll < 0.8:
            return self.reopened_once() if roll < 0.37 else self.confirm()
        at = deadline(self.at, Span.working_days(5), CALENDAR) + self.rng.randint(1, 30) * MINUTE
        self.add("close", at, None, "closed", outcome="not_confirmed")
        return self

    def confirm(self) -> "_Line":
        self.add("confirm", self.year.evening(self.at, self.rng), self.reporter, "closed")
        if self.rng.random() < 0.7:
            self.add(
                "rate",
                self.at + MINUTE,
                self.reporter,
                rating=self.rng.choices(("satisfied", "basically", "unsatisfied"), (72, 23, 5))[0],
            )
        return self

    def visit(self, solved: str = "") -> "_Line":
        """And what follows from the answer: only what is solved is closed (domain §4.7)."""
        solved = solved or self.rng.choices(("solved", "partly", "not"), (88, 7, 5))[0]
        self.visited(solved)
        if solved == "solved":
            return self.closed()
        desk = self.year.community_desk(self.rng) if solved == "partly" else None
        at = self.work(self.rng.randint(5, 60)) if desk else self.at
        reason = HALF_DONE if desk else self.steps[-1].data["comment"]
        self.add("reopen", at, desk, "reopened", reason=reason, automatic=desk is None)
        return self.again()

    def visited(self, solved: str) -> "_Line":
        satisfied = {
            "solved": self.rng.choices(("satisfied", "basically"), (78, 22))[0],
            "partly": "basically",
            "not": "unsatisfied",
        }[solved]
        comment = {
            "solved": self.say(self.text.comment),
            "partly": "好了一部分，剩下的说好下周来。",
            "not": self.rng.choice(STILL_NOT),
        }[solved]
        visitor = self.year.visitor(self)
        self.add(
            "visit",
            self.work(self.rng.randint(120, 1200)),
            visitor,
            "visited",
            contacted=True,
            solved=solved,
            satisfied=satisfied,
            comment=comment,
        )
        return self

    def visited_if_owed(self) -> None:
        """What nobody answered is closed by the clock only where no visit is owed (`rules.visits.must_visit`)."""
        if self.steps[-1].act == "close" and self.steps[-1].by == "clock" and self._visit_always:
            self.steps.pop()
            self.visit("solved")

    @property
    def _visit_always(self) -> bool:
        return must_visit(urgency=self.urgency, source=self.source, category=self.kind.code, level="")

    def closed(self) -> "_Line":
        outcome = "explained" if self.urgency == "consultation" else "fixed"
        self.add(
            "close", self.work(self.rng.randint(10, 300)), self.year.community_desk(self.rng), "closed", outcome=outcome
        )
        return self

    def reopened_once(self) -> "_Line":
        self.add(
            "reopen",
            self.year.evening(self.at, self.rng),
            self.reporter,
            "reopened",
            reason=self.rng.choice(STILL_NOT),
            automatic=False,
        )
        return self.again()

    def again(self) -> "_Line":
        self.desk = self.year.community_desk(self.rng)
        self.triage().dispatch(self.handler).take().resolve()
        if self.reporter and self.reporter.phone and self.source == "resident_online":
            return self.confirm()
        at = deadline(self.at, Span.working_days(5), CALENDAR) + 9 * MINUTE
        self.add("close", at, None, "closed", outcome="not_confirmed")
        return self

    @property
    def fast(self) -> bool:
        return self.urgency in {"urgent", "emergency"}

    def _photos(self, after: bool) -> list[Photo]:
        if not self.kind.motif:
            return []
        if after:
            before = self.steps[0].data["photos"]
            seen = before[0][2] if before else hash_of(self.where.place) % SEEDS
            return [(self.kind.motif, True, seen)] if before or self.rng.random() < 0.3 else []
        return (
            [(self.kind.motif, False, hash_of(self.where.place) % SEEDS)]
            if self.rng.random() < 0.6 or self.tags
            else []
        )

    def _due(self) -> datetime | None:
        span = FINISH.get(self.urgency)
        return deadline(self.steps[0].at, span, CALENDAR) if span else None

    def _pause_days(self, reason: str) -> int:
        return {"agency": 12, "vote": 15, "money": 10, "weather": 4, "parts": 5, "reporter": 4}[reason]

    def done(self, key: str) -> MatterPlan:
        w = self.where
        self.steps.sort(key=lambda s: s.at)
        public = "" if self.kind.place == "home" else w.place
        return MatterPlan(
            key, self.kind.code, public + self.kind.short, w.building, w.entrance, w.home, w.spot, self.source,
            self.reporter.key if self.reporter else "", self.state, self.level, self.urgency, self.due_at, self.tags, self.steps,
        )  # fmt: skip


# Working minutes a job takes, in time and late; urgent ones in minutes of the clock. A working day has 420.
WORK: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "emergency": ((200, 3000), (3000, 6000)),
    "urgent": ((40, 700), (1500, 2400)),
    "normal": ((50, 820), (1300, 2500)),
    "complaint": ((300, 1500), (2200, 3200)),
    "coordination": ((600, 3200), (4300, 5600)),
    "project": ((1800, 8000), (8000, 12000)),
    "consultation": ((10, 180), (500, 900)),
}
# The limit to finish (domain §4.5), to tell late from in time.
FINISH = {
    "urgent": Span.minutes(24 * 60),
    "normal": Span.working_days(3),
    "complaint": Span.working_days(5),
    "coordination": Span.working_days(10),
    "consultation": Span.working_days(1),
}


@dataclass(slots=True)
class _Where:
    building: str
    entrance: str
    home: str
    spot: str
    words: dict[str, str]
    place: str


class _Year:
    """Plans the matters of one compound."""

    def __init__(self, town: PlacesPlan, now: datetime, rng: Random):
        self.town, self.now, self.rng = town, now, rng
        self.since = now - 365 * DAY
        self.owners: dict[str, list[PersonPlan]] = {}
        for tenure in town.tenures:
            person = town.persons[tenure.person]
            if person.kind == "natural" and person.phone and town.homes[tenure.home].occupied != "empty":
                self.owners.setdefault(tenure.home, []).append(person)
        self.lived_in = [town.homes[key] for key in self.owners]
        self.by_entrance: dict[tuple[str, str], list[HomePlan]] = {}
        for home in self.lived_in:
            self.by_entrance.setdefault((home.building, home.entrance), []).append(home)
        self.kinds = self._kinds()
        self.posts: dict[str, list[PostPlan]] = {}
        for post in town.posts:
            self.posts.setdefault(post.kind, []).append(post)
        self.lines: list[_Line] = []
        self.said: set[Text] = set()

    def take(self) -> CompoundPlan:
        today = self._today()
        self.said = {text for text in self.said if text.cost_fen >= LARGE}
        for _ in range(COUNTS[self.town.slug] - len(today)):
            self.lines.append(self._history())
        self._merge_some()
        lines = sorted(self.lines + today, key=lambda line: line.steps[0].at)
        for line in lines:
            line.visited_if_owed()
        numbers = {id(line): f"{self.town.slug}-{number:04d}" for number, line in enumerate(lines, 1)}
        for line in lines:
            for step in line.steps:
                if step.act == "merge":
                    step.data["target"] = numbers[step.data["target"]]
        matters = [line.done(numbers[id(line)]) for line in lines]
        demo = {tag.removeprefix("demo:"): m.key for m in matters for tag in m.tags if tag.startswith("demo:")}
        return CompoundPlan(
            self.town, matters, {"resident": self.town.demo_resident, "home": self.town.demo_home, **demo}
        )

    # People and posts

    def post(self, kind: str, rng: Random, last: bool = False) -> PostPlan | None:
        found = self.posts.get(kind)
        return (found[-1] if last else rng.choice(found)) if found else None

    def desk(self, kind: Kind, rng: Random) -> PostPlan:
        """The front desk keeps what stays in the compound; the rest is sorted by the community."""
        here = kind.level in {"building", "compound"} and kind.body != "community" and rng.random() < 0.55
        return (self.post("front_desk", rng) if here else None) or self.community_desk(rng)

    def community_desk(self, rng: Random) -> PostPlan:
        """The first worker keeps the desk; the others handle and visit."""
        return self.posts["community_worker"][0]

    def handler(self, kind: Kind, where: _Where, rng: Random) -> PostPlan:
        wanted = kind.post
        if self.town.is_unmanaged and wanted not in self.posts:
            wanted = "grid_worker" if kind.level == "building" else "community_worker"
        if wanted in {"steward", "grid_worker"}:
            mine = [p for p in self.posts[wanted] if where.building in p.covers]
            if mine:
                return mine[0]
        if wanted == "community_worker":
            return rng.choice(self.posts[wanted][1:-1] or self.posts[wanted][1:])
        return rng.choice(self.posts[wanted])

    def other_body(self, right: PostPlan) -> PostPlan:
        kind = "property_manager" if right.body != "property" else "committee_member"
        return self.posts[kind][0] if kind in self.posts else self.posts["volunteer"][0]

    def manager(self, handler: PostPlan) -> PostPlan:
        head = {"property": "property_manager", "committee": "committee_chair"}.get(handler.body, "community_secretary")
        return self.posts[head][0]

    def visitor(self, line: _Line) -> PostPlan:
        """Never the handler, and for a complaint nobody of the handler's body (domain §4.9)."""
        body = line.handler.body if line.handler else ""
        kinds = ["community_worker", "grid_worker"] if body != "community" else ["committee_member", "community_worker"]
        found = [
            p
            for k in kinds
            for p in self.posts.get(k, ())[-2:]
            if p.key not in line.handlers and (p.person or p.key) not in line.handlers
        ]
        outside = [p for p in found if p.body != body]
        return self.rng.choice(outside or found)

    def writer(self, source: str, where: _Where) -> PostPlan:
        """Who puts it in: for somebody on the phone or at the counter, or what a patrol found."""
        kinds = {
            "front_desk": "front_desk",
            "chat_group": "steward",
            "patrol": "steward",
            "asset_check": "engineer",
            "resident_phone": "front_desk",
        }
        kind = kinds.get(source, "grid_worker" if source == "home_visit" else "community_worker")
        found = self.posts.get(kind) or self.posts["grid_worker"]
        return self.rng.choice(found)

    def payer(self, payer: str) -> str:
        return (OLD_PAYERS if self.town.is_unmanaged else UNDECIDED).get(payer, payer)

    # Time

    def evening(self, after: datetime, rng: Random) -> datetime:
        """When a resident next looks at it: after work, or within the hour."""
        if 8 <= after.hour < 20 and rng.random() < 0.35:
            return after + rng.randint(6, 80) * MINUTE
        at = after.replace(hour=rng.choice((12, 18, 19, 19, 20, 21)), minute=rng.randint(0, 59))
        return at if at > after + 5 * MINUTE else at + DAY

    def back(self, minutes: int) -> datetime:
        """The moment in working hours from which so many working minutes have run by now."""
        day = self.now.replace(hour=0, minute=0, second=0)
        while (ran := working_minutes_between(day, self.now, CALENDAR)) <= minutes:
            day -= DAY
        return deadline(day, Span.working_minutes(ran - minutes), CALENDAR)

    def moment(self, kind: Kind, source: str) -> datetime:
        """Some time in the year: the kind's own months weigh more; residents write in the evening as well."""
        while True:
            at = self.since + self.rng.random() * 364 * DAY
            if kind.months and at.month not in kind.months and (kind.strict or self.rng.random() < 0.88):
                continue
            if source != "resident_online":
                if CALENDAR.is_working_day(at.date()):
                    return at.replace(
                        hour=self.rng.choice((8, 9, 9, 10, 11, 14, 15, 16)),
                        minute=self.rng.randint(30, 59),
                        second=self.rng.randint(0, 59),
                    )
                continue
            hour = self.rng.choices(range(6, 24), (1, 4, 6, 5, 4, 3, 4, 3, 3, 3, 3, 4, 7, 9, 9, 7, 4, 1))[0]
            return at.replace(hour=hour, minute=self.rng.randint(0, 59), second=self.rng.randint(0, 59))

    # What and where

    def _kinds(self) -> list[tuple[Kind, tuple[Text, ...]]]:
        found = []
        for kind in texts.kinds().values():
            fit = kind.texts
            if self.town.is_unmanaged:
                if (
                    kind.code.startswith(("11", "12", "13"))
                    or kind.code in NOT_UNMANAGED
                    or kind.urgency == "complaint"
                    or kind.body == "committee"
                ):
                    continue
                fit = tuple(
                    t
                    for t in fit
                    if not any(w in text for w in NOT_UNMANAGED_WORDS for text in (t.words, t.first, t.done, t.comment))
                )
            if fit:
                found.append((kind, fit))
        return found

    def _pick(self, only: Callable[[Kind], bool] = lambda kind: True) -> tuple[Kind, Text]:
        """Large works happen once in a year; what is open today is told in different words."""
        more = {"yunpo": MORE_IN_YUNPO, "laoliangzhan": MORE_IN_OLD}.get(self.town.slug, {})
        fit = [(k, t) for k, t in self.kinds if only(k)]
        weights = [k.weight * more.get(k.code, 1) for k, _ in fit]
        while True:
            kind, choices = self.rng.choices(fit, weights)[0]
            fresh = [t for t in choices if t not in self.said]
            if fresh:
                break
        text = self.rng.choice(fresh)
        if text.cost_fen >= LARGE:
            self.said.add(text)
        return kind, text

    def where(self, kind: Kind, home: HomePlan) -> _Where:
        words = {"building": f"{home.building}栋", "entrance": f"{home.entrance}单元", "room": home.room_no}
        if kind.place == "spot":
            spot = self.rng.choice(self.town.spots)
            if kind.code in {"0104", "0608"} and self.town.slug == "yunpo":
                spot = self.rng.choice(self.town.spots[:2])
            return _Where("", "", "", spot, {"spot": spot}, spot)
        if kind.place == "building":
            return _Where(home.building, "", "", "", words, words["building"])
        place = words["building"] + words["entrance"]
        return _Where(home.building, home.entrance, home.key if kind.place == "home" else "", "", words, place)

    def line(
        self, kind: Kind, text: Text, home: HomePlan | None = None, source: str = "", reporter: PersonPlan | None = None
    ) -> _Line:
        home = home or self.rng.choice(self.lived_in)
        source = source or self.rng.choices(SOURCES, SOURCE_WEIGHTS)[0]
        if self.town.is_unmanaged and source in {"front_desk", "asset_check"}:
            source = "home_visit"
        if source in WITHOUT_REPORTER and kind.place == "home":
            source = "resident_online"
        if source not in WITHOUT_REPORTER:
            reporter = reporter or self.rng.choice(self.owners[home.key])
        return _Line(self, kind, text, self.where(kind, home), source, reporter)

    # The year behind us

    def _history(self) -> _Line:
        roll = self.rng.random()
        while True:
            kind, text = self._pick()
            line = self.line(kind, text)
            line.raised(self.moment(kind, line.source))
            self._run(line, roll)
            if line.at < self.now - 10 * MINUTE:
                self._neighbours(line, 0.14)
                return line

    def _run(self, line: _Line, roll: float) -> None:
        if roll < 0.035:
            self._declined(line)
            return
        if roll < 0.055 and line.source == "resident_online":
            line.accept()
            line.add(
                "withdraw", self.evening(line.at, self.rng), line.reporter, "withdrawn", words="自己弄好了，不麻烦了。"
            )
            return
        late_desk = self.rng.random() < 0.06
        line.accept(*((130, 320) if late_desk else (4, 90))).triage()
        if self.rng.random() < 0.04 and not line.fast:
            line.sent_back()
        else:
            line.dispatch()
        line.take()
        late = self.rng.random() < 0.09
        if self.rng.random() < 0.12:
            line.note()
        if late or self.rng.random() < 0.05:
            line.urged(late)
        if line.kind.wait and not line.fast and self.rng.random() < 0.16:
            line.suspend().resume()
        if self.rng.random() < 0.03 and not line.fast and line.urgency != "consultation":
            line.escalate()
        line.resolve(late).end()

    def _declined(self, line: _Line) -> None:
        chosen = self.rng.choice(texts.declined())
        first = line.steps[0]
        spot = line.where.spot or self.rng.choice(self.town.spots)
        first.data.update(
            words=chosen.words.format(building=line.where.words.get("building", ""), spot=spot), photos=[]
        )
        line.kind = texts.kinds()["9904"]
        line.where = _Where("", "", "", "", {}, "")
        line.add("decline", line.soon(5, 100), line.desk, "declined", reason=chosen.reason, words=chosen.answer)

    def _neighbours(self, line: _Line, chance: float, least: int = 1) -> None:
        """Others who say it too, while it is open and before it is done."""
        begun = line.steps[0].at
        ends = next((s.at for s in line.steps if s.act in {"resolve", "decline", "withdraw", "merge"}), self.now)
        if (
            line.kind.place == "home"
            or line.state == "declined"
            or self.rng.random() > chance
            or ends - begun < 30 * MINUTE
        ):
            return
        near = self.lived_in
        if line.where.entrance:
            near = self.by_entrance[line.where.building, line.where.entrance]
        elif line.where.building:
            near = [h for h in self.lived_in if h.building == line.where.building]
        people = {p.key: p for h in near for p in self.owners[h.key] if not line.reporter or p.key != line.reporter.key}
        chosen = self.rng.sample(sorted(people), min(len(people), self.rng.randint(least, 9)))
        for person in chosen:
            at = begun + (ends - begun) * self.rng.uniform(0.02, 0.95)
            line.steps.append(
                Step("me_too", at.replace(microsecond=0), "resident", person, {"words": self.rng.choice(ME_TOO)})
            )
        line.steps.sort(key=lambda s: s.at)

    def _merge_some(self) -> None:
        """One in fourteen is the same thing said again: by a neighbour, in other words, before it was done.

        Each takes the place of a matter that nothing hangs on, so the year's count stays what it is.
        """
        closed = [place for place, line in enumerate(self.lines) if line.state == "closed"]
        self.rng.shuffle(closed)
        count = len(self.lines) // 14
        given_up, rest = closed[:count], closed[count:]
        hosts = [self.lines[place] for place in rest if self.lines[place].kind.place != "home"]
        for place, host in zip(given_up, hosts, strict=False):
            accepted = next(s.at for s in host.steps if s.act == "accept")
            resolved = next(s.at for s in host.steps if s.act == "resolve")
            raised = accepted + (resolved - accepted) * self.rng.uniform(0.05, 0.6)
            guest = self._echo(host, raised.replace(microsecond=0))
            at = guest.soon(3, 60)
            if at < resolved:
                guest.add("merge", at, guest.desk, "merged", target=id(host))
                self.lines[place] = guest

    def _echo(self, host: _Line, at: datetime) -> _Line:
        others = [
            t
            for k, fit in self.kinds
            if k.code == host.kind.code
            for t in fit
            if t is not host.text and t not in self.said
        ]
        guest = self.line(host.kind, self.rng.choice(others or [host.text]), source="resident_online")
        guest.where = host.where
        return guest.raised(at)

    # Today

    def _today(self) -> list[_Line]:
        lines = self._demo_lines()
        for state, count in TODAY[self.town.slug]:
            for number in range(count):
                lines.append(self._open(state, number))
        waiting = [line for line in lines if line.state in {"in_progress", "dispatched"} and line.kind.place != "home"]
        for host in self.rng.sample(waiting, min(len(waiting), 1 if self.town.is_unmanaged else 3)):
            lines.append(self._echo(host, self.now - self.rng.randint(4, 90) * MINUTE))
            lines[-1].tags = ("echo",)
        for line in lines:
            if not line.tags:
                self._neighbours(line, 0.34, 2)
        return lines

    def _open(self, state: str, number: int) -> _Line:
        slow = {"suspended": lambda k: k.wait is not None and k.urgency in {"normal", "coordination", "project"}, "overdue": lambda k: k.urgency in {"normal", "complaint"}, "returned": lambda k: k.urgency == "normal" and k.body == "property"}  # fmt: skip
        calm = (
            {"normal", "coordination", "complaint", "project"}
            if state != "submitted"
            else {"normal", "coordination", "consultation"}
        )
        month = self.now.month
        fits = slow.get(state, lambda k: k.urgency in calm)
        kind, text = self._pick(
            lambda k: fits(k) and (not k.months or month in k.months or not k.strict and self.rng.random() < 0.2)
        )
        self.said.add(text)
        line = self.line(kind, text, source="resident_online" if state in {"resolved", "submitted"} else "")
        self._stand(line, state, number)
        return line

    def _stand(self, line: _Line, state: str, number: int = 0) -> None:
        """Bring a matter to where it stands now: the working minutes each step took, and what has passed since."""
        if state == "submitted":
            line.raised(self.now - (4, 17, 38, 75)[number % 4] * MINUTE)
            return
        rng = self.rng
        limit = FINISH.get(line.urgency)
        days = limit.amount if limit and not limit.round_the_clock else 15
        # How long ago it was said, in working minutes; 420 make a day.
        age = {
            "accepted": (60, 100), "triaged": (60, 110), "dispatched": (70, 320), "returned": (420, 600),
            "in_progress": (300, max(420, days * 420 - 420)), "overdue": (days * 420 + 460, days * 420 + 1500), "suspended": (1300, 2400),
            "resolved": (900, 1900), "visited": (1800, 2600), "reopened": (2000, 2600),
        }[state]  # fmt: skip
        start = self.back(rng.randint(*age))
        line.raised(start).accept(3, 30).triage(2, 12)
        self._further(line, state)
        self._after_hours(line)

    def _further(self, line: _Line, state: str) -> None:
        if state in {"accepted", "triaged"}:
            if state == "accepted":
                line.steps.pop()
                line.state, line.due_at = "accepted", None
            return
        if state == "returned":
            line.dispatch(line.year.handler(line.kind, line.where, self.rng)).returned("community")
            return
        line.dispatch()
        if state == "dispatched":
            return
        line.take(10, 150)
        if state in {"in_progress", "overdue"}:
            if state == "overdue" and line.reporter and line.reporter.phone:
                line.urge(self.back(self.rng.randint(160, 400)), URGES_LATE)
            return
        if state == "suspended":
            line.suspend(30, 200)
            review = deadline(self.now, Span.working_days(self.rng.randint(1, 4)), CALENDAR)
            line.steps[-1].data["review_at"] = max(review, line.steps[-1].data["review_at"])
            return
        at = line.work(self.rng.randint(60, 400))
        line.resolve()
        line.steps[-1].at = at
        if state in {"visited", "reopened"}:
            line.visited("partly")
            line.steps[-1].at = deadline(at, Span.working_minutes(self.rng.randint(200, 600)), CALENDAR)
        if state == "reopened":
            line.steps[-1].data.update(solved="not", satisfied="unsatisfied", comment=STILL_NOT[0])
            line.add("reopen", line.at, None, "reopened", reason=STILL_NOT[0], automatic=True)

    def _after_hours(self, line: _Line) -> None:
        """What is first said at nine was often written the evening before."""
        first = line.steps[0]
        opened = first.at.replace(hour=8, minute=30, second=0)
        if line.source == "resident_online" and timedelta(0) <= first.at - opened < 45 * MINUTE:
            first.at = (first.at - DAY).replace(hour=self.rng.choice((19, 20, 21)), minute=self.rng.randint(0, 59))
            line.due_at = line._due() if line.due_at else None

    def _demo_lines(self) -> list[_Line]:
        """What the demo resident has: one to answer, one with a running clock, one overdue, one waiting for parts."""
        resident, home = self.town.persons[self.town.demo_resident], self.town.homes[self.town.demo_home]
        lines = []
        for name, code, number in DEMO:
            kind = texts.kinds()[code]
            line = self.line(kind, kind.texts[number], home, "resident_online", resident)
            line.tags = (f"demo:{name}",)
            if name == "resolved":
                self._lamp(line)
            elif name == "running":
                line.raised(self.back(500)).accept(5, 20).triage(2, 9).dispatch().take(20, 90)
                line.add("ask", line.work(60), line.handler, words=QUESTION)
            else:
                self._stand(line, name)
            lines.append(line)
        return [*lines, self._helped()]

    def _helped(self) -> _Line:
        """One for a volunteer, so that they see their list at work."""
        kind = texts.kinds()[HELPED]
        line = self.line(kind, kind.texts[0], source="resident_online")
        line.tags = ("helped",)
        self._stand(line, "in_progress")
        return line

    def _lamp(self, line: _Line) -> None:
        """The lamp on the stairs: said by four, paused for parts, urged, done today."""
        line.raised(self.back(1600)).accept(5, 20).triage(2, 9).dispatch().take(30, 90).suspend(20, 90)
        line.steps[-1].data["review_at"] = deadline(line.at, Span.working_days(2), CALENDAR)
        assert line.reporter and line.handler
        line.add("urge", line.work(300), line.reporter, words=URGES[2])
        line.add("note", line.work(30), line.handler, words="灯到货了，马上去装。")
        line.add("resume", line.work(180), line.handler, "in_progress", words="等的事有着落了，接着办。")
        line.add(
            "resolve",
            self.back(70),
            line.handler,
            "resolved",
            words=line.text.done,
            outcome="fixed",
            cost_fen=0 if line.text.payer == "household" else line.text.cost_fen,
            paid_by=texts.PAYERS[self.payer(line.text.payer)],
            photos=line._photos(True),
        )
        near = self.by_entrance[line.where.building, line.where.entrance]
        people = sorted({p.key for h in near for p in self.owners[h.key]} - {line.reporter.key})[:3]
        for number, person in enumerate(people, 1):
            at = line.steps[4].at + number * 47 * MINUTE
            line.steps.append(Step("me_too", at, "resident", person, {"words": ME_TOO[number - 1]}))
        line.steps.sort(key=lambda s: s.at)


def hash_of(text: str) -> int:
    """The same on every run, unlike `hash`."""
    return sum(ord(c) * (i + 1) for i, c in enumerate(text))
