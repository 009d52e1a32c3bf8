"""Five years after closing a matter is nobody's any more (domain §6.4)."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import AlertCall, Attachment, Follower, Matter
from linli.matters.queries.due import due_forgetting
from linli.matters.queries.recount import differences
from linli.matters.rules.keeping import before
from linli.matters.services import forgetting, photos, together
from linli.matters.services.forgetting import names
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Person
from linli.people.rules import Role
from linli.plumbing import chain, search, vault
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope
from linli.plumbing.tests.test_images import tone

from .test_photos import picture

YEARS = NOW.replace(year=2031) + timedelta(days=2)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def voice() -> SimpleUploadedFile:
    return SimpleUploadedFile("voice.wav", tone(1))


@pytest.fixture
def closed(place, desk, engineer, secretary):
    """Said by telephone by 王建国, whose home and number stand in the words too."""
    reporter = Person.objects.create(compound=place.compound, name="王建国", phone="13800001111")
    m = services.open_matter(
        by=desk, compound=place.compound, words="7栋1单元301王建国家门口灯不亮，打13800001111", at=NOW, source="resident_phone",
        spot=services.Spot(home=place.home), person=reporter, reporter_name="王建国", reporter_phone="13800001111",
    )  # fmt: skip
    photos.attach(by=desk, matter=m, files=[picture(), voice()], phase="before", at=NOW)
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=NOW)
    m = services.dispatch(by=desk, matter=m, body=place.property, post=None, at=NOW)
    m = services.take(by=engineer, matter=m, words="给王建国打过电话了", at=NOW)
    m = services.internal_note(by=desk, matter=m, words="王建国耳背，打他儿子13900002222", at=NOW)
    m = services.resolve(
        by=engineer, matter=m, words="给王建国家门口换了灯", cost_fen=3000, paid_by="property", evidence=True, at=NOW
    )
    m = services.return_visit(
        by=secretary,
        matter=m,
        contacted=True,
        called="yes",
        solved="solved",
        satisfied="satisfied",
        comment="王建国说好了",
        at=at(25),
    )
    return services.close(by=desk, matter=m, outcome="fixed", at=at(25))


def again(m):
    return Matter.objects.get(compound_id=m.compound_id, pk=m.pk)


@pytest.mark.parametrize(
    ("when", "own", "back"),
    [
        (at(24), {}, at(24).replace(year=2021)),
        (at(24), {"matter_years": 2}, at(24).replace(year=2024)),
        (datetime(2028, 2, 29, tzinfo=UTC), {}, datetime(2023, 2, 28, tzinfo=UTC)),
    ],
)
def test_years_are_five_unless_the_compound_says_otherwise(when, own, back):
    assert before(when, own) == back


@pytest.mark.django_db(transaction=True)
def test_who_it_was_goes_and_what_was_done_stays(place, desk, closed):
    sealed = [a.sealed for a in Attachment.objects.filter(compound=place.compound)]
    assert tasks.forget_people(at(24).replace(year=2031)) == 0
    kept = len(differences(place.compound.pk))
    assert [tasks.forget_people(YEARS) for _ in range(2)] == [1, 0]
    m = again(closed)
    assert (m.reporter_person_id, m.reporter_account_id, m.reporter_name, m.reporter_phone, m.home_id) == (
        None,
        None,
        "",
        "",
        None,
    )
    assert m.forgotten_at == YEARS and m.building_id and m.cost_fen == 3000 and m.voices == 1
    for text in (m.words, m.title, m.public_title, m.done_words, m.place):
        assert "王建国" not in text and "301" not in text and "1380000" not in text
    assert "灯不亮" in m.words and "换了灯" in m.done_words
    row = Follower.objects.get(compound=place.compound, matter=m)
    assert (row.person_id, row.name, row.phone, row.kind) == (None, "", "", "reporter")
    assert not AlertCall.objects.exclude(phone="").exists()
    photo, voice = Attachment.objects.filter(compound=place.compound).order_by("kind")
    assert (photo.sealed, voice.sealed, voice.small) == ("", "", "") and voice.hidden_at and not photo.hidden_at
    assert vault.path(photo.small).exists() and not any(vault.path(name).exists() for name in sealed)
    with pytest.raises(Refused, match="原件已经删了"):
        photos.unseal_original(by=desk, attachment=photo, reason="看看", at=YEARS)
    done = AuditEntry.objects.get(compound=place.compound, subject_id=m.pk, act="forget")
    assert (done.role, done.internal) == ("clock", True)
    find = {"compound_id": place.compound.pk, "ordinal": place.compound.ordinal, "kind": "matter"}
    assert search.find(text="灯不亮", **find) and not search.find(text="王建国", **find)
    assert len(differences(place.compound.pk)) == kept


@pytest.mark.django_db
@pytest.mark.parametrize("salted", [True, False])
def test_the_log_loses_the_words_and_stays_proven(place, desk, closed, salted):
    here = {"compound_id": place.compound.pk, "subject_id": closed.pk}
    if not salted:  # as entries were before there was a salt
        QuerySet(AuditEntry).filter(compound_id=place.compound.pk).update(salt=None)
    time.sleep(0.002)
    chain.seal(timezone.now() + chain.SETTLED)
    time.sleep(0.002)
    head = chain.check(place.compound.pk).head
    before = dict(AuditEntry.objects.filter(**here).values_list("pk", "act"))
    assert tasks.forget_people(YEARS) == 1
    chain.seal(timezone.now() + chain.SETTLED)
    found = chain.check(place.compound.pk, head)
    assert (found.faults, found.seals) == ([], 2)
    rows = list(AuditEntry.objects.filter(**here))
    said = json.dumps([[r.words, r.data] for r in rows], ensure_ascii=False)
    assert not any(secret in said for secret in ("王建国", "1380000", "1390000", "耳背"))
    assert before.items() <= {r.pk: r.act for r in rows}.items()
    assert {r.person_id for r in rows} == {None} and desk.account_id in {r.account_id for r in rows}
    done = next(r for r in rows if r.act == "resolve")
    assert "换了灯" in done.words and done.salt is None
    for change in ({"words": "没换"}, {"role": "owner"}, {"at": NOW + timedelta(days=9)}):
        held = {name: getattr(done, name) for name in change}
        QuerySet(AuditEntry).filter(compound_id=place.compound.pk, pk=done.pk).update(**change)
        faults = [(f.kind, f.what) for f in chain.check(place.compound.pk, head).faults]
        assert faults == ([("changed", str(done.pk))] if salted or "words" in change else [])
        QuerySet(AuditEntry).filter(compound_id=place.compound.pk, pk=done.pk).update(**held)
    erased = QuerySet(AuditEntry).filter(**here, act="erase")
    erased.delete()
    assert {f.kind for f in chain.check(place.compound.pk).faults} == {"removed", "changed"}


@pytest.mark.django_db
def test_nobody_passes_a_change_off_as_erased(place, closed):
    time.sleep(0.002)
    chain.seal(timezone.now() + chain.SETTLED)
    first, second = AuditEntry.objects.filter(compound_id=place.compound.pk, subject_id=closed.pk).order_by("pk")[:2]
    QuerySet(AuditEntry).filter(compound_id=place.compound.pk, pk=second.pk).update(role="owner", words="", salt=None)
    second.refresh_from_db()
    record(
        by=CLOCK, act="erase", subject_kind="matter", subject_id=closed.pk, at=NOW, compound_id=place.compound.pk,
        data={"entries": {str(second.pk): ["", chain.own_digest(second)]}},
    )  # fmt: skip
    assert first.salt and [f.what for f in chain.check(place.compound.pk).faults] == [str(second.pk)]


@pytest.mark.django_db
def test_its_page_names_nobody(place, desk, closed):
    worker = place.client(place.post(Role.COMMUNITY_WORKER))
    page = reverse("matters:matter", args=[place.slug, closed.number])
    assert "王建国" in worker.get(page).content.decode()
    tasks.forget_people(YEARS)
    shown = worker.get(page).content.decode()
    for secret in ("王建国", "王*", "单元301", "1390000", "耳背"):
        assert secret not in shown
    assert "姓名、电话、房号和录音都去掉了" in shown and "换了灯" in shown


@pytest.mark.django_db
def test_what_is_open_or_was_opened_again_keeps_its_people(place, owner, desk, engineer, closed):
    makers.in_progress(place, owner, desk, engineer)
    late = YEARS + timedelta(days=9)
    assert [pk for pk, _home in due_forgetting(late)] == [closed.pk]
    Matter.objects.filter(compound=place.compound, pk=closed.pk).update(open=True)
    assert due_forgetting(late) == []
    with compound_scope(place.compound.pk):
        assert forgetting.forget(matter_id=closed.pk, compound_id=place.compound.pk, at=late) is False


@pytest.mark.django_db
def test_what_was_joined_goes_with_what_it_was_joined_to(place, owner, desk, engineer):
    main = makers.in_progress(place, owner, desk, engineer)
    joined = services.merge(by=desk, matter=place.matter(place.resident(name="赵小一")), target=main, at=NOW)
    assert joined.closed_at and due_forgetting(YEARS) == []
    Matter.objects.filter(compound=place.compound, pk=main.pk).update(open=False, closed_at=at(25))
    assert {pk for pk, _home in due_forgetting(YEARS)} == {main.pk, joined.pk}
    assert len(due_forgetting(YEARS, limit=1)) == 1 and tasks.forget_people(YEARS) == 2


@pytest.mark.django_db
def test_what_was_said_of_it_names_nobody_any_more(place, closed):
    def said():
        rows = Message.objects.filter(compound=place.compound, subject_id=closed.pk)
        return [str(value) for row in rows.values() for value in row.values()], rows.count()

    before, count = said()
    assert count and any("13800001111" in value for value in before)
    tasks.forget_people(YEARS)
    after, still = said()
    assert still == count and not any("王建国" in value or "13800001111" in value for value in after)
    assert not Message.objects.filter(
        compound=place.compound, subject_id=closed.pk, state__in=("todo", "failed")
    ).exists()
    assert not Message.objects.filter(compound=place.compound, subject_id=closed.pk).exclude(account=None).exists()


@pytest.mark.django_db
def test_who_was_called_for_it_is_parted_from_it(place, desk, owner):
    neighbour = place.post(Role.COMMUNITY_WORKER)
    m = makers.in_progress(place, owner, desk, place.post(Role.ENGINEER))
    person = Person.objects.create(compound=place.compound, name="王建国", phone="13800001111")
    Matter.objects.filter(compound=place.compound, pk=m.pk).update(reporter_person=person)
    together.see_contact(by=neighbour, matter=again(m), reason="问几点在家", at=NOW)
    look = AuditEntry.objects.get(compound=place.compound, subject_id=person.pk, act="show_phone")
    seen = AuditEntry.objects.get(compound=place.compound, subject_id=m.pk, act="see_contact")
    assert look.words == f"问几点在家，第 {m.label} 号" and "person" not in seen.data
    # As entries were before: who in the data too, and under which session of help.
    data = {"person": str(person.pk), "assistance": str(person.pk), "to": "dispatched"}
    QuerySet(AuditEntry).filter(compound_id=place.compound.pk, pk=seen.pk).update(data=data)
    time.sleep(0.002)
    chain.seal(timezone.now() + chain.SETTLED)
    Matter.objects.filter(compound=place.compound, pk=m.pk).update(open=False, closed_at=at(25))
    assert tasks.forget_people(YEARS) == 1
    look.refresh_from_db()
    seen.refresh_from_db()
    assert (look.words, look.person_id) == ("问几点在家", person.pk)
    assert (seen.data, seen.person_id) == ({"to": "dispatched"}, None)
    assert chain.check(place.compound.pk).faults == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Lamp of John", "Lamp of 某人"),
        ("JOHN called 13800001111", "某人 called [电话]"),
        ("Johnson Street", "Johnson Street"),
        ("2026-11-24T08:00:00+08:00", "2026-11-24T08:00:00+08:00"),
    ],
)
def test_a_name_in_latin_letters_goes_by_its_parts(place, text, left):
    entry = AuditEntry(compound=place.compound, data={"public_title": text, "list": [text]})
    rest = names.rest_of(entry, {"John Smith"}, words="")
    assert rest.data == {"public_title": left, "list": [left]}


@pytest.mark.django_db
def test_a_title_loses_a_name_in_latin_letters(place, closed):
    Matter.objects.filter(compound=place.compound, pk=closed.pk).update(
        reporter_name="John Smith", public_title="Lamp of John"
    )
    tasks.forget_people(YEARS)
    assert again(closed).public_title == "Lamp of 某人"
