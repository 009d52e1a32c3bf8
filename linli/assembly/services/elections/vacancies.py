"""A post ends before its term: said by one and confirmed by another, and whoever is next takes the place (domain §3.12)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ...models import Formation, Seat
from ...queries import elections as queries
from ...queries import offices
from ...rules.elections import office as rules
from ...rules.elections.office import Left
from ...rules.elections.seats import Capacity, may_head
from ...rules.elections.states import Act, Kind
from .base import Step, begin, finish, in_chinese, post
from .candidates import code
from .ending import let_go
from .office import WORDS_MOST, hold
from .seats import take_seat

UNDONE = "重新计票，罢免没有通过"


@transaction.atomic
def vacate(
    *, by: Actor, formation: Formation, seat: Seat, why: str, words: str, at: datetime, once: UUID | None = None
) -> Seat | None:  # fmt: skip
    """A member's post ends by itself; the first alternate, or the next whom the count ranked, moves up for the rest of the term.
    In a committee, where two are left, a second member confirms it first. Raises Refused."""
    step = begin(formation, by=by, act=Act.VACATE, at=at, once=once)
    if step.done_before:
        return None
    if why not in rules.LEFT or why == Left.REMOVED:
        raise Refused(Refusal("why", "选一个原因"), "why")
    words = written(words, "words", WORDS_MOST)
    others = [row for row in offices.members_of(offices.holding_in(step.formation)) if row.pk != seat.pk]
    if step.formation.kind == Kind.PMC or not rules.needs_second(len(others)):
        return end_seat(step, seat, Left(why), words)
    fresh = _holding(step, seat)
    fresh.leaving_why, fresh.leaving_words, fresh.leaving_at, fresh.leaving_by = why, words, at, by.account_id
    fresh.save(update_fields=["leaving_why", "leaving_words", "leaving_at", "leaving_by"])
    finish(step, words=words, data={"seat": str(fresh.pk), "why": why}, internal=True)
    return None


@transaction.atomic
def second(*, by: Actor, formation: Formation, seat: Seat, at: datetime, once: UUID | None = None) -> Seat | None:
    """Another member confirms it: now the post ends. Raises Refused."""
    step = begin(formation, by=by, act=Act.SECOND, at=at, once=once)
    if step.done_before:
        return None
    fresh = _holding(step, seat)
    ask(rules.may_second(put=fresh.leaving_at is not None, by_same=fresh.leaving_by == by.account_id))
    return end_seat(step, fresh, Left(fresh.leaving_why), fresh.leaving_words)


def _holding(step: Step, seat: Seat) -> Seat:
    fresh = next((row for row in offices.holding(step.formation) if row.pk == seat.pk), None)
    if fresh is None:
        raise Refused(Refusal("left", "他已经不在任了"))
    return fresh


def end_seat(step: Step, seat: Seat, why: Left, words: str) -> Seat | None:
    """The post ends today, whoever is next takes the place, and everybody reads it; who moved up, or None. Raises Refused."""
    made = step.formation
    fresh = _holding(step, seat)
    let_go(step, fresh, step.today - timedelta(days=1), rules.LEFT[why])
    fresh.to_day, fresh.ended_why = step.today - timedelta(days=1), f"{rules.LEFT[why]}：{words}"[:WORDS_MOST]
    fresh.save(update_fields=["to_day", "ended_why"])
    up, moved = _ranked(step, fresh) if made.kind == Kind.PMC else _alternate(step, fresh)
    with in_chinese():
        post(step, "announcement", f"{made.title}委员变动", f"{fresh.name}不再担任委员（{rules.LEFT[why]}）。{moved}")
    finish(step, words=words, data={"seat": str(fresh.pk), "why": why, "up": str(up.pk) if up else ""})
    return up


def _alternate(step: Step, gone: Seat) -> tuple[Seat | None, str]:
    """And what everybody reads of it."""
    if gone.post == Role.ALTERNATE_MEMBER:
        return None, ""
    up = next((row for row in offices.holding_in(step.formation) if row.post == Role.ALTERNATE_MEMBER), None)
    if up is None:
        return None, "没有候补委员可以递补。"
    let_go(step, up, step.today - timedelta(days=1), "递补为委员")
    hold(step, up, Role.COMMITTEE_MEMBER)
    return up, f"候补委员{up.name}按名次递补。"


def seat_back(step: Step, seat: Seat) -> None:
    """A recount found that he was not removed: he sits for the rest of the term, and the last who moved up waits again."""
    made, last_day = step.formation, step.today - timedelta(days=1)
    seat.ended_why = ""
    seat.save(update_fields=["ended_why"])
    hold(step, seat, Role.ALTERNATE_MEMBER if seat.post == Role.ALTERNATE_MEMBER else Role.COMMITTEE_MEMBER)
    back = _moved_up(made)
    if back:
        let_go(step, back, last_day, UNDONE)
        hold(step, back, Role.ALTERNATE_MEMBER)
    waits = f"{back.name}仍为候补委员。" if back else ""
    with in_chinese():
        post(step, "announcement", f"{made.title}委员变动", f"{UNDONE}：{seat.name}继续担任委员。{waits}")
    finish(step, words=UNDONE, data={"seat": str(seat.pk), "back": str(back.pk) if back else ""})


def _moved_up(made: Formation) -> Seat | None:
    """The last who was not elected, where more sit than there are seats."""
    if (offices.empty_seats(made.compound_id) or 0) >= 0:
        return None
    own = [
        row for row in offices.members_of(offices.holding(made)) if row.nominee and row.nominee.formation_id == made.pk
    ]
    return next((row for row in reversed(own) if row.nominee and code(row.nominee.place or 0) not in made.seated), None)


def _ranked(step: Step, gone: Seat) -> tuple[Seat | None, str]:
    """An owner's seat goes to the next whom the count ranked; the subdistrict names who sits for somebody else."""
    made = step.formation
    if gone.capacity != Capacity.OWNER:
        return None, "由街道另定一位。"
    nominee = offices.next_in_rank(made)
    if nominee is None:
        return None, "划票排名里没有下一位可以接任。"
    head = gone.post == Role.PMC_CHAIR and may_head(queries.rules_of(made), Capacity.OWNER)
    up = Seat(
        id=uuid7(), compound_id=made.compound_id, formation=made, place=offices.next_place(made), nominee=nominee, name=nominee.name,
        phone=nominee.phone, capacity=Capacity.OWNER, post=Role.PMC_CHAIR if head else Role.PMC_MEMBER,
    )  # fmt: skip
    up.save(force_insert=True)
    take_seat(step, up)
    return up, f"{up.name}按划票名次接任。"
