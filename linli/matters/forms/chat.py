"""The words to paste back into the group that a matter came from."""

from typing import Any

from django.utils.translation import gettext as _

from linli.plumbing.moments import day_and_hour

from ..queries.chat import declined_for
from ..rules import chat
from ..rules.publicity import is_public
from ..rules.states import State
from ..services.publicity import nameless
from ..words import DECLINE_REASONS, ENDINGS
from .resident import BareForm


class PasteForm(BareForm):
    """`paste`: the words for the group, without names, doors and numbers; none where nothing is to be said."""

    def __init__(self, *args: Any, act: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.act = act

    @property
    def paste(self) -> str:
        m = self.matter
        if not is_public(m) or self.act == chat.ANSWER and State(m.state) not in chat.DONE:
            return ""
        given = {"label": m.label, "title": self._nameless(m.public_title)}
        if self.act == chat.ANSWER:
            return self._answer(given)
        if m.next_due_at:
            given["due"] = day_and_hour(m.next_due_at)
            return _("收到。“%(title)s”记下了，第 %(label)s 号，%(due)s 前回话。") % given
        return _("收到。“%(title)s”记下了，第 %(label)s 号。") % given

    def _answer(self, given: dict[str, str]) -> str:
        m = self.matter
        if m.state == State.DECLINED:
            return _("第 %(label)s 号“%(title)s”没有受理：%(why)s。") % {
                **given, "why": DECLINE_REASONS.get(declined_for(m), "")
            }  # fmt: skip
        if m.state == State.MERGED:
            main = m.merged_into
            if main and is_public(main):
                return _("第 %(label)s 号“%(title)s”和第 %(main)s 号是同一件事，一起办。") % {
                    **given,
                    "main": main.label,
                }
            return _("第 %(label)s 号“%(title)s”和另一件是同一件事，一起办。") % given
        given |= {"outcome": ENDINGS.get(m.outcome, _("有结果了")), "done": self._nameless(m.done_words)}
        if given["done"]:
            return _("第 %(label)s 号“%(title)s”%(outcome)s：%(done)s") % given
        return _("第 %(label)s 号“%(title)s”%(outcome)s。") % given

    def _nameless(self, words: str) -> str:
        return nameless(self.matter.compound_id, words, self.matter.reporter_name)
