"""Reads worth a name: bindings, registers, bodies, and who looked at whose data."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import StrIndex
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kernel import masks
from linli.people.models import Assistance, Binding, Organisation, Ownership, Person, Post, RegisterChange, Residency
from linli.people.rules.tenure import BASES, GUARDIANS
from linli.people.signals import in_hand
from linli.people.words import BODIES, CHANGES, CHANNELS, CROSS_FLAGS, RELATIONS, ROLES
from linli.places.models import Compound, Entrance, Home
from linli.plumbing.labels import Labels
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment, whole
from linli.plumbing.prepared import Prepared
from linli.plumbing.tenancy import unscoped

Row = dict[str, Any]


def has_in_hand(body: Organisation) -> int:
    return sum(int(found or 0) for _asked, found in in_hand.send(Organisation, body=body))


def compounds_named(words: str, limit: int = 20) -> list[Compound]:
    return list(Compound.objects.select_related("community").filter(name__icontains=words).order_by("ordinal")[:limit])


def asked_bindings(account_id: UUID) -> list[Row]:
    """What the account asked for and nobody has answered, and the last refusals, over all compounds."""
    with unscoped("an account's own requests"):
        rows = list(
            Binding.objects.select_related("home", "compound")
            .filter(account_id=account_id, state="asked")
            .order_by("-asked_at")[:20]
        )
    return [
        {"compound": b.compound.name, "slug": b.compound.slug, "home": b.home.label, "name": b.claimed_name, "pk": b.pk}
        for b in rows
    ]


LOOKED_AT = {
    "show_phone": gettext_lazy("看了电话"),
    "show_paper": gettext_lazy("看了纸质单"),
    "export_phone": gettext_lazy("下载了有电话的名单"),
}


def looks_at(account_id: UUID, now: datetime, limit: int = 50) -> list[Row]:
    """Who saw the phone number or a paper of a person whom the account speaks for: post, body, reason, when. Newest first."""
    with unscoped("who looked at my data"):
        mine = set(
            Binding.objects.filter(account_id=account_id, state="confirmed").values_list(
                "compound_id", "person_id", "person__name", "claimed_name"
            )
        )
    # Who stood in no register then was seen by the account.
    names = {who: masks.name(name or claimed) for _c, person, name, claimed in mine for who in (account_id, person)}
    entries: list[AuditEntry] = []
    for compound_id in {row[0] for row in mine}:
        entries += AuditEntry.objects.filter(compound_id=compound_id, act__in=LOOKED_AT, subject_id__in=names).order_by(
            "-id"
        )[:limit]
    entries.sort(key=lambda e: e.at, reverse=True)
    return [
        {
            "title": f"{e.data.get('body') or BODIES.get(e.data.get('body_kind', ''), '')} {ROLES.get(e.role, e.role)}".strip(),
            "note": f"{moment(e.at, now)} · {LOOKED_AT[e.act]} · {e.words}",
            "whose": names[e.subject_id],
        }  # fmt: skip
        for e in entries[:limit]
    ]


_said = Prepared(
    lambda compound_id, words: (
        Person.objects.annotate(at=StrIndex(Value(words, output_field=TextField()), F("name")))
        .filter(compound_id=compound_id, at__gt=0)
        .values_list("name")
    )
)


def named_in(compound_id: UUID, words: str) -> set[str]:
    """Names of the register that stand in these words."""
    return {name for (name,) in _said.all(compound_id=compound_id, words=words) if len(name) > 1}


def doors_of(compound_id: UUID, persons: Collection[UUID]) -> dict[UUID, str]:
    """Where each of them can be met: the home they live in, else one that is theirs."""
    found: dict[UUID, str] = {}
    for model in (Residency, Ownership):
        rows = model.objects.filter(compound_id=compound_id, person_id__in=persons, to_day=None).order_by("from_day")
        for person, label in rows.values_list("person_id", "home__label"):
            found.setdefault(person, label)
    return found


# ── acting for somebody ─────────────────────────────────────────────────────────────────────────────────────────────


def assistances(
    compound_id: UUID, now: datetime, *, home_id: UUID | None = None, account_id: UUID | None = None,
    persons: Collection[UUID] = (), limit: int = 20,
) -> list[Row]:  # fmt: skip
    """When a worker acted for somebody: of a home, for these persons, or by an account. Newest first."""
    rows = Assistance.objects.filter(compound_id=compound_id)
    if persons:
        rows = rows.filter(person_id__in=persons)
    else:
        rows = rows.filter(home_id=home_id) if home_id else rows.filter(account_id=account_id)
    fields = (
        "pk",
        "account_id",
        "account__name",
        "person__name",
        "home__label",
        "purpose",
        "channel",
        "started_at",
        "paper",
    )
    return [
        {
            "pk": pk, "account": account, "by": by, "who": f"{home or ''} {masks.name(name)}".strip(), "purpose": purpose,
            "channel": CHANNELS.get(channel, channel), "when": moment(at, now), "paper": bool(paper),
        }
        for pk, account, by, name, home, purpose, channel, at, paper in rows.order_by("-started_at").values_list(*fields)[:limit]
    ]  # fmt: skip


# ── bodies and posts ────────────────────────────────────────────────────────────────────────────────────────────────


def bodies_of(compound: Compound) -> list[Organisation]:
    """All that act in a compound: its own, its community's, its subdistrict's."""
    return list(
        Organisation.objects.filter(
            Q(compound=compound)
            | Q(compound=None, community=compound.community_id)
            | Q(compound=None, community=None, subdistrict=compound.community.subdistrict_id),
            ended_on=None,
        ).order_by("compound", "kind", "name")
    )


def ended_bodies(compound_id: UUID) -> list[Row]:
    """Those of the compound that are no more, the last first."""
    rows = Organisation.objects.filter(compound=compound_id).exclude(ended_on=None).order_by("-ended_on", "name")
    return [
        {"name": name, "kind": BODIES.get(kind, kind), "until": whole(day) if day else "", "reason": reason}
        for name, kind, day, reason in rows.values_list("name", "kind", "ended_on", "ended_reason")[:50]
    ]


def bodies_of_community(community_id: UUID | None) -> list[Organisation]:
    return list(
        Organisation.objects.filter(community=community_id, compound=None, ended_on=None).order_by("kind", "name")
    )


def posts_of(organisations: list[UUID], today: date) -> dict[UUID, list[Row]]:
    """Held now, to come, and the last that ended, with their terms in words."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    rows = Post.objects.filter(organisation__in=organisations).order_by("kind", "-from_day", "pk").values_list(
        "pk", "organisation_id", "kind", "account_id", "holder_name", "from_day", "to_day", "cross_flags", "account__verified_at"
    )  # fmt: skip
    for pk, body, kind, account, name, start, end, flags, verified in rows:
        ended = end is not None and end < today
        term = (
            _("%(from)s 起") % {"from": whole(start)}
            if end is None
            else _("%(from)s 到 %(to)s") % {"from": whole(start), "to": whole(end)}
        )
        found[body].append({
            "pk": pk, "kind": kind, "label": ROLES.get(kind, kind), "name": name, "term": term, "account": account,
            "holds": not ended, "waiting": verified is None and not ended, "flags": [CROSS_FLAGS[f] for f in flags or () if not ended],
        })  # fmt: skip
    return {body: sorted(posts, key=lambda p: not p["holds"]) for body, posts in found.items()}


_speaks = Prepared(
    lambda compound_id, person_id: (
        Binding.objects.filter(compound_id=compound_id, person_id=person_id, state="confirmed", account__is_active=True)
        .order_by("asked_at")
        .values_list("account_id")[:1]
    )
)


def account_of(compound_id: UUID, person_id: UUID) -> UUID | None:
    """Whose phone speaks for a person; of several the one that was bound first."""
    found = _speaks.first(compound_id=compound_id, person_id=person_id)
    return found[0] if found else None


# ── bindings ────────────────────────────────────────────────────────────────────────────────────────────────────────


def bindings_of(compound_id: UUID, account_id: UUID) -> list[Row]:
    """What an account is bound to here, and what it asked for."""
    rows = Binding.objects.filter(
        compound_id=compound_id, account_id=account_id, state__in=("confirmed", "asked", "refused")
    )
    return [
        {"pk": pk, "home": home, "name": masks.name(name or claimed), "relation": RELATIONS.get(relation, relation), "state": state, "refusal": refusal}
        for pk, home, name, claimed, relation, state, refusal in rows.order_by("-asked_at").values_list(
            "pk", "home__label", "person__name", "claimed_name", "relation", "state", "refusal"
        )[:50]
    ]  # fmt: skip


def waiting_bindings(
    compound_id: UUID, now: datetime, after: UUID | None = None, limit: int = 50
) -> tuple[list[Row], str]:
    """The clerk's list, oldest first, by pages of 50: rows, and the key to go on from."""
    rows = Binding.objects.filter(compound_id=compound_id, state="asked")
    if after:
        rows = rows.filter(pk__gt=after)
    found = list(
        rows.order_by("pk").values_list("pk", "home__label", "claimed_name", "relation", "asked_at", "account__phone")[
            : limit + 1
        ]
    )
    shown = [
        {"pk": pk, "home": home, "name": masks.name(name), "relation": RELATIONS.get(relation, relation), "asked": moment(at, now), "phone": masks.phone(phone)}
        for pk, home, name, relation, at, phone in found[:limit]
    ]  # fmt: skip
    return shown, str(found[limit - 1][0]) if len(found) > limit else ""


# ── the register ────────────────────────────────────────────────────────────────────────────────────────────────────


def tenures(compound_id: UUID, home_id: UUID, *, past: bool = False) -> list[Row]:
    """Owners first, then who lives there; names and numbers as they are, for the caller to mask."""
    found = []
    for model, kind in ((Ownership, "owner"), (Residency, "")):
        rows = model.objects.filter(compound_id=compound_id, home_id=home_id)
        rows = rows.exclude(to_day=None) if past else rows.filter(to_day=None)
        fields = [
            "person_id", "person__name", "person__phone", "person__phone2", "person__deceased_on", "from_day", "to_day",
            "source" if kind else "kind",
        ]  # fmt: skip
        for person, name, phone, phone2, died, start, end, *rest in rows.order_by("from_day", "pk").values_list(
            *fields
        ):
            relation = kind or rest[0]
            basis = rest[0] if kind and rest[0] in BASES else ""
            found.append({
                "person": person, "name": name, "phone": phone, "phone2": phone2, "relation": relation, "label": RELATIONS.get(relation, relation),
                "from_day": start, "to_day": end, "died": died, "basis": Labels(BASES)[basis] if basis else "",
            })  # fmt: skip
    return found


def masked(rows: list[Row]) -> list[Row]:
    return [
        {
            **row,
            "name": masks.name(row["name"]),
            "phone": masks.phone(row["phone"]),
            "phone2": masks.phone(row["phone2"]),
        }
        for row in rows
    ]


def building_table(compound_id: UUID, building_id: UUID) -> list[Row]:
    """One building's entrances as grids for the `floors` component, in four queries."""
    homes = Home.objects.filter(compound_id=compound_id, building_id=building_id).order_by("-floor", "room_no").values_list(
        "pk", "entrance_id", "floor", "room_no", "label", "occupied"
    )  # fmt: skip
    here = {"compound_id": compound_id, "home__building_id": building_id}
    bound = set(Binding.objects.filter(state="confirmed", **here).values_list("home_id", flat=True))
    known = set(Ownership.objects.filter(to_day=None, **here).values_list("home_id", flat=True)) | set(
        Residency.objects.filter(to_day=None, **here).values_list("home_id", flat=True)
    )
    comma = _("，")
    cells: dict[UUID, dict[Any, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for pk, entrance, floor, room, label, occupied in homes:
        state = "hatch" if occupied == "empty" else "full" if pk in bound else "mid" if pk in known else "pale"
        cells[entrance][floor].append(
            {"pk": pk, "label": room, "spoken": f"{label}{comma}{HOME_STATES[state]}", "state": state}
        )
    grids = []
    for entrance in Entrance.objects.filter(compound_id=compound_id, building_id=building_id).order_by(
        "position", "key"
    ):
        floors = cells.get(entrance.pk, {})
        count = sum(map(len, floors.values()))
        filled = sum(home["state"] == "full" for homes in floors.values() for home in homes)
        grids.append({
            "name": str(entrance), "note": _("%(n)s 户，绑定 %(k)s") % {"n": count, "k": filled},
            "floors": [{"name": f"{f}F" if f is not None else "", "homes": row} for f, row in floors.items()],
        })  # fmt: skip
    return grids


HOME_STATES = {
    "full": gettext_lazy("有人绑定"),
    "mid": gettext_lazy("名册里有人，没绑定"),
    "pale": gettext_lazy("名册里没有人"),
    "hatch": gettext_lazy("空着"),
}


def find_in_register(compound_id: UUID, words: str, limit: int = 40) -> list[Row]:
    """Homes by room, persons by name; names masked."""
    homes = Home.objects.filter(Q(label__icontains=words) | Q(room_no=words), compound_id=compound_id)
    found = [
        {"home": pk, "title": label, "note": "", "person": None}
        for pk, label in homes.order_by("label").values_list("pk", "label")[:limit]
    ]
    for model in (Ownership, Residency):
        rows = model.objects.filter(compound_id=compound_id, to_day=None, person__name__icontains=words)
        for home, label, person, name in rows.order_by("home__label").values_list(
            "home_id", "home__label", "person_id", "person__name"
        )[:limit]:
            relation = RELATIONS["owner"] if model is Ownership else _("住户")
            found.append({"home": home, "title": label, "note": f"{masks.name(name)} {relation}", "person": person})
    return found[:limit]


def proposed_changes(compound_id: UUID, now: datetime) -> list[Row]:
    rows = RegisterChange.objects.filter(compound_id=compound_id, state="proposed").order_by("pk").values_list(
        "pk", "kind", "home__label", "person__name", "day", "reason", "paper", "proposed_by", "proposed_at", "given"
    )  # fmt: skip
    return [
        {
            "pk": pk,
            "what": CHANGES[kind],
            "home": home,
            "name": masks.name(name),
            "day": whole(day),
            "reason": reason,
            "paper": bool(paper),
            "by": by,
            "at": moment(at, now),
            "given": about_change(given),
        }  # fmt: skip
        for pk, kind, home, name, day, reason, paper, by, at, given in rows[:100]
    ]


def about_change(given: Row) -> str:
    """By what somebody owns, or who acts for an owner: masked."""
    if "name" in given:
        until = _("，到 %(day)s") % {"day": whole(date.fromisoformat(given["until"]))} if given.get("until") else ""
        return f"{Labels(GUARDIANS)[given['kind']]} {masks.name(given['name'])}{until}"
    return Labels(BASES)[given["basis"]] if given.get("basis") in BASES else ""


def bound_accounts(compound_id: UUID, home_id: UUID) -> list[Row]:
    rows = Binding.objects.filter(compound_id=compound_id, home_id=home_id, state="confirmed").order_by(
        "decided_at", "pk"
    )
    return [
        {
            "pk": pk,
            "name": masks.name(name or claimed),
            "phone": masks.phone(phone),
            "relation": RELATIONS.get(relation, relation),
        }
        for pk, name, claimed, phone, relation in rows.values_list(
            "pk", "person__name", "claimed_name", "account__phone", "relation"
        )
    ]


def in_term(today: date) -> Q:
    """Of posts, and of whatever else has a first and perhaps a last day: those that hold today."""
    return Q(from_day__lte=today) & (Q(to_day=None) | Q(to_day__gte=today))
