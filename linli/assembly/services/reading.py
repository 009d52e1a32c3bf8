"""Papers read twice: two clerks, each alone; where they differ, both look again (domain §3.9, traps 8)."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from linli.kernel import receipts
from linli.kernel.refusal import Refusal, ask
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Leaf, Paper, Reading, Session
from ..queries import reading as queries
from ..rules.counting import PAPER_FAULTS, Read, agreed, refuse_reading
from ..rules.officers import SCHEME
from ..rules.returning import HANDED_IN
from ..rules.sessions import Act
from . import log
from .base import Step, begin, finish
from .count import enter


def read_paper(
    *, session: Session, by: Actor, number: str, said: Mapping[str, Any], at: datetime, once: UUID | None = None
) -> bool:
    """`said` from `plain`. True when with this reading the paper is settled, and its entry in the log.

    Raises Refused for a paper that did not come back, a clerk who read it before, and a candidate.
    """
    with transaction.atomic():
        step = begin(session, by=by, act=Act.READ, at=at, once=once)
        if step.done_before:
            return False
        paper, returned = _came_back(step.session, number)
        _no_candidate(step)
        before, since = queries.readings(paper), queries.looked_again_after(paper)
        counting = {str(account) for account in queries.reads_now(step.session)}
        left = not {one.clerk for one in before[:2]} <= counting
        ask(refuse_reading(before, str(by.account_id), since, left=left))
        made = Read(str(by.account_id), (before[-1].turn if before else 0) + 1, said)
        held = agreed([*before, made], since)
        _keep(step, paper, made, settled=held is not None and made.turn > 2)
        if held:
            _enter(step, paper, returned, held.said)
        finish(step, data={"paper": number, "turn": made.turn, "settled": held is not None}, internal=True)
    return held is not None


def plain(
    choices: Mapping[str, Any], *, owner: str = "", agents: tuple[str, ...] = (), fault: str = ""
) -> dict[str, Any]:
    """What two clerks must agree on. Of a paper that is no vote, nothing but why."""
    if fault:
        return {"choices": {}, "owner": "", "agent": "", "fault": fault}
    return {"choices": dict(choices), "owner": owner, "agent": list(agents) or "", "fault": ""}


def _came_back(session: Session, number: str) -> tuple[Paper, Leaf]:
    leaf = (
        Leaf.objects.filter(
            compound_id=session.compound_id,
            session=session,
            kind__in=HANDED_IN,
            ballot=number,
        )
        .select_related("row", "party")
        .first()
    )
    rows = Paper.objects.select_for_update().filter(compound_id=session.compound_id, session=session, number=number)
    paper = rows.first()
    if leaf is None or paper is None:
        ask(Refusal("not_returned", "这个编号的票没有收回来", SCHEME), "number")
        raise AssertionError
    return paper, leaf


def _no_candidate(step: Step) -> None:
    """Domain §3.9: none who counts is a candidate."""
    if queries.is_candidate(step.session, step.by.account_id):
        ask(Refusal("candidate", "候选人不能录票、计票", SCHEME))


def _keep(step: Step, paper: Paper, made: Read, *, settled: bool) -> None:
    fault = made.said["fault"]
    Reading.objects.create(
        id=uuid7(), compound_id=paper.compound_id, session=step.session, paper=paper, turn=made.turn, account_id=step.by.account_id,
        choices=vault.seal(json.dumps(dict(made.said), ensure_ascii=False)), valid=not fault, reason=fault, settled=settled, at=step.at,
    )  # fmt: skip


def _enter(step: Step, paper: Paper, returned: Leaf, said: Mapping[str, Any]) -> None:
    """The leaf of what was read. The box is open, so the vault keeps the opening from now."""
    assert said["fault"] in {"", *PAPER_FAULTS}
    kind = receipts.Leaf.ENTERED
    opening = {
        "salt": secrets.token_hex(log.SALT_BYTES),
        "kind": kind.value,
        "ballot": paper.number,
        **{key: value for key, value in said.items() if key != "fault" or value},
    }
    leaf = log.append(
        log.locked(step.session), step.session, kind=kind, ballot=paper.number, opening=opening, channel="paper", at=step.at,
        party=returned.party, row=returned.row, account_id=step.by.account_id,
    )  # fmt: skip
    enter(step.session, leaf, opening, step.at)
