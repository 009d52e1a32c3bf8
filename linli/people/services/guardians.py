"""Who acts for an owner that cannot: proposed with a paper, in force when a second confirms; ends on its day, or by another change."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.access import may_propose_owners
from linli.people.models import Guardian, Ownership, Person, RegisterChange
from linli.people.queries.guardians import guardians_of
from linli.people.rules.bindings import same_name
from linli.people.rules.tenure import GUARDIAN_ARTICLES, refuse_guardian, refuse_unproved
from linli.places.models import Home
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7

from .evidence import sealed

BEGINS, ENDS = "guardian", "unguardian"
GUARDED = (BEGINS, ENDS)


@transaction.atomic
def propose_guardian(
    *, by: Actor, home: Home, person: Person, kind: str, name: str, phone: str, until: date | None, reason: str, paper: bytes, at: datetime,
    ends: Guardian | None = None, once: UUID | None = None,
) -> RegisterChange:  # fmt: skip
    """`ends`: who acts no more; then nobody new is named. Raises Refused."""
    if by.account_id is None:
        raise ValueError("a change of the register has an author")
    if earlier := done_before(home.compound_id, once):
        return RegisterChange.objects.get(compound_id=home.compound_id, pk=earlier.subject_id)
    today, name = timezone.localdate(at), name.strip()
    person = Person.objects.select_for_update().get(compound_id=home.compound_id, pk=person.pk)
    ask(may_propose_owners(by, home.compound_id, today))
    if not Ownership.objects.filter(compound_id=home.compound_id, home=home, person=person, to_day=None).exists():
        raise Refused(Refusal("not_here", _("名册里这个人不是这一户的业主")))
    if ends:
        no = refuse_unproved(bool(paper), GUARDIAN_ARTICLES[ends.kind])
    else:
        held = guardians_of(home.compound_id, [person.pk], today).get(person.pk, [])
        no = refuse_guardian(
            owner=person.name, company=person.is_organisation, kind=kind, name=name, known=any(same_name(one.name, name) for one in held),
            until=until, today=today, paper=bool(paper),
        )  # fmt: skip
    if no:
        raise Refused(*no)
    waiting = RegisterChange.objects.filter(compound_id=home.compound_id, person=person, kind__in=GUARDED)
    if waiting.filter(state="proposed").exists():
        raise Refused(Refusal("proposed", _("这一条已经提过，等第二个人确认")))
    change = RegisterChange(
        id=uuid7(), compound_id=home.compound_id, kind=ENDS if ends else BEGINS, home=home, person=person, day=today,
        reason=written(reason, "reason", 200), paper=sealed(home.compound_id, paper), proposed_by=by.account_id, proposed_at=at,
        given={"guardian": str(ends.pk), "name": ends.name, "kind": ends.kind} if ends
        else {"kind": kind, "name": name, "phone": phone, "until": until.isoformat() if until else ""},
    )  # fmt: skip
    change.save(force_insert=True)
    record(
        by=by, act="propose_guardian", subject_kind="register_change", subject_id=change.pk, at=at, compound_id=home.compound_id,
        person_id=person.pk, words=change.reason, data={"kind": change.kind, "home": str(home.pk)}, once=once,
    )  # fmt: skip
    return change


def take_effect(*, by: Actor, change: RegisterChange, at: datetime) -> None:
    """Of the day it is confirmed; who acts no more has acted until the day before, or until an earlier last day. Raises Refused."""
    today, given = timezone.localdate(at), change.given
    if change.kind == ENDS:
        rows = Guardian.objects.filter(compound_id=change.compound_id, person=change.person_id, pk=given["guardian"])
        before = today - timedelta(days=1)
        rows.filter(Q(to_day=None) | Q(to_day__gt=before)).update(to_day=before)
        return
    until = date.fromisoformat(given["until"]) if given["until"] else None
    if until is not None and until < today:
        raise Refused(
            Refusal("day", _("写的期限 %(day)s 已经过了，不能确认。期限不对的，退回去重新提") % {"day": whole(until)})
        )
    Guardian(
        id=uuid7(), compound_id=change.compound_id, person=change.person, change=change, kind=given["kind"], name=given["name"],
        phone=given["phone"], from_day=today, to_day=until,
    ).save(force_insert=True)  # fmt: skip
