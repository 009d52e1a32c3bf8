"""What the people who raised or follow a matter may say and do, and the conversation with its handler."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To
from linli.people.rules import RESIDENTS
from linli.plumbing.acts import Actor, record
from linli.plumbing.models import AuditEntry
from linli.plumbing.whole import one_act

from ..access import main_of
from ..models import Follower, Matter
from ..queries.voices import left_to_others, own, raised, to_hear
from ..rules import categories, times, turns
from ..rules.states import OPEN, RATINGS, Act, State
from . import photos
from .bodies import at_desk
from .desk import ask_not_late, back_to_desk, settle
from .intake import responsible
from .steps import Step, begin, finish, followers, record_on
from .superiors import body_of, in_charge, superiors

ADOPT = "adopt_matters"


def _staff(step: Step) -> list[To]:
    """Whom a word of the reporter reaches: the named handler, else the desk of the body that has it."""
    m = step.matter
    return in_charge(m, body_of(m, None, step.compound), timezone.localdate(step.at))


@one_act()
def note(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None, photos: int = 0) -> Matter:
    """A word added while it is open. From the reporter it goes to the handler, from the handler to everybody who follows."""
    step = begin(matter, by=by, act=Act.NOTE, at=at, words=words.strip() or ("补充了照片" if photos else ""), once=once)
    if step.done_before:
        return step.matter
    from_resident = by.role in RESIDENTS
    finish(
        step,
        tell=f"第 {step.matter.label} 号补充了一句" if from_resident else f"第 {step.matter.label} 号有进展",
        to=_staff(step) if from_resident else None,
    )
    return step.matter


def note_with_photos(
    *, by: Actor, matter: Matter, words: str, files: Sequence[UploadedFile] = (), at: datetime, once: UUID | None = None
) -> Matter:
    """A note and its photos, both or neither; the files are made small before the transaction opens."""
    pieces = photos.ready(files) if files else []
    with one_act():
        matter = note(by=by, matter=matter, words=words, at=at, once=once, photos=len(pieces))
        if pieces:
            photos.attach(
                by=by, matter=matter, files=pieces, phase="before" if by.role in RESIDENTS else "during", at=at
            )
    return matter


def join(*, by: Actor, matter: Matter, words: str = "", files: Sequence[UploadedFile] = (), at: datetime) -> Matter:
    """ "Me too", with what the neighbour had written and photographed before they saw that it was known."""
    pieces = photos.ready(files) if files else []
    with one_act():
        main = me_too(by=by, matter=matter, at=at)
        said_before = words.strip() and AuditEntry.objects.filter(
            compound_id=main.compound_id,
            subject_id=main.pk,
            act=Act.NOTE,
            account_id=by.account_id,
            words=words.strip(),
        )
        if (words.strip() and not (said_before and said_before.exists())) or pieces:
            note(by=by, matter=main, words=words, at=at, photos=len(pieces))
        if pieces:
            photos.attach(by=by, matter=main, files=pieces, phase="before", at=at)
    return main


@one_act()
def internal_note(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.INTERNAL_NOTE, at=at, words=words.strip(), once=once, internal=True)
    if not step.done_before:
        finish(step)
    return step.matter


def _speaks_for_reporter(by: Actor) -> bool:
    return by.role in RESIDENTS or by.assistance_id is not None


@one_act()
def ask(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.ASK, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    asks = _speaks_for_reporter(by)
    to = _staff(step) if asks else _whom_to_ask(step.matter)
    if not asks and to:
        step.matter.asked = step.words
    finish(step, tell=f"第 {step.matter.label} 号有人问{'' if asks else '您'}", to=to)
    return step.matter


def _whom_to_ask(matter: Matter) -> list[To]:
    """The reporter, else who raised it too: whoever only follows it neither reads the question nor may answer it."""
    if not left_to_others(matter):
        return followers(matter, reporter=True)
    if not raised(matter).exists():
        return []
    who = to_hear(matter)
    return [To(who.account.pk if who.account else None, who.person.pk if who.person else None, who.phone)]


@one_act()
def answer(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.ANSWER, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    answers = _speaks_for_reporter(by)
    if answers:
        step.matter.asked = ""
    finish(step, tell=f"第 {step.matter.label} 号有回答", to=_staff(step) if answers else None)
    return step.matter


@one_act()
def urge(*, by: Actor, matter: Matter, words: str = "", at: datetime, once: UUID | None = None) -> Matter:
    """Reaches the handler and the superior; counted; the same person not twice in twelve hours."""
    step = begin(matter, by=by, act=Act.URGE, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    recent = AuditEntry.objects.filter(
        compound_id=m.compound_id, subject_id=m.pk, act=Act.URGE, account_id=by.account_id, at__gt=at - times.URGE_REST
    )  # fmt: skip
    if recent.exists():
        raise Refused(Refusal("urged", "半天里已经催过了，对方收到了"))
    m.urges += 1
    heads = superiors(body_of(m, None, step.compound), step.compound, timezone.localdate(at))
    finish(step, tell=f"第 {m.label} 号有人催", to=[*_staff(step), *heads])
    return m


@one_act()
def me_too(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    """A neighbour has the same trouble: one voice more, told at each step. Saying it twice counts once."""
    m = Matter.objects.select_for_update().get(compound_id=matter.compound_id, pk=main_of(matter).pk)
    if by.role not in RESIDENTS or State(m.state) not in OPEN:
        raise Refused(Refusal("wrong_state", "这件事已经办完，有新情况请另说一件"))
    if Follower.objects.filter(compound_id=m.compound_id, matter=m, account_id=by.account_id, left_at=None).exists():
        return m
    Follower(
        compound_id=m.compound_id,
        matter=m,
        account_id=by.account_id,
        person_id=by.person_id,
        kind="me_too",
        origin=m,
        since=at,
        reported_at=at,
    ).save(force_insert=True)
    m.voices += 1
    m.save(update_fields=["voices"])
    record_on(m, by=by, act=Act.ME_TOO, at=at)
    return m


@one_act()
def follow(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.FOLLOW, at=at, once=once)
    if step.done_before:
        return step.matter
    step.internal = True
    _, made = Follower.objects.get_or_create(
        compound_id=step.matter.compound_id, matter=step.matter, account_id=by.account_id, person=None, left_at=None,
        defaults={"kind": "follower", "since": at},
    )  # fmt: skip
    if made:
        finish(step)
    return step.matter


@one_act()
def unfollow(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.UNFOLLOW, at=at, once=once)
    if step.done_before:
        return step.matter
    step.internal = True
    rows = Follower.objects.filter(
        compound_id=step.matter.compound_id, matter=step.matter, account_id=by.account_id, left_at=None
    )
    # The reporter stays; who reported a merged one follows this one only as long as they like.
    gone = rows.exclude(pk__in=own(step.matter).values("pk")).update(left_at=at)
    if gone and by.role in RESIDENTS:
        step.matter.voices = max(1, step.matter.voices - gone)
    finish(step)
    return step.matter


@one_act()
def confirm(*, by: Actor, matter: Matter, rating: str = "", at: datetime, once: UUID | None = None) -> Matter:
    """The reporter says it is done; it closes with the outcome that the handler gave. A visit that is owed stays owed."""
    step = begin(matter, by=by, act=Act.CONFIRM, at=at, once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    if rating and rating not in RATINGS:
        raise Refused(Refusal("rating", "请选一个"), field="rating")
    m.rating = rating or m.rating
    settle(m, at, m.outcome or "fixed")
    step.data |= {"rating": rating} if rating else {}
    finish(step, tell=f"第 {m.label} 号，报告人说办好了", to=[*_staff(step), *followers(m)])
    return m


@one_act()
def reopen(
    *, by: Actor, matter: Matter, reason: str, same_fault: bool = False, at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    """ "Still not fixed": before closing at any time; after closing within 15 days, or at any time where the reporter says
    that it is the same fault returning; then the same number with a suffix (domain §4.4)."""
    step = begin(
        matter, by=by, act=Act.REOPEN, at=at, given={"reason": reason.strip()}, words=reason.strip(), once=once
    )
    if step.done_before:
        return step.matter
    m = step.matter
    if m.state == State.CLOSED and same_fault:
        step.data["same_fault"] = True
    elif m.state == State.CLOSED:
        ask_not_late(m, at)
    said = "报告人说还没修好，重新办" if m.state != State.VISITED else "没办好，重新办"
    back_to_desk(step)
    finish(step, tell=f"第 {m.label} 号{said}", to=[*_staff(step), *followers(m)])
    return m


@one_act()
def rate(*, by: Actor, matter: Matter, rating: str, words: str = "", at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.RATE, at=at, given={"rating": rating}, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    if rating not in RATINGS:
        raise Refused(Refusal("rating", "请选一个"), field="rating")
    step.matter.rating = rating
    step.data["rating"] = rating
    finish(step)
    return step.matter


@one_act()
def withdraw(*, by: Actor, matter: Matter, words: str = "", at: datetime, once: UUID | None = None) -> Matter:
    """The reporter takes it back. It goes on for the neighbours who raised it too, and a hazard stays open: others are in
    danger."""
    step = begin(matter, by=by, act=Act.WITHDRAW, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    if others := raised(m).exclude(pk__in=own(m).values("pk")).count():
        return _leave(step, others)
    if m.hazard:
        raise Refused(Refusal("hazard", "这是隐患，关系到大家的安全，不能撤回；您可以不再跟进"))
    m.outcome, m.closed_at = "withdrawn", at
    finish(step, tell=f"第 {m.label} 号由报告人撤回", to=[*_staff(step), *followers(m)])
    return m


def _leave(step: Step, others: int) -> Matter:
    m = step.matter
    m.voices = max(1, m.voices - own(m).filter(left_at=None).update(left_at=step.at))
    m.asked = ""  # it was put to who left
    step.to, step.act, step.internal = None, Act.LEAVE, True
    finish(step, tell=f"第 {m.label} 号的报告人退出了，还有 {others} 位在等，接着办", to=_staff(step))
    return m


@one_act()
def correct_category(*, by: Actor, matter: Matter, category: str, at: datetime, once: UUID | None = None) -> Matter:
    """The reporter knows better what it is. Once it is sorted its desk is told, which may give it to another body."""
    step = begin(matter, by=by, act=Act.CORRECT_CATEGORY, at=at, given={"category": category}, once=once)
    if step.done_before:
        return step.matter
    here = categories.of(step.compound.settings)
    if not here.may_take(category, already=step.matter.category):
        raise Refused(Refusal("unknown_category", "没有这个类别，请重新选"), field="category")
    m = step.matter
    step.data |= {"category": category, "was": m.category}
    m.category = category
    if m.level:
        m.desk = turns.desk_party(m.level, category, not step.compound.is_unmanaged)
    said, to = f"第 {m.label} 号的类别由报告人改成{here.label(category)}", _staff(step)
    if m.triaged_at and (desk := responsible(step.compound, m.desk)):
        said, to = f"{said}，请看还该不该由原来的办", [*to, *at_desk(desk, timezone.localdate(at))]
    finish(step, tell=said, to=to)
    return m


@one_act()
def adopt(
    *, by: Actor, compound_id: UUID, person_id: UUID, account_id: UUID, at: datetime, instead_of: UUID | None = None
) -> int:
    """An account has come to speak for a person: what was raised in the person's name by somebody else is now seen, urged
    and judged by the account as its own. How many matters. What another account raised stays that account's, unless it is
    the one `instead_of` which the account now speaks."""
    given = Q(account=None) | Q(account=instead_of) if instead_of else Q(account=None)
    rows = Follower.objects.filter(given, compound_id=compound_id, person_id=person_id)
    adopted = 0
    for row in rows.order_by("id"):
        theirs = Matter.objects.filter(compound_id=compound_id, pk=row.matter_id, reporter_person_id=person_id)
        adopted += theirs.filter(reporter_account=row.account_id).update(reporter_account_id=account_id)
        same = {
            "compound_id": compound_id,
            "matter_id": row.matter_id,
            "account_id": account_id,
            "person_id": person_id,
        }
        if row.left_at is None and Follower.objects.filter(**same, left_at=None).exists():
            row.left_at = at
        else:
            row.account_id = account_id
        row.save(update_fields=["account_id", "left_at"])
    if adopted:
        record(
            by=by, act=ADOPT, subject_kind="person", subject_id=person_id, at=at, compound_id=compound_id, person_id=person_id,
            data={"matters": adopted},
        )  # fmt: skip
    return adopted
