"""Covering a photo, and looking at what lies sealed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from ..access import may_cover, parts_in
from ..queries.photos import of_matter
from ..rules.states import Who
from .base import MatterForm, RefusableForm
from .fields import pick, say


class HidePhoto(MatterForm):
    """`pictures`: those that the actor may cover, numbered as they came; the desk is also shown what is covered."""

    reason = say(_("为什么遮住"), rows=2, max_length=100, need="reason")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        found = parts_in(self.matter, self.by)
        self.at_desk = Who.DESK in found
        rows = of_matter(self.matter, hidden=self.at_desk)
        self.pictures = [(n, a) for n, a in enumerate(rows, 1) if may_cover(a, self.by, found)]
        shown = [(str(a.pk), _("第 %(n)s 张") % {"n": n}) for n, a in self.pictures if a.hidden_at is None]
        self.fields["photo"] = pick(
            _("遮住哪一张"), shown, need="photo", initial=shown[0][0] if len(shown) == 1 else None
        )
        self.order_fields(["photo", "reason"])

    def clean_photo(self) -> Any:
        return next(a for _n, a in self.pictures if str(a.pk) == self.cleaned_data["photo"])


class Unseal(RefusableForm):
    reason = say(_("为什么要看原件"), rows=2, max_length=100, need="reason")
