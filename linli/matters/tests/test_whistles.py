from dataclasses import replace
from datetime import date, datetime

import pytest

from linli.kernel.tests.refusing import refused
from linli.matters import services
from linli.matters.models import Matter, PartTaken, Whistle
from linli.matters.services import whistles
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope, uuid7
from linli.plumbing.tests import threads

from .whistle_cast import SITE, Cast, walk

pytestmark = pytest.mark.django_db


def test_blowing_starts_every_clock_tells_liaisons_and_the_reporter(cast):
    w = cast.blown()
    for place, phone in ((1, "13700000001"), (2, "13700000002")):
        ask = cast.ask(w, place)
        assert (ask.step, ask.clock, ask.due_at) == ("blown", "receive", at(24, 16))
        assert len(cast.messages(phone)) == 1
        assert f"{SITE}/w/{whistles.token_of(ask)}/" in cast.messages(phone)[0]
    assert (w.turn, w.due_at) == ("receiver", at(24, 16))
    assert cast.counts() == {"whistle:open": 1, "whistle:turn:receiver": 1}
    told = Message.objects.filter(account_id=cast.owner.account_id, kind="whistle", compound=cast.place.compound)
    assert [m.title for m in told] == ["第 0001 号，吹哨请区法院、自然资源局来办"]
    # The community whistled, the subdistrict only sent it: that one is none of the three.
    part = PartTaken.objects.filter(compound=cast.place.compound, matter=cast.matter, last_act="whistle")
    assert [p.party for p in part] == ["community"]


def test_urgent_whistle_is_received_within_half_an_hour_and_reported_in_within_two_hours(cast):
    w = cast.blown(urgency="urgent", when=at(28, 22))  # a Saturday night
    assert cast.ask(w).due_at == at(28, 22, 30)
    ask = whistles.receive(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), officer="王工", at=at(28, 22, 20))
    assert (ask.clock, ask.due_at) == ("report", at(29, 0))


def test_ask_goes_all_the_way_with_consultation_tasks_and_scores_both_ways(cast):
    w = cast.blown()
    court, planning = cast.ask(w, 1), cast.ask(w, 2)
    for ask in (court, planning):
        by = cast.liaison(ask.body)
        whistles.receive(by=by, whistle=w, ask=ask, officer="王工", at=at(24, 11))
        ask = whistles.report_in(
            by=by, whistle=w, ask=ask, officer="王工", phone="13711112222", way="site", at=at(24, 14)
        )
        assert (ask.step, ask.clock, ask.due_at, ask.officer) == ("reported_in", "plan", at(27, 17, 30), "王工")
    whistles.call(by=cast.worker, whistle=w, planned_at=at(25, 9), place="社区二楼", at=at(24, 15))
    whistles.minutes(
        by=cast.worker, whistle=w, words="法院放款，规划局出方案", at=at(25, 11),
        attendance=[("区法院", "王工"), ("自然资源局", "李工"), ("业委会", "吴海")],
    )  # fmt: skip
    assert [cast.ask(w, n).step for n in (1, 2)] == ["consulted", "consulted"]
    whistles.assign(
        by=cast.worker,
        whistle=w,
        ask=planning,
        lead=True,
        words="出加固方案",
        due_on=date(2026, 4, 2),
        at=at(25, 11, 30),
    )
    assert (
        refused(
            lambda: whistles.assign(
                by=cast.worker, whistle=w, ask=court, lead=True, words="放款", due_on=date(2026, 4, 2), at=at(25, 12)
            )
        )
        == "leads"
    )
    court = whistles.assign(
        by=cast.worker, whistle=w, ask=court, lead=False, words="放款", due_on=date(2026, 4, 2), at=at(25, 12)
    )
    assert (court.step, court.clock, court.due_at) == ("tasks_assigned", "finish", at(2, 17, 30, month=4))
    for ask in (court, planning):
        by = cast.liaison(ask.body)
        whistles.start(by=by, whistle=w, ask=ask, words="马上办", officer="王工", at=at(26, 9))
        whistles.answer(by=by, whistle=w, ask=ask, words="办好了", officer="王工", at=at(30, 9))
        whistles.score_back(by=by, whistle=w, ask=ask, response="good", quality="fair", at=at(30, 10))
    assert Whistle.objects.get(compound=cast.place.compound).turn == "blower"
    whistles.redo(by=cast.worker, whistle=w, ask=court, words="钱没到账", at=at(30, 11))
    assert (cast.ask(w).step, cast.ask(w).redone, cast.ask(w).clock) == ("working", 1, "finish")
    whistles.answer(by=cast.liaison(cast.court), whistle=w, ask=court, words="到账了", officer="王工", at=at(31, 9))
    assert refused(lambda: whistles.close(by=cast.worker, whistle=w, words="好", at=at(31, 9))) == "not_settled"
    for ask in (court, planning):
        whistles.check(by=cast.worker, whistle=w, ask=ask, at=at(31, 10))
        whistles.score(by=cast.worker, whistle=w, ask=ask, response="good", quality="good", at=at(31, 11))
    assert (
        refused(
            lambda: whistles.score(by=cast.worker, whistle=w, ask=court, response="poor", quality="poor", at=at(31, 12))
        )
        == "wrong_state"
    )
    w = whistles.close(by=cast.worker, whistle=w, words="坡修好了", at=at(31, 14))
    assert (w.state, w.turn, w.due_at) == ("closed", "nobody", None)
    assert cast.counts() == {"whistle:ended": 1}
    assert Matter.objects.get(compound=cast.place.compound, pk=cast.matter.pk).level == "agency"
    assert (
        refused(
            lambda: whistles.score_back(
                by=cast.liaison(cast.court), whistle=w, ask=court, response="good", quality="good", at=at(31, 15)
            )
        )
        == "scored"
    )


def test_whoever_is_asked_does_not_check_and_no_stranger_answers(cast):
    w = cast.blown()
    ask, by = walk(cast, w)
    assert refused(lambda: whistles.check(by=by, whistle=w, ask=ask, at=NOW)) == "not_yours"
    other = cast.ask(w, 2)
    assert refused(lambda: whistles.receive(by=by, whistle=w, ask=other, officer="王工", at=NOW)) == "not_yours"
    elsewhere = replace(cast.liaison(cast.planning), compound_id=uuid7())
    assert refused(lambda: whistles.receive(by=elsewhere, whistle=w, ask=other, officer="王工", at=NOW)) == "not_yours"


def test_link_act_needs_the_officers_name(cast):
    w = cast.blown()
    assert (
        refused(lambda: whistles.receive(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), at=NOW))
        == "missing_officer"
    )
    whistles.receive(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), officer="王工", at=NOW)
    entry = AuditEntry.objects.get(compound=cast.place.compound, act="receive", subject_kind="whistle")
    assert (entry.channel, entry.data["officer"], entry.account_id, entry.body_id) == (
        "link",
        "王工",
        None,
        cast.court.pk,
    )


def test_declined_ask_goes_on_to_the_proper_agency_and_twice_to_the_subdistrict(cast):
    w = cast.blown((cast.court, "解冻资金"))
    by = cast.liaison(cast.court)
    assert (
        refused(
            lambda: whistles.decline(
                by=by, whistle=w, ask=cast.ask(w), reason="不归我们", proper="社区", officer="王工", at=NOW
            )
        )
        == "not_theirs"
    )
    ask = whistles.decline(
        by=by, whistle=w, ask=cast.ask(w), reason="要先勘查", proper="自然资源局", officer="王工", at=NOW
    )
    assert (ask.step, ask.clock, Whistle.objects.get(compound=cast.place.compound).turn) == ("declined", "", "blower")
    made = whistles.pass_on(by=cast.worker, whistle=w, ask=ask, body=cast.planning, site=SITE, at=at(24, 11))
    assert (made.place, made.step, made.words, made.clock, made.passed_from_id, cast.ask(w).step) == (
        2,
        "blown",
        "解冻资金",
        "receive",
        ask.pk,
        "passed_on",
    )
    assert whistles.token_of(made) in cast.messages("13700000002")[0]
    whistles.decline(
        by=cast.liaison(cast.planning),
        whistle=w,
        ask=made,
        reason="钱的事归法院",
        proper="区法院",
        officer="李工",
        at=at(24, 12),
    )
    bounced = Message.objects.get(compound=cast.place.compound, kind="whistle_bounced")
    assert bounced.account_id == cast.officer.account_id


def test_blown_again_is_a_new_whistle_one_level_up_that_points_back(cast):
    w = cast.draft((None, "请社区协调"), by=cast.member, level="community")
    w = whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    more = cast.told((None, "请街道统筹"))
    up = whistles.blow_again(by=cast.chair, whistle=w, words="社区没有权力", told=more, at=at(25))
    old = Whistle.objects.get(compound=cast.place.compound, pk=w.pk)
    assert (old.state, up.level, up.parent_id, up.state, cast.ask(old).next_at) == (
        "blown_again",
        "subdistrict",
        w.pk,
        "drafted",
        None,
    )
    top = cast.blown()
    assert (
        refused(lambda: whistles.blow_again(by=cast.worker, whistle=top, words="没用", told=more, at=at(25))) == "top"
    )


def test_community_takes_a_committees_whistle_further_while_it_goes_on(cast):
    w = cast.draft((None, "请社区协调"), by=cast.member, level="community")
    w = whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    up = whistles.raise_higher(
        by=cast.worker, whistle=w, told=cast.told((cast.court, "解冻资金")), level="agencies", at=at(25)
    )
    assert (up.parent_id, up.level, Whistle.objects.get(compound=cast.place.compound, pk=w.pk).state) == (
        w.pk,
        "agencies",
        "blown",
    )


def test_sent_anew_a_link_kills_the_one_before_and_so_does_stopping_it(cast):
    w = cast.blown()
    first = whistles.token_of(cast.ask(w))
    ask, link = whistles.send_link(
        by=cast.worker, whistle=w, ask=cast.ask(w), phone="13700000009", site=SITE, at=at(25)
    )
    assert link.endswith(f"/w/{whistles.token_of(ask)}/") and whistles.token_of(ask) != first
    assert link in cast.messages("13700000009")[0]
    where, pk, serial = whistles.read_token(whistles.token_of(ask))
    assert (where, pk, serial) == (cast.place.compound.pk, ask.pk, 2)
    assert whistles.read_token(first[:-1] + ("A" if first[-1] != "A" else "B")) is None
    ask = whistles.stop_link(by=cast.worker, whistle=w, ask=ask, at=at(25))
    assert (ask.link_serial, ask.link_until) == (3, None)


def test_repeat_of_a_submit_does_it_once(cast):
    w, once = cast.blown(), uuid7()
    for _ in range(2):
        whistles.receive(
            by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), officer="王工", at=at(24, 11), once=once
        )
    assert AuditEntry.objects.filter(compound=cast.place.compound, act="receive").count() == 1
    again = uuid7()
    made = [
        whistles.draft(by=cast.worker, compound=cast.place.compound, level="agencies", matters=[cast.matter], at=NOW,
                       told=cast.told((cast.court, "解冻")), once=again).pk
        for _ in range(2)
    ]  # fmt: skip
    assert made[0] == made[1]


def test_an_ask_that_is_needed_no_more_is_ended_with_words_and_without_a_score(cast):
    w = cast.blown()
    declined, silent = cast.ask(w, 1), cast.ask(w, 2)
    by = cast.liaison(cast.court)
    whistles.decline(by=by, whistle=w, ask=declined, reason="不归", proper="住建局", officer="王", at=NOW)
    assert refused(lambda: whistles.close(by=cast.worker, whistle=w, words="好", at=at(25))) == "not_settled"
    assert refused(lambda: whistles.end_ask(by=by, whistle=w, ask=declined, words="x", at=at(25))) == "not_yours"
    assert (
        refused(lambda: whistles.end_ask(by=cast.worker, whistle=w, ask=declined, words=" ", at=at(25)))
        == "missing_words"
    )
    for ask in (declined, silent):
        whistles.end_ask(by=cast.worker, whistle=w, ask=ask, words="居民自己解决了", at=at(25))
    ask = cast.ask(w, 2)
    assert (ask.step, ask.clock, ask.next_at, ask.response, ask.settled_at) == ("ended", "", None, "", at(25))
    assert "用再办" in cast.messages("13700000002")[-1]
    w = whistles.close(by=cast.worker, whistle=w, words="居民自己解决了", at=at(25, 11))
    assert (w.state, cast.counts()) == ("closed", {"whistle:ended": 1})


def together(place, job) -> list:
    """What two get that do the same at the same moment."""

    def scoped():
        with compound_scope(place.compound.pk):
            return job()

    return threads.together(scoped, scoped)


@pytest.mark.django_db(transaction=True)
def test_the_same_submit_twice_at_once_is_one_whistle_drafted_and_blown_once():
    place = makers.compound()
    with compound_scope(place.compound.pk):
        cast = Cast(place)
        once = uuid7()
        told = cast.told((cast.court, "解冻"))
        given = {
            "by": cast.worker,
            "compound": place.compound,
            "level": "agencies",
            "matters": [cast.matter],
            "told": told,
        }
        assert [w.number for w in together(place, lambda: whistles.draft(**given, at=NOW, once=once))] == [1, 1]
        for _ in range(3):
            w, once = cast.draft(), uuid7()

            def job(w=w, once=once):
                return whistles.approve_and_blow(by=cast.officer, whistle=w, at=NOW, site=SITE, once=once)

            assert {type(got) for got in together(place, job)} == {Whistle}
            assert AuditEntry.objects.filter(compound=place.compound, subject_id=w.pk, act="blow").count() == 1


def test_matters_clock_pauses_only_by_its_own_rule(cast):
    cast.blown()
    m = Matter.objects.get(compound=cast.place.compound, pk=cast.matter.pk)
    assert (m.state, m.paused_at) == ("in_progress", None)
    manager = cast.place.post(Role.PROPERTY_MANAGER)
    m = services.suspend(
        by=manager, matter=m, pause_reason="agency", review_at=datetime(2026, 4, 7, 9, tzinfo=NOW.tzinfo), at=NOW
    )
    assert (m.state, m.pause_reason) == ("suspended", "agency")


def test_settled_with_agencies_counts_as_their_level_and_is_visited(cast):
    w = cast.blown((cast.court, "解冻资金"))
    walk(cast, w)
    m = Matter.objects.get(compound=cast.place.compound, pk=cast.matter.pk)
    m = services.resolve(by=cast.engineer, matter=m, words="坡修好了", evidence=True, at=at(25))
    assert m.visit_wanted
    m = services.confirm(by=cast.owner, matter=m, rating="satisfied", at=at(25, 11))
    assert m.level_settled == "agency"


def test_second_bounce_of_a_matter_proposes_a_whistle_to_the_community(cast):
    m = cast.place.matter(cast.owner, "红绿灯坏了")
    m = services.triage(by=cast.desk, matter=m, at=NOW, category="0405", level="compound", urgency="normal")
    for n in range(2):
        by = cast.desk if n == 0 else cast.worker
        m = services.dispatch(by=by, matter=m, body=cast.place.property, at=NOW)
        m = services.send_back(by=cast.engineer, matter=m, reason="不归物业", proposed_body=cast.place.agency, at=NOW)
    told = Message.objects.filter(compound=cast.place.compound, kind="propose_whistle")
    assert {x.account_id for x in told} == {cast.secretary.account_id, cast.worker.account_id}


def test_what_agencies_settled_has_the_desk_of_their_level_from_then_on(cast):
    m = cast.matter
    services.recall(by=cast.desk, matter=m, reason="等部门", at=NOW)
    w = cast.blown((cast.court, "解冻资金"))
    walk(cast, w)
    whistles.check(by=cast.worker, whistle=w, ask=cast.ask(w), at=at(25))
    whistles.score(by=cast.worker, whistle=w, ask=cast.ask(w), response="good", quality="good", at=at(25))
    before = kept(cast.place.compound.pk, "open:turn:")
    whistles.close(by=cast.worker, whistle=w, words="好", at=at(25))
    m = Matter.objects.get(pk=m.pk)
    assert (m.level, m.desk, m.turn, m.turn_since) == ("agency", "community", "community", at(25))
    after = kept(cast.place.compound.pk, "open:turn:")
    assert (before["open:turn:property"], after.get("open:turn:property", 0), after["open:turn:community"]) == (1, 0, 1)
    said = AuditEntry.objects.get(subject_id=m.pk, act="whistle", data__step="level").data
    assert (said["from_level"], said["level"]) == ("compound", "agency")
    page = cast.place.client(cast.owner).get(f"/c/{cast.place.slug}/matters/{m.number}/").content.decode()
    assert "部门办的事，以后由社区安排" in page
