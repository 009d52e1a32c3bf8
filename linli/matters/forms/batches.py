"""Batch cases: opening one, a step with a home or many, the way to an agency, milestones, telling those who miss a paper."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import DayField, PhotosField, lines, offer
from linli.plumbing.forms import words as line
from linli.plumbing.labels import Labels, label

from ..rules import batches as rules
from ..rules.batches import HomeState, Paper, Stage, Step
from ..rules.publicity import public_words
from .base import RefusableForm

STATES, REASONS, GIVERS = Labels(rules.STATES), Labels(rules.REASON_LABELS), Labels(rules.GIVERS)
PATH_ROWS, PAPER_ROWS = 6, 8


def _row(title: Any, most: int) -> forms.CharField:
    return forms.CharField(label=title, max_length=most, required=False)


class Public(RefusableForm):
    """Some of its words are read by everybody: what does not belong there is taken out and shown before it is kept."""

    everybody_reads: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.everybody_reads:
            said, shown = data.get(name) or "", public_words(data.get(name) or "")
            if (
                said != shown and not self.files
            ):  # photos would have to be chosen again; the service takes it out anyway
                self.data = {**self.data, name: shown}
                self.add_error(name, _("大家看得到，号码和房号换掉了。看一看这样行不行，再按一次"))
        return data


class UndoForm(RefusableForm):
    words = lines(_("为什么撤回"), 200)


class OpenForm(Public):
    everybody_reads = ("title", "words")
    title = line(_("名字"), 40, help_text=_("大家看得懂，如：补办不动产权证"))
    words = lines(_("怎么回事"), 400, required=False, help_text=_("写在公开的进度页上，不写人名"))
    bring_to = line(_("材料交到哪里"), 80, required=False)
    public = forms.BooleanField(label=_("进度页谁都能看（没有人名和房号）"), required=False, initial=True)
    path = forms.Field(required=False, widget=forms.HiddenInput)
    papers = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        reaches = [
            ("", _("不变")),
            *STATES.choices([HomeState.SUBMITTED, HomeState.TAX_DONE, HomeState.REGISTERING, HomeState.CERTIFIED]),
        ]
        for i in range(PATH_ROWS):
            usual = rules.USUAL_PATH[i] if i < len(rules.USUAL_PATH) else Stage("", "")
            self.fields[f"agency_{i}"], self.fields[f"what_{i}"] = _row(_("部门"), 40), _row(_("做什么"), 40)
            self.fields[f"document_{i}"] = _row(_("要什么材料"), 80)
            self.fields[f"reaches_{i}"] = forms.ChoiceField(label=_("办完到"), choices=reaches, required=False)
            for name in ("agency", "what", "document", "reaches"):
                self.fields[f"{name}_{i}"].initial = (
                    label(getattr(usual, name))
                    if name != "reaches" and getattr(usual, name)
                    else str(getattr(usual, name))
                )
        for i in range(PAPER_ROWS):
            paper = rules.USUAL_PAPERS[i] if i < len(rules.USUAL_PAPERS) else Paper("", "")
            self.fields[f"label_{i}"], self.fields[f"where_{i}"] = _row(_("材料"), 20), _row(_("带什么，哪里办"), 80)
            self.fields[f"giver_{i}"] = forms.ChoiceField(label=_("谁出"), choices=GIVERS.choices(), required=False)
            self.fields[f"label_{i}"].initial = label(paper.label) if paper.label else ""
            self.fields[f"where_{i}"].initial = label(paper.where) if paper.where else ""
            self.fields[f"giver_{i}"].initial = paper.giver

    @property
    def path_rows(self) -> list[list[Any]]:
        return [[self[f"{name}_{i}"] for name in ("agency", "what", "document", "reaches")] for i in range(PATH_ROWS)]

    @property
    def paper_rows(self) -> list[list[Any]]:
        return [[self[f"{name}_{i}"] for name in ("label", "giver", "where")] for i in range(PAPER_ROWS)]

    def wishes(self) -> dict[str, Any]:
        data = self.cleaned_data
        path = [
            Stage(
                data[f"agency_{i}"].strip(),
                data[f"what_{i}"].strip(),
                data[f"document_{i}"].strip(),
                data[f"reaches_{i}"],
            )
            for i in range(PATH_ROWS)
            if data[f"agency_{i}"].strip()
        ]
        papers = [self._paper(i, data) for i in range(PAPER_ROWS) if data[f"label_{i}"].strip()]
        return {
            "path": path,
            "papers": papers,
            **{name: data[name] for name in ("title", "words", "bring_to", "public", "once")},
        }

    @staticmethod
    def _paper(i: int, data: dict[str, Any]) -> Paper:
        """One of the usual ones keeps its key and the names that offices give it."""
        name = data[f"label_{i}"].strip()
        usual = next((p for p in rules.USUAL_PAPERS if name in (p.label, label(p.label))), None)
        key, also = (usual.key, usual.also) if usual else (f"p{i + 1}", ())
        return Paper(
            key, usual.label if usual else name, data[f"giver_{i}"] or "owner", data[f"where_{i}"].strip(), also
        )


class StepForm(RefusableForm):
    """What one step asks for, with one home or many."""

    def __init__(
        self,
        *args: Any,
        step: Step,
        papers: Sequence[Paper],
        have: dict[str, str] | None = None,
        many: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.step, self.many = step, many
        names = [(p.key, label(p.label)) for p in papers]
        boxes: dict[str, Any] = {"required": False, "choices": names, "widget": forms.CheckboxSelectMultiple}
        have = have or {}
        if step == Step.CHECK:
            title = _("这次收到的") if many else _("有的材料")
            self.fields["got"] = forms.MultipleChoiceField(
                label=title, initial=[k for k, v in have.items() if v == "yes"], **boxes
            )
            self.fields["no_need"] = forms.MultipleChoiceField(
                label=_("不用的"), initial=[k for k, v in have.items() if v == "no_need"], **boxes
            )
            if not many:
                shown = " ".join(f"{key}:{value}" for key, value in have.items() if value)
                self.fields["shown"] = forms.CharField(required=False, initial=shown, widget=forms.HiddenInput)
        if step == Step.SEND_BACK:
            self.fields["missing"] = forms.MultipleChoiceField(label=_("缺哪些材料"), **boxes)
        if step == Step.BLOCK:
            self.fields["reason"] = forms.ChoiceField(
                label=_("卡在哪里"), choices=REASONS.choices(), widget=forms.RadioSelect, required=False
            )
        if step == Step.CORRECT:
            wanted = [s for s in HomeState if s not in (HomeState.BLOCKED, HomeState.MISSING)]
            self.fields["state"] = forms.ChoiceField(
                label=_("现在到了哪一步"), choices=STATES.choices(wanted), widget=forms.RadioSelect, required=False
            )
        if step == Step.CERTIFY:
            self.fields["day"] = DayField(label=_("发证的日期"), required=False)
            if not many:
                self.fields["title_no"] = forms.CharField(label=_("证号"), max_length=60, required=False)
        self.fields["words"] = lines(_("说一句"), 200, rows=2, required=False)

    def wishes(self) -> dict[str, Any]:
        found = {name: value for name, value in self.cleaned_data.items() if value is not None}
        if "shown" in found:
            pairs = (part.partition(":") for part in found["shown"].split()) if "shown" in self.data else None
            found["shown"] = None if pairs is None else {key: value for key, _colon, value in pairs}
        return found


class VisitForm(Public):
    everybody_reads = ("said",)
    day = DayField(label=_("哪一天"))
    agency = line(_("部门"), 40)
    persons = line(_("谁去的"), 120, help_text=_("只在里面看得到"))
    result = lines(_("结果"), 400)
    next_step = line(_("下一步"), 200, required=False)
    documents = line(_("交了、拿回什么材料"), 200, required=False)
    said = lines(_("给大家的一句话"), 200, rows=2, required=False, help_text=_("写在进度页上，不写人名和电话"))
    photos = PhotosField(label=_("材料的照片"), most=6)


class MilestoneForm(Public):
    everybody_reads = ("title",)
    title = line(_("节点"), 40)
    planned_on = DayField(label=_("打算哪天"), required=False)
    reached_on = DayField(label=_("到了，是哪天"), required=False)


class CloseForm(Public):
    everybody_reads = ("words",)
    words = lines(_("办得怎么样"), 200, help_text=_("写在公开的进度页上，不写人名"))


class TellForm(RefusableForm):
    papers = forms.MultipleChoiceField(
        label=_("缺哪些材料的"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("选一样材料")}
    )
    words = lines(_("多说一句"), 200, rows=2, required=False)

    def __init__(self, *args: Any, papers: Sequence[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "papers", list(papers))


class FileForm(RefusableForm):
    file = forms.FileField(label=_("文件"), error_messages={"required": _("还没有选文件"), "empty": _("文件是空的。")})


class BuildingsForm(RefusableForm):
    buildings = forms.MultipleChoiceField(
        label=_("哪几栋"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("选一栋楼")}
    )

    def __init__(self, *args: Any, buildings: Sequence[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        offer(self, "buildings", list(buildings))
