"""Who does what in a sample compound, and at what hour."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from linli.kernel.clock import Span, deadline, working_minutes_between
from linli.web.samples.places import HomePlan, PersonPlan, PlacesPlan, PostPlan
from linli.web.samples.texts import Kind

from .steps import CALENDAR, DAY, MINUTE

if TYPE_CHECKING:
    from .lines import Line

OLD_PAYERS = {"service_fee": "community", "public_income": "community", "maintenance_fund": "community"}
# Of the owners' money only what was decided (domain §4.8); these jobs nobody put to a decision.
UNDECIDED = {"public_income": "service_fee", "maintenance_fund": "service_fee"}


@dataclass(slots=True)
class Where:
    building: str
    entrance: str
    home: str
    spot: str
    words: dict[str, str]
    place: str


class Hands:
    """The people and posts of one compound, who does what, and at what hour."""

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
        self.posts: dict[str, list[PostPlan]] = {}
        for post in town.posts:
            self.posts.setdefault(post.kind, []).append(post)

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

    def handler(self, kind: Kind, where: Where, rng: Random) -> PostPlan:
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

    def visitor(self, line: "Line") -> PostPlan:
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

    def writer(self, source: str, where: Where) -> PostPlan:
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
