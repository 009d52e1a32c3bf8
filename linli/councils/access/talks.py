"""Who has which part in a talk, and the only getters that take its number from outside."""

from uuid import UUID

from linli.matters.models import ProposedTopic
from linli.people.rules import COMMUNITY, may
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import Point, Talk
from ..queries.talks import carried, topics
from ..rules.talks import Who


def parts_in(talk: Talk, by: Actor) -> frozenset[Who]:
    if by.compound_id != talk.compound_id:
        return frozenset()
    found = set()
    if may(by.role, Right.CALL_MEETING) and by.body_id == talk.body_id:
        found.add(Who.CALLER)
    # Who spoke stays with those who called, and the community that sits with them.
    if may(by.role, Right.RECORD_TALK) and (by.body_id == talk.body_id or by.role in COMMUNITY):
        found.add(Who.RECORDER)
    return frozenset(found)


def talk_for(*, compound: Compound, number: int, by: Actor) -> Talk | None:
    """Everybody of the compound reads of its talks; what was said, once it is published."""
    if by.compound_id != compound.pk:
        return None
    return Talk.objects.select_related("body").filter(compound_id=compound.pk, number=number).first()


def point_for(*, talk: Talk, pk: UUID) -> Point | None:
    """Of a talk that `talk_for` gave, or open since an earlier one."""
    rows = Point.objects.select_related("talk", "matter__merged_into").filter(compound_id=talk.compound_id, pk=pk)
    point = rows.first()
    if point is None or point.talk_id == talk.pk:
        return point
    return next((row for row in carried(talk) if row.pk == pk), None)


def topic_for(*, compound: Compound, pk: UUID, taken: bool = False) -> ProposedTopic | None:
    """What may be taken up; `taken`: also what was, so that saying it twice finds it."""
    if taken:
        return ProposedTopic.objects.select_related("matter").filter(compound_id=compound.pk, pk=pk).first()
    return next((topic for topic in topics(compound) if topic.pk == pk), None)
