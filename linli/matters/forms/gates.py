"""Decision gates: what is planned, and what was decided."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import DayField, PhotosField, PhotosInput, offer

from ..access import parts_in
from ..models import Gate
from ..queries.gates import gates_of, papers_of
from ..rules import gates
from ..words import GATE_BODIES, GATE_PAPERS, GATE_PLANS, GATE_RESULTS, GATE_VERDICTS
from .base import MatterForm
from .fields import pick, say
from .papers import PapersForm

REVIEW_IN = timedelta(days=30)


class SetGate(MatterForm):
    planned = pick(_("打算做什么"), [], need="planned")
    review_at = DayField(label=_("哪天再看"), error_messages={"required": _("请写哪天再看")})
    words = say(_("说明"), required=False, rows=2, max_length=200)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        likely = gates.suggested(self.matter.category)
        there = {row.planned for row in gates_of(self.matter)}
        order = [*likely, *(p for p in gates.GATES if p not in likely)]
        offer(self, "planned", [(str(p), GATE_PLANS[p]) for p in order if p not in there])
        self.fields["review_at"].initial = timezone.localdate(self.at) + REVIEW_IN

    def clean_review_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["review_at"], time(9)))


class OneGate(MatterForm):
    """Which of the matter's gates it is about; `open_only`: still undecided ones."""

    open_only = False
    gate = pick(_("哪一条"), [], need="gate")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.gates = {str(g.pk): g for g in gates_of(self.matter) if self.may(g)}
        offer(self, "gate", [(pk, GATE_PLANS[g.planned]) for pk, g in self.gates.items()])
        first = next((pk for pk, g in self.gates.items() if not g.result), next(iter(self.gates), ""))
        self.fields["gate"].initial = first

    def may(self, gate: Gate) -> bool:
        return not (self.open_only and gate.result)

    def clean_gate(self) -> Gate | None:
        return self.gates.get(self.cleaned_data["gate"])


class Decide(PapersForm, OneGate):
    result = pick(_("通过没有"), GATE_RESULTS.choices(), need="rating")
    body = forms.CharField(label=_("谁决定的"), max_length=80, error_messages={"required": _("请写是谁决定的")})
    day = DayField(label=_("哪一天"), error_messages={"required": _("请写哪一天")})
    reference = forms.CharField(
        label=_("凭什么"),
        max_length=120,
        help_text=_("会议、表决或文书的编号。"),
        error_messages={"required": _("请写凭什么：会议、表决或文书的编号")},
    )
    posted_on = DayField(label=_("哪天起公示的"), required=False)
    words = say(_("说明"), required=False, rows=2)
    papers = PhotosField(
        label=_("文书（PDF 或照片）"), most=1, widget=PhotosInput(attrs={"accept": "image/*,application/pdf"})
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        chosen = self.gates.get(str(self.fields["gate"].initial))
        if chosen:
            self.fields["body"].initial = GATE_BODIES[chosen.decider]
        papers = self.fields["papers"]
        papers.required = bool(self.gates) and all(g.decider in gates.VOTED for g in self.gates.values())
        papers.error_messages["required"] = _("请附上表决结果的文书")
        if not any(g.decider in gates.NOTICE for g in self.gates.values()):
            del self.fields["posted_on"]

    def may(self, gate: Gate) -> bool:
        return gates.refuse_decide(gate.decider, self.by.role, True) is None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("posted_on", None)
        return data


class AddPaper(PapersForm):
    """Which paper of which gate, those that are missing first."""

    which = pick(_("哪一份"), [], need="gate")
    result = pick(_("同意不同意"), [], need="rating")
    body = forms.CharField(label=_("谁出的"), max_length=80, error_messages={"required": _("请写是谁出的")})
    day = DayField(label=_("哪一天"), error_messages={"required": _("请写哪一天")})
    reference = forms.CharField(
        label=_("文号或者编号"), max_length=120, error_messages={"required": _("请写文号或者编号")}
    )
    papers = PhotosField(
        label=_("文书（PDF 或照片）"),
        most=1,
        widget=PhotosInput(attrs={"accept": "image/*,application/pdf"}),
        error_messages={"required": _("请附上文书")},
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        found = gates_of(self.matter)
        said = papers_of(found)
        self.wanted: dict[str, tuple[Gate, gates.Paper]] = {}
        parts = parts_in(self.matter, self.by)
        lacked = []
        for gate in found:
            there = {kind: paper.result for kind, paper in said.get(gate.pk, {}).items()}
            lacks = gates.lacking(gate.planned, there)
            for kind in gates.PAPERS.get(gates.Planned(gate.planned), ()):
                if gates.refuse_paper(kind, gate.decider, self.by.role, parts):
                    continue
                self.wanted[f"{gate.pk}:{kind}"] = gate, kind
                lacked += [f"{gate.pk}:{kind}"] if kind in lacks else []
        several = len({gate.pk for gate, _kind in self.wanted.values()}) > 1
        names = {
            key: f"{GATE_PLANS[g.planned]} · {GATE_PAPERS[kind]}" if several else GATE_PAPERS[kind]
            for key, (g, kind) in self.wanted.items()
        }
        offer(self, "which", [(key, names[key]) for key in sorted(self.wanted, key=lambda k: k not in lacked)])
        self.fields["which"].initial = next(iter(lacked), next(iter(self.wanted), ""))
        self.fields["papers"].required = True
        if any(kind == gates.Paper.POSTED for _gate, kind in self.wanted.values()):
            self.fields["day"].help_text = _("公示的，写从哪天起。")
        offer(self, "result", [(r, self._verdicts(r)) for r in gates.VERDICTS])

    def _verdicts(self, result: str) -> str:
        """As each of the papers says it."""
        kinds = [kind for _gate, kind in self.wanted.values()]
        return str(_("、")).join(dict.fromkeys(GATE_VERDICTS[gates.verdict(kind, result)] for kind in kinds))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["gate"], data["kind"] = self.wanted.get(data.get("which", ""), (None, ""))
        return data


class Lift(OneGate):
    open_only = True
    reason = say(_("为什么撤掉"), rows=2, max_length=200, need="reason")
