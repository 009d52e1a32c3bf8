"""A neighbour's alert beside its matter, whom a home wants to be reached through, and what each of them answered (M29)."""

from django.db import models

from linli.places.models import Home
from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .matter import Matter


class HomeContact(TenantModel):
    """Whom to reach when something is wrong in a home, in this order. Changed by an end and a new row."""

    home = TenantForeignKey(Home, models.PROTECT)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    relation = models.CharField(max_length=12)
    phone = models.CharField(max_length=20)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "home", "position"],
                condition=models.Q(ended_at__isnull=True),
                name="home_contact_place",
            )
        ]

    def __str__(self):
        return f"contact {self.pk}"


class Alert(TenantModel):
    """Something seen at somebody else's door. `next_at`: when the next of the contacts is asked; `site` begins the links."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    home = TenantForeignKey(Home, models.PROTECT)
    sign = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    site = models.CharField(max_length=120, blank=True)
    raised_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField(null=True)
    entered_with = models.CharField(max_length=12, blank=True)
    ground = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=200, blank=True)
    cause_at = models.DateTimeField(null=True)
    safe_at = models.DateTimeField(null=True)
    thanked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "matter"], name="alert_matter")]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="alert_next")]

    def __str__(self):
        return f"alert {self.pk}"


class AlertCall(TenantModel):
    """One of the contacts was written to through the relay, and what came back. The number is shown for a reason alone.

    `person_id`: whose number of the register it is, so that they can read who looked.
    """

    alert = TenantForeignKey(Alert, models.PROTECT)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    relation = models.CharField(max_length=12)
    phone = models.CharField(max_length=20)
    person_id = models.UUIDField(null=True)
    sent_at = models.DateTimeField()
    answer = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=8, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "alert", "position"], name="alert_call_place")]

    def __str__(self):
        return f"alert call {self.position}"
