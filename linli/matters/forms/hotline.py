"""What the desk is asked for about the hotline and planned outages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.places.models import Building, Compound
from linli.plumbing.forms import MomentField, offer

from ..queries.outages import KINDS, buildings
from ..words import CONTACT_REASONS
from .base import RefusableForm
from .fields import pick, say


def when(label: Any, *, required: bool = True) -> MomentField:
    return MomentField(label=label, required=required, error_messages={"required": _("请写时间")})


class Reason(RefusableForm):
    reason = pick(_("看号码做什么"), CONTACT_REASONS.items(), initial="ask")


class Correct(RefusableForm):
    words = say(_("办理情况"), max_length=800, help_text=_("导出的就是这段话，不写来电人是谁。"))


class Explain(RefusableForm):
    words = say(_("跟来电人说了什么"), rows=2)
    due_at = when(_("热线同意延到"), required=False)


class SentBack(RefusableForm):
    words = say(_("热线怎么说"), need="reason", rows=2)
    due_at = when(_("新的期限"), required=False)


class OutageForm(RefusableForm):
    kind = pick(_("停什么"), KINDS.choices())
    building = forms.ChoiceField(label=_("哪里"), required=False)
    from_at = when(_("从"))
    to_at = when(_("到"))
    words = forms.CharField(label=_("补一句"), required=False, max_length=200)

    def __init__(self, *args: Any, compound: Compound, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.rows: dict[str, Building] = {str(b.pk): b for b in buildings(compound)}
        offer(self, "building", [("", _("全小区")), *((pk, b.label) for pk, b in self.rows.items())])

    def clean_building(self) -> Building | None:
        return self.rows.get(self.cleaned_data["building"])
