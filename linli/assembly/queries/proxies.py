"""Written authorities and joint statements: of whom, for whom, and the pictures that go with them once the box is open."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from linli.kernel import masks
from linli.kernel.receipts import Leaf as Kind
from linli.people.models import Account, Binding, Person, Post
from linli.people.queries import in_term
from linli.people.rules import PROPERTY
from linli.plumbing.moments import moment, whole

from ..models import Enclosed, Invitation, Leaf, Party, Proxy, RegisterOwner, Session, ShownScan
from ..rules.returning import OBJECTION, OF_THE_PARTY, STATEMENT, VOTES


def owners_of(party: Party) -> dict[str, UUID]:
    """Mark to person."""
    rows = RegisterOwner.objects.filter(compound_id=party.compound_id, row__party=party)
    return dict(rows.values_list("mark", "person_id"))


def named_owners(party: Party) -> list[tuple[str, str]]:
    """(mark, name) for those who hold the paper in their hands."""
    rows = RegisterOwner.objects.filter(compound_id=party.compound_id, row__party=party).order_by("name", "mark")
    return list(dict.fromkeys(rows.values_list("mark", "name")))


def _living(session: Session) -> list[Proxy]:
    return list(Proxy.objects.filter(compound_id=session.compound_id, session=session, withdrawn_at=None))


def died(compound_id: UUID, person: UUID) -> bool:
    return Person.objects.filter(compound_id=compound_id, pk=person, deceased_on__isnull=False).exists()


def has_one(session: Session, person: UUID) -> bool:
    return any(paper.person_id == person for paper in _living(session))


def principals(session: Session, mark: str, *, but: UUID) -> int:
    """How many other owners gave an agent their authority."""
    found = {
        paper.person_id
        for paper in _living(session)
        if any(isinstance(agent, dict) and agent.get("mark") == mark for agent in paper.agents)
    }
    return len(found - {but})


def is_staff(compound_id: UUID, identity: str, phone: str, today: date) -> bool:
    """Whether somebody with this number of papers, or this telephone, works for a property company of the compound."""
    accounts = set(Account.objects.filter(phone=phone).values_list("pk", flat=True)) if phone else set()
    if identity:
        persons = list(Person.objects.filter(compound_id=compound_id, identity_hash=identity).values_list("pk", flat=True))  # fmt: skip
        bound = Binding.objects.filter(compound_id=compound_id, person_id__in=persons, state="confirmed")
        accounts |= set(bound.values_list("account_id", flat=True))
    posts = Post.objects.filter(account_id__in=accounts, kind__in=PROPERTY, organisation__compound_id=compound_id)
    return posts.filter(in_term(today)).exists()


def came_back_since(session: Session, proxy: Proxy) -> bool:
    """Whether a paper of the principal's homes came back while the authority stood."""
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, person_id=proxy.person_id)
    parties = list(owned.values_list("row__party_id", flat=True))
    rows = Leaf.objects.filter(compound_id=session.compound_id, party_id__in=parties, kind=Kind.RETURNED)
    return rows.filter(at__gte=proxy.registered_at).exists()


@dataclass(frozen=True)
class Line:
    """An authority as everybody reads it: names show their first sign alone. `ended`: its principal died (Civil Code 173)."""

    pk: UUID
    home: str
    owner: str
    agents: str
    joint: bool
    until: str
    when: str
    withdrawn: str
    ended: bool


def listed(session: Session, now: datetime) -> list[Line]:
    found = Proxy.objects.filter(compound_id=session.compound_id, session=session).select_related("person")
    rows = list(found.order_by("-registered_at", "-id")[:500])
    homes: dict[UUID, tuple[str, str]] = {}
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, person_id__in=[r.person_id for r in rows])  # fmt: skip
    for person, label, name in owned.order_by("-row__place").values_list("person_id", "row__label", "name"):
        homes[person] = label, masks.name(name)
    return [
        Line(
            row.pk, *homes.get(row.person_id, ("", "")), "、".join(masks.name(str(agent["name"])) for agent in row.agents if isinstance(agent, dict)),
            len(row.agents) > 1 and not row.severally, whole(row.until) if row.until else "", moment(row.registered_at, now),
            moment(row.withdrawn_at, now) if row.withdrawn_at else "", row.person.deceased_on is not None,
        )
        for row in rows
    ]  # fmt: skip


def proxy_of(session: Session, pk: UUID) -> Proxy | None:
    return Proxy.objects.filter(compound_id=session.compound_id, session=session, pk=pk).first()


# ── two received ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Twice:
    """A party from which more than one ballot came, or of which a co-owner objects; never what they say."""

    number: int
    label: str
    owners: str
    came: int
    stated: bool
    couple: bool
    invited: str
    told: int
    objected: bool


def twice(session: Session, now: datetime) -> list[Twice]:
    scope = {"compound_id": session.compound_id, "session": session}
    counts = (
        Leaf.objects.filter(**scope, kind__in=VOTES, party__isnull=False).values("party_id").annotate(n=Count("id"))
    )
    objected = Leaf.objects.filter(**scope, kind=OBJECTION).values("party_id")
    came = dict(counts.filter(Q(n__gt=1) | Q(party_id__in=objected)).order_by().values_list("party_id", "n"))
    parties = Party.objects.filter(compound_id=session.compound_id, pk__in=list(came)).order_by("number")
    return _twice(session, parties, came, now)


def found(session: Session, words: str, now: datetime) -> list[Twice]:
    """By a home's number: any party whose paper lies on the table."""
    rows = list(Party.objects.filter(compound_id=session.compound_id, session=session, label__icontains=words).order_by("number")[:20])  # fmt: skip
    counts = Leaf.objects.filter(compound_id=session.compound_id, party__in=rows, kind__in=VOTES).values_list(
        "party_id"
    )
    return _twice(session, rows, dict(counts.annotate(n=Count("id")).order_by()), now)


def _twice(session: Session, parties: Iterable[Party], came: dict[UUID, int], now: datetime) -> list[Twice]:
    rows = list(parties)
    names: dict[UUID, dict[str, str]] = defaultdict(dict)
    owners = RegisterOwner.objects.filter(compound_id=session.compound_id, row__party__in=rows).order_by("id")
    for party, mark, name in owners.values_list("row__party_id", "mark", "name"):
        names[party].setdefault(mark, masks.name(name))
    said = Leaf.objects.filter(compound_id=session.compound_id, party__in=rows, kind__in=OF_THE_PARTY)
    beside = set(said.values_list("party_id", "kind"))
    asked = {row.party_id: row for row in Invitation.objects.filter(compound_id=session.compound_id, party__in=rows).order_by("id")}  # fmt: skip
    return [
        Twice(
            p.number, p.label, "、".join(names[p.pk].values()), came.get(p.pk, 0), (p.pk, STATEMENT) in beside, len(names[p.pk]) > 1,
            moment(asked[p.pk].at, now) if p.pk in asked else "", asked[p.pk].told if p.pk in asked else 0,
            (p.pk, OBJECTION) in beside,
        )
        for p in rows
    ]  # fmt: skip


# ── at the count ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Shown:
    """A page of an authority, a statement or an objection (`kind`), opened with the box; no `pk` where it did not open."""

    pk: UUID | None
    kind: str
    label: str
    witness: str
    withdrawn: bool
    died: date | None
    page: int
    pages: int


def shown(session: Session) -> list[Shown]:
    rows = list(
        Enclosed.objects.filter(compound_id=session.compound_id, session=session).select_related("leaf__party", "proxy__person").order_by("id")
    )  # fmt: skip
    scans = ShownScan.objects.filter(compound_id=session.compound_id, scan_id__in=[row.scan_id for row in rows])
    opened = {scan: pk if file else None for scan, pk, file in scans.values_list("scan_id", "pk", "file")}
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, person_id__in=[row.proxy.person_id for row in rows if row.proxy])  # fmt: skip
    homes = dict(owned.order_by("-row__place").values_list("person_id", "row__label")) if rows else {}
    papers: dict[UUID | None, list[Enclosed]] = defaultdict(list)
    for row in rows:
        papers[row.proxy_id or row.leaf_id].append(row)
    return [
        Shown(
            opened[row.scan_id], "proxy" if row.proxy else row.leaf.kind if row.leaf else "", homes.get(row.proxy.person_id, "") if row.proxy else _label(row), row.witness,
            row.proxy is not None and row.proxy.withdrawn_at is not None, row.proxy.person.deceased_on if row.proxy else None, page, len(paper),
        )
        for paper in papers.values()
        for page, row in enumerate(paper, 1)
        if row.scan_id in opened
    ]  # fmt: skip


def _label(row: Enclosed) -> str:
    return row.leaf.party.label if row.leaf and row.leaf.party else ""
