"""Each further step of a formation by its own address."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.people.rules import RESIDENTS
from linli.plumbing.forms import Form, OnceForm
from linli.plumbing.guards import allow, or_404

from ...access.elections import objection_for
from ...forms import elections as forms
from ...models import Formation, FormationObjection
from ...queries import elections as queries
from ...queries import offices
from ...rules.elections.states import Act, Kind
from ...services import elections as verbs
from ...words.elections import CAPACITIES
from ..base import sent
from .steps import Doing, found, ready, run

ACTS: dict[Act, Doing] = {
    Act.NOMINATE: Doing(forms.NominateForm, verbs.nominate, gettext_lazy("推荐一位邻居"), gettext_lazy("推荐了，等他本人同意"), gettext_lazy("您家算第一户联名。他本人同意以后，名字大家才看得到。")),
    Act.STAND: Doing(forms.StandForm, verbs.stand, gettext_lazy("我自荐"), gettext_lazy("您报名了，社区会核对条件")),
    Act.LIST: Doing(OnceForm, verbs.post_list, gettext_lazy("公布候选人名单"), gettext_lazy("名单公布了"), gettext_lazy("没有本人同意、联名不够、不符合条件的不在名单上。先后以姓氏笔画为序，谁也改不了。")),
    Act.OBJECT: Doing(forms.ObjectForm, verbs.object_to, gettext_lazy("提异议"), gettext_lazy("收到了，会核实并答复")),
    Act.START: Doing(OnceForm, verbs.start_ticks, gettext_lazy("开始上门划票"), gettext_lazy("每户一张划票表，编好号了"), gettext_lazy("每户一张，编号。两个人一起上门，候选人不能送票。")),
    Act.CLOSE: Doing(OnceForm, verbs.close_ticks, gettext_lazy("划票截止"), gettext_lazy("截止了，由两个人各录一遍"), gettext_lazy("截止以后再收回的不算。")),
    Act.COUNT: Doing(OnceForm, verbs.count, gettext_lazy("当众计票"), gettext_lazy("计出来了")),
    Act.DRAW: Doing(forms.DrawForm, verbs.draw, gettext_lazy("记抽签"), gettext_lazy("记下了"), gettext_lazy("户数、面积都一样，最后的名额当众抽签。")),
    Act.SEAT: Doing(forms.SeatForm, verbs.add_seat, gettext_lazy("加一位委员"), gettext_lazy("加上了"), gettext_lazy("业主以外的委员由街道定。")),
    Act.CONFIRM: Doing(forms.ConfirmForm, verbs.confirm, gettext_lazy("确认委员"), gettext_lazy("确认了，社区去公示"), gettext_lazy("业主委员按得票户数从高到低。")),
    Act.NOTICE: Doing(OnceForm, verbs.post_notice, gettext_lazy("公示委员名单"), gettext_lazy("公示了")),
    Act.TAKE_BACK: Doing(forms.ReasonForm, verbs.take_back, gettext_lazy("重新确认"), gettext_lazy("退回了，重新确认")),
    Act.ESTABLISH: Doing(OnceForm, verbs.establish, gettext_lazy("成立"), gettext_lazy("成立了，委员的岗位有了")),
    Act.FILE: Doing(forms.FileForm, verbs.file, gettext_lazy("备案和刻章"), gettext_lazy("记下了，开始工作")),
    Act.TAKE_OFFICE: Doing(OnceForm, verbs.take_office, gettext_lazy("选举结果生效"), gettext_lazy("生效了，委员的岗位有了"), gettext_lazy("公布结果、异议期过了才生效。")),
    Act.SEAT_AGAIN: Doing(OnceForm, verbs.seat_again, gettext_lazy("重新计票的结果生效"), gettext_lazy("生效了，委员换了"), gettext_lazy("原来的委员离任，新当选的从今天起任职，再开第一次会。")),
    Act.MEET: Doing(forms.MeetForm, verbs.meet, gettext_lazy("第一次会开过了"), gettext_lazy("记下了，也公布了，接着去备案")),
    Act.CHOOSE: Doing(forms.MeetForm, verbs.choose, gettext_lazy("推选主任、副主任"), gettext_lazy("记下了，也公布了"), gettext_lazy("委员会开会推选出来再记。")),
    Act.CANCEL: Doing(forms.ReasonForm, verbs.cancel, gettext_lazy("不办了"), gettext_lazy("停下了，原因大家看得到")),
}  # fmt: skip


@allow()
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    if doing is None:
        raise Http404
    one = found(request, number)
    if led := ready(request, one, Act(act)):
        return led
    return run(request, one, doing, _form(request, one, Act(act), doing), {}, {})


def _form(request: HttpRequest, one: Formation, act: Act, doing: Doing) -> Form:
    if act == Act.NOMINATE and request.actor.role not in RESIDENTS:
        return forms.EnterForm(sent(request))
    if act == Act.DRAW:
        result = queries.last_result(one)
        tied = set(offices.tied(one, result)) if result else set()
        return forms.DrawForm(sent(request), tied=[row for row in queries.listed(one) if row.place in tied])
    if act in {Act.MEET, Act.CHOOSE}:
        rows, chair, vice = offices.lacks(one)
        return forms.MeetForm(sent(request), members=[(str(row.pk), row.name) for row in rows], chair=chair, vice=vice)
    if act == Act.CONFIRM:
        return forms.ConfirmForm(sent(request), heads=_heads(one))
    return doing.form(sent(request))


def _heads(one: Formation) -> list[tuple[str, str]]:
    result = queries.last_result(one)
    others = offices.sitting(offices.seats(one))
    owners = offices.in_rank(one, result)[: one.owner_seats] if result else []
    return [(str(row.pk), f"{row.name}（{CAPACITIES[row.capacity]}）") for row in others if row.nominee_id is None] + [
        (str(row.pk), f"{row.name}（{CAPACITIES['owner']}）") for row in owners
    ]


@allow()
def answer(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found(request, number)
    row = or_404(objection_for(formation=one, pk=pk))
    if led := ready(request, one, Act.ANSWER):
        return led
    doing = Doing(forms.AnswerForm, verbs.answer, _("答复异议"), _("答复了"))
    return run(request, one, doing, _answer_form(request, one, row), {"objection": row}, {"about": row.words})


def _answer_form(request: HttpRequest, one: Formation, row: FormationObjection) -> Form:
    if one.kind == Kind.COMMITTEE:
        return forms.AnswerListForm(sent(request), candidates=queries.listed(one))
    return forms.AnswerForm(sent(request))
