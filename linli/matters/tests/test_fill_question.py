"""What the filling migration finds in the entries is what the services would have kept."""

from importlib import import_module

import pytest
from django.apps import apps

from linli.matters import services
from linli.matters.models import Matter
from linli.people.rules import Role

from .makers import NOW, at, in_progress

FILL = import_module("linli.matters.migrations.0038_fill_the_open_question").fill
pytestmark = pytest.mark.django_db


def test_open_questions_are_found_again(place):
    owner, desk, engineer = place.resident(), place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)
    waiting, answered = (in_progress(place, owner, desk, engineer) for _ in range(2))
    for m in (waiting, answered):
        services.ask(by=engineer, matter=m, words="上午在家吗", at=NOW)
        services.ask(by=engineer, matter=m, words="下午呢", at=at(24, 11))
    services.answer(by=owner, matter=answered, words="在", at=at(24, 12))
    services.ask(by=owner, matter=answered, words="几点来", at=at(24, 13))
    kept = dict(Matter.objects.filter(compound=place.compound).values_list("pk", "asked"))
    assert kept == {waiting.pk: "下午呢", answered.pk: ""}
    Matter.objects.filter(compound=place.compound).update(asked="")
    FILL(apps, None)
    assert dict(Matter.objects.filter(compound=place.compound).values_list("pk", "asked")) == kept
