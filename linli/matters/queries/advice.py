"""What past decisions say of a matter that nobody has sorted yet, and how often they were right of late."""

import io
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.utils import timezone

from linli.kernel.texts import model
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.plumbing.models import Tally
from linli.plumbing.tenancy import unscoped

from ..models import Learned, Matter
from ..rules import categories, danger, times, turns
from ..rules.advice import ENOUGH, NEW, SURE, Advice, by_keywords, urgency_by_keywords
from ..rules.likeness import worth_asking
from ..rules.titles import title_of
from .desk import visible

HELD = 8  # models of as many compounds in one process
MANY = 20
WAIT = timedelta(days=1)
LOOKED_AT = 60


@dataclass(frozen=True)
class Mind:
    """One compound's models, ready to be asked."""

    version: int
    category: model.Model | None
    urgency: model.Model | None
    levels: dict[str, str]


_minds: OrderedDict[UUID, Mind] = OrderedDict()


@dataclass(frozen=True)
class Shown:
    """`similar`: matters that were sorted so; `lately` is how often they were right. Without a token where nothing is decided."""

    advice: Advice
    token: str
    similar: list[tuple[int, str, str]]
    lately: "Lately"


@dataclass(frozen=True)
class Lately:
    """Of the last `of` suggestions so many had each right."""

    category: int
    level: int
    urgency: int
    of: int


def mind(compound: Compound) -> Mind | None:
    """One small query when this process holds the newest already."""
    rows = Learned.objects.filter(compound_id=compound.pk)
    version = rows.values_list("version", flat=True).first()
    if not version:
        return None
    held = _minds.get(compound.pk)
    if held is None or held.version != version:
        row = rows.get()
        held = Mind(row.version, _opened(row.category), _opened(row.urgency), row.levels)
        _minds[compound.pk] = held
    _minds.move_to_end(compound.pk)
    while len(_minds) > HELD:
        _minds.popitem(last=False)
    return held


def _opened(packed: bytes | memoryview) -> model.Model | None:
    try:
        return model.load(io.BytesIO(bytes(packed))) if packed else None
    except model.Unreadable:
        return None


def advise(compound: Compound, text: str) -> Advice | None:
    """By the compound's own decisions, where they are sure; else by the usual words, which alone decide in an emergency and
    below which no urgency is ever put (domain §4.5)."""
    own = categories.of(compound.settings)
    usual = by_keywords(text, own)
    if usual and usual.urgency == times.Urgency.EMERGENCY:
        return usual
    held = mind(compound)
    learned = _learned(held, text, own) if held else None
    return learned or usual


def _learned(held: Mind, text: str, own: categories.Catalogue) -> Advice | None:
    if held.category is None:
        return None
    best = held.category.predict(text, most=1)[0]
    found = own.get(best.label)
    if best.score < SURE or found is None or not own.may_take(best.label):
        return None
    urgency = held.urgency.predict(text, most=1)[0].label if held.urgency else urgency_by_keywords(text)
    return Advice(best.label, held.levels.get(best.label, found.level), danger.at_least(urgency, text), best.why)


def shown(compound: Compound, matter: Matter, by: Actor, at: datetime) -> Shown | None:
    """At most four queries, whatever is kept."""
    advice = advise(compound, f"{matter.title}\n{matter.words}")
    if advice is None:
        return None
    similar = _similar(compound, matter.words, advice, by, without=matter)
    return Shown(advice, sign(matter, advice), similar, lately(compound.pk, at))


def shown_while_typing(compound: Compound, words: str, by: Actor, at: datetime) -> Shown | None:
    """The same for what is not yet a matter."""
    advice = advise(compound, f"{title_of(words)}\n{words}")
    return Shown(advice, "", _similar(compound, words, advice, by), lately(compound.pk, at)) if advice else None


def _similar(
    compound: Compound, words: str, advice: Advice, by: Actor, without: Matter | None = None
) -> list[tuple[int, str, str]]:
    rows = visible(Matter.objects.filter(compound_id=compound.pk, category=advice.category, privacy="normal"), by)
    if without:
        rows = rows.exclude(pk=without.pk)
    looked_at = list(rows.order_by("-number").values_list("number", "title", "words")[:LOOKED_AT])
    found = worth_asking(words, [theirs for _number, _title, theirs in looked_at])[:2]
    return [(number, f"{number:04d}", title) for number, title, _words in (looked_at[at] for at in found)]


def of_late(at: datetime) -> list[str]:
    day = timezone.localdate(at).replace(day=1)
    return [f"{day:%Y-%m}", f"{day - timedelta(days=1):%Y-%m}"]


def lately(compound_id: UUID, at: datetime) -> Lately:
    """Of this month and the one before."""
    months = of_late(at)
    counts = kept(compound_id, "advice:")

    def of(what: str) -> int:
        return sum(max(0, counts.get(f"advice:{m}:{what}", 0)) for m in months)

    return Lately(of("category"), of("level"), of("urgency"), of("shown"))


def _signer(matter: Matter) -> Signer:
    return Signer(salt=f"advice:{matter.pk}")


def sign(matter: Matter, advice: Advice) -> str:
    return _signer(matter).sign(advice.key)


def signed(matter: Matter, token: str) -> Advice | None:
    """What the desk was shown when it decided; nothing where somebody else wrote it."""
    try:
        category, level, urgency = _signer(matter).unsign(token).split(".")
    except (BadSignature, ValueError):
        return None
    return Advice(category, level, urgency)


def due(at: datetime) -> Iterable[tuple[UUID, UUID]]:
    """Compounds with decisions to learn from: many, or any since yesterday, or nothing learned yet."""
    with unscoped("due learning"):
        learned = dict(Learned.objects.values_list("compound_id", "learned_at"))
        new = dict(Tally.objects.filter(name=NEW, value__gt=0).values_list("compound_id", "value"))
    never = Compound.objects.exclude(pk__in=learned).values_list("pk", flat=True)
    ready = [pk for pk, when in learned.items() if new.get(pk, 0) >= MANY or (pk in new and when <= at - WAIT)]
    return [(pk, pk) for pk in [*never, *ready]]


def decided(compound_id: UUID, most: int) -> list[tuple[str, str, str, str]]:
    """(text, category, level, urgency) of the newest matters that were sorted."""
    rows = Matter.objects.filter(compound_id=compound_id, triaged_at__isnull=False).filter(~Q(category=""))
    picked = rows.order_by("-number").values_list("title", "words", "category", "level_entry", "urgency")[:most]
    known = set(turns.LEVEL_ORDER), set(times.URGENCIES)
    return [
        (f"{title}\n{words}", category, level, urgency)
        for title, words, category, level, urgency in picked
        if level in known[0] and urgency in known[1]
    ]


def enough(decisions: int) -> bool:
    return decisions >= ENOUGH
