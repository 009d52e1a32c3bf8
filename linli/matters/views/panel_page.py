"""What stands in the panel beside the list: the matter, its clock, what may be done with it, the form that sorts it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.moments import lasting, moment

from ..forms.triage import Sort
from ..models import Matter
from ..queries import advice, duplicates, hotline
from ..queries import desk as reads
from ..queries import panel as beside
from ..queries.desk import Filters
from ..queries.photos import of_matter
from ..queries.taken import three
from ..queries.voices import to_hear
from ..rules import categories, times
from ..rules.advice import Advice
from ..rules.parts import may_call
from ..rules.states import Act, State, Who, allowed
from ..words import (
    MARKS,
    PARTIES,
    PAUSE_REASONS,
    SOURCES,
    URGENCIES,
    category_name,
    clock_words,
    level_names,
    state,
)
from . import chat, gates, rapid
from .acts import idle, table

SORTABLE = frozenset({State.SUBMITTED, State.ACCEPTED, State.TRIAGED, State.REOPENED, State.RETURNED})
KEYS = {Act.MERGE: "M", Act.DECLINE: "N", Act.TRIAGE: "C", Act.DISPATCH: "D"}
# A worker's own small wishes have their place on the matter's page.
NOT_HERE = frozenset(
    {Act.FOLLOW, Act.UNFOLLOW, Act.URGE, Act.RATE, Act.CONFIRM, Act.WITHDRAW, Act.CORRECT_CATEGORY, Act.HIDE_PHOTO}
)


def shown(
    request: HttpRequest, matter: Matter, parts: frozenset[Who], at: datetime, *, form: Sort | None = None, said: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    may_do = [act for act in allowed(State(matter.state), parts) if not idle(act, matter)]
    sortable = Who.DESK in parts and State(matter.state) in SORTABLE
    advised = advice.shown(request.compound, matter, request.actor, at) if sortable and not matter.triaged_at else None
    took = advised is not None and ("took" in request.POST or "take" in request.GET)
    form = form or (sort_form(request, matter, at, advised=advised if took else None) if sortable else None)
    slug, hotline_due = request.compound.slug, hotline.due_of(matter)
    alike = duplicates.beside(matter, request.compound, request.actor) if Act.MERGE in may_do else []
    context = {
        **_head(request, matter, at),
        "matter": matter,
        "three": three(matter),
        "order": matter.order if matter.order_id else None,
        "order_add": address("matters:order-add", slug) + f"?pick={matter.number}"
        if request.may(Right.PLACE_ORDER) and matter.open
        else "",
        "query": Filters.read(request.GET).address(),
        "form": form if sortable else None,
        "advised": advised,
        "advice_words": advice_words(request, advised.advice) if advised else "",
        "took": took,
        "said_words": _said_words(matter),
        "hotline_clock": hotline.clock_words(hotline_due, at),
        "reporter": _reporter(matter),
        "contact_url": address("matters:contact", slug, matter.number)
        if request.may(Right.SEE_PHONE) and may_call(State(matter.state), parts)
        else "",
        "photos": [p for p in (_photo(slug, a) for a in of_matter(matter)) if p],
        "alike": alike,
        "alike_token": duplicates.sign(matter.pk, alike) if alike else "",
        "alike_lately": duplicates.lately(request.compound.pk, at) if alike else None,
        "joined": beside.joined_from(matter),
        "main": _main_act(may_do, slug, matter, sortable),
        "acts": _others(may_do, slug, matter, sortable),
        "limit": _limit(matter, form, request, at, hotline_due) if sortable else None,
        "panel_said": said,
        "send_rapid": rapid.offer(request, matter),
        "chat": chat.card(request, matter),
        "gate": gates.waits_words(matter.gate) if matter.gate else "",
        "gate_offers": gates.offers(request, matter),
    }
    return in_panel(request, "matters/_desk_panel.html", context, status)


def in_panel(request: HttpRequest, part: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The part alone for htmx, a page of its own for anyone else."""
    whole = not getattr(request, "htmx", False)
    template = "matters/desk_one.html" if whole else part
    response = render(request, template, {**context, "part": part}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def sort_form(
    request: HttpRequest, matter: Matter, at: datetime, data: Any = None, advised: advice.Shown | None = None
) -> Sort:
    """With `advised` it has what was suggested chosen: the clerk pressed for it."""
    given = advised.advice if advised else None
    initial = {"category": given.category, "level": given.level, "urgency": given.urgency} if given else {}
    return Sort(
        data, matter=matter, by=request.actor, at=at, prefix_id="sort", compound=request.compound, initial=initial
    )


def advice_words(request: HttpRequest, given: Advice) -> str:
    category = category_name(given.category, categories.of(request.compound.settings))
    return " · ".join(
        filter(
            None,
            [
                category,
                level_names(request.compound.settings.get("levels", {})).get(given.level, ""),
                str(URGENCIES.get(given.urgency, "")),
            ],
        )
    )


def _said_words(matter: Matter) -> str:
    """A hotline's heading stands above already."""
    first, line, rest = matter.words.partition("\n")
    return (
        rest.lstrip() if line and rest.strip() and first.strip().rstrip("？?。.！!") == matter.title else matter.words
    )


def _head(request: HttpRequest, matter: Matter, at: datetime) -> dict[str, Any]:
    mark = "done" if matter.state == State.CLOSED else MARKS.get(matter.turn, "nobody")
    party = str(PARTIES.get(matter.turn, ""))
    if matter.turn == "agency" and matter.handler_body:
        party = matter.handler_body.name
    title = _("轮到%(party)s") % {"party": party} if matter.open else state(matter.state)
    note, late = _clock_words(matter, at)
    return {
        "when": moment(matter.reported_at, at),
        "source": SOURCES.get(matter.source, matter.source),
        "turn_mark": mark,
        "turn_title": title,
        "turn_note": note,
        "turn_late": late,
        "state_words": state(matter.state, matter.pause_reason),
        "category": category_name(matter.category, categories.of(request.compound.settings)),
    }


def _clock_words(matter: Matter, at: datetime) -> tuple[str, bool]:
    """What the running clock says, and whether it is red."""
    if matter.paused_at:
        why = PAUSE_REASONS.get(matter.pause_reason, "")
        return _("%(why)s，停了 %(span)s") % {"why": why, "span": lasting(at - matter.paused_at)}, False
    if matter.merged_into_id and matter.merged_into:
        return _("并到第 %(label)s 号一起办") % {"label": matter.merged_into.label}, False
    if matter.next_due_at is None or not matter.open:
        return state(matter.state, matter.pause_reason), False
    what = clock_words(matter.next_clock, matter.urgency)
    values = {"span": lasting(abs(matter.next_due_at - at)), "what": what}
    if matter.next_due_at <= at:
        return _("%(what)s超 %(span)s") % values, True
    return _("还有 %(span)s 要%(what)s") % values, matter.next_due_at - at <= reads.NEAR


def _reporter(matter: Matter) -> str:
    """王* · 7-2-301 · 138****2046: enough to know whom, not enough to call."""
    who = to_hear(matter)
    home = matter.home.label if matter.home else ""
    parts = [masks.name(who.name) if who.name else "", home, masks.phone(who.phone) if who.phone else ""]
    return " · ".join(p for p in parts if p)


def _photo(slug: str, row: Any) -> dict[str, str] | None:
    if row.kind != "photo":
        return None
    try:
        src = address("matters:file", slug, row.pk, "thumb")
        href = address("matters:file", slug, row.pk, "small")
    except NoReverseMatch:
        return None
    return {"src": src, "href": href, "alt": _("办好后的照片") if row.phase == "after" else _("照片")}


def _main(may_do: list[Act], matter: Matter, sortable: bool) -> Act | None:
    if sortable:
        return None
    order = (Act.ACCEPT, Act.TAKE, Act.RESOLVE, Act.RESUME, Act.VISIT, Act.CLOSE, Act.UNMERGE)
    begins = next((act for act in (Act.MEET, Act.PROPOSE) if act in may_do), None)
    if begins and Act.RESOLVE in may_do:
        return begins
    if matter.arrived_at is None and Act.ARRIVE in may_do and matter.next_clock == times.ClockKind.START:
        return Act.ARRIVE
    return next((act for act in order if act in may_do), None)


def _main_act(may_do: list[Act], slug: str, matter: Matter, sortable: bool) -> dict[str, Any] | None:
    act = _main(may_do, matter, sortable)
    if act is None:
        return None
    doing = table()[act]
    return {"label": doing.label, "url": act_url(slug, matter.number, act), "judges": doing.judges}


def _others(may_do: list[Act], slug: str, matter: Matter, sortable: bool) -> list[dict[str, Any]]:
    hidden = {Act.ACCEPT, Act.TRIAGE, Act.DISPATCH, Act.MERGE, Act.DECLINE} if sortable else set()
    main = _main(may_do, matter, sortable)
    acts = table()
    return [
        {"act": act, "label": acts[act].label, "url": act_url(slug, matter.number, act), "key": KEYS.get(act, "")}
        for act in may_do
        if act in acts and act not in hidden and act not in NOT_HERE and act != main
    ]


def act_url(slug: str, number: int, act: str) -> str:
    return address("matters:panel-act", slug, number, act)


def _limit(
    matter: Matter, form: Sort | None, request: HttpRequest, at: datetime, hotline_due: datetime | None
) -> dict[str, Any] | None:
    """Until when it must be done if it is sorted as the form now says, and whether that is over already or after the hotline's limit."""
    from linli.places.queries import calendar

    chosen = str((form["urgency"].value() if form else "") or times.UNTRIAGED)
    if chosen not in times.URGENCIES:
        return None
    start = matter.reported_at if matter.leg == 1 and not matter.reopens else at
    plan = times.plan(times.ClockKind.FINISH, chosen, start, calendar(request.compound))
    if plan is None:
        return {"words": _("%(urgency)s：派单时另定期限") % {"urgency": URGENCIES[chosen]}}
    values = {"urgency": URGENCIES[chosen], "due": moment(plan.due_at, at)}
    if plan.due_at <= at:
        return {"words": _("%(urgency)s：%(due)s 已经到期，派出去就算超期；另定期限在下面") % values, "late": True}
    if hotline_due and plan.due_at > hotline_due:
        return {"words": _("%(urgency)s：%(due)s 前办完，比 12345 要的晚；另定期限在下面") % values, "late": True}
    return {"words": _("%(urgency)s：%(due)s 前办完") % values}
