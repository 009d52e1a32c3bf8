"""Who conducts a session. Sworn, never a candidate or his kin, and never two things that watch each other (domain §3.9, §6.6)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.notices.services import To, queue
from linli.people.access import standings
from linli.people.models import Account, Binding
from linli.people.rules.bindings import same_name
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..access import parts_in
from ..models import Candidate, Officer, Replacement, Session
from ..queries.officers import accounts_of, community_agrees, observers, officers, refuse_agreeing
from ..rules.dates import local
from ..rules.officers import refuse_replacing
from ..rules.sessions import OFFICES, Act, Office, State
from .base import KIND, SUBJECT, begin, finish

NAME_MOST, WORDS_MOST = 40, 200
APART = frozenset({Office.CHAIR, Office.TELLER, Office.SCRUTINEER, Office.CLERK})
ARTICLE = "业主大会和业主委员会指导规则"


@transaction.atomic
def name_officer(
    *, by: Actor, session: Session, office: str, name: str, sworn: bool, at: datetime, phone: str = "", once: UUID | None = None
) -> Officer | None:  # fmt: skip
    """`phone`: of an account that stands here, so that the officer can act; without one the name alone. Raises Refused."""
    step = begin(session, by=by, act=Act.NAME_OFFICER, at=at, once=once)
    if step.done_before:
        return None
    if office not in set(Office):
        raise Refused(Refusal("office", "选一个职务"), "office")
    name, account = _ask(step.session, Office(office), name, phone, sworn, at)
    officer = Officer(
        id=uuid7(), compound_id=session.compound_id, session=step.session, office=office, account_id=account, name=name, sworn_at=at
    )  # fmt: skip
    officer.save(force_insert=True)
    finish(step, data={"office": office})
    return officer


def _ask(session: Session, office: Office, name: str, phone: str, sworn: bool, at: datetime) -> tuple[str, UUID | None]:
    """Whether he may hold it. Raises Refused."""
    if not sworn:
        raise Refused(Refusal("unsworn", "先声明不是候选人，也不是候选人的近亲属", ARTICLE), "sworn")
    name = written(name, "name", NAME_MOST)
    account = _account(session, phone, at) if phone else None
    _ask_apart(session, office, account)
    _ask_no_candidate(session, name, account)
    return name, account


def _account(session: Session, phone: str, at: datetime) -> UUID:
    account = Account.objects.filter(phone=phone, is_active=True).first()
    compound = Compound.objects.select_related("community").get(pk=session.compound_id)
    if account is None or not standings(account.pk, compound, local(at)):
        raise Refused(Refusal("no_account", "这个号码在本小区没有岗位，也没有绑定房屋"), "phone")
    return account.pk


def _ask_apart(session: Session, office: Office, account: UUID | None) -> None:
    if account is None:
        return
    rows = Officer.objects.filter(compound_id=session.compound_id, session=session, account_id=account, left_at=None)
    held = {Office(one) for one in rows.values_list("office", flat=True)}
    if office in held:
        raise Refused(Refusal("named", "已经是这个职务了"), "phone")
    if office in APART and (two := held & APART):
        values = {"office": OFFICES[min(two)]}
        raise Refused(
            Refusal("two_offices", "主持、录票、计票、监票要分开，这一位已经是%(office)s", ARTICLE, values), "phone"
        )


def _ask_no_candidate(session: Session, name: str, account: UUID | None) -> None:
    if who_stands(session, [(name, account)]):
        raise Refused(Refusal("candidate", "候选人不能主持、录票、计票、监票或者送票", ARTICLE), "name")


def refuse_candidates(session: Session) -> Refusal | None:
    """Who was named first, and stood for election after that."""
    named = officers(session)
    stands = who_stands(session, [(one.name, one.account_id) for one in named])
    if not stands:
        return None
    values = {"name": masks.name(stands), "office": next(OFFICES[one.office] for one in named if one.name == stands)}
    return Refusal("officer_stands", "%(office)s%(name)s是候选人，先换一位", ARTICLE, values)


def who_stands(session: Session, named: Sequence[tuple[str, UUID | None]]) -> str:
    """The first of these names and accounts that is a candidate's."""
    rows = Candidate.objects.filter(compound_id=session.compound_id, item__session=session, withdrawn_at=None)
    candidates = list(rows.values_list("name", "person_id"))
    if not candidates:
        return ""
    bound = Binding.objects.filter(
        compound_id=session.compound_id, account_id__in={account for _name, account in named if account}, state="confirmed",
        person_id__in={person for _name, person in candidates if person},
    )  # fmt: skip
    accounts = set(bound.values_list("account_id", flat=True))
    for name, account in named:
        if account in accounts or any(same_name(name, found) for found, _person in candidates):
            return name
    return ""


@transaction.atomic
def release_officer(
    *, by: Actor, session: Session, officer: Officer, at: datetime, once: UUID | None = None
) -> Session:
    """Leaves the office; what was done in it stands. Raises Refused."""
    step = begin(session, by=by, act=Act.RELEASE_OFFICER, at=at, once=once)
    if not step.done_before and officer.left_at is None:
        officer.left_at = at
        officer.save(update_fields=["left_at"])
        finish(step, data={"office": officer.office})
    return step.session


@transaction.atomic
def replace_officer(
    *, by: Actor, session: Session, officer: Officer, name: str, phone: str, sworn: bool, words: str, at: datetime,
    once: UUID | None = None,
) -> Replacement | None:  # fmt: skip
    """Half of it, once the box is open: who should come in his place, and why. Raises Refused."""
    step = begin(session, by=by, act=Act.REPLACE_OFFICER, at=at, once=once)
    if step.done_before:
        return None
    ask(
        refuse_replacing(
            state=State(step.session.state), office=Office(officer.office), left=officer.left_at is not None
        )
    )
    words = written(words, "words", WORDS_MOST)
    name, account = _ask(step.session, Office(officer.office), name, phone, sworn, at)
    if account is None or by.account_id is None:
        raise Refused(Refusal("no_account", "这个号码在本小区没有岗位，也没有绑定房屋"), "phone")
    made = Replacement(
        id=uuid7(), compound_id=session.compound_id, session=step.session, officer=officer, name=name, account_id=account, words=words,
        put_by=by.account_id, put_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    if community_agrees(step.session, made):
        _tell_community(step.session, at)
    finish(step, words=words, data={"office": officer.office, "replacement": str(made.pk)})
    return made


def _tell_community(session: Session, at: datetime) -> None:
    """And the scrutineers themselves, who may yet say that they can come."""
    told = observers(session, at) | set(accounts_of(session, [Office.SCRUTINEER]))
    queue(
        compound_id=session.compound_id, to=[To(account_id=pk) for pk in sorted(told)], kind=KIND, title=_("监票人都要换，请社区同意第一位"),
        body=_("%(title)s：召集人提出原来的监票人都换。原因写在会议页上，社区看过再同意；还能来的监票人，请马上告诉社区。")
        % {"title": session.title},
        subject_kind=SUBJECT, subject_id=session.pk, number=session.number, key=f"session:{session.pk}:scrutineers", at=at,
    )  # fmt: skip


@transaction.atomic
def agree_replacement(
    *, by: Actor, session: Session, replacement: Replacement, at: datetime, once: UUID | None = None
) -> Replacement | None:
    """The other half, by a scrutineer who neither asked for it nor goes nor comes, or by the community where all scrutineers go: now the
    one leaves, and the other is in office."""
    step = begin(session, by=by, act=Act.AGREE_OFFICER, at=at, once=once)
    if step.done_before:
        return None
    fresh = Replacement.objects.select_related("officer").get(compound_id=session.compound_id, pk=replacement.pk)
    officer = fresh.officer
    community = community_agrees(step.session, fresh)
    ask(refuse_agreeing(step.session, fresh, parts_in(step.session, by), by.account_id, community=community))
    _ask_apart(step.session, Office(officer.office), fresh.account_id)
    _ask_no_candidate(step.session, fresh.name, fresh.account_id)
    officer.left_at = at
    officer.save(update_fields=["left_at"])
    Officer(
        id=uuid7(), compound_id=session.compound_id, session=step.session, office=officer.office, account_id=fresh.account_id,
        name=fresh.name, sworn_at=fresh.put_at,
    ).save(force_insert=True)  # fmt: skip
    fresh.agreed_by, fresh.agreed_at = by.account_id, at
    fresh.save(update_fields=["agreed_by", "agreed_at"])
    finish(step, words=fresh.words, data={"office": officer.office, "replacement": str(fresh.pk)})
    return fresh
