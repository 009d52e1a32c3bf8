"""What whistles ask for, of those who blow and of those who are asked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation
from linli.plumbing.forms import DayField, MomentField, PhoneField, PhotosField, PhotosInput, YuanField, offer

from ..models import Attachment, WhistleFile
from ..rules.whistles import ASKS_MOST, Level
from ..services.whistles import Told
from ..words import (
    WHISTLE_CAUSES,
    WHISTLE_DECISIONS,
    WHISTLE_MONEY,
    WHISTLE_SCORES,
    WHISTLE_SIGNS,
    WHISTLE_URGENCIES,
    WHISTLE_WAYS,
    WHISTLE_WHOSE,
)
from .base import RefusableForm
from .fields import pick, say

# So many rows stand open, the others are folded until they are wanted.
FIRST = 3


def line(label: Any, *, most: int = 80, required: bool = True, **kw: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, **kw)


def papers_field(**kw: Any) -> PhotosField:
    return PhotosField(
        label=_("照片和文书（PDF）"), widget=PhotosInput(attrs={"accept": "image/*,application/pdf"}), **kw
    )


class DraftForm(RefusableForm):
    """Of a fixed level: to the community and the subdistrict one ask, to agencies one for each row that is filled."""

    title = line(_("一句话说是什么事"))
    urgency = pick(_("急不急"), WHISTLE_URGENCIES.choices(), need="urgency", initial="normal")
    cause = pick(_("为什么要吹哨"), WHISTLE_CAUSES.choices(), need="rating")
    facts = say(_("事实"), max_length=2000, rows=5, help_text=_("什么时候、哪里、怎么样。不写居民的名字、电话和房号。"))
    figures = line(_("数字"), most=400, required=False, help_text=_("长多少、几处、几次。"))
    affected = forms.IntegerField(label=_("影响多少人"), required=False, min_value=0, max_value=10_000_000)
    done_below = say(_("这一层已经做了什么"), max_length=400)
    basis = line(_("依据"), most=200, required=False, help_text=_("法律条文，或者权力清单里的哪一项。"))
    photos = forms.MultipleChoiceField(label=_("附上哪几张照片"), required=False, widget=forms.CheckboxSelectMultiple)
    papers = papers_field(help_text=_("一共最多 9 个。每个部门打开链接都看得见，看得见人脸和门牌的不要附。"))
    drop = forms.MultipleChoiceField(label=_("去掉"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, data: Mapping[str, Any] | None = None, files: MultiValueDict[str, UploadedFile] | None = None, *, level: str,
        agencies: Iterable[Organisation] = (), photos: Iterable[Attachment] = (), own: Iterable[WhistleFile] = (), **kw: Any,
    ) -> None:  # fmt: skip
        super().__init__(data, files, **kw)
        self.agencies = {str(a.pk): a for a in agencies}
        self.level = Level(level)
        offer(self, "photos", ((str(p.pk), str(n)) for n, p in enumerate(photos, 1)))
        offer(self, "drop", ((str(f.pk), f.name or "PDF") for f in own))
        for n in range(1, self.rows + 1):
            if self.level == Level.AGENCIES:
                self.fields[f"body{n}"] = forms.ChoiceField(
                    label=_("部门"), required=False, choices=[("", _("选部门")), *((k, a.name) for k, a in self.agencies.items())],
                )  # fmt: skip
            self.fields[f"ask{n}"] = say(_("请它做什么"), required=False, rows=2)

    @property
    def rows(self) -> int:
        return ASKS_MOST if self.level == Level.AGENCIES else 1

    @property
    def asked(self) -> list[tuple[Any, Any]]:
        return [
            (self[f"body{n}"] if f"body{n}" in self.fields else None, self[f"ask{n}"]) for n in range(1, self.rows + 1)
        ]

    @property
    def first(self) -> list[tuple[Any, Any]]:
        return self.asked[:FIRST]

    @property
    def further(self) -> list[tuple[Any, Any]]:
        return self.asked[FIRST:]

    @property
    def unfolded(self) -> bool:
        return any(part.value() or part.errors for row in self.further for part in row)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(1, self.rows + 1):
            body, ask = data.get(f"body{n}", ""), (data.get(f"ask{n}") or "").strip()
            if self.level == Level.AGENCIES and bool(body) != bool(ask):
                self.add_error(f"ask{n}" if body else f"body{n}", _("部门和请它做什么都要写"))
        return data

    def told(self) -> Told:
        data = self.cleaned_data
        asks = [(self.agencies.get(data.get(f"body{n}", "")), data[f"ask{n}"]) for n in range(1, self.rows + 1)]
        return Told(
            title=data["title"], facts=data["facts"], done_below=data["done_below"], cause=data["cause"], urgency=data["urgency"],
            figures=data["figures"], affected=data["affected"], basis=data["basis"], asks=asks,
            attachments=[UUID(pk) for pk in data["photos"]],
        )  # fmt: skip


class Bare(RefusableForm):
    pass


class Words(RefusableForm):
    words = say(_("说明"))


class MayWords(RefusableForm):
    words = say(_("说明"), required=False)


class Call(RefusableForm):
    planned_at = MomentField(label=_("什么时候"))
    place = line(_("在哪里"))


class Minutes(RefusableForm):
    words = say(_("会上定了什么"), max_length=4000, rows=6)
    attendance = say(_("谁到了会"), max_length=1000)
    held_at = MomentField(label=_("什么时候开的"), required=False)

    def __init__(self, *args: Any, bodies: Sequence[str] = (), **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["attendance"].help_text = _("一行一个：单位，空一格，姓名。写全名的单位才能签字：%(bodies)s") % {
            "bodies": _("、").join(bodies)
        }

    def people(self) -> list[tuple[str, str]]:
        rows = [row.strip() for row in self.cleaned_data["attendance"].splitlines()]
        cut = [(*row.replace("，", " ").split(None, 1), "") for row in rows if row]
        return [(row[0], row[1]) for row in cut]


class Sign(RefusableForm):
    """`people`: of the own body those who were at a meeting."""

    who = pick(_("您是"), [], need="rating")
    agrees = pick(_("纪要对不对"), WHISTLE_SIGNS.choices(), need="rating")
    words = say(_("哪里不同意"), required=False)
    officer = line(_("您的姓名"), most=40, required=False, help_text=_("上面没有写姓名的时候填。"))

    def __init__(self, *args: Any, people: Mapping[str, str] | None = None, named: bool = True, **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "who", (people or {}).items())
        self.fields["who"].initial = next(iter(people or {}), "")


class Assign(RefusableForm):
    lead = pick(_("牵头还是配合"), [("lead", _("牵头")), ("assist", _("配合"))], need="rating")
    words = say(_("办什么"))
    due_on = DayField(label=_("哪天办完"))


class PassOn(RefusableForm):
    body = forms.ChoiceField(label=_("转给哪个部门"))
    words = say(_("请它做什么"), required=False, help_text=_("不写就照原来的。"))

    def __init__(self, *args: Any, agencies: Iterable[Organisation] = (), **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.agencies = {str(a.pk): a for a in agencies}
        offer(self, "body", ((k, a.name) for k, a in self.agencies.items()))


class Decide(RefusableForm):
    whose = pick(_("由谁办"), WHISTLE_WHOSE.choices(), need="rating")
    words = say(_("为什么"))


class BlowAgain(RefusableForm):
    """To agencies one is chosen; to the subdistrict it is known."""

    words = say(_("哪里没办好"))
    body = forms.ChoiceField(label=_("请哪个部门"), required=False)
    ask = say(_("请它做什么"))

    def __init__(self, *args: Any, agencies: Iterable[Organisation] = (), **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.agencies = {str(a.pk): a for a in agencies}
        if self.agencies:
            offer(self, "body", ((k, a.name) for k, a in self.agencies.items()))
        else:
            self.fields["body"].widget = forms.HiddenInput()


class Score(RefusableForm):
    response = pick(_("响应"), WHISTLE_SCORES.choices(), need="rating")
    quality = pick(_("质量"), WHISTLE_SCORES.choices(), need="rating")
    words = say(_("说明"), required=False)


class SendLink(RefusableForm):
    phone = PhoneField(required=False, label=_("联络员手机号"), help_text=_("不填就用部门名册里的。"))


class Fund(RefusableForm):
    liable = line(_("该谁出钱"))
    why = line(_("它为什么出不了"), most=200)
    court = line(_("哪个法院冻结的"), most=60, required=False)
    case_no = line(_("案号"), most=60, required=False)
    frozen_fen = YuanField(label=_("冻结了多少（元）"), required=False)
    asked_fen = YuanField(label=_("要多少（元）"))
    basis = line(_("依据"), most=200, required=False)


class FundStep(RefusableForm):
    kind = pick(_("记哪一步"), WHISTLE_MONEY.choices(), need="rating")
    day = DayField(label=_("哪一天"))
    decision = pick(_("对方怎么定"), WHISTLE_DECISIONS.choices(), required=False)
    fen = YuanField(label=_("多少钱（元）"), required=False)
    payee = line(_("付给谁"), required=False)
    paper = line(_("哪份文书或票据"), most=120, required=False)
    papers = papers_field()
    words = say(_("说明"), required=False)
    corrects = forms.ChoiceField(label=_("更正哪一条"), required=False)

    def __init__(self, *args: Any, entries: Iterable[tuple[str, str]] = (), **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "corrects", [("", _("不是更正")), *entries])


# ── of those who are asked; by the link somebody writes the name ────────────────────────────────────────────────────


class Asked(RefusableForm):
    officer = line(_("您的姓名"), most=40)

    def __init__(
        self, *args: Any, officer: str = "", named: bool = True, at: datetime | None = None, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.fields["officer"].initial = officer
        if not named:
            self.fields["officer"].required = False


class Receive(Asked):
    pass


class ReportIn(Asked):
    officer = line(_("谁来办"), most=40)
    phone = PhoneField(required=False, label=_("联系电话"))
    way = pick(_("怎么报到"), WHISTLE_WAYS.choices(), need="rating")
    arrives_at = MomentField(label=_("什么时候到"), required=False)


class Decline(Asked):
    reason = say(_("为什么不归你们办"))
    proper = line(_("该由哪个部门办"), most=60)


class Start(Asked):
    words = say(_("打算怎么办"))
    finish_on = DayField(label=_("哪天能办完"), required=False)


class Answer(Asked):
    words = say(_("办了什么，结果怎样"), max_length=1000, rows=5, help_text=_("小区里的人会看到这段话。"))
    papers = papers_field()


class ScoreBack(Asked):
    response = pick(_("情况写得清不清楚"), WHISTLE_SCORES.choices(), need="rating")
    quality = pick(_("现场配合得怎么样"), WHISTLE_SCORES.choices(), need="rating")
    words = say(_("说明"), required=False)
