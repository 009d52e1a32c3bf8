"""Papers at the count: which came back, who read them, and where two readings differ."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.kernel import masks
from linli.kernel.receipts import Leaf as Kind
from linli.people.models import Binding
from linli.people.queries.guardians import guardians_of
from linli.plumbing import vault

from ..models import (
    Candidate,
    Enclosed,
    Item,
    Leaf,
    LookAgain,
    Officer,
    Paper,
    Proxy,
    Reading,
    RegisterOwner,
    Scan,
    ScanName,
    Session,
    ShownScan,
)
from ..rules.counting import Read
from ..rules.dates import local
from ..rules.returning import OBJECTION, OF_THE_PARTY
from ..rules.sessions import Office
from .cases import agents_of
from .officers import accounts_of


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one returned paper stands; `clerks` by turn; `since`: a recount has it read once more after that turn."""

    number: str
    clerks: tuple[UUID, ...]
    entered: bool
    since: int = 0

    @property
    def differs(self) -> bool:
        return len(self.clerks) >= 2 and not self.entered


def stands(session: Session) -> list[Stand]:
    """Every paper that came back, every joint statement and objection, by number; four queries however many there are."""
    scope = {"compound_id": session.compound_id, "session": session}
    leaves = Leaf.objects.filter(**scope, kind__in=[Kind.RETURNED, Kind.ENTERED])
    returned, entered = set[str](), Counter[str]()
    for kind, ballot in leaves.values_list("kind", "ballot"):
        if kind == Kind.RETURNED:
            returned.add(ballot)
        else:
            entered[ballot] += 1
    returned |= set(Paper.objects.filter(**scope, state__in=OF_THE_PARTY).values_list("number", flat=True))
    clerks: dict[str, list[UUID]] = {}
    for number, account in Reading.objects.filter(**scope).order_by("turn").values_list("paper__number", "account_id"):
        clerks.setdefault(number, []).append(account)
    again: dict[str, list[int]] = {}
    asked = LookAgain.objects.filter(compound_id=session.compound_id, paper__session=session)
    for number, turn in asked.values_list("paper__number", "turn"):
        again.setdefault(number, []).append(turn)
    return [
        Stand(n, tuple(clerks.get(n, ())), entered[n] > len(again.get(n, ())), max(again.get(n, ()), default=0))
        for n in sorted(returned)
    ]


def reads_now(session: Session) -> frozenset[UUID]:
    return frozenset(accounts_of(session, (Office.CLERK, Office.TELLER)))


def next_for(rows: Sequence[Stand], account: UUID | None, counting: Set[UUID]) -> str | None:
    """What this clerk reads next: papers nobody or one other has read; then those he and another read differently."""
    fresh = next((row.number for row in rows if len(row.clerks) < 2 and account not in row.clerks), None)
    return fresh or next((row.number for row in rows if row.differs and waits_for(row, account, counting)), None)


def waits_for(row: Stand, account: UUID | None, counting: Set[UUID]) -> bool:
    """A paper to look at again waits for whoever of the two did not look last; at a recount, or where one of the two is not among
    those `counting` any more, for any clerk."""
    looked = row.clerks[max(2, row.since) :]
    anyone = bool(row.since) or not set(row.clerks[:2]) <= counting
    return (anyone or account in row.clerks[:2]) and looked[-1:] != (account,)


def readings(paper: Paper) -> list[Read]:
    rows = Reading.objects.filter(compound_id=paper.compound_id, paper=paper).order_by("turn")
    return [
        Read(str(account), turn, json.loads(vault.unseal(said)))
        for account, turn, said in rows.values_list("account_id", "turn", "choices")
    ]


def looked_again_after(paper: Paper) -> int:
    rows = LookAgain.objects.filter(compound_id=paper.compound_id, paper=paper).order_by("-turn")
    return rows.values_list("turn", flat=True).first() or 0


def is_candidate(session: Session, account_id: UUID | None) -> bool:
    persons = Binding.objects.filter(compound_id=session.compound_id, account_id=account_id).values_list(
        "person_id", flat=True
    )
    return Candidate.objects.filter(
        compound_id=session.compound_id, item__session=session, withdrawn_at__isnull=True, person_id__in=list(persons)
    ).exists()


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who may have signed a paper: an owner, or the agents of one paper of authority."""

    key: str
    name: str
    owner: str
    agents: tuple[str, ...] = ()


def signers(paper: Paper) -> list[Signer]:
    """Owners as the register was frozen, with who signs for one that cannot, then who was authorised by one of them."""
    scope = {"compound_id": paper.compound_id, "session_id": paper.session_id}
    owners = dict[UUID, tuple[str, str]]()
    rows = RegisterOwner.objects.filter(**scope, row__party=paper.party).order_by("name", "mark")
    for person, mark, name in rows.values_list("person_id", "mark", "name"):
        owners[person] = mark, name
    acting = guardians_of(paper.compound_id, owners, _came(paper))
    found = [
        Signer(
            mark[:16], f"{name}（{'、'.join(one.name for one in acting[person])}）" if person in acting else name, mark
        )
        for person, (mark, name) in owners.items()
    ]
    held = Proxy.objects.filter(**scope, person_id__in=list(owners), withdrawn_at__isnull=True).order_by("id")
    for proxy in held:
        mark, name = owners[proxy.person_id]
        names = "、".join(_named(agent) for agent in proxy.agents)
        found.append(Signer(proxy.pk.hex, f"{name}（{names}）", mark, tuple(agents_of(proxy))))
        if proxy.severally:
            found += [
                Signer(f"{proxy.pk.hex}-{n}", f"{name}（{_named(agent)}）", mark, (word,))
                for n, (agent, word) in enumerate(zip(proxy.agents, agents_of(proxy), strict=True))
                if len(proxy.agents) > 1
            ]
    return found


def _came(paper: Paper) -> date:
    rows = Leaf.objects.filter(
        compound_id=paper.compound_id, session_id=paper.session_id, kind=Kind.RETURNED, ballot=paper.number
    )
    return local(rows.values_list("at", flat=True).first() or paper.printed_at)


def died_before(paper: Paper) -> list[tuple[str, date]]:
    """Owners, masked, who had died on a day before this paper came back. What was signed for them after that day may stand or not
    (domain §3.8): each of two clerks says which with what he enters, and until both have nothing is counted."""
    scope = {"compound_id": paper.compound_id, "session_id": paper.session_id}
    came = Leaf.objects.filter(**scope, kind=Kind.RETURNED, ballot=paper.number).values_list("at", flat=True).first()
    if came is None:
        return []
    rows = RegisterOwner.objects.filter(**scope, row__party=paper.party, person__deceased_on__lt=local(came))
    return [
        (masks.name(name), day)
        for name, day in rows.order_by("name").values_list("name", "person__deceased_on").distinct()
    ]


def _named(agent: Any) -> str:
    return agent if isinstance(agent, str) else str(agent.get("name", ""))


def candidates(session: Session) -> dict[UUID, list[tuple[str, str]]]:
    """(code, name) by item, as on the ballot."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    rows = Candidate.objects.filter(compound_id=session.compound_id, item__session=session, withdrawn_at__isnull=True)
    for item_id, code, name in rows.order_by("place", "code").values_list("item_id", "code", "name"):
        found.setdefault(item_id, []).append((code, name))
    return found


def scans_of(paper: Paper) -> list[ShownScan]:
    """Told by their code, named by hand, or the pages of a joint statement or an objection."""
    own = Enclosed.objects.filter(compound_id=paper.compound_id, session=paper.session_id, leaf__ballot=paper.number)
    named = list(ScanName.objects.filter(compound_id=paper.compound_id, paper=paper).values_list("scan_id", flat=True))
    rows = ShownScan.objects.filter(
        Q(scan__paper=paper) | Q(scan_id__in=named) | Q(scan_id__in=own.values("scan_id")),
        compound_id=paper.compound_id,
    )
    return list(rows.exclude(file="").order_by("id"))


def shown_of(scan: Scan) -> ShownScan | None:
    return ShownScan.objects.filter(compound_id=scan.compound_id, scan=scan).exclude(file="").first()


def scan_of(session: Session, pk: UUID) -> ShownScan | None:
    return ShownScan.objects.filter(compound_id=session.compound_id, scan__session=session, pk=pk).first()


def paper_of(session: Session, number: str) -> Paper | None:
    rows = Paper.objects.select_related("party").filter(compound_id=session.compound_id, session=session, number=number)
    return rows.first()


def names(session: Session) -> dict[UUID, str]:
    """Officers by account."""
    rows = Officer.objects.filter(compound_id=session.compound_id, session=session, account_id__isnull=False)
    return {account: name for account, name in rows.values_list("account_id", "name") if account}


Labels = Mapping[str, str]


def form_on(kind: str, item: Item) -> str:
    """How a paper asks an item: an objection has one question of each, whether it is meant."""
    return "approve" if kind == OBJECTION else item.form


def said_of(
    read: Read, kind: str, items: Sequence[Item], people: Mapping[UUID, Sequence[tuple[str, str]]], words: Labels
) -> list[str]:
    """What a reading says, a line for each item or candidate, in the order of the paper."""
    found: list[str] = []
    for item in items:
        said = read.said["choices"].get(str(item.place))
        if form_on(kind, item) == "approve":
            found.append(words.get(str(said), ""))
        else:
            held = said if isinstance(said, Mapping) else {}
            found += [words.get(held.get(code, ""), "") for code, _ in people.get(item.pk, ())]
    return found
