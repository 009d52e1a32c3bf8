"""What the household, the worker and the desk may do with a price (M28); `acts` adds this table to the others."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refusal
from linli.plumbing.acts import Actor

from .. import services
from ..access import help_parts, parts_in
from ..forms import help as forms
from ..forms.resident import BareForm
from ..models import Matter
from ..queries.help import order_of
from ..rules import help
from ..rules.beside import has
from ..rules.help import KIND, Help, HelpAct
from ..rules.states import Who
from ..services.help import ASK_HELP
from .doing import Doing, hand


def _refuses(act: HelpAct) -> Callable[[Matter, Actor], Refusal | None]:
    def asked(matter: Matter, by: Actor) -> Refusal | None:
        order = order_of(matter)
        if order is None:
            return Refusal("no_help", "这件事没有报价这一步")
        return help.refuse(act, Help(order.state), help_parts(matter, by))

    return asked


def may_count(matter: Matter, by: Actor) -> Refusal | None:
    if matter.open and not has(matter, KIND) and parts_in(matter, by) & {Who.DESK, Who.HANDLER}:
        return None
    return Refusal("not_yours", "这一步不归您办")


HELP_ACTS: dict[str, Doing] = {
    HelpAct.QUOTE: Doing(forms.QuoteForm, hand(services.quote, "lines", "note"), _("报价"), note=_("住户同意了才动工；以后要加钱，先重新报价。"), submit=_("报给住户"), quit=_("先不报"), said=_("报过去了，等住户回话"), sheet=False, template="matters/quote.html", refuses=_refuses(HelpAct.QUOTE)),
    HelpAct.MARK_FREE: Doing(BareForm, hand(services.mark_free), _("不收钱"), title=_("这次不收钱"), note=_("住户会知道；做完了费用只能写 0。"), submit=_("不收钱"), quit=_("再想想"), said=_("记下了，不收钱"), refuses=_refuses(HelpAct.MARK_FREE)),
    HelpAct.START: Doing(BareForm, hand(services.start_paid), _("动工"), title=_("按说好的价动工"), submit=_("动工"), quit=_("先不动"), said=_("记下了，动工了"), refuses=_refuses(HelpAct.START)),
    HelpAct.AGREE: Doing(forms.HeardForm, hand(services.agree, "version", "heard"), _("同意这个价"), submit=_("同意"), quit=_("再想想"), said=_("说好了，可以动工了"), judges=True, refuses=_refuses(HelpAct.AGREE)),
    HelpAct.DISAGREE: Doing(forms.HeardForm, hand(services.disagree, "version", "heard"), _("不同意"), title=_("不同意这个价"), note=_("不同意就不动工，也不收钱。"), submit=_("不同意"), quit=_("再想想"), said=_("知道了，不动工"), judges=True, refuses=_refuses(HelpAct.DISAGREE)),
    ASK_HELP: Doing(forms.CountForm, hand(services.count_as_help, "price"), _("算作便民服务"), note=_("住户家里的活，可能要收钱的，先报价再动工。"), submit=_("就这样"), quit=_("先不"), said=_("记下了，动工前先报价"), refuses=may_count),
}  # fmt: skip
