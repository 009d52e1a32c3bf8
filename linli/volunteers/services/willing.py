"""Who wants to hear of calls; nobody is asked to help who did not say so (volunteer service is voluntary, domain §5.1)."""

from datetime import datetime

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import Actor, record
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ..access import building_near
from ..models import Willing

SUBJECT = "willing"


@one_act()
def say_willing(*, by: Actor, willing: bool, at: datetime) -> Willing:
    """On or off, as often as one likes; the building is that of one's home, or the first that the post covers."""
    if by.compound_id is None or by.account_id is None or by.assistance_id or not may(by.role, Right.ANSWER_CALL):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    row, made = Willing.objects.select_for_update().get_or_create(
        compound_id=by.compound_id, account_id=by.account_id,
        defaults={"id": uuid7(), "willing": willing, "building_id": building_near(by), "since": at},
    )  # fmt: skip
    if not made and row.willing == willing:
        return row
    if not made:
        row.willing, row.building_id, row.since = willing, building_near(by), at
        row.save()
    record(by=by, act="willing" if willing else "unwilling", subject_kind=SUBJECT, subject_id=row.pk, at=at)
    return row
