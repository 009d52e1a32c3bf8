"""An election of an owners' committee in a test, brought as far as is asked: called, listed, decided, in office."""

from datetime import timedelta

from linli.assembly.models import Candidate, Formation, Item, Outcome, Session
from linli.assembly.queries import offices
from linli.assembly.services import elections
from linli.matters.tests.makers import NOW
from linli.notices.models import Posting
from linli.people.access import standing_by_key
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.counters import next_value

from . import makers
from .forming import LISTED, UNTIL, checked, standing, village

ANNOUNCED = NOW + timedelta(days=60)
STANDS = ANNOUNCED + timedelta(days=10)
ELECTION = {"matter_no": 3, "title": "选举业主委员会", "form": "per_candidate", "seats": 3}


def preparing():
    """A committee that is in office, and a session it prepares."""
    made = village(homes=12)
    made.place.compound.profile = "hangzhou"  # a small compound may have three members there
    made.place.compound.save()
    made.chair = made.place.post(Role.COMMITTEE_CHAIR, name="吴海")
    made.vote = makers.vote(
        made.place, by=made.chair, state="drafting", items=[ELECTION], opens=NOW + timedelta(days=40)
    )
    next_value(made.place.compound.pk, "session")  # the number it was given
    return made


def called(v, item: Item | None = None, **more):
    said = {"until": UNTIL, "contact": "居委会", "households": 2, "at": NOW, **more}
    v.formation = elections.announce_candidates(by=v.chair, item=item or v.vote.items[0], **said)
    return v


def listed(v, stand: int = 5, **more):
    called(v, **more)
    for n in range(stand):
        standing(v, n)
    v.does(elections.post_list, v.chair, LISTED)
    return v


def decided(v, elected: int = 3, alternates: int = 2, outcome: str = "formed"):
    """As the count leaves it: the result announced, by codes of the ballot, in the order of the list."""
    listed(v)
    codes = [f"c{n:02}" for n in range(1, 6)]
    found = {
        "outcome": outcome, "elected": codes[:elected], "alternates": codes[elected : elected + alternates], "empty_seats": 0,
        "least": 3, "lots_needed": [], "candidates": [],
    }  # fmt: skip
    outcome_of(v, v.vote.items[0], "passed", {"election": found})
    return v


def outcome_of(v, item: Item, result: str, found: dict):
    Outcome.objects.create(compound=v.place.compound, item=item, result=result, found=found, sheet="", at=ANNOUNCED)
    rows = Session.objects.filter(compound_id=v.place.compound.pk, item__pk=item.pk)
    rows.update(state="announced", announced_at=ANNOUNCED)


def elected(v):
    decided(v)
    v.does(elections.take_office, v.chair, STANDS)
    return v


def posted(v) -> str:
    """What was posted last."""
    return Posting.objects.filter(compound_id=v.place.compound.pk).latest("pk").body


def sits(v) -> list[tuple[str, str]]:
    return [(row.name, row.post) for row in offices.holding(v.made)]


def head(v):
    """The newly elected chair, signed in."""
    members = offices.members_of(offices.holding(v.made))
    v.does(
        elections.meet,
        member(v),
        STANDS,
        day=STANDS.date(),
        chair=members[0].pk,
        vice=members[1].pk,
    )
    return member(v)


def member(v, n: int = 0):
    seat = offices.holding(v.made)[n]
    held = Post.objects.select_related("account").get(pk=seat.post_id)
    standing = standing_by_key(f"post:{held.pk}", held.account_id, v.place.compound, STANDS.date())
    v.place.keys[standing.actor.role_id] = f"post:{held.pk}"
    return standing.actor


def again(v, by, at, fills="term", stand=(7, 8, 9), seats=3, elects=9, outcome=""):
    """Another election, its result announced and in force: by the committee that sits."""
    v.vote = makers.vote(
        v.place, by=by, state="drafting", items=[{**ELECTION, "seats": seats}], opens=at + timedelta(days=40)
    )
    next_value(v.place.compound.pk, "session")
    v.formation = elections.announce_candidates(
        by=by, item=v.vote.items[0], until=(at + timedelta(days=8)).date(), contact="居委会", households=2, fills=fills, at=at
    )  # fmt: skip
    for n in stand:
        made = v.does(elections.stand, v.owner(n), at, why="好", pledge=True)
        checked(v, made, at=at)
    v.does(elections.post_list, by, at + timedelta(days=9))
    codes = [row.code for row in Candidate.objects.filter(compound_id=v.made.compound_id, item=v.vote.items[0])]
    chosen = sorted(codes)[: min(seats, elects)]
    found = {
        "outcome": outcome or ("formed" if chosen else "not_formed"),
        "elected": chosen,
        "alternates": [],
        "least": seats,
    }
    outcome_of(v, v.vote.items[0], "passed", {"election": found})
    Session.objects.filter(compound_id=v.place.compound.pk, pk=v.vote.session.pk).update(announced_at=at)
    v.does(elections.take_office, by, at + timedelta(days=30))
    return at + timedelta(days=30)


def replacing(v, body=None, number=2) -> Item:
    """Of the next session, while its agenda is made: one member is to be replaced."""
    first = v.vote.session
    session = Session.objects.create(
        compound_id=first.compound_id, number=number, title="临时会议", body_id=body or first.body_id, ground="committee", profile=first.profile,
        state="drafting", drafted_at=STANDS, opens_at=STANDS + timedelta(days=20), closes_at=STANDS + timedelta(days=30),
    )  # fmt: skip
    return Item.objects.create(compound_id=first.compound_id, session=session, place=1, matter_no=3, title="更换成员")


def convened_by_a_group(v):
    """Of the preparatory group that runs the election."""
    group = Organisation.objects.create(compound=v.place.compound, kind=Body.PREPARATORY, name="筹备组")
    Formation.objects.filter(compound_id=v.made.compound_id, pk=v.made.pk).update(body=group)
    return v.place.post(Role.PREPARATORY_MEMBER, group, name="筹备组员")
