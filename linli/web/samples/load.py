"""Puts the three sample compounds and their year into an empty database, in under a minute, and says who may sign in."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic
from unicodedata import east_asian_width

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from linli.kernel.clock import SHANGHAI
from linli.notices.models import Message
from linli.people.access import standings
from linli.people.models import Account
from linli.people.rules import Role
from linli.people.words import ROLES
from linli.places.models import Compound
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.tenancy import compound_scope

from .pictures import Album
from .plan import CompoundPlan, plan
from .registers import PASSWORD, Town, operator, sample_accounts, settle
from .replay import Replay
from .studio import Studio

Say = Callable[..., None]
FRESH = timedelta(days=3)
# The page that shows most to whoever holds the post; the others begin at the desk.
PAGES = {
    Role.OWNER: "home", Role.OCCUPANT: "home", Role.ENGINEER: "work", Role.STEWARD: "work", Role.GRID_WORKER: "visits",
    Role.BUILDING_CAPTAIN: "work", Role.VOLUNTEER: "work", Role.RESIDENT_REPRESENTATIVE: "work", Role.REGISTER_CLERK: "bindings",
    Role.PREPARATORY_MEMBER: "bodies", Role.COMMITTEE_MEMBER: "visits",
}  # fmt: skip


def load(say: Say, now: datetime | None = None, seed: int = 7) -> None:
    """Each compound in one transaction. The same `now` and `seed` give the same year, keys and seals aside."""
    now = (now or timezone.now()).astimezone(SHANGHAI).replace(microsecond=0)
    year = plan(now, seed)
    with _quiet(), Studio(year) as studio:
        for ordinal, one in enumerate(year, 1):
            began = monotonic()
            run = load_compound(one, ordinal, now, studio)
            size = f"{one.places.name}：{len(one.places.buildings)} 栋，{len(one.places.homes)} 户，{len(run.matters)} 件事"
            say(f"  {size}（{monotonic() - began:.0f} 秒）")
            for line in run.refused:
                say(f"  {line}")
        operator(now)


def load_compound(one: CompoundPlan, ordinal: int, now: datetime, studio: Studio) -> Replay:
    with transaction.atomic():
        town = settle(one, ordinal, now)
        with compound_scope(town.compound.pk):
            run = Replay(town)
            run.run()
            Album(run, studio).fill()
            _read_what_is_old(town)
            record(
                by=CLOCK,
                act="load_samples",
                subject_kind="compound",
                subject_id=town.compound.pk,
                compound_id=town.compound.pk,
                at=now,
            )
    return run


def _read_what_is_old(town: Town) -> None:
    """The past has been read, sent and visited; of the last days the inbox and the list of visits still have some."""
    rows = Message.objects.filter(compound_id=town.compound.pk)
    rows.filter(channel="sms").update(state="sent", sent_at=F("created_at"), next_try_at=None)
    old = rows.filter(created_at__lt=town.now - FRESH)
    old.filter(channel="visit").update(state="done")
    old.filter(channel="inbox").update(read_at=F("created_at") + timedelta(minutes=25))


@contextmanager
def _quiet() -> Iterator[None]:
    """Seven thousand lines of acts would hide what is said."""
    log = logging.getLogger("linli.act")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


# ── who may sign in ─────────────────────────────────────────────────────────────────────────────────────────────────


def sign_ins() -> list[str]:
    """One line a post and resident: where, as what, name, number, password, the page to open first."""
    today = timezone.localdate()
    compounds = list(Compound.objects.select_related("community__subdistrict").order_by("ordinal"))
    rows = [row for account in sample_accounts() for row in _sign_in(account, compounds, today)]
    rows.sort(key=lambda row: row[0])
    return list(_table(row[1:] for row in rows))


def _sign_in(account: Account, compounds: list[Compound], today) -> Iterator[tuple]:
    if account.is_operator:
        yield 99, "", str(ROLES[Role.OPERATOR]), account.name, account.phone, PASSWORD, "/operator/"
        return
    for compound in compounds:
        held = standings(account.pk, compound, today)
        if not held:
            continue
        role = Role(held[0].actor.role)
        label = str(ROLES[role]) + _besides(account, role, len(held))
        yield compound.ordinal, compound.name, label, account.name, account.phone, PASSWORD, _page(compound, role)
        return


def _besides(account: Account, role: Role, held: int) -> str:
    if role not in {Role.OWNER, Role.OCCUPANT}:
        return ""
    return "（大字，两口子一个号）" if account.elder else "（也替家里老人）" if held > 1 else ""


def _page(compound: Compound, role: Role) -> str:
    if role == Role.COMMUNITY_SECRETARY:
        return f"/communities/{compound.community_id}/"
    return f"/c/{compound.slug}/{PAGES.get(role, 'desk')}/"


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    held = list(rows)
    widths = [max(map(_width, column)) for column in zip(*held, strict=True)]
    for row in held:
        yield "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
