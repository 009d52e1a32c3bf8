from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel import masks
from linli.kernel.refusal import Refused
from linli.people.access import frame
from linli.people.queries import doors_of
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import said
from linli.plumbing.moments import moment
from linli.plumbing.numbers import uuid_in
from linli.plumbing.refusals import refusals_above
from linli.plumbing.tenancy import uuid7

from . import forms, queries, services
from .access import to_tell_for, withheld_from
from .models import Message, Posting
from .signals import gathering, naming

NAME_MOST = 16
# subject kind -> its page
PAGES = {
    "matter": "matters:matter",
    "formation": "assembly:election",
    "selection": "assembly:selection",
    "whistle": "matters:whistle",
    "order": "matters:order",
    "call": "volunteers:call",
    "batch": "matters:batch-mine",
    "export": "people:export",
    "house_act": "volunteers:house-act",
    "meeting": "councils:meeting",
    "session": "assembly:session",
    "seal": "councils:seal",
}


@allow()
@require_safe
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """Opening the list is the proof that it was shown: what was new is marked as read, and stays bold this once."""
    after = uuid_in(request.GET.get("after"))
    now, account_id = timezone.now(), request.actor.account_id
    found = queries.inbox(compound_id=request.compound.pk, account_id=account_id, after=after)
    shown = found[: queries.PAGE]
    names = _names(request, shown)
    rows = [
        {
            "title": m.title, "note": " · ".join(filter(None, [_said(m, names), moment(m.created_at, now)])), "href": _address(slug, m),
            "new": m.read_at is None,
        }
        for m in shown
    ]  # fmt: skip
    if any(m.read_at is None for m in shown) and account_id:
        services.mark_read(compound_id=request.compound.pk, account_id=account_id, at=now)
    more = shown[-1].pk if len(found) > queries.PAGE else None
    context = {"rows": rows, "more": more, "first": after is None, **frame(request.actor, request.compound)}
    return render(request, "notices/inbox.html", context)


def _names(request: HttpRequest, messages: list[Message]) -> dict[int, str]:
    """Nobody knows a matter by its number alone."""
    numbers = {m.subject_number for m in messages if m.subject_kind == "matter" and m.subject_number is not None}
    asked = {"compound_id": request.compound.pk, "by": request.actor, "numbers": numbers}
    return {number: name for _receiver, names in naming.send(Message, **asked) for number, name in names.items()}


def _said(message: Message, names: dict[int, str]) -> str:
    name = names.get(message.subject_number or 0, "")
    if not name or message.body.startswith(name):
        return message.body
    return _("“%(name)s”%(words)s") % {"name": Truncator(name).chars(NAME_MOST), "words": message.body}


def _address(slug: str, message: Message) -> str:
    """Pages of other contexts are joined by links, not imports."""
    if message.subject_kind == services.POSTING:
        return address("notices:posting", slug, message.subject_id)
    page = PAGES.get(message.subject_kind)
    if page is None or message.subject_number is None:
        return ""
    try:
        return numbered(page, slug, message.subject_number)
    except NoReverseMatch:
        return ""


# ── by going or calling ─────────────────────────────────────────────────────────────────────────────────────────────

HOW = [("visited", _noop("上门说了")), ("called", _noop("打电话说了")), ("missed", _noop("没找到人"))]


@allow(Right.TELL_IN_PERSON)
@never_cache
def in_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom neither the app nor a text reaches: somebody goes or calls, and says so."""
    return _in_person(request, slug)


def _in_person(request: HttpRequest, slug: str, seen: Message | None = None, number: str = "") -> HttpResponse:
    compound_id, now = request.compound.pk, timezone.now()
    found = queries.in_person(compound_id=compound_id, after=uuid_in(request.GET.get("after")))
    shown = found[: queries.PAGE]
    hidden = withheld_from(request.actor, shown)
    doors = doors_of(compound_id, {m.person_id for m in shown if m.person_id})
    rows = [
        {
            "message": m, "who": " ".join(filter(None, [doors.get(m.person_id, "") if m.person_id else "", m.person.name if m.person else ""])),
            "href": _address(slug, m), "since": moment(m.created_at, now), "tried": m.tries if m.channel == "visit" else 0,
            "number": number if seen and m.pk == seen.pk else "", "masked": masks.phone(m.phone) if m.phone else "", "once": uuid7(),
        }
        for m in shown if m.pk not in hidden
    ]  # fmt: skip
    more = shown[-1].pk if len(found) > queries.PAGE else None
    how = [(key, _(label)) for key, label in HOW]
    context = {"rows": rows, "more": more, "how": how, **frame(request.actor, request.compound)}
    return render(request, "notices/in_person.html", context)


@allow(Right.TELL_IN_PERSON)
@require_POST
@never_cache
def told(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    row = or_404(to_tell_for(compound_id=request.compound.pk, pk=pk, by=request.actor))
    given = {"by": request.actor, "message": row, "at": timezone.now(), "once": uuid_in(request.POST.get("once"))}
    if request.POST.get("how") == "number" and row.phone:
        return _in_person(request, slug, row, services.see_number(**given))
    with refusals_above(request):
        services.told_in_person(how=request.POST.get("how", ""), **given)
        messages.success(request, _("记下了"))
    return redirect("notices:in-person", slug)


# ── postings ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _drafts_of(request: HttpRequest) -> UUID | None:
    """Whose drafts this reader may see: their own body's, who writes or issues them."""
    makes = request.may(Right.DRAFT_NOTICE) or request.may(Right.ISSUE_NOTICE)
    return request.actor.body_id if makes else None


STATES = {"draft": _noop("草稿"), "taken_down": _noop("撤下了")}


def _posting_cells(request: HttpRequest, slug: str) -> list[dict]:
    now = timezone.now()
    rows = queries.postings(compound_id=request.compound.pk, drafts_of=_drafts_of(request))
    return [
        {
            "title": p.title, "note": " · ".join([p.by_body.name, moment(p.issued_at or p.drafted_at, now)]),
            "href": address("notices:posting", slug, p.pk), "pill": _(STATES[p.state]) if p.state in STATES else "",
        }
        for p in rows
    ]  # fmt: skip


@allow()
@require_safe
def council(request: HttpRequest, slug: str) -> HttpResponse:
    """What bodies said to everybody; with drafts, for who writes or issues them."""
    asked = {"compound_id": request.compound.pk, "by": request.actor, "slug": slug, "now": timezone.now()}
    meetings = [cell for _receiver, cells in gathering.send(Posting, **asked) for cell in cells]
    context = {
        "rows": _posting_cells(request, slug), "meetings": meetings, **frame(request.actor, request.compound),
    }  # fmt: skip
    return render(request, "notices/council.html", context)


@allow()
def posting(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One of them to be read; its draft to be edited, issued; what is issued to be taken down."""
    found = or_404(queries.posting(compound_id=request.compound.pk, pk=pk, drafts_of=_drafts_of(request)))
    mine = found.by_body_id == request.actor.body_id
    edits = mine and found.state == "draft" and request.may(Right.DRAFT_NOTICE)
    issues = mine and found.state == "draft" and request.may(Right.ISSUE_NOTICE)
    takes_down = mine and found.state == "issued" and request.may(Right.ISSUE_NOTICE)
    draft = forms.Draft(request.POST or None, initial={"title": found.title, "words": found.body}) if edits else None
    down = forms.TakeDown(request.POST or None) if takes_down else None
    status = 200
    if request.method == "POST":
        try:
            _do(request, found, draft, down)
            return redirect("notices:posting", slug, pk)
        except Refused as no:
            status = 422
            form = draft or down
            if form:
                form.refuse(no)
            else:
                messages.error(request, said(no.refusal))
    context = {
        "posting": found, "lines": found.body.splitlines(), "draft": draft, "issues": issues, "down": down, **frame(request.actor, request.compound),
        "when": moment(found.issued_at or found.drafted_at, timezone.now()),
        "down_when": moment(found.taken_down_at, timezone.now()) if found.taken_down_at else "",
    }  # fmt: skip
    return render(request, "notices/posting.html", context, status=status)


def _do(request: HttpRequest, found: Posting, draft: forms.Draft | None, down: forms.TakeDown | None) -> None:
    by, at, what = request.actor, timezone.now(), request.POST.get("do")
    if what == "issue":
        services.issue(by=by, posting=found, at=at)
        messages.success(request, _("发出去了，小区里的人都看得到"))
    elif what == "take_down":
        services.take_down(by=by, posting=found, reason=request.POST.get("reason", ""), at=at)
        messages.success(request, _("撤下了，原因大家看得到"))
    else:
        words = {"title": request.POST.get("title", ""), "words": request.POST.get("words", "")}
        services.edit_draft(by=by, posting=found, at=at, **words)
        messages.success(request, _("草稿存好了"))
