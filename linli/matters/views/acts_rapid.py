"""Sending a rapid repair and writing down its parts (M6); `acts` adds this table to the others."""

from django.utils.translation import gettext_lazy as _

from linli.kernel.refusal import Refusal
from linli.plumbing.acts import Actor

from .. import services
from ..access import parts_in
from ..forms import rapid as forms
from ..models import Matter
from ..rules import rapid
from ..rules.beside import has
from ..rules.states import State
from .doing import Doing, hand


def may_send(matter: Matter, by: Actor) -> Refusal | None:
    return rapid.refuse(State(matter.state), parts_in(matter, by), urgency=matter.urgency)


def may_note(matter: Matter, by: Actor) -> Refusal | None:
    if not has(matter, rapid.KIND):
        return Refusal("not_rapid", "这件不是快修")
    return rapid.refuse_parts(State(matter.state), parts_in(matter, by))


RAPID_ACTS: dict[str, Doing] = {
    rapid.SEND: Doing(forms.RapidForm, hand(services.send_rapid, "category", "body"), _("快修"), title=_("按快修马上派"), note=_("受理和派单一步做完，到场的时间从现在算；修好以后社区回访。"), submit=_("马上派"), quit=_("先不"), said=_("派出去了，正在数时间"), sheet=False, refuses=may_send),
    rapid.PARTS: Doing(forms.PartsForm, hand(services.note_parts, "words"), _("记用料"), submit=_("记下"), quit=_("先不记"), said=_("用料记下了"), sheet=False, refuses=may_note),
}  # fmt: skip
