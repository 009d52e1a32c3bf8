"""A recount elects others than those who took office: they are seated instead, and until then whoever is above knows of it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused, ask
from linli.notices.services import To, queue
from linli.plumbing.acts import Actor

from ...models import Formation, Recall, Session
from ...queries import offices, renewals
from ...rules.elections.office import RESEATED, may_press
from ...rules.elections.states import IN_OFFICE, Act
from .base import SUBJECT, begin, in_chinese
from .candidates import session_of
from .ending import let_go
from .office import into_office, result_that_stands


@transaction.atomic
def seat_again(*, by: Actor, formation: Formation, at: datetime, once: UUID | None = None) -> Formation:
    """By who convened the session, or the subdistrict where they do not: who sat by the first count has sat, who is elected by the last
    sits from today to the end of the term. Raises Refused before the objection window is over."""
    step = begin(formation, by=by, act=Act.SEAT_AGAIN, at=at, once=once)
    if step.done_before:
        return step.formation
    made = step.formation
    ask(may_press(presses=offices.presses(session_of(made), by)))
    if not offices.reseats(made):
        raise Refused(Refusal("same", "没有重新计票，或者当选的人没有变"))
    found, last_day = result_that_stands(step), step.today - timedelta(days=1)
    for seat in offices.holding(made):
        let_go(step, seat, last_day, RESEATED)
        seat.to_day, seat.ended_why = last_day, RESEATED
        seat.save(update_fields=["to_day", "ended_why"])
    return into_office(step, found, again=True)


def tell_reseating(session: Session, at: datetime) -> None:
    """The result was announced again: where others are to sit by it, the subdistrict and who sits are told, and nothing is spent before."""
    rows = Formation.objects.select_related("compound__community", "item__session").filter(
        compound_id=session.compound_id, item__session=session
    )
    for made in rows:
        if offices.reseats(made):
            _tell(made, made.pk, "当选的人变了", "结果的异议期过了，要让新当选的人任职。在这以前委员会不花钱。", at)
    put = Recall.objects.select_related("formation__compound__community", "seat", "item__session").filter(
        compound_id=session.compound_id, item__session=session, formation__state__in=IN_OFFICE
    )
    for recall in put:
        if offices.reverses(recall):
            himself = offices.account_of_seat(recall.seat)
            words = f"罢免{recall.seat.name}的结果变了"
            _tell(recall.formation, recall.pk, words, "要按新的表决结果办。在这以前委员会不花钱。", at, himself)


def _tell(made: Formation, about: UUID, title: str, body: str, at: datetime, himself: UUID | None = None) -> None:
    today = timezone.localdate(at)
    told = dict.fromkeys([*renewals.who_orders(made, today), *offices.who_renews(made, today), himself])
    with in_chinese():
        queue(
            compound_id=made.compound_id, to=[To(account_id=pk) for pk in told if pk], kind="reseating",
            title=f"{made.title}重新计票，{title}", body=body, subject_kind=SUBJECT, subject_id=made.pk, number=made.number,
            key=f"reseating:{about}:{at:%Y%m%d%H%M}", at=at,
        )  # fmt: skip
