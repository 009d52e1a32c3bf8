"""Accounts: codes, signing in, passwords, numbers, sessions."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.gateways import sms
from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Account, OneTimeCode
from linli.people.rules import NOTICE_VERSION
from linli.plumbing import codes, throttle
from linli.plumbing.acts import Actor, record

log = structlog.get_logger("linli.people")

SIGN_IN, NEW_NUMBER, CAST = "sign_in", "new_number", "cast"
PURPOSES = frozenset({SIGN_IN, NEW_NUMBER, CAST})
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
# Real people mistype a few times; a script that guesses needs thousands.
CODES_PER_MINUTE, CODES_PER_DAY, CODES_PER_ADDRESS_HOUR = 1, 10, 60
PASSWORDS_PER_HOUR, TRIES_PER_ADDRESS_HOUR = 10, 200


LISTS_MOST = 8


@transaction.atomic
def save_list(*, by: Actor, name: str, address: str, at: datetime) -> None:
    """A filtered list to come back to, in the compound where the account now acts; the same name again replaces it."""
    name = name.strip()
    if not name:
        raise Refused(Refusal("no_name", _("写个名字")), "name")
    account, kept = _lists(by)
    kept = [row for row in kept if row[0] != name]
    if len(kept) >= LISTS_MOST:
        raise Refused(Refusal("lists_most", _("最多存 %(most)s 个，先删掉一个") % {"most": LISTS_MOST}), "name")
    _keep_lists(account, by, [*kept, [name, address]], "save_list", at)


@transaction.atomic
def drop_list(*, by: Actor, name: str, at: datetime) -> None:
    account, kept = _lists(by)
    left = [row for row in kept if row[0] != name]
    if left != kept:
        _keep_lists(account, by, left, "drop_list", at)


def _lists(by: Actor) -> tuple[Account, list[list[str]]]:
    assert by.account_id
    account = Account.objects.select_for_update().get(pk=by.account_id)
    return account, account.saved.get(str(by.compound_id), [])


def _keep_lists(account: Account, by: Actor, rows: list[list[str]], act: str, at: datetime) -> None:
    account.saved = {**account.saved, str(by.compound_id): rows}
    account.save(update_fields=["saved"])
    record(by=by, act=act, subject_kind="account", subject_id=account.pk, at=at)


def set_look(*, account: Account, **look: Any) -> None:
    """Larger type and light or dark, kept with the account."""
    for name in look:
        if name not in {"elder", "theme"}:
            raise ValueError(name)
        setattr(account, name, look[name])
    account.save(update_fields=list(look))


def acting(account: Account, compound_id: UUID | None = None) -> Actor:
    """Somebody who acts for the own account alone, in no post and for no home."""
    return Actor(account_id=account.pk, role="account", compound_id=compound_id)


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def send_code(*, phone: str, purpose: str, address: str, at: datetime) -> str:
    """The code, for a demo's screen; empty where codes are not shown. Any number is answered alike, known or not."""
    if purpose not in PURPOSES:
        raise ValueError(purpose)
    _slow_down(
        "phone",
        (f"code:{phone}:minute", CODES_PER_MINUTE if not settings.SHOW_CODES else 30, timedelta(minutes=1)),
        (f"code:{phone}:day", CODES_PER_DAY if not settings.SHOW_CODES else 500, A_DAY),
        (f"code:{address}", CODES_PER_ADDRESS_HOUR if not settings.SHOW_CODES else 5000, AN_HOUR),
        at=at,
    )
    code = codes.new_code()
    OneTimeCode.objects.create(
        phone=phone, purpose=purpose, digest=codes.digest(purpose, phone, code), sent_at=at, expires_at=at + codes.LIFE
    )
    try:
        sms.gateway().send(
            phone, _("验证码 %(code)s，5 分钟内有效。别告诉任何人，工作人员也不会问您要。") % {"code": code}
        )
    except Exception:
        log.exception("code not sent")
        raise Refused(Refusal("code_not_sent", _("短信现在发不出去，等几分钟再试，或者用密码登录")), "phone") from None
    return code if settings.SHOW_CODES else ""


def _slow_down(field: str, *limits: tuple[str, int, timedelta], at: datetime) -> None:
    for key, limit, span in limits:
        if not throttle.within(key, limit=limit, span=span, at=at):
            raise Refused(Refusal("too_often", _("试得太密了，过一会儿再来")), field)


def _use_code(phone: str, purpose: str, code: str, at: datetime) -> None:
    """The newest code of this number and purpose, once, within five minutes and five tries. Counts each try."""
    wrong = Refused(
        Refusal("wrong_code", _("验证码不对，或者过了 5 分钟。看一看最新的一条短信，或者重新要一个")), "code"
    )
    with transaction.atomic():
        rows = OneTimeCode.objects.select_for_update().filter(
            phone=phone, purpose=purpose, used_at=None, expires_at__gt=at
        )
        kept = rows.order_by("-sent_at").first()
        if kept is not None and kept.tries < codes.TRIES_MOST:
            kept.tries += 1
            right = codes.same(kept.digest, codes.digest(purpose, phone, code))
            if right:
                kept.used_at = at
            kept.save(update_fields=["tries", "used_at"])
            if right:
                return
    raise wrong


def forget_codes(*, before: datetime) -> int:
    return OneTimeCode.objects.filter(expires_at__lt=before).delete()[0]


# ── signing in ──────────────────────────────────────────────────────────────────────────────────────────────────────


def prove_by_code(*, phone: str, code: str, address: str, at: datetime) -> Account | None:
    """The account of a number whose holder has the code; None: the number is proven, and nobody has used it before."""
    _slow_down("code", (f"sign-in:{address}", TRIES_PER_ADDRESS_HOUR, AN_HOUR), at=at)
    _use_code(phone, SIGN_IN, code, at)
    account = Account.objects.filter(phone=phone).first()
    if account is not None and not account.is_active and account.notice_version:
        raise Refused(Refusal("account_closed", _("这个账号停用了，请到社区办理")), "phone")
    if account is not None and account.verified_at is None:
        account.verified_at = at
        account.save(update_fields=["verified_at"])
    return account


def confirm_by_code(*, account_id: UUID, purpose: str, code: str, at: datetime) -> None:
    """That the holder of the account's number has the code that was sent for this. Raises Refused."""
    _use_code(Account.objects.get(pk=account_id).phone, purpose, code, at)


def prove_by_password(*, phone: str, password: str, address: str, at: datetime) -> Account:
    """Says the same, and takes as long, whether or not there is such a number."""
    _slow_down(
        "password",
        (f"password:{phone}", PASSWORDS_PER_HOUR, AN_HOUR),
        (f"sign-in:{address}", TRIES_PER_ADDRESS_HOUR, AN_HOUR),
        at=at,
    )
    account = Account.objects.filter(phone=phone, is_active=True).first()
    if account is None or not account.has_usable_password():
        make_password(password)
    elif account.check_password(password):
        throttle.forgive(f"password:{phone}")
        return account
    raise Refused(Refusal("wrong_password", _("手机号或密码不对。忘了密码就用验证码登录")), "password")


@transaction.atomic
def accept_notice(*, phone: str, version: str, at: datetime) -> Account:
    """The account of a proven number, made only now: before the privacy notice nothing is collected (PIPL 17)."""
    if version != NOTICE_VERSION:
        raise Refused(Refusal("old_notice", _("说明刚刚改过，请再看一遍")))
    account = account_for(phone=phone, name="", at=at)
    account.notice_version, account.notice_at = version, at
    account.verified_at, account.is_active = account.verified_at or at, True
    account.save(update_fields=["notice_version", "notice_at", "verified_at", "is_active"])
    record(
        by=acting(account), act="accept_notice", subject_kind="account", subject_id=account.pk, at=at,
        data={"version": version},
    )  # fmt: skip
    return account


def account_for(*, phone: str, name: str, at: datetime) -> Account:
    """The number's account, made if missing; not verified until its holder gives a first code."""
    account = Account.objects.filter(phone=phone).first()
    if account is None:
        account = Account(phone=phone, name=name, created_at=at)
        account.set_unusable_password()
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError:
            return Account.objects.get(phone=phone)
    return account


@transaction.atomic
def signed_in(*, account: Account, way: str, at: datetime) -> None:
    record(by=acting(account), act="sign_in", subject_kind="account", subject_id=account.pk, at=at, data={"way": way})


# ── keeping it ──────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def set_password(*, account: Account, new: str, at: datetime, old: str | None = None) -> None:
    """`old` is asked where the holder did not just prove the number by a code. Ends the other sessions."""
    if old is not None and not account.check_password(old):
        raise Refused(Refusal("wrong_password", _("原来的密码不对")), "old")
    _strong(new, account)
    account.set_password(new)
    account.save(update_fields=["password"])
    record(by=acting(account), act="set_password", subject_kind="account", subject_id=account.pk, at=at)


def _strong(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as weak:
        sentences = {
            "password_too_short": _("至少 8 位"),
            "password_too_common": _("这个密码太多人用，换一个"),
            "password_entirely_numeric": _("不能全是数字，加几个字母"),
        }
        said = "；".join(sentences.get(e.code or "", e.messages[0]) for e in weak.error_list)
        raise Refused(Refusal("weak_password", said), "new") from None


def change_phone(*, account: Account, phone: str, code: str, at: datetime) -> str:
    """To a number proven by its own code; the old number is told. Gives back the old one. Ends the other sessions."""
    if phone == account.phone:
        raise Refused(Refusal("same_phone", _("这就是现在的号码")), "phone")
    _use_code(phone, NEW_NUMBER, code, at)
    old = account.phone
    try:
        with transaction.atomic():
            account.phone, account.verified_at = phone, at
            account.save(update_fields=["phone", "verified_at"])
            record(by=acting(account), act="change_phone", subject_kind="account", subject_id=account.pk, at=at)
    except IntegrityError:
        account.phone = old
        raise Refused(Refusal("phone_taken", _("这个号码已经有账号，直接用它登录就行")), "phone") from None
    tell_number(old, _("您在邻里的登录号码刚刚换了。不是您本人换的，请马上联系社区。"))
    return old


def tell_number(phone: str, text: str) -> None:
    """A courtesy to a number that no longer belongs to an account: what fails here undoes nothing."""
    try:
        sms.gateway().send(phone, text)
    except Exception:
        log.exception("old number not told")


@transaction.atomic
def end_sessions(*, account: Account, at: datetime, by: Actor | None = None, words: str = "") -> None:
    """Signs out everywhere: on this phone, the lost one, anywhere."""
    account.session_epoch += 1
    account.save(update_fields=["session_epoch"])
    record(
        by=by or acting(account), act="end_sessions", subject_kind="account", subject_id=account.pk, at=at, words=words
    )


@transaction.atomic
def make_operator(*, phone: str, name: str, password: str, at: datetime) -> Account:
    """For the command line of the installation, whose owner has no account yet."""
    account = account_for(phone=phone, name=name, at=at)
    _strong(password, account)
    account.set_password(password)
    account.name, account.is_operator, account.verified_at = name or account.name, True, at
    account.save(update_fields=["password", "name", "is_operator", "verified_at"])
    record(
        by=Actor(role="operator", channel="command"), act="make_operator", subject_kind="account",
        subject_id=account.pk, at=at,
    )  # fmt: skip
    return account
