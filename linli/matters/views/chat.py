"""The group message beside a matter: when it was said, when it was answered there, and the words to paste back."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kernel.refusal import Refusal
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.moments import lasting, moment

from ..access import parts_in
from ..forms.resident import BareForm
from ..models import Matter
from ..queries.chat import message_of
from ..rules import chat
from ..rules.publicity import public_words
from ..rules.states import State
from ..services.chat import acknowledge_in_group, answer_in_group
from .doing import Doing, hand


def _refuses(act: str) -> Any:
    def refuses(matter: Matter, by: Actor) -> Refusal | None:
        row = message_of(matter)
        if row is None:
            return Refusal("not_chat", "这件不是群里来的")
        said = {"acknowledged": row.acknowledged_at, "answered": row.answered_at}
        return chat.refuse(act, State(matter.state), parts_in(matter, by), **said)

    return refuses


class PasteForm(BareForm):
    """`paste`: the words for the group, without names, doors and numbers."""

    act = chat.ACKNOWLEDGE

    @property
    def paste(self) -> str:
        m = self.matter
        given = {"label": m.label, "title": m.public_title, "done": public_words(m.done_words), "due": ""}
        if self.act == chat.ANSWER:
            return _("第 %(label)s 号“%(title)s”有结果了：%(done)s") % given
        if m.next_due_at:
            given["due"] = f"{timezone.localtime(m.next_due_at):%m-%d %H:%M}"
            return _("收到。“%(title)s”记下了，第 %(label)s 号，%(due)s 前回话。") % given
        return _("收到。“%(title)s”记下了，第 %(label)s 号。") % given


class AnswerPaste(PasteForm):
    act = chat.ANSWER


CHAT_ACTS: dict[str, Doing] = {
    chat.ACKNOWLEDGE: Doing(PasteForm, hand(acknowledge_in_group), gettext_lazy("在群里回一声"), note=gettext_lazy("把这句贴到群里，再点“群里回过了”。"), submit=gettext_lazy("群里回过了"), quit=gettext_lazy("先不"), said=gettext_lazy("记下了，群里回过了"), sheet=False, template="matters/chat.html", refuses=_refuses(chat.ACKNOWLEDGE)),
    chat.ANSWER: Doing(AnswerPaste, hand(answer_in_group), gettext_lazy("在群里说结果"), note=gettext_lazy("把这句贴到群里，再点“群里说过了”。"), submit=gettext_lazy("群里说过了"), quit=gettext_lazy("先不"), said=gettext_lazy("记下了，群里说过了"), sheet=False, template="matters/chat.html", refuses=_refuses(chat.ANSWER)),
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
