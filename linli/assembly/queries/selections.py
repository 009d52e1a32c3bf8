"""Selections of a property company, their bids and scores, and service contracts, read in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from linli.kernel.clock import period_end
from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal
from linli.people.models import Organisation, Post
from linli.people.queries import has_in_hand, in_term
from linli.people.rules import Body, Role
from linli.places.queries import calendar
from linli.plumbing.tenancy import unscoped

from ..models import (
    Bid,
    BidPaper,
    FormationObjection,
    HandOver,
    Item,
    Put,
    Score,
    Scorer,
    Selection,
    ServiceContract,
    Session,
)
from ..rules import selections as rules
from ..rules.dates import local
from ..rules.selections import HANDING, State, Thing
from ..rules.sessions import ANNOUNCED
from ..rules.sessions import State as SessionState
from .counting import decided
from .elections import open_result_objections

PAGE = 20
AHEAD = frozenset({SessionState.DRAFTING, SessionState.NOTICED})


def selections(compound_id: UUID, *, before: int | None = None) -> list[Selection]:
    """Newest first; one more than PAGE tells of a next page."""
    rows = Selection.objects.filter(compound_id=compound_id).select_related("body", "chosen")
    if before:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[: PAGE + 1])


def criteria_of(one: Selection) -> list[tuple[str, int]]:
    return [(label, points) for label, points in one.criteria]


def scorers(one: Selection, *, gone: bool = False) -> list[Scorer]:
    rows = Scorer.objects.filter(compound_id=one.compound_id, selection=one)
    return list((rows if gone else rows.filter(left_at=None)).order_by("place"))


def objections(one: Selection) -> list[FormationObjection]:
    rows = FormationObjection.objects.filter(compound_id=one.compound_id, selection=one)
    return list(rows.order_by("raised_at", "pk"))


def open_objections(one: Selection) -> int:
    rows = FormationObjection.objects.filter(compound_id=one.compound_id, selection=one, answered_at=None)
    return rows.count()


# ── bids and scores ─────────────────────────────────────────────────────────────────────────────────────────────────


def bids(one: Selection) -> list[Bid]:
    return list(Bid.objects.filter(compound_id=one.compound_id, selection=one).order_by("number"))


def standing(rows: Sequence[Bid]) -> list[Bid]:
    return [bid for bid in rows if bid.out_at is None]


def papers(one: Selection) -> dict[UUID, list[BidPaper]]:
    found: dict[UUID, list[BidPaper]] = {}
    for row in BidPaper.objects.filter(compound_id=one.compound_id, bid__selection=one).order_by("id"):
        found.setdefault(row.bid_id, []).append(row)
    return found


def last_scores(one: Selection) -> dict[tuple[UUID, UUID], Score]:
    """By (bid, scorer): the last turn holds."""
    rows = Score.objects.filter(compound_id=one.compound_id, selection=one).order_by("turn", "id")
    return {(row.bid_id, row.scorer_id): row for row in rows}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A company with its whole sum, each item's sum, and each scorer's total in the order of the scorers."""

    rank: int
    bid: Bid
    total: int
    each: tuple[int, ...]
    by: tuple[int, ...]


def ranking(one: Selection, rows: Sequence[Bid], judges: Sequence[Scorer]) -> list[Ranked]:
    held = last_scores(one)
    found = {}
    for bid in standing(rows):
        given = [held[bid.pk, judge.pk] for judge in judges if (bid.pk, judge.pk) in held]
        total, each = rules.sums(len(one.criteria), [score.points for score in given])
        found[bid.number] = (bid, total, tuple(each), tuple(score.total for score in given))
    order = rules.ranks({number: total for number, (_bid, total, _each, _by) in found.items()})
    return [Ranked(rank, *found[number]) for rank, number in order]


def missing_scores(one: Selection, rows: Sequence[Bid], judges: Sequence[Scorer]) -> int:
    held = last_scores(one)
    return sum((bid.pk, judge.pk) not in held for bid in standing(rows) for judge in judges)


# ── the vote ────────────────────────────────────────────────────────────────────────────────────────────────────────


def puts(one: Selection) -> list[Put]:
    rows = Put.objects.filter(compound_id=one.compound_id, selection=one).select_related("bid", "item__session")
    return list(rows.order_by("turn"))


def askable(one: Selection) -> list[Bid]:
    """Best first, without those that owners did not take."""
    done = {put.bid_id for put in puts(one) if refused(one, put)}
    return [row.bid for row in ranking(one, bids(one), scorers(one)) if row.bid.pk not in done]


def refused(one: Selection, put: Put) -> bool:
    said = answer_of(one, put)
    return said.announced and said.result != "passed"


def puttable(one: Selection) -> list[Item]:
    """Items of the body's own sessions by which owners may be asked, and nobody has voted on yet."""
    taken = Put.objects.filter(compound_id=one.compound_id).values("item_id")
    rows = Item.objects.filter(
        compound_id=one.compound_id, matter_no=4, form="approve", session__body_id=one.body_id, session__state__in=AHEAD
    ).exclude(pk__in=taken)
    return list(rows.select_related("session").order_by("-session__number", "place"))


def put_before(compound_id: UUID, item: Item) -> bool:
    return Put.objects.filter(compound_id=compound_id, item=item).exists()


@dataclass(frozen=True, slots=True)
class Answer:
    """What owners said of a company so far. `until`: objections to the result, while it is announced."""

    session: Session
    cancelled: bool
    announced: bool
    result: str
    until: date | None
    objections: int


def answer_of(one: Selection, put: Put) -> Answer:
    session = put.item.session
    announced = session.state in ANNOUNCED and session.announced_at is not None
    row = decided(put.item) if announced else None
    until = None
    if announced and session.announced_at:
        days = profile(session.profile).values["result_objection_days"]
        until = period_end(local(session.announced_at), days, calendar(one.compound))
    return Answer(
        session, session.state == SessionState.CANCELLED, announced, row.result if row else "", until,
        open_result_objections(session) if announced else 0,
    )  # fmt: skip


# ── contracts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def contracts(compound_id: UUID) -> list[ServiceContract]:
    """Newest first; one that was put right is shown by its correction."""
    rows = ServiceContract.objects.filter(compound_id=compound_id).select_related("company", "selection__new")
    fixed = ServiceContract.objects.filter(compound_id=compound_id, corrects__isnull=False).values("corrects_id")
    return list(rows.exclude(pk__in=fixed).order_by("-number")[:PAGE])


def current_contract(compound_id: UUID) -> ServiceContract | None:
    """That the company here serves under; one whose company has not come yet is not in force."""
    here = {State.ENTERED, State.DONE}
    found = contracts(compound_id)
    return next((row for row in found if row.selection is None or row.selection.state in here), None)


def corrections(one: ServiceContract) -> list[ServiceContract]:
    """This one and what it put right, newest first."""
    found = [one]
    while found[-1].corrects_id:
        found.append(ServiceContract.objects.get(compound_id=one.compound_id, pk=found[-1].corrects_id))
    return found


def companies(compound_id: UUID) -> list[Organisation]:
    """Property companies that are here."""
    rows = Organisation.objects.filter(compound_id=compound_id, kind=Body.PROPERTY, ended_on=None)
    return list(rows.order_by("id"))


def contract_of(one: Selection) -> ServiceContract | None:
    rows = ServiceContract.objects.filter(compound_id=one.compound_id, selection=one)
    return rows.order_by("-number").first()


def corrected(one: ServiceContract) -> bool:
    return ServiceContract.objects.filter(compound_id=one.compound_id, corrects=one).exists()


def company_of(one: ServiceContract) -> UUID | None:
    """The body that serves under it; None before the company has come."""
    return one.company_id or (one.selection.new_id if one.selection else None)


# ── handing over ────────────────────────────────────────────────────────────────────────────────────────────────────


def handed(one: Selection) -> dict[str, list[HandOver]]:
    """Each thing's rows in the order they were written."""
    found: dict[str, list[HandOver]] = {key: [] for key in rules.HANDED}
    for row in HandOver.objects.filter(compound_id=one.compound_id, selection=one).order_by("id"):
        found[row.key].append(row)
    return found


def in_hand(one: Selection) -> int:
    """What the old company has not done, while the new one is here."""
    return has_in_hand(one.old) if one.state == State.ENTERED and one.old and one.left_at is None else 0


def thing_of(rows: Sequence[HandOver]) -> Thing:
    return rules.thing_of([(row.side, row.lacking) for row in rows])


def late_hand_overs(today: date, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(selection, compound) whose list is not done by its day, over all compounds."""
    with unscoped("hand-overs that are late"):
        rows = Selection.objects.filter(handover_until__lt=today, told_at=None, state__in=HANDING)
        return list(rows.order_by("handover_until").values_list("id", "compound_id")[:limit])


def who_minds(one: Selection, today: date) -> list[UUID]:
    """Accounts of the body that selects, of both companies' managers and of the community's secretary."""
    firms = Q(organisation__in=[pk for pk in (one.old_id, one.new_id) if pk], kind=Role.PROPERTY_MANAGER)
    near = Q(organisation__community=one.compound.community_id, kind=Role.COMMUNITY_SECRETARY)
    posts = Post.objects.filter(Q(organisation=one.body_id) | firms | near, in_term(today))
    return list(dict.fromkeys(posts.order_by("id").values_list("account_id", flat=True)))


# ── whether a step may be done, for who does it and for the page that offers it ─────────────────────────────────────


def refuse_plan(one: Selection, today: date) -> Refusal | None:
    return rules.may_plan(
        ground=one.ground, given=one.given_on is not None, set_=bool(one.services), criteria=criteria_of(one), scorers=len(scorers(one)),
        until=one.comments_until, today=today,
    )  # fmt: skip


def refuse_call(one: Selection, today: date, until: date = date.max) -> tuple[Refusal, str] | None:
    assert one.comments_until
    return rules.may_call(
        comments_until=one.comments_until, open_objections=open_objections(one), until=until, today=today
    )


def refuse_open(one: Selection, today: date, witnesses: Sequence[str]) -> tuple[Refusal, str] | None:
    assert one.bids_until
    return rules.may_open(
        until=one.bids_until, today=today, bids=len(standing(bids(one))), least=one.least, extended=one.extended_from is not None,
        scorers=len(scorers(one)), witnesses=witnesses,
    )  # fmt: skip


def refuse_publish(one: Selection, rows: Sequence[Bid], judges: Sequence[Scorer]) -> Refusal | None:
    return rules.may_publish(bids=len(standing(rows)), missing=missing_scores(one, rows, judges))


def refuse_decide(said: Answer, today: date) -> Refusal | None:
    return rules.may_decide(
        cancelled=said.cancelled, announced=said.announced, until=said.until, today=today, objections=said.objections, result=said.result
    )  # fmt: skip


def refuse_admit(one: Selection, contract: ServiceContract, today: date) -> Refusal | None:
    return rules.may_admit(
        ground=one.ground,
        given=one.given_on is not None,
        ends_on=one.ends_on,
        starts_on=contract.starts_on,
        today=today,
    )
