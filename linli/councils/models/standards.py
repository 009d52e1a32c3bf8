"""What a property company promised under its contract, and each time somebody looked."""

from django.db import models

from linli.matters.models import Matter
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel


class Standard(TenantModel):
    """An item of the catalogue. Changed by ending it and writing another. `free`: helping beyond the contract, for nothing."""

    once = models.UUIDField(null=True)
    contract = TenantForeignKey("assembly.ServiceContract", models.PROTECT)
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    measure = models.CharField(max_length=200)
    every = models.CharField(max_length=8)
    free = models.BooleanField(default=False)
    proposed_at = models.DateTimeField()
    pledged_at = models.DateTimeField(null=True)
    pledged_by = models.CharField(max_length=120, blank=True)
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "contract", "place"], name="standard_place"),
            models.UniqueConstraint(fields=["compound", "once"], name="standard_once"),
        ]

    def __str__(self):
        return f"standard {self.place}"


class StandardCheck(AppendOnlyModel):
    """Somebody looked. `own`: the company itself; `matter`: what became of one that failed. Put right by another row."""

    once = models.UUIDField(null=True)
    standard = TenantForeignKey(Standard, models.PROTECT)
    on = models.DateField()
    holds = models.BooleanField()
    words = models.CharField(max_length=200, blank=True)
    who = models.CharField(max_length=120)
    own = models.BooleanField()
    matter = TenantForeignKey(Matter, models.PROTECT, null=True)
    corrects = TenantForeignKey("self", models.PROTECT, null=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "once"], name="standard_check_once"),
            models.UniqueConstraint(
                fields=["compound", "corrects"],
                condition=models.Q(corrects__isnull=False),
                name="standard_check_corrects",
            ),
        ]
        indexes = [models.Index(fields=["compound", "standard", "-on"], name="standard_check_on")]

    def __str__(self):
        return f"check {self.pk}"
