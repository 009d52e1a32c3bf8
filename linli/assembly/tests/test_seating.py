"""Who sits on a property management committee: confirmed, noticed, established, filed (domain §3.13)."""

from datetime import date, timedelta
from uuid import uuid4

from linli.assembly.models import Formation, Nominee
from linli.assembly.queries import offices
from linli.assembly.services import elections
from linli.matters.tests.makers import NOW
from linli.notices.models import Posting
from linli.people.models import Organisation, Post
from linli.people.rules import Body

from .forming import (
    COUNTED,
    ENDS,
    announced,
    counted,
    noticed,
    refused,
    seated,
    ticking,
    village,
)

TICKED = {1: [0, 1, 2, 3], 2: [0, 1, 2, 3], 3: [0, 1, 2, 4]}


def test_posts_with_a_term_come_of_it_and_the_seal_is_recorded(v):
    counted(ticking(v), TICKED | {4: [3]})
    noticed(v)
    assert refused(elections.establish, v, v.officer, COUNTED + timedelta(days=7)) == "noticed"
    v.does(elections.establish, v.officer, ENDS)
    made = v.does(elections.file, v.officer, ENDS, filing_no="街备〔2026〕3 号", seal="公章一枚，居委会保管")
    body = Organisation.objects.get(compound=v.place.compound, kind=Body.PMC)
    posts = Post.objects.filter(organisation=body)
    assert made.state == "filed" and made.made_id == body.pk and made.term_to == date(2029, 4, 20)
    assert sorted(posts.values_list("kind", flat=True)) == ["pmc_chair"] + ["pmc_member"] * 6
    assert set(posts.values_list("from_day", "to_day")) == {(date(2026, 4, 21), date(2029, 4, 20))}
    assert {row.account_id for row in posts} >= {v.owner(n).account_id for n in range(4)}


def test_only_the_subdistrict_confirms_and_the_ranking_decides(v):
    seated(counted(ticking(v), TICKED | {4: [3]}))
    chair = offices.seats(v.made)[0].pk
    for by in (v.secretary, v.worker, v.owner(0)):
        assert refused(elections.confirm, v, by, COUNTED, chair=chair) == "not_yours"
    v.does(elections.confirm, v.officer, COUNTED, chair=chair)
    owners = [row.name for row in offices.sitting(offices.seats(v.made)) if row.nominee_id]
    assert sorted(owners) == ["业主0", "业主1", "业主2", "业主3"]


def test_whom_the_subdistrict_passes_over_is_named_with_the_reason_and_the_next_sits(v):
    counted(ticking(v), TICKED | {4: [3]})
    first = Nominee.objects.get(compound_id=v.made.compound_id, person=v.persons[0])
    v.does(elections.pass_over, v.officer, COUNTED, nominee=first, reason="上月搬走，不常住")
    noticed(v)
    owners = {row.name for row in offices.sitting(offices.seats(v.made)) if row.nominee_id}
    assert owners == {"业主1", "业主2", "业主3", "业主4"}
    assert (
        "业主0得票在前，没有确认：上月搬走" in Posting.objects.filter(compound_id=v.made.compound_id).latest("id").body
    )


def test_composition_is_held_at_confirming(v):
    counted(ticking(v), TICKED | {4: [3]})
    assert refused(elections.confirm, v, v.officer, COUNTED, chair=None) == "members"
    seated(v)
    assert refused(elections.confirm, v, v.officer, COUNTED, chair=None) == "no_chair"
    more = {"name": "多一个", "phone": "13812345699", "capacity": "other"}
    assert refused(elections.add_seat, v, v.officer, COUNTED, **more) == "seats"


def test_beijing_wants_a_chair_of_the_residents_committee(v):
    counted(ticking(v), TICKED | {4: [3]})
    Formation.objects.filter(compound_id=v.made.compound_id).update(profile="beijing")
    seated(v)
    ours, theirs = offices.seats(v.made)[:2]
    assert refused(elections.confirm, v, v.officer, COUNTED, chair=theirs.pk) == "chair_from"
    v.does(elections.confirm, v.officer, COUNTED, chair=ours.pk)


def test_an_objection_that_was_right_sends_the_names_back(v):
    noticed(counted(ticking(v), TICKED | {4: [3]}))
    row = v.does(elections.object_to, v.owner(20), COUNTED, words="业主0不是本人签的字")
    assert refused(elections.establish, v, v.officer, ENDS) == "objections"
    v.does(elections.answer, v.officer, ENDS, objection=row, upheld=True, words="核过了，属实")
    v.does(elections.take_back, v.officer, ENDS, reason="异议属实，重新确认")
    first = Nominee.objects.get(compound_id=v.made.compound_id, person=v.persons[0])
    v.does(elections.pass_over, v.officer, ENDS, nominee=first, reason="异议属实")
    v.does(elections.confirm, v.officer, ENDS, chair=offices.seats(v.made)[0].pk)
    owners = {row.name for row in offices.sitting(offices.seats(v.made)) if row.nominee_id}
    assert owners == {"业主1", "业主2", "业主3", "业主4"} and v.made.noticed_at is None


def test_given_up_with_a_reason_another_may_begin(v):
    announced(v)
    v.does(elections.cancel, v.secretary, NOW, reason="先补业主名册")
    assert (
        v.made.reason == "先补业主名册"
        and refused(elections.stand, v, v.owner(0), why="好", pledge=True) == "wrong_state"
    )
    assert announced(v).made.number == 2


def test_each_step_sent_twice_is_done_once(v):
    announced(v)
    said = {"why": "好", "pledge": True, "once": uuid4()}
    assert v.does(elections.stand, v.owner(0), NOW, **said).pk == v.does(elections.stand, v.owner(0), NOW, **said).pk
    once = uuid4()
    made = v.does(elections.nominate, v.worker, NOW, name="业主1", home=v.place.homes[1], why="好")
    for _ in range(2):
        row = v.does(elections.back, v.owner(2), NOW, nominee=made, once=once)
    assert row.backings == 1


def test_people_of_another_compound_have_no_part(v):
    announced(v)
    other = village(slug="there", homes=4)
    for by in (other.secretary, other.worker, other.owner(0)):
        assert refused(elections.cancel, v, by, reason="不") == "not_yours"
