"""Every step of every matter is put before the rules of `matters`: what is planned must also be allowed."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from time import process_time

import pytest

from linli.kernel.clock import SHANGHAI, Calendar, working_minutes_between
from linli.matters.rules.parts import Facts, Side, parts
from linli.matters.rules.states import (
    DECLINE_REASONS,
    FINAL,
    OPEN,
    OUTCOMES,
    PAUSE_REASONS,
    RATINGS,
    SOLVED,
    Act,
    State,
    Who,
    missing,
    rule_for,
)
from linli.matters.rules.visits import must_visit
from linli.people.rules import RIGHTS
from linli.people.rules import Act as Right
from linli.web.samples import photos
from linli.web.samples.plan import plan
from linli.web.samples.year import COUNTS

CALENDAR = Calendar()
SUNDAY_EVENING = datetime(2026, 11, 22, 19, 30, tzinfo=SHANGHAI)
MOMENTS = [
    SUNDAY_EVENING,
    datetime(2026, 3, 24, 10, 0, tzinfo=SHANGHAI),
    datetime(2026, 10, 5, 3, 7, tzinfo=SHANGHAI),
    datetime(2027, 7, 30, 16, 58, tzinfo=SHANGHAI),
]


@pytest.fixture(scope="module", params=MOMENTS, ids=lambda m: f"{m:%m-%d}")
def year(request):
    return request.param, plan(request.param)


@pytest.fixture(scope="module")
def compounds():
    return {c.places.slug: c for c in plan(SUNDAY_EVENING)}


class Replay:
    """Walks one matter's steps through the table of states."""

    def __init__(self, compound, matter):
        self.posts = {p.key: p for p in compound.places.posts}
        self.bodies = {b.key: b.kind for b in compound.places.bodies}
        self.matter, self.state = matter, State.SUBMITTED
        self.level = self.category = self.urgency = ""
        self.handler, self.handlers = None, set()

    def parts(self, step):
        if step.by == "clock":
            return frozenset({Who.CLOCK})
        if step.by == "resident":
            facts = Facts(self.state, self.category, self.level, None, None, None)
            return parts(facts, Side("owner", reports=step.who == self.matter.reporter, follows=True))
        post = self.posts[step.who]
        assert post.kind == step.by
        complaint = self.urgency == "complaint" or self.category.startswith("11")
        handler = self.posts.get(self.handler)
        facts = Facts(
            self.state,
            self.category,
            self.level,
            None,
            handler and handler.body,
            self.handler,
            complaint,
            frozenset(self.handlers),
        )
        return parts(facts, Side(post.kind, post.body, self.bodies[post.body], post.key, post.person or post.key))

    def take(self, step):
        if step.act == "me_too":
            assert self.state in OPEN and step.who != self.matter.reporter
            return
        act = Act(step.act)
        rule = rule_for(act, self.state, self.parts(step))
        where = f"{self.matter.key} {[s.act for s in self.matter.steps]}: {step.act} by {step.by} in {self.state}"
        assert rule, where
        assert missing(rule, step.data) == [], where
        self.state = rule.to or self.state
        if act is Act.TRIAGE:
            self.level, self.category, self.urgency = (step.data[k] for k in ("level", "category", "urgency"))
        if act is Act.ESCALATE:
            self.level = step.data["level"]
        if act is Act.DISPATCH:
            self.handler = step.data["post"]
            assert self.posts[self.handler].body == step.data["body"]
        if act is Act.TAKE:
            self.handlers.add(self.posts[self.handler].person or self.handler)


def test_every_step_is_allowed_by_the_rules(year):
    for compound in year[1]:
        for matter in compound.matters:
            replay = Replay(compound, matter)
            assert matter.steps[0].act == "raise"
            for step in matter.steps[1:]:
                replay.take(step)
            assert replay.state == matter.state
            assert (replay.level or matter.level) == matter.level


def test_only_workers_raise_for_somebody(year):
    for compound in year[1]:
        for matter in compound.matters:
            first = matter.steps[0]
            if first.by == "resident":
                assert first.who == matter.reporter and compound.places.persons[first.who].phone
            else:
                assert first.by in RIGHTS[Right.RAISE_FOR_SOMEONE]


def test_times_run_forward_and_end_before_now(year):
    now, compounds = year
    for compound in compounds:
        for matter in compound.matters:
            times = [s.at for s in matter.steps]
            assert times == sorted(times)
            assert now - timedelta(days=366) <= times[0] and times[-1] <= now


def test_staff_act_in_working_hours_unless_it_burns(year):
    for compound in year[1]:
        for matter in compound.matters:
            if matter.urgency in {"urgent", "emergency"}:
                continue
            for step in matter.steps[1:]:
                if step.by in {"resident", "clock"}:
                    continue
                # A step at the very close of business may carry some seconds over.
                assert (
                    working_minutes_between(step.at - timedelta(minutes=2), step.at + timedelta(minutes=2), CALENDAR)
                    > 0
                ), (matter.key, step)


def test_clock_closes_only_what_nobody_needs_to_visit(year):
    for compound in year[1]:
        for number, matter in enumerate(compound.matters, 1):
            assert matter.key.endswith(f"{number:04d}")
            if any(s.act == "close" and s.by == "clock" for s in matter.steps):
                owed = must_visit(urgency=matter.urgency, source=matter.source, category=matter.category, level="")
                assert not owed, matter.key


def test_only_what_a_visit_found_solved_is_closed_after_it(year):
    for compound in year[1]:
        for matter in compound.matters:
            for visit, then in pairwise(s for s in matter.steps if s.act != "me_too"):
                if visit.act == "visit":
                    assert then.act == ("close" if visit.data["solved"] == "solved" else "reopen")


def test_merged_into_one_that_was_open_then(year):
    for compound in year[1]:
        by_key = {m.key: m for m in compound.matters}
        for matter in compound.matters:
            for step in matter.steps:
                if step.act != "merge":
                    continue
                target = by_key[step.data["target"]]
                assert target.category == matter.category and target.state != "merged"
                assert target.raised_at < step.at < target.steps[-1].at


def test_a_year_has_the_right_number_of_matters(year):
    _, compounds = year
    assert [len(c.matters) for c in compounds] == list(COUNTS.values())
    assert 40 <= len(compounds[0].open_matters) <= 60
    assert all(len(c.open_matters) >= 10 for c in compounds)


def test_every_state_is_seen(compounds):
    assert {m.state for m in compounds["liuxi"].matters} == set(State)


def test_some_are_overdue_and_few(year):
    now, compounds = year
    for compound in compounds:
        late = [m for m in compound.open_matters if m.state == "in_progress" and m.due_at and m.due_at < now]
        assert 1 <= len(late) <= 8


def test_words_of_the_data_are_those_of_the_rules(year):
    known = {
        ("decline", "reason"): DECLINE_REASONS,
        ("suspend", "pause_reason"): PAUSE_REASONS,
        ("resolve", "outcome"): OUTCOMES,
        ("close", "outcome"): OUTCOMES,
        ("rate", "rating"): RATINGS,
        ("visit", "satisfied"): RATINGS,
        ("visit", "solved"): SOLVED,
    }
    for compound in year[1]:
        for matter in compound.matters:
            for step in matter.steps:
                assert "{" not in str(step.data.get("words", ""))
                for motif, _, seed in step.data.get("photos", ()):
                    assert motif in photos.MOTIFS and 0 <= seed < 4
                for name, value in step.data.items():
                    assert value in known.get((step.act, name), [value])


def test_demo_resident_has_one_of_each(year):
    now, compounds = year
    for compound in compounds:
        by_key = {m.key: m for m in compound.matters}
        mine = {name: by_key[compound.demo[name]] for name in ("resolved", "running", "overdue", "suspended")}
        assert {m.reporter for m in mine.values()} == {compound.demo["resident"]}
        assert {n: m.state for n, m in mine.items()} == {
            "resolved": "resolved",
            "running": "in_progress",
            "overdue": "in_progress",
            "suspended": "suspended",
        }
        assert mine["running"].due_at > now > mine["overdue"].due_at
        assert mine["suspended"].steps[-1].data["pause_reason"] == "parts"
        assert mine["suspended"].steps[-1].data["review_at"] > now
        assert sum(s.act == "me_too" for s in mine["resolved"].steps) == 3


def test_some_have_many_voices_and_some_are_said_twice(compounds):
    for compound in compounds.values():
        voices = Counter(sum(s.act == "me_too" for s in m.steps) for m in compound.open_matters)
        assert max(voices) >= 2
        echoes = [m for m in compound.open_matters if "echo" in m.tags]
        assert echoes and all(m.state == "submitted" for m in echoes)


def test_seasons_and_hours_show(compounds):
    heating = [m.raised_at.month for m in compounds["liuxi"].matters if m.category == "0206"]
    assert len(heating) > 10 and set(heating) <= {11, 12, 1, 2}
    hours = Counter(m.raised_at.hour for m in compounds["liuxi"].matters if m.source == "resident_online")
    assert sum(hours[h] for h in (18, 19, 20, 21)) > sum(hours[h] for h in (13, 14, 15, 16))


def test_nobody_speaks_of_a_property_company_where_there_is_none(compounds):
    for matter in compounds["laoliangzhan"].matters:
        if matter.state == "declined":
            continue
        said = "".join(str(s.data.get("words", "")) for s in matter.steps)
        assert "物业" not in said and "业委会" not in said and "电梯" not in said


def test_public_titles_name_no_room(year):
    for compound in year[1]:
        rooms = {m.key: compound.places.homes[m.home].room_no for m in compound.matters if m.home}
        assert all(rooms[m.key] not in m.public_title for m in compound.matters if m.home)


def test_plan_is_the_same_each_time_and_another_by_seed(compounds):
    again = {c.places.slug: c for c in plan(SUNDAY_EVENING)}
    assert again == compounds
    assert {c.places.slug: c for c in plan(SUNDAY_EVENING, seed=8)} != compounds


def test_plan_is_quick():
    began = process_time()
    plan(SUNDAY_EVENING)
    assert process_time() - began < 3


def test_final_states_agree():
    from linli.web.samples.steps import FINAL as ours

    assert ours == FINAL
