"""A neighbour's alert: whose door, what is seen; whom a home wants called; what was found."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel import masks
from linli.places.models import Home
from linli.plumbing.forms import offer

from ..models import AlertCall, HomeContact
from ..queries.alerts import Reach
from ..rules.alerts import CONTACTS_MOST, WITH_HOUSEHOLD, WITH_OTHERS
from ..words import ANSWERS, ENTERED_WITH, RELATIONS, SIGNS
from .base import MatterForm, RefusableForm
from .desk import Safe
from .fields import pick, say


class AlertForm(RefusableForm):
    """Homes of the own building to choose from, the nearest first; who works here writes the number of the room."""

    home = pick(_("谁家门口"), [], widget=forms.Select)
    sign = pick(_("看到了什么"), SIGNS.choices())
    words = say(_("再说一句"), required=False, rows=2, max_length=200)

    def __init__(self, *args: Any, homes: list[Home], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.homes = {str(h.pk): h for h in homes}
        offer(self, "home", [("", _("请选")), *((key, h.label) for key, h in self.homes.items())])


class ContactsForm(RefusableForm):
    """Numbers that are there stand masked; one that is left like that stays as it is."""

    def __init__(self, *args: Any, there: list[HomeContact], **kw: Any) -> None:
        self.there = there[:CONTACTS_MOST]
        given: dict[str, str] = {}
        for i, c in enumerate(self.there, 1):
            given |= {f"name_{i}": c.name, f"relation_{i}": c.relation, f"phone_{i}": masks.phone(c.phone)}
        super().__init__(*args, **{"initial": given, **kw})
        for i in range(1, CONTACTS_MOST + 1):
            self.fields[f"name_{i}"] = forms.CharField(label=_("姓名"), required=False, max_length=40)
            self.fields[f"relation_{i}"] = pick(
                _("是这家的什么人"), RELATIONS.choices(), widget=forms.Select, required=False
            )
            self.fields[f"phone_{i}"] = forms.CharField(
                label=_("电话"),
                required=False,
                max_length=20,
                widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
            )

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"name_{i}"], self[f"relation_{i}"], self[f"phone_{i}"]) for i in range(1, CONTACTS_MOST + 1)]

    def reaches(self) -> list[Reach]:
        data = self.cleaned_data
        return [
            Reach(data[f"name_{i}"], data[f"relation_{i}"], self._whole(data[f"phone_{i}"], i))
            for i in range(1, CONTACTS_MOST + 1)
        ]

    def _whole(self, phone: str, i: int) -> str:
        same = self.there[i - 1].phone if i <= len(self.there) else ""
        return same if same and phone.strip() == masks.phone(same) else phone

    def clean(self) -> dict[str, Any]:
        """Beside its line: who has a name and a number is somebody of this home; both are needed."""
        data = super().clean() or {}
        for i in range(1, CONTACTS_MOST + 1):
            name, phone = (data.get(f"name_{i}") or "").strip(), (data.get(f"phone_{i}") or "").strip()
            if (name or phone) and not (name and phone):
                self.add_error(f"phone_{i}" if name else f"name_{i}", _("每个人都要写姓名和电话"))
            elif name and not data.get(f"relation_{i}"):
                self.add_error(f"relation_{i}", _("请选是这家的什么人"))
            elif "*" in self._whole(phone, i):
                self.add_error(f"phone_{i}", _("号码请写全"))
        return data


class ReachForm(RefusableForm):
    answer = pick(_("您怎么说"), ANSWERS.choices())


class AnsweredForm(MatterForm):
    call = pick(_("谁回的话"), [])
    answer = pick(_("怎么回的"), ANSWERS.choices())

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows = AlertCall.objects.select_related("alert").filter(
            compound_id=self.matter.compound_id, alert__compound_id=self.matter.compound_id, alert__matter=self.matter
        )
        self.calls = {str(c.pk): c for c in rows.order_by("position")}
        offer(self, "call", [(key, f"{RELATIONS[c.relation]} {masks.name(c.name)}") for key, c in self.calls.items()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["call"] = self.calls.get(data.get("call") or "")
        return data


class EnterForm(MatterForm):
    entered_with = pick(_("和谁一起进的"), [(key, ENTERED_WITH.lazy(key)) for key in WITH_HOUSEHOLD])


class ForceForm(MatterForm):
    entered_with = pick(_("和谁一起进的"), [(key, ENTERED_WITH.lazy(key)) for key in WITH_OTHERS])
    ground = say(_("人有什么危险，为什么不能等"), rows=2, max_length=200, help_text=_("社区有人见证的，也写上是谁。"))


class CauseForm(MatterForm):
    words = say(_("什么原因"), rows=2, max_length=200)


class SafeForm(Safe):
    words = say(_("怎么控制住的"), required=False, rows=2, max_length=200)


class ThankForm(MatterForm):
    words = say(_("想对邻居说的"), required=False, rows=2, max_length=200)


class NumberForm(RefusableForm):
    reason = say(_("看号码做什么"), rows=2, max_length=100)
