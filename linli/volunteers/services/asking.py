"""What the caller does: shout, confirm, say that it was not done, ask again, withdraw."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.matters.models import Matter
from linli.matters.services import Spot, open_matter
from linli.people.models import Person
from linli.people.queries import account_of
from linli.people.rules import RESIDENTS, may
from linli.people.rules import Act as Right
from linli.places.models import Compound, Home
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import next_value, shift
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..models import Call
from ..rules import KINDS, REASON_MOST, RISKS, WINDOWS, WORDS_MOST, Act, State, dangers, due
from .steps import SUBJECT, Step, begin, finish_step, let_go, moved, on_it, reopen, set_out, tell, title_of

SOURCES = {"phone": "resident_phone", "counter": "front_desk", "visit": "home_visit"}


@dataclass(frozen=True)
class Shouted:
    """Either a call, or the matter that it became because no neighbour should do it."""

    call: Call | None = None
    matter: Matter | None = None


def shout(
    *, by: Actor, compound: Compound, words: str, kind: str, window: str, at: datetime, risks: Collection[str] = (), harmless: bool = False,
    once: UUID | None = None,
) -> Shouted:  # fmt: skip
    """A call to the neighbours, from the caller's home. Work at height, on gas or mains goes to the property company instead.

    `risks` are what the caller named; words that sound like one count too, unless the caller said they are `harmless`.
    The same `once` gives the first again. Raises Refused.
    """
    words = words.strip()
    _check(by, compound, words, kind, window, risks)
    unsafe = list(risks) or ([] if harmless else dangers(words))
    if unsafe:
        return Shouted(matter=_to_the_company(by, compound, words, unsafe, at, once))
    try:
        with one_act():
            return Shouted(call=_shout(by, compound, words, kind, window, at, once))
    except IntegrityError:
        again = Call.objects.filter(compound_id=compound.pk, once=once).first() if once else None
        if again is None:
            raise
        return Shouted(call=again)


def _check(by: Actor, compound: Compound, words: str, kind: str, window: str, risks: Collection[str]) -> None:
    if by.compound_id != compound.pk or not may(by.role, Right.CALL_NEIGHBOURS):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if by.role not in RESIDENTS and not by.assistance_id:
        raise Refused(Refusal("for_whom", "先开始替他办事，再替他喊一声"))
    if not words:
        raise Refused(Refusal("no_words", "请先说说要帮什么忙"), field="words")
    if len(words) > WORDS_MOST:
        many = {"limit_value": WORDS_MOST, "show_value": len(words)}
        no = Refusal("too_long", "最多写 %(limit_value)s 个字，现在有 %(show_value)s 个字", values=many)
        raise Refused(no, field="words")
    if kind not in KINDS:
        raise Refused(Refusal("kind", "选一个：要帮什么忙"), field="kind")
    if window not in WINDOWS:
        raise Refused(Refusal("window", "选一个：什么时候要"), field="window")
    if not set(risks) <= set(RISKS):
        raise Refused(Refusal("risk", "没有这一项"), field="risks")


def _shout(by: Actor, compound: Compound, words: str, kind: str, window: str, at: datetime, once: UUID | None) -> Call:
    if once and (earlier := Call.objects.filter(compound_id=compound.pk, once=once).first()):
        return earlier
    home = _home(by)
    resident = by.role in RESIDENTS
    assert by.account_id is not None
    call = Call(
        id=uuid7(), compound_id=compound.pk, number=next_value(compound.pk, SUBJECT), once=once, kind=kind, words=words,
        state=State.OPEN, since=at, home=home, building=home.building if home else None, caller_person_id=by.person_id,
        caller_account_id=by.account_id if resident else account_of(compound.pk, by.person_id) if by.person_id else None,
        raised_by=by.account_id, raised_role=by.role, called_at=at, due_at=due(window, timezone.localtime(at)),
    )  # fmt: skip
    call.next_at = call.due_at
    call.save(force_insert=True)
    set_out(call, at)
    call.save()
    shift(compound.pk, moved(call, None, at, raised=1))
    record(
        by=by, act=Act.SHOUT, subject_kind=SUBJECT, subject_id=call.pk, at=at, compound_id=compound.pk, words=words,
        data={"kind": kind, "due_at": call.due_at.isoformat()},
    )  # fmt: skip
    return call


def _home(by: Actor) -> Home | None:
    rows = Home.objects.select_related("building", "entrance")
    return rows.filter(compound_id=by.compound_id, pk=by.home_id).first() if by.home_id else None


def _to_the_company(
    by: Actor, compound: Compound, words: str, risks: list[str], at: datetime, once: UUID | None
) -> Matter:
    person = Person.objects.filter(compound_id=compound.pk, pk=by.person_id).first() if by.person_id else None
    home = _home(by)
    return open_matter(
        by=by, compound=compound, words=words, at=at, once=once, source=SOURCES.get(by.channel, "resident_online"),
        spot=Spot(home=home) if home else Spot(), person=None if by.role in RESIDENTS else person, hazard="gas" in risks,
    )  # fmt: skip


@one_act()
def confirm(*, by: Actor, call: Call, thanks: str = "", at: datetime, once: UUID | None = None) -> Call:
    """It was done, with or without a word of thanks, which everybody on it is told."""
    step = begin(call, by=by, act=Act.CONFIRM, at=at, words=thanks, once=once)
    if step.done_before:
        return step.call
    call = _ended(step)
    call.thanks = step.words[:REASON_MOST]
    call.done_at = call.done_at or at
    entry = finish_step(step, confirmed=1)
    tell(
        call, on_it(call), act=step.act, title=f"谢谢您：{title_of(call)}", body=call.thanks, key=str(entry.pk), at=at
    )  # fmt: skip
    return call


@one_act()
def not_done(*, by: Actor, call: Call, reason: str, at: datetime, once: UUID | None = None) -> Call:
    """Back to the claimer, who does it or lets go."""
    step = begin(call, by=by, act=Act.NOT_DONE, at=at, words=reason, once=once)
    if step.done_before:
        return step.call
    step.call.done_at, step.call.result = None, ""
    entry = finish_step(step)
    title = f"还没办好：{title_of(step.call)}"
    tell(step.call, on_it(step.call, claimer_only=True), act=step.act, title=title, body=step.words, key=str(entry.pk), at=at)  # fmt: skip
    return step.call


@one_act()
def call_me(*, by: Actor, call: Call, at: datetime, once: UUID | None = None) -> Call:
    """Asks the claimer to ring: so the caller needs nobody's number."""
    step = begin(call, by=by, act=Act.CALL_ME, at=at, once=once)
    if step.done_before:
        return step.call
    entry = finish_step(step)
    title = f"请您回个电话：{title_of(step.call)}"
    tell(step.call, on_it(step.call, claimer_only=True), act=step.act, title=title, key=str(entry.pk), at=at)
    return step.call


@one_act()
def call_again(*, by: Actor, call: Call, reason: str, at: datetime, once: UUID | None = None) -> Call:
    """Nobody came: it is open again, for the others too."""
    step = begin(call, by=by, act=Act.CALL_AGAIN, at=at, words=reason, once=once)
    if step.done_before:
        return step.call
    to = on_it(step.call)
    let_go(step.call, at, step.words)
    reopen(step.call, at, but=[t.account_id for t in to])
    entry = finish_step(step)
    tell(step.call, to, act=step.act, title=f"邻居没等到，又喊了一声：{title_of(step.call)}", key=str(entry.pk), at=at)
    return step.call


@one_act()
def withdraw(*, by: Actor, call: Call, reason: str = "", at: datetime, once: UUID | None = None) -> Call:
    step = begin(call, by=by, act=Act.WITHDRAW, at=at, words=reason, once=once)
    if step.done_before:
        return step.call
    call = _ended(step)
    entry = finish_step(step, withdrawn=1)
    tell(
        call, on_it(call), act=step.act, title=f"不用去了：{title_of(call)}", body=step.words, key=str(entry.pk), at=at
    )
    return call


def _ended(step: Step) -> Call:
    step.call.ended_at, step.call.next_at = step.at, None
    return step.call
