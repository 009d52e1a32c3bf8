"""A project on a matter, step by step."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import DayField, PhotosField, PhotosInput, YuanField, offer

from ..models import PlanOption
from ..queries.plans import options_of, plan_of
from ..rules.plans import Kind
from ..words import PLAN_DIRECTIONS, PLAN_KINDS, PLAN_VOICES
from .base import MatterForm
from .fields import pick, say
from .papers import PapersForm


def line(label: Any, *, most: int = 80, must: Any = "", **kw: Any) -> forms.CharField:
    """`must`: what is said where it is left empty; without it it may be."""
    errors = {"required": must} if must else {}
    return forms.CharField(label=label, max_length=most, required=bool(must), error_messages=errors, **kw)


def number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=1_000_000)


def counted(label: Any) -> forms.CharField:
    return say(label, required=False, rows=3, help_text=_("一行一样，如：电动车 320"))


class Open(MatterForm):
    kind = pick(_("哪一种"), PLAN_KINDS.choices(), need="rating", initial=Kind.WORKS)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["kind"].initial = Kind.TRAFFIC if self.matter.category in {"0405", "0406"} else Kind.WORKS


class Verify(MatterForm):
    counted = counted(_("数了多少"))
    words = say(_("说明"), required=False, rows=2)


class Option(PapersForm):
    site = line(_("放在哪里，或者怎么走"), must=_("请写放在哪里，或者怎么走"))
    supplier = line(_("谁来做"))
    price_fen = YuanField(label=_("多少钱（元）"), required=False)
    power_kw = number(_("要多少电（千瓦）"))
    words = say(_("说明"), required=False, rows=2)
    papers = PhotosField(
        label=_("报价单（PDF 或照片）"), most=3, widget=PhotosInput(attrs={"accept": "image/*,application/pdf"})
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        plan = plan_of(self.matter)
        if plan and plan.kind == Kind.TRAFFIC:
            del self.fields["power_kw"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("power_kw", None)
        return data


class Opinion(MatterForm):
    voice = pick(_("谁的意见"), PLAN_VOICES.choices(), need="rating")
    who = line(_("哪个部门，或者问了哪些人"), must=_("请写是哪个部门，或者问了哪些人"))
    words = say(_("说了什么"), required=False, rows=3)
    asked = number(_("问了多少人"))
    agree = number(_("赞成多少人"))
    against = number(_("反对多少人"))


class Way(MatterForm):
    way_in = line(_("哪个门"), most=40, must=_("请写是哪个门"))
    direction = pick(_("车怎么走"), PLAN_DIRECTIONS.choices(), need="rating")
    hours = line(_("什么时候"), help_text=_("不写就是全天。"))


class Choose(MatterForm):
    option = pick(_("选哪个方案"), [], need="rating")
    words = say(_("和物业、商家谈定了什么"))

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        plan = plan_of(self.matter)
        self.options = {str(o.pk): o for o in options_of(plan)} if plan else {}
        offer(self, "option", [(pk, " · ".join(filter(None, [o.site, o.supplier]))) for pk, o in self.options.items()])

    def clean_option(self) -> PlanOption | None:
        return self.options.get(self.cleaned_data["option"])


class Install(MatterForm):
    words = say(_("说明"), required=False, rows=2)


class Use(MatterForm):
    counted = counted(_("现在有多少"))
    trial_from = DayField(label=_("哪天起试行"), required=False)
    review_on = DayField(label=_("哪天看效果"), required=False)
    words = say(_("说明"), required=False, rows=2)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        plan = plan_of(self.matter)
        if plan is None or plan.kind != Kind.TRAFFIC:
            del self.fields["trial_from"], self.fields["review_on"]

    def clean(self) -> dict[str, Any]:
        return {"trial_from": None, "review_on": None, **(super().clean() or {})}


class Report(MatterForm):
    words = say(_("跟大家怎么说"), rows=4, help_text=_("前后的数、选的方案和花的钱会自己写上。"))
    counted = counted(_("现在有多少"))
