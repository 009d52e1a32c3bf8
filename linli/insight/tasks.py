"""The clock's way in: the month that ended becomes a draft notice of each compound, once."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from linli.matters.services.bodies import holders
from linli.matters.services.intake import responsible
from linli.notices.queries import drafted
from linli.notices.services import draft
from linli.people.rules import RIGHTS
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import CLOCK
from linli.plumbing.batches import each

from .queries import summary


def draft_months(at: datetime) -> int:
    """How many drafts were made; a month that was drafted, or in which nothing happened, gives none."""
    month = f"{timezone.localdate(at).replace(day=1) - timedelta(days=1):%Y-%m}"
    have = drafted(f"month:{month}")
    rows = [(pk, pk) for pk in Compound.objects.order_by("pk").values_list("pk", flat=True) if pk not in have]
    return each("months", rows, lambda pk, _home: _drafted(pk, month, at))


def _drafted(compound_id: UUID, month: str, at: datetime) -> bool:
    compound = Compound.objects.get(pk=compound_id)
    body = responsible(compound, "community")
    lines = summary(compound, month=month, today=timezone.localdate(at)) if body else []
    if body is None or not lines:
        return False
    year, number = month.split("-")
    title = f"{year}年{int(number)}月大家的事办得怎么样"
    made = draft(
        by=CLOCK, compound_id=compound_id, body=body, kind="disclosure", title=title, words="\n".join(lines), key=f"month:{month}", at=at,
        tell=holders(body, timezone.localdate(at), RIGHTS[Right.ISSUE_NOTICE]),
    )  # fmt: skip
    return made is not None
