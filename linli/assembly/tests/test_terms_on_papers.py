"""Every paper of an election names the term of the committee elected, and every body the one it serves (domain §7.1)."""

from datetime import timedelta

import pytest
import time_machine

from linli.assembly.models import Formation, Session
from linli.assembly.queries.held import in_term, signs, term_elected
from linli.assembly.services import elections
from linli.matters.tests.makers import NOW
from linli.people.models import Post
from linli.people.rules import Role

from .electing import STANDS, again, called, convened_by_a_group, decided, head, posted, preparing
from .forming import LISTED, standing
from .test_election_pages import get, text


@pytest.fixture
def first(db):
    """Nobody sat before."""
    v = preparing()
    Post.objects.filter(organisation=v.place.committee).update(kind=Role.COMMITTEE_SECRETARY)
    return v


def test_every_paper_of_the_election_says_the_term_elected(first):
    v = first
    convenes = v.place.committee
    v.chair = v.place.post(Role.COMMITTEE_CHAIR, convenes, name="吴海")
    Post.objects.filter(organisation=convenes).update(kind=Role.COMMITTEE_SECRETARY)
    with time_machine.travel(NOW, tick=False):
        called(v)
        assert "业主委员会（第一届）候选人联名推荐表" in text(get(v, v.owner(0), "election-print", 1, "joint"))
    for n in range(5):
        standing(v, n)
    v.does(elections.post_list, v.chair, LISTED)
    assert "业主委员会（第一届）候选人 5 人" in posted(v)
    session = Session.objects.filter(pk=v.vote.session.pk, compound_id=v.place.compound.pk)
    session.update(state="noticed", noticed_at=LISTED, register_published_at=LISTED, record_on=LISTED.date())
    with time_machine.travel(LISTED, tick=False):
        assert "业主委员会（第一届）候选人名单公示" in text(get(v, v.owner(9), "election-print", 1, "candidates"))
        assert "选举业主委员会（第一届，应选3名，候选人5名）" in text(get(v, v.owner(9), "print", 1, "notice"))


@time_machine.travel(STANDS, tick=False)
def test_the_second_follows_the_first_and_a_vacancy_is_of_the_term_that_runs(first):
    v = first
    decided(v)
    v.does(elections.take_office, convened_by_a_group(v), STANDS)
    made, body = v.made, v.made.made
    assert term_elected(made) == 1
    assert signs(body, made.compound_id, STANDS.date()) == f"{body.name}（第一届）"
    assert signs(body, made.compound_id, NOW.date()) == body.name
    by = head(v)
    again(v, by, STANDS + timedelta(days=1))
    second = Formation.objects.get(compound_id=made.compound_id, number=2)
    assert (term_elected(made), term_elected(second)) == (1, 2)
    assert in_term(second).endswith("业主委员会（第二届）")
    second.fills, second.term_from = "vacancy", None
    assert term_elected(second) == 1
