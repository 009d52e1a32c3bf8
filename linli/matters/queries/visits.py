"""The call list: whom somebody other than the handler asks whether it is done, by the time the call is due."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.models import Post
from linli.people.rules import RESIDENTS
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day, lasting, moment
from linli.plumbing.numbers import page_in, page_key

from ..models import Gathered, HotlineOrder, Matter, ReturnVisit
from ..rules import visits
from ..rules.beside import has
from ..rules.parts import parts
from ..rules.rapid import KIND as RAPID
from ..rules.states import State, Who
from ..words import SOURCES
from .desk import visible
from .hotline import of_matter
from .parts import facts_of, side_of
from .voices import Voice, each_to_hear
from .whistles import whistled_among

PAGE = 40
WORK_ACTS = ("take", "arrive", "make_safe", "resolve")


@dataclass(frozen=True, slots=True)
class Call:
    """`who`: whom it calls, masked; `tried`: nobody answered, when; `wait`: not again in this half-day."""

    number: int
    label: str
    title: str
    who: str
    note: str
    done: str
    due: str
    left: str
    late: bool
    tried: str
    wait: bool


@dataclass(frozen=True)
class Calls:
    """`late`: of these, past their time. `next`: where the following page begins."""

    rows: list[Call]
    late: int
    next: str


def firms_of(by: Actor) -> frozenset[UUID]:
    """Every body in which the account holds or held a post."""
    if by.role in RESIDENTS or by.account_id is None:
        return frozenset()
    return frozenset(Post.objects.filter(account_id=by.account_id).values_list("organisation_id", flat=True))


def part_posts(matter: Matter) -> set[UUID | None]:
    """The posts to which it was given as a part of an order."""
    if matter.order_id is None:
        return set()
    rows = Gathered.objects.filter(compound_id=matter.compound_id, matter=matter, left_at=None)
    return set(rows.values_list("part__post_id", flat=True))


def calls(compound: Compound, by: Actor, at: datetime, *, owed: bool = True, after: str = "") -> Calls:
    """Owed ones by due time, or the others by when they were done. Of each the rule itself says whether `by` may call."""
    rows = visible(Matter.objects.filter(compound_id=compound.pk, visit_due_at__isnull=not owed), by)
    column = "visit_due_at" if owed else "resolved_at"
    # What its reporter confirmed is asked about all the same (ADR 0013).
    rows = (
        rows.filter(state__in=(State.RESOLVED, State.CLOSED))
        if owed
        else rows.filter(open__in=(True,), state=State.RESOLVED)
    )
    got = list(
        _after(rows, column, after)
        .select_related("handler_body", "reporter_person", "reporter_account")
        .order_by(column, "id")[: PAGE + 1]
    )
    last = got[PAGE - 1] if len(got) > PAGE else None
    mine = _mine(compound, by, got[:PAGE])
    made, voices = visits_made(compound.pk, mine), each_to_hear(compound.pk, mine)
    found = [_call(m, _who(m, voices[m.pk]), [v.at for v in made.get(m.pk, []) if not v.contacted], at) for m in mine]
    return Calls(found, sum(c.late for c in found), page_key(getattr(last, column), last.pk) if last else "")


def owed_among(matters: Sequence[Matter]) -> set[UUID]:
    """Those that are always visited (domain §4.7)."""
    return whistled_among(matters) | {m.pk for m in matters if has(m, RAPID) or _always(m)}


def _always(m: Matter) -> bool:
    source = "hotline" if m.hotline else m.source
    return visits.must_visit(urgency=m.urgency, source=source, category=m.category, level=m.level)


def visits_made(compound_id: UUID, matters: Collection[Matter]) -> dict[UUID, list[ReturnVisit]]:
    """Since each was last said to be done, in their order."""
    by_matter, found = {m.pk: m for m in matters if m.resolved_at}, defaultdict(list)
    for visit in ReturnVisit.objects.filter(compound_id=compound_id, matter_id__in=by_matter).order_by("at", "id"):
        m = by_matter[visit.matter_id]
        if visit.leg == m.leg and visit.at >= m.resolved_at:
            found[m.pk].append(visit)
    return found


def visits_since(matter: Matter) -> list[ReturnVisit]:
    return visits_made(matter.compound_id, [matter]).get(matter.pk, [])


def people_of(matter: Matter) -> list[HotlineOrder | None]:
    """Whose matter it is: the reporter's (None), unless it came by the hotline, and each caller's of it."""
    callers = of_matter(matter)
    return [*callers] if callers and matter.source == "hotline" else [None, *callers]


def to_ask(matter: Matter) -> list[HotlineOrder | None]:
    """Who of them is still to be asked."""
    made = visits_since(matter)
    return [
        one
        for one in people_of(matter)
        if not visits.enough([v.contacted for v in made if v.order_id == (one.pk if one else None)])
    ]


def _after(rows: QuerySet[Matter], column: str, after: str) -> QuerySet[Matter]:
    if (begin := page_in(after)) is None:
        return rows
    return rows.filter(Q(**{f"{column}__gt": begin[0]}) | Q(**{column: begin[0], "id__gt": begin[1]}))


def _mine(compound: Compound, by: Actor, rows: list[Matter]) -> list[Matter]:
    if not rows:
        return []
    acts = AuditEntry.objects.filter(
        compound_id=compound.pk,
        subject_id__in=[m.pk for m in rows],
        account_id=by.account_id,
        act__in=WORK_ACTS,
    )
    handled, firms = set(acts.values_list("subject_id", flat=True)) | _given(compound, by, rows), firms_of(by)
    me = frozenset({str(by.account_id)})
    return [
        m
        for m in rows
        if Who.VISITOR
        in parts(facts_of(m, me if m.pk in handled else frozenset()), side_of(by, of_firm=m.handler_body_id in firms))
    ]


def _given(compound: Compound, by: Actor, rows: list[Matter]) -> set[UUID]:
    """Those of them that a post of this account was to do, whoever reported them done."""
    if by.account_id is None:
        return set()
    posts = set(Post.objects.filter(account_id=by.account_id).values_list("id", flat=True))
    found = Gathered.objects.filter(
        compound_id=compound.pk, matter_id__in=[m.pk for m in rows if m.order_id], left_at=None, part__post_id__in=posts
    )
    return {*found.values_list("matter_id", flat=True), *(m.pk for m in rows if m.handler_post_id in posts)}


def _who(m: Matter, voice: Voice) -> str:
    """What a caller of the hotline is called stands with the order, where seeing it is written down."""
    if m.source == "hotline":
        return _("来电人")
    return masks.name(voice.name) if voice.name and not m.caller_secret else _("报告人")


def _call(m: Matter, who: str, tried: list[datetime], at: datetime) -> Call:
    body = m.handler_body.name if m.handler_body else ""
    since = _("%(day)s办好") % {"day": day(m.resolved_at, at)} if m.resolved_at else ""
    due = m.visit_due_at
    late = due is not None and due <= at
    given = {"span": lasting(abs(due - at))} if due else {}
    confirmed = _("报告人说修好了") if m.state == State.CLOSED else ""
    return Call(
        number=m.number, label=m.label, title=m.title, who=who, done=m.done_words,
        note=" · ".join(filter(None, [m.place, body, since, confirmed, str(SOURCES.get(m.source, ""))])),
        due=moment(due, at) if due else "",
        left="" if due is None else _("超 %(span)s") % given if late else _("还有 %(span)s") % given,
        late=late,
        tried=_("%(when)s打过，没联系上") % {"when": moment(tried[-1], at)} if tried else "",
        wait=bool(tried) and visits.same_half_day(tried[-1], at) and m.hotline < 2,
    )  # fmt: skip
