"""The group message beside a matter: when it was said, when it was answered there, and the words to paste back."""

from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.plumbing.addresses import address
from linli.plumbing.moments import lasting, moment

from ..access.chat import refusal
from ..forms.chat import PasteForm
from ..models import Matter
from ..queries.chat import message_of
from ..rules import chat
from ..services.chat import acknowledge_in_group, answer_in_group
from .doing import Doing, hand


def _refuses(act: str) -> Any:
    return lambda matter, by: refusal(matter, by, act)


CHAT_ACTS: dict[str, Doing] = {
    chat.ACKNOWLEDGE: Doing(partial(PasteForm, act=chat.ACKNOWLEDGE), hand(acknowledge_in_group), gettext_lazy("在群里回一声"), note=gettext_lazy("把这句贴到群里，再点“群里回过了”。"), submit=gettext_lazy("群里回过了"), quit=gettext_lazy("先不"), said=gettext_lazy("记下了，群里回过了"), sheet=False, template="matters/chat.html", refuses=_refuses(chat.ACKNOWLEDGE)),
    chat.ANSWER: Doing(partial(PasteForm, act=chat.ANSWER), hand(answer_in_group), gettext_lazy("在群里说结果"), note=gettext_lazy("把这句贴到群里，再点“群里说过了”。"), submit=gettext_lazy("群里说过了"), quit=gettext_lazy("先不"), said=gettext_lazy("记下了，群里说过了"), sheet=False, template="matters/chat.html", refuses=_refuses(chat.ANSWER)),
}  # fmt: skip


def card(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    """For who works on it: how soon the group heard back."""
    row, now = message_of(matter), timezone.now()
    if row is None:
        return None
    since = row.said_at or row.captured_at
    facts = [
        (_("哪个群"), row.group), (_("几点说的"), moment(since, now)), (_("群里回了"), _after(row.acknowledged_at, since, now)),
        (_("群里说了结果"), _after(row.answered_at, since, now)),
    ]  # fmt: skip
    acts = [
        {"label": str(doing.label), "url": address("matters:act", request.compound.slug, matter.number, act)}
        for act, doing in CHAT_ACTS.items()
        if doing.refuses and doing.refuses(matter, request.actor) is None
    ]
    return {"facts": [(label, value) for label, value in facts if value], "acts": acts}


def _after(when: datetime | None, since: datetime, now: datetime) -> str:
    return _("%(when)s，隔了 %(span)s") % {"when": moment(when, now), "span": lasting(when - since)} if when else ""
