import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.forms import CharField

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.forms import Form
from linli.plumbing.refusals import refusals_above, refusals_beside


class Named(Form):
    name = CharField()


def test_refusals_beside_say_it_at_the_field():
    form = Named({"name": "李"})

    with refusals_beside(form):
        raise Refused(Refusal("short", "名字太短"), "name")

    assert form.errors == {"name": ["名字太短"]}


def test_refusals_above_say_it_at_the_head_of_the_next_page(rf):
    request = rf.post("/")
    request._messages = CookieStorage(request)

    with refusals_above(request):
        raise Refused(Refusal("late", "已经晚了"))

    assert [(m.level_tag, m.message) for m in get_messages(request)] == [("error", "已经晚了")]


def test_refusals_let_other_errors_through(rf):
    with pytest.raises(KeyError), refusals_beside(Named({})):
        raise KeyError
