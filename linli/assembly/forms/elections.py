"""What is asked when a body is formed: from the announcement to the filing."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.kernel.profiles import Profile
from linli.plumbing.forms import DayField, OnceForm, PhoneField, chips, lines, offer, words

from ..models import Nominee
from ..rules.elections.forms import Form as State
from ..rules.elections.nominees import Way
from ..words.elections import CAPACITIES, FORMS, LEFT, WAYS

YES_NO = (("yes", _("符合")), ("no", _("不符合")))


def _count(label: Any, least: int = 1, most: int = 99, **kw: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **kw
    )


class AnnounceForm(OnceForm):
    seats = _count(_("委员会几个人"), help_text=_("单数。"))
    owner_seats = _count(_("其中业主几个人"), help_text=_("一半以上。"))
    households = _count(_("联名推荐要几户"))
    until = DayField(label=_("推荐到哪天"))
    contact = words(_("找谁问"), 80, help_text=_("地点、电话，会公布。"))

    def __init__(self, *args: Any, rules: Profile, **kw: Any):
        values = rules.values
        least = values["pmc_size_min"]
        kw["initial"] = {
            "seats": least, "owner_seats": -(-least * values["pmc_owner_share_percent"] // 100) or least,
            "households": values["joint_recommendation_households"], **kw.get("initial", {}),
        }  # fmt: skip
        super().__init__(*args, **kw)


class ReasonForm(OnceForm):
    reason = lines(_("为什么"), 200, rows=2, help_text=_("会公布。"))


class LeaveForm(ReasonForm):
    file = forms.FileField(
        label=_("他签了名的退出书（照片或 PDF）"), help_text=_("加密存放，只有核对的人能打开，谁看过会记下来。")
    )


class StayForm(OnceForm):
    reason = lines(_("哪里记错了"), 200, rows=2)


class NominateForm(OnceForm):
    """By an owner; a worker's has the way and the telephone, too."""

    name = words(_("推荐谁"), 40)
    home = words(_("他住哪一户"), 60, help_text=_("如 7栋2单元301。"))
    why = lines(_("为什么推荐他"), 200, rows=3)


class EnterForm(NominateForm):
    way = chips(_("怎么推荐的"), WAYS.choices([Way.JOINT, Way.PARTY, Way.COMMUNITY]), initial=str(Way.JOINT))
    phone = PhoneField(required=False, label=_("他的手机号"), help_text=_("名册里有就空着。"))
    received = DayField(label=_("哪天收到的表"), initial=timezone.localdate, required=False)
    field_order = ("way", "name", "home", "phone", "why", "received")


PLEDGE = _("我同意参选，符合候选人条件；当选后按时开会、不谋私利、保护业主的信息。")


class StandForm(OnceForm):
    why = lines(_("介绍一下自己"), 200, rows=3, help_text=_("会公布：想为小区做什么，有什么时间。"))
    pledge = forms.BooleanField(label=PLEDGE, required=False)


class ConsentForm(OnceForm):
    pledge = forms.BooleanField(label=PLEDGE, required=False)


class ConsentOnPaperForm(ConsentForm):
    pledge = forms.BooleanField(label=_("纸上有本人签名的同意书和承诺书"), required=False)
    phone = PhoneField(required=False, label=_("他的手机号"), help_text=_("名册里有就空着。"))


class SignatureForm(OnceForm):
    """One line of a paper form."""

    name = words(_("签名的人"), 40)
    home = words(_("哪一户"), 60, help_text=_("如 7栋2单元301。"))
    received = DayField(label=_("哪天收到的表"), initial=timezone.localdate, required=False)


class CheckForm(OnceForm):
    key = forms.CharField(widget=forms.HiddenInput)
    holds = chips(_("看过了，符合吗"), YES_NO)
    evidence = words(_("看了什么"), 200, help_text=_("如：房产证原件，4月1日信用中国查询。"))
    file = forms.FileField(
        label=_("材料的照片或 PDF"),
        required=False,
        help_text=_("加密存放，只有核对的人能打开，谁看过会记下来。"),
    )

    def clean_holds(self) -> bool:
        return bool(self.cleaned_data["holds"] == "yes")


class ObjectForm(OnceForm):
    words = lines(_("哪里不对"), 500, rows=4, help_text=_("您的名字只有办的人看得到。"))


class AnswerForm(OnceForm):
    upheld = chips(_("核实下来"), (("yes", _("属实")), ("no", _("不属实"))))
    words = lines(_("怎么答复"), 500, rows=4, help_text=_("会公布，不写提的人是谁。"))

    def clean_upheld(self) -> bool:
        return bool(self.cleaned_data["upheld"] == "yes")


class AnswerListForm(AnswerForm):
    """Of an objection to candidates: who may not stand because of it."""

    def __init__(self, *args: Any, candidates: Iterable[Nominee], **kw: Any):
        super().__init__(*args, **kw)
        rows = [(str(row.pk), f"{row.place}. {row.name}") for row in candidates]
        self.fields["nominee"] = _one_of(
            _("谁因此不能参选"), rows, help_text=_("没有这个人就空着。写了谁，以后只能按这条把谁除名。")
        )
        self.order_fields(["upheld", "nominee", "words"])


class StrikeForm(OnceForm):
    def __init__(self, *args: Any, objections: Sequence[tuple[str, str]], **kw: Any):
        super().__init__(*args, **kw)
        self.fields["objection"] = _one_of(_("按哪一条异议"), objections)


class CarryForm(OnceForm):
    numbers = forms.CharField(widget=forms.HiddenInput, required=False)
    state = chips(_("怎么样"), FORMS.choices([State.OUT, State.RETURNED, State.REFUSED, State.ABSENT]))
    first = words(_("上门的一位"), 20)
    second = words(_("另一位"), 20)

    def __init__(self, *args: Any, chosen: Sequence[str] = (), **kw: Any):
        super().__init__(*args, **kw)
        self.chosen = [int(n) for n in chosen if n.isdecimal() and len(n) < 7]

    def clean_numbers(self) -> list[int]:
        return self.chosen


class CorrectForm(OnceForm):
    state = chips(_("其实怎么样"), FORMS.choices([State.OUT, State.RETURNED, State.REFUSED, State.ABSENT]))
    reason = lines(_("怎么记错的"), 200, rows=2, help_text=_("和结果一起公布，不写人名、房号。"))


class AgreeForm(OnceForm):
    """`state`: what he read, and agrees to or not."""

    state = forms.CharField(widget=forms.HiddenInput)
    agrees = chips(_("这样改对吗"), (("yes", _("对，改")), ("no", _("不对，不改"))))

    def clean_agrees(self) -> bool:
        return bool(self.cleaned_data["agrees"] == "yes")


class TicksForm(OnceForm):
    """Nothing ticked is a form that says nothing; more than allowed is written down as it is."""

    ticks = forms.TypedMultipleChoiceField(
        label=_("划了谁"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, candidates: Iterable[Nominee], **kw: Any):
        super().__init__(*args, **kw)
        offer(self, "ticks", [(str(row.place), f"{row.place}. {row.name}") for row in candidates])


class DrawForm(OnceForm):
    """Which was drawn first, second, …"""

    how = words(_("怎么抽的"), 200, help_text=_("如：现场抽纸条，先抽出的在前。"))
    witness1 = words(_("见证人"), 20)
    witness2 = words(_("另一位见证人"), 20)

    def __init__(self, *args: Any, tied: Sequence[Nominee], **kw: Any):
        super().__init__(*args, **kw)
        for n, row in enumerate(tied):
            self.fields[f"turn{n}"] = _count(_("%(name)s 第几个抽到") % {"name": row.name}, most=len(tied))
        self.tied = tied
        self.order_fields([f"turn{n}" for n in range(len(tied))])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        turns = [(found.pop(f"turn{n}", 0) or 0, row.place or 0) for n, row in enumerate(self.tied)]
        found["witnesses"] = [found.pop("witness1", ""), found.pop("witness2", "")]
        found["order"] = [place for _turn, place in sorted(turns)]
        if not self.errors and len({turn for turn, _place in turns}) < len(turns):
            raise forms.ValidationError(_("两个人不能同一个顺序"))
        return found


class SeatForm(OnceForm):
    capacity = chips(_("代表哪一方"), [row for row in CAPACITIES.choices() if row[0] != "owner"])
    name = words(_("姓名"), 20)
    phone = PhoneField()


class ConfirmForm(OnceForm):
    chair = forms.TypedChoiceField(label=_("谁当主任"), coerce=UUID, empty_value=None, required=False)

    def __init__(self, *args: Any, heads: Sequence[tuple[str, str]], **kw: Any):
        super().__init__(*args, **kw)
        offer(self, "chair", [("", _("选一个")), *heads])


class FileForm(OnceForm):
    filing_no = words(_("备案号"), 60)
    seal = words(_("印章刻了几枚，谁保管"), 120)


class RecruitForm(OnceForm):
    fills = chips(_("选什么"), (("term", _("整届委员会")), ("rest", _("补齐没选满的")), ("vacancy", _("补选空缺"))))
    households = _count(_("联名推荐要几户"))
    until = DayField(label=_("推荐到哪天"))
    contact = words(_("找谁问"), 80, help_text=_("地点、电话，会公布。"))


def _one_of(label: Any, rows: Sequence[tuple[str, str]], **kw: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[("", _("选一个")), *rows], coerce=UUID, empty_value=None, required=False, **kw
    )


class MeetForm(OnceForm):
    day = DayField(label=_("哪天开的"))

    def __init__(
        self, *args: Any, members: Sequence[tuple[str, str]], chair: bool = True, vice: bool = True, **kw: Any
    ) -> None:
        """`chair`, `vice`: whether there is none yet."""
        super().__init__(*args, **kw)
        for key, label, wanted in (("chair", _("推选谁当主任"), chair), ("vice", _("推选谁当副主任"), vice)):
            if wanted:
                self.fields[key] = _one_of(label, members)

    def clean(self) -> dict[str, Any]:
        return {"chair": None, "vice": None, **(super().clean() or {})}


class VacateForm(OnceForm):
    why = chips(_("为什么"), [row for row in LEFT.choices() if row[0] != "removed"])
    words = words(_("依据"), 200, help_text=_("如：6月1日书面辞职。"))


class RecallForm(OnceForm):
    ground = lines(_("为什么提议罢免"), 200, rows=3, help_text=_("会公布。"))

    def __init__(self, *args: Any, items: Sequence[tuple[str, str]], **kw: Any):
        super().__init__(*args, **kw)
        self.fields["item"] = _one_of(_("在哪次会议上表决"), items, help_text=_("会议上“更换成员”的那一项。"))
        self.order_fields(["item", "ground"])


class HearForm(OnceForm):
    spoke = chips(_("本人"), (("yes", _("申辩了")), ("no", _("告诉他了，他还没申辩"))))
    words = lines(_("申辩的要点，或者谁在哪天怎么告诉他的"), 1000, rows=5, help_text=_("会公布，投票的人看得到。"))

    def clean_spoke(self) -> bool:
        return bool(self.cleaned_data["spoke"] == "yes")


class SpeakForm(OnceForm):
    """By himself."""

    spoke = chips(_("您"), (("yes", _("写申辩")), ("no", _("不申辩"))), initial="yes")
    words = lines(_("您的申辩"), 1000, rows=8, required=False, help_text=_("会公布，投票的人看得到。交了不能改。"))

    def clean_spoke(self) -> bool:
        return bool(self.cleaned_data["spoke"] == "yes")


class HandOverForm(OnceForm):
    what = words(_("交了什么"), 200, help_text=_("如：公章一枚、财务章一枚。"))
    gave = words(_("谁交的"), 40)
    took = words(_("谁接的"), 40)
