"""The resident's door: what waits for them, saying something, what they said."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.refusal import Refused
from linli.notices.queries import unread
from linli.notices.signals import waiting
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import moment
from linli.plumbing.numbers import number_in, uuid_in
from linli.plumbing.tenancy import uuid7

from .. import services
from ..access import joinable, matter_for
from ..forms.resident import ReportForm
from ..models import Matter
from ..queries import resident as read
from ..queries.batches import mine_open
from ..queries.duplicates import Where, likely
from ..queries.help import price_words
from ..queries.help import waiting as quotes_waiting
from ..queries.outages import near
from ..queries.resident import Row
from ..rules import danger
from ..rules.help import HelpAct, yuan
from ..rules.states import Act
from ..rules.times import Urgency
from ..words import MARKS, TO_YOU
from . import kept

SHOWN_AT_HOME = 6


@allow(Right.RAISE_MATTER)
@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    rows = read.mine(compound=request.compound, account_id=request.actor.account_id, now=now)
    cards = [_fixed_card(slug, row) for row in rows if row.waits] + [
        _asked_card(slug, row) for row in rows if row.asked
    ]
    told = [one for _asked, said in waiting.send(None, by=request.actor, slug=slug, now=now) for one in said or []]
    cards += [one for one in told if "answers" in one]
    quotes = quotes_waiting(request.compound.pk, [r.matter_id for r in rows if r.own and r.open and not r.waits])
    cards += [_quote_card(slug, row, quotes[row.matter_id]) for row in rows if row.matter_id in quotes]
    cases = mine_open(request.compound.pk, request.actor.account_id)
    cards += [_papers_card(slug, number, title, wanted) for number, title, wanted in cases if wanted]
    others = [row for row in rows if not row.waits and not row.asked and row.matter_id not in quotes]
    news = unread(compound_id=request.compound.pk, account_id=request.actor.account_id)
    return render(
        request,
        "matters/home.html",
        {
            "cards": cards,
            "rows": _cells(slug, sorted(others, key=lambda row: not row.open)[:SHOWN_AT_HOME]),
            "has_more": len(others) > SHOWN_AT_HOME or bool(cards),
            "empty": not rows,
            "news": f"{news}" if news < 10 else "9+",
            "has_news": news > 0,
            "under_way": [one for one in told if "answers" not in one],
            "batches": [
                {"title": title, "note": _("看我家到哪一步"), "href": numbered("matters:batch-mine", slug, number)}
                for number, title, wanted in cases
                if not wanted
            ],
            "outages": near(request.compound, request.actor.home_id, now),
        },
    )


def _fixed_card(slug: str, row: Row) -> dict:
    """The answers judge somebody: equal weight, nothing chosen."""
    act = (slug, row.number)
    return {
        "lead": _("%(party)s说办好了") % {"party": row.party},
        "until": _("请您看一看"),
        "title": row.title,
        "href": numbered("matters:matter", *act),
        "answers": [
            {"label": _("还没修好"), "icon": "close", "href": address("matters:act", *act, Act.REOPEN.value)},
            {
                "label": _("修好了"),
                "icon": "check",
                "action": address("matters:act", *act, Act.CONFIRM.value),
                "name": "once",
                "value": str(uuid7()),
                "next": numbered("matters:matter", *act),
            },
        ],
    }


def _asked_card(slug: str, row: Row) -> dict:
    act = (slug, row.number)
    return {
        "lead": _("有人问您"),
        "until": "",
        "title": row.asked,
        "note": row.title,
        "href": numbered("matters:matter", *act),
        "answers": [{"label": _("回答"), "href": address("matters:act", *act, Act.ANSWER.value), "main": True}],
    }


def _papers_card(slug: str, number: int, title: str, n: int) -> dict:
    return {
        "lead": _("轮到您"),
        "until": "",
        "title": title,
        "note": _("还缺 %(n)s 样，要您带来") % {"n": n},
        "href": numbered("matters:batch-mine", slug, number),
        "answers": [{"label": _("看带什么"), "href": numbered("matters:batch-mine", slug, number)}],
    }


def _quote_card(slug: str, row: Row, fen: int) -> dict:
    """The sum is agreed to or not: equal weight, nothing chosen."""
    act = (slug, row.number)
    return {
        "lead": _("报了价，等您回话"),
        "until": "",
        "title": _("%(yuan)s 元") % {"yuan": yuan(fen)},
        "note": row.title,
        "href": numbered("matters:matter", *act),
        "answers": [
            {"label": _("不同意"), "href": address("matters:act", *act, HelpAct.DISAGREE.value)},
            {"label": _("同意"), "href": address("matters:act", *act, HelpAct.AGREE.value)},
        ],
    }


def _cells(slug: str, rows: list[Row]) -> list[dict]:
    return [
        {
            "title": row.title,
            "note": row.note,
            "href": numbered("matters:matter", slug, row.number),
            "turn": row.mark,
            "pill": row.pill,
            "pill_kind": "late",
        }
        for row in rows
    ]


@allow(Right.RAISE_MATTER)
@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    after = uuid_in(request.GET.get("after"))
    rows = read.mine(compound=request.compound, account_id=request.actor.account_id, now=timezone.now(), after=after)
    more = rows[read.PAGE - 1].key if len(rows) > read.PAGE else None
    return render(
        request, "matters/mine.html", {"rows": _cells(slug, rows[: read.PAGE]), "more": more, "first": after is None}
    )


@allow(Right.RAISE_MATTER)
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Words first. A refused form comes back with everything typed; a likely duplicate is shown once before it is sent."""
    where = read.Places(compound=request.compound, home_id=request.actor.home_id)
    if request.method != "POST":
        return _form(request, ReportForm(places=where))
    form = ReportForm(request.POST, request.FILES, places=where)
    if not form.is_valid():
        return _form(request, form, keep=not {"photos", "voice"} & set(form.errors), status=422)
    try:
        if (me_too := number_in(request.POST.get("me_too", ""))) is not None:
            return _join(request, form, me_too)
        found = (
            None
            if form.cleaned_data["asked"] is not None or request.FILES or kept.marks(request)
            else _alike(request, form)
        )
        if found:
            return _form(request, form, similar=found)
        matter = _raise(request, form)
    except Refused as no:
        form.refuse(no)
        return _form(request, form, keep=no.field != "photos", status=422)
    kept.forget(request)
    return HttpResponseRedirect(
        numbered("matters:sent", slug, matter.number)
    )  # `redirect` would look for a page of that name


def _raise(request: HttpRequest, form: ReportForm) -> Matter:
    return services.raise_with_photos(
        by=request.actor, compound=request.compound, words=form.cleaned_data["words"], spot=form.spot_chosen(), files=[*kept.files(request), *form.uploads()],
        once=form.cleaned_data["once"], at=timezone.now(),
    )  # fmt: skip


def _join(request: HttpRequest, form: ReportForm, number: int) -> HttpResponse:
    main = or_404(joinable(compound=request.compound, number=number, by=request.actor))
    joined = services.join(
        by=request.actor,
        matter=main,
        words=form.cleaned_data["words"],
        files=[*kept.files(request), *form.uploads()],
        at=timezone.now(),
    )
    return redirect(address("matters:matter", request.compound.slug, joined.number) + "?joined=1")


def _alike(request: HttpRequest, form: ReportForm) -> dict | None:
    spot = form.spot_chosen()
    where = Where(spot.home.building, spot.home.entrance) if spot.home else Where(spot.building, spot.entrance)
    m = likely(compound=request.compound, words=form.cleaned_data["words"], where=where)
    if m is None:
        return None
    said = _("%(n)s 个人说过") % {"n": m.voices}
    turn = (
        _("轮到%(party)s") % {"party": TO_YOU.get(m.turn, "")}
        if m.turn in MARKS and m.turn != "reporter"
        else _("快办好了")
    )
    return {
        "number": m.number,
        "title": m.public_title,
        "note": f"{said} · {turn}",
        "mark": MARKS[m.turn] if m.turn != "reporter" else "nobody",
    }


@allow(Right.RAISE_MATTER)
@require_safe
def similar(request: HttpRequest, slug: str) -> HttpResponse:
    """The card "是不是这件事？" while somebody writes; with `denied` only the mark that it was shown."""
    context: dict = {"similar": None, "denied": request.GET.get("denied", "")}
    words = request.GET.get("words", "").strip()
    context["danger"] = danger.told(words) == Urgency.EMERGENCY
    if not context["denied"].isdigit():
        context["denied"] = ""
    form = ReportForm(request.GET, places=read.Places(compound=request.compound, home_id=request.actor.home_id))
    valid = form.is_valid()
    if not context["denied"] and len(words) > 3:
        context["similar"] = _alike(request, form) if valid else None
    chosen = form.spot_chosen().building if valid else None
    context["outages"] = near(request.compound, request.actor.home_id, timezone.now(), words or None, building=chosen)
    return render(request, "matters/_similar.html", context)


def _form(
    request: HttpRequest, form: ReportForm, *, similar: dict | None = None, keep: bool = False, status: int = 200
) -> HttpResponse:
    asked = form.data.get("asked", "") if form.is_bound else ""
    context = {
        "form": form,
        "similar": similar,
        "danger": form.is_bound and danger.told(form.data.get("words", "")) == Urgency.EMERGENCY,
        "outages": near(request.compound, request.actor.home_id, timezone.now()),
        "denied": asked if asked.isdigit() else "",
        "draft": f"report-{request.compound.slug}",
        "kept": kept.keep(request, "photos", "voice") if keep else [],
    }
    return render(request, "matters/report.html", context, status=status)


@allow(Right.RAISE_MATTER)
@require_safe
def sent(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The receipt: its number, who has it, by when they answer."""
    found = matter_for(compound=request.compound, number=number, by=request.actor)
    if found is None or found[0].reporter_account_id != request.actor.account_id:
        raise Http404
    matter = found[0]
    if matter.next_due_at is None:
        return redirect("matters:matter", slug, number)
    context = {
        "matter": matter,
        "party": TO_YOU.get(matter.turn, ""),
        "mark": MARKS[matter.turn],
        "when": moment(matter.next_due_at, timezone.now()),
        "draft": f"report-{slug}",
        "danger": matter.hazard or matter.urgency == Urgency.EMERGENCY,
        "paid": price_words(matter),
    }
    return render(request, "matters/sent.html", context)
