"""Rapid repairs (M6): beside a matter, what was promised and when somebody was there."""

from django.db import models

from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .matter import Matter


class RapidRepair(TenantModel):
    """Given out by the community in one act. `promised` in minutes from `sent_at`; `parts`: what was used."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    sent_at = models.DateTimeField()
    promised = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    parts = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "matter"], name="rapid_matter")]
        indexes = [models.Index(fields=["compound", "-id"], name="rapid_newest")]

    def __str__(self):
        return f"rapid {self.pk}"
