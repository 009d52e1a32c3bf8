"""The two files of a counted session, made when the result is announced, and who asked for the one that names choices."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from linli.kernel import bulletins
from linli.kernel.refusal import Refusal, ask
from linli.kernel.tally.count import Count
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Bulletin, Item, Outcome, Session
from ..queries import bulletins as queries
from ..queries import cases
from ..queries.counting import items_of
from ..rules.sessions import Act
from . import heads, log
from .base import Step, begin, finish

PUBLIC, INSPECTION = "public", "inspection"


def publish(step: Step, outcomes: Mapping[UUID, Outcome]) -> None:
    """Raises Refused where counting again gives anything else than what was signed."""
    session, box = step.session, cases.box(step.session)
    counts = {item: cases.counted(item, box) for item in items_of(session)}
    _as_signed(counts, outcomes)
    turn = max((one.turn for one in outcomes.values()), default=1)
    _last_head(step, turn)
    vote = queries.vote_of(box, counts)
    for kind in (PUBLIC, INSPECTION):
        data = bulletins.packed(bulletins.bulletin(vote, inspection=kind == INSPECTION))
        Bulletin.objects.create(
            id=uuid7(), compound_id=session.compound_id, session=session, turn=turn, kind=kind, digest=sha256(data).hexdigest(),
            file=vault.keep_sealed(session.compound_id, data), at=step.at,
        )  # fmt: skip


def _as_signed(counts: Mapping[Item, Count], outcomes: Mapping[UUID, Outcome]) -> None:
    for item, count in counts.items():
        signed = outcomes.get(item.pk)
        if signed is None or signed.found != count.as_dict():
            ask(
                Refusal(
                    "changed_since", "第 %(n)s 项现在算出来的和签字的不一样，有人改过，先查清楚", "民法典第二百七十八条", {"n": item.place}
                )
            )  # fmt: skip


def _last_head(step: Step, turn: int) -> None:
    """Covers every entry of the count."""
    heads.publish(step.session, log.locked(step.session), f"count{turn}", step.at)


def inspect(*, session: Session, by: Actor, words: str, at: datetime, once: UUID | None = None) -> bytes:
    """The inspection bulletin says what each ballot says: whoever takes it leaves a name and a reason."""
    with transaction.atomic():
        step = begin(session, by=by, act=Act.INSPECT, at=at, once=once)
        found = queries.last(step.session, INSPECTION)
        if found is None:
            ask(Refusal("no_bulletin", "公布结果以后才有核验包", "本次会议公告的计票办法"))
            raise AssertionError
        if not step.done_before:
            finish(step, words=words, data={"digest": found.digest})
    return vault.open_sealed(found.file)
