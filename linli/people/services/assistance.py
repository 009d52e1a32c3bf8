"""A worker acts for a person without a phone: purpose, way, paper, both names on record, thirty minutes (traps 11)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Assistance, Organisation, Ownership, Person, RegisterChange, Residency
from linli.people.rules.bindings import same_name
from linli.places.models import Home
from linli.plumbing import images, vault
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7

LASTS = timedelta(minutes=30)
CHANNELS = ("phone", "counter", "visit")


@transaction.atomic
def start_assistance(
    *, by: Actor, purpose: str, channel: str, at: datetime, person: Person | None = None, home: Home | None = None, name: str = "",
    paper: bytes | None = None, once: UUID | None = None,
) -> Assistance:  # fmt: skip
    """For a person of the register, or for one named here with a home; a name that the register has is that person."""
    compound_id = by.compound_id
    if compound_id is None or by.account_id is None or by.role_id is None or channel not in CHANNELS:
        raise Refused(Refusal("channel", _("选一个：打电话、到窗口、上门")), "channel")
    if earlier := done_before(compound_id, once):
        return Assistance.objects.get(compound_id=compound_id, pk=earlier.subject_id)
    if person is None:
        if home is None or not name.strip():
            raise Refused(Refusal("for_whom", _("替谁办？选一个人，或者写上姓名和房号")), "name")
        person = _named(home, name.strip())
    if person.deceased_on:
        raise Refused(Refusal("dead", _("这个人已经登记去世，不能替他办事"), _("民法典第十三条")), "name")
    started = Assistance(
        id=uuid7(), compound_id=compound_id, account_id=by.account_id, post_id=by.role_id, person=person, home=home or _home_of(person),
        purpose=purpose, channel=channel, started_at=at, ends_at=at + LASTS,
    )  # fmt: skip
    if paper:
        started.paper = vault.keep_sealed(compound_id, images.photo(paper).small)
    started.save(force_insert=True)
    record(
        by=by, act="start_assistance", subject_kind="assistance", subject_id=started.pk, at=at, person_id=person.pk, words=purpose,
        data={"channel": channel, "paper": bool(paper)}, once=once,
    )  # fmt: skip
    return started


def _named(home: Home, name: str) -> Person:
    """Of that home in the register, so that a later self-registration does not double anybody; else somebody new."""
    for tenures in (Ownership, Residency):
        here = tenures.objects.select_related("person").filter(compound_id=home.compound_id, home=home, to_day=None)
        for tenure in here:
            if same_name(tenure.person.name, name):
                return tenure.person
    person = Person(compound_id=home.compound_id, name=name, no_phone=True, extra={"source": "assistance"})
    person.save(force_insert=True)
    Residency(compound_id=home.compound_id, home=home, person=person, kind="other").save(force_insert=True)
    return person


def _home_of(person: Person) -> Home | None:
    for tenures in (Ownership, Residency):
        tenure = (
            tenures.objects.select_related("home")
            .filter(compound_id=person.compound_id, person=person, to_day=None)
            .first()
        )
        if tenure:
            return tenure.home
    return None


@transaction.atomic
def show_paper(
    *, by: Actor, kept: Assistance | RegisterChange, reason: str, at: datetime, once: UUID | None = None
) -> bytes:
    """The photo of what the person wrote or signed, or of what proves a change of the register, to somebody who says why; the person can see who looked."""
    if not reason.strip():
        raise Refused(Refusal("no_reason", _("写一句为什么要看"), _("个人信息保护法第五十一条")), "reason")
    try:
        photo = vault.open_sealed(kept.paper)
    except (OSError, vault.Unopened):
        raise Refused(Refusal("paper_lost", _("这张照片打不开了，请联系运营的人")), "reason") from None
    if not done_before(kept.compound_id, once):
        body = Organisation.objects.filter(pk=by.body_id).values_list("name", flat=True).first() if by.body_id else ""
        record(
            by=by, act="show_paper", subject_kind="person", subject_id=kept.person_id, at=at,
            compound_id=kept.compound_id, person_id=kept.person_id, words=reason.strip(), once=once,
            data={"body": body or "", "body_kind": by.body_kind, "paper": str(kept.pk)},
        )  # fmt: skip
    return photo


@transaction.atomic
def end_assistance(*, by: Actor, pk: UUID, at: datetime) -> None:
    rows = Assistance.objects.filter(compound_id=by.compound_id, pk=pk, account_id=by.account_id, ends_at__gt=at)
    if rows.update(ends_at=at):
        record(by=by, act="end_assistance", subject_kind="assistance", subject_id=pk, at=at)
