"""A year of everything that the clock drives, mostly left undone: two workers that crash and start again, at the same moment on
a server, and a supplier that dies now and then. Time stands still, and jumps to the moment at which something falls due."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock, Thread

import pytest
from django.db import connection, connections
from django.db.models import Min

from linli.gateways.sms import Unknown
from linli.matters import services
from linli.matters.models import Alert, AlertCall, Ask, Clock, HotlineOrder, Matter, Order, Whistle
from linli.matters.queries.alerts import Reach
from linli.matters.queries.recount import differences
from linli.matters.rules.batches import USUAL_PAPERS, USUAL_PATH
from linli.matters.rules.promises import CLOCKS as PROMISES
from linli.matters.rules.times import BREACHED, LISTED, ClockKind
from linli.matters.services import alerts, batches, hotline, orders, whistles
from linli.matters.services.whistles import Told
from linli.matters.tests import hotline_books as books
from linli.matters.tests.makers import SHANGHAI, Place, compound, in_progress, resolved
from linli.notices import services as notices
from linli.notices.models import Message, Posting
from linli.people import services as people
from linli.people.models import ExportRequest, Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope
from linli.volunteers import services as calls
from linli.volunteers.models import Call
from linli.web.commands.worker import Worker, jobs

pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")

BEGIN = datetime(2025, 12, 1, 9, 0, tzinfo=SHANGHAI)
MONTHS = 12
DIES = 0.05
LONGEST = timedelta(days=5)
# No moment of theirs is promised to anybody, and they look through everything: they would cost as much as all the rest.
SELDOM = {"hot", "homes", "learning"}
OFTEN_ENOUGH = timedelta(days=20)
Plan = tuple[datetime, Callable[[datetime], object]]


class Crash(BaseException):
    """The machine goes down in the middle of a piece of work: nothing that runs on it hears of it."""


class Supplier:
    """Takes texts; each eighth goes wrong, in turn: refused, nobody knows, or the worker dies before or after it was taken."""

    WRONGS = ("refused", "unknown", "before", "after")

    def __init__(self) -> None:
        self.lock, self.asked = Lock(), 0
        self.taken: Counter[tuple[str, str]] = Counter()
        self.failed: Counter[str] = Counter()

    def send(self, phone: str, text: str) -> str:
        with self.lock:
            self.asked += 1
            wrong = "" if self.asked % 8 else self.WRONGS[self.asked // 8 % 4]
            self.failed[wrong] += bool(wrong)
            if wrong not in {"refused", "before"}:
                self.taken[phone, text] += 1
        if wrong == "refused":
            raise ConnectionError
        if wrong == "unknown":
            raise Unknown
        if wrong:
            raise Crash
        return "taken"


class Town:
    """One compound with everybody whom a month's things concern."""

    def __init__(self, place: Place):
        self.place = place
        subdistrict = place.compound.community.subdistrict
        office = Organisation.objects.create(kind=Body.SUBDISTRICT, name="临溪街道", subdistrict=subdistrict)
        team = Organisation.objects.create(kind=Body.VOLUNTEERS, name="邻里志愿队", compound=place.compound)
        self.agencies = [
            Organisation.objects.create(
                kind=Body.AGENCY, name=name, subdistrict=subdistrict, catalogue=key, liaison="老陈", liaison_phone=phone
            )
            for name, key, phone in (
                ("区法院", "court", "13700000001"),
                ("自然资源局", "natural_resources", "13700000002"),
                ("住建局", "housing", "13700000003"),
                ("水务局", "water", "13700000004"),
                ("应急局", "emergency", ""),
            )
        ]
        self.owner, self.neighbour = place.resident(), place.resident(place.homes[1], name="周全")
        self.desk, self.engineer = place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)
        self.manager, self.chair = place.post(Role.PROPERTY_MANAGER), place.post(Role.COMMITTEE_CHAIR)
        self.secretary, self.worker = place.post(Role.COMMUNITY_SECRETARY), place.post(Role.COMMUNITY_WORKER)
        self.officer, self.volunteer = place.post(Role.SUBDISTRICT_OFFICER, office), place.post(Role.VOLUNTEER, team)
        self.family = place.homes[2]
        reaches = [Reach("王大", "owner", "13911110001"), Reach("王二", "family", "13911110002")]
        alerts.set_contacts(by=place.resident(self.family), home=self.family, contacts=reaches, at=BEGIN)
        Post.objects.update(from_day=BEGIN.date())

    def month(self, n: int, at: datetime) -> list[Plan]:
        """What is raised in the month, and what people do with it later; with the rest nobody does anything."""
        return [self.matters, self.whistle, self.orders, self.others][n % 4](n, at)

    def matters(self, n: int, at: datetime) -> list[Plan]:
        """Nobody takes it up; nobody comes; nobody ends it; suspended for days; said to be done and nobody answers."""
        place, desk, engineer = self.place, self.desk, self.engineer
        place.matter(self.owner, f"{n} 单元的门关不上", at)
        m = place.matter(self.owner, f"{n} 层水管爆了，水往下流", at)
        m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="urgent", at=at)
        post = Post.objects.get(pk=engineer.role_id)
        services.dispatch(by=desk, matter=m, body=post.organisation, post=post, at=at)
        in_progress(place, self.owner, desk, engineer, f"{n} 号灯不亮", at)
        later = in_progress(place, self.owner, desk, engineer, f"{n} 号门禁坏了", at)
        services.suspend(
            by=self.manager, matter=later, pause_reason="parts", review_at=at + timedelta(days=6), words="", at=at
        )
        for i in range(3):
            resolved(place, self.owner, desk, engineer, f"{n} 号楼第 {i} 盏灯", at)
        return []

    def whistle(self, n: int, at: datetime) -> list[Plan]:
        """Of four agencies the first never hears it, and each other one goes one step further in time, then no more; a fifth no message reaches."""
        matter = in_progress(self.place, self.owner, self.desk, self.engineer, f"护坡裂了 {n}", at, hazard=True)
        told = Told(
            title=f"后坡裂缝 {n}", facts="裂缝 12 米，下面是上学路", done_below="拉了警戒线", cause="power", affected=3000,
            figures="裂缝 12 米", asks=tuple((body, "勘查隐患") for body in self.agencies),
        )  # fmt: skip
        drafted = whistles.draft(
            by=self.worker, compound=self.place.compound, level="agencies", matters=[matter], at=at, told=told
        )
        w = whistles.approve_and_blow(by=self.officer, whistle=drafted, at=at, site="https://linli.example")
        asks = list(
            Ask.objects.select_related("body").filter(compound=self.place.compound, whistle=w).order_by("place")
        )
        hour = timedelta(hours=1)
        plans: list[Plan] = [(at + hour, lambda t, ask=ask: self.receive(w, ask, t)) for ask in asks[1:4]]
        plans += [(at + 2 * hour, lambda t, ask=ask: self.report_in(w, ask, t)) for ask in asks[2:4]]
        return [*plans, (at + 3 * hour, lambda t: self.assign(w, asks[3], t))]

    def agency(self, ask: Ask) -> Actor:
        return Actor(
            role="agency_liaison", body_id=ask.body_id, body_kind="agency", channel="link", compound_id=ask.compound_id
        )

    def receive(self, w: Whistle, ask: Ask, at: datetime) -> None:
        whistles.receive(by=self.agency(ask), whistle=w, ask=ask, officer="王工", at=at)

    def report_in(self, w: Whistle, ask: Ask, at: datetime) -> None:
        whistles.report_in(by=self.agency(ask), whistle=w, ask=ask, officer="王工", way="site", at=at)

    def assign(self, w: Whistle, ask: Ask, at: datetime) -> None:
        day = (at + timedelta(days=14)).date()
        whistles.assign(by=self.officer, whistle=w, ask=ask, lead=True, words="牵头", due_on=day, at=at)

    def orders(self, n: int, at: datetime) -> list[Plan]:
        """One to which nobody answers, one that is taken on late and then left."""
        return [plan for i in (0, 1) for plan in self.order(n, i, at)]

    def order(self, n: int, i: int, at: datetime) -> list[Plan]:
        found = [self.place.matter(self.owner, f"{n} 月 {i}{j} 号门口的灯不亮", at) for j in range(2)]
        found = [
            services.triage(by=self.desk, matter=m, category="0101", level="compound", urgency="normal", at=at)
            for m in found
        ]
        chair = {"by": self.chair, "at": at}
        order, _refused = orders.gather(**chair, compound=self.place.compound, matters=found, title="修灯")
        order = orders.place(**chair, order=order, title="修灯", words="都换", wanted_by=at + timedelta(days=12))
        accepted = at + timedelta(days=7)
        return [(accepted, lambda t: orders.accept(by=self.manager, order=order, words="这就办", at=t))] if i else []

    def others(self, n: int, at: datetime) -> list[Plan]:
        row = books.row(f"GD{n:04d}", when=f"{at - timedelta(hours=1):%Y-%m-%d %H:%M}", due="")
        batch = hotline.upload(
            by=self.worker, compound=self.place.compound, filename="工单.xlsx", data=books.xlsx([row]), at=at
        )
        hotline.take_in(by=self.worker, batch=batch, at=at)
        alerts.raise_alert(
            by=self.neighbour, compound=self.place.compound, home=self.family, sign="water",
            site="https://linli.example/", at=at,
        )  # fmt: skip
        self.list(n, at)
        shouted = [
            calls.shout(
                by=self.owner, compound=self.place.compound, words=f"帮我把第 {n}{i} 袋米搬上楼", kind="carry", window="today", at=at
            ).call
            for i in (0, 1)
        ]  # fmt: skip
        return [(at + timedelta(hours=1), lambda t: calls.claim(by=self.volunteer, call=shouted[1], at=t))]

    def list(self, n: int, at: datetime) -> None:
        case = batches.open_batch(
            by=self.chair, compound=self.place.compound, title=f"补办产权证 {n}", words="2012 年交房", path=USUAL_PATH,
            papers=USUAL_PAPERS, bring_to="前台", at=at,
        )  # fmt: skip
        people.ask_export(
            by=self.desk, compound=self.place.compound, kind=batches.KIND, params={"number": str(case.number)},
            purpose="逐户通知", needed_by=(at + timedelta(days=3)).date(), at=at,
        )  # fmt: skip


class Machines:
    """Two workers on the same clock. One that crashes has lost what it had in hand, and the next round finds a new one."""

    def __init__(self, dice: random.Random, monkeypatch: pytest.MonkeyPatch):
        self.dice, self.now, self.crashes, self.working = dice, BEGIN, 0, False
        self.workers = [self._start() for _ in range(2)]
        self.at_once = connection.vendor == "postgresql"
        write = notices.insert_new

        def insert_new(rows):
            write(rows)
            if self.working and dice.random() < DIES:
                raise Crash

        monkeypatch.setattr(notices, "insert_new", insert_new)
        # The test's one connection stays open, and nothing is queued.
        monkeypatch.setattr("linli.web.commands.worker.close_old_connections", lambda: None)
        monkeypatch.setattr(Worker, "_one_queued", lambda self: 0)

    def _start(self) -> Worker:
        made = Worker(jobs=jobs(), now=lambda: self.now)
        for job in made.jobs:
            if job.name in SELDOM:
                job.every, job.last = OFTEN_ENOUGH, self.now
        return made

    def round(self, at: datetime) -> int:
        """How much both did; in two threads where the database takes two writers at once."""
        self.now, self.working = at, True
        done: list[int] = []
        if self.at_once:
            threads = [Thread(target=self._thread, args=(i, done)) for i in range(2)]
            [t.start() for t in threads]
            [t.join(60) for t in threads]
        else:
            [self._one(i, done) for i in range(2)]
        self.working = False
        assert len(done) == 2, "a job failed"
        return sum(done)

    def _thread(self, i: int, done: list[int]) -> None:
        try:
            self._one(i, done)
        finally:
            connections.close_all()

    def _one(self, i: int, done: list[int]) -> None:
        try:
            did, fine = self.workers[i].round()
        except Crash:
            self.crashes += 1
            self.workers[i] = self._start()
            did, fine = 1, True
        done += [did] * fine


def test_every_job_of_the_worker_lives_through_a_year_and_tells_each_thing_once(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    dice = random.Random(20251202)
    supplier, machines = Supplier(), Machines(dice, monkeypatch)
    monkeypatch.setattr(notices, "gateway", lambda: supplier)
    place = compound()
    with compound_scope(place.compound.pk):
        town = Town(place)
    births, plans, now, rounds = [_birth(n) for n in range(MONTHS)], [], BEGIN, 0
    while births or plans or now < BEGIN + timedelta(days=365):
        now = _next(place, now, [*births, *(p[0] for p in plans)])
        with compound_scope(place.compound.pk):
            if births and births[0] <= now:
                plans += town.month(MONTHS - len(births), births.pop(0))
            for plan in [p for p in plans if p[0] <= now]:
                plans.remove(plan)
                plan[1](now)
        if dice.random() > 0.02:  # now and then both are down for a while
            machines.round(now)
            rounds += 1
    for _ in range(40):
        now += timedelta(hours=1)
        if not machines.round(now):
            break
    else:
        pytest.fail("the workers come to no end")
    assert machines.crashes > 5 and rounds < 700
    with compound_scope(place.compound.pk):
        _each_stage_once(place)
        _nothing_forgotten(place)
        _no_text_twice(place, supplier)


def _birth(n: int) -> datetime:
    """In working hours early in a month, on a day that gives its things a working day to come."""
    year, month = divmod(11 + n, 12)
    day = datetime(2025 + year, month + 1, 8, 9, 0, tzinfo=SHANGHAI)
    return day - timedelta(days=max(0, day.weekday() - 2))


def _next(place: Place, now: datetime, people: list[datetime]) -> datetime:
    """When the next thing falls due or somebody does something; a minute on where the workers left something."""
    with compound_scope(place.compound.pk):
        due = [
            model.objects.filter(compound=place.compound).aggregate(first=Min("next_at"))["first"]
            for model in (Clock, Ask, Order, HotlineOrder, Call, Alert)
        ]
    soonest = min([*people, *filter(None, due), now + LONGEST])
    return max(now + timedelta(minutes=1), soonest.astimezone(SHANGHAI))


def _each_stage_once(place: Place) -> None:
    rows = AuditEntry.objects.filter(compound_id=place.compound.pk, act__in=["warn", "breach", "list"]).order_by("id")
    names = ("ask", "order", "clock", "state", "due_at")
    said: dict[tuple, list[int]] = defaultdict(list)
    for e in rows:
        said[e.subject_kind, e.subject_id, *(e.data.get(name) for name in names)].append(e.data["stage"])
    for promise, stages in said.items():
        assert stages == sorted(set(stages)), promise
    # What was let run out was reminded of twice, then the superior heard, then the three parties.
    kinds = Counter((key[0], key[4], tuple(stages)) for key, stages in said.items())
    whole = (1, 2, BREACHED, LISTED)
    for kind in [("matter", c) for c in ClockKind] + [("whistle", c) for c in PROMISES]:
        assert kinds[*kind, whole] >= 3, (kind, dict(kinds))
    assert kinds["matter", "hotline", whole] == 3 and kinds["order", None, whole] >= 6, kinds
    told = Counter(key.split(":")[0] for key in _keys(place))
    assert [e.pk for e in rows if not told[str(e.pk)]] == []
    by_acts = AuditEntry.objects.filter(compound_id=place.compound.pk, subject_kind="call", role="clock")
    done = Counter((e.subject_id, e.act) for e in by_acts)
    assert set(done.values()) == {1} and {act for _pk, act in done} == {"remind", "fall"}


def _keys(place: Place) -> list[str]:
    keys = list(Message.objects.filter(compound_id=place.compound.pk).values_list("key", flat=True))
    assert len(keys) == len(set(keys))
    return keys


def _nothing_forgotten(place: Place) -> None:
    here = {"compound_id": place.compound.pk}
    asks, placed, matters = (model.objects.filter(**here) for model in (Ask, Order, Matter))
    assert asks.count() == 15 and all(a.stage == LISTED and a.listed_at and a.next_at is None for a in asks)
    broken = dict.fromkeys(PROMISES, 3)  # some of them the blower's own
    assert Counter(b["clock"] for a in asks for b in a.breaches) == broken
    assert Counter(o.state for o in placed) == {"placed": 3, "accepted": 3}
    assert all(o.stage == LISTED and o.listed_at and o.overdue and o.next_at is None for o in placed)
    counts = kept(place.compound.pk, "listed:") | kept(place.compound.pk, "open:listed")
    on_list = sum(m.listed_at is not None for m in matters)
    assert (
        counts == {"listed:ask": 15, "listed:order": 6, "listed:hotline": 3, "open:listed": on_list} and on_list >= 12
    )
    lately = HotlineOrder.objects.filter(**here)
    assert lately.count() == 3 and all(o.stage == LISTED and o.breached_at == o.due_at for o in lately)
    above = Message.objects.filter(**here, kind="breach", title__contains="12345 工单超时", account__post__kind="subdistrict_officer")  # fmt: skip
    assert above.count() == 3
    shouted = Counter(Call.objects.filter(**here).values_list("state", flat=True))
    assert shouted == {"claimed": 3, "fallen": 3}
    assert matters.filter(source_ref__startswith="call:").count() == 3
    assert not Alert.objects.filter(**here, next_at__isnull=False).exists()
    asked = Counter(AlertCall.objects.filter(**here).values_list("alert_id", "phone"))
    assert len(asked) == 6 and set(asked.values()) == {1}
    assert Counter(ExportRequest.objects.filter(**here).values_list("state", flat=True)) == {"lapsed": 3}
    assert not matters.filter(state="suspended").exists()
    assert not matters.filter(state="resolved", visit_wanted=False).exists() and matters.filter(state="closed").exists()
    drafts = list(Posting.objects.filter(**here, key__startswith="month:").values_list("key", flat=True))
    assert len(drafts) == len(set(drafts)) >= 9
    assert len(differences(place.compound.pk)) == 0


def _no_text_twice(place: Place, supplier: Supplier) -> None:
    """What the queue promises: taken once where it says sent, at most once where it says that nobody knows, else never."""
    texts = Message.objects.filter(compound_id=place.compound.pk, channel="sms")
    rows = {(m.phone, notices.text_of(m)): m for m in texts}
    assert len(rows) == len(texts) > 20 and set(supplier.taken.values()) == {1} and set(supplier.taken) <= set(rows)
    sent = {key for key, m in rows.items() if m.state == "sent"}
    assert sent <= set(supplier.taken)
    unknown = [m for key, m in rows.items() if key not in sent]
    assert {(m.state, m.reference) for m in unknown} == {("failed", notices.UNKNOWN)}
    assert len(unknown) == supplier.failed["unknown"] + supplier.failed["before"] + supplier.failed["after"]
    assert supplier.failed.total() > 1
