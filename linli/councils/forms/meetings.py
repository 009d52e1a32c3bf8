"""What is asked before, at and after a meeting of a committee or a PMC."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refused
from linli.kernel.tally.thresholds import MATTERS
from linli.matters.services.papers import Ready, ready
from linli.people.models import Post
from linli.plumbing.forms import MomentField, OnceForm, PhotosField, chips, lines, offer
from linli.plumbing.forms import words as line
from linli.plumbing.labels import said

from ..models import Seat
from ..rules.meetings import CHOICES as ALL_CHOICES
from ..rules.meetings import KINDS as ALL_KINDS
from ..rules.meetings import MINUTES_MOST, REASON_MOST, SPOT_MOST, TITLE_MOST, WORDS_MOST
from ..words import CHOICES, KINDS


class ItemForm(OnceForm):
    kind = chips(_("是哪一类事"), KINDS.choices(ALL_KINDS), error_messages={"required": _("请选是哪一类事")})
    title = line(_("议什么"), TITLE_MOST, help_text=_("会公布：不写名字、门牌和电话。"))
    words = lines(_("怎么做、花多少钱"), WORDS_MOST, rows=3, required=False)


class PutForm(OnceForm):
    matter_no = forms.TypedChoiceField(
        label=_("依法是哪一类事项"), coerce=int, choices=[("", _("选一项")), *((no, _(name)) for no, name in MATTERS.items())]
    )  # fmt: skip


class CallForm(OnceForm):
    starts_at = MomentField(label=_("什么时候开"))
    spot = line(_("在哪里"), SPOT_MOST)


class WhyForm(OnceForm):
    reason = lines(_("为什么不开了"), REASON_MOST, rows=2, help_text=_("大家看得到。"))


class CameForm(OnceForm):
    """Members by name; there is no box for anybody else."""

    present = forms.TypedMultipleChoiceField(
        label=_("谁到了"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple, help_text=_("本人到会才算，不能委托别人。")
    )  # fmt: skip

    def __init__(self, *args: Any, members: Iterable[Post], **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "present", [(str(post.account_id), post.holder_name) for post in members])


class SignForm(OnceForm):
    choice = chips(
        _("您的意见"), CHOICES.choices(ALL_CHOICES), error_messages={"required": _("请选赞成、反对还是弃权")}
    )


class EnterForm(OnceForm):
    """From the sheet that was signed by hand."""

    seat = chips(_("谁签的"), [])
    choice = chips(
        _("签的什么"), CHOICES.choices(ALL_CHOICES), error_messages={"required": _("请选赞成、反对还是弃权")}
    )
    papers = PhotosField(label=_("签字的那张纸"), help_text=_("拍清楚签名，或者传 PDF。"), most=1, required=True)

    def __init__(self, *args: Any, seats: Iterable[Seat], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.seats = {str(seat.pk): seat for seat in seats}
        offer(self, "seat", [(pk, seat.name) for pk, seat in self.seats.items()])

    def clean_seat(self) -> Seat:
        return self.seats[self.cleaned_data["seat"]]

    def clean_papers(self) -> list[Ready]:
        try:
            return ready(self.cleaned_data.get("papers") or [])
        except Refused as no:
            raise forms.ValidationError(said(no.refusal)) from no


class MinutesForm(OnceForm):
    words = lines(_("纪要"), MINUTES_MOST, rows=10, help_text=_("谁说了什么、怎么定的。公布以后不能再改。"))


class CorrectForm(OnceForm):
    words = lines(_("应该是"), MINUTES_MOST, rows=3, help_text=_("原来的留着，更正写在下面。"))
    reason = lines(_("为什么更正"), REASON_MOST, rows=2)
