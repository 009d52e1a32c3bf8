"""What is said at a talk, one by one: written down, answered there or handed on, followed up, and corrected once published."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.matters.models import ProposedTopic
from linli.matters.rules.publicity import is_public
from linli.matters.services import open_matter
from linli.matters.services.topics import take_up_topic
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Correction, FollowUp, Point, Talk
from ..queries.talks import carried
from ..rules.talks import NAME_MOST, REASON_MOST, WORDS_MOST, Act, may_promise, names_speaker
from .steps import Step, begin, finish

SOURCE = "council_meeting"


def _new(step: Step, **said: object) -> Point:
    talk = step.talk
    last = Point.objects.filter(compound_id=talk.compound_id, talk=talk).aggregate(Max("place"))["place__max"]
    point = Point(id=uuid7(), compound_id=talk.compound_id, talk=talk, place=(last or 0) + 1, said_at=step.at, **said)
    point.save(force_insert=True)
    finish(step, data={"place": point.place})
    return point


def _locked(point: Point, talk: Talk) -> Point:
    """As it stands under the talk's lock."""
    return Point.objects.get(compound_id=talk.compound_id, talk=talk, pk=point.pk)


def _open(point: Point, talk: Talk) -> Point:
    fresh = _locked(point, talk)
    if fresh.matter_id:
        raise Refused(Refusal("handed_on", "这一条已经转成事项了"))
    return fresh


def _first(step: Step) -> Point | None:
    """Of an `add` that comes twice, the point of then."""
    return Point.objects.filter(compound_id=step.talk.compound_id, talk=step.talk).order_by("-place").first()


@transaction.atomic
def add(
    *, by: Actor, talk: Talk, words: str, speaker: str = "", at: datetime, once: UUID | None = None
) -> Point | None:
    """`speaker` empty: said without a name. Raises Refused."""
    step = begin(talk, by=by, act=Act.ADD, at=at, once=once)
    if step.done_before:
        return _first(step)
    words, speaker = written(words, "words", WORDS_MOST), speaker.strip()[:NAME_MOST]
    ask(names_speaker(speaker, words), "words")
    return _new(step, words=words, speaker=speaker)


@transaction.atomic
def take_up(
    *, by: Actor, talk: Talk, topic: ProposedTopic, words: str = "", at: datetime, once: UUID | None = None
) -> Point | None:
    """What many called the hotline about, spoken of here: the point goes with the matter it is about. Raises Refused."""
    step = begin(talk, by=by, act=Act.TAKE_UP, at=at, once=once)
    if step.done_before:
        return _first(step)
    words = written(words or topic.title, "words", WORDS_MOST)
    again = Point.objects.filter(compound_id=step.talk.compound_id, talk=step.talk, matter_id=topic.matter_id).first()
    if again:
        return again
    if not is_public(topic.matter):
        raise Refused(Refusal("not_speakable", "这件事不能公开说"))
    take_up_topic(by=by, topic=topic, where=f"第 {step.talk.number} 次夜话", at=at)
    return _new(step, words=words, matter=topic.matter)


@transaction.atomic
def reword(
    *, by: Actor, talk: Talk, point: Point, words: str, speaker: str = "", at: datetime, once: UUID | None = None
) -> Point:
    """Before it is published. Raises Refused."""
    step = begin(talk, by=by, act=Act.REWORD, at=at, once=once)
    fresh = _locked(point, step.talk)
    if step.done_before:
        return fresh
    words, speaker = written(words, "words", WORDS_MOST), speaker.strip()[:NAME_MOST]
    ask(names_speaker(speaker, words, fresh.answer), "words")
    before, fresh.words, fresh.speaker = fresh.words, words, speaker
    fresh.save(update_fields=["words", "speaker"])
    finish(step, data={"place": fresh.place, "before": before})
    return fresh


@transaction.atomic
def answer(
    *, by: Actor, talk: Talk, point: Point, words: str, answered_by: str, due_on: date | None = None, at: datetime, once: UUID | None = None
) -> Point:  # fmt: skip
    """On the spot, by whom; with `due_on` it is a promise, open until a later talk calls it kept. Raises Refused."""
    step = begin(talk, by=by, act=Act.ANSWER, at=at, once=once)
    if step.done_before:
        return _locked(point, step.talk)
    fresh = _open(point, step.talk)
    words = written(words, "words", WORDS_MOST)
    ask(names_speaker(fresh.speaker, words), "words")
    ask(may_promise(due_on=due_on, today=timezone.localdate(at)), "due_on")
    fresh.answer, fresh.answered_by, fresh.due_on = words, written(answered_by, "answered_by", NAME_MOST), due_on
    fresh.save(update_fields=["answer", "answered_by", "due_on"])
    finish(step, data={"place": fresh.place})
    return fresh


@transaction.atomic
def hand_on(
    *, by: Actor, talk: Talk, compound: Compound, point: Point, at: datetime, once: UUID | None = None
) -> Point:
    """It becomes a matter, once; who said it is not told to anybody. Raises Refused."""
    step = begin(talk, by=by, act=Act.HAND_ON, at=at, once=once)
    if step.done_before:
        return _locked(point, step.talk)
    fresh = _open(point, step.talk)
    if fresh.answer:
        raise Refused(Refusal("answered", "这一条已经回答了"))
    fresh.matter = open_matter(
        by=by, compound=compound, words=fresh.words, source=SOURCE, source_ref=f"talk:{step.talk.number}:{fresh.place}", at=at
    )  # fmt: skip
    fresh.save(update_fields=["matter"])
    finish(step, data={"place": fresh.place, "matter": fresh.matter.number})
    return fresh


@transaction.atomic
def follow_up(
    *, by: Actor, talk: Talk, point: Point, words: str, done: bool = False, at: datetime, once: UUID | None = None
) -> FollowUp | None:  # fmt: skip
    """What this talk says of a point that an earlier one left open; once a talk. Raises Refused."""
    step = begin(talk, by=by, act=Act.FOLLOW_UP, at=at, once=once)
    said = FollowUp.objects.filter(compound_id=step.talk.compound_id, talk=step.talk, point=point).first()
    if step.done_before:
        return said
    if said:
        raise Refused(Refusal("spoken", "这一条这次说过了"))
    open_points = {row.pk: row for row in carried(step.talk)}
    if point.pk not in open_points:
        raise Refused(Refusal("not_open", "这一条没有留到这次"))
    fresh, words = open_points[point.pk], written(words, "words", WORDS_MOST)
    ask(names_speaker(fresh.speaker, words), "words")
    row = FollowUp(
        id=uuid7(), compound_id=step.talk.compound_id, point=fresh, talk=step.talk, words=words, done=done and fresh.matter_id is None, at=at
    )  # fmt: skip
    row.save(force_insert=True)
    finish(step, data={"of": fresh.talk.number, "place": fresh.place})
    return row


@transaction.atomic
def correct(
    *, by: Actor, talk: Talk, point: Point, words: str, reason: str, at: datetime, once: UUID | None = None
) -> Correction | None:
    """Beside the published point, which stays. Raises Refused."""
    step = begin(talk, by=by, act=Act.CORRECT, at=at, once=once)
    if step.done_before:
        return None
    fresh = _locked(point, step.talk)
    words, reason = written(words, "words", WORDS_MOST), written(reason, "reason", REASON_MOST)
    ask(names_speaker(fresh.speaker, words, reason), "words")
    row = Correction(id=uuid7(), compound_id=step.talk.compound_id, point=fresh, words=words, reason=reason, at=at)
    row.save(force_insert=True)
    finish(step, words=reason, data={"place": fresh.place})
    return row
