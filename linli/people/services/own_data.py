"""One's own data: a copy, a request to correct or erase that a clerk answers, and consent taken back (PIPL 15, 45 to 47)."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused, written
from linli.people.access import holders
from linli.people.models import Account, Binding, DataRequest, Ownership, Person, Post
from linli.people.queries import in_term
from linli.people.queries.guardians import by_number, guards, proposed_by_number
from linli.people.rules import Act
from linli.people.rules.own_data import ANSWER_DAYS
from linli.people.signals import told
from linli.people.words import ABOUT_DATA, DATA_STATES
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import compound_scope, unscoped

from .accounts import acting, end_sessions
from .bindings import end_binding

SUBJECT = "data_request"


@transaction.atomic
def note_copy(*, by: Actor, compound: Compound, at: datetime) -> None:
    """That the account took a copy of what is kept of it here."""
    assert by.account_id
    record(by=by, act="copy_own_data", subject_kind="account", subject_id=by.account_id, at=at, compound_id=compound.pk)


@transaction.atomic
def ask_about_data(
    *, by: Actor, compound: Compound, person: Person | None, kind: str, words: str, at: datetime, once: UUID | None = None
) -> DataRequest:  # fmt: skip
    """One of a kind at a time for each person the account speaks for; those who confirm persons are told. Raises Refused."""
    assert by.account_id
    if earlier := done_before(compound.pk, once):
        return DataRequest.objects.get(compound_id=compound.pk, pk=earlier.subject_id)
    asked = DataRequest(
        compound_id=compound.pk, account_id=by.account_id, person=person, kind=kind, words=written(words, "words", 300), asked_at=at
    )  # fmt: skip
    _speaks(asked)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        raise Refused(Refusal("asked", _("这样的请求已经提了，等答复")), "kind") from None
    record(
        by=by, act="ask_about_data", subject_kind=SUBJECT, subject_id=asked.pk, at=at, compound_id=compound.pk,
        words=asked.words, data={"kind": kind}, once=once, person_id=asked.person_id,
    )  # fmt: skip
    if kind == "erase":
        _tell_person(asked, "ask_erasure", _("有人替您要求删掉您在名册里的电话和身份证号"), at)
    for account in holders(Act.BIND_PERSON, compound, timezone.localdate(at)) - {by.account_id}:
        _tell(
            asked,
            account,
            "ask_about_data",
            _("有人要求%(what)s自己的资料，%(n)s 天内答复") % {"what": ABOUT_DATA[kind], "n": ANSWER_DAYS},
            "",
            at,
        )
    return asked


@transaction.atomic
def answer_about_data(*, by: Actor, asked: DataRequest, done: bool, words: str, at: datetime) -> DataRequest:
    """A correction the clerk makes in the register beforehand; an erasure happens here. Never by who asked. Raises Refused."""
    rows = DataRequest.objects.select_for_update(of=("self",))
    asked = rows.get(compound_id=asked.compound_id, pk=asked.pk)
    if asked.state != "asked":
        raise Refused(Refusal("answered", _("这一条已经有人办了")))
    if asked.account_id == by.account_id:
        raise Refused(Refusal("second_person", _("自己提的，要由别人来办")))
    asked.answer = written(words, "words", 300)
    if done:
        _speaks(asked)
    asked.state, asked.answered_by, asked.answered_at = "done" if done else "refused", by.account_id, at
    if done and asked.kind == "erase":
        _tell_person(asked, "erased", _("您在名册里的电话和身份证号删掉了"), at)
        _erase(asked)
    asked.save()
    record(
        by=by, act="answer_about_data", subject_kind=SUBJECT, subject_id=asked.pk, at=at, compound_id=asked.compound_id,
        words=asked.answer, data={"kind": asked.kind, "state": asked.state}, person_id=asked.person_id,
    )  # fmt: skip
    title = _("您要求%(what)s资料：%(state)s") % {"what": ABOUT_DATA[asked.kind], "state": DATA_STATES[asked.state]}
    _tell(asked, asked.account_id, "answer_about_data", title, asked.answer, at)
    return asked


def _speaks(asked: DataRequest) -> None:
    """Of one person whom the account speaks for; what is gone is gone for all who speak for them, so nothing is erased for one of
    several accounts. Raises Refused."""
    if asked.kind == "erase" and asked.person is None and not guards(asked.compound_id, asked.account.phone):
        raise Refused(Refusal("no_person", _("名册里没有您的资料，没有要删的")), "kind")
    if asked.person is None:
        return
    accounts = set(
        Binding.objects.filter(compound_id=asked.compound_id, person=asked.person, state="confirmed").values_list(
            "account_id", flat=True
        )
    )
    if asked.account_id not in accounts:
        raise Refused(Refusal("not_yours", _("这个账号现在不替这个人说话")), "person")
    if asked.kind == "erase" and len(accounts) > 1:
        raise Refused(Refusal("others", _("还有别的账号也替这个人说话，请本人到社区来办")), "person")


def _erase(asked: DataRequest) -> None:
    """Of the person named: numbers, what stood there before, the identity number; and the number of the account as a guardian's.
    Name and home of the register, and what was decided and done, the law keeps; and the mark by which an owner of several homes
    is one person in a vote (民法典 278)."""
    by_number(asked.compound_id, asked.account.phone).update(phone="")
    for change in proposed_by_number(asked.compound_id, asked.account.phone).select_for_update():
        change.given = {**change.given, "phone": ""}
        change.save(update_fields=["given"])
    if asked.person is None:
        return
    person = Person.objects.select_for_update().get(compound_id=asked.compound_id, pk=asked.person_id)
    person.phone, person.phone2, person.no_phone = "", "", True
    person.identity_sealed = None
    if not Ownership.objects.filter(compound_id=person.compound_id, person=person).exists():
        person.identity_hash = ""
    person.extra = {k: v for k, v in person.extra.items() if k != "earlier"}
    person.save()


def _tell_person(asked: DataRequest, kind: str, title: str, at: datetime) -> None:
    """Whose data it is, where the account that asked has another number."""
    if asked.person is None or asked.account.phone in (asked.person.phone, asked.person.phone2):
        return
    told.send(
        sender=DataRequest, compound_id=asked.compound_id, person=asked.person, kind=kind, title=title,
        body=_("不是您的意思，马上打 %(phone)s") % {"phone": asked.compound.phone}, subject_kind=SUBJECT, subject_id=asked.pk,
        key=f"{kind}:{asked.pk}", at=at,
    )  # fmt: skip


def _tell(asked: DataRequest, account_id: UUID, kind: str, title: str, body: str, at: datetime) -> None:
    told.send(
        sender=DataRequest, compound_id=asked.compound_id, account_id=account_id, kind=kind, title=title, body=body,
        subject_kind=SUBJECT, subject_id=asked.pk, key=f"{kind}:{asked.pk}:{account_id}", at=at,
    )  # fmt: skip


@transaction.atomic
def withdraw_consent(*, account: Account, at: datetime) -> Account:
    """The account stops: it speaks for nobody, every session ends, the password is void. Who lives where and what was done stays,
    and who comes back agrees anew. Raises Refused while the account holds a post."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.is_operator or Post.objects.filter(in_term(timezone.localdate(at)), account=account).exists():
        raise Refused(Refusal("in_post", _("您还担任着岗位，先在“组织和岗位”里辞去")))
    with unscoped("an account's own bindings"):
        mine = list(Binding.objects.filter(account=account, state__in=("confirmed", "asked")))
    for binding in mine:
        with compound_scope(binding.compound_id):
            by = acting(account, binding.compound_id)
            end_binding(by=by, binding=binding, reason=_("不再同意"), at=at, moves=False)
    account.is_active, account.notice_version, account.notice_at, account.saved = False, "", None, {}
    account.set_unusable_password()
    account.save(update_fields=["is_active", "notice_version", "notice_at", "saved", "password"])
    end_sessions(account=account, at=at)
    record(by=acting(account), act="withdraw_consent", subject_kind="account", subject_id=account.pk, at=at)
    return account
