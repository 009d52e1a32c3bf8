"""A joint request: 20 % of owners make the assembly meet (物业管理条例第十三条). Signatures are counted, not names."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.convening import enough_ask
from linli.kernel.refusal import Refusal, Refused
from linli.kernel.tally.thresholds import Weight
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Asking, RegisterHome, RegisterOwner, Session
from ..queries.requests import asking
from ..rules.sessions import Act
from .base import begin, finish
from .drafting import profile


def ask_enough(session: Session) -> Refusal | None:
    return enough_ask(profile(session), Weight(session.register_area, session.register_parties), asking(session))


@transaction.atomic
def sign(
    *, by: Actor, session: Session, label: str, name: str, at: datetime, once: UUID | None = None
) -> Asking | None:
    """A signature on the paper list, entered by who collects them: home and name as signed. Raises Refused."""
    step = begin(session, by=by, act=Act.SIGN_REQUEST, at=at, once=once)
    if step.done_before:
        return None
    row = RegisterHome.objects.filter(compound_id=session.compound_id, session=session, label=label.strip()).first()
    if row is None:
        raise Refused(Refusal("no_home", "名册里没有这个房号"), "label")
    owner = RegisterOwner.objects.filter(compound_id=session.compound_id, row=row, name=name.strip()).first()
    if owner is None:
        raise Refused(Refusal("no_owner", "名册里这一户的业主不叫这个名字"), "name")
    if Asking.objects.filter(compound_id=session.compound_id, session=session, mark=owner.mark).exists():
        raise Refused(Refusal("signed", "这一位已经签过了"), "name")
    made = Asking(
        id=uuid7(), compound_id=session.compound_id, session=session, label=row.label, mark=owner.mark, name=owner.name, at=at, account_id=by.account_id
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, internal=True)
    return made
