"""What a committee decided to put to the owners: a session drafted with its item, to be completed and noticed."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from linli.assembly.queries.sessions import numbered_of
from linli.assembly.services.drafting import add_item, draft_session
from linli.kernel.clock import SHANGHAI
from linli.kernel.refusal import ask
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ...models import AgendaItem, Meeting
from ...rules import meetings as rules

# Time to build the register and to publish it before the notice; whoever drafts may change both.
OPENS_IN, OPEN_FOR = timedelta(days=40), timedelta(days=15)


@transaction.atomic
def put_to_owners(
    *, by: Actor, compound: Compound, meeting: Meeting, item: AgendaItem, matter_no: int, at: datetime
) -> int:
    """The number of the session, once for each decision. Raises Refused."""
    ask(rules.may_put(kind=item.kind, result=item.result, same_body=by.body_id == meeting.body_id))
    if (number := numbered_of(item.compound_id, item.pk)) is not None:
        return number
    opens = datetime.combine(timezone.localdate(at) + OPENS_IN, time(9), SHANGHAI)
    made = draft_session(
        by=by, compound=compound, title=item.title, ground="committee", opens_at=opens, at=at, once=item.pk,
        closes_at=datetime.combine((opens + OPEN_FOR).date(), time(18), SHANGHAI),
    )  # fmt: skip
    add_item(by=by, session=made, matter_no=matter_no, title=item.title, summary=item.words, at=at)
    return made.number
