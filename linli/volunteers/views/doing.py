"""The steps of a call: each with its form, its label and what is said after it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from linli.plumbing.forms import Form

from .. import forms, services
from ..models import Call
from ..rules import Act


@dataclass(frozen=True)
class Doing:
    """A step with its form: `field` is what the form's one field is called, there and in the service."""

    form: type[Form]
    verb: Callable[..., Call]
    label: Any
    said: Any
    field: str = ""
    note: Any = ""
    judges: bool = False


ACTS: dict[Act, Doing] = {
    Act.NOTE: Doing(forms.NoteForm, services.note, gettext_lazy("说一句"), gettext_lazy("说到了"), "words", gettext_lazy("喊的人和一起去的人看得到。")),
    Act.FINISH: Doing(forms.ResultForm, services.finish, gettext_lazy("办好了"), gettext_lazy("记下了，等喊的人看一看"), "result"),
    Act.RELEASE: Doing(forms.ReasonForm, services.release, gettext_lazy("我去不了了"), gettext_lazy("知道了，再请别的邻居"), "reason", gettext_lazy("马上再问别的邻居，早一点说，人家早一点等到。")),
    Act.LEAVE: Doing(forms.MayReasonForm, services.leave, gettext_lazy("我不一起去了"), gettext_lazy("知道了"), "reason"),
    Act.NOT_DONE: Doing(forms.ReasonForm, services.not_done, gettext_lazy("还没办好"), gettext_lazy("告诉他了"), "reason", gettext_lazy("会告诉接的人。"), judges=True),
    Act.CONFIRM: Doing(forms.ThanksForm, services.confirm, gettext_lazy("办好了"), gettext_lazy("好的，谢谢您说一声"), "thanks", gettext_lazy("去帮忙的人都看得到。"), judges=True),
    Act.CALL_ME: Doing(forms.OnceForm, services.call_me, gettext_lazy("请他给我回个电话"), gettext_lazy("告诉他了"), note=gettext_lazy("接的人看得到您的号码，会打给您。")),
    Act.CALL_AGAIN: Doing(forms.ReasonForm, services.call_again, gettext_lazy("没等到人，再喊一声"), gettext_lazy("又喊了一声"), "reason", gettext_lazy("别的邻居也能接了。")),
    Act.WITHDRAW: Doing(forms.MayReasonForm, services.withdraw, gettext_lazy("不用了"), gettext_lazy("好的，不用大家来了"), "reason"),
}  # fmt: skip
MAIN = frozenset({Act.FINISH, Act.NOT_DONE, Act.CONFIRM})
REST = frozenset(ACTS) - MAIN
# May be done without a signal and sent later.
FIELD = (Act.NOTE, Act.FINISH)
