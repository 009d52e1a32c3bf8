"""Three calls about one thing in thirty days are not three repairs: a council should speak of it (domain §4.7)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import CLOCK, Actor, record
from linli.plumbing.whole import one_act

from ..models import HotlineOrder, Matter, ProposedTopic
from ..rules import hotline as rules

SUBJECT = "proposed_topic"


def propose(matter: Matter, at: datetime, heard: Collection[UUID] = ()) -> ProposedTopic | None:
    """Once for a subject while it stands; dropped ones come back only when as many have called since. `heard`: orders about
    the same that were done before, in matters of their own. In the caller's transaction."""
    rows = HotlineOrder.objects.filter(Q(matter=matter) | Q(pk__in=heard), compound_id=matter.compound_id)
    of, received = {matter.pk}, []
    for pk, when in rows.values_list("matter_id", "received_at"):
        of.add(pk)
        received.append(when)
    standing = ProposedTopic.objects.filter(compound_id=matter.compound_id, matter_id__in=of)
    dropped = standing.exclude(state="proposed").order_by("-ended_at").first()
    if dropped and dropped.ended_at:
        received = [when for when in received if when > dropped.ended_at]
    if not rules.is_topic(received, matter.category):
        return None
    seen = {"orders": len(received), "first_at": min(received), "last_at": max(received)}
    topic = standing.filter(state="proposed").first()
    if topic:
        ProposedTopic.objects.filter(compound_id=matter.compound_id, pk=topic.pk).update(**seen)
        return topic
    topic = ProposedTopic(
        compound_id=matter.compound_id, matter=matter, title=matter.public_title, proposed_at=at, **seen
    )
    topic.save(force_insert=True)
    record(
        by=CLOCK, act="propose_topic", subject_kind=SUBJECT, subject_id=topic.pk, at=at, compound_id=matter.compound_id
    )
    return topic


@one_act()
def drop_topic(*, by: Actor, topic: ProposedTopic, reason: str, at: datetime) -> ProposedTopic:
    """No topic, says the desk, and why. Raises Refused."""
    if by.compound_id != topic.compound_id or not may(by.role, Right.MIND_HOTLINE):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if not reason.strip():
        raise Refused(Refusal("missing_reason", "请写清原因"), field="reason")
    topic = _locked(topic)
    return topic if topic.state != "proposed" else _end(by, topic, "dropped", reason, at)


@one_act()
def take_up_topic(*, by: Actor, topic: ProposedTopic, where: str, at: datetime) -> ProposedTopic:
    """A meeting speaks of it; `where`: which one. Raises Refused."""
    if by.compound_id != topic.compound_id or not may(by.role, Right.RECORD_TALK):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    topic = _locked(topic)
    if topic.state != "proposed":
        raise Refused(Refusal("topic_ended", "这个议题已经有着落了"))
    return _end(by, topic, "taken", where, at)


def _locked(topic: ProposedTopic) -> ProposedTopic:
    return ProposedTopic.objects.select_for_update().get(compound_id=topic.compound_id, pk=topic.pk)


def _end(by: Actor, topic: ProposedTopic, state: str, reason: str, at: datetime) -> ProposedTopic:
    topic.state, topic.ended_at, topic.reason = state, at, reason.strip()[:200]
    topic.save(update_fields=["state", "ended_at", "reason"])
    act = {"dropped": "drop_topic", "taken": "take_up_topic"}[state]
    record(
        by=by, act=act, subject_kind=SUBJECT, subject_id=topic.pk, at=at, compound_id=topic.compound_id, words=topic.reason
    )  # fmt: skip
    return topic
