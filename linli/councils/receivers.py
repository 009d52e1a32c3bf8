"""What lower contexts ask becomes one call here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils.translation import gettext as _

from linli.notices.signals import gathering

from .queries import fees, meetings, seals, standards, talks


@receiver(gathering, dispatch_uid="councils.gathering")
def under_council(
    sender: Any, *, compound_id: UUID, slug: str, now: datetime, signal: Any = None, **asked: Any
) -> list[dict]:
    return [
        *talks.under_council(compound_id, slug, now),
        *meetings.under_council(compound_id, slug, now),
        seals.register_cell(slug),
        fees.cell(slug, _("委员交费情况")),
        *standards.under_council(compound_id, slug),
    ]
