from collections import Counter
from datetime import datetime
from random import Random

import pytest

from linli.kernel.clock import SHANGHAI
from linli.people.rules import POSTS, Body, Role
from linli.web.samples.names import RARE, Names
from linli.web.samples.places import MODELS, places

NOW = datetime(2026, 11, 22, 19, 30, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def towns():
    names = Names(Random(7))
    return {m.slug: places(m, NOW, 7, names) for m in MODELS}


def test_compounds_have_the_figures_of_the_articles(towns):
    size = {slug: (len(t.buildings), len(t.homes)) for slug, t in towns.items()}
    assert size == {"liuxi": (62, 1650), "yunpo": (14, 696), "laoliangzhan": (4, 120)}
    big = towns["liuxi"]
    living = {t.person for t in big.tenures if big.homes[t.home].occupied != "empty"}
    assert 4_600 <= len(living) <= 5_300
    assert sum(h.title != "certified" for h in towns["yunpo"].homes.values()) == 418
    assert {b.built_year for b in towns["yunpo"].buildings} == {2012}
    old = towns["laoliangzhan"]
    assert old.is_unmanaged and len(old.posts_of("resident_representative")) == 57
    assert not {b.kind for b in old.bodies} & {"property_company", "owners_committee"}


def test_every_home_has_an_owner_and_an_area(towns):
    for town in towns.values():
        assert {t.home for t in town.tenures if t.relation == "owner"} == set(town.homes)
        assert all(4_000 < h.area < 14_000 for h in town.homes.values())


def test_people_are_as_tangled_as_in_life(towns):
    for town in towns.values():
        owned = Counter(t.person for t in town.tenures if t.relation == "owner")
        phones = Counter(p.phone for p in town.persons.values() if p.phone)
        assert max(owned.values()) > 1
        assert max(phones.values()) > 1
        assert any(not p.phone for p in town.persons.values())
        assert any(p.kind == "legal" for p in town.persons.values())
        assert {t.relation for t in town.tenures} == {"owner", "family", "tenant"}
        assert any(RARE in p.name for p in town.persons.values())
        assert set(town.persons) == {t.person for t in town.tenures}


def test_shares_of_a_home_make_one(towns):
    for town in towns.values():
        shares = Counter()
        for t in town.tenures:
            if t.share:
                shares[t.home] += t.share[0] * 60 // t.share[1]
        assert set(shares.values()) == {60}


def test_posts_belong_to_bodies_that_may_have_them(towns):
    for town in towns.values():
        kinds = {b.key: Body(b.kind) for b in town.bodies}
        for post in town.posts:
            assert kinds[post.body] in POSTS[Role(post.kind)]
            assert post.phone and post.since < NOW.date()
            assert not post.person or town.persons[post.person].name == post.name
        assert len({p.phone for p in town.posts}) == len(town.posts)


def test_demo_resident_owns_the_demo_home_and_a_phone_of_their_own(towns):
    for town in towns.values():
        demo = town.persons[town.demo_resident]
        assert town.demo_home in {t.home for t in town.tenures if t.person == demo.key and t.relation == "owner"}
        assert [p.key for p in town.persons.values() if p.phone == demo.phone] == [demo.key]


def test_phones_of_a_block_are_shared_only_within_a_home(towns):
    for town in towns.values():
        homes_of = {}
        for t in town.tenures:
            homes_of.setdefault(t.person, set()).add(t.home)
        by_phone = {}
        for p in town.persons.values():
            if p.phone:
                by_phone.setdefault(p.phone, []).append(homes_of[p.key])
        assert all(set.intersection(*homes) for homes in by_phone.values())
