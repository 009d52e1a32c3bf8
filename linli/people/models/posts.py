from django.db import models

from linli.places.models import Community, Compound, Subdistrict
from linli.plumbing.tenancy import uuid7

from .accounts import Account


class Organisation(models.Model):
    """A body. An agency also says which of the catalogue it is (`kernel.agencies`) and whom to call there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)
    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, null=True, blank=True)
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True)
    compound = models.ForeignKey(Compound, models.PROTECT, null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=120, blank=True)
    catalogue = models.CharField(max_length=30, blank=True)
    liaison = models.CharField(max_length=40, blank=True)
    liaison_phone = models.CharField(max_length=20, blank=True)

    def __str__(self):
        return self.name


class Post(models.Model):
    """A post in a body, with its term. Rights follow posts; a post of a community reaches all its compounds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    kind = models.CharField(max_length=40)
    account = models.ForeignKey(Account, models.PROTECT)
    holder_name = models.CharField(max_length=40)
    obtained = models.CharField(max_length=20, default="appointed")
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=120, blank=True)
    cross_flags = models.JSONField(default=list, blank=True)
    buildings = models.JSONField(default=list, blank=True)
    specialties = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "from_day"], name="post_account")]

    def __str__(self):
        return f"{self.kind} {self.pk}"
