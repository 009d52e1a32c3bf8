"""The count as its officers do it: two sheets, papers read twice, what it gave, names under it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.plumbing import vault
from linli.plumbing.addresses import address
from linli.plumbing.forms import Form, OnceForm
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import Labels, label
from linli.plumbing.moments import moment, whole
from linli.plumbing.refusals import refusals_beside

from ..access import counted_for, parts_in
from ..forms import count as forms
from ..models import Paper, Session
from ..queries import counting, proxies, reading, results, scanning, voiding
from ..queries.casting import asked_of
from ..queries.officers import assents
from ..rules.counting import OBJECTION_CHOICES, OPENERS, PAPER_FAULTS, VOID_REASONS, agreed, missing_signers
from ..rules.returning import OBJECTION, STATEMENT
from ..rules.sessions import OFFICES, TABLE, Act, State, Who, allowed
from ..services import count as services
from ..services import signing
from ..services.reading import read_paper
from ..words import BALLOT_CHOICES, FOLLOW
from .base import frame
from .result import gone_words
from .sessions.conducting import replacements


def _found(request: HttpRequest, number: int) -> Session:
    """Those who count, or watch the count."""
    return or_404(counted_for(compound=request.compound, number=number, by=request.actor))


@allow()
@require_safe
def count(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session = _found(request, number)
    parts, state = parts_in(session, request.actor), State(session.state)
    can = allowed(state, parts)
    context: dict[str, Any] = {
        "session": session, "title": _("开箱计票"), "back": address("assembly:result", slug, number), "state": state.value,
        "can": {act.value for act in can}, "replaced": replacements(session, parts, request.actor.account_id, slug),
        "died": [(ballot, whole(day)) for ballot, day in counting.cast_after_death(session)],
        **_again(session, can),
    }  # fmt: skip
    if state == State.CLOSED:
        context |= _opening(session, can)
    elif state in {State.DRAFTING, State.NOTICED, State.OPEN, State.CANCELLED}:
        context |= {"early": _early(session, state), "back": address("assembly:session", slug, number)}
    else:
        context |= _progress(session, slug, request.actor.account_id, can)
    return render(request, "assembly/count/count.html", {**frame(request), **context})


def _early(session: Session, state: State) -> str:
    """When it opens, before there is anything to open."""
    if state == State.CANCELLED:
        return _("这次会议取消了，不开箱计票。")
    if session.closes_at is None:
        return _("投票时间还没有定。")
    now = timezone.now()
    given = {"closes": moment(session.closes_at, now), "opens": moment(session.count_at or session.closes_at, now)}
    said = _("投票 %(closes)s 截止，%(opens)s 公开开箱计票。") % given
    return _("%(said)s地点：%(place)s。") % {"said": said, "place": session.place} if session.place else said


def _again(session: Session, can: frozenset[Act]) -> dict[str, Any]:
    """Which way leads to a recount, and what stands against it where none does."""
    now = timezone.now()
    alone, both = signing.refuse_recount(session, now), signing.refuse_take_back(session, now)
    return {
        "recounts": Act.RECOUNT in can and alone is None,
        "takes_back": Act.TAKE_BACK in can and both is None,
        "no_recount": (_(both.sentence), _(both.article)) if Act.TAKE_BACK in can and alone and both else None,
    }


def _opening(session: Session, can: frozenset[Act]) -> dict[str, Any]:
    agreed = assents(session).get(services.OPENING, {})
    return {
        "agreed": [(label(OFFICES[office]), office.value in agreed) for office in OPENERS],
        "opens": Act.OPEN_COUNT in can,
    }


def _progress(session: Session, slug: str, account: UUID | None, can: frozenset[Act]) -> dict[str, Any]:
    rows = reading.stands(session)
    entered = sum(row.entered for row in rows)
    differ = [row for row in rows if row.differs]
    reads, counting_now = Act.READ in can, reading.reads_now(session)
    return {
        "papers": len(rows), "entered": entered, "once": sum(len(row.clerks) == 1 for row in rows), "left": len(rows) - entered,
        "differ": [(row.number, reads and reading.waits_for(row, account, counting_now)) for row in differ],
        "next": reading.next_for(rows, account, counting_now) if reads else None, "reads": reads,
        "faults": [(number, label(words)) for number, words in counting.faults(session)],
        "enclosed": _enclosed(session, slug), "unnamed": scanning.unnamed(session) if Act.NAME_SCAN in can else [],
        "tallies": Act.TALLY in can, **_counted(session, can),
        "voids": Act.VOID in can and bool(voiding.upheld(session)), **_voiding(session, account),
    }  # fmt: skip


def _enclosed(session: Session, slug: str) -> list[dict[str, Any]]:
    """Authorities and statements, a line a page; what was withdrawn says so."""
    rows = []
    for one in proxies.shown(session):
        note = {"proxy": _("委托书"), "objection": _("书面异议，%(who)s一起核对")}.get(
            one.kind, _("共同声明，%(who)s一起核对")
        )
        note = note % {"who": one.witness} if one.kind != "proxy" else note
        if one.pages > 1:
            note = _("%(what)s，第 %(n)s 页，共 %(of)s 页") % {"what": note, "n": one.page, "of": one.pages}
        href = address("assembly:count-scan", slug, session.number, one.pk) if one.pk else ""
        pill = (_("撤回了"), "") if one.withdrawn else (_("打不开，被动过"), "late") if one.pk is None else ("", "")
        if one.died:
            note = _("%(what)s。委托人 %(day)s 去世，委托到那天为止") % {"what": note, "day": whole(one.died)}
        rows.append({"title": one.label, "note": note, "href": href, "icon": "file", "pill": pill[0], "pill_kind": pill[1]})  # fmt: skip
    return rows


def _voiding(session: Session, account: UUID | None) -> dict[str, Any]:
    """What this reader said himself; of the other's word only that there is one, as each finds the fault alone."""
    rows = voiding.waiting(session)
    mine = [(one.leaf.ballot, label(VOID_REASONS[one.reason])) for one in rows if one.account_id == account]
    return {"void_mine": mine, "void_others": len(rows) - len(mine)}


def _counted(session: Session, can: frozenset[Act]) -> dict[str, Any]:
    """What was found, for those who sign it; the sheet says it step by step."""
    found = results.results(session, timezone.now())
    if not found:
        return {}
    turn = found[0].outcome.turn
    names = [(label(OFFICES[row.office]), row.name) for row in results.signatures(session, turn)]
    tellers, scrutineers = missing_signers(*results.signed(session, turn))
    return {
        "sheets": [
            {"title": one.item.title, "text": one.outcome.sheet, "ties": ["、".join(tie) for tie in one.ties], "place": one.item.place, "gone": [gone_words(row) for row in one.gone]}
            for one in found
        ],
        "turn": turn, "signed": names, "tellers": tellers, "scrutineers": scrutineers, "tied": any(one.ties for one in found),
        "official": [one.item for one in found if one.official is None] if session.rules.get("official_evote_required") else [],
    }  # fmt: skip


# ── one paper ───────────────────────────────────────────────────────────────────────────────────────────────────────


@allow()
def paper(request: HttpRequest, slug: str, number: int, paper: str) -> HttpResponse:
    session = _found(request, number)
    if not {Who.CLERK, Who.TELLER} & parts_in(session, request.actor):
        raise Http404
    row = reading.paper_of(session, paper)
    back = address("assembly:count", slug, number)
    if row is None:
        raise Http404
    if session.state != State.COUNTING and request.method != "POST":
        messages.error(request, _("现在不在计票，录不了票"))
        return redirect(back)
    items = [asked.item for asked in asked_of(session, row.party, row.row_id)]
    people, signers = reading.candidates(session), reading.signers(row)
    if row.state == OBJECTION:
        signers = [one for one in signers if not one.agents]
    before, since = reading.readings(row), reading.looked_again_after(row)
    open_ = len([r for r in before if r.turn <= 2]) == 2 and agreed(before, since) is None
    last = next((r for r in reversed(before) if r.turn > 2), None) if open_ else None
    form = forms.EntryForm(
        request.POST if request.method == "POST" else None, items=items, people=people, signers=signers,
        follow=bool(session.rules.get("follow_majority")), kind=row.state, initial=forms.initial_of(last.said, row.state, items, signers) if last else {},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            read_paper(
                session=session, by=request.actor, number=paper, said=form.said, at=timezone.now(), once=form.cleaned_data["once"]
            )  # fmt: skip
            return _next(request, session, back)
    rows = reading.stands(session)
    context = {
        "title": _title(row), "back": back, "form": form, "paper": row, "home": row.party.label,
        "signers": signers, "died": [(name, whole(day)) for name, day in reading.died_before(row)], "scans": [s.pk for s in reading.scans_of(row)], "compare": _compare(session, row, items, people) if open_ else None,
        "entered": sum(r.entered for r in rows), "papers": len(rows), "number": number,
    }  # fmt: skip
    return render(
        request, "assembly/count/paper.html", {**frame(request), **context}, status=422 if form.errors else 200
    )


def _title(row: Paper) -> str:
    titles = {STATEMENT: _("共同声明，第 %(n)s 号"), OBJECTION: _("书面异议，第 %(n)s 号")}
    return titles.get(row.state, _("第 %(n)s 号票")) % {"n": row.number}


def _next(request: HttpRequest, session: Session, back: str) -> HttpResponse:
    """The next paper comes by itself."""
    number = reading.next_for(reading.stands(session), request.actor.account_id, reading.reads_now(session))
    if number is None:
        messages.success(request, _("您要录的都录完了"))
        return redirect(back)
    return redirect(address("assembly:count-paper", request.compound.slug, session.number, number))


@dataclass(frozen=True)
class Line:
    what: str
    said: list[str]
    same: bool


def _compare(session: Session, row: Any, items: list[Any], people: Any) -> dict[str, Any]:
    """Side by side: what each of the two read, and later what they read again."""
    words = Labels({**BALLOT_CHOICES, **FOLLOW, **OBJECTION_CHOICES})
    names, signers = reading.names(session), reading.signers(row)
    read = reading.readings(row)
    columns = [[*reading.said_of(r, row.state, items, people, words), *_whole(r.said, signers)] for r in read]
    titles = [
        name
        for item in items
        for name in (
            [item.title]
            if reading.form_on(row.state, item) == "approve"
            else [n for _code, n in people.get(item.pk, ())]
        )
    ]
    whats = [*titles, _("谁签的名"), _("整张票")]
    heads = [
        (names.get(UUID(r.clerk), _("录票员")), _("又看一遍") if r.turn > 2 else _("第 %(n)s 遍") % {"n": r.turn})
        for r in read
    ]
    return {
        "heads": heads,
        "lines": [
            Line(what, list(said), len(set(said)) == 1)
            for what, said in zip(whats, zip(*columns, strict=True), strict=True)
        ],
    }


def _whole(said: Any, signers: list[reading.Signer]) -> list[str]:
    agents = tuple(said["agent"] or ())
    name = next((s.name for s in signers if s.owner == said["owner"] and s.agents == agents), "")
    return [name, label(PAPER_FAULTS[said["fault"]]) if said["fault"] else _("有效")]


@allow()
@require_safe
def scan(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    session = _found(request, number)
    found = reading.scan_of(session, pk)
    if found is None or not found.file:
        raise Http404
    body = vault.open_sealed(found.file)
    kind = "image/png" if body.startswith(b"\x89PNG") else "image/webp" if body[8:12] == b"WEBP" else "image/jpeg"
    answer = HttpResponse(body, content_type=kind)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# ── each further step ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Doing:
    form: type[Form]
    verb: Callable[..., Any]
    label: Any
    said: Any
    note: Any = ""


ACTS: dict[Act, Doing] = {
    Act.AGREE_COUNT: Doing(OnceForm, services.agree_to_open, gettext_lazy("同意开箱"), gettext_lazy("记下了，等另一位"), gettext_lazy("主持人和监票人都同意，再放上两份密钥单，票箱才打开。")),
    Act.OPEN_COUNT: Doing(forms.SheetsForm, services.open_count, gettext_lazy("开箱"), gettext_lazy("票箱打开了"), gettext_lazy("三份密钥单任意两份放在一起。抄的时候不分大小写，横线可以不写。密钥单上的字不保存。")),
    Act.TALLY: Doing(OnceForm, services.tally, gettext_lazy("计票"), gettext_lazy("算出来了，请核对以后签字"), gettext_lazy("每一项按民法典第二百七十八条比四次，一步一步写在计票单上。")),
    Act.SIGN_COUNT: Doing(OnceForm, signing.sign, gettext_lazy("签字"), gettext_lazy("签了"), gettext_lazy("计票人、监票人各两位签了，计票才算数。")),
    Act.ANNOUNCE: Doing(OnceForm, signing.announce, gettext_lazy("公布结果"), gettext_lazy("公布了，异议期从今天算起"), gettext_lazy("公布以后大家都看得到，还能下载公开核验包。")),
    Act.RECOUNT: Doing(forms.WordsForm, signing.recount, gettext_lazy("重新计票"), gettext_lazy("回到计票了，上次的结果留着"), gettext_lazy("原因会公布。")),
    Act.TAKE_BACK: Doing(forms.WordsForm, signing.take_back, gettext_lazy("重新计票"), gettext_lazy("按下了"), gettext_lazy("异议期里提出的异议成立，主持人和监票人又都按了，才重新计票。新的结果公布以前，原来的不变。原因会公布。")),
    Act.LOOK_AGAIN: Doing(forms.LookAgainForm, signing.look_again, gettext_lazy("再看一张票"), gettext_lazy("记下了，由两个人再录一遍")),
}  # fmt: skip


@allow()
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    """Who has no part finds nothing; who comes too early or too late is told and led back."""
    session = _found(request, number)
    doing = ACTS.get(Act(act.replace("-", "_"))) if act.replace("-", "_") in set(Act) else None
    if doing is None:
        raise Http404
    name = Act(act.replace("-", "_"))
    if not TABLE[name].who & parts_in(session, request.actor):
        raise Http404
    back = address("assembly:count", slug, number)
    if session.state not in TABLE[name].states and request.method != "POST":
        messages.error(request, _("现在不能办这一步"))
        return redirect(back)
    return _run(request, session, doing.form(_sent(request)), doing.verb, {}, doing.label, doing.said, doing.note)


@allow()
def lots(request: HttpRequest, slug: str, number: int, place: int) -> HttpResponse:
    session = _found(request, number)
    if not TABLE[Act.DRAW_LOTS].who & parts_in(session, request.actor):
        raise Http404
    item = next((one for one in counting.items_of(session) if one.place == place), None)
    outcome = counting.last_outcomes(session).get(item.pk) if item else None
    ties = results.ties_of(outcome) if outcome else []
    if item is None or not ties:
        raise Http404
    names = dict(reading.candidates(session).get(item.pk, ()))
    form = forms.LotsForm(_sent(request), tie=[(code, names.get(code, code)) for code in ties[0]])
    note = _("按抽到的先后写。记下以后马上重新计票。")
    return _run(request, session, form, signing.draw_lots, {"item": item}, _("记下抽签"), _("记下了，重新算好了"), note)


@allow()
def official(request: HttpRequest, slug: str, number: int, place: int) -> HttpResponse:
    session = _found(request, number)
    item = next((one for one in counting.items_of(session) if one.place == place), None)
    if item is None or not TABLE[Act.IMPORT_OFFICIAL].who & parts_in(session, request.actor):
        raise Http404
    form = forms.OfficialForm(
        _sent(request), request.FILES if request.method == "POST" else None, people=reading.candidates(session).get(item.pk, ())
    )  # fmt: skip
    note = _("当地要用官方电子投票系统，以它的结果为准，本系统的线上票只作征求意见。")
    return _run(request, session, form, signing.import_official, {"item": item}, _("导入官方结果"), _("导入了"), note)


def _given(form: Any) -> dict[str, Any]:
    return form.given() if hasattr(form, "given") else dict(form.cleaned_data)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _run(
    request: HttpRequest, session: Session, form: Any, verb: Callable[..., Any], what: dict[str, Any], title: Any, said: Any, note: Any
) -> HttpResponse:  # fmt: skip
    back = address("assembly:count", request.compound.slug, session.number)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            verb(session=session, by=request.actor, at=timezone.now(), **what, **_given(form))
            messages.success(request, said)
            return redirect(back)
    context = {"form": form, "title": title, "label": title, "note": note, "back": back}
    return render(request, "assembly/count/act.html", {**frame(request), **context}, status=422 if form.errors else 200)
