"""For whom somebody may vote, what is asked, and what came in of whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal
from linli.kernel.strokes import is_ordered
from linli.people.models import Account, Binding
from linli.people.queries.guardians import guardians_of
from linli.people.rules import RESIDENTS
from linli.people.rules.tenure import GUARDIAN
from linli.plumbing.acts import Actor

from ..models import Candidate, Item, ItemPaper, Leaf, Party, PhoneEntry, RegisterHome, RegisterOwner, Session
from ..rules.casting import Question, Window, in_scope
from ..rules.proxies import refuse_objection
from ..rules.returning import HANDED_IN, OBJECTION, OF_THE_PARTY, STATEMENT, VOTES


@dataclass(frozen=True)
class Voice:
    """One ballot that an account may cast: of a party (`row`: its first home; each home by itself where the rules say so), as an owner.
    His mark stands for him in the opening. An agent votes on paper, where his signature stands."""

    row: RegisterHome
    party: Party
    person_id: UUID
    name: str
    owner: str
    homes: int = 1
    area: int = 0
    each: bool = False

    @property
    def alone(self) -> UUID | None:
        return self.row.pk if self.each else None

    @property
    def key(self) -> str:
        return f"{self.row.pk.hex}.{self.person_id.hex}"

    @property
    def masked(self) -> str:
        return masks.name(self.name)


@dataclass(frozen=True)
class Asked:
    """An item with what belongs to it on a ballot. `left`: candidates who withdrew after the notice."""

    item: Item
    candidates: Sequence[Candidate] = field(default_factory=list)
    papers: Sequence[ItemPaper] = field(default_factory=list)
    left: Sequence[Candidate] = field(default_factory=list)

    @property
    def no(self) -> str:
        return str(self.item.place)

    @property
    def by_strokes(self) -> bool:
        return is_ordered([one.name for one in self.candidates])

    @property
    def question(self) -> Question:
        return Question(self.no, self.item.form, self.item.seats or 1, tuple(c.code for c in self.candidates))


def window(session: Session) -> Window:
    return Window(session.state, session.opens_at, session.closes_at)


def voices(session: Session, by: Actor) -> list[Voice]:
    """Owners of the frozen register whom this account speaks for."""
    persons = _persons(session.compound_id, by)
    if not persons or by.compound_id != session.compound_id:
        return []
    return _voices(session, persons)


@dataclass(frozen=True)
class Came:
    """What came in of a party by now; never what it says. A paper that came back is nobody's before it is read."""

    people: Sequence[UUID | None] = ()
    owners: int = 1
    stated: bool = False
    objected: frozenset[UUID | None] = frozenset()

    @property
    def times(self) -> int:
        return len(self.people)

    @property
    def apart(self) -> bool:
        """Of several owners, who may differ or of whom one objects: then the party is disputed unless they state together (domain §3.4)."""
        return self.owners > 1 and (len(set(self.people)) > 1 or bool(self.objected)) and not self.stated

    def of_others(self, person: UUID) -> bool:
        return self.owners > 1 and any(one != person for one in self.people)

    def refuse_objection(self, person: UUID) -> Refusal | None:
        return refuse_objection(objected=person in self.objected, others_came=self.of_others(person))


def able(found: Sequence[Voice], by: Actor, day: date) -> list[Voice]:
    """An owner who has a guardian votes by the guardian's account alone: that of the number on record."""
    acting = guardians_of(found[0].party.compound_id, {voice.person_id for voice in found}, day) if found else {}
    numbers = {pk: {one.phone for one in held if one.kind == GUARDIAN} for pk, held in acting.items()}
    if by.account_id is None or not any(numbers.values()):
        return list(found)
    phone = None if by.assistance_id else Account.objects.values_list("phone", flat=True).get(pk=by.account_id)
    return [voice for voice in found if not numbers.get(voice.person_id) or phone in numbers[voice.person_id]]


def in_the_box(own: Sequence[Leaf]) -> str:
    """Of this reader's own; nothing of his where a co-owner's came in, or a paper."""
    kinds = {leaf.kind for leaf in own}
    if kinds == {"cast", OBJECTION}:
        return _("您的票和异议已入箱")
    if kinds == {OBJECTION}:
        return _("您的异议已入箱")
    return _("您的票已入箱") if kinds else _("您这一户的票已经收到")


def speaks(leaf: Leaf) -> str:
    """In whose name it was put in, as the register has it."""
    owners = RegisterOwner.objects.filter(
        compound_id=leaf.compound_id, session=leaf.session_id, row__party=leaf.party_id
    )
    return owners.filter(person_id=leaf.person_id).values_list("name", flat=True).first() or ""


def apart_words(came: Iterable[Came]) -> str:
    """Why a party is disputed as it stands; nothing where none is."""
    apart = [one for one in came if one.apart]
    if any(one.objected for one in apart):
        return _("有共有人提了书面异议")
    return _("共有人各投了一张") if apart else ""


def together_words(session: Session, came: Iterable[Came]) -> str:
    words = (
        _(
            "截止时没有共同声明，有异议的事项，这一户就算无效。声明写明按哪一项投，全体共有人签名，截止前交给会议联系人。"
        )
        if any(one.objected for one in came)
        else _(
            "几张内容一样，不用管。不一样又没有共同声明，这一户就算无效。声明写明按哪一项投，全体共有人签名，截止前交给会议联系人。"
        )
    )
    return f"{words}{session.contact}" if session.contact else words


def _persons(compound_id: UUID, by: Actor) -> list[UUID]:
    if by.assistance_id:
        return [by.person_id] if by.person_id else []
    if by.account_id is None or by.role not in RESIDENTS:
        return []
    rows = Binding.objects.filter(
        compound_id=compound_id,
        account_id=by.account_id,
        state="confirmed",
        relation="owner",
        ended_at__isnull=True,
        person__isnull=False,
        person__deceased_on=None,
    )
    return list(rows.order_by("asked_at", "id").values_list("person_id", flat=True).distinct())


def spoke_for_the_dead(session: Session, by: Actor) -> bool:
    """Whether this account was bound to an owner of the frozen register whose death is on record since."""
    dead = Binding.objects.filter(
        compound_id=session.compound_id, account_id=by.account_id, relation="owner", person__deceased_on__isnull=False
    )
    owners = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session)
    return owners.filter(person_id__in=dead.values("person_id")).exists()


def _voices(session: Session, persons: Sequence[UUID]) -> list[Voice]:
    owners = (
        RegisterOwner.objects.filter(
            compound_id=session.compound_id, session=session, person_id__in=persons, row__party__isnull=False
        )
        .select_related("row", "row__party", "row__home")
        .order_by("row__place")
    )
    each = bool(session.rules.get("per_home_ballot"))
    found: dict[tuple[UUID, UUID], Voice] = {}
    for owner in owners:
        row, party = owner.row, owner.row.party
        key = (row.pk if each else party.pk, owner.person_id)
        if key not in found:
            found[key] = Voice(
                row, party, owner.person_id, owner.name, owner.mark, 1 if each else party.homes,
                row.area if each else party.area, each,
            )  # fmt: skip
    return list(found.values())


def decided_by(session: Session, parties: Collection[UUID], row: UUID | None = None) -> dict[UUID, list[Item]]:
    """What each party decides, or one home of it where each votes by itself: items of other buildings are not its business."""
    items = list(Item.objects.filter(compound_id=session.compound_id, session=session).order_by("place"))
    places: dict[UUID, list[tuple[str, str]]] = {pk: [] for pk in parties}
    if any(item.scope for item in items):
        rows = RegisterHome.objects.filter(compound_id=session.compound_id, party__in=parties).select_related("home")
        for home in rows.filter(pk=row) if row else rows:
            places[home.party_id].append((str(home.building_id), str(home.home.entrance_id)))
    return {pk: [item for item in items if in_scope(item.scope, homes)] for pk, homes in places.items()}


def asked_of(session: Session, party: Party, row: UUID | None = None) -> list[Asked]:
    items = decided_by(session, [party.pk], row)[party.pk]
    held = {item.pk for item in items}
    candidates: dict[UUID, list[Candidate]] = {}
    left: dict[UUID, list[Candidate]] = {}
    for one in Candidate.objects.filter(compound_id=session.compound_id, item__in=held).order_by("place", "code"):
        (left if one.withdrawn_at else candidates).setdefault(one.item_id, []).append(one)
    papers: dict[UUID, list[ItemPaper]] = {}
    for paper in ItemPaper.objects.filter(compound_id=session.compound_id, item__in=held).order_by("id"):
        papers.setdefault(paper.item_id, []).append(paper)
    return [Asked(item, candidates.get(item.pk, []), papers.get(item.pk, []), left.get(item.pk, [])) for item in items]


def came_by_party(session: Session, parties: Sequence[Party], row: RegisterHome | None = None) -> dict[UUID, Came]:
    """Two queries, however many."""
    ids = {party.pk for party in parties}
    leaves = Leaf.objects.filter(compound_id=session.compound_id, party__in=ids, kind__in=(*VOTES, *OF_THE_PARTY))
    if row is not None:
        leaves = leaves.filter(Q(row=row) | Q(kind__in=OF_THE_PARTY))
    people: dict[UUID, list[UUID | None]] = {}
    stated: set[UUID] = set()
    objected: dict[UUID, set[UUID | None]] = {}
    for party, person, kind in leaves.order_by("index").values_list("party_id", "person_id", "kind"):
        if kind == STATEMENT:
            stated.add(party)
        elif kind == OBJECTION:
            objected.setdefault(party, set()).add(person)
        else:
            people.setdefault(party, []).append(person)
    here = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, row__party__in=people)
    owners = dict(here.values_list("row__party_id").annotate(n=Count("mark", distinct=True)).order_by())
    return {
        pk: Came(found, owners.get(pk, 1), pk in stated, frozenset(objected.get(pk, ())))
        for pk, found in people.items()
    }


def disputable(voices: Sequence[Voice], came: Mapping[UUID, Came]) -> list[Voice]:
    """Of whom something came from another co-owner, to which this one has not objected yet: one a party."""
    found: dict[tuple[UUID, UUID], Voice] = {}
    for voice in voices:
        here = came.get(voice.party.pk)
        if here and here.refuse_objection(voice.person_id) is None:
            found.setdefault((voice.party.pk, voice.person_id), voice)
    return list(found.values())


def came_of(party: Party) -> Came:
    return came_by_party(party.session, [party]).get(party.pk, Came())


def receipts_of(session: Session, by: Actor) -> list[Leaf]:
    """What this account has put in, the last first."""
    return list(own_leaves(session, by).select_related("row").order_by("-index")[:20])


def own_leaves(session: Session, by: Actor) -> QuerySet[Leaf]:
    """Of who put it in; where a worker entered it, of the owner who was on the telephone, and of the worker while he acts for him."""
    rows = Leaf.objects.filter(
        compound_id=session.compound_id, session=session, kind__in=("cast", OBJECTION), channel="online"
    )
    if by.account_id is None or by.compound_id != session.compound_id:
        return rows.none()
    calls = PhoneEntry.objects.filter(compound_id=session.compound_id, session=session)
    heard = Q(pk__in=calls.values("leaf_id"))
    return rows.filter(
        (Q(account_id=by.account_id) & ~heard) | (Q(person_id__in=_persons(session.compound_id, by)) & heard)
    )


def call_of(leaf: Leaf) -> tuple[PhoneEntry, dict[UUID, str]] | None:
    """With the names of both who heard it."""
    call = PhoneEntry.objects.filter(compound_id=leaf.compound_id, leaf=leaf).first()
    if call is None:
        return None
    return call, dict(Account.objects.filter(pk__in=[call.account_id, call.witness_id]).values_list("pk", "name"))


def lookup(session: Session, leaf: Leaf) -> str:
    """What the code on a receipt or a slip asks the checking page."""
    return f"s={session.pk.hex}&n={leaf.index}&c={leaf.commitment[:16]}"


def papers_of(session: Session, by: Actor) -> list[Leaf]:
    """Papers of this reader's homes that came back: told to their owners, whoever brought them."""
    parties = {voice.party.pk for voice in voices(session, by)}
    if not parties:
        return []
    rows = Leaf.objects.filter(compound_id=session.compound_id, party__in=parties, kind__in=HANDED_IN, channel="paper")
    return list(rows.order_by("-index")[:20])
