"""What is asked when a property company is chosen: from the notice to the last thing handed over."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import DayField, OnceForm, PhoneField, YuanField, chips, lines, offer, words

from ..models import Bid, Item
from ..rules.selections import BIDDERS_LEAST
from ..words.selections import CLAUSES, FEE_MODELS, GROUNDS, SIDES

NEW = "new"
ROW = re.compile(r"(.+?)[\s:：,，]*([0-9]{1,3})\s*分?")


def _count(label: Any, most: int = 999, **kw: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **kw
    )


class StartForm(OnceForm):
    ground = chips(_("为什么要选"), GROUNDS.choices())
    contact = words(_("找谁问"), 80, help_text=_("地点、电话，会公布。"))


class NoticeForm(OnceForm):
    given_on = DayField(label=_("哪天送到的"))
    ends_on = DayField(label=_("合同到哪天结束"))
    delivered = words(_("怎么送的"), 120, help_text=_("如：书面，物业经理当面签收。"))
    agreed = _count(_("合同约定提前几天"), required=False, help_text=_("合同另有约定才填。"))
    clause = words(_("合同第几条"), 80, required=False)


class PlanForm(OnceForm):
    services = lines(_("要哪些服务，什么标准"), 1000, rows=5)
    months = _count(_("合同几个月"), 120)
    fee_model = chips(_("怎么收费"), FEE_MODELS.choices())
    price_cap = YuanField(label=_("最高报价"), required=False, help_text=_("住宅每平方米每月多少元。不限就空着。"))
    least = _count(_("至少几家投标"), 20, initial=BIDDERS_LEAST)
    criteria = lines(_("评分项目"), 600, rows=5, help_text=_("一行一项，写上分数，如：服务方案 40。加起来 100 分。"))
    comments_until = DayField(label=_("方案公示到哪天"))

    def clean_criteria(self) -> list[tuple[str, int]]:
        rows = []
        for line in unicodedata.normalize("NFKC", self.cleaned_data["criteria"]).splitlines():
            if not line.strip():
                continue
            found = ROW.fullmatch(line.strip())
            if found is None:
                raise forms.ValidationError(_("这一行没有分数：%(line)s") % {"line": line.strip()[:20]})
            rows.append((found[1].strip(), int(found[2])))
        return rows


class ScorerForm(OnceForm):
    name = words(_("姓名"), 40)
    side = chips(_("代表谁"), SIDES.choices())
    phone = PhoneField(required=False, label=_("手机号"), help_text=_("有就自己在手机上打分；没有就录他签名的评分表。"))
    declared = forms.BooleanField(label=_("已声明和投标的公司、现在的物业公司没有利害关系"), required=False)


class ReasonForm(OnceForm):
    reason = lines(_("为什么"), 200, rows=2, help_text=_("会公布。"))


class UntilForm(OnceForm):
    until = DayField(label=_("投标到哪天"))


class ExtendForm(UntilForm):
    reason = lines(_("为什么"), 200, rows=2, help_text=_("会公布。"))


class ReceiveForm(OnceForm):
    company = words(_("哪家公司"), 80)
    contact = words(_("联系人"), 40)
    phone = words(_("电话"), 20)


class OpenForm(OnceForm):
    first = words(_("见证的一位"), 40)
    second = words(_("另一位"), 40)

    @property
    def witnesses(self) -> list[str]:
        return [self.cleaned_data["first"], self.cleaned_data["second"]]


class EnterForm(OnceForm):
    price_fen = YuanField(label=_("报价"), help_text=_("住宅每平方米每月多少元。"))
    promise = lines(_("承诺"), 500, rows=4, help_text=_("投标书里答应业主的，会公布。"))


class PaperForm(OnceForm):
    name = words(_("材料名称"), 120)
    file = forms.FileField(label=_("文件"), help_text=_("PDF 或图片，不超过 20 MB。"))


class ScoreForm(OnceForm):
    """One whole number an item of the plan."""

    reason = words(_("改分的原因"), 200, required=False, help_text=_("第一次打分不用写。"))

    def __init__(self, *args: Any, criteria: Sequence[tuple[str, int]], **kw: Any):
        super().__init__(*args, **kw)
        self.items = [f"item_{n}" for n in range(len(criteria))]
        for name, (label, most) in zip(self.items, criteria, strict=True):
            field = forms.IntegerField(
                label=label, min_value=0, max_value=most, help_text=_("0 到 %(most)s 分") % {"most": most}
            )
            field.widget.attrs["inputmode"] = "numeric"
            field.error_messages["required"] = _("这里要填")
            self.fields[name] = field
        self.order_fields([*self.items, "reason"])

    @property
    def points(self) -> list[int]:
        return [self.cleaned_data[name] for name in self.items]


class PutForm(OnceForm):
    bid = chips(_("提请表决哪一家"), [])
    item = chips(_("在哪次会议上表决"), [])
    reason = words(_("为什么不是得分最高的"), 200, required=False, help_text=_("会公布。"))

    def __init__(self, *args: Any, bids: Sequence[Bid], items: Sequence[Item], **kw: Any):
        super().__init__(*args, **kw)
        self._bids, self._items = {str(b.pk): b for b in bids}, {str(i.pk): i for i in items}
        offer(self, "bid", [(key, bid.company) for key, bid in self._bids.items()])
        there = [(key, f"{item.session.title}：{item.title}") for key, item in self._items.items()]
        offer(self, "item", [(NEW, _("起草一次会议，议题按方案和报价写好")), *there])
        if there:
            self.fields["item"].help_text = _("已经起草的会议，议题里要写明是哪家公司。")
        self.initial = {"bid": next(iter(self._bids), None), "item": NEW, **self.initial}

    def clean_bid(self) -> Bid:
        return self._bids[self.cleaned_data["bid"]]

    def clean_item(self) -> Item | None:
        return self._items.get(self.cleaned_data["item"])


class ContractForm(OnceForm):
    price_fen = YuanField(label=_("住宅物业费"), help_text=_("每平方米每月多少元。"))
    months = _count(_("合同几个月"), 120)
    signed_on = DayField(label=_("哪天签的"))
    starts_on = DayField(label=_("从哪天开始"))
    notice_days = _count(_("解聘提前几天通知"), 365, initial=60)
    clauses = forms.MultipleChoiceField(
        label=_("合同里写了哪些"), choices=CLAUSES.choices(), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("没写的会在合同那一页提醒。"),
    )  # fmt: skip
    signer = words(_("业委会谁签的"), 40)
    company_signer = words(_("公司谁签的"), 40)
    name = words(_("文件名称"), 120, initial=_("物业服务合同"))
    file = forms.FileField(label=_("合同文件"), help_text=_("PDF 或图片，不超过 20 MB。业主都能看。"))


class SignForm(ContractForm):
    seal_line = words(_("用印登记第几号"), 40, required=False)
    handover_until = DayField(label=_("交接到哪天"), help_text=_("合同约定的交接期限。"))


class CorrectForm(SignForm):
    reason = lines(_("哪里录错了"), 200, rows=2, help_text=_("会公布，原来的留着。"))


class RecordForm(ContractForm):
    company = chips(_("哪家公司"), [])
    fee_model = chips(_("怎么收费"), FEE_MODELS.choices())
    field_order = ("company", "price_fen", "fee_model")

    def __init__(self, *args: Any, companies: Sequence[tuple[UUID, str]], **kw: Any):
        super().__init__(*args, **kw)
        offer(self, "company", [(str(pk), name) for pk, name in companies])


class FileForm(OnceForm):
    filing_no = words(_("备案号"), 60)
    filed_on = DayField(label=_("哪天备案的"))
    filed_with = words(_("在哪里备案"), 80, help_text=_("如：临溪街道办事处、区住建局。"))


class AdmitForm(OnceForm):
    manager = words(_("新公司的项目经理"), 40)
    phone = PhoneField(label=_("他的手机号"))


class GiveForm(OnceForm):
    what = lines(_("交了什么"), 200, rows=3, help_text=_("写清楚数量、编号。"))


class GiveOnPaperForm(GiveForm):
    name = words(_("原公司谁签的清单"), 40)


class TakeForm(OnceForm):
    what = lines(_("收到了什么"), 200, rows=3)
    lacking = lines(_("还缺什么"), 200, rows=2, required=False, help_text=_("有缺的，这一项不算交清。"))


class ObjectForm(OnceForm):
    words = lines(_("有什么意见"), 500, rows=4, help_text=_("您的名字只有办的人看得到。"))


class AnswerForm(OnceForm):
    upheld = chips(_("采纳吗"), (("yes", _("采纳")), ("no", _("不采纳"))))
    words = lines(_("怎么答复"), 500, rows=4, help_text=_("会公布，不写提的人是谁。"))

    def clean_upheld(self) -> bool:
        return bool(self.cleaned_data["upheld"] == "yes")
