"""Why another company is looked for, the written notice, the plan with its scorers, and what residents say to it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.access import standings
from linli.people.models import Account, Organisation, Post
from linli.people.rules import Body
from linli.people.rules.bindings import same_name
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.counters import next_value
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...access.selections import running, starts
from ...models import FormationObjection, Scorer, Selection
from ...queries import selections as queries
from ...rules import selections as rules
from ...rules.selections import Act, Ground, State
from ..objecting import keep, reply
from .base import SUBJECT, Step, ask_at, begin, finish, in_chinese, post, told

CONTACT_MOST, NAME_MOST, REASON_MOST, SERVICES_MOST, DELIVERED_MOST, CLAUSE_MOST = 80, 40, 200, 1000, 120, 80
MONTHS_MOST = 120


def start(
    *, by: Actor, compound: Compound, ground: str, contact: str, at: datetime, once: UUID | None = None
) -> Selection:
    """By the head of the committee (or of the body in its place), one at a time. Raises Refused."""
    if by.compound_id != compound.pk or not starts(by):
        raise Refused(Refusal("not_yours", "选聘由业委会主任或者物管会主任发起"))
    assert by.body_id
    if once and (first := Selection.objects.filter(compound_id=compound.pk, once=once).first()):
        return first
    if ground not in rules.GROUNDS:
        raise Refused(Refusal("ground", "选一个原因"), "ground")
    old = _present(compound)
    if (ground == Ground.NONE) == (old is not None):
        no = Refusal("company", "小区有物业公司，选它为什么要换") if old else Refusal("no_old", "小区现在没有物业公司")
        raise Refused(no, "ground")
    made = Selection(
        id=uuid7(), compound=compound, number=0, once=once, body=Organisation.objects.get(pk=by.body_id), old=old, ground=ground,
        contact=written(contact, "contact", CONTACT_MOST), started_at=at, turn_since=at,
    )  # fmt: skip
    try:
        with one_act():
            made.number = next_value(compound.pk, SUBJECT)
            made.save(force_insert=True)
            told(made, by, Act.START, at, None, data={"ground": ground})
            return made
    except IntegrityError:
        if once and (again := Selection.objects.filter(compound_id=compound.pk, once=once).first()):
            return again
        if running(compound.pk):
            raise Refused(Refusal("running", "已经有一次选聘在办")) from None
        raise


def _present(compound: Compound) -> Organisation | None:
    rows = Organisation.objects.filter(compound=compound, kind=Body.PROPERTY, ended_on=None)
    return rows.order_by("id").last()


# ── the notice that the present contract ends ───────────────────────────────────────────────────────────────────────


@one_act()
def give_notice(
    *, by: Actor, selection: Selection, given_on: date, ends_on: date, delivered: str, agreed: int | None = None, clause: str = "",
    at: datetime, once: UUID | None = None,
) -> Selection:  # fmt: skip
    """The written notice as it went (or as the company gave it): everybody reads the day. Raises Refused."""
    step = begin(selection, by=by, act=Act.NOTICE, at=at, once=once)
    if step.done_before:
        return step.selection
    made = step.selection
    no = rules.may_give_notice(
        ground=made.ground, decided=made.chosen_at is not None, given=made.given_on is not None, given_on=given_on, ends_on=ends_on,
        agreed=agreed, clause=clause, today=step.today,
    )  # fmt: skip
    ask_at(no)
    made.given_on, made.ends_on, made.notice_days = given_on, ends_on, agreed
    made.clause, made.delivered = clause.strip()[:CLAUSE_MOST], written(delivered, "delivered", DELIVERED_MOST)
    with in_chinese():
        post(step, "announcement", "物业服务合同结束的告知", _notice(made))
    finish(step, data={"given_on": given_on.isoformat(), "ends_on": ends_on.isoformat()})
    return made


def _notice(made: Selection) -> str:
    assert made.old and made.given_on and made.ends_on
    two = (made.old.name, "业主") if made.ground == Ground.LEAVES else (made.body.name, made.old.name)
    return (
        f"{made.compound.name}全体业主：\n一、{rules.GROUNDS[Ground(made.ground)]}。{whole(made.given_on)}，{two[0]}书面"
        f"告知{two[1]}：物业服务合同到 {whole(made.ends_on)} 结束。依据：{rules.GROUND_ARTICLES[Ground(made.ground)]}。\n"
        f"二、合同结束以后、新公司接管以前，原公司应当继续处理物业服务事项，可以收取这段时间的物业费（{rules.GAP_ARTICLE}）。\n"
        f"三、联系：{made.contact}。"
    )


# ── the plan ────────────────────────────────────────────────────────────────────────────────────────────────────────


@one_act()
def set_plan(
    *, by: Actor, selection: Selection, services: str, months: int, fee_model: str, price_cap: int | None, least: int,
    criteria: Sequence[tuple[str, int]], comments_until: date, at: datetime, once: UUID | None = None,
) -> Selection:  # fmt: skip
    """Written anew as often as needed; one that was put up is put up again. Raises Refused."""
    step = begin(selection, by=by, act=Act.SET_PLAN, at=at, once=once)
    if step.done_before:
        return step.selection
    made = step.selection
    if fee_model not in rules.FEE_MODELS:
        raise Refused(Refusal("fee_model", "选一种收费方式"), "fee_model")
    if not 1 <= months <= MONTHS_MOST:
        raise Refused(Refusal("months", "合同期写 1 到 %(most)s 个月", values={"most": MONTHS_MOST}), "months")
    if least < 1:
        raise Refused(Refusal("least", "至少一家"), "least")
    ask(rules.check_criteria(criteria), "criteria")
    made.services, made.months, made.fee_model = written(services, "services", SERVICES_MOST), months, fee_model
    made.price_cap, made.least, made.comments_until = price_cap, least, comments_until
    made.criteria = [[label.strip()[:NAME_MOST], points] for label, points in criteria]
    if made.state != State.PREPARING:
        step.to(State.PREPARING)
    finish(step, internal=True)
    return made


@one_act()
def name_scorer(
    *, by: Actor, selection: Selection, name: str, side: str, declared: bool, phone: str = "", at: datetime, once: UUID | None = None
) -> Scorer | None:  # fmt: skip
    """`phone`: of an account that stands here, so that he scores by himself; without one his paper is entered. Raises Refused."""
    step = begin(selection, by=by, act=Act.NAME_SCORER, at=at, once=once)
    if step.done_before:
        return None
    if side not in rules.SIDES:
        raise Refused(Refusal("side", "选一个身份"), "side")
    if not declared:
        raise Refused(Refusal("undeclared", "先声明和投标的公司、现在的物业公司没有利害关系"), "declared")
    name, account = written(name, "name", NAME_MOST), _account(step, phone) if phone else None
    there = queries.scorers(step.selection, gone=True)
    if any(not row.left_at and (same_name(row.name, name) or (account and row.account_id == account)) for row in there):
        raise Refused(Refusal("named", "已经是评委了"), "name")
    made = Scorer(
        id=uuid7(), compound_id=step.selection.compound_id, selection=step.selection, place=len(there) + 1, name=name, side=side,
        account_id=account, named_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, data={"place": made.place, "side": side})
    return made


def _account(step: Step, phone: str) -> UUID:
    """Of somebody who lives or has a post here, and none in a property company: who serves here does not judge who comes."""
    account = Account.objects.filter(phone=phone, is_active=True).first()
    if account is None or not standings(account.pk, step.selection.compound, step.today):
        raise Refused(Refusal("no_account", "这个号码在本小区没有岗位，也没有绑定房屋"), "phone")
    posts = Post.objects.filter(account=account, organisation__kind=Body.PROPERTY, organisation__ended_on=None)
    if any(post.to_day is None or post.to_day >= step.today for post in posts):
        raise Refused(Refusal("property", "物业公司的人不能当评委"), "phone")
    return account.pk


@one_act()
def release_scorer(
    *, by: Actor, selection: Selection, scorer: Scorer, reason: str, at: datetime, once: UUID | None = None
) -> Scorer:
    """Has an interest after all, or cannot come; scores given by then are not counted. Raises Refused."""
    step = begin(selection, by=by, act=Act.RELEASE_SCORER, at=at, once=once)
    fresh = Scorer.objects.get(compound_id=step.selection.compound_id, pk=scorer.pk)
    if step.done_before or fresh.left_at:
        return fresh
    fresh.left_at, fresh.left_why = at, written(reason, "reason", REASON_MOST)
    fresh.save(update_fields=["left_at", "left_why"])
    finish(step, words=fresh.left_why, data={"place": fresh.place})
    return fresh


@one_act()
def put_up(*, by: Actor, selection: Selection, at: datetime, once: UUID | None = None) -> Selection:
    """The plan is out, with its scorers' number and every item's points; from now on it stands. Raises Refused."""
    step = begin(selection, by=by, act=Act.PLAN, at=at, once=once)
    if step.done_before:
        return step.selection
    made = step.selection
    ask(queries.refuse_plan(made, step.today))
    made.planned_at = at
    with in_chinese():
        post(step, "public_notice", "选聘物业服务企业方案", plan_words(made, len(queries.scorers(made))))
    finish(step)
    return made


def plan_words(made: Selection, scorers: int) -> str:
    assert made.comments_until
    items = "、".join(f"{label} {points} 分" for label, points in made.criteria)
    cap = f"，最高 {yuan(made.price_cap)} 元" if made.price_cap else ""
    return (
        f"{made.compound.name}全体业主：\n一、服务内容：{made.services}\n"
        f"二、合同期 {made.months} 个月，{rules.FEE_MODELS[made.fee_model]}，住宅按每平方米每月报价{cap}。\n"
        f"三、评委 {scorers} 人，评分项目：{items}，共 {rules.POINTS} 分。投标少于 {made.least} 家的，延长一次。\n"
        f"四、选聘由业主大会表决决定（{rules.VOTE_ARTICLE}），评分只供业主参考。\n"
        f"五、有意见的，{whole(made.comments_until)} 以前提出。联系：{made.contact}。"
    )


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


# ── what residents say ──────────────────────────────────────────────────────────────────────────────────────────────


@one_act()
def object_to(
    *, by: Actor, selection: Selection, words: str, at: datetime, once: UUID | None = None
) -> FormationObjection:
    """To the plan, or to the scores before the vote. Raises Refused."""
    step = begin(selection, by=by, act=Act.OBJECT, at=at, once=once)
    if step.done_before:
        return FormationObjection.objects.get(compound_id=step.selection.compound_id, once=once)
    about = "plan" if step.selection.state == State.PLANNED else "scores"
    made = keep(by=by, of=step.selection, about=about, words=words, at=at, once=once)
    finish(step, data={"about": about}, internal=True)
    return made


@one_act()
def answer(
    *, by: Actor, selection: Selection, objection: FormationObjection, upheld: bool, words: str, at: datetime, once: UUID | None = None
) -> FormationObjection:  # fmt: skip
    """Once, for everybody to read. Raises Refused."""
    step = begin(selection, by=by, act=Act.ANSWER, at=at, once=once)
    fresh = FormationObjection.objects.get(compound_id=step.selection.compound_id, pk=objection.pk)
    if step.done_before or fresh.answered_at:
        return fresh
    reply(by=by, row=fresh, upheld=upheld, words=words, at=at)
    finish(step, data={"about": fresh.about, "upheld": upheld}, internal=True)
    return fresh


@one_act()
def cancel(*, by: Actor, selection: Selection, reason: str, at: datetime, once: UUID | None = None) -> Selection:
    """Before a contract is signed; everybody reads why. Raises Refused."""
    step = begin(selection, by=by, act=Act.CANCEL, at=at, once=once)
    if not step.done_before:
        step.selection.cancelled_at, step.selection.reason = at, written(reason, "reason", REASON_MOST)
        finish(step, words=step.selection.reason)
    return step.selection
