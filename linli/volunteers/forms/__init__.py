"""What the caller is asked, and the few words around each further step."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import Form, Once, OnceForm, PhotosField, YuanField, chips, lines, offer

from ..rules import REASON_MOST, WORDS_MOST
from ..words import KINDS, PAYERS, RISKS, WINDOWS


class ShoutForm(Form):
    """`harmless`: the caller was asked about words that sound dangerous, and says that they are not."""

    words = lines(_("要邻居帮什么忙"), most=WORDS_MOST, rows=3, error_messages={"required": _("请先说说要帮什么忙")})
    kind = chips(_("是哪样"), [], error_messages={"required": _("选一个：要帮什么忙")})
    window = chips(_("什么时候要"), [], error_messages={"required": _("选一个：什么时候要")})
    risks = forms.MultipleChoiceField(
        label=_("里面有没有危险的"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("有一样，就不让邻居动手，直接交上去办。"),
    )  # fmt: skip
    harmless = forms.BooleanField(required=False, widget=forms.HiddenInput)
    once = Once()

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        for name, table in (("kind", KINDS), ("window", WINDOWS), ("risks", RISKS)):
            offer(self, name, table.choices())
        self.fields["words"].widget.attrs |= {
            "placeholder": _("一袋米搬上楼、陪着去趟医院，照平常说话那样写"),
            "autocomplete": "off",
        }


class ReasonForm(OnceForm):
    reason = lines(_("为什么"), most=REASON_MOST, rows=2, error_messages={"required": _("请写一句为什么")})


class NoteForm(OnceForm):
    words = lines(_("说一句"), most=REASON_MOST, rows=2, error_messages={"required": _("请写几个字")})


class LateForm(OnceForm):
    words = forms.CharField(required=False)
    meant = forms.CharField(required=False, max_length=20)
    photos = PhotosField(required=False)


class ResultForm(OnceForm):
    result = lines(_("办成什么样了"), most=REASON_MOST, rows=2, required=False)
    photos = PhotosField(label=_("照片"))
    materials = lines(_("用了什么材料"), most=REASON_MOST, rows=1, required=False)
    cost_fen = YuanField(label=_("花了多少元"), required=False)
    paid_by = chips(_("谁出的钱"), PAYERS.choices(), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("cost_fen") and not data.get("paid_by"):
            self.add_error("paid_by", _("请选谁出的钱"))
        return data


class ThanksForm(OnceForm):
    thanks = lines(_("想说句谢谢就写在这里"), most=REASON_MOST, rows=2, required=False)


class MayReasonForm(OnceForm):
    reason = lines(_("想说一句就写在这里"), most=REASON_MOST, rows=2, required=False)
