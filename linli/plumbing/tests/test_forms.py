from django import forms

from ..forms import offer


class Where(forms.Form):
    building = forms.ChoiceField(required=False)


def test_offer_takes_rows_once_and_leaves_the_class_alone():
    form = Where({"building": "2"})
    offer(form, "building", ((key, f"{key}号楼") for key in "12"))
    assert form.is_valid()
    assert Where({"building": "2"}).is_valid() is False


def test_offer_asks_a_function_only_when_the_field_is_read():
    asked = []

    def rows():
        asked.append(1)
        return [("3", "3号楼")]

    form = Where({"building": "3"})
    offer(form, "building", rows)
    assert asked == []
    assert form.is_valid()
    assert asked != []
