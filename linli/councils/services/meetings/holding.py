"""At a meeting: who came, what each signed, and when an item is settled."""

from collections.abc import Collection
from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from linli.kernel.bodies import result_due
from linli.kernel.refusal import Refusal, Refused, ask
from linli.matters.services.papers import Ready
from linli.notices.services import To, queue
from linli.people.access import members_of, owners_among
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ...models import AgendaItem, Meeting, MeetingPaper, Seat, Signature
from ...queries.meetings import items_of, local_rules, unsigned
from ...rules.meetings import CHOICES, SPENDS, Act, Came, Choice, Result, State, may_close, may_hold, may_meet, settled
from ..spending import ask_unfrozen
from .steps import SUBJECT, Step, begin, finish, name_of

REMIND = time(9)


def _seats(m: Meeting, present: Collection[UUID], at: datetime) -> list[Seat]:
    """All members as of today; `present` are accounts, each there in person."""
    sitting = members_of(m.body_id, timezone.localdate(at))
    owners = owners_among([post.account_id for post in sitting], m.compound_id)
    if set(present) - {post.account_id for post in sitting}:
        raise Refused(
            Refusal("no_member", "到会的要是现在的委员，不能委托别人", "业主大会和业主委员会指导规则"), "present"
        )
    return [
        Seat(
            id=uuid7(), compound_id=m.compound_id, meeting=m, account_id=post.account_id, post_id=post.pk, role=post.kind,
            name=post.holder_name, owner=post.account_id in owners, present=post.account_id in present,
        )
        for post in sitting
    ]  # fmt: skip


def _came(seats: list[Seat]) -> Came:
    return Came(
        members=len(seats),
        owners=sum(s.owner for s in seats),
        present=sum(s.present for s in seats),
        owners_present=sum(s.owner and s.present for s in seats),
    )


def _sit(step: Step, seats: list[Seat], came: Came) -> None:
    for seat in seats:
        seat.save(force_insert=True)
    m = step.meeting
    m.members, m.owners, m.present, m.held_at = came.members, came.owners, came.present, step.at


@transaction.atomic
def hold(
    *, by: Actor, meeting: Meeting, compound: Compound, present: Collection[UUID], at: datetime, once: UUID | None = None
) -> Meeting:  # fmt: skip
    """It opens with who came, of all members, in person; from now on those sign. Raises Refused where too few came."""
    step = begin(meeting, by=by, act=Act.HOLD, at=at, once=once)
    if step.done_before:
        return step.meeting
    m = step.meeting
    assert m.starts_at is not None
    ask(may_hold(starts_at=m.starts_at, at=at))
    seats = _seats(m, present, at)
    came = _came(seats)
    ask(may_meet(local_rules(m), m.body.kind, came), "present")
    _sit(step, seats, came)
    m.result_due = result_due(local_rules(m), timezone.localdate(at), calendar(compound))
    m.remind_at = timezone.make_aware(datetime.combine(m.result_due, REMIND))
    finish(step, to=State.HELD, data={"members": came.members, "present": came.present})
    return m


@transaction.atomic
def miss(
    *, by: Actor, meeting: Meeting, present: Collection[UUID], reason: str = "", at: datetime, once: UUID | None = None
) -> Meeting:  # fmt: skip
    """Too few came; it stays on the book who did. Raises Refused where enough came."""
    step = begin(meeting, by=by, act=Act.MISS, at=at, once=once)
    if step.done_before:
        return step.meeting
    m = step.meeting
    assert m.starts_at is not None
    ask(may_hold(starts_at=m.starts_at, at=at))
    seats = _seats(m, present, at)
    came = _came(seats)
    no = may_meet(local_rules(m), m.body.kind, came)
    if no is None:
        raise Refused(Refusal("enough_came", "到会的人数够了，可以开"), "present")
    _sit(step, seats, came)
    m.reason = str(no)
    finish(step, to=State.MISSED, words=str(no), data={"members": came.members, "present": came.present})
    return m


# ── signing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def sign(
    *, by: Actor, meeting: Meeting, item: AgendaItem, choice: str, at: datetime, once: UUID | None = None
) -> AgendaItem:  # fmt: skip
    """Each member for themselves, by their own account, once. Raises Refused."""
    step = begin(meeting, by=by, act=Act.SIGN, at=at, once=once)
    fresh = _item(step.meeting, item)
    if step.done_before:
        return fresh
    seat = Seat.objects.filter(compound_id=fresh.compound_id, meeting=step.meeting, account=by.account_id).first()
    assert seat is not None
    _write(step, fresh, seat, choice, channel="screen", name=seat.name)
    return fresh


@transaction.atomic
def enter(
    *, by: Actor, meeting: Meeting, item: AgendaItem, seat: Seat, choice: str, papers: list[Ready], at: datetime, once: UUID | None = None
) -> AgendaItem:  # fmt: skip
    """A signature on paper, by the secretary, with the sheet; the member is told at once. Raises Refused."""
    step = begin(meeting, by=by, act=Act.ENTER, at=at, once=once)
    fresh = _item(step.meeting, item)
    if step.done_before:
        return fresh
    if seat.meeting_id != step.meeting.pk or not seat.present:
        raise Refused(Refusal("absent", "没到会的不能签，也不能委托别人", "业主大会和业主委员会指导规则"), "seat")
    if seat.account_id == by.account_id:
        raise Refused(Refusal("own_signature", "自己的用自己的账号签"), "seat")
    if not papers:
        raise Refused(Refusal("missing_paper", "请附上签字的那张纸"), "papers")
    _write(step, fresh, seat, choice, channel="paper", name=name_of(by), paper=_keep(step.meeting, papers[0], step))
    queue(
        compound_id=fresh.compound_id, to=[To(account_id=seat.account_id)], kind="meeting_signed", title="您在纸上签的字录进来了",
        body=f"第 {fresh.place} 项“{fresh.title}”：{CHOICES[choice]}。录入的是{name_of(by)}。不对请马上说。",
        subject_kind=SUBJECT, subject_id=step.meeting.pk, number=step.meeting.number, key=f"signed:{fresh.pk}:{seat.pk}", at=at,
    )  # fmt: skip
    return fresh


def _item(meeting: Meeting, item: AgendaItem) -> AgendaItem:
    """As it stands under the meeting's lock."""
    return AgendaItem.objects.get(compound_id=meeting.compound_id, meeting=meeting, pk=item.pk)


def _keep(m: Meeting, piece: Ready, step: Step) -> MeetingPaper:
    """The same sheet entered for several is kept once."""
    mark = vault.digest(m.compound_id, piece.original)
    old = MeetingPaper.objects.filter(compound_id=m.compound_id, meeting=m, digest=mark).first()
    if old:
        return old
    pk = uuid7()
    row = MeetingPaper(
        id=pk, compound_id=m.compound_id, meeting=m, kind="photo" if piece.photo else "paper", name=piece.name, digest=mark,
        sealed=vault.keep_sealed(m.compound_id, piece.original), added_at=step.at,
    )  # fmt: skip
    if piece.photo:
        row.small = vault.keep_plain(m.compound_id, pk, piece.photo.small, "-s.jpg")
    row.save(force_insert=True)
    return row


def _write(
    step: Step, item: AgendaItem, seat: Seat, choice: str, *, channel: str, name: str, paper: MeetingPaper | None = None
) -> None:
    """The meeting's lock orders signatures: the one that settles an item does so once."""
    if choice not in CHOICES:
        raise Refused(Refusal("missing_choice", "请选赞成、反对还是弃权"), "choice")
    if Signature.objects.filter(compound_id=item.compound_id, item=item, seat=seat).exists():
        raise Refused(Refusal("signed", "这一项签过了，签了不能改"))
    if item.kind in SPENDS and choice == Choice.APPROVE:
        ask_unfrozen(item.compound_id, step.at, "choice")
    assert step.by.account_id is not None
    Signature(
        id=uuid7(), compound_id=item.compound_id, item=item, seat=seat, choice=choice, channel=channel, paper=paper,
        entered_by=step.by.account_id, entered_name=name, at=step.at,
    ).save(force_insert=True)  # fmt: skip
    setattr(item, choice, getattr(item, choice) + 1)
    m = step.meeting
    signed = item.approve + item.against + item.abstain
    found = settled(m.body.kind, members=m.members, approve=item.approve, left=m.present - signed)
    decides = bool(found) and not item.result
    if found and decides:
        item.result, item.settled_at = found, step.at
    item.save(update_fields=["approve", "against", "abstain", "result", "settled_at"])
    data = {"place": item.place, "choice": choice, "channel": channel, "seat": str(seat.pk)}
    done = not unsigned(m)
    if done:
        m.closed_at = step.at
    finish(step, to=State.CLOSED if done else None, data={**data, "settles": str(found)} if decides else data)


@transaction.atomic
def close(*, by: Actor, meeting: Meeting, at: datetime, once: UUID | None = None) -> Meeting:
    """Whoever did not sign by the end of the day did not; what has too few signatures has failed. Raises Refused."""
    step = begin(meeting, by=by, act=Act.CLOSE, at=at, once=once)
    if step.done_before:
        return step.meeting
    m = step.meeting
    assert m.held_at is not None
    missing = unsigned(m)
    ask(may_close(unsigned=missing, held=timezone.localdate(m.held_at), today=timezone.localdate(at)))
    for item in items_of(m):
        if not item.result:
            item.result, item.settled_at = Result.FAILED, at
            item.save(update_fields=["result", "settled_at"])
    m.closed_at = at
    finish(step, to=State.CLOSED, data={"unsigned": len(missing)})
    return m
