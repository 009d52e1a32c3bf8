"""Before a meeting: its agenda is drawn up, asked for by members or called by the chair, told to owners and the community."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from linli.kernel.bodies import enough_members_ask
from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.notices.services import To, queue
from linli.people.access import members_of, posted
from linli.people.models import Organisation
from linli.people.rules import COMMUNITY, may
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import next_value
from linli.plumbing.moments import short
from linli.plumbing.tenancy import insert_new, uuid7

from ...access.meetings import BODIES
from ...models import AgendaItem, Meeting, Supporter
from ...queries.meetings import items_of, supporters_of
from ...rules.meetings import (
    REASON_MOST,
    SPENDS,
    SPOT_MOST,
    TITLE_MOST,
    WORDS_MOST,
    Act,
    State,
    Who,
    may_add,
    may_call,
    may_call_instead,
    may_cancel,
    may_decide,
)
from ..spending import ask_unfrozen
from .steps import SUBJECT, begin, finish, name_of


def start(
    *, by: Actor, compound: Compound, kind: str = "", title: str = "", words: str = "", at: datetime, once: UUID | None = None
) -> Meeting:  # fmt: skip
    """A draft of its agenda, by a member for their own body, with its first item where one is named. The same `once` gives
    the first again. Raises Refused."""
    if by.compound_id != compound.pk or not may(by.role, Right.SIT_IN_BODY) or by.body_kind not in BODIES:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    assert by.account_id and by.body_id
    if once and (first := Meeting.objects.filter(compound_id=compound.pk, once=once).first()):
        return first
    try:
        with transaction.atomic():
            meeting = Meeting(
                id=uuid7(), compound_id=compound.pk, number=next_value(compound.pk, SUBJECT), once=once,
                body=Organisation.objects.get(pk=by.body_id), made_by=by.account_id, made_name=name_of(by), made_at=at, turn_since=at,
            )  # fmt: skip
            meeting.save(force_insert=True)
            record(
                by=by, act=f"meeting_{Act.START}", subject_kind=SUBJECT, subject_id=meeting.pk, at=at, compound_id=compound.pk
            )  # fmt: skip
            if title or kind:
                add_item(by=by, meeting=meeting, kind=kind, title=title, words=words, at=at)
            return meeting
    except IntegrityError:
        again = Meeting.objects.filter(compound_id=compound.pk, once=once).first() if once else None
        if again is None:
            raise
        return again


@transaction.atomic
def add_item(
    *, by: Actor, meeting: Meeting, kind: str, title: str, words: str = "", at: datetime, once: UUID | None = None
) -> AgendaItem | None:
    """Nothing that is reserved to the assembly. Raises Refused."""
    step = begin(meeting, by=by, act=Act.ADD_ITEM, at=at, once=once)
    there = items_of(step.meeting)
    if step.done_before:
        return there[-1] if there else None
    title = written(title, "title", TITLE_MOST)
    no = may_decide(kind, title)
    ask(no, "kind" if no and no.key == "missing_kind" else "title")
    if kind in SPENDS:
        ask_unfrozen(step.meeting.compound_id, at, "kind")
    ask(may_add(items=len(there)))
    place = there[-1].place + 1 if there else 1
    item = AgendaItem(
        id=uuid7(), compound_id=step.meeting.compound_id, meeting=step.meeting, place=place, kind=kind, title=title,
        words=words.strip()[:WORDS_MOST],
    )  # fmt: skip
    item.save(force_insert=True)
    finish(step, data={"place": place, "kind": kind})
    return item


@transaction.atomic
def drop_item(*, by: Actor, meeting: Meeting, item: AgendaItem, at: datetime, once: UUID | None = None) -> None:
    """From a draft. Raises Refused."""
    step = begin(meeting, by=by, act=Act.DROP_ITEM, at=at, once=once)
    if step.done_before:
        return
    AgendaItem.objects.filter(compound_id=step.meeting.compound_id, meeting=step.meeting, pk=item.pk).delete()
    finish(step, data={"place": item.place, "title": item.title})


@transaction.atomic
def propose(*, by: Actor, meeting: Meeting, at: datetime, once: UUID | None = None) -> Meeting:
    """The member who drew it up asks the others; the agenda is fixed from now on. Raises Refused."""
    step = begin(meeting, by=by, act=Act.PROPOSE, at=at, once=once)
    if step.done_before:
        return step.meeting
    if not items_of(step.meeting):
        raise Refused(Refusal("no_items", "先写上议什么"))
    _joins(step.meeting, by, at)
    finish(step, to=State.PROPOSED)
    return step.meeting


@transaction.atomic
def support(*, by: Actor, meeting: Meeting, at: datetime, once: UUID | None = None) -> Meeting:
    """Saying it twice counts once; from a third of the members on, the chair has to call it. Raises Refused."""
    step = begin(meeting, by=by, act=Act.SUPPORT, at=at, once=once)
    if not step.done_before:
        _joins(step.meeting, by, at)
        finish(step)
    return step.meeting


def _joins(meeting: Meeting, by: Actor, at: datetime) -> None:
    assert by.account_id is not None
    insert_new([
        Supporter(
            id=uuid7(), compound_id=meeting.compound_id, meeting=meeting, account_id=by.account_id, name=name_of(by), at=at
        )
    ])  # fmt: skip
    sitting = members_of(meeting.body_id, timezone.localdate(at))
    asking = {row.account_id for row in supporters_of(meeting)} & {post.account_id for post in sitting}
    if meeting.asked_at is None and enough_members_ask(len(sitting), len(asking)):
        meeting.asked_at, meeting.turn_since = at, at
        chairs = [To(account_id=post.account_id) for post in sitting[:1]]
        queue(
            compound_id=meeting.compound_id, to=chairs, kind="meeting_asked", title="三分之一委员要开会，请您召集",
            body="7 天还没召集，提议的委员可以召集。", subject_kind=SUBJECT, subject_id=meeting.pk, number=meeting.number,
            key=f"meeting:{meeting.pk}:asked", at=at,
        )  # fmt: skip


@transaction.atomic
def call(
    *, by: Actor, meeting: Meeting, compound: Compound, starts_at: datetime, spot: str, at: datetime, once: UUID | None = None
) -> Meeting:  # fmt: skip
    """Time and place are set; the agenda is shown to the owners and told to the residents' committee at once, and both in
    time, or it is refused. Raises Refused."""
    step = begin(meeting, by=by, act=Act.CALL, at=at, once=once)
    if step.done_before:
        return step.meeting
    m, items = step.meeting, items_of(step.meeting)
    m.profile = compound.profile
    rules = profile(m.profile)
    ask(
        may_call_instead(
            chair=Who.CHAIR in step.parts, asked_at=m.asked_at, at=at, days=rules.values["committee_extra_days"]
        )
    )
    local = timezone.localdate
    no = may_call(
        profile=rules, body=m.body.kind, items=len(items), starts_at=starts_at, at=at, told=local(at), meets=local(starts_at)
    )  # fmt: skip
    ask(no, "" if no and no.key == "no_items" else "starts_at")
    m.starts_at, m.spot, m.called_at = starts_at, written(spot, "spot", SPOT_MOST), at
    m.by_members = m.asked_at is not None
    m.told = _tell_community(m, compound, items, at)
    _tell_members(m, at)
    finish(step, to=State.CALLED, data={"told": m.told, "items": len(items)})
    return m


def _tell_community(m: Meeting, compound: Compound, items: list[AgendaItem], at: datetime) -> int:
    accounts = posted(COMMUNITY, compound, timezone.localdate(at))
    assert m.starts_at is not None
    return queue(
        compound_id=m.compound_id, to=[To(account_id=pk) for pk in sorted(accounts, key=str)], kind="meeting_topics",
        title=f"{m.body.name}{short(m.starts_at)}开会，告知议题", body="；".join(item.title for item in items)[:400],
        subject_kind=SUBJECT, subject_id=m.pk, number=m.number, key=f"meeting:{m.pk}:topics", at=at,
    )  # fmt: skip


def _tell_members(m: Meeting, at: datetime) -> None:
    assert m.starts_at is not None
    sitting = members_of(m.body_id, timezone.localdate(at))
    queue(
        compound_id=m.compound_id, to=[To(account_id=post.account_id) for post in sitting], kind="meeting_called",
        title=f"{short(m.starts_at)}开会，请您到会", body="不能委托别人。", subject_kind=SUBJECT, subject_id=m.pk, number=m.number,
        key=f"meeting:{m.pk}:called", at=at,
    )  # fmt: skip


@transaction.atomic
def cancel(*, by: Actor, meeting: Meeting, reason: str, at: datetime, once: UUID | None = None) -> Meeting:
    """Of a called one everybody reads why; what a third of the members asked for is held. Raises Refused."""
    step = begin(meeting, by=by, act=Act.CANCEL, at=at, once=once)
    if step.done_before:
        return step.meeting
    m = step.meeting
    if m.state == State.CALLED and Who.CHAIR not in step.parts:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if m.state != State.CALLED and Who.MAKER not in step.parts:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    ask(may_cancel(called=m.called_at is not None, by_members=m.by_members))
    m.reason = written(reason, "reason", REASON_MOST)
    finish(step, to=State.CANCELLED, words=m.reason)
    return m
