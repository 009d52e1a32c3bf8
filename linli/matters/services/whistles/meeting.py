"""The joint consultation, and who leads and who assists."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day_and_hour
from linli.plumbing.whole import one_act

from ...models import Ask, Consultation, MinutesSignature, Whistle, WhistleTask
from ...queries.whistles import body_of
from ...rules import whistles as rules
from ...rules.whistles import Do, Level, Step
from .base import Move, asks_of, begin, blowers, finish, tell, tell_asked, tell_on_matters

MEETABLE = {Step.RECEIVED, Step.REPORTED_IN, Step.CONSULTED, Step.TASKS_ASSIGNED, Step.WORKING, Step.BLOWN}


@one_act()
def call(
    *, by: Actor, whistle: Whistle, planned_at: datetime | None, place: str, at: datetime, once: UUID | None = None
) -> Consultation | None:
    """Everybody asked is told when and where; one that was called for later than now is moved by this."""
    given = {"planned_at": planned_at, "place": place.strip()}
    move = begin(whistle, by=by, act=Do.CALL, at=at, given=given, once=once)
    if move.done_before:
        return _last(whistle)
    assert planned_at is not None
    if planned_at <= at:
        raise Refused(Refusal("past", "会商要定在现在以后"), field="planned_at")
    moved = _called_off(_called(whistle).filter(planned_at__gt=at), at)
    made = Consultation(
        compound_id=whistle.compound_id, whistle=whistle, place_no=_count(whistle) + 1, planned_at=planned_at, place=place.strip()[:80],
    )  # fmt: skip
    made.save(force_insert=True)
    move.data = {"planned_at": planned_at.isoformat(), "place": made.place, "moved": moved is not None}
    entry = finish(move)
    _tell_all(move, f"会商{'改到' if moved else '：'}{_when(made)}", entry)
    return made


@one_act()
def call_off(*, by: Actor, whistle: Whistle, words: str, at: datetime, once: UUID | None = None) -> Whistle:
    """The one that was called is not held; everybody asked is told why."""
    move = begin(whistle, by=by, act=Do.CALL_OFF, at=at, words=words.strip(), once=once)
    if move.done_before:
        return move.whistle
    off = _called_off(_called(whistle), at)
    if off is None:
        raise Refused(Refusal("no_meeting", "没有约着的会商"))
    move.data = {"place": off.place}
    entry = finish(move)
    _tell_all(move, f"会商取消了：{_when(off)}", entry, body=words.strip())
    return move.whistle


def _called(whistle: Whistle) -> QuerySet[Consultation]:
    """Neither held nor called off, the last first."""
    rows = Consultation.objects.filter(compound_id=whistle.compound_id, whistle=whistle, held_at=None, off_at=None)
    return rows.order_by("-planned_at", "-place_no")


def _called_off(rows: QuerySet[Consultation], at: datetime) -> Consultation | None:
    one = rows.first()
    if one:
        one.off_at = at
        one.save(update_fields=["off_at"])
    return one


def _when(one: Consultation) -> str:
    assert one.planned_at
    return f"{day_and_hour(one.planned_at)}，{one.place}"


def _tell_all(move: Move, said: str, entry: AuditEntry, *, body: str = "") -> None:
    for ask in asks_of(move.whistle):
        if ask.step in MEETABLE:
            title = f"哨单第 {move.whistle.number} 号{said}"
            tell_asked(move, ask, title, body=body, entry=entry, key=f":{ask.place}")


@one_act()
def minutes(
    *, by: Actor, whistle: Whistle, words: str, attendance: Sequence[tuple[str, str]], held_at: datetime | None = None, at: datetime,
    once: UUID | None = None,
) -> Consultation | None:  # fmt: skip
    """What was settled and who was there, (body, name). Agencies that reported in have now consulted."""
    there = [(body.strip(), name.strip()) for body, name in attendance if body.strip() or name.strip()]
    given = {"minutes": words.strip(), "attendance": there}
    move = begin(whistle, by=by, act=Do.MINUTES, at=at, given=given, words=words.strip(), once=once)
    if move.done_before:
        return _last(whistle)
    if held_at and held_at > at:
        raise Refused(Refusal("future", "会还没开，不能记纪要"), field="held_at")
    if no := rules.attendance_refusal(there):
        raise Refused(no, field="attendance")
    called, held_at = _called(whistle), held_at or at
    # Of several the one that was to be held by then.
    row = called.filter(planned_at__lte=held_at).first() or called.last()
    row = row or Consultation(compound_id=whistle.compound_id, whistle=whistle, place_no=_count(whistle) + 1)
    row.held_at, row.minutes, row.written_at = held_at, words.strip(), at
    row.attendance = [{"body": body, "name": name} for body, name in there]
    row.save()
    for ask in asks_of(whistle):
        if ask.step == Step.REPORTED_IN:
            ask.step = Step.CONSULTED
            ask.save(update_fields=["step"])
    bodies = list(dict.fromkeys(body for body, _name in there if body))
    move.data = {"bodies": bodies}
    entry = finish(move)
    for ask in asks_of(whistle):
        if rules.there_for(ask.body.name, row.attendance):
            title = f"哨单第 {whistle.number} 号的会商纪要写好了，请看一看、签字"
            tell_asked(move, ask, title, entry=entry, key=f":{ask.place}")
    tell_on_matters(move, entry, f"{'、'.join(bodies)}会商过了", {"step": "consulted", "bodies": bodies})
    return row


@one_act()
def sign(
    *, by: Actor, whistle: Whistle, ask: Ask | None = None, meeting: Consultation | None, person: int, agrees: bool, words: str = "",
    officer: str = "", at: datetime, once: UUID | None = None,
) -> MinutesSignature | None:  # fmt: skip
    """By one of those who were there, for the own body alone: `person` is the place among them. Raises Refused."""
    move = begin(
        whistle, by=by, act=Do.SIGN_FOR if ask else Do.SIGN, at=at, ask=ask, words=words.strip()[:400], once=once
    )
    if move.done_before:
        return MinutesSignature.objects.filter(compound_id=whistle.compound_id, consultation=meeting).last()
    rows = Consultation.objects.filter(compound_id=whistle.compound_id, whistle=whistle, held_at__isnull=False)
    held = rows.filter(pk=meeting.pk if meeting else None).first()
    body = body_of(by, ask)
    if held is None or person not in rules.there_for(body, held.attendance):
        raise Refused(Refusal("not_there", "请选到会的是谁，只替自己的单位签"), field="who")
    name = held.attendance[person]["name"] or officer.strip()[:40]
    if wrong := rules.sign_refusal(agrees=agrees, name=name, words=words):
        raise Refused(wrong[1], field=wrong[0])
    made = MinutesSignature(
        compound_id=whistle.compound_id, consultation=held, body=held.attendance[person]["body"], name=name, agrees=agrees, words=move.words,
        at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    move.data = {"body": made.body, "officer": name, "agrees": agrees, "meeting": held.place_no}
    entry = finish(move)
    if not agrees:
        tell(
            move,
            blowers(whistle, at),
            f"哨单第 {whistle.number} 号，{made.body}不同意会商纪要",
            body=made.words,
            entry=entry,
        )
    return made


def _count(whistle: Whistle) -> int:
    return Consultation.objects.filter(compound_id=whistle.compound_id, whistle=whistle).count()


def _last(whistle: Whistle) -> Consultation | None:
    return Consultation.objects.filter(compound_id=whistle.compound_id, whistle=whistle).order_by("-place_no").first()


@one_act()
def assign(
    *, by: Actor, whistle: Whistle, ask: Ask, lead: bool, words: str, due_on: date | None, at: datetime, once: UUID | None = None
) -> Ask:  # fmt: skip
    """One agency leads, the others assist; each by its day. The community is never handed the main duty."""
    move = begin(
        whistle, by=by, act=Do.ASSIGN, at=at, ask=ask, given={"due_on": due_on}, words=words.strip(), once=once
    )
    if move.done_before:
        return move.its
    it = move.its
    assert due_on is not None
    if due_on < timezone.localdate(at):
        raise Refused(Refusal("past", "办完的日子要在今天以后"), field="due_on")
    if lead and (no := rules.may_lead(Level(whistle.level), it.body.kind)):
        raise Refused(no, field="lead")
    if lead and (other := _leader(whistle, it)):
        raise Refused(Refusal("leads", "已经由%(body)s牵头了", values={"body": other}), field="lead")
    WhistleTask(
        compound_id=whistle.compound_id, whistle=whistle, ask=it, lead=lead, words=words.strip()[:400], due_on=due_on, given_at=at
    ).save(force_insert=True)  # fmt: skip
    it.promised_at = timezone.make_aware(datetime.combine(due_on, time(17, 30)))
    move.data = {"lead": lead, "due_on": due_on.isoformat()}
    entry = finish(move)
    title = f"哨单第 {whistle.number} 号，请你们{'牵头' if lead else '配合'}，{due_on.month}月{due_on.day}日前办完"
    tell_asked(move, it, title, body=words.strip(), entry=entry)
    return it


def _leader(whistle: Whistle, ask: Ask) -> str:
    """Another agency whose last task is to lead."""
    rows = WhistleTask.objects.filter(compound_id=whistle.compound_id, whistle=whistle).exclude(ask=ask).order_by("id")
    last = {task.ask_id: task for task in rows.select_related("ask__body")}
    return next(
        (t.ask.body.name for t in last.values() if t.lead and t.ask.step not in {Step.PASSED_ON, Step.ENDED}), ""
    )
