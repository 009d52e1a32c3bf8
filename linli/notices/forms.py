from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import Form


class Draft(Form):
    title = forms.CharField(label=_("标题"), max_length=80)
    words = forms.CharField(label=_("内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 14}))


class TakeDown(Form):
    reason = forms.CharField(label=_("为什么撤下"), max_length=200)
