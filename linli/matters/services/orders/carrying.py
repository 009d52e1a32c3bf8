"""The property company takes the order or says why not, splits it into parts, and reports each part with photos and cost."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To
from linli.people.models import Organisation, Post
from linli.places.queries import calendar
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

from ...models import Attachment, Gathered, Matter, Order, OrderPart, PartPhoto
from ...rules import orders as rules
from ...rules.help import payer, refuse_household
from ...rules.orders import Act
from ...rules.states import RESOLVE_OUTCOMES, Who
from ...rules.states import Act as MatterAct
from ...rules.states import State as MatterState
from .. import photos
from ..many import begin_many, finish_many, hand_clocks_many, note_many, save_many, tell_many
from ..work import want_visits
from .base import OrderStep, begin, finish, heads, label, leave, live, matters_of, parts_in, tell_staff

UNDONE = (MatterState.DISPATCHED, MatterState.IN_PROGRESS, MatterState.SUSPENDED)


@transaction.atomic
def accept(*, by: Actor, order: Order, words: str, at: datetime, once: UUID | None = None) -> Order:
    """All its matters are taken with one answer, which every reporter reads."""
    step = begin(order, by=by, act=Act.ACCEPT, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.order
    o = step.order
    o.accepted_at, o.reply = at, words.strip()[:400]
    taken = [m for m in matters_of(o) if m.state == MatterState.DISPATCHED and m.handler_body_id == o.to_body_id]
    steps = begin_many(taken, by=by, act=MatterAct.TAKE, at=at, words=words.strip(), also=frozenset({Who.HANDLER}))
    for one in steps:
        one.matter.started_at = one.matter.started_at or at
        one.data["order"] = o.number
    finish_many(steps)
    entry = finish(step)
    firm = o.to_body.name if o.to_body else ""
    tell_many(
        taken, by=by, kind=MatterAct.TAKE, at=at, key=str(entry.pk), title=lambda m: f"第 {m.label} 号，{firm}接单了"
    )
    tell_staff(
        o,
        heads(o.by_body, at),
        title=f"{label(o)}，{firm}接单了",
        body=o.reply,
        kind=Act.ACCEPT,
        key=str(entry.pk),
        at=at,
    )
    return o


@transaction.atomic
def refuse(
    *, by: Actor, order: Order, reason: str, proposed_body: Organisation | None, at: datetime, once: UUID | None = None
) -> Order:  # fmt: skip
    """ "Not ours", within one working day, naming who should: what it had not begun goes back to the desk. Raises Refused."""
    given = {"reason": reason.strip(), "proposed_body": proposed_body.pk if proposed_body else None}
    step = begin(order, by=by, act=Act.REFUSE, at=at, given=given, words=reason.strip(), once=once)
    if step.done_before:
        return step.order
    o = step.order
    last = calendar(step.compound).after(timezone.localdate(o.placed_at), 1)
    if timezone.localdate(at) > last:
        raise Refused(Refusal("too_late", "下单超过 1 个工作日，不能不接了，请和业委会、社区商量", "首接负责"))
    o.reply, o.proposed_body, o.closed_at = reason.strip()[:400], proposed_body, at
    matters = matters_of(o)
    back = [m for m in matters if m.state == MatterState.DISPATCHED and m.handler_body_id == o.to_body_id]
    firm = o.to_body.name if o.to_body else ""
    steps = begin_many(back, by=by, act=MatterAct.RETURN, at=at, words=reason.strip(), also=frozenset({Who.HANDLER}))
    for one in steps:
        m = one.matter
        m.returns += 1
        m.proposed_body = proposed_body
        one.data |= {
            "body": str(o.to_body_id),
            "proposed": str(proposed_body.pk) if proposed_body else None,
            "refused_by": firm,
        }
        m.handler_body, m.handler_post = None, None
        if m.returns >= 2:
            m.desk = "community"
    finish_many(steps)
    if o.to_body and back:
        hand_clocks_many(back, back[0].first_receiver or o.to_body)
    leave(o, matters, why="refused", at=at)
    save_many(matters)
    entry = finish(step)
    tell_many(
        back, by=by, kind=MatterAct.RETURN, at=at, key=str(entry.pk), title=lambda m: f"第 {m.label} 号在重新安排由谁办"
    )
    tell_staff(
        o, heads(o.by_body, at), title=f"{label(o)}，{firm}说不归它办", body=o.reply, kind=Act.REFUSE, key=str(entry.pk), at=at
    )  # fmt: skip
    return o


@transaction.atomic
def split(
    *, by: Actor, order: Order, words: str, post: Post | None = None, due_at: datetime | None, matters: Sequence[Matter] = (),
    at: datetime, once: UUID | None = None,
) -> Order:  # fmt: skip
    """One part more: what, by whom, until when, for which of its matters. Raises Refused."""
    step = begin(order, by=by, act=Act.SPLIT, at=at, given={"due_at": due_at}, words=words.strip(), once=once)
    if step.done_before:
        return step.order
    o = step.order
    if due_at is None or due_at <= at:
        raise Refused(Refusal("past", "期限要在现在以后"), field="due_at")
    if o.wanted_by and at < o.wanted_by and timezone.localdate(due_at) > timezone.localdate(o.wanted_by):
        values = {"day": f"{timezone.localdate(o.wanted_by):%Y-%m-%d}"}
        raise Refused(
            Refusal("after_order", "整张订单要在 %(day)s 办好，这一份不能更晚", values=values), field="due_at"
        )
    if post and (post.organisation_id != o.to_body_id or (post.to_day and post.to_day < timezone.localdate(at))):
        raise Refused(Refusal("not_in_body", "这个人不在这个单位，或任期已满"), field="post")
    rows = [g for g in live(o) if g.part_id is None and g.matter_id in {m.pk for m in matters}]
    position = OrderPart.objects.filter(compound_id=o.compound_id, order=o).count() + 1
    part = OrderPart(
        id=uuid7(),
        compound_id=o.compound_id,
        order=o,
        position=position,
        words=words.strip()[:200],
        post=post,
        due_at=due_at,
    )
    part.save(force_insert=True)
    found = matters_of(o, rows)
    Gathered.objects.filter(compound_id=o.compound_id, pk__in=[g.pk for g in rows]).update(part=part)
    for m in found:
        m.handler_post = post
    save_many(found)
    note_many(
        found,
        by=by,
        act=MatterAct.ALLOT,
        at=at,
        words=part.words,
        data={"order": o.number, "due_at": due_at.isoformat()},
    )
    step.data |= {"position": position, "numbers": [m.number for m in found], "due_at": due_at.isoformat()}
    entry = finish(step)
    if post and post.account_id and post.account_id != by.account_id:
        tell_staff(
            o, [To(post.account_id)], title=f"{label(o)} 第 {position} 份由您办：{part.words}",
            kind=Act.SPLIT, key=str(entry.pk), at=at,
        )  # fmt: skip
    return o


def report(
    *, by: Actor, part: OrderPart, words: str, outcome: str = "fixed", cost_fen: int | None = None, paid_by: str = "",
    before: Sequence[UploadedFile] = (), after: Sequence[UploadedFile] = (), at: datetime, once: UUID | None = None,
) -> Order:  # fmt: skip
    """A part is done: its matters are resolved as one act, with its photos; the last part makes the order done. Raises Refused."""
    pictures = [("before", photos.ready(before)), ("after", photos.ready(after))]
    with transaction.atomic():
        step = begin(
            part.order, by=by, act=Act.REPORT, at=at, given={"outcome": outcome}, words=words.strip(), once=once
        )
        if step.done_before:
            return step.order
        fresh = OrderPart.objects.get(compound_id=part.compound_id, pk=part.pk)
        _may_report(step, fresh, outcome, shown=bool(pictures[1][1]))
        paid_by = payer(paid_by)
        if no := refuse_household(paid_by, cost_fen or 0):
            raise Refused(no, field="paid_by")
        _resolve_part(step, fresh, words.strip(), outcome, cost_fen, paid_by, pictures)
        return step.order


def _may_report(step: OrderStep, part: OrderPart, outcome: str, *, shown: bool) -> None:
    if part.reported_at:
        raise Refused(Refusal("reported", "这一份已经报过了"))
    theirs = part.post_id is None or part.post_id == step.by.role_id or rules.Who.FIRM in parts_in(step.order, step.by)
    if not theirs:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if outcome not in RESOLVE_OUTCOMES:
        raise Refused(Refusal("unknown_outcome", "请选结果"), field="outcome")
    if outcome == "fixed" and not shown:
        raise Refused(Refusal("no_evidence", "请拍一张办好后的照片"), field="after")


def _resolve_part(step, part, words, outcome, cost_fen, paid_by, pictures) -> None:
    o, at = step.order, step.at
    rows = [g for g in live(o) if g.part_id == part.pk]
    found = matters_of(o, rows)
    stopped = [m.label for m in found if m.state == MatterState.SUSPENDED]
    if stopped:
        values = {"labels": "、".join(stopped[:8])}
        raise Refused(Refusal("suspended", "这些的时钟停着，先接着办：%(labels)s", values=values))
    part.reported_at, part.outcome, part.done_words, part.missing = at, outcome, words[:400], ""
    part.cost_fen, part.paid_by = cost_fen, paid_by[:40]
    part.save(force_update=True)
    mine = [m for m in found if m.state == MatterState.IN_PROGRESS]
    steps = begin_many(mine, by=step.by, act=MatterAct.RESOLVE, at=at, words=words, also=frozenset({Who.HANDLER}))
    for one in steps:
        m = one.matter
        m.resolved_at, m.outcome, m.done_words, m.paid_by = at, outcome, words[:400], paid_by[:40]
        # What it cost stands on the order's part, once.
        one.data |= {"outcome": outcome, "order": o.number, "part": part.position}
    want_visits(steps)
    for phase, ready in pictures:
        _keep_photos(step, part, mine, ready, phase)
    entries = finish_many(steps)
    _tie_photos(part, entries, at)
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


def _keep_photos(
    step: OrderStep, part: OrderPart, matters: Sequence[Matter], ready: Sequence[photos.Ready], phase: str
) -> None:
    """The part's own pictures; each of its matters holds them as its own too, without writing the file again."""
    compound_id, at, by = part.compound_id, step.at, step.by
    shown = [piece for piece in ready if piece.photo]
    marks = {vault.digest(compound_id, piece.original): n for n, piece in enumerate(shown, 1)}
    ids = [m.pk for m in matters]
    if phase == "after" and marks:
        old = Attachment.objects.filter(compound_id=compound_id, matter_id__in=ids, digest__in=list(marks))
        same = old.exclude(phase="after").values_list("digest", flat=True).first()
        if same:
            sentence = "第 %(n)s 张：和办之前的照片一样，请拍办好后的"
            raise Refused(Refusal("same_as_before", sentence, values={"n": marks[same]}), field="after")
    kept, copies = [], []
    for mark, piece in zip(marks, shown, strict=False):
        assert piece.photo is not None
        pk = uuid7()
        one = PartPhoto(
            id=pk, compound_id=compound_id, part=part, phase=phase, digest=mark, added_at=at, added_by=by.account_id,
            sealed=vault.keep_sealed(compound_id, piece.original), small=vault.keep_plain(compound_id, pk, piece.photo.small, "-s.jpg"),
            thumb=vault.keep_plain(compound_id, pk, piece.photo.thumb, "-t.jpg"),
        )  # fmt: skip
        kept.append(one)
        copies += [_copy(one, m, piece) for m in matters]
    PartPhoto.objects.bulk_create(kept)
    Attachment.objects.bulk_create(copies)
    covers = {a.matter_id: a.thumb for a in copies}
    for m in matters:
        if phase == "after" and m.pk in covers:
            m.photo_after = covers[m.pk]
        elif phase == "before" and m.pk in covers and not m.photo_before:
            m.photo_before = covers[m.pk]


def _copy(one: PartPhoto, matter: Matter, piece: photos.Ready) -> Attachment:
    pk = uuid7()
    assert piece.photo is not None
    return Attachment(
        id=pk, compound_id=one.compound_id, matter=matter, kind="photo", phase=one.phase, digest=one.digest, added_at=one.added_at,
        added_by=one.added_by, sealed=one.sealed, width=piece.photo.width, height=piece.photo.height,
        small=vault.link_plain(one.small, one.compound_id, pk, "-s.jpg"), thumb=vault.link_plain(one.thumb, one.compound_id, pk, "-t.jpg"),
    )  # fmt: skip


def _tie_photos(part: OrderPart, entries: Sequence[AuditEntry], at: datetime) -> None:
    """Each picture stands with the entry that it shows."""
    entry_of = {e.subject_id: e.pk for e in entries}
    rows = list(
        Attachment.objects.filter(
            compound_id=part.compound_id, matter_id__in=list(entry_of), added_at=at, entry_id=None
        )
    )
    for row in rows:
        row.entry_id = entry_of[row.matter_id]
    Attachment.objects.filter(compound_id=part.compound_id).bulk_update(rows, ["entry_id"])
