"""Putting a decision before the work, recording it, lifting what was put by mistake (§4.8); `acts` adds this table to the others."""

from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refusal
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import Actor

from ..access import parts_in
from ..forms import gates as forms
from ..models import Matter
from ..queries.gates import gates_of
from ..rules import gates
from ..rules.states import State
from ..services import gates as verbs
from .doing import Doing, hand

NONE = Refusal("no_gate", "这件事没有要先决定的")


def may_set(matter: Matter, by: Actor) -> Refusal | None:
    return gates.refuse_set(State(matter.state), parts_in(matter, by))


def may_decide(matter: Matter, by: Actor) -> Refusal | None:
    watches = bool(parts_in(matter, by)) and may(by.role, Right.SEE_MATTERS)
    found = [gates.refuse_decide(g.decider, by.role, watches) for g in gates_of(matter)]
    return NONE if not found or not matter.open else None if None in found else found[0]


def may_lift(matter: Matter, by: Actor) -> Refusal | None:
    found = [gates.refuse_lift(g.decider, by.role, parts_in(matter, by)) for g in gates_of(matter) if not g.result]
    return NONE if not found else None if None in found else found[0]


def may_paper(matter: Matter, by: Actor) -> Refusal | None:
    parts = parts_in(matter, by)
    found = [
        gates.refuse_paper(kind, g.decider, by.role, parts)
        for g in gates_of(matter)
        if gates.comes_after(g.planned, open=matter.open)
        for kind in gates.PAPERS.get(gates.Planned(g.planned), ())
    ]
    return NONE if not found else None if None in found else found[0]


GATE_ACTS: dict[str, Doing] = {
    gates.SET: Doing(forms.SetGate, hand(verbs.set_gate, "planned", "review_at", "words"), _("动工前谁决定"), note=_("定下来以前不能动工，也不能说办好了；先控制住危险不用等。"), submit=_("定了"), quit=_("先不"), said=_("记下了，等决定"), sheet=False, refuses=may_set),
    gates.DECIDE: Doing(forms.Decide, hand(verbs.decide, "gate", "result", "body", "day", "reference", "posted_on", "words", "papers"), _("记下决定"), note=_("记下就不能改；记错了再记一条更正。"), submit=_("记下"), quit=_("先不记"), said=_("决定记下了"), sheet=False, refuses=may_decide),
    gates.PAPER: Doing(forms.AddPaper, hand(verbs.add_paper, "gate", "kind", "result", "body", "day", "reference", "papers"), _("记下文书"), title=_("要的文书"), note=_("记下就不能改；记错了再记一份，以后一份为准。"), submit=_("记下"), quit=_("先不记"), said=_("文书记下了"), sheet=False, refuses=may_paper),
    gates.LIFT: Doing(forms.Lift, hand(verbs.lift_gate, "gate", "reason"), _("不用先决定"), title=_("撤掉要先决定的"), note=_("只在放错了的时候。"), submit=_("撤掉"), quit=_("不撤"), said=_("撤掉了"), sheet=False, refuses=may_lift),
}  # fmt: skip
