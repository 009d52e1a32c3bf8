"""The promises of time of a whistle's asks."""

from functools import partial

import pytest

from linli.matters import tasks
from linli.matters.models import Ask, Whistle
from linli.matters.rules import promises
from linli.matters.services import whistles
from linli.matters.services.whistles import clock as whistle_clock
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.places.queries import calendar
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope
from linli.plumbing.tests.threads import together

from .whistle_cast import Cast, page, text

pytestmark = pytest.mark.django_db


def breaches(cast) -> list[tuple[str, str, int]]:
    rows = AuditEntry.objects.filter(
        compound=cast.place.compound, subject_kind="whistle", act__in=("warn", "breach", "list")
    ).order_by("at", "id")
    return [(e.act, e.data["clock"], e.data["stage"]) for e in rows]


def test_ask_warns_twice_then_is_late_and_the_superior_hears(cast):
    w = cast.blown((cast.court, "解冻资金"))
    for when in (at(24, 11, 59), at(24, 12), at(24, 15, 12), at(24, 15, 59), at(24, 16), at(24, 17), at(25)):
        tasks.run_whistles(when)
    assert breaches(cast) == [("warn", "receive", 1), ("warn", "receive", 2), ("breach", "receive", 3)]
    w = Whistle.objects.get(compound=cast.place.compound, pk=w.pk)
    assert (w.late, cast.counts()["whistle:late"]) == (True, 1)
    told = Message.objects.filter(compound=cast.place.compound, kind="whistle_breach")
    assert cast.officer.account_id in {m.account_id for m in told}
    assert {m.phone for m in told if m.phone} == {"13700000001"}
    whistles.receive(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), officer="王工", at=at(25, 9))
    w = Whistle.objects.get(compound=cast.place.compound, pk=w.pk)
    assert (w.late, len(cast.ask(w).breaches), "whistle:late" in cast.counts()) == (False, 1, False)


def test_after_a_standstill_the_superior_hears_before_the_three_parties(cast):
    cast.blown((cast.court, "解冻资金"))
    assert tasks.run_whistles(at(26)) == 1
    assert breaches(cast) == [("breach", "receive", 3)]
    assert [tasks.run_whistles(at(26)) for _ in range(2)] == [1, 0]
    assert breaches(cast) == [("breach", "receive", 3), ("list", "receive", 4)]


def on_list(cast) -> tuple[int, int]:
    rows = Ask.objects.filter(compound=cast.place.compound, listed_at__isnull=False)
    return rows.count(), kept(cast.place.compound.pk, "listed:ask").get("listed:ask", 0)


def test_a_working_day_after_its_breach_an_ask_is_on_the_list_until_it_moves(cast):
    """Received within four working hours of Tuesday 10:00, that is by 16:00; a working day later is Wednesday 17:30."""
    branch = Organisation.objects.create(kind=Body.BRANCH, name="党支部", compound=cast.place.compound)
    secretary = cast.place.post(Role.BRANCH_SECRETARY, branch)
    w = cast.blown()
    for when in (at(24, 16), at(25, 17, 29)):
        tasks.run_whistles(when)
    assert on_list(cast) == (0, 0)
    assert [tasks.run_whistles(at(25, 17, 30)) for _ in range(2)] == [2, 0]
    assert on_list(cast) == (2, 2)
    told = Message.objects.filter(compound=cast.place.compound, kind="whistle_list")
    assert {m.account_id for m in told} == {a.account_id for a in (cast.chair, cast.secretary, secretary)}
    assert told.count() == 6 and {m.subject_number for m in told} == {None}
    whistles.receive(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), officer="王工", at=at(26))
    assert on_list(cast) == (1, 1) and len(cast.ask(w).breaches) == 1
    whistles.end_ask(by=cast.worker, whistle=w, ask=cast.ask(w, 2), words="不用了", at=at(26))
    assert on_list(cast) == (0, 0)


def test_a_whistle_that_ends_takes_its_asks_off_the_list(cast):
    w = cast.draft((None, "请社区协调"), by=cast.member, level="community")
    w = whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    for _ in range(2):
        tasks.run_whistles(at(30))
    assert on_list(cast) == (1, 1)
    whistles.blow_again(by=cast.chair, whistle=w, words="没用", told=cast.told((None, "请街道")), at=at(30, 11))
    assert on_list(cast) == (0, 0)


def test_kept_late_is_a_breach_though_no_worker_ran(cast):
    w = cast.blown((cast.court, "解冻资金"))
    whistles.receive(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), officer="王工", at=at(24, 17))
    assert [b["clock"] for b in cast.ask(w).breaches] == ["receive"]


def test_ended_whistle_warns_no_more(cast):
    w = cast.draft((None, "请社区协调"), by=cast.member, level="community")
    w = whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    whistles.blow_again(by=cast.chair, whistle=w, words="没用", told=cast.told((None, "请街道")), at=at(24, 10, 30))
    assert tasks.run_whistles(at(30)) == 0


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_warn_once_each():
    place = makers.compound()
    with compound_scope(place.compound.pk):
        cast = Cast(place)
        for _ in range(6):
            cast.blown()
    done = together(*[partial(tasks.run_whistles, at(24, 12))] * 4)
    with compound_scope(place.compound.pk):
        assert (sum(done), breaches(cast)) == (12, [("warn", "receive", 1)] * 12)


def test_second_worker_finds_it_done(cast, monkeypatch):
    """Both have the row in hand: the first to write wins."""
    w = cast.blown((cast.court, "解冻资金"))
    ask = cast.ask(w)
    assert tasks.run_whistles(at(24, 12)) == 1
    assert whistle_clock._claim(ask, 1, None, at(24, 12)) is False
    assert breaches(cast) == [("warn", "receive", 1)]


def test_without_a_task_no_agency_promises_a_day_past_the_usual(cast):
    """Ten working days from Tuesday 24 March end on 7 April (until then no holiday is known to the test calendar)."""
    w = cast.blown()
    usual = promises.plan("finish", "normal", NOW, calendar(cast.place.compound)).due_at
    for place, finish_on, due in ((1, at(30, month=12), usual), (2, at(30, 17, 30), at(30, 17, 30))):
        ask = cast.ask(w, place)
        by = cast.liaison(ask.body)
        whistles.report_in(by=by, whistle=w, ask=ask, officer="王", way="site", at=NOW)
        whistles.start(by=by, whistle=w, ask=ask, words="办", finish_on=finish_on, officer="王", at=at(24, 11))
        assert (cast.ask(w, place).clock, cast.ask(w, place).due_at) == ("finish", due)


class TestWhoseClock:
    """The task is given by who blew (domain §4.6): the time for it is theirs, in numbers and on the board."""

    @pytest.fixture
    def reported(self, cast):
        w = cast.blown((cast.court, "解冻资金"))
        whistles.report_in(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), officer="王", way="site", at=NOW)
        return Whistle.objects.get(compound=cast.place.compound, pk=w.pk)

    def test_who_blew_is_in_turn_and_has_the_task_next(self, cast, reported):
        assert (reported.turn, cast.ask(reported).clock) == ("blower", "plan")
        assert (
            f"/whistles/{reported.number}/asks/1/assign/"
            in page(cast, "worker", f"{reported.number}/").content.decode()
        )

    def test_who_blew_is_warned_and_late_not_the_agency(self, cast, reported):
        Message.objects.filter(compound=cast.place.compound).delete()
        for day in (25, 26, 27, 28):
            tasks.run_whistles(at(day, 17, 31))
        assert ("breach", "plan", 3) in breaches(cast)
        told = Message.objects.filter(compound=cast.place.compound, kind__startswith="whistle_")
        assert not told.filter(phone="13700000001").exists()
        assert cast.worker.account_id in set(told.filter(kind="whistle_warn").values_list("account_id", flat=True))
        late = told.filter(kind="whistle_breach").first()
        assert "柳溪社区超时了" in late.title and "定任务（区法院）" in late.title
        shown = text(page(cast, "worker", f"{reported.number}/"))
        assert "发哨的超时 1 次" in shown and "由发哨的定任务" in shown
        assert "发哨的超时了，没有定任务（区法院）" in shown
        assert "柳溪社区超时" in text(page(cast, "worker", "?view=late"))

    def test_an_agency_is_late_with_its_own(self, cast):
        w = cast.blown((cast.court, "解冻资金"))
        tasks.run_whistles(at(24, 17))
        assert "区法院超时" in text(page(cast, "worker", "?view=late"))
        assert "发哨的超时" not in text(page(cast, "worker", f"{w.number}/"))

    def test_who_begins_without_a_task_ends_the_waiting(self, cast, reported):
        whistles.start(
            by=cast.liaison(cast.court), whistle=reported, ask=cast.ask(reported), words="办", officer="王", at=NOW
        )
        w = Whistle.objects.get(compound=cast.place.compound, pk=reported.pk)
        assert (w.turn, cast.ask(w).clock, cast.ask(w).breaches) == ("receiver", "finish", [])
