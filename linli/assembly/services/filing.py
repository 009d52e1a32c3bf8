"""After the result: what goes to the subdistrict, and the archive."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor

from ..models import Item, Objection, Session
from ..rules.dates import FILING_ARTICLE
from ..rules.filing import ELECTION_PAPERS, PAPERS
from ..rules.sessions import Act
from .base import begin, finish


@transaction.atomic
def file(*, by: Actor, session: Session, papers: Collection[str], words: str, at: datetime, once: UUID | None = None) -> Session:  # fmt: skip
    """Handed in at the subdistrict with all the law asks for; `words`: the number of its receipt. Raises Refused."""
    step = begin(session, by=by, act=Act.FILE, at=at, once=once)
    if step.done_before:
        return step.session
    if left := [key for key in wanted(step.session) if key not in papers]:
        raise Refused(Refusal("papers", "还差 %(n)s 份材料", FILING_ARTICLE, {"n": len(left)}), "papers")
    waiting = Objection.objects.filter(
        compound_id=session.compound_id, session=session, about="result", answered_at=None
    )
    if waiting.exists():
        raise Refused(Refusal("open_result_objections", "对结果的异议要先答复", FILING_ARTICLE))
    step.session.filed_at = at
    finish(step, words=words.strip()[:200], data={"papers": sorted(papers)})
    return step.session


def wanted(session: Session) -> tuple[str, ...]:
    elects = Item.objects.filter(compound_id=session.compound_id, session=session).exclude(form="approve").exists()
    return (*PAPERS, *ELECTION_PAPERS) if elects else tuple(PAPERS)


@transaction.atomic
def archive(*, by: Actor, session: Session, place: str, at: datetime, once: UUID | None = None) -> Session:
    """Papers and boxes are put away; nothing of the session changes any more. Raises Refused."""
    step = begin(session, by=by, act=Act.ARCHIVE, at=at, once=once)
    if not step.done_before:
        if not place.strip():
            raise Refused(Refusal("where", "写上票和材料放在哪里"), "place")
        step.session.archived_at = at
        finish(step, words=place.strip()[:200])
    return step.session
