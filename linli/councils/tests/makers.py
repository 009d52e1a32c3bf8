"""A night talk in a test, brought as far as is asked."""

from datetime import date, datetime, timedelta

from linli.councils import services
from linli.councils.models import Point, Talk
from linli.matters.tests.makers import NOW, Place
from linli.plumbing.acts import Actor

TONIGHT = NOW + timedelta(hours=9)
AFTER = TONIGHT + timedelta(hours=2)


def announced(place: Place, by: Actor, starts_at: datetime = TONIGHT, at: datetime = NOW, **more) -> Talk:
    more = {"spot": "中心亭子", **more}
    return services.announce(by=by, compound=place.compound, starts_at=starts_at, at=at, **more)


def held(place: Place, by: Actor, recorder: Actor, starts_at: datetime = TONIGHT) -> Talk:
    talk = announced(place, by, starts_at, at=starts_at - timedelta(hours=9))
    return services.hold(by=recorder, talk=talk, attendance=23, at=starts_at + timedelta(hours=2))


def point(talk: Talk, by: Actor, words: str = "充电桩太少，晚上抢不到", speaker: str = "", **more) -> Point:
    made = services.add(by=by, talk=talk, words=words, speaker=speaker, at=talk.held_at or AFTER, **more)
    assert made is not None
    return made


def answered(talk: Talk, by: Actor, words: str = "垃圾房几点开门", due_on: date | None = None) -> Point:
    made = point(talk, by, words)
    return services.answer(
        by=by, talk=talk, point=made, words="早上六点", answered_by="物业", due_on=due_on, at=talk.held_at or AFTER
    )


def handed_on(place: Place, talk: Talk, by: Actor, words: str = "充电桩太少，晚上抢不到", speaker: str = "") -> Point:
    made = point(talk, by, words, speaker)
    return services.hand_on(by=by, talk=talk, compound=place.compound, point=made, at=talk.held_at or AFTER)


def published(
    place: Place, by: Actor, recorder: Actor, starts_at: datetime = TONIGHT, due_on: date | None = None
) -> Talk:
    """With two points: one answered, one gone on as a matter."""
    talk = held(place, by, recorder, starts_at)
    answered(talk, recorder, due_on=due_on)
    handed_on(place, talk, recorder)
    return services.publish(by=by, talk=talk, at=talk.held_at or AFTER)
