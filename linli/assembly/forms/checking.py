"""A receipt as a file or pasted."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import Form, lines

MOST = 20_000


class ReceiptForm(Form):
    file = forms.FileField(
        label=_("回执文件"), required=False, widget=forms.FileInput(attrs={"accept": ".json,application/json"})
    )
    text = lines(_("或者把回执的内容贴在这里"), MOST, rows=5, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.errors:
            return found
        upload = found.get("file")
        try:
            text = upload.read(MOST + 1).decode() if upload else found.get("text", "")
            given = json.loads(text) if text.strip() and len(text) <= MOST else None
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise forms.ValidationError(_("读不出来，这不是一张完整的回执。用“存到手机”存下的那个文件"))
        found["receipt"] = given
        return found
