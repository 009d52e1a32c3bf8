"""Rapid repairs: what the duty desk chooses, what the hands write down."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation
from linli.plumbing.forms import offer

from ..queries import panel as reads
from ..rules import categories, rapid
from ..words import NEEDS
from .base import MatterForm, compound_of
from .fields import CategoryField, category_groups, pick, say


class RapidForm(MatterForm):
    category = CategoryField(label=_("类别"), widget=forms.Select, error_messages={"required": NEEDS.lazy("category")})
    body = pick(_("派给"), [], need="body")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        compound = compound_of(self.matter)
        doers = [b for b in reads.bodies(compound) if b.kind in rapid.DOERS]
        self.bodies, _hands = reads.hands_of(doers, timezone.localdate(self.at))
        offer(self, "body", [(str(b.pk), b.name) for b in self.bodies])
        if self.bodies:
            self.fields["body"].initial = str(self.bodies[0].pk)
        field = self.fields["category"]
        assert isinstance(field, CategoryField)
        field.own, field.already = categories.of(compound.settings), self.matter.category
        field.widget.choices = [("", [("", _("请选类别"))]), *category_groups(field.own)[1:]]
        field.initial = self.matter.category

    def clean_body(self) -> Organisation | None:
        return next((b for b in self.bodies if str(b.pk) == self.cleaned_data["body"]), None)


class PartsForm(MatterForm):
    words = say(_("用了什么料"), rows=2, max_length=200, help_text=_("如：角阀 1 个，生料带。"))
