"""The registers by hand: whole numbers shown for a reason, one person added or corrected, one ownership changed by two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.people.access import may_propose_owners
from linli.people.models import Organisation, Ownership, Person, RegisterChange, Residency
from linli.people.rules import needs_case
from linli.people.rules.bindings import same_name
from linli.people.rules.tenure import REGISTERED, refuse_basis
from linli.people.signals import is_case
from linli.places.models import Home
from linli.plumbing.acts import Actor, done_before, record

from . import deaths, guardians
from .evidence import sealed, without


@dataclass(frozen=True)
class Shown:
    """What one look shows, once."""

    name: str
    phones: tuple[str, ...]


@transaction.atomic
def show_phone(
    *, by: Actor, person: Person, reason: str, case: int | None = None, at: datetime, once: UUID | None = None
) -> Shown:
    """The whole name and numbers, to somebody who says why: the register's clerk, anybody else for a case in their hands that concerns
    the person, named by its number (domain §6.3). The person can see who looked. Raises Refused."""
    if not reason.strip():
        raise Refused(Refusal("no_reason", _("写一句为什么要看"), _("个人信息保护法第五十一条")), "reason")
    if needs_case(by.role):
        if case is None or not any(yes for _asked, yes in is_case.send(Person, person=person, number=case, by=by)):
            raise Refused(
                Refusal("no_case", _("写您手上还在办、和这个人有关的一件事的编号"), _("个人信息保护法第六条")), "case"
            )
        reason = _("%(why)s，第 %(number)s 号") % {"why": reason.strip(), "number": f"{case:04d}"}
    if not done_before(person.compound_id, once):
        note_look(by=by, compound_id=person.compound_id, person_id=person.pk, reason=reason, at=at, once=once)
    return Shown(person.name, tuple(filter(None, (person.phone, person.phone2))))


def note_look(
    *, by: Actor, compound_id: UUID, person_id: UUID | None = None, account_id: UUID | None = None, reason: str, at: datetime,
    once: UUID | None = None,
) -> None:  # fmt: skip
    """In the caller's transaction: somebody's number was seen, where that person reads it (domain §6.3). Who is in no register is
    known by their account; who has neither cannot read it, and the caller writes the look down where it happened."""
    whom = person_id or account_id
    if whom is None:
        return
    body = Organisation.objects.filter(pk=by.body_id).values_list("name", flat=True).first() if by.body_id else ""
    record(
        by=by, act="show_phone", subject_kind="person" if person_id else "account", subject_id=whom, at=at,
        compound_id=compound_id, person_id=person_id, words=reason.strip(), data={"body": body or "", "body_kind": by.body_kind},
        internal=True, once=once,
    )  # fmt: skip


@transaction.atomic
def add_person(
    *, by: Actor, home: Home, name: str, relation: str, reason: str, at: datetime, phone: str = "", from_day: date | None = None,
    basis: str = REGISTERED, paper: bytes = b"", once: UUID | None = None,
) -> Person:  # fmt: skip
    """Somebody new in a home. Family and tenants at once; an owner is proposed, and counts when a second clerk confirms."""
    if earlier := done_before(home.compound_id, once):
        return Person.objects.get(compound_id=home.compound_id, pk=earlier.subject_id)
    person = _same_person(home, name, phone)
    if person is None:
        person = Person(compound_id=home.compound_id, name=name, phone=phone, no_phone=not phone)
        person.save(force_insert=True)
    day = from_day or timezone.localdate(at)
    record(
        by=by, act="add_person", subject_kind="person", subject_id=person.pk, at=at, compound_id=home.compound_id,
        person_id=person.pk, words=reason, data={"home": str(home.pk), "relation": relation}, once=once,
    )  # fmt: skip
    if relation == "owner":
        propose_ownership(
            by=by, kind="begin", home=home, person=person, day=day, reason=reason, at=at, basis=basis, paper=paper
        )
    elif not _lives(home, person).exists():
        Residency(compound_id=home.compound_id, home=home, person=person, kind=relation, from_day=day).save(
            force_insert=True
        )
    return person


def _same_person(home: Home, name: str, phone: str) -> Person | None:
    """Name and number both alike: the same person, who has another home here."""
    rows = Person.objects.filter(compound_id=home.compound_id, phone=phone) if phone else Person.objects.none()
    return next((p for p in rows if same_name(p.name, name)), None)


def _lives(home: Home, person: Person):
    return Residency.objects.filter(compound_id=home.compound_id, home=home, person=person, to_day=None)


def _owns(home: Home, person: Person):
    return Ownership.objects.filter(compound_id=home.compound_id, home=home, person=person, to_day=None)


@transaction.atomic
def end_tenure(*, by: Actor, home: Home, person: Person, reason: str, at: datetime, day: date | None = None) -> None:
    """No longer lives there: at once. No longer owns it: proposed."""
    day = day or timezone.localdate(at)
    if _owns(home, person).exists():
        propose_ownership(by=by, kind="end", home=home, person=person, day=day, reason=reason, at=at)
        return
    if _lives(home, person).update(to_day=day):
        record(
            by=by, act="end_residency", subject_kind="person", subject_id=person.pk, at=at, compound_id=home.compound_id,
            person_id=person.pk, words=reason, data={"home": str(home.pk)},
        )  # fmt: skip


@transaction.atomic
def propose_ownership(
    *, by: Actor, kind: str, home: Home, person: Person, day: date, reason: str, at: datetime, basis: str = REGISTERED, paper: bytes = b""
) -> RegisterChange:  # fmt: skip
    """`basis`: by what somebody owns who begins to; what is not registered is proved by `paper`. Raises Refused."""
    if by.account_id is None:
        raise ValueError("a change of the register has an author")
    if no := may_propose_owners(by, home.compound_id, timezone.localdate(at)):
        raise Refused(no, "relation" if kind == "begin" else "")
    if (kind == "end") != _owns(home, person).exists():
        said = _("名册里这个人不是这一户的业主") if kind == "end" else _("名册里这个人已经是这一户的业主")
        raise Refused(Refusal("as_it_is", said), "relation")
    if kind == "begin" and (wrong := refuse_basis(basis, bool(paper))):
        raise Refused(*wrong)
    change = RegisterChange(
        compound_id=home.compound_id, kind=kind, home=home, person=person, day=day, reason=reason, proposed_by=by.account_id,
        proposed_at=at, paper=sealed(home.compound_id, paper) if paper else "", given={"basis": basis} if kind == "begin" else {},
    )  # fmt: skip
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError:
        raise Refused(Refusal("proposed", _("这一条已经提过，等第二个人确认")), "relation") from None
    _noted(by, change, "propose_ownership", at, reason)
    return change


def _noted(by: Actor, change: RegisterChange, act: str, at: datetime, words: str = "") -> None:
    record(
        by=by, act=act, subject_kind="register_change", subject_id=change.pk, at=at, compound_id=change.compound_id,
        person_id=change.person_id, words=words, data={"kind": change.kind, "home": str(change.home_id)},
    )  # fmt: skip


@transaction.atomic
def decide_change(
    *, by: Actor, change: RegisterChange, confirmed: bool, at: datetime, words: str = ""
) -> RegisterChange:
    """By a second clerk, never by the one who proposed it; the old ownership ends, it is not overwritten."""
    rows = RegisterChange.objects.select_for_update(of=("self",)).select_related("home", "person")
    change = rows.get(compound_id=change.compound_id, pk=change.pk)
    if change.state != "proposed":
        raise Refused(Refusal("decided", _("这一条已经有人办了")))
    if confirmed and change.proposed_by == by.account_id:
        raise Refused(Refusal("second_person", _("要由第二个人确认，提的人自己不能确认")))
    about, take_effect = KINDS[change.kind]
    _noted(by, change, f"confirm_{about}" if confirmed else f"refuse_{about}", at, words)
    if confirmed:
        take_effect(by=by, change=change, at=at)
    # What was written down of a person goes as far as the register has it now, or nobody needs it.
    change.given = without(change.given, {"phone"} if confirmed else {"phone", "name"})
    change.state = "confirmed" if confirmed else "refused"
    change.decided_by, change.decided_at = by.account_id, at
    change.save()
    return change


def _begin(*, by: Actor, change: RegisterChange, at: datetime) -> None:
    if not _owns(change.home, change.person).exists():
        Ownership(
            compound_id=change.compound_id, home=change.home, person=change.person, from_day=change.day, source=_source(change)
        ).save(force_insert=True)  # fmt: skip


def _end(*, by: Actor, change: RegisterChange, at: datetime) -> None:
    _owns(change.home, change.person).update(to_day=change.day)


# What a change is about, and what it does once a second has confirmed it.
KINDS: Mapping[str, tuple[str, Callable[..., None]]] = {
    "begin": ("ownership", _begin), "end": ("ownership", _end),
    **dict.fromkeys(deaths.DEATHS, ("death", deaths.take_effect)), **dict.fromkeys(guardians.GUARDED, ("guardian", guardians.take_effect)),
}  # fmt: skip


def _source(change: RegisterChange) -> str:
    basis = change.given.get("basis", REGISTERED)
    return "hand" if basis == REGISTERED else str(basis)


@transaction.atomic
def correct_person(
    *,
    by: Actor,
    person: Person,
    name: str,
    phone: str,
    phone2: str,
    reason: str,
    at: datetime,
    once: UUID | None = None,
) -> Person:
    """What stood there before stays with the person, and who changed it and why is on record."""
    if done_before(person.compound_id, once):
        return person
    if not reason.strip():
        raise Refused(Refusal("no_reason", _("写一句为什么改")), "reason")
    new = {"name": name, "phone": phone, "phone2": phone2}
    changed = {k: getattr(person, k) for k, v in new.items() if getattr(person, k) != v}
    if not changed:
        return person
    earlier = {"until": at.isoformat(), "by": str(by.account_id), **changed}
    person.extra = {**person.extra, "earlier": [*person.extra.get("earlier", []), earlier]}
    for key in changed:
        setattr(person, key, new[key])
    person.no_phone = not (phone or phone2)
    person.save()
    record(
        by=by, act="correct_person", subject_kind="person", subject_id=person.pk, at=at, compound_id=person.compound_id,
        person_id=person.pk, words=reason, data={"changed": sorted(changed)}, once=once,
    )  # fmt: skip
    return person
