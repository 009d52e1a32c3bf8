"""Candidates of an election item: recommended like everybody who is to sit somewhere, and put on the ballot by the list."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import Actor
from linli.plumbing.moments import whole
from linli.plumbing.tenancy import uuid7

from ...models import Candidate, Formation, Item, Nominee, Session
from ...queries import elections as queries
from ...queries import offices
from ...queries.held import in_term
from ...rules.elections.candidates import (
    ELECTION_FORMS,
    latest_list,
    may_list_candidates,
    may_recruit,
    right_seats,
    votes_on,
)
from ...rules.elections.states import Kind
from ...rules.sessions import State as SessionState
from ..telling import people_of, tell_owners
from .base import Step, ask_at, in_chinese, post
from .steps import CONTACT_MOST, announced

TOLD_MOST = 400


def announce_candidates(
    *, by: Actor, item: Item, households: int | None = None, until: date, contact: str, fills: str = "term", at: datetime,
    once: UUID | None = None,
) -> Formation:  # fmt: skip
    """Whoever convenes the session asks for candidates; the notice goes out with it. Raises Refused."""
    session = Session.objects.select_related("compound", "body").get(compound_id=item.compound_id, pk=item.session_id)
    convenes = may(by.role, Right.CREATE_ASSEMBLY_SESSION) and by.body_id == session.body_id
    if by.compound_id != item.compound_id or not convenes:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if once and (first := Formation.objects.filter(compound_id=item.compound_id, once=once).first()):
        return first
    if Formation.objects.filter(compound_id=item.compound_id, item=item).exists():
        raise Refused(Refusal("running", "这一项已经在征集候选人了"))
    rules = profile(session.profile)
    no = may_recruit(
        election=item.form in ELECTION_FORMS and bool(item.seats), drafting=session.state == SessionState.DRAFTING, until=until,
        today=timezone.localdate(at), days=rules.values["pmc_recommend_days"],
    )  # fmt: skip
    ask_at(no)
    seats = item.seats or 0
    after = offices.unfilled(item.compound_id)
    homes, area = queries.homes_and_area(item.compound_id)
    ask_at(
        right_seats(
            profile=rules,
            fills=fills,
            seats=seats,
            homes=homes,
            area=area,
            empty=offices.empty_seats(item.compound_id),
            rest=after.seats - len(offices.kept(after)) if after else 0,
        )
    )
    made = Formation(
        id=uuid7(), compound=session.compound, number=0, once=once, kind=Kind.COMMITTEE,
        title=f"{session.compound.name}业主委员会", body=session.body, item=item, profile=session.profile, seats=seats,
        owner_seats=seats, most=seats, households=households or rules.values["joint_recommendation_households"],
        contact=written(contact, "contact", CONTACT_MOST), recommend_until=until, announced_at=at, fills="vacancy" if fills == "vacancy" else "term",
        after=after if fills == "rest" else None,
    )  # fmt: skip
    with in_chinese():
        words = call_words(made)
    return announced(by, made, at, once, f"关于推荐{in_term(made)}候选人的公告", words)


def call_words(made: Formation) -> str:
    return (
        f"{made.compound.name}全体业主：\n"
        f"一、业主大会将选举{in_term(made)}委员 {made.seats} 人，现在征集候选人。\n"
        f"二、业主可以自荐，也可以由 {made.households} 户以上联名推荐；社区党组织、居委会也可以推荐。被推荐人要书面同意并承诺。\n"
        f"三、推荐到 {whole(made.recommend_until)} 为止。一户可以联名推荐几个人，不超过 {made.seats} 人。\n"
        f"四、联系：{made.contact}。"
    )


def ask_list(step: Step, *, fit: int, unchecked: int) -> None:
    """The agenda is locked with the notice, and the list stands its days before the vote."""
    made = step.formation
    session = session_of(made)
    rules = queries.rules_of(made)
    latest = None
    if session.opens_at:
        latest = latest_list(timezone.localdate(session.opens_at), rules.values["candidate_notice_days"])
    no = may_list_candidates(
        drafting=session.state == SessionState.DRAFTING, fit=fit, unchecked=unchecked, until=made.recommend_until, today=step.today,
        latest=latest, cite=rules.cite("candidate_notice_days"),
    )  # fmt: skip
    ask(no)


def session_of(made: Formation) -> Session:
    return Session.objects.get(compound_id=made.compound_id, item__pk=made.item_id)


def put_on_ballot(made: Formation, rows: list[Nominee]) -> None:
    """In the order of the list. A changed list before the notice makes the ballot anew."""
    assert made.item_id
    Candidate.objects.filter(compound_id=made.compound_id, item_id=made.item_id).delete()
    Candidate.objects.bulk_create(
        Candidate(
            id=uuid7(), compound_id=made.compound_id, item_id=made.item_id, place=row.place or 0, code=code(row.place or 0),
            name=row.name, person=row.person, about=row.why, home_label=row.home_label,
        )
        for row in rows
    )  # fmt: skip


def code(place: int) -> str:
    return f"c{place:02}"


def leave_ballot(step: Step, nominee: Nominee) -> None:
    """Who leaves after the notice stays on it, and is said to have left; whoever voted is told. A ballot that is closed is counted as
    it was: where he is elected, the next in rank is seated."""
    made, session = step.formation, session_of(step.formation)
    runs = votes_on(session.state, session.closes_at, step.at)
    if runs:
        Candidate.objects.filter(
            compound_id=made.compound_id, item_id=made.item_id, person_id=nominee.person_id, withdrawn_at=None
        ).update(withdrawn_at=step.at)
    if session.state == SessionState.DRAFTING:
        return
    with in_chinese():
        words = changed_words(made, nominee, runs)
        post(step, "public_notice", f"{in_term(made)}候选人名单变更", words)
        tell_owners(
            session,
            people_of(session),
            key=f"left:{nominee.pk}",
            at=step.at,
            title="候选人有变化",
            body=words[:TOLD_MOST],
        )


def changed_words(made: Formation, gone: Nominee, runs: bool) -> str:
    names = "、".join(row.name for row in queries.listed(made))
    given = "投给他的不计，对其他候选人的选择不变" if runs else "票照原样计，他当选的，由后面的按名次递补"
    return f"{gone.name}退出{in_term(made)}候选人：{gone.dropped_why}。现在的候选人：{names}。已经投的票不用重投：{given}。"
