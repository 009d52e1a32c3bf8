"""What becomes of the three sheets of the key: handed over, lost and found, each a recorded act. What is on them nobody writes down."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.notices.services import To, queue
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..access import parts_in
from ..models import Officer, Session, SheetUse
from ..queries import sheets as queries
from ..queries.officers import accounts_of
from ..rules import sheets as rules
from ..rules.sessions import Act, Office
from .base import KIND, SUBJECT, Step, begin, finish, together
from .telling import people_of, tell_owners

KEEPS = frozenset(rules.KEEPERS)


@one_act()
def hand(
    *, session: Session, by: Actor, place: int, officer: UUID, at: datetime, once: UUID | None = None
) -> SheetUse | None:
    """To an officer of this session, who keeps no other. Raises Refused."""
    step = begin(session, by=by, act=Act.HAND_SHEET, at=at, once=once)
    if step.done_before:
        return None
    sheet, keeper = _sheet(step.session, place), _keeper(step.session, officer)
    if (keeper.account_id or keeper.name) in _keepers(step.session, place):
        ask(Refusal("keeps_another", "这一位已经保管一张了，三张要由三个人保管", rules.ARTICLE), "officer")
    made = _note(step, sheet, rules.HANDED, office=keeper.office, account=keeper.account_id, name=keeper.name)
    finish(step, data={"sheet": place, "to": keeper.office, "by": made.by_office})
    return made


@one_act()
def lose(*, session: Session, by: Actor, place: int, words: str, at: datetime, once: UUID | None = None) -> SheetUse | None:  # fmt: skip
    """Once; chair, tellers and scrutineers are told how many are left and what to do. Raises Refused."""
    step = begin(session, by=by, act=Act.LOSE_SHEET, at=at, once=once)
    if step.done_before:
        return None
    sheet, words = _sheet(step.session, place), written(words, "words", 200)
    made = _note(
        step, sheet, rules.LOST, office=sheet.office, account=sheet.account, name=sheet.keeper, words=words, turn=sheet.turn + 1
    )  # fmt: skip
    gone = queries.lost(step.session)
    title = _("密钥纸丢了一张") if len(gone) == 1 else _("密钥纸丢了两张")
    _tell(step, made, title, _(rules.warning(step.session.state, gone)))
    finish(step, words=words, data={"sheet": place, "left": rules.left(gone)})
    return made


@one_act()
def find(*, session: Session, by: Actor, place: int, words: str, at: datetime, once: UUID | None = None) -> SheetUse | None:  # fmt: skip
    """A lost one lies before chair and scrutineer; until both have said so None. Its loss stays written. Raises Refused."""
    step = begin(session, by=by, act=Act.FIND_SHEET, at=at, once=once)
    if step.done_before:
        return None
    sheet, words, made = _sheet(step.session, place, lost=True), written(words, "words", 200), None
    if sheet.since and (sheet.account or sheet.keeper) in _keepers(step.session, place):
        raise Refused(Refusal("keeps_another", "原来的保管人后来又保管了一张，先把那一张转交给别人", rules.ARTICLE))
    if together(step, turn=rules.finding(place, sheet.turn)):
        made = _note(
            step, sheet, rules.FOUND, office=sheet.office, account=sheet.account, name=sheet.keeper, words=words, turn=sheet.turn
        )  # fmt: skip
        gone = queries.lost(step.session)
        left = _("第 %(place)s 张找到了，主持人和监票人都看过。现在有 %(left)s 张。") % {
            "place": place,
            "left": rules.left(gone),
        }
        _tell(step, made, _("密钥纸找到了一张"), left)
    finish(step, words=words, data={"sheet": place, "half": made is None})
    return made


@one_act()
def give_up(*, by: Actor, session: Session, reason: str, at: datetime, once: UUID | None = None) -> Session:
    """Two sheets are gone for good, and with them what is in the box: chair and scrutineer end the vote, and every owner is told
    why. Raises Refused."""
    step = begin(session, by=by, act=Act.GIVE_UP, at=at, once=once)
    if step.done_before:
        return step.session
    session = step.session
    ask(rules.refuse_give_up(queries.lost(session)))
    reason = written(reason, "reason", 200)
    if not together(step, turn=queries.found_again(session) + 1):
        finish(step, words=reason, data={"half": True})
        return session
    session.cancelled_at, session.reason, session.due_at = at, reason, None
    body = _("%(title)s：%(why)s。投的票谁也打不开，要重新公告、重新投票。") % {"title": session.title, "why": reason}
    tell_owners(session, people_of(session), key="give_up", at=at, title=_("这次投票作废了"), body=body)
    finish(step, words=reason)
    return session


def _sheet(session: Session, place: int, *, lost: bool = False) -> queries.Sheet:
    found = next((sheet for sheet in queries.sheets(session) if sheet.place == place), None)
    if found is None:
        raise Refused(Refusal("no_keys", "名册锁定的时候才做密钥"))
    if found.lost and not lost:
        raise Refused(Refusal("lost_before", "这一张已经登记丢了", rules.ARTICLE))
    if lost and not found.lost:
        raise Refused(Refusal("not_lost", "这一张没有登记丢失", rules.ARTICLE))
    return found


def _keepers(session: Session, place: int) -> set[UUID | str]:
    """Of the other sheets."""
    return {s.account or s.keeper for s in queries.sheets(session) if s.place != place and s.since and not s.lost}


def _keeper(session: Session, officer: UUID) -> Officer:
    rows = Officer.objects.filter(compound_id=session.compound_id, session=session, left_at=None, office__in=KEEPS)
    found = rows.filter(pk=officer).first()
    if found is None:
        raise Refused(Refusal("no_keeper", "交给主持人、计票人或者监票人", rules.ARTICLE), "officer")
    return found


def _note(
    step: Step,
    sheet: queries.Sheet,
    act: str,
    *,
    office: str,
    account: UUID | None,
    name: str,
    words: str = "",
    turn: int = 1,
) -> SheetUse:
    made = SheetUse(
        id=uuid7(), compound_id=step.session.compound_id, session=step.session, place=sheet.place, act=act, office=office, account_id=account,
        digest=step.session.sheets[sheet.place - 1], name=name, by_office=_office(step), by_account_id=step.by.account_id, words=words, turn=turn,
        at=step.at,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def _office(step: Step) -> str:
    parts = {str(part) for part in parts_in(step.session, step.by)}
    return next(
        (office.value for office in (Office.CHAIR, Office.SCRUTINEER, Office.TELLER) if office.value in parts), ""
    )


def _tell(step: Step, use: SheetUse, title: str, what: str) -> None:
    session = step.session
    to = [To(account_id=pk) for pk in accounts_of(session, [office.value for office in rules.KEEPERS])]
    queue(
        compound_id=session.compound_id, to=to, kind=KIND, title=title, body=_("%(title)s：%(what)s") % {"title": session.title, "what": what},
        subject_kind=SUBJECT, subject_id=session.pk, number=session.number, key=f"session:{session.pk}:sheet:{use.pk}", at=step.at,
    )  # fmt: skip
