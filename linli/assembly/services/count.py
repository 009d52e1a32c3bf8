"""Opening the box with two sheets, and counting what lay in it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from linli.kernel import receipts, shares
from linli.kernel.receipts import fingerprint
from linli.kernel.refusal import Refusal, ask
from linli.kernel.tally.sheet import explain
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..access import parts_in
from ..models import Assent, Item, Leaf, Opened, Outcome, Scan, Session, SheetUse, ShownScan
from ..queries import cases
from ..queries.counting import items_of, last_outcomes, listed
from ..queries.officers import accounts_of, assents
from ..queries.reading import stands
from ..queries.sheets import sheets
from ..rules.counting import missing_openers, refuse_few
from ..rules.sessions import Act, Office
from ..rules.sheets import LAID
from .base import Step, begin, finish
from .log import about

OPENING = "open_count"
BATCH = 500


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def agree_to_open(*, session: Session, by: Actor, at: datetime, once: UUID | None = None) -> Session:
    """Half of the opening: chair and scrutineer must both want it, as two people."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.AGREE_COUNT, at=at, once=once)
        if not step.done_before:
            _assent(step)
            finish(step)
    return step.session


def _assent(step: Step) -> None:
    assert step.by.account_id
    for office in _openers_of(step):
        key = {"compound_id": step.session.compound_id, "session": step.session, "act": OPENING, "office": office}
        Assent.objects.get_or_create(**key, account_id=step.by.account_id, defaults={"at": step.at})


def _openers_of(step: Step) -> list[Office]:
    parts = {part.value for part in parts_in(step.session, step.by)}
    return [office for office in (Office.CHAIR, Office.SCRUTINEER) if office in parts]


def open_count(
    *, session: Session, by: Actor, sheets: Sequence[str], at: datetime, once: UUID | None = None
) -> Session:
    """Everything that came in is opened in this one transaction, and since then kept by the vault: the key is not kept.

    Raises Refused for one sheet, for a sheet of another vote, before both have agreed, and for a register that is not the frozen one.
    """
    with transaction.atomic():
        step = begin(session, by=by, act=Act.OPEN_COUNT, at=at, once=once)
        if step.done_before:
            return step.session
        _assent(step)
        _both(step)
        tellers = accounts_of(step.session, [Office.TELLER])
        scrutineers = accounts_of(step.session, [Office.SCRUTINEER])
        ask(refuse_few(len(tellers), len(scrutineers)))
        _register_as_frozen(step.session)
        places, opener = _opener(step.session, sheets)
        _laid(step, places)
        faults = _open_leaves(step, opener)
        _open_scans(step, opener)
        finish(step, data={"sheets": places, "faults": faults})
    return step.session


def _both(step: Step) -> None:
    agreed = {Office(office): account for office, account in assents(step.session).get(OPENING, {}).items()}
    for office in missing_openers(agreed):
        ask(Refusal("both", "主持人和监票人都同意才能开箱，还差%(who)s", "本次会议公告的计票办法", {"who": office}))
    if len(set(agreed.values())) < 2:
        ask(Refusal("two_people", "主持人和监票人要是两个人", "本次会议公告的计票办法"))


def _register_as_frozen(session: Session) -> None:
    """The register is the election: whoever changed it since it was frozen has to explain first (domain §3.1)."""
    now = fingerprint(row.published for row in cases.rows_of(session))
    if now != session.register_fingerprint:
        ask(Refusal("register_changed", "名册和锁定时的指纹不一样，有人改过，先查清楚再计票", "民法典第二百七十八条"))


def _opener(session: Session, sheets: Sequence[str]) -> tuple[list[int], shares.Opener]:
    typed = [text for text in sheets if text.strip()]
    if len(typed) < shares.NEEDED:
        ask(Refusal("one_sheet", "一份密钥单打不开票箱，要三份里的两份放在一起", "本次会议公告的计票办法"), "second")
    places = [_place(session, text, field) for text, field in zip(typed, ("first", "second"), strict=False)]
    if len(set(places)) < shares.NEEDED:
        ask(Refusal("same_sheet", "这两份是同一份，要另一份", "本次会议公告的计票办法"), "second")
    return places, shares.Opener((typed[0], typed[1]), session.pk.hex, session.seal_key)


def _place(session: Session, text: str, field: str) -> int:
    try:
        return shares.is_of(text, session.pk.hex, tuple(session.sheets))
    except shares.NotAShare:
        ask(Refusal("wrong_sheet", "这份不是这次投票的密钥单，或者有字抄错了", "本次会议公告的计票办法"), field)
        raise


def _laid(step: Step, places: Sequence[int]) -> None:
    """Who keeps each sheet, from when it was handed over; where nobody wrote that down, who typed it."""
    held = {sheet.place: sheet for sheet in sheets(step.session)}
    for place, field in zip(places, ("first", "second"), strict=True):
        sheet = held[place]
        if sheet.lost:
            ask(
                Refusal(
                    "lost_sheet",
                    "第 %(n)s 张登记丢了；找到了，先由主持人和监票人登记",
                    "本次会议公告的计票办法",
                    {"n": place},
                ),
                field,
            )
        account = sheet.account if sheet.since else step.by.account_id
        SheetUse.objects.create(
            compound_id=step.session.compound_id, session=step.session, place=place, act=LAID, office=sheet.office, account_id=account,
            name=sheet.keeper, digest=step.session.sheets[place - 1], by_account_id=step.by.account_id, at=step.at,
        )  # fmt: skip


def _open_leaves(step: Step, opener: shares.Opener) -> dict[str, str]:
    """Numbers of what does not open, or opens to something else than it commits to."""
    session, rows, faults = step.session, [], {}
    for leaf in Leaf.objects.filter(compound_id=session.compound_id, session=session).order_by("index"):
        opening, fault = _opened(leaf, session, opener)
        if fault:
            faults[leaf.ballot] = fault
        sealed = vault.seal(json.dumps(opening, ensure_ascii=False)) if opening is not None else None
        rows.append(
            Opened(compound_id=session.compound_id, session=session, leaf=leaf, sealed=sealed, fault=fault, at=step.at)
        )
    Opened.objects.bulk_create(rows, batch_size=BATCH)
    return faults


def _opened(leaf: Leaf, session: Session, opener: shares.Opener) -> tuple[Any, str]:
    try:
        plain = opener.open(bytes(leaf.sealed), about(session, leaf.ballot, receipts.Leaf(leaf.kind)))
        opening = json.loads(plain)
        same = receipts.commitment(opening) == leaf.commitment
    except (shares.Unopened, ValueError, KeyError, TypeError):
        return None, "unopened"
    if not same or opening.get("kind") != leaf.kind or opening.get("ballot") != leaf.ballot:
        return opening, "changed"
    return opening, ""


def scan_about(session: Session, digest: str) -> str:
    """What binds a sealed scan to its session."""
    return f"linli scan {session.pk.hex} {digest}"


def _open_scans(step: Step, opener: shares.Opener) -> None:
    session, rows = step.session, []
    for scan in Scan.objects.filter(compound_id=session.compound_id, session=session):
        try:
            plain = opener.open(vault.path(scan.file).read_bytes(), scan_about(session, scan.digest))
            file = vault.keep_sealed(session.compound_id, plain)
        except (shares.Unopened, OSError):
            file = ""
        rows.append(ShownScan(compound_id=session.compound_id, scan=scan, file=file, at=step.at))
    ShownScan.objects.bulk_create(rows, batch_size=BATCH)


def enter(step_session: Session, leaf: Leaf, opening: Mapping[str, Any], at: datetime) -> None:
    """A leaf that was written after the box was opened is open from the start."""
    Opened.objects.create(
        compound_id=step_session.compound_id, session=step_session, leaf=leaf, at=at,
        sealed=vault.seal(json.dumps(dict(opening), ensure_ascii=False)),
    )  # fmt: skip


# ── counting ────────────────────────────────────────────────────────────────────────────────────────────────────────


def tally(*, session: Session, by: Actor, at: datetime, once: UUID | None = None) -> list[Outcome]:
    """Counts every item. Raises Refused while a paper that came back is unread."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.TALLY, at=at, once=once)
        if step.done_before:
            return list(last_outcomes(step.session).values())
        made = count_items(step)
        finish(step, data={"turn": made[0].turn if made else 0})
    return made


def count_items(step: Step) -> list[Outcome]:
    _register_as_frozen(step.session)
    unread = [paper for paper in stands(step.session) if not paper.entered]
    if unread:
        ask(
            Refusal(
                "unread", "还有 %(n)s 张收回来的纸质票没有录完，录完才能计票", "本次会议公告的计票办法", {"n": len(unread)}
            )
        )  # fmt: skip
    box, before = cases.box(step.session), last_outcomes(step.session)
    return [_counted(step, item, box, before.get(item.pk)) for item in items_of(step.session)]


def _counted(step: Step, item: Item, box: cases.Box, before: Outcome | None) -> Outcome:
    found = cases.counted(item, box)
    return Outcome.objects.create(
        id=uuid7(), compound_id=item.compound_id, item=item, turn=before.turn + 1 if before else 1, result=found.result.value,
        found=found.as_dict(), listed=listed(found, box), sheet=explain(found), at=step.at,
    )  # fmt: skip
