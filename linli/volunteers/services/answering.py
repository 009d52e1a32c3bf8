"""What neighbours do with a call: claim it, come along, see whom to ring, finish, let go."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused
from linli.matters.services import photos as photos_ready
from linli.people.models import Account
from linli.people.services import note_look
from linli.plumbing import vault
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..models import Call, CallPhoto, Claim
from ..queries import was_on_it
from ..rules import LOOKED_AT, PAYERS, REASON_MOST, RISKS, Act, Who
from ..rules.counts import waited
from .clocks import hand_on
from .steps import SUBJECT, Contact, Step, begin, caller, finish_step, let_go, locked, on_it, reopen, tell, title_of

TAKEN = Refusal("taken", "有邻居先接了，您可以一起去")


def claim(
    *, by: Actor, call: Call, risks: Collection[str] | None = None, at: datetime, once: UUID | None = None
) -> Call:
    """One claimer, however many tap at once: who comes second is refused and may join. A second tap of one's own changes nothing.

    `risks`: what they found when they looked, needed before a repair. One is enough for it to go to the property company.
    """
    if mine := _running(call, by, Who.CLAIMER):
        return mine
    if risks is None and call.kind in LOOKED_AT:
        raise Refused(Refusal("not_looked", "先看一看里面有没有危险的，再接"))
    if not set(risks or ()) <= set(RISKS):
        raise Refused(Refusal("risk", "没有这一项"), field="risks")
    if risks:
        return _unsafe(by, call, risks, at, once)
    try:
        with one_act():
            return _claim(by, call, at, once)
    except IntegrityError:
        raise Refused(TAKEN) from None


def _running(call: Call, by: Actor, kind: Who) -> Call | None:
    rows = Claim.objects.filter(compound_id=call.compound_id, call=call, account=by.account_id, left_at=None)
    found = rows.filter(kind=kind).select_related("call").first()
    return found.call if found else None


@one_act()
def _unsafe(by: Actor, call: Call, risks: Collection[str], at: datetime, once: UUID | None) -> Call:
    """No neighbour does it. The matter tells the caller its number and its promise."""
    step = begin(call, by=by, act=Act.UNSAFE, at=at, once=once)
    if step.done_before:
        return step.call
    named = [RISKS[risk] for risk in RISKS if risk in risks]
    step.call.ended_at, step.call.next_at = at, None
    step.call.matter = hand_on(
        step.call, why=f"邻居看过，{'、'.join(named)}，不让邻居动手", hazard="gas" in risks, at=at
    )
    step.data = {"risks": sorted(risks), "matter": step.call.matter.number}
    finish_step(step, fallen=1)
    return step.call


def _claim(by: Actor, call: Call, at: datetime, once: UUID | None) -> Call:
    step = begin(call, by=by, act=Act.CLAIM, at=at, once=once)
    if step.done_before:
        return step.call
    call = step.call
    taker = _take_part(step, Who.CLAIMER)
    counted = {}
    if call.first_claimed_at is None:
        call.first_claimed_at = at
        counted = {"claimed": 1, "wait_minutes": waited(call.called_at, at)}
    call.next_at = call.due_at if call.due_at > at else None
    entry = finish_step(step, **counted)
    tell(
        call, caller(call), act=step.act, title=f"{taker.name}接了：{title_of(call)}", body="接的人看得到您的门牌，电话看一次记一次",
        key=str(entry.pk), at=at,
    )  # fmt: skip
    return call


@one_act()
def join(*, by: Actor, call: Call, at: datetime, once: UUID | None = None) -> Call:
    """To go along. A second tap of one's own changes nothing."""
    if mine := _running(call, by, Who.HELPER):
        return mine
    step = begin(call, by=by, act=Act.JOIN, at=at, once=once)
    if step.done_before:
        return step.call
    to = on_it(step.call, claimer_only=True)
    helper = _take_part(step, Who.HELPER)
    entry = finish_step(step)
    tell(step.call, to, act=step.act, title=f"{helper.name}和您一起去：{title_of(step.call)}", key=str(entry.pk), at=at)
    return step.call


def _take_part(step: Step, kind: Who) -> Claim:
    assert step.by.account_id is not None
    name = Account.objects.values_list("name", flat=True).get(pk=step.by.account_id)
    row = Claim(
        id=uuid7(), compound_id=step.call.compound_id, call=step.call, account_id=step.by.account_id, kind=kind,
        name=masks.name(name) if name else "邻居", role=step.by.role, since=step.at,
    )  # fmt: skip
    row.save(force_insert=True)
    step.data = {"name": row.name}
    return row


@one_act()
def leave(*, by: Actor, call: Call, reason: str = "", at: datetime, once: UUID | None = None) -> Call:
    """A helper is not coming along after all."""
    step = begin(call, by=by, act=Act.LEAVE, at=at, words=reason, once=once)
    if not step.done_before:
        let_go(step.call, at, step.words, account_id=by.account_id)
        finish_step(step)
    return step.call


@one_act()
def release(*, by: Actor, call: Call, reason: str, at: datetime, once: UUID | None = None) -> Call:
    """The claimer lets go: the call is open again with time to claim it, helpers go home, and the others are asked."""
    step = begin(call, by=by, act=Act.RELEASE, at=at, words=reason, once=once)
    if step.done_before:
        return step.call
    call = step.call
    helpers = [to for to in on_it(call) if to.account_id != by.account_id]
    let_go(call, at, step.words)
    reopen(call, at, but=[by.account_id])
    entry = finish_step(step)
    title = f"接的人来不了，又喊了一声：{title_of(call)}"
    tell(call, [*caller(call), *helpers], act=step.act, title=title, body=step.words, key=str(entry.pk), at=at)
    return call


@one_act()
def note(*, by: Actor, call: Call, words: str, at: datetime, once: UUID | None = None) -> Call:
    """A word on the way, for the caller and whoever is on it. Raises Refused."""
    if not words.strip():
        raise Refused(Refusal("missing_words", "请写几个字"), field="words")
    step = begin(call, by=by, act=Act.NOTE, at=at, words=words[:REASON_MOST], once=once)
    if step.done_before:
        return step.call
    entry = finish_step(step)
    others = [to for to in on_it(step.call) if to.account_id != by.account_id]
    title = f"去帮忙的说了一句：{title_of(step.call)}"
    tell(step.call, [*caller(step.call), *others], act=step.act, title=title, body=step.words, key=str(entry.pk), at=at)
    return step.call


def keep_late(
    *, by: Actor, call: Call, words: str = "", meant: str = "", photos: Sequence[UploadedFile] = (), at: datetime, once: UUID | None = None
) -> Call:  # fmt: skip
    """Done without a signal and overtaken since: in the story, whatever has become of the call; changes nothing else.

    Only for who was on it once. Raises Refused.
    """
    shown = _shown(photos)
    with one_act():
        fresh = locked(call.pk, call.compound_id)
        if done_before(fresh.compound_id, once):
            return fresh
        if not was_on_it(fresh, by.account_id):
            raise Refused(Refusal("not_yours", "这一步不归您办"))
        for piece in shown:
            _keep(fresh, by, piece, at)
        record(
            by=by, act=Act.LATE, subject_kind=SUBJECT, subject_id=fresh.pk, at=at, compound_id=fresh.compound_id, words=words.strip()[:REASON_MOST],
            data={"meant": meant} if meant in set(Act) else {}, once=once,
        )  # fmt: skip
    return fresh


def _shown(photos: Sequence[UploadedFile]) -> list[photos_ready.Ready]:
    """Made small before the transaction opens, so that nobody waits for them."""
    return [piece for piece in photos_ready.ready(photos) if piece.photo] if photos else []


def finish(
    *, by: Actor, call: Call, result: str = "", photos: Sequence[UploadedFile] = (), materials: str = "", cost_fen: int | None = None,
    paid_by: str = "", at: datetime, once: UUID | None = None,
) -> Call:  # fmt: skip
    """Done: how it looks, what it took and who paid for that. Raises Refused."""
    if cost_fen and paid_by not in PAYERS:
        raise Refused(Refusal("payer", "请选谁出的钱"), field="paid_by")
    shown = _shown(photos)
    with one_act():
        step = begin(call, by=by, act=Act.FINISH, at=at, words=result, once=once)
        return step.call if step.done_before else _finish(step, shown, materials, cost_fen, paid_by)


def _keep(call: Call, by: Actor, piece: photos_ready.Ready, at: datetime) -> None:
    assert piece.photo is not None
    compound_id, pk = call.compound_id, uuid7()
    CallPhoto(
        id=pk, compound_id=compound_id, call=call, added_at=at, added_by=by.account_id,
        sealed=vault.keep_sealed(compound_id, piece.original), small=vault.keep_plain(compound_id, pk, piece.photo.small, "-s.jpg"),
        thumb=vault.keep_plain(compound_id, pk, piece.photo.thumb, "-t.jpg"),
    ).save(force_insert=True)  # fmt: skip


def _finish(
    step: Step, shown: Sequence[photos_ready.Ready], materials: str, cost_fen: int | None, paid_by: str
) -> Call:
    call, at = step.call, step.at
    call.done_at, call.next_at, call.result = at, None, step.words[:REASON_MOST]
    call.materials, call.cost_fen, call.paid_by = materials.strip()[:REASON_MOST], cost_fen, paid_by if cost_fen else ""
    step.data = {"materials": call.materials, "cost_fen": cost_fen, "paid_by": call.paid_by, "photos": len(shown)}
    for piece in shown:
        _keep(call, step.by, piece, at)
    entry = finish_step(step)
    tell(call, caller(call), act=step.act, title=f"说办好了，您看一看：{title_of(call)}", body=call.result, key=str(entry.pk), at=at)  # fmt: skip
    return call


@one_act()
def see_contact(*, by: Actor, call: Call, at: datetime) -> Contact:
    """The caller's name, home and number, for the claimer alone and while it lasts; each look is written down twice: here
    and where the caller reads who saw their number."""
    step = begin(call, by=by, act=Act.SEE_CONTACT, at=at)
    finish_step(step)
    person, account = step.call.caller_person, step.call.caller_account
    note_look(
        by=by, compound_id=step.call.compound_id, person_id=person.pk if person else None, account_id=account.pk if account else None,
        reason=f"邻里互助第 {step.call.number} 号，帮忙前联系", at=at,
    )  # fmt: skip
    return Contact(
        name=(person.name if person else "") or (account.name if account else ""),
        phone=(person.phone if person else "") or (account.phone if account else ""),
        home=step.call.home.label if step.call.home else "",
    )
