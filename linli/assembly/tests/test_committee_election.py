"""Candidates of an election item, and what comes of it: posts, first meeting, vacancy, recall, hand-over, renewal (domain §3.10–3.12)."""

from datetime import date, timedelta

import pytest
import time_machine

from linli.assembly.access import parts_in
from linli.assembly.models import Candidate, Formation, Item, OfficialResult, Outcome, Session
from linli.assembly.queries import elections as queries
from linli.assembly.queries.elections import rules_of
from linli.assembly.rules.dates import Dates, local, refuse_dates
from linli.assembly.rules.elections.office import HANDED
from linli.assembly.rules.sessions import Act, State, Who, allowed
from linli.assembly.services import elections
from linli.assembly.services.convening import refuse_notice
from linli.assembly.tasks import end_terms, tell_late_renewals, tell_renewals
from linli.kernel.refusal import Refused
from linli.matters.models import Matter, Order
from linli.matters.services import orders
from linli.matters.tests.crew import Crew
from linli.matters.tests.makers import NOW
from linli.notices.models import Message, Posting
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.counters import next_value
from linli.plumbing.tenancy import compound_scope

from . import makers
from .forming import LISTED, UNTIL, checked, refused, standing, village
from .test_election_pages import get, post, somebody, text, url

ANNOUNCED = NOW + timedelta(days=60)
STANDS = ANNOUNCED + timedelta(days=10)
ELECTION = {"matter_no": 3, "title": "选举业主委员会", "form": "per_candidate", "seats": 3}


@pytest.fixture
def v(db):
    """A committee that is in office, and a session it prepares."""
    made = village(homes=12)
    made.place.compound.profile = "hangzhou"  # a small compound may have three members there
    made.place.compound.save()
    made.chair = made.place.post(Role.COMMITTEE_CHAIR, name="吴海")
    made.vote = makers.vote(
        made.place, by=made.chair, state="drafting", items=[ELECTION], opens=NOW + timedelta(days=40)
    )
    next_value(made.place.compound.pk, "session")  # the number it was given
    return made


def called(v, item: Item | None = None, **more):
    said = {"until": UNTIL, "contact": "居委会", "households": 2, "at": NOW, **more}
    v.formation = elections.announce_candidates(by=v.chair, item=item or v.vote.items[0], **said)
    return v


def listed(v, stand: int = 5, **more):
    called(v, **more)
    for n in range(stand):
        standing(v, n)
    v.does(elections.post_list, v.chair, LISTED)
    return v


def decided(v, elected: int = 3, alternates: int = 2, outcome: str = "formed"):
    """As the count leaves it: the result announced, by codes of the ballot, in the order of the list."""
    listed(v)
    codes = [f"c{n:02}" for n in range(1, 6)]
    found = {
        "outcome": outcome, "elected": codes[:elected], "alternates": codes[elected : elected + alternates], "empty_seats": 0,
        "least": 3, "lots_needed": [], "candidates": [],
    }  # fmt: skip
    outcome_of(v, v.vote.items[0], "passed", {"election": found})
    return v


def outcome_of(v, item: Item, result: str, found: dict):
    Outcome.objects.create(compound=v.place.compound, item=item, result=result, found=found, sheet="", at=ANNOUNCED)
    rows = Session.objects.filter(compound_id=v.place.compound.pk, item__pk=item.pk)
    rows.update(state="announced", announced_at=ANNOUNCED)


def elected(v):
    decided(v)
    v.does(elections.take_office, v.chair, STANDS)
    return v


def posted(v) -> str:
    """What was posted last."""
    return Posting.objects.filter(compound_id=v.place.compound.pk).latest("pk").body


def sits(v) -> list[tuple[str, str]]:
    return [(row.name, row.post) for row in queries.holding(v.made)]


# ── candidates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_candidates_are_asked_for_while_the_agenda_is_made_and_for_elections_alone(v):
    other = Item.objects.create(
        compound=v.place.compound, session=v.vote.session, place=2, matter_no=4, title="选聘物业"
    )
    for item, state, why in ((other, "drafting", "no_election"), (v.vote.items[0], "noticed", "noticed")):
        Session.objects.filter(compound_id=v.place.compound.pk).update(state=state)
        with pytest.raises(Refused) as no:
            called(v, item)
        assert no.value.refusal.key == why
    with pytest.raises(Refused) as no:
        elections.announce_candidates(by=v.secretary, item=v.vote.items[0], until=UNTIL, contact="站", at=NOW)
    assert no.value.refusal.key == "not_yours"


def test_the_list_is_the_ballot_in_the_order_that_was_drawn(v):
    made = listed(v).made
    rows = list(Candidate.objects.filter(compound_id=made.compound_id).order_by("place"))
    assert [row.code for row in rows] == ["c01", "c02", "c03", "c04", "c05"]
    assert [row.name for row in rows] == [row.name for row in queries.listed(made)]


def test_a_changed_list_makes_the_ballot_anew_until_the_notice_locks_it(v):
    made = listed(v).made
    v.does(elections.drop, v.chair, LISTED, nominee=queries.listed(made)[0], reason="不参选了")
    v.does(elections.post_list, v.chair, LISTED)
    assert Candidate.objects.filter(compound_id=made.compound_id).count() == 4
    Session.objects.filter(compound_id=made.compound_id).update(state="noticed")
    gone = queries.listed(v.made)[0]
    v.does(elections.drop, v.owner(v.persons.index(gone.person)), LISTED, nominee=gone, reason="不参选了")
    assert refused(elections.post_list, v, v.chair, LISTED) == "noticed"
    assert Candidate.objects.get(compound_id=made.compound_id, person_id=gone.person_id).withdrawn_at == LISTED


def test_candidates_are_known_fifteen_days_before_the_vote(v):
    called(v)
    standing(v, 0)
    Session.objects.filter(compound_id=v.place.compound.pk).update(opens_at=LISTED + timedelta(days=14))
    assert refused(elections.post_list, v, v.chair, LISTED) == "list_late"
    Session.objects.filter(compound_id=v.place.compound.pk).update(opens_at=LISTED + timedelta(days=15))
    v.does(elections.post_list, v.chair, LISTED)


@pytest.mark.parametrize(("seats", "why"), [(4, "even"), (1, "size"), (13, "size")])
def test_a_committee_is_of_a_lawful_size(v, seats, why):
    item = v.vote.items[0]
    item.seats = seats
    item.save()
    with pytest.raises(Refused) as no:
        called(v)
    assert (no.value.refusal.key, no.value.field) == (why, "fills")


def test_an_election_is_noticed_with_a_list_that_was_posted_in_time(v):
    session = v.vote.session
    Session.objects.filter(pk=session.pk, compound_id=session.compound_id).update(
        register_parties=9, closes_at=NOW + timedelta(days=50)
    )

    def refusal():
        session.refresh_from_db()
        no = refuse_notice(session, LISTED)
        return no and no.key

    assert refusal() == "unlisted"
    called(v)
    assert refusal() == "unlisted"
    standing(v, 0)
    v.does(elections.post_list, v.chair, LISTED)
    assert refusal() is None
    earlier = {"opens_at": LISTED + timedelta(days=14), "interim": True}  # noticed in time, the list is not
    Session.objects.filter(pk=session.pk, compound_id=session.compound_id).update(**earlier)
    assert refusal() == "list_late"


@time_machine.travel(NOW, tick=False)
def test_the_page_of_a_session_leads_to_the_asking_for_candidates(v):
    Session.objects.filter(pk=v.vote.session.pk, compound_id=v.place.compound.pk).update(noticed_at=None)
    way = url(v, "election-recruit", v.vote.items[0].pk)
    assert way in get(v, v.chair, "session", 1).content.decode()
    called(v)
    assert way not in get(v, v.chair, "session", 1).content.decode()


def test_a_by_election_fills_no_more_than_is_empty(v):
    by = head(elected(v))
    again = makers.vote(v.place, by=by, state="drafting", items=[ELECTION], opens=STANDS + timedelta(days=40))
    more = {"until": (STANDS + timedelta(days=8)).date(), "contact": "居委会", "at": STANDS, "fills": "vacancy"}
    with pytest.raises(Refused, match="现在缺 0 位"):
        elections.announce_candidates(by=by, item=again.items[0], **more)


@time_machine.travel(LISTED, tick=False)
def test_few_more_candidates_than_seats_are_a_warning_and_no_bar(v):
    assert "候选人比名额多不到两成" in text(get(v, listed(v, stand=3).owner(0), "election", 1))


def test_shanghai_asks_for_paid_fees_too(v):
    Session.objects.filter(compound_id=v.place.compound.pk).update(profile="shanghai")
    called(v)
    for n in range(4):
        nominee = v.does(elections.stand, v.owner(n), NOW, why="好", pledge=True)
        checked(v, nominee, but=["no_arrears"])
    assert refused(elections.post_list, v, v.chair, LISTED) == "unchecked"


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
    passed = [row.name for row in queries.kept(v.made)]
    with pytest.raises(Refused, match="空着 1 席"):
        again(v, v.chair, STANDS, fills="rest", stand=(7,), seats=2)
    again(v, v.chair, STANDS + timedelta(days=1), fills="rest", stand=(7,), seats=1)
    assert v.made.state == "elected" and v.made.seats == 3 and v.made.after.number == 1
    assert sits(v) == [(name, "committee_member") for name in [*passed, "业主7"]]
    assert v.made.renewal_on and queries.spending_frozen(v.made.compound_id) == v.made
    assert queries.unfilled(v.made.compound_id) is None


def test_a_further_round_that_elects_nobody_keeps_who_passed_before(v):
    decided(v, elected=2, alternates=0, outcome="not_formed")
    v.does(elections.take_office, v.chair, STANDS)
    passed = [row.name for row in queries.kept(v.made)]
    again(v, v.chair, STANDS, fills="rest", stand=(7,), seats=1, elects=0)
    assert v.made.state == "not_formed" and [row.name for row in queries.kept(v.made)] == passed
    assert queries.unfilled(v.made.compound_id) == v.made and v.made.seats == 3


def head(v):
    """The newly elected chair, signed in."""
    members = queries.members_of(queries.holding(v.made))
    v.does(
        elections.meet,
        _member(v),
        STANDS,
        day=STANDS.date(),
        chair=members[0].pk,
        vice=members[1].pk,
    )
    return _member(v)


def _member(v, n: int = 0):
    seat = queries.holding(v.made)[n]
    held = Post.objects.select_related("account").get(pk=seat.post_id)
    from linli.people.access import standing_by_key

    standing = standing_by_key(f"post:{held.pk}", held.account_id, v.place.compound, STANDS.date())
    v.place.keys[standing.actor.role_id] = f"post:{held.pk}"
    return standing.actor


def test_first_meeting_chooses_the_chair_from_among_its_members(v):
    elected(v)
    outsider = queries.holding(v.made)[-1].pk
    by = _member(v)
    assert refused(elections.meet, v, by, STANDS, day=STANDS.date(), chair=outsider, vice=None) == "no_chair"
    head(v)
    assert [post for _, post in sits(v)] == [
        "committee_chair", "committee_vice_chair", "committee_member", "alternate_member", "alternate_member",
    ]  # fmt: skip
    v.does(elections.file, _member(v), STANDS, filing_no="街备 9 号", seal="两枚")
    assert v.made.state == "filed"


def test_the_committee_that_was_elected_files_the_session_that_elected_it(v):
    pmc = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=v.place.compound)
    decided(v)
    Session.objects.filter(compound_id=v.place.compound.pk).update(body=pmc)
    session = Session.objects.get(compound_id=v.place.compound.pk)
    outsider = somebody(v.place, Role.PREPARATORY_MEMBER)
    v.does(elections.take_office, v.chair, STANDS)
    session.refresh_from_db()
    assert Who.ELECTED in parts_in(session, _member(v)) and Act.FILE in allowed(
        State.ANNOUNCED, parts_in(session, _member(v))
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
    seat = queries.holding(v.made)[2]
    assert refused(elections.second, v, by, STANDS, seat=seat) == "not_put"
    v.does(elections.vacate, by, STANDS, seat=seat, why="resigned", words="口头说的")
    assert refused(elections.second, v, by, STANDS, seat=seat) == "same"
    assert refused(elections.second, v, v.officer, STANDS, seat=seat) == "not_yours"
    with time_machine.travel(STANDS, tick=False):
        assert "口头说的。等另一位委员确认" in text(get(v, _member(v, 1), "election", 1))
        assert "口头说的" not in text(get(v, v.owner(0), "election", 1))


def convened_by_a_group(v):
    """Of the preparatory group that runs the election."""
    group = Organisation.objects.create(compound=v.place.compound, kind=Body.PREPARATORY, name="筹备组")
    Formation.objects.filter(compound_id=v.made.compound_id, pk=v.made.pk).update(body=group)
    return v.place.post(Role.PREPARATORY_MEMBER, group, name="筹备组员")


def test_nobody_of_the_body_that_convened_it_ends_the_post_of_a_member(v):
    by = head(elected(v))
    convened = convened_by_a_group(v)
    seat, said = queries.holding(v.made)[0], {"why": "resigned", "words": "书面辞职"}
    assert refused(elections.vacate, v, convened, STANDS, seat=seat, **said) == "not_yours"
    v.does(elections.vacate, by, STANDS, seat=seat, **said)
    assert refused(elections.second, v, convened, STANDS, seat=seat) == "not_yours"


def test_the_committee_chooses_another_chair_from_among_all_who_sit(v):
    by = head(elected(v))
    other, chair = _member(v, 1), queries.holding(v.made)[0]
    said = {"day": STANDS.date(), "vice": None}
    sitting = [row.pk for row in queries.holding(v.made)]
    assert refused(elections.choose, v, other, STANDS, chair=sitting[2], **said) == "has_chair"
    gone(v, by, other, chair)
    members = queries.members_of(queries.holding(v.made))
    outsider = queries.holding(v.made)[-1].pk
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
    seats = queries.holding(v.made)
    for seat in (seats[3], seats[4], seats[2]):  # both alternates, then a member whom nobody follows
        gone(v, by, _member(v, 1), seat)
    old = v.made
    then = again(v, by, STANDS + timedelta(days=100), fills="vacancy", stand=(7,), seats=1)
    new = queries.holding(v.made)[0]
    said = {"day": then.date(), "vice": None}
    assert refused(elections.meet, v, by, then, chair=new.pk, **said) == "has_chair"
    v.does(elections.meet, by, then, chair=None, **said)
    v.does(elections.file, by, then, filing_no="街备 10 号", seal="没有变")
    old.refresh_from_db()
    body = Organisation.objects.get(compound=v.place.compound, kind=Body.COMMITTEE)
    assert queries.posts_of(body, [Role.COMMITTEE_CHAIR], then.date())[0].pk == queries.holding(old)[0].post_id
    assert (old.state, len(queries.members_of(queries.holding_in(old)))) == ("met", 3)


def vacancies(v):
    """Two seats of three empty, and nobody who moves up."""
    by, other = head(elected(v)), None
    seats = queries.holding(v.made)
    for seat in (seats[3], seats[4], seats[2]):
        other = _member(v, 1)
        gone(v, by, other, seat)
    v.does(elections.vacate, by, STANDS, seat=seats[1], why="died", words="去世")
    return by


def test_whoever_passed_fills_a_vacancy_and_the_rest_is_elected_again(v):
    by = vacancies(v)
    old = v.made
    assert queries.empty_seats(old.compound_id) == 2
    then = again(
        v, by, STANDS + timedelta(days=100), fills="vacancy", stand=(7, 8), seats=2, elects=1, outcome="not_formed"
    )
    (new,) = queries.holding(v.made)
    assert (v.made.state, new.to_day) == ("elected", old.term_to)
    assert "补选 2 人，选上 1 人，还空着的 1 席另行补选" in posted(v) and "才成立" not in posted(v)
    with time_machine.travel(then, tick=False):
        assert "不足一半" not in text(get(v, v.owner(3), "election", v.made.number))
    again(v, by, STANDS + timedelta(days=200), fills="vacancy", stand=(9,), seats=1)
    assert queries.empty_seats(old.compound_id) == 0


def test_a_by_election_that_elects_nobody_says_nothing_of_the_committee_that_sits(v):
    by = vacancies(v)
    again(v, by, STANDS + timedelta(days=100), fills="vacancy", stand=(7, 8), seats=2, elects=0)
    assert v.made.state == "not_formed" and queries.holding(v.made) == []
    assert "没有人选上，空缺的席位另行补选" in posted(v) and "才成立" not in posted(v)


def test_a_vacancy_goes_to_the_first_alternate_for_the_rest_of_the_term(v):
    by = head(elected(v))
    seats = queries.holding(v.made)
    up = gone(v, by, _member(v, 1), seats[2])
    assert (up.name, up.post, up.to_day) == (seats[3].name, "committee_member", v.made.term_to)
    assert refused(elections.vacate, v, by, STANDS, seat=seats[2], why="resigned", words="再") == "left"
    assert refused(elections.vacate, v, by, STANDS, seat=up, why="removed", words="不喜欢") == "why"
    assert not Post.objects.filter(pk=seats[2].post_id, to_day__gte=STANDS.date()).exists()


# ── handing over, renewal ───────────────────────────────────────────────────────────────────────────────────────────


@time_machine.travel(STANDS, tick=False)
def test_spending_is_frozen_until_everything_is_handed_over(v):
    by = head(elected(v))
    assert queries.spending_frozen(v.made.compound_id) == v.made
    assert "先不花钱。2026年6月12日前交完" in text(get(v, by, "election", 1))
    said = {"what": "两枚", "gave": "吴海", "took": "业主1"}
    assert refused(elections.hand_over, v, by, STANDS, key="seals", **{**said, "took": "吴海"}) == "same"
    for key in HANDED:
        v.does(elections.hand_over, by, STANDS, key=key, **said)
    assert queries.spending_frozen(v.made.compound_id) is None
    assert "先不花钱" not in text(get(v, by, "election", 1))


@time_machine.travel(STANDS, tick=False)
def test_where_nobody_sat_before_nothing_is_handed_over_and_nothing_frozen(v):
    decided(v)
    Post.objects.filter(organisation=v.place.committee).update(kind=Role.COMMITTEE_SECRETARY)
    v.does(elections.take_office, convened_by_a_group(v), STANDS)
    assert queries.spending_frozen(v.made.compound_id) is None
    page = text(get(v, _member(v), "election", 1))
    assert "先不花钱" not in page and "还没交" not in page


def test_renewal_is_told_once_in_time_to_who_sits_and_to_the_community(v):
    head(elected(v))
    made = v.made
    due = STANDS.replace(year=2031, month=3, day=1)
    assert tell_renewals(due - timedelta(days=1)) == 0
    assert [tell_renewals(due), tell_renewals(due)] == [1, 0]
    with compound_scope(made.compound_id):
        told = Message.objects.filter(compound_id=made.compound_id, kind="renewal_due")
        assert told.count() == 4 and v.secretary.account_id in told.values_list("account_id", flat=True)


def renewing(v):
    """A committee whose renewal the clock has begun."""
    by = head(elected(v))
    due = STANDS.replace(year=2031, month=3, day=1)
    assert tell_renewals(due) == 1
    return by, due


def test_the_clock_drafts_the_session_that_elects_the_next(v):
    by, due = renewing(v)
    session = v.made.renewal
    item = Item.objects.get(compound_id=session.compound_id, session=session)
    assert (session.state, session.body_id, item.matter_no, item.seats) == ("drafting", v.made.made_id, 3, 3)
    assert (
        local(session.closes_at) < v.made.term_to
        and refuse_dates(Dates(session.opens_at, session.closes_at), rules_of(v.made)) is None
    )
    with time_machine.travel(due, tick=False):
        page = get(v, by, "election", 1)
        assert "2031年4月30日前开始" in text(page) and url(v, "session", session.number) in page.content.decode()
        assert get(v, by, "session", session.number).status_code == 200
        assert url(v, "session", session.number) not in get(v, v.owner(0), "election", 1).content.decode()
        assert item in queries.electable(session.compound_id)


def test_where_nobody_goes_on_the_subdistrict_is_told_once(v):
    by, due = renewing(v)
    late = due + timedelta(days=61)
    assert [tell_late_renewals(late - timedelta(days=1)), tell_late_renewals(late), tell_late_renewals(late)] == [
        0,
        1,
        0,
    ]
    told = Message.objects.filter(compound_id=v.made.compound_id, title__contains="没有换届")
    assert set(told.values_list("account_id", flat=True)) == {v.officer.account_id, v.secretary.account_id}
    with time_machine.travel(late, tick=False):
        assert "已经报街道" in text(get(v, by, "election", 1))


def test_where_candidates_are_asked_for_nobody_steps_in(v):
    by, due = renewing(v)
    item = Item.objects.get(compound_id=v.made.compound_id, session=v.made.renewal)
    said = {"until": (due + timedelta(days=20)).date(), "contact": "居委会", "at": due + timedelta(days=3)}
    elections.announce_candidates(by=by, item=item, **said)
    assert tell_late_renewals(due + timedelta(days=61)) == 0


def succeeded(v, kind, state, at):
    """Another body was put into office before this one's term was over."""
    one = v.made
    Formation.objects.create(
        compound_id=one.compound_id, number=one.number + 1, kind=kind, state=state, title="新一届", body_id=one.body_id, made_id=one.made_id,
        profile=one.profile, seats=3, owner_seats=3, most=3, households=2, contact="居委会", recommend_until=at.date(), announced_at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "state", "told"),
    [
        ("committee", "committee", "filed", 0), ("pmc", "committee", "elected", 0), ("committee", "pmc", "established", 0),
        ("committee", "committee", "not_formed", 1), ("committee", "committee", "listed", 1),
    ],
)  # fmt: skip
def test_a_body_that_another_took_over_from_early_is_not_renewed(v, before, after, state, told):
    """Nobody drafts a session, or tells the subdistrict, for a term that ended with the next election."""
    head(elected(v))
    Formation.objects.filter(compound_id=v.made.compound_id).update(kind=before)
    succeeded(v, after, state, STANDS + timedelta(days=100))
    assert tell_renewals(STANDS.replace(year=2031, month=3, day=1)) == told
    assert Session.objects.filter(compound_id=v.made.compound_id).count() == (2 if told else 1)


def test_a_term_that_ended_early_after_it_was_told_is_not_late(v):
    _by, due = renewing(v)
    succeeded(v, "pmc", "established", due + timedelta(days=3))
    assert tell_late_renewals(due + timedelta(days=61)) == 0


def again(v, by, at, fills="term", stand=(7, 8, 9), seats=3, elects=9, outcome=""):
    """Another election, its result announced and in force: by the committee that sits."""
    v.vote = makers.vote(
        v.place, by=by, state="drafting", items=[{**ELECTION, "seats": seats}], opens=at + timedelta(days=40)
    )
    next_value(v.place.compound.pk, "session")
    v.formation = elections.announce_candidates(
        by=by, item=v.vote.items[0], until=(at + timedelta(days=8)).date(), contact="居委会", households=2, fills=fills, at=at
    )  # fmt: skip
    for n in stand:
        made = v.does(elections.stand, v.owner(n), at, why="好", pledge=True)
        checked(v, made, at=at)
    v.does(elections.post_list, by, at + timedelta(days=9))
    codes = [row.code for row in Candidate.objects.filter(compound_id=v.made.compound_id, item=v.vote.items[0])]
    chosen = sorted(codes)[: min(seats, elects)]
    found = {
        "outcome": outcome or ("formed" if chosen else "not_formed"),
        "elected": chosen,
        "alternates": [],
        "least": seats,
    }
    outcome_of(v, v.vote.items[0], "passed", {"election": found})
    Session.objects.filter(compound_id=v.place.compound.pk, pk=v.vote.session.pk).update(announced_at=at)
    v.does(elections.take_office, by, at + timedelta(days=30))
    return at + timedelta(days=30)


def test_a_renewal_ends_the_committee_before_it_and_its_seats(v):
    by = head(elected(v))
    old = v.made
    then = again(v, by, STANDS + timedelta(days=100))
    old.refresh_from_db()
    assert (old.state, queries.holding(old)) == ("ended", [])
    assert {row.ended_why for row in queries.seats(old)} == {"换届"}
    assert [post for _, post in sits(v)] == ["committee_member"] * 3
    v.formation = old
    with time_machine.travel(then, tick=False):
        page = text(get(v, v.owner(3), "election", 1))
        assert "任期结束了" in page and "先不花钱" not in page and "不足一半" not in page


def test_an_elected_committee_ends_the_property_management_committee(v):
    pmc = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=v.place.compound)
    sat = v.place.post(Role.PMC_CHAIR, pmc, name="何成")
    decided(v)
    succeeded(v, "pmc", "filed", NOW)
    Formation.objects.filter(compound_id=v.made.compound_id, kind="pmc").update(made=pmc)
    v.does(elections.take_office, v.chair, STANDS)
    assert Formation.objects.get(compound_id=v.made.compound_id, kind="pmc").state == "ended"
    held = Post.objects.get(organisation=pmc)
    assert (held.account_id, held.to_day, held.ended_reason) == (
        sat.account_id, (STANDS - timedelta(days=1)).date(), "业主委员会选出来了",
    )  # fmt: skip


def test_what_the_property_management_committee_ordered_is_checked_by_who_was_elected(v):
    place = v.place
    pmc = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=place.compound)
    place.property = Organisation.objects.create(kind=Body.PROPERTY, name="清和物业", compound=place.compound)
    crew = Crew(place)
    with compound_scope(place.compound.pk):
        matters = crew.sorted(2)
        order = crew.done(matters)
    Order.objects.filter(compound_id=place.compound.pk).update(by_body=pmc)
    Matter.objects.filter(compound_id=place.compound.pk, pk=matters[0].pk).update(handler_body=pmc)
    place.post(Role.PMC_CHAIR, pmc, name="何成")
    decided(v)
    v.does(elections.take_office, v.chair, STANDS)
    order.refresh_from_db()
    matters[0].refresh_from_db()
    assert order.by_body_id == matters[0].handler_body_id == v.made.made_id
    assert orders.check(by=_member(v), order=order, at=STANDS).state == "told"
    told = Message.objects.filter(compound_id=place.compound.pk, kind="hand_on", subject_kind="order")
    assert told.filter(account_id=_member(v).account_id).count() == 1


def test_a_body_ends_with_its_term(v):
    head(elected(v))
    after = STANDS.replace(year=2031, month=6, day=2)
    assert [end_terms(after - timedelta(days=1)), end_terms(after), end_terms(after)] == [0, 1, 0]
    assert v.made.state == "ended" and {row.ended_why for row in queries.seats(v.made)} == {"任期届满"}


# ── by the pages ────────────────────────────────────────────────────────────────────────────────────────────────────


def replacing(v, body=None) -> Item:
    """Of the next session, whose notice is out: one member is to be replaced."""
    first = v.vote.session
    session = Session.objects.create(
        compound_id=first.compound_id, number=2, title="临时会议", body_id=body or first.body_id, ground="committee", profile=first.profile,
        state="noticed", drafted_at=STANDS, opens_at=STANDS + timedelta(days=20), closes_at=STANDS + timedelta(days=30),
    )  # fmt: skip
    return Item.objects.create(compound_id=first.compound_id, session=session, place=1, matter_no=3, title="更换成员")


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
        by, members = _member(v), queries.holding(v.made)
        more = {"day": "2026-06-02", "chair": str(members[0].pk), "vice": str(members[1].pk)}
        assert "也公布了" in text(post(v, by, "election-act", 1, "meet", **more))
        by = _member(v)
        assert "开始工作" in text(post(v, by, "election-act", 1, "file", filing_no="街备 9 号", seal="两枚"))
        more = {"why": "resigned", "words": "书面辞职"}
        other = _member(v, 1)
        assert "记下了" in text(post(v, by, "election-seat", 1, members[2].pk, "vacate", **more))
        assert "书面辞职，书面辞职" in text(get(v, other, "election-seat", 1, members[2].pk, "second"))
        assert "递补" in text(post(v, other, "election-seat", 1, members[2].pk, "second"))
        more = {"item": str(replacing(v).pk), "ground": "一年没来开会"}
        assert "要听本人申辩" in text(post(v, by, "election-seat", 1, members[1].pk, "recall", **more))
        row = queries.recalls(v.made)[0]
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
    names = [row.name for row in queries.holding(v.made)]
    assert all(name in said for name in names) and said.count("候补委员") == 2
    assert "委员名单公告" in said and "到2031年6月1日" in said and "划票" not in said
