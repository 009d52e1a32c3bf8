"""What is planned of a sample compound. A matter is a list of steps in the order of time, each an act of `matters.rules.states` by the
same name; the loader replays them through the services.

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

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from linli.kernel.clock import Calendar, Span
from linli.web.samples.places import PlacesPlan

Photo = tuple[str, bool, int]
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CALENDAR = Calendar()


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
URGES = ("麻烦催一下，家里有老人。", "今天会来吗？", "大概什么时候能到？")
URGES_LATE = ("等了好几天了，什么时候能弄好？", "上次说这两天，还没见人。")
STILL_NOT = ("又和原来一样了。", "只好了一天。", "看着弄过，没解决。")
# The limit to finish (domain §4.5), to tell late from in time.
FINISH = {
    "urgent": Span.minutes(24 * 60),
    "normal": Span.working_days(3),
    "complaint": Span.working_days(5),
    "coordination": Span.working_days(10),
    "consultation": Span.working_days(1),
}
