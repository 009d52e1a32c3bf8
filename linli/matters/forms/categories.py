"""What a compound calls its categories, one top at a time."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.labels import label

from ..rules.categories import NAME_MOST, USUAL, Catalogue
from .base import RefusableForm

NEW = ("new_1", "new_2", "new_3")


class CategoriesForm(RefusableForm):
    def __init__(self, *args: Any, own: Catalogue, top: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.own, self.top = own, top
        self.codes = [top, *(c.code for c in own.under(top))]
        for code in self.codes:
            usual = USUAL.label(code)
            self.fields[f"name_{code}"] = forms.CharField(
                label=label(own.label(code)), required=False, max_length=NAME_MOST, initial="" if own.label(code) == usual else own.label(code),
                widget=forms.TextInput(attrs={"placeholder": label(usual)} if usual else {}),
            )  # fmt: skip
            self.fields[f"hide_{code}"] = forms.BooleanField(
                label=_("不用"), required=False, initial=code in own.hidden
            )
        for name in NEW:
            self.fields[name] = forms.CharField(label=_("叫什么"), required=False, max_length=NAME_MOST)

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"name_{code}"], self[f"hide_{code}"]) for code in self.codes]

    @property
    def new(self) -> list[Any]:
        return [self[name] for name in NEW]

    def wishes(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = self.cleaned_data
        return {
            "top": self.top,
            "names": {code: data[f"name_{code}"] for code in self.codes},
            "hidden": [code for code in self.codes if data[f"hide_{code}"]],
            "added": [data[name] for name in NEW],
        }
