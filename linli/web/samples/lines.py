"""One matter of the year: its steps so far, and what comes next."""

from datetime import datetime, timedelta
from typing import Any

from linli.kernel.clock import Span, deadline
from linli.matters.rules.times import BEGINS, Urgency
from linli.matters.rules.visits import must_visit
from linli.web.samples import texts
from linli.web.samples.places import PersonPlan, PostPlan
from linli.web.samples.texts import Kind, Text

from .hands import Hands, Where
from .steps import CALENDAR, FINISH, MINUTE, STILL_NOT, URGES, URGES_LATE, MatterPlan, Photo, Step

SEEDS = 4
ANSWERS = ("已排上，明天上午到。", "人手刚腾出来，下午就去。", "正在和那边对时间，今天给您准话。")
BEGUN = {
    "meet": "把几家请到一起坐了一次，各自怎么想的都说了，下次带着办法来。",
    "propose": "现场量过了，怎么做、多少钱、多少天写成了一页，请大家看。",
}
NOTES = ("现场看过，和您说的一样。", "要用的都备齐了。", "和相关的几家说好了时间。", "白天没遇到人，晚上再去一趟。")
HALF_DONE = "回访说只好了一部分，接着办。"
RETURNS = (
    "这不归我们修，管线在表后由专业单位负责。",
    "现场看过，是公共部位，应当由物业处理。",
    "涉及几户协调，请社区牵头。",
)


class Line:
    """One matter's steps so far, and the state they lead to."""

    def __init__(self, year: Hands, kind: Kind, text: Text, where: Where, source: str, reporter: PersonPlan | None):
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

    def raised(self, at: datetime, words: str = "") -> "Line":
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

    def accept(self, low: int = 4, high: int = 90) -> "Line":
        fast = {"emergency": (1, 4), "urgent": (2, 12)}.get(self.urgency)
        self.add(
            "accept", self.soon(*(fast or (low, high))), self.desk, "accepted", words="已交给值班台，有进展会告诉您。"
        )
        return self

    def triage(self, low: int = 2, high: int = 25) -> "Line":
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

    def dispatch(self, to: PostPlan | None = None) -> "Line":
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

    def sent_back(self) -> "Line":
        """To the wrong body first; the reason says whose it is."""
        right = self.year.handler(self.kind, self.where, self.rng)
        wrong = self.year.other_body(right)
        self.dispatch(wrong).returned(right.body)
        self.handlers.clear()
        return self.dispatch(right)

    def returned(self, proposed: str) -> "Line":
        reason = {"property": RETURNS[1], "community": RETURNS[2]}.get(proposed, RETURNS[0])
        self.add("return", self.soon(30, 200), self.handler, "returned", reason=reason, proposed_body=proposed)
        return self

    def take(self, low: int = 10, high: int = 240) -> "Line":
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

    def note(self) -> "Line":
        self.add("note", self.soon(20, 200), self.handler, words=self.rng.choice(NOTES))
        return self

    def urged(self, late: bool) -> "Line":
        if self.reporter and self.reporter.phone:
            at = self.year.evening(self.work(840) if late else self.at, self.rng)
            self.urge(at, URGES_LATE if late else URGES)
        return self

    def urge(self, at: datetime, words: tuple[str, ...]) -> None:
        self.add("urge", at, self.reporter, words=self.rng.choice(words))
        self.add("note", self.work(self.rng.randint(5, 90)), self.handler, words=self.rng.choice(ANSWERS))

    def suspend(self, low: int = 30, high: int = 240) -> "Line":
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

    def resume(self) -> "Line":
        days = self.rng.randint(1, max(1, self._pause_days(self.steps[-1].data["pause_reason"]) - 1))
        at = deadline(self.at, Span.working_days(days), CALENDAR).replace(hour=9, minute=self.rng.randint(0, 59))
        self.add("resume", at, self.handler, "in_progress", words="等的事有着落了，接着办。")
        return self

    def escalate(self) -> "Line":
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

    def resolve(self, late: bool = False) -> "Line":
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

    def end(self) -> "Line":
        """Somebody other than the handler says it is done; or nobody does, and five working days pass."""
        roll = self.rng.random()
        if self._visit_always or roll < 0.32:
            return self.visit()
        if self.reporter and self.reporter.phone and self.source == "resident_online" and roll < 0.8:
            return self.reopened_once() if roll < 0.37 else self.confirm()
        at = deadline(self.at, Span.working_days(5), CALENDAR) + self.rng.randint(1, 30) * MINUTE
        self.add("close", at, None, "closed", outcome="not_confirmed")
        return self

    def confirm(self) -> "Line":
        self.add("confirm", self.year.evening(self.at, self.rng), self.reporter, "closed")
        if self.rng.random() < 0.7:
            self.add(
                "rate",
                self.at + MINUTE,
                self.reporter,
                rating=self.rng.choices(("satisfied", "basically", "unsatisfied"), (72, 23, 5))[0],
            )
        return self

    def visit(self, solved: str = "") -> "Line":
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

    def visited(self, solved: str) -> "Line":
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

    def closed(self) -> "Line":
        outcome = "explained" if self.urgency == "consultation" else "fixed"
        self.add(
            "close", self.work(self.rng.randint(10, 300)), self.year.community_desk(self.rng), "closed", outcome=outcome
        )
        return self

    def reopened_once(self) -> "Line":
        self.add(
            "reopen",
            self.year.evening(self.at, self.rng),
            self.reporter,
            "reopened",
            reason=self.rng.choice(STILL_NOT),
            automatic=False,
        )
        return self.again()

    def again(self) -> "Line":
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


def hash_of(text: str) -> int:
    """The same on every run, unlike `hash`."""
    return sum(ord(c) * (i + 1) for i, c in enumerate(text))
