"""Who has which part in a session, and the only getters that take its number from outside."""

from uuid import UUID

from django.utils.translation import gettext as _

from linli.people.rules import COMMUNITY, RESIDENTS, Role, may
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import numbered

from ..models import Formation, Item, Officer, RegisterOwner, Session
from ..rules.sessions import ANNOUNCED, PUBLIC, Who


def parts_in(session: Session, by: Actor) -> frozenset[Who]:
    """An officer keeps his part in whatever post he stands; an owner is who the frozen register names."""
    if by.compound_id != session.compound_id:
        return frozenset()
    found = {Who(office) for office in _offices(session, by)}
    if may(by.role, Right.CREATE_ASSEMBLY_SESSION) and by.body_id == session.body_id:
        found.add(Who.CONVENER)
    elif may(by.role, Right.CREATE_ASSEMBLY_SESSION) and _elected(session, by):
        found.add(Who.ELECTED)
    if by.role in COMMUNITY:
        found.add(Who.COMMUNITY)
    if _is_owner(session, by):
        found.add(Who.OWNER)
    return frozenset(found)


def _elected(session: Session, by: Actor) -> bool:
    if session.state not in ANNOUNCED or by.body_id is None:
        return False
    rows = Formation.objects.filter(compound_id=session.compound_id, item__session=session, made_id=by.body_id)
    return rows.exists()


def _offices(session: Session, by: Actor) -> list[str]:
    if by.account_id is None:
        return []
    rows = Officer.objects.filter(
        compound_id=session.compound_id, session=session, account_id=by.account_id, left_at__isnull=True
    )
    return list(rows.values_list("office", flat=True))


def _is_owner(session: Session, by: Actor) -> bool:
    """Until the register is locked every owner may say that he is missing in it."""
    if by.role not in RESIDENTS or by.person_id is None:
        return False
    if session.register_frozen_at is None:
        return by.role == Role.OWNER
    rows = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, person_id=by.person_id)
    return rows.exists()


def session_for(*, compound: Compound, number: int, by: Actor) -> Session | None:
    """Drafts are for those who work on them; everything later everybody of the compound reads."""
    if by.compound_id != compound.pk:
        return None
    found = Session.objects.select_related("body").filter(compound_id=compound.pk, number=number).first()
    if found is None or (found.state not in PUBLIC and not parts_in(found, by) - {Who.OWNER}):
        return None
    return found


def votes_on(*, compound: Compound, by: Actor, id: UUID) -> list[tuple[str, str]]:
    """The sessions in which owners vote, or voted, on what waits; a draft only for who works on it."""
    rows = (
        Item.objects.filter(matter_id=id, compound_id=compound.pk).select_related("session").order_by("session__number")
    )
    return [
        (_("第 %(n)s 次业主大会表决的第 %(place)s 项") % {"n": one.session.number, "place": one.place}, numbered("assembly:session", compound.slug, one.session.number))
        for one in rows
        if one.session.state in PUBLIC or parts_in(one.session, by) - {Who.OWNER}
    ]  # fmt: skip


COUNTS = frozenset({Who.CHAIR, Who.TELLER, Who.SCRUTINEER, Who.CLERK, Who.OBSERVER})


def counted_for(*, compound: Compound, number: int, by: Actor) -> Session | None:
    """For those who count a session, or watch the count."""
    found = session_for(compound=compound, number=number, by=by)
    return found if found and parts_in(found, by) & COUNTS else None


def noticed_for(*, compound: Compound, number: int, by: Actor | None) -> Session | None:
    """Once its notice is out, for anybody where the compound has a public page; else for its own people."""
    if not compound.public_page and (by is None or by.compound_id != compound.pk):
        return None
    return Session.objects.filter(
        compound_id=compound.pk, number=number, state__in=PUBLIC, noticed_at__isnull=False
    ).first()


def published_for(*, compound: Compound, number: int, by: Actor | None) -> Session | None:
    """Once its result is announced, for anybody where the compound has a public page; else for its own people. A recount leaves it."""
    if not compound.public_page and (by is None or by.compound_id != compound.pk):
        return None
    return Session.objects.filter(compound_id=compound.pk, number=number, announced_at__isnull=False).first()
