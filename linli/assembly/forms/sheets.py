"""A sheet of the key: to whom it goes, or how it was lost or found."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import OnceForm, lines, offer
from linli.plumbing.labels import label

from ..models import Officer
from ..rules.sessions import OFFICES


class HandForm(OnceForm):
    officer = forms.TypedChoiceField(label=_("交给谁"), coerce=str)

    def __init__(self, *args: Any, officers: Iterable[Officer], **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(
            self,
            "officer",
            [("", _("选一位")), *((str(o.pk), f"{label(OFFICES[o.office])} {o.name}") for o in officers)],
        )


class FindForm(OnceForm):
    words = lines(_("在哪里找到的，封口还好吗"))


class LoseForm(OnceForm):
    words = lines(_("怎么丢的，什么时候发现的"))
