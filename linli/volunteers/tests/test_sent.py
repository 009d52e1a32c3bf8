"""What a volunteer's phone sends later: once, with the moment it was done, and never over what happened meanwhile."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.matters.tests.test_sent import photo
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.offline import holder
from linli.volunteers import queries, services
from linli.volunteers.models import Call, HouseAct

from .covering import url
from .makers import shout, told

HOUR = 3_600_000
pytestmark = pytest.mark.django_db


@pytest.fixture
def call(place, caller, volunteer):
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        yield services.claim(by=volunteer, call=shout(place, caller), at=NOW)


def send(place, by, call, act, *, minutes=60, **more):
    data = {"holder": holder(by), "once": str(uuid4()), "done": str(5 * HOUR), "sent": str(5 * HOUR + minutes * 60_000), **more}  # fmt: skip
    return place.client(by).post(f"/c/{place.slug}/calls/{call.number}/{act}/", data)


def entries(call, act):
    return list(AuditEntry.objects.filter(compound_id=call.compound_id, subject_id=call.pk, act=act))


def state(call):
    return Call.objects.get(compound_id=call.compound_id, pk=call.pk).state


def test_note_and_end_count_from_when_they_were_done(place, caller, volunteer, call):
    assert send(place, volunteer, call, "note", words="到楼下了").json() == {"result": "done"}
    assert send(place, volunteer, call, "finish", result="搬上去了", minutes=30).json() == {"result": "done"}
    (note,), (end,) = entries(call, "note"), entries(call, "finish")
    assert [(e.at, e.channel, e.words) for e in (note, end)] == [
        (NOW + timedelta(minutes=60), "offline", "到楼下了"), (NOW + timedelta(minutes=90), "offline", "搬上去了"),
    ]  # fmt: skip
    assert datetime.fromisoformat(note.data["received"]) == NOW + timedelta(hours=2)
    assert state(call) == "done"
    assert {"note", "finish"} <= set(told(place, caller))
    page = place.client(caller).get(f"/c/{place.slug}/calls/{call.number}/").content.decode()
    assert "今天 11:00，今天 12:00 送到" in page


def test_same_end_twice_is_taken_in_once_with_its_photo(place, volunteer, caller, call):
    once = str(uuid4())
    assert send(place, volunteer, call, "finish", once=once, photos=photo()).json() == {"result": "done"}
    again = send(place, volunteer, call, "finish", once=once, photos=photo())
    assert again.json() == {"result": "done", "again": True}
    assert len(entries(call, "finish")) == 1 and entries(call, "finish")[0].data["photos"] == 1
    (pk,) = queries.photos_of(call)
    assert place.client(caller).get(f"/c/{place.slug}/calls/{call.number}/photos/{pk}/thumb/").status_code == 200


def test_what_is_no_photo_is_refused_and_stays_on_the_phone(place, volunteer, call):
    answer = send(place, volunteer, call, "finish", photos=SimpleUploadedFile("a.jpg", b"no photo", "image/jpeg"))
    assert (answer.status_code, state(call), queries.photos_of(call)) == (422, "claimed", [])


def test_what_was_overtaken_is_told_and_kept_in_the_story(place, caller, volunteer, call):
    services.withdraw(by=caller, call=call, reason="女儿回来搬了", at=NOW + timedelta(minutes=50))
    answer = send(place, volunteer, call, "finish", result="搬上去了")
    said = answer.json()
    assert (answer.status_code, said["result"], said["note"]) == (409, "conflict", True)
    assert "撤回了" in said["now"]
    kept = send(place, volunteer, call, "late", words="搬上去了", meant="finish", photos=photo())
    assert kept.json() == {"result": "done"} and len(queries.photos_of(call)) == 1
    (late,) = entries(call, "late")
    assert (late.words, late.data["meant"], state(call)) == ("搬上去了", "finish", "withdrawn")
    assert "没赶上的：搬上去了" in place.client(caller).get(f"/c/{place.slug}/calls/{call.number}/").content.decode()


def test_claim_is_never_taken_in_later(place, captain, caller):
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        fresh = shout(place, caller)
        answer = send(place, captain, fresh, "claim")
        assert (answer.status_code, answer.json()["note"], state(fresh)) == (409, False, "open")


def test_who_was_never_on_it_keeps_nothing_and_another_sends_nothing(place, volunteer, captain, call):
    assert send(place, captain, call, "late", words="我去过").status_code == 409
    with pytest.raises(Refused):
        services.keep_late(by=captain, call=call, words="我去过", at=NOW)
    assert send(place, volunteer, call, "note", words="x", holder=holder(captain)).status_code == 403
    assert entries(call, "late") == entries(call, "note") == []


def test_page_of_a_claimed_call_carries_what_may_be_written_down(place, caller, volunteer, captain, call):
    def page(by):
        return place.client(by).get(f"/c/{place.slug}/calls/{call.number}/").content.decode()

    for act in ("note", "finish"):
        assert f'data-field-step="{act}" data-subject="calls/{call.number}"' in page(volunteer)
        assert f'data-field-step="{act}"' not in page(captain) + page(caller)
    assert 'name="photos"' in page(volunteer) and 'enctype="multipart/form-data"' in page(volunteer)
    assert "data-needs-signal" in page(captain)
    assert f'data-field-card="calls/{call.number}"' in place.client(volunteer).get(f"/c/{place.slug}/calls/").content.decode()  # fmt: skip


def test_note_says_something(place, volunteer, call):
    assert send(place, volunteer, call, "note", words=" ").status_code == 422
    with pytest.raises(Refused):
        services.note(by=volunteer, call=call, words=" ", at=NOW)


# ── a resident representative ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def later(place, cover):
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        yield


def send_act(here, by, **more):
    data = {
        "holder": holder(by), "once": str(uuid4()), "done": "0", "sent": str(HOUR), "kind": "volunteer_patrol", "place": "3单元楼道",
        "result": "杂物搬走了", **more,
    }  # fmt: skip
    return here.client(by).post(url(here, "house-act-new"), data)


def test_what_a_representative_recorded_in_a_stairwell_comes_in_once(place, aunt, later):
    once = str(uuid4())
    for _ in range(2):
        assert send_act(place, aunt, once=once, needs="声控灯不亮").json()["result"] == "done"
    (row,) = HouseAct.objects.filter(compound_id=place.compound.pk)
    assert (row.done_at, row.result) == (NOW + timedelta(hours=1), "杂物搬走了")
    assert row.matter.reported_at == NOW + timedelta(hours=2)
    (entry,) = AuditEntry.objects.filter(compound_id=place.compound.pk, act="record_house_act")
    assert (entry.at, entry.channel) == (NOW + timedelta(hours=1), "offline")


def test_what_is_not_as_it_should_be_goes_back_to_the_phone(place, aunt, clerk, later):
    assert send_act(place, aunt, place="").json()["result"] == "refused"
    assert send_act(place, aunt, home="99-9-999", place="").json()["result"] == "refused"
    assert send_act(place, aunt, holder=holder(clerk)).json()["result"] == "other"
    nobody = place.post(Role.RESIDENT_REPRESENTATIVE, name="刘新来")
    assert send_act(place, nobody).json()["result"] == "conflict"
    assert not HouseAct.objects.filter(compound_id=place.compound.pk).exists()


def test_the_form_is_kept_with_the_list_it_is_on(place, aunt, cover):
    browser = place.client(aunt)
    page, form = (browser.get(url(place, name)).content.decode() for name in ("representative-mine", "house-act-new"))
    assert 'data-keeps="part"' in page and f'data-keep="{url(place, "house-act-new")}"' in page
    assert f'name="holder" value="{holder(aunt)}"' in form and 'name="seen"' in form
