from django.db import models

from linli.people.models import Organisation
from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .matter import Matter


class LifeFigure(TenantModel):
    """What one life of a matter adds to the numbers; written by the transaction that changes the matter.

    `life` 1 runs from acceptance, each reopening begins the next. `received_by` accepted it, `body` had it in hand. None
    in `ack_in_time`, `on_time`: nothing was promised. `promised_at`: to which moment the promise of acceptance belongs, its
    end where it was broken; of what still waits then there is a row without `accepted_at`. `level`, `took_days`: of what is fixed and was not reopened.
    """

    matter = TenantForeignKey(Matter, models.PROTECT)
    number = models.PositiveIntegerField()
    life = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=8, blank=True)
    received_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    accepted_at = models.DateTimeField(null=True)
    ack_in_time = models.BooleanField(null=True)
    promised_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)
    took_days = models.PositiveIntegerField(null=True)
    visited_at = models.DateTimeField(null=True)
    solved = models.CharField(max_length=10, blank=True)
    satisfied = models.CharField(max_length=12, blank=True)
    no_answer = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    level = models.CharField(max_length=10, blank=True)
    reopened_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "matter", "life"], name="life_figure")]
        indexes = [
            models.Index(
                fields=["compound", f"-{when}", "-id"], condition=models.Q(**{f"{when}__isnull": False}), name=f"life_{when}"
            )
            for when in ("accepted_at", "promised_at", "resolved_at", "visited_at", "closed_at")
        ]  # fmt: skip

    def __str__(self):
        return f"{self.number} life {self.life}"


class MonthCount(TenantModel):
    """How many lives count for one measure in one month; `dim`: all, b:<body>, c:<top category>. See rules.figures."""

    month = models.CharField(max_length=7)
    dim = models.CharField(max_length=40)
    measure = models.CharField(max_length=20)
    value = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "month", "dim", "measure"], name="month_count")]

    def __str__(self):
        return f"{self.month} {self.dim} {self.measure}={self.value}"
