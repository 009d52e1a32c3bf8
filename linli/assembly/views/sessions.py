"""A session as people meet it: the list, its page with the steps it takes, and each step's own form."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.kernel import masks
from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.places.queries import buildings, calendar
from linli.places.queries import entrances as entrances_of
from linli.plumbing import vault
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import Form, OnceForm
from linli.plumbing.guards import allow
from linli.plumbing.labels import article, said
from linli.plumbing.moments import whole
from linli.plumbing.numbers import number_in

from ..access import parts_in
from ..forms import sessions as forms
from ..models import Session
from ..queries import officers as people
from ..queries import sessions as queries
from ..queries.papers import paper_for
from ..queries.register import lacking_count
from ..queries.requests import asking, signatures
from ..rules.printed import from_profile, printed
from ..rules.sessions import GROUND_ARTICLES, GROUNDS, OFFICES, STATES, Act, State, Who, allowed
from ..services import convening, drafting, filing, objections, officers, register, requests
from .base import asked, found_session, frame, page_of, run, sent
from .boxes import shown as shown_casting
from .delivery import SEES


@allow()
@require_safe
def sessions(request: HttpRequest, slug: str) -> HttpResponse:
    before, now = number_in(request.GET.get("before", "")), timezone.now()
    calls = request.may(Right.CREATE_ASSEMBLY_SESSION)
    found = queries.sessions(request.compound.pk, body_id=request.actor.body_id if calls else None, before=before)
    shown = found[: queries.PAGE]
    context = {
        "rows": [queries.cell(one, slug, now) for one in shown],
        "more": shown[-1].number if len(found) > queries.PAGE else None, "calls": calls,
    }  # fmt: skip
    return render(request, "assembly/sessions.html", {**frame(request), **context})


@allow(Right.CREATE_ASSEMBLY_SESSION)
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    form = forms.DraftForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = drafting.draft_session(
                by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data
            )
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("起草好了，接着写要表决什么"))
            return redirect(page_of(made, slug))
    note = _("公告以前随时可以改，别人看不到。")
    return asked(
        request,
        form,
        title=_("召集一次业主大会会议"),
        label=_("起草"),
        note=note,
        back=address("assembly:sessions", slug),
    )


# ── the page of one session ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Press:
    """A button, or a button not lawful yet with its reason."""

    label: str
    href: str = ""
    main: bool = False
    why: str = ""
    article: str = ""
    half: str = ""


@dataclass
class Shown:
    """What this reader may press, the next lawful step first."""

    steps: list[Press] = field(default_factory=list)
    more: list[Press] = field(default_factory=list)


@allow()
@require_safe
def session(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = found_session(request, number), timezone.now()
    parts = parts_in(one, request.actor)
    profile, state = drafting.profile(one), State(one.state)
    can = allowed(state, parts)
    works = bool(parts - {Who.OWNER, Who.COMMUNITY})
    turnout, things = queries.turnout(one), queries.things(one, slug)
    context = {
        "session": one,
        "state": str(_(STATES[state])),
        "cancelled": state == State.CANCELLED,
        "ways": _ways(one),
        "fingerprint": _short_print(one.register_fingerprint) if one.register_published_at else "",
        "turnout": turnout,
        "casting": shown_casting(one, request.actor, slug, now),
        "measures": turnout.measures() if turnout else [],
        "lacks_area": queries.square(turnout.lacks_area) if turnout else "",
        "things": things,
        "edits_items": Act.ADD_ITEM in can,
        "steps": queries.steps(one, profile, calendar(request.compound), now, slug),
        "pressed": _presses(one, slug, can, now, len(things)),
        "ground": _(GROUNDS[one.ground]),
        "ground_article": _(GROUND_ARTICLES[one.ground]),
        "record_on": whole(one.record_on) if one.record_on else "",
        "rules": _rules(one, profile),
        "profile": profile,
        "officers": _officers(one, works),
        "works": works,
        "releases": Act.RELEASE_OFFICER in can,
        "lacking": lacking_count(one) if works and not one.register_frozen_at else 0,
        "objections": _objections(one, can, parts),
        "notice": address("assembly:notice", slug, number) if one.noticed_at else "",
        "register": address("assembly:register", slug, number) if one.register_parties and (one.register_published_at or works) else "",
        "delivery": address("assembly:delivery", slug, number) if one.register_frozen_at and parts & SEES else "",
        "request": address("assembly:request", slug, number) if one.ground == "joint_request" and works else "",
    }  # fmt: skip
    return render(request, "assembly/session.html", {**frame(request), **context})


def _short_print(found: str) -> str:
    return "-".join(found[i : i + 4].upper() for i in (0, 4, 8))


def _ways(one: Session) -> str:
    return _("书面和网上投票") if one.rules.get("online") else _("书面投票")


def _rules(one: Session, profile: Any) -> list[tuple[str, str, str]]:
    return [
        (_(line.label), str(line.value) if isinstance(line.value, int) else _(line.value), _(line.source))
        for line in printed(one.rules, profile)
    ]


def _officers(one: Session, works: bool) -> list[dict[str, Any]]:
    return [{"pk": o.pk, "office": _(OFFICES[o.office]), "name": o.name} for o in people.officers(one)]


def _objections(one: Session, can: frozenset[Act], parts: frozenset[Who]) -> list[dict[str, Any]]:
    """Everybody reads what was objected and answered, masked."""
    rows = []
    for about in ("register", "result"):
        for raised in queries.objections(one, about) if one.noticed_at else []:
            who = masks.name(raised.name) if raised.name else _("一位业主")
            rows.append({
                "pk": raised.pk, "about": _("名册") if about == "register" else _("结果"), "who": who, "words": raised.words, "answer": raised.answer,
                "upheld": raised.upheld, "answers": Act.ANSWER in can and raised.answered_at is None,
            })  # fmt: skip
    return rows


Ask = Callable[[Session, datetime], Refusal | None]


@dataclass(frozen=True)
class Doing:
    form: type[OnceForm]
    label: Any
    said: Any
    note: Any = ""


L = gettext_lazy
ACTS: dict[Act, Doing] = {
    Act.EDIT: Doing(forms.DraftForm, L("改时间和依据"), L("改好了")),
    Act.SET_RULES: Doing(forms.RulesForm, L("定规则"), L("定好了"), L("公告以后不能再改，印在公告和表决票上。")),
    Act.ADD_ITEM: Doing(forms.ItemForm, L("加一件表决事项"), L("加上了"), L("公告以后不能再加：没有公告的事不能表决。")),
    Act.NAME_OFFICER: Doing(forms.OfficerForm, L("指定工作人员"), L("指定了"), L("主持、录票、计票、监票要分开，候选人和近亲属不能担任。")),
    Act.BUILD: Doing(OnceForm, L("建业主名册"), L("名册建好了，看看有没有缺的"), L("按基准日的业主登记建，公布时名字只露姓。改了登记以后再建一次就更新了。")),
    Act.NOTICE: Doing(OnceForm, L("发公告"), L("公告发出去了，居委会也告知了"), L("议题、规则、时间和名册一起公布，从此不能再改。同时告知居民委员会。")),
    Act.OBJECT: Doing(forms.ObjectForm, L("名册有误"), L("收到了，答复会写在这里")),
    Act.FREEZE: Doing(OnceForm, L("锁定名册"), L("您同意了，等另一位按"), L("主持人和监票人都按了才锁定。后按的那一位会看到三张密钥纸，只显示一次，请先备好打印机，三位保管人到场。")),
    Act.NEW_KEYS: Doing(OnceForm, L("重做密钥"), L("您同意了，等另一位按"), L("密钥纸没打印成或者丢了，投票开始以前可以重做，旧的就作废。")),
    Act.OPEN: Doing(OnceForm, L("开始投票"), L("按下了"), L("主持人和监票人都按了才开始。")),
    Act.EXTEND: Doing(forms.ExtendForm, L("延长投票"), L("延长了，已经告知业主"), L("只能一次，截止以前公告。")),
    Act.CLOSE: Doing(OnceForm, L("结束投票"), L("按下了"), L("主持人和监票人都按了就结束。")),
    Act.CANCEL: Doing(forms.ReasonForm, L("取消会议"), L("取消了，原因大家看得到")),
    Act.OBJECT_RESULT: Doing(forms.ObjectForm, L("对结果有异议"), L("收到了，答复会写在这里")),
    Act.FILE: Doing(forms.FileForm, L("备案了"), L("记下了"), L("选出业委会或者作出决定后 30 日内，到街道备案。")),
    Act.ARCHIVE: Doing(forms.ArchiveForm, L("归档"), L("归档了"), L("票和材料至少保管到下一届业委会任期结束，不少于 6 年。")),
}  # fmt: skip
LAWFUL: dict[Act, Ask] = {
    Act.NOTICE: convening.refuse_notice,
    Act.FREEZE: convening.refuse_freeze,
    Act.OPEN: convening.refuse_open,
    Act.CLOSE: convening.refuse_close,
}
# The road of a session; the others are done beside it.
ROAD = (Act.NOTICE, Act.FREEZE, Act.OPEN, Act.CLOSE, Act.FILE, Act.ARCHIVE)
BESIDE = (
    Act.ADD_ITEM, Act.BUILD, Act.NAME_OFFICER, Act.SET_RULES, Act.EDIT, Act.NEW_KEYS, Act.EXTEND, Act.OBJECT, Act.OBJECT_RESULT, Act.CANCEL,
)  # fmt: skip


def _presses(one: Session, slug: str, can: frozenset[Act], now: datetime, items: int) -> Shown:
    shown, needed = Shown(), _needed(one, items)
    halves = queries.halves(one) if can & {Act.FREEZE, Act.OPEN, Act.CLOSE, Act.NEW_KEYS} else {}
    for act in ROAD:
        if act in can and not _over(one, act):
            shown.steps.append(_press(one, slug, act, now, halves, main=not any(p.href for p in shown.steps)))
    for act in BESIDE:
        if act in can and not _over(one, act):
            main = act == needed and not any(press.href for press in shown.steps)
            shown.more.append(Press(str(ACTS[act].label), _do(one, slug, act), main))
    return shown


def _needed(one: Session, items: int) -> Act | None:
    """What a draft lacks first."""
    if one.state != State.DRAFTING:
        return None
    return Act.ADD_ITEM if not items else Act.BUILD if not one.register_parties else None


def _over(one: Session, act: Act) -> bool:
    """Done, or not to be done in this session."""
    if act in {Act.FREEZE, Act.BUILD, Act.OBJECT}:
        return one.register_frozen_at is not None
    if act in {Act.NEW_KEYS, Act.OPEN}:
        return one.register_frozen_at is None
    return act == Act.EXTEND and (not one.rules.get("extension_days") or one.extended_from is not None)


def _press(one: Session, slug: str, act: Act, now: datetime, halves: dict[str, str], *, main: bool) -> Press:
    label, half = str(ACTS[act].label), halves.get(act, "")
    if half:
        half = _("%(office)s同意了，等另一位") % {"office": _(OFFICES[half])}
    no = LAWFUL[act](one, now) if act in LAWFUL else None
    if no:
        return Press(label, why=said(no), article=article(no), half=half)
    return Press(label, _do(one, slug, act), main, half=half)


def _do(one: Session, slug: str, act: Act) -> str:
    return address("assembly:do", slug, one.number, act.value)


# ── each step ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _ready(request: HttpRequest, one: Session, act: Act) -> HttpResponse | None:
    """Who has no part finds nothing; who comes too late is told and led back. A form sent twice goes on to the service."""
    parts = parts_in(one, request.actor)
    if not any(act in allowed(state, parts) for state in State):
        raise Http404
    if act not in allowed(State(one.state), parts) and request.method != "POST":
        messages.error(request, _("这次会议已经变了，请看现在到哪一步"))
        return redirect(page_of(one, request.compound.slug))
    return None


@allow()
def do(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    one = found_session(request, number)
    if doing is None:
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    form = _form(request, one, Act(act), doing)
    if Act(act) in {Act.FREEZE, Act.NEW_KEYS}:
        return _keys(request, one, Act(act), doing, form)
    return run(
        request, form, lambda: VERBS[Act(act)](request, one, form), said=doing.said, back=page_of(one, slug), title=doing.label,
        label=doing.label, note=doing.note, multipart=form.is_multipart(),
    )  # fmt: skip


def _form(request: HttpRequest, one: Session, act: Act, doing: Doing) -> Any:
    data = sent(request)
    if act == Act.EDIT:
        names = ("title", "ground", "ground_words", "first", "interim", "place", "contact", "record_on")
        moments = {name: timezone.localtime(getattr(one, name)) for name in ("opens_at", "closes_at", "count_at")}
        return forms.DraftForm(data, initial={name: getattr(one, name) for name in names} | moments)
    if act == Act.SET_RULES:
        return forms.RulesForm(data, initial={**from_profile(drafting.profile(one)), **one.rules})
    if act == Act.ADD_ITEM:
        return forms.ItemForm(data, places=_places(request))
    if act == Act.EXTEND:
        return forms.ExtendForm(data, initial={"until": timezone.localtime(one.closes_at) if one.closes_at else None})
    if act == Act.FILE:
        return forms.FileForm(data, wanted=filing.wanted(one))
    return doing.form(data)


def _places(request: HttpRequest) -> list[tuple[str, str]]:
    found = []
    for building in buildings(request.compound.pk):
        found.append((f"b:{building.pk}", building.label))
    return found + [
        (f"e:{e.pk}", f"{building.label}{e}")
        for building in buildings(request.compound.pk)
        for e in entrances_of(request.compound.pk, building.pk)
    ]


Verb = Callable[[HttpRequest, Session, Any], Any]


def _plain(verb: Callable[..., Any]) -> Verb:
    """What the form gives is what the service takes."""

    def inner(request: HttpRequest, one: Session, form: Any) -> Any:
        given = getattr(form, "given", form.cleaned_data)
        return verb(by=request.actor, session=one, at=timezone.now(), **given)

    return inner


def _set_rules(request: HttpRequest, one: Session, form: forms.RulesForm) -> None:
    once = form.cleaned_data["once"]
    drafting.set_rules(by=request.actor, session=one, rules=form.cleaned, at=timezone.now(), once=once)


def _objects(about: str) -> Verb:
    def inner(request: HttpRequest, one: Session, form: Form) -> Any:
        return objections.object_to(by=request.actor, session=one, about=about, at=timezone.now(), **form.cleaned_data)

    return inner


VERBS: dict[Act, Verb] = {
    Act.EDIT: _plain(drafting.edit_session),
    Act.SET_RULES: _set_rules,
    Act.ADD_ITEM: _plain(drafting.add_item),
    Act.NAME_OFFICER: _plain(officers.name_officer),
    Act.BUILD: _plain(register.build),
    Act.NOTICE: _plain(convening.give_notice),
    Act.OBJECT: _objects("register"),
    Act.OPEN: _plain(convening.open_voting),
    Act.EXTEND: _plain(convening.extend),
    Act.CLOSE: _plain(convening.close),
    Act.CANCEL: _plain(drafting.cancel),
    Act.OBJECT_RESULT: _objects("result"),
    Act.FILE: _plain(filing.file),
    Act.ARCHIVE: _plain(filing.archive),
}


def _keys(request: HttpRequest, one: Session, act: Act, doing: Doing, form: OnceForm) -> HttpResponse:
    """The answer to the second press holds the three sheets. It is the only page that ever does, and nobody keeps it."""
    back = page_of(one, request.compound.slug)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"by": request.actor, "session": one, "at": timezone.now(), **form.cleaned_data}
        try:
            if act == Act.FREEZE:
                one, sheets = convening.freeze(**given)
            else:
                one, sheets = convening.new_keys(turn=queries.new_key_turn(one) + 1, **given)
        except Refused as no:
            form.refuse(no)
        else:
            if sheets:
                return _sheets(request, one, sheets, back)
            messages.success(request, doing.said)
            return redirect(back)
    return asked(request, form, title=doing.label, label=doing.label, note=doing.note, back=back)


KEEPERS = (gettext_lazy("会议主持人"), gettext_lazy("计票人"), gettext_lazy("监票人"))


def _sheets(request: HttpRequest, one: Session, sheets: tuple[str, ...], back: str) -> HttpResponse:
    rows = [
        {"place": n, "text": text, "keeper": keeper, "qr": segno.make(text, error="m").svg_data_uri(scale=4)}
        for n, (text, keeper) in enumerate(zip(sheets, KEEPERS, strict=True), 1)
    ]
    answer = render(request, "assembly/sheets.html", {"session": one, "sheets": rows, "back": back})
    answer["Cache-Control"] = "no-store"
    return answer


# ── what hangs on an item, an officer, an objection ─────────────────────────────────────────────────────────────────


@allow(Right.CREATE_ASSEMBLY_SESSION)
def item_act(request: HttpRequest, slug: str, number: int, place: int, act: str) -> HttpResponse:
    one = found_session(request, number)
    item = queries.item_at(one, place)
    if item is None or act not in {Act.DROP_ITEM, Act.ADD_PAPER}:
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    given: dict[str, Any] = {"by": request.actor, "session": one, "item": item, "at": timezone.now()}
    back = page_of(one, slug)
    if act == Act.DROP_ITEM:
        form: Any = OnceForm(sent(request))
        return run(
            request, form, lambda: drafting.drop_item(**given, **form.cleaned_data), said=_("删了"), back=back, title=_("删掉这一件"),
            label=_("删掉"), about=item.title,
        )  # fmt: skip
    form = forms.PaperForm(sent(request), request.FILES or None)
    return run(
        request, form, lambda: drafting.add_paper(**given, **form.cleaned_data), said=_("放上了"), back=back, title=_("放一份材料"),
        label=_("放上"), about=item.title, multipart=True,
    )  # fmt: skip


@allow()
@require_safe
def paper(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found_session(request, number)
    found = paper_for(one, pk)
    if found is None:
        raise Http404
    kinds = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
    answer = HttpResponse(vault.open_sealed(found.sealed), content_type=kinds[found.kind])
    answer["Content-Disposition"] = content_disposition_header(False, f"{found.name}.{found.kind}") or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@allow(Right.CREATE_ASSEMBLY_SESSION)
def release(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found_session(request, number)
    officer = next((o for o in people.officers(one) if o.pk == pk), None)
    if led := _ready(request, one, Act.RELEASE_OFFICER):
        return led
    if officer is None:
        raise Http404
    form = OnceForm(sent(request))
    given: dict[str, Any] = {"by": request.actor, "session": one, "officer": officer, "at": timezone.now()}
    return run(
        request, form, lambda: officers.release_officer(**given, **form.cleaned_data), said=_("不再担任了，做过的事仍然有效"),
        back=page_of(one, slug), title=_("不再担任"), label=_("确定"), about=f"{_(OFFICES[officer.office])} {officer.name}",
    )  # fmt: skip


@allow()
def answer(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found_session(request, number)
    if led := _ready(request, one, Act.ANSWER):
        return led
    raised = next((o for about in ("register", "result") for o in queries.objections(one, about) if o.pk == pk), None)
    if raised is None:
        raise Http404
    form = forms.AnswerForm(sent(request))
    return run(
        request, form, lambda: objections.answer(by=request.actor, session=one, objection=raised, at=timezone.now(), **form.given),
        said=_("答复写上了"), back=page_of(one, slug), title=_("答复异议"), label=_("答复"), about=raised.words,
    )  # fmt: skip


@allow(Right.CREATE_ASSEMBLY_SESSION)
def request_list(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The joint request: who signed, and whether it is enough."""
    one = found_session(request, number)
    if one.ground != "joint_request" or Who.CONVENER not in parts_in(one, request.actor):
        raise Http404
    form = forms.SignForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            requests.sign(by=request.actor, session=one, at=timezone.now(), **form.cleaned_data)
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("记下了"))
            return redirect("assembly:request", slug, number)
    got, no = asking(one), requests.ask_enough(one)
    context = {
        "session": one, "form": form if one.state == State.DRAFTING else None, "signatures": signatures(one), "persons": got.persons,
        "area": queries.square(got.area), "of_persons": one.register_parties, "of_area": queries.square(one.register_area),
        "lacks": said(no) if no else "", "article": article(no) if no else "", "back": page_of(one, slug),
    }  # fmt: skip
    return render(request, "assembly/request.html", {**frame(request), **context}, status=422 if form.errors else 200)


@allow()
@require_safe
def notice(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The notice as it is posted on paper."""
    one = found_session(request, number)
    if one.noticed_at is None:
        raise Http404
    profile = drafting.profile(one)
    context = {
        "session": one, "things": queries.things(one, slug), "rules": _rules(one, profile), "ground": _(GROUNDS[one.ground]),
        "ground_article": _(GROUND_ARTICLES[one.ground]), "ways": _ways(one), "noticed": whole(timezone.localdate(one.noticed_at)),
        "opens": _clocked(one.opens_at), "closes": _clocked(one.closes_at), "counts": _clocked(one.count_at),
        "record_on": whole(one.record_on) if one.record_on else "", "area": queries.square(one.register_area),
        "until": whole(convening.register_until(one)), "back": numbered("assembly:session", slug, number),
        "silent": one.rules.get("silence_mode", "A") != "A",
    }  # fmt: skip
    return render(request, "assembly/notice.html", context)


def _clocked(at: datetime | None) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{whole(local.date())} {local:%H:%M}"
