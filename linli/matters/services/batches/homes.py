"""Steps with homes of a batch case, one or many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor, done_before
from linli.plumbing.whole import one_act

from ...models import Batch, BatchHome
from ...queries.batches import homes_in, papers_of
from ...rules import batches as rules
from ...rules.batches import HomeState, Step
from .base import locked, must, must_be_open
from .moving import Move, lacks_text, stand, write


@dataclass
class Outcome:
    """`left`: (home, why not) of those the step was not possible for."""

    done: int = 0
    left: list[tuple[str, Refusal]] = field(default_factory=list)


@dataclass(frozen=True)
class Given:
    """What the act's form brought. `got` and `missing` are keys of papers, `no_need` of those this home does not need."""

    got: tuple[str, ...] | None = None
    no_need: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    day: date | None = None
    reason: str = ""
    words: str = ""
    state: str = ""
    title_no: str = ""
    shown: dict[str, str] | None = None


@one_act()
def take_step(
    *, by: Actor, batch: Batch, homes: Sequence[UUID], step: Step, at: datetime, got: Sequence[str] | None = None, no_need: Sequence[str] = (),
    missing: Sequence[str] = (), day: date | None = None, reason: str = "", words: str = "", state: str = "", title_no: str = "",
    shown: Mapping[str, str] | None = None, once: UUID | None = None,
) -> Outcome:  # fmt: skip
    """One step with each of the homes. One home: raises Refused; of many, those that cannot are left as they are and named.

    `got` None leaves the papers as they are; with many homes it adds to what each has. `shown`: the papers as the page
    showed them, so that only what was changed there is changed.
    """
    who = must(by, batch)
    batch = locked(batch)
    if done_before(batch.compound_id, once):
        return Outcome(len(homes))
    must_be_open(batch)
    given = Given(
        None if got is None else tuple(got),
        tuple(no_need),
        tuple(missing),
        day,
        reason,
        words.strip(),
        state,
        title_no.strip(),
        None if shown is None else dict(shown),
    )
    _sound(given, at)
    rows = list(
        homes_in(batch).select_for_update().select_related("home")
        .filter(home_id__in=list(homes)[: rules.BULK_MOST]).order_by("sort")
    )  # fmt: skip
    if not rows:
        raise Refused(Refusal("no_homes", "先选几户"))
    papers, outcome, moves = papers_of(batch), Outcome(), []
    for row in rows:
        no = rules.refuses(step, HomeState(row.state), who, given.__dict__, rules.missing(papers, row.have))
        no = no or _not_gathered(step, row, given, papers)
        if no and len(rows) == 1:
            raise Refused(no[0], no[1])
        if no:
            outcome.left.append((row.home.label, no[0]))
            continue
        moves.append(_moved(row, step, given, papers, at, whole=len(rows) == 1))
    if moves:
        write(
            batch,
            moves,
            by=by,
            act=f"batch_{step}",
            at=at,
            words=given.words,
            once=once,
            data={"step": step, "left": len(outcome.left)},
        )
    outcome.done = len(moves)
    return outcome


def _sound(given: Given, at: datetime) -> None:
    if given.reason and given.reason not in rules.REASONS:
        raise Refused(Refusal("no_reason", "选一下卡在哪里"), "reason")
    if given.day and given.day > timezone.localdate(at):
        raise Refused(Refusal("future", "这一天还没有到"), "day")
    if given.state and given.state not in {s for s in HomeState if s != HomeState.BLOCKED}:
        raise Refused(Refusal("no_state", "选一下现在到了哪一步"), "state")


def _not_gathered(
    step: Step, row: BatchHome, given: Given, papers: Sequence[rules.Paper]
) -> tuple[Refusal, str] | None:
    """A certificate comes after the papers, by correction too."""
    if step != Step.CORRECT or HomeState(given.state) in (HomeState.NOT_STARTED, HomeState.MISSING):
        return None
    if rules.missing(papers, row.have):
        return Refusal("papers_missing", "材料还没齐，先补齐再报"), "state"
    return None


def _moved(
    row: BatchHome, step: Step, given: Given, papers: Sequence[rules.Paper], at: datetime, *, whole: bool
) -> Move:
    move = Move.of(row, step, given.words)
    row.have = _papers(row.have, step, given, papers, whole=whole)
    before = HomeState(row.before) if row.before else None
    to = rules.reached(step, HomeState(row.state), before, papers, row.have, given.state)
    if to in rules.GATHERING:
        to = rules.by_papers(papers, row.have, begun=to != HomeState.NOT_STARTED)
    row.lacks = lacks_text(rules.missing(papers, row.have))
    stand(row, to, at, reason=given.reason, words=given.words)
    if to == HomeState.CERTIFIED:
        row.certified_on = given.day or row.certified_on or timezone.localdate(at)
        row.title_no = given.title_no or row.title_no
    elif step == Step.CORRECT:
        row.certified_on, row.title_no = None, ""
    return move


def _papers(
    have: dict[str, Any], step: Step, given: Given, papers: Sequence[rules.Paper], *, whole: bool
) -> dict[str, str]:
    keys = {p.key for p in papers}
    if step == Step.SEND_BACK:
        return {key: value for key, value in have.items() if key not in given.missing}
    if step != Step.CHECK or given.got is None:
        return have
    said = {key: "yes" for key in given.got if key in keys} | {key: "no_need" for key in given.no_need if key in keys}
    if not whole:
        return {**have, **said}
    if given.shown is None:
        return said
    changed = {key: said.get(key, "") for key in keys if said.get(key, "") != given.shown.get(key, "")}
    return {key: value for key, value in {**have, **changed}.items() if value}
