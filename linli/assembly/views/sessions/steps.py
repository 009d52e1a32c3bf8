"""The steps of a session: each with its form, its label and what is said after it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import OnceForm

from ...access import parts_in
from ...forms import sessions as forms
from ...models import Session
from ...rules.sessions import Act, State, allowed
from ..base import page_of


@dataclass(frozen=True)
class Doing:
    form: type[OnceForm]
    label: Any
    said: Any
    note: Any = ""
    press: Any = ""  # where the button says less than the title


ACTS: dict[Act, Doing] = {
    Act.EDIT: Doing(forms.DraftForm, _("改时间和依据"), _("改好了")),
    Act.SET_RULES: Doing(forms.RulesForm, _("定规则"), _("定好了"), _("公告以后不能再改，印在公告和表决票上。")),
    Act.ADD_ITEM: Doing(forms.ItemForm, _("加一件表决事项"), _("加上了"), _("公告以后不能再加：没有公告的事不能表决。")),
    Act.NAME_OFFICER: Doing(forms.OfficerForm, _("指定工作人员"), _("指定了"), _("主持、录票、计票、监票要分开，候选人和近亲属不能担任。")),
    Act.BUILD: Doing(OnceForm, _("建业主名册"), _("名册建好了，看看有没有缺的"), _("按基准日的业主登记建，公布时名字只露姓。改了登记以后再建一次就更新了；公布过的，写明原因，有变化就重新公布，异议期重新算，原来的留着。")),
    Act.NOTICE: Doing(OnceForm, _("发公告"), _("公告发出去了"), _("议题、规则、时间和名册一起公布，从此不能再改。同时告知居民委员会。")),
    Act.OBJECT: Doing(forms.ObjectForm, _("名册有误"), _("收到了，答复会写在这里"), press=_("交上去")),
    Act.FREEZE: Doing(OnceForm, _("锁定名册"), _("您同意了，等另一位按"), _("主持人和监票人都按了才锁定。后按的那一位会看到三张密钥纸，只显示一次，请先备好打印机，三位保管人到场。")),
    Act.NEW_KEYS: Doing(OnceForm, _("重做密钥"), _("您同意了，等另一位按"), _("密钥纸没打印成或者丢了，投票开始以前可以重做，旧的就作废。")),
    Act.OPEN: Doing(OnceForm, _("开始投票"), _("按下了"), _("主持人和监票人都按了才开始。")),
    Act.EXTEND: Doing(forms.ExtendForm, _("延长投票"), _("延长了，已经告知业主"), _("只能一次，截止以前公告。")),
    Act.CLOSE: Doing(OnceForm, _("结束投票"), _("按下了"), _("主持人和监票人都按了就结束。")),
    Act.CANCEL: Doing(forms.ReasonForm, _("取消会议"), _("取消了，原因大家看得到")),
    Act.GIVE_UP: Doing(forms.ReasonForm, _("票箱打不开了，作废这次投票"), _("按下了"), _("主持人和监票人都按了才作废。投的票谁也看不到，全体业主会收到通知。"), press=_("同意作废")),
    Act.OBJECT_RESULT: Doing(forms.ObjectForm, _("对结果有异议"), _("收到了，答复会写在这里"), press=_("交上去")),
    Act.FILE: Doing(forms.FileForm, _("备案了"), _("记下了"), _("选出业委会或者作出决定后 30 日内，到街道备案。")),
    Act.ARCHIVE: Doing(forms.ArchiveForm, _("归档"), _("归档了"), _("票和材料至少保管到下一届业委会任期结束，不少于 6 年。")),
}  # fmt: skip


def ready(request: HttpRequest, one: Session, act: Act) -> HttpResponse | None:
    """Who has no part finds nothing; who comes too late is told and led back. A form sent twice goes on to the service."""
    parts = parts_in(one, request.actor)
    if not any(act in allowed(state, parts) for state in State):
        raise Http404
    if act not in allowed(State(one.state), parts) and request.method != "POST":
        messages.error(request, _("这次会议已经变了，请看现在到哪一步"))
        return redirect(page_of(one, request.compound.slug))
    return None
