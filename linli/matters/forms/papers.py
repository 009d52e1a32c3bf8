"""Forms to which papers are brought: each is looked at as a field, so that a bad one is told beside it."""

from django import forms

from linli.kernel.refusal import Refused
from linli.plumbing.labels import said

from ..services.papers import Ready, ready
from .base import MatterForm


class PapersForm(MatterForm):
    """Of forms with a field `papers`."""

    def clean_papers(self) -> list[Ready]:
        try:
            return ready(self.cleaned_data.get("papers") or [])
        except Refused as no:
            raise forms.ValidationError(said(no.refusal)) from no
