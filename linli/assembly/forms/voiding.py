"""An online ballot that is no vote: which, why, and by which objection."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import OnceForm, chips, lines, offer, words
from linli.plumbing.labels import Labels

from ..models import Objection
from ..rules.counting import VOID_REASONS
from ..services.voiding import WORDS_MOST


class VoidForm(OnceForm):
    number = words(_("哪张票（编号）"), 20)
    reason = chips(_("为什么无效"), Labels(VOID_REASONS).choices())
    objection = forms.TypedChoiceField(label=_("依哪一条成立的异议"), coerce=str)
    words = lines(_("怎么查实的"), WORDS_MOST)

    def __init__(self, *args: Any, objections: Sequence[Objection], **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "objection", [(str(one.pk), one.words[:40]) for one in objections])
        if len(objections) == 1:
            self.fields["objection"].initial = str(objections[0].pk)
