"""What operators and secretaries type about places, made clean."""

import re
import unicodedata
from datetime import time

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.profiles import profiles
from linli.plumbing.forms import Form, chips, offer, words
from linli.plumbing.labels import label

from .rules import USUAL


class HoursField(forms.CharField):
    """8:30-12:00，14:00-17:30 becomes [["08:30", "12:00"], ["14:00", "17:30"]]; empty: the usual hours."""

    def clean(self, value):
        text = unicodedata.normalize("NFKC", super().clean(value) or "")
        spans: list[list[str]] = []
        for part in filter(None, re.split(r"[,、;\s]+", text)):
            found = re.fullmatch(r"(\d{1,2}):(\d{2})[-–—~至到](\d{1,2}):(\d{2})", part)
            try:
                a, b, c, d = map(int, found.groups()) if found else (99, 0, 0, 0)
                start, end = time(a, b), time(c, d)
            except ValueError:
                raise forms.ValidationError(_("写成 8:30-12:00，14:00-17:30 这样")) from None
            if start >= end or (spans and spans[-1][1] > f"{start:%H:%M}"):
                raise forms.ValidationError(_("时间要从早到晚，不重叠"))
            spans.append([f"{start:%H:%M}", f"{end:%H:%M}"])
        return spans


class SubdistrictForm(Form):
    region = words(_("省、市、区县"), 120, required=False)
    name = words(_("街道的名字"), 60)
    division_code = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


class CommunityForm(Form):
    name = words(_("社区的名字"), 60)
    phone = words(_("社区的电话"), 20, required=False)


class GridForm(Form):
    name = words(_("网格的名字"), 40)


class CompoundSettingsForm(Form):
    name = words(_("小区的名字"), 60)
    address = words(_("地址"), 120, required=False)
    phone = words(_("小区的电话"), 20, required=False, help_text=_("写在首页，不会用手机的人打这个"))
    is_unmanaged = chips(_("有没有物业公司"), [("0", _("有物业")), ("1", _("没有物业"))], initial="0")
    hours = HoursField(
        label=_("上班时间"),
        max_length=80,
        required=False,
        help_text=_("时限按上班时间算。不填按 8:30-12:00，14:00-17:30，周一到周五"),
    )
    public_page = chips(_("公开页"), [("1", _("不登录也能看")), ("0", _("不公开"))], initial="1")
    profile = chips(_("按哪里的规则"), [], initial="national_default")

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        offer(
            self,
            "profile",
            [
                (p.key, _("%(name)s（待核对）") % {"name": label(p.name)} if p.to_check else label(p.name))
                for p in profiles()
            ],
        )

    def clean_is_unmanaged(self):
        return self.cleaned_data["is_unmanaged"] == "1"

    def clean_public_page(self):
        return self.cleaned_data["public_page"] == "1"


class CompoundForm(CompoundSettingsForm):
    slug = forms.SlugField(
        label=_("网址里的名字"), max_length=40, help_text=_("小写字母、数字和短横，比如 liuxiyuan，定了就不改"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("name", "slug", "address", "phone", "is_unmanaged", "hours", "public_page", "profile")

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", slug):
            raise forms.ValidationError(_("只用小写字母、数字和短横"))
        return slug


class LevelsForm(Form):
    """What the compound calls the levels; left empty they are called as usual."""

    building = words(_("楼栋这一层叫什么"), 12, required=False, help_text=_("如：微事不出楼栋"))
    compound = words(_("小区这一层叫什么"), 12, required=False, help_text=_("如：小事不出小区"))
    community = words(_("社区这一层叫什么"), 12, required=False, help_text=_("如：大事不出社区"))
    agency = words(_("请部门这一层叫什么"), 12, required=False)


class CrossPostsForm(Form):
    cross_posts = chips(_("兼任岗位时是否标明"), [("show", _("标明")), ("hide", _("不标明"))], initial="show")
    rapid_minutes = forms.IntegerField(
        label=_("快修答应几分钟内到"), min_value=5, max_value=240, required=False, initial=USUAL["rapid_minutes"], error_messages={"min_value": _("5 到 240 分钟"), "max_value": _("5 到 240 分钟"), "invalid": _("请写几分钟，如 30")},
    )  # fmt: skip

    gate_days = forms.IntegerField(
        label=_("等决定的事，几个工作日提醒一次"), min_value=1, max_value=60, required=False, initial=USUAL["gate_days"], error_messages={"min_value": _("1 到 60 个工作日"), "max_value": _("1 到 60 个工作日"), "invalid": _("请写几个工作日，如 5")},
    )  # fmt: skip

    matter_years = forms.IntegerField(
        label=_("诉求办完几年后去掉姓名、电话和房号"), min_value=1, max_value=30, required=False, initial=USUAL["matter_years"], error_messages={"min_value": _("1 到 30 年"), "max_value": _("1 到 30 年"), "invalid": _("请写几年，如 5")},
    )  # fmt: skip

    def clean(self):
        for name, usual in USUAL.items():
            self.cleaned_data[name] = self.cleaned_data.get(name) or usual
        return self.cleaned_data
