"""Scores in whole points, added up by the program; the vote that decides, and what it gave."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused, ask
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...access.selections import scorer_of
from ...models import Bid, Item, Put, Score, Scorer, Selection
from ...queries import selections as queries
from ...rules import selections as rules
from ...rules.selections import Act, State
from .. import drafting
from ..handing import WORDS_MOST
from .base import Step, ask_at, begin, finish, in_chinese, post
from .planning import yuan


@one_act()
def score(
    *, by: Actor, selection: Selection, bid: Bid, points: Sequence[int], reason: str = "", at: datetime, once: UUID | None = None
) -> Score | None:  # fmt: skip
    """A scorer's own, item by item; given again it is a new row with its reason. Raises Refused."""
    step = begin(selection, by=by, act=Act.SCORE, at=at, once=once)
    if step.done_before:
        return None
    scorer = scorer_of(step.selection, by)
    assert scorer
    return _score(step, scorer, bid, points, reason, "screen")


@one_act()
def enter_score(
    *, by: Actor, selection: Selection, scorer: Scorer, bid: Bid, points: Sequence[int], reason: str = "", at: datetime,
    once: UUID | None = None,
) -> Score | None:  # fmt: skip
    """From the signed paper of a scorer who has no account here. Raises Refused."""
    step = begin(selection, by=by, act=Act.ENTER_SCORE, at=at, once=once)
    if step.done_before:
        return None
    fresh = Scorer.objects.get(compound_id=step.selection.compound_id, pk=scorer.pk)
    if fresh.account_id or fresh.left_at:
        raise Refused(Refusal("own", "这位评委自己在手机上打分"))
    return _score(step, fresh, bid, points, reason, "paper")


def _score(step: Step, scorer: Scorer, bid: Bid, points: Sequence[int], reason: str, way: str) -> Score:
    one = step.selection
    fresh = Bid.objects.get(compound_id=one.compound_id, selection=one, pk=bid.pk)
    before = queries.last_scores(one).get((fresh.pk, scorer.pk))
    no = rules.may_score(
        entered=fresh.price_fen is not None,
        ruled_out=fresh.out_at is not None,
        before=before is not None,
        reason=reason,
    )
    ask_at(no)
    ask(rules.check_points(queries.criteria_of(one), points))
    made = Score(
        id=uuid7(), compound_id=one.compound_id, selection=one, bid=fresh, scorer=scorer, turn=before.turn + 1 if before else 1,
        points=list(points), total=sum(points), way=way, reason=reason.strip()[:WORDS_MOST], at=step.at, account_id=step.by.account_id,
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, data={"bid": fresh.number, "scorer": scorer.place, "turn": made.turn}, internal=True)
    return made


@one_act()
def publish(*, by: Actor, selection: Selection, at: datetime, once: UUID | None = None) -> Selection:
    """Every scorer has scored every company: the sums are out. Raises Refused."""
    step = begin(selection, by=by, act=Act.PUBLISH, at=at, once=once)
    if step.done_before:
        return step.selection
    one = step.selection
    rows, judges = queries.bids(one), queries.scorers(one)
    ask(queries.refuse_publish(one, rows, judges))
    one.published_at = at
    with in_chinese():
        post(
            step,
            "announcement",
            "选聘物业服务企业评分结果",
            _results(one, queries.ranking(one, rows, judges), len(judges)),
        )
    finish(step, data={"bids": len(rows)})
    return one


def _results(one: Selection, ranked: Sequence[queries.Ranked], judges: int) -> str:
    lines = [f"{judges} 位评委打分，满分 {rules.POINTS} 分。平均分："]
    lines += [f"第 {row.rank} 名：{row.bid.company}，{rules.average(row.total, judges)} 分" for row in ranked]
    lines.append("评分供业主参考，选哪一家由业主大会表决决定。")
    return "\n".join(lines)


# ── the vote ────────────────────────────────────────────────────────────────────────────────────────────────────────


@one_act()
def put(
    *, by: Actor, selection: Selection, bid: Bid, item: Item | None, reason: str = "", at: datetime, once: UUID | None = None
) -> Put | None:  # fmt: skip
    """Owners are asked about one company by an item of a session that names it (matter 4); without one both are drafted. Raises Refused."""
    step = begin(selection, by=by, act=Act.PUT, at=at, once=once)
    done = queries.puts(step.selection)
    if step.done_before:
        return done[-1]
    one = step.selection
    ranked = queries.ranking(one, queries.bids(one), queries.scorers(one))
    best = next((row for row in ranked if row.bid.pk == bid.pk), None)
    if best is None or any(row.bid_id == bid.pk and queries.refused(one, row) for row in done):
        raise Refused(Refusal("bid", "选一家还没表决过的公司"), "bid")
    item = item or _drafted(step, best.bid)
    fresh = Item.objects.select_related("session").get(compound_id=one.compound_id, pk=item.pk)
    no = rules.may_put(
        matter_no=fresh.matter_no, plain=fresh.form == "approve" and not fresh.scope, same_body=fresh.session.body_id == one.body_id,
        ahead=fresh.session.state in queries.AHEAD, taken=queries.put_before(one.compound_id, fresh),
        named=best.bid.company in f"{fresh.title}{fresh.summary}",
        dismissed=_dismissal(one) in f"{fresh.title}{fresh.summary}", first=best.rank == 1, reason=reason,
        objections=queries.open_objections(one),
    )  # fmt: skip
    ask_at(no)
    made = Put(
        id=uuid7(), compound_id=one.compound_id, selection=one, turn=len(done) + 1, bid=best.bid, item=fresh,
        reason=reason.strip()[:WORDS_MOST], at=at, account_id=by.account_id,
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, words=made.reason, data={"bid": best.bid.number, "session": fresh.session.number})
    return made


def _drafted(step: Step, bid: Bid) -> Item:
    """Nobody is bound by its dates: whoever convenes sets them before the notice."""
    one = step.selection
    assert bid.price_fen and one.months
    opens, closes = rules.suggested(step.today, drafting.profile(one.compound).values)
    with in_chinese():
        session = drafting.draft_session(
            by=step.by, compound=one.compound, title="选聘物业服务企业的业主大会会议", ground="committee", opens_at=opens, closes_at=closes,
            contact=one.contact, at=step.at,
        )  # fmt: skip
        summary = (
            f"{'，'.join(filter(None, (_dismissal(one), bid.company)))}，住宅每平方米每月 {yuan(bid.price_fen)} 元，{rules.FEE_MODELS[one.fee_model]}，"
            f"合同 {one.months} 个月。承诺：{bid.promise}"
        )
        item = drafting.add_item(
            by=step.by, session=session, matter_no=4, title=_with_dismissal(one, bid)[: drafting.TITLE_MOST], summary=summary, at=step.at
        )  # fmt: skip
    assert item
    return item


def _dismissal(one: Selection) -> str:
    return rules.dismissal(one.ground, one.old.name if one.old else "")


def _with_dismissal(one: Selection, bid: Bid) -> str:
    """What the owners decide."""
    return "，".join(filter(None, (_dismissal(one), f"选聘{bid.company}")))


@one_act()
def decide(*, by: Actor, selection: Selection, at: datetime, once: UUID | None = None) -> Selection:
    """What the announced result gave, once it stands: the company is chosen, or another may be put. Raises Refused."""
    step = begin(selection, by=by, act=Act.DECIDE, at=at, once=once)
    if step.done_before:
        return step.selection
    one, last = step.selection, queries.puts(step.selection)[-1]
    said = queries.answer_of(one, last)
    ask(queries.refuse_decide(said, step.today))
    if said.announced and said.result == "passed":
        one.chosen, one.chosen_at = last.bid, at
        step.to(State.CHOSEN)
        with in_chinese():
            post(
                step,
                "announcement",
                "业主大会选定物业服务企业",
                f"业主大会决定{_with_dismissal(one, last.bid)}（{rules.VOTE_ARTICLE}）。",
            )
    else:
        step.to(State.SCORED)
    data: dict[str, Any] = {"bid": last.bid.number, "result": said.result, "cancelled": said.cancelled}
    finish(step, data=data)
    return one
