"""Joint orders: the board by whose turn it is, one order for all who may see it, its acts, and gathering from the desk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.people.access import frame
from linli.people.rules import Act as Right
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day, lasting, moment, short
from linli.plumbing.numbers import number_in
from linli.plumbing.refusals import refusals_beside
from linli.plumbing.tenancy import uuid7

from ..access import matter_for
from ..access.orders import order_for, part_photo
from ..forms import orders as forms
from ..models import Order, OrderPart, PartPhoto
from ..queries import orders as reads
from ..queries.timeline import party
from ..rules import orders as rules
from ..rules.publicity import public_words
from ..rules.states import Act as MatterAct
from ..services import orders as services
from ..services.orders.base import parts_in
from ..words import ENDINGS, MARKS, ORDER_STATES, PARTIES, PAYERS, TO_YOU, state
from .files import give

PICK_MOST = 100
TURNS = ("property", "committee", "ended")


@dataclass(frozen=True)
class Doing:
    """One act with an order: its form, the one service call, the words around it. `judges`: its button is never red."""

    form: type[forms.OrderForm]
    run: Callable[..., Order]
    label: Any
    note: Any = ""
    said: Any = ""
    judges: bool = False


def _report(*, by: Actor, order: Order, at: datetime, once: UUID, data: dict[str, Any]) -> Order:
    names = ("words", "outcome", "cost_fen", "paid_by", "before", "after")
    return services.report(
        by=by, order=order, part=data["part"], at=at, once=once, **{name: data[name] for name in names}
    )


def _hand(verb: Callable[..., Order], *names: str) -> Callable[..., Order]:
    def run(*, data: dict[str, Any], **who: Any) -> Order:
        return verb(**who, **{name: data[name] for name in names})

    return run


ACTS: dict[str, Doing] = {
    "place": Doing(forms.Place, _hand(services.place, "title", "words", "wanted_by"), gettext_lazy("下单"), gettext_lazy("一次交给物业。每一件的编号和时限照旧。"), gettext_lazy("下单了，等物业接")),
    "drop": Doing(forms.Drop, _hand(services.drop, "matters"), gettext_lazy("拿出几件"), said=gettext_lazy("拿出来了")),
    "cancel": Doing(forms.Bare, _hand(services.cancel), gettext_lazy("不下这张单了"), gettext_lazy("里面的事都放回去，照旧办。"), gettext_lazy("撤了"), judges=True),
    "accept": Doing(forms.Accept, _hand(services.accept, "words"), gettext_lazy("接单"), said=gettext_lazy("接单了，提过的人都会收到")),
    "refuse": Doing(forms.Refuse, _hand(services.refuse, "reason", "proposed_body"), gettext_lazy("不接"), gettext_lazy("下单 1 个工作日内可以不接，要说清该由谁办。"), gettext_lazy("没有接，事情回到前台"), judges=True),
    "split": Doing(forms.Split, _hand(services.split, "words", "post", "due_at", "matters"), gettext_lazy("分一份"), gettext_lazy("一份由一个人办，报一次。"), gettext_lazy("分好了")),
    "progress": Doing(forms.Progress, _hand(services.progress, "part", "words", "photos"), gettext_lazy("报进度"), gettext_lazy("下单的人收到，提过的人在经过里看到。"), gettext_lazy("报了进度")),
    "report": Doing(forms.Report, _report, gettext_lazy("报办好"), gettext_lazy("照片和花费，业委会和提过的人都会看到。"), gettext_lazy("报好了")),
    "check": Doing(forms.Check, _hand(services.check, "words"), gettext_lazy("验收通过"), said=gettext_lazy("验收了，提过的人都会收到")),
    "back": Doing(forms.Back, _hand(services.back, "parts", "words"), gettext_lazy("还差一些"), said=gettext_lazy("退回去接着办"), judges=True),
    "review": Doing(forms.Review, _hand(services.review, "words"), gettext_lazy("回头看"), said=gettext_lazy("记下了，订单办完")),
}  # fmt: skip
MAIN = ("place", "accept", "report", "check", "split", "review")


@allow()
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    shell, now = frame(request.actor, request.compound), timezone.now()
    turn = request.GET.get("turn", "")
    turn = turn if turn in TURNS else ""
    after = request.GET.get("after", "")
    rows = reads.board(request.compound, turn=turn, shown_only=shell["resident"], after=number_in(after))
    views = [
        {"label": label, "href": f"?turn={key}" if key else "?", "chosen": key == turn}
        for key, label in (
            ("", _("没办完")),
            ("property", _("轮到物业")),
            ("committee", _("轮到业委会")),
            ("ended", _("办完的")),
        )
    ]
    more = rows[reads.PAGE - 1].number if len(rows) > reads.PAGE else None
    context = {
        **shell, "rows": [_cell(slug, o, now, resident=shell["resident"]) for o in rows[: reads.PAGE]], "views": views, "turn": turn,
        "more": f"?turn={turn}&after={more}" if more else "", "may_order": request.may(Right.PLACE_ORDER),
    }  # fmt: skip
    return render(request, "matters/orders.html", context)


def _cell(slug: str, o: Order, now: datetime, *, resident: bool) -> dict[str, Any]:
    note = [_("订单第 %(n)s 号") % {"n": o.number}, _("%(n)s 件") % {"n": o.size}, _turn_title(o), _due(o, now)]
    return {
        "title": public_words(o.title) if resident else o.title, "note": " · ".join(filter(None, note)), "turn": _mark(o),
        "href": address("matters:order", slug, o.number),
    }  # fmt: skip


def _mark(o: Order) -> str:
    return "done" if o.state == rules.State.REVIEWED else MARKS[o.turn]


def _turn_title(o: Order) -> str:
    return _("轮到%(party)s") % {"party": TO_YOU[o.turn]} if o.open else str(ORDER_STATES[rules.State(o.state)])


def _due(o: Order, now: datetime) -> str:
    if not o.open or o.due_at is None:
        return ""
    if o.due_at <= now:
        return _("超 %(span)s") % {"span": lasting(now - o.due_at)}
    return _("%(when)s 前") % {"when": moment(o.due_at, now)}


def _found(request: HttpRequest, number: int) -> Order:
    return or_404(order_for(compound=request.compound, number=number, by=request.actor))


@allow()
@require_safe
def order(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    o, now, shell = _found(request, number), timezone.now(), frame(request.actor, request.compound)
    resident = shell["resident"]
    pictures, on_the_way = reads.photos(o)
    acts = _acts(request, o)
    members = [] if resident else reads.members(o, request.actor)
    unsorted = [m.label for m in members if m.state in rules.UNSORTED] if "place" in acts else []
    if unsorted:
        del acts["place"]
    context = {
        **shell, "order": o, "title": public_words(o.title) if resident else o.title, "words": public_words(o.words) if resident else o.words,
        "caption": " · ".join([_("订单第 %(n)s 号") % {"n": o.number}, _("%(n)s 件") % {"n": o.size}, o.by_body.name]),
        "mark": _mark(o), "turn_title": _turn_title(o), "turn_note": _since(o, now), "late": o.open and o.due_at is not None and o.due_at <= now,
        "steps": _steps(o, now), "parts": [_part(request, p, pictures.get(p.pk, {}), now, resident) for p in reads.parts(o)],
        "members": [_member(slug, m) for m in members],
        "unsorted": len(unsorted), "unsorted_labels": _("、").join(unsorted[:8]),
        "own": [{"title": title, "href": address("matters:matter", slug, n)} for n, title in reads.own_numbers(o, request.actor.account_id)] if resident else [],
        "left": reads.left(o).get("not_mine", 0), "lines": [line for e in reads.entries(o) if (line := _line(e, now, [_picture(request, row, _("照片")) for row in on_the_way.get(e.at, [])]))],
        "main": next((acts[a] for a in MAIN if a in acts), None), "settled": not o.open,
        "add_url": address("matters:order-add", slug) if "drop" in acts and request.may(Right.PLACE_ORDER) else "",
    }  # fmt: skip
    context["rest"] = [row for row in acts.values() if row != context["main"]]
    return render(request, "matters/order.html", context)


def _acts(request: HttpRequest, o: Order) -> dict[str, dict[str, Any]]:
    may = [act.value for act in rules.allowed(rules.State(o.state), parts_in(o, request.actor)) if act.value in ACTS]
    return {
        act: {"label": ACTS[act].label, "url": address("matters:order-act", request.compound.slug, o.number, act)}
        for act in may
    }


def _since(o: Order, now: datetime) -> str:
    since = _("%(since)s 起") % {"since": moment(o.turn_since, now)}
    return " · ".join(filter(None, [since, _due(o, now)]))


def _steps(o: Order, now: datetime) -> list[dict[str, str]]:
    took = o.state == rules.State.REFUSED
    rows = [
        (_("收集"), o.made_at), (_("下单"), o.placed_at), (_("没有接") if took else _("接单"), o.closed_at if took else o.accepted_at),
        (_("办好"), o.done_at), (_("验收，告诉大家"), o.told_at), (_("回头看"), o.closed_at if o.state == rules.State.REVIEWED else None),
    ]  # fmt: skip
    done = [at is not None for _title, at in rows]
    now_at = done.index(False) if o.open and False in done else -1
    return [
        {
            "title": title, "dates": day(at, now) if at else "",
            "state": "done" if at else "now" if i == now_at else "todo",
        }
        for i, (title, at) in enumerate(rows)
    ]  # fmt: skip


def _part(
    request: HttpRequest, p: OrderPart, shown: dict[str, PartPhoto], now: datetime, resident: bool
) -> dict[str, Any]:
    hand = p.post.holder_name if p.post and not resident else ""
    until = _("%(when)s 前") % {"when": day(p.due_at, now)}
    told = (
        _("%(outcome)s，%(when)s") % {"outcome": ENDINGS[p.outcome], "when": moment(p.reported_at, now)}
        if p.reported_at
        else until
    )
    return {
        "position": p.position, "words": public_words(p.words) if resident else p.words, "note": " · ".join(filter(None, [hand, told])),
        "done": p.done_words if p.reported_at else "", "missing": p.missing, "cost": _cost(p),
        "before": _picture(request, shown.get("before"), _("原来的样子")), "after": _picture(request, shown.get("after"), _("办好以后")),
    }  # fmt: skip


def _cost(p: OrderPart) -> str:
    if p.cost_fen is None or p.reported_at is None:
        return ""
    yuan = f"{p.cost_fen // 100:,}" + (f".{p.cost_fen % 100:02d}" if p.cost_fen % 100 else "")
    if p.paid_by:
        return _("费用 %(yuan)s 元，%(payer)s出。") % {"yuan": yuan, "payer": PAYERS.get(p.paid_by, p.paid_by)}
    return _("费用 %(yuan)s 元。") % {"yuan": yuan}


def _picture(request: HttpRequest, row: PartPhoto | None, alt: str) -> dict[str, str] | None:
    if row is None:
        return None
    slug = request.compound.slug
    return {
        "src": address("matters:order-photo", slug, row.pk, "thumb"), "href": address("matters:order-photo", slug, row.pk, "small"),
        "alt": alt, "date": short(row.added_at),
    }  # fmt: skip


def _member(slug: str, m: reads.Member) -> dict[str, Any]:
    part = _("第 %(n)s 份") % {"n": m.part_position} if m.part_position else ""
    note = [m.label, m.place, state(m.state, m.pause_reason), part]
    return {
        "title": m.title, "note": " · ".join(filter(None, note)), "href": address("matters:matter", slug, m.number),
        "turn": "done" if m.state == "closed" else MARKS.get(m.turn, "nobody"),
    }  # fmt: skip


def _line(e: AuditEntry, now: datetime, photos: Sequence[dict[str, str] | None]) -> dict[str, Any] | None:
    who = str(PARTIES.get(party(e.role), ""))
    n = len(e.data.get("numbers", []))
    position = e.data.get("position", "")
    text = {
        "gather": _("收进 %(n)s 件") % {"n": n}, "drop": _("拿出 %(n)s 件") % {"n": n}, "cancel": _("不下这张单了"), "place": _("下单"),
        "accept": _("接单"), "refuse": _("没有接"), "split": _("分出第 %(n)s 份") % {"n": position}, "progress": _("报进度"), "report": _("报第 %(n)s 份办好") % {"n": position},
        "check": _("验收通过"), "tell": _("告诉了提过的人"), "back": _("验收说还差"), "review": _("回头看"),
        MatterAct.NOT_MINE: _("有一位报告人说办的不是那件"),
        MatterAct.HAND_ON: _("转给%(body)s接着办") % {"body": e.data.get("body_name", "")},
    }.get(e.act, "")  # fmt: skip
    if not text:
        return None
    words = public_words(e.words)
    if e.data.get("secret"):
        text = _("%(told)s，%(n)s 件要保密的没放进去") % {"told": text, "n": e.data["secret"]}
    if e.data.get("held"):
        text = _("%(told)s，第 %(labels)s 号等着决定，没报进去") % {
            "told": text,
            "labels": _("、").join(e.data["held"]),
        }
    told = _("%(told)s：%(words)s") % {"told": text, "words": words} if words else text
    return {"text": told, "when": moment(e.at, now), "who": who, "photos": photos}


@allow()
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    """GET shows the form; POST does it and goes back to the order."""
    o, now = _found(request, number), timezone.now()
    doing = or_404(ACTS.get(act))
    no = rules.refuse(rules.Act(act), rules.State(o.state), parts_in(o, request.actor))
    if no and request.method != "POST":
        raise Http404
    given: dict[str, Any] = {"order": o, "by": request.actor, "at": now}
    if request.method != "POST":
        return _form(request, o, act, doing, doing.form(**given))
    if request.POST.get("mark") in {"all", "none"}:
        return _form(request, o, act, doing, doing.form(initial=_marked(request, o), **given))
    form = doing.form(request.POST, request.FILES, **given)
    if form.is_valid():
        data = form.cleaned_data
        with refusals_beside(form):
            doing.run(by=request.actor, order=o, at=now, once=data["once"], data=data)
            if doing.said:
                messages.success(request, doing.said)
            return redirect("matters:order", slug, o.number)
    return _form(request, o, act, doing, form, 422)


def _marked(request: HttpRequest, o: Order) -> dict[str, Any]:
    """What was written stays; of the matters all are chosen, or none."""
    every = [str(m.number) for m in reads.members(o, request.actor)] if request.POST["mark"] == "all" else []
    return {**request.POST.dict(), "numbers": every}


def _form(request: HttpRequest, o: Order, act: str, doing: Doing, form: Any, status: int = 200) -> HttpResponse:
    context = {
        **frame(request.actor, request.compound), "order": o, "doing": doing, "form": form, "action": address("matters:order-act", request.compound.slug, o.number, act),
        "back_url": address("matters:order", request.compound.slug, o.number),
    }  # fmt: skip
    return render(request, "matters/order_form.html", context, status=status)


@allow(Right.PLACE_ORDER)
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Chosen at the desk, on a matter, or found here by words; then into an order that is being gathered, or a new one."""
    now = timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    numbers = list(dict.fromkeys(n for text in given.getlist("pick") if (n := number_in(text)) is not None))[:PICK_MOST]
    chosen = [m for n in numbers if (m := _pickable(request, n))]
    waiting = reads.gathering(request.compound, request.actor.body_id)
    form = forms.Gather(request.POST if "into" in request.POST else None, waiting=waiting)
    status = 200
    if request.method == "POST" and "into" in request.POST:
        status = 422
        if form.is_valid():
            with refusals_beside(form):
                data = form.cleaned_data
                o, refused = services.gather(
                    by=request.actor, compound=request.compound, matters=chosen, order=data["order"], title=data["title"], at=now,
                    once=data["once"],
                )  # fmt: skip
                if refused:
                    messages.error(request, _("没放进去的：%(why)s") % {"why": _("；").join(refused[:5])})
                messages.success(request, _("放进订单第 %(n)s 号了") % {"n": o.number})
                return redirect("matters:order", slug, o.number)
    q = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    hits = reads.gatherable(request.compound, request.actor, q, without=numbers)
    context = {
        **frame(request.actor, request.compound),
        "form": form,
        "chosen": chosen,
        "q": q,
        "hits": hits,
        "once": str(uuid7()),
        "unsorted": rules.UNSORTED,
    }
    return render(request, "matters/order_add.html", context, status=status)


def _pickable(request: HttpRequest, number: int):
    seen = matter_for(compound=request.compound, number=number, by=request.actor)
    return seen[0] if seen else None


@allow()
@require_safe
def photo(request: HttpRequest, slug: str, pk: UUID, size: str) -> HttpResponse:
    return give(request, part_photo(compound=request.compound, photo_id=pk, by=request.actor), size)
