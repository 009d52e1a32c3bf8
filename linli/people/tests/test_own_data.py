"""One's own data: seen, copied, corrected or erased by a clerk's answer, and consent taken back."""

from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people import services
from linli.people.models import Account, Binding, DataRequest, Guardian, Ownership, Person, RegisterChange, Residency
from linli.people.rules import NOTICE_VERSION, RIGHTS, Act, Role
from linli.plumbing.models import AuditEntry, PlatformEntry
from linli.plumbing.tenancy import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
NOW = makers.NOW


@pytest.fixture
def me(place):
    return place.resident(name="李小满", phone="13833334444")


def url(place, name, *args):
    return reverse(f"people:{name}", args=[place.slug, *args])


def person(me):
    return Person.objects.get(pk=me.person_id, compound_id=me.compound_id)


def test_my_data_is_shown_and_downloaded_whole_and_only_mine(place, me):
    other = place.resident(place.homes[1], name="王大山", phone="13855556666")
    place.matter(me, "楼道灯坏了")
    place.matter(other, "电梯停了")
    browser = place.client(me)
    page = browser.get(url(place, "my-data")).content.decode()
    assert "李小满" in page and "13833334444" in page and "楼道灯坏了" in page
    assert "王大山" not in page and "13855556666" not in page and "电梯停了" not in page
    answer = browser.post(url(place, "my-copy"))
    cells = [c for sheet in load_workbook(BytesIO(answer.content)) for row in sheet.values for c in row]
    assert "13833334444" in cells and "楼道灯坏了" in cells and "王大山" not in cells
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.get(compound=place.compound, act="copy_own_data").account_id == me.account_id


def test_an_erasure_is_asked_once_answered_by_a_clerk_and_done(place, me, second):
    browser, clerk = place.client(me), place.client(second)
    given = {"person": str(me.person_id), "kind": "erase", "words": "电话不要留了"}
    assert browser.post(url(place, "my-data"), {**given, "words": ""}).status_code == 422
    assert browser.post(url(place, "my-data"), given).status_code == 302
    assert browser.post(url(place, "my-data"), given).status_code == 422
    asked = DataRequest.objects.get(compound=place.compound)
    assert Message.objects.filter(account_id=second.account_id, kind="ask_about_data").count() == 1
    assert "1 条资料请求等答复" in clerk.get(url(place, "register")).content.decode()
    assert "电话不要留了" in clerk.get(url(place, "data-requests")).content.decode()
    assert clerk.get(url(place, "data-answer", asked.pk)).status_code == 200
    done = {"state": "done", "words": "删了"}
    assert clerk.post(url(place, "data-answer", asked.pk), done).status_code == 302
    assert clerk.post(url(place, "data-answer", asked.pk), done).status_code == 404
    assert (person(me).name, person(me).phone, person(me).extra) == ("李小满", "", {})
    page = browser.get(url(place, "my-data")).content.decode()
    assert "办好了" in page and "删了" in page
    assert Message.objects.filter(account_id=me.account_id, kind="answer_about_data").count() == 1


def test_an_owner_stays_one_person_in_a_vote(place, me, second):
    Person.objects.filter(pk=me.person_id, compound_id=me.compound_id).update(
        identity_sealed=b"x", identity_hash="mark"
    )
    Ownership.objects.create(compound=place.compound, home_id=me.home_id, person_id=me.person_id)
    given = {"by": me, "compound": place.compound, "kind": "erase", "words": "都删", "at": NOW}
    asked = services.ask_about_data(person=person(me), **given)
    services.answer_about_data(by=second, asked=asked, done=True, words="删了", at=NOW)
    assert (person(me).identity_sealed, person(me).identity_hash) == (None, "mark")


def test_a_refusal_says_why_and_erases_nothing_and_nobody_answers_their_own(place, me, second):
    asked = services.ask_about_data(
        by=me, compound=place.compound, person=person(me), kind="erase", words="都删", at=NOW
    )
    with pytest.raises(Refused):
        services.answer_about_data(by=me, asked=asked, done=True, words="自己删", at=NOW)
    asked = services.answer_about_data(by=second, asked=asked, done=False, words="业主名册法律要求留着", at=NOW)
    assert (asked.state, person(me).phone) == ("refused", "13833334444")


def test_an_erasure_is_of_one_person_named_who_is_told(place, me, second):
    granny = place.resident(place.homes[1], "family", Account.objects.get(pk=me.account_id), "王阿婆", "13877778888")
    browser, clerk = place.client(me), place.client(second)
    page = browser.get(url(place, "my-data")).content.decode()
    assert "李小满 · 7栋1单元301" in page and f"王阿婆 · {place.homes[1].label}" in page
    given = {"kind": "erase", "words": "电话不要留了"}
    stranger = place.resident(place.homes[2], name="王大山", phone="13855556666")
    for wrong in ("", str(stranger.person_id)):
        assert browser.post(url(place, "my-data"), {**given, "person": wrong}).status_code == 422
    assert browser.post(url(place, "my-data"), {**given, "person": str(granny.person_id)}).status_code == 302
    told = Message.objects.filter(compound=place.compound, person_id=granny.person_id)
    assert [(m.kind, m.phone) for m in told] == [("ask_erasure", "13877778888")]
    asked = DataRequest.objects.get(compound=place.compound)
    for at_clerk in (url(place, "data-requests"), url(place, "data-answer", asked.pk)):
        assert "王*" in clerk.get(at_clerk).content.decode()
    services.answer_about_data(by=second, asked=asked, done=True, words="删了", at=NOW)
    assert (person(granny).phone, person(me).phone) == ("", "13833334444")
    assert set(told.values_list("kind", flat=True)) == {"ask_erasure", "erased"}


def test_nothing_is_erased_of_whom_another_account_speaks_for_too(place, me, second):
    asked = services.ask_about_data(
        by=me, compound=place.compound, person=person(me), kind="erase", words="都删", at=NOW
    )
    other = Binding(
        compound=place.compound, account=makers.account(), person=person(me), home=place.home, relation="owner", state="confirmed", asked_at=NOW
    )  # fmt: skip
    other.save()
    with pytest.raises(Refused, match="还有别的账号"):
        services.answer_about_data(by=second, asked=asked, done=True, words="删了", at=NOW)
    given = {"person": str(me.person_id), "kind": "erase", "words": "电话不要留了"}
    services.answer_about_data(by=second, asked=asked, done=False, words="不删", at=NOW)
    page = place.client(me).post(url(place, "my-data"), given)
    assert page.status_code == 422 and "还有别的账号也替这个人说话" in page.content.decode()
    Binding.objects.filter(compound=place.compound, account_id=me.account_id).update(state="ended")
    with pytest.raises(Refused, match="不替这个人说话"):
        services.ask_about_data(by=me, compound=place.compound, person=person(me), kind="correct", words="错", at=NOW)
    assert person(me).phone == "13833334444"


def test_who_is_in_no_register_may_ask_to_correct_and_has_nothing_to_erase(place, second):
    browser = place.client(second)
    assert browser.post(url(place, "my-data"), {"kind": "erase", "words": "都删"}).status_code == 422
    for status in (302, 422):
        page = browser.post(url(place, "my-data"), {"kind": "correct", "words": "名字错了"})
        assert page.status_code == status


def test_the_table_keeps_one_open_request_also_where_no_person_is_named(place, second):
    def asked(**more):
        return DataRequest(
            compound=place.compound, account_id=second.account_id, kind="correct", words="名字错了", asked_at=NOW, **more
        )  # fmt: skip

    asked().save()
    with pytest.raises(IntegrityError), transaction.atomic():
        asked().save()
    asked(state="refused").save()


def guardian(place, of, phone, name="王大明"):
    change = RegisterChange.objects.create(
        compound=place.compound, kind="guardian", home=place.home, person=of, day=NOW.date(), state="confirmed",
        proposed_by=uuid7(), proposed_at=NOW,
    )  # fmt: skip
    return Guardian.objects.create(
        compound=place.compound, person=of, change=change, kind="guardian", name=name, phone=phone, from_day=NOW.date()
    )


def test_who_acts_for_whom_is_shown_to_both_the_other_side_masked(place, me):
    ward = Person.objects.create(compound=place.compound, name="李小明")
    number = Account.objects.get(pk=me.account_id).phone
    guardian(place, ward, number, "李小满")
    guardian(place, person(me), "13811112222")
    guardian(place, ward, "13877778888", "陈别人")
    page = place.client(me).get(url(place, "my-data")).content.decode()
    assert f"李* · 监护人 李小满 · {number} · 2026年3月24日～" in page
    assert "李小满 · 监护人 王* · 138****2222" in page
    assert "李小明" not in page and "王大明" not in page and "陈" not in page


def test_the_number_of_a_guardian_is_erased_with_the_account_s(place, me, second):
    ward = Person.objects.create(compound=place.compound, name="李小明")
    number = Account.objects.get(pk=me.account_id).phone
    mine, other = guardian(place, ward, number), guardian(place, ward, "13877778888")
    given = {"name": "李小满", "phone": number}
    waiting = RegisterChange.objects.create(
        compound=place.compound, kind="guardian", home=place.home, person=ward, day=NOW.date(), given=given,
        proposed_by=uuid7(), proposed_at=NOW,
    )  # fmt: skip
    there = makers.compound("there")
    elsewhere = guardian(there, Person.objects.create(compound=there.compound, name="王小"), number)
    asked = services.ask_about_data(
        by=me, compound=place.compound, person=person(me), kind="erase", words="都删", at=NOW
    )
    page = place.client(second).get(url(place, "data-answer", asked.pk)).content.decode()
    assert "监护人以后用纸质票" in page
    services.answer_about_data(by=second, asked=asked, done=True, words="删了", at=NOW)
    for row in (mine, other, waiting, elsewhere):
        row.refresh_from_db()
    assert (mine.phone, other.phone, elsewhere.phone) == ("", "13877778888", number)
    assert (person(me).phone, waiting.given) == ("", {"name": "李小满", "phone": ""})


def test_a_guardian_who_is_in_no_register_has_a_number_to_erase(place, second):
    ward = Person.objects.create(compound=place.compound, name="李小明")
    account = makers.account("李小满")
    held = guardian(place, ward, account.phone)
    me = place.post(Role.GRID_WORKER, who=account)
    browser = place.client(me)
    assert "监护人以后用纸质票" in browser.get(url(place, "my-data")).content.decode()
    assert browser.post(url(place, "my-data"), {"kind": "erase", "words": "电话删掉"}).status_code == 302
    asked = DataRequest.objects.get(compound=place.compound)
    page = place.client(second).get(url(place, "data-answer", asked.pk)).content.decode()
    assert "名册里" not in page and "监护人以后用纸质票" in page
    services.answer_about_data(by=second, asked=asked, done=True, words="删了", at=NOW)
    held.refresh_from_db()
    assert held.phone == ""


@pytest.mark.parametrize("role", [Role.OWNER, Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.REGISTER_CLERK])
def test_only_who_confirms_persons_opens_the_requests_and_only_here(place, me, role):
    asked = services.ask_about_data(
        by=me, compound=place.compound, person=person(me), kind="correct", words="名字错了", at=NOW
    )
    who = me if role == Role.OWNER else place.post(role)
    there = makers.compound("there")
    elsewhere = there.post(Role.COMMUNITY_WORKER)
    right = 200 if role in RIGHTS[Act.BIND_PERSON] else 404
    for name, args in (("data-requests", ()), ("data-answer", (asked.pk,))):
        assert place.client(who).get(url(place, name, *args)).status_code == right
        assert there.client(elsewhere).get(url(place, name, *args)).status_code == 404
    assert there.client(elsewhere).get(url(there, "data-answer", asked.pk)).status_code == 404


def test_consent_taken_back_stops_the_account_until_it_agrees_anew(place, me):
    account = Account.objects.get(pk=me.account_id)
    browser = place.client(me)
    assert browser.get(reverse("people:withdraw")).status_code == 200
    assert browser.post(reverse("people:withdraw")).status_code == 302
    account.refresh_from_db()
    assert (account.is_active, account.notice_version, account.saved) == (False, "", {})
    assert Binding.objects.get(account=account, compound=place.compound).state == "ended"
    assert browser.get(url(place, "me")).status_code == 302
    assert PlatformEntry.objects.filter(act="withdraw_consent", subject_id=account.pk).exists()
    services.accept_notice(phone=account.phone, version=NOTICE_VERSION, at=NOW)
    account.refresh_from_db()
    assert account.is_active


def test_who_no_longer_agrees_has_not_moved_out_nor_has_who_they_spoke_for(place):
    account = makers.account("李小满")
    for name, relation in (("李小满", "tenant"), ("王阿婆", "family")):
        me = place.resident(relation=relation, who=account, name=name)
        Residency.objects.create(
            compound=place.compound, home=place.home, person_id=me.person_id, kind=relation, from_day=NOW.date()
        )
    assert place.client(me).post(reverse("people:withdraw")).status_code == 302
    states = Binding.objects.filter(account=account, compound=place.compound).values_list("state", flat=True)
    assert list(states) == ["ended", "ended"]
    assert Residency.objects.filter(compound=place.compound, to_day=None).count() == 2


def test_who_holds_a_post_resigns_first(place, second):
    browser = place.client(second)
    page = browser.post(reverse("people:withdraw"))
    assert page.status_code == 200 and "先在“组织和岗位”里辞去" in page.content.decode()
    assert Account.objects.get(pk=second.account_id).is_active


def test_my_data_takes_as_many_queries_for_many(place, me):
    browser, counts = place.client(me), []
    for n in (1, 3):
        for i in range(n):
            place.matter(me, f"第 {n}-{i} 件，灯不亮")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(url(place, "my-data")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
