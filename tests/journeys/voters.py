"""An assembly of many owners: the crowd goes through the services, whoever the story tells of stands before a page."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page
from time_machine import Traveller

import linli
from linli.assembly.models import Leaf, Paper, Reading, RegisterOwner, Session
from linli.assembly.queries import casting as ballots
from linli.assembly.queries import reading
from linli.assembly.services import casting, officers, returning
from linli.assembly.services.reading import plain, read_paper
from linli.matters.tests.makers import NOW, Place, account, compound
from linli.people.models import Account, Binding, Ownership, Person
from linli.people.rules import Role
from linli.places.models import Building, Entrance, Home
from linli.plumbing import vault
from linli.plumbing.acts import Actor

# NOW is Tuesday 24 March 2026: the notice. The register is objected to until the 31st, locked on the 1st of April.
FROZEN, OPENS, CLOSES = NOW + timedelta(days=8), NOW + timedelta(days=16), NOW + timedelta(days=30)
COUNTED, ANNOUNCED = CLOSES + timedelta(hours=1), CLOSES + timedelta(hours=8)
AREA = 9_000
ROOT = Path(linli.__file__).parents[1]
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"


def estate(slug: str, homes: int) -> Place:
    """Each home its own owner; all of one size, so that candidates can tie."""
    place = compound(slug, homes=4)
    rows = list(place.homes)
    blocks = [1, 2, 3, 4, 5, 6, *range(9, 15)]
    floors = (homes - len(rows)) // len(blocks)
    for n in blocks:
        building = Building.objects.create(
            compound=place.compound, key=str(n), label=f"{n}栋", position=n, grid=place.grid
        )
        entrance = Entrance.objects.create(
            compound=place.compound, building=building, key="1", label="1单元", position=1
        )
        rows += [
            Home(
                compound=place.compound, building=building, entrance=entrance, floor=k // 4 + 1, room_no=f"{k // 4 + 1}{k % 4 + 1:02}",
                label=f"{n}栋1单元{k // 4 + 1}{k % 4 + 1:02}",
            )
            for k in range(floors)
        ]  # fmt: skip
    Home.objects.bulk_create(rows[4:])
    Home.objects.filter(compound_id=place.compound.pk).update(building_area=AREA, area_source="registered")
    people = [
        Person(compound=place.compound, name=f"{NAMES[n % len(NAMES)]}业{n}", phone=f"137{n:08}")
        for n in range(len(rows))
    ]
    Person.objects.bulk_create(people)
    Ownership.objects.bulk_create(
        Ownership(compound=place.compound, home=home, person=person, from_day=NOW.date() - timedelta(days=900))
        for home, person in zip(rows, people, strict=True)
    )
    return place


def owners(session: Session, first: int, until: int) -> list[RegisterOwner]:
    """Of the rows `first` to `until` of the register."""
    rows = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session).select_related(
        "row", "person"
    )
    return list(rows.filter(row__place__gte=first, row__place__lte=until).order_by("row__place", "person__name"))


def bound(place: Place, wanted: Sequence[RegisterOwner]) -> list[Actor]:
    """An account for each owner, as after the binding was confirmed."""
    start = Account.objects.count()
    accounts = [
        Account(phone=f"150{start + n:08}", name=one.name, created_at=NOW, notice_version="2026-11")
        for n, one in enumerate(wanted)
    ]
    for one in accounts:
        one.set_unusable_password()
    Account.objects.bulk_create(accounts)
    bindings = [
        Binding(
            compound=place.compound, account=who, person=one.person, home_id=one.row.home_id, relation="owner",
            claimed_name=who.name, state="confirmed", asked_at=NOW,
        )
        for who, one in zip(accounts, wanted, strict=True)
    ]  # fmt: skip
    Binding.objects.bulk_create(bindings)
    return [
        Actor(
            account_id=one.account_id, role=Role.OWNER, role_id=one.pk, person_id=one.person_id, home_id=one.home_id,
            compound_id=place.compound.pk, label=one.claimed_name,
        )
        for one in bindings
    ]  # fmt: skip


@dataclass
class Hall:
    """The people of a session, each in a browser of their own, and the clock they share. A path is of the session, or `/` of the compound."""

    place: Place
    clock: Traveller
    open_browser: Callable[..., BrowserContext]
    address: str
    actors: dict[str, Actor] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    number: int = 1

    @property
    def base(self) -> str:
        return f"/c/{self.place.slug}/assembly/{self.number}/"

    @property
    def session(self) -> Session:
        return Session.objects.get(compound_id=self.place.compound.pk, number=self.number)

    def joins(self, name: str, actor: Actor) -> Actor:
        self.actors[name] = actor
        self.place.keys.setdefault(actor.role_id, f"binding:{actor.role_id}")
        return actor

    def phone(self, name: str) -> str:
        return Account.objects.get(pk=self.actors[name].account_id).phone

    def until(self, moment: datetime) -> None:
        """Time passes; everybody signs in again."""
        self.clock.move_to(moment)
        for name, page in self.pages.items():
            self._sign_in(name, page)

    def _sign_in(self, name: str, page: Page) -> None:
        cookie = self.place.client(self.actors[name]).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.address}])

    def page(self, name: str, *, phone: bool = False) -> Page:
        if name not in self.pages:
            page = self.open_browser(desk=not phone).new_page()
            self._sign_in(name, page)
            self.pages[name] = page
        return self.pages[name]

    def at(self, who: str, path: str = "", **more: Any) -> Page:
        page = self.page(who, **more)
        answer = page.goto(f"/c/{self.place.slug}{path}" if path.startswith("/") else self.base + path)
        assert answer is not None
        assert answer.status < 400, (who, path, answer.status)
        return page

    def does(self, who: str, act: str, **filled: Any) -> Page:
        """One step: its form filled in by the names of its fields, and pressed."""
        page = self.at(who, act)
        for name, value in filled.items():
            fill(page, name, value)
        send(page)
        return page


def fill(page: Page, name: str, value: Any) -> None:
    control = page.locator(f"main [name={name}]").first
    kind = control.get_attribute("type")
    if control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(value)
    elif kind == "radio":
        page.locator(f'main [name={name}][value="{value}"]').check(force=True)
    elif kind == "checkbox":
        control.check()
    elif kind == "file":
        control.set_input_files(value)
    else:
        control.fill(value)


def chips(page: Page, words: str) -> None:
    page.locator("label.chip").filter(has=page.get_by_text(words, exact=True)).first.click()


def send(page: Page) -> None:
    page.locator("main form button.btn-primary, .foot button.btn-primary").last.click()
    page.wait_for_load_state()


def names_officers(hall: Hall, convener: Actor, offices: Iterable[tuple[str, str, str]]) -> None:
    for key, office, name in offices:
        officers.name_officer(
            by=convener, session=hall.session, office=office, name=name, sworn=True, at=timezone.now(),
            phone=hall.phone(key),
        )  # fmt: skip


def post(place: Place, role: Role, name: str) -> Actor:
    return place.post(role, name=name, who=account(name, notice_version="2026-11"))


def staff(hall: Hall, *names: tuple[str, str]) -> None:
    for key, name in names:
        hall.joins(key, post(hall.place, Role.COMMUNITY_WORKER, name))


# ── the crowd ───────────────────────────────────────────────────────────────────────────────────────────────────────


def cast_by(session: Session, by: Actor, said: Any) -> Leaf:
    voice = ballots.voices(session, by)[0].key
    return casting.cast(by=by, session=session, voice=voice, choices={"1": said}, at=timezone.now(), once=uuid4())


def come_back(session: Session, by: Actor, numbers: Iterable[str]) -> None:
    """Numbered papers in at the desk, their numbers alone."""
    for number in numbers:
        returning.receive(by=by, session=session, number=number, at=timezone.now(), once=uuid4())


def papers_of(session: Session, first: int, until: int) -> list[str]:
    """Numbers of the papers of the parties `first` to `until`."""
    papers = Paper.objects.filter(compound_id=session.compound_id, session=session, party__number__range=(first, until))
    return list(papers.order_by("party__number").values_list("number", flat=True))


def read_all(session: Session, clerks: tuple[Actor, Actor], said_on: Mapping[str, Any]) -> None:
    """Every paper by both clerks, each alone: what the first read lies there already, the second's reading settles it."""
    first, second = clerks
    papers = list(
        Paper.objects.select_related("party").filter(
            compound_id=session.compound_id, session=session, number__in=said_on
        )
    )
    said = {one.pk: plain({"1": said_on[one.number]}, owner=reading.signers(one)[0].owner) for one in papers}
    Reading.objects.bulk_create(
        Reading(
            compound_id=session.compound_id, session=session, paper=one, turn=1, account_id=first.account_id, at=timezone.now(),
            choices=vault.seal(json.dumps(said[one.pk], ensure_ascii=False)),
        )
        for one in papers
    )  # fmt: skip
    for one in papers:
        assert read_paper(session=session, by=second, number=one.number, said=said[one.pk], at=timezone.now())


# ── anybody's machine ───────────────────────────────────────────────────────────────────────────────────────────────


def verify(file: Path, receipt: Path | None = None) -> int:
    """As a stranger does it: a process of its own, without database or settings."""
    more = ["--receipt", str(receipt)] if receipt else []
    asked = [sys.executable, "-m", "linli.web.cli", "verify", str(file), *more]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode


def tampered(file: Path, change: Any) -> Path:
    """The same bulletin after `change` has been at its contents."""
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    found = json.loads(parts["bulletin.json"])
    change(found)
    parts["bulletin.json"] = json.dumps(found, ensure_ascii=False).encode()
    other = file.with_name(f"other-{file.name}")
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return other


def download(page: Page, press: Any, to: Path) -> Path:
    with page.expect_download() as got:
        press()
    got.value.save_as(to)
    return to
