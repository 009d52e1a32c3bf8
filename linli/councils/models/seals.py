"""Use of seals: who asked for which document, who agreed, and each use as it was logged."""

from django.db import models

from linli.people.models import Account, Organisation
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .meetings import AgendaItem


class SealRequest(TenantModel):
    """`item`: the passed decision that carries it; without one more than half of the members sign for it."""

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8, default="asked")
    turn_since = models.DateTimeField()
    seal = models.CharField(max_length=10)
    paper = models.CharField(max_length=10)
    document = models.CharField(max_length=80)
    copies = models.PositiveSmallIntegerField()
    item = TenantForeignKey(AgendaItem, models.PROTECT, null=True)
    asked_by = models.UUIDField()
    asked_name = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    members = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="seal_request_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="seal_request_once"),
        ]
        indexes = [models.Index(fields=["compound", "body", "state", "-number"], name="seal_request_state")]

    def __str__(self):
        return f"seal request {self.number}"


class SealConsent(AppendOnlyModel):
    """One member's signature for or against a use, by that member's own account."""

    request = TenantForeignKey(SealRequest, models.PROTECT)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    agrees = models.BooleanField()
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "request", "account"], name="seal_consent_once")]

    def __str__(self):
        return f"consent {self.pk}"


class SealUse(AppendOnlyModel):
    """A line of the seal register (用印登记). A correction is a new line that names the one it corrects."""

    number = models.PositiveIntegerField()
    request = TenantForeignKey(SealRequest, models.PROTECT)
    seal = models.CharField(max_length=10)
    paper = models.CharField(max_length=10)
    document = models.CharField(max_length=80)
    copies = models.PositiveSmallIntegerField()
    asked_name = models.CharField(max_length=40)
    approved = models.CharField(max_length=400)
    stamped_name = models.CharField(max_length=40)
    used_at = models.DateTimeField()
    corrects = TenantForeignKey("self", models.PROTECT, null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="seal_use_number"),
            models.UniqueConstraint(
                fields=["compound", "request"], condition=models.Q(corrects__isnull=True), name="seal_use_request"
            ),
            models.UniqueConstraint(
                fields=["compound", "corrects"], condition=models.Q(corrects__isnull=False), name="seal_use_corrects"
            ),
        ]

    def __str__(self):
        return f"seal use {self.number}"
