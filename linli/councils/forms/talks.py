"""What is asked when a talk is announced, held and written down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import DayField, MomentField, OnceForm, lines
from linli.plumbing.forms import words as line

from ..rules.talks import ATTENDANCE_MOST, NAME_MOST, REASON_MOST, WORDS_MOST


class AnnounceForm(OnceForm):
    starts_at = MomentField(label=_("什么时候"))
    spot = line(_("在哪里"), 80)
    subject = line(_("想说什么"), 80, required=False)


class HoldForm(OnceForm):
    attendance = forms.IntegerField(
        label=_("来了多少人"), min_value=1, max_value=ATTENDANCE_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}), error_messages={"min_value": _("来了多少人，写个数")},
    )  # fmt: skip


class CancelForm(OnceForm):
    reason = lines(_("为什么不开了"), REASON_MOST, rows=2, help_text=_("大家看得到。"))


class SayForm(OnceForm):
    words = lines(_("说了什么"), WORDS_MOST, rows=3, help_text=_("会公布：不写名字、门牌和电话。"))
    speaker = line(_("谁说的"), NAME_MOST, required=False, help_text=_("只有记录的人看得到，不公布。"))


class AnswerForm(OnceForm):
    words = lines(_("怎么回答的"), WORDS_MOST, rows=3)
    answered_by = line(_("谁回答的"), NAME_MOST, help_text=_("写单位或职务，会公布。"))
    due_on = DayField(label=_("答应哪天办到"), required=False, help_text=_("写了，下一次夜话先问这一条。"))


class FollowForm(OnceForm):
    words = lines(_("到哪一步了"), WORDS_MOST, rows=3)


class PromiseForm(FollowForm):
    done = forms.BooleanField(label=_("办到了"), required=False)


class CorrectForm(OnceForm):
    words = lines(_("应该是"), WORDS_MOST, rows=3, help_text=_("原来的留着，更正写在下面。"))
    reason = lines(_("为什么更正"), REASON_MOST, rows=2)


class TopicForm(OnceForm):
    words = lines(_("怎么写进夜话"), WORDS_MOST, rows=3, help_text=_("会公布：不写名字、门牌和电话。"))
