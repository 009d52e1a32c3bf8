"""A resident representative in a test: named, and acting."""

import re
from contextlib import contextmanager
from datetime import date

import pytest
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.people.models import Post
from linli.plumbing.counters import kept
from linli.volunteers import services
from linli.volunteers.rules.representatives import Kind

TODAY = date(2026, 3, 24)


def name(place, clerk, aunt, **more):
    given = {"building": place.home.building, "from_day": date(2026, 3, 1), "at": NOW} | more
    return services.name_representative(
        by=clerk, compound=place.compound, post=Post.objects.get(pk=aunt.role_id), **given
    )


def did(here, aunt, **more):
    given = {"kind": Kind.PATROL, "place": "单元门口", "result": "门口的杂物搬走了", "at": NOW} | more
    return services.record_act(by=aunt, compound=here.compound, **given)


def url(place, page, *args):
    return reverse(f"volunteers:{page}", args=[place.slug, *args])


@contextmanager
def refused(key):
    with pytest.raises(Refused) as no:
        yield
    assert no.value.refusal.key == key


def text(answer):
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def counts(place):
    return {name.removeprefix("rep:2026-03:"): n for name, n in kept(place.compound.pk, "rep:").items()}


def messages(place, actor, kind):
    return Message.objects.filter(compound_id=place.compound.pk, account_id=actor.account_id, kind=kind)
