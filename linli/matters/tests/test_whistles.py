from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.access import whistle_for
from linli.matters.models import Ask, Attachment, FundingRequest, Matter, PartTaken, Whistle, WhistleFile
from linli.matters.queries.whistles import board
from linli.matters.rules import whistles as rules
from linli.matters.services import whistles
from linli.matters.services.whistles import Told
from linli.matters.services.whistles import clock as whistle_clock
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.places.queries import calendar
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope, uuid7

pytestmark = pytest.mark.django_db
SITE = "https://linli.example"


class Cast:
    """A slope, and everybody who has to do with it."""

    def __init__(self, place):
        self.place = place
        subdistrict = place.compound.community.subdistrict
        self.office = Organisation.objects.create(kind=Body.SUBDISTRICT, name="临溪街道", subdistrict=subdistrict)
        self.court, self.planning = (
            Organisation.objects.create(
                kind=Body.AGENCY, name=name, subdistrict=subdistrict, catalogue=key, liaison="老陈", liaison_phone=phone
            )
            for name, key, phone in (
                ("区法院", "court", "13700000001"),
                ("自然资源局", "natural_resources", "13700000002"),
            )
        )
        self.owner = place.resident()
        self.desk, self.engineer = place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)
        self.chair, self.member = place.post(Role.COMMITTEE_CHAIR), place.post(Role.COMMITTEE_MEMBER)
        self.secretary, self.worker = place.post(Role.COMMUNITY_SECRETARY), place.post(Role.COMMUNITY_WORKER)
        self.officer = place.post(Role.SUBDISTRICT_OFFICER, body=self.office)
        self.matter = makers.in_progress(
            place,
            self.owner,
            self.desk,
            self.engineer,
            "护坡裂了",
            category="0601",
            level="compound",
            urgency="normal",
            hazard=True,
        )

    def liaison(self, body) -> Actor:
        return Actor(
            role="agency_liaison",
            body_id=body.pk,
            body_kind="agency",
            channel="link",
            compound_id=self.place.compound.pk,
        )

    def told(self, *asks, **more) -> Told:
        said = {
            "title": "1、2 栋后坡裂缝",
            "facts": "雨后裂缝 12 米，最宽 8 厘米，下面是上学路",
            "done_below": "拉了警戒线，物业每天看",
            "cause": "power",
            "affected": 3000,
            "figures": "裂缝 12 米",
        }
        return Told(**{**said, **more}, asks=asks)

    def draft(self, *asks, by=None, level="agencies", **more) -> Whistle:
        return whistles.draft(
            by=by or self.worker, compound=self.place.compound, level=level, matters=[self.matter], at=NOW,
            told=self.told(*(asks or ((self.court, "解冻一部分资金"), (self.planning, "勘查地质隐患"))), **more),
        )  # fmt: skip

    def blown(self, *asks, when=NOW, **more) -> Whistle:
        return whistles.approve_and_blow(by=self.officer, whistle=self.draft(*asks, **more), at=when, site=SITE)

    def ask(self, whistle, place=1) -> Ask:
        return Ask.objects.select_related("body").get(compound=self.place.compound, whistle=whistle, place=place)

    def counts(self) -> dict[str, int]:
        return {n: v for n, v in kept(self.place.compound.pk, "whistle:").items() if v}

    def messages(self, phone) -> list[str]:
        rows = Message.objects.filter(compound=self.place.compound, phone=phone).order_by("id")
        return [f"{m.title} {m.body}" for m in rows]


@pytest.fixture
def cast(place):
    with compound_scope(place.compound.pk):
        yield Cast(place)


def key_of(call) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.refusal.key


def test_draft_waits_for_the_approver_and_is_hidden_from_the_others(cast):
    w = cast.draft()
    assert (w.number, w.state, w.turn) == (1, "drafted", "approver")
    seen = {
        who: whistle_for(compound=cast.place.compound, number=1, by=getattr(cast, who)) is not None
        for who in ("worker", "secretary", "officer", "chair", "owner", "engineer")
    }
    assert seen == {
        "worker": True,
        "secretary": True,
        "officer": True,
        "chair": False,
        "owner": False,
        "engineer": False,
    }
    assert cast.counts() == {"whistle:open": 1, "whistle:turn:approver": 1}
    told = Message.objects.get(compound=cast.place.compound, kind="whistle_draft")
    assert told.account_id == cast.officer.account_id


@pytest.mark.parametrize("who", ["worker", "secretary", "chair", "member", "engineer", "owner"])
def test_whistle_to_agencies_is_approved_by_the_subdistrict_alone(cast, who):
    w = cast.draft()
    assert key_of(lambda: whistles.approve(by=getattr(cast, who), whistle=w, at=NOW)) == "not_yours"


def test_levels_are_drafted_and_approved_as_the_domain_says(cast):
    to_community = cast.draft((None, "请社区出面协调"), by=cast.member, level="community")
    assert cast.ask(to_community).body == cast.place.community
    assert key_of(lambda: whistles.approve(by=cast.member, whistle=to_community, at=NOW)) == "not_yours"
    assert (
        whistles.approve_and_blow(by=cast.chair, whistle=to_community, at=NOW).state,
        cast.ask(to_community).step,
    ) == ("blown", "blown")
    up = cast.draft((None, "请街道统筹"), by=cast.worker, level="subdistrict")
    assert cast.ask(up).body == cast.office
    assert whistles.approve_and_blow(by=cast.secretary, whistle=up, at=NOW).state == "blown"
    assert (
        key_of(lambda: cast.draft((None, "请社区"), by=cast.worker, level="community")) == "not_yours"
    )  # not to itself


def test_draft_says_what_is_missing(cast):
    for field in ("title", "facts", "done_below"):
        assert key_of(lambda field=field: cast.draft(**{field: " "})) == f"missing_{field}"
    assert key_of(lambda: cast.draft((cast.court, " "))) == "missing_asks"
    assert key_of(lambda: cast.draft((cast.court, "一"), (cast.court, "二"))) == "twice"
    assert Whistle.objects.filter(compound=cast.place.compound).count() == 0


def test_community_is_never_asked_to_do_an_agencys_job(cast):
    assert key_of(lambda: cast.draft((cast.place.community, "把坡修好"))) == "not_theirs"


def test_draft_is_sent_back_put_right_and_approved(cast):
    w = cast.draft()
    w = whistles.send_back(by=cast.officer, whistle=w, words="写清楚案号", at=NOW)
    assert (w.sent_back, w.state) == ("写清楚案号", "drafted")
    w = whistles.edit(
        by=cast.secretary, whistle=w, told=cast.told((cast.court, "解冻 20 万元"), basis="(2022)执 12 号"), at=NOW
    )
    assert (w.sent_back, w.basis, cast.ask(w).words) == ("", "(2022)执 12 号", "解冻 20 万元")
    w = whistles.drop(by=cast.worker, whistle=w, words="对方已经办了", at=NOW)
    assert (w.state, w.turn, cast.counts()) == ("dropped", "nobody", {"whistle:ended": 1})


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
    # The community blew: its part in the matter is kept.
    part = PartTaken.objects.filter(compound=cast.place.compound, matter=cast.matter, last_act="whistle")
    assert [p.party for p in part] == []  # the subdistrict's act is none of the three's


def test_urgent_whistle_is_received_within_half_an_hour_and_reported_in_within_two_hours(cast):
    w = cast.blown(urgency="urgent", when=at(28, 22))  # a Saturday night
    assert cast.ask(w).due_at == at(28, 22, 30)
    ask = whistles.receive(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), officer="王工", at=at(28, 22, 20))
    assert (ask.clock, ask.due_at) == ("report", at(29, 0))


def walk(cast, w, place=1, when=NOW):
    """One ask from received to answered."""
    ask, by = cast.ask(w, place), cast.liaison(cast.ask(w, place).body)
    whistles.receive(by=by, whistle=w, ask=ask, officer="王工", at=when)
    whistles.report_in(by=by, whistle=w, ask=ask, officer="王工", way="site", at=when + timedelta(hours=1))
    return whistles.answer(
        by=by, whistle=w, ask=ask, words="坡已加固", officer="王工", at=when + timedelta(hours=2)
    ), by


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
        key_of(
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
    assert key_of(lambda: whistles.close(by=cast.worker, whistle=w, words="好", at=at(31, 9))) == "not_settled"
    for ask in (court, planning):
        whistles.check(by=cast.worker, whistle=w, ask=ask, at=at(31, 10))
        whistles.score(by=cast.worker, whistle=w, ask=ask, response="good", quality="good", at=at(31, 11))
    assert (
        key_of(
            lambda: whistles.score(by=cast.worker, whistle=w, ask=court, response="poor", quality="poor", at=at(31, 12))
        )
        == "wrong_state"
    )
    w = whistles.close(by=cast.worker, whistle=w, words="坡修好了", at=at(31, 14))
    assert (w.state, w.turn, w.due_at) == ("closed", "nobody", None)
    assert cast.counts() == {"whistle:ended": 1}
    assert Matter.objects.get(compound=cast.place.compound, pk=cast.matter.pk).level == "agency"
    assert (
        key_of(
            lambda: whistles.score_back(
                by=cast.liaison(cast.court), whistle=w, ask=court, response="good", quality="good", at=at(31, 15)
            )
        )
        == "scored"
    )


def test_whoever_is_asked_does_not_check_and_no_stranger_answers(cast):
    w = cast.blown()
    ask, by = walk(cast, w)
    assert key_of(lambda: whistles.check(by=by, whistle=w, ask=ask, at=NOW)) == "not_yours"
    other = cast.ask(w, 2)
    assert key_of(lambda: whistles.receive(by=by, whistle=w, ask=other, officer="王工", at=NOW)) == "not_yours"
    elsewhere = replace(cast.liaison(cast.planning), compound_id=uuid7())
    assert key_of(lambda: whistles.receive(by=elsewhere, whistle=w, ask=other, officer="王工", at=NOW)) == "not_yours"


def test_link_act_needs_the_officers_name(cast):
    w = cast.blown()
    assert (
        key_of(lambda: whistles.receive(by=cast.liaison(cast.court), whistle=w, ask=cast.ask(w), at=NOW))
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
        key_of(
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
    assert key_of(lambda: whistles.blow_again(by=cast.worker, whistle=top, words="没用", told=more, at=at(25))) == "top"


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


# ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    if connection.vendor != "postgresql":
        pytest.skip("threads need a server; run by bin/with-postgres")
    place = makers.compound()
    with compound_scope(place.compound.pk):
        cast = Cast(place)
        for _ in range(6):
            cast.blown()
    barrier, done = Barrier(4), []

    def work() -> None:
        try:
            barrier.wait(10)
            done.append(tasks.run_whistles(at(24, 12)))
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    with compound_scope(place.compound.pk):
        assert (sum(done), breaches(cast)) == (12, [("warn", "receive", 1)] * 12)


def test_second_worker_finds_it_done(cast, monkeypatch):
    """Both have the row in hand: the first to write wins."""
    w = cast.blown((cast.court, "解冻资金"))
    ask = cast.ask(w)
    assert tasks.run_whistles(at(24, 12)) == 1
    assert whistle_clock._claim(ask, 1, None, at(24, 12)) is False
    assert breaches(cast) == [("warn", "receive", 1)]


def test_an_ask_that_is_needed_no_more_is_ended_with_words_and_without_a_score(cast):
    w = cast.blown()
    declined, silent = cast.ask(w, 1), cast.ask(w, 2)
    by = cast.liaison(cast.court)
    whistles.decline(by=by, whistle=w, ask=declined, reason="不归", proper="住建局", officer="王", at=NOW)
    assert key_of(lambda: whistles.close(by=cast.worker, whistle=w, words="好", at=at(25))) == "not_settled"
    assert key_of(lambda: whistles.end_ask(by=by, whistle=w, ask=declined, words="x", at=at(25))) == "not_yours"
    assert (
        key_of(lambda: whistles.end_ask(by=cast.worker, whistle=w, ask=declined, words=" ", at=at(25)))
        == "missing_words"
    )
    for ask in (declined, silent):
        whistles.end_ask(by=cast.worker, whistle=w, ask=ask, words="居民自己解决了", at=at(25))
    ask = cast.ask(w, 2)
    assert (ask.step, ask.clock, ask.next_at, ask.response, ask.settled_at) == ("ended", "", None, "", at(25))
    assert "用再办" in cast.messages("13700000002")[-1]
    w = whistles.close(by=cast.worker, whistle=w, words="居民自己解决了", at=at(25, 11))
    assert (w.state, cast.counts()) == ("closed", {"whistle:ended": 1})


def test_without_a_task_no_agency_promises_a_day_past_the_usual(cast):
    """Ten working days from Tuesday 24 March end on 7 April (until then no holiday is known to the test calendar)."""
    w = cast.blown()
    usual = rules.plan("finish", "normal", NOW, calendar(cast.place.compound)).due_at
    for place, finish_on, due in ((1, at(30, month=12), usual), (2, at(30, 17, 30), at(30, 17, 30))):
        ask = cast.ask(w, place)
        by = cast.liaison(ask.body)
        whistles.report_in(by=by, whistle=w, ask=ask, officer="王", way="site", at=NOW)
        whistles.start(by=by, whistle=w, ask=ask, words="办", finish_on=finish_on, officer="王", at=at(24, 11))
        assert (cast.ask(w, place).clock, cast.ask(w, place).due_at) == ("finish", due)


# ── two at once ─────────────────────────────────────────────────────────────────────────────────────────────────────


def together(place, job) -> list:
    """What two threads with their own connections get that do the same at the same moment."""
    if connection.vendor != "postgresql":
        pytest.skip("threads need a server; run by bin/with-postgres")
    barrier, got = Barrier(2), []

    def work() -> None:
        try:
            with compound_scope(place.compound.pk):
                barrier.wait(10)
                got.append(job())
        except Exception as no:
            got.append(no)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(2)]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    return got


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


# ── secrecy ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def secret(cast) -> None:
    Matter.objects.filter(compound=cast.place.compound, pk=cast.matter.pk).update(privacy="secret", level="community")


@pytest.mark.parametrize(
    ("level", "drafter", "approver", "sees"),
    [
        ("agencies", "worker", "officer", {"worker", "secretary", "officer", "liaison"}),
        ("community", "member", "chair", {"member", "chair", "worker", "secretary"}),
    ],
)
def test_a_whistle_about_a_secret_matter_is_open_to_its_own_people_alone(cast, level, drafter, approver, sees):
    asks = [(cast.court, "解冻")] if level == "agencies" else [(None, "请社区出面")]
    w = cast.draft(*asks, by=getattr(cast, drafter), level=level)
    whistles.approve_and_blow(by=getattr(cast, approver), whistle=w, at=NOW, site=SITE)
    people = {who: getattr(cast, who) for who in ("worker", "secretary", "officer", "chair", "member")}
    people["liaison"] = cast.liaison(cast.court)
    secret(cast)
    compounds = [cast.place.compound]
    found = {who for who, by in people.items() if whistle_for(compound=compounds[0], number=w.number, by=by)}
    listed = {who for who, by in people.items() if board(by=by, compounds=compounds, view="open")}
    assert found == listed == sees


def test_nobody_reads_a_secret_matter_off_a_whistle_of_their_own(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    by = {"compound_id": cast.place.compound.pk, "matter": cast.matter, "kind": "photo", "added_at": NOW}
    picture = Attachment.objects.create(**by, small="a-s.jpg", thumb="a-t.jpg", digest="1", phase="before")
    (tmp_path / "a-t.jpg").write_bytes(b"picture")
    w = cast.draft((None, "请社区出面"), by=cast.member, level="community", attachments=[picture.pk])
    whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    file = WhistleFile.objects.get(compound=cast.place.compound)
    where = f"/c/{cast.place.slug}/whistles/"

    def read(who) -> list:
        client = cast.place.client(getattr(cast, who))
        pages = [client.get(where + path) for path in (f"{w.number}/", f"new/?parent={w.number}&level=subdistrict")]
        shown = [p.status_code == 200 and "护坡裂了" in p.content.decode() for p in pages]
        return [*shown, client.get(f"{where}{w.number}/files/{file.pk}/thumb/").status_code == 200]

    assert read("member") == [True, True, True]
    secret(cast)
    assert (read("member"), read("worker")) == ([False, False, False], [True, True, True])


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def funding(cast):
    w = cast.blown((cast.court, "解冻资金"))
    return whistles.request_funding(
        by=cast.worker, whistle=w, liable="某置业公司", why="账户被法院冻结", court="区法院", case_no="(2022)执 12 号", frozen_fen=300_000_000,
        asked_fen=25_000_000, basis="民法典 1253", at=NOW,
    )  # fmt: skip


def test_money_is_asked_decided_released_spent_and_the_works_accepted(cast, funding):
    def put(kind, day, **more):
        return whistles.enter(by=cast.worker, funding=funding, kind=kind, day=date(2026, 3, day), at=at(31), **more)

    put("sent", 24, paper="申请函")
    put("got", 25, paper="受理通知书")
    assert key_of(lambda: put("released", 26, fen=1, payee="施工队")) == "more_than_granted"
    put("decided", 26, decision="partly", fen=21_000_000)
    wrong = put("released", 27, fen=20_000_000, payee="施工队")
    put("released", 27, fen=21_000_000, payee="施工队", corrects=wrong, words="少写了一万")
    put("receipt", 28, fen=20_500_000, payee="施工队", paper="发票 3 张")
    assert key_of(lambda: put("receipt", 28, fen=600_000, payee="施工队", paper="发票")) == "more_than_released"
    put("accepted", 30, words="住建和业委会一起验的")
    row = FundingRequest.objects.get(compound=cast.place.compound, pk=funding.pk)
    assert (row.decision, row.granted_fen, row.released_fen, row.spent_fen, row.accepted_on) == (
        "partly",
        21_000_000,
        21_000_000,
        20_500_000,
        date(2026, 3, 30),
    )
    told = Message.objects.filter(
        compound=cast.place.compound, account_id=cast.owner.account_id, kind="whistle"
    ).order_by("id")
    assert [m.title for m in told][-2:] == ["第 0001 号，钱拨出来了，200,000 元", "第 0001 号，修好了，验收过了"]


def test_money_entry_needs_its_facts_and_no_day_to_come(cast, funding):
    def put(**given):
        return key_of(
            lambda: whistles.enter(
                by=cast.worker, funding=funding, at=at(25), **{"day": date(2026, 3, 24), "kind": "sent", **given}
            )
        )

    assert put() == "no_paper"
    assert put(day=date(2026, 3, 26), paper="函") == "future"
    assert put(kind="released", fen=5) == "no_payee"
    assert put(kind="released", payee="队") == "no_amount"
    assert put(kind="decided", decision="granted") == "no_amount"
    assert put(day=None) == "missing_day"


@pytest.mark.parametrize(("late", "fen", "left"), [(False, 30_00, 40_00), (True, 30_00, 30_00)])
def test_a_correction_takes_the_place_of_what_it_corrects(cast, funding, late, fen, left):
    """The later decision holds, whichever of both is put right; a correction may move the day."""

    def put(day, fen, **more):
        return whistles.enter(
            by=cast.worker, funding=funding, kind="decided", decision="partly", day=date(2026, 3, day), fen=fen, at=at(31), **more
        )  # fmt: skip

    first, _later = put(20, 20_00), put(23, 40_00)
    first = put(20, 25_00, corrects=first, words="看错了")
    put(24 if late else 20, fen, corrects=first, words="又看错了")
    row = FundingRequest.objects.get(compound=cast.place.compound, pk=funding.pk)
    assert (row.decision, row.granted_fen) == ("partly", left)


def test_an_earlier_decision_is_whole_though_a_later_one_holds(cast, funding):
    given = {"by": cast.worker, "funding": funding, "kind": "decided", "at": at(31)}
    whistles.enter(**given, day=date(2026, 3, 23), decision="refused")
    assert key_of(lambda: whistles.enter(**given, day=date(2026, 3, 20))) == "no_decision"
    assert key_of(lambda: whistles.enter(**given, day=date(2026, 3, 20), decision="granted")) == "no_amount"


# ── the matter under it ─────────────────────────────────────────────────────────────────────────────────────────────


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
