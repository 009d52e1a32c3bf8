"""What is asked of a service standard and of a check."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import DayField, OnceForm, chips, lines, words

from ..words import EVERY


class AddForm(OnceForm):
    title = words(_("什么服务"), 60, help_text=_("如：楼道保洁。"))
    measure = lines(_("做到什么样，怎么量"), 200, rows=3, help_text=_("如：每天扫一次，地面没有垃圾、没有水渍。"))
    every = chips(_("多久查一次"), EVERY.choices())
    free = forms.BooleanField(label=_("合同以外、免费帮助住户的"), required=False)


class CheckForm(OnceForm):
    on = DayField(label=_("哪天查的"))
    holds = chips(_("达到了吗"), (("yes", _("达到")), ("no", _("没达到"))))
    words = lines(_("看到了什么"), 200, rows=3, required=False, help_text=_("没达到的要写，会转成一件诉求。"))

    def clean_holds(self) -> bool:
        return bool(self.cleaned_data["holds"] == "yes")


class CorrectForm(CheckForm):
    reason = lines(_("哪里记错了"), 200, rows=2)


class EndForm(OnceForm):
    why = lines(_("为什么不再执行"), 200, rows=2, help_text=_("会公布。"))
