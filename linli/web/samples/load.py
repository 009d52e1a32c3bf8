"""Puts the three sample compounds and their year into an empty database, in under a minute, and says who may sign in."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from time import monotonic
from unicodedata import east_asian_width

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from linli.kernel.clock import SHANGHAI
from linli.matters.services.advice import learn
from linli.matters.services.hot import work_out
from linli.notices.models import Message
from linli.people.access import standings
from linli.people.models import Account
from linli.people.rules import Role
from linli.people.words import ROLES
from linli.places.models import Compound
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.logs import hushed
from linli.plumbing.tenancy import compound_scope

from . import (
    assembly,
    batches,
    calls,
    checkins,
    companies,
    decorations,
    exports,
    hotline,
    meetings,
    orders,
    outages,
    pmc,
    projects,
    rapid,
    representatives,
    talks,
    whistles,
)
from .help import household_help, neighbours_alert
from .pictures import Album
from .plan import plan
from .registers import PASSWORD, Town, operator, sample_accounts, settle
from .replay import Replay
from .steps import CompoundPlan
from .studio import Studio

Say = Callable[..., None]
FRESH = timedelta(days=3)
# In the order they are printed, and the page that shows most to whoever holds the post.
PAGES = {
    Role.OWNER: "home", Role.OCCUPANT: "home", Role.FRONT_DESK: "desk", Role.ENGINEER: "work", Role.STEWARD: "work",
    Role.PROPERTY_MANAGER: "desk", Role.COMMUNITY_WORKER: "desk", Role.COMMUNITY_SECRETARY: "desk", Role.GRID_WORKER: "visits",
    Role.BUILDING_CAPTAIN: "desk", Role.RESIDENT_REPRESENTATIVE: "desk", Role.VOLUNTEER: "work", Role.BRANCH_SECRETARY: "desk",
    Role.COMMITTEE_CHAIR: "desk", Role.COMMITTEE_VICE_CHAIR: "desk", Role.COMMITTEE_MEMBER: "visits", Role.COMMITTEE_SECRETARY: "desk",
    Role.PREPARATORY_MEMBER: "bodies", Role.REGISTER_CLERK: "bindings", Role.SUBDISTRICT_OFFICER: "desk", Role.OPERATOR: "",
}  # fmt: skip
ORDER = list(PAGES)
# Named in each compound; the other posts where they are met first.
EVERYWHERE = frozenset({Role.OWNER, Role.COMMUNITY_WORKER})


def load(say: Say, now: datetime | None = None, seed: int = 7) -> None:
    """Each compound in one transaction. The same `now` and `seed` give the same year, keys and seals aside."""
    now = (now or timezone.now()).astimezone(SHANGHAI).replace(microsecond=0)
    year = plan(now, seed)
    # Seven thousand lines of acts would hide what is said.
    with hushed("linli.act"), Studio(year) as studio:
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
            household_help(town)
            neighbours_alert(town)
            Album(run, studio).fill()
            exports.fill(town, batches.fill(town))
            orders.fill(town)
            calls.shout(town)
            representatives.look_after(town)
            hotline.fill(town)
            checkins.go_round(town)
            rapid.send(town)
            projects.fill(town)
            decorations.register(town)
            outages.announce(town)
            talks.hold(town)
            assembly.meet(town)
            pmc.form(town)
            meetings.meet(town)
            companies.serve(town)
            learn(compound_id=town.compound.pk, at=town.now)
            work_out(compound_id=town.compound.pk, at=town.now)
            whistles.blow(town)
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


# ── who may sign in ─────────────────────────────────────────────────────────────────────────────────────────────────


def sign_ins() -> list[str]:
    """One line a resident and post: where, as what, name, number, password, the page to open first."""
    today = timezone.localdate()
    compounds = list(Compound.objects.select_related("community__subdistrict").order_by("ordinal"))
    found = sorted(
        (one for account in sample_accounts() if (one := _sign_in(account, compounds, today))), key=lambda one: one[:3]
    )
    met, rows = set(), []
    for _, place, _, row in found:
        role = ORDER[place]
        if role in EVERYWHERE or role not in met:
            rows.append(row)
        met.add(role)
    return list(_table(rows))


def _sign_in(account: Account, compounds: list[Compound], today: date) -> tuple[int, int, str, tuple[str, ...]] | None:
    """Sorted by compound, post, number; the operator last."""
    phone = account.phone
    if account.is_operator:
        return 99, 0, phone, ("", str(ROLES[Role.OPERATOR]), account.name, phone, PASSWORD, "/operator/")
    for compound in compounds:
        held = standings(account.pk, compound, today)
        if held:
            role = Role(held[0].actor.role)
            label = str(ROLES[role]) + _besides(account, role, len(held))
            row = (compound.name, label, account.name, phone, PASSWORD, _page(compound, role))
            return compound.ordinal, ORDER.index(role), phone, row
    return None


def _besides(account: Account, role: Role, held: int) -> str:
    if role not in {Role.OWNER, Role.OCCUPANT}:
        return ""
    return "（大字，两口子一个号）" if account.elder else "（也替家里老人）" if held > 1 else ""


def _page(compound: Compound, role: Role) -> str:
    return f"/c/{compound.slug}/{PAGES[role]}/"


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    held = list(rows)
    widths = [max(map(_width, column)) for column in zip(*held, strict=True)]
    for row in held:
        yield "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
