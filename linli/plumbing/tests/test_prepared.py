from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.places.models import Building, Community, Compound, Entrance, Subdistrict
from linli.plumbing.prepared import Prepared
from linli.plumbing.tenancy import compound_scope

pytestmark = pytest.mark.django_db

stairs = Prepared(
    lambda compound_id, key: Entrance.objects.select_related("building__grid").filter(compound_id=compound_id, key=key)
)
named = Prepared(
    lambda compound_id, label: (
        Entrance.objects.filter(compound_id=compound_id, label=label).order_by("-key").values_list("key", "id")
    )
)
of_grid = Prepared(lambda compound_id, grid_id: Building.objects.filter(compound_id=compound_id, grid_id=grid_id))


def compound(n: int) -> Compound:
    area, _ = Subdistrict.objects.get_or_create(name="临溪街道")
    community = Community.objects.create(subdistrict=area, name=f"社区{n}")
    made = Compound.objects.create(
        ordinal=n, slug=f"c{n}", name="院", community=community, created_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    building = Building.objects.create(compound=made, key="7", label="7栋")
    for key in ("1", "2"):
        Entrance.objects.create(compound=made, building=building, key=key, label="单元")
    return made


def test_prepared_gives_what_the_queryset_gives():
    one, other = compound(1), compound(2)
    for c in (one, other, one):
        (found,) = stairs.all(compound_id=c.pk, key="2")
        assert found == Entrance.objects.get(compound_id=c.pk, key="2")
        assert (found.compound_id, found.building.label, found.building.grid) == (c.pk, "7栋", None)
    assert stairs.first(compound_id=one.pk, key="3") is None


def test_prepared_asks_one_query_and_reads_ahead_what_is_related():
    one = compound(1)
    stairs.first(compound_id=one.pk, key="1")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert stairs.first(compound_id=one.pk, key="1").building.label == "7栋"
    assert len(asked) == 1


def test_prepared_values_come_as_rows_with_their_types():
    one = compound(1)
    second, first = Entrance.objects.filter(compound=one).order_by("-key")
    assert named.all(compound_id=one.pk, label="单元") == [("2", second.pk), ("1", first.pk)]


def test_prepared_knows_nothing_from_null():
    one = compound(1)
    (building,) = of_grid.all(compound_id=one.pk, grid_id=None)
    assert of_grid.all(compound_id=one.pk, grid_id=building.pk) == []
    assert of_grid.all(compound_id=one.pk, grid_id=None) == [building]


def test_prepared_first_in_one_compounds_scope_serves_another():
    one, other = compound(1), compound(2)
    fresh = Prepared(lambda compound_id: Building.objects.filter(compound_id=compound_id))
    with compound_scope(one.pk):
        assert fresh.first(compound_id=one.pk).compound_id == one.pk
    with compound_scope(other.pk):
        assert fresh.first(compound_id=other.pk).compound_id == other.pk


def test_prepared_refuses_an_argument_that_is_no_plain_value():
    one = compound(1)
    odd = Prepared(lambda compound_id, key: Building.objects.filter(compound_id=compound_id, key__startswith=key))
    with pytest.raises(TypeError, match="key"):
        odd.all(compound_id=one.pk, key="7")


def test_prepared_takes_many_values_and_one_that_this_question_has_no_use_for():
    one = compound(1)
    asked = Prepared(
        lambda compound_id, keys, label, day: (
            Entrance.objects.filter(compound_id=compound_id, key__in=keys, label=label)
            .order_by("key")
            .values_list("key")
        )
    )

    def found(*keys: str) -> list[str]:
        return [key for (key,) in asked.all(compound_id=one.pk, keys=keys, label="单元", day=date(2026, 1, 1))]

    assert (found("1"), found("2", "1"), found("2"), found("3", "4")) == (["1"], ["1", "2"], ["2"], [])
