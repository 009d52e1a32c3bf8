"""What lower contexts ask or say becomes one call here."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from linli.notices.signals import waiting
from linli.plumbing.acts import Actor

from .queries.story import waits_for


@receiver(waiting, dispatch_uid="volunteers.waiting")
def calls_waiting(sender: Any, *, by: Actor, slug: str, now: datetime, signal: Any = None, **asked: Any) -> list[dict]:
    return waits_for(by, slug, now)
