"""Who keeps which sheet of the key, since when; handing over, losing and finding."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import label
from linli.plumbing.moments import moment

from ..access import parts_in
from ..forms.sheets import FindForm, HandForm, LoseForm
from ..models import Session, SheetUse
from ..queries import sheets as queries
from ..queries.officers import officers
from ..rules.sessions import OFFICES, TABLE, Act, State, Who, allowed
from ..rules.sheets import FOUND, HANDED, KEEPERS, LOST, finding, warning
from ..services import sheets as services
from .base import found_session, frame, page_of, run, sent

SEES = frozenset({Who.CONVENER, Who.CHAIR, Who.TELLER, Who.SCRUTINEER, Who.OBSERVER, Who.COMMUNITY})
ACTS = {"hand": Act.HAND_SHEET, "lose": Act.LOSE_SHEET, "find": Act.FIND_SHEET}


def _session(request: HttpRequest, number: int) -> Session:
    one = found_session(request, number)
    if not one.seal_key or not parts_in(one, request.actor) & SEES:
        raise Http404
    return one


@allow()
@require_safe
def keys(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = _session(request, number), timezone.now()
    can = allowed(State(one.state), parts_in(one, request.actor))
    found, finders = queries.sheets(one), queries.finders(one)
    said_so = {s.place: finders.get(finding(s.place, s.turn), ("", None)) for s in found if s.lost}
    rows = [
        {
            "place": s.place, "keeper": f"{label(OFFICES[s.office])} {s.keeper}".strip() if s.since else "", "for": label(OFFICES[s.office]),
            "since": moment(s.since, now) if s.since else "", "lost": moment(s.lost, now) if s.lost else "",
            "acts": [(_said(use), moment(use.at, now), use.words) for use in reversed(s.acts)],
            "hand": Act.HAND_SHEET in can and not s.lost, "lose": Act.LOSE_SHEET in can and not s.lost,
            "find": Act.FIND_SHEET in can and s.lost and said_so[s.place][1] != request.actor.account_id,
            "half": label(OFFICES[said_so[s.place][0]]) if s.lost and said_so[s.place][0] else "",
        }
        for s in found
    ]  # fmt: skip
    said = warning(one.state, [s.place for s in found if s.lost])
    context = {
        "session": one, "rows": rows, "warning": label(said) if said else "", "back": page_of(one, slug), "number": number,
        "again": address("assembly:do", slug, number, "new_keys") if said and Act.NEW_KEYS in can else "",
    }  # fmt: skip
    return render(request, "assembly/keys.html", {**frame(request), **context})


def _said(use: SheetUse) -> str:
    who = f"{label(OFFICES[use.office])} {use.name}".strip()
    if use.act == HANDED:
        if use.by_office == use.office:
            return _("%(who)s收下") % {"who": who}
        return _("%(by)s交给%(who)s") % {"by": label(OFFICES[use.by_office]) if use.by_office else "", "who": who}
    if use.act == LOST:
        return _("登记丢失，原来由%(who)s保管") % {"who": who}
    return _("找到了，主持人和监票人都看过，仍由%(who)s保管") % {"who": who} if use.act == FOUND else _("开箱时放上了")


@allow()
@never_cache
def key_act(request: HttpRequest, slug: str, number: int, place: int, act: str) -> HttpResponse:
    one = _session(request, number)
    sheet = next((s for s in queries.sheets(one) if s.place == place), None)
    if act not in ACTS or sheet is None or not TABLE[ACTS[act]].who & parts_in(one, request.actor):
        raise Http404
    back = address("assembly:keys", slug, number)
    if (one.state not in TABLE[ACTS[act]].states or bool(sheet.lost) != (act == "find")) and request.method != "POST":
        messages.error(request, _("现在不能办这一步"))
        return redirect(back)
    given: dict[str, Any] = {"session": one, "by": request.actor, "place": place, "at": timezone.now()}
    about = _("第 %(n)s 张密钥纸") % {"n": place}
    if act == "find":
        seen = FindForm(sent(request))
        return run(
            request, seen, lambda: services.find(**given, **seen.cleaned_data), said=_("记下了，主持人和监票人都登记了才算找到"), back=back,
            title=_("登记找到了"), label=_("找到了"), about=about,
            note=_("主持人和监票人都看到纸再登记。丢过的纸可能有人看过：还没开始投票的，重做密钥更稳妥。"),
        )  # fmt: skip
    if act == "lose":
        lost = LoseForm(sent(request))
        return run(
            request, lost, lambda: services.lose(**given, **lost.cleaned_data), said=_("记下了，已经告知主持人、计票人和监票人"), back=back,
            title=_("登记丢失"), label=_("登记丢失"), about=about, note=_("记下不能删；找到了，由主持人和监票人一起登记。两张还在就能开箱；只剩两张时，两位都要到场。"),
        )  # fmt: skip
    keepers = [o for o in officers(one) if o.office in KEEPERS]
    form = HandForm(sent(request), officers=keepers)

    def hand() -> None:
        services.hand(**given, officer=UUID(form.cleaned_data["officer"]), once=form.cleaned_data["once"])

    return run(
        request, form, hand, said=_("记下了"), back=back, title=_("交给保管人"), label=_("交给他"), about=about,
        note=_("当面交，封在信封里，封口签名。三张由三个人保管。纸上的字不要写在这里。"),
    )  # fmt: skip
