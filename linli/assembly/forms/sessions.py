"""What is asked of a session: its ground and dates, its rules, each item, who conducts it, objections and answers."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.tally.thresholds import MATTERS
from linli.plumbing.forms import DayField, MomentField, OnceForm, PhoneField, chips, lines, offer
from linli.plumbing.forms import words as line
from linli.plumbing.labels import Labels

from ..queries.standing import Waiting
from ..rules.delivery import EVIDENCE, Carrier
from ..rules.printed import CHOICES, LABELS
from ..rules.sessions import FORMS, GROUNDS, OFFICES


class DraftForm(OnceForm):
    asked_for = frozenset({"ground_words"})

    title = line(_("会议名称"), 80)
    ground = forms.ChoiceField(label=_("召集的依据"), choices=Labels(GROUNDS).choices())
    ground_words = line(
        _("文件号或者说明"), 300, required=False, help_text=_("街道责令召开的写文件号，紧急情况写出了什么事。")
    )
    opens_at = MomentField(label=_("什么时候开始投票"))
    closes_at = MomentField(label=_("什么时候截止"))
    count_at = MomentField(label=_("什么时候公开计票"), required=False)
    place = line(_("在哪里投票、计票"), 80)
    contact = line(_("联系人和电话"), 80)
    record_on = DayField(label=_("名册以哪天为准"), required=False, help_text=_("空着就是公告的前一天。"))


class RulesForm(OnceForm):
    asked_for = frozenset({"silence_basis"})

    silence_mode = forms.ChoiceField(label=_(LABELS["silence_mode"]), choices=Labels(CHOICES["silence_mode"]).choices())
    silence_basis = line(
        _("这样算，写在哪份文件的第几条"), 80, required=False,
        help_text=_("送达就算参与、随多数的才填，比如“业主大会议事规则第二十三条”。第一次会议不能这样算。"),
    )  # fmt: skip
    duplicate_rule = forms.ChoiceField(
        label=_(LABELS["duplicate_rule"]), choices=Labels(CHOICES["duplicate_rule"]).choices()
    )
    area_basis = forms.ChoiceField(label=_(LABELS["area_basis"]), choices=Labels(CHOICES["area_basis"]).choices())
    count_parking = forms.BooleanField(label=_(LABELS["count_parking"]), required=False)
    follow_majority = forms.BooleanField(label=_(LABELS["follow_majority"]), required=False)
    per_home_ballot = forms.BooleanField(label=_(LABELS["per_home_ballot"]), required=False)
    online = forms.BooleanField(label=_(LABELS["online"]), required=False)
    open_ballots = forms.BooleanField(label=_(LABELS["open_ballots"]), required=False)
    extension_days = forms.IntegerField(label=_(LABELS["extension_days"]), min_value=0, max_value=15)
    proxy_cap = forms.IntegerField(label=_(LABELS["proxy_cap"]), min_value=0, max_value=9)
    developer = line(
        _("建设单位的名称"), 80, required=False, help_text=_("写得和名册里一样，没卖的房子合起来算一位业主。")
    )

    @property
    def cleaned(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if key != "once"}


class ItemForm(OnceForm):
    asked_for = frozenset({"seats"})

    matter_no = forms.TypedChoiceField(
        label=_("哪一类事项"), coerce=int, choices=[("", _("选一项")), *((no, _(name)) for no, name in MATTERS.items())]
    )
    title = line(_("表决什么"), 80)
    summary = lines(_("说明"), 500, rows=3, required=False)
    scope = forms.MultipleChoiceField(
        label=_("只由哪些楼、单元的业主表决"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是全体业主。点开一栋，选整栋或者其中的单元。"),
    )  # fmt: skip
    form = forms.ChoiceField(label=_("票上怎么填"), choices=Labels(FORMS).choices(), initial="approve")
    seats = forms.IntegerField(
        label=_("选几位"), min_value=1, max_value=15, required=False,
        help_text=_("选举才填。写好这一项，再去征集候选人。"),
    )  # fmt: skip
    matter = forms.ChoiceField(
        label=_("哪件诉求等这项决定"),
        required=False,
        help_text=_("通过以后过了异议期，那件事就能动工；没通过也告诉反映的人。"),
    )

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, list[tuple[str, str]]]] = (),
        waiting: Sequence[Waiting] = (),
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        offer(self, "scope", places)
        self.kinds = {str(pk): kinds for pk, _name, kinds in waiting}
        if waiting:
            choice = cast(forms.ChoiceField, self.fields["matter"])
            choice.choices = [("", _("没有")), *((str(pk), name) for pk, name, _kinds in waiting)]
        else:
            del self.fields["matter"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kinds, no = self.kinds.get(found.get("matter", "")), found.get("matter_no")
        if kinds and no and no not in kinds:
            names = _("、").join(str(_(MATTERS[one])) for one in sorted(kinds))
            self.add_error("matter_no", _("这件诉求等的是：%(names)s") % {"names": names})
        return found

    @property
    def given(self) -> dict[str, Any]:
        found = {key: value for key, value in self.cleaned_data.items() if key not in {"scope", "matter"}}
        found["matter_id"] = UUID(self.cleaned_data["matter"]) if self.cleaned_data.get("matter") else None
        chosen = [value.partition(":") for value in self.cleaned_data["scope"]]
        found["buildings"] = [UUID(pk) for kind, _sep, pk in chosen if kind == "b"]
        found["entrances"] = [UUID(pk) for kind, _sep, pk in chosen if kind == "e"]
        return found


class PaperForm(OnceForm):
    name = line(_("材料的名称"), 120)
    file = forms.FileField(label=_("PDF 或图片"))


class OfficerForm(OnceForm):
    office = forms.ChoiceField(label=_("职务"), choices=Labels(OFFICES).choices())
    name = line(_("姓名"), 40)
    phone = PhoneField(
        required=False, label=_("登录用的手机号"), help_text=_("有了它，本人登录后才能按。送票人可以不填。")
    )
    sworn = forms.BooleanField(
        label=_("本人声明：不是候选人，也不是候选人的配偶、近亲属"),
        error_messages={"required": _("没有声明的不能担任")},
    )


class ReplaceForm(OnceForm):
    name = line(_("换成谁"), 40)
    phone = PhoneField(label=_("登录用的手机号"))
    words = lines(_("为什么换"), 200, rows=2, help_text=_("大家看得到。"))
    sworn = forms.BooleanField(
        label=_("本人声明：不是候选人，也不是候选人的配偶、近亲属"),
        error_messages={"required": _("没有声明的不能担任")},
    )


class ReasonForm(OnceForm):
    reason = lines(_("为什么"), 200, rows=2, help_text=_("大家看得到。"))


class ExtendForm(ReasonForm):
    until = MomentField(label=_("延长到什么时候"))
    field_order = ["until", "reason", "once"]


class ObjectForm(OnceForm):
    words = lines(_("哪里不对，应该是什么"), 500, rows=4, help_text=_("您的名字只露姓，答复大家看得到。"))


class AnswerForm(OnceForm):
    words = lines(_("答复"), 500, rows=4, help_text=_("大家看得到。"))
    upheld = chips(_("这条异议"), [("1", _("成立，要改正")), ("0", _("不成立"))])

    @property
    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "upheld": self.cleaned_data["upheld"] == "1"}


class SameForm(OnceForm):
    same = chips(_("是同一个人吗"), [("1", _("是同一个人")), ("0", _("不是同一个人"))])
    words = line(_("怎么核对的"), 200, help_text=_("比如“看了身份证”“打电话问过本人”。"))

    @property
    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "same": self.cleaned_data["same"] == "1"}


class SignForm(OnceForm):
    label = line(_("房号"), 60)
    name = line(_("签名的业主"), 80)


CARRIERS = ("known_a", "known_b", "carrier_a", "carrier_b")


class DeliverForm(OnceForm):
    evidence = chips(_("怎么送到的"), Labels(EVIDENCE).choices())
    known_a = forms.ChoiceField(label=_("送票人"), required=False)
    known_b = forms.ChoiceField(label=_("另一位送票人"), required=False, help_text=_("上门要两个人一起。"))
    carrier_a = line(_("送票人没有岗位的，写名字"), 40, required=False)
    carrier_b = line(_("另一位没有岗位的，写名字"), 40, required=False)
    photo = forms.FileField(label=_("信箱照片"), required=False)
    words = line(_("单号、贴在哪里，或者备注"), 200, required=False)
    posted_on = DayField(label=_("哪天贴的"), required=False)

    def __init__(self, *args: Any, known: Sequence[tuple[UUID, str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._known = {str(account): name for account, name, _post in known}
        options = [("", _("没有选")), *((str(account), f"{name} {post}") for account, name, post in known)]
        for field in ("known_a", "known_b"):
            offer(self, field, options)

    @property
    def given(self) -> dict[str, Any]:
        found = {key: value for key, value in self.cleaned_data.items() if key not in CARRIERS}
        picked = [(self.cleaned_data[f"known_{n}"], self.cleaned_data[f"carrier_{n}"]) for n in "ab"]
        return {
            **found,
            "carriers": [Carrier(self._known[key], UUID(key)) if key else Carrier(typed) for key, typed in picked],
        }


class FileForm(OnceForm):
    words = line(_("备案回执号"), 120, required=False)


class ArchiveForm(OnceForm):
    place = line(_("票和材料放在哪里"), 120)
