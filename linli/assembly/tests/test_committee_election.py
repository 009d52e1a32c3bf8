"""What comes of an election: posts, first meeting, vacancy, and all of it by its pages (domain §3.10–3.12)."""

from datetime import date, timedelta

import pytest
import time_machine

from linli.assembly.access import parts_in
from linli.assembly.models import OfficialResult, Session
from linli.assembly.queries import elections as queries
from linli.assembly.queries import offices
from linli.assembly.rules.sessions import Act, State, Who, allowed
from linli.assembly.services import elections
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role

from .electing import (
    ANNOUNCED,
    STANDS,
    again,
    convened_by_a_group,
    decided,
    elected,
    head,
    listed,
    member,
    outcome_of,
    posted,
    preparing,
    replacing,
    sits,
)
from .forming import LISTED, checked, refused
from .test_election_pages import get, post, somebody, text


@pytest.fixture
def v(db):
    return preparing()


# ── into office ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_elected_and_alternates_hold_posts_when_the_result_has_stood(v):
    decided(v)
    assert refused(elections.take_office, v, v.chair, ANNOUNCED + timedelta(days=7)) == "objecting"
    v.does(elections.take_office, v.chair, STANDS)
    made = v.made
    names = [row.name for row in queries.listed(made)]
    assert sits(v) == [(n, "committee_member") for n in names[:3]] + [(n, "alternate_member") for n in names[3:]]
    body = Organisation.objects.get(compound=v.place.compound, kind=Body.COMMITTEE)
    posts = Post.objects.filter(organisation=body, obtained="elected")
    assert posts.count() == 5 and set(posts.values_list("from_day", "to_day")) == {(date(2026, 6, 2), date(2031, 6, 1))}
    assert Post.objects.get(organisation=body, kind=Role.COMMITTEE_CHAIR).to_day == date(2026, 6, 1)
    assert made.renewal_on == date(2031, 3, 1)


@time_machine.travel(STANDS, tick=False)
def test_the_next_in_rank_takes_the_place_of_who_withdrew_after_the_result(v):
    decided(v)
    first, *rest = queries.listed(v.made)
    v.does(elections.drop, v.owner(v.persons.index(first.person)), STANDS, nominee=first, reason="家里有事")
    assert "岗位有了" in text(post(v, v.chair, "election-act", 1, "take_office"))
    names = [row.name for row in rest]
    assert sits(v) == [(n, "committee_member") for n in names[:3]] + [(names[3], "alternate_member")]
    assert f"{first.name}当选以后退出" in posted(v)


def test_too_many_withdrew_and_no_committee_stands(v):
    decided(v, alternates=0)
    first = queries.listed(v.made)[0]
    v.does(elections.drop, v.owner(v.persons.index(first.person)), STANDS, nominee=first, reason="家里有事")
    v.does(elections.take_office, v.chair, STANDS)
    assert v.made.state == "not_formed" and sits(v) == []


def test_nobody_takes_office_before_the_result_is_announced_or_while_it_is_disputed(v):
    listed(v)
    assert refused(elections.take_office, v, v.chair, STANDS) == "not_announced"
    decided_codes = {"outcome": "lots_needed", "elected": [], "alternates": []}
    outcome_of(v, v.vote.items[0], "passed", {"election": decided_codes})
    assert refused(elections.take_office, v, v.chair, STANDS) == "lots"


def test_where_the_official_system_decides_it_says_who_sits(v):
    decided(v)
    item = v.vote.items[0]
    Session.objects.filter(compound_id=v.place.compound.pk).update(rules={"official_evote_required": True})
    assert refused(elections.take_office, v, v.chair, STANDS) == "not_announced"
    chosen = {"outcome": "formed", "elected": ["c05", "c02"], "alternates": ["c01"], "candidates": []}
    OfficialResult.objects.create(
        compound=v.place.compound, item=item, result="passed", election=chosen, name="x.pdf", digest="", file="", account_id=item.pk, at=ANNOUNCED
    )  # fmt: skip
    v.does(elections.take_office, v.chair, STANDS)
    names = [row.name for row in queries.listed(v.made)]
    assert sits(v) == [
        (names[4], "committee_member"), (names[1], "committee_member"), (names[0], "alternate_member"),
    ]  # fmt: skip


def test_too_few_passed_is_a_further_round(v):
    decided(v, elected=2, alternates=0, outcome="not_formed")
    v.does(elections.take_office, v.chair, STANDS)
    assert v.made.state == "not_formed" and sits(v) == []
    passed = [row.name for row in queries.listed(v.made)[:2]]
    assert f"选上的：{'、'.join(passed)}。空缺的 1 席另行选举" in posted(v)
    with time_machine.travel(STANDS, tick=False):
        assert "、".join(passed) in text(get(v, v.owner(9), "election", 1))


def test_who_passed_sits_with_who_passes_in_the_further_round(v):
    """E1 of domain §3.15: the further round is for the empty seats alone."""
    decided(v, elected=2, alternates=0, outcome="not_formed")
    v.does(elections.take_office, v.chair, STANDS)
    passed = [row.name for row in offices.kept(v.made)]
    with pytest.raises(Refused, match="空着 1 席"):
        again(v, v.chair, STANDS, fills="rest", stand=(7,), seats=2)
    again(v, v.chair, STANDS + timedelta(days=1), fills="rest", stand=(7,), seats=1)
    assert v.made.state == "elected" and v.made.seats == 3 and v.made.after.number == 1
    assert sits(v) == [(name, "committee_member") for name in [*passed, "业主7"]]
    assert v.made.renewal_on and offices.spending_frozen(v.made.compound_id) == v.made
    assert offices.unfilled(v.made.compound_id) is None


def test_a_further_round_that_elects_nobody_keeps_who_passed_before(v):
    decided(v, elected=2, alternates=0, outcome="not_formed")
    v.does(elections.take_office, v.chair, STANDS)
    passed = [row.name for row in offices.kept(v.made)]
    again(v, v.chair, STANDS, fills="rest", stand=(7,), seats=1, elects=0)
    assert v.made.state == "not_formed" and [row.name for row in offices.kept(v.made)] == passed
    assert offices.unfilled(v.made.compound_id) == v.made and v.made.seats == 3


def test_first_meeting_chooses_the_chair_from_among_its_members(v):
    elected(v)
    outsider = offices.holding(v.made)[-1].pk
    by = member(v)
    assert refused(elections.meet, v, by, STANDS, day=STANDS.date(), chair=outsider, vice=None) == "no_chair"
    head(v)
    assert [post for _, post in sits(v)] == [
        "committee_chair", "committee_vice_chair", "committee_member", "alternate_member", "alternate_member",
    ]  # fmt: skip
    v.does(elections.file, member(v), STANDS, filing_no="街备 9 号", seal="两枚")
    assert v.made.state == "filed"


def test_the_committee_that_was_elected_files_the_session_that_elected_it(v):
    pmc = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=v.place.compound)
    decided(v)
    Session.objects.filter(compound_id=v.place.compound.pk).update(body=pmc)
    session = Session.objects.get(compound_id=v.place.compound.pk)
    outsider = somebody(v.place, Role.PREPARATORY_MEMBER)
    v.does(elections.take_office, v.chair, STANDS)
    session.refresh_from_db()
    assert Who.ELECTED in parts_in(session, member(v)) and Act.FILE in allowed(
        State.ANNOUNCED, parts_in(session, member(v))
    )
    assert Act.ANSWER not in allowed(State.ANNOUNCED, frozenset({Who.ELECTED}))
    for by in (outsider, v.owner(0), v.secretary):
        assert Act.FILE not in allowed(State.ANNOUNCED, parts_in(session, by))


def gone(v, by, second, seat, at=STANDS):
    """One member says that the post has ended, another confirms it."""
    assert v.does(elections.vacate, by, at, seat=seat, why="resigned", words="6 月 2 日书面辞职") is None
    assert seat.name in [name for name, _ in sits(v)]
    return v.does(elections.second, second, at, seat=seat)


def test_the_chair_and_vice_chair_are_posted(v):
    names = [name for name, _ in sits(elected(v))]
    with time_machine.travel(STANDS, tick=False):
        assert "主任、副主任的名单2026年6月12日前公布" in text(get(v, v.owner(0), "election", 1))
    head(v)
    assert f"{names[0]}任主任，{names[1]}任副主任" in posted(v)


def test_no_member_alone_ends_the_post_of_another(v):
    by = head(elected(v))
    seat = offices.holding(v.made)[2]
    assert refused(elections.second, v, by, STANDS, seat=seat) == "not_put"
    v.does(elections.vacate, by, STANDS, seat=seat, why="resigned", words="口头说的")
    assert refused(elections.second, v, by, STANDS, seat=seat) == "same"
    assert refused(elections.second, v, v.officer, STANDS, seat=seat) == "not_yours"
    with time_machine.travel(STANDS, tick=False):
        assert "口头说的。等另一位委员确认" in text(get(v, member(v, 1), "election", 1))
        assert "口头说的" not in text(get(v, v.owner(0), "election", 1))


def test_nobody_of_the_body_that_convened_it_ends_the_post_of_a_member(v):
    by = head(elected(v))
    convened = convened_by_a_group(v)
    seat, said = offices.holding(v.made)[0], {"why": "resigned", "words": "书面辞职"}
    assert refused(elections.vacate, v, convened, STANDS, seat=seat, **said) == "not_yours"
    v.does(elections.vacate, by, STANDS, seat=seat, **said)
    assert refused(elections.second, v, convened, STANDS, seat=seat) == "not_yours"


def test_the_committee_chooses_another_chair_from_among_all_who_sit(v):
    by = head(elected(v))
    other, chair = member(v, 1), offices.holding(v.made)[0]
    said = {"day": STANDS.date(), "vice": None}
    sitting = [row.pk for row in offices.holding(v.made)]
    assert refused(elections.choose, v, other, STANDS, chair=sitting[2], **said) == "has_chair"
    gone(v, by, other, chair)
    members = offices.members_of(offices.holding(v.made))
    outsider = offices.holding(v.made)[-1].pk
    assert refused(elections.choose, v, other, STANDS, chair=outsider, **said) == "no_chair"
    with time_machine.travel(STANDS, tick=False):
        assert "推选主任、副主任" in text(get(v, other, "election", 1))
        more = {"day": STANDS.date().isoformat(), "chair": str(members[0].pk)}
        assert "也公布了" in text(post(v, other, "election-act", 1, "choose", **more))
    assert sorted(post for _, post in sits(v)) == [
        "alternate_member",
        "committee_chair",
        "committee_member",
        "committee_member",
    ]
    assert f"{members[0].name}任主任" in posted(v)


def test_who_fills_a_vacancy_does_not_become_a_second_chair(v):
    by = head(elected(v))
    seats = offices.holding(v.made)
    for seat in (seats[3], seats[4], seats[2]):  # both alternates, then a member whom nobody follows
        gone(v, by, member(v, 1), seat)
    old = v.made
    then = again(v, by, STANDS + timedelta(days=100), fills="vacancy", stand=(7,), seats=1)
    new = offices.holding(v.made)[0]
    said = {"day": then.date(), "vice": None}
    assert refused(elections.meet, v, by, then, chair=new.pk, **said) == "has_chair"
    v.does(elections.meet, by, then, chair=None, **said)
    v.does(elections.file, by, then, filing_no="街备 10 号", seal="没有变")
    old.refresh_from_db()
    body = Organisation.objects.get(compound=v.place.compound, kind=Body.COMMITTEE)
    assert offices.posts_of(body, [Role.COMMITTEE_CHAIR], then.date())[0].pk == offices.holding(old)[0].post_id
    assert (old.state, len(offices.members_of(offices.holding_in(old)))) == ("met", 3)


def vacancies(v):
    """Two seats of three empty, and nobody who moves up."""
    by, other = head(elected(v)), None
    seats = offices.holding(v.made)
    for seat in (seats[3], seats[4], seats[2]):
        other = member(v, 1)
        gone(v, by, other, seat)
    v.does(elections.vacate, by, STANDS, seat=seats[1], why="died", words="去世")
    return by


def test_whoever_passed_fills_a_vacancy_and_the_rest_is_elected_again(v):
    by = vacancies(v)
    old = v.made
    assert offices.empty_seats(old.compound_id) == 2
    then = again(
        v, by, STANDS + timedelta(days=100), fills="vacancy", stand=(7, 8), seats=2, elects=1, outcome="not_formed"
    )
    (new,) = offices.holding(v.made)
    assert (v.made.state, new.to_day) == ("elected", old.term_to)
    assert "补选 2 人，选上 1 人，还空着的 1 席另行补选" in posted(v) and "才成立" not in posted(v)
    with time_machine.travel(then, tick=False):
        assert "不足一半" not in text(get(v, v.owner(3), "election", v.made.number))
    again(v, by, STANDS + timedelta(days=200), fills="vacancy", stand=(9,), seats=1)
    assert offices.empty_seats(old.compound_id) == 0


def test_a_by_election_that_elects_nobody_says_nothing_of_the_committee_that_sits(v):
    by = vacancies(v)
    again(v, by, STANDS + timedelta(days=100), fills="vacancy", stand=(7, 8), seats=2, elects=0)
    assert v.made.state == "not_formed" and offices.holding(v.made) == []
    assert "没有人选上，空缺的席位另行补选" in posted(v) and "才成立" not in posted(v)


def test_a_vacancy_goes_to_the_first_alternate_for_the_rest_of_the_term(v):
    by = head(elected(v))
    seats = offices.holding(v.made)
    up = gone(v, by, member(v, 1), seats[2])
    assert (up.name, up.post, up.to_day) == (seats[3].name, "committee_member", v.made.term_to)
    assert refused(elections.vacate, v, by, STANDS, seat=seats[2], why="resigned", words="再") == "left"
    assert refused(elections.vacate, v, by, STANDS, seat=up, why="removed", words="不喜欢") == "why"
    assert not Post.objects.filter(pk=seats[2].post_id, to_day__gte=STANDS.date()).exists()


# ── by the pages ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_owners_committee_by_its_pages(v):
    item = v.vote.items[0]
    with time_machine.travel(NOW, tick=False):
        assert "征集候选人" in text(get(v, v.chair, "elections"))
        said = {"fills": "term", "households": "2", "until": "2026-03-31", "contact": "居委会"}
        assert get(v, v.secretary, "election-recruit", item.pk).status_code == 404
        assert "公告发出了" in text(post(v, v.chair, "election-recruit", item.pk, **said))
        v.formation = queries.formations(v.place.compound.pk)[0]
        for n in range(5):
            post(v, v.owner(n), "election-act", 1, "stand", why="有空", pledge="on")
        for row in queries.nominees(v.made):
            checked(v, row)
    with time_machine.travel(LISTED, tick=False):
        assert "名单公布了" in text(post(v, v.chair, "election-act", 1, "list"))
    codes = [f"c{n:02}" for n in range(1, 6)]
    found = {"outcome": "formed", "elected": codes[:3], "alternates": codes[3:]}
    outcome_of(v, item, "passed", {"election": found})
    with time_machine.travel(STANDS, tick=False):
        assert "岗位有了" in text(post(v, v.chair, "election-act", 1, "take_office"))
        by, members = member(v), offices.holding(v.made)
        more = {"day": "2026-06-02", "chair": str(members[0].pk), "vice": str(members[1].pk)}
        assert "也公布了" in text(post(v, by, "election-act", 1, "meet", **more))
        by = member(v)
        assert "开始工作" in text(post(v, by, "election-act", 1, "file", filing_no="街备 9 号", seal="两枚"))
        more = {"why": "resigned", "words": "书面辞职"}
        other = member(v, 1)
        assert "记下了" in text(post(v, by, "election-seat", 1, members[2].pk, "vacate", **more))
        assert "书面辞职，书面辞职" in text(get(v, other, "election-seat", 1, members[2].pk, "second"))
        assert "递补" in text(post(v, other, "election-seat", 1, members[2].pk, "second"))
        more = {"item": str(replacing(v).pk), "ground": "一年没来开会"}
        assert "要听本人申辩" in text(post(v, by, "election-seat", 1, members[1].pk, "recall", **more))
        row = offices.recalls(v.made)[0]
        more = {"spoke": "no", "words": "6月1日张主任当面告诉他"}
        assert "投票的人看得到" in text(post(v, by, "election-recall", 1, row.pk, "hear", **more))
        assert "本人还没申辩。告诉过他：6月1日张主任当面告诉他" in text(get(v, v.owner(9), "election", 1))
        more = {"what": "公章一枚", "gave": "吴海", "took": "业主0"}
        assert "记下了" in text(post(v, by, "election-hand-over", 1, "seals", **more))
        assert get(v, v.owner(9), "election-hand-over", 1, "books").status_code == 404
        assert get(v, v.secretary, "election-seat", 1, members[1].pk, "vacate").status_code == 404


def test_the_members_are_told_on_paper(v):
    elected(v)
    with time_machine.travel(STANDS, tick=False):
        said = text(get(v, v.owner(0), "election-print", 1, "members"))
    names = [row.name for row in offices.holding(v.made)]
    assert all(name in said for name in names) and said.count("候补委员") == 2
    assert "委员名单公告" in said and "到2031年6月1日" in said and "划票" not in said
