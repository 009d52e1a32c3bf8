"""A call in a test, and what the place keeps of it."""

from linli.matters.tests.makers import NOW, Place
from linli.notices.models import Message
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.volunteers import services
from linli.volunteers.models import Call


def shout(
    place: Place,
    by: Actor,
    words: str = "帮我把一袋米搬上楼",
    kind: str = "carry",
    window: str = "today",
    at=NOW,
    **more,
) -> Call:
    call = services.shout(by=by, compound=place.compound, words=words, kind=kind, window=window, at=at, **more).call
    assert call is not None
    return call


def told(place: Place, actor: Actor) -> list[str]:
    rows = Message.objects.filter(compound_id=place.compound.pk, account_id=actor.account_id, subject_kind="call")
    return list(rows.order_by("id").values_list("kind", flat=True))


def counts(place: Place) -> dict[str, int]:
    return {name: value for name, value in kept(place.compound.pk, "call:").items() if value}
