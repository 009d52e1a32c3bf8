"""Fields that many acts ask for: one of a few, some words, a category, who pays."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..rules import categories
from ..rules.help import OTHER, payer
from ..words import (
    NEEDS,
    PAYERS,
)
from ..words import category_groups as groups

RADIO = forms.RadioSelect
WORDS_MOST, PAYER_MOST = 400, 40


def pick(label: Any, choices: Iterable[tuple[str, Any]], *, need: str = "", **kw: Any) -> forms.ChoiceField:
    """Radios or chips; nothing chosen answers with the sentence that says what to choose."""
    kw.setdefault(
        "error_messages", {"required": NEEDS.lazy(need or "rating"), "invalid_choice": _("请从列出的里选一个")}
    )
    return forms.ChoiceField(label=label, choices=list(choices), widget=kw.pop("widget", RADIO), **kw)


def say(label: Any, *, required: bool = True, need: str = "words", rows: int = 3, **kw: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=kw.pop("max_length", WORDS_MOST), widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": NEEDS.lazy(need)}, **kw,
    )  # fmt: skip


class PayerField(forms.ChoiceField):
    """Who pays. A page that was opened before there was a list may still send words."""

    def __init__(self) -> None:
        super().__init__(label=_("谁出钱"), required=False, choices=PAYERS.choices(), widget=RADIO)

    def to_python(self, value: Any) -> str:
        return payer(super().to_python(value))

    def valid_value(self, value: str) -> bool:
        return len(value) <= PAYER_MOST


def other_payer() -> forms.CharField:
    return forms.CharField(
        label=_("别的，是谁出"), required=False, max_length=PAYER_MOST, help_text=_("如：建设单位、街道。")
    )


def with_payer(form: forms.BaseForm, data: dict[str, Any]) -> dict[str, Any]:
    """What costs something says who pays it; somebody else by name."""
    if not data.get("cost_fen"):
        return data
    if data.get("paid_by") == OTHER:
        data["paid_by"] = payer(data.get("payer") or "")
        if data["paid_by"] in {"", OTHER}:
            form.add_error("payer", _("请写谁出钱"))
    elif not data.get("paid_by"):
        form.add_error("paid_by", _("请选谁出钱"))
    return data


class CategoryField(forms.CharField):
    """One of the compound's sub-categories."""

    own, already = categories.USUAL, ""

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        if code and not self.own.may_take(code, self.already):
            raise forms.ValidationError(_("没有这个类别，请重新选"))
        return code


def category_groups(own: categories.Catalogue) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        ("", [("", str(_("换一个")))]),
        *groups(own),
    ]
