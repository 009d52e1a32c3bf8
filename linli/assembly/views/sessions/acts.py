"""A session drafted, and each of its steps by its own address."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people.rules import Act as Right
from linli.places.queries import buildings, entrances_by_building
from linli.plumbing.addresses import address
from linli.plumbing.forms import Form
from linli.plumbing.guards import allow
from linli.plumbing.refusals import refusals_beside

from ...forms import sessions as forms
from ...models import Session
from ...queries.filing import checked
from ...queries.officers import observers
from ...queries.standing import waiting
from ...rules.printed import LABELS, from_profile, printed
from ...rules.sessions import Act
from ...services import convening, drafting, filing, objections, officers, register, sheets
from ..base import asked, found_session, page_of, run, sent
from .keys import make_keys
from .steps import ACTS, Doing, ready


@allow(Right.CREATE_ASSEMBLY_SESSION)
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    form = forms.DraftForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = drafting.draft_session(
                by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data
            )
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


@allow()
def do(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    one = found_session(request, number)
    if doing is None:
        raise Http404
    if led := ready(request, one, Act(act)):
        return led
    form = _form(request, one, Act(act), doing)
    if Act(act) in {Act.FREEZE, Act.NEW_KEYS}:
        return make_keys(request, one, Act(act), doing, form)
    told = {Act.FILE: _filed, Act.NOTICE: _untold, Act.SET_RULES: _fixed}.get(Act(act))
    about = told(one) if told else ""
    return run(
        request, form, lambda: VERBS[Act(act)](request, one, form), said=doing.said, back=page_of(one, slug), title=doing.label,
        label=doing.press or doing.label, note=doing.note, multipart=form.is_multipart(), about=about,
    )  # fmt: skip


def _untold(one: Session) -> str:
    if observers(one, timezone.now()):
        return ""
    return _("居民委员会在这里没有人，系统告知不到。请同时书面告知，留好回执（物业管理条例第十四条）。")


def _fixed(one: Session) -> str:
    """What the local rule alone says is no choice, and printed all the same."""
    lines = printed(one.rules, drafting.profile(one), first=one.first)
    held = next(line for line in lines if line.label == LABELS["phone_entry"])
    given = {"rule": _(held.label), "said": _(str(held.value)), "source": _("；").join(map(_, held.sources))}
    return _("不在这里选的：%(rule)s——%(said)s（%(source)s）。") % given


def _filed(one: Session) -> str:
    """What of the papers is there, and what is missing."""
    papers = checked(one)
    here = _("、").join(_(p.name) for p in papers if p.here)
    missing = _("、").join(f"{_(p.name)}{_('（')}{_(p.lacks)}{_('）')}" for p in papers if p.lacks)
    said = [
        _("已经有了：%(names)s。") % {"names": here} if here else "",
        _("还缺：%(names)s。") % {"names": missing} if missing else "",
    ]
    return "".join(said)


def _form(request: HttpRequest, one: Session, act: Act, doing: Doing) -> Any:
    data = sent(request)
    if act == Act.EDIT:
        names = ("title", "ground", "ground_words", "place", "contact", "record_on")
        moments = {name: timezone.localtime(getattr(one, name)) for name in ("opens_at", "closes_at", "count_at")}
        return forms.DraftForm(data, initial={name: getattr(one, name) for name in names} | moments)
    if act == Act.SET_RULES:
        return forms.RulesForm(data, initial={**from_profile(drafting.profile(one)), **one.rules})
    if act == Act.ADD_ITEM:
        return forms.ItemForm(data, places=_places(request), waiting=waiting(one.compound_id))
    if act == Act.BUILD and one.register_published_at:
        return forms.ReasonForm(data)
    if act == Act.EXTEND:
        return forms.ExtendForm(data, initial={"until": timezone.localtime(one.closes_at) if one.closes_at else None})
    return doing.form(data)


def _places(request: HttpRequest) -> list[tuple[str, list[tuple[str, str]]]]:
    """By building: all of it, or some of its entrances."""
    inside = entrances_by_building(request.compound.pk)
    return [
        (b.label, [(f"b:{b.pk}", _("整栋")), *((f"e:{e.pk}", str(e)) for e in inside.get(b.pk, []))])
        for b in buildings(request.compound.pk)
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
    Act.GIVE_UP: _plain(sheets.give_up),
    Act.OBJECT_RESULT: _objects("result"),
    Act.FILE: _plain(filing.file),
    Act.ARCHIVE: _plain(filing.archive),
}
