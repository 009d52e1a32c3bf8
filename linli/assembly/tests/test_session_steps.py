"""What makes a session lawful: two press, each step on its day, the clock closes, and nobody is told twice a day."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.access import parts_in
from linli.assembly.models import (
    Candidate,
    Formation,
    Log,
    Officer,
    Outcome,
    RegisterOwner,
    Session,
)
from linli.assembly.rules.dates import Dates, refuse_dates, refuse_notice
from linli.assembly.rules.printed import printed
from linli.assembly.rules.sessions import TABLE, Act, State, Who, allowed, refuse
from linli.assembly.services import convening, drafting, filing, officers, register, requests
from linli.assembly.tasks import run_sessions
from linli.assembly.tests import makers, stage
from linli.kernel import shares
from linli.kernel.profiles import profile
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Organisation, Ownership, Person
from linli.people.rules import Body, Role

# Written a second time by hand: who may do each act, and in which states.
EXPECTED = {
    "edit": ("drafting", "convener"), "set_rules": ("drafting", "convener"), "add_item": ("drafting", "convener"), "drop_item": ("drafting", "convener"),
    "add_paper": ("drafting", "convener"), "sign_request": ("drafting", "convener"), "notice": ("drafting", "convener"),
    "name_officer": ("drafting noticed open closed", "convener"), "release_officer": ("drafting noticed open closed", "convener"),
    "replace_officer": ("counting counted", "convener"), "agree_officer": ("counting counted", "scrutineer community"),
    "build": ("drafting noticed", "convener chair"), "same_owner": ("drafting noticed", "convener chair scrutineer"), "object": ("noticed", "owner"), "answer": ("noticed counting counted announced filed", "convener chair"),
    "freeze": ("noticed", "chair scrutineer"), "new_keys": ("noticed", "chair scrutineer"),
    "hand_sheet": ("noticed open closed", "chair scrutineer"), "lose_sheet": ("noticed open closed", "chair teller scrutineer"),
    "void": ("counting", "chair scrutineer"), "open": ("noticed", "chair scrutineer"),
    "deliver": ("noticed open", "convener chair carrier clerk"), "reprint": ("noticed open", "convener chair carrier clerk"),
    "extend": ("open", "convener chair"), "close": ("open", "chair scrutineer"), "cancel": ("drafting noticed", "convener"),
    "object_result": ("announced filed", "owner"), "file": ("announced", "convener chair elected"), "archive": ("filed", "convener chair elected"),
}  # fmt: skip


@pytest.mark.parametrize("act", sorted(EXPECTED))
def test_each_act_in_each_state_by_each_part(act):
    states, parts = (set(words.split()) for words in EXPECTED[act])
    for state in State:
        for who in Who:
            lawful = state in states and who in parts
            assert (act in allowed(state, frozenset({who}))) is lawful
            assert (refuse(Act(act), state, frozenset({who})) is None) is lawful


@pytest.fixture
def ready(place, chair):
    stage.owned(place)
    return place


def test_the_days_of_notice_of_the_law():
    national = profile("national_default")
    dates = Dates(at(31), at(15, month=4))
    assert refuse_notice(dates, national, at(16)) is None
    assert refuse_notice(dates, national, at(17)).article == "物业管理条例第十四条"
    hangzhou = Dates(at(31), at(15, month=4), interim=True)
    assert refuse_notice(hangzhou, profile("hangzhou"), at(24)) is None
    assert refuse_notice(hangzhou, profile("hangzhou"), at(25)) is not None
    assert [refuse_dates(Dates(at(1), at(day)), national) is None for day in (5, 6)] == [False, True]


def test_first_session_knows_no_rule_that_counts_the_silent(ready, chair):
    group = preparing(ready)
    session = stage.draft(ready, group)
    assert session.first and not stage.draft(ready, chair).first  # a committee was elected by a session
    with pytest.raises(Refused) as no:
        drafting.set_rules(by=group, session=session, rules={"silence_mode": "C", "silence_basis": "第九条"}, at=NOW)
    assert no.value.field == "silence_mode"


def preparing(place):
    body = Organisation.objects.create(kind=Body.PREPARATORY, name="筹备组", compound=place.compound)
    return place.post(Role.PREPARATORY_MEMBER, body=body)


def held(place, by, **item):
    made = makers.vote(place, by=by, state=State.ANNOUNCED, items=({"matter_no": 1, "title": "议事规则"},))
    made.session.first = by.role == Role.PREPARATORY_MEMBER
    made.session.number += 90  # the counter of drafts knows nothing of it
    made.session.save()
    Outcome.objects.create(
        compound=place.compound, item=made.items[0], found={}, sheet="", at=NOW, **{"result": "passed", **item}
    )
    return made.session


def test_the_silent_join_only_by_a_clause_of_what_was_adopted(ready, chair):
    session = stage.draft(ready, chair)

    def ruled(**rules):
        return drafting.set_rules(by=chair, session=session, rules={"silence_mode": "C", **rules}, at=NOW).rules

    with pytest.raises(Refused) as no:
        ruled()
    assert no.value.field == "silence_basis"
    assert ruled(silence_basis="议事规则第二十三条")["silence_basis"] == "议事规则第二十三条"
    session.refresh_from_db()
    line = next(
        one
        for one in printed(session.rules, profile("national_default"), first=False)
        if one.sources == ("议事规则第二十三条",)
    )
    assert line.value == "送达就算参与，没投票的随多数"
    assert ruled(silence_mode="A")["silence_basis"] == ""
    held(ready, chair)
    with pytest.raises(Refused):
        ruled(silence_basis="")


def test_each_session_is_the_first_until_one_adopts_rules(ready):
    group = preparing(ready)
    for result in ("quorum_not_met", "rejected"):
        held(ready, group, result=result)
        assert stage.draft(ready, group).first
    held(ready, group)
    assert not stage.draft(ready, group).first


@pytest.mark.parametrize("mode", ["B", "C"])
def test_no_notice_counts_the_silent_without_saying_by_which_clause(ready, chair, mode):
    made = stage.drafted(ready, chair)
    register.build(by=chair, session=made.session, at=NOW)
    made.session.refresh_from_db()
    assert convening.refuse_notice(made.session, NOW) is None
    Session.objects.filter(compound_id=ready.compound.pk).update(rules={**made.session.rules, "silence_mode": mode})
    made.session.refresh_from_db()
    no = convening.refuse_notice(made.session, NOW)
    assert no and (no.key, no.article) == ("silence_basis", "民法典第二百七十八条")
    with pytest.raises(Refused):
        convening.give_notice(by=chair, session=made.session, at=NOW)
    with time_machine.travel(NOW, tick=False):
        page = ready.client(chair).get(reverse("assembly:session", args=[ready.slug, made.session.number]))
    assert "写上是哪份议事规则或者管理规约" in page.content.decode()


def test_a_session_is_interim_by_its_ground(ready, chair):
    assert not stage.draft(ready, chair).interim
    assert not stage.draft(ready, chair, ground="regular").interim
    assert stage.draft(ready, chair, ground="joint_request").interim
    assert stage.draft(ready, chair, ground="emergency", ground_words="水管爆了").interim


def test_the_register_is_of_the_day_before_the_notice(ready, chair):
    made = stage.drafted(ready, chair)
    register.build(by=chair, session=made.session, at=NOW - timedelta(days=3))
    home, day = ready.homes[0], NOW.date() - timedelta(days=2)
    Ownership.objects.filter(compound=ready.compound, home=home).update(to_day=day)
    Ownership.objects.create(
        compound=ready.compound,
        home=home,
        person=Person.objects.create(compound=ready.compound, name="新主"),
        from_day=day,
    )
    session = convening.give_notice(by=chair, session=made.session, at=NOW)
    assert session.record_on == NOW.date() - timedelta(days=1)
    rows = RegisterOwner.objects.filter(compound=ready.compound, session=session, row__home=home)
    assert list(rows.values_list("name", flat=True)) == ["新主"]


def test_no_register_is_of_a_day_after_the_notice(ready, chair):
    last = stage.OPENS.date() - timedelta(days=15)
    with pytest.raises(Refused) as no:
        stage.draft(ready, chair, record_on=last + timedelta(days=1))
    assert no.value.field == "record_on"
    with pytest.raises(Refused) as no:
        stage.draft(ready, chair, record_on=last - timedelta(days=31))
    assert no.value.refusal.key == "record_early"
    made = stage.drafted(ready, chair, record_on=last)
    made.session = register.build(by=chair, session=made.session, at=NOW)
    assert made.session.record_on == last and convening.refuse_notice(made.session, NOW).key == "record_day"


def test_notice_tells_the_residents_committee_and_each_owner_once(ready, chair):
    ready.post(Role.COMMUNITY_SECRETARY)
    made = stage.noticed(ready, chair)
    told = Message.objects.filter(compound=ready.compound, subject_id=made.session.pk)
    assert told.filter(channel="inbox").count() == 3  # the secretary and two officers, who are community workers
    assert told.filter(channel="sms").count() == 4
    again = convening.give_notice
    with pytest.raises(Refused):
        again(by=chair, session=made.session, at=NOW)


def test_locking_needs_two_persons_and_gives_three_sheets_once(ready, chair):
    made = stage.noticed(ready, chair)
    with pytest.raises(Refused, match="公示到"):
        convening.freeze(by=made.officers["chair"], session=made.session, at=stage.FROZEN - timedelta(days=1))
    _session, sheets = convening.freeze(by=made.officers["chair"], session=made.session, at=stage.FROZEN)
    assert sheets == ()
    with pytest.raises(Refused, match="还要另一位"):
        convening.freeze(by=made.officers["chair"], session=made.session, at=stage.FROZEN)
    session, sheets = convening.freeze(by=made.officers["scrutineer"], session=made.session, at=stage.FROZEN)
    assert [shares.is_of(text, session.pk.hex, tuple(session.sheets)) for text in sheets] == [1, 2, 3]
    assert not any(text in str(vars(session)) for text in sheets)
    assert Log.objects.filter(compound=ready.compound, session=session).count() == 1


def test_one_account_in_both_offices_is_still_one(ready, chair):
    from linli.people.models import Account

    made = stage.drafted(ready, chair)
    phone = Account.objects.get(pk=made.officers["chair"].account_id).phone
    with pytest.raises(Refused, match="要分开"):
        officers.name_officer(
            by=chair, session=made.session, office="scrutineer", name="甲", sworn=True, phone=phone, at=NOW
        )


def stands(made, name):
    """On the ballot of an election, by a list that was posted in time."""
    item = drafting.add_item(
        by=made.convener, session=made.session, matter_no=3, title="选举", form="per_candidate", seats=5, at=NOW
    )
    Candidate.objects.create(compound_id=item.compound_id, item=item, place=1, code="c01", name=name)
    Formation.objects.create(
        compound_id=item.compound_id, number=1, kind="committee", state="listed", title="业委会", body_id=made.session.body_id, item=item,
        profile="national_default", seats=5, owner_seats=5, most=5, households=2, contact="居委会", recommend_until=NOW.date(),
        announced_at=NOW, listed_at=NOW,
    )  # fmt: skip


def test_a_candidate_holds_no_office_and_nobody_does_unsworn(ready, chair):
    made = stage.drafted(ready, chair)
    stands(made, "王候选")
    with pytest.raises(Refused, match="候选人不能"):
        officers.name_officer(by=chair, session=made.session, office="teller", name="王 候选", sworn=True, at=NOW)
    with pytest.raises(Refused, match="先声明"):
        officers.name_officer(by=chair, session=made.session, office="teller", name="别人", sworn=False, at=NOW)


def test_an_officer_who_stands_for_election_afterwards_holds_the_notice_up(ready, chair):
    made = stage.drafted(ready, chair)
    officers.name_officer(by=chair, session=made.session, office="clerk", name="王候选", sworn=True, at=NOW)
    stands(made, "王 候选")
    register.build(by=chair, session=made.session, at=NOW)
    with pytest.raises(Refused, match=r"录票员王\*+是候选人，先换一位"):
        convening.give_notice(by=chair, session=made.session, at=stage.NOTICED)
    officer = Officer.objects.get(compound_id=made.session.compound_id, office="clerk")
    officers.release_officer(by=chair, session=made.session, officer=officer, at=NOW)
    convening.give_notice(by=chair, session=made.session, at=stage.NOTICED)


def test_an_election_item_with_candidates_typed_before_lists_were_made_is_dropped(ready, chair):
    made = stage.drafted(ready, chair)
    said = {"matter_no": 3, "title": "选举", "form": "per_candidate", "seats": 5}
    item = drafting.add_item(by=chair, session=made.session, at=NOW, **said)
    Candidate.objects.create(compound_id=item.compound_id, item=item, place=1, code="c01", name="王候选")
    drafting.drop_item(by=chair, session=made.session, item=item, at=NOW)
    assert not Candidate.objects.filter(compound_id=item.compound_id).exists()


def test_new_keys_before_voting_make_the_old_sheets_open_nothing(ready, chair):
    made = stage.frozen(ready, chair)
    for _again in (1, 2):
        given = {"session": made.session, "at": stage.FROZEN}
        assert convening.new_keys(by=made.officers["chair"], **given)[1] == ()
        page = ready.client(made.officers["scrutineer"]).get(reverse("assembly:session", args=[ready.slug, made.session.number]))  # fmt: skip
        assert "重做密钥：会议主持人同意了，等另一位" in page.content.decode()
        session, sheets = convening.new_keys(by=made.officers["scrutineer"], **given)
        assert len(sheets) == 3
    with pytest.raises(shares.NotAShare):
        shares.is_of(made.sheets[0], session.pk.hex, tuple(session.sheets))


def test_the_box_opens_at_its_hour_by_both_and_the_clock_shuts_it(ready, chair):
    made = stage.frozen(ready, chair)
    both = [made.officers["chair"], made.officers["scrutineer"]]
    with pytest.raises(Refused, match="还没到"):
        convening.open_voting(by=both[0], session=made.session, at=stage.OPENS - timedelta(minutes=1))
    assert run_sessions(stage.OPENS) == 1
    assert Message.objects.filter(compound=ready.compound, key__contains=":press:").count() == 2
    for one in both:
        made.session = convening.open_voting(by=one, session=made.session, at=stage.OPENS)
    assert made.session.state == State.OPEN
    with pytest.raises(Refused, match="截止时间还没到"):
        convening.close(by=both[0], session=made.session, at=stage.CLOSES - timedelta(minutes=1))
    assert run_sessions(stage.CLOSES) == 1
    made.session.refresh_from_db()
    assert (made.session.state, made.session.closed_at) == (State.CLOSED, stage.CLOSES)
    assert run_sessions(stage.CLOSES) == 0


def test_voting_is_extended_once_where_the_notice_said_so(ready, chair):
    plain = stage.opened(ready, chair)
    with pytest.raises(Refused, match="公告没有写"):
        convening.extend(
            by=chair, session=plain.session, until=stage.CLOSES + timedelta(days=5), reason="人还不够", at=stage.OPENS
        )


def test_an_extension_keeps_to_its_days_and_happens_once(ready, chair):
    made = stage.drafted(ready, chair)
    drafting.set_rules(by=chair, session=made.session, rules={"extension_days": 7}, at=NOW)
    register.build(by=chair, session=made.session, at=NOW)
    convening.give_notice(by=chair, session=made.session, at=NOW)
    for act, when in ((convening.freeze, stage.FROZEN), (convening.open_voting, stage.OPENS)):
        for one in made.officers.values():
            act(by=one, session=made.session, at=when)
    given = {"by": chair, "session": made.session, "reason": "人还不够", "at": stage.OPENS + timedelta(days=1)}
    with pytest.raises(Refused, match="最多 7 天"):
        convening.extend(until=stage.CLOSES + timedelta(days=8), **given)
    session = convening.extend(until=stage.CLOSES + timedelta(days=7), **given)
    assert (session.extended_from, session.closes_at) == (stage.CLOSES, stage.CLOSES + timedelta(days=7))
    with pytest.raises(Refused, match="只能延长一次"):
        convening.extend(until=session.closes_at + timedelta(days=1), **given)


# ── the joint request, and what follows the result ──────────────────────────────────────────────────────────────────


def test_twenty_percent_by_persons_and_area_make_it_meet(ready, chair):
    made = stage.drafted(ready, chair, ground="joint_request")
    register.build(by=chair, session=made.session, at=NOW)
    with pytest.raises(Refused, match="联名提议还不够"):
        convening.give_notice(by=chair, session=made.session, at=NOW)
    given = {"by": chair, "session": made.session, "at": NOW, "label": ready.homes[0].label}
    with pytest.raises(Refused, match="不叫这个名字"):
        requests.sign(name="别人", **given)
    requests.sign(name="业主0", **given)
    with pytest.raises(Refused, match="已经签过"):
        requests.sign(name="业主0", **given)
    assert convening.give_notice(by=chair, session=made.session, at=NOW).state == State.NOTICED


def test_filing_wants_its_papers_and_the_archive_its_place(ready, chair):
    made = stage.noticed(ready, chair)
    made.session.state, made.session.announced_at = State.ANNOUNCED, NOW
    made.session.save()
    with pytest.raises(Refused, match="还缺：会议记录和业主大会决定、业主大会议事规则、管理规约"):
        filing.file(by=chair, session=made.session, words="", at=NOW)
    made.session.state, made.session.filed_at = State.FILED, NOW
    made.session.save()
    with pytest.raises(Refused, match="写上票和材料放在哪里"):
        filing.archive(by=chair, session=made.session, place=" ", at=NOW + timedelta(days=8))
    session = filing.archive(by=chair, session=made.session, place="社区档案柜", at=NOW + timedelta(days=8))
    assert session.state == State.ARCHIVED


def test_until_the_register_is_locked_any_owner_may_speak_and_then_who_stands_in_it(ready, chair):
    made = stage.noticed(ready, chair)
    outsider = ready.resident(name="不在册")
    assert Who.OWNER in parts_in(made.session, outsider)
    tenant = ready.resident(relation="tenant", name="租户")
    assert Who.OWNER not in parts_in(made.session, tenant)
    for one in made.officers.values():
        session, _sheets = convening.freeze(by=one, session=made.session, at=stage.FROZEN)
    assert Who.OWNER not in parts_in(session, outsider)
    assert Person.objects.filter(compound=ready.compound, name="不在册").exists()


def test_every_act_of_a_session_is_in_the_table():
    assert set(EXPECTED) <= {act.value for act in TABLE}


def test_the_key_of_another_act_or_of_somebody_else_reads_as_nothing_done(place, chair):
    made, once = stage.drafted(place, chair), uuid4()
    register.build(by=chair, session=made.session, at=NOW, once=once)
    register.build(by=chair, session=made.session, at=NOW, once=once)
    for by, verb in ((chair, convening.give_notice), (made.officers["chair"], register.build)):
        with pytest.raises(Refused) as no:
            verb(by=by, session=made.session, at=NOW, once=once)
        assert no.value.refusal.key == "sent_before"
