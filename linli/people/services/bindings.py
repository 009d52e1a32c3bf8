"""Who speaks for whom in which home: asked, proven or confirmed, ended."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Account, Binding, Ownership, Person, Residency
from linli.people.rules.bindings import may_confirm, same_name
from linli.people.signals import bound, told
from linli.places.models import Home
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import shift

from .accounts import account_for, end_sessions, tell_number

RELATIONS = ("owner", "family", "tenant", "other")
ASKED_MOST = 5
ASKED = "bindings:asked"


@transaction.atomic
def ask_binding(
    *, account: Account, home: Home, name: str, relation: str, at: datetime, note: str = "", once: UUID | None = None,
    by: Actor | None = None,
) -> Binding:  # fmt: skip
    """Confirmed at once where the register's number proves it (only one person there has it); else a clerk looks.

    `state` of what comes back: confirmed or asked.
    """
    if relation not in RELATIONS:
        raise Refused(Refusal("relation", _("选一个：业主、家人、租户或其他")), "relation")
    compound_id = home.compound_id
    if earlier := done_before(compound_id, once):
        return Binding.objects.select_related("home", "person").get(compound_id=compound_id, pk=earlier.subject_id)
    mine = Binding.objects.filter(compound_id=compound_id, account=account)
    if mine.filter(home=home, state="asked", claimed_name=name).exists():
        raise Refused(Refusal("asked", _("这一户已经申请过了，等工作人员核对")), "name")
    if any(same_name(b.claimed_name, name) for b in mine.filter(home=home, state="confirmed")):
        raise Refused(Refusal("bound", _("这一户已经绑定了")), "name")
    if mine.filter(state="asked").count() >= ASKED_MOST:
        raise Refused(Refusal("asked_most", _("还有几户等核对，核对完再添新的")))
    proven = _proven(account, home, name)
    binding = Binding(
        compound_id=compound_id, account=account, home=home, claimed_name=name, relation=relation, note=note, asked_at=at,
    )  # fmt: skip
    if proven:
        person, relation = proven
        binding.person, binding.relation, binding.state, binding.proof, binding.decided_at = (
            person,
            relation,
            "confirmed",
            "code",
            at,
        )
    binding.save(force_insert=True)
    by = by or Actor(account_id=account.pk, role="account", compound_id=compound_id)
    record(
        by=by, act="prove_binding" if proven else "ask_binding", subject_kind="binding", subject_id=binding.pk, at=at,
        compound_id=compound_id, person_id=binding.person_id, once=once,
    )  # fmt: skip
    if proven:
        _bound(by, binding, at)
    else:
        shift(compound_id, {ASKED: 1})
    return binding


def _proven(account: Account, home: Home, name: str) -> tuple[Person, str] | None:
    """The one person in the compound's register with the account's number, if of this home and of this name."""
    if account.verified_at is None:
        return None
    with_number = Person.objects.filter(Q(phone=account.phone) | Q(phone2=account.phone), compound_id=home.compound_id)
    persons = list(with_number.filter(deceased_on=None)[:2])
    if len(persons) != 1 or not same_name(persons[0].name, name):
        return None
    relation = relation_of(persons[0], home)
    return (persons[0], relation) if relation else None


def relation_of(person: Person, home: Home) -> str:
    """What the register says the person is to the home today; empty: nothing."""
    here = {"compound_id": home.compound_id, "home": home, "person": person, "to_day": None}
    if Ownership.objects.filter(**here).exists():
        return "owner"
    return Residency.objects.filter(**here).values_list("kind", flat=True).first() or ""


@transaction.atomic
def confirm_binding(
    *, by: Actor, binding: Binding, person: Person | None, relation: str, at: datetime, once: UUID | None = None
) -> Binding:
    """`person`: whom of the register; None: somebody who lives there and is not in it yet, never an owner."""
    if done_before(binding.compound_id, once):
        return binding
    binding = _open(binding, by)
    home = binding.home
    if person is None:
        if relation == "owner":
            raise Refused(
                Refusal("not_in_register", _("名册里没有这位业主。先补名册，再来确认"), _("民法典第二百七十一条")),
                "person",
            )
        person = Person(compound_id=home.compound_id, name=binding.claimed_name, phone=binding.account.phone)
        person.save(force_insert=True)
    elif person.deceased_on:
        raise Refused(Refusal("dead", _("这个人已经登记去世，账号不能替他说话"), _("民法典第十三条")), "person")
    elif relation == "owner" and relation_of(person, home) != "owner":
        raise Refused(Refusal("not_owner", _("名册里这个人不是这一户的业主")), "relation")
    if relation != "owner" and not relation_of(person, home):
        Residency(
            compound_id=home.compound_id, home=home, person=person, kind=relation, from_day=timezone.localdate(at)
        ).save(force_insert=True)
    binding.person, binding.relation, binding.state, binding.proof = person, relation, "confirmed", "clerk"
    binding.decided_at, binding.decided_by = at, by.account_id
    try:
        with transaction.atomic():
            binding.save()
    except IntegrityError:
        raise Refused(Refusal("bound", _("这个账号已经替这个人绑定了这一户")), "person") from None
    _decided(
        by,
        binding,
        "confirm_binding",
        at,
        once,
        _("%(home)s 绑定好了") % {"home": home.label},
        _("可以替这一户说事、看事了。"),
    )
    _bound(by, binding, at)
    return binding


@transaction.atomic
def refuse_binding(*, by: Actor, binding: Binding, reason: str, at: datetime, once: UUID | None = None) -> Binding:
    if done_before(binding.compound_id, once):
        return binding
    if not reason.strip():
        raise Refused(Refusal("no_reason", _("写一句为什么")), "reason")
    binding = _open(binding, by)
    binding.state, binding.refusal = "refused", reason.strip()
    binding.decided_at, binding.decided_by = at, by.account_id
    binding.save()
    _decided(
        by, binding, "refuse_binding", at, once, _("%(home)s 没有绑上") % {"home": binding.home.label}, binding.refusal
    )
    return binding


def _open(binding: Binding, by: Actor) -> Binding:
    """Locked, and still waiting; two clerks at once decide once."""
    rows = Binding.objects.select_for_update(of=("self",)).select_related("home", "account")
    found = rows.get(compound_id=binding.compound_id, pk=binding.pk)
    if found.state != "asked":
        raise Refused(Refusal("decided", _("这一条已经有人办了")))
    if no := may_confirm(by_account=by.account_id, asker=found.account_id):
        raise Refused(no)
    return found


def _decided(by: Actor, binding: Binding, act: str, at: datetime, once: UUID | None, title: str, body: str) -> None:
    record(
        by=by, act=act, subject_kind="binding", subject_id=binding.pk, at=at, compound_id=binding.compound_id,
        person_id=binding.person_id, words=binding.refusal, once=once,
    )  # fmt: skip
    shift(binding.compound_id, {ASKED: -1})
    _tell(binding, act, title, body, at)


def _bound(
    by: Actor, binding: Binding, at: datetime, instead_of: UUID | None = None, moved_from: UUID | None = None
) -> None:
    bound.send(
        sender=Binding, compound_id=binding.compound_id, account_id=binding.account_id, person_id=binding.person_id, by=by, at=at,
        instead_of=instead_of, home_id=binding.home_id, moved_from=moved_from,
    )  # fmt: skip


def _tell(binding: Binding, kind: str, title: str, body: str, at: datetime) -> None:
    told.send(
        sender=Binding, compound_id=binding.compound_id, account_id=binding.account_id, kind=kind, title=title, body=body,
        subject_kind="binding", subject_id=binding.pk, key=f"{kind}:{binding.pk}", at=at,
    )  # fmt: skip


@transaction.atomic
def end_binding(*, by: Actor, binding: Binding, reason: str, at: datetime, moves: bool = True) -> Binding:
    """Moved out, sold, or bound by mistake. Who `moves` lives there no more, what was said and done stays; an ownership does
    not end with a move."""
    binding = (
        Binding.objects.select_for_update(of=("self",))
        .select_related("home")
        .get(compound_id=binding.compound_id, pk=binding.pk)
    )
    if binding.state not in {"confirmed", "asked"}:
        return binding
    waiting = binding.state == "asked"
    binding.state, binding.ended_at, binding.ended_reason = "ended", at, reason[:120]
    binding.save()
    if moves and binding.person_id and binding.relation != "owner" and not waiting:
        lives = Residency.objects.filter(
            compound_id=binding.compound_id, home_id=binding.home_id, person_id=binding.person_id
        )
        lives.filter(to_day=None).update(to_day=timezone.localdate(at))
    record(
        by=by, act="end_binding", subject_kind="binding", subject_id=binding.pk, at=at, compound_id=binding.compound_id,
        person_id=binding.person_id, words=reason,
    )  # fmt: skip
    if waiting:
        shift(binding.compound_id, {ASKED: -1})
    if by.account_id != binding.account_id:
        _tell(binding, "end_binding", _("%(home)s 的绑定结束了") % {"home": binding.home.label}, reason, at)
    return binding


@transaction.atomic
def reset_in_person(*, by: Actor, binding: Binding, checked: str, at: datetime, phone: str = "") -> Binding:
    """A lost phone, seen to by a clerk who checked the identity: every session ends, the password is void.

    With a new number, this home moves to that number's account, and nothing else does: a clerk of one compound never
    hands out somebody's places elsewhere. Both names are on record: the clerk's, and the person's.
    """
    if not checked.strip():
        raise Refused(Refusal("not_checked", _("写明怎么核对的身份")), "checked")
    if binding.state != "confirmed":
        raise Refused(Refusal("not_bound", _("这一户没有绑定着")))
    if no := may_confirm(by_account=by.account_id, asker=binding.account_id):
        raise Refused(no)
    account = binding.account
    account.set_unusable_password()
    account.save(update_fields=["password"])
    end_sessions(account=account, at=at, by=by, words=checked)
    record(
        by=by, act="reset_account", subject_kind="binding", subject_id=binding.pk, at=at, compound_id=binding.compound_id,
        person_id=binding.person_id, words=checked, data={"moved": bool(phone)},
    )  # fmt: skip
    if not phone or phone == account.phone:
        return binding
    heir = account_for(phone=phone, name=account.name, at=at)
    end_binding(by=by, binding=binding, reason=_("号码换了"), at=at, moves=False)
    moved = Binding(
        compound_id=binding.compound_id, account=heir, home=binding.home, person=binding.person, relation=binding.relation,
        claimed_name=binding.claimed_name, state="confirmed", proof="clerk", asked_at=at, decided_at=at, decided_by=by.account_id,
    )  # fmt: skip
    moved.save(force_insert=True)
    still = Binding.objects.filter(
        compound_id=binding.compound_id, person_id=binding.person_id, account=account, state="confirmed"
    )
    _bound(by, moved, at, instead_of=None if still.exists() else account.pk, moved_from=account.pk)
    old = account.phone
    transaction.on_commit(lambda: tell_number(old, _("您的住处刚刚转到另一个号码。不是您本人办的，请马上联系社区。")))
    return moved
