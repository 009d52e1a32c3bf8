"""What the papers of an election say, from its tables: values for `linli.assembly.papers`."""

from datetime import date, datetime
from uuid import UUID

from linli.kernel.clock import SHANGHAI
from linli.people.rules import Role

from .. import papers
from ..models import Formation, Nominee, Seat, TickResult
from ..papers.common import day
from ..rules.elections.nominees import WAYS, Way
from ..rules.elections.seats import CAPACITIES, Capacity
from ..rules.elections.states import Kind
from . import elections as queries
from . import offices
from .held import in_term, signs

POSTS = {
    Role.PMC_CHAIR: "主任", Role.PMC_MEMBER: "委员", Role.COMMITTEE_CHAIR: "主任", Role.COMMITTEE_VICE_CHAIR: "副主任",
    Role.COMMITTEE_MEMBER: "委员", Role.ALTERNATE_MEMBER: "候补委员",
}  # fmt: skip


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _of(one: Formation) -> str:
    """What is formed, without the compound's name."""
    return in_term(one).removeprefix(one.compound.name)


def recommendation(one: Formation, nominee: Nominee | None, link: str, *, alone: bool) -> papers.JointRecommendation:
    """To be filled in by hand; with a name on it where somebody gathers signatures for one who is put forward."""
    who = papers.Nominee()
    if nominee:
        size = nominee.home.building_area if nominee.home else None
        who = papers.Nominee(name=nominee.name, home=nominee.home_label, area=size, reasons=nominee.why)
    return papers.JointRecommendation(
        compound=one.compound.name, body=_of(one), nominee=who, least=0 if alone else one.households, link=link
    )


def candidates(one: Formation, link: str) -> papers.CandidatesNotice:
    assert one.listed_at and one.list_until
    left = [n for n in queries.left_list(one) if n.dropped_at and n.dropped_at > one.listed_at]
    rows = [
        papers.Stands(
            place=n.place or 0, name=n.name, home=n.home_label, way=WAYS[Way(n.way)],
            about=f"{day(_day(n.dropped_at))}退出" if n.dropped_at else n.why,
        )
        for n in sorted([*queries.listed(one), *left], key=lambda n: n.place or 0)
    ]  # fmt: skip
    return papers.CandidatesNotice(
        title=in_term(one), compound=one.compound.name, body=signs(one.body, one.compound_id, _day(one.listed_at)), on=_day(one.listed_at), until=one.list_until,
        seats=one.owner_seats, rows=rows, fingerprint=one.fingerprint, contact=one.contact, link=link,
    )  # fmt: skip


def ticks(one: Formation, building: UUID | None) -> list[papers.TickForm]:
    """A form for each home of the building, in the order of the walk."""
    names = [(n.place or 0, n.name) for n in queries.listed(one)]
    return [
        papers.TickForm(
            compound=one.compound.name, body=_of(one), number=str(form.number), home=form.label, candidates=names, most=one.most
        )
        for form in queries.forms_in(one, building)
    ]  # fmt: skip


def members(one: Formation, link: str) -> papers.MembersNotice:
    """Who was chosen: as the subdistrict confirmed by the forms, or as the owners elected."""
    seats, result = offices.seats(one), queries.last_result(one)
    pmc = one.kind == Kind.PMC
    at = one.noticed_at if pmc else one.elected_at
    assert at
    rows = offices.sitting(seats) if pmc else offices.holding(one)
    return papers.MembersNotice(
        title=in_term(one), compound=one.compound.name, body=signs(one.body, one.compound_id, _day(at)), on=_day(at), ticked=_ticked(one, seats, result) if result else None,
        members=[papers.Member(name=row.name, post=POSTS[Role(row.post)], capacity=CAPACITIES[Capacity(row.capacity)]) for row in rows],
        until=one.notice_until if pmc else None, term_to=day(one.term_to) if one.term_to else "", contact=one.contact, link=link,
    )  # fmt: skip


def _ticked(one: Formation, seats: list[Seat], result: TickResult) -> papers.Ticked:
    by_place = {row.place: row for row in queries.listed(one)}
    passed = {row.nominee_id: row.passed_over for row in seats if row.passed_over}
    chosen = {row.nominee_id for row in offices.sitting(seats)}
    ranking = []
    for place, homes, area in result.found["ranking"]:
        if row := by_place.get(place):
            note = f"没有确认：{passed[row.pk]}" if row.pk in passed else "确认为委员" if row.pk in chosen else ""
            ranking.append(papers.Ranked(name=row.name, homes=homes, area=area, note=note))
    drawn = f"并列的当众抽签：{result.drawn}，见证人{'、'.join(result.witnesses)}。" if result.lots else ""
    found = result.found
    return papers.Ticked(
        homes=found["homes"], returned=found["returned"], valid=found["valid"], invalid=len(found["invalid"]), ranking=ranking,
        drawn=drawn,
    )  # fmt: skip
