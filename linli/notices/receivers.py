"""What lower contexts say becomes a message, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from linli.people.signals import told

from . import services


@receiver(told, dispatch_uid="notices.people_told")
def people_told(sender: Any, *, account_id: Any = None, person: Any = None, signal: Any = None, **event: Any) -> None:
    to = services.To(person_id=person.pk, phone=person.phone) if person else services.To(account_id=account_id)
    services.queue(to=[to], **event)
