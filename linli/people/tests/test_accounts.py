from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.kernel.refusal import Refused
from linli.people import services
from linli.people.models import Account, OneTimeCode
from linli.people.rules import NOTICE_VERSION
from linli.people.services.accounts import NEW_NUMBER, SIGN_IN
from linli.plumbing.models import PlatformEntry, Throttle

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13900001111", "13900002222"
PASSWORD = "lamp-on-stairs-3"


@pytest.fixture
def sent(monkeypatch):
    rows = []

    class Recorder:
        def send(self, phone, text):
            rows.append((phone, text))
            return "1"

    monkeypatch.setattr("linli.gateways.sms.gateway", Recorder)
    return rows


@pytest.fixture
def strict(settings):
    settings.SHOW_CODES = False


def code_of(sent, phone=PHONE):
    import re

    return re.search(r"\d{6}", next(text for number, text in reversed(sent) if number == phone))[0]


def member(phone=PHONE, password=PASSWORD, **more):
    account = Account(
        phone=phone, created_at=timezone.now(), verified_at=timezone.now(), notice_version=NOTICE_VERSION, **more
    )
    account.set_password(password) if password else account.set_unusable_password()
    account.save()
    return account


def by_code(browser, sent, phone=PHONE):
    browser.post(reverse("people:sign-in"), {"phone": phone})
    return browser.post(reverse("people:code"), {"code": code_of(sent, phone)})


def test_new_number_sees_the_notice_before_it_is_kept(sent):
    browser = Client()
    answer = by_code(browser, sent)
    assert answer.url == reverse("people:privacy")
    assert Account.objects.count() == 0
    answer = browser.post(reverse("people:privacy"))
    account = Account.objects.get()
    assert (answer.url, account.phone, account.notice_version) == (reverse("people:standings"), PHONE, NOTICE_VERSION)
    assert account.notice_at and account.verified_at
    assert list(PlatformEntry.objects.order_by("id").values_list("act", flat=True)) == ["accept_notice", "sign_in"]


def test_notice_can_not_be_accepted_without_a_proven_number():
    answer = Client().post(reverse("people:privacy"))
    assert answer.url == reverse("people:sign-in")
    assert Account.objects.count() == 0


def test_code_is_kept_as_a_hash_and_works_once(sent, strict):
    at = timezone.now()
    assert services.send_code(phone=PHONE, purpose=SIGN_IN, address="a", at=at) == ""
    code = code_of(sent)
    assert code not in str(OneTimeCode.objects.values().get())
    assert services.prove_by_code(phone=PHONE, code=code, address="a", at=at) is None
    with pytest.raises(Refused, match="验证码不对"):
        services.prove_by_code(phone=PHONE, code=code, address="a", at=at)


def test_code_ends_after_five_minutes(sent):
    at = timezone.now()
    code = services.send_code(phone=PHONE, purpose=SIGN_IN, address="a", at=at)
    with pytest.raises(Refused):
        services.prove_by_code(phone=PHONE, code=code, address="a", at=at + timedelta(minutes=5, seconds=1))


def test_code_ends_after_five_tries(sent):
    at = timezone.now()
    code = services.send_code(phone=PHONE, purpose=SIGN_IN, address="a", at=at)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(Refused):
            services.prove_by_code(phone=PHONE, code=wrong, address="a", at=at)
    with pytest.raises(Refused):
        services.prove_by_code(phone=PHONE, code=code, address="a", at=at)


def test_code_of_one_purpose_serves_no_other(sent):
    at = timezone.now()
    code = services.send_code(phone=PHONE, purpose=NEW_NUMBER, address="a", at=at)
    with pytest.raises(Refused):
        services.prove_by_code(phone=PHONE, code=code, address="a", at=at)


def test_codes_are_throttled_by_number_and_by_address(sent, strict):
    at = timezone.now()
    services.send_code(phone=PHONE, purpose=SIGN_IN, address="a", at=at)
    with pytest.raises(Refused, match="试得太密"):
        services.send_code(phone=PHONE, purpose=SIGN_IN, address="b", at=at)
    for n in range(59):
        services.send_code(phone=f"139111100{n:02d}", purpose=SIGN_IN, address="a", at=at)
    with pytest.raises(Refused, match="试得太密"):
        services.send_code(phone=OTHER, purpose=SIGN_IN, address="a", at=at)
    assert not Throttle.objects.filter(key__contains=PHONE).exists()


def test_password_refusal_is_the_same_for_known_and_unknown_numbers():
    member()
    said = []
    for phone in (PHONE, OTHER):
        answer = Client().post(
            reverse("people:sign-in"), {"way": "password", "phone": phone, "password": "wrong-words"}
        )
        assert answer.status_code == 422
        said.append(answer.content.decode().split('class="errors"')[1].split("</div>")[0])
    assert said[0] == said[1]


def test_password_is_throttled_by_number():
    member()
    at = timezone.now()
    for _ in range(10):
        with pytest.raises(Refused, match="不对"):
            services.prove_by_password(phone=PHONE, password="wrong", address="a", at=at)
    with pytest.raises(Refused, match="试得太密"):
        services.prove_by_password(phone=PHONE, password=PASSWORD, address="b", at=at)


def test_password_signs_in_and_goes_on_to_where_one_was_bound_for():
    member()
    browser = Client()
    browser.get(reverse("people:sign-in"), {"next": "/account/"})
    answer = browser.post(
        reverse("people:sign-in"), {"way": "password", "phone": " 139-0000 1111", "password": PASSWORD}
    )
    assert answer.url == "/account/"
    assert settings.SESSION_ENGINE.endswith("signed_cookies")


def test_next_never_leads_outside():
    member()
    browser = Client()
    browser.get(reverse("people:sign-in"), {"next": "https://evil.example/"})
    answer = browser.post(reverse("people:sign-in"), {"way": "password", "phone": PHONE, "password": PASSWORD})
    assert answer.url == reverse("people:standings")


def test_forgotten_password_is_replaced_after_a_code(sent):
    account = member()
    browser = Client()
    by_code(browser, sent)
    answer = browser.post(reverse("people:password"), {"new": "three-rings-and-dot"})
    account.refresh_from_db()
    assert answer.url == reverse("people:account")
    assert account.check_password("three-rings-and-dot")
    assert browser.get(reverse("people:account")).status_code == 200


def test_password_change_asks_for_the_old_one():
    account = member()
    browser = Client()
    browser.force_login(account)
    answer = browser.post(reverse("people:password"), {"old": "not-it", "new": "three-rings-and-dot"})
    assert answer.status_code == 422
    assert "原来的密码不对" in answer.content.decode()
    answer = browser.post(reverse("people:password"), {"old": PASSWORD, "new": "12345678"})
    assert "不能全是数字" in answer.content.decode()


def test_number_changes_with_a_code_and_the_old_number_is_told(sent):
    account = member()
    browser, elsewhere = Client(), Client()
    elsewhere.force_login(account)
    by_code(browser, sent)
    browser.post(reverse("people:phone"), {"phone": OTHER})
    answer = browser.post(reverse("people:phone-code"), {"code": code_of(sent, OTHER)})
    account.refresh_from_db()
    assert (answer.url, account.phone) == (reverse("people:account"), OTHER)
    assert sent[-1][0] == PHONE
    assert browser.get(reverse("people:account")).status_code == 200
    assert elsewhere.get(reverse("people:account")).status_code == 302


def test_number_of_another_account_is_refused(sent):
    account = member()
    member(phone=OTHER)
    code = services.send_code(phone=OTHER, purpose=NEW_NUMBER, address="a", at=timezone.now())
    with pytest.raises(Refused, match="已经有账号"):
        services.change_phone(account=account, phone=OTHER, code=code, at=timezone.now())
    assert account.phone == PHONE


def test_sign_out_everywhere_ends_other_sessions():
    account = member()
    here, there = Client(), Client()
    here.force_login(account)
    there.force_login(account)
    here.post(reverse("people:end-sessions"))
    assert there.get(reverse("people:account")).status_code == 302


def test_notice_comes_again_when_it_changed(sent):
    account = member()
    account.notice_version = "older"
    account.save()
    browser = Client()
    assert by_code(browser, sent).url == reverse("people:privacy")
    assert browser.get(reverse("people:account")).status_code == 302
    assert browser.post(reverse("people:privacy")).url == reverse("people:standings")


def test_closed_account_stays_out(sent):
    member(is_active=False)
    assert by_code(Client(), sent).status_code == 422
