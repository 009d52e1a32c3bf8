"""When a result stands, what waited for it goes on (domain §4.8)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.notices.signals import decided as told
from linli.plumbing import papers as press

from .. import papers
from ..models import Item
from ..queries.counting import decided
from ..queries.elections import open_result_objections
from ..queries.print_results import result_notice
from ..queries.results import last_day
from ..rules.dates import local
from ..rules.sessions import ANNOUNCED

NAME = "表决结果公告.pdf"


def tell_decided(*, item_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Once an announcement: after its objection window, when every objection is answered."""
    with transaction.atomic():
        item = Item.objects.select_for_update(of=("self",)).select_related("session__body").get(
            compound_id=compound_id, pk=item_id
        )  # fmt: skip
        session, found = item.session, decided(item)
        assert session.announced_at and item.matter_id
        if session.state not in ANNOUNCED or found is None or (item.told_at and item.told_at >= session.announced_at):
            return False
        if local(at) <= last_day(session) or open_result_objections(session):
            return False
        item.told_at = at
        item.save(update_fields=["told_at"])
        sheet = press.pdf(papers.result_notice(result_notice(session, session.compound.name, "")))
        told.send(
            Item, compound_id=compound_id, matter_id=item.matter_id, matter_no=item.matter_no, passed=found.result == "passed",
            day=local(session.announced_at), reference=f"{session.title}第 {item.place} 项"[:120], paper=(NAME, sheet), at=at,
        )  # fmt: skip
    return True
