"""What was done without a signal and has been overtaken: not the step it was meant as, but never lost."""

from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refusal
from linli.plumbing.acts import Actor

from .. import services
from ..access import parts_in
from ..forms import late as forms
from ..models import Matter
from ..rules.states import Who
from .doing import Doing, hand

LATE = "late"


def _refuses(matter: Matter, by: Actor) -> Refusal | None:
    return None if Who.WATCHER in parts_in(matter, by) else Refusal("not_yours", "这一步不归您办")


LATE_ACTS: dict[str, Doing] = {
    LATE: Doing(
        forms.Late,
        hand(services.keep_late, "words", "meant", "outcome", "paid_by", cost="cost_fen", files="photos"),
        _("没赶上的，记在里面"),
        note=_("办事的人看得到，报告人看不到；不改这件事走到的地方。"),
        submit=_("记下"),
        quit=_("先不记"),
        said=_("记在里面了"),
        refuses=_refuses,
        field=True,
    ),
}
