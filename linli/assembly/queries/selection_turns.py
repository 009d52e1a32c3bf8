"""Of a selection's page: whose turn it is, the one next thing, what else may be done, and the steps with their articles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal
from linli.plumbing.addresses import address, numbered
from linli.plumbing.labels import article, label, said
from linli.plumbing.moments import moment, short, whole

from ..models import Bid, HandOver, Put, Scorer, Selection, ServiceContract, Session
from ..rules import selections as rules
from ..rules.dates import local
from ..rules.selections import AFTER_VOTE, Act, Ground, State, Thing, Who
from ..rules.sessions import State as SessionState
from ..words.selections import ARTICLES, HANDED, STATES
from . import selections as queries

S = State
Step = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A selection as this reader sees it, each part read once."""

    one: Selection
    parts: frozenset[Who]
    can: frozenset[Act]
    now: datetime
    bids: Sequence[Bid]
    judges: Sequence[Scorer]
    mine: Scorer | None
    puts: Sequence[Put]
    answer: queries.Answer | None
    contract: ServiceContract | None
    handed: Mapping[str, Sequence[HandOver]]
    open_objections: int
    in_hand: int = 0

    @property
    def slug(self) -> str:
        return str(self.one.compound.slug)

    @property
    def today(self) -> date:
        return local(self.now)

    @property
    def works(self) -> bool:
        return bool(self.parts & {Who.LEADER, Who.WORKER})

    def things(self) -> dict[str, Thing]:
        return {key: queries.thing_of(rows) for key, rows in self.handed.items()}


def whose(seen: Seen) -> dict[str, Any]:
    """The mark, who it is, since when."""
    one, since = seen.one, _("%(when)s 起") % {"when": moment(seen.one.turn_since, seen.now)}
    mark, words = _whose(seen)
    late = one.state == S.ENTERED and one.handover_until is not None and seen.today > one.handover_until
    return {"turn": mark, "title": words, "note": f"{STATES[one.state]} · {since}", "late": late}


def _whose(seen: Seen) -> tuple[str, str]:
    one, today = seen.one, seen.today
    waits = {
        S.PLANNED: (one.comments_until, "you", _("大家提意见，到 %(day)s")),
        S.BIDDING: (one.bids_until, "outside", _("等各家公司投标，到 %(day)s")),
    }
    until, mark, words = waits.get(S(one.state), (None, "", ""))
    if until and today <= until:
        return mark, words % {"day": whole(until)}
    if one.state == S.SCORING and (missing := queries.missing_scores(one, seen.bids, seen.judges)):
        return "outside", _("轮到评委，还差 %(n)s 份评分") % {"n": missing}
    if one.state == S.VOTING and seen.answer and not seen.answer.cancelled and not seen.answer.announced:
        return "you", _("轮到业主：投票决定")
    if one.state == S.ENTERED:
        open_ = {Thing.OPEN, Thing.SHORT} & set(seen.things().values())
        return (
            ("inner", _("轮到原物业公司：交接")) if open_ else ("middle", _("轮到%(body)s") % {"body": one.body.name})
        )
    if one.state == S.DONE:
        return "done", _("办完了")
    if one.state == S.CANCELLED:
        return "nobody", _("没有办下去")
    return "middle", _("轮到%(body)s") % {"body": one.body.name}


# ── the one next thing ──────────────────────────────────────────────────────────────────────────────────────────────


def act(seen: Seen, which: Act, words: str, no: Refusal | None = None, *more: object) -> Step | None:
    """Where the step is done; what is not lawful yet is shown with its reason, and cannot be pressed."""
    if which not in seen.can:
        return None
    if no:
        return {"label": words, "why": said(no), "article": article(no)}
    return {"label": words, "href": address("assembly:selection-act", seen.slug, seen.one.number, which.value)}


def _first(no: tuple[Refusal, str] | None) -> Refusal | None:
    return no[0] if no else None


def next_of(seen: Seen) -> Step | None:
    makes = {
        S.PREPARING: _prepare, S.PLANNED: _call, S.BIDDING: _open, S.SCORING: _score, S.SCORED: _put, S.VOTING: _decide, S.CHOSEN: _sign,
        S.SIGNED: lambda seen: act(seen, Act.FILE, _("记备案")), S.FILED: _admit, S.ENTERED: _hand,
    }  # fmt: skip
    made = makes.get(S(seen.one.state))
    return made(seen) if made else None


def _prepare(seen: Seen) -> Step | None:
    one = seen.one
    if one.given_on is None and one.ground not in AFTER_VOTE | {Ground.NONE} and Act.NOTICE in seen.can:
        return act(seen, Act.NOTICE, _("记书面告知"))
    if not one.services:
        return act(seen, Act.SET_PLAN, _("写选聘方案"))
    no = queries.refuse_plan(one, seen.today)
    if no and no.key == "scorers" and Act.NAME_SCORER in seen.can:
        return act(seen, Act.NAME_SCORER, _("加一位评委"))
    return act(seen, Act.PLAN, _("公示方案"), no)


def _call(seen: Seen) -> Step | None:
    return act(seen, Act.CALL, _("发招标公告"), _first(queries.refuse_call(seen.one, seen.today)))


def _open(seen: Seen) -> Step | None:
    one = seen.one
    if one.bids_until and seen.today <= one.bids_until:
        return act(seen, Act.RECEIVE, _("收一份投标书"))
    no = _first(queries.refuse_open(one, seen.today, ("", "-")))
    if no and no.key in {"too_few", "no_bids"}:
        return act(seen, Act.EXTEND, _("延长投标时间"))
    return act(seen, Act.OPEN, _("当众开标"), no)


def _score(seen: Seen) -> Step | None:
    one, rows = seen.one, queries.standing(seen.bids)
    if seen.mine:
        held = queries.last_scores(one)
        bid = next((b for b in rows if b.price_fen is not None and (b.pk, seen.mine.pk) not in held), None)
        if bid:
            href = address("assembly:selection-score", seen.slug, one.number, bid.number)
            return {"label": _("给%(company)s打分") % {"company": bid.company}, "href": href}
    if Act.ENTER in seen.can and (bid := next((b for b in rows if b.price_fen is None), None)):
        href = address("assembly:selection-bid", seen.slug, one.number, bid.number, Act.ENTER.value)
        return {"label": _("录%(company)s的投标书") % {"company": bid.company}, "href": href}
    return act(seen, Act.PUBLISH, _("公布评分"), queries.refuse_publish(one, seen.bids, seen.judges))


def _put(seen: Seen) -> Step | None:
    no = None
    if seen.open_objections:
        no = Refusal("objections", "还有 %(n)s 条意见没答复", values={"n": seen.open_objections})
    return act(seen, Act.PUT, _("提请业主大会表决"), no)


def _decide(seen: Seen) -> Step | None:
    assert seen.answer
    if Act.DECIDE in seen.can and (seen.answer.announced or seen.answer.cancelled):
        return act(seen, Act.DECIDE, _("按表决结果办"), queries.refuse_decide(seen.answer, seen.today))
    href = session_of(seen, seen.answer.session)
    return {"label": _("看这次会议"), "href": href} if href else None


def session_of(seen: Seen, session: Session) -> str:
    """A draft is for those who work on it."""
    shown = seen.works or session.state != SessionState.DRAFTING
    return numbered("assembly:session", seen.slug, session.number) if shown else ""


def _sign(seen: Seen) -> Step | None:
    if seen.one.given_on is None and seen.one.ground in AFTER_VOTE and Act.NOTICE in seen.can:
        return act(seen, Act.NOTICE, _("记书面告知"))
    return act(seen, Act.SIGN, _("记合同"))


def _admit(seen: Seen) -> Step | None:
    assert seen.contract
    return act(seen, Act.ADMIT, _("新公司进场"), queries.refuse_admit(seen.one, seen.contract, seen.today))


def _hand(seen: Seen) -> Step | None:
    """What waits for this reader first."""
    which, wanted = (Act.GIVE, {Thing.OPEN, Thing.SHORT}) if Who.OLD in seen.parts else (Act.TAKE, {Thing.GIVEN})
    key = next((key for key, thing in seen.things().items() if thing in wanted), None)
    if key and which in seen.can:
        words = _("交出：%(what)s") if which == Act.GIVE else _("点收：%(what)s")
        href = address("assembly:selection-hand", seen.slug, seen.one.number, key, which.value)
        return {"label": words % {"what": HANDED[key]}, "href": href}
    if seen.in_hand and Act.HAND_ON in seen.can:
        return act(seen, Act.HAND_ON, _("把没办完的诉求转给新公司"))
    return _leave(seen)


def _leave(seen: Seen) -> Step | None:
    return act(seen, Act.LEAVE, _("原公司退场"), rules.may_go(seen.in_hand)) if seen.one.left_at is None else None


def more_of(seen: Seen) -> list[Step]:
    """Quieter things."""
    one, rows = seen.one, []
    if one.given_on is None and one.state not in {S.PREPARING} and one.ground != Ground.NONE:
        late = one.ground in AFTER_VOTE and one.chosen_at is None
        rows.append(None if late else act(seen, Act.NOTICE, _("记书面告知")))
    if one.services:
        rows.append(act(seen, Act.SET_PLAN, _("改方案") if one.state == S.PREPARING else _("改方案，重新公示")))
    rows.append(act(seen, Act.NAME_SCORER, _("加一位评委")))
    if one.state == S.BIDDING:
        rows.append(act(seen, Act.EXTEND, _("延长投标时间")))
    rows.append(act(seen, Act.CORRECT, _("合同录错了，更正")))
    rows.append(act(seen, Act.OBJECT, _("提意见")))
    if one.state == S.ENTERED and one.left_at is None:
        if seen.in_hand:
            rows.append(act(seen, Act.HAND_ON, _("把没办完的诉求转给新公司")))
        rows.append(_leave(seen))
    rows.append(act(seen, Act.CANCEL, _("不办了")))
    first = next_of(seen)
    return [row for row in rows if row and not (first and row["label"] == first["label"])]


# ── the steps ───────────────────────────────────────────────────────────────────────────────────────────────────────


def steps(seen: Seen) -> list[Step]:
    """Each with its day or its latest day and the article that sets it; the first that is not done is the present one."""
    rows = _before_vote(seen) + _vote(seen) + _after_vote(seen)
    current = next((row for row in rows if row["state"] != "done"), None)
    if current and seen.one.state not in {S.CANCELLED, S.DONE}:
        current["state"] = "now"
    return rows


def _row(seen: Seen, title: str, reached: State, dates: str = "", note: str = "", href: str = "") -> Step:
    done = seen.one.state != S.CANCELLED and rules.ORDER.index(S(seen.one.state)) >= rules.ORDER.index(reached)
    return {"title": title, "dates": dates, "note": note, "href": href, "state": "done" if done else "todo"}


def _notice(seen: Seen) -> list[Step]:
    one = seen.one
    if one.ground == Ground.NONE:
        return []
    days = rules.notice_days(one.ground, one.notice_days)
    what = _("%(article)s：提前 %(days)s 天书面通知") % {"article": ARTICLES[one.ground], "days": days}
    said_ = ""
    if one.given_on and one.ends_on:
        said_ = _("%(given)s 通知，合同到 %(ends)s") % {"given": whole(one.given_on), "ends": whole(one.ends_on)}
        if rules.too_short(one.ground, given_on=one.given_on, ends_on=one.ends_on, days=days):
            what = _("%(rule)s；这次没有提前这么多天") % {"rule": what}
        if one.notice_days is not None:
            what = _("合同另有约定：提前 %(days)s 天（%(clause)s）") % {"days": one.notice_days, "clause": one.clause}
    title = _("原公司告知不续签") if one.ground == Ground.LEAVES else _("书面告知原公司合同结束")
    return [{"title": title, "dates": said_, "note": what, "href": "", "state": "done" if one.given_on else "todo"}]


def _before_vote(seen: Seen) -> list[Step]:
    one = seen.one
    first = _notice(seen) if one.ground not in AFTER_VOTE else []
    comments = _("公示到 %(day)s") % {"day": whole(one.comments_until)} if one.comments_until and one.planned_at else ""
    until = _("投标到 %(day)s") % {"day": whole(one.bids_until)} if one.bids_until else ""
    extended = _("延长过，原来到 %(day)s") % {"day": whole(one.extended_from)} if one.extended_from else ""
    opened = short(one.opened_at) if one.opened_at else ""
    judges = _("%(n)s 位评委，整数打分，程序相加") % {"n": len(seen.judges)} if seen.judges else ""
    return [
        *first,
        _row(seen, _("公示选聘方案"), S.BIDDING, comments, _("至少公示 %(n)s 天，有意见要答复") % {"n": rules.COMMENT_DAYS}),
        _row(seen, _("招标"), S.SCORING, until, extended or _("至少 %(n)s 天；开标以前谁也不知道报价") % {"n": rules.BID_DAYS}),
        _row(seen, _("当众开标、评分"), S.SCORED, opened, judges),
    ]  # fmt: skip


def _vote(seen: Seen) -> list[Step]:
    href, said_ = "", ""
    if seen.answer:
        href = session_of(seen, seen.answer.session)
        if seen.answer.until:
            said_ = _("异议期到 %(day)s") % {"day": whole(seen.answer.until)}
    note = _("%(article)s：参与投票的过半数") % {"article": label(rules.VOTE_ARTICLE)}
    return [_row(seen, _("业主大会表决"), S.CHOSEN, said_, note, href)]


def _after_vote(seen: Seen) -> list[Step]:
    one = seen.one
    late = _notice(seen) if one.ground in AFTER_VOTE else []
    contract, starts = "", ""
    if seen.contract:
        contract, starts = (
            whole(seen.contract.signed_on),
            _("合同从 %(day)s 开始") % {"day": whole(seen.contract.starts_on)},
        )
    rows = [
        *late,
        _row(seen, _("签物业服务合同"), S.SIGNED, contract, _("%(article)s：书面签，不能改业主表决过的价") % {"article": label(rules.CONTRACT_ARTICLE)}),
        _row(seen, _("送街道、房管部门备案"), S.FILED, whole(one.filed_on) if one.filed_on else "", _("期限以当地规定为准")),
        _row(seen, _("新公司进场"), S.ENTERED, short(one.entered_at) if one.entered_at else starts,
             _("%(article)s：接管以前，原公司继续服务") % {"article": label(rules.GAP_ARTICLE)}),
    ]  # fmt: skip
    if one.ground != Ground.NONE:
        until = _("%(day)s 前交清") % {"day": whole(one.handover_until)} if one.handover_until else ""
        note = _("%(article)s：退出、交还用房、设施和资料") % {"article": label(rules.HAND_OVER_ARTICLE)}
        rows.append(_row(seen, _("交接，原公司退场"), S.DONE, until, note))
    return rows
