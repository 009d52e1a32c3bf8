"""Which matter another one is joined to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.places.models import Compound
from linli.plumbing.numbers import number_in

from ..models import Matter
from ..queries import panel as reads
from ..queries.desk import visible
from ..queries.duplicates import beside, sign, signed
from ..words import NEEDS
from .base import MatterForm, compound_of
from .fields import RADIO, say


class Merge(MatterForm):
    """The target comes as a number (chosen or typed) or as words to search by."""

    target = forms.IntegerField(required=False, widget=RADIO, label=_("是不是这件事"))
    number = forms.CharField(label=_("编号或说的话"), required=False, max_length=60)
    alike = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.compound = compound_of(self.matter)
        typed = str(self.data.get("number", "")).strip() if self.is_bound else ""
        if typed:
            rows = reads.targets(self.compound, self.by, typed, self.matter)
        else:
            found = beside(self.matter, self.compound, self.by, most=6)
            self.fields["alike"].initial = sign(self.matter.pk, found)
            rows = [one.one for one in found]
        # A link from the panel names its target.
        asked = str((self.data if self.is_bound else self.initial).get("target", "") or "")
        if (number := number_in(asked)) is not None and number not in {r.number for r in rows}:
            rows = [*reads.targets(self.compound, self.by, asked, self.matter, most=1), *rows]
        self.rows = rows
        self.fields["target"].widget.choices = [(r.number, f"{r.label} {r.title} {r.place}".strip()) for r in rows]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["alike"] = signed(self.matter.pk, data.get("alike", ""))
        number = data.get("target")
        typed = data.get("number", "").strip()
        if number is None:
            number = number_in(typed)
        if number is None:
            said = (
                _("没找到，换个词再找")
                if typed and not self.rows
                else _("请选并到哪一件")
                if self.rows
                else NEEDS["target"]
            )
            raise forms.ValidationError({"number" if not self.rows else "target": said})
        data["into"] = matter_numbered(self.compound, self.by, number)
        if data["into"] is None:
            raise forms.ValidationError({"number": _("没有这一件，请看看编号")})
        return data


def matter_numbered(compound: Compound, by: Any, number: int) -> Matter | None:
    return visible(Matter.objects.filter(compound_id=compound.pk), by).filter(number=number).first()


class Unmerge(MatterForm):
    reason = say(_("为什么分开"), need="reason", rows=2, max_length=200)
