"""The register is the election: identical owner sets are one party, nothing is dropped, and what was locked stays."""

import time
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from linli.assembly.models import Item, Paper, Party, RegisterOwner
from linli.assembly.queries import prints
from linli.assembly.queries import register as queries
from linli.assembly.services import convening, register
from linli.assembly.tests import stage
from linli.kernel import receipts
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.people.models import Binding, Ownership, Person
from linli.people.rules import Role
from linli.places.models import Home
from linli.plumbing.tenancy import uuid7


@pytest.fixture
def session(place, chair):
    return stage.drafted(place, chair).session


def built(session, chair):
    return register.build(by=chair, session=session, at=NOW)


def parties(session):
    rows = Party.objects.filter(compound_id=session.compound_id, session=session).order_by("number")
    return list(rows.values_list("label", "homes", "area"))


def homes(place):
    return [home.label for home in place.homes]


def test_homes_of_the_same_owners_are_one_party(place, chair, session):
    zhang, li = (
        Person.objects.create(compound=place.compound, name="张三"),
        Person.objects.create(compound=place.compound, name="李四"),
    )
    a, b, c, d = place.homes
    for home, owners in ((a, [zhang]), (b, [zhang]), (c, [zhang, li]), (d, [li, zhang])):
        for person in owners:
            Ownership.objects.create(compound=place.compound, home=home, person=person)
    session = built(session, chair)
    assert [(n, area) for _label, n, area in parties(session)] == [(2, 17_800), (2, 17_800)]
    assert (session.register_parties, session.register_area) == (2, 35_600)
    assert queries.overlaps(session) == [(f"{a.label}、{b.label}", f"{c.label}、{d.label}")]


def test_one_person_registered_twice_is_one_party_by_identity(place, chair, session):
    a, b, c, d = place.homes
    for home, hash in ((a, "x"), (b, "x")):
        person = Person.objects.create(
            compound=place.compound, name="张三", identity_hash=hash, phone=f"1380000000{hash}"
        )
        Ownership.objects.create(compound=place.compound, home=home, person=person)
    stage.own(c, "李四", phone="13800000001")
    stage.own(d, "李四", phone="13800000001")
    assert [n for _label, n, _area in parties(built(session, chair))] == [2, 1, 1]


def same(session, chair, one, other, yes=True, at=NOW):
    register.say_same(by=chair, session=session, person=one.pk, other=other.pk, same=yes, words="看了身份证", at=at)


def test_by_name_and_number_they_are_one_only_when_somebody_confirms_it(place, chair, session):
    a, b, c, d = place.homes
    first, second, third = (stage.own(home, "李四", phone="13800000001")[0] for home in (a, b, c))
    stage.own(d, "李四", phone="13800000002")
    built(session, chair)
    asked = [(x.person, y.person) for x, y in queries.perhaps_same(session)]
    assert asked == [(first.pk, second.pk), (first.pk, third.pk)]
    with time_machine.travel(NOW, tick=False):
        browser = place.client(chair)
        assert "李*：" in browser.get(reverse("assembly:register", args=[place.slug, 1])).content.decode()
        at = reverse("assembly:same-owner", args=[place.slug, 1, first.pk, second.pk])
        assert browser.post(at, {"once": uuid7(), "same": "1"}).status_code == 422
        assert browser.post(at, {"once": uuid7(), "same": "1", "words": "看了身份证"}).status_code == 302
        assert (
            "另一位也核对" in browser.post(at, {"once": uuid7(), "same": "1", "words": "看了身份证"}).content.decode()
        )
        assert [n for _label, n, _area in parties(session)] == [1, 1, 1, 1]
        other = place.client(place.post(Role.COMMITTEE_VICE_CHAIR))
        assert "等另一位核对" in other.get(reverse("assembly:register", args=[place.slug, 1])).content.decode()
        assert "看了身份证" in other.get(at).content.decode()
        assert other.post(at, {"once": uuid7(), "same": "1", "words": "问了本人"}).status_code == 302
        assert place.client(place.resident()).get(at).status_code == 404
    assert [n for _label, n, _area in parties(session)] == [2, 1, 1]
    same(session, chair, first, third, yes=False)
    assert [(x.person, y.person) for x, y in queries.perhaps_same(session)] == [(first.pk, third.pk)]
    with pytest.raises(Refused, match="另一位"):
        same(session, chair, first, third, yes=False)
    same(session, place.post(Role.COMMITTEE_VICE_CHAIR), first, third, yes=False)
    assert [(x.person, y.person) for x, y in queries.perhaps_same(session)] == []
    with pytest.raises(Refused, match="核对过"):
        same(session, chair, first, third)
    fourth = Ownership.objects.get(compound_id=place.compound.pk, home=d).person
    unlike = reverse("assembly:same-owner", args=[place.slug, 1, first.pk, fourth.pk])
    assert place.client(chair).get(unlike).status_code == 404
    assert [n for _label, n, _area in parties(built(session, chair))] == [2, 1, 1]


def test_same_name_and_number_with_two_identities_stay_two(place, chair, session):
    for home, hash in zip(place.homes[:2], "xy", strict=True):
        person = Person.objects.create(compound=place.compound, name="张三", identity_hash=hash, phone="13800000001")
        Ownership.objects.create(compound=place.compound, home=home, person=person)
    assert [n for _label, n, _area in parties(built(session, chair))] == [1, 1, 1, 1]


def sold(place, session, *days, registered=(), titled=()):
    """Homes of buyers, each with the day of its delivery; the last one is the developer's, unsold."""
    session.rules = {**session.rules, "developer": "远景置业有限公司"}
    session.record_on = date(2026, 3, 20)
    session.save()
    for n, (home, day) in enumerate(zip(place.homes, days, strict=False)):
        stage.own(home, f"买家{n}")
        home.delivered_on, home.title_no = day, "晋(2026)001" if n in titled else ""
        home.registered_on = date(2026, 3, 1) if n in registered else None
        home.save()
    stage.own(place.homes[-1], "远景置业有限公司")


LATER, SOONER = date(2026, 3, 21), date(2026, 3, 20)


def test_homes_sold_and_not_delivered_are_the_developers_and_with_his_stock_one_party(place, chair, session):
    sold(place, session, LATER, SOONER, LATER)
    session = built(session, chair)
    assert [n for _label, n, _area in parties(session)] == [3, 1]
    assert queries.undelivered(session).labels == [place.homes[0].label, place.homes[2].label]
    names = RegisterOwner.objects.filter(compound_id=place.compound.pk, session=session).order_by("row__place")
    assert list(names.values_list("name", flat=True)) == ["远景置业有限公司", "买家1", *["远景置业有限公司"] * 2]
    assert session.register_parties == 2 and session.register_area == sum(home.building_area for home in place.homes)


def test_who_is_registered_owns_before_the_keys_are_handed_over(place, chair, session):
    sold(place, session, LATER, LATER, LATER, registered=(0,), titled=(1,))
    session = built(session, chair)
    assert queries.undelivered(session).labels == [place.homes[2].label]
    assert queries.developer_of(session).homes == 2


def test_without_a_day_of_delivery_the_buyer_counts_and_somebody_should_look(place, chair, session):
    sold(place, session, None, SOONER, LATER)
    session = built(session, chair)
    assert queries.unclear(session).labels == [place.homes[0].label]
    with time_machine.travel(NOW, tick=False):
        page = place.client(chair).get(reverse("assembly:register", args=[place.slug, 1])).content.decode()
    assert "看看交房没有" in page and "卖了还没交房，算建设单位的" in page and "其中没交房的 1 套" in page


def test_nothing_is_the_developers_where_none_is_named_or_known(place, chair, session):
    sold(place, session, LATER, LATER, LATER)
    session.rules = {**session.rules, "developer": "别家置业"}
    session.save()
    session = built(session, chair)
    assert queries.undelivered(session).labels == [] and queries.no_developer(session) == "别家置业"
    session.rules = {**session.rules, "developer": ""}
    session.save()
    assert [n for _label, n, _area in parties(built(session, chair))] == [1] * 4


def test_of_a_long_list_the_page_shows_some_and_says_how_many(place, chair, session, monkeypatch):
    monkeypatch.setattr(queries, "MISSING_MOST", 1)
    sold(place, session, LATER, LATER, LATER)
    session = built(session, chair)
    found = queries.undelivered(session)
    assert (len(found.labels), found.count, found.more) == (1, 3, 2)
    with time_machine.travel(NOW, tick=False):
        page = place.client(chair).get(reverse("assembly:register", args=[place.slug, 1])).content.decode()
    assert "其中没交房的 3 套" in page and "还有 2 户没列在这里" in page
    assert page.count('<span class="pill ">没交房</span>') == 3


def test_developers_stock_is_one_party(place, chair, session):
    session.rules = {**session.rules, "developer": "远景置业有限公司"}
    session.save()
    for home in place.homes[:3]:
        stage.own(home, "远景置业有限公司")
    stage.own(place.homes[3], "张三")
    session = built(session, chair)
    assert [n for _label, n, _area in parties(session)] == [3, 1]
    assert queries.developer_of(session).number == 1


def test_parking_counts_only_where_the_rules_say_so(place, chair, session):
    stage.owned(place)
    Home.objects.filter(pk=place.homes[1].pk, compound=place.compound).update(kind="parking_space")
    assert built(session, chair).register_parties == 3
    assert queries.lacking_count(session) == 0
    session.refresh_from_db()
    session.rules = {**session.rules, "count_parking": True}
    session.save()
    assert built(session, chair).register_parties == 4


def test_what_is_missing_is_listed_by_home_and_stops_locking(place, chair):
    made = stage.drafted(place, chair)
    a, b, c, d = place.homes
    for home in (a, b, c):
        stage.own(home, f"业主{home.label}")
    Home.objects.filter(pk=b.pk, compound=place.compound).update(building_area=None)
    register.build(by=chair, session=made.session, at=NOW)
    assert [label for label, _home in queries.lacking(made.session).rows] == [b.label]
    convening.give_notice(by=chair, session=made.session, at=NOW)
    with pytest.raises(Refused, match="还有 1 户") as no:
        convening.freeze(by=made.officers["chair"], session=made.session, at=stage.FROZEN)
    assert no.value.refusal.key == "lacking"


def test_a_home_whose_owner_nobody_knows_is_one_party_and_stops_nothing(place, chair):
    made = stage.drafted(place, chair)
    a, b, c, d = place.homes
    for home in (a, b):
        stage.own(home, f"业主{home.label}")
    register.build(by=chair, session=made.session, at=NOW)
    assert [n for _label, n, _area in parties(made.session)] == [1, 1, 1, 1]
    assert [label for label, _home in queries.ownerless(made.session).rows] == [c.label, d.label]
    with time_machine.travel(NOW, tick=False):
        page = place.client(chair).get(reverse("assembly:register", args=[place.slug, 1])).content.decode()
    assert "不知道业主是谁" in page and "补齐面积" not in page
    convening.give_notice(by=chair, session=made.session, at=NOW)
    for office in ("chair", "scrutineer"):
        session, _sheets = convening.freeze(by=made.officers[office], session=made.session, at=stage.FROZEN)
    assert session.register_frozen_at and session.register_parties == 4
    assert Party.objects.filter(compound=place.compound, session=session, reach="unreached").count() >= 2
    assert Item.objects.get(compound=place.compound, session=session).total_parties == 4


def test_owners_are_those_of_the_record_date(place, chair, session):
    home = place.homes[0]
    old, new = (Person.objects.create(compound=place.compound, name=name) for name in ("旧主", "新主"))
    day = date(2026, 3, 24)
    Ownership.objects.create(compound=place.compound, home=home, person=old, to_day=day + timedelta(days=1))
    Ownership.objects.create(compound=place.compound, home=home, person=new, from_day=day + timedelta(days=1))
    built(session, chair)
    names = RegisterOwner.objects.filter(compound=place.compound, session=session).values_list("name", flat=True)
    assert list(names) == ["旧主"]


def test_names_are_masked_and_ones_own_home_is_told(place, chair, session):
    stage.owned(place)
    person = Person.objects.get(compound=place.compound, name="业主1")
    built(session, chair)
    lines = queries.lines(session, person_id=person.pk)
    assert {line.owners for line in lines} == {"业*"}
    assert [line.label for line in lines if line.mine] == [place.homes[1].label]


def test_who_has_no_phone_is_unreached_and_still_counts(place, chair, session):
    stage.owned(place)
    Person.objects.filter(compound=place.compound, name="业主0").update(phone="")
    Person.objects.filter(compound=place.compound, name="业主1").update(phone="")
    person = Person.objects.get(compound=place.compound, name="业主1")
    Binding.objects.create(
        compound=place.compound, account_id=chair.account_id, person=person, home=place.homes[1], relation="owner", state="confirmed", asked_at=NOW
    )  # fmt: skip
    built(session, chair)
    rows = Party.objects.filter(compound=place.compound, session=session).order_by("number")
    assert list(rows.values_list("reach", flat=True)) == ["unreached", "phone", "phone", "phone"]


def test_owner_who_died_stays_the_party_and_the_row_says_so(place, chair, session):
    """§3.1.7: nobody is dropped before the heirs are entered; area and persons count as they did."""
    stage.owned(place)
    session.record_on = date(2026, 3, 20)
    session.save()
    dead = Person.objects.filter(compound=place.compound)
    dead.filter(name="业主0").update(deceased_on=date(2026, 3, 20))
    dead.filter(name="业主1").update(deceased_on=date(2026, 3, 21))
    before = (len(place.homes), sum(home.building_area for home in place.homes))
    session = built(session, chair)
    assert (session.register_parties, session.register_area) == before
    assert [line.label for line in queries.lines(session) if line.succession] == [place.homes[0].label]
    reach = Party.objects.filter(compound=place.compound, session=session).order_by("number")
    assert list(reach.values_list("reach", flat=True)) == ["unreached", "unreached", "phone", "phone"]
    page = place.client(chair).get(reverse("assembly:register", args=[place.slug, session.number])).content.decode()
    assert page.count("继承中") == 1
    (row,) = [row for row in prints.register(session, "柳溪苑", "").rows if row.remark]
    assert (row.home, row.remark, row.counts) == (place.homes[0].label, "继承中", True)


def test_heirs_who_are_entered_are_one_party_with_the_widow(place, chair, session):
    widow, _dead, heir = stage.own(place.homes[0], "王芳", "赵平", "赵小平")
    day = date(2026, 3, 10)
    Person.objects.filter(compound=place.compound, name="赵平").update(deceased_on=day)
    owned = Ownership.objects.filter(compound=place.compound)
    owned.filter(person__name="赵平").update(to_day=day)
    owned.filter(person=heir).update(from_day=day)
    session = built(session, chair)
    assert [n for _label, n, _area in parties(session)] == [1, 1, 1, 1]
    names = RegisterOwner.objects.filter(compound=place.compound, session=session).values_list("person", flat=True)
    assert set(names) == {widow.pk, heir.pk}
    assert not queries.in_succession(session)


def test_fingerprint_is_that_of_the_rows_and_names_are_not_in_it(place, chair):
    stage.owned(place)
    made = stage.frozen(place, chair)
    rows = queries.fingerprint_rows(made.session)
    assert made.session.register_fingerprint == receipts.fingerprint(rows)
    assert "业主" not in str(rows)


def test_each_party_has_its_numbered_paper_once_the_register_is_locked(place, chair):
    stage.owned(place)
    made = stage.frozen(place, chair)
    papers = Paper.objects.filter(compound=place.compound, session=made.session)
    assert sorted(p.party_id for p in papers) == sorted(
        Party.objects.filter(compound=place.compound).values_list("pk", flat=True)
    )
    with pytest.raises(Refused):
        register.build(by=chair, session=made.session, at=stage.FROZEN)


def test_a_register_of_five_thousand_homes_is_built_and_locked_in_seconds(place, chair):
    building, entrance = place.home.building, place.home.entrance
    homes = [
        Home(id=uuid7(), compound=place.compound, building=building, entrance=entrance, floor=n, room_no=f"x{n}", label=f"x{n}", building_area=9000)
        for n in range(5000)
    ]  # fmt: skip
    people = [Person(id=uuid7(), compound=place.compound, name=f"人{n}", phone=f"139{n:08d}") for n in range(5000)]
    Home.objects.bulk_create(homes)
    Person.objects.bulk_create(people)
    Ownership.objects.bulk_create(
        Ownership(id=uuid7(), compound=place.compound, home=h, person=p) for h, p in zip(homes, people, strict=True)
    )
    stage.owned(place)
    _looked_at()  # these homes have stood there for years
    made = stage.drafted(place, chair)
    began = time.perf_counter()
    register.build(by=chair, session=made.session, at=NOW)
    once = time.perf_counter() - began
    _looked_at()
    began = time.perf_counter() - once
    register.build(by=chair, session=made.session, at=NOW)
    twice = time.perf_counter() - began - once
    convening.give_notice(by=chair, session=made.session, at=NOW)
    told = time.perf_counter() - began - once - twice
    convening.freeze(by=made.officers["chair"], session=made.session, at=stage.FROZEN)
    began = time.perf_counter()
    session, sheets = convening.freeze(by=made.officers["scrutineer"], session=made.session, at=stage.FROZEN)
    took = time.perf_counter() - began
    assert (session.register_parties, len(sheets)) == (5004, 3)
    assert max(once, twice, told, took) < 60, (once, twice, told, took)


def _looked_at() -> None:
    """What PostgreSQL does by itself a minute after a table grew: here it has only seen rows that other tests took back."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
