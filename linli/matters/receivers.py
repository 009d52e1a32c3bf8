"""What people tell becomes one call here, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from linli.people.signals import bound

from . import services


@receiver(bound, dispatch_uid="matters.person_bound")
def person_bound(sender: Any, *, person_id: Any, signal: Any = None, **event: Any) -> None:
    if person_id:
        services.adopt(person_id=person_id, **event)
