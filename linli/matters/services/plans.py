"""A project on a matter (M1) and a traffic plan (M35): each step a verb, told on the matter's own line."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import draft
from linli.people.models import Organisation
from linli.people.rules import PARTY_OF_BODY, Body
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.whole import one_act

from ..access import parts_in
from ..models import Matter, Plan, PlanOption, PlanVoice, PlanWay, Quotation
from ..queries.plans import failed, gated, options_of, plan_of, voices_of, ways_of
from ..queries.whistles import of_matter
from ..rules import categories, gates, plans, times
from ..rules.beside import put
from ..rules.help import yuan
from ..rules.plans import Act, Kind, Step
from ..rules.publicity import public_name
from ..rules.states import NEEDS
from ..rules.states import Act as MatterAct
from .gates import ask_anew
from .intake import responsible
from .papers import Ready, keep_of
from .steps import SUBJECT, counts_of, locked, look_at_clocks, shift_counts, stop
from .taken import took

AFTER_MOST = 20


def _ready_for(act: Act, by: Actor, matter: Matter, once: UUID | None) -> tuple[Matter, Plan | None]:
    """The locked matter with its plan; no plan where the same submit was done. Raises Refused."""
    m = locked(matter)
    if done_before(m.compound_id, once):
        return m, None
    plan = plan_of(m)
    if plan is None or not m.open:
        raise Refused(Refusal("wrong_state", "这件事已经变了，请看现在到哪一步"))
    if no := plans.refuse(act, Kind(plan.kind), Step(plan.step), parts_in(m, by), failed=failed(m)):
        raise Refused(no)
    return m, plan


def _note(
    by: Actor, m: Matter, plan: Plan, act: Act, at: datetime, once: UUID | None, *, words: str = "", **data: Any
) -> Matter:
    to = plans.TABLE[act].to
    if to is not None:
        plan.step = to
        plan.reached = {**plan.reached, str(to): at.isoformat()}
    plan.save(force_update=True)
    if ended := times.stops(act, m.urgency):
        before = counts_of(m)
        look_at_clocks(m, stop(m, ended, at))
        m.save(update_fields=["due_at", "next_due_at", "next_clock", "overdue", "listed_at"])
        shift_counts(m, before)
    record(
        by=by, act=act, subject_kind=SUBJECT, subject_id=m.pk, at=at, compound_id=m.compound_id, words=words[:400],
        data={"kind": plan.kind, **data}, once=once,
    )  # fmt: skip
    took(m.compound_id, [m.pk], by=by, act=act, at=at)
    return m


@one_act()
def open_plan(*, by: Actor, matter: Matter, kind: str, at: datetime, once: UUID | None = None) -> Matter:
    """A member of the committee, or the community, takes it up and sees it through: theirs is the first receipt from now on
    (M1). Raises Refused."""
    m = locked(matter)
    if done_before(m.compound_id, once):
        return m
    if no := plans.refuse_open(parts_in(m, by), plan_of(m) is not None, m.open):
        raise Refused(no)
    if kind not in plans.KINDS:
        raise Refused(Refusal("missing_kind", "请选是哪一种"), field="kind")
    plan = Plan(
        compound_id=m.compound_id,
        matter=m,
        kind=kind,
        step=Step.RAISED,
        reached={Step.RAISED: at.isoformat()},
        post_id=by.role_id,
    )
    plan.save(force_insert=True)
    put(m, plans.KIND)
    data = {
        "kind": kind,
        "post": str(by.role_id),
        "first_receiver_before": m.first_receiver.name if m.first_receiver else "",
    }
    m.first_receiver_id = by.body_id
    m.save(update_fields=["beside", "first_receiver"])
    record(
        by=by, act=Act.OPEN, subject_kind=SUBJECT, subject_id=m.pk, at=at, compound_id=m.compound_id, data=data, once=once
    )  # fmt: skip
    took(m.compound_id, [m.pk], by=by, act=Act.OPEN, at=at)
    return m


def _counted(text: str) -> list[list[Any]]:
    found = plans.counts(text)
    if found is None or len(found) > AFTER_MOST:
        raise Refused(Refusal("missing_counts", "一行写一样，后面是数，如：电动车 320"), field="counted")
    return [list(one) for one in found]


@one_act()
def verify(
    *, by: Actor, matter: Matter, counted: str, words: str = "", at: datetime, once: UUID | None = None
) -> Matter:
    """What there is, counted. Said again before there are options it replaces; both stay in the story."""
    m, plan = _ready_for(Act.VERIFY, by, matter, once)
    if plan is None:
        return m
    plan.before = _counted(counted)
    return _note(by, m, plan, Act.VERIFY, at, once, words=words.strip(), counts=plan.before)


@one_act()
def add_option(
    *, by: Actor, matter: Matter, site: str, supplier: str = "", price_fen: int | None = None, power_kw: int | None = None, words: str = "",
    papers: Sequence[Ready] = (), at: datetime, once: UUID | None = None,
) -> Matter:  # fmt: skip
    m, plan = _ready_for(Act.OPTION, by, matter, once)
    if plan is None:
        return m
    if not site.strip():
        raise Refused(Refusal("missing_site", "请写放在哪里，或者怎么走"), field="site")
    option = PlanOption(
        compound_id=m.compound_id, plan=plan, site=site.strip()[:80], supplier=supplier.strip()[:80], price_fen=price_fen, power_kw=power_kw,
        words=words.strip()[:400], at=at,
    )  # fmt: skip
    option.save(force_insert=True)
    kept = {row.pk: row for row in (keep_of(m, piece, at) for piece in papers)}
    for row in kept.values():
        Quotation(compound_id=m.compound_id, option=option, paper=row).save(force_insert=True)
    return _note(
        by, m, plan, Act.OPTION, at, once, words=option.words, site=option.site, price_fen=price_fen, files=len(kept)
    )


@one_act()
def add_opinion(
    *, by: Actor, matter: Matter, voice: str, who: str, words: str = "", asked: int | None = None, agree: int | None = None,
    against: int | None = None, at: datetime, once: UUID | None = None,
) -> Matter:  # fmt: skip
    """Of an agency its words; of the residents who were asked the figures."""
    m, plan = _ready_for(Act.OPINION, by, matter, once)
    if plan is None:
        return m
    if voice not in plans.VOICES:
        raise Refused(Refusal("missing_voice", "请选是谁的意见"), field="voice")
    if not who.strip():
        raise Refused(Refusal("missing_who", "请写是哪个部门，或者问了哪些人"), field="who")
    if voice == "agency" and not words.strip():
        raise Refused(Refusal("missing_words", NEEDS["words"]), field="words")
    if voice == "round" and (asked is None or not asked or (agree or 0) + (against or 0) > asked):
        raise Refused(Refusal("figures", "请写问了多少人；赞成加反对不会比问的人多"), field="asked")
    PlanVoice(
        compound_id=m.compound_id, plan=plan, kind=voice, who=who.strip()[:80], words=words.strip()[:400], asked=asked,
        agree=agree if asked is None else agree or 0, against=against if asked is None else against or 0, at=at,
    ).save(force_insert=True)  # fmt: skip
    figures = {"asked": asked, "agree": agree or 0, "against": against or 0} if voice == "round" else {}
    return _note(by, m, plan, Act.OPINION, at, once, words=words.strip(), voice=voice, who=who.strip()[:80], **figures)


@one_act()
def set_way(
    *, by: Actor, matter: Matter, way_in: str, direction: str, hours: str = "", at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    m, plan = _ready_for(Act.WAY, by, matter, once)
    if plan is None:
        return m
    if not way_in.strip():
        raise Refused(Refusal("missing_gate", "请写是哪个门"), field="way_in")
    if direction not in plans.DIRECTIONS:
        raise Refused(Refusal("missing_direction", "请选车怎么走"), field="direction")
    PlanWay(
        compound_id=m.compound_id, plan=plan, way_in=way_in.strip()[:40], direction=direction, hours=hours.strip()[:80], at=at
    ).save(force_insert=True)  # fmt: skip
    return _note(
        by, m, plan, Act.WAY, at, once, gate=way_in.strip()[:40], direction=direction, hours=hours.strip()[:80]
    )


def _agency_heard(m: Matter, plan: Plan) -> bool:
    """In writing, or by the answer to a whistle."""
    said = any(v.kind == "agency" for v in voices_of(plan))
    return said or any(ask.answer for _whistle, asks in of_matter(m) for ask in asks)


@one_act()
def choose(
    *, by: Actor, matter: Matter, option: PlanOption | None, words: str, at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    """What was agreed with the property company and the supplier; for traffic the residents and an agency were asked."""
    m, plan = _ready_for(Act.CHOOSE, by, matter, once)
    if plan is None:
        return m
    chosen = next((o for o in options_of(plan) if option and o.pk == option.pk), None)
    if chosen is None:
        raise Refused(Refusal("missing_option", "请选一个方案"), field="option")
    if not words.strip():
        raise Refused(Refusal("missing_words", NEEDS["words"]), field="words")
    if plan.kind == Kind.TRAFFIC and not any(v.kind == "round" for v in voices_of(plan)):
        raise Refused(Refusal("nobody_asked", "先问过居民，记下赞成和反对多少人"))
    if plan.kind == Kind.TRAFFIC and not _agency_heard(m, plan):
        raise Refused(Refusal("no_agency", "先问过交警、消防，记下部门的意见"))
    plan.chosen, plan.agreed = chosen, words.strip()[:400]
    m = _note(by, m, plan, Act.CHOOSE, at, once, words=plan.agreed, site=chosen.site)
    return ask_anew(by=by, matter=m, at=at) if failed(m) else m


def refuse_install(matter: Matter) -> Refusal | None:
    held = gates.blocks(MatterAct.RESOLVE, matter.gate, urgency=matter.urgency)
    return plans.refuse_start(gated=gated(matter), no=held)


@one_act()
def install(*, by: Actor, matter: Matter, words: str = "", at: datetime, once: UUID | None = None) -> Matter:
    """The work itself: nothing is put up before those who must decide did. Raises Refused."""
    m, plan = _ready_for(Act.INSTALL, by, matter, once)
    if plan is None:
        return m
    if no := refuse_install(m):
        raise Refused(no)
    return _note(by, m, plan, Act.INSTALL, at, once, words=words.strip())


@one_act()
def put_in_use(
    *, by: Actor, matter: Matter, counted: str, trial_from: date | None = None, review_on: date | None = None, words: str = "", at: datetime,
    once: UUID | None = None,
) -> Matter:  # fmt: skip
    """What there is now, counted again; traffic is only tried, until a day on which its effect is looked at."""
    m, plan = _ready_for(Act.USE, by, matter, once)
    if plan is None:
        return m
    if plan.kind == Kind.TRAFFIC:
        trial_from = trial_from or timezone.localdate(at)
        if review_on is None or review_on <= trial_from:
            raise Refused(Refusal("missing_review", "请写哪天看效果，要在试行以后"), field="review_on")
        plan.trial_from, plan.review_on = trial_from, review_on
        plan.after = _counted(counted) if counted.strip() else []
    else:
        plan.after = _counted(counted)
    until = review_on.isoformat() if plan.kind == Kind.TRAFFIC and review_on else ""
    return _note(by, m, plan, Act.USE, at, once, words=words.strip(), counts=plan.after, review_on=until)


@one_act()
def report_back(
    *, by: Actor, matter: Matter, words: str, counted: str = "", at: datetime, once: UUID | None = None
) -> Matter:
    """Becomes a draft notice, which the body's secretary may edit and its chair issues. A trial is looked at first. Raises Refused."""
    m, plan = _ready_for(Act.REPORT, by, matter, once)
    if plan is None:
        return m
    if not words.strip():
        raise Refused(Refusal("missing_words", NEEDS["words"]), field="words")
    if plan.review_on and timezone.localdate(at) < plan.review_on:
        raise Refused(Refusal("too_early", "还在试行，到了看效果的日子再写"))
    if counted.strip():
        plan.after = _counted(counted)
    compound = Compound.objects.get(pk=m.compound_id)
    own = Organisation.objects.filter(pk=by.body_id).first() if by.body_id else None
    ours = own if own and PARTY_OF_BODY[Body(own.kind)] in {"committee", "community"} else None
    body = ours or responsible(compound, "committee") or responsible(compound, "community")
    if body is None:
        raise Refused(Refusal("no_body", "这里没有能发公示的组织"))
    title = public_name(m.public_title, m.titled_at, categories.of(compound.settings).label(m.category))
    made = draft(
        by=by, compound_id=m.compound_id, body=body, kind="disclosure", title=f"{title}，办成了"[:80],
        words="\n".join(_notice(plan, words.strip())), key=f"plan:{plan.pk.hex}"[:40], at=at,
    )  # fmt: skip
    return _note(by, m, plan, Act.REPORT, at, once, words=words.strip(), posting=str(made.pk) if made else None)


def _notice(plan: Plan, words: str) -> list[str]:
    """Facts without anybody's name."""
    lines = [words]
    if plan.before:
        lines.append("原来：" + "，".join(f"{what} {n}" for what, n in plan.before))
    if plan.after:
        lines.append("现在：" + "，".join(f"{what} {n}" for what, n in plan.after))
    if plan.chosen:
        price = f"，{yuan(plan.chosen.price_fen)} 元" if plan.chosen.price_fen else ""
        lines.append(f"选的方案：{plan.chosen.site}{price}")
    lines += [
        f"{way.way_in}：{plans.DIRECTIONS[way.direction]}{'，' + way.hours if way.hours else ''}"
        for way in ways_of(plan)
    ]
    for voice in voices_of(plan):
        if voice.kind == "round":
            lines.append(f"问了 {voice.asked} 人，赞成 {voice.agree}，反对 {voice.against}")
    return lines
