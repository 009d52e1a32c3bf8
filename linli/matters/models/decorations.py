"""The decoration register: whose home is being done up by whom, so that somebody can be rung when water runs (M29)."""

from django.db import models

from linli.places.models import Home
from linli.plumbing.tenancy import TenantForeignKey, TenantModel


class Decoration(TenantModel):
    home = TenantForeignKey(Home, models.PROTECT)
    from_on = models.DateField()
    to_on = models.DateField()
    firm = models.CharField(max_length=60)
    contact = models.CharField(max_length=40)
    phone = models.CharField(max_length=20)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=models.Q(to_on__gte=models.F("from_on")), name="decoration_days")
        ]
        indexes = [
            models.Index(fields=["compound", "-id"], name="decoration_recent"),
            models.Index(fields=["compound", "home", "-id"], name="decoration_home"),
        ]

    def __str__(self):
        return f"decoration {self.pk}"
