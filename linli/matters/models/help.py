"""Household help: the compound's price list, who asked for what, and what they agreed to pay before work began (M28)."""

from django.db import models

from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .matter import Matter


class Price(AppendOnlyModel):
    """One line of the price list, as one version of it says. `line` is the same in all its versions; the price in fen."""

    line = models.UUIDField()
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=30)
    category = models.CharField(max_length=8, default="03")
    paid = models.BooleanField(default=False)
    price_fen = models.PositiveIntegerField(default=0)
    unit = models.CharField(max_length=10, blank=True)
    doer = models.CharField(max_length=12)
    note = models.CharField(max_length=80, blank=True)
    from_day = models.DateField()
    dropped = models.BooleanField(default=False)
    reason = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "line", "version"], name="price_version"),
            models.CheckConstraint(
                condition=models.Q(paid=True, price_fen__gt=0) | models.Q(paid=False, price_fen=0), name="price_paid"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.version}"


class HelpOrder(TenantModel):
    """Beside a matter: help in a home that may cost the household something. `state` by rules.help."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    price = TenantForeignKey(Price, models.PROTECT, null=True)
    state = models.CharField(max_length=10)
    since = models.DateTimeField()
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "matter"], name="help_matter")]

    def __str__(self):
        return f"help {self.pk}"


class Quote(TenantModel):
    """What it will cost, line by line ([[words, fen], …]). Never edited: another quote replaces it; only the answer is added.

    `answer`: agreed, refused, replaced. `heard`: how a worker heard it, empty when the household answered itself.
    """

    order = TenantForeignKey(HelpOrder, models.PROTECT)
    version = models.PositiveSmallIntegerField()
    lines = models.JSONField()
    total_fen = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    answer = models.CharField(max_length=10, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    heard = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "order", "version"], name="quote_version")]

    def __str__(self):
        return f"quote {self.version}"
