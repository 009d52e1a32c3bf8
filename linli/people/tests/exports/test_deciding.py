"""A list with whole names and numbers is asked for by one; two others agree."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people.models import ExportRequest, ExportVoice, Post
from linli.people.rules import Role
from linli.people.services import exports
from linli.plumbing.tenancy import uuid7
from linli.plumbing.tests.threads import together

from .lists import NOW, ask, decide, download, entries, told

pytestmark = pytest.mark.django_db


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_asking_tells_every_other_who_may_decide(place, desk, secretary, clerk):
    request = ask(place, desk)
    assert (request.number, request.state, request.title, request.size) == (1, "asked", "补办不动产权证", 2)
    assert [told(one) for one in (place.chair, secretary, clerk)] == [["有一份带电话的名单等您批"]] * 3
    assert told(desk) == []
    assert entries(request) == ["ask_export"]
    assert f"{request.ends_at.astimezone(makers.SHANGHAI):%m-%d %H:%M}" == "03-28 00:00"


def test_asking_twice_by_the_same_form_asks_once(place, desk, secretary):
    once = uuid7()
    assert ask(place, desk, once=once).pk == ask(place, desk, once=once).pk
    assert ExportRequest.objects.filter(compound=place.compound).count() == 1
    assert len(told(secretary)) == 1


def test_asking_by_the_same_form_at_once_asks_once(place, desk, secretary, monkeypatch):
    """The second looked before the first was there."""
    once = uuid7()
    first = ask(place, desk, once=once)
    look, looked = exports.done_before, []
    monkeypatch.setattr(exports, "done_before", lambda *given: look(*given) if looked else looked.append(1))
    assert ask(place, desk, once=once).pk == first.pk
    assert ExportRequest.objects.filter(compound=place.compound).count() == 1
    assert len(told(secretary)) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"purpose": " "}, "拿去做什么"),
        ({"needed_by": date(2026, 3, 23)}, "用到哪天"),
        ({"needed_by": date(2026, 4, 24)}, "用到哪天"),
        ({"params": {"number": "9"}}, "不归您办"),
        ({"params": {}}, "不归您办"),
    ],
)
def test_asking_is_refused_with_a_reason(place, desk, secretary, change, why):
    with pytest.raises(Refused, match=why):
        ask(place, desk, **change)
    assert not ExportRequest.objects.filter(compound=place.compound).exists()


def test_nobody_asks_what_two_others_could_not_grant(place, desk, secretary):
    Post.objects.filter(pk=secretary.role_id).update(to_day=date(2026, 3, 23))
    with pytest.raises(Refused, match="不到两个人"):
        ask(place, desk)


@pytest.mark.parametrize("role", [Role.COMMITTEE_CHAIR, Role.STEWARD, Role.GRID_WORKER])
def test_who_may_not_export_may_not_ask(place, secretary, clerk, role):
    with pytest.raises(Refused, match="不归您办"):
        ask(place, place.post(role))


def test_who_may_export_but_does_not_keep_the_case_may_not_ask(place, secretary, clerk):
    with pytest.raises(Refused, match="不归您办"):
        ask(place, place.post(Role.GRID_LEADER))


# ── deciding ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_others_open_it_for_two_days(place, desk, secretary, clerk):
    request = decide(secretary, ask(place, desk), words="看过了")
    assert (request.state, request.voices) == ("asked", 1)
    request = decide(clerk, request, at=NOW + timedelta(hours=1))
    assert (request.state, request.voices, request.ends_at) == ("open", 2, NOW + timedelta(hours=49))
    assert told(desk) == ["有一个人同意了，还差一个人", "名单批了，3月26日 周四 11:00 前可以下载"]
    assert entries(request) == ["ask_export", "approve_export", "approve_export"]


def test_it_is_open_no_longer_than_it_is_needed(place, desk, secretary, clerk):
    request = ask(place, desk, needed_by=date(2026, 3, 24))
    request = decide(clerk, decide(secretary, request))
    assert request.ends_at == makers.at(25, 0)


def test_one_no_ends_it_with_its_reason(place, desk, secretary, clerk):
    request = decide(secretary, ask(place, desk))
    with pytest.raises(Refused, match="为什么不同意"):
        decide(clerk, request, yes=False)
    request = decide(clerk, request, yes=False, words="贴通知就行")
    assert request.state == "refused"
    message = Message.objects.filter(compound=place.compound, account_id=desk.account_id).latest("id")
    assert (message.title, message.body) == ("名单没有批", "补办不动产权证：贴通知就行")
    for by in (secretary, clerk, place.chair):
        with pytest.raises(Refused, match="有结果了"):
            decide(by, request)
    with pytest.raises(Refused, match="现在不能下载"):
        download(place, desk, request)


def test_same_person_twice_is_one_voice_also_by_another_post(place, desk, secretary):
    request = decide(secretary, ask(place, desk))
    who = makers.Account.objects.get(pk=secretary.account_id)
    for by in (secretary, place.post(Role.COMMITTEE_VICE_CHAIR, who=who)):
        with pytest.raises(Refused, match="已经同意过"):
            decide(by, request)
    assert ExportVoice.objects.filter(compound=place.compound).count() == 1


def test_who_asked_does_not_decide_also_not_by_another_post(place, secretary, clerk):
    request = ask(place, clerk)
    who = makers.Account.objects.get(pk=clerk.account_id)
    for by in (clerk, place.post(Role.COMMITTEE_VICE_CHAIR, who=who)):
        with pytest.raises(Refused, match="别人批"):
            decide(by, request)


def test_a_form_sent_twice_is_one_voice(place, desk, secretary):
    request, once = ask(place, desk), uuid7()
    decide(secretary, request, once=once)
    assert decide(secretary, request, once=once).voices == 1
    assert len(told(desk)) == 1


def test_the_database_keeps_two_seats_and_one_voice_each(place, desk, secretary):
    request = decide(secretary, ask(place, desk))
    for seat, account in ((2, secretary.account_id), (1, uuid7()), (3, uuid7())):
        voice = ExportVoice(compound=place.compound, request=request, seat=seat, account_id=account, yes=True, at=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            voice.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["four persons", "one person"])
def test_many_at_once_make_two_voices_or_one(place, desk, who):
    request = ask_with_others(place, desk)
    same = place.post(Role.COMMUNITY_WORKER)
    deciders = [same if who == "one person" else place.post(Role.COMMUNITY_WORKER) for _n in range(4)]
    got = together(*[partial(decide, by, request) for by in deciders])
    heard = [one.refusal.key if isinstance(one, Refused) else "yes" for one in got]
    request.refresh_from_db()
    expected = (
        ("asked", 1, ["heard"] * 3 + ["yes"]) if who == "one person" else ("open", 2, ["decided"] * 2 + ["yes"] * 2)
    )
    assert (request.state, request.voices, sorted(heard)) == expected


def ask_with_others(place, by) -> ExportRequest:
    place.post(Role.COMMUNITY_SECRETARY)
    return ask(place, by)
