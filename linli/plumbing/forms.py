"""What forms have in common: kept input, refusals beside their fields, and fields for how people really type."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refused

from .labels import said

# As a browser sends it, and as people type it.
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
MOBILE = re.compile(r"1[3-9]\d{9}")


class Form(forms.Form):
    """Errors beside the fields, everything typed kept, and a refusal of a service shown where it belongs."""

    asked_for: Collection[str] = ()  # by what else is chosen; such a field is never called optional

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


def offer(form: forms.BaseForm, name: str, choices: Iterable[Any] | Callable[[], Iterable[Any]]) -> None:
    """What the choice field may be, known only now; a function is asked when it is drawn or chosen."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices if callable(choices) else list(choices)


class Once(forms.UUIDField):
    """Names one submission, so that sending it twice does it once."""

    widget = forms.HiddenInput

    def __init__(self, **kw):
        kw.setdefault("required", False)
        kw.setdefault("initial", uuid4)
        super().__init__(**kw)


class OnceForm(Form):
    """Nothing to fill in but the press itself."""

    once = Once()


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


class MomentField(forms.DateTimeField):
    def __init__(self, **kw):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENTS[0])
        super().__init__(widget=widget, input_formats=MOMENTS, **kw)
        self.error_messages["invalid"] = _("日期和时间写成 2026-03-25 09:30 这样")


def words(label, most: int = 200, **kw) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **kw)


def lines(label, most: int = 200, rows: int = 3, **kw) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kw)


def chips(label, options, **kw) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect, **kw)


class YuanField(forms.CharField):
    """Money as people write it (186, 186.5, 1,860.00元, full width too), to whole fen; never through a float."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]  # fen, not text
        text = str(value or "").translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
        text = text.replace(",", "").replace("元", "").replace("¥", "").replace("￥", "").strip()
        if not text:
            return None
        yuan, _point, part = text.partition(".")
        if not (yuan + part).isascii() or not yuan.isdigit() or (part and not part.isdigit()):
            raise forms.ValidationError(_("请写多少元，如 186 或 186.50"))
        if len(part) > 2:
            raise forms.ValidationError(_("最多写到分，如 186.50"))
        if len(yuan) > 8:
            raise forms.ValidationError(_("不会有这么多，请再看看"))
        return int(yuan) * 100 + int(part.ljust(2, "0") or 0)


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Several files at once; what they are is checked where they are made small by the service."""

    widget = PhotosInput

    def __init__(self, *, most: int = 9, **kw: Any) -> None:
        self.most = most
        super().__init__(required=kw.pop("required", False), **kw)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [f for f in (data if isinstance(data, list | tuple) else [data]) if f]
        if not files:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return []
        if len(files) > self.most:
            raise forms.ValidationError(_("最多 %(most)s 张，现在选了 %(n)s 张") % {"most": self.most, "n": len(files)})
        return [super(PhotosField, self).clean(f, initial) for f in files]
