"""Five years on a call is nobody's any more; what was done for whom is what was done (domain §6.4)."""

import json

import pytest

from linli.matters.tests.makers import NOW, at
from linli.matters.tests.test_forgetting import YEARS
from linli.matters.tests.test_forgetting_around import sealed_and_checked
from linli.notices.models import Message
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry
from linli.volunteers import services, tasks
from linli.volunteers.models import Call, CallPhoto, Claim
from linli.volunteers.queries import due_forgetting
from linli.volunteers.queries.recount import wrong_counts

from .makers import shout
from .test_pages import jpeg

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = ("李小满", "13900001234", "单元301", "耳背")


@pytest.fixture
def over(place, caller, volunteer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call = shout(place, caller, "帮李小满搬米到7栋1单元301，打13900001234，老人耳背")
    call = services.claim(by=volunteer, call=call, at=NOW)
    services.see_contact(by=volunteer, call=call, at=NOW)
    call = services.finish(by=volunteer, call=call, result="米搬到李小满家了", photos=[jpeg()], at=at(24, 11))
    return services.confirm(by=caller, call=call, thanks="谢谢，李小满", at=at(24, 12))


def said(call) -> str:
    here = {"compound_id": call.compound_id, "subject_id": call.pk}
    log = AuditEntry.objects.filter(**here).values_list("words", "data")
    told = Message.objects.filter(**here).values_list("title", "body", "phone")
    row = Call.objects.filter(pk=call.pk, compound_id=call.compound_id).values_list("result", "thanks", "materials")
    return json.dumps([*map(list, (*log, *told, *row))], ensure_ascii=False)


def test_who_called_goes_and_who_helped_stays(place, caller, volunteer, over):
    original = CallPhoto.objects.get(compound=place.compound).sealed
    assert sealed_and_checked(place.compound) == [] and "李小满" in said(over)
    assert [tasks.forget_calls(when) for when in (at(23).replace(year=2031), YEARS, YEARS)] == [0, 1, 0]
    call = Call.objects.get(compound=place.compound)
    assert (call.caller_account_id, call.caller_person_id, call.home_id, call.raised_by) == (None, None, None, None)
    assert call.building_id and call.raised_role == "owner" and call.done_at == at(24, 11)
    assert not any(secret in text for secret in SECRETS[:3] for text in (call.words, said(call)))
    assert "耳背" not in said(call) and "米搬到" in call.result
    assert Claim.objects.get(compound=place.compound).account_id == volunteer.account_id
    photo = CallPhoto.objects.get(compound=place.compound)
    assert photo.sealed == "" and vault.path(photo.small).exists() and not vault.path(original).exists()
    log = AuditEntry.objects.filter(compound=place.compound, subject_id=call.pk)
    assert {e.account_id for e in log.filter(act__in=("shout", "confirm"))} == {None}
    assert log.get(act="claim").account_id == volunteer.account_id
    assert sealed_and_checked(place.compound) == [] and not wrong_counts(place.compound.pk)


def test_its_page_names_nobody_and_is_the_callers_no_more(place, caller, clerk, over):
    page = f"/c/{place.slug}/calls/{over.number}/"
    assert place.client(caller).get(page).status_code == 200
    tasks.forget_calls(YEARS)
    shown = place.client(clerk).get(page)
    assert shown.status_code == 200 and not any(s in shown.content.decode() for s in SECRETS[:3])
    assert place.client(caller).get(page).status_code == 404
    assert place.client(caller).get(f"/c/{place.slug}/calls/mine/").status_code == 200


def test_what_waits_or_is_of_late_keeps_its_caller(place, caller, volunteer, over):
    shout(place, caller)
    assert due_forgetting(at(24, 11)) == [] and [pk for pk, _home in due_forgetting(YEARS)] == [over.pk]
    assert len(due_forgetting(YEARS, limit=1)) == 1
