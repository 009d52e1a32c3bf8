"""After the result: what goes to the subdistrict, and the archive."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor

from ..models import Objection, Session
from ..queries.filing import checked
from ..rules.dates import FILING_ARTICLE
from ..rules.sessions import Act
from .afterwards import set_clock
from .base import begin, finish


@transaction.atomic
def file(*, by: Actor, session: Session, papers: Collection[str], words: str, at: datetime, once: UUID | None = None) -> Session:  # fmt: skip
    """Handed in at the subdistrict with all the law asks for; `words`: the number of its receipt. Raises Refused."""
    step = begin(session, by=by, act=Act.FILE, at=at, once=once)
    if step.done_before:
        return step.session
    if left := [one.name for one in checked(step.session) if not (one.here or (one.outside and one.key in papers))]:
        raise Refused(
            Refusal("papers", "还缺：%(names)s", FILING_ARTICLE, {"names": "、".join(_(name) for name in left)}),
            "papers",
        )
    waiting = Objection.objects.filter(
        compound_id=session.compound_id, session=session, about="result", answered_at=None
    )
    if waiting.exists():
        raise Refused(Refusal("open_result_objections", "对结果的异议要先答复", FILING_ARTICLE))
    step.session.filed_at = at
    set_clock(step.session, at)
    finish(step, words=words.strip()[:200], data={"papers": sorted(papers)})
    return step.session


@transaction.atomic
def archive(*, by: Actor, session: Session, place: str, at: datetime, once: UUID | None = None) -> Session:
    """Papers and boxes are put away; nothing of the session changes any more. Raises Refused."""
    step = begin(session, by=by, act=Act.ARCHIVE, at=at, once=once)
    if not step.done_before:
        if not place.strip():
            raise Refused(Refusal("where", "写上票和材料放在哪里"), "place")
        step.session.archived_at = at
        set_clock(step.session, at)
        finish(step, words=place.strip()[:200])
    return step.session
