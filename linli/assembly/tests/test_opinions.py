"""Where the vote itself is in the official system: what owners say here is an opinion, and nobody sees how it stands before the end."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.assembly.models import Leaf, Log, Opinion
from linli.assembly.queries import opinions as queries
from linli.assembly.rules.opinions import Said
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import opinions
from linli.assembly.tests import makers
from linli.assembly.tests.test_casting import AT, ITEMS, bound, elect
from linli.kernel.profiles import profile
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.matters.tests.makers import compound as another
from linli.people.models import Account
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tests.threads import together


@pytest.fixture
def vote(place, chair):
    return official(place, chair)


def official(place, chair, items=ITEMS, areas=(9_000, 8_000, 7_000), **more):
    return makers.vote(place, areas, by=chair, couples=(2,), items=items, official_evote_required=True, **more)


def give(made, by, party=1, at=AT, once=None, **said):
    """`_1="approve"`, or a pair with words."""
    pairs = {no.strip("_"): one if isinstance(one, tuple) else (one,) for no, one in said.items()}
    return opinions.give(
        by=by, session=made.session, party=made.parties[party - 1], said={no: Said(*one) for no, one in pairs.items()}, at=at, once=once,
    )  # fmt: skip


def refusal(made, by, **more):
    before = Opinion.objects.filter(compound_id=made.session.compound_id).count()
    with pytest.raises(Refused) as no:
        give(made, by, **{"_1": "approve", **more})
    assert Opinion.objects.filter(compound_id=made.session.compound_id).count() == before
    return no.value.refusal


def closed(made, state=State.CLOSED):
    made.session.state = state
    made.session.save()
    return [(row["approve"], row["against"], row["abstain"]) for row in queries.figures(made.session)]


def test_an_opinion_is_no_ballot(place, vote):
    by = bound(place, vote, 1)
    rows = give(vote, by, _1=("approve", " 先谈价钱 "), _2="abstain")
    assert [(r.item.place, r.choice, r.words, r.account_id) for r in rows] == [
        (1, "approve", "先谈价钱", by.account_id),
        (2, "abstain", "", by.account_id),
    ]
    assert {r.person_id for r in rows} == {vote.owners[0][0].pk}
    assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 0
    assert Log.objects.get(compound_id=place.compound.pk, session=vote.session).size == 0
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="session_opinion")
    assert entry.internal
    assert "approve" not in repr((entry.words, entry.data))


def test_same_key_twice_is_one_opinion(place, vote):
    by, once = bound(place, vote, 1), uuid4()
    first = give(vote, by, once=once, _1="approve")
    assert [r.pk for r in give(vote, by, once=once, _1="against")] == [first[0].pk]
    assert closed(vote)[0] == (1, 0, 0)


def test_the_last_of_a_party_holds(place, vote):
    one, other = bound(place, vote, 2), bound(place, vote, 2, 1)
    give(vote, one, 2, _1="approve", _2="approve")
    give(vote, other, 2, _1="against")
    give(vote, bound(place, vote, 1), _1="abstain")
    assert Opinion.objects.filter(compound_id=place.compound.pk).count() == 4
    assert closed(vote) == [(0, 1, 1), (1, 0, 0), (0, 0, 0)]


def test_what_is_left_empty_takes_back_ones_own_alone(place, vote):
    one, other = bound(place, vote, 2), bound(place, vote, 2, 1)
    give(vote, one, 2, _1="approve", _2="approve")
    give(vote, other, 2, _1="", _3="against")
    give(vote, one, 2, _1="approve", _2="")
    assert closed(vote) == [(1, 0, 0), (0, 0, 0), (0, 1, 0)]


def test_what_a_co_owner_said_is_his(place, vote):
    one, other = bound(place, vote, 2), bound(place, vote, 2, 1)
    give(vote, one, 2, _1=("approve", "先谈价钱"))
    assert queries.own(vote.session, vote.parties[1], one) == {"1": Said("approve", "先谈价钱")}
    assert queries.own(vote.session, vote.parties[1], other) == {}


@pytest.mark.parametrize("state", [State.NOTICED, State.OPEN, State.CANCELLED])
def test_nobody_sees_a_running_result(place, vote, state):
    give(vote, bound(place, vote, 1), _1="approve")
    assert closed(vote, state) == []


@pytest.mark.parametrize(
    ("when", "key"),
    [(makers.OPENS - timedelta(seconds=1), "too_early"), (makers.CLOSES + timedelta(seconds=1), "late")],
)
def test_before_and_after_the_voting_nothing_is_taken(place, vote, when, key):
    assert refusal(vote, bound(place, vote, 1), at=when).key == key


@pytest.mark.parametrize("state", [s for s in State if s not in {State.OPEN, State.DRAFTING}])
def test_only_an_open_session_takes_one(place, vote, state):
    vote.session.state = state
    vote.session.save()
    assert refusal(vote, bound(place, vote, 1)).key in {"too_early", "late", "cancelled"}


def test_where_votes_are_taken_here_no_opinion_is(place, chair):
    made = makers.vote(place, (9_000,), by=chair)
    assert refusal(made, bound(place, made, 1)).key == "votes_here"


def test_only_owners_of_the_locked_register_and_for_themselves(place, vote):
    by = bound(place, vote, 1)
    assert refusal(vote, place.resident()).key == "not_in_register"
    assert refusal(vote, place.resident(relation="tenant")).key == "not_in_register"
    assert refusal(vote, by, party=3).key == "no_voice"
    assert refusal(vote, replace(by, assistance_id=uuid4(), channel="phone")).key == "helped"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"_1": "perhaps"}, "no_choice"), ({"_1": "follow_majority"}, "no_choice"), ({"_1": "", "_2": ("", "  ")}, "nothing_said"),
        ({"_7": "approve"}, "not_on_agenda"), ({"_1": ("approve", "字" * 201)}, "too_many_words"),
    ],
)  # fmt: skip
def test_it_says_what_was_asked(place, vote, said, key):
    assert refusal(vote, bound(place, vote, 1), **said).key == key


def test_of_an_election_there_are_only_words(place, chair):
    made = elect(place, chair, "per_candidate")
    made.session.rules["official_evote_required"] = True
    made.session.save()
    by = bound(place, made, 1)
    assert refusal(made, by).key == "no_choice"
    assert give(made, by, _1=("", "请候选人先见面"))[0].choice == ""
    assert closed(made) == []


def test_written_rows_stay(place, vote):
    (row,) = give(vote, bound(place, vote, 1), _1="approve")
    row.choice = "against"
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_one_that_holds(place, vote):
    one, other = bound(place, vote, 2), bound(place, vote, 2, 1)
    words = ("approve", "against", "abstain")
    jobs = [lambda n=n: give(vote, (one, other)[n % 2], 2, _1=words[n % 3], once=uuid4()) for n in range(24)]
    assert all(isinstance(got, list) for got in together(*jobs))
    last = Opinion.objects.filter(compound_id=place.compound.pk).order_by("-id").first()
    assert dict(zip(words, closed(vote)[0], strict=True)) == {word: int(word == last.choice) for word in words}


@pytest.mark.django_db(transaction=True)
def test_one_key_at_once_is_one(place, vote):
    by, once = bound(place, vote, 1), uuid4()
    got = together(*[lambda: give(vote, by, _1="approve", once=once)] * 20)
    assert {row.pk for rows in got for row in rows} == set(
        Opinion.objects.filter(compound_id=place.compound.pk).values_list("pk", flat=True)
    )
    assert closed(vote)[0] == (1, 0, 0)


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as held:
        yield held


def address(place, made, more=""):
    return f"/c/{place.slug}/assembly/{made.session.number}/{more}"


def text(answer):
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode().split("<main")[1]))


@pytest.mark.usefixtures("clock")
def test_the_page_says_what_it_is_and_takes_it(place, vote):
    browser, page = place.client(bound(place, vote, 1)), address(place, vote, "opinion/")
    shown = browser.get(page)
    assert "这是意见，不是投票。表决在政府的电子投票系统或者纸质票上进行。" in text(shown)
    assert profile(vote.session.profile).cite("official_evote_required") in shown.content.decode()
    assert not re.search(r"<input[^>]*\bchecked\b", shown.content.decode())
    sent = browser.post(page, {"choice_1": "against", "words_1": "太贵", "words_2": "", "words_3": ""})
    assert sent["Location"] == address(place, vote)
    (row,) = Opinion.objects.filter(compound_id=place.compound.pk)
    assert (row.choice, row.words, row.item_id) == ("against", "太贵", vote.items[0].pk)
    assert re.search(r'value="against"[^>]*checked', browser.get(page).content.decode())


@pytest.mark.usefixtures("clock")
def test_nothing_said_keeps_the_page_and_the_words(place, vote):
    browser, page = place.client(bound(place, vote, 1)), address(place, vote, "opinion/")
    empty = browser.post(page, {})
    assert empty.status_code == 422
    assert "至少对一项选一个" in text(empty)
    long = browser.post(page, {"choice_1": "against", "words_1": "贵" * 201})
    assert long.status_code == 422
    assert "贵" * 201 in long.content.decode()
    assert not Opinion.objects.filter(compound_id=place.compound.pk).exists()


@pytest.mark.usefixtures("clock")
def test_in_place_of_the_vote_on_the_session_page(place, vote):
    by = bound(place, vote, 1)
    browser, page = place.client(by), address(place, vote)
    body = browser.get(page).content.decode()
    assert f'href="{page}opinion/">发表意见' in body
    assert "cast/" not in body
    assert "书面投票，网上在政府的电子投票系统投" in body
    assert f'href="{page}opinion/"' in browser.get(f"{page}cast/").content.decode()
    give(vote, by, _1="approve")
    after = text(browser.get(page))
    assert "您的意见已记下" in after
    assert "网上收到的意见" not in after


def test_figures_stand_on_the_page_after_the_end(place, chair, vote, clock):
    give(vote, bound(place, vote, 1), _1="approve", _2=("against", "先修旧的"))
    give(vote, bound(place, vote, 3), 3, _1="approve")
    readers = [place.resident(), place.post(Role.PROPERTY_MANAGER), chair, bound(place, vote, 2)]
    for reader in readers:
        assert "网上收到的意见" not in text(place.client(reader).get(address(place, vote)))
    vote.session.state = State.CLOSED
    vote.session.save()
    clock.move_to(makers.CLOSES + timedelta(hours=1))
    for reader in readers:
        shown = text(place.client(reader).get(address(place, vote)))
        assert "同意2户，反对0户，弃权0户" in shown
        assert "同意0户，反对1户，弃权0户" in shown
        assert "这些数不计入结果" in shown
        assert "先修旧的" not in shown


@pytest.mark.usefixtures("clock")
def test_who_speaks_for_two_homes_chooses(place, vote):
    by = bound(place, vote, 1)
    bound(place, vote, 3, who=Account.objects.get(pk=by.account_id))
    browser, page = place.client(by), address(place, vote, "opinion/")
    assert [f"?party={n}" in browser.get(page).content.decode() for n in (1, 2, 3)] == [True, False, True]
    assert browser.post(f"{page}?party=3", {"choice_1": "approve"}).status_code == 302
    assert Opinion.objects.get(compound_id=place.compound.pk).party_id == vote.parties[2].pk
    assert [browser.get(f"{page}?party={n}").status_code for n in ("2", "x", "99")] == [404, 404, 404]


@pytest.mark.usefixtures("clock")
def test_others_find_no_such_page(place, chair, vote):
    page, there = address(place, vote, "opinion/"), another("there")
    strangers = [place.resident(), place.resident(relation="tenant"), chair, place.post(Role.COMMUNITY_SECRETARY)]
    for by in strangers:
        assert [place.client(by).get(page).status_code, place.client(by).post(page, {}).status_code] == [404, 404]
    for by in (there.resident(), there.post(Role.COMMITTEE_CHAIR)):
        assert there.client(by).get(page).status_code == 404


@pytest.mark.usefixtures("clock")
def test_where_votes_are_taken_here_there_is_no_such_page(place, chair):
    made = makers.vote(place, (9_000,), by=chair)
    by = bound(place, made, 1)
    assert place.client(by).get(address(place, made, "opinion/")).status_code == 404
    assert "opinion/" not in place.client(by).get(address(place, made)).content.decode()


@pytest.mark.parametrize("when", [makers.OPENS - timedelta(hours=1), makers.CLOSES + timedelta(hours=1)])
def test_outside_of_the_voting_the_page_says_why(place, vote, clock, when):
    clock.move_to(when)
    browser, page = place.client(bound(place, vote, 1)), address(place, vote, "opinion/")
    shown, sent = browser.get(page), browser.post(page, {"choice_1": "approve"})
    assert (shown.status_code, sent.status_code) == (200, 422)
    why = "投票开始以后再发表意见" if when < makers.OPENS else "发表意见的时间过了，和投票一起截止"
    assert "现在不收意见" in text(shown) and why in text(shown) and "截止：" in text(shown)
    assert why in text(sent) and re.search(r'value="approve"[^>]*checked', sent.content.decode())
    assert not Opinion.objects.filter(compound_id=place.compound.pk).exists()


def test_words_are_read_without_names_when_it_is_over(place, chair, vote, clock):
    one, other = bound(place, vote, 2), bound(place, vote, 2, 1)
    give(vote, one, 2, _1=("approve", "旧的话"), _2=("", "修旧的"))
    give(vote, other, 2, _1=("against", "新的话"))
    teller = makers.officer(vote, Office.TELLER, place.post(Role.COMMUNITY_SECRETARY))
    page = address(place, vote, "opinion/words/")
    assert place.client(chair).get(page).status_code == 404
    vote.session.state = State.CLOSED
    vote.session.save()
    for reader in (chair, teller):
        shown = text(place.client(reader).get(page))
        assert ["旧的话" in shown, "新的话" in shown, "修旧的" in shown] == [False, True, True]
        assert not [p.name for people in vote.owners for p in people if p.name in shown]
        assert "9-1-000" not in shown
    for reader in (one, place.resident(), place.post(Role.PROPERTY_MANAGER)):
        assert place.client(reader).get(page).status_code == 404


@pytest.mark.usefixtures("clock")
def test_words_in_pages_at_a_constant_cost(place, chair):
    made = official(place, chair, areas=(1_000,) * (queries.PAGE + 2))
    page, browser, costs = address(place, made, "opinion/words/"), place.client(chair), []
    by = [bound(place, made, n) for n in range(1, queries.PAGE + 3)]
    for n, one in enumerate(by, 1):
        give(made, one, n, at=NOW + timedelta(minutes=n), _1=("approve", f"第{n:02}条"))
        if n in {1, queries.PAGE}:
            closed(made)
            browser.get(page)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                browser.get(page)
            costs.append(len(asked))
            closed(made, State.OPEN)
    assert len(set(costs)) == 1
    closed(made)
    first = browser.get(page).content.decode()
    more = re.search(r"\?before=([0-9a-f-]{36})", first)[1]
    second = browser.get(f"{page}?before={more}").content.decode()
    assert [f"第{n:02}条" in first for n in (32, 3, 2)] == [True, True, False]
    assert ["第02条" in second, "第01条" in second, "第03条" in second] == [True, True, False]


def test_home_and_session_say_where_the_lawful_vote_is_cast(place, vote):
    by = bound(place, vote, 1)
    page = f"/c/{place.slug}/assembly/{vote.session.number}/"
    with time_machine.travel(AT, tick=False):
        card = place.client(by).get(f"/c/{place.slug}/home/").content.decode()
        shown = place.client(by).get(page).content.decode()
    assert "本地规定线上表决要用政府的电子投票系统" in card and "去投票" not in card
    assert re.search(rf'class="btn btn-primary" href="{page}">看怎么投', re.sub(r"\s+", " ", card))
    assert "怎么投" in shown and f"问 {vote.session.body.name}" in shown


def test_where_the_vote_is_on_paper_alone_home_says_so(place, chair):
    made = makers.vote(place, (9_000, 8_000, 7_000), by=chair, items=ITEMS, online=False)
    by = bound(place, made, 1)
    with time_machine.travel(AT, tick=False):
        card = place.client(by).get(f"/c/{place.slug}/home/").content.decode()
    assert "这次会议不在线上投票，请填纸质票" in card and "看怎么投" in card
