"""What the property company's desk writes down of a home that is being done up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.places.models import Home
from linli.plumbing.forms import offer

from .base import RefusableForm
from .fields import pick

FORMATS = ["%Y-%m-%d"]


def day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, input_formats=FORMATS, widget=forms.DateInput(attrs={"type": "date"}, format=FORMATS[0]),
        error_messages={"invalid": _("请写成 2026-03-25"), "required": _("请写日子")},
    )  # fmt: skip


def line(label: Any, missing: Any, most: int, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.TextInput(attrs=attrs), error_messages={"required": missing}
    )


class DecorationForm(RefusableForm):
    home = pick(_("哪一户"), [], widget=forms.Select)
    from_on = day(_("从"))
    to_on = day(_("到"))
    firm = line(_("谁在装"), _("请写公司或师傅"), 60)
    contact = line(_("联系人"), _("请写联系人"), 40, autocomplete="off")
    phone = line(_("电话"), _("请写电话"), 20, inputmode="tel", autocomplete="off")

    def __init__(self, *args: Any, homes: list[Home], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.homes = {str(h.pk): h for h in homes}
        offer(self, "home", [("", _("请选")), *((key, h.label) for key, h in self.homes.items())])

    def clean_home(self) -> Home | None:
        return self.homes.get(self.cleaned_data["home"])
