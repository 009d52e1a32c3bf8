"""The words to paste back into the group that a matter came from."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ..rules import chat
from ..rules.publicity import public_words
from .resident import BareForm


class PasteForm(BareForm):
    """`paste`: the words for the group, without names, doors and numbers."""

    def __init__(self, *args: Any, act: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.act = act

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
