"""Any case that `linli tally` takes, as the tables of a closed vote: register, numbered papers, and what came in, sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from linli.assembly.models import Candidate, Item, Leaf, Paper, Party, Proxy, RegisterHome, RegisterOwner
from linli.assembly.rules.sessions import OFFICES, Office, State
from linli.assembly.services import count as services
from linli.assembly.services import log
from linli.kernel import receipts
from linli.matters.tests.makers import SHANGHAI, Place
from linli.people.models import Person
from linli.people.rules import Role
from linli.places.models import Home
from linli.plumbing.acts import Actor

from . import makers
from .makers import Vote

AFTER = datetime(2026, 3, 31, 18, 30, tzinfo=SHANGHAI)


def case(
    *choices: str | None, channel: str = "online", homes: int = 9, area: int = 10_000, **more: Any
) -> dict[str, Any]:
    """Homes of one owner each; the n-th says the n-th choice, or nothing."""
    return {
        "matter_no": 4, "profile": "national_default", "closes_at": "2026-03-31T18:00:00+08:00",
        "rules": {"silence_mode": "A", "duplicate_rule": "first_valid_wins", "count_parking": False},
        "homes": [{"id": f"9-1-{n:04}", "kind": "residence", "area": area, "owners": [f"p{n}"], "delivered": True} for n in range(1, homes + 1)],
        "ballots": [
            {
                "id": f"B{n:03}", "home": f"9-1-{n:04}", "owner": f"p{n}", "choice": choice, "channel": channel, "valid": True,
                "at": f"2026-03-25T09:00:{n:02}+08:00",
            }
            for n, choice in enumerate(choices, 1)
            if choice
        ],
        **more,
    }  # fmt: skip


def laid(
    place: Place, given: Mapping[str, Any], *, by: Actor, state: State = State.CLOSED, entered: bool = True, homes: Sequence[Home] = ()
) -> Vote:  # fmt: skip
    """`entered`: papers were read, too; else they only came back. `homes` that are there already are used first."""
    closes = datetime.fromisoformat(given["closes_at"])
    made = makers.vote(
        place,
        (),
        by=by,
        state=state,
        items=(_item(given),),
        closes=closes,
        opens=closes - timedelta(days=14),
        **given["rules"],
    )
    made.session.profile = given["profile"]
    people = _register(place, made, given, homes)
    _proxies(made, given, people)
    for code in given.get("election", {}).get("candidates", ()):
        Candidate.objects.create(
            compound=place.compound, item=made.items[0], place=len(code), code=code, name=f"候选{code}"
        )
    for ballot in sorted(given["ballots"], key=lambda b: (b["at"], b["id"])):
        came(made, ballot, people, entered=entered)
    for n, words in enumerate(given.get("joint_statements", ()), 1):
        said = {"choices": {"1": words["choice"]}, "home": words["home"]}
        _leaf(made, receipts.Leaf.STATEMENT, f"S{n}", said, "paper", datetime.fromisoformat(words["at"]))
    for n, one in enumerate(given.get("objections", ()), 1):
        owner = people[one["owner"]][1] if one["owner"] in people else one["owner"]
        said = {"choices": {"1": "object"}, "home": one["home"], "owner": owner, "channel": "online"}
        _leaf(made, receipts.Leaf.OBJECTION, f"O{n}", said, "online", datetime.fromisoformat(one["at"]))
    return made


def _item(given: Mapping[str, Any]) -> dict[str, Any]:
    election = given.get("election")
    found: dict[str, Any] = {"matter_no": given["matter_no"], "title": "选聘物业服务企业"}
    if election:
        found |= {"title": "选举业主委员会", "form": election["form"], "seats": election["seats"]}
    return found


def _register(
    place: Place, made: Vote, given: Mapping[str, Any], there: Sequence[Home]
) -> dict[str, tuple[Person, str]]:
    """(person, mark) by the case's word for the owner."""
    session, compound = made.session, place.compound
    building = place.home.building
    people: dict[str, tuple[Person, str]] = {}
    parties: dict[Any, Party] = {}
    scope = given.get("scope")
    outside = place.homes[-1].building
    for n, home in enumerate(given["homes"], 1):
        counts = home["kind"] != "parking_space" or given["rules"]["count_parking"]
        owners = frozenset(home["owners"]) or home["id"]
        where = building if scope is None or home["id"] in scope else outside
        party = parties.get(owners)
        if counts and party is None:
            party = parties[owners] = Party(
                compound=compound, session=session, number=len(parties) + 1, area=0, homes=0, label=home["id"], building=where,
                reach="door",
            )  # fmt: skip
            made.parties.append(party)
        if counts and party:
            party.area, party.homes = party.area + home["area"], party.homes + 1
            party.delivered_at = session.opens_at if home["delivered"] or party.delivered_at else None
            party.save()
        entrance = place.home.entrance if where == building else place.homes[-1].entrance
        real = there[n - 1] if n <= len(there) else Home.objects.create(
            compound=compound, building=where, entrance=entrance, floor=n, room_no=f"{session.number}v{n}", label=f"第{n}户",
            building_area=home["area"], area_source="registered",
        )  # fmt: skip
        row = RegisterHome.objects.create(
            compound=compound, session=session, home=real, building=where, party=party if counts else None, place=n,
            label=home["id"], kind=home["kind"], area=home["area"], area_source="registered",
        )  # fmt: skip
        made.rows.append(row)
        for name in home["owners"]:
            if name not in people:
                person = Person.objects.create(compound=compound, name=name)
                people[name] = person, receipts.owner_mark(makers.SALT, person.pk.hex, name)
            person, mark = people[name]
            RegisterOwner.objects.create(
                compound=compound, session=session, row=row, person=person, name=name, mark=mark
            )
    if scope is not None:
        Item.objects.filter(compound_id=compound.pk, session=session).update(scope={"buildings": [str(building.pk)]})
    makers._freeze(session, made.parties)
    return people


def _proxies(made: Vote, given: Mapping[str, Any], people: Mapping[str, tuple[Person, str]]) -> None:
    for paper in given.get("proxies", ()):
        Proxy.objects.create(
            compound=made.session.compound, session=made.session, person=people[paper["owner"]][0], agents=paper["agents"],
            severally=paper["severally"], registered_at=datetime.fromisoformat(paper["registered_at"]),
        )  # fmt: skip


def came(
    made: Vote, ballot: Mapping[str, Any], people: Mapping[str, tuple[Person, str]], *, entered: bool = True
) -> Leaf:
    """A paper is two leaves, what came back and what was read on it; anything else one."""
    at = datetime.fromisoformat(ballot["at"])
    said = {
        "choices": {"1": ballot.get("choice", ballot.get("choices"))}, "agent": ballot.get("agents", []) or "",
        "owner": people[ballot["owner"]][1] if ballot["owner"] in people else ballot["owner"],
    }  # fmt: skip
    if not ballot["valid"]:
        said["fault"] = "unsigned"
    where = {"home": ballot["home"], "channel": ballot["channel"]}
    row = next((r for r in made.rows if r.label == ballot["home"]), None)
    if ballot["channel"] != "paper":
        return _leaf(made, receipts.Leaf.CAST, ballot["id"], where | said, ballot["channel"], at, row=row)
    if row and row.party:
        Paper.objects.create(
            compound=made.session.compound, session=made.session, party=row.party, number=ballot["id"], state="returned",
            printed_at=made.session.drafted_at,
        )  # fmt: skip
    leaf = _leaf(
        made, receipts.Leaf.RETURNED, ballot["id"], where, "paper", at, row=row, party=row.party if row else None
    )
    if entered:
        _leaf(made, receipts.Leaf.ENTERED, ballot["id"], said, "paper", at + timedelta(days=90))
    return leaf


def _leaf(
    made: Vote, kind: receipts.Leaf, number: str, opening: Mapping[str, Any], channel: str, at: datetime, **more: Any
) -> Leaf:
    return log.append(
        log.locked(made.session),
        made.session,
        kind=kind,
        ballot=number,
        opening=opening,
        channel=channel,
        at=at,
        **more,
    )


def officers(place: Place, made: Vote, *, chair: Actor) -> dict[str, Actor]:
    """Chair, two tellers, two scrutineers and two clerks: `found["teller2"]`."""
    found = {"chair": makers.officer(made, Office.CHAIR, chair, "吴海")}
    for office in (Office.TELLER, Office.SCRUTINEER, Office.CLERK):
        for n in (1, 2):
            actor = place.post(Role.COMMITTEE_MEMBER, name=f"{OFFICES[office]}{n}")
            found[f"{office}{n}"] = makers.officer(made, office, actor, f"{OFFICES[office]}{n}")
    return found


def opened(made: Vote, found: Mapping[str, Actor], at: datetime = AFTER) -> None:
    services.agree_to_open(session=made.session, by=found["scrutineer1"], at=at)
    services.open_count(session=made.session, by=found["chair"], sheets=(made.sheets[0], made.sheets[2]), at=at)
    made.session.refresh_from_db()


def mark_of(made: Vote, n: int) -> str:
    """Of the first owner of the n-th home."""
    rows = RegisterOwner.objects.filter(compound_id=made.session.compound_id, session=made.session)
    return rows.order_by("row__place").values_list("mark", flat=True)[n - 1]


TIED = {
    **case(homes=9),
    "matter_no": 3,
    "election": {"seats": 1, "candidates": ["a", "b"], "form": "per_candidate"},
    "ballots": [
        {
            "id": f"B{n:03}", "home": f"9-1-{n:04}", "owner": f"p{n}", "choices": {"a": "approve", "b": "approve"}, "channel": "online",
            "valid": True, "at": f"2026-03-25T09:00:{n:02}+08:00",
        }
        for n in range(1, 8)
    ],
}  # fmt: skip
