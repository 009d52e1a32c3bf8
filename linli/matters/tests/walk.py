"""A walk through everything that anybody may do with matters, at random."""

import random
from collections import Counter
from datetime import timedelta

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Matter
from linli.people.rules import Role

from .makers import NOW

# What is likely to come next; the walk does something else one time in five.
NEXT = {
    "submitted": ("accept", "accept", "sort", "sort", "sort", "sort", "decline", "correct", "merge", "withdraw"),
    "accepted": ("sort", "sort", "sort", "merge", "correct", "withdraw"),
    "triaged": ("give", "give", "give", "give", "give", "merge", "sort"),
    "dispatched": ("take", "take", "take", "take", "take", "return", "recall", "merge", "withdraw"),
    "returned": ("give",),
    "in_progress": ("resolve", "resolve", "resolve", "resolve", "resolve", "suspend", "escalate", "recall", "merge"),
    "suspended": ("resume", "resume", "clocks", "clocks", "recall"),
    "resolved": ("visit", "visit", "visit", "confirm", "reopen", "close", "clocks", "rate"),
    "visited": ("close", "close", "reopen_visited"),
    "reopened": ("sort",),
    "closed": ("reopen", "reopen", "merge_to"),
    "merged": ("unmerge",),
    "declined": ("clocks",),
    "withdrawn": ("clocks",),
}


class Walk:
    """Anybody does anything, at any hour; what the rules refuse is not done."""

    def __init__(self, place, seed: int):
        self.place, self.random, self.now, self.done = place, random.Random(seed), NOW, Counter[str]()
        roles = (
            Role.COMMUNITY_WORKER, Role.COMMUNITY_SECRETARY, Role.FRONT_DESK, Role.PROPERTY_MANAGER, Role.ENGINEER,
            Role.GRID_WORKER, Role.COMMITTEE_CHAIR,
        )  # fmt: skip
        self.staff = [place.post(role) for role in roles]
        self.owners = [place.resident(name=f"业主{i}") for i in range(2)]
        self.verbs = [name for name in dir(self) if name.startswith("do_")]

    def go(self, steps: int) -> None:
        for _ in range(steps):
            self.now += timedelta(minutes=self.random.choice((1, 7, 40, 200, 400)))
            if self.random.random() < 0.02:
                self.now += timedelta(days=self.random.randrange(30))
            known = list(Matter.objects.order_by("number"))
            live = [m for m in known if m.open]
            m = self.random.choice((live if self.random.random() < 0.8 else known) or [None])
            likely = NEXT[m.state] if m and len(live) > 2 else ("raise",)
            verb = f"do_{self.random.choice(likely)}" if self.random.random() < 0.8 else self.random.choice(self.verbs)
            try:
                getattr(self, verb)(m)
            except Refused:
                continue
            self.done[verb[3:]] += 1

    def by(self):
        return self.random.choice([*self.staff[:2] * 4, *self.staff, *self.owners])

    def do_raise(self, m):
        self.place.matter(
            self.random.choice(self.owners), "楼道灯不亮", self.now, category=self.random.choice(("", "0201"))
        )

    def do_accept(self, m):
        if m:
            services.accept(by=self.by(), matter=m, at=self.now)

    def do_sort(self, m):
        if m:
            services.triage(
                by=self.by(), matter=m, category=self.random.choice(("0101", "0301", "1101", "0603")), at=self.now,
                level=self.random.choice(("building", "compound", "community")),
                urgency=self.random.choice(("emergency", "urgent", "normal", "complaint", "project")),
            )  # fmt: skip

    def do_give(self, m):
        if m:
            by = self.by()
            due = self.now + timedelta(days=30) if m.urgency == "project" else None
            bodies = [b for b in (self.place.property, self.place.property, self.place.community) if b]
            services.dispatch(by=by, matter=m, body=self.random.choice(bodies), due_at=due, at=self.now)

    def do_correct(self, m):
        if m:
            services.correct_category(
                by=self.by(), matter=m, category=self.random.choice(("0501", "0701")), at=self.now
            )

    def do_take(self, m):
        if m:
            services.take(by=self._handler(m), matter=m, words="来了", at=self.now)

    def do_return(self, m):
        if m:
            services.send_back(
                by=self._handler(m), matter=m, reason="不归我", proposed_body=self.place.community, at=self.now
            )

    def do_recall(self, m):
        if m:
            services.recall(by=self.by(), matter=m, reason="换人办", at=self.now)

    def do_suspend(self, m):
        if m:
            services.suspend(
                by=self.by(), matter=m, pause_reason="parts", review_at=self.now + timedelta(days=3), at=self.now
            )

    def do_resume(self, m):
        if m:
            services.resume(by=self._handler(m), matter=m, at=self.now)

    def do_escalate(self, m):
        if m:
            services.escalate(
                by=self.by(),
                matter=m,
                level="community",
                reason="办不了",
                due_at=self.now + timedelta(days=9),
                at=self.now,
            )

    def do_resolve(self, m):
        if m:
            outcome = self.random.choice(("fixed", "fixed", "explained", "legal_bar"))
            services.resolve(by=self._handler(m), matter=m, words="好了", outcome=outcome, evidence=True, at=self.now)

    def do_visit(self, m):
        if m:
            contacted = self.random.random() < 0.6
            services.return_visit(
                by=self.by(), matter=m, contacted=contacted, solved=self.random.choice(("solved", "partly", "not")),
                satisfied=self.random.choice(("satisfied", "basically", "unsatisfied")), at=self.now,
            )  # fmt: skip

    def do_close(self, m):
        if m:
            services.close(
                by=self.by(), matter=m, outcome=self.random.choice(("fixed", "explained")), words="说明了", at=self.now
            )

    def do_confirm(self, m):
        if m and self.random.random() < 0.4:
            services.confirm(by=self._reporter(m), matter=m, rating=self.random.choice(("", "satisfied")), at=self.now)

    def do_reopen(self, m):
        if m:
            services.reopen(by=self._reporter(m), matter=m, reason="还没好", at=self.now)

    def do_reopen_visited(self, m):
        if m:
            services.reopen_visited(by=self.staff[1], matter=m, reason="不行", at=self.now)

    def do_withdraw(self, m):
        if m and self.random.random() < 0.2:
            services.withdraw(by=self._reporter(m), matter=m, at=self.now)

    def do_decline(self, m):
        if m and self.random.random() < 0.2:
            services.decline(by=self.by(), matter=m, reason="in_court", at=self.now)

    def do_merge(self, m):
        if m:
            services.merge(
                by=self.by(),
                matter=m,
                target=self.random.choice(list(Matter.objects.order_by("number"))[-8:]),
                at=self.now,
            )

    def do_merge_to(self, m):
        if m:
            services.merge(
                by=self.staff[0],
                matter=self.random.choice(list(Matter.objects.order_by("-number"))[:3]),
                target=m,
                at=self.now,
            )

    def do_unmerge(self, m):
        merged = Matter.objects.filter(state="merged").order_by("number").last()
        if merged:
            services.unmerge(by=self.staff[0], matter=merged, reason="不是一回事", at=self.now)

    def do_clocks(self, m):
        tasks.run_clocks(self.now)

    def do_rate(self, m):
        if m:
            services.rate(by=self._reporter(m), matter=m, rating="satisfied", at=self.now)

    def _handler(self, m):
        return next((s for s in self.staff if s.body_id == m.handler_body_id), self.by())

    def _reporter(self, m):
        return next(o for o in self.owners if o.account_id == m.reporter_account_id)
