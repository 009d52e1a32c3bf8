"""A committee of seven in a test, and its meeting brought as far as is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.councils.models import AgendaItem, Meeting, Seat
from linli.councils.services import meetings
from linli.matters.tests.makers import NOW, Place
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.plumbing.acts import Actor

NAMES = ("吴海", "钱进", "孙梅", "李冬", "周全", "郑芳", "王平")
MEETS = NOW + timedelta(days=8, hours=9)
OVER = MEETS + timedelta(hours=2)
CHOICES = {"y": "approve", "n": "against", "a": "abstain"}


@dataclass
class Board:
    """`members`: the chair first."""

    place: Place
    body: Organisation
    members: list[Actor]
    secretary: Actor

    @property
    def chair(self) -> Actor:
        return self.members[0]

    def accounts(self, *which: int) -> list:
        return [self.members[n].account_id for n in which]


def board(place: Place, size: int = 7, *, owners: int = 0, pmc: bool = False) -> Board:
    body = place.committee
    if pmc:
        body = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=place.compound)
    head, member = (Role.PMC_CHAIR, Role.PMC_MEMBER) if pmc else (Role.COMMITTEE_CHAIR, Role.COMMITTEE_MEMBER)
    made = [place.post(head if n == 0 else member, body, name=f"{NAMES[n % 7]}{n // 7 or ''}") for n in range(size)]
    for n in range(owners):
        place.resident(who=_account(made[n]), name=NAMES[n])
    return Board(place, body, made, place.post(Role.COMMITTEE_SECRETARY, body, name="苏文"))


def _account(actor: Actor):
    from linli.people.models import Account

    return Account.objects.get(pk=actor.account_id)


def drafted(b: Board, *titles: str, by: Actor | None = None, at: datetime = NOW) -> Meeting:
    maker = by or b.chair
    meeting = meetings.start(by=maker, compound=b.place.compound, at=at)
    for title in titles or ("买两盏应急灯",):
        meetings.add_item(by=maker, meeting=meeting, kind="spending", title=title, words="六百元以内", at=at)
    return meeting


def called(b: Board, *titles: str, starts_at: datetime = MEETS, at: datetime = NOW) -> Meeting:
    meeting = drafted(b, *titles, at=at)
    return meetings.call(
        by=b.chair, meeting=meeting, compound=b.place.compound, starts_at=starts_at, spot="活动室", at=at
    )


def held(b: Board, *titles: str, came: int = 4, at: datetime = OVER) -> Meeting:
    meeting = called(b, *titles, starts_at=at - timedelta(hours=2), at=at - timedelta(days=9))
    return meetings.hold(
        by=b.secretary, meeting=meeting, compound=b.place.compound, present=b.accounts(*range(came)), at=at
    )


def item(meeting: Meeting, place: int = 1) -> AgendaItem:
    return AgendaItem.objects.get(compound_id=meeting.compound_id, meeting=meeting, place=place)


def seat(meeting: Meeting, actor: Actor) -> Seat:
    return Seat.objects.get(compound_id=meeting.compound_id, meeting=meeting, account=actor.account_id)


def signed(b: Board, meeting: Meeting, votes: str, place: int = 1, at: datetime = OVER) -> AgendaItem:
    """`votes`: one letter a member, from the chair on: y, n, a, or - for none."""
    for member, vote in zip(b.members, votes, strict=False):
        if vote in CHOICES:
            meetings.sign(by=member, meeting=meeting, item=item(meeting, place), choice=CHOICES[vote], at=at)
    return item(meeting, place)


def published(b: Board, votes: str = "yyyy", at: datetime = OVER) -> Meeting:
    meeting = held(b, at=at)
    signed(b, meeting, votes, at=at)
    return meetings.publish(by=b.chair, meeting=meeting, compound=b.place.compound, at=at)
