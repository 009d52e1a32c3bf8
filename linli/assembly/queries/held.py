"""What the owners of a compound decided before: sessions held here, and committees that came of them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone

from linli.kernel.tally.thresholds import Result
from linli.people.models import Organisation, Post
from linli.people.rules import COMMITTEE, Body

from ..models import Formation, Item
from ..papers.common import term
from ..rules.elections.candidates import ELECTION_FORMS
from ..rules.elections.states import Kind
from ..rules.sessions import ANNOUNCED
from .counting import decided

RULES = (1, 2)  # of article 278: the rules of procedure, the covenant


def has_rules(compound_id: UUID) -> bool:
    """Whether the owners adopted any here, or met by call of a committee, which could not be without."""
    held = Item.objects.filter(compound_id=compound_id, session__state__in=ANNOUNCED).select_related("session")
    if held.filter(session__first=False).exists():
        return True
    return any((made := decided(item)) and made.result == Result.PASSED for item in held.filter(matter_no__in=RULES))


def term_no(compound_id: UUID, on: date) -> int | None:
    """Which term of the committee runs on a day; None where one served before its elections were held here."""
    days = [day for day in _begun(compound_id) if day <= on]
    return None if not days or _served_before(compound_id, days[0]) else len(days)


def term_elected(made: Formation) -> int | None:
    """Which term an election begins, or fills a vacancy of."""
    if made.kind != Kind.COMMITTEE:
        return None
    called = timezone.localdate(made.announced_at)
    days = [day for day in _begun(made.compound_id, but=made) if day <= called]
    if _served_before(made.compound_id, min([*days, made.term_from or called])):
        return None
    return len(days) + (made.fills == "term") or None


def terms_elected(items: Sequence[Item]) -> dict[UUID, str]:
    """As words, by item of a session."""
    elections = [item for item in items if item.form in ELECTION_FORMS]
    if not elections:
        return {}
    rows = Formation.objects.filter(compound_id=elections[0].compound_id, item__in=elections)
    return {made.item_id: term(term_elected(made)) for made in rows if made.item_id}


def in_term(made: Formation) -> str:
    """The name of what is elected, with its term where that is known."""
    return _with(made.title, term_elected(made))


def signs(body: Organisation, compound_id: UUID, on: date) -> str:
    """The name of a body, with the term that runs where that is known."""
    return _with(body.name, term_no(compound_id, on) if body.kind == Body.COMMITTEE else None)


def _with(name: str, number: int | None) -> str:
    return f"{name}（{term(number)}）" if number else name


def _begun(compound_id: UUID, *, but: Formation | None = None) -> list[date]:
    """The first days of the terms that were elected here."""
    rows = Formation.objects.filter(
        compound_id=compound_id, kind=Kind.COMMITTEE, fills="term", term_from__isnull=False
    ).exclude(pk=but.pk if but else None)
    return sorted(day for day in rows.values_list("term_from", flat=True) if day)


def _served_before(compound_id: UUID, first: date) -> bool:
    return Post.objects.filter(
        organisation__compound_id=compound_id, organisation__kind=Body.COMMITTEE, kind__in=COMMITTEE, from_day__lt=first
    ).exists()
