"""A body in office: members who leave, recalls, the handover."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import OnceForm
from linli.plumbing.guards import allow, or_404

from ...access.elections import recall_for
from ...forms import elections as forms
from ...queries import elections as queries
from ...queries import offices
from ...queries.office_pages import leaving, may_still_speak, own_until
from ...rules.elections.states import Act
from ...services import elections as verbs
from ...words.elections import HANDED
from .. import base
from ..base import sent
from .steps import Doing, found, ready, run

SEAT_ACTS: dict[Act, Doing] = {
    Act.VACATE: Doing(forms.VacateForm, verbs.vacate, gettext_lazy("不再担任"), gettext_lazy("记下了")),
    Act.SECOND: Doing(OnceForm, verbs.second, gettext_lazy("确认不再担任"), gettext_lazy("确认了，名次在后的递补")),
    Act.RECALL: Doing(forms.RecallForm, verbs.put_recall, gettext_lazy("提议罢免"), gettext_lazy("提上会议了，投票前要听本人申辩"), gettext_lazy("罢免由业主大会决定。本人有权在投票前申辩。")),
}  # fmt: skip
RECALL_ACTS: dict[Act, Doing] = {
    Act.HEAR: Doing(forms.HearForm, verbs.hear, gettext_lazy("记本人申辩"), gettext_lazy("记下了，投票的人看得到"), gettext_lazy("不申辩只能由他自己说。当面告诉他满 7 天，没申辩也可以投票。")),
    Act.DECIDE: Doing(OnceForm, verbs.decide_recall, gettext_lazy("按表决结果办"), gettext_lazy("办好了"), gettext_lazy("通过的，岗位结束，候补递补；没通过的，继续任职。")),
}  # fmt: skip


@allow(Right.CREATE_ASSEMBLY_SESSION, Right.APPOINT_PMC)
def seat_act(request: HttpRequest, slug: str, number: int, pk: UUID, act: str) -> HttpResponse:
    doing = SEAT_ACTS.get(Act(act)) if act in set(Act) else None
    one = found(request, number)
    row = next((row for row in offices.holding(one) if row.pk == pk), None)
    if doing is None or (row is None and request.method != "POST"):
        raise Http404
    if led := ready(request, one, Act(act)):
        return led
    row = row or next((seat for seat in offices.seats(one) if seat.pk == pk), None)
    if row is None:
        raise Http404
    if act != Act.RECALL:
        about = f"{row.name}{_('：')}{leaving(row)}" if act == Act.SECOND and row.leaving_at else row.name
        return run(request, one, doing, doing.form(sent(request)), {"seat": row}, {"about": about})
    found_items = queries.recall_items(one.compound_id)
    items = {item.pk: item for item in found_items if offices.presses(item.session, request.actor)}
    labels = [(str(key), f"{item.session.title}：{item.title}") for key, item in items.items()]
    form = forms.RecallForm(sent(request), items=labels)
    if form.is_bound and form.is_valid():
        form.cleaned_data["item"] = items.get(form.cleaned_data["item"])
    return run(request, one, doing, form, {"seat": row}, {"about": row.name})


@allow()
def recall(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """For the member alone: what is said against him, and what he says to it."""
    one = found(request, number)
    row = or_404(recall_for(formation=one, pk=pk, by=request.actor))
    form = forms.SpeakForm(sent(request))
    return base.run(
        request, form, lambda: verbs.speak(by=request.actor, formation=one, recall=row, at=timezone.now(), **form.cleaned_data),
        said=_("公布了，投票的人看得到"), back=address("assembly:recall", slug, number, row.pk), template="assembly/elections/recall.html",
        formation=one, recall=row, session=row.item.session, opens=own_until(row), can=may_still_speak(row),
        leave=numbered("assembly:election", slug, number),
    )  # fmt: skip


@allow(Right.CREATE_ASSEMBLY_SESSION)
def recall_act(request: HttpRequest, slug: str, number: int, pk: UUID, act: str) -> HttpResponse:
    doing = RECALL_ACTS.get(Act(act)) if act in set(Act) else None
    one = found(request, number)
    row = next((row for row in offices.recalls(one) if row.pk == pk), None)
    if doing is None or row is None or not offices.presses(row.item.session, request.actor):
        raise Http404
    if led := ready(request, one, Act(act)):
        return led
    return run(request, one, doing, doing.form(sent(request)), {"recall": row}, {"about": row.seat.name})


@allow(Right.CREATE_ASSEMBLY_SESSION, Right.ORGANISE_PMC)
def hand_over(request: HttpRequest, slug: str, number: int, key: str) -> HttpResponse:
    one = found(request, number)
    if key not in HANDED:
        raise Http404
    if led := ready(request, one, Act.HAND_OVER):
        return led
    doing = Doing(forms.HandOverForm, verbs.hand_over, _("记交接"), _("记下了"))
    return run(request, one, doing, forms.HandOverForm(sent(request)), {"key": key}, {"about": HANDED[key]})
