"""Who sits: the subdistrict confirms by the ranking and adds who is no owner; posted, established with posts and a term, filed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from linli.kernel.clock import months_later, period_end
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.rules import Body, Role
from linli.people.services import appoint, create_body
from linli.places.queries import calendar
from linli.plumbing.acts import Actor
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7

from ...models import Formation, Nominee, Seat
from ...queries import elections as queries
from ...queries import offices
from ...rules.elections.office import Ended, renewal_day
from ...rules.elections.seats import CAPACITIES, Capacity, may_confirm, may_establish, may_head
from ...rules.elections.states import IN_OFFICE, Act, Kind
from .base import Step, begin, finish, in_chinese, post
from .ending import supersede

NAME_MOST = 20
WHY_MOST = 200
FILING_MOST = 60
SEAL_MOST = 120


@transaction.atomic
def add_seat(
    *, by: Actor, formation: Formation, name: str, phone: str, capacity: str, at: datetime, once: UUID | None = None
) -> Seat | None:
    """A member who sits for somebody else than the owners; in office he takes an empty seat at once. Raises Refused."""
    step = begin(formation, by=by, act=Act.SEAT, at=at, once=once)
    if step.done_before:
        return offices.seats(step.formation)[-1]
    sits = step.formation.state in IN_OFFICE
    if capacity not in CAPACITIES or capacity == Capacity.OWNER:
        raise Refused(Refusal("capacity", "选他代表哪一方"), "capacity")
    rows = offices.holding(step.formation) if sits else offices.sitting(offices.seats(step.formation))
    others = step.formation.seats - step.formation.owner_seats
    if sum(row.capacity != Capacity.OWNER for row in rows) >= others:
        raise Refused(Refusal("seats", "业主以外的 %(n)s 个名额满了", values={"n": others}))
    if any(row.phone == phone for row in rows):
        raise Refused(Refusal("phone", "这个号码已经有人用了"), "phone")
    made = Seat(
        id=uuid7(), compound_id=step.formation.compound_id, formation=step.formation, place=offices.next_place(step.formation),
        name=written(name, "name", NAME_MOST), phone=phone, capacity=capacity, post=Role.PMC_MEMBER,
    )  # fmt: skip
    if (
        sits
        and may_head(queries.rules_of(step.formation), capacity)
        and Role.PMC_CHAIR not in {row.post for row in rows}
    ):
        made.post = Role.PMC_CHAIR
    made.save(force_insert=True)
    if sits:
        take_seat(step, made)
    finish(step, data={"capacity": capacity}, internal=not sits)
    return made


@transaction.atomic
def pass_over(
    *, by: Actor, formation: Formation, nominee: Nominee, reason: str, at: datetime, once: UUID | None = None
) -> Seat | None:
    """Ranked, and not confirmed: the next in rank takes his place, and the reason is posted. Raises Refused."""
    step = begin(formation, by=by, act=Act.PASS_OVER, at=at, once=once)
    rows = Seat.objects.filter(compound_id=step.formation.compound_id, formation=step.formation, nominee=nominee)
    if step.done_before or rows.exists():
        return rows.first()
    made = Seat(
        id=uuid7(), compound_id=step.formation.compound_id, formation=step.formation, place=offices.next_place(step.formation),
        nominee=nominee, name=nominee.name, capacity=Capacity.OWNER, passed_over=written(reason, "reason", WHY_MOST),
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, words=made.passed_over, data={"nominee": str(nominee.pk)})
    return made


@transaction.atomic
def confirm(
    *, by: Actor, formation: Formation, chair: UUID | None, at: datetime, once: UUID | None = None
) -> Formation:
    """The owners' seats go by the ranking. `chair`: a seat added before, or a candidate. Raises Refused."""
    step = begin(formation, by=by, act=Act.CONFIRM, at=at, once=once)
    if step.done_before:
        return step.formation
    made, result = step.formation, queries.last_result(step.formation)
    assert result
    others = [row for row in offices.sitting(offices.seats(made)) if row.nominee_id is None]
    chosen = offices.in_rank(made, result)[: made.owner_seats]
    heads = {row.pk: row.capacity for row in others} | {row.pk: Capacity.OWNER.value for row in chosen}
    no = may_confirm(
        profile=queries.rules_of(made), members=len(others) + len(chosen), owners=len(chosen), seats=made.seats,
        tied=len(offices.tied(made, result)), chair=heads.get(chair, "") if chair else "",
    )  # fmt: skip
    ask(no, "chair" if no and no.key in {"no_chair", "chair_from"} else "")
    for row in others:
        row.post = Role.PMC_CHAIR if row.pk == chair else Role.PMC_MEMBER
        row.save(update_fields=["post"])
    for nominee in chosen:
        Seat(
            id=uuid7(), compound_id=made.compound_id, formation=made, place=offices.next_place(made), nominee=nominee,
            name=nominee.name, phone=nominee.phone, capacity=Capacity.OWNER,
            post=Role.PMC_CHAIR if nominee.pk == chair else Role.PMC_MEMBER,
        ).save(force_insert=True)  # fmt: skip
    made.confirmed_at = at
    finish(step, data={"members": len(heads)})
    return made


@transaction.atomic
def take_back(*, by: Actor, formation: Formation, reason: str, at: datetime, once: UUID | None = None) -> Formation:
    """An objection was right: the owners' names are confirmed anew. What was posted stays posted, with this beside it. Raises Refused."""
    step = begin(formation, by=by, act=Act.TAKE_BACK, at=at, once=once)
    if step.done_before:
        return step.formation
    made = step.formation
    why = written(reason, "reason", WHY_MOST)
    taken = Seat.objects.filter(compound_id=made.compound_id, formation=made, nominee__isnull=False, passed_over="")
    taken._raw_delete(taken.db)  # nothing points at a seat before its holder is in office
    made.confirmed_at = made.noticed_at = made.notice_until = None
    finish(step, words=why)
    return made


@transaction.atomic
def post_notice(*, by: Actor, formation: Formation, at: datetime, once: UUID | None = None) -> Formation:
    """The members' names, for as many days as the local rule says; objections until then. Raises Refused."""
    step = begin(formation, by=by, act=Act.NOTICE, at=at, once=once)
    if step.done_before:
        return step.formation
    made = step.formation
    days = queries.rules_of(made).values["pmc_notice_days"]
    made.noticed_at, made.notice_until = at, period_end(step.today, days, calendar(made.compound))
    with in_chinese():
        post(step, "public_notice", f"{made.title}委员名单公示"[:80], notice_words(made))
    finish(step, data={"until": made.notice_until.isoformat()})
    return made


def notice_words(made: Formation) -> str:
    rows, result = offices.seats(made), queries.last_result(made)
    assert result and made.notice_until
    found = result.found
    names = "\n".join(
        f"{n}. {row.name}（{CAPACITIES[Capacity(row.capacity)]}）{'，主任' if row.post == Role.PMC_CHAIR else ''}"
        for n, row in enumerate(offices.sitting(rows), 1)
    )
    passed = "".join(f"\n{row.name}得票在前，没有确认：{row.passed_over}" for row in rows if row.passed_over)
    put_right = f"划票表由两个人更正过 {n} 处，见结果页。" if (n := len(found.get("corrected", []))) else ""
    drawn = f"\n并列的当众抽签：{result.drawn}，见证人{'、'.join(result.witnesses)}。" if result.lots else ""
    return (
        f"{made.compound.name}全体业主：\n划票表发到 {found['homes']} 户，收回 {found['returned']} 张，有效 {found['valid']} 张。{put_right}"
        f"街道办事处按得票户数确认 {made.title}委员如下：\n{names}{passed}{drawn}\n"
        f"公示到 {whole(made.notice_until)}。有异议的请实名提出。联系：{made.contact}。"
    )


@transaction.atomic
def establish(*, by: Actor, formation: Formation, at: datetime, once: UUID | None = None) -> Formation:
    """The body is set up, and each member holds a post from today to the end of the term. Raises Refused."""
    step = begin(formation, by=by, act=Act.ESTABLISH, at=at, once=once)
    if step.done_before:
        return step.formation
    made = step.formation
    assert made.notice_until
    ask(may_establish(until=made.notice_until, today=step.today, open_objections=queries.open_objections(made)))
    years = queries.rules_of(made).values["pmc_term_years"]
    made.term_from, made.term_to = step.today, months_later(step.today, 12 * years) - timedelta(days=1)
    made.renewal_on = renewal_day(made.term_to, queries.rules_of(made).values)
    _take_over(step)
    for seat in offices.sitting(offices.seats(made)):
        take_seat(step, seat)
    made.established_at = at
    finish(step, data={"until": made.term_to.isoformat()})
    return made


def _take_over(step: Step) -> None:
    """The body there is goes on with other members: who sat until now has sat."""
    made = step.formation
    there = offices.body_of(made.compound_id, Body.PMC)
    made.handed_over_at = None if offices.sat_before(made.compound_id, step.today) else step.at
    made.made = there or create_body(by=step.by, kind=Body.PMC, name=made.title, compound=made.compound, at=step.at)
    supersede(step, Kind.PMC, made.made, Ended.RENEWED)


def take_seat(step: Step, seat: Seat) -> None:
    """From today to the end of the term."""
    made = step.formation
    assert made.made and made.term_to
    held = appoint(
        by=step.by, organisation=made.made, kind=seat.post, phone=seat.phone, name=seat.name, from_day=step.today,
        to_day=made.term_to, at=step.at,
    )  # fmt: skip
    seat.post_id, seat.from_day, seat.to_day = held.pk, step.today, made.term_to
    seat.save(update_fields=["post_id", "from_day", "to_day"])


@transaction.atomic
def file(
    *, by: Actor, formation: Formation, filing_no: str, seal: str, at: datetime, once: UUID | None = None
) -> Formation:
    """Filed with the subdistrict, and the seal cut and given out. Raises Refused."""
    step = begin(formation, by=by, act=Act.FILE, at=at, once=once)
    if not step.done_before:
        step.formation.filing_no = written(filing_no, "filing_no", FILING_MOST)
        step.formation.seal = written(seal, "seal", SEAL_MOST)
        step.formation.filed_at = at
        finish(step, data={"filing_no": step.formation.filing_no})
    return step.formation
