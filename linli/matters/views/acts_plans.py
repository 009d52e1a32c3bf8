"""The steps of a project on a matter (M1, M35); `acts` adds this table to the others."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refusal
from linli.plumbing.acts import Actor

from ..access import parts_in
from ..forms import plans as forms
from ..models import Matter
from ..queries.plans import failed, plan_of
from ..rules import plans
from ..rules.plans import Act, Kind, Step
from ..services import plans as verbs
from .doing import Doing, hand

NONE = Refusal("wrong_state", "这件事已经变了，请看现在到哪一步")


def may_open(matter: Matter, by: Actor) -> Refusal | None:
    return plans.refuse_open(parts_in(matter, by), plan_of(matter) is not None, matter.open)


def may(act: Act) -> Callable[[Matter, Actor], Refusal | None]:
    def refuses(matter: Matter, by: Actor) -> Refusal | None:
        plan = plan_of(matter)
        if plan is None or not matter.open:
            return NONE
        no = plans.refuse(act, Kind(plan.kind), Step(plan.step), parts_in(matter, by), failed=failed(matter))
        return no or (verbs.refuse_install(matter) if act == Act.INSTALL else None)

    return refuses


PLAN_ACTS: dict[str, Doing] = {
    Act.OPEN: Doing(forms.Open, hand(verbs.open_plan, "kind"), _("当项目来办"), note=_("数清楚、比方案、谈定、决定、装好、用上、告诉大家，一步一步看得见。"), submit=_("开始"), quit=_("先不"), said=_("开始了，先数清楚"), sheet=False, refuses=may_open),
    Act.VERIFY: Doing(forms.Verify, hand(verbs.verify, "counted", "words"), _("记下数的"), submit=_("记下"), quit=_("先不记"), said=_("记下了"), sheet=False, refuses=may(Act.VERIFY)),
    Act.OPTION: Doing(forms.Option, hand(verbs.add_option, "site", "supplier", "price_fen", "power_kw", "words", "papers"), _("加一个方案"), submit=_("加上"), quit=_("先不加"), said=_("方案加上了"), sheet=False, refuses=may(Act.OPTION)),
    Act.OPINION: Doing(forms.Opinion, hand(verbs.add_opinion, "voice", "who", "words", "asked", "agree", "against"), _("记一条意见"), submit=_("记下"), quit=_("先不记"), said=_("记下了"), sheet=False, refuses=may(Act.OPINION)),
    Act.WAY: Doing(forms.Way, hand(verbs.set_way, "way_in", "direction", "hours"), _("定一个门怎么走"), submit=_("记下"), quit=_("先不记"), said=_("记下了"), sheet=False, refuses=may(Act.WAY)),
    Act.CHOOSE: Doing(forms.Choose, hand(verbs.choose, "option", "words"), _("选定方案"), submit=_("选定"), quit=_("再比比"), said=_("选定了"), sheet=False, refuses=may(Act.CHOOSE)),
    Act.INSTALL: Doing(forms.Install, hand(verbs.install, "words"), _("装好了"), note=_("该谁决定的先要决定。"), submit=_("记下"), quit=_("先不记"), said=_("记下了"), sheet=False, refuses=may(Act.INSTALL)),
    Act.USE: Doing(forms.Use, hand(verbs.put_in_use, "counted", "trial_from", "review_on", "words"), _("用上了"), submit=_("记下"), quit=_("先不记"), said=_("记下了"), sheet=False, refuses=may(Act.USE)),
    Act.REPORT: Doing(forms.Report, hand(verbs.report_back, "words", "counted"), _("告诉大家"), note=_("写成一份公示的草稿，由秘书改、负责人发。"), submit=_("写成草稿"), quit=_("先不写"), said=_("草稿写好了"), sheet=False, refuses=may(Act.REPORT)),
}  # fmt: skip
