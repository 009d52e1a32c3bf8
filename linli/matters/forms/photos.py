"""Covering a photo, and looking at what lies sealed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.people.rules import RESIDENTS

from ..access import parts_in
from ..queries.photos import of_matter
from ..rules.states import Who
from .base import MatterForm, RefusableForm
from .fields import pick, say


class HidePhoto(MatterForm):
    """`pictures`: all that lie with it, numbered as they came; the desk is also shown those that are covered."""

    reason = say(_("为什么遮住"), rows=2, max_length=100, need="reason")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.at_desk = Who.DESK in parts_in(self.matter, self.by)
        rows = [
            a for a in of_matter(self.matter, hidden=self.at_desk) if not (a.internal and self.by.role in RESIDENTS)
        ]
        self.pictures = [(n, a) for n, a in enumerate(rows, 1)]
        shown = [(str(a.pk), _("第 %(n)s 张") % {"n": n}) for n, a in self.pictures if a.hidden_at is None]
        self.fields["photo"] = pick(
            _("遮住哪一张"), shown, need="photo", initial=shown[0][0] if len(shown) == 1 else None
        )
        self.order_fields(["photo", "reason"])

    def clean_photo(self) -> Any:
        return next(a for _n, a in self.pictures if str(a.pk) == self.cleaned_data["photo"])


class Unseal(RefusableForm):
    reason = say(_("为什么要看原件"), rows=2, max_length=100, need="reason")
