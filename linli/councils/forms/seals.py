"""What is asked when a seal is to be used, and when a line of the register was wrong."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import OnceForm, chips, lines, offer
from linli.plumbing.forms import words as line

from ..models import AgendaItem
from ..rules.seals import COPIES_MOST, DOCUMENT_MOST, PAPERS, REASON_MOST
from ..rules.seals import SEALS as ALL_SEALS
from ..words import SEAL_PAPERS, SEALS


class StampForm(OnceForm):
    document = line(_("什么文件"), DOCUMENT_MOST, help_text=_("会公布：不写名字、门牌和电话。"))
    paper = chips(_("是哪一类"), SEAL_PAPERS.choices(PAPERS), error_messages={"required": _("请选是哪一类文件")})
    seal = chips(_("盖哪个章"), SEALS.choices(ALL_SEALS), error_messages={"required": _("请选盖哪个章")})
    copies = forms.IntegerField(
        label=_("几份"), min_value=1, max_value=COPIES_MOST, initial=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"min_value": _("盖几份，写个数")},
    )  # fmt: skip


class AskForm(StampForm):
    item = forms.ChoiceField(label=_("凭哪个决定"), required=False)

    def __init__(self, *args: Any, carriers: Iterable[AgendaItem], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.carriers = {str(item.pk): item for item in carriers}
        named = [
            (pk, _now("第 %(n)s 次会议：%(title)s") % {"n": item.meeting.number, "title": item.title})
            for pk, item in self.carriers.items()
        ]
        offer(self, "item", [("", _now("没有决定，请委员签字同意")), *named])

    def clean_item(self) -> AgendaItem | None:
        return self.carriers.get(self.cleaned_data["item"])


class DropForm(OnceForm):
    reason = lines(_("为什么不盖了"), REASON_MOST, rows=2)


class CorrectForm(StampForm):
    reason = lines(_("为什么更正"), REASON_MOST, rows=2)
