"""What was done without a signal and came too late to be the step it was meant as."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import PhotosField

from ..rules.states import OUTCOMES, Act
from .base import MatterForm


class Late(MatterForm):
    words = forms.CharField(
        label=_("做了什么"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    photos = PhotosField(label=_("照片"))
    meant = forms.CharField(required=False, widget=forms.HiddenInput)
    outcome = forms.CharField(required=False, widget=forms.HiddenInput)
    cost_fen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)  # as typed: nothing is checked
    paid_by = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_meant(self) -> str:
        meant = self.cleaned_data["meant"]
        return meant if meant in set(Act) else ""

    def clean_outcome(self) -> str:
        return self.cleaned_data["outcome"] if self.cleaned_data["outcome"] in OUTCOMES else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("words", "").strip() and not data.get("photos") and not data.get("meant"):
            self.add_error("words", _("请写几个字，或者拍一张照片"))
        return data
