from django.db import models

from linli.plumbing.tenancy import TenantModel


class Learned(TenantModel):
    """What the desk's past decisions taught: two models of kernel.texts.model, and the usual level by category.

    `version` grows at each learning, so that a process knows what it holds is old; empty models where little was decided.
    """

    version = models.PositiveIntegerField(default=0)
    learned_at = models.DateTimeField()
    decisions = models.PositiveIntegerField(default=0)
    category = models.BinaryField(default=b"")
    urgency = models.BinaryField(default=b"")
    levels = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound"], name="learned_once")]

    def __str__(self):
        return f"version {self.version} of {self.decisions}"


class HotIssues(TenantModel):
    """What many people raise within `days`, most people first; worked out by the worker up to matter `upto`."""

    days = models.PositiveSmallIntegerField()
    issues = models.JSONField(default=list)
    worked_at = models.DateTimeField()
    upto = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "days"], name="hot_days")]

    def __str__(self):
        return f"hot in {self.days} days"
