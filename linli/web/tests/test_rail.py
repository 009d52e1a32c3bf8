"""The rail says where one is on each page of a context that has one entry there."""

import pytest
from django.urls import get_resolver

from linli.web.context import WHOLE, _active


@pytest.mark.parametrize(("context", "entry"), WHOLE.items())
def test_each_page_of_a_context_is_under_its_entry(context, entry):
    names = [name for name in get_resolver().namespace_dict[context][1].reverse_dict if isinstance(name, str)]
    assert names and {_active(f"{context}:{name}", False) for name in names} == {entry}


def test_residents_find_the_assembly_where_everybody_meets():
    assert (_active("assembly:keys", True), _active("assembly:keys", False)) == ("council", "assembly")
