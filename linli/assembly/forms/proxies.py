"""A written authority, co-owners' word together, and the objection of one of them, as the desk types them from the paper."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import DayField, Once, OnceForm, PhoneField, chips, lines, offer, words

from ..queries.casting import Asked
from ..rules.proxies import Typed

DOCUMENT = "image/*,application/pdf"


def _document(label: Any) -> forms.FileField:
    return forms.FileField(label=label, widget=forms.FileInput(attrs={"accept": DOCUMENT}), help_text=_("一到就封起来，开箱以前谁也看不到。最多 10 页。"))  # fmt: skip


class ProxyForm(OnceForm):
    owner = chips(_("委托人"), [])
    agents = lines(
        _("受托人"), 400, rows=3, help_text=_("一行一位：姓名，证件号，手机号（没有就不写）。号码不保存，只用来认人。")
    )
    severally = forms.BooleanField(
        label=_("委托书写明几位可以各自单独投"), required=False, help_text=_("没写明的，几位要签在同一张票上（民法典第一百六十六条）。")
    )  # fmt: skip
    items = forms.MultipleChoiceField(label=_("委托书写到的事项"), widget=forms.CheckboxSelectMultiple, required=False)
    until = DayField(label=_("委托到哪天"))
    signed = forms.BooleanField(label=_("委托人签名或者盖章了"), required=False)
    accepted = forms.BooleanField(label=_("受托人签名了"), required=False)
    not_staff = forms.BooleanField(label=_("受托人不是物业服务企业的工作人员"), required=False)
    photo = _document(_("委托书的照片或者扫描件"))

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], asked: Sequence[Asked], **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "owner", list(owners))
        offer(self, "items", [(one.no, one.item.title) for one in asked])

    def clean_agents(self) -> list[Typed]:
        found = []
        for row in self.cleaned_data["agents"].splitlines():
            name, number, phone, *more = [*unicodedata.normalize("NFKC", row).replace("、", ",").split(","), "", "", ""]
            number = re.sub(r"[\s-]", "", number).upper()
            if not name.strip() and not number:
                continue
            if not re.fullmatch(r"[0-9A-Z]{6,20}", number) or any(more):
                raise forms.ValidationError(_("每行写成：姓名，证件号，手机号"))
            found.append(Typed(name.strip()[:40], number, PhoneField(required=False).clean(phone)))
        return found


class StatementForm(OnceForm):
    """What the owners ticked together: a row for each item, one for each candidate."""

    once = Once(required=True)

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["signed"] = forms.MultipleChoiceField(
            label=_("谁签了字"), choices=list(owners), required=False, widget=forms.CheckboxSelectMultiple
        )
        self.fields["witness"] = words(_("一起核对签名的人"), 40)
        self.fields["photo"] = _document(_("声明的照片或者扫描件"))

    def given(self) -> dict[str, Any]:
        return {key: self.cleaned_data[key] for key in ("signed", "witness", "photo", "once")}


class ObjectionForm(OnceForm):
    """Which co-owner signed it; what it says nobody reads before the count."""

    once = Once(required=True)
    owner = chips(_("哪位共有人写的"), [])
    witness = words(_("一起核对签名的人"), 40)
    photo = _document(_("书面异议的照片或者扫描件"))

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "owner", list(owners))
