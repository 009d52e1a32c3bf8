"""The numbers: kept by every act, found again from the entries alone."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters import services, tasks
from linli.matters.models import LifeFigure, MonthCount
from linli.matters.queries import figures as reads
from linli.matters.queries.recount import differences, lines
from linli.matters.rules import figures
from linli.matters.services import orders
from linli.matters.services.recount import look, repair
from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept, shift
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

from . import makers
from .crew import Crew, picture
from .makers import NOW, at
from .walk import Walk

database = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
FILL = import_module("linli.matters.migrations.0017_fill_the_numbers")
STEPS = 240


# ── kept by every act ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def crew(place):
    with compound_scope(place.compound.pk):
        yield {
            "owner": place.resident(),
            "clerk": place.post(Role.COMMUNITY_WORKER),
            "engineer": place.post(Role.ENGINEER),
            "caller": place.post(Role.GRID_WORKER),
        }


def month(compound, key: str = "2026-03", dim: str = "all") -> dict[str, int]:
    rows = MonthCount.objects.filter(compound=compound, month=key, dim=dim).exclude(value=0)
    return dict(rows.values_list("measure", "value"))


def life(matter, n: int = 1) -> LifeFigure:
    return LifeFigure.objects.get(matter=matter, life=n)


def right(place) -> bool:
    found = differences(place.compound.pk)
    assert list(lines(found)) == []
    return found.matters > 0


class TestKept:
    pytestmark = database

    def test_the_whole_way_to_a_visited_and_closed_one(self, place, crew):
        m = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
        m = services.return_visit(
            by=crew["caller"], matter=m, contacted=True, solved="solved", satisfied="basically", at=at(25)
        )
        services.close(by=crew["clerk"], matter=m, outcome="fixed", at=at(26))
        assert month(place.compound) == {
            "accepted": 1, "promised": 1, "acknowledged": 1, "resolved": 1, "due": 1, "on_time": 1, "visited": 1, "solved": 1,
            "content": 1, "closed": 1, "out:fixed": 1, "level:building": 1, "took:1": 1,
        }  # fmt: skip
        assert month(place.compound, dim=f"b:{place.community.pk.hex}") == {
            "accepted": 1,
            "promised": 1,
            "acknowledged": 1,
        }
        assert month(place.compound, dim=f"b:{place.property.pk.hex}")["on_time"] == 1
        assert month(place.compound, dim="c:01") == month(place.compound)
        assert right(place)

    def test_late_is_late_though_a_pause_counts_for_the_handler(self, place, crew):
        owner, clerk, engineer = crew["owner"], crew["clerk"], crew["engineer"]
        late = makers.in_progress(place, owner, clerk, engineer)
        waited = makers.in_progress(place, owner, clerk, engineer)
        manager = place.post(Role.PROPERTY_MANAGER)
        services.suspend(by=manager, matter=waited, pause_reason="parts", review_at=at(31), at=at(25))
        services.resume(by=engineer, matter=waited, at=at(31))
        for m in (late, waited):
            services.resolve(by=engineer, matter=m, words="好了", evidence=True, at=at(31, 11))
        assert (life(late).on_time, life(waited).on_time) == (False, True)
        assert right(place)

    def test_an_answer_after_the_time_is_none_in_time(self, place, crew):
        m = place.matter(crew["owner"])
        services.accept(by=crew["clerk"], matter=m, at=at(25))
        assert month(place.compound) == {"accepted": 1, "promised": 1}

    def test_what_still_waits_past_its_time_is_not_in_time(self, place, crew):
        place.matter(crew["owner"])
        services.accept(by=crew["clerk"], matter=place.matter(crew["owner"]), at=at(24, 10, 30))
        assert month(place.compound) == {"accepted": 1, "promised": 1, "acknowledged": 1}
        tasks.run_clocks(at(24, 18))
        assert month(place.compound) == {"accepted": 1, "promised": 2, "acknowledged": 1}
        (late,) = LifeFigure.objects.filter(accepted_at=None)
        assert month(place.compound, dim=f"b:{late.received_by_id.hex}")["promised"] >= 1
        assert right(place)

    def test_the_promise_broken_in_one_month_stays_there_when_it_is_accepted_in_the_next(self, place, crew):
        m = services.open_matter(by=crew["owner"], compound=place.compound, words="灯不亮", at=at(31, 17))
        tasks.run_clocks(at(1, 18, month=4))
        due = LifeFigure.objects.get().promised_at
        services.correct_category(by=crew["owner"], matter=m, category="0301", at=at(1, 18, 30, month=4))
        assert month(place.compound, f"{due:%Y-%m}", "c:03") == {"promised": 1} and right(place)
        services.accept(by=crew["clerk"], matter=m, at=at(3, month=5))
        row = LifeFigure.objects.get()
        assert (row.promised_at, row.ack_in_time, row.accepted_at) == (due, False, at(3, month=5))
        assert month(place.compound, f"{due:%Y-%m}") == {"promised": 1}
        assert month(place.compound, "2026-05") == {"accepted": 1}
        assert right(place)

    @pytest.mark.parametrize("act", ["decline", "withdraw"])
    def test_late_for_acceptance_is_counted_whatever_becomes_of_it(self, place, crew, act):
        m = place.matter(crew["owner"])
        tasks.run_clocks(at(25))
        if act == "decline":
            services.decline(by=crew["clerk"], matter=m, reason="no_content", at=at(25, 11))
        else:
            services.withdraw(by=crew["owner"], matter=m, at=at(25, 11))
        assert month(place.compound) == {"promised": 1}
        assert right(place)

    def test_what_was_imported_as_history_promised_nothing(self, place, crew):
        by = Actor(role="import", channel="import", compound_id=place.compound.pk)
        m = services.open_matter(by=by, compound=place.compound, words="旧的", at=at(1), history=True)
        services.accept(by=crew["clerk"], matter=m, at=at(24))
        assert month(place.compound) == {"accepted": 1}
        assert right(place)

    def test_reopened_is_a_life_more_and_the_first_keeps_its_late_end(self, place, crew):
        m = makers.in_progress(place, crew["owner"], crew["clerk"], crew["engineer"])
        m = services.resolve(by=crew["engineer"], matter=m, words="好了", evidence=True, at=at(31))
        m = services.confirm(by=crew["owner"], matter=m, rating="satisfied", at=at(31, 12))
        assert month(place.compound)["out:fixed"] == 1
        m = services.reopen(by=crew["owner"], matter=m, reason="又黑了", at=at(2, month=4))
        counts = month(place.compound)
        assert (counts["resolved"], counts["reopened"], counts["closed"], counts["out:reopened"]) == (1, 1, 1, 1)
        assert not {"out:fixed", "level:building"} & counts.keys()
        first, second = life(m), life(m, 2)
        assert (first.on_time, first.reopened_at, first.level, first.took_days) == (False, at(2, month=4), "", None)
        assert (second.accepted_at, second.body_id) == (None, place.property.pk)
        assert right(place)

    def test_said_not_solved_belongs_to_who_said_it_was(self, place, crew):
        m = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
        services.return_visit(
            by=crew["caller"], matter=m, contacted=True, solved="not", satisfied="unsatisfied", at=at(25)
        )
        assert (life(m).visited_at, life(m).solved, life(m, 2).visited_at) == (at(25), "not", None)
        assert right(place)

    def test_nobody_reached_twice(self, place, crew):
        m = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"], urgency="complaint")
        for day in (25, 26):
            m = services.return_visit(by=crew["caller"], matter=m, contacted=False, at=at(day))
        counts = month(place.compound)
        assert (counts["no_answer"], counts["out:not_confirmed"]) == (1, 1)
        assert not {"visited", "solved", "content", "out:fixed"} & counts.keys()
        assert right(place)

    def test_undoing_a_merge_that_woke_the_other_gives_back_what_it_counted(self, place, crew):
        m = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
        m = services.confirm(by=crew["owner"], matter=m, at=at(24, 11))
        before = month(place.compound)
        other = services.accept(by=crew["clerk"], matter=place.matter(crew["owner"]), at=at(24, 12))
        other = services.merge(by=crew["clerk"], matter=other, target=m, at=at(25))
        assert month(place.compound)["out:reopened"] == 1 and right(place)
        services.unmerge(by=crew["clerk"], matter=other, reason="不是一回事", at=at(26))
        assert month(place.compound) == before | {"accepted": 2, "promised": 2, "acknowledged": 2}
        assert LifeFigure.objects.filter(matter=m).count() == 1 and right(place)

    def test_joint_orders_count_each_of_their_matters(self, place, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        with compound_scope(place.compound.pk):
            crew = Crew(place)
            matters = crew.sorted(3)
            order = crew.accepted(matters)
            part = crew.split(order, matters)
            order = orders.report(
                by=crew.manager, order=part.order, part=part, words="换了", after=[picture()], at=at(26)
            )
            assert month(place.compound)["on_time"] == 3 and right(place)
            order = orders.back(by=crew.chair, order=order, parts=[1], words="还差一盏", at=at(27))
            assert month(place.compound)["reopened"] == 3 and right(place)
            part.refresh_from_db()
            order = orders.report(
                by=crew.manager, order=part.order, part=part, words="都换了", after=[picture(90)], at=at(28)
            )
            order = orders.check(by=crew.chair, order=order, at=at(29))
            orders.not_mine(by=crew.neighbours[0], matter=matters[0], at=at(30))
            assert life(matters[0], 2).resolved_at is None
            assert month(place.compound)["resolved"] == 5 and right(place)

    def test_an_act_that_counts_nothing_asks_nothing(self, place, crew):
        m = makers.in_progress(place, crew["owner"], crew["clerk"], crew["engineer"])
        with CaptureQueriesContext(connection) as asked:
            services.note(by=crew["engineer"], matter=m, words="明天再来", at=at(25))
        assert not [q["sql"] for q in asked if "lifefigure" in q["sql"] or "monthcount" in q["sql"]]


# ── found again ─────────────────────────────────────────────────────────────────────────────────────────────────────


class TestFoundAgain:
    pytestmark = database

    @pytest.mark.parametrize("seed", range(4))
    def test_whatever_anybody_does_the_entries_tell_the_same(self, place, seed):
        with compound_scope(place.compound.pk):
            walk = Walk(place, seed)
            for _ in range(4):
                walk.go(STEPS // 4)
                assert right(place)
        assert MonthCount.objects.filter(value__lt=0).count() == 0
        assert len(walk.done) > 18, walk.done

    def test_each_number_opens_to_as_many_records(self, place):
        with compound_scope(place.compound.pk):
            walk = Walk(place, 7)
            walk.go(2 * STEPS)
            seen = set()
            for row in MonthCount.objects.exclude(value=0).exclude(measure__startswith="took:"):
                found = reads.records(
                    place.compound, by=walk.staff[0], month=row.month, measure=row.measure, dim=row.dim
                )
                assert len(found) == min(row.value, reads.PAGE + 1), str(row)
                seen.add(row.measure)
        assert len(seen) > 12, seen

    def test_the_migration_finds_what_the_acts_kept(self, place):
        with compound_scope(place.compound.pk):
            Walk(place, 77).go(STEPS)
            lives = {
                (r.matter_id, r.life): figures.Life(*(getattr(r, f) for f in figures.FIELDS))
                for r in LifeFigure.objects.all()
            }
            months = set(MonthCount.objects.exclude(value=0).values_list("month", "dim", "measure", "value"))
            LifeFigure.objects.all().delete()
            MonthCount.objects.all().delete()
        FILL.fill(apps, None)
        with compound_scope(place.compound.pk):
            again = {
                (r.matter_id, r.life): figures.Life(*(getattr(r, f) for f in figures.FIELDS))
                for r in LifeFigure.objects.all()
            }
            assert again == lives and lives
            assert set(MonthCount.objects.values_list("month", "dim", "measure", "value")) == months
            assert right(place)

    def test_what_was_changed_behind_its_back_is_told_and_put_right(self, place, crew):
        done = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
        gone = makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
        LifeFigure.objects.filter(matter=done).update(on_time=False)
        LifeFigure.objects.filter(matter=gone).delete()
        MonthCount.objects.filter(dim="all", measure="accepted").update(value=7)
        shift(place.compound.pk, {"open": 3, "call:open": 5})
        assert list(lines(look(compound=place.compound))) == [
            f"matter {done.number:04d} life 1: on_time False should be True",
            f"matter {gone.number:04d} life 1: missing",
            "2026-03 all accepted: 7 should be 2",
            "open: 5 should be 2",
        ]
        by = Actor(role="operator", channel="terminal", compound_id=place.compound.pk)
        assert len(repair(by=by, compound=place.compound, at=NOW)) == 4
        assert right(place) and kept(place.compound.pk, "call:open") == {"call:open": 5}
        entry = AuditEntry.objects.get(act="repair_numbers")
        assert entry.data == {"lives": 2, "months": 1, "counts": 1, "numbers": [done.number, gone.number]}

    def test_nothing_wrong_writes_nothing(self, place, crew):
        makers.resolved(place, crew["owner"], crew["clerk"], crew["engineer"])
        by = Actor(role="operator", channel="terminal", compound_id=place.compound.pk)
        assert not repair(by=by, compound=place.compound, at=NOW)
        assert not AuditEntry.objects.filter(act="repair_numbers").exists()
