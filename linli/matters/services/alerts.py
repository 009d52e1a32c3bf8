"""A neighbour's alert (M29): raised, relayed to the household in order, entered with them, made safe, thanked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.people.models import Binding
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.people.services import note_look
from linli.places.models import Compound, Home
from linli.plumbing.acts import CLOCK, Actor, done_before, record
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import unscoped, uuid7
from linli.plumbing.whole import one_act

from ..access import alert_parts
from ..access.homes import OWN_LINES, contacts_part
from ..models import Alert, AlertCall, HomeContact, Matter
from ..queries.alerts import Reach, alert_of, by_register, tree
from ..queries.alerts import contacts as shown
from ..rules import alerts as rules
from ..rules.alerts import KIND, AlertAct, Part, Stage
from ..rules.beside import has, put
from ..rules.states import State
from ..rules.times import ClockKind, Urgency, stops
from .desk import accept
from .intake import Spot, open_matter
from .steps import SUBJECT, aside, finish, followers, locked, plan_the_rest
from .superiors import body_of, in_charge
from .taken import took

RELAY, NOBODY, SALT = "alert_relay", "alert_nobody", "linli.matters.reach"
SEE_NUMBER, SET_CONTACTS, END_LEFT = "see_home_number", "set_home_contacts", "end_left_contacts"


# ── whom a home wants to be reached through ─────────────────────────────────────────────────────────────────────────


@one_act()
def set_contacts(
    *, by: Actor, home: Home, contacts: Sequence[Reach], at: datetime, once: UUID | None = None
) -> list[HomeContact]:
    """Owners and their family the whole list, a clerk for them; who else lives there what they wrote themselves. The list
    anew; what was there before is ended, not edited, and who wrote a line that stays is kept. Raises Refused."""
    part = contacts_part(home, by)
    if part is None:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if done_before(home.compound_id, once):
        return []
    kept = [c for c in contacts if c.name.strip() or c.phone.strip()]
    if any(not c.name.strip() or not c.phone.strip() or c.relation not in rules.RELATIONS for c in kept):
        raise Refused(Refusal("half_contact", "每个人都要写姓名和电话"), field="name_1")
    Home.objects.select_for_update().get(compound_id=home.compound_id, pk=home.pk)
    running = HomeContact.objects.filter(compound_id=home.compound_id, home=home, ended_at=None)
    # Lines of those who are at home there no more hold no place.
    running.exclude(pk__in=[c.pk for c in shown(home.compound_id, home.pk)]).update(ended_at=at)
    mine = running.filter(added_by=by.account_id) if part == OWN_LINES else running
    wrote = {(c.name, c.phone): c.added_by for c in mine}
    mine.update(ended_at=at)
    taken = set(running.values_list("position", flat=True))
    places = [n for n in range(1, rules.CONTACTS_MOST + 1) if n not in taken]
    if len(kept) > len(places):
        raise Refused(Refusal("too_many", "一户最多 %(most)s 位", values={"most": rules.CONTACTS_MOST}), field="name_1")
    made = []
    for position, c in zip(places, kept, strict=False):
        row = HomeContact(
            compound_id=home.compound_id, home=home, position=position, name=c.name.strip()[:40], relation=c.relation,
            phone=c.phone.strip()[:20], added_at=at,
            added_by=wrote.get((c.name.strip(), c.phone.strip()), by.account_id),
        )  # fmt: skip
        row.save(force_insert=True)
        made.append(row)
    record(
        by=by, act=SET_CONTACTS, subject_kind="home", subject_id=home.pk, at=at, compound_id=home.compound_id, data={"count": len(made)}, once=once
    )  # fmt: skip
    return made


@one_act()
def follow_account(*, by: Actor, compound_id: UUID, home_id: UUID, old: UUID, account_id: UUID, at: datetime) -> None:
    """Who has another number is at home as before: what they wrote down stays, as theirs."""
    if Binding.objects.filter(compound_id=compound_id, home_id=home_id, account_id=old, state="confirmed").exists():
        return
    Home.objects.select_for_update().get(compound_id=compound_id, pk=home_id)
    running = HomeContact.objects.filter(compound_id=compound_id, home_id=home_id, added_by=old, ended_at=None)
    wrote = list(running)
    running.update(ended_at=at)
    for c in wrote:
        HomeContact(
            compound_id=compound_id, home_id=home_id, position=c.position, name=c.name, relation=c.relation, phone=c.phone, added_at=at,
            added_by=account_id,
        ).save(force_insert=True)  # fmt: skip
    if wrote:
        record(
            by=by, act="hand_on_contacts", subject_kind="home", subject_id=home_id, at=at, compound_id=compound_id, data={"count": len(wrote)}
        )  # fmt: skip


@one_act()
def end_left(*, home_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Whom somebody wrote down who has sold or moved out is on the list no more."""
    Home.objects.select_for_update().get(compound_id=compound_id, pk=home_id)
    running = HomeContact.objects.filter(compound_id=compound_id, home_id=home_id, ended_at=None)
    ended = running.exclude(pk__in=[c.pk for c in shown(compound_id, home_id)]).update(ended_at=at)
    if ended:
        record(
            by=CLOCK, act=END_LEFT, subject_kind="home", subject_id=home_id, at=at, compound_id=compound_id,
            data={"count": ended},
        )  # fmt: skip
    return bool(ended)


def forget_contacts(at: datetime) -> int:
    """How many who were taken off a list long enough ago are known no more (个人信息保护法 47)."""
    with unscoped("contacts that ended"):
        return HomeContact.objects.filter(ended_at__lt=at - rules.KEEP_ENDED).delete()[0]


@one_act()
def see_contact(*, by: Actor, contact: HomeContact, reason: str, at: datetime, once: UUID | None = None) -> str:
    """The whole number of somebody on a home's list, for a reason; every look is written down. Raises Refused."""
    if not may(by.role, Right.SEE_PHONE) or contacts_part(contact.home, by) is None:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if not reason.strip():
        raise Refused(Refusal("missing_reason", "请选看号码做什么"), field="reason")
    if not done_before(contact.compound_id, once):
        record(
            by=by, act=SEE_NUMBER, subject_kind="home", subject_id=contact.home_id, at=at, compound_id=contact.compound_id, words=reason.strip(),
            data={"contact": str(contact.pk)}, internal=True, once=once,
        )  # fmt: skip
        known = by_register(contact.home).get(contact.phone)
        note_look(
            by=by, compound_id=contact.compound_id, person_id=known.person if known else None, reason=reason, at=at
        )
    return contact.phone


# ── the alert ───────────────────────────────────────────────────────────────────────────────────────────────────────


def raise_alert(
    *, by: Actor, compound: Compound, home: Home, sign: str, words: str = "", site: str = "", at: datetime, once: UUID | None = None, **what: Any
) -> Matter:  # fmt: skip
    """A matter of the highest urgency with the alert beside it; the first contact is written to at once. Raises Refused."""
    if sign not in rules.SIGNS:
        raise Refused(Refusal("no_sign", "请选看到了什么"), field="sign")
    if home.compound_id != compound.pk:
        raise Refused(Refusal("unknown_home", "没有这一户"), field="home")
    said = f"{home.label}{rules.seen(sign)}"
    with one_act():
        matter = open_matter(
            by=by, compound=compound, words="。".join(filter(None, [said, words.strip()])), at=at, once=once, spot=Spot(home=home), hazard=True,
            urgency=Urgency.EMERGENCY, **what,
        )  # fmt: skip
        if has(matter, KIND):
            return matter
        alert = Alert(
            compound_id=compound.pk, matter=matter, home=home, sign=sign, state=Stage.REACHING, site=site[:120], raised_at=at, next_at=at
        )  # fmt: skip
        alert.save(force_insert=True)
        put(matter, KIND)
        matter.save(update_fields=["beside"])
        _ask_next(alert, compound, at)
    return matter


@one_act()
def ask_next(*, alert_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Nobody answered yet: the next contact is written to. False if there is none, or another worker did it."""
    alert = Alert.objects.select_for_update().select_related("home", "matter").get(compound_id=compound_id, pk=alert_id)
    if alert.next_at is None or alert.next_at > at:
        return False
    return _ask_next(alert, Compound.objects.get(pk=compound_id), at)


def _ask_next(alert: Alert, compound: Compound, at: datetime) -> bool:
    asked = AlertCall.objects.filter(compound_id=compound.pk, alert=alert)
    numbers = dict(asked.order_by("position").values_list("phone", "answer"))
    found = next((reach for reach in tree(alert.home) if reach.phone not in numbers), None)
    alert.next_at = at + rules.WAIT if found and alert.state == Stage.REACHING else None
    alert.save(update_fields=["next_at"])
    if alert.state != Stage.REACHING:
        return False
    if found is None:
        _nobody(alert, compound, rules.nobody(list(numbers.values())), at)
        return False
    call = AlertCall(
        id=uuid7(), compound_id=compound.pk, alert=alert, position=len(numbers) + 1, name=found.name, relation=found.relation, phone=found.phone, sent_at=at,
        person_id=found.person,
    )  # fmt: skip
    call.save(force_insert=True)
    record(
        by=CLOCK, act=RELAY, subject_kind=SUBJECT, subject_id=alert.matter_id, at=at, compound_id=compound.pk,
        data={"position": call.position, "relation": call.relation},
    )  # fmt: skip
    link = alert.site.rstrip("/") + reverse("matters:reach", args=[compound.slug, token_of(call)])
    queue(
        compound_id=compound.pk, to=[To(phone=found.phone)], kind=RELAY, title=f"{compound.name}：有邻居看到您家（{alert.home.label}）{rules.seen(alert.sign)}",
        body=f"点开回话：{link} 或打 {compound.phone}", subject_kind="alert", subject_id=alert.pk, key=str(call.pk), at=at,
    )  # fmt: skip
    return True


def _nobody(alert: Alert, compound: Compound, why: str, at: datetime) -> None:
    """The relay has come to its end: who works on it must go there, and hears so, once."""
    if AuditEntry.objects.filter(compound_id=compound.pk, subject_id=alert.matter_id, act=NOBODY).exists():
        return
    entry = record(
        by=CLOCK, act=NOBODY, subject_kind=SUBJECT, subject_id=alert.matter_id, at=at, compound_id=compound.pk, data={"why": why}, internal=True,
    )  # fmt: skip
    assert isinstance(entry, AuditEntry)
    matter = Matter.objects.get(compound_id=compound.pk, pk=alert.matter_id)
    to = in_charge(matter, body_of(matter, None, compound), timezone.localdate(at))
    queue(
        compound_id=compound.pk, to=to, kind=NOBODY, title=f"第 {matter.label} 号，{rules.NOBODY[why]}", body="有人有生命危险的，打 110 或 119，和他们一起进",
        subject_kind=SUBJECT, subject_id=matter.pk, number=matter.number, key=str(entry.pk), at=at, rank=0,
    )  # fmt: skip


def token_of(call: AlertCall) -> str:
    return signing.dumps(str(call.pk), salt=SALT)


@one_act()
def answer_by_link(*, call: AlertCall, answer: str, at: datetime) -> AlertCall:
    """The contact answers from the text's link, without an account. Raises Refused."""
    contact = Actor(role="contact", channel="link", compound_id=call.compound_id)
    _answer(call, answer, by=contact, parts=frozenset({Part.CONTACT}), way="link", at=at, once=None)
    return call


@one_act()
def answered(
    *, by: Actor, matter: Matter, call: AlertCall | None, answer: str, at: datetime, once: UUID | None = None
) -> Matter:
    """A worker rang and writes down what was said. Raises Refused."""
    if call is None or call.alert.matter_id != matter.pk:
        raise Refused(Refusal("no_call", "请选是谁回的话"), field="call")
    _taken_in(locked(matter), by, at)
    _answer(call, answer, by=by, parts=alert_parts(matter, by), way="phone", at=at, once=once)
    return matter


def _answer(call: AlertCall, answer: str, *, by: Actor, parts: frozenset[Part], way: str, at: datetime, once: UUID | None) -> None:  # fmt: skip
    alert = Alert.objects.select_for_update().get(compound_id=call.compound_id, pk=call.alert_id)
    if done_before(call.compound_id, once):
        return
    if answer not in rules.ANSWERS:
        raise Refused(Refusal("no_answer", "请选怎么回的话"), field="answer")
    if no := rules.refuse(AlertAct.ANSWER, Stage(alert.state), parts):
        raise Refused(no)
    call.answer, call.answered_at, call.way = answer, at, way
    call.save(update_fields=["answer", "answered_at", "way"])
    if answer in rules.REACHED:
        alert.state, alert.contacted_at, alert.next_at = Stage.CONTACTED, alert.contacted_at or at, None
    elif alert.state == Stage.REACHING:
        alert.next_at = at  # the next one need not wait
    alert.save(update_fields=["state", "contacted_at", "next_at"])
    data = {"answer": answer, "relation": call.relation, "way": way}
    entry = record(
        by=by, act=AlertAct.ANSWER, subject_kind=SUBJECT, subject_id=alert.matter_id, at=at, compound_id=alert.compound_id, data=data, once=once
    )  # fmt: skip
    took(alert.compound_id, [alert.matter_id], by=by, act=AlertAct.ANSWER, at=at)
    if answer in rules.REACHED:
        _tell(alert, entry, by=by)


def _tell(alert: Alert, entry: AuditEntry, *, by: Actor, rest: str = "") -> None:
    matter = Matter.objects.get(compound_id=alert.compound_id, pk=alert.matter_id)
    to = [t for t in followers(matter) if t.account_id is None or t.account_id != by.account_id]
    queue(
        compound_id=alert.compound_id, to=to, kind=entry.act, title=f"第 {matter.label} 号，{rules.STATES[Stage(alert.state)]}{rest}", body=entry.words,
        subject_kind=SUBJECT, subject_id=matter.pk, number=matter.number, key=str(entry.pk), at=entry.at, rank=0,
    )  # fmt: skip


def _taken_in(matter: Matter, by: Actor, at: datetime) -> None:
    """Who does something about an alert has accepted it."""
    if matter.state == State.SUBMITTED:
        accept(by=by, matter=matter, at=at)


def _step(
    matter: Matter, *, by: Actor, act: AlertAct, at: datetime, once: UUID | None, words: str, rest_by: datetime | None = None, **changes: Any
) -> Matter:  # fmt: skip
    """Being in the home, and safe, keeps the matter's own promises of being there and of making safe."""
    if done_before(matter.compound_id, once):
        return matter
    fresh = locked(matter)
    alert = alert_of(fresh)
    if alert is None:
        raise Refused(Refusal("no_alert", "这件事不是邻居报信"))
    alert = Alert.objects.select_for_update().get(compound_id=alert.compound_id, pk=alert.pk)
    if no := rules.refuse(act, Stage(alert.state), alert_parts(fresh, by)):
        raise Refused(no)
    _taken_in(fresh, by, at)
    alert.state, alert.next_at = rules.TABLE[act].to, None
    for name, value in changes.items():
        setattr(alert, name, value)
    alert.save(update_fields=["state", "next_at", *changes])
    step = aside(fresh, by=by, act=act, at=at, words=words, once=once)
    step.data = {"with": changes["entered_with"]} if "entered_with" in changes else {}
    if ClockKind.START in stops(act, step.matter.urgency):
        step.matter.arrived_at = step.matter.arrived_at or at
    rest = plan_the_rest(step, rest_by) if act == AlertAct.SAFE else ""
    _tell(alert, finish(step), by=by, rest=rest)
    return step.matter


@one_act()
def enter(*, by: Actor, matter: Matter, entered_with: str, at: datetime, once: UUID | None = None) -> Matter:
    if entered_with not in rules.WITH_HOUSEHOLD:
        raise Refused(Refusal("no_with", "请选和谁一起进的"), field="entered_with")
    return _step(
        matter, by=by, act=AlertAct.ENTER, at=at, once=once, words="", entered_with=entered_with, entered_at=at
    )


@one_act()
def enter_in_danger(
    *, by: Actor, matter: Matter, entered_with: str, ground: str, at: datetime, once: UUID | None = None
) -> Matter:
    """Nobody of the household there and danger to life: with police or rescue, and why is kept. Raises Refused."""
    if entered_with not in rules.WITH_OTHERS:
        raise Refused(Refusal("no_with", "请选和谁一起进的"), field="entered_with")
    if not ground.strip():
        raise Refused(Refusal("no_ground", "请写人有什么危险，为什么不能等这家人"), field="ground")
    return _step(
        matter, by=by, act=AlertAct.FORCE, at=at, once=once, words=ground.strip()[:200], entered_with=entered_with, entered_at=at,
        ground=ground.strip()[:200],
    )  # fmt: skip


@one_act()
def find_cause(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    if not words.strip():
        raise Refused(Refusal("no_cause", "请写是什么原因"), field="words")
    text = words.strip()[:200]
    return _step(matter, by=by, act=AlertAct.CAUSE, at=at, once=once, words=text, cause=text, cause_at=at)


@one_act()
def alert_safe(
    *, by: Actor, matter: Matter, words: str = "", due_at: datetime | None = None, at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    return _step(
        matter, by=by, act=AlertAct.SAFE, at=at, once=once, words=words.strip()[:200], rest_by=due_at, safe_at=at
    )


@one_act()
def thank(*, by: Actor, matter: Matter, words: str = "", at: datetime, once: UUID | None = None) -> Matter:
    """Said to the neighbour who looked. Raises Refused."""
    return _step(matter, by=by, act=AlertAct.THANK, at=at, once=once, words=words.strip()[:200], thanked_at=at)


@one_act()
def see_number(
    *, by: Actor, matter: Matter, call: AlertCall, reason: str, at: datetime, once: UUID | None = None
) -> str:
    """The whole number of one contact, to who works on it and says why; every look is written down. Raises Refused."""
    if not may(by.role, Right.SEE_PHONE) or Part.WORKER not in alert_parts(matter, by):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if not reason.strip():
        raise Refused(Refusal("missing_reason", "请选看号码做什么"), field="reason")
    if not done_before(matter.compound_id, once):
        record(
            by=by, act=SEE_NUMBER, subject_kind=SUBJECT, subject_id=matter.pk, at=at, compound_id=matter.compound_id, words=reason.strip(),
            data={"call": str(call.pk)}, internal=True, once=once,
        )  # fmt: skip
        note_look(by=by, compound_id=matter.compound_id, person_id=call.person_id, reason=reason, at=at)
    return call.phone
