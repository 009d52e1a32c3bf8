"""The property company tells how a part goes, and reports it done with photos and cost; an order that was not split is one part."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...models import Gathered, Matter, Order, OrderPart
from ...queries.gates import results_of
from ...rules import orders as rules
from ...rules.gates import refuse_payer
from ...rules.help import payer, refuse_household
from ...rules.orders import Act
from ...rules.states import RESOLVE_OUTCOMES, Who
from ...rules.states import Act as MatterAct
from ...rules.states import State as MatterState
from .. import photos as shown_files
from ..deciding import prove_after
from ..many import begin_many, finish_many, note_many
from ..steps import held_up
from ..work import want_visits
from . import pictures
from .base import OrderStep, begin, finish, heads, label, live, matters_of, parts_in, tell_staff

UNDONE = (MatterState.DISPATCHED, MatterState.IN_PROGRESS, MatterState.SUSPENDED)


def progress(
    *, by: Actor, order: Order, part: OrderPart | None = None, words: str, photos: Sequence[UploadedFile] = (), at: datetime,
    once: UUID | None = None,
) -> Order:  # fmt: skip
    """How far it is, in words and pictures: on the order, on each of its matters, and told to who gathered them. Raises Refused."""
    ready = shown_files.ready(photos)
    with one_act():
        step = begin(order, by=by, act=Act.PROGRESS, at=at, words=words.strip(), once=once)
        if step.done_before:
            return step.order
        o = step.order
        fresh = _part(step, part)
        _may_report(step, fresh)
        rows = [g for g in live(o) if g.part_id == fresh.pk]
        found = [m for m in matters_of(o, rows) if m.state in UNDONE]
        pictures.keep(step, fresh, found, pictures.new(fresh, ready), "during")
        data = {"order": o.number, "part": fresh.position}
        pictures.tie(fresh, note_many(found, by=by, act=MatterAct.NOTE, at=at, words=words.strip(), data=data), at)
        step.data |= {"position": fresh.position, "numbers": [m.number for m in found]}
        entry = finish(step)
        firm = o.to_body.name if o.to_body else ""
        tell_staff(
            o, heads(o.by_body, at), title=f"{label(o)}，{firm}报了进度", body=words.strip(), kind=Act.PROGRESS, key=str(entry.pk), at=at
        )  # fmt: skip
        return o


def report(
    *, by: Actor, order: Order, part: OrderPart | None = None, words: str, outcome: str = "fixed", cost_fen: int | None = None, paid_by: str = "",
    before: Sequence[UploadedFile] = (), after: Sequence[UploadedFile] = (), at: datetime, once: UUID | None = None,
) -> Order:  # fmt: skip
    """A part is done: its matters are resolved as one act, with its photos; the last part makes the order done. Without a part
    all that is in none is reported as one whole. Raises Refused."""
    shots = [("before", shown_files.ready(before)), ("after", shown_files.ready(after))]
    with one_act():
        step = begin(order, by=by, act=Act.REPORT, at=at, given={"outcome": outcome}, words=words.strip(), once=once)
        if step.done_before:
            return step.order
        fresh = _part(step, part)
        _may_report(step, fresh)
        _evidence(outcome, shown=bool(shots[1][1]))
        paid_by = payer(paid_by)
        decided = results_of(matters_of(step.order, [g for g in live(step.order) if g.part_id == fresh.pk]))
        if no := refuse_household(paid_by, cost_fen or 0) or refuse_payer(paid_by, cost_fen or 0, decided):
            raise Refused(no, field="paid_by")
        _resolve_part(step, fresh, words.strip(), outcome, cost_fen, paid_by, shots)
        return step.order


def _part(step: OrderStep, part: OrderPart | None) -> OrderPart:
    """The one named; or one whole part for all that is in none, which is nobody's by name."""
    o = step.order
    rows = OrderPart.objects.filter(compound_id=o.compound_id, order=o)
    if part:
        return rows.get(pk=part.pk)
    loose = [g.pk for g in live(o) if g.part_id is None]
    if not loose:
        raise Refused(Refusal("no_part", "请选是哪一份"), field="part")
    whole = OrderPart(
        id=uuid7(), compound_id=o.compound_id, order=o, position=rows.count() + 1, words=o.title, due_at=o.wanted_by or step.at
    )  # fmt: skip
    whole.save(force_insert=True)
    Gathered.objects.filter(compound_id=o.compound_id, pk__in=loose).update(part=whole)
    return whole


def _may_report(step: OrderStep, part: OrderPart) -> None:
    if part.reported_at:
        raise Refused(Refusal("reported", "这一份已经报过了"))
    theirs = part.post_id is None or part.post_id == step.by.role_id or rules.Who.FIRM in parts_in(step.order, step.by)
    if not theirs:
        raise Refused(Refusal("not_yours", "这一步不归您办"))


def _evidence(outcome: str, *, shown: bool) -> None:
    if outcome not in RESOLVE_OUTCOMES:
        raise Refused(Refusal("unknown_outcome", "请选结果"), field="outcome")
    if outcome == "fixed" and not shown:
        raise Refused(Refusal("no_evidence", "请拍一张办好后的照片"), field="after")


def _held(step: OrderStep, rows: Sequence[Gathered], found: Sequence[Matter], outcome: str) -> list[Matter]:
    """Those that wait for a decision leave the part, to be reported when it is there. Raises Refused where no other is left."""
    begun = [m for m in found if m.state in (MatterState.IN_PROGRESS, MatterState.SUSPENDED)]
    why = {m.pk: no for m in begun if (no := held_up(m, MatterAct.RESOLVE, step.by, outcome))}
    held = [m for m in begun if m.pk in why]
    if held and len(held) == len(begun):
        values = {"label": held[0].label, "why": str(why[held[0].pk])}
        raise Refused(Refusal(why[held[0].pk].key, "第 %(label)s 号：%(why)s", values=values))
    if held:
        away = [g.pk for g in rows if g.matter_id in why]
        Gathered.objects.filter(compound_id=step.order.compound_id, pk__in=away).update(part=None)
        step.data["held"] = [m.label for m in held]
    return held


def _resolve_part(step, part, words, outcome, cost_fen, paid_by, shots) -> None:
    o, at = step.order, step.at
    rows = [g for g in live(o) if g.part_id == part.pk]
    found = matters_of(o, rows)
    held = _held(step, rows, found, outcome)
    found = [m for m in found if m.pk not in {one.pk for one in held}]
    stopped = [m.label for m in found if m.state == MatterState.SUSPENDED]
    if stopped:
        values = {"labels": "、".join(stopped[:8])}
        raise Refused(Refusal("suspended", "这些的时钟停着，先接着办：%(labels)s", values=values))
    part.reported_at, part.outcome, part.done_words, part.missing = at, outcome, words[:400], ""
    part.cost_fen, part.paid_by = cost_fen, paid_by[:40]
    part.save(force_update=True)
    mine = [m for m in found if m.state == MatterState.IN_PROGRESS]
    steps = begin_many(
        mine, by=step.by, act=MatterAct.RESOLVE, at=at, words=words, also=frozenset({Who.HANDLER}), outcome=outcome
    )
    for one in steps:
        m = one.matter
        m.resolved_at, m.outcome, m.done_words, m.paid_by = at, outcome, words[:400], paid_by[:40]
        # What it cost stands on the order's part, once.
        one.data |= {"outcome": outcome, "order": o.number, "part": part.position}
    want_visits(steps)
    prove_after(mine, paid_by=paid_by, cost_fen=cost_fen, at=at)
    for phase, ready in shots:
        pictures.keep(step, part, mine, ready, phase)
    entries = finish_many(steps)
    pictures.tie(part, entries, at)
    left = OrderPart.objects.filter(compound_id=o.compound_id, order=o, reported_at=None).count()
    waiting = Gathered.objects.filter(
        compound_id=o.compound_id, order=o, left_at=None, part=None, matter__state__in=UNDONE
    )
    step.to = rules.after_report(unreported=left, unassigned=waiting.count())
    if step.to == rules.State.DONE:
        o.done_at = at
    step.data |= {"position": part.position, "outcome": outcome, "cost_fen": cost_fen, "paid_by": paid_by}
    entry = finish(step)
    if step.to == rules.State.DONE:
        tell_staff(
            o, heads(o.by_body, at), title=f"{label(o)}都报办好了，请验收", kind=Act.REPORT, key=str(entry.pk), at=at
        )
