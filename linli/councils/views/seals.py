"""The seal register as people read it, and a use from the asking to the stamp."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.matters.rules.publicity import public_words
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import OnceForm
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import article, said
from linli.plumbing.moments import moment
from linli.plumbing.numbers import number_in
from linli.plumbing.refusals import refusals_beside

from ..access.meetings import own_body
from ..access.seals import parts_in, request_for
from ..forms import seals as forms
from ..models import SealConsent, SealRequest, SealUse
from ..queries import seals as queries
from ..rules.meetings import needed
from ..rules.seals import TABLE, Act, State, Who, allowed, refuse
from ..services import seals as services
from ..words import SEAL_STATES
from .frames import Doing, asked, frame, sent

MARKS = {State.ASKED: "middle", State.AGREED: "middle", State.USED: "done"}


@allow()
@require_safe
def seals(request: HttpRequest, slug: str) -> HttpResponse:
    before, now, body = number_in(request.GET.get("before", "")), timezone.now(), own_body(request.actor)
    found = queries.uses(request.compound.pk, before=before)
    shown = found[: queries.PAGE]
    context = {
        "rows": [queries.use_cell(u, slug, now) for u in shown],
        "more": shown[-1].number if len(found) > queries.PAGE else None,
        "waiting": [queries.waiting_cell(r, slug, now) for r in queries.waiting(request.compound.pk, body.pk)] if body and not before else [],
        "asks": body is not None,
    }  # fmt: skip
    return render(request, "councils/seals.html", {**frame(request), **context})


@allow(Right.SIT_IN_BODY, Right.KEEP_MINUTES)
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    body = or_404(own_body(request.actor))
    form = forms.AskForm(sent(request), carriers=queries.carriers(request.compound.pk, body.pk))
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = services.ask(by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data)
            return redirect(numbered("councils:seal", slug, made.number))
    context = {
        "form": form, "title": _("要用印"), "label": _("请求用印"), "note": _("凭通过的决定，或者过半数委员签字同意，才能盖。"),
        "back": address("councils:seals", slug),
    }  # fmt: skip
    return asked(request, context, form)


def _found(request: HttpRequest, number: int) -> SealRequest:
    return or_404(request_for(compound=request.compound, number=number, by=request.actor))


@allow()
@require_safe
def seal(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = _found(request, number), timezone.now()
    parts, consents = parts_in(one, request.actor), queries.consents_of(one)
    signed = any(c.account_id == request.actor.account_id for c in consents)
    can = allowed(State(one.state), parts) - ({Act.AGREE, Act.DISAGREE} if signed else set())
    no = refuse(Act.USE, State(one.state), parts) if Who.KEEPER in parts and one.state == State.ASKED else None
    context = {
        "one": one,
        "document": public_words(one.document),
        "turn": {"mark": MARKS.get(State(one.state), "nobody"), "title": str(SEAL_STATES[one.state]), "note": _note(one, consents, now)},
        "answers": [(ACTS[a].label, _url(slug, one, a)) for a in (Act.AGREE, Act.DISAGREE) if a in can],
        "main": (ACTS[Act.USE].label, _url(slug, one, Act.USE)) if Act.USE in can else None,
        "cannot": (ACTS[Act.USE].label, said(no), article(no)) if no else None,
        "others": [(ACTS[a].label, _url(slug, one, a)) for a in (Act.CORRECT, Act.DROP) if a in can],
        "facts": _facts(one, consents, now),
        "lines": [_line(u, now) for u in queries.uses_of(one)],
        "decision": numbered("councils:meeting", slug, one.item.meeting.number) if one.item else "",
    }  # fmt: skip
    return render(request, "councils/seal.html", {**frame(request), **context})


def _url(slug: str, one: SealRequest, act: Act) -> str:
    return address("councils:seal-act", slug, one.number, act.value)


def _note(one: SealRequest, consents: list[SealConsent], now: Any) -> str:
    since = _("%(when)s 起") % {"when": moment(one.turn_since, now)}
    if one.state != State.ASKED:
        return f"{since} · {one.reason}" if one.reason else since
    agree = sum(c.agrees for c in consents)
    values = {"agree": agree, "all": one.members, "n": needed(one.members)}
    return since + " · " + _("%(agree)s 人签了，全体 %(all)s 人要 %(n)s 人") % values


def _facts(one: SealRequest, consents: list[SealConsent], now: Any) -> list[tuple[str, str]]:
    rows = [(_("盖在哪里"), queries.facts(one)), (_("谁要的"), f"{one.asked_name} {moment(one.asked_at, now)}")]
    if one.item:
        decided = _("第 %(n)s 次会议第 %(place)s 项：%(title)s")
        rows.append((_("凭什么"), decided % {"n": one.item.meeting.number, "place": one.item.place, "title": public_words(one.item.title)}))  # fmt: skip
    for label, agrees in ((_("同意"), True), (_("不同意"), False)):
        if names := [c.name for c in consents if c.agrees is agrees]:
            rows.append((label, "、".join(names)))
    return rows


def _line(row: SealUse, now: Any) -> dict[str, str]:
    """A line of the register."""
    return {
        "title": _("登记第 %(n)s 号") % {"n": f"{row.number:04d}"} if row.corrects_id is None else _("更正，登记第 %(n)s 号") % {"n": f"{row.number:04d}"},
        "document": public_words(row.document), "facts": queries.facts(row), "approved": row.approved, "stamped": row.stamped_name,
        "when": moment(row.used_at, now), "reason": public_words(row.reason),
    }  # fmt: skip


# ── each step ───────────────────────────────────────────────────────────────────────────────────────────────────────


_SIGNED = gettext_lazy("签了不能改，您的名字会公布。")
ACTS: dict[Act, Doing] = {
    Act.AGREE: Doing(OnceForm, partial(services.consent, agrees=True), gettext_lazy("同意盖，签字"), gettext_lazy("签好了"), _SIGNED),
    Act.DISAGREE: Doing(OnceForm, partial(services.consent, agrees=False), gettext_lazy("不同意，签字"), gettext_lazy("签好了"), _SIGNED),
    Act.USE: Doing(OnceForm, services.use, gettext_lazy("盖了，登记"), gettext_lazy("登记好了，业主看得到"), gettext_lazy("登记以后不能改，写错了另写一条更正。")),
    Act.DROP: Doing(forms.DropForm, services.drop, gettext_lazy("不盖了"), gettext_lazy("不盖了")),
    Act.CORRECT: Doing(forms.CorrectForm, services.correct, gettext_lazy("登记错了，更正"), gettext_lazy("更正登记好了"), gettext_lazy("原来那一条留着。")),
}  # fmt: skip


@allow(Right.SIT_IN_BODY, Right.KEEP_MINUTES)
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    one = _found(request, number)
    parts = parts_in(one, request.actor)
    if doing is None or not TABLE[Act(act)][1] & parts:
        raise Http404
    back = numbered("councils:seal", slug, number)
    if act not in allowed(State(one.state), parts) and request.method != "POST":
        no = refuse(Act(act), State(one.state), parts)
        messages.error(request, said(no) if no else "")
        return redirect(back)
    initial = {"document": one.document, "seal": one.seal, "paper": one.paper, "copies": one.copies}
    form = doing.form(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            doing.verb(by=request.actor, request=one, at=timezone.now(), **form.cleaned_data)
            messages.success(request, doing.said)
            return redirect(back)
    context = {
        "form": form, "title": doing.label, "label": doing.label, "note": doing.note, "back": back, "about": public_words(one.document),
    }  # fmt: skip
    return asked(request, context, form)
