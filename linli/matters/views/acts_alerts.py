"""What who works on a neighbour's alert may do, step by step (M29); `acts` adds this table to the others."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refusal
from linli.plumbing.acts import Actor

from ..access import alert_parts
from ..forms import alerts as forms
from ..models import Matter
from ..queries.alerts import alert_of
from ..rules import alerts as rules
from ..rules.alerts import AlertAct, Stage
from ..services import alerts
from .doing import Doing, hand


def _refuses(act: AlertAct) -> Callable[[Matter, Actor], Refusal | None]:
    def asked(matter: Matter, by: Actor) -> Refusal | None:
        alert = alert_of(matter)
        if alert is None:
            return Refusal("no_alert", "这件事不是邻居报信")
        return rules.refuse(act, Stage(alert.state), alert_parts(matter, by))

    return asked


ALERT_ACTS: dict[str, Doing] = {
    AlertAct.ANSWER: Doing(forms.AnsweredForm, hand(alerts.answered, "call", "answer"), _("记下回话"), title=_("这家人怎么说"), submit=_("记下"), quit=_("先不记"), said=_("记下了"), refuses=_refuses(AlertAct.ANSWER)),
    AlertAct.ENTER: Doing(forms.EnterForm, hand(alerts.enter, "entered_with"), _("一起进了门"), submit=_("记下"), quit=_("还没进"), said=_("记下了"), refuses=_refuses(AlertAct.ENTER)),
    AlertAct.FORCE: Doing(forms.ForceForm, hand(alerts.enter_in_danger, "entered_with", "ground"), _("有生命危险，先进门"), note=_("只在有人有生命危险、等不到这家人时，和民警或消防救援一起进。根据会一直留着。"), submit=_("记下"), quit=_("再等等"), said=_("记下了"), judges=True, refuses=_refuses(AlertAct.FORCE)),
    AlertAct.CAUSE: Doing(forms.CauseForm, hand(alerts.find_cause, "words"), _("找到原因"), submit=_("记下"), quit=_("再看看"), said=_("记下了"), refuses=_refuses(AlertAct.CAUSE)),
    AlertAct.SAFE: Doing(forms.SafeForm, hand(alerts.alert_safe, "words", "due_at"), _("控制住了"), submit=_("控制住了"), quit=_("还没有"), said=_("记下了，报信的邻居知道了"), refuses=_refuses(AlertAct.SAFE)),
    AlertAct.THANK: Doing(forms.ThankForm, hand(alerts.thank, "words"), _("谢谢邻居"), submit=_("送出去"), quit=_("先不说"), said=_("谢过了"), refuses=_refuses(AlertAct.THANK)),
}  # fmt: skip
