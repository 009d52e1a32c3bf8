"""The blower's part at the end: check, score, close, or further up."""

from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor
from linli.plumbing.whole import one_act

from ...models import Ask, Whistle
from ...rules import whistles as rules
from ...rules.states import FINAL as ENDED
from ...rules.states import Act
from ...rules.turns import AGENCY, desk_party
from ...rules.whistles import Do, Level, Step
from ..steps import aside
from ..steps import finish as finish_matter
from .base import Move, asks_of, begin, counts_of, finish, matters_of, stop_clock, tell_asked, tell_on_matters
from .drafting import Told, raise_higher, same_again


@one_act()
def check(*, by: Actor, whistle: Whistle, ask: Ask, words: str = "", at: datetime, once: UUID | None = None) -> Ask:
    """The answer holds: seen on the spot, or proved by the papers."""
    move = begin(whistle, by=by, act=Do.CHECK, at=at, ask=ask, words=words.strip(), once=once)
    if not move.done_before:
        entry = finish(move)
        tell_asked(move, move.its, f"哨单第 {whistle.number} 号，答复验收通过", body=words, entry=entry)
    return move.its


@one_act()
def redo(*, by: Actor, whistle: Whistle, ask: Ask, words: str, at: datetime, once: UUID | None = None) -> Ask:
    """The answer does not hold: back to work, with what is missing."""
    move = begin(whistle, by=by, act=Do.REDO, at=at, ask=ask, words=words.strip(), once=once)
    if not move.done_before:
        move.its.redone += 1
        move.its.promised_at = None
        entry = finish(move)
        title = f"哨单第 {whistle.number} 号，还没办好，请接着办"
        tell_asked(move, move.its, title, body=words.strip(), entry=entry)
    return move.its


@one_act()
def score(
    *, by: Actor, whistle: Whistle, ask: Ask, response: str, quality: str, words: str = "", at: datetime, once: UUID | None = None
) -> Ask:  # fmt: skip
    """How fast they came, how well it was done. Once; what was scored stays."""
    given = {"response": response, "quality": quality}
    move = begin(whistle, by=by, act=Do.SCORE, at=at, ask=ask, given=given, words=words.strip(), once=once)
    if move.done_before:
        return move.its
    for name, value in given.items():
        if value not in rules.SCORES:
            raise Refused(Refusal("score", rules.NEEDS[name]), field=name)
    move.its.response, move.its.quality, move.its.settled_at = response, quality, at
    move.data = dict(given)
    entry = finish(move)
    told = f"响应{rules.SCORES[response]}，质量{rules.SCORES[quality]}"
    tell_asked(move, move.its, f"哨单第 {whistle.number} 号打了分：{told}", entry=entry)
    return move.its


@one_act()
def end_ask(*, by: Actor, whistle: Whistle, ask: Ask, words: str, at: datetime, once: UUID | None = None) -> Ask:
    """It was declined, or never answered, and is needed no more: settled without a score, with the reason."""
    move = begin(whistle, by=by, act=Do.END_ASK, at=at, ask=ask, words=words.strip(), once=once)
    if not move.done_before:
        move.its.settled_at = at
        entry = finish(move)
        title = f"哨单第 {whistle.number} 号，不用再办了"
        tell_asked(move, move.its, title, body=words.strip(), entry=entry)
        said = {"step": "ended", "body": move.its.body.name}
        tell_on_matters(move, entry, f"不再等{move.its.body.name}来办", said)
    return move.its


@one_act()
def close(*, by: Actor, whistle: Whistle, words: str, at: datetime, once: UUID | None = None) -> Whistle:
    """When every ask is scored, was passed on or ended. The matters stay open until their handlers and reporters say so."""
    move = begin(whistle, by=by, act=Do.CLOSE, at=at, words=words.strip(), once=once)
    if move.done_before:
        return move.whistle
    left = [a.body.name for a in asks_of(whistle) if a.step not in rules.SETTLED]
    if left:
        names = "、".join(left)
        raise Refused(Refusal("not_settled", "%(names)s还没有验收打分", values={"names": names}))
    move.whistle.closed_at, move.whistle.closing_words = at, words.strip()[:400]
    entry = finish(move)
    if Level(whistle.level) != Level.COMMUNITY:
        _settled_above(move)
    tell_on_matters(move, entry, "哨单办结了", {"step": "closed", "words": words.strip()[:400]})
    return move.whistle


def end_with_body(*, by: Actor, whistle: Whistle, words: str, at: datetime) -> None:
    """Who blew it is no more and nobody takes it over; its matters stay with their handlers."""
    move = Move(whistle, by, Do.CLOSE if whistle.blown_at else Do.DROP, at, words=words, _before=counts_of(whistle))
    waited = [ask for ask in asks_of(whistle) if ask.step not in rules.SETTLED]
    for ask in waited:
        stop_clock(ask, at)
        ask.step, ask.settled_at = Step.ENDED, at
        ask.save()
    whistle.closed_at, whistle.closing_words = at, words
    entry = finish(move)
    for ask in waited if whistle.blown_at else ():
        title = f"哨单第 {whistle.number} 号，不用再办了"
        tell_asked(move, ask, title, body=words, entry=entry, key=f":{ask.place}")


def _settled_above(move: Move) -> None:
    """What agencies settled was not settled in the compound (domain M39); from now on it has the desk of that level."""
    for seen in matters_of(move.whistle):
        if seen.state in ENDED or seen.level == AGENCY:
            continue
        step = aside(seen, by=move.by, act=Act.WHISTLE, at=move.at)
        matter = step.matter
        step.data = {"number": move.whistle.number, "step": "level", "from_level": matter.level, "level": AGENCY}
        matter.level, matter.desk = AGENCY, desk_party(AGENCY, matter.category, has_property=True)
        finish_matter(step)


@one_act()
def blow_again(
    *, by: Actor, whistle: Whistle, words: str, told: Told | None = None, at: datetime, once: UUID | None = None
) -> Whistle:
    """It did not help: the same matters one level up, as a new draft that points to this one, which ends here."""
    move = begin(whistle, by=by, act=Do.BLOW_AGAIN, at=at, words=words.strip(), once=once)
    if move.done_before:
        return Whistle.objects.filter(compound_id=whistle.compound_id, parent=whistle).order_by("-number")[0]
    up = rules.higher(Level(whistle.level))
    if up is None:
        raise Refused(Refusal("top", "已经吹到部门了，没有再上一层"))
    for ask in asks_of(whistle):
        stop_clock(ask, at)
        ask.save()
    move.whistle.closed_at, move.whistle.closing_words = at, words.strip()[:400]
    finish(move)
    if told is None:
        told = same_again(move.whistle)
    return raise_higher(by=by, whistle=move.whistle, told=told, level=up, at=at)
