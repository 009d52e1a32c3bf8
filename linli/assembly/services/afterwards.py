"""The clock goes on after the vote: who must announce, file or put away is reminded, and whoever is above is told when it is late."""

from datetime import datetime

from django.utils.translation import gettext as _

from linli.notices.services import To, queue
from linli.people.access import posted
from linli.people.rules import COMMUNITY
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.moments import whole

from ..models import Session
from ..queries.officers import accounts_of
from ..queries.session_steps import elects_committee
from ..rules import afterwards as rules
from ..rules.dates import filing_article, local
from ..rules.sessions import State
from .base import KIND, SUBJECT
from .drafting import profile

REMINDED, OVERDUE = "session_remind", "session_overdue"


def clock_of(session: Session) -> rules.Clock | None:
    compound = Compound.objects.select_related("community").get(pk=session.compound_id)
    return rules.clock(
        session.state, counted_at=session.counted_at, announced_at=session.announced_at, filed_at=session.filed_at, profile=profile(session),
        calendar=calendar(compound),
    )  # fmt: skip


def set_clock(session: Session, at: datetime) -> None:
    """Whenever the state has changed; the caller saves."""
    found = clock_of(session)
    session.due_at = found.next(at) if found else None


def _article(session: Session) -> str:
    if session.state == State.ANNOUNCED:
        return filing_article(elects=elects_committee(session))
    return rules.ARTICLES[session.state]


def ring(session: Session, at: datetime) -> str:
    """What was told, as the story names it; empty where nothing waits. The caller saves."""
    found = clock_of(session)
    session.due_at = found.next(at) if found else None
    if found is None:
        return ""
    late = found.is_late(at)
    compound = Compound.objects.select_related("community").get(pk=session.compound_id)
    accounts = set(accounts_of(session, ("chair",))) | (set(posted(COMMUNITY, compound, local(at))) if late else set())
    words = rules.LATE if late else rules.WAITS
    body = _("%(title)s：最晚 %(day)s（%(article)s）。") % {
        "title": session.title, "day": whole(found.by), "article": _(_article(session)),
    }  # fmt: skip
    queue(
        compound_id=session.compound_id, to=[To(account_id=pk) for pk in sorted(accounts)], kind=KIND, title=_(words[session.state]), body=body,
        subject_kind=SUBJECT, subject_id=session.pk, number=session.number, at=at,
        key=f"session:{session.pk}:{'late' if late else 'wait'}:{session.state}:{found.by:%Y%m%d}",
    )  # fmt: skip
    return OVERDUE if late else REMINDED
