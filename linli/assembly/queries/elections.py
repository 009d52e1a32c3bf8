"""Formations, nominees and forms, read in few statements."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from linli.kernel import bodies
from linli.kernel.profiles import Profile, profile
from linli.people.models import Binding, Ownership, Post
from linli.people.queries import in_term
from linli.people.rules import Body, Role
from linli.people.rules.bindings import same_name
from linli.places.models import Home

from ..models import (
    Backing,
    Candidate,
    Check,
    Formation,
    FormationObjection,
    Item,
    Nominee,
    Objection,
    Recall,
    Session,
    TickForm,
    TickReading,
    TickResult,
)
from ..rules.elections.candidates import ELECTION_FORMS, votes_on
from ..rules.elections.forms import FORM_KINDS, LOOKED_AGAIN, Form
from ..rules.elections.nominees import Standing, in_time
from ..rules.elections.states import IN_OFFICE, OVER, Kind, State
from ..rules.sessions import State as SessionState

PAGE = 20


def rules_of(formation: Formation) -> Profile:
    return profile(formation.profile)


def checks_wanted(formation: Formation) -> list[str]:
    return list(rules_of(formation).values["candidate_checks"])


def formations(compound_id: UUID, *, before: int | None = None) -> list[Formation]:
    """Newest first; one more than PAGE tells of a next page."""
    rows = Formation.objects.filter(compound_id=compound_id)
    if before:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[: PAGE + 1])


def running(compound_id: UUID, kind: Kind) -> bool:
    rows = Formation.objects.filter(compound_id=compound_id, kind=kind)
    return rows.exclude(state__in=OVER | IN_OFFICE).exists()


def holders(compound_id: UUID, body: Body, kinds: Collection[Role], today: date) -> bool:
    """Whether somebody holds one of the posts today, in a body of that kind."""
    posts = Post.objects.filter(
        in_term(today), organisation__compound_id=compound_id, organisation__kind=body,
        organisation__ended_on=None, kind__in=kinds,
    )  # fmt: skip
    return posts.exists()


def homes_with_forms(compound_id: UUID) -> list[Home]:
    """One form each, in the order of a walk from door to door."""
    rows = Home.objects.filter(compound_id=compound_id, kind__in=FORM_KINDS).select_related("building")
    return list(rows.order_by("building__position", "entrance__position", "floor", "room_no", "pk"))


def owner_named(home: Home, name: str) -> Ownership | None:
    """The register's owner of that name in that home, today."""
    rows = Ownership.objects.filter(compound_id=home.compound_id, home=home, to_day=None).select_related("person")
    return next((row for row in rows if same_name(row.person.name, name)), None)


def owner_of(compound_id: UUID, home_id: UUID, person_id: UUID) -> Ownership | None:
    rows = Ownership.objects.filter(compound_id=compound_id, home_id=home_id, person_id=person_id, to_day=None)
    return rows.select_related("person").first()


def nominees(formation: Formation, *, dropped: bool = False) -> list[Nominee]:
    rows = Nominee.objects.filter(compound_id=formation.compound_id, formation=formation)
    if not dropped:
        rows = rows.filter(dropped_at=None)
    return list(rows.order_by(F("place").asc(nulls_last=True), "nominated_at", "pk"))


def listed(formation: Formation) -> list[Nominee]:
    return [n for n in nominees(formation) if n.place]


def left_list(formation: Formation) -> list[Nominee]:
    """Who was on the list and left it."""
    rows = Nominee.objects.filter(compound_id=formation.compound_id, formation=formation, place__isnull=False)
    return list(rows.filter(dropped_at__isnull=False).order_by("dropped_at", "pk"))


def late(formation: Formation, now: datetime) -> bool:
    """The last day of recommending is over."""
    return in_time(until=formation.recommend_until, today=timezone.localdate(now), received=None) is not None


def changed(formation: Formation) -> bool:
    """Somebody left the list since it was posted."""
    at = formation.listed_at
    return at is not None and any(row.dropped_at and row.dropped_at > at for row in left_list(formation))


def agenda_out(formation: Formation) -> bool:
    """The session that elects them is noticed: the ballot is locked."""
    rows = Session.objects.filter(compound_id=formation.compound_id, item__pk=formation.item_id)
    return formation.item_id is not None and rows.exclude(state=SessionState.DRAFTING).exists()


def voting_over(formation: Formation, at: datetime) -> bool:
    rows = Session.objects.filter(compound_id=formation.compound_id, item__pk=formation.item_id)
    return not any(votes_on(state, closes_at, at) for state, closes_at in rows.values_list("state", "closes_at"))


def pressing(formation: Formation, account_id: UUID | None, at: datetime) -> dict[str, bool]:
    """What each of the two who strike a candidate off is asked: the vote is not over, and whoever presses does not stand."""
    return {"closed": voting_over(formation, at), "stands": stands(formation, account_id)}


def stands(formation: Formation, account_id: UUID | None) -> bool:
    """Whether somebody is put forward here: by his account, or as the person that it is bound to."""
    if account_id is None:
        return False
    bound = Binding.objects.filter(compound_id=formation.compound_id, account_id=account_id, state="confirmed")
    rows = Nominee.objects.filter(compound_id=formation.compound_id, formation=formation, dropped_at=None)
    return rows.filter(
        Q(account_id=account_id) | Q(person_id__in=list(bound.values_list("person_id", flat=True)))
    ).exists()


def last_checks(formation: Formation, nominee: Nominee | None = None) -> dict[UUID, dict[str, Check]]:
    rows = Check.objects.filter(compound_id=formation.compound_id, nominee__formation=formation)
    if nominee:
        rows = rows.filter(nominee=nominee)
    found: dict[UUID, dict[str, Check]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.nominee_id, {})[row.key] = row
    return found


def standing(nominee: Nominee, checks: dict[str, Check]) -> Standing:
    return Standing(
        nominee.way, nominee.backings, nominee.consented_at is not None, {key: row.holds for key, row in checks.items()}
    )


def backings(nominee: Nominee) -> list[Backing]:
    rows = Backing.objects.filter(compound_id=nominee.compound_id, nominee=nominee)
    return list(rows.order_by("at", "pk"))


def backed_by(formation: Formation, home_id: UUID) -> set[UUID]:
    """Nominees that this household signed for."""
    rows = Backing.objects.filter(compound_id=formation.compound_id, formation=formation, home_id=home_id)
    return set(rows.values_list("nominee_id", flat=True))


def objections(formation: Formation) -> list[FormationObjection]:
    rows = FormationObjection.objects.filter(compound_id=formation.compound_id, formation=formation)
    return list(rows.select_related("nominee").order_by("raised_at", "pk"))


def upheld_against(nominee: Nominee) -> list[FormationObjection]:
    """Objections to the list by which he may not stand."""
    rows = FormationObjection.objects.filter(compound_id=nominee.compound_id, nominee=nominee, upheld=True)
    return list(rows.order_by("raised_at", "pk"))


def open_objections(formation: Formation) -> int:
    rows = FormationObjection.objects.filter(compound_id=formation.compound_id, formation=formation, answered_at=None)
    return rows.count()


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def buildings_of_forms(formation: Formation) -> list[dict[str, Any]]:
    """How far each building is; in the order of the walk."""
    rows = TickForm.objects.filter(compound_id=formation.compound_id, formation=formation)
    return list(
        rows.values("building_id", "building__label", "building__position")
        .annotate(n=Count("id"), back=Count("id", filter=Q(state=Form.RETURNED)))
        .order_by("building__position", "building_id")
    )


def forms_in(formation: Formation, building_id: UUID | None) -> list[TickForm]:
    rows = TickForm.objects.filter(compound_id=formation.compound_id, formation=formation)
    if building_id:
        rows = rows.filter(building_id=building_id)
    return list(rows.order_by("number"))


def returned(formation: Formation) -> list[TickForm]:
    rows = TickForm.objects.filter(compound_id=formation.compound_id, formation=formation, state=Form.RETURNED)
    return list(rows.order_by("number"))


def pending(formation: Formation) -> int:
    """Forms that are to be put right, and nobody has agreed."""
    rows = TickForm.objects.filter(compound_id=formation.compound_id, formation=formation)
    return rows.filter(right_at__isnull=False).count()


def corrected(formation: Formation) -> list[dict[str, Any]]:
    """What was put right on the forms, in the order of their numbers."""
    rows = TickForm.objects.filter(compound_id=formation.compound_id, formation=formation).exclude(corrected=[])
    return [{"form": row.number, **said} for row in rows.order_by("number") for said in row.corrected]


def read_by(formation: Formation, account_id: UUID | None) -> set[UUID]:
    """Forms whose ticks somebody has seen."""
    rows = TickReading.objects.filter(compound_id=formation.compound_id, form__formation=formation)
    return set(rows.filter(account_id=account_id).values_list("form_id", flat=True)) if account_id else set()


def next_to_read(formation: Formation, account_id: UUID) -> TickForm | None:
    """The lowest form that this clerk has not read, and that lacks a reading."""
    mine = TickReading.objects.filter(
        compound_id=formation.compound_id, form__formation=formation, account_id=account_id
    ).values("form_id")
    rows = TickForm.objects.filter(
        compound_id=formation.compound_id, formation=formation, state=Form.RETURNED, readings__lt=2
    )
    return rows.exclude(pk__in=mine).order_by("number").first()


def to_read(formation: Formation) -> tuple[int, int]:
    """Forms not read twice yet, and those read twice whose readings differ."""
    rows = TickForm.objects.filter(compound_id=formation.compound_id, formation=formation, state=Form.RETURNED)
    found = rows.aggregate(
        unread=Count("id", filter=Q(readings__lt=2)), differ=Count("id", filter=Q(readings=2, ticks=None))
    )
    return found["unread"], found["differ"]


def differing(formation: Formation, account_id: UUID | None = None) -> list[TickForm]:
    """Read differently and not settled; `account_id`: without those that wait for somebody else than this clerk."""
    rows = TickForm.objects.filter(
        compound_id=formation.compound_id, formation=formation, state=Form.RETURNED, readings=2, ticks=None
    )
    if account_id:
        again = TickReading.objects.filter(
            compound_id=formation.compound_id, form=OuterRef("pk"), turn__gte=LOOKED_AGAIN
        )
        last = Subquery(again.order_by("-turn").values("account_id")[:1])
        rows = rows.annotate(last=last).filter(Q(last=None) | ~Q(last=account_id))
    return list(rows.order_by("number"))


def looked_again(form: TickForm) -> list[TickReading]:
    rows = TickReading.objects.filter(compound_id=form.compound_id, form=form, turn__gte=LOOKED_AGAIN)
    return list(rows.order_by("turn"))


def readings_of(forms: Sequence[TickForm]) -> dict[UUID, list[TickReading]]:
    if not forms:
        return {}
    rows = TickReading.objects.filter(compound_id=forms[0].compound_id, form_id__in=[f.pk for f in forms], turn__lte=2)
    found: dict[UUID, list[TickReading]] = {}
    for row in rows.order_by("turn"):
        found.setdefault(row.form_id, []).append(row)
    return found


def last_result(formation: Formation) -> TickResult | None:
    rows = TickResult.objects.filter(compound_id=formation.compound_id, formation=formation)
    return rows.order_by("-turn").first()


def on_ballot(formation: Formation, codes: Collection[str]) -> list[str]:
    """Names, in the order of the ballot; also of those who withdrew since."""
    rows = Candidate.objects.filter(compound_id=formation.compound_id, item_id=formation.item_id, code__in=codes)
    return list(rows.order_by("place").values_list("name", flat=True))


def committee_least(formation: Formation) -> int:
    """The fewest members by the local rule, where the count does not say it."""
    return bodies.committee_least(rules_of(formation), *homes_and_area(formation.compound_id))


def homes_and_area(compound_id: UUID) -> tuple[int, int]:
    found = Home.objects.filter(compound_id=compound_id, kind__in=FORM_KINDS).aggregate(
        Count("pk"), Sum("building_area")
    )
    return found["pk__count"], found["building_area__sum"] or 0


def open_result_objections(session: Session) -> int:
    rows = Objection.objects.filter(compound_id=session.compound_id, session=session, about="result", answered_at=None)
    return rows.count()


def silence_days(session: Session) -> int:
    """How long a member who says nothing was told before the vote on his removal."""
    days: int = profile(session.profile).values["recall_silence_days"]
    return days


def unheard(session: Session, at: datetime) -> list[str]:
    """Members on whose removal this session votes, not heard, nor told long enough ago: it may not open before (domain §3.12)."""
    told = Q(asked_at__lte=at - timedelta(days=silence_days(session)))
    rows = Recall.objects.filter(compound_id=session.compound_id, item__session=session, heard_at=None).exclude(told)
    return list(rows.values_list("seat__name", flat=True))


def unlisted(session: Session) -> list[str]:
    """Election items without a list of candidates that is out."""
    rows = Item.objects.filter(compound_id=session.compound_id, session=session, form__in=ELECTION_FORMS)
    out = _lists(session).values("item_id")
    return list(rows.exclude(pk__in=out).order_by("place").values_list("title", flat=True))


def changed_lists(session: Session) -> list[str]:
    """Titles of election items whose list somebody left since it was posted."""
    left = Nominee.objects.filter(
        compound_id=session.compound_id,
        formation=OuterRef("pk"),
        place__isnull=False,
        dropped_at__gt=OuterRef("listed_at"),
    )
    rows = _lists(session).filter(Exists(left))
    return list(rows.order_by("item__place").values_list("item__title", flat=True))


def list_objections(session: Session) -> int:
    """To its lists of candidates, and not answered."""
    rows = FormationObjection.objects.filter(compound_id=session.compound_id, formation__item__session=session)
    return rows.filter(answered_at=None).exclude(formation__state=State.CANCELLED).count()


def last_list(session: Session) -> datetime | None:
    """When the last of its lists was posted."""
    last: datetime | None = _lists(session).aggregate(Max("listed_at"))["listed_at__max"]
    return last


def _lists(session: Session) -> QuerySet[Formation]:
    return Formation.objects.filter(compound_id=session.compound_id, item__session=session, state=State.LISTED)


def recall_items(compound_id: UUID) -> list[Item]:
    """Items by which a member may be removed, of sessions whose agenda is still made."""
    rows = Item.objects.filter(compound_id=compound_id, matter_no=3, seats=None, session__state=SessionState.DRAFTING)
    return list(rows.select_related("session").order_by("-session__number", "place"))


def electable(compound_id: UUID) -> list[Item]:
    """Election items of sessions that are being prepared, for which no candidates are asked for yet."""
    taken = Formation.objects.filter(compound_id=compound_id, item__isnull=False).values("item_id")
    rows = Item.objects.filter(compound_id=compound_id, seats__gt=0, session__state=SessionState.DRAFTING).exclude(
        pk__in=taken
    )
    return list(rows.select_related("session").order_by("-session__number", "place"))
