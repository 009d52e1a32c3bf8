"""A candidate leaves after the notice: by himself, or by an upheld objection and two; shown and told, and the count holds."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Candidate, Nominee, Session
from linli.assembly.queries import elections as queries
from linli.assembly.services import count, drafting, elections
from linli.assembly.services.convening import refuse_notice, refuse_open
from linli.kernel.verifier import check
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.people.models import Person
from linli.people.rules import Role

from . import boxes
from .electing import called, listed, posted, preparing
from .forming import LISTED, UNTIL, refused
from .test_bulletins import bulletin_of
from .test_election_pages import get, post, text
from .test_signing import announced

WHEN = LISTED + timedelta(days=20)


@pytest.fixture
def v(db):
    return preparing()


@pytest.fixture
def open_(v):
    """Owners vote; `v.gone` is on the list."""
    listed(v)
    v.gone = queries.listed(v.made)[0]
    Session.objects.filter(pk=v.vote.session.pk, compound_id=v.place.compound.pk).update(
        state="open", noticed_at=LISTED, register_published_at=LISTED, record_on=LISTED.date(), opens_at=LISTED + timedelta(days=16),
        closes_at=LISTED + timedelta(days=30),
    )  # fmt: skip
    return v


def himself(v):
    return v.owner(v.persons.index(v.gone.person))


@time_machine.travel(WHEN, tick=False)
def test_nobody_takes_a_candidate_out_alone_after_the_notice(open_):
    v, at = open_, WHEN
    for by in (v.worker, v.chair):
        assert refused(elections.drop, v, by, at, nominee=v.gone, reason="不合适") == "only_himself"
        assert "/drop/" not in get(v, by, "nominee", 1, v.gone.pk).content.decode()
    assert v.gone.pk in [row.pk for row in queries.listed(v.made)]


@time_machine.travel(WHEN, tick=False)
def test_who_withdraws_himself_is_said_to_have_left_and_everybody_is_told(open_):
    v = open_
    Person.objects.filter(compound_id=v.place.compound.pk, pk=v.vote.owners[0][0].pk).update(phone="13811110001")
    assert "不在候选人里了" in text(post(v, himself(v), "nominee-act", 1, v.gone.pk, "drop", reason="家里有事"))
    for name, more in (("session", (1,)), ("election", (1,)), ("print", (1, "notice"))):
        page = text(get(v, v.owner(9), name, *more))
        assert v.gone.name in page and "退出" in page, name
    rest = "、".join(row.name for row in queries.listed(v.made))
    assert f"现在的候选人：{rest}。" in posted(v) and "对其他候选人的选择不变" in posted(v)
    told = Message.objects.get(compound_id=v.place.compound.pk, title="候选人有变化")
    assert told.phone == "13811110001" and v.gone.name in told.body
    assert Candidate.objects.get(compound_id=v.place.compound.pk, person=v.gone.person).withdrawn_at == WHEN


def objected(v, upheld=True, named=None):
    made = v.does(elections.object_to, v.owner(9), WHEN, words="他不是业主")
    said = {"objection": made, "upheld": upheld, "words": "查了登记，不是业主"}
    v.does(elections.answer, v.chair, WHEN, **said, nominee=named and named.pk)
    return made


def rivals(v, by):
    """One of the list presses himself."""
    rows = Nominee.objects.filter(compound_id=v.made.compound_id, pk=queries.listed(v.made)[1].pk)
    rows.update(account_id=by.account_id)


def test_an_upheld_objection_takes_him_out_when_two_agree(open_):
    v = open_
    no = objected(v, upheld=False)
    assert refused(elections.strike, v, v.chair, WHEN, nominee=v.gone, objection=no.pk) == "not_upheld"
    right = objected(v, named=v.gone)
    assert refused(elections.strike, v, v.worker, WHEN, nominee=v.gone, objection=right.pk) == "not_yours"
    assert refused(elections.agree, v, v.worker, WHEN, nominee=v.gone) == "not_struck"
    with time_machine.travel(WHEN, tick=False):
        said = post(v, v.chair, "nominee-act", 1, v.gone.pk, "strike", objection=str(right.pk))
        assert "等另一位确认" in text(said) and "确认除名" not in text(get(v, v.chair, "nominee", 1, v.gone.pk))
        assert refused(elections.agree, v, v.chair, WHEN, nominee=v.gone) == "same"
        assert v.gone.pk in [row.pk for row in queries.listed(v.made)]
        assert "查了登记" in text(get(v, v.worker, "nominee-act", 1, v.gone.pk, "agree"))
        assert "也公告了" in text(post(v, v.worker, "nominee-act", 1, v.gone.pk, "agree"))
        shown = text(get(v, v.owner(8), "election", 1))
        assert "异议属实：查了登记" in shown and f"{v.gone.name}因此不能参选" in shown


def test_an_upheld_objection_takes_out_nobody_but_whom_its_answer_names(open_):
    v = open_
    others = objected(v), objected(v, named=queries.listed(v.made)[1])
    for right in others:
        assert refused(elections.strike, v, v.chair, WHEN, nominee=v.gone, objection=right.pk) == "not_upheld"
    with time_machine.travel(WHEN, tick=False):
        assert "按异议除名" not in text(get(v, v.chair, "nominee", 1, v.gone.pk))
        assert "按异议除名" in text(get(v, v.chair, "nominee", 1, queries.listed(v.made)[1].pk))
    made = v.does(elections.object_to, v.owner(9), WHEN, words="他不是业主")
    said = {"objection": made, "words": "查了"}
    assert refused(elections.answer, v, v.chair, WHEN, **said, upheld=False, nominee=v.gone.pk) == "not_upheld"
    assert refused(elections.answer, v, v.chair, WHEN, **said, upheld=True, nominee=uuid4()) == "unknown"
    page = {"upheld": "yes", "words": "查了登记", "nominee": str(v.gone.pk)}
    with time_machine.travel(WHEN, tick=False):
        assert "答复了" in text(post(v, v.chair, "election-answer", 1, made.pk, **page))
    made.refresh_from_db()
    assert made.nominee_id == v.gone.pk
    v.does(elections.strike, v.chair, WHEN, nominee=v.gone, objection=made.pk)


def test_no_candidate_says_who_may_not_stand_nor_presses(open_):
    v = open_
    right = objected(v, named=v.gone)
    more = v.does(elections.object_to, v.owner(9), WHEN, words="他不是业主")
    rivals(v, v.chair)
    said = {"objection": more, "upheld": True, "words": "是"}
    assert refused(elections.answer, v, v.chair, WHEN, **said, nominee=v.gone.pk) == "stands"
    assert refused(elections.strike, v, v.chair, WHEN, nominee=v.gone, objection=right.pk) == "stands"
    other = v.place.post(Role.COMMITTEE_MEMBER, v.made.body)
    v.does(elections.strike, other, WHEN, nominee=v.gone, objection=right.pk)
    rivals(v, v.worker)
    assert refused(elections.agree, v, v.worker, WHEN, nominee=v.gone) == "stands"
    with time_machine.travel(WHEN, tick=False):
        assert "确认除名" not in text(get(v, v.worker, "nominee", 1, v.gone.pk))


@pytest.mark.parametrize("state", ["closed", "counting", "announced", "filed"])
def test_nobody_is_taken_out_once_the_vote_has_closed(open_, state):
    v = open_
    right = objected(v, named=v.gone)
    v.does(elections.strike, v.chair, WHEN, nominee=v.gone, objection=right.pk)
    late = LISTED + timedelta(days=30, hours=1)
    assert refused(elections.agree, v, v.worker, late, nominee=v.gone) == "closed"
    Session.objects.filter(compound_id=v.place.compound.pk).update(state=state, closes_at=WHEN - timedelta(hours=1))
    assert refused(elections.strike, v, v.chair, WHEN, nominee=v.gone, objection=right.pk) == "closed"
    assert refused(elections.agree, v, v.worker, WHEN, nominee=v.gone) == "closed"
    with time_machine.travel(WHEN, tick=False):
        assert "确认除名" not in text(get(v, v.worker, "nominee", 1, v.gone.pk))


def test_only_after_the_notice_and_within_the_compound(v):
    listed(v)
    v.gone = queries.listed(v.made)[0]
    right = objected(v)
    assert refused(elections.strike, v, v.chair, WHEN, nominee=v.gone, objection=right.pk) == "not_noticed"
    with time_machine.travel(WHEN, tick=False):
        for by in (v.owner(8), v.place.post(Role.RESIDENT_REPRESENTATIVE), v.officer):
            assert get(v, by, "nominee-act", 1, v.gone.pk, "strike").status_code == 404


def test_a_ballot_that_is_closed_is_counted_as_it_was(open_):
    v, at = open_, LISTED + timedelta(days=31)
    Session.objects.filter(compound_id=v.place.compound.pk).update(state="closed")
    v.does(elections.drop, himself(v), at, nominee=v.gone, reason="家里有事")
    assert Candidate.objects.get(compound_id=v.place.compound.pk, person=v.gone.person).withdrawn_at is None
    assert "由后面的按名次递补" in posted(v)


@pytest.mark.parametrize("form", ["per_candidate", "choose_up_to_N"])
def test_the_verifier_agrees_with_the_count_where_somebody_left(place, chair, form):
    given = boxes.case(homes=9)
    given |= {"matter_no": 3, "election": {"seats": 2, "candidates": ["a", "b", "w"], "form": form}}
    ticked = [("a", "w")] * 3 + [("w",)] + [("a", "b")] * 3
    given["ballots"] = [
        {
            "id": f"B{n:03}", "home": f"9-1-{n:04}", "owner": f"p{n}", "choices": dict.fromkeys(names, "approve"), "channel": "online",
            "valid": True, "at": f"2026-03-25T09:00:{n:02}+08:00",
        }
        for n, names in enumerate(ticked, 1)
    ]  # fmt: skip
    made = boxes.laid(place, given, by=chair)
    staff = boxes.officers(place, made, chair=chair)
    Candidate.objects.filter(compound_id=place.compound.pk, code="w").update(withdrawn_at=made.session.opens_at)
    with time_machine.travel(boxes.AFTER + timedelta(hours=1), tick=False):
        boxes.opened(made, staff)
        (outcome,) = count.tally(session=made.session, by=staff["teller1"], at=boxes.AFTER)
        announced(made, staff)
        officers, owner = place.client(staff["teller1"]), place.client(place.resident())
        at = {"slug": place.slug, "number": made.session.number}
        said = "投给他的不计，对其他候选人的选择不变"
        assert said in text(officers.get(reverse("assembly:count", kwargs=at)))
        assert said in text(owner.get(reverse("assembly:result", kwargs=at)))
        for kind in ("count", "result"):
            page = text(owner.get(reverse("assembly:print", kwargs={**at, "kind": kind})))
            assert "退出候选人，" + said in page, kind
    assert outcome.found["participating"]["persons"] == 7
    assert [c["name"] for c in outcome.found["election"]["candidates"]] == ["a", "b"]
    check(bulletin_of(made, "inspection"))
    check(bulletin_of(made, "public"))


# ── the list stands when the notice goes out, and when the box opens ────────────────────────────────────────────────


def notice_says(v):
    v.vote.session.refresh_from_db()
    no = refuse_notice(v.vote.session, LISTED)
    return no and no.key


def test_no_notice_over_a_changed_list_or_an_open_objection(v):
    listed(v)
    Session.objects.filter(compound_id=v.place.compound.pk).update(
        register_parties=9, closes_at=NOW + timedelta(days=50)
    )
    assert notice_says(v) is None
    v.does(elections.drop, v.chair, LISTED + timedelta(hours=1), nominee=queries.listed(v.made)[0], reason="不参选了")
    assert notice_says(v) == "changed"
    v.does(elections.post_list, v.chair, LISTED + timedelta(hours=2))
    assert notice_says(v) is None
    made = v.does(elections.object_to, v.owner(9), LISTED, words="他不是业主")
    assert notice_says(v) == "list_objections"
    v.does(elections.answer, v.chair, LISTED, objection=made, upheld=False, words="是业主")
    assert notice_says(v) is None


def test_no_box_opens_over_an_open_objection_to_the_list(open_):
    v = open_
    Session.objects.filter(compound_id=v.place.compound.pk).update(state="noticed")
    v.vote.session.refresh_from_db()
    assert refuse_open(v.vote.session, WHEN) is None
    made = v.does(elections.object_to, v.owner(9), WHEN, words="他不是业主")
    no = refuse_open(v.vote.session, WHEN)
    assert no and no.key == "list_objections"
    v.does(elections.answer, v.chair, WHEN, objection=made, upheld=False, words="是业主")
    assert refuse_open(v.vote.session, WHEN) is None


# ── recommendations end on their day ────────────────────────────────────────────────────────────────────────────────


def test_after_the_last_day_nobody_recommends(v):
    called(v)
    home = v.place.homes[0]
    joint = v.does(elections.nominate, v.owner(1), NOW, name="业主0", home=home, why="好")
    assert refused(elections.stand, v, v.owner(2), LISTED, why="晚了", pledge=True) == "over"
    assert refused(elections.nominate, v, v.owner(2), LISTED, name="业主3", home=v.place.homes[3], why="好") == "over"
    assert refused(elections.back, v, v.owner(2), LISTED, nominee=joint) == "over"
    with time_machine.travel(LISTED, tick=False):
        page = text(get(v, v.owner(2), "election", 1))
        assert "我自荐" not in page and "推荐一位邻居" not in page
        assert get(v, v.owner(2), "election-act", 1, "stand").status_code == 302
        assert "我家联名推荐" not in text(get(v, v.owner(2), "nominee", 1, joint.pk))


def test_a_worker_enters_later_what_was_handed_in_in_time(v):
    called(v)
    said = {"name": "业主3", "home": v.place.homes[3].label, "way": "joint", "why": "好", "phone": "13811110003"}
    with time_machine.travel(LISTED, tick=False):
        late = post(v, v.worker, "election-act", 1, "nominate", **said, received=LISTED.date().isoformat())
        assert late.status_code == 422 and "截止了" in text(late)
        ahead = post(v, v.worker, "election-act", 1, "nominate", **said, received="2026-04-02")
        assert ahead.status_code == 422 and "不会在今天以后" in text(ahead)
        assert "等他本人同意" in text(
            post(v, v.worker, "election-act", 1, "nominate", **said, received=UNTIL.isoformat())
        )
        row = queries.nominees(v.made)[0]
        signs = {"name": "业主5", "home": v.place.homes[5].label, "received": UNTIL.isoformat()}
        assert "签上了" in text(post(v, v.worker, "nominee-act", 1, row.pk, "back", **signs))


# ── given up ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_candidates_given_up_free_the_item_while_the_agenda_is_made(v):
    listed(v)
    first = v.made
    v.does(elections.cancel, v.chair, LISTED, reason="人选太少")
    first.refresh_from_db()
    assert (first.state, first.item) == ("cancelled", None)
    assert not Candidate.objects.filter(compound_id=v.place.compound.pk).exists()
    assert [row.pk for row in queries.electable(v.place.compound.pk)] == [v.vote.items[0].pk]
    called(v)
    assert v.made.number == 2


def test_after_the_notice_an_election_goes_with_its_session_alone(v):
    listed(v)
    Session.objects.filter(compound_id=v.place.compound.pk).update(state="noticed")
    assert refused(elections.cancel, v, v.chair, LISTED, reason="不选了") == "noticed"
    drafting.cancel(by=v.chair, session=v.vote.session, reason="日子不合适", at=LISTED)
    assert (v.made.state, v.made.reason) == ("cancelled", "日子不合适")
