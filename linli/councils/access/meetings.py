"""Who has which part in a meeting of a committee or a PMC, and the only getters that take its keys from outside."""

from uuid import UUID

from linli.people.models import Organisation
from linli.people.rules import Act as Right
from linli.people.rules import Body, Role, may
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import AgendaItem, Meeting, MeetingPaper, Seat, Supporter
from ..rules.meetings import OPEN, SAT, State, Who

CHAIRS = frozenset({Role.COMMITTEE_CHAIR, Role.PMC_CHAIR})
BODIES = frozenset({Body.COMMITTEE, Body.PMC})


def own_body(by: Actor) -> Organisation | None:
    """The committee or PMC that somebody sits in or writes for."""
    if not (may(by.role, Right.SIT_IN_BODY) or may(by.role, Right.KEEP_MINUTES)) or by.body_kind not in BODIES:
        return None
    return Organisation.objects.filter(pk=by.body_id).first() if by.body_id else None


def parts_in(meeting: Meeting, by: Actor) -> frozenset[Who]:
    if by.compound_id != meeting.compound_id or by.body_id != meeting.body_id:
        return frozenset()
    found = set()
    if may(by.role, Right.KEEP_MINUTES):
        found.add(Who.KEEPER)
    if by.role == Role.COMMITTEE_SECRETARY:
        found.add(Who.SECRETARY)
    if may(by.role, Right.SIT_IN_BODY):
        found |= _as_member(meeting, by)
    return frozenset(found)


def _as_member(meeting: Meeting, by: Actor) -> set[Who]:
    found = {Who.MEMBER}
    if by.role in CHAIRS:
        found.add(Who.CHAIR)
    if by.account_id == meeting.made_by:
        found.add(Who.MAKER)
    if (meeting.state == State.PROPOSED or meeting.by_members) and _asks(meeting, by):
        found.add(Who.ASKER)
    if meeting.state in SAT and seat_of(meeting, by):
        found.add(Who.SEATED)
    return found


def _asks(meeting: Meeting, by: Actor) -> bool:
    return Supporter.objects.filter(compound_id=meeting.compound_id, meeting=meeting, account=by.account_id).exists()


def seat_of(meeting: Meeting, by: Actor) -> Seat | None:
    """Of somebody who came."""
    rows = Seat.objects.filter(compound_id=meeting.compound_id, meeting=meeting, account=by.account_id)
    return rows.filter(present=True).first()


def inside(meeting: Meeting, by: Actor) -> bool:
    """Whether the reader is of the body: reads drafts, votes before they are published, and the signed sheets."""
    return bool(parts_in(meeting, by))


def meeting_for(*, compound: Compound, number: int, by: Actor) -> Meeting | None:
    if by.compound_id != compound.pk:
        return None
    found = Meeting.objects.select_related("body", "posting").filter(compound_id=compound.pk, number=number).first()
    return found if found and (_read_by_all(found) or inside(found, by)) else None


def _read_by_all(meeting: Meeting) -> bool:
    return meeting.state in OPEN or (meeting.state == State.CANCELLED and meeting.called_at is not None)


def item_for(*, meeting: Meeting, place: int) -> AgendaItem | None:
    return AgendaItem.objects.filter(compound_id=meeting.compound_id, meeting=meeting, place=place).first()


def paper_for(*, meeting: Meeting, pk: UUID, by: Actor) -> MeetingPaper | None:
    if not inside(meeting, by):
        return None
    return MeetingPaper.objects.filter(compound_id=meeting.compound_id, meeting=meeting, pk=pk).first()
