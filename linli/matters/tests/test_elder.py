"""Larger type offers fewer choices at first: the rest is one tap away, and nothing is lost."""

import re

import pytest
from django.urls import reverse

from linli.people.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.mark.parametrize(("name", "most"), [("matters:home", 4), ("people:me", 6)])
def test_elder_mode_offers_fewer_choices_at_first_view(place, name, most):
    me = place.resident()
    place.matter(me)
    links = {}
    for elder in (False, True):
        Account.objects.filter(pk=me.account_id).update(elder=elder)
        page = place.client(me).get(reverse(name, args=[place.slug])).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        first = re.sub(r"<details.*?</details>", "", main, flags=re.S)
        links[elder] = (
            set(re.findall(r'href="((?!/static)[^"]+)"', main)),
            set(re.findall(r'href="((?!/static)[^"]+)"', first)),
        )
    plain, large = links[False], links[True]
    assert large[0] == plain[0] == plain[1]
    assert len(large[1]) < len(plain[1]) and len(large[1]) <= most
