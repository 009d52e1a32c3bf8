"""What is open near somebody, what they called and took on, what happened, and what time has made due."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.matters.rules.keeping import before
from linli.people.models import Binding, Post
from linli.people.queries import in_term
from linli.people.rules import Role
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import unscoped

from ..models import Call, CallPhoto, Claim, Willing
from ..rules import UNDER_WAY, State

PAGE = 20
NEAR_MOST = 40
SHOWN_MOST = 5
BATCH = 1000
CALLED = (Role.VOLUNTEER, Role.TEAM_LEADER)
SILENT = ("spread", "remind", "forget", "erase")


def _rows(compound_id: UUID, state: State):
    return Call.objects.select_related("building").filter(compound_id=compound_id, state=state).order_by("-id")


def near(*, compound_id: UUID, building_id: UUID | None) -> list[Call]:
    """Open calls of one's own building, newest first."""
    return list(_rows(compound_id, State.OPEN).filter(building_id=building_id)[:NEAR_MOST]) if building_id else []


def elsewhere(*, compound_id: UUID, building_id: UUID | None, after: UUID | None = None) -> list[Call]:
    """Open calls of the other buildings, newest first; one more than a page tells of a next page."""
    rows = _rows(compound_id, State.OPEN)
    if building_id:
        rows = rows.exclude(building_id=building_id)
    return list((rows.filter(id__lt=after) if after else rows)[: PAGE + 1])


def taken(*, compound_id: UUID) -> list[Call]:
    """The last that somebody took on: one may come along."""
    return list(_rows(compound_id, State.CLAIMED)[:SHOWN_MOST])


def answering(*, compound_id: UUID, account_id: UUID | None) -> list[Call]:
    """What the account took on or joined and is not over."""
    claims = Claim.objects.filter(compound_id=compound_id, account_id=account_id, left_at=None)
    rows = claims.filter(call__state__in=(State.CLAIMED, State.DONE)).select_related("call", "call__building")
    return [claim.call for claim in rows.order_by("-id")[:NEAR_MOST]]


def called(*, by: Actor, after: UUID | None = None, limit: int = PAGE, under_way: bool = False) -> list[Call]:
    """One's own calls, newest first; inside a session of help those of that person. One more than `limit` is asked for."""
    rows = Call.objects.select_related("building").filter(compound_id=by.compound_id).order_by("-id")
    rows = rows.filter(caller_person_id=by.person_id) if by.assistance_id else rows.filter(caller_account=by.account_id)
    if under_way:
        rows = rows.filter(state__in=UNDER_WAY)
    return list((rows.filter(id__lt=after) if after else rows)[: limit + 1])


def waiting(*, by: Actor) -> list[Call]:
    """One's own calls that somebody says are done: the caller looks; and what one took on and has not finished."""
    mine = Claim.objects.filter(compound_id=by.compound_id, account_id=by.account_id, left_at=None, kind="claimer")
    looks, promised = (
        Q(caller_account=by.account_id, state=State.DONE),
        Q(pk__in=mine.values("call_id"), state=State.CLAIMED),
    )
    return list(Call.objects.filter(looks | promised, compound_id=by.compound_id).order_by("-id")[:SHOWN_MOST])


def claims_of(call: Call) -> list[Claim]:
    """Who is on it now: the claimer first."""
    return list(Claim.objects.filter(compound_id=call.compound_id, call=call, left_at=None).order_by("kind", "id"))


def was_on_it(call: Call, account_id: UUID | None) -> bool:
    """Now or before."""
    return Claim.objects.filter(compound_id=call.compound_id, call=call, account=account_id).exists()


def entries_of(call: Call) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(compound_id=call.compound_id, subject_id=call.pk).exclude(act__in=SILENT)
    return list(rows.order_by("-at", "-id"))


def willing(*, compound_id: UUID, account_id: UUID | None) -> bool | None:
    """What the account said; None when it said nothing."""
    rows = Willing.objects.filter(compound_id=compound_id, account_id=account_id)
    return rows.values_list("willing", flat=True).first()


def to_tell(call: Call, *, today, near_only: bool) -> list[UUID]:
    """Accounts that want to hear of calls and live or serve here: those of the building, or everybody; volunteers by post with the latter."""
    rows = Willing.objects.filter(compound_id=call.compound_id)
    told = rows.filter(Exists(_lives()) | Exists(_serves(call, today)), willing=True)
    if near_only:
        return list(told.filter(building=call.building_id).values_list("account_id", flat=True))
    found = list(told.values_list("account_id", flat=True))
    refused = set(rows.filter(willing=False).values_list("account_id", flat=True))
    return found + [pk for pk in _volunteers(call, today) if pk not in refused]


def _lives() -> QuerySet[Binding]:
    return Binding.objects.filter(
        compound_id=OuterRef("compound_id"),
        account_id=OuterRef("account_id"),
        state="confirmed",
        account__is_active=True,
    )


def _serves(call: Call, today) -> QuerySet[Post]:
    """A post here: of a body of the compound, or of its community."""
    here = Q(organisation__compound=call.compound_id) | Q(
        organisation__compound=None, organisation__community=call.compound.community_id
    )
    return Post.objects.filter(here, in_term(today), account_id=OuterRef("account_id"), account__is_active=True)


def _volunteers(call: Call, today) -> Iterable[UUID]:
    posts = Post.objects.filter(
        in_term(today), organisation__compound=call.compound_id, organisation__ended_on=None, kind__in=CALLED, account__is_active=True
    )  # fmt: skip
    return posts.order_by("id").values_list("account_id", flat=True)


def due_calls(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(call, compound), the longest due first."""
    with unscoped("due calls"):
        return list(Call.objects.filter(next_at__lte=at).order_by("next_at").values_list("id", "compound_id")[:limit])


def due_forgetting(at: datetime, limit: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(call, compound): as long ago as its compound keeps names somebody answered it, or it ended."""
    found: list[tuple[UUID, UUID]] = []
    for compound in Compound.objects.only("id", "settings"):
        old = before(at, compound.settings)
        rows = Call.objects.filter(compound_id=compound.pk, since__lt=old, forgotten_at=None).exclude(state=State.OPEN)
        found += rows.order_by("since").values_list("id", "compound_id")[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def photos_of(call: Call) -> list[UUID]:
    rows = CallPhoto.objects.filter(compound_id=call.compound_id, call=call).order_by("id")
    return list(rows.values_list("id", flat=True))


def photo_of(call: Call, pk: UUID) -> CallPhoto | None:
    return CallPhoto.objects.filter(compound_id=call.compound_id, call=call, pk=pk).first()
