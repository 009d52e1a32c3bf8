"""From the tables of a vote whose box was opened to what `linli tally` takes, item by item."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.receipts import moment
from linli.kernel.tally.case import PARKING, Channel
from linli.kernel.tally.case import case_of as read_case
from linli.kernel.tally.count import Count, count
from linli.plumbing import vault

from ..models import Candidate, Item, Leaf, Lots, Opened, Proxy, RegisterHome, RegisterOwner, Session
from ..rules.counting import UNNAMED
from ..rules.returning import OF_THE_PARTY

NOBODY = "?"  # stands for an owner or a home that nobody could read
RULES = {
    "silence_mode": "A", "duplicate_rule": "first_valid_wins", "count_parking": False, "follow_majority": False, "per_home_ballot": False,
}  # fmt: skip
CHANNELS = frozenset(c.value for c in Channel)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the frozen register, with its owners' marks."""

    label: str
    kind: str
    area: int
    party: int | None
    owners: tuple[str, ...]
    delivered: bool
    building_id: UUID
    entrance_id: UUID | None

    @property
    def published(self) -> dict[str, Any]:
        """As `receipts.fingerprint` takes it."""
        return {
            "home": self.label, "kind": self.kind, "area": self.area, "party": self.party, "owners": list(self.owners),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One ballot, joint statement or objection as it was opened (`kind` of its first leaf). `fault`: why it is no vote as a whole."""

    kind: str
    number: str
    home: str
    owner: str
    agents: tuple[str, ...]
    choices: Mapping[str, Any]
    channel: str
    at: str
    fault: str = ""


@dataclass(frozen=True)
class Box:
    """All that came in: `leaves` with what each opens to, and what is wrong with it."""

    session: Session
    rows: Sequence[Row]
    leaves: Sequence[tuple[Leaf, Mapping[str, Any] | None, str]]
    proxies: Sequence[Mapping[str, Any]]
    candidates: Mapping[UUID, Sequence[str]]
    lots: Mapping[UUID, Sequence[str]]

    @cached_property
    def faults(self) -> dict[str, str]:
        return {leaf.ballot: fault for leaf, _, fault in self.leaves if fault}

    @cached_property
    def _read(self) -> list[Said]:
        found: dict[str, Said] = {}
        for leaf, opening, fault in self.leaves:
            if leaf.kind == Kind.VOIDED:
                if leaf.ballot in found and opening:
                    found[leaf.ballot] = replace(found[leaf.ballot], fault=opening["reason"])
            elif leaf.kind == Kind.ENTERED:
                if leaf.ballot in found:
                    found[leaf.ballot] = _entered(found[leaf.ballot], opening, fault)
            elif leaf.ballot in found:
                found[leaf.ballot] = replace(found[leaf.ballot], fault="twice")
            else:
                found[leaf.ballot] = _said(leaf, opening, fault)
        return list(found.values())

    @cached_property
    def ballots(self) -> list[Said]:
        return [one for one in self._read if one.kind not in OF_THE_PARTY]

    @cached_property
    def statements(self) -> list[Said]:
        """Also those that are none, with why."""
        return [one for one in self._read if one.kind == Kind.STATEMENT]

    @cached_property
    def objections(self) -> list[Said]:
        """Of co-owners, to what another sent."""
        return [one for one in self._read if one.kind == Kind.OBJECTION]

    @property
    def void_objections(self) -> dict[str, str]:
        """Those that are none, by number, with why."""
        owners = {row.label: row.owners for row in self.rows} if self.objections else {}
        why = {one.number: one.fault or self._why(one, owners) for one in self.objections}
        return {number: fault for number, fault in why.items() if fault}

    def _why(self, one: Said, owners: Mapping[str, Collection[str]]) -> str:
        if one.at > moment(_closes(self.session)):
            return "late"
        if one.home not in owners:
            return "unknown_home"
        return "" if one.owner in owners[one.home] else "not_an_owner"


def _agents(opening: Mapping[str, Any]) -> tuple[str, ...]:
    said = opening.get("agent") or ()
    return (said,) if isinstance(said, str) else tuple(said)


def _said(leaf: Leaf, opening: Mapping[str, Any] | None, fault: str) -> Said:
    """A leaf that does not open is still known to have come from its home."""
    held = opening or {}
    channel = held.get("channel", leaf.channel)
    return Said(
        kind=leaf.kind, number=leaf.ballot, home=held.get("home") or (leaf.row.label if leaf.row else NOBODY), owner=held.get("owner") or NOBODY,
        agents=_agents(held), choices=held.get("choices", {}), channel=channel if channel in CHANNELS else "online",
        at=moment(leaf.at), fault=fault or held.get("fault", ""),
    )  # fmt: skip


def _entered(paper: Said, opening: Mapping[str, Any] | None, fault: str) -> Said:
    held = opening or {}
    return replace(
        paper, owner=held.get("owner") or NOBODY, agents=_agents(held), choices=held.get("choices", {}),
        fault=(paper.fault if paper.fault in {"twice", "unopened", "changed"} else "") or fault or held.get("fault", ""),
    )  # fmt: skip


def rows_of(session: Session) -> list[Row]:
    marks: dict[UUID, list[str]] = {}
    owners = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session)
    for row_id, mark in owners.values_list("row_id", "mark"):
        marks.setdefault(row_id, []).append(mark)
    found = RegisterHome.objects.filter(compound_id=session.compound_id, session=session).order_by("place")
    wanted = ("id", "label", "kind", "area", "party__number", "party__delivered_at", "building_id", "home__entrance_id")
    return [
        Row(label, kind, area, party, tuple(sorted(marks.get(id, ()))), delivered is not None, building, entrance)
        for id, label, kind, area, party, delivered, building, entrance in found.values_list(*wanted)
    ]


def openings(session: Session) -> dict[UUID, tuple[Mapping[str, Any] | None, str]]:
    rows = Opened.objects.filter(compound_id=session.compound_id, session=session)
    return {
        leaf_id: (json.loads(vault.unseal(sealed)) if sealed else None, fault)
        for leaf_id, sealed, fault in rows.values_list("leaf_id", "sealed", "fault")
    }


def box(session: Session) -> Box:
    opened = openings(session)
    leaves = list(
        Leaf.objects.filter(compound_id=session.compound_id, session=session)
        .select_related("row")
        .only("kind", "ballot", "commitment", "at", "index", "channel", "compound_id", "row__label", "row__compound_id")
        .order_by("index")
    )
    held = [(leaf, *opened.get(leaf.pk, (None, "unopened"))) for leaf in leaves]
    return Box(session, rows_of(session), held, _proxies(session, held), _candidates(session), _lots(session))


def _proxies(session: Session, leaves: Iterable[tuple[Leaf, Mapping[str, Any] | None, str]]) -> list[dict[str, Any]]:
    """A paper withdrawn later still covers what was signed under it before."""
    used = {(o.get("owner"), agent) for _, o, _ in leaves if o for agent in _agents(o)}
    rows = list(Proxy.objects.filter(compound_id=session.compound_id, session=session).order_by("registered_at", "id"))
    owners = RegisterOwner.objects.filter(
        compound_id=session.compound_id, session=session, person_id__in=[paper.person_id for paper in rows]
    )
    marks = dict(owners.values_list("person_id", "mark")) if rows else {}
    found = []
    for paper in rows:
        owner, agents = marks.get(paper.person_id), agents_of(paper)
        if owner and agents and (paper.withdrawn_at is None or any((owner, agent) in used for agent in agents)):
            found.append(
                {"owner": owner, "agents": agents, "severally": paper.severally, "registered_at": moment(paper.registered_at)}
            )  # fmt: skip
    return found


def agents_of(paper: Proxy) -> list[str]:
    """The word that stands for each agent in an opening."""
    return [agent if isinstance(agent, str) else str(agent["mark"]) for agent in paper.agents]


def _candidates(session: Session) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = Candidate.objects.filter(compound_id=session.compound_id, item__session=session, withdrawn_at__isnull=True)
    for item_id, code in rows.order_by("place", "code").values_list("item_id", "code"):
        found.setdefault(item_id, []).append(code)
    return found


def _lots(session: Session) -> dict[UUID, list[str]]:
    """Ties parted so far, one draw after another."""
    found: dict[UUID, list[str]] = {}
    rows = Lots.objects.filter(compound_id=session.compound_id, item__session=session).order_by("at", "id")
    for item_id, order in rows.values_list("item_id", "order"):
        found.setdefault(item_id, []).extend(code for code in order if code not in found.get(item_id, ()))
    return found


def scope_of(item: Item, rows: Iterable[Row]) -> list[str] | None:
    """Labels of the rows an item is decided by; None for the whole compound."""
    buildings = {UUID(str(id)) for id in item.scope.get("buildings", ())}
    entrances = {UUID(str(id)) for id in item.scope.get("entrances", ())}
    if not buildings and not entrances:
        return None
    return [row.label for row in rows if row.building_id in buildings or row.entrance_id in entrances]


def rules_of(session: Session) -> dict[str, Any]:
    return {key: session.rules.get(key, default) for key, default in RULES.items()}


def case_of(item: Item, box: Box) -> dict[str, Any]:
    """What `linli tally` takes (`tally.schema.json`)."""
    session, no = box.session, str(item.place)
    candidates = box.candidates.get(item.pk, ()) if item.form != "approve" else ()
    found: dict[str, Any] = {
        "matter_no": item.matter_no, "profile": session.profile, "closes_at": moment(_closes(session)), "rules": rules_of(session),
        "homes": [
            {"id": r.label, "kind": r.kind, "area": r.area, "owners": list(r.owners), "delivered": r.delivered}
            for r in box.rows
            if r.party is not None or (r.kind == PARKING and r.area)
        ],
        "ballots": [_ballot(said, no, candidates) for said in box.ballots],
        "joint_statements": [
            {"home": s.home, "at": s.at} | _choice(s.choices[no], candidates) for s in box.statements if no in s.choices and not s.fault
        ],
        "objections": [
            {"home": o.home, "owner": o.owner, "at": o.at} for o in box.objections if o.choices.get(no, UNNAMED) != UNNAMED and not o.fault
        ],
        "proxies": list(box.proxies),
    }  # fmt: skip
    scope = scope_of(item, box.rows)
    if scope is not None:
        known = {home["id"] for home in found["homes"]}
        found["scope"] = [label for label in scope if label in known]
    if candidates:
        lots = [code for code in box.lots.get(item.pk, ()) if code in candidates]
        found["election"] = {"seats": item.seats or 1, "candidates": list(candidates), "form": item.form, "lots": lots}
    return found


def counted(item: Item, box: Box) -> Count:
    return count(read_case(case_of(item, box)))


def _closes(session: Session) -> Any:
    if session.closes_at is None:
        raise ValueError("a session without an end is not counted")
    return session.closes_at


def _ballot(said: Said, no: str, candidates: Sequence[str]) -> dict[str, Any]:
    found = {
        "id": said.number, "home": said.home, "owner": said.owner, "channel": said.channel, "at": said.at, "valid": not said.fault,
        "agents": list(said.agents),
    }  # fmt: skip
    return found | _choice(said.choices.get(no), candidates)


def _choice(choice: Any, candidates: Sequence[str]) -> dict[str, Any]:
    if candidates:
        given = choice if isinstance(choice, Mapping) else {}
        return {"choices": {code: given[code] for code in candidates if code in given}}
    return {"choice": choice if isinstance(choice, str) else "blank"}
