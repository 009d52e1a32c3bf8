"""Household help: what the list says, what a worker asks for it, what the household answers."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refused
from linli.people.rules import RESIDENTS
from linli.places.models import Compound
from linli.plumbing.forms import PhotosField, YuanField, offer

from ..models import Price
from ..queries.help import prices, told, waiting_of
from ..rules import categories
from ..words import DOERS
from .base import MatterForm, RefusableForm
from .fields import pick, say

FREE, PAID = "free", "paid"
QUOTE_LINES = 4
HELP = "03"


class PriceForm(RefusableForm):
    name = forms.CharField(label=_("叫什么"), max_length=30, error_messages={"required": _("请写这一项叫什么")})
    category = forms.ChoiceField(label=_("哪一类"))
    kind = pick(_("收不收钱"), [(FREE, _("不收钱")), (PAID, _("收钱"))])
    price_fen = YuanField(label=_("多少元"), required=False, help_text=_("不收钱的空着。"))
    unit = forms.CharField(label=_("按什么算"), required=False, max_length=10, help_text=_("如：次、小时、米。"))
    doer = pick(_("谁来做"), DOERS.choices())
    note = forms.CharField(label=_("说明"), required=False, max_length=80, help_text=_("如：配件另算，先看价再换。"))
    from_day = forms.DateField(
        label=_("从哪天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages={"required": _("请写从哪天起")},
    )  # fmt: skip
    reason = forms.CharField(label=_("为什么改"), required=False, max_length=120)
    dropped = forms.BooleanField(label=_("从那天起不做这一项了"), required=False)

    def __init__(self, *args: Any, compound: Compound, price: Price | None, at: datetime, **kw: Any) -> None:
        given = {"from_day": timezone.localdate(at), "kind": FREE, "doer": "property"}
        if price:
            given |= {name: getattr(price, name) for name in ("name", "category", "unit", "doer", "note")}
            given |= {"kind": PAID if price.paid else FREE, "price_fen": _yuan(price.price_fen) if price.paid else ""}
        super().__init__(*args, **{"initial": given, **kw})
        own = categories.of(compound.settings)
        subs = [(c.code, c.zh) for c in own.under(HELP) if c.code not in own.hidden]
        offer(self, "category", [(code, _now(zh)) for code, zh in subs])
        if price is None:
            del self.fields["reason"], self.fields["dropped"]

    def wishes(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = self.cleaned_data
        return {
            "name": data["name"], "category": data["category"], "paid": data["kind"] == PAID, "price_fen": data["price_fen"] or 0,
            "unit": data["unit"], "doer": data["doer"], "note": data["note"], "from_day": data["from_day"],
            "reason": data.get("reason", ""), "dropped": data.get("dropped", False), "once": data["once"],
        }  # fmt: skip


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


class HelpForm(RefusableForm):
    words = say(_("要帮什么忙"), max_length=1000)
    photos = PhotosField(label=_("拍照"))


class QuoteForm(MatterForm):
    """Up to four lines of words and yuan; what the price list says stands in the first."""

    note = forms.CharField(label=_("说明"), required=False, max_length=200, help_text=_("如：换下来的旧件留给您。"))

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        note = self.fields.pop("note")
        for i in range(1, QUOTE_LINES + 1):
            self.fields[f"line_{i}"] = forms.CharField(label=_("第 %(n)s 项") % {"n": i}, required=False, max_length=40)
            self.fields[f"fen_{i}"] = YuanField(label=_("多少元"), required=False)
        self.fields["note"] = note

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["lines"] = []
        for i in range(1, QUOTE_LINES + 1):
            words, fen = (data.get(f"line_{i}") or "").strip(), data.get(f"fen_{i}")
            if words and fen is None and f"fen_{i}" not in self.errors:
                self.add_error(f"fen_{i}", _now("请写多少元"))
            if fen is not None and not words:
                self.add_error(f"line_{i}", _now("请写是什么"))
            if words and fen is not None:
                data["lines"].append((words, fen))
        if not data["lines"] and not self.errors:
            self.add_error("line_1", _now("请写是什么"))
        return data


class HeardForm(MatterForm):
    """The household answers by one press; who heard it on the phone writes how. `version` is the quote that was read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    heard = say(
        _("住户怎么说的"), need="words", rows=2, max_length=200, help_text=_("如：3月24日 10:20 电话里说同意。")
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        waiting = waiting_of(self.matter)
        self.quote = told(waiting) if waiting else None
        self.fields["version"].initial = waiting.version if waiting else None
        if self.by.role in RESIDENTS or self.by.assistance_id:
            del self.fields["heard"]

    def clean(self) -> dict[str, Any]:
        return {"heard": "", **(super().clean() or {})}

    def refuse(self, no: Refused) -> None:
        """With the sentence the page shows the quote that waits now, and the next press answers that one."""
        super().refuse(no)
        self.data = {**{name: self.data.get(name) for name in self.data}, "version": self.fields["version"].initial}


class CountForm(MatterForm):
    line = pick(_("价目表里哪一项"), [], widget=forms.Select, required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.offered = {str(p.line): p for p in prices(self.matter.compound, timezone.localdate(self.at))}
        offer(self, "line", [("", _now("表里没有，看了再报价")), *((key, p.name) for key, p in self.offered.items())])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["price"] = self.offered.get(data.get("line") or "")
        return data
