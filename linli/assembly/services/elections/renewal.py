"""The term runs out: the clock begins the renewal in time, and tells the subdistrict where nobody goes on with it (domain §3.10)."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from linli.kernel.profiles import Profile
from linli.notices.services import To, queue
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.counters import next_value
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7

from ...models import Formation, Item, Session
from ...queries import elections as queries
from ...queries import offices, renewals
from ...rules.elections import renewal as rules
from ...rules.elections.states import Kind
from ...rules.printed import from_profile
from ..base import SUBJECT as SESSION
from .base import SUBJECT, in_chinese


@transaction.atomic
def tell_renewal(*, formation_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Those who sit and the community are told in time, once; for a committee the session that elects the next is drafted."""
    made = _locked(formation_id, compound_id)
    if made.renewal_told_at or made.term_to is None:
        return False
    made.renewal_told_at = at
    if made.kind == Kind.COMMITTEE:
        made.renewal = _drafted(made, queries.rules_of(made), at)
    made.save(update_fields=["renewal_told_at", "renewal"])
    today = timezone.localdate(at)
    with in_chinese():
        body = f"任期到 {whole(made.term_to)}。请报告街道，成立换届小组，{whole(rules.late_day(made.renewal_on or today, made.term_to))}前开始。"
        if made.renewal:
            body += "换届选举的会议草稿已经开好，改好日期就能征集候选人。"
        if made.kind == Kind.PMC:
            body += "换届的公告按这一届写好了，改好日期就能发出。"
        queue(
            compound_id=compound_id, to=[To(account_id=pk) for pk in offices.who_renews(made, today)], kind="renewal_due",
            title=f"{made.title}该准备换届了", body=body, subject_kind=SUBJECT, subject_id=made.pk, number=made.number,
            key=f"renewal:{made.pk}", at=at,
        )  # fmt: skip
    _noted(made, "formation_renewal_due", at)
    return True


def _locked(formation_id: UUID, compound_id: UUID) -> Formation:
    rows = Formation.objects.select_for_update(of=("self",)).select_related("compound__community")
    return rows.get(compound_id=compound_id, pk=formation_id)


def _noted(made: Formation, act: str, at: datetime) -> None:
    record(by=CLOCK, act=act, subject_kind=SUBJECT, subject_id=made.pk, at=at, compound_id=made.compound_id)


def _drafted(made: Formation, profile: Profile, at: datetime) -> Session:
    """Nobody is bound by it: whoever convenes sets the dates and asks for candidates, or gives it up."""
    assert made.term_to and made.made_id
    opens, closes = rules.suggested(made.term_to, timezone.localdate(at))
    session = Session(
        id=uuid7(), compound_id=made.compound_id, number=next_value(made.compound_id, SESSION), body_id=made.made_id, profile=made.profile,
        rules=from_profile(profile), drafted_at=at, salt=secrets.token_hex(16), title=f"换届选举{made.title}"[:80], ground="committee",
        opens_at=opens, closes_at=closes, count_at=closes, contact=made.contact,
    )  # fmt: skip
    session.save(force_insert=True)
    Item(
        id=uuid7(), compound_id=made.compound_id, session=session, place=1, matter_no=3, title="选举新一届业主委员会", form="per_candidate",
        seats=made.seats,
    ).save(force_insert=True)  # fmt: skip
    record(
        by=CLOCK, act="session_draft", subject_kind=SESSION, subject_id=session.pk, at=at, compound_id=made.compound_id, internal=True
    )  # fmt: skip
    return session


@transaction.atomic
def renewal_late(*, formation_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Nobody asked for candidates within the time: the subdistrict is told, once; it may order the session (domain §3.9)."""
    made = _locked(formation_id, compound_id)
    if made.renewal_late_at or made.term_to is None or renewals.begun(made):
        return False
    made.renewal_late_at = at
    made.save(update_fields=["renewal_late_at"])
    with in_chinese():
        queue(
            compound_id=compound_id, to=[To(account_id=pk) for pk in renewals.who_orders(made, timezone.localdate(at))],
            kind="renewal_due", title=f"{made.title}到期没有换届",
            body=f"任期到 {whole(made.term_to)}，还没有人征集候选人。请街道责令召开，逾期由街道组织（{rules.ORDERS}）。",
            subject_kind=SUBJECT, subject_id=made.pk, number=made.number, key=f"renewal-late:{made.pk}", at=at,
        )  # fmt: skip
    _noted(made, "formation_renewal_late", at)
    return True
