"""What a clerk needs beside one matter: who may have it, what it may be, what it may be joined to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from linli.people.models import Organisation, Post
from linli.people.rules import COMMUNITY, PROPERTY, WORKERS, Body
from linli.people.words import ROLES
from linli.places.models import Compound
from linli.plumbing import search
from linli.plumbing.acts import Actor
from linli.plumbing.numbers import number_in

from ..models import Matter, Merge
from ..rules import categories
from ..rules.hands import rank
from ..rules.states import State
from ..words import MARKS
from .desk import visible
from .posts import posts_in

LATELY = 30  # of one category


def bodies(compound: Compound) -> list[Organisation]:
    """Whose a matter of this compound may be, the nearest first (the same as `access.body_for`)."""
    community = compound.community
    rows = Organisation.objects.filter(
        Q(compound_id=compound.pk)
        | Q(compound=None, community_id=community.pk)
        | Q(compound=None, community=None, kind__in=(Body.SUBDISTRICT, Body.AGENCY))
        & (Q(subdistrict=None) | Q(subdistrict_id=community.subdistrict_id)),
        ended_on=None,
    )
    order = [Body.PROPERTY, Body.COMMUNITY, Body.COMMITTEE, Body.PMC, Body.BRANCH, Body.VOLUNTEERS, Body.MEDIATION]
    rank = {kind: i for i, kind in enumerate(order)}
    return sorted(rows, key=lambda b: (rank.get(Body(b.kind), 99), b.name))


def usual_receiver(
    compound: Compound, category: str, given: Sequence[Organisation] | None = None
) -> Organisation | None:
    """The first receiver of the category (domain §4.2), the community where the compound has none such; of a complaint about
    the company never the company."""
    found = categories.of(compound.settings).get(category)
    wanted = {
        "property": [Body.PROPERTY, Body.COMMUNITY],
        "committee": [Body.COMMITTEE, Body.PMC, Body.COMMUNITY],
        "mediator": [Body.COMMUNITY],
        "volunteers": [Body.VOLUNTEERS, Body.COMMUNITY],
        "desk": [Body.PROPERTY, Body.COMMUNITY],
    }.get(found.receiver if found else "property", [Body.COMMUNITY])
    if category.startswith("11"):
        wanted = [Body.COMMUNITY]
    rows = bodies(compound) if given is None else given
    return next((b for kind in wanted for b in rows if b.kind == kind), None)


def hands(given: Iterable[Organisation], today: date) -> list[Post]:
    """Those in office in these bodies who can be named as handler."""
    rows = posts_in([b.pk for b in given], today, WORKERS).select_related("organisation")
    order: list[str] = [*PROPERTY, *COMMUNITY]
    return sorted(rows, key=lambda p: (order.index(p.kind) if p.kind in order else 99, p.holder_name))


def hands_of(given: Sequence[Organisation], today: date) -> tuple[list[Organisation], list[Post]]:
    """Those of the bodies in which somebody can take it, and who; agencies and the subdistrict are whistled for."""
    posts = hands(given, today)
    there = {p.organisation_id for p in posts}
    return [b for b in given if b.pk in there], posts


@dataclass(frozen=True)
class Fit:
    """Those who can take it, the nearest first; `loads`: how many each has in hand; `usual`: who had the last one, if there."""

    posts: list[Post]
    loads: Mapping[UUID, int]
    usual: str


def fitting(compound: Compound, category: str, posts: Sequence[Post]) -> Fit:
    rows = Matter.objects.filter(compound_id=compound.pk, category=category, handler_post__isnull=False)
    lately = list(rows.order_by("-number").values_list("handler_post_id", flat=True)[:LATELY]) if category else []
    held = Matter.objects.filter(
        compound_id=compound.pk, open__in=(True,), handler_post_id__in=[p.pk for p in posts]
    ).values_list("handler_post_id")
    loads = dict(held.annotate(n=Count("id")))
    handled = Counter(lately)
    order = sorted(
        posts, key=lambda p: rank(category, p.kind, handled=handled[p.pk], load=loads.get(p.pk, 0))
    )  # stays by post and name where all is equal
    return Fit(order, loads, str(lately[0]) if lately and lately[0] in {p.pk for p in posts} else "")


def hand_label(post: Post, load: int = 0) -> str:
    words = f"{post.holder_name} {ROLES.get(post.kind, post.kind)}"
    return _("%(who)s，手上 %(n)s 件") % {"who": words, "n": load} if load else words


# What a compound's first matters are mostly about, until its own desk has chosen.
USUAL = ("0101", "0102", "0303", "0207", "0401", "0601", "0701", "0801")


def recent_categories(compound: Compound, most: int = 8) -> list[str]:
    """What this compound's desk chose most of late, filled up with what is usual anywhere."""
    rows = Matter.objects.filter(compound_id=compound.pk).order_by("-number").values_list("category", flat=True)[:120]
    own = categories.of(compound.settings)
    chosen = [code for code, _n in Counter(filter(own.may_take, rows)).most_common(most)]
    return list(dict.fromkeys([*chosen, *filter(own.may_take, USUAL)]))[:most]


@dataclass(frozen=True)
class Target:
    number: int
    label: str
    title: str
    place: str
    mark: str


def target(number: int, leg: int, title: str, place: str, turn: str) -> Target:
    return Target(number, f"{number:04d}" + (f"-{leg}" if leg > 1 else ""), title, place, MARKS.get(turn, "nobody"))


def targets(compound: Compound, by: Actor, text: str, matter: Matter, most: int = 8) -> list[Target]:
    """Matters that this one could be joined to, found by number or words."""
    numbers = search.find(compound_id=compound.pk, ordinal=compound.ordinal, kind="matter", text=text, limit=40)
    if (typed := number_in(text.strip())) is not None:
        numbers = [typed, *numbers]
    rows = visible(Matter.objects.filter(compound_id=compound.pk), by).filter(number__in=numbers).exclude(pk=matter.pk)
    rows = rows.exclude(state__in=(State.MERGED, State.DECLINED, State.WITHDRAWN)).order_by("-open", "-number")
    return [target(*row) for row in rows.values_list("number", "leg", "title", "place", "turn")[:most]]


def joined_from(matter: Matter) -> list[tuple[int, str]]:
    """Number and words of those that were joined to this one."""
    rows = Merge.objects.filter(compound_id=matter.compound_id, target=matter, undone_at=None).order_by("at")
    return list(rows.values_list("source__number", "source__title")[:20])
