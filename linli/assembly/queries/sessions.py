"""Sessions as they are listed and shown: their state, their items with what each needs, their steps with deadline and article."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.kernel.tally.sheet import percent
from linli.kernel.tally.thresholds import ARTICLE, MATTERS, SPECIAL
from linli.places.models import Building, Entrance
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.moments import moment, short
from linli.plumbing.tenancy import unscoped

from ..models import (
    Candidate,
    Formation,
    Item,
    ItemPaper,
    Log,
    Objection,
    Put,
    Recall,
    Session,
)
from ..rules.sessions import PUBLIC, STATES, State, turn_of
from ..words import NUMERALS
from .officers import assents
from .standing import behind

PAGE = 20
PASSED = (State.OPEN, State.CLOSED, State.COUNTING, State.COUNTED, State.ANNOUNCED, State.FILED, State.ARCHIVED)


def sessions(compound_id: UUID, *, body_id: UUID | None = None, before: int | None = None) -> list[Session]:
    """Newest first; drafts of one's own body alone; one more than PAGE tells of a next page."""
    rows = Session.objects.filter(compound_id=compound_id).select_related("body")
    rows = rows.filter(Q(state__in=PUBLIC) | Q(body_id=body_id)) if body_id else rows.filter(state__in=PUBLIC)
    if before:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[: PAGE + 1])


def numbered_of(compound_id: UUID, once: UUID) -> int | None:
    """The session that was drafted with this key."""
    return Session.objects.filter(compound_id=compound_id, once=once).values_list("number", flat=True).first()


def cell(session: Session, slug: str, now: datetime) -> dict[str, Any]:
    state = State(session.state)
    note = f"{_(STATES[state])} · {session.body.name}"
    if state in {State.NOTICED, State.OPEN} and session.opens_at and session.closes_at:
        until = session.opens_at if state == State.NOTICED else session.closes_at
        when = moment(until, now)
        says = _("%(when)s 开始投票") if state == State.NOTICED else _("%(when)s 截止")
        note = f"{note} · {says % {'when': when}}"
    return {
        "title": session.title, "note": note, "href": numbered("assembly:session", slug, session.number), "main": state == State.OPEN,
        "icon": "council",
    }  # fmt: skip


def under_council(compound_id: UUID, slug: str, now: datetime) -> list[dict[str, Any]]:
    """For the page where residents look for what is decided: the one under way, else the last."""
    found = sessions(compound_id)[:1]
    if not found:
        return []
    return [cell(found[0], slug, now)]


def due(at: datetime) -> list[tuple[UUID, UUID]]:
    with unscoped("sessions whose clock is due"):
        return list(Session.objects.filter(due_at__lte=at).order_by("due_at").values_list("pk", "compound_id")[:200])


# ── items ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Thing:
    """An item on the page."""

    pk: UUID
    place: int
    title: str
    summary: str
    matter: str
    needs: str
    article: str
    scope: str
    seats: int | None
    form: str
    candidates: list[dict[str, str]]
    papers: list[tuple[str, str]]
    comes_of: list[tuple[str, str]]
    totals: str


def things(session: Session, slug: str, by: Actor) -> list[Thing]:
    """Nine queries, however many."""
    items = list(Item.objects.filter(compound_id=session.compound_id, session=session).order_by("place"))
    candidates: dict[UUID, list[dict[str, str]]] = {}
    for one in Candidate.objects.filter(compound_id=session.compound_id, item__session=session).order_by("place"):
        candidates.setdefault(one.item_id, []).append(_candidate(one))
    papers: dict[UUID, list[tuple[str, str]]] = {}
    for paper in ItemPaper.objects.filter(compound_id=session.compound_id, item__session=session).order_by("id"):
        href = address("assembly:paper", slug, session.number, paper.pk)
        papers.setdefault(paper.item_id, []).append((paper.name, href))
    names = places_of(session) if any(item.scope for item in items) else {}
    comes_of = _comes_of(session, slug)
    for pk, page in behind(session, items, by).items():
        comes_of.setdefault(pk, []).append(page)
    return [
        Thing(
            item.pk, item.place, item.title, item.summary, _(MATTERS[item.matter_no]), _needs(item.matter_no),
            f"{_(ARTICLE)}{_('（')}{_(NUMERALS[item.matter_no])}{_('）')}",
            _("、").join(only_of(item, names)), item.seats, item.form,
            candidates.get(item.pk, []), papers.get(item.pk, []), comes_of.get(item.pk, []), _totals(item),
        )
        for item in items
    ]  # fmt: skip


def only_of(item: Item, places: Mapping[str, str]) -> list[str]:
    """The places whose owners alone decide it, by name."""
    return [places.get(key, "") for keys in item.scope.values() for key in keys]


def _candidate(one: Candidate) -> dict[str, str]:
    left = _("%(day)s退出") % {"day": short(one.withdrawn_at)} if one.withdrawn_at else ""
    return {"name": one.name, "about": _("，").join(filter(None, [one.home_label, left])), "left": left}


def _comes_of(session: Session, slug: str) -> dict[UUID, list[tuple[str, str]]]:
    """What led to an item: the company's selection, the asking for candidates, the recall with what the member says."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    here = {"compound_id": session.compound_id, "item__session": session}
    for put in Put.objects.filter(**here).select_related("selection"):
        words = _("第 %(n)s 次选聘物业公司：方案、投标和评分") % {"n": put.selection.number}
        found.setdefault(put.item_id, []).append((words, numbered("assembly:selection", slug, put.selection.number)))
    for made in Formation.objects.filter(**here):
        assert made.item_id
        words = _("候选人是怎么推荐出来的")
        found.setdefault(made.item_id, []).append((words, numbered("assembly:election", slug, made.number)))
    for recall in Recall.objects.filter(**here).select_related("formation"):
        words = _("提议的理由和本人的申辩")
        found.setdefault(recall.item_id, []).append(
            (words, numbered("assembly:election", slug, recall.formation.number))
        )
    return found


def _needs(matter_no: int) -> str:
    return _("参与投票的四分之三以上") if matter_no in SPECIAL else _("参与投票的过半数")


def _totals(item: Item) -> str:
    if not item.total_parties:
        return ""
    return _("%(n)s 位业主，%(area)s ㎡") % {"n": item.total_parties, "area": square(item.total_area)}


def places_of(session: Session) -> dict[str, str]:
    buildings = Building.objects.filter(compound_id=session.compound_id).values_list("pk", "label")
    entrances = Entrance.objects.filter(compound_id=session.compound_id).values_list("pk", "building__label", "label")
    return {str(pk): label for pk, label in buildings} | {str(pk): f"{b}{e}" for pk, b, e in entrances}


def square(area: int) -> str:
    """0.01 m² as it is printed: 42,877.10."""
    return f"{area // 100:,}.{area % 100:02d}"


def item_at(session: Session, place: int) -> Item | None:
    return Item.objects.filter(compound_id=session.compound_id, session=session, place=place).first()


# ── turnout: who took part, never how ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Turnout:
    persons: int
    area: int
    of_persons: int
    of_area: int

    @property
    def lacks_persons(self) -> int:
        return max(0, -(-2 * self.of_persons // 3) - self.persons)

    @property
    def lacks_area(self) -> int:
        return max(0, -(-2 * self.of_area // 3) - self.area)

    def measures(self) -> list[dict[str, Any]]:
        persons, area = percent(self.persons, self.of_persons), percent(self.area, self.of_area)
        return [
            {"label": _("人数"), "figure": f"{self.persons:,}", "total": _("共 %(n)s 人") % {"n": f"{self.of_persons:,}"},
             "percent": persons.rstrip("%"), "reached": not self.lacks_persons},
            {"label": _("面积"), "figure": f"{square(self.area)} ㎡", "total": _("共 %(n)s ㎡") % {"n": square(self.of_area)},
             "percent": area.rstrip("%"), "reached": not self.lacks_area},
        ]  # fmt: skip


def turnout(session: Session) -> Turnout | None:
    """Whoever sent anything, by the kept counts of the box; None before the box is open."""
    if session.state not in PASSED or not session.register_parties:
        return None
    log = Log.objects.filter(compound_id=session.compound_id, session=session).first()
    persons, area = (log.parties, log.area) if log else (0, 0)
    return Turnout(persons, area, session.register_parties, session.register_area)


# ── what waits for a second press, and what was objected to ─────────────────────────────────────────────────────────


def halves(session: Session) -> dict[str, str]:
    """Acts that one of two has pressed: act -> whose assent is there. What was agreed to another register or key is not."""
    said = {act.partition(":"): held for act, held in assents(session).items() if len(held) == 1}
    return {act: next(iter(held)) for (act, _colon, turn), held in said.items() if turn == turn_of(act, session)}


def objections(session: Session, about: str) -> list[Objection]:
    rows = Objection.objects.filter(compound_id=session.compound_id, session=session, about=about)
    return list(rows.order_by("id")[:200])
