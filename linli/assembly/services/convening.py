"""Notice, keys, opening, extending and closing: what makes a session lawful, each by its day."""

from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils.translation import gettext as _

from linli.kernel import shares
from linli.kernel.profiles import Profile
from linli.kernel.receipts import fingerprint
from linli.kernel.refusal import Refusal, Refused, ask
from linli.notices.services import To, queue
from linli.plumbing import vault
from linli.plumbing.acts import CLOCK, Actor, record
from linli.plumbing.moments import moment
from linli.plumbing.tenancy import uuid7

from ..models import Item, Leaf, Log, Session
from ..queries.elections import changed_lists, last_list, list_objections, silence_days, unheard, unlisted
from ..queries.officers import accounts_of, observers
from ..queries.register import fingerprint_rows, lacking_count, objections_open, register_until
from ..queries.sheets import lost
from ..rules import dates
from ..rules.elections.candidates import latest_list, list_answered, may_lock_candidates
from ..rules.elections.office import may_vote_on_recall
from ..rules.printed import from_profile, refuse_rules
from ..rules.sessions import Act, State, turn_of
from ..rules.sheets import refuse_open as refuse_lost
from .afterwards import ring
from .base import KIND, SUBJECT, Step, begin, finish, together
from .drafting import profile
from .heads import publish_closing
from .officers import refuse_candidates
from .papers import print_papers
from .register import frozen_no, scope_totals, write
from .requests import ask_enough
from .telling import people_of, remind, tell_owners


def _dates(session: Session) -> dates.Dates:
    assert session.opens_at and session.closes_at
    return dates.Dates(session.opens_at, session.closes_at, session.interim)


# ── notice ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def refuse_notice(session: Session, at: datetime) -> Refusal | None:
    """What stands in the way of the notice today."""
    local_rule = profile(session)
    if window := dates.refuse_dates(_dates(session), local_rule):
        return window[0]
    if not Item.objects.filter(compound_id=session.compound_id, session=session).exists():
        return Refusal("no_items", "先写上要表决什么，没有公告的事不能表决", dates.NOTICE_ARTICLE)
    if not session.register_parties:
        return Refusal("no_register", "先建业主名册，名册和公告一起公布", dates.BY_PLACE)
    if wrong := refuse_rules(from_profile(local_rule) | session.rules, local_rule, first=session.first):
        return wrong[0]
    if no := _refuse_list(session, local_rule) or refuse_candidates(session):
        return no
    if no := dates.refuse_notice(_dates(session), local_rule, at):
        return no
    if late := dates.refuse_record_day(session.record_on, dates.local(at)):
        return late[0]
    return ask_enough(session) if session.ground == "joint_request" else None


def _refuse_list(session: Session, local_rule: Profile) -> Refusal | None:
    assert session.opens_at
    latest = latest_list(dates.local(session.opens_at), local_rule.values["candidate_notice_days"])
    last = last_list(session)
    return may_lock_candidates(
        unlisted=unlisted(session), changed=changed_lists(session), objections=list_objections(session),
        listed=dates.local(last) if last else None, latest=latest, cite=local_rule.cite("candidate_notice_days"),
    )  # fmt: skip


@transaction.atomic
def give_notice(*, by: Actor, session: Session, at: datetime, once: UUID | None = None) -> Session:
    """Agenda, rules, dates and masked register go out together; from now on none of them changes. The residents' committee
    and every owner with an account or a number are told in the same act. Raises Refused."""
    step = begin(session, by=by, act=Act.NOTICE, at=at, once=once)
    if step.done_before:
        return step.session
    session = step.session
    if session.register_parties and _built_for_another_day(session, at):
        write(session, at)
    ask(refuse_notice(session, at))
    session.record_on = dates.record_day(session.record_on, at)
    key = Ed25519PrivateKey.generate()
    session.sign_key, session.sign_secret = (
        key.public_key().public_bytes_raw().hex(),
        vault.seal(key.private_bytes_raw().hex()),
    )
    session.noticed_at = session.register_published_at = at
    session.due_at = session.opens_at
    community = _tell_community(session, at)
    owners = tell_owners(
        session, people_of(session), key="notice", at=at, title=_("业主大会会议公告"), body=_said_of(session, at)
    )
    finish(step, data={"community": community, "owners": owners})
    return session


def _built_for_another_day(session: Session, at: datetime) -> bool:
    built, day = session.register_built_at, dates.record_day(session.record_on, at)
    return built is None or dates.local(built) < day or dates.record_day(session.record_on, built) != day


def _said_of(session: Session, at: datetime) -> str:
    assert session.opens_at and session.closes_at
    values = {"title": session.title, "from": moment(session.opens_at, at), "to": moment(session.closes_at, at)}
    return _("%(title)s：%(from)s 到 %(to)s 投票。议题、规则和业主名册都公布了。") % values


def _tell_community(session: Session, at: datetime) -> int:
    """At the same time (物业管理条例第十四条), so that it may send an observer."""
    return queue(
        compound_id=session.compound_id, to=[To(account_id=pk) for pk in sorted(observers(session, at))], kind=KIND, title=_("业主大会要开会了，请派人到场"),
        body=_said_of(session, at), subject_kind=SUBJECT, subject_id=session.pk, number=session.number, key=f"session:{session.pk}:community", at=at,
    )  # fmt: skip


# ── locking the register, and the keys ──────────────────────────────────────────────────────────────────────────────


def refuse_freeze(session: Session, at: datetime) -> Refusal | None:
    waiting, uncorrected = objections_open(session)
    return dates.refuse_freeze(
        until=register_until(session), at=at, open_objections=waiting, uncorrected=uncorrected, lacking=lacking_count(session)
    )  # fmt: skip


@transaction.atomic
def freeze(*, by: Actor, session: Session, at: datetime, once: UUID | None = None) -> tuple[Session, tuple[str, ...]]:
    """When chair and scrutineer have both pressed it the register is locked, papers are numbered, and the key is made whose
    three sheets are given back here and kept nowhere. Raises Refused."""
    step = begin(session, by=by, act=Act.FREEZE, at=at, once=once)
    if step.done_before:
        return step.session, ()
    session = step.session
    frozen_no(session)
    ask(refuse_freeze(session, at))
    if not together(step, turn=turn_of(step.act, session)):  # built anew in between, it is another register
        finish(step, data={"half": True})
        return session, ()
    session.register_fingerprint = fingerprint(fingerprint_rows(session))
    session.register_frozen_at = at
    scope_totals(session)
    print_papers(session, at)
    Log(id=uuid7(), compound_id=session.compound_id, session=session).save(force_insert=True)
    sheets = _make_keys(session)
    found = {
        "parties": session.register_parties,
        "area": session.register_area,
        "fingerprint": session.register_fingerprint,
    }
    finish(step, data=found)
    return session, sheets


def _make_keys(session: Session) -> tuple[str, ...]:
    made = shares.make(session.pk.hex)
    session.seal_key, session.sheets = made.public_key, list(made.digests)
    return tuple(sheet.text for sheet in made.sheets)


@transaction.atomic
def new_keys(*, by: Actor, session: Session, at: datetime, once: UUID | None = None) -> tuple[Session, tuple[str, ...]]:
    """Sheets that were not printed or went astray before voting: both make another key, the old sheets open nothing. Raises Refused."""
    step = begin(session, by=by, act=Act.NEW_KEYS, at=at, once=once)
    if step.done_before:
        return step.session, ()
    session = step.session
    if session.register_frozen_at is None:
        raise Refused(Refusal("no_keys", "名册锁定的时候才做密钥"))
    if Leaf.objects.filter(compound_id=session.compound_id, session=session).exists():
        raise Refused(Refusal("sealed", "已经有票用这次的密钥封存了，不能再换"))
    if not together(step, turn=turn_of(step.act, session)):
        finish(step, data={"half": True})
        return session, ()
    sheets = _make_keys(session)
    finish(step)
    return session, sheets


# ── the box ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def refuse_open(session: Session, at: datetime) -> Refusal | None:
    assert session.opens_at and session.closes_at
    no = (
        may_vote_on_recall(unheard(session, at), silence_days(session))
        or list_answered(list_objections(session))
        or refuse_lost(lost(session))
    )
    if no:
        return no
    return dates.refuse_open(
        frozen=session.register_frozen_at is not None, opens_at=session.opens_at, closes_at=session.closes_at, at=at
    )


@transaction.atomic
def open_voting(*, by: Actor, session: Session, at: datetime, once: UUID | None = None) -> Session:
    """Opens when chair and scrutineer have both pressed it; until then nothing is taken. Raises Refused."""
    step = begin(session, by=by, act=Act.OPEN, at=at, once=once)
    if step.done_before:
        return step.session
    ask(refuse_open(step.session, at))
    opened = together(step)
    if opened:
        step.session.due_at = next_due(step.session, at)
        _tell_opened(step, at)
    finish(step, data={} if opened else {"half": True})
    return step.session


def _tell_opened(step: Step, at: datetime) -> None:
    session = step.session
    assert session.closes_at
    tell_owners(
        session, people_of(session), key="open", at=at, title=_("开始投票了"),
        body=_("%(title)s：%(to)s 截止") % {"title": session.title, "to": moment(session.closes_at, at)},
    )  # fmt: skip


def refuse_extend(session: Session, until: datetime, at: datetime) -> Refusal | None:
    assert session.closes_at
    return dates.refuse_extend(
        allowed_days=session.rules.get("extension_days", 0), extended=session.extended_from is not None, closes_at=session.closes_at,
        until=until, at=at,
    )  # fmt: skip


@transaction.atomic
def extend(*, by: Actor, session: Session, until: datetime, reason: str, at: datetime, once: UUID | None = None) -> Session:  # fmt: skip
    """Once, announced before closing, and only where the notice said so. Raises Refused."""
    step = begin(session, by=by, act=Act.EXTEND, at=at, once=once)
    if step.done_before:
        return step.session
    session = step.session
    ask(refuse_extend(session, until, at), "until")
    assert session.opens_at and session.closes_at
    if no := dates.refuse_dates(dates.Dates(session.opens_at, until), profile(session)):
        raise Refused(no[0], "until")
    if not reason.strip():
        raise Refused(Refusal("missing_reason", "请写清原因"), "reason")
    if session.count_at:
        session.count_at += until - session.closes_at
    session.extended_from, session.closes_at = session.closes_at, until
    session.due_at = next_due(session, at)
    body = _("%(title)s：改到 %(to)s 截止。%(why)s") % {
        "title": session.title,
        "to": moment(until, at),
        "why": reason.strip(),
    }
    tell_owners(session, people_of(session), key="extend", at=at, title=_("投票延长了"), body=body[:400])
    finish(step, words=reason.strip()[:200], data={"until": until.isoformat()})
    return session


def refuse_close(session: Session, at: datetime) -> Refusal | None:
    assert session.closes_at
    return dates.refuse_close(closes_at=session.closes_at, at=at)


@transaction.atomic
def close(*, by: Actor, session: Session, at: datetime, once: UUID | None = None) -> Session:
    """After the hour that was announced, by both; where they are late the clock has done it. Raises Refused."""
    step = begin(session, by=by, act=Act.CLOSE, at=at, once=once)
    if step.done_before:
        return step.session
    ask(refuse_close(step.session, at))
    closed = together(step)
    if closed:
        _closed(step.session, at)
    finish(step, data={} if closed else {"half": True})
    return step.session


def _closed(session: Session, at: datetime) -> None:
    """All that happens when a box closes, by whomever."""
    session.closed_at, session.due_at = at, None
    publish_closing(session, at)


def next_due(session: Session, at: datetime) -> datetime | None:
    """The next morning on which those not yet reached are reminded, or the end of voting."""
    assert session.closes_at
    local = at.astimezone(dates.SHANGHAI)
    morning = (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    return min(morning, session.closes_at)


@transaction.atomic
def tick(*, session_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """The clock: reminds chair and scrutineer that voting should open, those not yet reached once a day, closes the box, and
    goes on until the papers are put away."""
    session = Session.objects.select_for_update().get(compound_id=compound_id, pk=session_id)
    if session.due_at is None or session.due_at > at:
        return False
    assert session.closes_at
    if session.state == State.NOTICED:
        _press_to_open(session, at)
        session.due_at = None
        session.save()
        return True
    if session.state != State.OPEN:
        told = ring(session, at)
        session.save()
        if told:
            record(by=CLOCK, act=told, subject_kind=SUBJECT, subject_id=session.pk, at=at, compound_id=compound_id)
        return bool(told)
    if at >= session.closes_at:
        session.state = State.CLOSED
        _closed(session, at)
        act = f"session_{Act.CLOSE}"
    else:
        remind(session, at)
        session.due_at = next_due(session, at)
        act = "session_remind"
    session.save()
    record(by=CLOCK, act=act, subject_kind=SUBJECT, subject_id=session.pk, at=at, compound_id=compound_id)
    return True


def _press_to_open(session: Session, at: datetime) -> None:
    to = [To(account_id=pk) for pk in accounts_of(session, ("chair", "scrutineer"))]
    queue(
        compound_id=session.compound_id, to=to, kind=KIND, title=_("到了开始投票的时间"), body=_("主持人和监票人都按了才开始。"),
        subject_kind=SUBJECT, subject_id=session.pk, number=session.number, key=f"session:{session.pk}:press", at=at,
    )  # fmt: skip
