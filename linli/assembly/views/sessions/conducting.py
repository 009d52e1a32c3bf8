"""Who conducts a session, and another in his place."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.forms import OnceForm
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import whole

from ...access import parts_in
from ...forms import sessions as forms
from ...models import Officer, Replacement, Session
from ...queries import officers as people
from ...queries.traces import traces
from ...rules.sessions import OFFICES, TABLE, Act, Office, State, Who, allowed
from ...rules.sheets import KEEPERS
from ...services import officers
from ..base import found_session, page_of, run, sent
from .steps import ready


@allow(Right.CREATE_ASSEMBLY_SESSION)
def release(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found_session(request, number)
    officer = next((o for o in people.officers(one) if o.pk == pk), None)
    replaces = State(one.state) in TABLE[Act.REPLACE_OFFICER].states
    if led := ready(request, one, Act.REPLACE_OFFICER if replaces else Act.RELEASE_OFFICER):
        return led
    officer = or_404(officer)
    given: dict[str, Any] = {"by": request.actor, "session": one, "officer": officer, "at": timezone.now()}
    page: dict[str, Any] = {
        "follows": _follows(one, officer), "back": page_of(one, slug), "title": _("换下%(who)s") % {"who": officer.name}, "about": f"{_(OFFICES[officer.office])} {officer.name}",
    }  # fmt: skip
    if replaces:
        form: Any = forms.ReplaceForm(sent(request))
        note = _("开箱以后换人，要公布原因，还要一位监票人同意。同意以前，原来的人还在。")
        return run(
            request, form, lambda: officers.replace_officer(**given, **form.cleaned_data), said=_("记下了，等一位监票人同意"),
            label=_("提出换人"), note=note, **page,
        )  # fmt: skip
    form = OnceForm(sent(request))
    return run(
        request, form, lambda: officers.release_officer(**given, **form.cleaned_data), said=_("不再担任了，做过的事仍然有效"),
        label=_("换下"), **page,
    )  # fmt: skip


@allow()
def replaced(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """A scrutineer agrees that another comes in the place of an officer; where all of them go, the community does."""
    one = found_session(request, number)
    if led := ready(request, one, Act.AGREE_OFFICER):
        return led
    row = or_404(next((r for r in people.replacements(one) if r.pk == pk), None))
    community = people.community_agrees(one, row)
    no = people.refuse_agreeing(one, row, parts_in(one, request.actor), request.actor.account_id, community=community)
    if no and not row.agreed_at and request.method != "POST":  # who presses is told why not
        raise Http404
    form = OnceForm(sent(request))
    given: dict[str, Any] = {"by": request.actor, "session": one, "replacement": row, "at": timezone.now()}
    return run(
        request, form, lambda: officers.agree_replacement(**given, **form.cleaned_data), said=_("换好了"), back=page_of(one, slug),
        title=_("同意换人"), label=_("同意"), about=_words(row), follows=_follows(one, row.officer),
    )  # fmt: skip


def _follows(session: Session, officer: Officer) -> list[str]:
    """What becomes of the signature, the share of the key and the entries of who leaves."""
    left, said = traces(session, officer), []
    if session.state in TABLE[Act.REPLACE_OFFICER].states:
        if left.signed:
            said.append(_("计票结果上签的字不再算数，要接替的人自己看过再签。"))
        elif officer.office in {Office.TELLER, Office.SCRUTINEER}:
            said.append(_("还没在计票结果上签字，由接替的人签。"))
        if officer.office in KEEPERS:
            said.append(_("票箱已经打开，密钥纸用不上了，不用转交。"))
    else:
        sheet = _("密钥纸第 %(n)s 张还在这一位手里，不会跟着职务走：当面收回来，在“密钥纸”那一页登记交给谁。")
        said += [sheet % {"n": place} for place in left.sheets]
    if left.agreed:
        said.append(_("按过、还在等另一位的同意作废，要接替的人再按。"))
    if left.read:
        said.append(_("录过的 %(n)s 张票仍然有效，不用重录；两人录得不一样的，由接替的人再看一遍。") % {"n": left.read})
    said.append(_("做过的事和时间留着，名字不会换。"))
    return said


def _words(row: Replacement) -> str:
    return _("%(office)s%(old)s换成%(new)s。原因：%(why)s") % {
        "office": _(OFFICES[row.officer.office]), "old": row.officer.name, "new": row.name, "why": row.words,
    }  # fmt: skip


def replacements(session: Session, parts: frozenset[Who], account: UUID | None, slug: str) -> list[dict[str, Any]]:
    """Since the box was opened, as everybody reads it; `href` for who may agree."""
    if session.state in TABLE[Act.RELEASE_OFFICER].states:
        return []
    rows = people.replacements(session)
    if not rows:
        return []
    agrees = Act.AGREE_OFFICER in allowed(State(session.state), parts)
    ever = people.scrutineers_ever(session)
    going = [row for row in rows if not row.agreed_at and row.officer.office == Office.SCRUTINEER]
    community = bool(going) and people.community_agrees(session, going[0])  # to any of them

    def by_community(row: Replacement) -> bool:
        return row.agreed_by not in ever if row.agreed_at else community and row.officer.office == Office.SCRUTINEER

    def may(row: Replacement) -> bool:
        return (
            agrees
            and not row.agreed_at
            and not people.refuse_agreeing(session, row, parts, account, community=by_community(row))
        )

    return [
        {
            "words": _words(row), "agreed": whole(timezone.localdate(row.agreed_at)) if row.agreed_at else "", "community": by_community(row),
            "href": address("assembly:replaced", slug, session.number, row.pk) if may(row) else "",
        }
        for row in rows
    ]  # fmt: skip
