"""Written authorities: who may sign for an owner on paper (domain §3.8). Nobody votes online for somebody else."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from linli.kernel import receipts
from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..models import Party, Proxy, Session
from ..queries import proxies as queries
from ..queries.casting import asked_of
from ..rules.dates import local
from ..rules.proxies import WRITTEN, Agent, Typed, Written, refuse_dead, refuse_late, refuse_proxy, refuse_withdrawal
from ..rules.sessions import Act
from .base import begin, finish
from .enclosing import drawn, enclose
from .register import frozen_yes


@one_act()
def register_proxy(
    *, by: Actor, session: Session, party: Party, owner: str, agents: Sequence[Typed], severally: bool,
    items: Collection[str], until: date | None, signed: bool, accepted: bool, not_staff: bool, photo: BinaryIO | None, at: datetime,
    once: UUID | None = None,
) -> Proxy | None:  # fmt: skip
    """`owner`: the mark of who gave it. Raises Refused."""
    pages = drawn(photo)
    step = begin(session, by=by, act=Act.REGISTER_PROXY, at=at, once=once)
    if step.done_before:
        return None
    frozen_yes(step.session)
    ask(refuse_late(step.session.closes_at, at))
    held = Party.objects.select_for_update().get(compound_id=session.compound_id, session=session, pk=party.pk)
    person = queries.owners_of(held).get(owner)
    if person is None:
        raise Refused(Refusal("no_owner", "选一下委托人是哪位业主", WRITTEN), "owner")
    ask(refuse_dead(queries.died(session.compound_id, person)), "owner")
    local_rule = profile(session.profile)
    cap = min(int(step.session.rules.get("proxy_cap", local_rule.values["proxy_cap"])), local_rule.values["proxy_cap"])
    no = refuse_proxy(
        Written(owner, signed, accepted, not_staff, items, until), _agents(step.session, agents, at, person),
        wanted={a.no: a.item.title for a in asked_of(step.session, held)}, closes_on=_last_day(step.session), cap=cap,
        cap_source=local_rule.cite("proxy_cap"), has_one=queries.has_one(step.session, person),
    )  # fmt: skip
    if no:
        raise Refused(*no)
    if not pages:
        raise Refused(Refusal("no_photo", "委托书的照片也要，计票时对照", WRITTEN), "photo")
    made = Proxy(
        id=uuid7(), compound_id=session.compound_id, session=step.session, person_id=person, severally=severally, once=once,
        agents=[{"mark": one.mark, "name": one.name} for one in _agents(step.session, agents, at, person)], registered_at=at,
        registered_by=by.account_id, items=sorted(items), until=until,
    )  # fmt: skip
    made.save(force_insert=True)
    enclose(step, pages, proxy=made)
    finish(step, data={"party": held.number, "agents": len(agents), "pages": len(pages)}, internal=True)
    return made


def _last_day(session: Session) -> date:
    """The paper has to last as long as the vote may, extended or not."""
    assert session.closes_at
    more = 0 if session.extended_from else int(session.rules.get("extension_days") or 0)
    return local(session.closes_at + timedelta(days=more))


def _agents(session: Session, rows: Sequence[Typed], at: datetime, principal: UUID) -> list[Agent]:
    """Told apart by the number of their papers alone: a name is written in many ways."""
    found = []
    for one in rows:
        key = vault.keyed_hash(one.papers) if one.papers else ""
        mark = receipts.owner_mark(session.salt, key, "") if key else ""
        staff = queries.is_staff(session.compound_id, key, one.phone, local(at))
        found.append(Agent(one.name, mark, staff, queries.principals(session, mark, but=principal)))
    return found


@one_act()
def withdraw_proxy(*, by: Actor, session: Session, proxy: Proxy, reason: str, at: datetime, once: UUID | None = None) -> None:  # fmt: skip
    """On the principal's word, before a ballot of his party came back: what was signed under it stays covered. Raises Refused."""
    step = begin(session, by=by, act=Act.WITHDRAW_PROXY, at=at, once=once)
    if step.done_before:
        return
    ask(refuse_late(step.session.closes_at, at))
    fresh = Proxy.objects.select_for_update().get(compound_id=session.compound_id, session=session, pk=proxy.pk)
    ask(
        refuse_withdrawal(
            withdrawn=fresh.withdrawn_at is not None, came_back=queries.came_back_since(step.session, fresh)
        )
    )
    fresh.withdrawn_at, fresh.reason = at, written(reason, "reason", 120)
    fresh.save(update_fields=["withdrawn_at", "reason"])
    finish(step, words=fresh.reason, internal=True)
