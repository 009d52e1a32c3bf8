from datetime import datetime

from linli.plumbing.tenancy import unscoped

from .models import Message


def oldest_queued() -> datetime | None:
    """When the message that waits longest was due to be sent, over all compounds."""
    with unscoped("age of the message queue"):
        return Message.objects.filter(state="queued").order_by("next_try_at").values_list("next_try_at", flat=True).first()
