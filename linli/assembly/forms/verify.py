"""A bulletin, and a receipt to look for in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import Form

BULLETIN_BYTES, RECEIPT_BYTES = 20_000_000, 100_000


class SmallFile(forms.FileField):
    def __init__(self, *, most: int, **kw: Any) -> None:
        self.most = most
        super().__init__(**kw)

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if found and found.size > self.most:
            raise forms.ValidationError(_("文件太大了"))
        return found


class VerifyForm(Form):
    bulletin = SmallFile(label=_("核验包（.zip）"), most=BULLETIN_BYTES)
    receipt = SmallFile(label=_("您的回执（.json）"), most=RECEIPT_BYTES, required=False)
