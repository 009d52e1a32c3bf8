"""Files that a form of a whistle brings: those chosen before go with those chosen now, and wait while the rest is put right."""

from uuid import UUID

from django import forms
from django.http import HttpRequest

from ...services.whistles import files
from .. import kept


def with_kept(request: HttpRequest, form: forms.Form, owner: UUID | None = None) -> None:
    if files.FIELD in form.fields:
        form.cleaned_data[files.FIELD] = [*kept.files(request, owner), *form.cleaned_data[files.FIELD]]


def keep(request: HttpRequest, form: forms.Form, owner: UUID | None = None) -> list[str]:
    """The marks of what waits, for a form that comes back."""
    if request.method != "POST" or files.FIELD not in form.fields:
        return []
    return kept.keep(request, files.FIELD, fits=files.fits, owner=owner)
