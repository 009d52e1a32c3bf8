"""One nominee: what is known of him, and each step by its own address."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.people.rules import RESIDENTS
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import Form, OnceForm
from linli.plumbing.guards import allow, or_404

from ...access.elections import evidence_for, examines, nominee_for, parts_in
from ...forms import elections as forms
from ...models import Formation, Nominee
from ...queries import elections as queries
from ...queries import nominee_pages as pages
from ...rules.elections.candidates import may_agree, may_leave, may_let_go, may_record_leaving, may_strike
from ...rules.elections.states import Act, State, Who, allowed
from ...services import elections as verbs
from ...words.elections import CHECKS, WAYS
from ..base import frame, sent
from ..papers import shown_paper
from .steps import Doing, found, ready, run

OBJECTION_MOST = 60
NOMINEE_ACTS: dict[Act, Doing] = {
    Act.BACK: Doing(OnceForm, verbs.back, gettext_lazy("我家联名推荐"), gettext_lazy("签上了"), gettext_lazy("一户签一次。签了不能撤，公布名单时只写户数，不写是谁。")),
    Act.CONSENT: Doing(forms.ConsentForm, verbs.consent, gettext_lazy("同意参选"), gettext_lazy("同意了，社区会核对条件")),
    Act.CHECK: Doing(forms.CheckForm, verbs.check, gettext_lazy("核对条件"), gettext_lazy("记下了")),
    Act.DROP: Doing(forms.ReasonForm, verbs.drop, gettext_lazy("退出"), gettext_lazy("不在候选人里了")),
    Act.LEAVE: Doing(forms.LeaveForm, verbs.leave, gettext_lazy("记他的退出书"), gettext_lazy("记下了，等另一位确认"), gettext_lazy("本人交来纸质退出书的用这里。另一位确认了才算退出，投票期间的，截止前要确认。")),
    Act.LET_GO: Doing(OnceForm, verbs.let_go, gettext_lazy("确认退出"), gettext_lazy("不在候选人里了"), gettext_lazy("先打开退出书，看是不是本人签的。公告以后退出的，马上公告，告诉每位业主。")),
    Act.STAY: Doing(forms.StayForm, verbs.stay, gettext_lazy("退出书记错了"), gettext_lazy("撤回了，他还在候选人里")),
    Act.STRIKE: Doing(forms.StrikeForm, verbs.strike, gettext_lazy("按异议除名"), gettext_lazy("提出了，等另一位确认"), gettext_lazy("异议属实、两个人都同意才除名。除名马上公告，告诉每位业主。")),
    Act.AGREE: Doing(OnceForm, verbs.agree, gettext_lazy("确认除名"), gettext_lazy("除名了，也公告了")),
    Act.PASS_OVER: Doing(forms.ReasonForm, verbs.pass_over, gettext_lazy("不确认他"), gettext_lazy("记下了，由下一名替上")),
}  # fmt: skip


def _nominee(request: HttpRequest, one: Formation, pk: UUID) -> Nominee:
    return or_404(nominee_for(formation=one, pk=pk, by=request.actor))


@allow()
@require_safe
def nominee(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one, now = found(request, number), timezone.now()
    row = _nominee(request, one, pk)
    parts = parts_in(one, request.actor, row)
    works = bool(parts & {Who.WORKER, Who.LEADER, Who.SUBDISTRICT})
    can = allowed(one.kind, State(one.state), parts, late=queries.late(one, now))
    can = can if row.dropped_at is None else frozenset()
    context = {
        "formation": one,
        "nominee": row,
        "way": WAYS[row.way],
        "facts": pages.facts(one, row, works=works),
        "conditions": pages.conditions(one, row, works=works, checks=Act.CHECK in can) if works else [],
        "evidence": pages.evidence(one, row, now) if examines(one, request.actor) else [],
        "signatures": pages.signatures(row, now) if works else [],
        "acts": _acts(request, one, row, can),
        "sign": forms.SignatureForm() if Act.BACK in can and works and row.way == "joint" else None,
        "paper": pages.form_to_sign(one, row, slug),
        "back": numbered("assembly:election", slug, number),
    }
    return render(request, "assembly/elections/nominee.html", {**frame(request), **context})


def _acts(request: HttpRequest, one: Formation, row: Nominee, can: frozenset[Act]) -> list[tuple[str, str]]:
    shown = []
    resident = request.actor.role in RESIDENTS
    if Act.CONSENT in can and row.consented_at is None:
        shown.append(Act.CONSENT)
    if Act.BACK in can and resident and row.way == "joint" and pages.may_sign(one, row, request.actor):
        shown.append(Act.BACK)
    noticed = queries.agenda_out(one)
    himself = request.actor.person_id is not None and request.actor.person_id == row.person_id
    if Act.DROP in can and not may_leave(noticed=noticed, himself=himself):
        shown.append(Act.DROP)
    if Act.LEAVE in can:
        shown += _leaves(request, one, row)
    if act := _strikes(request, one, row, can) if noticed else None:
        shown.append(act)
    if Act.PASS_OVER in can and row.place:
        shown.append(Act.PASS_OVER)
    slug = request.compound.slug
    return [
        (str(NOMINEE_ACTS[a].label), address("assembly:nominee-act", slug, one.number, row.pk, a.value)) for a in shown
    ]


def _leaves(request: HttpRequest, one: Formation, row: Nominee) -> list[Act]:
    """Of his paper: to record it, or to confirm it or say that it was an error."""
    by = request.actor.account_id
    put, stands = row.leaves_at is not None, queries.stands(one, by)
    no = {
        Act.LEAVE: may_record_leaving(put=put, stands=stands),
        Act.LET_GO: may_let_go(put=put, by_same=row.leaves_by == by, stands=stands),
        Act.STAY: may_let_go(put=put, by_same=False, stands=stands),
    }
    return [act for act in no if no[act] is None]


def _strikes(request: HttpRequest, one: Formation, row: Nominee, can: frozenset[Act]) -> Act | None:
    """Which of the two presses is this reader's, while the vote is not over."""
    act = Act.AGREE if row.struck_at else Act.STRIKE
    if act not in can:
        return None
    by, struck = request.actor.account_id, row.struck_at is not None
    now = queries.pressing(one, by, timezone.now())
    if struck:
        return None if may_agree(struck=struck, by_same=row.struck_by == by, **now) else act
    upheld = bool(queries.upheld_against(row))
    return None if may_strike(noticed=True, upheld=upheld, struck=struck, **now) else act


@allow()
def nominee_act(request: HttpRequest, slug: str, number: int, pk: UUID, act: str) -> HttpResponse:
    doing = NOMINEE_ACTS.get(Act(act)) if act in set(Act) else None
    one = found(request, number)
    row = _nominee(request, one, pk)
    if doing is None:
        raise Http404
    if led := ready(request, one, Act(act), row):
        return led
    back = address("assembly:nominee", slug, number, row.pk)
    context: dict[str, Any] = {"back": back, "about": row.name}
    form = _nominee_form(request, row, Act(act), doing)
    if act == Act.AGREE and row.struck_for:
        context["about"] = f"{row.name}：{row.struck_for.answer}"
    if act == Act.LET_GO:
        context["about"] = f"{row.name}：{row.leaves_why}"
    if act == Act.CHECK:
        key = request.GET.get("key") or request.POST.get("key") or ""
        if key not in queries.checks_wanted(one):
            raise Http404
        context["about"] = f"{row.name}：{CHECKS[key]}"
        form.initial["key"] = key
    return run(request, one, doing, form, {"nominee": row}, context)


def _nominee_form(request: HttpRequest, row: Nominee, act: Act, doing: Doing) -> Form:
    if act == Act.STRIKE:
        rows = [(str(found.pk), found.words[:OBJECTION_MOST]) for found in queries.upheld_against(row)]
        return forms.StrikeForm(sent(request), objections=rows)
    worker = request.actor.role not in RESIDENTS
    if act == Act.BACK and worker:
        return forms.SignatureForm(sent(request))
    if act == Act.CONSENT and worker:
        return forms.ConsentOnPaperForm(sent(request))
    if act == Act.LEAVE:
        return forms.LeaveForm(sent(request), request.FILES or None)
    if act == Act.CHECK:
        return forms.CheckForm(sent(request), request.FILES or None)
    return doing.form(sent(request))


@allow()
@require_POST
@never_cache
def evidence(request: HttpRequest, slug: str, number: int, pk: UUID, paper: UUID) -> HttpResponse:
    """Opened by a press, for each opening is written down."""
    one = found(request, number)
    kept = or_404(evidence_for(formation=one, nominee=_nominee(request, one, pk), pk=paper, by=request.actor))
    verbs.evidence_shown(by=request.actor, formation=one, evidence=kept, at=timezone.now())
    return shown_paper(kept)
