"""Money held by somebody else (domain M40): asked for, decided, released, spent, the works accepted."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor
from linli.plumbing.whole import one_act

from ...models import FundingEntry, FundingRequest, Whistle
from ...rules import funding as rules
from ...rules.funding import Money
from ...rules.help import yuan
from ...rules.whistles import NEEDS, Do
from .base import begin, blowers, finish, tell, tell_on_matters
from .files import Ready, keep


@one_act()
def request_funding(
    *, by: Actor, whistle: Whistle, liable: str, why: str, asked_fen: int | None, court: str = "", case_no: str = "",
    frozen_fen: int | None = None, basis: str = "", at: datetime, once: UUID | None = None,
) -> FundingRequest:  # fmt: skip
    given = {"liable": liable.strip(), "why": why.strip(), "asked_fen": asked_fen}
    move = begin(whistle, by=by, act=Do.FUND, at=at, given=given, once=once)
    there = FundingRequest.objects.filter(compound_id=whistle.compound_id, whistle=whistle).first()
    if there:
        if move.done_before:
            return there
        raise Refused(Refusal("funding_there", "这张哨单已经有一笔资金申请"))
    assert asked_fen is not None
    made = FundingRequest(
        compound_id=whistle.compound_id, whistle=whistle, liable=liable.strip()[:80], why=why.strip()[:200], court=court.strip()[:60],
        case_no=case_no.strip()[:60], frozen_fen=frozen_fen, asked_fen=asked_fen, basis=basis.strip()[:200], asked_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    move.data = {"asked_fen": asked_fen}
    finish(move)
    return made


@one_act()
def enter(
    *, by: Actor, funding: FundingRequest, kind: str, day: date | None, fen: int | None = None, decision: str = "", payee: str = "",
    paper: str = "", words: str = "", corrects: FundingEntry | None = None, files: Sequence[Ready] = (), at: datetime, once: UUID | None = None,
) -> FundingEntry:  # fmt: skip
    """One thing that happened, on its day, with what proves it; a wrong entry is corrected by a new one of its kind. Raises Refused."""
    whistle = Whistle.objects.get(compound_id=funding.compound_id, pk=funding.whistle_id)
    move = begin(
        whistle, by=by, act=Do.FUND_STEP, at=at, given={"kind": kind, "day": day}, words=words.strip(), once=once
    )
    if move.done_before:
        return FundingEntry.objects.filter(compound_id=funding.compound_id, funding=funding).order_by("-id")[0]
    assert day is not None
    _fits(kind, day, payee, paper, words, fen, corrects, at)
    row = FundingEntry(
        compound_id=funding.compound_id, funding=funding, kind=kind, day=day, fen=fen, decision=decision if kind == Money.DECIDED else "",
        payee=payee.strip()[:80], paper=paper.strip()[:120], words=words.strip()[:400], corrects=corrects, at=at,
    )  # fmt: skip
    held = FundingRequest.objects.select_for_update().get(compound_id=funding.compound_id, pk=funding.pk)
    entries = standing(held, new=row)
    funds = rules.add_up(held.asked_fen, [(e.kind, e.fen, e.decision) for e in entries])
    alone = rules.add_up(held.asked_fen, [(kind, fen, row.decision)])
    no = kind == Money.DECIDED and rules.unsound(alone, kind) or rules.unsound(funds, kind)
    if no:
        raise Refused(no[1], field=no[0])
    row.save(force_insert=True)
    held.asked_fen, held.granted_fen = funds.asked, funds.granted
    held.released_fen, held.spent_fen = funds.released, funds.spent
    held.decision = funds.decision
    held.accepted_on = max((e.day for e in entries if e.kind == Money.ACCEPTED), default=None)
    held.save()
    move.data = {"kind": kind, "fen": fen, "corrects": str(corrects.pk) if corrects else None}
    entry = finish(move)
    keep(whistle, files, at=at, entry_id=entry.pk, money=row)
    if kind in {Money.RELEASED, Money.ACCEPTED} and corrects is None:
        said = {"step": kind, "fen": fen}
        sentence = f"钱拨出来了，{yuan(fen or 0)} 元" if kind == Money.RELEASED else "修好了，验收过了"
        tell_on_matters(move, entry, sentence, said)
        tell(move, blowers(whistle, at), f"哨单第 {whistle.number} 号，{sentence}", entry=entry)
    return row


def _fits(kind: str, day: date, payee: str, paper: str, words: str, fen: int | None, corrects, at: datetime) -> None:
    if kind not in rules.MONEY:
        raise Refused(Refusal("missing_kind", NEEDS["kind"]), field="kind")
    if day > timezone.localdate(at):
        raise Refused(Refusal("future", "还没到那一天，到了再记"), field="day")
    if kind in {Money.RELEASED, Money.RECEIPT, Money.ASKED} and not fen:
        raise Refused(Refusal("no_amount", NEEDS["fen"]), field="fen")
    if kind in {Money.RELEASED, Money.RECEIPT} and not payee.strip():
        raise Refused(Refusal("no_payee", NEEDS["payee"]), field="payee")
    if kind in {Money.SENT, Money.GOT, Money.RECEIPT} and not paper.strip():
        raise Refused(Refusal("no_paper", "请写是哪份文书"), field="paper")
    if kind == Money.ASKED and not words.strip():
        raise Refused(Refusal("missing_words", NEEDS["words"]), field="words")
    if corrects is not None and (corrects.kind != kind or not words.strip()):
        raise Refused(Refusal("correction", "更正要记同一步，并写清原因"), field="words")


def standing(funding: FundingRequest, new: FundingEntry) -> list[FundingEntry]:
    """What holds with the new one: entries that no later one corrects, by their days; a correction stands where stood what
    it corrects."""
    rows = [*FundingEntry.objects.filter(compound_id=funding.compound_id, funding=funding).order_by("id"), new]
    gone, first = {e.corrects_id for e in rows}, dict[UUID, UUID]()
    for e in rows:
        first[e.pk] = first[e.corrects_id] if e.corrects_id else e.pk
    return sorted((e for e in rows if e.pk not in gone), key=lambda e: (e.day, first[e.pk]))
