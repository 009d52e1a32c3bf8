import json
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from linli.gateways.sms import RecordedSms, Unknown
from linli.notices import services, tasks
from linli.notices.models import Message
from linli.notices.services import To
from linli.places.models import Community, Compound, Subdistrict
from linli.plumbing.tenancy import uuid7
from linli.plumbing.tests.threads import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class FakeSms:
    """Remembers what was sent; `plan` holds an exception for a try that goes wrong."""

    sent: list[tuple[str, str]] = []
    plan: list[Exception | None] = []

    def send(self, phone: str, text: str) -> str:
        wrong = FakeSms.plan.pop(0) if FakeSms.plan else None
        if wrong:
            raise wrong
        FakeSms.sent.append((phone, text))
        return f"ref-{len(FakeSms.sent)}"


@pytest.fixture(autouse=True)
def fake(settings):
    settings.SMS_GATEWAY = "linli.notices.tests.test_tasks.FakeSms"
    FakeSms.sent, FakeSms.plan = [], []
    return FakeSms


def make_compound(slug: str = "liuxi") -> Compound:
    subdistrict = Subdistrict.objects.create(name=f"临溪街道 {slug}")
    community = Community.objects.create(subdistrict=subdistrict, name="柳溪社区")
    return Compound.objects.create(
        ordinal=Compound.objects.count() + 1, slug=slug, name="柳溪苑", community=community, created_at=NOW
    )


@pytest.fixture
def compound():
    return make_compound()


def text(compound: Compound, *phones: str, body: str = "") -> list[Message]:
    services.queue(
        compound_id=compound.pk, to=[To(phone=p) for p in phones or ("13900000001",)], kind="accept", title="第 0001 号已受理", body=body,
        subject_kind="matter", subject_id=uuid7(), number=1, key=str(uuid7()), at=NOW,
    )  # fmt: skip
    return list(Message.objects.filter(compound_id=compound.pk).order_by("id"))


def now_of(message: Message) -> tuple[str, int, str]:
    message.refresh_from_db()
    return message.state, message.tries, message.reference


def test_queued_is_sent_once_and_keeps_the_reference(compound, fake):
    (row,) = text(compound, body="师傅下午到")
    assert tasks.send_queued(NOW) == 1
    assert tasks.send_queued(NOW + timedelta(days=1)) == 0
    assert fake.sent == [("13900000001", "第 0001 号已受理：师傅下午到")]
    assert now_of(row) == ("sent", 1, "ref-1")
    assert (row.sent_at, row.next_try_at) == (NOW, None)


def test_not_yet_due_waits(compound, fake):
    text(compound)
    assert tasks.send_queued(NOW - timedelta(seconds=1)) == 0
    assert fake.sent == []


def test_failure_is_tried_again_after_one_five_and_thirty_minutes_then_failed(compound, fake):
    (row,) = text(compound)
    fake.plan = [OSError("no route")] * 4
    tried = []
    for minute in range(60):
        before = row.tries
        tasks.send_queued(NOW + timedelta(minutes=minute))
        row.refresh_from_db()
        if row.tries != before:
            tried.append(minute)
    assert tried == [0, 1, 6, 36]
    assert now_of(row) == ("failed", 4, "")
    assert fake.sent == []


def test_failure_then_success(compound, fake):
    (row,) = text(compound)
    fake.plan = [OSError("no route")]
    assert tasks.send_queued(NOW) == 0
    assert now_of(row)[0] == "queued"
    assert tasks.send_queued(NOW + timedelta(minutes=1)) == 1
    assert now_of(row) == ("sent", 2, "ref-1")


def test_unknown_end_is_never_sent_again(compound, fake):
    (row,) = text(compound)
    fake.plan = [Unknown()]
    assert tasks.send_queued(NOW) == 0
    assert now_of(row) == ("failed", 1, "unknown")
    assert tasks.send_queued(NOW + timedelta(days=1)) == 0
    assert fake.sent == []


def test_one_that_died_in_sending_fails_after_five_minutes_and_is_not_resent(compound, fake):
    (row,) = text(compound)
    services._claim(row.pk, compound.pk, NOW)
    assert tasks.send_queued(NOW + timedelta(minutes=4)) == 0
    assert tasks.give_up_stuck(NOW + timedelta(minutes=4)) == 0
    assert tasks.give_up_stuck(NOW + timedelta(minutes=5)) == 1
    assert now_of(row) == ("failed", 1, "unknown")
    assert tasks.send_queued(NOW + timedelta(days=1)) == 0
    assert fake.sent == []


def test_another_worker_in_the_middle_of_sending_sends_nothing(compound, fake, settings):
    """The second worker starts while the first waits for the supplier."""
    (row,) = text(compound)

    class Slow(FakeSms):
        def send(self, phone, words):
            assert tasks.send_queued(NOW) == 0
            return super().send(phone, words)

    assert services.deliver(message_id=row.pk, compound_id=compound.pk, at=NOW, sms=Slow())
    assert len(fake.sent) == 1


def test_two_workers_with_the_same_list_send_once(compound, fake):
    (row,) = text(compound)
    assert services.deliver(message_id=row.pk, compound_id=compound.pk, at=NOW)
    assert not services.deliver(message_id=row.pk, compound_id=compound.pk, at=NOW)
    assert len(fake.sent) == 1


def test_late_answer_does_not_overwrite_what_was_given_up(compound, fake):
    (row,) = text(compound)

    class Later(FakeSms):
        def send(self, phone, words):
            tasks.give_up_stuck(NOW + timedelta(minutes=6))
            return super().send(phone, words)

    services.deliver(message_id=row.pk, compound_id=compound.pk, at=NOW, sms=Later())
    assert now_of(row) == ("failed", 1, "unknown")


def test_one_bad_number_does_not_hold_up_the_others_of_any_compound(compound, fake):
    text(compound, "13900000001", "13900000002")
    text(make_compound("other"), "13900000003")
    fake.plan = [ValueError("bad number")]
    assert tasks.send_queued(NOW) == 2


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_once_each(fake):
    text(make_compound(), *[f"139000000{n:02d}" for n in range(40)])
    assert sum(together(*[partial(tasks.send_queued, NOW)] * 4)) == 40
    assert sorted(phone for phone, _ in fake.sent) == [f"139000000{n:02d}" for n in range(40)]


def test_recorded_sms_writes_a_line(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    first, second = RecordedSms().send("13900000001", "一"), RecordedSms().send("13900000001", "二")
    rows = [json.loads(line) for line in (tmp_path / "outbox" / "sms.jsonl").read_text().splitlines()]
    assert [(r["reference"], r["text"]) for r in rows] == [(first, "一"), (second, "二")]
