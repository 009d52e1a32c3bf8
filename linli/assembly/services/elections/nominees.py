"""Who is put forward: by owners together, by himself, by the community; his consent, his conditions, and the list."""

from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import F

from linli.kernel import strokes
from linli.kernel.clock import period_end
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.models import Account, Ownership, Person
from linli.people.queries import account_of
from linli.places.models import Home
from linli.places.queries import calendar
from linli.plumbing.acts import Actor
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7

from ...models import Backing, Check, Formation, Nominee
from ...papers.common import short
from ...queries import elections as queries
from ...queries.held import in_term
from ...rules.elections.candidates import LEAVING, may_agree, may_leave, may_let_go, may_record_leaving, may_strike
from ...rules.elections.nominees import (
    WAYS,
    Way,
    fingerprint,
    in_time,
    left_off,
    may_back,
    may_list,
    unchecked,
)
from ...rules.elections.states import Act, Kind
from .base import Step, ask_at, begin, finish, in_chinese, post
from .candidates import ask_list, leave_ballot, put_on_ballot
from .evidence import keep

WHY_MOST = 200
UNKNOWN = Refusal("not_owner", "按这个房号和姓名，业主名册里没有找到")


def _first(step: Step) -> Nominee:
    return Nominee.objects.get(compound_id=step.formation.compound_id, once=step.once)


def _add(step: Step, owned: Ownership, home: Home, way: Way, why: str, phone: str, account_id: UUID | None) -> Nominee:
    rows = Nominee.objects.filter(
        compound_id=step.formation.compound_id, formation=step.formation, person_id=owned.person_id, dropped_at=None
    )
    if rows.exists():
        raise Refused(Refusal("nominated", "已经有人推荐他了，去给他联名就行"), "name")
    made = Nominee(
        id=uuid7(), compound_id=step.formation.compound_id, formation=step.formation, once=step.once, name=owned.person.name,
        person=owned.person, home=home, home_label=home.label, way=way, why=why.strip()[:WHY_MOST], phone=phone,
        account_id=account_id, nominated_at=step.at, nominated_by=step.by.account_id,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


@transaction.atomic
def nominate(
    *, by: Actor, formation: Formation, name: str, home: Home | None, way: str = Way.JOINT, why: str = "", phone: str = "",
    received: date | None = None, at: datetime, once: UUID | None = None,
) -> Nominee:  # fmt: skip
    """An owner puts another forward, and is the first to sign; a worker enters a form, or whom the community recommends."""
    step = begin(formation, by=by, act=Act.NOMINATE, at=at, once=once)
    if step.done_before:
        return _first(step)
    _in_time(step, received)
    if by.person_id and way != Way.JOINT or way not in WAYS:
        raise Refused(Refusal("way", "业主可以联名推荐，或者自荐"), "way")
    owned = queries.owner_named(home, name) if home else None
    if home is None or owned is None:
        raise Refused(UNKNOWN, "name")
    account_id = account_of(step.formation.compound_id, owned.person_id)
    made = _add(step, owned, home, Way(way), written(why, "why", WHY_MOST), phone or owned.person.phone, account_id)
    if by.person_id and by.person_id != owned.person_id:
        _sign_as_owner(step, made)
    finish(step, data={"nominee": str(made.pk), "way": way, "received": str(received or "")}, internal=True)
    return made


@transaction.atomic
def stand(
    *, by: Actor, formation: Formation, why: str, pledge: bool, at: datetime, once: UUID | None = None
) -> Nominee:
    """An owner puts himself forward: his consent and his pledge in one. Raises Refused."""
    step = begin(formation, by=by, act=Act.STAND, at=at, once=once)
    if step.done_before:
        return _first(step)
    _in_time(step, None)
    owned = _own(step)
    if not pledge:
        raise Refused(Refusal("no_pledge", "先看承诺，勾上才能自荐"), "pledge")
    mine = Nominee.objects.filter(
        compound_id=step.formation.compound_id, formation=step.formation, person_id=owned.person_id, dropped_at=None
    ).first()  # fmt: skip
    if mine:
        raise Refused(Refusal("nominated", "已经有人推荐您了，去同意就行"), "why")
    assert by.account_id
    home = Home.objects.get(compound_id=step.formation.compound_id, pk=owned.home_id)
    phone = Account.objects.values_list("phone", flat=True).get(pk=by.account_id)
    made = _add(step, owned, home, Way.SELF, written(why, "why", WHY_MOST), phone, by.account_id)
    made.consented_at, made.consent_way = at, by.channel
    made.save(update_fields=["consented_at", "consent_way"])
    finish(step, data={"nominee": str(made.pk), "way": Way.SELF}, internal=True)
    return made


def _in_time(step: Step, received: date | None) -> None:
    """Who enters a paper says when it was handed in. Raises Refused."""
    received = None if step.by.person_id else received
    ask_at(in_time(until=step.formation.recommend_until, today=step.today, received=received))


def _own(step: Step) -> Ownership:
    """Who stands there, as the register has him. Raises Refused."""
    by = step.by
    assert by.person_id and by.home_id
    owned = queries.owner_of(step.formation.compound_id, by.home_id, by.person_id)
    if owned is None:
        raise Refused(Refusal("not_owner", "业主名册里这套房没有您的名字，请找社区核对"))
    return owned


# ── signatures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _sign(step: Step, nominee: Nominee, home: Home, name: str, person: Person | None, field: str = "") -> None:
    done = queries.backed_by(step.formation, home.pk)
    if nominee.pk in done:
        raise Refused(Refusal("signed", "这一户已经联名推荐过他了"), field)
    no = may_back(mine=nominee.home_id == home.pk, already=len(done), most=step.formation.owner_seats)
    ask(no, field)
    Backing(
        id=uuid7(), compound_id=step.formation.compound_id, formation=step.formation, nominee=nominee, home=home,
        home_label=home.label, name=name, person=person, way="screen" if step.by.person_id else "paper", at=step.at,
        account_id=step.by.account_id,
    ).save(force_insert=True)  # fmt: skip
    Nominee.objects.filter(compound_id=nominee.compound_id, pk=nominee.pk).update(backings=F("backings") + 1)
    nominee.refresh_from_db(fields=["backings"])


def _sign_as_owner(step: Step, nominee: Nominee) -> None:
    owned = _own(step)
    home = Home.objects.get(compound_id=step.formation.compound_id, pk=owned.home_id)
    _sign(step, nominee, home, owned.person.name, owned.person)


@transaction.atomic
def back(
    *, by: Actor, formation: Formation, nominee: Nominee, home: Home | None = None, name: str = "", received: date | None = None,
    at: datetime, once: UUID | None = None,
) -> Nominee:  # fmt: skip
    """One household, one signature: an owner's own, or one that a worker copies from the paper. Raises Refused."""
    step = begin(formation, by=by, act=Act.BACK, at=at, once=once)
    fresh = _standing(step, nominee)
    if step.done_before:
        return fresh
    _in_time(step, received)
    if fresh.way != Way.JOINT:
        raise Refused(Refusal("not_joint", "只有联名推荐的要签名"))
    if by.person_id:
        _sign_as_owner(step, fresh)
    else:
        owned = queries.owner_named(home, name) if home else None
        if home is None or owned is None:
            raise Refused(UNKNOWN, "name")
        _sign(step, fresh, home, owned.person.name, owned.person, "name")
    finish(step, data={"nominee": str(fresh.pk), "n": fresh.backings, "received": str(received or "")}, internal=True)
    return fresh


def _standing(step: Step, nominee: Nominee) -> Nominee:
    fresh = Nominee.objects.get(compound_id=step.formation.compound_id, formation=step.formation, pk=nominee.pk)
    if fresh.dropped_at and not step.done_before:
        raise Refused(Refusal("dropped", "他已经不在候选人里了"))
    return fresh


# ── consent and conditions ──────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def consent(
    *, by: Actor, formation: Formation, nominee: Nominee, pledge: bool, phone: str = "", at: datetime, once: UUID | None = None
) -> Nominee:  # fmt: skip
    """By himself, or by a worker who holds the paper he signed. Raises Refused."""
    step = begin(formation, by=by, act=Act.CONSENT, at=at, once=once, nominee=nominee)
    fresh = _standing(step, nominee)
    if step.done_before or fresh.consented_at:
        return fresh
    if not pledge:
        raise Refused(Refusal("no_pledge", "先看承诺，勾上才能同意"), "pledge")
    fresh.consented_at, fresh.consent_way = at, "screen" if by.person_id else "paper"
    if by.person_id and by.account_id:
        fresh.account_id = by.account_id
        fresh.phone = Account.objects.values_list("phone", flat=True).get(pk=by.account_id)
    else:
        fresh.phone = phone or fresh.phone
        if not fresh.phone:
            raise Refused(Refusal("no_phone", "留一个手机号，当选以后要用它登录"), "phone")
    fresh.save(update_fields=["consented_at", "consent_way", "account_id", "phone"])
    finish(step, data={"nominee": str(fresh.pk), "way": fresh.consent_way}, internal=True)
    return fresh


@transaction.atomic
def check(
    *, by: Actor, formation: Formation, nominee: Nominee, key: str, holds: bool, evidence: str, file: BinaryIO | None = None,
    at: datetime, once: UUID | None = None,
) -> Check | None:  # fmt: skip
    """One condition, with what was looked at: in words, and as a file where there is one. Nobody checks himself. Raises Refused."""
    step = begin(formation, by=by, act=Act.CHECK, at=at, once=once)
    fresh = _standing(step, nominee)
    if step.done_before:
        return Check.objects.filter(compound_id=fresh.compound_id, nominee=fresh, key=key).order_by("-id").first()
    if key not in queries.checks_wanted(step.formation):
        raise Refused(Refusal("no_such_check", "没有这一条"))
    if by.account_id and by.account_id == fresh.account_id:
        raise Refused(Refusal("own_check", "自己的条件要由别人核"))
    made = Check(
        id=uuid7(), compound_id=fresh.compound_id, nominee=fresh, key=key, holds=holds,
        evidence=written(evidence, "evidence", WHY_MOST), at=at, account_id=by.account_id,
    )  # fmt: skip
    made.save(force_insert=True)
    paper = keep(step, fresh, key, file, file.name or "") if file else None
    data = {"nominee": str(fresh.pk), "key": key, "holds": holds, "evidence": str(paper.pk) if paper else ""}
    finish(step, data=data, internal=True)
    return made


@transaction.atomic
def drop(
    *, by: Actor, formation: Formation, nominee: Nominee, reason: str, at: datetime, once: UUID | None = None
) -> Nominee:
    """He withdraws, or before the notice does not meet a condition. A list that is out is posted anew. Raises Refused."""
    step = begin(formation, by=by, act=Act.DROP, at=at, once=once, nominee=nominee)
    fresh = Nominee.objects.get(compound_id=step.formation.compound_id, formation=step.formation, pk=nominee.pk)
    if step.done_before or fresh.dropped_at:
        return fresh
    himself = by.person_id is not None and by.person_id == fresh.person_id
    ask(may_leave(noticed=queries.agenda_out(step.formation), himself=himself))
    _leave(step, fresh, written(reason, "reason", WHY_MOST))
    return fresh


@transaction.atomic
def strike(
    *, by: Actor, formation: Formation, nominee: Nominee, objection: UUID | None, at: datetime, once: UUID | None = None
) -> Nominee:
    """After the notice: by an objection that was upheld against him, when another agrees. Raises Refused."""
    step = begin(formation, by=by, act=Act.STRIKE, at=at, once=once)
    fresh = _standing(step, nominee)
    if step.done_before:
        return fresh
    found = next((row for row in queries.upheld_against(fresh) if row.pk == objection), None)
    no = may_strike(
        noticed=queries.agenda_out(step.formation), upheld=found is not None, struck=fresh.struck_at is not None,
        **queries.pressing(step.formation, by.account_id, at),
    )  # fmt: skip
    ask_at(no)
    fresh.struck_for, fresh.struck_at, fresh.struck_by = found, at, by.account_id
    fresh.save(update_fields=["struck_for", "struck_at", "struck_by"])
    finish(step, data={"nominee": str(fresh.pk), "objection": str(objection)}, internal=True)
    return fresh


@transaction.atomic
def agree(*, by: Actor, formation: Formation, nominee: Nominee, at: datetime, once: UUID | None = None) -> Nominee:
    """The second of two: now he is off the list. Raises Refused."""
    step = begin(formation, by=by, act=Act.AGREE, at=at, once=once)
    fresh = _standing(step, nominee)
    if step.done_before:
        return fresh
    by_same = fresh.struck_by == by.account_id
    ask(
        may_agree(
            struck=fresh.struck_at is not None, by_same=by_same, **queries.pressing(step.formation, by.account_id, at)
        )
    )
    assert fresh.struck_for
    _leave(step, fresh, f"异议属实：{fresh.struck_for.answer}")
    return fresh


@transaction.atomic
def leave(
    *, by: Actor, formation: Formation, nominee: Nominee, reason: str, file: BinaryIO, at: datetime, once: UUID | None = None
) -> Nominee:  # fmt: skip
    """The paper by which he withdraws, handed in at the desk: sealed, and of no effect until another confirms it. Raises Refused."""
    step = begin(formation, by=by, act=Act.LEAVE, at=at, once=once)
    fresh = _standing(step, nominee)
    if step.done_before:
        return fresh
    ask(may_record_leaving(put=fresh.leaves_at is not None, stands=queries.stands(step.formation, by.account_id)))
    why = written(reason, "reason", WHY_MOST)
    paper = keep(step, fresh, LEAVING, file, file.name or "")
    _set_leaving(fresh, at, by.account_id, why)
    finish(step, data={"nominee": str(fresh.pk), "way": "paper", "evidence": str(paper.pk)}, internal=True)
    return fresh


@transaction.atomic
def stay(
    *, by: Actor, formation: Formation, nominee: Nominee, reason: str, at: datetime, once: UUID | None = None
) -> Nominee:
    """The paper was recorded in error, and nobody has confirmed it: he stays. Raises Refused."""
    step = begin(formation, by=by, act=Act.STAY, at=at, once=once)
    fresh = _standing(step, nominee)
    if step.done_before:
        return fresh
    stands = queries.stands(step.formation, by.account_id)
    ask(may_let_go(put=fresh.leaves_at is not None, by_same=False, stands=stands))
    words = written(reason, "reason", WHY_MOST)
    _set_leaving(fresh, None, None, "")
    finish(step, words=words, data={"nominee": str(fresh.pk)}, internal=True)
    return fresh


@transaction.atomic
def let_go(*, by: Actor, formation: Formation, nominee: Nominee, at: datetime, once: UUID | None = None) -> Nominee:
    """The second hand: now he has left as if by his own account. Raises Refused."""
    step = begin(formation, by=by, act=Act.LET_GO, at=at, once=once)
    fresh = _standing(step, nominee)
    if step.done_before:
        return fresh
    by_same = fresh.leaves_by == by.account_id
    stands = queries.stands(step.formation, by.account_id)
    ask(may_let_go(put=fresh.leaves_at is not None, by_same=by_same, stands=stands))
    _leave(step, fresh, fresh.leaves_why)
    return fresh


def _set_leaving(nominee: Nominee, at: datetime | None, by: UUID | None, why: str) -> None:
    nominee.leaves_at, nominee.leaves_by, nominee.leaves_why = at, by, why
    nominee.save(update_fields=["leaves_at", "leaves_by", "leaves_why"])


def _leave(step: Step, nominee: Nominee, why: str) -> None:
    _drop(nominee, why, step.at)
    if step.formation.kind == Kind.COMMITTEE:
        leave_ballot(step, nominee)
    finish(step, words=nominee.dropped_why, data={"nominee": str(nominee.pk)}, internal=True)


def _drop(nominee: Nominee, why: str, at: datetime) -> None:
    nominee.dropped_at, nominee.dropped_why = at, why[:WHY_MOST]
    nominee.save(update_fields=["dropped_at", "dropped_why"])


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def post_list(*, by: Actor, formation: Formation, at: datetime, once: UUID | None = None) -> Formation:
    """Those who agreed, were signed for by enough and meet every condition, in the order of strokes. Changed, it is posted anew."""
    step = begin(formation, by=by, act=Act.LIST, at=at, once=once)
    if step.done_before:
        return step.formation
    made, wanted = step.formation, queries.checks_wanted(step.formation)
    rows, checks = queries.nominees(made), queries.last_checks(made)
    stands = {row.pk: queries.standing(row, checks.get(row.pk, {})) for row in rows}
    off = {row.pk: left_off(stands[row.pk], wanted, made.households) for row in rows}
    fit = [row for row in rows if off[row.pk] is None]
    left = sum(bool(unchecked(stands[row.pk], wanted)) for row in fit)
    if made.kind == Kind.COMMITTEE:
        ask_list(step, fit=len(fit), unchecked=left)
    else:
        ask(
            may_list(until=made.recommend_until, today=step.today, unchecked=left, fit=len(fit), seats=made.owner_seats)
        )
    for row in rows:
        if no := off[row.pk]:
            _drop(row, str(no), at)
    _place(made, fit)
    if made.kind == Kind.COMMITTEE:
        put_on_ballot(made, fit)
    made.listed_at = at
    made.list_until = period_end(step.today, made_days(made), calendar(made.compound))
    with in_chinese():
        post(step, "public_notice", f"{in_term(made)}候选人名单公示"[:80], list_words(made, fit))
    finish(step, data={"listed": len(fit), "fingerprint": made.fingerprint})
    return made


def made_days(made: Formation) -> int:
    days: int = queries.rules_of(made).values["candidate_posting_days"]
    return days


def _place(made: Formation, fit: list[Nominee]) -> None:
    names = [(row.name, row.home_label) for row in fit]
    made.fingerprint = fingerprint(names)
    for place, n in enumerate(strokes.order(names), 1):
        fit[n].place = place
        fit[n].save(update_fields=["place"])
    fit.sort(key=lambda row: row.place or 0)


def list_words(made: Formation, rows: list[Nominee]) -> str:
    lines = "\n".join(f"{row.place}. {row.name}，{row.home_label}，{WAYS[Way(row.way)]}" for row in rows)
    assert made.list_until
    return (
        f"{made.compound.name}全体业主：\n{in_term(made)}候选人 {len(rows)} 人，应选业主委员 {made.owner_seats} 人。"
        f"名单以姓氏笔画为序，笔画一样的按《通用规范汉字表》的先后：\n{lines}\n"
        f"公示到 {whole(made.list_until)}。有异议的请实名提出。联系：{made.contact}。\n名单指纹：{short(made.fingerprint)}"
    )
