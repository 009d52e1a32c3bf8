"""Drafting, approving, blowing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To
from linli.people.models import Organisation
from linli.people.rules import COMMITTEE, COMMUNITY, Body
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import next_value, shift
from linli.plumbing.models import AuditEntry
from linli.plumbing.whole import one_act

from ...access import body_for
from ...models import Ask, Attachment, Matter, Whistle, WhistleFile, WhistleMatter
from ...rules import whistles as rules
from ...rules.whistles import Do, Level, State, Step
from ..bodies import office
from .base import (
    SUBJECT,
    Move,
    approvers,
    asks_of,
    begin,
    blowers,
    counts_of,
    drafters_part,
    finish,
    matters_of,
    put,
    settle,
    tell,
    tell_first,
    tell_on_matters,
)
from .files import Ready, carry, keep_own, take_away
from .tokens import renew


@dataclass(frozen=True)
class Told:
    """What a whistle says. `asks`: (body, what exactly is asked of it)."""

    title: str
    facts: str
    done_below: str
    cause: str
    urgency: str = "normal"
    figures: str = ""
    affected: int | None = None
    basis: str = ""
    asks: Sequence[tuple[Organisation | None, str]] = ()  # those without words are left out
    attachments: Sequence[UUID] = ()


def draft(
    *, by: Actor, compound: Compound, level: str, told: Told, matters: Sequence[Matter], at: datetime, files: Sequence[Ready] = (),
    once: UUID | None = None,
) -> Whistle:  # fmt: skip
    """A call for help with one or several matters, not yet sent to anybody. Raises Refused."""
    return _drafted(by, compound, level, told, matters, at, None, files, once)


def _drafted(
    by: Actor, compound: Compound, level: str, told: Told, matters: Sequence[Matter], at: datetime, parent: Whistle | None,
    files: Sequence[Ready], once: UUID | None,
) -> Whistle:  # fmt: skip
    if again := _again(compound, once):
        return again
    try:
        with one_act():
            return _draft(by, compound, level, told, matters, at, parent, files, once)
    except IntegrityError:
        if again := _again(compound, once):
            return again
        raise


def _again(compound: Compound, once: UUID | None) -> Whistle | None:
    seen = done_before(compound.pk, once)
    return Whistle.objects.get(compound_id=compound.pk, pk=seen.subject_id) if seen else None


def _draft(
    by: Actor, compound: Compound, level: str, told: Told, matters: Sequence[Matter], at: datetime, parent: Whistle | None,
    files: Sequence[Ready], once: UUID | None,
) -> Whistle:  # fmt: skip
    if level not in rules.UPWARDS or by.role not in rules.DRAFTERS[Level(level)] or by.body_id is None:
        raise Refused(Refusal("not_yours", "这一层的哨单不归您拟"), field="level")
    _complete(told)
    if parent is not None and rules.UPWARDS.index(Level(level)) <= rules.UPWARDS.index(Level(parent.level)):
        raise Refused(Refusal("not_higher", "只能往上一层吹"), field="level")
    if not matters and parent is None:
        raise Refused(Refusal("no_matter", "先选是哪几件事"), field="matters")
    whistle = Whistle(
        compound=compound, number=next_value(compound.pk, SUBJECT), level=level, state=State.DRAFTED, drafted_body_id=by.body_id,
        drafted_by=by.account_id, drafted_at=at, parent=parent, turn="approver", turn_since=at, **_said(told),
    )  # fmt: skip
    whistle.save(force_insert=True)
    for matter in matters:
        WhistleMatter(compound_id=compound.pk, whistle=whistle, matter=matter).save(force_insert=True)
    _put_asks(whistle, compound, told)
    _put_pictures(whistle, matters, told.attachments, at)
    shift(compound.pk, counts_of(whistle))
    move = Move(whistle, by, Do.DRAFT, at)
    entry = record(
        by=by, act=Do.DRAFT, subject_kind=SUBJECT, subject_id=whistle.pk, at=at, compound_id=compound.pk, internal=True, once=once,
        data={"level": level, "matters": [m.number for m in matters]},
    )  # fmt: skip
    if parent is not None:
        carry(parent, whistle, at=at, entry_id=entry.pk)
    keep_own(whistle, files, at=at, entry_id=entry.pk)
    tell(move, approvers(whistle, compound, at), f"哨单第 {whistle.number} 号等您批准", body=whistle.title, entry=entry)
    return whistle


def _complete(told: Told) -> None:
    for name in ("title", "facts", "done_below"):
        if not getattr(told, name).strip():
            raise Refused(Refusal(f"missing_{name}", rules.NEEDS[name]), field=name)
    if told.cause not in rules.CAUSES:
        raise Refused(Refusal("cause", "请选为什么要吹哨"), field="cause")
    if told.urgency not in rules.URGENCIES:
        raise Refused(Refusal("urgency", "请选急不急"), field="urgency")


def _said(told: Told) -> dict:
    return {
        "title": told.title.strip()[:80], "facts": told.facts.strip(), "figures": told.figures.strip()[:400], "affected": told.affected,
        "basis": told.basis.strip()[:200], "done_below": told.done_below.strip()[:400], "cause": told.cause, "urgency": told.urgency,
    }  # fmt: skip


def _put_asks(whistle: Whistle, compound: Compound, told: Told) -> None:
    level = Level(whistle.level)
    rows = [(row, body, words.strip()) for row, (body, words) in enumerate(told.asks, 1) if words.strip()]
    wanted = [(_beside(row, body), body or office(compound, rules.TARGETS[level]), words) for row, body, words in rows]
    if not wanted:
        raise Refused(Refusal("missing_asks", rules.NEEDS["asks"]), field="ask1")
    if len(wanted) > rules.ASKS_MOST:
        raise Refused(Refusal("too_many", "一张哨单最多请 %(n)s 个部门", values={"n": rules.ASKS_MOST}), field="asks")
    seen = set()
    for place, (beside, body, words) in enumerate(wanted, 1):
        if body is None or body_for(compound=compound, body_id=body.pk) is None:
            raise Refused(Refusal("no_body", "还没有要吹的单位，先把它加进部门名册"), field=beside)
        if no := rules.may_be_asked(level, body.kind):
            raise Refused(no, field=beside)
        if body.pk in seen:
            raise Refused(Refusal("twice", "同一个部门写在一处"), field=beside)
        seen.add(body.pk)
        Ask(
            compound=compound, whistle=whistle, place=place, body=body, words=words[:400], step=Step.WAITING,
            link_phone=body.liaison_phone,
        ).save(force_insert=True)  # fmt: skip


def _beside(row: int, body: Organisation | None) -> str:
    """Where a refusal of one of the asks stands: at the agency, or at what is asked where none is chosen."""
    return f"body{row}" if body else f"ask{row}"


def _put_pictures(whistle: Whistle, matters: Sequence[Matter], chosen: Sequence[UUID], at: datetime) -> None:
    """Photos of its own matters alone, none that is internal or covered."""
    rows = Attachment.objects.filter(
        compound_id=whistle.compound_id, pk__in=list(chosen), matter__in=[m.pk for m in matters], kind="photo", internal=False,
        hidden_at=None,
    ).order_by("id")  # fmt: skip
    there = WhistleFile.objects.filter(compound_id=whistle.compound_id, whistle=whistle, funding_entry=None)
    known = set(there.values_list("digest", flat=True))
    for row in rows:
        if row.digest in known:
            continue
        known.add(row.digest)
        WhistleFile(
            compound_id=whistle.compound_id, whistle=whistle, attachment=row, kind="photo", digest=row.digest, added_at=at,
        ).save(force_insert=True)  # fmt: skip


@one_act()
def edit(
    *, by: Actor, whistle: Whistle, told: Told, files: Sequence[Ready] = (), drop: Sequence[UUID] = (), at: datetime,
    once: UUID | None = None,
) -> Whistle:  # fmt: skip
    """While nobody has approved it. `told.attachments` are all its matters' photos from now on; `drop`: own files to take away."""
    move = begin(whistle, by=by, act=Do.EDIT, at=at, once=once)
    if move.done_before:
        return move.whistle
    _complete(told)
    for name, value in _said(told).items():
        setattr(move.whistle, name, value)
    move.whistle.sent_back = ""
    Ask.objects.filter(compound_id=whistle.compound_id, whistle=whistle).delete()
    _put_asks(move.whistle, move.compound, told)
    WhistleFile.objects.filter(compound_id=whistle.compound_id, whistle=whistle, attachment__isnull=False).delete()
    _put_pictures(move.whistle, matters_of(move.whistle), told.attachments, at)
    take_away(move.whistle, drop)
    entry = finish(move)
    keep_own(move.whistle, files, at=at, entry_id=entry.pk)
    to = approvers(move.whistle, move.compound, at)
    tell(move, to, f"哨单第 {move.whistle.number} 号改好了，等您批准", body=move.whistle.title, entry=entry)
    return move.whistle


@one_act()
def send_back(*, by: Actor, whistle: Whistle, words: str, at: datetime, once: UUID | None = None) -> Whistle:
    """Not like this: the drafter puts it right."""
    move = begin(whistle, by=by, act=Do.SEND_BACK, at=at, words=words.strip(), once=once)
    if not move.done_before:
        move.whistle.sent_back = words.strip()[:400]
        entry = finish(move)
        tell(
            move, blowers(move.whistle, at), f"哨单第 {move.whistle.number} 号要改一改", body=words.strip(), entry=entry
        )
    return move.whistle


@one_act()
def drop(*, by: Actor, whistle: Whistle, words: str, at: datetime, once: UUID | None = None) -> Whistle:
    move = begin(whistle, by=by, act=Do.DROP, at=at, words=words.strip(), once=once)
    if not move.done_before:
        move.whistle.closed_at, move.whistle.closing_words = at, words.strip()[:400]
        entry = finish(move)
        tell(move, blowers(move.whistle, at), f"哨单第 {move.whistle.number} 号不吹了", body=words.strip(), entry=entry)
    return move.whistle


@one_act()
def approve(*, by: Actor, whistle: Whistle, at: datetime, once: UUID | None = None) -> Whistle:
    move = begin(whistle, by=by, act=Do.APPROVE, at=at, once=once)
    if not move.done_before:
        entry = _approved(move)
        title = f"哨单第 {move.whistle.number} 号批准了，请您吹哨"
        tell(move, _drafter(move.whistle), title, body=move.whistle.title, entry=entry)
    return move.whistle


def _approved(move: Move) -> AuditEntry:
    move.whistle.approved_by, move.whistle.approved_at, move.whistle.sent_back = move.by.account_id, move.at, ""
    return finish(move)


def _drafter(whistle: Whistle) -> list[To]:
    return [To(whistle.drafted_by)] if whistle.drafted_by else []


@one_act()
def blow(*, by: Actor, whistle: Whistle, at: datetime, site: str = "", once: UUID | None = None) -> Whistle:
    """To everybody on it at once; the first promise of each starts when it is told. `site` begins the links that liaisons get."""
    move = begin(whistle, by=by, act=Do.BLOW, at=at, once=once)
    if move.done_before:
        return move.whistle
    move.whistle.blown_at = at
    asks = asks_of(move.whistle)
    move.data["bodies"] = [a.body.name for a in asks]
    entry = finish(move)
    drafters_part(move)
    for ask in asks:
        _send(move, ask, entry, site)
    settle(move)
    names = "、".join(a.body.name for a in asks)
    title = f"哨单第 {move.whistle.number} 号批准了，已经吹给{names}"
    tell(move, _drafter(move.whistle), title, body=move.whistle.title, entry=entry, key=":drafter")
    tell_on_matters(move, entry, f"吹哨请{names}来办", {"step": "blown", "bodies": move.data["bodies"]})
    return move.whistle


@one_act()
def approve_and_blow(*, by: Actor, whistle: Whistle, at: datetime, site: str = "", once: UUID | None = None) -> Whistle:
    """As approvers mostly do. A repeat finds it approved already."""
    Whistle.objects.select_for_update().get(compound_id=whistle.compound_id, pk=whistle.pk)
    if done_before(whistle.compound_id, once):
        return whistle
    move = begin(whistle, by=by, act=Do.APPROVE, at=at, once=once)
    _approved(move)
    return blow(by=by, whistle=move.whistle, at=at, site=site)


def _send(move: Move, ask: Ask, entry: AuditEntry, site: str) -> None:
    move.ask = ask
    put(move, ask)
    if move.whistle.level == Level.AGENCIES:
        renew(ask, site, move.at)
    ask.save()
    move.ask = None
    tell_first(move, ask, entry)


def raise_higher(
    *, by: Actor, whistle: Whistle, told: Told, at: datetime, level: str = "", files: Sequence[Ready] = (), once: UUID | None = None
) -> Whistle:  # fmt: skip
    """The same matters, all of them, one level up or further: by whoever may draft there. The first stays as it is."""
    compound = Compound.objects.select_related("community").get(pk=whistle.compound_id)
    up = level or rules.higher(Level(whistle.level))
    if up is None:
        raise Refused(Refusal("top", "已经吹到部门了，没有再上一层"))
    rows = WhistleMatter.objects.select_related("matter").filter(compound_id=whistle.compound_id, whistle=whistle)
    matters = [row.matter for row in rows.order_by("matter__number")]
    return _drafted(by, compound, up, told, matters, at, whistle, files, once)


def same_again(whistle: Whistle) -> Told:
    """What a whistle said, for the one that takes it further; the drafters' own files go along by themselves."""
    chosen = WhistleFile.objects.filter(compound_id=whistle.compound_id, whistle=whistle, attachment__isnull=False)
    return Told(
        title=whistle.title, facts=whistle.facts, done_below=whistle.done_below, cause=whistle.cause, urgency=whistle.urgency,
        figures=whistle.figures, affected=whistle.affected, basis=whistle.basis, attachments=[f.attachment_id for f in chosen if f.attachment_id],
    )  # fmt: skip


def first_level(by: Actor) -> Level:
    """Where somebody of this role mostly whistles to."""
    if by.role in COMMUNITY:
        return Level.AGENCIES
    return Level.COMMUNITY if by.role in COMMITTEE or by.body_kind == Body.PMC else Level.AGENCIES
