"""After the result: what goes to the subdistrict, and the archive."""

from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.plumbing.acts import Actor, record
from linli.plumbing.tenancy import uuid7

from ..models import FilingPaper, Session
from ..queries.elections import open_result_objections
from ..queries.filing import checked, others
from ..queries.results import last_day
from ..queries.session_steps import elects_committee
from ..rules.dates import BY_RULES, filing_article, local
from ..rules.sessions import Act
from .afterwards import set_clock
from .base import SUBJECT, begin, finish
from .keeping import kept

NAME_MOST = 120


@transaction.atomic
def file(*, by: Actor, session: Session, words: str, at: datetime, once: UUID | None = None) -> Session:
    """Handed in at the subdistrict with all the law asks for; `words`: the number of its receipt. Raises Refused."""
    step = begin(session, by=by, act=Act.FILE, at=at, once=once)
    if step.done_before:
        return step.session
    ask(refuse_file(step.session, at))
    step.session.filed_at = at
    set_clock(step.session, at)
    given = {one.key: str(one.files[0].pk) for one in checked(step.session) if one.files}
    finish(step, words=words.strip()[:200], data={"papers": given})
    return step.session


def refuse_file(session: Session, at: datetime) -> Refusal | None:
    """What still stands between the result and its filing."""
    article = filing_article(elects=elects_committee(session))
    if left := [_(one.name) for one in checked(session) if not one.here]:
        return Refusal("papers", "还缺：%(names)s", article, {"names": _("、").join(left)})
    return _refuse_unanswered(session, article)


def _refuse_unanswered(session: Session, article: str) -> Refusal | None:
    open_ = open_result_objections(session)
    return Refusal("open_result_objections", "对结果的异议要先答复", article) if open_ else None


def refuse_archive(session: Session, at: datetime) -> Refusal | None:
    """While the result may be objected to, and until each objection is answered, it may still be counted again."""
    if local(at) <= (until := last_day(session)):
        return Refusal("objecting", "结果的异议期到 %(day)s 为止，过了才能归档", BY_RULES, {"day": until})
    return _refuse_unanswered(session, BY_RULES)


@transaction.atomic
def add_filing(
    *, by: Actor, session: Session, key: str, file: BinaryIO, name: str, at: datetime, once: UUID | None = None
) -> FilingPaper | None:
    """A paper made elsewhere. One that takes an earlier one's place stands beside it. Raises Refused."""
    step = begin(session, by=by, act=Act.ADD_FILING, at=at, once=once)
    if step.done_before:
        return None
    if key not in {one.key for one in (*checked(step.session), *others(step.session)) if one.outside}:
        raise Refused(Refusal("made_here", "这一份由系统出，不用上传"))
    paper = FilingPaper(
        id=uuid7(), compound_id=session.compound_id, session=step.session, key=key, name=written(name, "name", NAME_MOST), at=at,
        account_id=by.account_id, **kept(session.compound_id, file),
    )  # fmt: skip
    paper.save(force_insert=True)
    finish(step, words=paper.name, data={"key": key}, internal=True)
    return paper


def shown_filing(*, by: Actor, paper: FilingPaper, at: datetime) -> None:
    """Names and accounts may stand on it: who opened it is written down."""
    record(
        by=by, act="session_filing_shown", subject_kind=SUBJECT, subject_id=paper.session_id, at=at,
        compound_id=paper.compound_id, data={"paper": str(paper.pk)}, internal=True,
    )  # fmt: skip


@transaction.atomic
def archive(*, by: Actor, session: Session, place: str, at: datetime, once: UUID | None = None) -> Session:
    """Papers and boxes are put away; nothing of the session changes any more. Raises Refused."""
    step = begin(session, by=by, act=Act.ARCHIVE, at=at, once=once)
    if not step.done_before:
        ask(refuse_archive(step.session, at))
        if not place.strip():
            raise Refused(Refusal("where", "写上票和材料放在哪里"), "place")
        step.session.archived_at = at
        set_clock(step.session, at)
        finish(step, words=place.strip()[:200])
    return step.session
