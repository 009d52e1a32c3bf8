"""What owners say here where the law wants the vote itself in the official system. No ballot: no leaf, no seal, no receipt."""

from django.db import models

from linli.people.models import Person
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey

from .register import Party
from .sessions import Item, Session


class Opinion(AppendOnlyModel):
    """On one item, for a party: its last one holds. `choice` is empty where only words were written, as on an election."""

    session = TenantForeignKey(Session, models.PROTECT)
    item = TenantForeignKey(Item, models.PROTECT)
    party = TenantForeignKey(Party, models.PROTECT)
    person = TenantForeignKey(Person, models.PROTECT)
    choice = models.CharField(max_length=10, blank=True)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    once = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "once", "item"], name="opinion_once")]
        indexes = [
            models.Index(fields=["compound", "party", "item", "id"], name="opinion_party"),
            models.Index(fields=["compound", "session", "id"], name="opinion_session"),
            models.Index(fields=["compound", "session", "account_id"], name="opinion_account"),
        ]

    def __str__(self):
        return f"opinion {self.pk}"
