"""What committee members paid themselves of the fees that everybody pays, half year by half year (domain §3.11)."""

from django.db import models

from linli.people.models import Organisation
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey


class FeeStatement(AppendOnlyModel):
    """Published with its row. `lines`: [{"name", "fen"}] of who sat at the half year's end; `source`: where the figures are from.

    Never edited: a later one of the same half year holds, and names the one that it corrects."""

    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    half = models.PositiveSmallIntegerField()
    lines = models.JSONField()
    source = models.CharField(max_length=120)
    corrects = TenantForeignKey("self", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    name = models.CharField(max_length=40)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "body", "year", "half"], condition=models.Q(corrects__isnull=True), name="fees_once"
            ),
            models.UniqueConstraint(
                fields=["compound", "corrects"], condition=models.Q(corrects__isnull=False), name="fees_corrects"
            ),
            models.CheckConstraint(condition=models.Q(half__in=(1, 2)), name="fees_half"),
        ]
        indexes = [models.Index(fields=["compound", "-id"], name="fees_newest")]

    def __str__(self):
        return f"fees {self.year}/{self.half}"
