"""Seats of a body, who sits in it and who sat before, read in few statements."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from linli.people.models import Organisation, Post
from linli.people.queries import in_term
from linli.people.rules import COMMITTEE, PMC, Body, Role, may
from linli.people.rules import Act as Right
from linli.plumbing.acts import Actor

from ..models import (
    Formation,
    HandOver,
    Nominee,
    Recall,
    Seat,
    Session,
    TickResult,
)
from ..rules.elections.forms import straddling
from ..rules.elections.states import IN_OFFICE, Kind, State
from ..rules.sessions import ANNOUNCED
from ..rules.sessions import State as SessionState
from .counting import decided
from .elections import last_result, listed


def seats(formation: Formation) -> list[Seat]:
    rows = Seat.objects.filter(compound_id=formation.compound_id, formation=formation)
    return list(rows.order_by("place"))


def sitting(rows: Sequence[Seat]) -> list[Seat]:
    return [row for row in rows if row.post and not row.passed_over]


def in_rank(formation: Formation, result: TickResult) -> list[Nominee]:
    """Best first, without those the subdistrict did not confirm."""
    by_place = {row.place: row for row in listed(formation)}
    out = {row.nominee_id for row in seats(formation) if row.passed_over}
    ranked = [by_place[place] for place, _homes, _area in result.found["ranking"] if place in by_place]
    return [row for row in ranked if row.pk not in out]


def tied(formation: Formation, result: TickResult) -> list[int]:
    """Places on the list, of the tie that the last owner's seat falls into; of those not passed over."""
    ranking = [row.place or 0 for row in in_rank(formation, result)]
    ties = [[place for place in tie if place in ranking] for tie in result.found["ties"]]
    undrawn = [tie for tie in ties if len(tie) > 1 and not set(tie) <= set(result.lots)]
    return straddling(undrawn, ranking, formation.owner_seats)


def next_place(formation: Formation) -> int:
    rows = Seat.objects.filter(compound_id=formation.compound_id, formation=formation)
    return (rows.aggregate(Max("place"))["place__max"] or 0) + 1


def holding(formation: Formation) -> list[Seat]:
    """Members and alternates whose post has not ended, in rank order."""
    return [row for row in sitting(seats(formation)) if row.post_id and not row.ended_why]


def holding_in(formation: Formation) -> list[Seat]:
    """Who holds a post in the same body, by whichever election."""
    rows = Seat.objects.filter(compound_id=formation.compound_id, formation__made=formation.made_id)
    return [row for row in sitting(rows.order_by("formation__number", "place")) if row.post_id and not row.ended_why]


def members_of(rows: Sequence[Seat]) -> list[Seat]:
    return [row for row in rows if row.post != Role.ALTERNATE_MEMBER]


def lacks(formation: Formation) -> tuple[list[Seat], bool, bool]:
    """Who may be chosen, and whether the committee lacks a chair, and a vice chair."""
    sits = members_of(holding_in(formation))
    held = {row.post for row in sits}
    others = [row for row in sits if row.post != Role.COMMITTEE_CHAIR]
    return others, Role.COMMITTEE_CHAIR not in held, Role.COMMITTEE_VICE_CHAIR not in held


def body_of(compound_id: UUID, kind: Body) -> Organisation | None:
    return Organisation.objects.filter(compound_id=compound_id, kind=kind, ended_on=None).order_by("pk").first()


def posts_of(body: Organisation, kinds: Collection[Role], today: date) -> list[Post]:
    rows = Post.objects.filter(Q(to_day=None) | Q(to_day__gte=today), organisation=body, kind__in=kinds)
    return list(rows.select_related("organisation"))


def sat_before(compound_id: UUID, today: date) -> bool:
    """Whether a committee of either kind ever sat, which has something to hand over."""
    rows = Post.objects.filter(organisation__compound_id=compound_id, kind__in=COMMITTEE | PMC, from_day__lt=today)
    return rows.exists()


def next_in_rank(formation: Formation) -> Nominee | None:
    """Of those the count ranked, the best who has not sat."""
    result = last_result(formation)
    sat = {row.nominee_id for row in seats(formation)}
    return next((row for row in in_rank(formation, result) if row.pk not in sat), None) if result else None


def in_office_before(formation: Formation) -> Formation | None:
    """The last whole committee elected before this one."""
    return _committees(formation.compound_id).exclude(pk=formation.pk).first()


def _committees(compound_id: UUID) -> QuerySet[Formation]:
    """Whole committees that sit, the last first."""
    rows = in_office(compound_id, Kind.COMMITTEE).filter(fills="term", elected_at__isnull=False)
    return rows.order_by("-elected_at")


def in_office(compound_id: UUID, kind: Kind) -> QuerySet[Formation]:
    return Formation.objects.filter(compound_id=compound_id, kind=kind, state__in=IN_OFFICE)


def unfilled(compound_id: UUID) -> Formation | None:
    """The last election of a committee, where too few passed: those who did wait for a further round."""
    rows = Formation.objects.filter(compound_id=compound_id, kind=Kind.COMMITTEE, fills="term")
    last = rows.exclude(state=State.CANCELLED).order_by("-number").first()
    return last if last and last.state == State.NOT_FORMED and kept(last) else None


def kept(formation: Formation) -> list[Seat]:
    """Who passed where too few did."""
    rows = Seat.objects.filter(compound_id=formation.compound_id, formation=formation, post="", nominee__isnull=False)
    return list(rows.select_related("nominee").order_by("place"))


def empty_seats(compound_id: UUID) -> int | None:
    """Of the committee that sits; None where none was elected here."""
    sits = _committees(compound_id).first()
    return sits.seats - len(members_of(holding_in(sits))) if sits else None


def account_of_seat(seat: Seat) -> UUID | None:
    return accounts_of([seat]).get(seat.pk)


def accounts_of(rows: Sequence[Seat]) -> dict[UUID, UUID]:
    """Who holds the post of each seat, in one query."""
    posts = {row.post_id for row in rows if row.post_id}
    accounts = dict(Post.objects.filter(pk__in=posts).values_list("pk", "account_id")) if posts else {}
    return {row.pk: accounts[row.post_id] for row in rows if row.post_id in accounts}


def presses(session: Session, by: Actor) -> bool:
    """Whether a recall is theirs to press: who convenes the session that votes, or the subdistrict (domain §3.12)."""
    return by.body_id == session.body_id or may(by.role, Right.APPOINT_PMC)


def opened(recall: Recall) -> bool:
    """The vote on it has begun, and what he says for himself comes too late."""
    return recall.item.session.state not in {SessionState.DRAFTING, SessionState.NOTICED}


def recalls(formation: Formation) -> list[Recall]:
    rows = Recall.objects.filter(compound_id=formation.compound_id, formation=formation)
    return list(rows.select_related("formation", "seat", "item__session").order_by("put_at", "pk"))


def handed(formation: Formation) -> dict[str, HandOver]:
    rows = HandOver.objects.filter(compound_id=formation.compound_id, formation=formation)
    return {row.key: row for row in rows}


def spending_frozen(compound_id: UUID) -> Formation | None:
    """The new body that has not been handed everything: until then nothing is spent (domain §3.10, 10 days)."""
    rows = Formation.objects.filter(
        compound_id=compound_id, state__in=IN_OFFICE, fills="term", handed_over_at=None, term_from__isnull=False
    )
    return rows.order_by("-term_from", "-number").first()


def reseats(formation: Formation) -> bool:
    """A recount that was announced since elects others than those who took office by it."""
    item, since = formation.item, formation.elected_at
    if item is None or since is None or not formation.seated or formation.state not in IN_OFFICE:
        return False
    session = item.session
    again = session.state in ANNOUNCED and session.announced_at is not None and session.announced_at > since
    found = decided(item) if again else None
    return bool(found and found.election and sorted(found.election["elected"]) != sorted(formation.seated))


def reverses(recall: Recall) -> bool:
    """A recount that was announced since the vote was carried out found the other way, and he still sits, or still does not."""
    session, since = recall.item.session, recall.decided_at
    if since is None or session.state not in ANNOUNCED or session.announced_at is None or session.announced_at <= since:
        return False
    found = decided(recall.item)
    changed = found is not None and (found.result == "passed") is not recall.removed
    return changed and (seat_of(recall) is None) is recall.removed


def seat_of(recall: Recall) -> Seat | None:
    """Where he sits now: a recount of the election may have seated him anew."""
    rows = holding(recall.formation)
    return next((row for row in rows if row.nominee_id == recall.seat.nominee_id), None)


def reseating(compound_id: UUID) -> Formation | None:
    """Where others sit, by a recount of the election or of a recall, than those who do."""
    sits = in_office(compound_id, Kind.COMMITTEE)
    if made := next((row for row in sits.select_related("item__session") if reseats(row)), None):
        return made
    carried_out = Recall.objects.filter(compound_id=compound_id, formation__in=sits, decided_at__isnull=False)
    rows = carried_out.select_related("formation", "seat", "item__session")
    return next((row.formation for row in rows if reverses(row)), None)


def who_renews(formation: Formation, today: date) -> list[UUID]:
    """Accounts of those who sit, and of the community's secretary."""
    heads = Q(organisation=formation.made_id) & ~Q(kind=Role.ALTERNATE_MEMBER)
    near = Q(organisation__community=formation.compound.community_id, kind=Role.COMMUNITY_SECRETARY)
    posts = Post.objects.filter(heads | near, in_term(today))
    return list(dict.fromkeys(posts.values_list("account_id", flat=True)))
