"""A voice comes in, by whatever way, and becomes a matter with a number, a clock and somebody whose turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.people.models import Organisation, Person
from linli.people.queries import account_of
from linli.people.rules import RESIDENTS, Body, may
from linli.people.rules import Act as Right
from linli.places.models import Building, Compound, Entrance, Home
from linli.places.queries import calendar
from linli.plumbing import search
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import next_value, shift
from linli.plumbing.moments import day_and_hour
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..models import Clock, Follower, Matter
from ..rules import categories, danger, times, turns
from ..rules.states import Act, State
from ..rules.titles import title_of
from . import photos
from .bodies import at_desk
from .publicity import first_title
from .steps import SUBJECT
from .taken import took

SOURCES = {
    "resident_online": "手机", "resident_phone": "电话", "front_desk": "前台", "chat_group": "群消息", "home_visit": "走访",
    "patrol": "巡查", "council_meeting": "议事会", "committee": "业委会", "hotline": "12345", "agency_transfer": "部门转来",
    "asset_check": "设备检查", "care_check": "平安检查", "mediation": "调解", "party_branch": "党支部",
}  # fmt: skip
WORDS_MOST = 10000


@dataclass(frozen=True)
class Spot:
    """Where it is: a home, an entrance, a building, or only words."""

    building: Building | None = None
    entrance: Entrance | None = None
    home: Home | None = None
    words: str = ""

    @property
    def label(self) -> str:
        if self.home:
            return self.home.label
        where = (self.building.label if self.building else "") + (self.entrance.label if self.entrance else "")
        if where and self.words.startswith(where):
            return self.words
        here = self.building.label if self.building else ""
        return f"{where} {self.words.removeprefix(here).lstrip()}".strip()


NOWHERE = Spot()


def open_matter(
    *, by: Actor, compound: Compound, words: str, at: datetime, source: str = "resident_online", spot: Spot = NOWHERE, category: str = "",
    once: UUID | None = None, source_ref: str | None = None, person: Person | None = None, reporter_name: str = "", reporter_phone: str = "",
    privacy: str = "normal", hazard: bool = False, urgency: str = "", first_receiver: Organisation | None = None, history: bool = False,
) -> Matter:  # fmt: skip
    """One transaction: number, matter, first clock, follower, entry, kept counts, search, message.

    The same `once` (a double tap, a retry) or the same `source_ref` gives the first matter again. With `history` no clock
    starts and nobody is told; `urgency` where it is known before anybody sorts it, else danger is read from the words and
    its clock runs day and night (domain §4.5). Raises Refused.
    """
    words = words.strip()
    _check(by, compound, words, category)
    try:
        with one_act():
            return _open(
                by=by, compound=compound, words=words, at=at, source=source, spot=spot, category=category, once=once,
                source_ref=source_ref, person=person, reporter_name=reporter_name, reporter_phone=reporter_phone,
                privacy=privacy, hazard=hazard, urgency=urgency, first_receiver=first_receiver, history=history,
            )  # fmt: skip
    except IntegrityError:
        again = earlier(compound, once=once, source=source, source_ref=source_ref)
        if again is None:
            raise
        return again


def raise_with_photos(
    *,
    by: Actor,
    compound: Compound,
    files: Sequence[UploadedFile] = (),
    at: datetime,
    once: UUID | None = None,
    **what: Any,
) -> Matter:
    """`open_matter` with its photos and voice note, both or neither; `what` as there. A repeat keeps the first files.

    The files are made small before the transaction opens, so that nobody waits for them. Raises Refused.
    """
    if not files:
        return open_matter(by=by, compound=compound, at=at, once=once, **what)
    if once and (again := earlier(compound, once=once)):
        return again
    pieces = photos.ready(files)
    with one_act():
        matter = open_matter(by=by, compound=compound, at=at, once=once, **what)
        if matter.reported_at == at:
            photos.attach(by=by, matter=matter, files=pieces, phase="before", at=at)
    return matter


def earlier(compound: Compound, *, once: UUID | None, source: str = "", source_ref: str | None = None) -> Matter | None:
    rows = Matter.objects.filter(compound_id=compound.pk)
    if once and (found := rows.filter(once=once).first()):
        return found
    return rows.filter(source=source, source_ref=source_ref).first() if source_ref else None


def _check(by: Actor, compound: Compound, words: str, category: str) -> None:
    if by.compound_id != compound.pk or not (
        may(by.role, Right.RAISE_MATTER) or may(by.role, Right.RAISE_FOR_SOMEONE) or by.role == "import"
    ):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if not words:
        raise Refused(Refusal("no_words", "请先说说是什么事"), field="words")
    if len(words) > WORDS_MOST:
        many = {"limit_value": WORDS_MOST, "show_value": len(words)}
        raise Refused(
            Refusal("too_long", "最多写 %(limit_value)s 个字，现在有 %(show_value)s 个字", values=many), field="words"
        )
    if category and not categories.of(compound.settings).may_take(category):
        raise Refused(Refusal("unknown_category", "没有这个类别，请重新选"), field="category")


def has_property(compound: Compound) -> bool:
    return not compound.is_unmanaged


def _open(*, by, compound, words, at, source, spot, category, once, source_ref, person, reporter_name, reporter_phone, privacy, hazard, urgency, first_receiver, history):  # fmt: skip
    resident = by.role in RESIDENTS
    desk = turns.desk_party("", category, has_property(compound))
    by_words = danger.told(words) if source in danger.LIVE and not urgency and not history else None
    urgency, hazard = urgency or by_words or "", hazard or by_words == times.Urgency.EMERGENCY
    title = title_of(words)
    matter = Matter(
        id=uuid7(), compound_id=compound.pk, number=next_value(compound.pk, "matter"), once=once, source=source, source_ref=source_ref,
        words=words, title=title, public_title=first_title(compound.pk, title, reporter_name), building=spot.building or (spot.home.building if spot.home else None),
        entrance=spot.entrance or (spot.home.entrance if spot.home else None), home=spot.home, place=spot.label[:80],
        reporter_account_id=by.account_id if resident else account_of(compound.pk, person.pk) if person else None,
        reporter_person_id=by.person_id if resident else (person.pk if person else None),
        reporter_name=reporter_name[:40], reporter_phone=reporter_phone[:20], state=State.SUBMITTED, category=category,
        privacy=privacy, hazard=hazard, urgency=urgency, desk=desk, turn=desk, turn_since=at, first_receiver=first_receiver, reported_at=at,
    )  # fmt: skip
    clock = None
    if not history:
        plan = times.plan(times.ClockKind.ACKNOWLEDGE, urgency, at, calendar(compound))
        assert plan is not None
        matter.next_due_at, matter.next_clock = plan.due_at, times.ClockKind.ACKNOWLEDGE
        clock = Clock(
            compound_id=compound.pk, matter=matter, kind=times.ClockKind.ACKNOWLEDGE, urgency=urgency or times.UNTRIAGED, started_at=at,
            due_at=plan.due_at, next_at=plan.half_at, body=first_receiver,
        )  # fmt: skip
    matter.save(force_insert=True)
    if clock:
        clock.save(force_insert=True)
    if resident or person or reporter_name or reporter_phone:
        Follower(
            compound_id=compound.pk, matter=matter, account_id=matter.reporter_account_id, person_id=matter.reporter_person_id,
            name=matter.reporter_name, phone=matter.reporter_phone, kind="reporter", origin=matter, since=at, reported_at=at,
        ).save(force_insert=True)  # fmt: skip
    entry = record(
        by=by, act=Act.RAISE, subject_kind=SUBJECT, subject_id=matter.pk, at=at, compound_id=compound.pk, words=words,
        data={"source": source, **({"by_words": by_words} if by_words else {})}, once=None, person_id=matter.reporter_person_id,
    )  # fmt: skip
    took(compound.pk, [matter.pk], by=by, act=Act.RAISE, at=at)
    local = timezone.localtime(at)
    shift(
        compound.pk,
        turns.buckets(
            state=matter.state,
            category=category,
            turn=desk,
            overdue=False,
            outcome="",
            level_settled="",
            reported_at=local,
            closed_at=None,
        ),
    )
    search.put(
        compound_id=compound.pk,
        ordinal=compound.ordinal,
        kind=SUBJECT,
        number=matter.number,
        text=searchable(matter, compound),
    )
    if not history:
        to = To(
            matter.reporter_account_id, matter.reporter_person_id, reporter_phone or (person.phone if person else "")
        )
        if to.account_id or to.person_id or to.phone:
            queue(
                compound_id=compound.pk, to=[to], kind=Act.RAISE, title=f"第 {matter.label} 号已交给{turns.PARTIES[desk]}，{_promise(matter)} 前回您",
                body=title, subject_kind=SUBJECT, subject_id=matter.pk, number=matter.number, key=str(entry.pk), at=at, rank=0,
            )  # fmt: skip
        if by_words:
            _call_the_desk(matter, by, compound, key=f"{entry.pk}:desk", at=at)
    return matter


def _call_the_desk(matter: Matter, by: Actor, compound: Compound, *, key: str, at: datetime) -> None:
    """Nobody waits for them to look at the list; who recorded it knows already."""
    body = matter.first_receiver or responsible(compound, matter.desk) or responsible(compound, "community")
    to = [one for one in at_desk(body, timezone.localdate(at)) if one.account_id != by.account_id] if body else []
    queue(
        compound_id=compound.pk, to=to, kind="danger", subject_kind=SUBJECT, subject_id=matter.pk, number=matter.number, key=key, at=at, rank=0,
        title=f"{times.URGENCIES[times.Urgency(matter.urgency)]}：第 {matter.label} 号，{_promise(matter)}前受理", body=matter.title,
    )  # fmt: skip


def _promise(matter: Matter) -> str:
    assert matter.next_due_at is not None  # its first clock runs
    return day_and_hour(matter.next_due_at)


def searchable(matter: Matter, compound: Compound) -> str:
    named = categories.of(compound.settings).label(matter.category)
    return f"{matter.number:04d} {matter.place} {named} {matter.words}"


def responsible(compound: Compound, party: str) -> Organisation | None:
    """The compound's present body for a party: its property company, its committee (or PMC), its community."""
    kinds = {"property": [Body.PROPERTY], "committee": [Body.COMMITTEE, Body.PMC], "community": [Body.COMMUNITY]}[party]
    rows = Organisation.objects.filter(kind__in=kinds, ended_on=None)
    if party == "community":
        return rows.filter(community_id=compound.community_id, compound=None).first()
    return rows.filter(compound_id=compound.pk).order_by("id").last()
