"""Fill an empty database: 20 compounds of 500 homes, and N matters dealt to them round robin, with all that hangs on them.

One in twenty is open, and in each compound at least 44, so that every list fills its page at every size; the first 44 open
ones stand in one building, in one category, with one party, overdue, so that every filter fills its page too. The first
resident of each compound raised 25 of the newest.
"""

import time
from collections import Counter
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import count
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from linli.kernel.words import tokens
from linli.matters.models import Clock, Follower, Matter
from linli.matters.rules import categories, turns
from linli.notices.models import Message
from linli.people.models import Account, Binding, Organisation, Ownership, Person, Post
from linli.people.rules import Body, Role
from linli.places.models import Building, Community, Compound, Entrance, Grid, Home, Subdistrict
from linli.plumbing.models import AuditEntry, SearchEntry, Tally
from linli.plumbing.models import Counter as Numbers
from linli.plumbing.search import TABLE, marked
from linli.web.samples.texts import kinds

from .bulk import SQLITE, Table, key, moment, without_indexes
from .shape import BUILDINGS, COMPOUNDS, ENTRANCES, FULL_PAGE, MINE, RARE, ROOMS

# What is open stands like this; a closed one is "closed", but for one in twelve.
OPEN_STATES = (
    "submitted",
    "submitted",
    "accepted",
    "triaged",
    "dispatched",
    "in_progress",
    "in_progress",
    "suspended",
    "resolved",
)
SPOTS = ("东门", "西门", "中心花园", "地下车库", "垃圾房旁", "儿童游乐场", "北侧围墙", "快递柜旁")
DAY = 86400


def uid(at: int, kind: int, n: int) -> UUID:
    return UUID(key(at, kind, n))


class Keys(NamedTuple):
    """A home's keys as the filler writes them."""

    home: str
    building: str
    entrance: str
    account: str
    person: str
    where: str


class Place(NamedTuple):
    compound: Compound
    homes: list[Home]
    accounts: list[Account]
    people: list[Person]
    property: Organisation
    community: Organisation
    engineer: Post
    keys: list[Keys]
    pk: str
    bodies: dict[str, str]
    post: str


@lru_cache(maxsize=200_000)
def _cut(text: str) -> tuple[str, ...]:
    return tuple(tokens(text))


def places(now: int) -> list[Place]:
    """The first rows of every fill: bodies, posts, homes, owners with an account each."""
    start = datetime.fromtimestamp(now - 400 * DAY, UTC)
    n = count(1)

    def made(model, rows):
        return model.objects.bulk_create(rows, batch_size=2000)

    password = make_password("bench", hasher="default")
    area = Subdistrict.objects.create(id=uid(now, 1, next(n)), name="测速街道")
    found = []
    for c in range(COMPOUNDS):
        community = Community.objects.create(id=uid(now, 2, next(n)), subdistrict=area, name=f"第{c + 1}社区")
        compound = Compound.objects.create(
            id=uid(now, 3, next(n)),
            ordinal=c + 1,
            slug=f"bench-{c + 1}",
            name=f"测速{c + 1}号院",
            community=community,
            created_at=start,
        )
        grid = Grid.objects.create(id=uid(now, 4, next(n)), community=community, name="第一网格")
        bodies = made(Organisation, [
            Organisation(id=uid(now, 5, next(n)), kind=Body.PROPERTY, name="清和物业", compound=compound),
            Organisation(id=uid(now, 5, next(n)), kind=Body.COMMUNITY, name=community.name, community=community),
            Organisation(id=uid(now, 5, next(n)), kind=Body.COMMITTEE, name="业委会", compound=compound),
        ])  # fmt: skip
        staff = made(Account, [
            Account(id=uid(now, 6, next(n)), phone=f"177{c:03d}{i:05d}", name=name, password=password, created_at=start, verified_at=start)
            for i, name in enumerate(("前台", "社工", "工程"))
        ])  # fmt: skip
        posts = made(Post, [
            Post(id=uid(now, 7, next(n)), organisation=body, kind=role, account=who, holder_name=who.name, from_day=date(2020, 1, 1))
            for body, role, who in ((bodies[0], Role.FRONT_DESK, staff[0]), (bodies[1], Role.COMMUNITY_WORKER, staff[1]), (bodies[0], Role.ENGINEER, staff[2]))
        ])  # fmt: skip
        buildings = made(Building, [
            Building(id=uid(now, 8, next(n)), compound=compound, key=str(b + 1), label=f"{b + 1}栋", position=b, grid=grid)
            for b in range(BUILDINGS)
        ])  # fmt: skip
        entrances = made(Entrance, [
            Entrance(id=uid(now, 9, next(n)), compound=compound, building=b, key=str(e + 1), label=f"{e + 1}单元", position=e)
            for b in buildings for e in range(ENTRANCES)
        ])  # fmt: skip
        homes = made(Home, [
            Home(id=uid(now, 10, next(n)), compound=compound, building=e.building, entrance=e, floor=f // 5 + 1, room_no=f"{f // 5 + 1}0{f % 5 + 1}",
                 label=f"{e.building.label}{e.label}{f // 5 + 1}0{f % 5 + 1}", building_area=8900)
            for e in entrances for f in range(ROOMS)
        ])  # fmt: skip
        accounts = made(Account, [
            Account(id=uid(now, 6, next(n)), phone=f"178{c:03d}{i:05d}", password=password, created_at=start, verified_at=start)
            for i in range(len(homes))
        ])  # fmt: skip
        people = made(Person, [
            Person(id=uid(now, 11, next(n)), compound=compound, name=f"业主{i}", phone=a.phone) for i, a in enumerate(accounts)
        ])  # fmt: skip
        made(
            Ownership,
            [
                Ownership(id=uid(now, 12, next(n)), compound=compound, home=h, person=p)
                for h, p in zip(homes, people, strict=True)
            ],
        )
        made(Binding, [
            Binding(id=uid(now, 13, next(n)), compound=compound, account=a, person=p, home=h, relation="owner", claimed_name=p.name, state="confirmed", asked_at=start)
            for a, p, h in zip(accounts, people, homes, strict=True)
        ])  # fmt: skip
        keys = [
            Keys(
                h.pk.hex,
                h.building_id.hex,
                h.entrance_id.hex,
                a.pk.hex,
                p.pk.hex,
                f"{h.building.label}{h.entrance.label}",
            )
            for h, a, p in zip(homes, accounts, people, strict=True)
        ]
        by_party = {"property": bodies[0].pk.hex, "community": bodies[1].pk.hex}
        found.append(
            Place(
                compound,
                homes,
                accounts,
                people,
                bodies[0],
                bodies[1],
                posts[2],
                keys,
                compound.pk.hex,
                by_party,
                posts[2].pk.hex,
            )
        )
    return found


class Filler:
    """Deals the matters. Everything about one follows from its place in the row."""

    def __init__(self, size: int, now: int) -> None:
        self.now = now
        self.places = places(now)
        self.each = size // COMPOUNDS
        self.open_each = min(self.each, max(FULL_PAGE, self.each // 20))
        self.step = max(1, 360 * DAY // max(1, size))
        self.size = size
        self.kinds = [k for k in kinds().values() for _ in range(1 + k.weight // 8)]
        self.tables = {m: Table(m) for m in (Matter, Follower, Clock, AuditEntry, Message, SearchEntry)}
        self.fts: list[tuple[int, str, str]] = []
        self.kept: list[Counter] = [Counter() for _ in self.places]
        self.months = [f"{y}-{m:02d}" for y in (2024, 2025, 2026, 2027) for m in range(1, 13)]

    def run(self) -> None:
        n = count(1)
        for i in range(self.each):
            for c, place in enumerate(self.places):
                self.one(place, c, i, next(n), n)
        for table in self.tables.values():
            table.flush()
        self.flush_fts()
        self.counts()

    def is_open(self, i: int) -> bool:
        """Spread over the year, but the last ones are open more often: k of every `each`, the newest full page among them."""
        if i >= self.each - FULL_PAGE:
            return True
        rest, of = self.open_each - FULL_PAGE, self.each - FULL_PAGE
        return rest > 0 and (i * rest) // of != ((i + 1) * rest) // of

    def one(self, place: Place, c: int, i: int, n: int, keys) -> None:
        at = self.now - (self.size - n) * self.step - 3 * DAY
        is_open, front = self.is_open(i), i >= self.each - FULL_PAGE
        kind = self.kinds[(i * 7 + c * 3) % len(self.kinds)]
        who = 0 if i >= self.each - MINE else (i * 13 + c) % len(place.homes)
        home, keyed = place.homes[who], place.keys[who % ROOMS if front else who]
        label = keyed.where
        text = kind.texts[i % len(kind.texts)]
        words = text.words.format(building=label[:-3], entrance=label, room=home.room_no, spot=SPOTS[i % len(SPOTS)])
        if i % 4999 == 17:
            words += f"楼顶还有{RARE}飞来飞去。"
        state = (
            ("in_progress" if front else OPEN_STATES[i % len(OPEN_STATES)])
            if is_open
            else "closed"
            if i % 12
            else "declined"
        )
        category = "0101" if front else "" if state == "submitted" else kind.code
        urgency = "" if state in {"submitted", "accepted"} else kind.urgency
        level = kind.level if urgency else ""
        handled = state in {"dispatched", "in_progress", "suspended", "resolved", "closed"}
        party = ("property" if front or kind.body != "community" else "community") if handled else None
        body = place.bodies[party] if party else None
        desk = turns.desk_party(level, category, True)
        turn = turns.turn(state, desk, party)
        overdue = front or (is_open and i % 3 == 0)
        closed_at = None if is_open else at + 2 * DAY + (i % 7) * 3600
        outcome = "" if is_open or state == "declined" else "fixed" if i % 5 else "explained"
        due = (
            (self.now - (i % 72) * 3600 if overdue else self.now + (1 + i % 72) * 3600)
            if is_open and state != "suspended"
            else None
        )
        title = words.split("，")[0][:40]
        pk = key(at, 20, n)
        tid, account, person = place.pk, place.keys[who].account, place.keys[who].person
        when = moment(at)
        closed = moment(closed_at) if closed_at else None
        soon = moment(at + 3600)
        self.tables[Matter].add(
            id=pk, compound_id=tid, number=i + 1, source="resident_online" if i % 6 else "resident_phone", words=words, title=title,
            public_title=kind.short, building_id=keyed.building, entrance_id=keyed.entrance, home_id=keyed.home if kind.place == "home" else None,
            place=label, reporter_account_id=account, reporter_person_id=person, state=state, open=is_open, category=category,
            urgency=urgency, level_entry=level, level=level, level_settled=level if outcome else "",
            first_receiver_id=body, handler_body_id=body,
            handler_post_id=place.post if party == "property" else None, desk=desk, turn=turn, turn_since=closed or soon,
            due_at=moment(due) if due else None, next_due_at=moment(due) if due else None, next_clock="finish" if due else "", overdue=overdue,
            paused_at=soon if state == "suspended" else None, pause_reason="parts" if state == "suspended" else "",
            reported_at=when, accepted_at=None if state == "submitted" else soon, triaged_at=soon if urgency else None,
            dispatched_at=soon if handled else None, started_at=soon if handled else None, resolved_at=closed, closed_at=closed,
            outcome=outcome, done_words=text.done[:400] if outcome else "",
        )  # fmt: skip
        self.tables[Follower].add(
            id=key(at, 21, n), compound_id=tid, matter_id=pk, account_id=account, person_id=person, kind="reporter",
            origin_id=pk, since=when, reported_at=when,
        )  # fmt: skip
        self.around(pk, tid, account, at, closed_at, n, i, state, body, due, text, title, urgency)
        self.search(place, c, i, key(at, 29, n), f"{i + 1:04d}", f"{label} {categories.label(category)} {words}")
        self.kept[c][
            state, category, turn, overdue, outcome, level if outcome else "", at // 3600, (closed_at or 0) // 3600
        ] += 1

    def around(self, pk, tid, account, at, closed_at, n, i, state, body, due, text, title, urgency) -> None:
        """The matter's entries, clocks and messages."""
        steps = [("raise", at, text.words, "owner")]
        if state not in {"submitted", "declined"}:
            steps.append(("accept", at + 3600, "", "front_desk"))
        if body:
            steps.append(("dispatch", at + 4000, "", "front_desk"))
        if state == "closed":
            steps += [("resolve", closed_at - 3600, text.done, "engineer"), ("close", closed_at, "", "front_desk")]
        if state == "declined":
            steps.append(("decline", closed_at, "请找相关部门。", "front_desk"))
        told = []
        for s, (act, when, words, role) in enumerate(steps):
            self.tables[AuditEntry].add(
                id=key(when, 22 + s, n), compound_id=tid, at=moment(when), act=act, subject_kind="matter", subject_id=pk,
                account_id=account if role == "owner" else None, role=role, words=words,
            )  # fmt: skip
            if act in {"raise", "resolve", "decline"}:
                told.append((act, when, key(when, 22 + s, n)))
        for m, (act, when, entry) in enumerate(told):
            self.tables[Message].add(
                id=key(when, 40 + m, n), compound_id=tid, key=f"{entry}:{account}", account_id=account, subject_kind="matter", subject_id=pk,
                subject_number=i + 1, kind=act, title=f"第 {i + 1:04d} 号有了新进展", body=title, created_at=moment(when), read_at=moment(when),
            )  # fmt: skip
        for k, (kind, start) in enumerate((("acknowledge", at), ("finish", at + 3600))):
            if kind == "finish" and not urgency:
                continue
            ends = due if due and kind == "finish" else start + 7200
            running = due and (kind == "finish" or state == "submitted")
            late = running and ends < self.now
            self.tables[Clock].add(
                id=key(start, 50 + k, n), compound_id=tid, matter_id=pk, kind=kind, urgency=urgency or "normal", started_at=moment(start),
                due_at=moment(ends), body_id=body, done_at=None if running else moment(closed_at or start + 3600),
                stage=3 if late else 0, breached_at=moment(ends) if late else None, next_at=moment(ends) if running and not late else None,
            )  # fmt: skip

    def search(self, place: Place, c: int, i: int, pk: str, number: str, text: str) -> None:
        cut = (number, *_cut(text))
        if not SQLITE:
            tokens = marked(place.compound.pk, cut)
            self.tables[SearchEntry].add(id=pk, compound_id=place.pk, kind="matter", number=i + 1, tokens=tokens)
            return
        self.fts.append(((place.compound.ordinal << 32) | (i + 1), " ".join(cut), "matter"))
        if len(self.fts) >= 50_000:
            self.flush_fts()

    def flush_fts(self) -> None:
        with connection.cursor() as cursor:
            if self.fts:
                cursor.connection.executemany(
                    f"INSERT INTO {TABLE} (rowid, tokens, kind) VALUES (?, ?, ?)", sorted(self.fts)
                )
        self.fts = []

    def counts(self) -> None:
        """Kept counts as `matters` keeps them, and the next number."""
        for place, seen in zip(self.places, self.kept, strict=True):
            total: Counter = Counter()
            for (state, category, turn, overdue, outcome, settled, raised, ended), many in seen.items():
                names = turns.buckets(
                    state=state, category=category, turn=turn, overdue=overdue, outcome=outcome, level_settled=settled,
                    reported_at=timezone.localtime(datetime.fromtimestamp(raised * 3600, UTC)),
                    closed_at=timezone.localtime(datetime.fromtimestamp(ended * 3600, UTC)) if ended else None,
                )  # fmt: skip
                for name in names:
                    total[name] += many
            Tally.objects.bulk_create(
                [Tally(compound=place.compound, name=name, value=value) for name, value in sorted(total.items())]
            )
            Numbers.objects.create(compound=place.compound, name="matter", value=self.each)


def fill(size: int) -> None:
    """Migrate the empty database of the settings and fill it."""
    started = time.perf_counter()
    settings.DATA.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    now = int(time.time()) // DAY * DAY
    with without_indexes(Matter, Follower, Clock, AuditEntry, Message, SearchEntry), transaction.atomic():
        filler = Filler(size, now)
        filler.run()
    rows = sum(t.rows for t in filler.tables.values())
    print(f"{connection.vendor}: {size:,} matters, {rows:,} rows in {time.perf_counter() - started:.0f} s", flush=True)
