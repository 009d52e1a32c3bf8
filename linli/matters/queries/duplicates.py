"""Open matters that may be the same thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import BooleanField, ExpressionWrapper, Max, Q, QuerySet

from linli.places.models import Building, Compound, Entrance
from linli.plumbing import search
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.plumbing.prepared import Prepared

from ..models import Matter
from ..rules import prompts
from ..rules.likeness import Said, alike, telling
from ..rules.titles import title_of
from .advice import of_late
from .desk import HITS, visible
from .panel import Target, target
from .public import spoken

LOOKED_AT = 80
MORE = 100  # of the building itself, beside those that the search finds
# The same thing is said again soon, or never closed; of the compound's older matters only those of the building are looked at.
RECENT = 2000


@dataclass(frozen=True)
class Where:
    """The building is a place, also where no word names it."""

    building: Building | None = None
    entrance: Entrance | None = None

    @property
    def label(self) -> str:
        return f"{self.building.label if self.building else ''}{self.entrance.label if self.entrance else ''}"

    def of(self, building_id: UUID | None, entrance_id: UUID | None) -> str:
        """What is known of the place of another matter, in this building or in none."""
        if self.building is None or building_id is None:
            return ""
        return self.label if self.entrance and entrance_id == self.entrance.pk else self.building.label


def _open(compound_id: UUID, building_id: UUID | None) -> QuerySet[Matter]:
    # `IN (1)`: a bare `open` is an index condition on PostgreSQL alone.
    return Matter.objects.filter(compound_id=compound_id, open__in=(True,), building_id=building_id).order_by(
        "-next_due_at"
    )


def _words(rows: QuerySet[Matter], entrance_id: UUID | None) -> QuerySet[Matter, tuple[int, str, bool]]:
    here = ExpressionWrapper(Q(entrance_id=entrance_id), output_field=BooleanField())
    return rows.annotate(here=here).values_list("number", "words", "here")[:LOOKED_AT]


_all_near = Prepared(lambda entrance_id, **where: _words(_open(**where), entrance_id))
_near = Prepared(lambda entrance_id, **where: _words(spoken(_open(**where)), entrance_id))


def likely(
    *, compound: Compound, words: str, where: Where, without: int | None = None, for_residents: bool = True
) -> Matter | None:  # fmt: skip
    """The open matter of the same building (or of no building) that is likeliest the same thing; one query, and one more if there is one.

    For residents only what neighbours may know of: nothing secret, no care, no quarrels.
    """
    building, entrance = where.building, where.entrance
    found = (_near if for_residents else _all_near).all(
        compound_id=compound.pk,
        building_id=building.pk if building else None,
        entrance_id=entrance.pk if entrance else None,
    )
    rows = [row for row in found if row[0] != without]
    near, at_door = (building.label, where.label) if building else ("", "")
    said = [Said(theirs, at_door if here else near) for _number, theirs, here in rows]
    same = alike(Said(words, where.label), said, most=1)
    return Matter.objects.get(compound_id=compound.pk, number=rows[same[0].at][0]) if same else None


@dataclass(frozen=True)
class Shown:
    """`why`: words that both say; `here`: the place that both are known to be at."""

    one: Target
    why: tuple[str, ...]
    here: str


def shown(
    compound: Compound, by: Actor, words: str, where: Where, *, without: Matter | None = None, most: int = 3
) -> list[Shown]:
    """Matters in hand that may be the same, for the desk: found by the heading's words, or of the same building; none of another."""
    heading = telling(title_of(words)) or telling(words)
    if not heading:
        return []
    newest = (
        without.number if without else Matter.objects.filter(compound_id=compound.pk).aggregate(n=Max("number"))["n"]
    )
    numbers = search.find(
        compound_id=compound.pk, ordinal=compound.ordinal, kind="matter", text=" ".join(sorted(heading)[:40]),
        above=max(0, (newest or 0) - RECENT), limit=HITS, any_word=True,
    )  # fmt: skip
    near = Q(number__in=numbers)
    if where.building:
        near = near & (Q(building=None) | Q(building=where.building)) | Q(building=where.building)
    rows = visible(Matter.objects.filter(compound_id=compound.pk, open__in=(True,)), by).filter(near)
    if without:
        rows = rows.exclude(pk=without.pk)
    slots = ("words", "building_id", "entrance_id", "number", "leg", "title", "place", "turn")
    looked_at = list(rows.order_by("-number").values_list(*slots)[: HITS + MORE])
    said = [Said(theirs, where.of(*place)) for theirs, *place in (row[:3] for row in looked_at)]
    return [
        Shown(target(*looked_at[a.at][3:]), a.why, said[a.at].place)
        for a in alike(Said(words, where.label), said, most=most)
    ]


def lately(compound_id: UUID, at: datetime) -> tuple[int, int]:
    """Of this month and the one before: how often some were shown when the desk decided, and how often it joined one of them."""
    counts = kept(compound_id, prompts.PREFIX)
    shown, merged = (
        sum(max(0, counts.get(f"{prompts.PREFIX}{month}:{what}", 0)) for month in of_late(at))
        for what in ("shown", "merged")
    )
    return shown, merged


def sign(about: UUID, alike: Iterable[Shown]) -> str:
    """What somebody was shown about this, to be given back when they decide."""
    return Signer(salt=f"alike:{about}").sign(".".join(str(found.one.number) for found in alike))


def signed(about: UUID, token: str) -> list[int]:
    """Nothing where somebody else wrote it."""
    try:
        return [int(number) for number in Signer(salt=f"alike:{about}").unsign(token).split(".") if number]
    except BadSignature:
        return []


def beside(matter: Matter, compound: Compound, by: Actor, most: int = 3) -> list[Shown]:
    return shown(compound, by, matter.words, Where(matter.building, matter.entrance), without=matter, most=most)
