"""What the body that is asked does: receive, report in, decline, start, answer; signed in or by the link."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Organisation
from linli.people.rules import Body
from linli.places.queries import calendar
from linli.plumbing.acts import Actor
from linli.plumbing.whole import one_act

from ...access import body_for
from ...models import Ask, Whistle
from ...rules import promises
from ...rules import whistles as rules
from ...rules.whistles import Do, Level, Step
from ..bodies import office
from .base import Move, asks_of, begin, blowers, finish, in_post, put, settle, tell, tell_first, tell_on_matters
from .files import Ready, keep
from .tokens import renew


def _name(move: Move, officer: str) -> None:
    """Who at the agency did it: an account says so itself, behind a link somebody writes the name."""
    officer = officer.strip()[:40]
    if not officer and move.by.account_id is None:
        raise Refused(Refusal("missing_officer", rules.NEEDS["officer"]), field="officer")
    if officer:
        move.data["officer"] = officer
        move.its.officer = officer


@one_act()
def told(*, by: Actor, whistle: Whistle, ask: Ask, words: str, at: datetime, once: UUID | None = None) -> Ask:
    """No message reaches the body: somebody went or called, and its promises begin. By who blew."""
    move = begin(whistle, by=by, act=Do.TELL, at=at, ask=ask, words=words.strip(), once=once)
    if not move.done_before:
        move.its.blown_at = at
        finish(move)
    return move.its


@one_act()
def receive(*, by: Actor, whistle: Whistle, ask: Ask, officer: str = "", at: datetime, once: UUID | None = None) -> Ask:
    move = begin(whistle, by=by, act=Do.RECEIVE, at=at, ask=ask, once=once)
    if move.done_before:
        return move.its
    _name(move, officer)
    move.its.received_at, move.its.blown_at = at, move.its.blown_at or at
    finish(move)
    return move.its


@one_act()
def report_in(
    *, by: Actor, whistle: Whistle, ask: Ask, officer: str, way: str, phone: str = "", arrives_at: datetime | None = None, at: datetime,
    once: UUID | None = None,
) -> Ask:  # fmt: skip
    """A named officer, on site or by document, and when. Also receives what nobody received."""
    given = {"officer": officer.strip(), "way": way}
    move = begin(whistle, by=by, act=Do.REPORT_IN, at=at, ask=ask, given=given, once=once)
    if move.done_before:
        return move.its
    if way not in rules.WAYS:
        raise Refused(Refusal("way", rules.NEEDS["way"]), field="way")
    _name(move, officer)
    it = move.its
    it.way, it.officer_phone, it.arrives_at, it.reported_at = way, phone[:20], arrives_at, at
    it.received_at, it.blown_at = it.received_at or at, it.blown_at or at
    move.data["way"] = way
    entry = finish(move)
    told = f"{it.body.name}报到了：{it.officer}，{rules.WAYS[way]}"
    tell(move, blowers(move.whistle, at), f"哨单第 {move.whistle.number} 号，{told}", entry=entry)
    tell_on_matters(move, entry, f"{it.body.name}报到了", {"step": "reported_in", "body": it.body.name, "way": way})
    return it


@one_act()
def decline(
    *, by: Actor, whistle: Whistle, ask: Ask, reason: str, proper: str, officer: str = "", at: datetime, once: UUID | None = None
) -> Ask:  # fmt: skip
    """Not ours: why, and whose. The blower sends the ask on."""
    given = {"reason": reason.strip(), "proper": proper.strip()}
    move = begin(whistle, by=by, act=Do.DECLINE, at=at, ask=ask, given=given, words=reason.strip(), once=once)
    if move.done_before:
        return move.its
    _name(move, officer)
    it = move.its
    if it.decided:
        raise Refused(Refusal("decided", "街道定了由你们办，不能再推"))
    if Level(whistle.level) != Level.COMMUNITY and _is_below(move, proper):
        raise Refused(Refusal("not_theirs", "部门该办的事不能推给社区和小区，请写哪个部门"), field="proper")
    it.reason, it.proper, it.declines = reason.strip()[:400], proper.strip()[:60], it.declines + 1
    move.data["proper"] = it.proper
    entry = finish(move)
    title = f"哨单第 {move.whistle.number} 号，{it.body.name}说该由{it.proper}办"
    tell(move, blowers(move.whistle, at), title, body=it.reason, entry=entry)
    if it.declines >= rules.BOUNCES_MOST:
        _second_bounce(move, entry)
    return it


def _is_below(move: Move, proper: str) -> bool:
    """The community, its committee, the compound itself: whatever they call it."""
    name = proper.strip()
    below = [o.name for o in Organisation.objects.filter(community=move.compound.community_id).exclude(kind="agency")]
    below += [o.name for o in Organisation.objects.filter(compound=move.compound).exclude(kind="agency")]
    return name in {"社区", "居委会", "物业", "业委会", "小区", *below}


def _second_bounce(move: Move, entry) -> None:
    """Twice declined: the subdistrict's officers say who does it."""
    above = office(move.compound, Body.SUBDISTRICT)
    if above:
        title = f"哨单第 {move.whistle.number} 号被推了两次，请街道定由谁办"
        to = in_post(above, rules.RECEIVERS[Level.SUBDISTRICT], move.at)
        tell(move, to, title, body=move.its.words, entry=entry, key=":bounce", kind="whistle_bounced")


@one_act()
def pass_on(
    *, by: Actor, whistle: Whistle, ask: Ask, body: Organisation | None, words: str = "", site: str = "", at: datetime,
    once: UUID | None = None,
) -> Ask:  # fmt: skip
    """The same ask to the proper agency, or back to the one that declined it, with its own promises from now on."""
    move = begin(whistle, by=by, act=Do.PASS_ON, at=at, ask=ask, given={"body": body}, words=words.strip(), once=once)
    old = move.its
    if move.done_before:
        rows = Ask.objects.filter(compound_id=whistle.compound_id, whistle=whistle, passed_from=old)
        return rows.select_related("body").order_by("-place").first() or old
    if body is None or body_for(compound=move.compound, body_id=body.pk) is None:
        raise Refused(Refusal("no_body", "还没有要吹的单位，先把它加进部门名册"), field="body")
    if no := rules.may_be_asked(Level(whistle.level), body.kind):
        raise Refused(no, field="body")
    return _sent_on(move, body, words.strip()[:400] or old.words, site)


def _sent_on(move: Move, body: Organisation, words: str, site: str, *, decided: bool = False) -> Ask:
    whistle, old, at = move.whistle, move.its, move.at
    move.data["to_body"] = body.name
    old.settled_at = at
    entry = finish(move)
    made = Ask(
        compound_id=whistle.compound_id, whistle=whistle, place=len(asks_of(whistle)) + 1, body=body, words=words,
        step=Step.BLOWN, passed_from=old, declines=old.declines, decided=decided, link_phone=body.liaison_phone,
    )  # fmt: skip
    put(move, made)
    if whistle.level == Level.AGENCIES:
        renew(made, site, at)
    made.save(force_insert=True)
    settle(move)
    tell_first(move, made, entry)
    if decided:
        title = f"哨单第 {whistle.number} 号，街道定了由{body.name}办"
        tell(move, blowers(whistle, at), title, body=move.words, entry=entry, key=":decided")
    tell_on_matters(move, entry, f"转请{body.name}来办", {"step": "passed_on", "body": old.body.name, "to": body.name})
    return made


@one_act()
def decide(
    *, by: Actor, whistle: Whistle, ask: Ask, whose: str, words: str, at: datetime, once: UUID | None = None
) -> Ask:  # fmt: skip
    """Declined twice by the community: the subdistrict says that it is the community's after all, or takes it over. Raises Refused."""
    given = {"whose": whose if whose in rules.WHOSE else ""}
    move = begin(whistle, by=by, act=Do.DECIDE, at=at, ask=ask, given=given, words=words.strip(), once=once)
    if move.done_before:
        return move.its
    body = office(move.compound, rules.TARGETS[Level(whose)])
    if body is None:
        raise Refused(Refusal("no_body", "还没有要吹的单位，先把它加进部门名册"), field="whose")
    return _sent_on(move, body, move.its.words, "", decided=True)


@one_act()
def start(
    *, by: Actor, whistle: Whistle, ask: Ask, words: str, finish_on: datetime | None = None, officer: str = "", at: datetime,
    once: UUID | None = None,
) -> Ask:  # fmt: skip
    """How it will be done and, where the agency can say, by when: never later than the task it was given, nor without one than
    the usual time. Who needs longer is given a task."""
    move = begin(whistle, by=by, act=Do.START, at=at, ask=ask, words=words.strip(), once=once)
    if move.done_before:
        return move.its
    _name(move, officer)
    if finish_on and finish_on <= at:
        raise Refused(Refusal("past", "办完的日子要在今天以后"), field="finish_on")
    if finish_on and finish_on <= (move.its.promised_at or _usual(move)):
        move.its.promised_at = finish_on
        if move.its.clock == promises.Clock.FINISH:
            move.its.clock = ""  # the earlier day holds from now on
    finish(move)
    return move.its


def _usual(move: Move) -> datetime:
    since = move.its.blown_at or move.at
    return promises.plan(promises.Clock.FINISH, move.whistle.urgency, since, calendar(move.compound)).due_at


@one_act()
def answer(
    *, by: Actor, whistle: Whistle, ask: Ask, words: str, officer: str = "", files: Sequence[Ready] = (), at: datetime,
    once: UUID | None = None,
) -> Ask:  # fmt: skip
    """What was done, in words that the people of the compound will read; with photos and papers."""
    move = begin(whistle, by=by, act=Do.ANSWER, at=at, ask=ask, words=words.strip(), once=once)
    if move.done_before:
        return move.its
    _name(move, officer)
    it = move.its
    it.answer, it.answered_at = words.strip()[:1000], at
    entry = finish(move)
    keep(move.whistle, files, at=at, entry_id=entry.pk, ask=it)
    tell(
        move,
        blowers(move.whistle, at),
        f"哨单第 {move.whistle.number} 号，{it.body.name}答复了",
        body=it.answer[:300],
        entry=entry,
    )
    said = {"step": "answered", "body": it.body.name, "answer": it.answer[:400]}
    tell_on_matters(move, entry, f"{it.body.name}答复了", said)
    return it


@one_act()
def score_back(
    *, by: Actor, whistle: Whistle, ask: Ask, response: str, quality: str, words: str = "", officer: str = "", at: datetime,
    once: UUID | None = None,
) -> Ask:  # fmt: skip
    """The agency's judgement of who blew: were the facts clear, was there help on the spot. Once."""
    given = {"response": response, "quality": quality}
    move = begin(whistle, by=by, act=Do.SCORE_BACK, at=at, ask=ask, given=given, words=words.strip(), once=once)
    if move.done_before:
        return move.its
    if move.its.back_response:
        raise Refused(Refusal("scored", "已经打过分了，不能改"))
    if response not in rules.SCORES or quality not in rules.SCORES:
        raise Refused(Refusal("score", rules.NEEDS["response"]), field="response")
    if officer.strip():
        move.data["officer"] = officer.strip()[:40]
    move.its.back_response, move.its.back_quality = response, quality
    move.data |= given
    finish(move)
    return move.its
