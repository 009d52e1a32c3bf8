"""What people tell becomes one call here, in the same transaction."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from linli.notices.signals import awaiting, decided, naming, opening, withheld
from linli.people.signals import Listing, bound, ending, handing_on, in_hand, is_case, kept, left, listing, succeeded
from linli.plumbing.addresses import numbered
from linli.plumbing.sheets import Table

from . import services
from .access import is_case_of, matters_for, secrets_from
from .queries.gates import awaiting_owners
from .queries.resident import names_for, raised_by
from .services import alerts, batches
from .services.gates import decided_by_owners


@receiver(bound, dispatch_uid="matters.person_bound")
def person_bound(
    sender: Any, *, person_id: Any, home_id: Any, moved_from: Any, signal: Any = None, **event: Any
) -> None:
    if person_id:
        services.adopt(person_id=person_id, **event)
    if moved_from:
        event.pop("instead_of")
        alerts.follow_account(home_id=home_id, old=moved_from, **event)


@receiver(ending, dispatch_uid="matters.body_ending")
def body_ending(sender: Any, *, body: Any, compound_ids: Any, by: Any, at: Any, signal: Any = None) -> None:
    services.refuse_with_open_matters(body=body, compound_ids=compound_ids)
    services.inherit(by=by, body=body, at=at)


@receiver(succeeded, dispatch_uid="matters.body_succeeded")
def body_succeeded(sender: Any, *, signal: Any = None, **event: Any) -> None:
    services.inherit(**event)


@receiver(in_hand, dispatch_uid="matters.in_hand")
def matters_in_hand(sender: Any, *, body: Any, signal: Any = None, **asked: Any) -> int:
    return services.open_with(body)


@receiver(is_case, dispatch_uid="matters.is_case")
def matter_is_case(sender: Any, *, person: Any, number: int, by: Any, signal: Any = None, **asked: Any) -> bool:
    return is_case_of(compound_id=person.compound_id, person_id=person.pk, number=number, by=by)


@receiver(kept, dispatch_uid="matters.kept")
def matters_kept(sender: Any, *, compound: Any, account_id: Any, now: Any, signal: Any = None) -> list[Table]:
    return [raised_by(compound=compound, account_id=account_id, now=now)]


@receiver(handing_on, dispatch_uid="matters.handing_on")
def matters_handed_on(sender: Any, *, signal: Any = None, **event: Any) -> int:
    return services.hand_on(**event)


@receiver(left, dispatch_uid="matters.post_left")
def post_left(sender: Any, *, signal: Any = None, **event: Any) -> None:
    services.give_back(**event)


@receiver(naming, dispatch_uid="matters.naming")
def name_matters(sender: Any, *, signal: Any = None, **asked: Any) -> dict[int, str]:
    return names_for(**asked)


@receiver(withheld, dispatch_uid="matters.withheld")
def withhold_matters(
    sender: Any, *, compound_id: Any, by: Any, numbers: Any, signal: Any = None, **asked: Any
) -> set[int]:
    return secrets_from(compound_id=compound_id, by=by, numbers=numbers)


@receiver(awaiting, dispatch_uid="matters.awaiting")
def await_the_owners(
    sender: Any, *, compound_id: Any, signal: Any = None, **asked: Any
) -> list[tuple[Any, str, frozenset[int]]]:
    return awaiting_owners(compound_id)


@receiver(opening, dispatch_uid="matters.opening")
def pages_of_matters(
    sender: Any, *, compound: Any, by: Any, ids: Any, signal: Any = None, **asked: Any
) -> dict[Any, tuple[str, str]]:
    return {
        m.pk: (
            _("第 %(label)s 号在等这次表决") % {"label": m.label},
            numbered("matters:matter", compound.slug, m.number),
        )
        for m in matters_for(compound=compound, ids=ids, by=by)
    }


@receiver(decided, dispatch_uid="matters.decided")
def owners_decided(sender: Any, *, signal: Any = None, **event: Any) -> None:
    decided_by_owners(**event)


@receiver(listing, dispatch_uid="matters.listing")
def list_of_a_batch(sender: Any, *, kind: str, compound: Any, params: Any, **more: Any) -> Listing | None:
    return batches.listing(compound, params) if kind == batches.KIND else None
