"""Removing a member by the owners' vote: who puts it, how he is told and heard, and who does what was decided (domain §3.12)."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.assembly.models import Formation, Item, Outcome, Session
from linli.assembly.queries import elections as queries
from linli.assembly.queries import offices
from linli.assembly.services import elections
from linli.assembly.services.convening import refuse_open
from linli.assembly.services.elections.reseating import tell_reseating
from linli.councils.services.spending import ask_unfrozen
from linli.kernel.refusal import Refused
from linli.notices.models import Message
from linli.people.models import Post
from linli.people.rules import Role

from .electing import STANDS, elected, head, member, outcome_of, posted, preparing, replacing, sits
from .forming import refused, village
from .test_election_pages import get, post, somebody, text, url


@pytest.fixture
def v(db):
    return preparing()


@pytest.fixture
def sat(v):
    """A committee in office; `v.seat` is an ordinary member."""
    v.by = head(elected(v))
    v.seat = offices.holding(v.made)[2]
    return v


def recalled(v, by=None, body=None):
    item = replacing(v, body)
    return v.does(elections.put_recall, by or v.by, STANDS, seat=v.seat, item=item, ground="一年没来开会")


def told(v) -> list[str]:
    account = Post.objects.get(pk=v.seat.post_id).account_id
    rows = Message.objects.filter(compound_id=v.place.compound.pk, account_id=account, kind="recall")
    return list(rows.order_by("created_at", "pk").values_list("title", flat=True))


def opens(v, row, days=20):
    no = refuse_open(row.item.session, STANDS + timedelta(days=days))
    return no and no.key


# ── who puts it ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_subdistrict_and_who_convenes_the_session_take_each_step(sat):
    v = sat
    v.seat = offices.holding(v.made)[0]  # the chair: nobody of the committee presses
    other = somebody(v.place, Role.PREPARATORY_MEMBER)
    item = replacing(v, other.body_id)
    row = v.does(elections.put_recall, other, STANDS, seat=v.seat, item=item, ground="一年没开会")
    v.does(elections.hear, v.officer, STANDS, recall=row, spoke=True, words="当面说了三条")
    outcome_of(v, item, "passed", {})
    assert v.does(elections.decide_recall, other, STANDS, recall=row).removed
    assert v.seat.name not in [name for name, _ in sits(v)]
    assert told(v) == ["有人提议罢免您", "记下了您的申辩", "罢免的表决有结果了"]


def test_who_convenes_another_session_and_the_community_do_not(sat):
    v = sat
    other = somebody(v.place, Role.PREPARATORY_MEMBER)
    item = replacing(v)
    for by in (other, v.secretary, v.owner(0)):
        assert refused(elections.put_recall, v, by, STANDS, seat=v.seat, item=item, ground="一年没开会") == "not_yours"
    row = v.does(elections.put_recall, v.by, STANDS, seat=v.seat, item=item, ground="一年没来开会")
    assert refused(elections.hear, v, other, STANDS, recall=row, spoke=True, words="好") == "not_yours"
    with time_machine.travel(STANDS, tick=False):
        assert "临时会议" in text(get(v, v.officer, "election-seat", 1, v.seat.pk, "recall"))
        assert "临时会议" not in text(get(v, other, "election-seat", 1, v.seat.pk, "recall"))


@time_machine.travel(STANDS, tick=False)
def test_a_press_is_shown_to_those_alone_who_may_do_it_now(sat):
    v = sat
    other, row = somebody(v.place, Role.PREPARATORY_MEMBER), recalled(v)

    def shown(by):
        page = text(get(v, by, "election", 1))
        return [words for words in ("记本人申辩", "按表决结果办") if words in page]

    assert [shown(by) for by in (v.by, v.officer, other, v.secretary)] == [["记本人申辩"], ["记本人申辩"], [], []]
    assert get(v, other, "election-recall", 1, row.pk, "hear").status_code == 404
    v.does(elections.hear, v.by, STANDS, recall=row, spoke=True, words="住院了")
    assert shown(v.by) == []
    outcome_of(v, row.item, "passed", {})
    assert [shown(by) for by in (v.by, other)] == [["按表决结果办"], []]


@time_machine.travel(STANDS, tick=False)
def test_as_many_queries_for_one_recall_as_for_three(sat):
    v = sat
    item, asked = replacing(v), []
    session = item.session
    for at, seat in enumerate(offices.holding(v.made)[:3]):
        one = item if not at else Item.objects.create(
            compound_id=session.compound_id, session=session, place=at + 1, matter_no=3, title=f"更换第{at}位"
        )  # fmt: skip
        v.does(elections.put_recall, v.officer, STANDS, seat=seat, item=one, ground="一年没来开会")
        get(v, v.officer, "election", 1)
        with CaptureQueriesContext(connection) as caught:
            get(v, v.officer, "election", 1)
        asked.append(len(caught))
    assert asked[0] == asked[2], asked


@pytest.mark.parametrize("state", ["noticed", "open", "announced"])
def test_whom_a_vote_is_to_remove_is_known_with_its_agenda(sat, state):
    v, item = sat, replacing(sat)
    Session.objects.filter(compound_id=item.compound_id, pk=item.session_id).update(state=state)
    assert refused(elections.put_recall, v, v.by, STANDS, seat=v.seat, item=fresh(item), ground="没来") == "noticed"
    with time_machine.travel(STANDS, tick=False):
        assert "临时会议" not in text(get(v, v.by, "election-seat", 1, v.seat.pk, "recall"))


def fresh(item):
    return Item.objects.select_related("session").get(compound_id=item.compound_id, pk=item.pk)


def test_the_chair_takes_no_item_of_the_subdistrict_and_puts_nothing_against_himself(sat):
    v, chair = sat, offices.holding(sat.made)[0]
    theirs, ours = replacing(v, v.officer.body_id), replacing(v, number=3)
    assert refused(elections.put_recall, v, v.by, STANDS, seat=v.seat, item=theirs, ground="没来") == "not_yours"
    assert refused(elections.put_recall, v, v.by, STANDS, seat=chair, item=ours, ground="本人太忙") == "himself"
    row = v.does(elections.put_recall, v.officer, STANDS, seat=chair, item=theirs, ground="挪用公共收益")
    assert refused(elections.hear, v, v.by, STANDS, recall=row, spoke=True, words="没有") == "not_yours"
    with time_machine.travel(STANDS, tick=False):
        assert text(get(v, v.by, "election", 1)).count("提议罢免") == 5  # of four others; and what is put against him
        assert "记本人申辩" not in text(get(v, member(v, 1), "election", 1))
        assert "记本人申辩" in text(get(v, v.officer, "election", 1))


def test_another_ground_is_refused_never_lost(sat):
    v, item, once = sat, replacing(sat), uuid4()
    said = {"seat": v.seat, "item": item, "ground": "一年没来开会"}
    row = v.does(elections.put_recall, v.by, STANDS, **said, once=once)
    assert v.does(elections.put_recall, v.by, STANDS, **said, once=once) == row
    assert refused(elections.put_recall, v, v.officer, STANDS, **said | {"ground": "挪用公共收益"}) == "item"


# ── heard before the vote ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_is_heard_before_the_vote_or_it_removes_nobody(sat):
    v = sat
    row = recalled(v)
    assert queries.unheard(row.item.session, STANDS) == [v.seat.name] and opens(v, row) == "unheard"
    outcome_of(v, row.item, "passed", {})
    assert refused(elections.hear, v, v.by, STANDS, recall=row, spoke=True, words="有病假条") == "opened"
    assert refused(elections.speak, v, member(v, 2), STANDS, recall=row, spoke=True, words="有病假条") == "opened"
    assert refused(elections.decide_recall, v, v.by, STANDS, recall=row) == "unheard"


def test_who_says_nothing_was_told_a_week_before(sat):
    v = sat
    row = recalled(v)
    v.does(elections.hear, v.by, STANDS + timedelta(days=14), recall=row, spoke=False, words="6月16日当面告诉他")
    assert opens(v, row) == "unheard"
    assert opens(v, row, days=21) != "unheard"
    Session.objects.filter(pk=row.item.session_id, compound_id=v.place.compound.pk).update(state="noticed")
    page = text(get(v, v.owner(3), "election", 1))
    assert "当面告诉他满7天才能开始投票" in page and "当地规定可以另定" in page and "停止履职" not in page
    Formation.objects.filter(compound_id=v.place.compound.pk).update(profile="beijing")
    assert "北京市物业管理条例第四十六条、第四十七条：罢免表决前委员停止履职" in text(get(v, v.owner(3), "election", 1))
    Session.objects.filter(pk=row.item.session_id, compound_id=v.place.compound.pk).update(state="open")
    outcome_of(v, row.item, "passed", {})
    assert v.does(elections.decide_recall, v.by, STANDS + timedelta(days=40), recall=row).removed


def test_nobody_hears_or_decides_himself(sat):
    v = sat
    v.seat = offices.holding(v.made)[0]
    row = recalled(v, by=member(v, 1))
    assert refused(elections.hear, v, v.by, STANDS, recall=row, spoke=True, words="我很好") == "himself"
    v.does(elections.hear, member(v, 1), STANDS, recall=row, spoke=True, words="他说他很好")
    outcome_of(v, row.item, "rejected", {})
    assert refused(elections.decide_recall, v, v.by, STANDS, recall=row) == "himself"


@pytest.mark.parametrize(("result", "removed"), [("passed", True), ("rejected", False), ("quorum_not_met", False)])
def test_the_vote_decides_and_the_first_alternate_moves_up(sat, result, removed):
    v = sat
    row = recalled(v)
    v.does(elections.hear, v.by, STANDS, recall=row, spoke=True, words="住院三个月，有病历")
    assert queries.unheard(row.item.session, STANDS) == []
    assert refused(elections.decide_recall, v, v.by, STANDS, recall=row) == "not_announced"
    outcome_of(v, row.item, result, {})
    assert v.does(elections.decide_recall, v.by, STANDS, recall=row).removed is removed
    assert (v.seat.name in [name for name, _ in sits(v)]) is not removed
    assert sum(post != "alternate_member" for _, post in sits(v)) == 3


# ── a recount of the vote ───────────────────────────────────────────────────────────────────────────────────────────


RECOUNTED = STANDS + timedelta(days=5)


def recounted(v, row, result, turn=2):
    session = Session.objects.get(compound_id=v.made.compound_id, pk=row.item.session_id)
    at = RECOUNTED + timedelta(days=turn)
    Outcome.objects.create(
        compound=v.place.compound, item=row.item, result=result, found={}, turn=turn, sheet="", at=at
    )
    session.announced_at, session.state = at, "announced"
    session.save(update_fields=["announced_at", "state"])
    tell_reseating(session, at)
    return at


def voted(v, result):
    """Carried out by the first count."""
    row = recalled(v)
    v.does(elections.hear, v.by, STANDS, recall=row, spoke=True, words="住院三个月，有病历")
    outcome_of(v, row.item, result, {})
    return v.does(elections.decide_recall, v.by, STANDS, recall=row)


def test_who_was_removed_sits_again_where_a_recount_finds_he_was_not(sat):
    v, himself = sat, member(sat, 2)
    sat_first = sits(v)
    row = voted(v, "passed")
    assert v.does(elections.decide_recall, v.by, STANDS, recall=row).decided_at == row.decided_at
    at = recounted(v, row, "rejected")
    assert offices.reseating(v.made.compound_id) == v.made
    with pytest.raises(Refused, match="不花钱"):
        ask_unfrozen(v.made.compound_id, at)
    told = Message.objects.filter(compound_id=v.made.compound_id, kind="reseating").values_list("account_id", flat=True)
    assert {himself.account_id, v.officer.account_id, v.by.account_id} <= set(told)
    with time_machine.travel(at, tick=False):
        page = text(get(v, v.by, "election", 1))
        assert "结果变了" in page and "按表决结果办" in page
        assert "按表决结果办" not in text(get(v, v.owner(9), "election", 1))
    assert v.does(elections.decide_recall, v.by, at, recall=row).removed is False
    assert sits(v) == sat_first and offices.reseating(v.made.compound_id) is None
    held = Post.objects.filter(organisation=v.made.made, account_id=himself.account_id).latest("from_day", "pk")
    assert (held.kind, held.from_day, held.to_day) == ("committee_member", at.date(), v.made.term_to)
    assert f"{v.seat.name}继续担任委员" in posted(v) and "仍为候补委员" in posted(v)
    with time_machine.travel(at, tick=False):
        page = text(get(v, v.by, "election", 1))
        assert "结果变了" not in page and "没有通过，继续任职" in page and "按表决结果办" not in page


def test_who_stayed_goes_where_a_recount_finds_he_was_removed(sat):
    v = sat
    row = voted(v, "rejected")
    at = recounted(v, row, "passed")
    assert offices.reseating(v.made.compound_id) == v.made
    assert v.does(elections.decide_recall, v.by, at, recall=row).removed is True
    assert v.seat.name not in [name for name, _ in sits(v)] and offices.reseating(v.made.compound_id) is None
    back = recounted(v, row, "rejected", turn=3)
    v.does(elections.decide_recall, v.by, back, recall=row)
    assert v.seat.name in [name for name, _ in sits(v)]


@pytest.mark.parametrize("result", ["passed", "rejected"])
def test_a_recount_that_finds_the_same_of_a_recall_changes_nobody(sat, result):
    v = sat
    row = voted(v, result)
    before, at = sits(v), recounted(v, row, result)
    assert offices.reseating(v.made.compound_id) is None
    assert v.does(elections.decide_recall, v.by, at, recall=row).decided_at == row.decided_at and sits(v) == before


# ── his own page ────────────────────────────────────────────────────────────────────────────────────────────────────


@time_machine.travel(STANDS, tick=False)
def test_he_writes_for_himself_even_after_another_wrote_it_down(sat):
    v = sat
    row, himself = recalled(v), member(v, 2)
    v.does(elections.hear, v.by, STANDS, recall=row, spoke=True, words="他说住院了")
    assert "写我的申辩" in text(get(v, himself, "election", 1)) and "写我的申辩" not in text(
        get(v, v.by, "election", 1)
    )
    page = text(get(v, himself, "recall", 1, row.pk))
    assert "一年没来开会" in page and "他说住院了" in page
    empty = post(v, himself, "recall", 1, row.pk, spoke="yes", words="")
    assert empty.status_code == 422
    done = post(v, himself, "recall", 1, row.pk, spoke="yes", words="住院三个月，病历在这里")
    assert "公布了" in text(done) and "交了不能改" not in text(done)
    shown = text(get(v, v.owner(9), "election", 1))
    assert "住院三个月" in shown and "记录：他说住院了" in shown
    again = post(v, himself, "recall", 1, row.pk, spoke="yes", words="再说一句")
    assert again.status_code == 422 and "已经公布了" in text(again)


@time_machine.travel(STANDS, tick=False)
def test_that_he_will_not_speak_he_alone_says(sat):
    v = sat
    row, himself = recalled(v), member(v, 2)
    assert "公布了" in text(post(v, himself, "recall", 1, row.pk, spoke="no", words=""))
    assert "本人表示不申辩" in text(get(v, v.owner(9), "election", 1))
    assert queries.unheard(row.item.session, STANDS) == []
    with pytest.raises(Refused):
        v.does(elections.speak, v.by, STANDS, recall=row, spoke=False)


@time_machine.travel(STANDS, tick=False)
def test_the_page_is_his_alone(sat):
    v = sat
    row = recalled(v)
    there = village(homes=4, slug="there")
    for by in (v.by, v.officer, v.secretary, v.owner(9)):
        assert get(v, by, "recall", 1, row.pk).status_code == 404
    assert there.place.client(there.officer).get(url(v, "recall", 1, row.pk)).status_code == 404
    assert get(v, member(v, 2), "recall", 1, row.pk).status_code == 200
