from django.db import models

from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .matter import Matter


class PartTaken(TenantModel):
    """What one of the three parties (community, committee, property) did in one matter: its first act, its last, how many."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    party = models.CharField(max_length=10)
    first_at = models.DateTimeField()
    first_act = models.CharField(max_length=40)
    last_at = models.DateTimeField()
    last_act = models.CharField(max_length=40)
    acts = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "matter", "party"], name="part_taken_once")]

    def __str__(self):
        return f"{self.party} {self.last_act}"
