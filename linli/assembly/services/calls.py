"""A ballot entered while its owner is on the telephone: two people hear it, and both stand on record (domain §3.9; traps.md 11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused, ask
from linli.people.access import standings
from linli.people.models import Account
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.moments import moment
from linli.plumbing.tenancy import uuid7

from ..models import Leaf, PhoneEntry, Session
from ..queries.proxies import is_staff
from ..rules.casting import NOTICE, refuse_call
from ..rules.dates import local
from .officers import who_stands
from .telling import people_of, tell_owners

NOT_HE = Refusal("not_this_hand", "候选人和物业公司的人不能代录，也不能见证", NOTICE)


@dataclass(frozen=True)
class Call:
    """`number`: masked."""

    at: datetime
    number: str
    witness: UUID


def refuse_hand(session: Session, by: Actor, at: datetime) -> Refusal | None:
    """Who stands for election, and who works for a property company, enters nobody's ballot."""
    assert by.account_id
    account = Account.objects.get(pk=by.account_id)
    return NOT_HE if _barred(session, account, at) else None


def _barred(session: Session, account: Account, at: datetime) -> bool:
    stands = who_stands(session, [(account.name, account.pk)])
    return bool(stands) or is_staff(session.compound_id, "", account.phone, local(at))


def call_of(*, by: Actor, session: Session, called_at: datetime, number: str, witness: str, at: datetime) -> Call:
    """`witness`: the telephone of an account that stands in this compound, and is not the caller's. Raises Refused."""
    ask(refuse_call(called_at, session.opens_at, at), "called_at")
    heard = Account.objects.filter(phone=witness, is_active=True).first()
    if heard is None or heard.pk == by.account_id:
        raise Refused(Refusal("no_witness", "写另一位见证人登录用的手机号"), "witness")
    compound = Compound.objects.select_related("community").get(pk=session.compound_id)
    held = standings(heard.pk, compound, local(at))
    if not held or any(one.actor.person_id == by.person_id for one in held):
        raise Refused(Refusal("no_witness", "见证人要在本小区有岗位，或者绑定了房屋，不能是业主自己"), "witness")
    if _barred(session, heard, at):
        raise Refused(NOT_HE, "witness")
    return Call(called_at, masks.phone(number), heard.pk)


def kept(call: Call | None) -> Mapping[str, Any] | None:
    return {"at": call.at.isoformat(), "number": call.number, "witness": call.witness.hex} if call else None


def again(held: Mapping[str, Any] | None) -> Call | None:
    return Call(datetime.fromisoformat(held["at"]), held["number"], UUID(held["witness"])) if held else None


def entered(*, by: Actor, session: Session, leaf: Leaf, call: Call, at: datetime) -> int:
    """Inside the transaction that took the ballot in. The owner is told, with what the receipt says; how many accounts or numbers."""
    assert by.account_id and by.assistance_id and leaf.party_id
    PhoneEntry(
        id=uuid7(), compound_id=session.compound_id, session=session, leaf=leaf, assistance_id=by.assistance_id, account_id=by.account_id,
        witness_id=call.witness, called_at=call.at, number=call.number, at=at,
    ).save(force_insert=True)  # fmt: skip
    names = dict(Account.objects.filter(pk__in=[by.account_id, call.witness]).values_list("pk", "name"))
    owner = [one for one in people_of(session, parties=[leaf.party_id]) if one.to.person_id == leaf.person_id]
    return tell_owners(
        session, owner, key=f"phone:{leaf.pk.hex}", at=at, title=_("您打电话投的票入箱了"),
        body=_("%(title)s：%(when)s %(who)s代录，%(witness)s见证。票箱第 %(place)s 张，选票号 %(ballot)s，回执码 %(code)s。不是您投的，请马上联系会议联系人。")
        % {
            "title": session.title, "when": moment(call.at, at), "who": names[by.account_id], "witness": names[call.witness],
            "place": leaf.index + 1, "ballot": leaf.ballot, "code": leaf.commitment[:16].upper(),
        },
    )  # fmt: skip
