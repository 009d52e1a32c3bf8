from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal
from linli.people.access import posted
from linli.people.rules import COMMUNITY

from ..models import Assent, Officer, Replacement, Session
from ..rules.dates import local
from ..rules.officers import may_agree_replacement
from ..rules.sessions import Office, State, Who


def officers(session: Session) -> list[Officer]:
    """Those in office, in the order of the offices."""
    rows = Officer.objects.filter(compound_id=session.compound_id, session=session, left_at=None)
    order = ("chair", "scrutineer", "teller", "clerk", "carrier", "observer")
    return sorted(rows, key=lambda one: (order.index(one.office), one.pk))


def replacements(session: Session) -> list[Replacement]:
    """Since the box was opened; of one that nobody has agreed to, while the officer is still there."""
    rows = Replacement.objects.select_related("officer").filter(compound_id=session.compound_id, session=session)
    return [one for one in rows.order_by("id") if one.agreed_at or one.officer.left_at is None]


def community_agrees(session: Session, row: Replacement) -> bool:
    """Whether no scrutineer is left to agree, as each of them is to be replaced: then the community does, and the one who comes agrees to
    whatever else waits."""
    waiting = {one.officer_id for one in replacements(session) if not one.agreed_at}
    held = [one.pk for one in officers(session) if one.office == "scrutineer"]
    return row.officer.office == "scrutineer" and waiting.issuperset(held)


def refuse_agreeing(
    session: Session, row: Replacement, parts: Collection[Who], account: UUID | None, *, community: bool
) -> Refusal | None:
    """`community`: as `community_agrees` has it."""
    officer = row.officer
    return may_agree_replacement(
        state=State(session.state), office=Office(officer.office), left=officer.left_at is not None, scrutineer=Who.SCRUTINEER in parts,
        community=community, involved=account in {row.put_by, officer.account_id, row.account_id},
    )  # fmt: skip


def scrutineers_ever(session: Session) -> set[UUID | None]:
    rows = Officer.objects.filter(compound_id=session.compound_id, session=session, office="scrutineer")
    return set(rows.values_list("account_id", flat=True))


def accounts_of(session: Session, offices: Iterable[str]) -> list[UUID]:
    rows = Officer.objects.filter(
        compound_id=session.compound_id,
        session=session,
        left_at=None,
        office__in=list(offices),
        account_id__isnull=False,
    )
    return sorted({pk for pk in rows.values_list("account_id", flat=True) if pk})


def assents(session: Session) -> dict[str, dict[str, UUID]]:
    """Who has agreed, by act and office. Of those who hold it still: who left it cannot take his word back, so it lapses with the office."""
    held = {(one.office, one.account_id) for one in officers(session)}
    found: dict[str, dict[str, UUID]] = {}
    rows = Assent.objects.filter(compound_id=session.compound_id, session=session)
    for act, office, account in rows.values_list("act", "office", "account_id"):
        if (office, account) in held:
            found.setdefault(act, {})[office] = account
    return found


def observers(session: Session, at: datetime) -> set[UUID]:
    """Accounts of the community; where it has none it must be told on paper."""
    return posted(COMMUNITY, session.compound, local(at))
