"""After the count: who was elected holds a post with a term; the first meeting and the hand-over."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from linli.kernel.clock import months_later, period_end
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.rules import Body, Role
from linli.people.services.posts import hold_elected, set_up_elected
from linli.places.queries import calendar
from linli.plumbing.acts import Actor
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7

from ...models import Formation, HandOver, Nominee, Seat, Session
from ...queries import elections as queries
from ...queries import offices
from ...queries.counting import decided
from ...queries.held import in_term
from ...rules.elections import office as rules
from ...rules.elections.office import Ended
from ...rules.elections.seats import Capacity
from ...rules.elections.states import Act, Kind, State
from ...rules.sessions import ANNOUNCED
from ..handing import hand
from .base import Step, ask_at, begin, finish, in_chinese, post
from .candidates import code, session_of
from .ending import let_go, pass_on, supersede

WORDS_MOST = 200
NAME_MOST = 40


# ── into office ─────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def take_office(*, by: Actor, formation: Formation, at: datetime, once: UUID | None = None) -> Formation:
    """The result has stood: elected and alternates hold posts from today; or too few passed, and a further round is needed.

    Raises Refused before the objection window is over.
    """
    step = begin(formation, by=by, act=Act.TAKE_OFFICE, at=at, once=once)
    if step.done_before:
        return step.formation
    return into_office(step, result_that_stands(step))


def result_that_stands(step: Step) -> Mapping[str, Any]:
    """Raises Refused."""
    made, session = step.formation, session_of(step.formation)
    outcome = decided(made.item) if made.item else None
    found = outcome.election if outcome else None
    no = rules.may_take_office(
        announced=session.state in ANNOUNCED, until=_stands_until(made, session), today=step.today,
        objections=queries.open_result_objections(session), outcome=found is not None,
        lots=bool(found and found["outcome"] == "lots_needed"),
    )  # fmt: skip
    ask(no)
    assert found
    return found


def into_office(step: Step, found: Mapping[str, Any], *, again: bool = False) -> Formation:
    """`again`: others than before, for the rest of the term; who has left a post by himself since does not come back."""
    made = step.formation
    left = {row.nominee_id for row in offices.seats(made) if row.ended_why and row.ended_why != rules.RESEATED}
    nominees = {code(row.place or 0): row for row in queries.listed(made) if row.pk not in left}
    members, others = rules.willing(found["elected"], found["alternates"], nominees)
    chosen = [row.nominee for row in offices.kept(made.after) if row.nominee] if made.after else []
    chosen += [nominees[one] for one in members]
    if made.after:
        made.seats = made.owner_seats = made.after.seats
    made.seated = list(found["elected"])
    if not _may_sit(made, found, members, chosen):
        _keep(step, chosen)
        finish(step, words=found["outcome"], data={"passed": len(chosen)})
        return made
    if not again:
        _begin_term(step)
    _seat(step, chosen, Role.COMMITTEE_MEMBER)
    _seat(step, [nominees[one] for one in others][: _cap(made, len(chosen))], Role.ALTERNATE_MEMBER)
    if not again and made.fills == "term" and (pmc := offices.body_of(made.compound_id, Body.PMC)):
        pass_on(step, pmc)
    made.elected_at, made.met_on = step.at, None
    gone = queries.on_ballot(made, [one for one in found["elected"] if one not in nominees])
    with in_chinese():
        post(step, "announcement", f"{in_term(made)}选举结果生效", office_words(made, gone))
    finish(step, data={"elected": len(chosen)})
    return made


def _may_sit(made: Formation, found: Mapping[str, Any], members: list[str], chosen: list[Nominee]) -> bool:
    """Who fills a vacancy sits beside those who sit already, however few passed."""
    if made.fills == "vacancy":
        return bool(chosen)
    whole_said = made.after is None and len(members) == len(found["elected"])
    return found["outcome"] == "formed" if whole_said else _stands(made, found, len(chosen))


def _stands(made: Formation, found: Mapping[str, Any], members: int) -> bool:
    """The fewest members as the first count took it; the official system does not say. Who withdrew, or waits since an earlier
    round, the count does not know."""
    if made.after is None and found["outcome"] != "formed":
        return False
    first = made
    while first.after:
        first = first.after
    said = decided(first.item) if first.item else None
    least = (said.election or {}).get("least") if said else None
    return rules.stands(members, seats=made.seats, least=least or queries.committee_least(made))


def _keep(step: Step, chosen: list[Nominee]) -> None:
    """Too few passed: who did waits for a further round, for the empty seats alone (domain §3.10)."""
    made = step.formation
    made.state = State.NOT_FORMED
    for row in chosen:
        Seat(
            id=uuid7(), compound_id=made.compound_id, formation=made, place=offices.next_place(made), nominee=row, name=row.name,
            phone=row.phone, capacity=Capacity.OWNER,
        ).save(force_insert=True)  # fmt: skip
    names = "、".join(row.name for row in chosen)
    with in_chinese():
        if made.fills == "vacancy":
            words = f"这次补选 {made.seats} 人，没有人选上，空缺的席位另行补选。"
        elif chosen:
            words = f"选上的：{names}。空缺的 {made.seats - len(chosen)} 席另行选举，够了人数委员会才成立。"
        else:
            words = "没有人选上，要重新选举，够了人数委员会才成立。"
        of = "" if made.fills == "vacancy" else f"{in_term(made)}应选 {made.seats} 人。"
        post(step, "announcement", f"{in_term(made)}没有选满", of + words)


def _stands_until(made: Formation, session: Session) -> date | None:
    if session.announced_at is None:
        return None
    days = queries.rules_of(made).values["result_objection_days"]
    return period_end(timezone.localdate(session.announced_at), days, calendar(made.compound))


def _cap(made: Formation, members: int) -> int:
    return rules.alternates_cap(queries.rules_of(made).values["alternates_cap"], members)


def _begin_term(step: Step) -> None:
    """A whole committee begins a term, and what sat before it ends; who fills a vacancy serves the rest of the term."""
    made, values = step.formation, queries.rules_of(step.formation).values
    made.made = set_up_elected(by=step.by, compound=made.compound, kind=Body.COMMITTEE, name=made.title, at=step.at)
    made.term_from = step.today
    before = offices.in_office_before(made) if made.fills == "vacancy" else None
    made.term_to = (before and before.term_to) or months_later(step.today, 12 * values["term_years"]) - timedelta(
        days=1
    )
    assert made.term_to
    if made.fills == "term":
        made.handed_over_at = None if offices.sat_before(made.compound_id, step.today) else step.at
        made.renewal_on = rules.renewal_day(made.term_to, values)
        supersede(step, Kind.COMMITTEE, made.made, Ended.RENEWED)
        if pmc := offices.body_of(made.compound_id, Body.PMC):
            supersede(step, Kind.PMC, pmc, Ended.COMMITTEE)


def _seat(step: Step, chosen: list[Nominee], role: Role) -> None:
    made = step.formation
    for row in chosen:
        seat = Seat(
            id=uuid7(), compound_id=made.compound_id, formation=made, place=offices.next_place(made), nominee=row, name=row.name,
            phone=row.phone, capacity=Capacity.OWNER, post=role,
        )  # fmt: skip
        seat.save(force_insert=True)
        hold(step, seat, role)


def hold(step: Step, seat: Seat, role: Role) -> None:
    """From today to the end of the term."""
    made = step.formation
    assert made.made and made.term_to
    held = hold_elected(
        by=step.by,
        body=made.made,
        kind=role,
        phone=seat.phone,
        name=seat.name,
        from_day=step.today,
        to_day=made.term_to,
        at=step.at,
    )
    seat.post, seat.post_id, seat.from_day, seat.to_day = role, held.pk, step.today, made.term_to
    seat.save(update_fields=["post", "post_id", "from_day", "to_day"])


def office_words(made: Formation, gone: list[str]) -> str:
    """`gone`: elected, and withdrawn before it took effect."""
    rows = [row for row in offices.seats(made) if not row.ended_why]
    assert made.term_to
    members = "、".join(row.name for row in rows if row.post == Role.COMMITTEE_MEMBER)
    sat = sum(row.post == Role.COMMITTEE_MEMBER for row in rows) if made.fills == "vacancy" else made.seats
    others = "、".join(row.name for row in rows if row.post == Role.ALTERNATE_MEMBER)
    return (
        f"{made.compound.name}全体业主：\n业主大会选举的{in_term(made)}委员：{members}。"
        + (f"\n{'、'.join(gone)}当选以后退出，后面的按名次递补。" if gone else "")
        + (
            f"\n补选 {made.seats} 人，选上 {sat} 人，还空着的 {made.seats - sat} 席另行补选。"
            if sat < made.seats
            else ""
        )
        + (f"\n候补委员（按名次）：{others}。" if others else "")
        + f"\n任期到 {whole(made.term_to)}。{made.title}在 7 日内开第一次会，推选主任、副主任，30 日内到街道备案。"
    )


@transaction.atomic
def meet(
    *, by: Actor, formation: Formation, day: date, chair: UUID | None, vice: UUID | None, at: datetime, once: UUID | None = None
) -> Formation:  # fmt: skip
    """The first meeting has been held, and chose from among its members. Raises Refused."""
    step = begin(formation, by=by, act=Act.MEET, at=at, once=once)
    if step.done_before:
        return step.formation
    made = step.formation
    _ask_day(step, day)
    _choose_heads(step, day, chair, vice)
    made.met_on = day
    finish(step, data={"day": day.isoformat()})
    return made


@transaction.atomic
def choose(
    *, by: Actor, formation: Formation, day: date, chair: UUID | None, vice: UUID | None, at: datetime, once: UUID | None = None
) -> Formation:  # fmt: skip
    """A later meeting has chosen whom the committee lacks, a chair or a vice chair. Raises Refused."""
    step = begin(formation, by=by, act=Act.CHOOSE, at=at, once=once)
    if step.done_before:
        return step.formation
    _ask_day(step, day)
    if not chair and not vice:
        raise Refused(Refusal("nobody", "选一位"), "vice")
    _choose_heads(step, day, chair, vice)
    finish(step, data={"day": day.isoformat()})
    return step.formation


def _ask_day(step: Step, day: date) -> None:
    begun = step.formation.term_from
    if day > step.today or (begun and day < begun):
        raise Refused(Refusal("day", "写开会那天，当选以后、今天以前"), "day")


def _choose_heads(step: Step, day: date, chair: UUID | None, vice: UUID | None) -> None:
    """From among all who sit, by whichever election; who was chosen is posted at once (within three days, domain §3.10)."""
    sits = offices.members_of(offices.holding_in(step.formation))
    members = {row.pk: row for row in sits if row.post != Role.COMMITTEE_CHAIR}
    no = rules.may_choose(
        chair=chair, vice=vice, members=members, has_chair=len(members) < len(sits),
        has_vice=any(row.post == Role.COMMITTEE_VICE_CHAIR and row.pk != chair for row in sits),
    )  # fmt: skip
    ask_at(no)
    chosen = []
    for pk, role, name in ((chair, Role.COMMITTEE_CHAIR, "主任"), (vice, Role.COMMITTEE_VICE_CHAIR, "副主任")):
        if pk:
            _choose(step, members[pk], role)
            chosen.append(f"{members[pk].name}任{name}")
    if chosen:
        title = step.formation.title
        with in_chinese():
            post(
                step, "announcement", f"{title}主任、副主任名单", f"{title}{whole(day)}开会推选：{'，'.join(chosen)}。"
            )


def _choose(step: Step, seat: Seat, role: Role) -> None:
    let_go(step, seat, step.today - timedelta(days=1), "当选主任、副主任")
    hold(step, seat, role)


# ── handing over ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def hand_over(
    *, by: Actor, formation: Formation, key: str, what: str, gave: str, took: str, at: datetime, once: UUID | None = None
) -> HandOver | None:  # fmt: skip
    """One line of the list; with the last one the freeze on spending ends. Raises Refused."""
    step = begin(formation, by=by, act=Act.HAND_OVER, at=at, once=once)
    first = HandOver.objects.filter(compound_id=step.formation.compound_id, formation=step.formation, key=key).first()
    if step.done_before or first:
        return first
    if key not in rules.HANDED:
        raise Refused(Refusal("key", "没有这一条"))
    gave, took = written(gave, "gave", NAME_MOST), written(took, "took", NAME_MOST)
    made = hand(by=by, of=step.formation, key=key, what=what, gave=gave, took=took, at=at)
    if set(offices.handed(step.formation)) == set(rules.HANDED):
        step.formation.handed_over_at = at
    finish(step, data={"key": key})
    return made
