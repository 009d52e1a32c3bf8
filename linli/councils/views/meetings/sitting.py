"""One meeting as its reader meets it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from linli.kernel.bodies import RESERVED
from linli.kernel.tally.thresholds import MATTERS
from linli.plumbing.addresses import address
from linli.plumbing.guards import or_404
from linli.plumbing.labels import label

from ...access.meetings import meeting_for, parts_in, seat_of
from ...models import AgendaItem, Meeting, Seat, Signature
from ...queries import meetings as queries
from ...rules.meetings import Act, State, Who, allowed


def reserved() -> list[tuple[str, str]]:
    """What only the owners together decide, each with its article."""
    return [(label(MATTERS[n]), label(RESERVED[n])) for n in RESERVED]


def found(request: HttpRequest, number: int) -> Meeting:
    return or_404(meeting_for(compound=request.compound, number=number, by=request.actor))


@dataclass(frozen=True)
class Page:
    """One meeting as this reader meets it."""

    request: HttpRequest
    meeting: Meeting
    now: datetime
    parts: frozenset[Who]
    can: frozenset[Act]
    items: list[AgendaItem]
    seats: list[Seat]
    signed: dict[UUID, dict[UUID, Signature]]
    mine: Seat | None

    @property
    def slug(self) -> str:
        return self.request.compound.slug

    @property
    def shows_votes(self) -> bool:
        return self.meeting.state == State.PUBLISHED or bool(self.parts)

    def unsigned(self) -> list[Seat]:
        return [
            seat
            for seat in self.seats
            if seat.present and any(seat.pk not in self.signed.get(item.pk, {}) for item in self.items)
        ]

    def url(self, act: Act) -> str:
        return address("councils:meeting-act", self.slug, self.meeting.number, act.value)


def page_of(request: HttpRequest, one: Meeting) -> Page:
    parts = parts_in(one, request.actor)
    sat = one.members > 0
    mine = seat_of(one, request.actor) if sat and parts else None
    return Page(
        request=request, meeting=one, now=timezone.now(), parts=parts, can=allowed(State(one.state), parts), items=queries.items_of(one),
        seats=queries.seats_of(one) if sat else [], signed=queries.signatures_of(one) if sat else {}, mine=mine,
    )  # fmt: skip


def item_url(page: Page, item: AgendaItem, act: Act) -> str:
    return address("councils:item-act", page.slug, page.meeting.number, item.place, act.value)
