"""Whistles: which wait for whom, one with all that belongs to it, those of a matter, those that time has made due."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from linli.kernel.agencies import AGENCIES
from linli.people.models import Organisation
from linli.people.rules import PARTY_OF_BODY, Act, Body, Role, may
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry, Tally
from linli.plumbing.prepared import Prepared
from linli.plumbing.tenancy import unscoped

from ..models import (
    Ask,
    Attachment,
    Consultation,
    FundingEntry,
    FundingRequest,
    Matter,
    MinutesSignature,
    Whistle,
    WhistleFile,
    WhistleMatter,
    WhistleTask,
)
from ..rules import whistles as rules
from ..rules.promises import BLOWERS
from ..rules.times import BREACHED
from ..rules.whistles import Level
from .desk import visible
from .posts import posts_in

PAGE = 30
BATCH = 1000
COMPOUNDS_MOST = 300
VIEWS = ("open", "approver", "receiver", "blower", "late", "ended")


def due_asks(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(ask, compound), the longest due first."""
    with unscoped("due whistles"):
        rows = Ask.objects.filter(next_at__lte=at).order_by("next_at")
        return list(rows.values_list("id", "compound_id")[:limit])


# ── the board ───────────────────────────────────────────────────────────────────────────────────────────────────────


def below(by: Actor, compound: Compound) -> list[Compound]:
    """The compounds whose whistles somebody looks after: all of the subdistrict for its officer, else the one."""
    if by.role != Role.SUBDISTRICT_OFFICER:
        return [compound]
    rows = Compound.objects.filter(community__subdistrict=compound.community.subdistrict_id)
    return list(rows.order_by("ordinal")[:COMPOUNDS_MOST])


@dataclass(frozen=True, slots=True)
class Row:
    pk: UUID
    number: int
    compound_id: UUID
    title: str
    state: str
    level: str
    urgency: str
    turn: str
    since: datetime
    due_at: datetime | None
    late: bool
    drafted_by: str
    drafted_kind: str
    asks: list[tuple[str, str]] = field(default_factory=list)
    late_ones: list[str] = field(default_factory=list)


def board(*, by: Actor, compounds: Sequence[Compound], view: str, after: UUID | None = None) -> list[Row]:
    """What is late first, then by due time, what has none by its number at the end; ended ones newest first. One more than a
    page if there are more. Over several compounds on purpose, for a subdistrict."""
    ids = [c.pk for c in compounds]
    with unscoped("whistles of the compounds below"):
        rows = Whistle.objects.filter(compound_id__in=ids, open=view != "ended")
        rows = open_to(rows, by, ids)
        if view in {"approver", "receiver", "blower"}:
            rows = rows.filter(turn=view)
        if view == "late":
            rows = rows.filter(late=True)
        order = ["-id"] if view == "ended" else ["-late", F("due_at").asc(nulls_last=True), "-id"]
        if after:
            rows = rows.filter(Q(pk__lt=after) if view == "ended" else _behind(after, ids))
        found = [
            Row(*values)
            for values in rows.order_by(*order).values_list(
                "id", "number", "compound_id", "title", "state", "level", "urgency", "turn", "turn_since", "due_at", "late",
                "drafted_body__name", "drafted_body__kind",
            )[: PAGE + 1]
        ]  # fmt: skip
        asks = Ask.objects.filter(compound_id__in=ids, whistle_id__in=[r.pk for r in found]).order_by("place")
        by_whistle, late = defaultdict(list), defaultdict(list)
        for whistle_id, name, step, clock, stage in asks.values_list(
            "whistle_id", "body__name", "step", "clock", "stage"
        ):
            by_whistle[whistle_id].append((name, step))
            if clock and stage >= BREACHED:
                late[whistle_id].append("" if clock in BLOWERS else name)
    for row in found:
        row.asks.extend(by_whistle[row.pk])
        row.late_ones.extend(dict.fromkeys(name or row.drafted_by for name in late[row.pk]))
    return found


def _behind(last: UUID, ids: list[UUID]) -> Q:
    """Those that stand behind this one among the open ones, as it is now."""
    late, due = Whistle.objects.filter(compound_id__in=ids, pk=last).values_list("late", "due_at").first() or (
        False,
        None,
    )
    untimed = Q(due_at=None) if due else Q(due_at=None, pk__lt=last)
    behind = Q(late=late) & (untimed | Q(due_at__gt=due) | Q(due_at=due, pk__lt=last) if due else untimed)
    return behind | Q(late=False) if late else behind


def watches(by: Actor) -> bool:
    return may(by.role, Act.BLOW_WHISTLE_DRAFT) or may(by.role, Act.BLOW_WHISTLE_APPROVE)


def open_to(rows: QuerySet[Whistle], by: Actor, ids: list[UUID], *, told: bool = False) -> QuerySet[Whistle]:
    """Drafts and what is about secret matters for those who wrote it, who approve it and who are asked; an agency's people
    what was asked of it. `access.whistle_for` says the same of one. `told`: who hears of it without opening it."""
    if by.role == Role.AGENCY_LIAISON:
        asked = Ask.objects.filter(compound_id__in=ids, body_id=by.body_id).values("whistle_id")
        return rows.filter(pk__in=asked, blown_at__isnull=False)
    own = Q(drafted_body_id=by.body_id)
    for level in Level:
        if rules.APPROVERS[level] == by.role:
            own |= Q(level=level) if level != Level.COMMUNITY else Q(level=level) & ~Q(drafted_body__kind=Body.PMC)
    if by.role == Role.COMMUNITY_SECRETARY:
        own |= Q(level=Level.COMMUNITY, drafted_body__kind=Body.PMC)
    blown, asked = Q(blown_at__isnull=False), Ask.objects.filter(compound_id__in=ids, body_id=by.body_id)
    answers = [level for level in Level if by.role in rules.RECEIVERS[level]]
    if answers:
        own |= blown & Q(level__in=answers, pk__in=asked.values("whistle_id"))
    secret = WhistleMatter.objects.filter(compound_id__in=ids, matter__privacy="secret").values("whistle_id")
    return rows.filter(own | blown & ~Q(pk__in=secret) if told or watches(by) else own)


def counts(compounds: Sequence[Compound]) -> dict[str, int]:
    """Kept counts, summed over the compounds."""
    totals: dict[str, int] = defaultdict(int)
    with unscoped("whistles of the compounds below"):
        rows = Tally.objects.filter(compound_id__in=[c.pk for c in compounds], name__startswith="whistle:")
        for name, value in rows.values_list("name", "value"):
            totals[name.removeprefix("whistle:").removeprefix("turn:")] += value
    return dict(totals)


def party(*, turn: str, level: str, drafted_kind: str) -> str:
    """Whose ring of the mark it is."""
    if turn == "receiver":
        return "community" if level == Level.COMMUNITY else "agency"
    if turn == "approver":
        return {Level.COMMUNITY: "committee", Level.SUBDISTRICT: "community"}.get(Level(level), "agency")
    return PARTY_OF_BODY[Body(drafted_kind)] if turn == "blower" else "nobody"


# ── one whistle ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Whole:
    """All that belongs to one whistle, in a constant number of queries."""

    tasks: dict[UUID, WhistleTask]
    meetings: list[Consultation]
    signatures: list[MinutesSignature]
    funding: FundingRequest | None
    money: list[FundingEntry]
    entries: list[AuditEntry]
    further: list[Whistle]


def whole(whistle: Whistle) -> Whole:
    here = {"compound_id": whistle.compound_id, "whistle": whistle}
    funding = FundingRequest.objects.filter(**here).first()
    money = FundingEntry.objects.filter(compound_id=whistle.compound_id, funding=funding).order_by("day", "id")
    entries = AuditEntry.objects.filter(compound_id=whistle.compound_id, subject_id=whistle.pk).order_by("-at", "-id")
    meetings = meetings_of(whistle)
    return Whole(
        tasks={task.ask_id: task for task in WhistleTask.objects.filter(**here).order_by("id")},
        meetings=meetings,
        signatures=signatures_of(meetings),
        funding=funding,
        money=list(money) if funding else [],
        entries=list(entries),
        further=list(Whistle.objects.filter(compound_id=whistle.compound_id, parent=whistle).order_by("number")),
    )


def matters_for(whistle: Whistle, by: Actor) -> list[Matter]:
    """Those of its matters that this reader may open."""
    linked = WhistleMatter.objects.filter(compound_id=whistle.compound_id, whistle=whistle).values("matter_id")
    rows = visible(Matter.objects.filter(compound_id=whistle.compound_id, pk__in=linked), by)
    return list(rows.order_by("number"))


def files_for(whistle: Whistle, by: Actor, found: frozenset[rules.Who]) -> list[WhistleFile]:
    """Who approves it or is asked sees all that goes along; others no photo of a matter that is closed to them."""
    files = files_of(whistle)
    if found & {rules.Who.APPROVER, rules.Who.RECEIVER}:
        return files
    open_ones = {m.pk for m in matters_for(whistle, by)}
    return [f for f in files if f.attachment is None or f.attachment.matter_id in open_ones]


def files_of(whistle: Whistle) -> list[WhistleFile]:
    rows = WhistleFile.objects.select_related("attachment").filter(compound_id=whistle.compound_id, whistle=whistle)
    return [f for f in rows.order_by("id") if not f.attachment or not (f.attachment.hidden_at or f.attachment.internal)]


def unreached(whistle: Whistle, asks: Sequence[Ask], today: date) -> list[Ask]:
    """Those whose body is told nothing by wire: neither an account there nor a number in the list."""
    waited = [a for a in asks if a.step not in rules.SETTLED | rules.ANSWERED]
    bare = [a for a in waited if not phone_of(a)] if whistle.open else []
    if not bare:
        return []
    roles = rules.RECEIVERS[Level(whistle.level)]
    held = set(posts_in([a.body_id for a in bare], today, roles).values_list("organisation_id", flat=True))
    return [a for a in bare if a.body_id not in held]


def phone_of(ask: Ask) -> str:
    """A number in the list, for a body where nobody has an account."""
    return ask.link_phone or ask.body.liaison_phone


def meetings_of(whistle: Whistle) -> list[Consultation]:
    rows = Consultation.objects.filter(compound_id=whistle.compound_id, whistle=whistle)
    return list(rows.order_by("place_no"))


def signatures_of(meetings: Sequence[Consultation]) -> list[MinutesSignature]:
    if not meetings:
        return []
    rows = MinutesSignature.objects.filter(compound_id=meetings[0].compound_id, consultation__in=meetings)
    return list(rows.order_by("id"))


def body_of(by: Actor, ask: Ask | None) -> str:
    """For whom somebody was at a consultation."""
    if ask:
        return ask.body.name
    return Organisation.objects.filter(pk=by.body_id).values_list("name", flat=True).first() or "" if by.body_id else ""


def signable(meetings: Sequence[Consultation], body: str) -> list[tuple[Consultation, int]]:
    """Who of this body was where minutes were written, the last meeting first."""
    held = [m for m in reversed(meetings) if m.held_at]
    return [(m, i) for m in held for i in rules.there_for(body, m.attendance)]


def task_of(ask: Ask) -> WhistleTask | None:
    return WhistleTask.objects.filter(compound_id=ask.compound_id, ask=ask).order_by("id").last()


def photos_of(matters: Sequence[Matter], compound: Compound) -> list[Attachment]:
    """What could go along with a whistle on these matters."""
    rows = Attachment.objects.filter(
        compound_id=compound.pk, matter__in=[m.pk for m in matters], kind="photo", internal=False, hidden_at=None
    )
    return list(rows.order_by("id")[:12])


def agencies_for(compound: Compound) -> list[Organisation]:
    """The list of agencies kept by the compound's community and subdistrict."""
    rows = Organisation.objects.filter(
        Q(compound=compound)
        | Q(compound=None, community=compound.community_id)
        | Q(compound=None, community=None, subdistrict=compound.community.subdistrict_id),
        kind=Body.AGENCY,
        ended_on=None,
    )
    return list(rows.order_by("name", "id"))


def meant_by(ask: Ask, agencies: Sequence[Organisation]) -> str:
    """Which agency the one that declined wrote should do it, by its own name or the catalogue's; "" where that is not clear."""
    others = [a for a in agencies if a.pk != ask.body_id]
    names = [(str(a.pk), (a.name, AGENCIES[a.catalogue].zh if a.catalogue in AGENCIES else "")) for a in others]
    return rules.named(ask.proper, names)


# ── of a matter ─────────────────────────────────────────────────────────────────────────────────────────────────────


def whistled_among(matters: Sequence[Matter]) -> set[UUID]:
    """Which of them were blown for; one query, however many. All of one compound."""
    if not matters:
        return set()
    compound_id = matters[0].compound_id
    rows = WhistleMatter.objects.filter(compound_id=compound_id, matter_id__in=[m.pk for m in matters])
    blown = rows.filter(whistle__compound_id=compound_id, whistle__blown_at__isnull=False)
    return set(blown.values_list("matter_id", flat=True))


def answered_above(matter: Matter) -> bool:
    """Whether the subdistrict or an agency answered for it: then that is where it was settled."""
    whistles = WhistleMatter.objects.filter(compound_id=matter.compound_id, matter=matter).values("whistle_id")
    return Ask.objects.filter(
        compound_id=matter.compound_id, whistle_id__in=whistles, whistle__compound_id=matter.compound_id, step__in=rules.ANSWERED,
        whistle__level__in=(Level.SUBDISTRICT, Level.AGENCIES),
    ).exists()  # fmt: skip


_blown_for = Prepared(
    lambda compound_id, matter_id: Whistle.objects.filter(
        compound_id=compound_id,
        blown_at__isnull=False,
        pk__in=WhistleMatter.objects.filter(compound_id=compound_id, matter_id=matter_id).values("whistle_id"),
    ).order_by("-number")
)


def of_matter(matter: Matter) -> list[tuple[Whistle, list[Ask]]]:
    """Those that were blown for it, newest first, in two queries."""
    found = _blown_for.all(compound_id=matter.compound_id, matter_id=matter.pk)
    by_whistle = defaultdict(list)
    if found:
        asks = Ask.objects.select_related("body").filter(compound_id=matter.compound_id, whistle__in=found)
        for ask in asks.order_by("place"):
            by_whistle[ask.whistle_id].append(ask)
    return [(w, by_whistle[w.pk]) for w in found]
