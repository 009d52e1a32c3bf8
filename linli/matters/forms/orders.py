"""What the committee and the property company are asked for, act by act, for one order."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, Post
from linli.plumbing.acts import Actor
from linli.plumbing.forms import PhotosField, YuanField, offer

from ..models import Order, OrderPart
from ..queries import orders as order_reads
from ..queries import panel as reads
from ..rules.orders import NEEDS as SENTENCES
from ..rules.states import RESOLVE_OUTCOMES
from ..words import ENDINGS, Labels
from .base import RefusableForm
from .fields import PayerField, other_payer, pick, say, with_payer

NEEDS = Labels(SENTENCES)


def by_day(label: Any, need: str, **kw: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": NEEDS.lazy(need), "invalid": _("请写成 2026-03-25")}, **kw,
    )  # fmt: skip


def evening(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(18)))


class OrderForm(RefusableForm):
    def __init__(self, *args: Any, order: Order, by: Actor, at: datetime, **kw: Any) -> None:
        self.order, self.by, self.at = order, by, at
        super().__init__(*args, **kw)


class Bare(OrderForm):
    pass


class Gather(RefusableForm):
    """Into which order: one that is being gathered, or a new one by its title."""

    into = pick(_("放进哪张订单"), [], required=False)
    title = forms.CharField(
        label=_("要办什么"),
        required=False,
        max_length=60,
        help_text=_("如：把门口的灯都换成声控的。"),
        error_messages={"required": NEEDS.lazy("title")},
    )

    def __init__(self, *args: Any, waiting: Iterable[Order], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.waiting = {str(o.number): o for o in waiting}
        rows = [(n, _("第 %(n)s 号 %(title)s") % {"n": n, "title": o.title}) for n, o in self.waiting.items()]
        offer(self, "into", [*rows, ("new", _("新开一张"))])
        self.fields["into"].initial = next(iter(self.waiting), "new")
        # With none waiting a title is needed, and the page says so; else only for a new one.
        self.fields["title"].required = not self.waiting
        if self.waiting:
            self.fields["title"].label = _("新开的，要办什么")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["order"] = self.waiting.get(data.get("into", ""))
        if data["order"] is None and not data.get("title", "").strip() and "title" not in self.errors:
            self.add_error("title", NEEDS["title"])
        return data


class Picked(OrderForm):
    """Some of the order's matters, by number."""

    numbers = forms.MultipleChoiceField(label=_("哪几件"), widget=forms.CheckboxSelectMultiple, required=False)
    only_unassigned = False

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows = order_reads.members(self.order, self.by)
        self.rows = {str(m.number): m for m in rows if not (self.only_unassigned and m.part_position)}
        offer(self, "numbers", [(n, f"{m.label} {m.title}") for n, m in self.rows.items()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["matters"] = order_reads.matters(self.order, [int(n) for n in data.get("numbers", [])])
        return data


class Drop(Picked):
    pass


class Place(OrderForm):
    title = forms.CharField(label=_("要办什么"), max_length=60, error_messages={"required": NEEDS.lazy("title")})
    words = say(_("怎样算办好"), max_length=800, help_text=_("邻居都看得到，不写名字和房号。"))
    wanted_by = by_day(_("最晚哪天办好"), "wanted_by")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["title"].initial = self.order.title

    def clean_wanted_by(self) -> datetime:
        return evening(self.cleaned_data["wanted_by"])


class Accept(OrderForm):
    words = say(_("怎么办，哪天办"), rows=2, help_text=_("每一位报告人都会看到。"))


class Refuse(OrderForm):
    reason = say(_("为什么不归这边办"), need="reason", rows=2)
    proposed_body = pick(_("应该由谁办"), [], need="proposed_body")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.bodies = [b for b in reads.bodies(order_reads.compound_of(self.order)) if b.pk != self.order.to_body_id]
        offer(self, "proposed_body", [(str(b.pk), b.name) for b in self.bodies])

    def clean_proposed_body(self) -> Organisation | None:
        return next((b for b in self.bodies if str(b.pk) == self.cleaned_data["proposed_body"]), None)


class Split(Picked):
    words = say(_("这一份办什么"), rows=2, max_length=200)
    post = forms.ChoiceField(label=_("谁来办"), required=False)
    due_at = by_day(_("哪天前办好"), "due_at")
    only_unassigned = True
    field_order = ("words", "numbers", "post", "due_at")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["numbers"].initial = list(self.rows)
        self.hands = reads.hands([self.order.to_body] if self.order.to_body else [], timezone.localdate(self.at))
        offer(self, "post", [("", _("不指定人")), *((str(p.pk), reads.hand_label(p)) for p in self.hands)])

    def clean_post(self) -> Post | None:
        return next((p for p in self.hands if str(p.pk) == self.cleaned_data["post"]), None)

    def clean_due_at(self) -> datetime:
        return evening(self.cleaned_data["due_at"])


class OnPart(OrderForm):
    """About one part that is not reported; where nothing is split, about the whole."""

    part = pick(_("哪一份"), [], required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.parts = {str(p.position): p for p in order_reads.parts(self.order) if p.reported_at is None}
        rows: list[tuple[str, Any]] = [
            (n, _("第 %(n)s 份 %(words)s") % {"n": n, "words": p.words}) for n, p in self.parts.items()
        ]
        if order_reads.loose(self.order) and rows:
            rows.append(("", _("没有分的")))
        if rows:
            offer(self, "part", rows)
            self.fields["part"].initial = rows[0][0]
        else:
            del self.fields["part"]

    def clean_part(self) -> OrderPart | None:
        return self.parts.get(self.cleaned_data["part"])

    def clean(self) -> dict[str, Any]:
        return {"part": None, **(super().clean() or {})}


class Progress(OnPart):
    words = say(_("办到哪一步"), rows=2, max_length=400, help_text=_("邻居都看得到，不写名字和房号。"))
    photos = PhotosField(label=_("照片"))


class Report(OnPart):
    outcome = pick(_("结果"), ENDINGS.choices(RESOLVE_OUTCOMES), need="outcome", initial="fixed")
    words = say(_("做了什么"), help_text=_("每一位报告人都会看到。"))
    before = PhotosField(label=_("办之前的照片"))
    after = PhotosField(label=_("办好后的照片"), help_text=_("办好了的要拍一张。"))
    cost_fen = YuanField(label=_("花了多少元"), required=False, help_text=_("没花钱写 0。"))
    paid_by = PayerField()
    payer = other_payer()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == "fixed" and data.get("cost_fen") is None and "cost_fen" not in self.errors:
            self.add_error("cost_fen", _("请写花了多少元，没花钱写 0"))
        return with_payer(self, data)


class Check(OrderForm):
    words = say(_("验收怎么样"), required=False, rows=2, help_text=_("提过的人都会收到，请他们看一看。"))


class Back(OrderForm):
    parts = forms.MultipleChoiceField(
        label=_("哪几份没办好"), widget=forms.CheckboxSelectMultiple, error_messages={"required": NEEDS.lazy("parts")}
    )
    words = say(_("还差什么"), rows=2)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows = order_reads.parts(self.order)
        offer(self, "parts", [(str(p.position), f"{p.position} {p.words}") for p in rows])

    def clean_parts(self) -> list[int]:
        return [int(n) for n in self.cleaned_data["parts"]]


class Review(OrderForm):
    words = say(_("回头看，怎么样"), rows=2)
