"""The page of one matter: for those who said it, those who follow, and those who work on it; their parts decide."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel import masks
from linli.people.models import Person
from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right
from linli.places.queries import calendar
from linli.plumbing import qr
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import moment, short
from linli.plumbing.tenancy import uuid7

from ..access import main_of, matter_for
from ..models import Attachment, Matter
from ..queries import hotline
from ..queries.card import card, handed_to, handler_name
from ..queries.photos import of_matter
from ..queries.resident import clock_of
from ..queries.taken import three
from ..queries.timeline import Reader, entries_of, question_to_us, timeline, urged_until
from ..queries.whistles import of_matter as whistles_of
from ..rules import categories
from ..rules.beside import has
from ..rules.gates import DECIDE, PAPER
from ..rules.help import yuan
from ..rules.orders import SHOWN
from ..rules.orders import State as OrderState
from ..rules.plans import KIND as PLAN
from ..rules.publicity import public_words
from ..rules.states import JUDGED, Act, State, Who, refuse
from ..rules.times import too_late_to_reopen
from ..words import (
    MARKS,
    ORDER_STATES,
    PAYERS,
    RATINGS,
    SOURCES,
    TO_YOU,
    URGENCIES,
    WHISTLE_STEPS,
    category_name,
    level_names,
)
from . import alerts, chat, gates, help, plans, rapid
from .acts import act_address, offered

# What stands large at the foot, first that is allowed: the step the matter waits for.
NEXT = (
    Act.ACCEPT, Act.TRIAGE, Act.DISPATCH, Act.TAKE, Act.RESOLVE, Act.VISIT, Act.RESUME, Act.UNMERGE, Act.CLOSE,
)  # fmt: skip
JUDGING = {Act.CONFIRM, Act.REOPEN, Act.RATE}
PRINTABLE = 60


@allow()
@require_safe
def matter(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    matter, parts = or_404(matter_for(compound=request.compound, number=number, by=request.actor))
    return render(request, "matters/matter.html", shown(request, matter, parts))


@allow()
@require_safe
def print_view(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    matter, parts = or_404(matter_for(compound=request.compound, number=number, by=request.actor))
    context = shown(request, matter, parts)
    lines = [line for line in reversed(context["lines"]) if not line.internal][:PRINTABLE]
    link = request.build_absolute_uri(numbered("matters:matter", slug, matter.number))
    # Paper outlives the day: no "today" on it.
    context |= {"qr": qr.svg(link), "printed": timezone.localtime(), "lines": lines, "due": context["card"].due_at}
    return render(request, "matters/print.html", context)


def _called(matter: Matter) -> str:
    """The number of the neighbours' call that it came from."""
    kind, _sep, number = (matter.source_ref or "").partition("call:")
    return number if not kind and number.isdigit() else ""


def shown(request: HttpRequest, matter: Matter, parts: frozenset[Who]) -> dict[str, Any]:
    by, slug, now = request.actor, request.compound.slug, timezone.now()
    worker = Who.WATCHER in parts and by.assistance_id is None
    own = Who.REPORTER in parts
    entries = entries_of(matter, internal=worker)
    attachments = of_matter(matter, internal=worker)
    question = question_to_us(entries) if worker else matter.asked if own or Who.SPEAKER in parts else ""
    reader = Reader(
        by.account_id,
        worker=worker,
        whole=own,
        question=question,
        own=categories.of(request.compound.settings),
        levels=request.compound.settings.get("levels", {}),
    )
    rested = urged_until(entries, by.account_id, now)
    acts = _acts(request, matter, parts, own=own, worker=worker, question=question, urged=rested is not None)
    pictures = [a for a in attachments if a.kind == "photo" and not a.internal]

    def where(attachment: Attachment, size: str) -> str:
        return address("matters:file", slug, attachment.pk, size)

    words = matter.words if own or worker else public_words(matter.words)
    return {
        "matter": matter,
        "own": own,
        "worker": worker,
        "title": matter.title if own or worker else matter.public_title,
        "subtitle": _subtitle(matter, own=own, worker=worker),
        "words": words if len(matter.words.strip()) > len(matter.title) + 2 else "",
        "card": card(matter, clock_of(matter), calendar(request.compound), own=own, now=now),
        "handler": handler_name(matter),
        "three": three(matter),
        "order": _order(request, matter),
        "order_add": address("matters:order-add", slug) + f"?pick={matter.number}" if _may_gather(request, matter) else "",
        "pointer": _pointer(request, matter),
        "called": _called(matter) if own else "",
        "compare": _compare(matter, pictures, where),
        "done": matter.done_words if matter.state in JUDGED else "",
        "cost": _cost(matter),
        "help": help.card(request, matter),
        "alert": alerts.card(request, matter),
        "rapid": rapid.card(request, matter),
        "chat": chat.card(request, matter) if worker else None,
        "gates": gates.cards(request, matter, worker=worker),
        "plan": plans.card(request, matter, worker=worker),
        **_gate_offers(request, matter, worker),
        "send_rapid": rapid.offer(request, matter) if worker else None,
        "count": help.offer_to_count(request, matter) if worker else None,
        "facts": _facts(request, matter) if worker else [],
        "question": question,
        "lines": timeline(matter, entries, attachments, reader=reader, now=now, address=where),
        "settled": not matter.open,
        "urge_again": moment(rested, now) if rested and refuse(Act.URGE, State(matter.state), parts) is None else "",
        "joined": request.GET.get("joined") == "1",
        "once": str(uuid7()),
        "whistles": whistle_cards(request, matter, worker=worker, now=now),
        "whistle_url": _whistle_url(request, matter),
        "bounced": worker and matter.open and matter.returns >= 2,
        "print_url": address("matters:print", slug, matter.number),
        **acts,
    }  # fmt: skip


def _gate_offers(request: HttpRequest, matter: Matter, worker: bool) -> dict[str, Any]:
    """Recording a decision and its papers stands in the card; the others under 还可以."""
    found = gates.offers(request, matter) if worker else []
    inside = [one for one in found if one["act"] in {DECIDE, PAPER}]
    begin = plans.offers(request, matter) if worker and not has(matter, PLAN) else []
    return {"gate_acts": inside, "gate_offers": [one for one in found if one not in inside] + begin}


def _whistle_url(request: HttpRequest, matter: Matter) -> str:
    if not matter.open or not request.may(Right.BLOW_WHISTLE_DRAFT):
        return ""
    return f"{address('matters:whistle-new', request.compound.slug)}?matter={matter.number}"


def whistle_cards(request: HttpRequest, matter: Matter, *, worker: bool, now: datetime) -> list[dict[str, Any]]:
    """To whom it was whistled, since when, what they answered: in plain words, for the reporter too."""
    may_open = worker and any(request.may(r) for r in (Right.BLOW_WHISTLE_DRAFT, Right.BLOW_WHISTLE_APPROVE))
    return [
        {
            "title": _("%(when)s 吹了哨") % {"when": moment(one.blown_at or now, now)},
            "href": address("matters:whistle", request.compound.slug, one.number) if may_open else "",
            "number": one.number,
            "asks": [(ask.body.name, WHISTLE_STEPS[ask.step], ask.answer) for ask in asks],
        }
        for one, asks in whistles_of(matter)
    ]


def _subtitle(matter: Matter, *, own: bool, worker: bool) -> str:
    place = matter.place if own or worker else (matter.building.label if matter.building else "")
    number = _("第 %(number)s 号") % {"number": matter.label}
    if matter.voices > 1:
        said = (
            _("您和 %(n)s 位邻居在跟进") % {"n": matter.voices - 1}
            if own
            else _("%(n)s 个人说过") % {"n": matter.voices}
        )
    else:
        said = ""
    return " · ".join(filter(None, [place, number, said]))


def _pointer(request: HttpRequest, matter: Matter) -> dict[str, str] | None:
    """Where a merged matter goes on. Without rights on that one: its number and whose turn it is, nothing else."""
    if matter.state != State.MERGED:
        return None
    main = main_of(matter)
    seen = matter_for(compound=request.compound, number=main.number, by=request.actor) is not None
    told = card(main, None, calendar(request.compound), own=False, now=timezone.now())
    return {
        "title": _("并到第 %(number)s 号一起办") % {"number": main.label},
        "note": told.title,
        "turn": told.mark,
        "href": address("matters:matter", request.compound.slug, main.number) if seen else "",
    }


def _order(request: HttpRequest, matter: Matter) -> dict[str, str] | None:
    """Of which order it is a part, whose turn that is, since when; its own number, clock and page stay."""
    order = matter.order if matter.order_id else None
    if order is None or request.actor.role in RESIDENTS and order.state not in SHOWN:
        return None
    turn = (
        _("轮到%(party)s") % {"party": TO_YOU[order.turn]} if order.open else str(ORDER_STATES[OrderState(order.state)])
    )
    given = {"turn": turn, "since": moment(order.turn_since, timezone.now())}
    return {
        "title": _("在订单第 %(n)s 号里，和别的 %(others)s 件一起办")
        % {"n": order.number, "others": max(0, order.size - 1)},
        "note": _("%(turn)s · %(since)s 起") % given,
        "turn": "done" if order.state == "reviewed" else MARKS[order.turn],
        "href": address("matters:order", request.compound.slug, order.number),
    }


def _may_gather(request: HttpRequest, matter: Matter) -> bool:
    return request.may(Right.PLACE_ORDER) and matter.open and (matter.order is None or not matter.order.open)


def _compare(matter: Matter, pictures: list[Attachment], where) -> dict[str, dict] | None:
    before = next((a for a in pictures if a.phase != "after"), None)
    after = next((a for a in reversed(pictures) if a.phase == "after"), None)
    if before is None or after is None:
        return None

    def side(a: Attachment, alt: str) -> dict[str, str]:
        return {
            "src": where(a, "thumb"),
            "href": where(a, "small"),
            "alt": alt,
            "date": short(a.added_at),
        }

    return {"before": side(before, _("原来的样子")), "after": side(after, _("办好以后"))}


def _cost(matter: Matter) -> str:
    if matter.state not in JUDGED or matter.cost_fen is None:
        return ""
    if matter.cost_fen == 0:
        return _("没有花钱。")
    given = {"yuan": yuan(matter.cost_fen), "payer": PAYERS.get(matter.paid_by, matter.paid_by)}
    return (_("费用 %(yuan)s 元，%(payer)s出。") if matter.paid_by else _("费用 %(yuan)s 元。")) % given


def _facts(request: HttpRequest, matter: Matter) -> list[tuple[str, str]]:
    """What a worker needs beside the words; names masked."""
    name = matter.reporter_name
    if not name and matter.reporter_person_id:
        name = (
            Person.objects.filter(compound_id=matter.compound_id, pk=matter.reporter_person_id)
            .values_list("name", flat=True)
            .first()
            or ""
        )
    rows = [
        (_("报告人"), masks.name(name) if name else ""),
        (_("在哪里"), matter.place),
        (_("从哪来"), str(SOURCES.get(matter.source, ""))),
        (_("12345"), hotline.clock_words(hotline.due_of(matter), timezone.now())),
        (_("类别"), category_name(matter.category, categories.of(request.compound.settings))),
        (_("紧急"), URGENCIES.get(matter.urgency, "")),
        (_("哪层办"), level_names(request.compound.settings.get("levels", {})).get(matter.level, "")),
        (_("首接单位"), matter.first_receiver.name if matter.first_receiver and matter.triaged_at else ""),
        (_("谁在办"), handed_to(matter)),
        (_("回头说"), RATINGS.get(matter.rating, "")),
    ]
    return [(label, value) for label, value in rows if value]


def _acts(
    request: HttpRequest, matter: Matter, parts: frozenset[Who], *, own: bool, worker: bool, question: str, urged: bool
) -> dict[str, Any]:
    """Everything that is allowed now, each once: at the foot, in the card that judges, or under 还可以."""
    slug, now = request.compound.slug, timezone.now()
    gone = matter.state == State.CLOSED and too_late_to_reopen(matter.closed_at, now)
    rows = {}
    for act, doing in offered(matter, parts):
        if act == Act.ANSWER and not question or act == Act.URGE and urged or act == Act.NOT_MINE and gone:
            continue
        if act == Act.UNFOLLOW and (own or matter.state == State.MERGED) or act == Act.FOLLOW and Who.FOLLOWER in parts:
            continue
        rows[act] = {
            "act": act, "url": act_address(slug, matter, act), "sheet": f"do-{act}" if doing.sheet else "", "words": doing.words(matter),
            "doing": doing,
        }  # fmt: skip
    foot = _foot(rows, worker, urged)
    judging = {act: rows[act] for act in rows if act in JUDGING}
    rest = [row for act, row in rows.items() if row not in foot and not (act in judging and not worker)]
    ratings = list(RATINGS.items()) if Act.RATE in rows and not matter.rating and own else []
    sheets = [
        {**row, "form": row["doing"].form(matter=matter, by=request.actor, at=now, prefix_id=row["act"])}
        for row in rows.values()
        if row["sheet"]
    ]
    return {
        "foot": foot,
        "judge": {"reopen": judging.get(Act.REOPEN), "confirm": judging.get(Act.CONFIRM)}
        if not worker and matter.state == State.RESOLVED
        else {},
        "again": judging.get(Act.REOPEN) if not worker and matter.state == State.CLOSED else None,
        "anew": own and gone,
        "rest": [row for row in rest if row["act"] != Act.RATE or (worker and not matter.rating)],
        "ratings": ratings,
        "rate_url": rows[Act.RATE]["url"] if ratings else "",
        "sheets": sheets,
    }


def _foot(rows: dict[str, dict], worker: bool, urged: bool) -> list[dict]:
    """At most two: a quiet one and the main one; none where the reporter is asked in the card whether it is mended."""
    if not worker and Act.CONFIRM in rows:
        return []
    if not worker:
        main = rows.get(Act.ANSWER) or rows.get(Act.URGE)
        return [row for row in (rows.get(Act.NOTE), main) if row] if main or urged else []
    step = next((rows[act] for act in NEXT if act in rows), None)
    beside = next(
        (
            rows[act]
            for act in (Act.MEET, Act.PROPOSE, Act.ARRIVE, Act.RETURN, Act.NOTE, Act.INTERNAL_NOTE)
            if act in rows
        ),
        None,
    )
    return [row for row in (beside, step) if row]
