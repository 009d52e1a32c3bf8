"""The matters of one compound over a year."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from linli.kernel.clock import Span, deadline
from linli.web.samples import texts
from linli.web.samples.places import HomePlan, PersonPlan, PlacesPlan
from linli.web.samples.texts import Kind, Text

from .hands import Hands, Where
from .lines import Line
from .steps import CALENDAR, DAY, FINISH, MINUTE, STILL_NOT, URGES, URGES_LATE, CompoundPlan, Step

LARGE = 1_000_000
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
QUESTION = "明天上午 9 点过来看，家里有人吗？"
ME_TOO = ("我家也是。", "同样的情况。", "我也碰到了，盼着早点弄好。", "", "", "楼上也一样。")


class Year(Hands):
    """Plans the matters of one compound."""

    def __init__(self, town: PlacesPlan, now: datetime, rng: Random):
        super().__init__(town, now, rng)
        self.kinds = self._kinds()
        self.lines: list[Line] = []
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

    def where(self, kind: Kind, home: HomePlan) -> Where:
        words = {"building": f"{home.building}栋", "entrance": f"{home.entrance}单元", "room": home.room_no}
        if kind.place == "spot":
            spot = self.rng.choice(self.town.spots)
            if kind.code in {"0104", "0608"} and self.town.slug == "yunpo":
                spot = self.rng.choice(self.town.spots[:2])
            return Where("", "", "", spot, {"spot": spot}, spot)
        if kind.place == "building":
            return Where(home.building, "", "", "", words, words["building"])
        place = words["building"] + words["entrance"]
        return Where(home.building, home.entrance, home.key if kind.place == "home" else "", "", words, place)

    def line(
        self, kind: Kind, text: Text, home: HomePlan | None = None, source: str = "", reporter: PersonPlan | None = None
    ) -> Line:
        home = home or self.rng.choice(self.lived_in)
        source = source or self.rng.choices(SOURCES, SOURCE_WEIGHTS)[0]
        if self.town.is_unmanaged and source in {"front_desk", "asset_check"}:
            source = "home_visit"
        if source in WITHOUT_REPORTER and kind.place == "home":
            source = "resident_online"
        if source not in WITHOUT_REPORTER:
            reporter = reporter or self.rng.choice(self.owners[home.key])
        return Line(self, kind, text, self.where(kind, home), source, reporter)

    def _history(self) -> Line:
        roll = self.rng.random()
        while True:
            kind, text = self._pick()
            line = self.line(kind, text)
            line.raised(self.moment(kind, line.source))
            self._run(line, roll)
            if line.at < self.now - 10 * MINUTE:
                self._neighbours(line, 0.14)
                return line

    def _run(self, line: Line, roll: float) -> None:
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

    def _declined(self, line: Line) -> None:
        chosen = self.rng.choice(texts.declined())
        first = line.steps[0]
        spot = line.where.spot or self.rng.choice(self.town.spots)
        first.data.update(
            words=chosen.words.format(building=line.where.words.get("building", ""), spot=spot), photos=[]
        )
        line.kind = texts.kinds()["9904"]
        line.where = Where("", "", "", "", {}, "")
        line.add("decline", line.soon(5, 100), line.desk, "declined", reason=chosen.reason, words=chosen.answer)

    def _neighbours(self, line: Line, chance: float, least: int = 1) -> None:
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

    def _echo(self, host: Line, at: datetime) -> Line:
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

    def _today(self) -> list[Line]:
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

    def _open(self, state: str, number: int) -> Line:
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

    def _stand(self, line: Line, state: str, number: int = 0) -> None:
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

    def _further(self, line: Line, state: str) -> None:
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

    def _after_hours(self, line: Line) -> None:
        """What is first said at nine was often written the evening before."""
        first = line.steps[0]
        opened = first.at.replace(hour=8, minute=30, second=0)
        if line.source == "resident_online" and timedelta(0) <= first.at - opened < 45 * MINUTE:
            first.at = (first.at - DAY).replace(hour=self.rng.choice((19, 20, 21)), minute=self.rng.randint(0, 59))
            line.due_at = line._due() if line.due_at else None

    def _demo_lines(self) -> list[Line]:
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

    def _helped(self) -> Line:
        """One for a volunteer, so that they see their list at work."""
        kind = texts.kinds()[HELPED]
        line = self.line(kind, kind.texts[0], source="resident_online")
        line.tags = ("helped",)
        self._stand(line, "in_progress")
        return line

    def _lamp(self, line: Line) -> None:
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
