"""The register is the election: frozen at the record date, so that no later sale changes a total."""

from django.db import models

from linli.people.models import Person
from linli.places.models import Building, Home
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .sessions import Session


class Party(TenantModel):
    """A voting party: all homes with the same set of owners. One person, and the sum of their areas (0.01 m²).

    `number` runs from 1 in the order of homes. `reach`: how it can be reached ("phone", "door", "unreached"); nobody is dropped.
    `delivered_at`: the first delivery with evidence.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    number = models.PositiveIntegerField()
    area = models.PositiveBigIntegerField()
    homes = models.PositiveIntegerField()
    label = models.CharField(max_length=120)
    building = TenantForeignKey(Building, models.PROTECT)
    developer = models.BooleanField(default=False)
    reach = models.CharField(max_length=12, default="unreached")
    delivered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "session", "number"], name="party_number"),
            models.CheckConstraint(condition=models.Q(area__gt=0), name="party_area_positive"),
        ]

    def __str__(self):
        return f"party {self.number}"


class RegisterHome(TenantModel):
    """A row of the register. `party` is null for what does not count (a parking space where the rules leave it out).

    `label` is the row's `home` in the fingerprint and in the count: unique in its session. `undelivered`: sold, and the developer's still.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    home = TenantForeignKey(Home, models.PROTECT)
    building = TenantForeignKey(Building, models.PROTECT)
    party = TenantForeignKey(Party, models.PROTECT, null=True)
    place = models.PositiveIntegerField()
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    area = models.PositiveIntegerField()
    area_source = models.CharField(max_length=20, blank=True)
    undelivered = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "session", "home"], name="register_home"),
            models.UniqueConstraint(fields=["compound", "session", "label"], name="register_label"),
            models.UniqueConstraint(fields=["compound", "session", "place"], name="register_place"),
        ]
        indexes = [models.Index(fields=["compound", "party"], name="register_party")]

    def __str__(self):
        return self.label


class RegisterOwner(TenantModel):
    """An owner as of the record date. `name` as it was then; `mark` stands for him in everything published."""

    session = TenantForeignKey(Session, models.PROTECT)
    row = TenantForeignKey(RegisterHome, models.PROTECT)
    person = TenantForeignKey(Person, models.PROTECT)
    name = models.CharField(max_length=80)
    mark = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "row", "person"], name="register_owner")]
        indexes = [models.Index(fields=["compound", "session", "person"], name="register_owner_person")]

    def __str__(self):
        return f"owner {self.pk}"


class RegisterCorrection(AppendOnlyModel):
    """A published register that was replaced by another: what it was, why, and the rows that differ.

    `rows`: [{home, before, after}], each side {kind, area, counts, owners' marks}, or null where the home was not in it.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    fingerprint = models.CharField(max_length=64)
    parties = models.PositiveIntegerField()
    area = models.PositiveBigIntegerField()
    published_at = models.DateTimeField()
    rows = models.JSONField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "session", "id"], name="register_correction")]

    def __str__(self):
        return f"correction {self.pk}"


class SameOwner(AppendOnlyModel):
    """Whether two owners of the same name and number are one person, as somebody found out. The last word on a pair holds; that they
    are one, when two have said so."""

    person = TenantForeignKey(Person, models.PROTECT, related_name="+")
    other = TenantForeignKey(Person, models.PROTECT, related_name="+")
    same = models.BooleanField()
    words = models.CharField(max_length=200)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "person", "other", "-id"], name="same_owner")]

    def __str__(self):
        return f"same owner {self.pk}"
