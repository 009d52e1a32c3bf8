"""The planned year, step by step, through the services that people use, each at its own time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.access import parts_in
from linli.matters.models import Clock, Matter
from linli.matters.rules import times
from linli.matters.rules.states import State, Who
from linli.matters.services import beginning, clocks
from linli.plumbing.acts import CLOCK, Actor
from linli.plumbing.prepared import Prepared

from .lines import ANSWERS
from .registers import Town
from .steps import FINAL, MatterPlan, Step

HALF_A_DAY = timedelta(hours=8)
A_DAY = timedelta(days=1)
PROJECT_TAKES = timedelta(days=60)
CALLERS = ("community_worker", "grid_worker", "committee_member")

_next_due = Prepared(
    lambda compound, matter, until: (
        Clock.objects.filter(compound_id=compound, matter_id=matter, next_at__lte=until)
        .order_by("next_at")
        .values_list("pk", "next_at")
    )
)


@dataclass
class Replay:
    """`matters` by the plan's keys, as the last step left them; `refused` says which step the rules did not let pass."""

    town: Town
    matters: dict[str, Matter] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    _stuck: set[str] = field(default_factory=set)

    def run(self) -> None:
        steps = [(s.at, n, m, s) for n, m in enumerate(self.town.plan.matters) for s in _kept(m)]
        steps.sort(key=lambda row: row[:2])
        for _, _, plan, step in steps:
            if plan.key not in self._stuck:
                self._let_clocks_run(plan, step.at)
                self._take(plan, step)
        for plan in self.town.plan.open_matters:
            self._let_clocks_run(plan, self.town.now)
        for matter in self.matters.values():
            self._visit_confirmed(matter)
        Matter.objects.bulk_update(self._named(), ["public_title", "titled_at"], batch_size=200)

    def _take(self, plan: MatterPlan, step: Step) -> None:
        try:
            done = VERBS[step.act](self, plan, step)
        except Refused as no:
            self.refused.append(f"{plan.key} {step.act} {step.by} {step.at:%F %R}: {no}")
            self._stuck.add(plan.key)
            return
        if step.act != "me_too":
            self.matters[plan.key] = done

    def _let_clocks_run(self, plan: MatterPlan, until: datetime) -> None:
        """Of what is open today, at the moments at which a worker would have warned; what is closed rests."""
        matter = self.matters.get(plan.key)
        if matter is None or plan.state in FINAL:
            return
        compound_id = self.town.compound.pk
        for _ in times.LISTED * times.AFTER_TRIAGE:  # each clock has so many moments
            first = _next_due.first(compound=compound_id, matter=matter.pk, until=until)
            if first is None or not clocks.tick(clock_id=first[0], compound_id=compound_id, at=first[1]):
                return

    def _visit_confirmed(self, matter: Matter) -> None:
        """What the draw picked is asked about the next day; what was confirmed yesterday is still to be asked."""
        if matter.state != State.CLOSED or matter.visit_due_at is None or matter.closed_at is None:
            return
        at = (timezone.localtime(matter.closed_at) + A_DAY).replace(hour=10)
        if at <= self.town.now:
            services.return_visit(
                by=_visitor(self, matter), matter=matter, contacted=True, called="yes", solved="solved",
                satisfied=matter.rating or "satisfied", at=at,
            )  # fmt: skip

    def _named(self) -> list[Matter]:
        found = []
        for plan in self.town.plan.matters:
            if plan.key in self.matters:
                m = self.matters[plan.key]
                m.public_title, m.titled_at = plan.public_title[:80], m.triaged_at
                found.append(m)
        return found

    def by(self, plan: MatterPlan, step: Step) -> Actor:
        if step.by == "clock":
            return CLOCK
        return self.town.as_resident(step.who, plan.home) if step.by == "resident" else self.town.as_post(step.who)

    def common(self, plan: MatterPlan, step: Step) -> dict:
        return {"by": self.by(plan, step), "matter": self.matters[plan.key], "at": step.at}


def _kept(plan: MatterPlan) -> list[Step]:
    """Without what a service does by itself, and without the urging of those who cannot: somebody else had said it for them."""
    kept: list[Step] = []
    said_online = plan.steps[0].by == "resident"
    dropped = False
    for step in plan.steps:
        if step.act == "reopen" and step.data.get("automatic"):
            continue
        if step.act == "urge" and not said_online:
            dropped = True
            continue
        if dropped and step.act == "note" and step.data["words"] in ANSWERS:
            dropped = False
            continue
        kept.append(step)
    return kept


def _raise(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    town = run.town
    spot = services.Spot(
        building=town.buildings.get(plan.building), entrance=town.entrances.get((plan.building, plan.entrance)),
        home=town.homes.get(plan.home), words=plan.spot,
    )  # fmt: skip
    told: dict[str, Any] = {}
    if step.by != "resident" and plan.reporter:
        who = town.persons[plan.reporter]
        told = {"person": who, "reporter_name": who.name, "reporter_phone": who.phone}
    return services.open_matter(
        by=run.by(plan, step),
        compound=town.compound,
        words=step.data["words"],
        at=step.at,
        source=plan.source,
        spot=spot,
        **told,
    )


def _merge(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    return services.merge(target=run.matters[step.data["target"]], **run.common(plan, step))


def _dispatch(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    body, post = run.town.bodies[step.data["body"]], run.town.posts[step.data["post"]]
    common = run.common(plan, step)
    due = step.at + PROJECT_TAKES if common["matter"].urgency == "project" else None
    return services.dispatch(body=body, post=post, due_at=due, **common)


def _escalate(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    given = {name: step.data[name] for name in ("level", "due_at", "reason")}
    return services.escalate(**given, **run.common(plan, step))


def _return(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    proposed = run.town.bodies[step.data["proposed_body"]]
    return services.send_back(reason=step.data["reason"], proposed_body=proposed, **run.common(plan, step))


def _resolve(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    # The photo comes when all of them are drawn; where none is planned, the words and the cost are the evidence.
    done = {k: step.data[k] for k in ("words", "outcome", "cost_fen", "paid_by")}
    return services.resolve(evidence=True, **done, **run.common(plan, step))


def _reopen(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    verb = services.reopen if step.by == "resident" else services.reopen_visited
    return verb(reason=step.data["reason"], **run.common(plan, step))


def _close(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    """Where nobody answered and the draw picked it, nobody answered the two calls either: closed all the same."""
    matter = run.matters[plan.key]
    if step.by != "clock" or not matter.visit_wanted:
        return services.close(outcome=step.data["outcome"], **run.common(plan, step))
    for at in (step.at - HALF_A_DAY, step.at):
        matter = services.return_visit(by=_visitor(run, matter), matter=matter, contacted=False, at=at)
    return matter


def _visitor(run: Replay, matter: Matter) -> Actor:
    keys = [k for k, p in run.town.posts.items() if p.kind in CALLERS and p.to_day is None]
    return next(a for a in map(run.town.as_post, keys) if Who.VISITOR in parts_in(matter, a))


def _me_too(run: Replay, plan: MatterPlan, step: Step) -> Matter:
    # What the neighbours say besides is worth its time only where somebody still reads it.
    if plan.state in FINAL:
        return services.me_too(**run.common(plan, step))
    return services.join(words=step.data["words"], **run.common(plan, step))


def _plain(verb: Callable[..., Matter], *names: str) -> Callable[[Replay, MatterPlan, Step], Matter]:
    def do(run: Replay, plan: MatterPlan, step: Step) -> Matter:
        return verb(**{n: step.data[n] for n in names if n in step.data}, **run.common(plan, step))

    return do


VERBS: dict[str, Callable[[Replay, MatterPlan, Step], Matter]] = {
    "raise": _raise,
    "accept": _plain(services.accept),
    "decline": _plain(services.decline, "reason", "words"),
    "merge": _merge,
    "withdraw": _plain(services.withdraw, "words"),
    "triage": _plain(services.triage, "category", "level", "urgency"),
    "dispatch": _dispatch,
    "return": _return,
    "take": _plain(services.take, "words"),
    "arrive": _plain(services.arrive),
    "meet": _plain(beginning.meet, "words"),
    "propose": _plain(beginning.propose, "words"),
    "make_safe": _plain(services.make_safe),
    "note": _plain(services.note, "words"),
    "ask": _plain(services.ask, "words"),
    "suspend": _plain(services.suspend, "pause_reason", "review_at", "words"),
    "resume": _plain(services.resume, "words"),
    "escalate": _escalate,
    "resolve": _resolve,
    "confirm": _plain(services.confirm),
    "rate": _plain(services.rate, "rating"),
    "visit": _plain(services.return_visit, "contacted", "called", "solved", "satisfied", "comment"),
    "close": _close,
    "reopen": _reopen,
    "urge": _plain(services.urge, "words"),
    "me_too": _me_too,
}
