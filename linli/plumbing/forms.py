"""What forms have in common: kept input, refusals beside their fields, and fields for how people really type."""

import re
import unicodedata
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refused

from .labels import said

MOBILE = re.compile(r"1[3-9]\d{9}")


class Form(forms.Form):
    """Errors beside the fields, everything typed kept, and a refusal of a service shown where it belongs."""

    def __init__(self, *args, **kw):
        kw.setdefault("label_suffix", "")
        super().__init__(*args, **kw)
        for field in self.fields.values():
            field.error_messages.setdefault("required", "")
            if field.error_messages["required"] in ("", forms.Field.default_error_messages["required"]):
                field.error_messages["required"] = _("这里要填")
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = _("在上面选一个")

    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, said(refused.refusal))


class Once(forms.UUIDField):
    """Names one submission, so that sending it twice does it once."""

    widget = forms.HiddenInput

    def __init__(self, **kw):
        kw.setdefault("required", False)
        kw.setdefault("initial", uuid4)
        super().__init__(**kw)


class PhoneField(forms.CharField):
    """A mobile number, however it was typed: spaces, dashes, full-width digits, +86."""

    def __init__(self, **kw):
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": kw.pop("autocomplete", "off")}
        kw.setdefault("label", _("手机号"))
        super().__init__(max_length=30, widget=forms.TextInput(attrs=attrs), **kw)

    def clean(self, value):
        text = re.sub(r"[\s\-–—.()]", "", unicodedata.normalize("NFKC", super().clean(value)))
        text = re.sub(r"^(\+|00)?86(?=1)", "", text)
        if text and not MOBILE.fullmatch(text):
            raise forms.ValidationError(
                _("手机号是 1 开头的 11 位数字，您填了 %(n)s 位") % {"n": len(re.sub(r"\D", "", text))}
            )
        return text


class CodeField(forms.CharField):
    def __init__(self, **kw):
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": r"[0-9０-９ ]*"}
        kw.setdefault("label", _("验证码"))
        super().__init__(max_length=12, widget=forms.TextInput(attrs=attrs), **kw)

    def clean(self, value):
        text = re.sub(r"\s", "", unicodedata.normalize("NFKC", super().clean(value)))
        if text and not re.fullmatch(r"\d{6}", text):
            raise forms.ValidationError(_("验证码是 6 位数字"))
        return text


class DayField(forms.DateField):
    def __init__(self, **kw):
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kw)
        self.error_messages["invalid"] = _("日期写成 2026-03-25 这样")


def words(label, most: int = 200, **kw) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **kw)


def lines(label, most: int = 200, rows: int = 3, **kw) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kw)


def chips(label, options, **kw) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect, **kw)
