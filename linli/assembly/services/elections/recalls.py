"""A member whose removal owners vote on: put to them, told to him, heard before, and done as they decided (domain §3.12)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.notices.services import To, queue
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ...models import Formation, Item, Recall, Seat, Session
from ...queries import offices
from ...queries.counting import decided
from ...rules.elections import office as rules
from ...rules.elections.office import Left
from ...rules.elections.states import Act
from ...rules.sessions import ANNOUNCED, State
from .base import SUBJECT, Step, ask_at, begin, finish, in_chinese
from .vacancies import end_seat, seat_back

GROUND_MOST = 200
WORDS_MOST = 1000
HOW_MOST = 200


@transaction.atomic
def put_recall(
    *, by: Actor, formation: Formation, seat: Seat, item: Item | None, ground: str, at: datetime, once: UUID | None = None
) -> Recall:  # fmt: skip
    """The item of a session by which owners vote on removing a member (matter 3), while its agenda is still made: once, and by
    another than he. Raises Refused."""
    step = begin(formation, by=by, act=Act.RECALL, at=at, once=once)
    if item is None or item.matter_no != 3 or item.seats:
        raise Refused(Refusal("item", "选会议上“更换成员”的那一项"), "item")
    _ask_presses(step, item.session)
    first = Recall.objects.filter(compound_id=step.formation.compound_id, item=item).first()
    if step.done_before and first and first.seat_id == seat.pk:
        return first
    himself = by.account_id is not None and by.account_id == offices.account_of_seat(seat)
    ask_at(rules.may_put(drafting=item.session.state == State.DRAFTING, taken=first is not None, himself=himself))
    made = Recall(
        id=uuid7(), compound_id=step.formation.compound_id, formation=step.formation, seat=seat, item=item,
        ground=written(ground, "ground", GROUND_MOST), put_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    _tell(
        step,
        made,
        "put",
        "有人提议罢免您",
        f"理由：{made.ground}。{item.session.title}表决，投票开始前您都可以写申辩。",
    )
    finish(step, words=made.ground, data={"seat": str(seat.pk)})
    return made


def _ask_presses(step: Step, session: Session) -> None:
    ask(rules.may_press(presses=offices.presses(session, step.by)))


@transaction.atomic
def hear(
    *, by: Actor, formation: Formation, recall: Recall, spoke: bool, words: str, at: datetime, once: UUID | None = None
) -> Recall:  # fmt: skip
    """Somebody else writes down what he said for himself, or how he was told that he may. Raises Refused."""
    step = begin(formation, by=by, act=Act.HEAR, at=at, once=once)
    fresh = _fresh(step, recall)
    if step.done_before:
        return fresh
    _ask_presses(step, fresh.item.session)
    ask(rules.may_hear(opened=offices.opened(fresh), heard=fresh.heard_at is not None, himself=_his(fresh, by)))
    if spoke:
        fresh.heard_at, fresh.spoke, fresh.defence = at, True, written(words, "words", WORDS_MOST)
        _tell(step, fresh, "heard", "记下了您的申辩", "您自己也可以再写一份，投票开始前都行。")
    else:
        fresh.asked_at, fresh.asked_how = at, written(words, "words", HOW_MOST)
        _tell(
            step,
            fresh,
            f"asked{at:%m%d%H%M}",
            "记下了：告诉过您可以申辩",
            f"{fresh.asked_how}。没有这回事，请告诉街道。",
        )
    fresh.save(update_fields=["heard_at", "spoke", "defence", "asked_at", "asked_how"])
    finish(step, data={"recall": str(fresh.pk), "spoke": spoke})
    return fresh


@transaction.atomic
def speak(
    *, by: Actor, formation: Formation, recall: Recall, spoke: bool, words: str = "", at: datetime, once: UUID | None = None
) -> Recall:  # fmt: skip
    """He himself, until the vote opens; that he will not speak nobody says but he. Raises Refused."""
    step = begin(formation, by=by, act=Act.SPEAK, at=at, once=once, recall=recall)
    fresh = _fresh(step, recall)
    if step.done_before:
        return fresh
    ask(rules.may_speak(opened=offices.opened(fresh), spoke=fresh.own_at is not None))
    if spoke:
        fresh.own_at, fresh.own_words = at, written(words, "words", WORDS_MOST)
    fresh.heard_at, fresh.spoke = fresh.heard_at or at, spoke or bool(fresh.defence)
    fresh.save(update_fields=["heard_at", "spoke", "own_at", "own_words"])
    finish(step, data={"recall": str(fresh.pk), "spoke": spoke})
    return fresh


@transaction.atomic
def decide_recall(*, by: Actor, formation: Formation, recall: Recall, at: datetime, once: UUID | None = None) -> Recall:
    """What the vote gave: he goes and the first alternate moves up, or he stays; once more where a recount found the other way.
    Raises Refused."""
    step = begin(formation, by=by, act=Act.DECIDE, at=at, once=once)
    fresh = _fresh(step, recall)
    again = offices.reverses(fresh)
    if step.done_before or (fresh.decided_at and not again):
        return fresh
    _ask_presses(step, fresh.item.session)
    outcome = decided(fresh.item)
    passed = outcome.result == "passed" if outcome else None
    heard = fresh.heard_at is not None or fresh.asked_at is not None
    announced = fresh.item.session.state in ANNOUNCED
    ask(rules.may_decide(heard=heard, announced=announced, passed=passed, himself=_his(fresh, by)))
    fresh.decided_at, fresh.removed = at, bool(passed)
    fresh.save(update_fields=["decided_at", "removed"])
    said = "表决通过，您不再担任委员" if passed else "表决没有通过，您继续任职"
    title = "重新计票，罢免的结果变了" if again else "罢免的表决有结果了"
    _tell(step, fresh, f"decided{at:%Y%m%d%H%M}", title, f"{said}。")
    if passed:
        end_seat(step, offices.seat_of(fresh) or fresh.seat, Left.REMOVED, fresh.ground)
    elif again:
        seat_back(step, fresh.seat)
    else:
        finish(step, data={"recall": str(fresh.pk), "removed": False})
    return fresh


def _fresh(step: Step, recall: Recall) -> Recall:
    rows = Recall.objects.select_related("formation", "item__session", "seat__nominee")
    return rows.get(compound_id=step.formation.compound_id, formation=step.formation, pk=recall.pk)


def _his(recall: Recall, by: Actor) -> bool:
    return by.account_id is not None and by.account_id == offices.account_of_seat(recall.seat)


def _tell(step: Step, recall: Recall, key: str, title: str, body: str) -> None:
    """The member himself, at each step."""
    made, account = step.formation, offices.account_of_seat(recall.seat)
    with in_chinese():
        queue(
            compound_id=made.compound_id, to=[To(account_id=account)] if account else [], kind="recall", title=title, body=body[:400],
            subject_kind=SUBJECT, subject_id=made.pk, number=made.number, key=f"recall:{recall.pk}:{key}", at=step.at,
        )  # fmt: skip
