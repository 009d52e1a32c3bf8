"""What is written the short way is what Django would write (docs/adr/0006)."""

import pytest
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy

from linli.matters import services
from linli.matters.models import Clock, Follower, Matter
from linli.matters.rules.states import State
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people.models import Person
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import insert_new, uuid7

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Matter, Clock, Follower, Message, AuditEntry, Person])
def test_short_insert_writes_what_the_long_way_writes(place, model):
    resident = place.resident()
    services.open_matter(by=resident, compound=place.compound, words="楼道灯不亮", at=makers.NOW)
    row = model.objects.filter(compound_id=place.compound.pk).first()
    names = [f.attname for f in model._meta.concrete_fields]
    given = {name: getattr(row, name) for name in names if name not in {"id", "number", "once", "key"}}
    given = {name: f"{value}b" if name in {"act", "kind"} else value for name, value in given.items()}
    short = model(**given, **({"number": 901} if "number" in names else {}), **({"key": "a"} if "key" in names else {}))
    long = model(**given, **({"number": 902} if "number" in names else {}), **({"key": "b"} if "key" in names else {}))
    if model in {Clock, Follower}:
        short.round, long.round = 7, 8
        if model is Follower:
            short.left_at = long.left_at = makers.NOW
    short.save(force_insert=True)
    models.Model.save(long, force_insert=True)
    own = {"id", "number", "key", "round"}
    kept = [model.objects.values().get(compound_id=place.compound.pk, pk=one.pk) for one in (short, long)]
    assert {k: v for k, v in kept[0].items() if k not in own} == {k: v for k, v in kept[1].items() if k not in own}
    assert not short._state.adding


def test_short_insert_takes_words_and_members_that_are_not_plain_text(place):
    made = Person.objects.create(compound=place.compound, name=gettext_lazy("没有人"), phone=State.CLOSED)
    kept = Person.objects.values_list("name", "phone").get(compound_id=place.compound.pk, pk=made.pk)
    assert kept == ("没有人", "closed")


def test_short_insert_refuses_what_is_there_and_the_row_of_another_compound(place):
    made = Person.objects.create(compound=place.compound, name="甲")
    with pytest.raises(TypeError):
        made.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person(id=made.pk, compound=place.compound, name="乙").save(force_insert=True)
    insert_new([Person(id=made.pk, compound=place.compound, name="丙")])
    assert Person.objects.get(compound_id=place.compound.pk, pk=made.pk).name == "甲"
    matter = services.open_matter(by=place.resident(), compound=place.compound, words="灯", at=makers.NOW)
    with pytest.raises(ValueError, match="another compound"):
        Follower(compound_id=uuid7(), matter=matter, kind="follower", since=makers.NOW).save(force_insert=True)
