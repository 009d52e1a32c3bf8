"""Every write on places: subdistrict, community, grid, compound, and the local profile adopted there."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from linli.kernel.profiles import profile as local_profile
from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor, record
from linli.plumbing.tenancy import compound_scope

from .models import Community, Compound, Division, Grid, OrderedDay, ProfileAdoption, Subdistrict
from .queries import kept_days

TRIES = 5
SETTINGS = frozenset(
    {"hours", "days", "ordered", "cross_posts", "categories", "rapid_minutes", "gate_days", "matter_years", "levels"}
)
FIELDS = frozenset({"name", "address", "phone", "is_unmanaged", "public_page"})


@transaction.atomic
def create_subdistrict(*, by: Actor, name: str, at: datetime, region: str = "", division_code: str = "") -> Subdistrict:
    if Subdistrict.objects.filter(region=region, name=name).exists():
        raise Refused(Refusal("exists", _("这个街道已经有了")), "name")
    made = Subdistrict.objects.create(name=name, region=region, division_code=division_code)
    record(by=by, act="create_subdistrict", subject_kind="subdistrict", subject_id=made.pk, at=at)
    return made


@transaction.atomic
def create_community(*, by: Actor, subdistrict: Subdistrict, name: str, at: datetime, phone: str = "") -> Community:
    if Community.objects.filter(subdistrict=subdistrict, name=name).exists():
        raise Refused(Refusal("exists", _("这个社区已经有了")), "name")
    made = Community.objects.create(subdistrict=subdistrict, name=name, phone=phone)
    record(by=by, act="create_community", subject_kind="community", subject_id=made.pk, at=at)
    return made


@transaction.atomic
def create_grid(*, by: Actor, community: Community, name: str, at: datetime) -> Grid:
    if Grid.objects.filter(community=community, name=name).exists():
        raise Refused(Refusal("exists", _("这个网格已经有了")), "name")
    made = Grid.objects.create(community=community, name=name)
    record(by=by, act="create_grid", subject_kind="grid", subject_id=made.pk, at=at)
    return made


@transaction.atomic
def create_compound(
    *, by: Actor, community: Community, slug: str, name: str, at: datetime, address: str = "", phone: str = "",
    is_unmanaged: bool = False, profile: str = "national_default", public_page: bool = True,
    hours: Iterable[tuple[str, str]] = (),
) -> Compound:  # fmt: skip
    """With the next ordinal, whoever else makes one at the same time; the adoption of the profile is a record."""
    if Compound.objects.filter(slug=slug).exists():
        raise Refused(Refusal("slug_taken", _("这个网址有小区在用，换一个")), "slug")
    made = Compound(
        slug=slug, name=name, community=community, address=address, phone=phone, is_unmanaged=is_unmanaged,
        public_page=public_page, created_at=at, settings={"hours": [list(span) for span in hours]} if hours else {},
    )  # fmt: skip
    if days := kept_days():
        made.settings["ordered"] = days
    _number(made)
    record(by=by, act="create_compound", subject_kind="compound", subject_id=made.pk, at=at, compound_id=made.pk)
    adopt_profile(by=by, compound=made, profile=profile, at=at)
    return made


def _number(compound: Compound) -> None:
    """The unique key decides a race; the loser counts again."""
    for left in reversed(range(TRIES)):
        compound.ordinal = (Compound.objects.aggregate(most=Max("ordinal"))["most"] or 0) + 1
        try:
            with transaction.atomic():
                compound.save(force_insert=True)
                return
        except IntegrityError:
            if Compound.objects.filter(slug=compound.slug).exists():
                raise Refused(Refusal("slug_taken", _("这个网址有小区在用，换一个")), "slug") from None
            if not left:
                raise


@transaction.atomic
def keep_days(*, by: Actor, days: Mapping[str, bool], at: datetime) -> int:
    """Days of rest and swapped workdays as the State Council ordered them, for every compound. How many compounds."""
    rows = [OrderedDay(day=date.fromisoformat(day), works=works) for day, works in days.items()]
    OrderedDay.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["works"])
    ordered, compounds = kept_days(), list(Compound.objects.order_by("ordinal"))
    for compound in compounds:
        with compound_scope(compound.pk):
            on = replace(by, compound_id=compound.pk)
            change_compound(by=on, compound=compound, at=at, settings={"ordered": ordered})
    return len(compounds)


@transaction.atomic
def adopt_profile(*, by: Actor, compound: Compound, profile: str, at: datetime) -> ProfileAdoption:
    """Never edits what was adopted: the newest record is in force."""
    try:
        found = local_profile(profile)
    except KeyError:
        raise Refused(Refusal("no_profile", _("没有这个地方的规则")), "profile") from None
    with compound_scope(compound.pk):
        adopted = ProfileAdoption(compound=compound, profile=found.key, source=found.source[:200], at=at)
        adopted.save(force_insert=True)
    compound.profile = found.key
    compound.save(update_fields=["profile"])
    record(
        by=by, act="adopt_profile", subject_kind="compound", subject_id=compound.pk, at=at, compound_id=compound.pk,
        data={"profile": found.key},
    )  # fmt: skip
    return adopted


@transaction.atomic
def change_compound(
    *, by: Actor, compound: Compound, at: datetime, settings: Mapping[str, Any] | None = None, **fields: Any
) -> Compound:
    """Name, address, phone, unmanaged or not, public page; and the settings: hours, days, cross_posts, categories, levels."""
    unknown = set(fields) - FIELDS | set(settings or ()) - SETTINGS
    if unknown:
        raise ValueError(sorted(unknown))
    locked = Compound.objects.select_for_update().get(pk=compound.pk)
    changed = [name for name, value in fields.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, fields[name])
    kept = {**locked.settings, **(settings or {})}
    if kept != locked.settings:
        changed += sorted(k for k in kept if kept[k] != locked.settings.get(k))
        locked.settings = kept
    if changed:
        locked.save()
        record(
            by=by, act="change_compound", subject_kind="compound", subject_id=compound.pk, at=at, compound_id=compound.pk,
            data={"changed": changed},
        )  # fmt: skip
    return locked


def load_divisions(rows: Iterable[tuple[str, str, str, str]], *, batch: int = 5000) -> int:
    """(code, name, level, parent's code); what is there is renamed, never doubled. Gives back how many were read."""
    read, held = 0, []
    for code, name, level, parent in rows:
        held.append(Division(code=code, name=name, level=level, parent_code=parent))
        if len(held) == batch:
            read += _keep_divisions(held)
            held = []
    return read + _keep_divisions(held)


def _keep_divisions(rows: list[Division]) -> int:
    Division.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "level", "parent_code"]
    )
    return len(rows)
